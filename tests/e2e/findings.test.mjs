// What an officer sees of a capture: the match with portrait and page, the page's lines, the order's data.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { slow } from "./support/browser.mjs";
import { look } from "./support/look.mjs";
import { Rpc } from "./support/rpc.mjs";
import { Stage } from "./support/stage.mjs";
import { missing, mrz, person, Studio } from "./support/studio.mjs";
import { until } from "./support/wait.mjs";

const folder = mkdtempSync(path.join(os.tmpdir(), "viva-films-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

// Whoever comes with the link of a face check, without a page.
async function redeem(server, link) {
    const rpc = await Rpc.connect(server.url);
    const ticket = new URLSearchParams(new URL(link).hash.slice(1)).get("t");
    return { rpc, ...(await rpc.call("ticket.redeem", { ticket, device: "d".repeat(43) })) };
}

// The demo's own check of the order gives way to another.
async function giveUp(server, link) {
    const { rpc } = await redeem(server, link);
    await rpc.call("facecheck.skip", { reason: "accessibility" });
    rpc.close();
}

async function submit(server, link, pictures) {
    const { rpc, token, facecheck } = await redeem(server, link);
    for (const [slot, body] of Object.entries(pictures)) {
        const reply = await fetch(`${server.url}/v1/facechecks/${facecheck.id}/${slot}`, {
            method: "PUT",
            headers: { Authorization: `Bearer ${token}`, "Content-Type": "image/jpeg" },
            body,
        });
        assert.equal(reply.status, 200, await reply.text());
    }
    rpc.close();
}

test("what captures show appears beside the call", { skip: missing }, async (t) => {
    const stage = await Stage.set(t, { settings: { interview: { same_person_s: 3 } } });
    const studio = await Studio.open();
    t.after(() => studio.close());
    const { applicant: link, login, facecheck } = stage.server.people();
    const turning = await studio.turning(folder);
    const officer = await stage.officer(slow);
    let applicant = await stage.guest(link, { ...slow, camera: turning });
    await Promise.all([applicant.passDeviceCheck(), officer.signIn(login)]);
    const order = await officer.at("interview-row", { state: "waiting" }).locator(".order").innerText();
    if (facecheck(order)) await giveUp(stage.server, facecheck(order));
    const { name, document_number, birth_date, sex } = person;
    const identity = { order_ref: order, name, document_number, birth_date, sex, expiry_date: "2030-01-31" };
    const checks = await officer.newCheck(identity);
    await submit(stage.server, checks, { portrait: await studio.portrait(), page: await studio.dataPage() });
    await officer.startCall();
    await applicant.accept();
    await officer.sees("participant", { role: "applicant", media: "connected" });

    await officer.click("side-findings");

    await t.test("a face: the match with portrait and page", async () => {
        await officer.capture("face");
        await officer.sees("newest-face", { analysis: "done" });
        const panel = officer.at("newest-face");
        for (const pair of ["portrait-page", "portrait-live", "page-live"]) {
            const decision = await panel.locator(`[data-pair="${pair}"]`).getAttribute("data-decision");
            assert.equal(decision, "match", pair);
        }
        assert.equal(await panel.locator("figure img").count(), 3);
    });
    await t.test("still the same person, quietly, until it is switched off", async () => {
        await officer.sees("same-person", { decision: "match" });
        await officer.at("watch").uncheck();
        await officer.page.locator('[data-testid="same-person"]:not([data-decision])').waitFor();
    });
    await t.test("a document that is none is said in plain words", async () => {
        await officer.capture("document");
        await officer.sees("findings-error", { code: "no_document" });
    });
    await t.test("a document: its lines, and where it differs from the order", async () => {
        const readPage = async () => {
            await officer.capture("document");
            await officer.at("newest-document", { analysis: "done" }).waitFor({ timeout: 60_000 });
            return officer.at("open-document-findings").count();
        };
        const held = await studio.heldPage(folder);
        const storageState = await applicant.context.storageState();
        await applicant.close();
        applicant = await stage.guest(link, { ...slow, camera: held, storageState });
        await applicant.accept();
        await officer.sees("participant", { role: "applicant", media: "connected" });
        await officer.page.waitForFunction(() => document.querySelector('[data-testid="remote-video"]')?.videoWidth === 1280);
        await until("a picture of the page that is sharp enough", readPage, { timeoutMs: 120_000 });
        await officer.click("open-document-findings");
        await officer.sees("mrz", { valid: true });
        assert.equal(await officer.page.locator(".mrz").innerText(), mrz(person).join("\n"));
        await officer.sees("fields", { agrees: false });
        await officer.sees("field", { field: "document_number", result: "same" });
        await officer.sees("field", { field: "expiry_date", result: "different" });
        await look(officer, "officer-findings-document");
        await officer.page.keyboard.press("Escape");
        await look(officer, "officer-findings");
    });
});
