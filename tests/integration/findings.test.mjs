// What captures show, against the order's face check, and the quiet look whether it is still the same person. With real
// pictures where they are; nobody's face is drawn well enough.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { Call, connect, refusedAs, serverFor, signIn } from "./support/call.mjs";
import { FaceCheck, sharedFile, withoutPictures } from "./support/facecheck.mjs";
import { filmOf } from "./support/film.mjs";
import { pattern } from "./support/synthetic.mjs";

const settings = { interview: { same_person_s: 1 }, vision: { workers: 1 } };

// A call of the demo's first interview, whose applicant shows a film.
async function callWith(t, server, ivf) {
    const call = await Call.start(t, server);
    call.peers = { applicant: await call.join(call.applicant, { slots: 1, ivf, bitrate: 1500000 }) };
    await until("video arrives", async () => (await call.peers.applicant.stats()).sent.video.frames > 10);
    return call;
}

async function capture(call, kind) {
    const taken = await call.officer.call("capture.take", { interview_id: call.id, party_id: call.applicantId, kind });
    if (kind === "other") return { taken };
    assert.deepEqual([taken.analysis, taken.findings], ["running", null]);
    const { params } = await call.officer.notified("capture.analysed", ({ capture_id }) => capture_id === taken.id);
    return { taken, findings: params.findings };
}

const listed = async (rpc, call, id) => (await rpc.call("capture.list", { interview_id: call.id })).captures.find((each) => each.id === id);

// The pairs of a comparison as {"portrait page": "match", …}.
const pairs = (comparison) => Object.fromEntries((comparison?.pairs ?? []).map(({ a, b, decision }) => [`${a} ${b}`, decision]));

test("the applicant's face and page are held against the portrait, the page and the order", async (t) => {
    if (withoutPictures(t)) return;
    const server = await serverFor(t, { settings });
    const call = await callWith(t, server, filmOf(t, sharedFile("faces/img12.jpg")));
    const order = call.applicant.interview.order_ref;

    // No decided face check yet, but the demo's open one of this order: its applicant submits.
    const link = server.stdout.match(new RegExp(`^  ${order} +face check .* (http\\S+)$`, "m"))[1];
    const check = Object.assign(new FaceCheck(), { server, link, officer: call.officer });
    check.applicant = await check.open(t);
    check.id = check.applicant.facecheck.id;
    const { portrait, page } = await check.submit({ portrait: "faces/img3.jpg", page: "pages/pass-uto.jpg" });
    assert.deepEqual([portrait.status, page.status], [200, 200]);

    const face = await capture(call, "face");
    assert.equal(face.findings.error, null);
    assert.ok(face.findings.face.quality);
    assert.equal(pairs(face.findings.comparison)["portrait live"], "match", JSON.stringify(face.findings.comparison));
    assert.notEqual(pairs(face.findings.comparison)["page live"], "match", "the page is somebody else's");
    assert.deepEqual((await listed(call.officer, call, face.taken.id)).findings, face.findings);

    const { taken } = await capture(call, "other");
    assert.deepEqual([taken.analysis, taken.findings], ["none", null]);

    const same = await call.officer.notified("interview.same_person", ({ decision }) => decision === "match");
    assert.equal(same.params.party_id, call.applicantId);
    assert.ok(same.params.score > 0);
    const elsewhere = await signIn(t, server, { login: "lin", password: "demo-stockholm" });
    await refusedAs(elsewhere.call("interview.watch", { interview_id: call.id, enabled: false }), "not_found");
    assert.deepEqual(await call.officer.call("interview.watch", { interview_id: call.id, enabled: false }), { enabled: false });
    const told = () => call.officer.notifications.filter(({ method }) => method === "interview.same_person").length;
    await new Promise((resolve) => setTimeout(resolve, 1500)); // one that was on its way
    const before = told();
    await new Promise((resolve) => setTimeout(resolve, 2500));
    assert.equal(told(), before, "nobody looks any more");
    assert.deepEqual(await call.officer.call("interview.watch", { interview_id: call.id, enabled: true }), { enabled: true });
    await until("somebody looks again", () => told() > before);
    assert.ok(!call.applicant.notifications.some(({ method }) => method === "interview.same_person" || method === "capture.analysed"));

    // Somebody else before the camera.
    await call.peers.applicant.stop();
    call.peers.applicant = await call.join(call.applicant, { slots: 1, ivf: filmOf(t, sharedFile("faces/img20.jpg")), bitrate: 1500000 });
    const other = await call.officer.notified("interview.same_person", ({ decision }) => decision === "no_match" || decision === "review");
    assert.ok(other.params.score < same.params.score);

    // A data page held into the camera.
    await call.peers.applicant.stop();
    const film = filmOf(t, sharedFile("pages/pass-lux.jpg"), { width: 1280, height: 960, frames: 10 });
    call.peers.applicant = await call.join(call.applicant, { slots: 1, ivf: film, bitrate: 2000000, fps: 10 });
    const document = await capture(call, "document");
    assert.equal(document.findings.error, null, JSON.stringify(document.findings.error));
    assert.ok(document.findings.document.page);
    assert.equal(document.findings.fields.agrees, false, "the order says Zhang Wei");
    assert.doesNotMatch(server.log, /Zhang|ERIKSSON|MAUS|KETTY/, "no log knows a name");
});

test("a picture that shows nobody is said to; what was not looked at before a restart is afterwards", async (t) => {
    const server = await serverFor(t, { settings });
    const call = await callWith(t, server, pattern);
    const { taken, findings } = await capture(call, "face");
    assert.equal(findings.error.code, "no_face");
    assert.deepEqual([findings.face, findings.comparison], [null, null]);
    assert.equal((await listed(call.officer, call, taken.id)).analysis, "done");
    const cut = await call.officer.call("capture.take", { interview_id: call.id, party_id: call.applicantId, kind: "document" });
    await server.kill9();
    await server.restart();
    const officer = await connect(t, server);
    await officer.call("officer.sign_in", server.people().login);
    const found = await until("it is looked at when it is listed", async () => {
        const each = await listed(officer, call, cut.id);
        return each.analysis === "done" && each.findings;
    });
    assert.equal(found.error.code, "no_document");
    assert.equal(found.fields, null);
});
