// An officer's working day with the keyboard: queue, orders, calendar; and an interview conducted with colleagues.
import assert from "node:assert/strict";
import { test } from "node:test";
import { laptop, small } from "./support/browser.mjs";
import { identifyGuardian, takeScriptPictures } from "./support/desk.mjs";
import { look, picture } from "./support/look.mjs";
import { policies } from "./support/missions.mjs";
import { Rpc } from "./support/rpc.mjs";
import { Stage } from "./support/stage.mjs";
import { until } from "./support/wait.mjs";

// The demo's next officer, without a page.
async function colleague(t, server, nth = 1) {
    const [, login, password] = [...server.stdout.matchAll(/^  officer .* login: (\S+) +password: (\S+)$/gm)][nth];
    const rpc = await Rpc.connect(server.url);
    t.after(() => rpc.close());
    const { officer } = await rpc.call("officer.sign_in", { login, password });
    return { rpc, login: { login, password }, ...officer };
}

// What has the focus: a row's order, else nothing.
const focused = (person) => person.page.evaluate(() => document.activeElement?.getAttribute("data-row") ?? null);
const rows = (person) => person.at("order-row").evaluateAll((all) => all.map((row) => row.dataset.row));

// Keys that come faster than a page is drawn: each in a task of its own, as a keyboard's do.
const pressAtOnce = (person, ...keys) =>
    person.page.evaluate(async (all) => {
        const { port1, port2 } = new MessageChannel();
        for (const key of all) {
            document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
            await new Promise((resolve) => {
                port1.onmessage = resolve;
                port2.postMessage(null);
            });
        }
    }, keys);

// Lets the page miss what becomes of orders, as over a line that is slow.
async function deafen(person) {
    await person.page.routeWebSocket(/\/v1\/ws$/, (page) => {
        const server = page.connectToServer();
        server.onMessage((message) => String(message).includes('"order.changed"') || page.send(message));
    });
    await person.page.reload();
    await person.sees("order");
}

