// Interviews that several people have a part in, against a running server: a guardian from the same device, the
// mission's script, a call that changes hands with media flowing, second opinions.
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../e2e/support/wait.mjs";
import { Call, connect, redeem, refusedAs, serverFor, signIn } from "./support/call.mjs";
import { account, signInService } from "./support/service.mjs";
import { pattern } from "./support/synthetic.mjs";

const missions = fileURLToPath(new URL("../../deploy/missions", import.meta.url));

// The demo missions' scripts with the default hours: their policies would close them at night.
function scripts(t) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-scripts-"));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const file of readdirSync(missions).filter((name) => name.endsWith(".script"))) cpSync(path.join(missions, file), path.join(folder, file));
    return folder;
}

const stockholm = { login: "lin", password: "demo-stockholm" };

const people = async (t, server) => {
    const [second, third] = server.people().colleagues;
    return { second: await signIn(t, server, second), third: await signIn(t, server, third), elsewhere: await signIn(t, server, stockholm) };
};

const officersOf = (interview) => interview.parties.filter(({ role }) => role === "officer").map(({ name }) => name);
const confirmed = (id) => ({ interview_id: id, outcome: "identity_confirmed" });

// The interview as `rpc` was last told, once it is so.
const toldOf = (rpc, id, is) =>
    until("interview.changed", () => {
        const told = rpc.notifications.filter(({ method, params }) => method === "interview.changed" && params.interview.id === id).at(-1);
        return told && is(told.params.interview) && told.params.interview;
    });

test("a child and its guardian join from one device, and the guardian is identified before the end", async (t) => {
    const server = await serverFor(t);
    const { minor, guardian } = server.people();
    const device = "s".repeat(43);
    const child = await redeem(t, server, minor, device);
    const parent = await redeem(t, server, guardian, device);
    assert.notEqual(child.token, parent.token, "each has a session");
    await refusedAs(redeem(t, server, guardian, "x".repeat(43)), "ticket_used");
    const officer = await signIn(t, server);
    const { id } = child.interview;
    assert.equal(child.interview.guardian_needed, true);

    const call = Object.assign(new Call(), { t, id, officer, applicant: child });
    for (const each of [child, parent]) await each.call("interview.ready");
    await officer.call("call.start", { interview_id: id });
    for (const each of [child, parent]) await each.call("call.accept");
    const peers = [];
    for (const each of [child, parent, officer]) peers.push(await call.join(each, { slots: 3, ivf: pattern }));
    await until("everybody sees both others", async () => {
        const all = await Promise.all(peers.map((peer) => peer.stats()));
        return all.every(({ received }) => received.video.filter((slot) => slot?.frames > 10).length === 2);
    });
    assert.deepEqual([child, parent].flatMap((rpc) => rpc.notifications.filter(({ method }) => method === "session.replaced")), []);

    const role = (name) => parent.interview.parties.find((party) => party.role === name).id;
    const shot = (party_id, kind) => officer.call("capture.take", { interview_id: id, party_id, kind });
    const identify = (party, capture) => officer.call("interview.guardian", { interview_id: id, party_id: role(party), relation: "mother", capture_id: capture.id });
    await refusedAs(officer.call("call.end", confirmed(id)), "guardian_missing");
    await refusedAs(officer.call("call.end", { ...confirmed(id), outcome: "not_confirmed", reason: "x" }), "guardian_missing");
    const childs = await shot(role("applicant"), "document");
    const face = await shot(role("guardian"), "face");
    const paper = await shot(role("guardian"), "document");
    await refusedAs(identify("guardian", childs), "invalid_params");
    await refusedAs(identify("guardian", face), "invalid_params");
    await refusedAs(identify("applicant", childs), "invalid_params");
    const { guardian: found } = await identify("guardian", paper);
    assert.deepEqual({ ...found, at: null }, { party_id: role("guardian"), relation: "mother", capture_id: paper.id, at: null, officer_name: "Chen Jing" });
    const seen = await parent.call("interview.get");
    assert.deepEqual([seen.guardian, seen.assigned, seen.opinion, seen.offered, seen.guardian_needed], [null, null, null, null, true]);
    assert.equal((await officer.call("call.end", confirmed(id))).outcome, "identity_confirmed");
});

