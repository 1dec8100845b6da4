// Every page, looked at in each state that it can be in.
import { test } from "node:test";
import { slow, untilPlaying } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { Stage } from "./support/stage.mjs";

test("the pages look right and are accessible", async (t) => {
    const stage = await Stage.set(t);
    const { applicant: link, interpreted, later, login } = stage.server.people();

    await t.test("a link that is not valid", async () => {
        const stranger = await stage.guest(`${stage.server.url}/#t=${"x".repeat(43)}`);
        await stranger.sees("problem", { code: "ticket_unknown" });
        await look(stranger, "applicant-bad-link");
        await stranger.close();
    });
    await t.test("an appointment that is not open yet", async () => {
        const early = await stage.guest(later);
        await early.sees("countdown");
        await look(early, "applicant-countdown");
        await early.close();
    });
    await t.test("no permission for the camera", async () => {
        const shy = await stage.guest(interpreted, { permission: false });
        await shy.click("start-check");
        await shy.sees("problem", { code: "permission_denied" });
        await look(shy, "applicant-no-permission");
        await shy.close();
    });

    const [applicant, officer] = await Promise.all([stage.guest(link, slow), stage.officer(slow)]);
    await t.test("before the call", async () => {
        await officer.sees("login");
        await look(officer, "officer-sign-in");
        await applicant.seesConnection();
        await look(applicant, "applicant-device-check");
        await applicant.click("continue");
        await applicant.sees("waiting-room");
        await look(applicant, "applicant-waiting");
        await officer.signIn(login);
        await look(officer, "officer-interviews");
    });
    await t.test("the call", async () => {
        await officer.startCall();
        await applicant.sees("incoming");
        await look(applicant, "applicant-incoming");
        await look(officer, "officer-ringing");
        await applicant.accept();
        await Promise.all([applicant, officer].map((person) => untilPlaying(person.page, { fps: slow.fps - 3 })));
        await officer.capture("face");
        await officer.note("Said the date of birth without hesitation.");
        await look(applicant, "applicant-call");
        await look(officer, "officer-call");
        await officer.click("capture-item");
        await officer.sees("capture-image");
        await look(officer, "officer-capture");
        await officer.page.keyboard.press("Escape");
    });
    await t.test("the end", async () => {
        await officer.click("end-call");
        await officer.sees("confirm-end");
        await look(officer, "officer-end");
        await officer.click("outcome-identity_confirmed");
        await officer.click("confirm-end");
        await applicant.sees("over");
        await look(applicant, "applicant-over");
        await officer.sees("over");
        await look(officer, "officer-over");
    });
});
