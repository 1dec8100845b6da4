// What a foreign order service does for its orders: makes face checks and interviews, sees how they end, and never anything
// of another mission's.
import assert from "node:assert/strict";
import { test } from "node:test";
import { refusedAs, serverFor, signIn, ticketOf, connect, redeem } from "./support/call.mjs";
import { anOrder } from "./support/facecheck.mjs";
import { account, signInService } from "./support/service.mjs";

const inMinutes = (minutes) => new Date(Date.now() + minutes * 60_000).toISOString();
const booking = (more = {}) => ({
    order_ref: anOrder(),
    document: "passport",
    scheduled_at: inMinutes(5),
    length_min: 20,
    applicant: "Zhang Jingyi",
    ...more,
});

async function linked(t, options) {
    const server = await serverFor(t);
    return { server, service: await signInService(t, server, account(server, "orders", options).token) };
}

test("an interview made by an order service is walked to its end", async (t) => {
    const { server, service } = await linked(t);
    const officer = await signIn(t, server);
    const made = await service.call("interview.create", booking({ guardian: "Zhang Na" }));
    assert.deepEqual(made.links.map(({ role }) => role), ["applicant", "guardian"]);
    assert.doesNotMatch(JSON.stringify(made), /Zhang/);
    const interview_id = made.interview.id;
    await officer.notified("interview.changed", ({ interview }) => interview.id === interview_id);
    const applicant = await redeem(t, server, made.links[0].link);
    assert.equal(applicant.interview.parties[0].name, "Zhang Jingyi");
    await redeem(t, server, made.links[1].link, "g".repeat(43));
    await applicant.call("interview.ready");
    await refusedAs(service.call("interview.reschedule", { interview_id, scheduled_at: inMinutes(60) }), "wrong_state");
    await officer.call("call.start", { interview_id });
    await applicant.call("call.accept");
    await refusedAs(service.call("interview.cancel", { interview_id, reason: "Withdrawn." }), "wrong_state");
    await officer.call("call.end", { interview_id, outcome: "in_person", reason: "The picture of Zhang was too dark" });
    const seen = await service.call("interview.outcome", { interview_id });
    assert.deepEqual([seen.state, seen.outcome], ["ended", "in_person"]);
    assert.doesNotMatch(JSON.stringify(seen), /Zhang|dark/);
    await refusedAs(service.call("interview.cancel", { interview_id, reason: "Withdrawn." }), "interview_over");
    await refusedAs(service.call("interview.reschedule", { interview_id, scheduled_at: inMinutes(60) }), "interview_over");
    assert.doesNotMatch(JSON.stringify(service.notifications), /Zhang/, "a service is not told what officers are");
});

test("moving an interview gives new links, and the old ones stop working", async (t) => {
    const { server, service } = await linked(t);
    const made = await service.call("interview.create", booking());
    const interview_id = made.interview.id;
    const moved = await service.call("interview.reschedule", { interview_id, scheduled_at: inMinutes(8) });
    assert.equal(moved.interview.version, made.interview.version + 1);
    const rpc = await connect(t, server);
    await refusedAs(rpc.call("ticket.redeem", { ticket: ticketOf(made.links[0].link) }), "ticket_unknown");
    await redeem(t, server, moved.links[0].link);
    const cancelled = await service.call("interview.cancel", { interview_id, reason: "Withdrawn." });
    assert.equal(cancelled.state, "aborted");
    const { events } = await service.call("events.list", { limit: 1000 });
    assert.deepEqual(
        events.filter(({ subject_id }) => subject_id === interview_id).map(({ type, data }) => [type, data.version]),
        [["interview.scheduled", 1], ["interview.rescheduled", 2], ["interview.aborted", 3]],
    );
});

test("an order has one interview at a time, and a lost answer can be made good", async (t) => {
    const { service } = await linked(t);
    const wanted = booking();
    const { interview } = await service.call("interview.create", wanted);
    const error = await refusedAs(service.call("interview.create", wanted), "conflict");
    assert.equal(error.data.interview_id, interview.id);
    const again = await service.call("interview.reschedule", { interview_id: interview.id, scheduled_at: wanted.scheduled_at });
    assert.equal(again.links.length, 1);
    await service.call("interview.cancel", { interview_id: interview.id, reason: "Withdrawn." });
    await service.call("interview.create", wanted);
});

test("times that are none, or over, make nothing", async (t) => {
    const { service } = await linked(t);
    const { last } = await service.call("events.list");
    for (const scheduled_at of ["tomorrow at half past nine", "2030-02-30T09:30:00Z", "2030-01-01T09:30:00", "2030-W01-1T09:30:00Z", inMinutes(-1), "2030-01-01T25:30:00Z"])
        await refusedAs(service.call("interview.create", booking({ scheduled_at })), "invalid_params");
    assert.equal((await service.call("events.list")).last, last);
});

test("a face check is made, found again and read without its reports", async (t) => {
    const { server, service } = await linked(t);
    const order = { order_ref: anOrder(), document: "passport", name: "Zhang Jingyi" };
    const made = await service.call("facecheck.create", order);
    const facecheck_id = made.facecheck.id;
    const conflict = await refusedAs(service.call("facecheck.create", order), "conflict");
    assert.equal(conflict.data.facecheck_id, facecheck_id);
    const again = await service.call("facecheck.reissue", { facecheck_id });
    const rpc = await connect(t, server);
    await refusedAs(rpc.call("ticket.redeem", { ticket: ticketOf(made.link), device: "a".repeat(43) }), "ticket_unknown");
    await rpc.call("ticket.redeem", { ticket: ticketOf(again.link), device: "a".repeat(43) });
    await rpc.call("facecheck.skip", { reason: "accessibility" });
    const seen = await service.call("facecheck.get", { facecheck_id });
    assert.deepEqual([seen.state, seen.skip_reason, seen.interview_required], ["skipped", "accessibility", true]);
    for (const member of ["identity", "comparison", "fields", "try_list"]) assert.ok(!(member in seen), member);
    await refusedAs(service.call("facecheck.reissue", { facecheck_id }), "wrong_state");
    const { events } = await service.call("events.list", { limit: 1000 });
    assert.deepEqual(events.filter(({ subject_id }) => subject_id === facecheck_id).map(({ type }) => type), [
        "facecheck.created",
        "facecheck.completed",
    ]);
});

test("another mission's data is not there, and scopes hold", async (t) => {
    const { server, service } = await linked(t);
    const other = await signInService(t, server, account(server, "others", { mission: "stockholm" }).token);
    const deaf = await signInService(t, server, account(server, "deaf", { scopes: ["events"] }).token);
    const { interview } = await service.call("interview.create", booking());
    const { facecheck } = await service.call("facecheck.create", { order_ref: anOrder(), document: "passport" });
    const [interview_id, facecheck_id] = [interview.id, facecheck.id];
    const calls = [
        ["interview.outcome", { interview_id }],
        ["interview.reschedule", { interview_id, scheduled_at: inMinutes(9) }],
        ["interview.cancel", { interview_id, reason: "Not mine." }],
        ["facecheck.get", { facecheck_id }],
        ["facecheck.reissue", { facecheck_id }],
    ];
    for (const [method, params] of calls) {
        await refusedAs(other.call(method, params), "not_found");
        await refusedAs(deaf.call(method, params), "forbidden");
    }
    await refusedAs(deaf.call("interview.create", booking()), "forbidden");
    await refusedAs(deaf.call("facecheck.create", { order_ref: anOrder(), document: "passport" }), "forbidden");
    assert.deepEqual(await service.call("interview.outcome", { interview_id }), interview);
});