test("who is under age is interviewed with a guardian, by whomever it is made", async (t) => {
    const server = await serverFor(t);
    const officer = await signIn(t, server);
    const service = await signInService(t, server, account(server, "orders").token);
    const born = (years) => `${new Date().getUTCFullYear() - years}-01-01`;
    const order = (n) => ({ order_ref: `2026-NYC-66000${n}`, document: "passport", applicant: "Li Xiaoyu" });
    const booking = { scheduled_at: new Date(Date.now() + 86400e3).toISOString(), length_min: 20 };
    const needed = async ({ interview }) => (await officer.call("interview.get", { interview_id: interview.id })).guardian_needed;
    const cases = [
        [{ birth_date: born(10), guardian: "Li Na" }, true],
        [{ birth_date: born(30) }, false],
        [{ guardian: "Li Na" }, true],
        [{}, false],
    ];
    for (const [n, [extra, expected]] of cases.entries()) {
        assert.equal(await needed(await officer.call("interview.require", { ...order(n), ...extra })), expected, JSON.stringify(extra));
        assert.equal(await needed(await service.call("interview.create", { ...order(n + 5), ...booking, ...extra })), expected, JSON.stringify(extra));
    }
    for (const extra of [{ birth_date: born(10) }, { birth_date: "2999-01-01" }, { birth_date: "2020-02-30" }]) {
        await refusedAs(officer.call("interview.require", { ...order(9), ...extra }), "invalid_params");
        await refusedAs(service.call("interview.create", { ...order(9), ...booking, ...extra }), "invalid_params");
    }
});

test("the mission's script is gone through; answers survive kill -9 and are in the clear nowhere", async (t) => {
    const server = await serverFor(t, { settings: { interview: { policies: scripts(t) } } });
    const call = await Call.start(t, server);
    const { second, elsewhere } = await people(t, server);
    const item = (item_id, rest) => ({ interview_id: call.id, item_id, done: true, ...rest });
    const { items } = await call.officer.call("interview.script", { interview_id: call.id });
    assert.deepEqual(items.slice(0, 5).map(({ id, kind, capture, required, done }) => [id, kind, capture, required, done]), [
        ["no_payment", "check", null, true, null],
        ["alone", "check", null, true, null],
        ["name_and_birth", "question", null, true, null],
        ["face", "capture", "face", true, null],
        ["data_page", "capture", "document", true, null],
    ]);
    for (const { text } of items) assert.ok(text.en && text.zh_hans && text.zh_hant);

    for (const [who, code] of [[second, "not_admitted"], [elsewhere, "not_found"], [call.applicant, "forbidden"]])
        await refusedAs(who.call("interview.answer", item("purpose")), code);
    const required = items.filter((each) => each.required).map(({ id }) => id);
    const refused = await refusedAs(call.officer.call("call.end", confirmed(call.id)), "script_open");
    assert.deepEqual(refused.data.items, required);
    const secret = "Lost on the ferry to Turku 轮渡";
    await call.officer.call("interview.answer", item("old_passport", { answer: secret }));
    const { script } = (await second.notified("interview.script_changed", ({ interview_id }) => interview_id === call.id)).params;
    assert.equal(script.items.find(({ id }) => id === "old_passport").done.answer, secret);
    assert.equal(call.applicant.notifications.some(({ method }) => method === "interview.script_changed"), false);

    await server.kill9();
    await server.restart();
    const officer = await signIn(t, server);
    const after = await officer.call("interview.script", { interview_id: call.id });
    assert.deepEqual(after, script);
    for (const id of required) await officer.call("interview.answer", item(id, id === "old_passport" ? { answer: secret } : {}));
    await officer.call("interview.answer", item("alone", { done: false }));
    assert.deepEqual((await refusedAs(officer.call("call.end", confirmed(call.id)), "script_open")).data.items, ["alone"]);
    await officer.call("interview.answer", item("alone"));
    await officer.call("call.end", confirmed(call.id));
    await refusedAs(officer.call("interview.answer", item("alone")), "interview_over");
    await server.kill9();
    const store = path.join(server.folder, "store");
    for (const file of readdirSync(store).filter((name) => name.startsWith("viva.db"))) assert.equal(readFileSync(path.join(store, file)).includes("Turku"), false, file);
    assert.equal(server.log.includes("Turku"), false, "nor in the log");
});

test("a script that cannot be read stops the start with file and line", async (t) => {
    const folder = scripts(t);
    const file = path.join(folder, "new-york.script");
    const text = readFileSync(file, "utf8").replace("kind = capture", "kind = photograph");
    const line = text.split("\n").findIndex((each) => each === "kind = photograph") + 1;
    writeFileSync(file, text);
    const error = await serverFor(t, { settings: { interview: { policies: folder } } }).then(
        () => assert.fail("it started"),
        (reason) => reason,
    );
    assert.match(error.message, new RegExp(`new-york\\.script:${line}: key \\[face\\] kind: \\\\?"photograph\\\\?" is not allowed; allowed is one of question, capture, check`));
});

