// Seven applicants and what becomes of their orders, at two missions with different policies: everything that a person does
// is done on the pages.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { laptop, small, untilPlaying } from "./support/browser.mjs";
import { approve, askForMore, find, handOut, make, reject, requireInterview, takeIn } from "./support/desk.mjs";
import { decide, goThroughScript, identifyGuardian, markMissed, startCall } from "./support/desk.mjs";
import { book, jpeg, prepare, signIn, stands, submit, told, verify } from "./support/holder.mjs";
import { look } from "./support/look.mjs";
import { openMissions } from "./support/missions.mjs";
import { Stage } from "./support/stage.mjs";
import { missing, person, Studio } from "./support/studio.mjs";

const settings = {
    interview: { policies: openMissions(), join_before_min: 240, no_show_min: 240, ring_timeout_s: 300 },
    // Her film shows turns to both sides, so only turns are asked for.
    facecheck: { tasks: "turn_left, turn_right", tasks_min: 2, tasks_max: 2, look_s: 60 },
};
const TOMORROW = 48; // as many half hours from now: too far off to come in yet

const inNewYork = { region: "US-NY", address: "1 Example Avenue\nNew York, NY 10001", phone: "+1 212 555 0100" };
const inSweden = { region: "SE", address: "Storgatan 1\n111 22 Stockholm", phone: "+46 70 123 45 67" };
const anna = {
    applicant_name: person.name,
    applicant_name_latin: "MUSTER ANNA MARIA",
    birth_date: person.birth_date,
    sex: person.sex,
    document_number: person.document_number,
    expiry_date: person.expiry_date,
    ...inNewYork,
};
const renewal = { mission: "new-york", kind: "passport", issue: "renewal", condition: "pages_full", relation: "self" };
const replacement = { kind: "travel_document", issue: "replacement", condition: "lost", relation: "self" };

// Nine years and a few days ago, whatever today is.
function birthOfNine() {
    const day = new Date();
    day.setUTCFullYear(day.getUTCFullYear() - 9, day.getUTCMonth(), day.getUTCDate() - 3);
    return day.toISOString().slice(0, 10);
}

// An account of its own for each part of the journey, verified by a passport's number.
async function holder(stage, camera, { contact, name, number }) {
    const who = await stage.holder(camera, small);
    await signIn(who, contact);
    await verify(who, { name, number, kind: "passport" });
    return who;
}

async function reviewer(stage, login) {
    const officer = await stage.officer({ ...small, device: laptop });
    await officer.signIn(login, "queue");
    return officer;
}

const triggers = (officer) => officer.at("proposal").evaluateAll((all) => all.map(({ dataset }) => dataset.trigger));

// A call that the officer starts from the order's page, until everybody sees and hears everybody. How smoothly is measured in
// interview.test.mjs, where nothing else goes on.
async function meet(officer, guests) {
    await startCall(officer);
    for (const guest of guests) await guest.accept();
    await Promise.all([officer, ...guests].map(({ page }) => untilPlaying(page, { parties: guests.length, fps: 1 })));
}

