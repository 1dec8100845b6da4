// signaling/api/openrpc.json against the running server, in both directions: what it says is there, and what is there it
// says; examples, results and notifications are as described.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { Call, connect, redeem, serverFor, ticketOf } from "./support/call.mjs";
import { drawnJpeg, FaceCheck, picturesThere } from "./support/facecheck.mjs";
import { freshContact, identityNumber } from "./support/holder.mjs";
import { firstIssue, Order, signature, signInHolder } from "./support/orders.mjs";
import { Schemas } from "./support/schema.mjs";
import { account, signInService } from "./support/service.mjs";
import { pattern, Synthetic } from "./support/synthetic.mjs";

const file = JSON.parse(readFileSync(new URL("../../signaling/api/openrpc.json", import.meta.url), "utf8"));
const schemas = new Schemas(file);
const described = new Map(file.methods.map((method) => [method.name, method]));

test("the document and the server's own description agree", async (t) => {
    const server = await serverFor(t);
    const live = await (await connect(t, server)).call("rpc.discover");
    assert.deepEqual(live.methods.map(({ name }) => name).sort(), [...described.keys()].sort());
    for (const method of live.methods) {
        await t.test(method.name, () => {
            const { params, result, summary, paramStructure, "x-roles": roles, "x-scope": scope } = described.get(method.name);
            assert.deepEqual({ params, result, summary, paramStructure, "x-roles": roles, "x-scope": scope }, {
                params: method.params,
                result: method.result,
                summary: method.summary,
                paramStructure: method.paramStructure,
                "x-roles": method["x-roles"],
                "x-scope": method["x-scope"],
            });
        });
    }
});

test("every example is as described", () => {
    for (const method of file.methods) {
        assert.ok(method.examples?.length > 0, `${method.name} has an example`);
        for (const { params, result } of method.examples) {
            for (const { name, value } of params) {
                const param = method.params.find((each) => each.name === name);
                schemas.holds(param.schema, value, `${method.name}: ${name}`);
            }
            for (const { name, required } of method.params)
                assert.ok(!required || params.some((each) => each.name === name), `${method.name}: the example lacks ${name}`);
            schemas.holds(method.result.schema, result.value, `${method.name}: result`);
        }
        for (const { $ref: reference } of method.errors ?? []) schemas.resolve(reference);
    }
});

// A value of another type, or outside the schema's bounds.
const wrongValues = ({ type, enum: values, maxLength, minimum }) => [
    type === "string" ? 7 : "seven",
    null,
    {},
    ...(values ? ["none of them"] : []),
    ...(maxLength ? ["x".repeat(maxLength + 1)] : []),
    ...(minimum > 0 ? [minimum - 1] : []),
];

const rightValue = ({ type, enum: values, minLength = 1, minimum = 0 }) =>
    values ? values[0] : type === "string" ? "x".repeat(Math.max(minLength, 1)) : type === "boolean" ? true : minimum;

test("missing, wrong and unknown parameters are refused by every method", async (t) => {
    const server = await serverFor(t);
    const check = await FaceCheck.start(t, server);
    const callers = {
        anyone: await connect(t, server),
        officer: check.officer,
        applicant: await redeem(t, server),
        submitter: check.applicant,
        holder: await signInHolder(t, server),
        service: await signInService(t, server, account(server, "orders").token),
    };
    for (const { name, params, "x-roles": roles } of file.methods) {
        await t.test(name, async () => {
            const caller = callers[roles.find((role) => callers[role])];
            const good = Object.fromEntries(params.filter(({ required }) => required).map((param) => [param.name, rightValue(param.schema)]));
            const bad = [{ ...good, nobody_knows_this: 1 }];
            for (const param of params) {
                if (param.required) bad.push(Object.fromEntries(Object.entries(good).filter(([key]) => key !== param.name)));
                for (const value of wrongValues(param.schema)) bad.push({ ...good, [param.name]: value });
            }
            for (const each of bad) {
                const error = await caller.call(name, each).then(() => null, (reason) => reason);
                assert.equal(error?.code, -32602, `${name} ${JSON.stringify(each).slice(0, 200)}: ${error?.message}`);
                assert.equal(error.data.code, "invalid_params");
            }
        });
    }
});

// Wraps a connection so that each result is held against its schema; notes which methods were seen.
function watched(rpc, seen) {
    const call = rpc.call.bind(rpc);
    rpc.call = async (name, params) => {
        const result = await call(name, params);
        schemas.holds(described.get(name).result.schema, result, `${name}: result`);
        seen.add(name);
        return result;
    };
    return rpc;
}

