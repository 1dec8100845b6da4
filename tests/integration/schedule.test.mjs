// Appointments against a running server: many who want the same at once, a server that is killed meanwhile, links that
// lead from being told of an interview to its room.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { binary } from "./support/built.mjs";
import { connect, redeem, refusedAs, serverFor, signIn, ticketOf } from "./support/call.mjs";

const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
const people = 200;

// A folder with the policy of new-york: open every day within `hours`.
function policies(t, { hours = "00:00-24:00", appointment = {} } = {}) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-policies-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const settings = Object.entries(appointment).map(([key, value]) => `${key} = ${value}\n`);
    writeFileSync(path.join(folder, "new-york.conf"), `[hours]\n${days.map((day) => `${day} = ${hours}\n`).join("")}[appointment]\n${settings.join("")}`);
    return folder;
}

const range = (daysAhead = 14) => ({ from: new Date().toISOString(), to: new Date(Date.now() + daysAhead * 86400e3).toISOString() });
const device = (i) => `${i}`.padStart(43, "d");

// `count` applicants, each signed in with the link of an interview of an order of its own.
async function invited(t, server, officer, count) {
    const applicants = [];
    for (let i = 0; i < count; i++) {
        const demand = { order_ref: `2026-NYC-8${String(i).padStart(5, "0")}`, document: "passport", applicant: `Applicant ${i}` };
        const { interview, links } = await officer.call("interview.require", demand);
        const rpc = await connect(t, server);
        const { token } = await rpc.call("ticket.redeem", { ticket: links[0].ticket, device: device(i), purpose: "schedule" });
        applicants.push({ id: interview.id, rpc, token });
    }
    return applicants;
}

// How many interviews the officer's calendar has at each time in the days of `slots`.
async function placesTaken(officer, slots) {
    const taken = new Map();
    const seen = new Set();
    for (const day of new Set(slots.flatMap(({ at }) => [-1, 0, 1].map((shift) => new Date(Date.parse(at) + shift * 86400e3).toISOString().slice(0, 10))))) {
        const { days } = await officer.call("schedule.calendar", { day });
        for (const { interview_id, scheduled_at, order_ref } of days.flatMap(({ interviews }) => interviews)) {
            if (seen.has(interview_id) || !order_ref.startsWith("2026-NYC-8")) continue;
            seen.add(interview_id);
            taken.set(scheduled_at, (taken.get(scheduled_at) ?? 0) + 1);
        }
    }
    return taken;
}

const outcomes = (results) => {
    const counts = {};
    for (const { status, reason } of results) {
        const what = status === "fulfilled" ? "booked" : (reason.data?.code ?? reason.message);
        counts[what] = (counts[what] ?? 0) + 1;
    }
    return counts;
};

test("of 200 who want the same time at the same moment as many get it as there are places", async (t) => {
    const server = await serverFor(t, { settings: { interview: { policies: policies(t, { appointment: { capacity: 3 } }) } } });
    const officer = await signIn(t, server);
    const applicants = await invited(t, server, officer, people);
    const { slots } = await applicants[0].rpc.call("schedule.slots", range());
    const book = (at) => Promise.allSettled(applicants.map(({ rpc }) => rpc.call("schedule.book", { at })));
    const results = await book(slots[20].at);
    assert.deepEqual(outcomes(results), { booked: 3, slot_taken: people - 3 });
    for (const { value } of results.filter(({ status }) => status === "fulfilled")) assert.equal(value.scheduled_at, slots[20].at);
    assert.deepEqual([...(await placesTaken(officer, [slots[20]]))], [[slots[20].at, 3]]);
    const after = await applicants[0].rpc.call("schedule.slots", range());
    const stillOffered = after.slots.some(({ at }) => at === slots[20].at);
    assert.equal(stillOffered, results[0].status === "fulfilled", "offered to nobody but who has it");
});