test("a running call changes hands while media flows, and never has no officer", async (t) => {
    const server = await serverFor(t);
    const call = await Call.running(t, server);
    const { second, third } = await people(t, server);
    const mine = { interview_id: call.id };
    const { officers } = await call.officer.call("officer.list");
    const idOf = (name) => officers.find((each) => each.name === name).id;
    assert.deepEqual(officers.filter(({ in_call }) => in_call).map(({ name, you }) => [name, you]), [["Chen Jing", true]]);
    assert.ok(officers.every(({ present }) => present));

    await refusedAs(second.call("call.take_over", mine), "forbidden");
    const offering = await call.officer.call("call.hand_over", { ...mine, officer_id: idOf("Guo Hao") });
    assert.equal(offering.offered.name, "Guo Hao");
    const { interview } = (await second.notified("call.offered")).params;
    assert.equal(interview.id, call.id);
    assert.deepEqual(officersOf(interview), ["Chen Jing"]);
    assert.equal(third.notifications.some(({ method }) => method === "call.offered"), false);
    assert.deepEqual(officersOf(await second.call("call.take_over", mine)), ["Chen Jing", "Guo Hao"]);

    // Taken over and not joined yet: the first officer goes on undisturbed.
    await call.undisturbedBy(async () => assert.deepEqual(officersOf(await call.officer.call("interview.get", mine)), ["Chen Jing", "Guo Hao"]));

    const before = await call.peers.applicant.stats();
    const peer = await call.join(second, { slots: 3 });
    await toldOf(call.applicant, call.id, (view) => officersOf(view).join() === "Guo Hao");
    const closed = await call.officer.notified("media.closed");
    assert.equal(closed.params.reason, "handed_over");
    const both = call.applicant.notifications.some(({ method, params }) => method === "media.slots" && params.slots.filter(({ name }) => name).length === 2);
    assert.ok(both, "for a moment the applicant's page had both officers");
    call.peers.officer = peer;
    const after = await call.flows();
    assert.equal(call.peers.applicant.state, "connected");
    for (const counter of ["refused", "unknown"]) assert.equal(after.applicant[counter], before[counter], counter);
    const kept = await second.call("interview.get", mine);
    assert.deepEqual([kept.state, kept.assigned.name, kept.offered], ["in_call", "Guo Hao", null]);
    await refusedAs(call.officer.call("media.join", { ...mine, sdp: "v=0" }), "not_admitted");

    // And back again, so that nobody is shut out by having been in it.
    await second.call("call.hand_over", { ...mine, officer_id: idOf("Chen Jing") });
    await call.officer.call("call.take_over", mine);
    call.peers.officer = await call.join(call.officer, { slots: 3 });
    await call.flows();
    await toldOf(second, call.id, (view) => officersOf(view).join() === "Chen Jing");
    await call.officer.call("call.end", confirmed(call.id));
});

test("a call that loses its officer goes on, is told of, and is taken over", async (t) => {
    const server = await serverFor(t, { settings: { interview: { grace_s: 5 } } });
    const call = await Call.running(t, server);
    const { second, third, elsewhere } = await people(t, server);
    const mine = { interview_id: call.id };
    call.officer.close();
    await call.peers.officer.stop();
    for (const each of [second, third]) await each.notified("call.unattended", ({ interview_id }) => interview_id === call.id);
    const view = await call.applicant.call("interview.get");
    assert.equal(view.state, "in_call", "nobody ended it");
    assert.equal(view.parties.find(({ role }) => role === "officer").present, false, "and the applicant sees why it is quiet");
    assert.equal(elsewhere.notifications.some(({ method }) => method === "call.unattended"), false);
    const claims = await Promise.allSettled([second, third].map((each) => each.call("call.take_over", mine)));
    assert.deepEqual(claims.map(({ status }) => status).sort(), ["fulfilled", "rejected"], "one of them has it");
    const winner = claims[0].status === "fulfilled" ? second : third;
    call.peers.officer = await call.join(winner, { slots: 3 });
    await call.flows();
    const back = await signIn(t, server);
    await refusedAs(back.call("media.join", { ...mine, sdp: "v=0" }), "not_admitted");
    await winner.call("call.end", confirmed(call.id));
});

