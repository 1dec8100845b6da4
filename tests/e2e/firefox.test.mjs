// An applicant with Firefox and an officer with Chromium, over real DTLS-SRTP.
import assert from "node:assert/strict";
import { test } from "node:test";
import jpeg from "jpeg-js";
import { slow, untilPlaying } from "./support/browser.mjs";
import { openFirefox, ownAddress } from "./support/firefox.mjs";
import { Stage } from "./support/stage.mjs";
import { until } from "./support/wait.mjs";

const skip = ownAddress === undefined && "pages of Firefox reach nothing on loopback, and this machine has no other address";

// Firefox's camera shows one colour, below a line of numbers at the top. Returns it, or fails.
function colourOf(picture) {
    const { width, height, data } = jpeg.decode(picture, { useTArray: true });
    assert.ok(width >= 640 && height >= 360, `${width}×${height}`);
    const at = (x, y) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
    const colour = at(width / 2, height / 2);
    for (let y = 40; y < height; y += 16)
        for (let x = 0; x < width; x += 16)
            assert.ok(at(x, y).every((value, i) => Math.abs(value - colour[i]) <= 12), `${at(x, y)} at ${x},${y}, but ${colour} in the middle`);
    return colour;
}

test("an interview of Firefox and Chromium", { skip }, async (t) => {
    const stage = await Stage.set(t, { settings: { media: { addresses: ownAddress } } });
    const { applicant: link, login } = stage.server.people();
    const [applicant, officer] = await Promise.all([stage.guest(link, { open: openFirefox }), stage.officer(slow)]);
    const bothPlay = () => Promise.all([applicant, officer].map(({ page }) => untilPlaying(page, { fps: slow.fps - 3, anySize: true })));
    await applicant.click("start-check"); // Firefox does not tell pages that they may use the camera
    await Promise.all([applicant.passDeviceCheck(), officer.signIn(login)]);
    await officer.startCall();
    await applicant.accept();
    const [[seenByApplicant], [seenByOfficer]] = await bothPlay();
    for (const { codec } of [seenByApplicant, seenByOfficer]) assert.equal(codec, "video/VP8");

    await t.test("the stored picture is what Firefox sent", async () => {
        const colours = new Set();
        await until("another colour", async () => colours.add(`${colourOf(await officer.capture("face"))}`).size > 1);
    });
    await t.test("a restart of ICE keeps the call", async () => {
        await applicant.page.evaluate(() => void dispatchEvent(new Event("online")));
        await until("the restart", async () => (await stage.server.calls("media.restart")) === 1);
        await bothPlay();
        await applicant.sees("call", { state: "connected" });
    });
    await t.test("a reload comes back", async () => {
        await applicant.page.reload();
        await bothPlay();
    });
    await t.test("it ends for both", async () => {
        await officer.end("identity_confirmed");
        await applicant.sees("over", { state: "ended" });
    });
});