test("an officer works through the queue and the calendar with the keyboard", async (t) => {
    const stage = await Stage.set(t);
    const officer = await stage.officer();
    await officer.signIn(stage.server.people().login, "queue");
    const other = await colleague(t, stage.server);
    await officer.sees("order-row", { state: "submitted" });
    let waiting = await rows(officer);
    assert.ok(waiting.length >= 2, "the demo has orders that wait");

    await t.test("arrows go through the list, and ? says which keys there are", async () => {
        await officer.press("ArrowDown", "ArrowDown");
        assert.equal(await focused(officer), waiting[1]);
        await look(officer, "officer-queue");
        await officer.press("?");
        await officer.at("help-line").filter({ hasText: "Take the next" }).waitFor();
        await look(officer, "officer-keys");
        await officer.press("Escape");
    });
    await t.test("the focus stays when somebody else takes the order before it", async () => {
        await officer.at("order-row").nth(1).focus();
        await other.rpc.call("review.take", { order_id: waiting[0] });
        await officer.page.locator(`[data-row="${waiting[0]}"]`).waitFor({ state: "detached" });
        assert.equal(await focused(officer), waiting[1]);
        await officer.press("3");
        await officer.page.locator(`[data-row="${waiting[0]}"]`).waitFor();
        await officer.press("1");
        waiting = [waiting[1]];
    });
    await t.test("the next is taken, looked at, and more is asked for", async () => {
        await officer.sees("order-row", { state: "submitted" });
        await officer.press("n");
        await officer.sees("order", { state: "in_review" });
        await officer.sees("card-declaration");
        await officer.page.locator('[data-testid="card-materials"] img').first().waitFor();
        await look(officer, "officer-order");
        await officer.press("m");
        await officer.page.locator('[data-testid="viewer"] img').waitFor();
        await officer.press("+", "+", "r");
        const pane = officer.at("zoom-pane");
        assert.equal(await pane.getAttribute("data-scale"), "1.56");
        assert.equal(await pane.getAttribute("data-turns"), "1");
        await officer.press("ArrowRight", "0", "Escape");
        await officer.press("s");
        await officer.page.locator('[data-testid="supplement-text"]:focus').waitFor();
        await officer.page.keyboard.type("The portrait is not sharp: please take another one.");
        await officer.at("slot-portrait").check();
        await look(officer, "officer-supplement");
        await officer.press("Control+Enter");
        await officer.sees("order", { state: "supplement_required" });
        await officer.sees("done", { action: "supplement" });
        await officer.sees("supplement");
    });
    await t.test("an order is found, given away and back, approved, made and handed out", async () => {
        await pressAtOnce(officer, "g", "q", "4");
        await officer.at("state-filter", { state: "in_review" }).click();
        await officer.page.locator('[data-testid="order-row"]:not([data-state="in_review"])').first().waitFor({ state: "detached" });
        const [found] = await officer.at("order-row").filter({ hasNotText: other.name }).evaluateAll((all) => all.map((row) => row.dataset.row));
        const number = await officer.page.locator(`[data-row="${found}"] .number`).innerText();
        await officer.click("state-filter", { state: "any" });
        await officer.press("/");
        await officer.page.keyboard.type(number.toLowerCase());
        await until("one row", async () => (await rows(officer)).join() === found);
        await look(officer, "officer-queue-all");
        await officer.press("Escape");
        await officer.page.locator(`[data-row="${found}"]`).focus();
        await officer.press("Enter");
        await officer.sees("order", { state: "in_review" });

        await officer.at("assign").focus();
        await officer.page.locator(`[data-testid="assign"] option[value="${other.id}"]`).waitFor({ state: "attached" });
        await officer.at("assign").selectOption(other.id);
        await officer.click("undo-assign");
        await officer.at("undo-assign").waitFor({ state: "detached" });

        await officer.page.locator("h1").focus();
        await officer.press("a");
        await officer.page.locator('[data-testid="confirm-approve"]:focus').waitFor();
        await look(officer, "officer-approve");
        await officer.press("Enter");
        await officer.sees("order", { state: "approved" });
        await officer.press("a");
        await officer.page.locator('[data-testid="confirm-produced"]:focus').waitFor();
        await officer.press("Enter");
        await officer.sees("order", { state: "produced" });
        await officer.press("a");
        await officer.at("tracking").fill("EB 123 456 789 US");
        await officer.press("Control+Enter");
        await officer.sees("order", { state: "dispatched" });
    });
    await t.test("what somebody else has changed meanwhile is not changed: the page says so", async () => {
        const { id } = await other.rpc.call("order.get", { order_id: (await other.rpc.call("review.queue")).mine[0].id });
        await officer.page.evaluate((order) => void (location.hash = `#/order/${order}`), id);
        await officer.sees("do-reject");
        await deafen(officer);
        await other.rpc.call("review.assign", { order_id: id });
        await officer.press("r");
        await officer.sees("end-reason");
        await officer.at("end-reason").fill("The applicant lives elsewhere.");
        await officer.press("Control+Enter");
        await officer.sees("conflict");
        await officer.sees("order", { state: "in_review" });
        assert.equal(await officer.at("end-reason").inputValue(), "The applicant lives elsewhere.", "what was typed is kept");
        await officer.press("Control+Enter");
        await officer.sees("order", { state: "rejected" });
    });
    await t.test("the calendar: an interview is chosen, drawn for somebody, and opened", async () => {
        await officer.press("g", "c");
        await officer.sees("calendar", { view: "week" });
        await officer.press("ArrowDown");
        await officer.sees("chosen");
        await officer.click("assign-random");
        await officer.page.locator('[data-testid="assign-interview"] option:checked:not([value=""])').waitFor({ state: "attached" });
        await look(officer, "officer-calendar");
        await officer.press("d");
        await officer.sees("calendar", { view: "day" });
        await look(officer, "officer-calendar-day");
        await officer.press("o");
        await officer.sees("interview");
        await officer.press("u");
        await officer.sees("calendar");
    });
});

