// Whole interviews in real browsers, on a real server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { similarity } from "./support/camera.mjs";
import { slow, small, untilPlaying } from "./support/browser.mjs";
import { Stage } from "./support/stage.mjs";

const report = (t, who, tracks) =>
    t.diagnostic(`${who} sees ${tracks.map((v) => `${v.codec} ${v.width}x${v.height} at ${v.fps.toFixed(1)} frames/s`).join(", ")}`);

test("an interview from link to outcome", async (t) => {
    const stage = await Stage.set(t);
    const { applicant, officer, seenByApplicant, seenByOfficer } = await stage.call();
    report(t, "the applicant", seenByApplicant);
    report(t, "the officer", seenByOfficer);

    await t.test("the stored picture is the camera's", async (t) => {
        for (const kind of ["face", "document"]) {
            const jpeg = await officer.capture(kind);
            const score = similarity(jpeg, stage.guestCamera);
            t.diagnostic(`${kind}: similarity with the camera's picture ${score.toFixed(3)}`);
            assert.ok(score >= 0.8, `similarity ${score}`);
            assert.ok(similarity(jpeg, stage.officerCamera) < score, "it is nearer to the officer's camera");
        }
    });
    await t.test("the applicant is told while a picture is taken", async () => {
        const told = applicant.sees("hold-still");
        await officer.capture("other");
        await told;
    });
    await t.test("a note is kept", () => officer.note("Said the date of birth without hesitation."));
    await t.test("a second device with the same link is refused, and the officer is told", async () => {
        const second = await stage.guest(stage.server.people().applicant);
        await second.sees("problem", { code: "ticket_used" });
        await officer.sees("toast");
        await second.close();
        await untilPlaying(applicant.page);
    });
    await t.test("it ends for both with an outcome", async () => {
        await officer.end("identity_confirmed");
        await applicant.sees("over", { state: "ended" });
    });
});

test("an interview in H.264", async (t) => {
    const stage = await Stage.set(t, { settings: { media: { video_codecs: "H264" } } });
    const { officer, seenByApplicant, seenByOfficer } = await stage.call();
    for (const track of [...seenByApplicant, ...seenByOfficer]) assert.equal(track.codec, "video/H264");
    const score = similarity(await officer.capture("face"), stage.guestCamera);
    assert.ok(score >= 0.8, `similarity ${score}`);
});

test("an interview over ::1", async (t) => {
    const stage = await Stage.set(t, { host: "::1" });
    const { officer, seenByOfficer } = await stage.call(slow);
    report(t, "the officer", seenByOfficer);
    assert.ok(similarity(await officer.capture("face"), stage.guestCamera) >= 0.8);
});

test("an interview of three: a minor, a guardian and an officer", async (t) => {
    const stage = await Stage.set(t);
    const { minor, guardian, login } = stage.server.people();
    const [applicant, parent, officer] = await Promise.all([
        stage.guest(minor, small),
        stage.guest(guardian, small),
        stage.officer(small),
    ]);
    await Promise.all([applicant.passDeviceCheck(), parent.passDeviceCheck(), officer.signIn(login)]);
    await officer.startCall();
    await applicant.accept();
    await parent.accept(); // it goes on ringing at the guardian's
    const everybody = [applicant, parent, officer];
    await Promise.all(everybody.map((person) => untilPlaying(person.page, { parties: 2, fps: small.fps - 3 })));
});
