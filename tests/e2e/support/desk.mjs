// What an officer does at the desk: reviews orders, and conducts the interviews that belong to them.
import { until } from "./wait.mjs";

// ---- orders ----

// From the queue, where it waits.
export async function takeIn(officer, { id }) {
    await officer.click("nav-queue");
    await officer.click("tab-waiting");
    await officer.page.locator(`[data-testid="order-row"][data-order="${id}"]`).click();
    await officer.sees("order", { state: "submitted" });
    await officer.click("do-take");
    await officer.sees("order", { state: "in_review" });
}

// From the list of all, where it is found by its number.
export async function find(officer, { id, number }) {
    await officer.click("nav-queue");
    await officer.sees("queue");
    await officer.at("search").fill(number);
    await officer.page.locator(`[data-testid="order-row"][data-order="${id}"]`).click();
    await officer.sees("order");
}

export async function requireInterview(officer) {
    await officer.click("do-require_interview");
    await officer.click("confirm-require");
    await officer.sees("order", { state: "interview_required" });
}

export async function askForMore(officer, { text, slots }) {
    await officer.click("do-supplement");
    await officer.at("supplement-text").fill(text);
    for (const slot of slots) await officer.at(`slot-${slot}`).check();
    await officer.click("confirm-supplement");
    await officer.sees("order", { state: "supplement_required" });
}

export async function approve(officer) {
    await officer.click("do-approve");
    await officer.click("confirm-approve");
    await officer.sees("order", { state: "approved" });
}

export async function reject(officer, reason) {
    await officer.click("do-reject");
    await officer.at("end-reason").fill(reason);
    await officer.click("confirm-reject");
    await officer.sees("order", { state: "rejected" });
}

export async function make(officer) {
    await officer.click("do-produced");
    await officer.click("confirm-produced");
    await officer.sees("order", { state: "produced" });
}

// By courier with a `tracking` number; without one it is collected.
export async function handOut(officer, tracking) {
    await officer.click("do-dispatched");
    if (tracking) await officer.at("tracking").fill(tracking);
    else await officer.at("way-collect").check();
    await officer.click("confirm-dispatched");
    await officer.sees("order", { state: "dispatched" });
}

// ---- interviews ----

// From the order's page.
export async function startCall(officer) {
    await officer.click("open-interview");
    await officer.sees("interview", { state: "waiting" });
    await officer.click("start-call");
    await officer.sees("ringing");
}

export async function markMissed(officer) {
    await officer.click("open-interview");
    await officer.click("mark-missed");
    await officer.click("confirm-missed");
    await officer.sees("over");
}

// Presses a button that takes a picture, until one is stored: a key frame can be late on a busy machine, and whoever sees
// that no picture was stored takes it again.
export async function take(officer, id) {
    await until(`a picture by ${id}`, async () => {
        await officer.page.locator(`[data-testid="${id}"]:not([disabled])`).first().click();
        await officer.page.locator('[data-testid="capture-status"]:not([data-state="running"])').waitFor();
        return (await officer.at("capture-status").getAttribute("data-state")) === "stored";
    });
}

// By a picture of their document (D-21).
export async function identifyGuardian(officer, relation) {
    await officer.at(`relation-${relation}`).check();
    await take(officer, "guardian-capture");
    await officer.click("identify");
    await officer.sees("guardian", { identified: true });
}

// Every picture that the script asks for.
export async function takeScriptPictures(officer) {
    const open = officer.at("script-item", { kind: "capture", done: false });
    for (let left = await open.count(); left > 0; left = await open.count()) {
        await take(officer, "script-take");
        await until("it is ticked off", async () => (await open.count()) < left);
    }
}

// Everything that has to be done before the identity is decided on.
export async function goThroughScript(officer) {
    await officer.click("side-script");
    await officer.sees("script-item", { required: true });
    await takeScriptPictures(officer);
    const open = officer.at("script-item", { required: true, done: false });
    const items = await open.evaluateAll((all) => all.map(({ dataset }) => [dataset.item, dataset.kind]));
    for (const [item, kind] of items) {
        const row = officer.at("script-item", { item });
        if (kind === "question") {
            await row.getByTestId("script-answer").fill("Answered without hesitation.");
            await row.getByTestId("script-save").click();
        } else {
            await row.getByTestId("script-tick").click();
        }
        await officer.sees("script-item", { item, done: true });
    }
}

// The interview with its outcome, and back to its order.
export async function decide(officer, outcome, reason) {
    await officer.end(outcome, reason);
    await officer.click("order-link");
    await officer.sees("order", { state: "in_review" });
}