test("seven journeys through two missions", { skip: missing }, async (t) => {
    const stage = await Stage.set(t, { settings });
    const films = mkdtempSync(path.join(os.tmpdir(), "viva-films-"));
    t.after(() => rmSync(films, { recursive: true }));
    const studio = await Studio.open();
    const [portrait, page] = [await studio.portrait(), await studio.dataPage()];
    const [turning, still] = [await studio.turning(films), await studio.still(films)];
    await studio.close();
    const { login, elsewhere } = stage.server.people();

    await t.test("New York", async (t) => {
        const officer = await reviewer(stage, login);
        const muster = await holder(stage, turning, { contact: "anna@example.org", name: person.name, number: "E20000003" });

        await t.test("a renewal whose face check passes is approved, made, handed out and received", async () => {
            const order = await prepare(muster, { choices: renewal, details: anna, pictures: ["address"] });
            await submit(muster);
            await stands(muster, { next: "face_check", state: "submitted" });
            await muster.click("next-action");
            await muster.handBoth(portrait, page);
            assert.equal(await muster.try(), "passed");
            await muster.sees("facecheck-over", { state: "passed" });
            await muster.click("back-to-order");
            await stands(muster, { next: "wait_review", state: "submitted" });

            await takeIn(officer, order);
            assert.deepEqual(await triggers(officer), [], "this mission interviews only for a reason");
            await approve(officer);
            await stands(muster, { next: "send_passport", state: "approved" });
            await muster.sees("mailing");
            await make(officer);
            await stands(muster, { next: "wait_dispatch", state: "produced" });
            await handOut(officer, "EB 123 456 789 US");
            await stands(muster, { next: "receive", state: "dispatched" });
            await muster.click("next-action");
            await muster.click("confirm-receive");
            await stands(muster, { next: "done", state: "completed", look: "done" });
            await told(muster, order, ["created", "submitted", "facecheck_passed", "taken_in", "approved", "produced", "dispatched", "completed"]);
            await look(muster, "journey-completed");
        });

        await t.test("an order from another district is taken, and rejected with a reason", async () => {
            // Of the country, and of none of the mission's own districts.
            const reason = "The statement of loss belongs to somebody else.";
            const details = { applicant_name: "Zhou Yun", applicant_name_latin: "ZHOU YUN", birth_date: "1979-08-02", sex: "F", ...inNewYork, region: "US" };
            const order = await prepare(muster, { choices: { ...replacement, mission: "new-york", relation: "relative" }, details, signer: person.name, pictures: ["portrait", "address", "loss"] });
            await submit(muster);
            await stands(muster, { next: "wait_review", state: "submitted" });
            await takeIn(officer, order);
            await reject(officer, reason);
            await stands(muster, { next: "rejected", state: "rejected", look: "stopped" });
            assert.match(await muster.at("rejection").innerText(), new RegExp(reason));
            await told(muster, order, ["created", "submitted", "taken_in", "rejected"]);
            await look(muster, "journey-rejected");
        });
        await stage.leave(muster);

        await t.test("who skips the face check after three failed tries is interviewed by video, and approved", async (t) => {
            const lan = await holder(stage, still, { contact: "lan@example.org", name: "Lan Muster", number: "E20000001" });
            const order = await prepare(lan, { choices: renewal, details: anna, pictures: ["address"] });
            await submit(lan);
            await stands(lan, { next: "face_check", state: "submitted" });
            await lan.click("next-action");
            await lan.handBoth(portrait, page);
            for (let used = 1; used <= 3; used++) {
                t.diagnostic(`try ${used}: ${await lan.try()}`);
                await lan.sees("tries-left", { used });
                assert.equal(await lan.at("skip").count(), used === 3 ? 1 : 0, "skipping is offered after the third");
            }
            await lan.click("skip");
            await lan.sees("facecheck-over", { state: "skipped" });
            await lan.click("back-to-order");
            await stands(lan, { next: "book", state: "interview_required" });
            await lan.click("next-action");
            await book(lan);
            await lan.passDeviceCheck();

            await find(officer, order);
            assert.deepEqual(await triggers(officer), ["facecheck"]);
            await meet(officer, [lan]);
            await goThroughScript(officer);
            await decide(officer, "identity_confirmed");
            await lan.sees("over", { state: "ended" });
            await lan.click("back-to-order");
            await stands(lan, { next: "wait_review", state: "in_review" });
            await approve(officer);
            await stands(lan, { next: "send_passport", state: "approved" });
            await told(lan, order, ["created", "submitted", "interview_required", "booked", "started", "ended", "approved"]);
            await stage.leave(lan);
        });
        await stage.leave(officer);
    });

    await t.test("Stockholm", async (t) => {
        const officer = await reviewer(stage, elsewhere);
        const fang = await holder(stage, stage.guestCamera, { contact: "fang@example.org", name: "Wu Fang", number: "E20000002" });
        const self = { applicant_name: "Wu Fang", applicant_name_latin: "WU FANG", birth_date: "1990-03-07", sex: "F", ...inSweden };

        await t.test("an emergency travel document is for who is here, and cannot be withdrawn", async () => {
            const choices = { mission: "stockholm", kind: "emergency_travel_document", condition: "passport_lost", relation: "self" };
            const order = await prepare(fang, { choices, details: { ...self, region: "NO" }, pictures: ["portrait", "loss"] });
            await fang.sees("withdraw");
            await submit(fang, { known: true });
            await fang.sees("problem", { code: "outside_district" });
            await fang.at("part-details").locator("summary").click();
            await fang.at("field-region").selectOption("SE");
            await fang.at("part-details").locator('[data-testid="part-state"]').waitFor();
            await submit(fang, { known: true });
            await stands(fang, { next: "wait_review", state: "submitted" });
            const final = async () => {
                await fang.sees("not-withdrawable");
                assert.equal(await fang.at("withdraw").count(), 0);
            };
            await final();
            await takeIn(officer, order);
            await stands(fang, { next: "wait_review", state: "in_review" });
            await final();
            await approve(officer);
            await stands(fang, { next: "wait_made", state: "approved" });
            assert.equal(await fang.at("mailing").count(), 0, "no passport is sent in");
            await final();
            await make(officer);
            await handOut(officer);
            await stands(fang, { next: "receive", state: "dispatched" });
            await fang.click("next-action");
            await fang.click("confirm-receive");
            await stands(fang, { next: "done", state: "completed", look: "done" });
            await told(fang, order, ["created", "submitted", "taken_in", "approved", "produced", "collect", "completed"]);
        });

        await t.test("an officer asks for more, and the applicant gives it", async () => {
            const text = "The statement of loss is not signed.";
            const details = { ...self, applicant_name: "Wu Gang", applicant_name_latin: "WU GANG", sex: "M" };
            const order = await prepare(fang, { choices: { ...replacement, mission: "stockholm", relation: "spouse" }, details, signer: "Wu Fang", pictures: ["portrait", "address", "loss"] });
            await submit(fang);
            await takeIn(officer, order);
            assert.deepEqual(await triggers(officer), ["facecheck", "every_order"], "this mission proposes to interview everybody");
            await askForMore(officer, { text, slots: ["loss"] });
            await stands(fang, { next: "supplement", state: "supplement_required" });
            assert.match(await fang.at("supplement").innerText(), new RegExp(text));
            await look(fang, "journey-supplement");
            await fang.click("next-action");
            await fang.sees("slot", { slot: "loss", missing: true });
            await fang.at("choose-loss").setInputFiles(await jpeg(fang.page, "signed"));
            await fang.sees("slot", { slot: "loss", missing: false });
            await fang.click("next-action");
            await stands(fang, { next: "wait_review", state: "in_review" });
            await officer.sees("order", { state: "in_review" });
            await approve(officer);
            await stands(fang, { next: "send_passport", state: "approved" });
            await told(fang, order, ["created", "submitted", "taken_in", "supplement", "supplemented", "approved"]);
        });

        await t.test("who did not come books once more, and not a third time", async () => {
            const order = await prepare(fang, { choices: { ...replacement, mission: "stockholm" }, details: self, pictures: ["portrait", "address", "loss"] });
            await submit(fang);
            await takeIn(officer, order);
            await requireInterview(officer);
            await stands(fang, { next: "book", state: "interview_required" });
            await fang.click("next-action");
            const first = await book(fang);
            await fang.sees("device-check");
            await fang.click("back-to-order");
            await stands(fang, { next: "join", state: "interview_scheduled" });
            await officer.sees("order", { state: "interview_scheduled" });
            await markMissed(officer);
            await stands(fang, { next: "book", state: "interview_required" });
            await told(fang, order, ["created", "submitted", "taken_in", "interview_required", "booked", "missed"]);

            await fang.click("next-action");
            await fang.sees("over", { state: "missed" });
            assert.ok((await book(fang, TOMORROW)) > first);
            await fang.sees("countdown");
            await fang.sees("booking", { state: "scheduled" });
            await fang.at("book").waitFor({ state: "detached" }); // as often as this mission allows
            await fang.click("back-to-order");
            await stands(fang, { next: "join_later", state: "interview_scheduled" });
            await told(fang, order, ["created", "submitted", "taken_in", "interview_required", "booked", "missed", "booked"]);
        });

        await t.test("a child of nine is interviewed with a guardian, who is identified in the call", async () => {
            const details = { applicant_name: "Wu Le", applicant_name_latin: "WU LE", birth_date: birthOfNine(), sex: "M", guardian_name: "Wu Fang", ...inSweden };
            const choices = { mission: "stockholm", kind: "passport", issue: "first", relation: "child" };
            const order = await prepare(fang, { choices, details, signer: "Wu Fang", pictures: ["portrait", "address", "nationality", "guardianship"] });
            await submit(fang);
            await takeIn(officer, order);
            assert.deepEqual(await triggers(officer), ["minor", "facecheck", "first_issue", "every_order"]);
            await requireInterview(officer);
            await stands(fang, { next: "book", state: "interview_required" });
            await fang.click("next-action");
            await book(fang);

            // On another device, from the same account and with a ticket of their own.
            const guardian = await stage.holder(stage.guestCamera, small);
            await signIn(guardian, "fang@example.org");
            await guardian.page.locator(`[data-testid="order-card"][data-order="${order.id}"]`).click();
            await guardian.click("enter-guardian");
            await Promise.all([fang.passDeviceCheck(), guardian.passDeviceCheck()]);
            await officer.sees("order", { state: "interview_scheduled" });
            await meet(officer, [fang, guardian]);

            await goThroughScript(officer);
            await officer.click("end-call");
            await officer.sees("obstacle", { code: "guardian_missing" });
            assert.ok(await officer.at("outcome-identity_confirmed").isDisabled(), "D-21");
            await officer.press("Escape");
            await identifyGuardian(officer, "mother");
            await decide(officer, "identity_confirmed");
            for (const party of [fang, guardian]) await party.sees("over", { state: "ended" });
            await approve(officer);
            await fang.click("back-to-order");
            await stands(fang, { next: "send_passport", state: "approved" });
            await told(fang, order, ["created", "submitted", "taken_in", "interview_required", "booked", "started", "ended", "approved"]);
        });
    });
});