test("a second officer has an opinion; on an own interview nobody has one", async (t) => {
    const server = await serverFor(t);
    const call = await Call.start(t, server);
    const { second, third, elsewhere } = await people(t, server);
    const mine = { interview_id: call.id };
    const { officers } = await call.officer.call("officer.list");
    const ask = (name) => ({ ...mine, officer_id: officers.find((each) => each.name === name).id });
    await refusedAs(call.officer.call("interview.ask_opinion", ask("Chen Jing")), "forbidden");
    await refusedAs(second.call("interview.ask_opinion", ask("Tang Yi")), "forbidden");
    await call.officer.call("interview.ask_opinion", ask("Guo Hao"));
    const { interview } = (await second.notified("interview.opinion_asked")).params;
    assert.equal(interview.opinion.opinion, null);
    const secret = "The eyes are another person's 眼睛";
    for (const [who, code] of [[call.officer, "forbidden"], [third, "forbidden"], [elsewhere, "not_found"], [call.applicant, "forbidden"]])
        await refusedAs(who.call("interview.opinion", { ...mine, opinion: "agree" }), code);
    await call.officer.call("call.end", { ...mine, outcome: "not_confirmed", reason: "x" });
    const given = await second.call("interview.opinion", { ...mine, opinion: "disagree", reason: secret });
    assert.deepEqual([given.opinion.officer.name, given.opinion.opinion, given.opinion.reason], ["Guo Hao", "disagree", secret]);
    await toldOf(call.officer, call.id, (view) => view.opinion?.opinion === "disagree");
    assert.equal((await call.applicant.call("interview.get")).opinion, null);
    await refusedAs(second.call("interview.opinion", { ...mine, opinion: "agree" }), "conflict");
    await refusedAs(call.officer.call("interview.ask_opinion", ask("Tang Yi")), "conflict");
    assert.equal(server.log.includes("another person"), false);
});

test("calls in a hostile order, by the wrong people, change nothing", async (t) => {
    const server = await serverFor(t);
    const officer = await signIn(t, server);
    const { second, elsewhere } = await people(t, server);
    const applicant = await redeem(t, server);
    const service = await signInService(t, server, account(server, "orders").token);
    const stranger = await connect(t, server);
    const interview_id = applicant.interview.id;
    const party_id = applicant.interview.parties[0].id;
    const { officers } = await officer.call("officer.list");
    const officer_id = officers.find(({ name }) => name === "Guo Hao").id;
    const methods = {
        "interview.script": { interview_id },
        "interview.answer": { interview_id, item_id: "purpose", done: true },
        "interview.guardian": { interview_id, party_id, relation: "father", capture_id: "x" },
        "interview.assign": { interview_id, officer_id },
        "interview.ask_opinion": { interview_id, officer_id },
        "interview.opinion": { interview_id, opinion: "agree" },
        "call.hand_over": { interview_id, officer_id },
        "call.take_over": { interview_id },
        "call.hint": { interview_id, party_id, hint: "unmute" },
    };
    for (const [method, params] of Object.entries(methods)) {
        await refusedAs(stranger.call(method, params), "not_signed_in");
        for (const who of [applicant, service]) await refusedAs(who.call(method, params), "forbidden");
        await refusedAs(elsewhere.call(method, params), "not_found");
    }
    const early = ["interview.answer", "interview.guardian", "interview.ask_opinion", "call.hand_over", "call.take_over", "call.hint"];
    for (const method of early) await refusedAs(officer.call(method, methods[method]), "wrong_state");
    await refusedAs(officer.call("interview.opinion", methods["interview.opinion"]), "forbidden");

    await applicant.call("interview.ready");
    await officer.call("call.start", { interview_id });
    for (const method of early) await refusedAs(officer.call(method, methods[method]), "wrong_state"); // it rings
    await refusedAs(officer.call("interview.assign", methods["interview.assign"]), "wrong_state");
    await applicant.call("call.accept");
    const hints = await Promise.allSettled(Array.from({ length: 30 }, () => officer.call("call.hint", methods["call.hint"])));
    const shown = hints.filter(({ status }) => status === "fulfilled").length;
    assert.ok(shown >= 1 && shown < 10, `${shown} of 30 hints`);
    for (const { reason } of hints.filter(({ status }) => status === "rejected")) assert.ok(reason.data.code === "rate_limited" && reason.data.retry_after_ms > 0);
    assert.equal(applicant.notifications.filter(({ method }) => method === "call.hint").length, shown);

    const everything = await Promise.allSettled(Object.entries(methods).flatMap(([method, params]) => Array.from({ length: 5 }, () => second.call(method, params))));
    assert.ok(everything.every(({ status, reason }) => status === "fulfilled" || reason.data?.code), "each is answered as described");
    await officer.call("call.end", confirmed(interview_id));
    for (const method of ["interview.answer", "interview.guardian", "interview.assign", "call.hand_over", "call.take_over", "call.hint"])
        await refusedAs(officer.call(method, methods[method]), "interview_over");
});
