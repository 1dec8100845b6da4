// A face check at submission (D-16 … D-19): made, opened, skipped; who may do what.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { connect, redeem, refusedAs, signIn, ticketOf } from "./support/call.mjs";
import { anOrder, FaceCheck, fileServer, withoutPictures } from "./support/facecheck.mjs";
import { pattern, Synthetic } from "./support/synthetic.mjs";

const shared = fileServer({ facecheck: { tries_max: 2, tries_stop: 2, look_s: 5 } });
const officerOnly = ["identity", "comparison", "fields", "try_list"];

test("from order to interview by skipping for accessibility", async (t) => {
    const { server } = shared;
    const identity = { name: "ERIKSSON ANNA MARIA", birth_date: "1974-08-12", sex: "F" };
    const check = await FaceCheck.start(t, server, identity);
    assert.deepEqual(check.created.facecheck.identity, { document_number: null, expiry_date: null, ...identity });
    assert.equal(check.applicant.role, "submitter");
    const opened = check.applicant.facecheck;
    assert.deepEqual(
        officerOnly.filter((member) => member in opened),
        [],
        "the applicant is told nothing of the order's data",
    );
    assert.equal(opened.state, "open");
    assert.deepEqual(opened.can, { upload: true, start: false, skip_tries: false, skip_accessibility: true });
    assert.deepEqual(opened.tries, { used: 0, max: 2, stop: 2 });
    await refusedAs(check.applicant.call("facecheck.skip", { reason: "tries" }), "wrong_state");
    const skipped = await check.applicant.call("facecheck.skip", { reason: "accessibility" });
    assert.equal(skipped.state, "skipped");
    assert.equal(skipped.skip_reason, "accessibility");
    assert.ok(skipped.interview_required);
    const told = await check.officer.notified("facecheck.changed", ({ facecheck }) => facecheck.state === "skipped");
    assert.equal(told.params.facecheck.id, check.id);
    const waiting = await check.officer.call("facecheck.list", { interview_required: true });
    assert.ok(waiting.facechecks.some(({ id }) => id === check.id));
    const others = await check.officer.call("facecheck.list", { interview_required: false });
    assert.ok(!others.facechecks.some(({ id }) => id === check.id));
    await refusedAs(check.applicant.call("facecheck.skip", { reason: "accessibility" }), "wrong_state");
    assert.equal((await check.put("portrait", Buffer.from("x"))).status, 409);
});

test("one open face check for an order; a decided one makes way", async (t) => {
    const { server } = shared;
    const order_ref = anOrder();
    const check = await FaceCheck.start(t, server, { order_ref });
    await refusedAs(check.officer.call("facecheck.create", { order_ref, document: "passport" }), "conflict");
    await check.applicant.call("facecheck.skip", { reason: "accessibility" });
    const again = await check.officer.call("facecheck.create", { order_ref, document: "passport" });
    const { facechecks } = await check.officer.call("facecheck.list", { order_ref });
    assert.deepEqual(facechecks.map(({ id }) => id), [again.facecheck.id, check.id], "newest first");
});

test("what is no calendar day is refused and nothing is made", async (t) => {
    const { server } = shared;
    const officer = await signIn(t, server);
    const order_ref = anOrder();
    for (const day of ["2026-02-30", "12.08.1974", "1974-8-12", "0000-00-00", "1974-08-1x"])
        await refusedAs(officer.call("facecheck.create", { order_ref, document: "passport", birth_date: day }), "invalid_params");
    assert.deepEqual((await officer.call("facecheck.list", { order_ref })).facechecks, []);
});

