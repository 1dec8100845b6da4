// How interviews end when they do not go as planned, and who may only listen.
import { test } from "node:test";
import { small, untilPlaying } from "./support/browser.mjs";
import { Stage } from "./support/stage.mjs";

test("an applicant who did not come is marked as missed, and may choose another time", async (t) => {
    const stage = await Stage.set(t);
    const { applicant, login } = stage.server.people();
    const officer = await stage.officer();
    await officer.signIn(login);
    await officer.click("next-day");
    await officer.at("interview-row").first().waitFor({ state: "detached" });
    await officer.click("today");
    await officer.click("interview-row", { state: "scheduled" });
    await officer.click("mark-missed");
    await officer.click("confirm-missed");
    await officer.sees("over");
    const guest = await stage.guest(applicant);
    await guest.sees("over", { state: "missed" });
    await guest.sees("booking");
    await guest.sees("book-time");
});

test("a call with an interpreter is aborted with a reason, for everybody", async (t) => {
    const stage = await Stage.set(t, { settings: { interview: { ring_timeout_s: 300 } } }); // on a busy machine pages are slow
    const { interpreted, interpreter, login } = stage.server.people();
    const [applicant, third, officer] = await Promise.all([
        stage.guest(interpreted, small),
        stage.guest(interpreter, small),
        stage.officer(small),
    ]);
    await Promise.all([applicant.passDeviceCheck(), third.passDeviceCheck(), officer.signIn(login)]);
    await officer.startCall();
    await Promise.all([third.accept(), applicant.accept()]);
    await untilPlaying(third.page, { parties: 2, fps: small.fps - 3 });
    await officer.click("abort");
    await officer.at("end-reason").fill("The connection is too poor to see the face.");
    await officer.click("confirm-abort");
    await Promise.all([officer, applicant, third].map((person) => person.sees("over")));
    await applicant.sees("over", { state: "aborted" });
});
