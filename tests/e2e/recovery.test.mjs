// A call that lives through what goes wrong: page, network, process.
import assert from "node:assert/strict";
import { test } from "node:test";
import { slow, untilPlaying } from "./support/browser.mjs";
import { similarity } from "./support/camera.mjs";
import { Stage } from "./support/stage.mjs";
import { until } from "./support/wait.mjs";

const bothPlay = (a, b) => Promise.all([a, b].map(({ page }) => untilPlaying(page, { fps: slow.fps - 3 })));

test("a call comes back", async (t) => {
    const stage = await Stage.set(t);
    const { applicant, officer } = await stage.call(slow);
    const jpeg = await officer.capture("face");

    await t.test("after the applicant's page is reloaded, and the officer does nothing", async () => {
        await applicant.page.reload();
        await bothPlay(applicant, officer);
    });
    await t.test("after a change of network, by an ICE restart on the same connection", async () => {
        const joins = await stage.server.calls("media.join");
        await applicant.page.evaluate(() => dispatchEvent(new Event("online"))); // what a phone says with a new network
        await until("an ICE restart", async () => (await stage.server.calls("media.restart")) === 1);
        await bothPlay(applicant, officer);
        await applicant.sees("call", { state: "connected" });
        assert.equal(await stage.server.calls("media.join"), joins, "it joined anew");
    });
    await t.test("after the officer's page is closed and opened again, and the applicant does nothing", async () => {
        await officer.page.close();
        officer.page = await officer.context.newPage();
        await officer.page.goto(`${stage.server.url}/officer/`);
        await officer.click("interview-row", { state: "in_call" });
        await bothPlay(applicant, officer);
    });
    await t.test("after kill -9 of the server, with the earlier capture intact", async () => {
        await stage.server.kill9();
        await stage.server.restart();
        await bothPlay(applicant, officer);
        const picture = officer.page.waitForResponse((reply) => /\/v1\/captures\//.test(reply.url()) && reply.ok());
        await officer.page.reload();
        assert.deepEqual(await (await picture).body(), jpeg);
        assert.ok(similarity(await officer.capture("document"), stage.guestCamera) >= 0.8);
    });
    await t.test("and SIGTERM lets it finish, but nobody begin", async () => {
        stage.server.signal("SIGTERM");
        await officer.sees("draining");
        const health = await (await fetch(`${stage.server.url}/v1/health`)).json();
        assert.equal(health.status, "draining");
        await bothPlay(applicant, officer);
        await officer.end("identity_confirmed");
        await applicant.sees("over");
        assert.equal(await stage.server.exit(), 0);
    });
});