test("strangers see nothing", async (t) => {
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    const other = await FaceCheck.start(t, server);
    const elsewhere = await signIn(t, server, { login: "lin", password: "demo-stockholm" });
    const party = await redeem(t, server);
    const nobody = await connect(t, server);
    await refusedAs(elsewhere.call("facecheck.get", { facecheck_id: check.id }), "not_found");
    assert.ok(!(await elsewhere.call("facecheck.list")).facechecks.some(({ id }) => id === check.id));
    await refusedAs(other.applicant.call("facecheck.get", { facecheck_id: check.id }), "not_found");
    await refusedAs(party.call("facecheck.get", { facecheck_id: check.id }), "forbidden");
    await refusedAs(nobody.call("facecheck.get", { facecheck_id: check.id }), "not_signed_in");
    await refusedAs(check.applicant.call("facecheck.list"), "forbidden");
    await refusedAs(check.applicant.call("interview.list"), "forbidden");
    await refusedAs(check.applicant.call("interview.get"), "forbidden");
    await refusedAs(check.officer.call("facecheck.start", { sdp: "v=0" }), "forbidden");
    await check.applicant.call("facecheck.skip", { reason: "accessibility" });
    for (const rpc of [elsewhere, other.applicant, party, nobody])
        assert.ok(!rpc.notifications.some(({ method, params }) => method === "facecheck.changed" && params.facecheck.id === check.id));
});

test("the link belongs to the first device; a reload and a restart come back", async (t) => {
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    await refusedAs(check.open(t, "b".repeat(43)), "ticket_used");
    assert.equal((await check.open(t)).facecheck.id, check.id);
    await server.kill9();
    await server.restart();
    const rpc = await connect(t, server);
    const resumed = await rpc.call("session.resume", { token: check.token });
    assert.deepEqual([resumed.role, resumed.facecheck.id, resumed.facecheck.state], ["submitter", check.id, "open"]);
    assert.ok(resumed.facecheck.version > check.applicant.facecheck.version, "versions grow over a restart");
    await rpc.call("session.end");
    await refusedAs((await connect(t, server)).call("session.resume", { token: check.token }), "session_expired");
    await refusedAs((await connect(t, server)).call("ticket.redeem", { ticket: ticketOf(`${check.link}x`) }), "ticket_unknown");
});

test("the demo prints links to face checks that open", async (t) => {
    const { server } = shared;
    const links = [...server.stdout.matchAll(/^  (\S+) +face check .* (http\S+)$/gm)];
    assert.ok(links.length >= 2, server.stdout);
    for (const [, order, link] of links) {
        const { facecheck } = await (await connect(t, server)).call("ticket.redeem", { ticket: ticketOf(link) });
        assert.equal(facecheck.order_ref, order);
    }
});

test("a try needs usable pictures first, and an offer that can be used", async (t) => {
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    const peer = await Synthetic.start({ slots: 0, ivf: pattern });
    t.after(() => peer.stop());
    await refusedAs(check.applicant.call("facecheck.start", { sdp: peer.offer }), "wrong_state");
    if (withoutPictures(t)) return;
    const { portrait, page } = await check.submit();
    assert.deepEqual([portrait.status, page.status], [200, 200], JSON.stringify([portrait.body, page.body]));
    assert.ok(portrait.body.usable && page.body.usable, JSON.stringify([portrait.body.reasons, page.body.reasons]));
    assert.ok((await check.view()).can.start);
    await refusedAs(check.applicant.call("facecheck.start", { sdp: "v=0\r\n" }), "sdp_refused");
    const mute = await Synthetic.start({ slots: 0, "no-video": true });
    t.after(() => mute.stop());
    await refusedAs(check.applicant.call("facecheck.start", { sdp: mute.offer }), "no_video");
    assert.ok((await check.view()).can.start, "a refused start leaves nothing running");
});

// A try with the synthetic camera, which shows a pattern and nobody.
async function startTry(t, check, options = {}) {
    const peer = await Synthetic.start({ slots: 0, ivf: pattern });
    t.after(() => peer.stop());
    const started = await check.applicant.call("facecheck.start", { sdp: peer.offer, ...options });
    peer.answer(started.sdp);
    return { peer, ...started, result: () => check.applicant.notified("facecheck.result", (params) => params.try_id === started.try_id) };
}