// A face check as far as it can go without a person before the camera.
async function goThroughFaceCheck(t, check, watch) {
    const officer = watch(check.officer);
    const submitter = watch(check.applicant);
    await officer.call("facecheck.get", { facecheck_id: check.id });
    await submitter.call("facecheck.get");
    if (picturesThere()) {
        const { portrait, page } = await check.submit();
        for (const { body } of [portrait, page]) schemas.holds({ $ref: "#/components/schemas/Material" }, body, "an upload's answer");
        const peer = await Synthetic.start({ slots: 0, ivf: pattern });
        t.after(() => peer.stop());
        peer.answer((await submitter.call("facecheck.start", { sdp: peer.offer, device_label: "OBS Virtual Camera" })).sdp);
        await submitter.notified("facecheck.prompt");
        await submitter.notified("facecheck.result");
        await officer.call("facecheck.get", { facecheck_id: check.id });
    }
    await submitter.call("facecheck.stop");
    await officer.call("facecheck.list", {});
    await submitter.call("facecheck.skip", { reason: "accessibility" });
    return [officer, submitter];
}

// A foreign order service's own methods.
async function goThroughLink(server, service) {
    await service.call("service.sign_in", { token: account(server, "orders").token });
    await service.call("events.subscribe", { after: 0, window: 1000 });
    await service.notified("events.event", ({ event }) => event.type === "interview.captured");
    await service.call("events.acknowledge", { seq: service.notifications[0].params.event.seq });
    await service.call("events.list", { limit: 1000 });
    const order = { order_ref: "2026-LINK-000001", document: "passport" };
    const { facecheck } = await service.call("facecheck.create", order);
    await service.call("facecheck.reissue", { facecheck_id: facecheck.id });
    await service.call("facecheck.get", { facecheck_id: facecheck.id });
    const scheduled_at = new Date(Date.now() + 86400_000).toISOString();
    const { interview } = await service.call("interview.create", { ...order, scheduled_at, length_min: 20, applicant: "Zhang Wei" });
    await service.call("interview.reschedule", { interview_id: interview.id, scheduled_at });
    await service.call("interview.outcome", { interview_id: interview.id });
    await service.call("interview.cancel", { interview_id: interview.id, reason: "The order was withdrawn." });
    await service.notified("events.event", ({ event }) => event.type === "interview.aborted" && event.subject_id === interview.id);
    const [{ target, event }] = await until("a dead letter", async () => {
        const { dead_letters } = await service.call("webhooks.list");
        return dead_letters.length > 0 && dead_letters;
    });
    await service.call("webhooks.resend", { target, seq: event.seq });
    return service;
}

// From the requirement to an appointment that is given back, and in person instead.
async function goThroughScheduling(t, server, officer, seen) {
    const order_ref = "2026-NYC-777002";
    await officer.call("interview.propose", { order_ref, birth_date: "2019-05-04" });
    const { interview, links } = await officer.call("interview.require", { order_ref, document: "passport", applicant: "Zhao Min", guardian: "Zhao Lei" });
    const { ticket } = await officer.call("interview.link", { interview_id: interview.id, party_id: links[0].party_id });
    const applicant = watched(await connect(t, server), seen);
    await applicant.call("ticket.redeem", { ticket, device: "s".repeat(43), purpose: "schedule" });
    const from = Date.now();
    const { slots } = await applicant.call("schedule.slots", { from: new Date(from).toISOString(), to: new Date(from + 30 * 86400e3).toISOString() });
    await applicant.call("schedule.book", { at: slots[0].at });
    await applicant.call("schedule.reschedule", { at: slots.at(-1).at });
    await officer.call("schedule.calendar", { view: "week", day: slots.at(-1).at.slice(0, 10) });
    await applicant.call("schedule.cancel");
    await officer.call("schedule.calendar");
    await officer.call("interview.in_person", { interview_id: interview.id, reason: "No camera (D-40)." });
}

// The running call `id` changes hands, with everything that officers do together. Returns who conducts it then.
async function goThroughConduct(t, server, officer, id, seen) {
    const mine = { interview_id: id };
    const guest = (await officer.call("interview.get", mine)).parties.find(({ role }) => role === "applicant");
    const second = watched(await connect(t, server), seen);
    await second.call("officer.sign_in", server.people().colleagues[0]);
    const { officers } = await officer.call("officer.list");
    const idOf = (wanted) => officers.find((each) => each.present && each.you === wanted).id;
    await officer.call("interview.script", mine);
    await officer.call("interview.answer", { ...mine, item_id: "purpose", done: true, answer: "A renewal." });
    await officer.call("call.hint", { ...mine, party_id: guest.id, hint: "closer" });
    await officer.call("interview.ask_opinion", { ...mine, officer_id: idOf(false) });
    await second.call("interview.opinion", { ...mine, opinion: "agree", reason: "The same face." });
    await officer.call("call.hand_over", { ...mine, officer_id: idOf(false) });
    await second.call("call.take_over", mine);
    return second;
}