test("a minor's interview: script, guardian, hints, comparison, a second opinion, and a colleague who takes over", async (t) => {
    const stage = await Stage.set(t, { settings: { interview: { policies } } });
    const { minor, guardian, login } = stage.server.people();
    const [applicant, parent, officer] = await Promise.all([
        stage.guest(minor, small),
        stage.guest(guardian, small),
        stage.officer({ ...small, device: laptop }),
    ]);
    const other = await colleague(t, stage.server);
    await Promise.all([applicant.passDeviceCheck(), parent.passDeviceCheck(), officer.signIn(login)]);
    await officer.startCall();
    await applicant.accept();
    await parent.accept();
    for (const role of ["applicant", "guardian"]) await officer.sees("participant", { role, media: "connected" });

    await t.test("the party is told what to do, and reads it", async () => {
        await applicant.click("mute");
        await officer.sees("troubles", { troubles: "muted" });
        await officer.click("hint-unmute");
        await applicant.sees("officers-hint", { hint: "unmute" });
        await picture(applicant.page, "applicant-hint");
        await applicant.click("mute");
    });
    await t.test("why it cannot be decided yet is said, and leads there", async () => {
        await officer.press("e");
        await officer.sees("obstacle", { code: "guardian_missing" });
        await officer.sees("obstacle", { code: "script_open" });
        assert.ok(await officer.at("outcome-identity_confirmed").isDisabled());
        assert.ok(await officer.at("outcome-in_person").isEnabled());
        await picture(officer.page, "officer-decide");
        await officer.click("go-to-obstacle");
    });
    await t.test("the guardian is identified by a picture of their document", async () => {
        await identifyGuardian(officer, "mother");
    });
    await t.test("the script is gone through", async () => {
        await takeScriptPictures(officer);
        const question = officer.at("script-item", { kind: "question", done: false }).first();
        await question.getByTestId("script-answer").fill("Li Xiaoyu, 1 June 2014");
        const id = await question.getAttribute("data-item");
        await officer.press("Enter");
        await officer.page.locator(`[data-item="${id}"][data-done="true"]`).waitFor();
    });
    await t.test("three pictures are looked at at the same spot", async () => {
        await officer.page.locator("h1").focus();
        await officer.press("c");
        await officer.page.locator('[data-testid="compare-pane"][data-pane="live"] img').waitFor();
        const panes = officer.at("zoom-pane");
        await panes.nth(2).focus();
        await officer.press("+", "+", "ArrowLeft");
        const views = await panes.evaluateAll((all) => all.map((pane) => pane.dataset.scale));
        assert.deepEqual(views, ["1.56", "1.56", "1.56"]);
        await picture(officer.page, "officer-compare");
        await officer.press("c");
    });
    await t.test("a colleague is asked, and says what they think", async () => {
        await officer.click("ask-opinion");
        await officer.at("colleague", { officer: other.id }).check();
        await officer.press("Control+Enter");
        const { interview } = (await other.rpc.notified("interview.opinion_asked")).params;
        await officer.sees("opinion", { opinion: "open" });
        await other.rpc.call("interview.opinion", { interview_id: interview.id, opinion: "disagree", reason: "The ears differ." });
        await officer.sees("opinion", { opinion: "disagree" });
    });
    await t.test("another colleague takes the call over; the first stays until then", async () => {
        const [third] = await Promise.all([colleague(t, stage.server, 2), stage.leave(parent)]);
        third.rpc.close(); // only the name was wanted: the page signs in
        const second = await stage.officer({ ...small, device: laptop });
        await second.signIn(third.login);
        await officer.page.locator("h1").focus();
        await officer.press("h");
        await officer.page.locator(`[data-testid="colleague"][data-officer="${third.id}"]:not([disabled])`).check();
        await officer.press("Control+Enter");
        await officer.sees("offered-to");
        await second.sees("toast", { kind: "offered" });
        await second.click("take-over");
        await second.sees("participant", { role: "applicant", media: "connected" });
        await second.at("remote-video").waitFor();
        await officer.at("capture-face").waitFor({ state: "detached" });
        await second.sees("script-item", { done: true });
        await second.end("in_person", "The applicant comes with both parents.");
        await applicant.sees("over");
        await officer.sees("opinion", { opinion: "disagree" });
    });
    // Afterwards: three calls and this page would be too much for a machine.
    await t.test("what was done stays to be seen", async () => {
        await officer.sees("over");
        await look(officer, "officer-script");
        await officer.press("c");
        await officer.sees("compare");
        await look(officer, "officer-comparison");
    });
});