test("200 at once spread over the times there are, and each place is given once", async (t) => {
    const server = await serverFor(t, { settings: { interview: { policies: policies(t, { appointment: { capacity: 2, length_min: 60 } }) } } });
    const officer = await signIn(t, server);
    const applicants = await invited(t, server, officer, people);
    const { slots } = await applicants[0].rpc.call("schedule.slots", range());
    const places = slots.filter(({ at }) => Date.parse(at) > Date.now() + 6 * 3600e3).slice(0, people / 2); // past those of the demo
    // Everybody takes the first that is left, as seen by each; who was too slow looks again.
    const insist = async ({ rpc }, start) => {
        for (let i = 0; i < places.length; i++) {
            const { at } = places[(start + i) % places.length];
            const done = await rpc.call("schedule.book", { at }).then(() => at, (error) => assert.equal(error.data?.code, "slot_taken", error.message));
            if (done) return done;
        }
        return assert.fail("nothing was left for one of them");
    };
    const got = await Promise.all(applicants.map((applicant, i) => insist(applicant, (i * 7) % 25)));
    const counts = new Map();
    for (const at of got) counts.set(at, (counts.get(at) ?? 0) + 1);
    assert.deepEqual(new Set(counts.values()), new Set([2]));
    assert.equal(counts.size, people / 2);
    assert.deepEqual(new Map([...(await placesTaken(officer, places))].sort()), new Map([...counts].sort()));
});

test("what was acknowledged is there after kill -9, and nothing is given twice", async (t) => {
    const server = await serverFor(t, { settings: { interview: { policies: policies(t, { appointment: { capacity: 1 } }) } } });
    const officer = await signIn(t, server);
    const applicants = await invited(t, server, officer, people);
    const { slots } = await applicants[0].rpc.call("schedule.slots", range());
    const want = (i) => slots[30 + (i % 120)].at; // some want the same
    let answered = 0;
    const acknowledged = new Map();
    const refused = new Set();
    const closed = applicants.map(({ rpc }) => once(rpc.socket, "close")); // after the last answer that came
    applicants.forEach(({ id, rpc }, i) =>
        rpc.call("schedule.book", { at: want(i) }).then(
            () => acknowledged.set(id, want(i)),
            (error) => error.data && refused.add(id),
        ).finally(() => ++answered === 60 && server.signal("SIGKILL")),
    );
    await server.exit();
    await Promise.all(closed);
    assert.ok(acknowledged.size > 0 && acknowledged.size < people);

    await server.restart();
    const times = [];
    for (const applicant of applicants) {
        applicant.rpc = await connect(t, server);
        const { interview } = await applicant.rpc.call("session.resume", { token: applicant.token });
        if (acknowledged.has(applicant.id)) assert.equal(interview.scheduled_at, acknowledged.get(applicant.id));
        if (refused.has(applicant.id)) assert.equal(interview.state, "required");
        assert.equal(interview.state, interview.scheduled_at ? "scheduled" : "required");
        if (interview.scheduled_at) times.push(interview.scheduled_at);
    }
    assert.equal(new Set(times).size, times.length, "one each");
    t.diagnostic(`${acknowledged.size} acknowledged, ${times.length} booked, ${refused.size} refused before the kill`);
    const waiting = applicants.filter(({ id }) => !acknowledged.has(id));
    const again = await Promise.allSettled(waiting.map(({ rpc }, i) => rpc.call("schedule.book", { at: slots[200 + i].at })));
    for (const { status, reason } of again) assert.ok(status === "fulfilled" || reason.data.code === "wrong_state", reason?.message);
});

