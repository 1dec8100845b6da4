// The face check at submission, from the officer's link to its end, in real browsers on a real server.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { look } from "./support/look.mjs";
import { Stage } from "./support/stage.mjs";
import { missing, person, Studio } from "./support/studio.mjs";
import { until } from "./support/wait.mjs";

const SHOWN_MS = 300; // a prompt on the page after it came from the server

const folder = mkdtempSync(path.join(os.tmpdir(), "viva-films-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

const order = (number) => ({
    order_ref: `TEST-${number}`,
    name: person.name,
    document_number: person.document_number,
    birth_date: person.birth_date,
    expiry_date: person.expiry_date,
    sex: person.sex,
});

// Her film shows turns to both sides, so only turns are asked for.
const settings = { facecheck: { tasks: "turn_left, turn_right", tasks_min: 2, tasks_max: 2, look_s: 60 } };

test("the face check at submission", { skip: missing }, async (t) => {
    const stage = await Stage.set(t, { settings });
    const studio = await Studio.open();
    t.after(() => studio.close());
    const [portrait, page] = [await studio.portrait(), await studio.dataPage()];
    const [turning, still, wall] = [await studio.turning(folder), await studio.still(folder), await studio.wall(folder)];
    const officer = await stage.officer();
    await officer.signIn(stage.server.people().login);
    const links = [];

    await t.test("an officer makes checks, and one order has only one", async () => {
        links.push(await officer.newCheck(order(1), (what) => look(officer, `officer-new-facecheck-${what}`)));
        links.push(await officer.newCheck(order(2)), await officer.newCheck(order(3)));
        await officer.click("new-check");
        await officer.at("check-order_ref").fill("TEST-1");
        await officer.click("make-link");
        await officer.sees("toast", { kind: "problem" });
        await officer.page.keyboard.press("Escape");
    });

    await t.test("who turns as asked, with portrait and page, passes", async (t) => {
        const applicant = await stage.submitter(turning, links[0]);
        await applicant.sees("facecheck", { step: "portrait" });
        await look(applicant, "facecheck-portrait");
        await t.test("a picture without a face is told, and replaced", async () => {
            await applicant.at("choose-portrait").setInputFiles({ name: "a.jpg", mimeType: "image/jpeg", buffer: wall.first });
            await applicant.sees("upload-problem", { code: "no_face" });
        });
        await applicant.hand("portrait", portrait);
        await look(applicant, "facecheck-portrait-received");
        await t.test("a reload comes back to where it was", async () => {
            await applicant.page.reload();
            await applicant.sees("material", { usable: true });
            await applicant.click("next");
            await applicant.page.reload();
            await applicant.sees("facecheck", { step: "page" });
        });
        await applicant.hand("page", page);
        await look(applicant, "facecheck-page-received");
        assert.doesNotMatch(await applicant.page.locator("main").innerText(), new RegExp(person.document_number), "the MRZ is shown");
        await applicant.click("next");
        await look(applicant, "facecheck-intro");
        assert.equal(await applicant.try(), "passed");
        await applicant.sees("facecheck-over", { state: "passed" });
        inOrder(t, await applicant.prompts());
        await look(applicant, "facecheck-passed");
        await applicant.close();
    });

    await t.test("a still picture fails three times, then an interview is offered", async () => {
        const applicant = await stage.submitter(still, links[1]);
        await applicant.handBoth(portrait, page);
        for (let used = 1; used <= 3; used++) {
            const reasons = await applicant.try();
            t.diagnostic(`try ${used}: ${reasons}`);
            assert.ok(["still_picture", "frozen"].some((code) => reasons.includes(code)), `reasons: ${reasons}`);
            await applicant.sees("tries-left", { used });
            assert.equal(await applicant.at("skip").count(), used === 3 ? 1 : 0);
        }
        await look(applicant, "facecheck-failed");
        await applicant.click("skip");
        await applicant.sees("facecheck-over", { state: "skipped" });
        await look(applicant, "facecheck-interview");
        await applicant.close();
    });

    await t.test("who cannot do the tasks goes on without, also from within a try", async () => {
        const applicant = await stage.submitter(wall, links[2]);
        await applicant.handBoth(portrait, page);
        await applicant.click("camera-on");
        await applicant.sees("begin");
        await look(applicant, "facecheck-camera");
        await applicant.begin();
        await applicant.sees("hint", { hint: "no_face" });
        await look(applicant, "facecheck-live");
        await applicant.page.reload();
        await applicant.click("camera-on");
        await until("a try after a reload", async () => {
            await applicant.begin();
            return applicant.sees("hint", { hint: "no_face" }).then(() => true);
        });
        await applicant.click("cannot");
        await applicant.click("confirm-cannot");
        await applicant.sees("facecheck-over", { state: "skipped" });
        await applicant.close();
    });

    await t.test("the officer sees who needs an interview, and why", async () => {
        await officer.sees("check-row", { reason: "accessibility" });
        assert.equal(await officer.at("check-row").filter({ hasText: "TEST-1" }).count(), 0, "a passed check asks for an interview");
        await look(officer, "officer-facechecks");
        const row = officer.at("check-row", { reason: "tries" });
        await row.getByRole("button").click();
        await officer.sees("try", { decision: "fail" });
        assert.equal(await officer.at("try", { decision: "fail" }).count(), 3);
        await officer.sees("fields", { agrees: true });
        await officer.page.waitForFunction(() => [...document.querySelectorAll("[data-testid=check-dialog] img")].length >= 5);
        await look(officer, "officer-facecheck");
    });
});

// A task is shown only when the one before is done, and soon after the server said so.
function inOrder(t, prompts) {
    const tasks = prompts.filter(({ state }) => state === "task");
    const steps = tasks.filter((prompt, i) => i === 0 || prompt.index !== tasks[i - 1].index);
    assert.deepEqual(steps.map(({ index }) => index), steps.map((_, i) => i), "tasks came out of order");
    assert.equal(steps.length, steps[0].count);
    assert.equal(prompts[0].state, "look");
    assert.equal(prompts.at(-1).state, "done");
    assert.ok(prompts.every(({ task, state }) => (task === null) === (state !== "task")), "a task was told ahead of time");
    const shown = steps.map(({ shown_ms }) => shown_ms);
    t.diagnostic(`tasks ${steps.map(({ task }) => task).join(", ")}; on the page ${shown.map((ms) => ms?.toFixed(0)).join(" and ")} ms after they came`);
    for (const ms of shown) assert.ok(ms !== null && ms <= SHOWN_MS, `a task was shown ${ms} ms after it came`);
}
