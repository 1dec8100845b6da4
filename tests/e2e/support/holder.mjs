// What an account holder does on the pages of their orders, and finds there.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { until } from "./wait.mjs";

// Of each message in English, by what has become of the order.
const titles = Object.fromEntries(
    [...readFileSync(new URL("../../../deploy/messages/en.conf", import.meta.url), "utf8").matchAll(/^\[(\w+)\]\ntitle = (.+)$/gm)].map(([, event, title]) => [event, title]),
);

// An 18-digit identity number with its check digit (GB 11643-1999), invented; `n` makes another.
export function idNumber(n = 1) {
    const body = `11010519900307${String(n).padStart(3, "0")}`;
    const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    const sum = weights.reduce((total, weight, i) => total + weight * Number(body[i]), 0);
    return body + "10X98765432"[sum % 11];
}

export async function signIn(person, contact) {
    await person.at("contact").fill(contact);
    await person.click("send-code");
    await person.at("code").fill(await person.at("demo-code").textContent()); // six digits: it goes on by itself
    await person.sees("orders");
}

export async function verify(person, { name, number, kind = "id_card" }) {
    await person.page.goto(`${new URL(person.page.url()).origin}/#/account`);
    await person.at(`id-kind-${kind}`).check();
    await person.at("real-name").fill(name);
    await person.at("id-number").fill(number);
    await person.click("verify");
    await person.sees("verified");
}

export async function newOrder(person, choices) {
    await person.page.goto(`${new URL(person.page.url()).origin}/#/new`);
    for (const [question, answer] of Object.entries(choices)) await person.click(`${question}-${answer}`);
}

// Fills fields in and waits until they are saved.
export async function fill(person, values) {
    for (const [field, value] of Object.entries(values)) {
        const element = person.at(`field-${field}`);
        if (field === "sex") await person.click(`sex-${value}`);
        else if (await element.evaluate(({ tagName }) => tagName === "SELECT")) await element.selectOption(value);
        else await element.fill(value);
    }
    await person.at("part-details").locator('[data-testid="part-state"]').waitFor();
}

// Two strokes by mouse.
export async function sign(person, name) {
    const pad = person.at("signature-pad");
    await pad.scrollIntoViewIfNeeded();
    const { x, y, width, height } = await pad.boundingBox();
    const { mouse } = person.page;
    for (const [from, to] of [[0.2, 0.5], [0.55, 0.85]]) {
        await mouse.move(x + width * from, y + height * 0.6);
        await mouse.down();
        for (let i = 0; i <= 30; i++) await mouse.move(x + width * (from + ((to - from) * i) / 30), y + height * (0.5 + 0.25 * Math.sin(i / 3)));
        await mouse.up();
    }
    if (name !== undefined) await person.at("sign-name").fill(name);
}

// A JPEG that shows text on paper; what it shows is for an officer to judge.
export async function jpeg(page, words) {
    const base64 = await page.evaluate(async (text) => {
        const canvas = Object.assign(document.createElement("canvas"), { width: 900, height: 1200 });
        const context = canvas.getContext("2d");
        context.fillStyle = "#f4f1ea";
        context.fillRect(0, 0, 900, 1200);
        context.fillStyle = "#223";
        context.font = "56px sans-serif";
        for (let i = 0; i < 12; i++) context.fillText(i === 0 ? text : "– – – – – – – – – –", 80, 140 + i * 84);
        return canvas.toDataURL("image/jpeg", 0.9).split(",")[1];
    }, words);
    return { name: `${words}.jpg`, mimeType: "image/jpeg", buffer: Buffer.from(base64, "base64") };
}

export async function hand(person, slot, file) {
    await person.at(`choose-${slot}`).setInputFiles(file);
    await person.at("slot", { slot }).locator('[data-testid="thumbnail"]').waitFor();
}

// From the questions of a new order to all that it needs; what is left is to submit it. `signer`: who signs for somebody
// else. `pictures`: the slots. Returns which order it is.
export async function prepare(person, { choices, details, signer, pictures }) {
    await newOrder(person, choices);
    await person.click("create-order");
    await person.sees("next", { code: "fill_in" });
    await fill(person, details);
    await person.sees("next", { code: "sign" });
    await person.click("next-action");
    await sign(person, signer);
    await person.click("sign");
    await person.sees("next", { code: "upload" });
    await person.click("next-action");
    for (const slot of pictures) await hand(person, slot, await jpeg(person.page, slot));
    await person.sees("next", { code: "submit" });
    const number = await person.at("order").locator(".order-head .mono").innerText();
    return { number, id: new URL(person.page.url()).hash.split("/").at(-1) };
}

// `known`: an emergency order cannot be taken back, and that is agreed to first.
export async function submit(person, { known = false } = {}) {
    await person.click("next-action");
    if (known) await person.at("submit-known").check();
    await person.click("submit-order");
}

// Chooses the `nth` of the free times. Returns when that is.
export async function book(person, nth = 0) {
    const time = person.at("book-time").nth(nth);
    await time.waitFor();
    const at = await time.getAttribute("data-at");
    await time.click();
    await person.click("book");
    return at;
}

// What the order's page says: on top one sentence what to do `next`, below how far it has come: to `state`, which is
// `look`: now, or stopped, or done when it is over.
export async function stands(person, { next, state, look = "now" }) {
    await person.sees("next", { code: next });
    await person.sees("course-step", { state, look });
    const sentence = person.page.locator('.order-news > :first-child[data-testid="next"] .next-text');
    assert.match(await sentence.innerText(), /^\p{Lu}.*\.$/su, "what to do next is said");
    const steps = await person.at("course-step").evaluateAll((all) => all.map(({ dataset }) => [dataset.state, dataset.look]));
    const here = steps.findIndex(([each]) => each === state);
    assert.deepEqual(steps.map(([, each]) => each), steps.map((_, i) => (i < here ? "done" : i === here ? look : "ahead")), `${steps}`);
}

// What the messages say of an order, from the first on: `events` as deploy/messages calls them. Comes back to the order.
export async function told(person, { number, id }, events) {
    const wanted = events.map((event) => titles[event]);
    assert.ok(wanted.every(Boolean), `no text for one of ${events}`);
    await person.click("nav-messages");
    const own = person.at("message").filter({ hasText: number });
    let seen = [];
    await until(`the messages "${wanted.join(", ")}"`, async () => {
        seen = (await own.locator("h2").allInnerTexts()).reverse();
        return seen.join() === wanted.join();
    }, { timeoutMs: 60_000 }).catch((error) => {
        throw new Error(`${error.message}; seen: ${seen.join(", ")}`);
    });
    await own.first().getByTestId("to-order").click();
    await person.page.waitForURL(new RegExp(`#/orders/${id}$`));
    await person.sees("next");
}