test("one link leads from the requirement to the waiting room, and not before its time", async (t) => {
    const server = await serverFor(t, { settings: { interview: { join_before_min: 240, policies: policies(t, { appointment: { notice_h: 0 } }) } } });
    const officer = await signIn(t, server);
    const { interview, links } = await officer.call("interview.require", { order_ref: "2026-NYC-900001", document: "passport", applicant: "Zhao Min", guardian: "Zhao Lei" });
    const [link, guardianLink] = links.map((each) => each.link);
    const early = await refusedAs(redeem(t, server, link), "not_open");
    assert.equal(early.data.opens_at, null);
    const rpc = await connect(t, server);
    await refusedAs(rpc.call("ticket.redeem", { ticket: ticketOf(guardianLink), device: "g".repeat(43), purpose: "schedule" }), "forbidden");
    await rpc.call("ticket.redeem", { ticket: ticketOf(link), device: "d".repeat(43), purpose: "schedule" });
    await refusedAs(rpc.call("interview.ready"), "not_open");
    const { slots } = await rpc.call("schedule.slots", range());
    await rpc.call("schedule.book", { at: slots.at(-1).at });
    await refusedAs(redeem(t, server, link), "not_open");
    await rpc.call("schedule.reschedule", { at: slots[1].at });
    await officer.notified("interview.changed", (params) => params.interview.id === interview.id && params.interview.scheduled_at === slots[1].at);
    const applicant = await redeem(t, server, link);
    assert.equal((await applicant.call("interview.ready")).state, "waiting");
    const guardian = await redeem(t, server, guardianLink, "g".repeat(43));
    assert.equal(guardian.interview.id, interview.id);
    await refusedAs(applicant.call("schedule.reschedule", { at: slots[2].at }), "wrong_state");
});

test("an applicant sees and changes nothing but the own appointment", async (t) => {
    const server = await serverFor(t, { settings: { interview: { policies: policies(t) } } });
    const officer = await signIn(t, server);
    const [first, second] = await invited(t, server, officer, 2);
    for (const [method, params] of [
        ["schedule.calendar", {}],
        ["interview.require", { order_ref: "x", document: "passport", applicant: "x" }],
        ["interview.propose", { order_ref: "x" }],
        ["interview.link", { interview_id: second.id, party_id: "x" }],
        ["interview.in_person", { interview_id: second.id, reason: "x" }],
    ])
        await refusedAs(first.rpc.call(method, params), "forbidden");
    for (const [method, params] of [["schedule.slots", range()], ["schedule.book", { at: range().to }], ["schedule.reschedule", { at: range().to }], ["schedule.cancel", {}]]) {
        await refusedAs(officer.call(method, params), "forbidden");
        await refusedAs((await connect(t, server)).call(method, params), "not_signed_in");
    }
    const stockholm = await signIn(t, server, { login: "lin", password: "demo-stockholm" });
    await refusedAs(stockholm.call("interview.in_person", { interview_id: first.id, reason: "x" }), "not_found");
    await refusedAs(stockholm.call("interview.link", { interview_id: first.id, party_id: "x" }), "not_found");
    assert.deepEqual((await stockholm.call("schedule.calendar")).unbooked, []);
});

test("a policy that cannot be read stops the start, and doctor says so", async (t) => {
    const folder = policies(t, { hours: "09:00-25:00" });
    const home = mkdtempSync(path.join(os.tmpdir(), "viva-test-"));
    t.after(() => rmSync(home, { recursive: true }));
    const config = path.join(home, "viva.conf");
    writeFileSync(config, `[interview]\npolicies = ${folder}\n[store]\npath = ${home}/store\n`);
    const run = (command) => promisify(execFile)(binary, [command, "--config", config]).then(() => assert.fail("was accepted"), (error) => error);
    const served = await run("serve");
    assert.equal(served.code, 3);
    assert.match(JSON.parse(served.stdout).error.message, /new-york\.conf:2: key \[hours\] monday: "09:00-25:00" is not allowed; allowed are spans/);
    const examined = await run("doctor");
    assert.ok(JSON.parse(examined.stdout).some(({ check, level, message }) => check === "policies" && level === "failure" && message.includes("new-york.conf:2")));
});