// From the first code to the end of the session.
async function goThroughAccount(t, server, seen) {
    const rpc = watched(await connect(t, server), seen);
    const contact = freshContact();
    const { demo_code: code } = await rpc.call("account.request_code", { contact });
    const { token } = await rpc.call("account.confirm", { contact, code });
    await rpc.call("account.verify", { name: "张静怡", id_kind: "id_card", id_number: identityNumber() });
    await rpc.call("account.set", { language: "en", mail_messages: true });
    await rpc.call("account.get");
    const again = watched(await connect(t, server), seen);
    await again.call("session.resume", { token });
    await again.call("session.end");
}

// An order by every method, of its holder's and of an officer's.
async function goThroughOrders(t, server, officer, seen) {
    const holder = watched(await signInHolder(t, server), seen);
    await holder.call("order.missions");
    const order = await Order.draft(t, server, { holder, fields: firstIssue() });
    const others = await Order.draft(t, server, { holder, fields: firstIssue() });
    await others.call("order.withdraw");
    await order.putMissing(drawnJpeg());
    await order.call("order.declare", { name: "Zhang Wei", signature });
    await order.call("order.submit");
    const queue = await officer.call("review.queue");
    assert.ok(queue.waiting.some(({ id }) => id === order.id));
    await officer.call("review.more", { list: "waiting", after: "1.0.0", limit: 1 });
    order.view = await officer.call("review.take", { order_id: order.id });
    await officer.call("review.assign", { order_id: order.id });
    await order.refresh(officer);
    await order.call("review.supplement", { text: "Newer, please.", slots: "address", fields: "note" }, officer);
    await order.put("address", drawnJpeg());
    await order.call("order.update", { note: "Here it is." });
    await order.call("order.supplemented");
    await order.call("review.require_interview", {}, officer);
    await holder.call("order.enter", { order_id: order.id, what: "interview" });
    await order.call("review.drop_interview", { reason: "Not needed." }, officer);
    await order.call("review.require_interview", {}, officer);
    await officer.call("interview.in_person", { interview_id: order.view.interview.id, reason: "No camera (D-40)." });
    await until("it is in person", async () => (await order.refresh()).state === "in_person_required");
    await order.call("review.in_person_done", {}, officer);
    await order.call("review.approve", {}, officer);
    await order.call("review.produced", {}, officer);
    await order.call("review.dispatched", { way: "collect" }, officer);
    await order.call("order.complete");
    await officer.call("review.list", { state: "completed" });
    await holder.call("order.list");
    const rejected = await Order.draft(t, server, { holder, fields: firstIssue() });
    await rejected.putMissing(drawnJpeg());
    await rejected.call("order.submit");
    rejected.view = await officer.call("review.take", { order_id: rejected.id });
    await rejected.call("review.reject", { reason: "Not a national." }, officer);
    await holder.notified("message.added", ({ message }) => message.template === "rejected");
    const { messages } = await holder.call("message.list");
    await holder.call("message.read", { seq: messages[0].seq });
    return holder;
}

