// Links that do not open a room: used, expired, revoked, moved, foreign, early.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { Call, connect, redeem, refusedAs, serverFor, signIn, ticketOf } from "./support/call.mjs";

// Changes the records under the running server, as time and officers would. (Node.js 18 has no SQLite of its own.)
function sql(server, statement) {
    const script = "import sqlite3, sys; c = sqlite3.connect(sys.argv[1], timeout=10); c.execute(sys.argv[2]); c.commit()";
    const database = readdirSync(path.join(server.folder, "store")).find((name) => /\.(db|sqlite)$/.test(name));
    execFileSync("/usr/bin/python3", ["-c", script, path.join(server.folder, "store", database), statement]);
}

test("tickets that do not open", async (t) => {
    const server = await serverFor(t);
    const call = await Call.running(t, server);
    const { applicant, guardian, minor, later } = server.people();
    const rpc = await connect(t, server);
    const tries = (link, device = "e".repeat(43)) => rpc.call("ticket.redeem", { ticket: ticketOf(link), device });

    await t.test("used on another device: refused, and the officer is told", async () => {
        await call.undisturbedBy(() => refusedAs(tries(applicant), "ticket_used"));
        const { params } = await call.officer.notified("ticket.refused");
        assert.equal(params.interview_id, call.id);
        assert.equal(params.party_id, call.applicantId);
    });
    await t.test("used on the same device: welcome back", async () => {
        const again = await redeem(t, server);
        assert.equal(again.interview.id, call.id);
        assert.notEqual(again.token, call.applicant.token);
    });
    await t.test("unknown", () => refusedAs(tries(`${server.url}/#t=${"A".repeat(43)}`), "ticket_unknown"));
    await t.test("of another installation", async (t) => {
        const elsewhere = await serverFor(t);
        await refusedAs(tries(elsewhere.people().applicant), "ticket_unknown");
    });
    await t.test("one character changed", async () => {
        const ticket = ticketOf(minor);
        const changed = (ticket[0] === "A" ? "B" : "A") + ticket.slice(1);
        await refusedAs(tries(`${server.url}/#t=${changed}`), "ticket_unknown");
    });
    await t.test("too early", async () => {
        const { data } = await refusedAs(tries(later), "not_open");
        assert.ok(Date.parse(data.opens_at) > Date.now());
    });
    await t.test("of another interview: it opens its own alone", async () => {
        const own = await redeem(t, server, guardian, "f".repeat(43));
        assert.notEqual(own.interview.id, call.id);
        await refusedAs(own.call("media.join", { sdp: call.peers.applicant.offer }), "not_admitted");
    });
    await t.test("revoked", async () => {
        sql(server, "UPDATE party SET ticket_revoked = 1 WHERE role = 'applicant' AND device_sha256 IS NULL");
        await refusedAs(tries(minor), "ticket_revoked");
        sql(server, "UPDATE party SET ticket_revoked = 0");
    });
    await t.test("moved to another time", async () => {
        sql(server, "UPDATE party SET ticket_scheduled_us = ticket_scheduled_us - 1 WHERE role = 'applicant' AND device_sha256 IS NULL");
        await refusedAs(tries(minor), "ticket_rescheduled");
        sql(server, "UPDATE party SET ticket_scheduled_us = ticket_scheduled_us + 1 WHERE role = 'applicant' AND device_sha256 IS NULL");
    });
    await t.test("expired", async () => {
        sql(server, "UPDATE party SET ticket_expires_us = 1 WHERE role = 'applicant' AND device_sha256 IS NULL");
        await refusedAs(tries(minor), "ticket_expired");
    });
    await t.test("of an interview that is over", async () => {
        await call.officer.call("call.end", { interview_id: call.id, outcome: "identity_confirmed", reason: "" });
        const { data } = await refusedAs(rpc.call("ticket.redeem", { ticket: ticketOf(applicant), device: "d".repeat(43) }), "interview_over");
        assert.equal(data.state, "ended");
    });
});

test("of two devices at the same moment one wins", async (t) => {
    const server = await serverFor(t);
    const { applicant } = server.people();
    const devices = ["a", "b", "c", "d"].map((letter) => letter.repeat(43));
    const results = await Promise.allSettled(devices.map((device) => redeem(t, server, applicant, device)));
    assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
    for (const { reason } of results.filter((result) => result.status === "rejected")) assert.equal(reason.data.code, "ticket_used");
});

test("no ticket, session or device secret is on the disk in clear", async (t) => {
    const server = await serverFor(t);
    const applicant = await redeem(t, server);
    const officer = await signIn(t, server);
    const secrets = [ticketOf(server.people().applicant), applicant.token, officer.token, "d".repeat(43)];
    const read = (folder) =>
        readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
            entry.isDirectory() ? read(path.join(folder, entry.name)) : [readFileSync(path.join(folder, entry.name), "latin1")],
        );
    const files = read(path.join(server.folder, "store"));
    assert.ok(files.length > 0);
    for (const secret of secrets) assert.ok(!files.some((content) => content.includes(secret)));
    for (const secret of secrets) assert.ok(!server.log.includes(secret), "nor in the log");
});