test("tries that nobody's face is in fail, are counted, and lead to skipping", async (t) => {
    if (withoutPictures(t)) return;
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    await check.submit();
    for (const used of [1, 2]) {
        const running = await startTry(t, check, { device_label: used === 1 ? "OBS Virtual Camera" : "FaceTime HD" });
        assert.ok(running.tasks >= 2 && running.tasks <= 4);
        if (used === 1) {
            const other = await Synthetic.start({ slots: 0 });
            t.after(() => other.stop());
            await refusedAs(check.applicant.call("facecheck.start", { sdp: other.offer }), "busy");
            assert.equal((await check.put("portrait", Buffer.from("x"))).status, 409, "no other portrait during a try");
            assert.equal((await check.delete("page")).status, 409);
        }
        const { params } = await running.result();
        assert.equal(params.decision, "fail");
        assert.ok(params.reasons.length > 0 && params.reasons.every(({ code, message }) => /^[a-z_]+$/.test(code) && / /.test(message)));
        assert.equal(params.facecheck.tries.used, used);
        assert.ok(!check.applicant.notifications.some(({ method, params: { task } }) => method === "facecheck.prompt" && task), "no task is shown to nobody");
        assert.ok(check.applicant.notifications.some(({ method, params: { state, hint } }) => method === "facecheck.prompt" && state === "look" && hint));
    }
    const stopped = await check.view();
    assert.deepEqual(stopped.can, { upload: true, start: false, skip_tries: true, skip_accessibility: true });
    assert.ok(stopped.interview_required);
    assert.equal(stopped.last_try.decision, "fail");
    const another = await Synthetic.start({ slots: 0 });
    t.after(() => another.stop());
    await refusedAs(check.applicant.call("facecheck.start", { sdp: another.offer }), "tries_exhausted");

    const seen = await check.officer.call("facecheck.get", { facecheck_id: check.id });
    assert.equal(seen.try_list.length, 2);
    assert.deepEqual(seen.try_list[0].hints.map(({ code }) => code).includes("virtual_camera"), true);
    assert.ok(seen.try_list[0].report.measurements, "an officer may look at every measurement");
    assert.ok(seen.materials.portrait.report && seen.materials.page.report.mrz);
    const listed = (await check.officer.call("facecheck.list", { order_ref: seen.order_ref })).facechecks[0];
    assert.equal(listed.try_list[0].report, null, "lists leave reports out");

    const skipped = await check.applicant.call("facecheck.skip", { reason: "tries" });
    assert.deepEqual([skipped.state, skipped.skip_reason], ["skipped", "tries"]);
    assert.match(server.log, /event=facecheck_try facecheck=\S+ try=\S+ decision=fail counted=yes reasons=\S+/);
});

test("a try that is stopped, broken off or cut by the server's end does not count", async (t) => {
    if (withoutPictures(t)) return;
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    await check.submit();
    const idle = () => until("no try runs", async () => (await check.view()).can.start);

    const first = await startTry(t, check);
    await first.peer.reaches("connected");
    await check.applicant.call("facecheck.stop");
    await idle();
    await check.applicant.call("facecheck.stop"); // nothing runs: no error

    const second = await startTry(t, check);
    await second.peer.reaches("connected");
    await second.peer.stop(); // the camera is gone
    assert.equal((await second.result()).params.facecheck.tries.used, 0);

    const third = await startTry(t, check);
    await third.peer.reaches("connected");
    check.applicant.close(); // the page is reloaded …
    check.applicant = await check.open(t);
    await idle(); // … and may start anew
    assert.equal((await check.view()).tries.used, 0);

    const last = await startTry(t, check);
    await last.peer.reaches("connected");
    await server.signal("SIGTERM");
    await check.applicant.notified("server.draining");
    await refusedAs(check.applicant.call("facecheck.start", { sdp: last.peer.offer }), "busy");
    await server.signal("SIGTERM");
    assert.equal(await server.exit(), 0, server.log);
    await server.restart();
    check.applicant = await check.open(t);
    const after = await check.view();
    assert.equal(after.tries.used, 0);
    assert.ok(after.can.start);
});