test("what the server says in a whole interview is as described", async (t) => {
    const secrets = mkdtempSync(path.join(os.tmpdir(), "viva-secrets-"));
    t.after(() => rmSync(secrets, { recursive: true }));
    writeFileSync(path.join(secrets, "nobody.secret"), "00".repeat(32), { mode: 0o600 });
    const webhook = { targets: "nobody new-york https://127.0.0.1:1/", secrets, give_up_s: 1 };
    const server = await serverFor(t, { settings: { facecheck: { look_s: 5 }, interview: { same_person_s: 1 }, webhook } });
    const people = server.people();
    const seen = new Set();
    const stranger = watched(await connect(t, server), seen);
    await stranger.call("server.hello");
    await stranger.call("rpc.discover");

    const applicant = watched(await connect(t, server), seen);
    const { interview, token } = await applicant.call("ticket.redeem", { ticket: ticketOf(people.applicant), device: "d".repeat(43) });
    const officer = watched(await connect(t, server), seen);
    await officer.call("officer.sign_in", people.login);
    const id = interview.id;
    await officer.call("interview.list");
    await officer.call("interview.get", { interview_id: id });
    await officer.call("interview.assign", { interview_id: id });
    const tried = await Synthetic.start({ slots: 1 });
    t.after(() => tried.stop());
    tried.answer((await applicant.call("media.test", { sdp: tried.offer })).sdp);
    await tried.reaches("connected");
    await applicant.call("media.test_end");
    await applicant.call("interview.ready");
    await officer.call("call.start", { interview_id: id });
    await applicant.call("call.decline");
    await officer.call("call.start", { interview_id: id });
    await officer.call("call.cancel", { interview_id: id });
    await officer.call("call.start", { interview_id: id });
    const { parties } = await applicant.call("call.accept");
    const applicantId = parties.find(({ role }) => role === "applicant").id;

    const call = Object.assign(new Call(), { t, applicant, officer, id });
    call.peers = { applicant: await call.join(applicant, { slots: 3, ivf: pattern }), officer: await call.join(officer, { slots: 3 }) };
    await call.flows();
    await applicant.call("media.state", { microphone: "muted", camera: "on" });
    const sdp = await call.peers.officer.restartIce();
    call.peers.officer.answer((await officer.call("media.restart", { interview_id: id, sdp })).sdp);
    await officer.call("interview.watch", { interview_id: id, enabled: true });
    const capture = await officer.call("capture.take", { interview_id: id, party_id: applicantId, kind: "face" });
    await officer.notified("capture.analysed", (params) => params.capture_id === capture.id);
    await officer.call("capture.list", { interview_id: id });
    await officer.call("note.add", { interview_id: id, text: "Answered at once." });
    await officer.call("note.list", { interview_id: id });
    await applicant.notified("call.quality");
    const second = await goThroughConduct(t, server, officer, id, seen);
    await call.join(Object.assign(second, { officer: true }), { slots: 3 });
    await officer.notified("media.closed");
    const again = watched(await connect(t, server), seen);
    await again.call("session.resume", { token });
    await again.call("media.leave");
    await officer.call("call.end", { interview_id: id, outcome: "identity_confirmed", reason: "" });
    await again.call("session.end");

    const guardian = watched(await redeem(t, server, people.guardian, "g".repeat(43)), seen);
    const minor = watched(await redeem(t, server, people.minor, "m".repeat(43)), seen);
    const minors = minor.interview.id;
    await minor.call("interview.ready");
    await officer.call("call.start", { interview_id: minors });
    await minor.call("call.accept");
    await guardian.call("interview.ready");
    const guardianId = guardian.interview.parties.find(({ role }) => role === "guardian").id;
    await officer.call("call.admit", { interview_id: minors, party_id: guardianId });
    await guardian.call("call.accept");
    const showing = Object.assign(new Call(), { t, officer, id: minors });
    await showing.join(guardian, { slots: 3, ivf: pattern });
    const paper = await officer.call("capture.take", { interview_id: minors, party_id: guardianId, kind: "document" });
    await officer.call("interview.guardian", { interview_id: minors, party_id: guardianId, relation: "mother", capture_id: paper.id });
    await officer.call("call.abort", { interview_id: minors, reason: "The line was too poor." });
    const later = (await officer.call("interview.list")).interviews.find(({ state }) => state === "scheduled");
    await officer.call("call.missed", { interview_id: later.id });

    await goThroughScheduling(t, server, officer, seen);

    const identity = { name: "ERIKSSON ANNA MARIA", birth_date: "1974-08-12" };
    const check = await FaceCheck.start(t, server, identity);
    for (const [name, result] of [["facecheck.create", check.created], ["ticket.redeem", check.opened]]) {
        schemas.holds(described.get(name).result.schema, result, `${name}: result`);
        seen.add(name);
    }
    const submission = await goThroughFaceCheck(t, check, (rpc) => watched(rpc, seen));

    await goThroughAccount(t, server, seen);
    const holder = await goThroughOrders(t, server, officer, seen);

    const service = await goThroughLink(server, watched(await connect(t, server), seen));

    const unreachable = picturesThere() ? [] : ["facecheck.start"];
    assert.deepEqual([...described.keys()].filter((name) => !seen.has(name)), unreachable, "methods that were not called");
    const told = new Map(file["x-notifications"].map((each) => [each.name, each.params]));
    for (const { method, params } of [applicant, officer, second, again, guardian, minor, ...submission, holder, service].flatMap((rpc) => rpc.notifications)) {
        assert.ok(told.has(method), `${method} is described`);
        schemas.holds(told.get(method), params, method);
    }
});
