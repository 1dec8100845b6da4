// What an applicant, guardian, interpreter or officer does on the pages, and waits to see.
import { picture } from "./look.mjs";
import { watchPrompts } from "./prompts.mjs";
import { openBrowser, phone, laptop } from "./browser.mjs";

const LOOK_MS = 60_000;

class Person {
    // `open`: of the browser, openBrowser or openFirefox.
    static async open(kind, camera, url, { open = openBrowser, ...options }) {
        const person = new kind();
        person.context = await open(camera, options);
        await kind.prepare?.(person.context);
        person.page = await person.context.newPage();
        person.page.setDefaultTimeout(LOOK_MS);
        await person.page.goto(url);
        return person;
    }

    // An element by its data-testid, and by data-attributes where several have the same.
    at(id, data = {}) {
        const attributes = Object.entries(data).map(([name, value]) => `[data-${name}="${value}"]`);
        return this.page.locator(`[data-testid="${id}"]${attributes.join("")}`);
    }

    click(id, data) {
        return this.#try(this.at(id, data).first().click());
    }

    sees(id, data) {
        return this.#try(this.at(id, data).first().waitFor());
    }

    // Keeps a picture of a page that does not come to what is waited for.
    async #try(action) {
        try {
            await action;
        } catch (error) {
            await picture(this.page, `failed-${new Date().toISOString().replaceAll(":", "")}`).catch(() => null);
            throw error;
        }
    }

    close() {
        return this.context.close();
    }
}

// Whoever comes with a ticket link.
export class Guest extends Person {
    static open(camera, link, options = {}) {
        return Person.open(Guest, camera, link, { device: phone, ...options });
    }

    // On a busy machine the verdict is "weak", and that is the truth.
    async seesConnection() {
        const usable = ["good", "weak"].map((verdict) => `[data-testid="connection-verdict"][data-verdict="${verdict}"]`);
        await this.page.locator(usable.join()).waitFor();
    }

    async passDeviceCheck() {
        await this.seesConnection();
        await this.click("continue");
        await this.sees("waiting-room");
    }

    async accept() {
        await this.sees("incoming");
        await this.click("accept-call");
        await this.sees("call");
    }
}

// Whoever comes with the link of a face check.
export class Submitter extends Guest {
    static open(camera, link, options = {}) {
        return Person.open(Submitter, camera, link, { device: phone, ...options });
    }

    static prepare(context) {
        return context.addInitScript(watchPrompts);
    }

    // Chooses a picture as the file that the page asks for, and waits for what the server says of it.
    async hand(slot, buffer, { usable = true } = {}) {
        await this.at(`choose-${slot}`).setInputFiles({ name: `${slot}.jpg`, mimeType: "image/jpeg", buffer });
        await this.sees("material", { usable });
    }

    async handBoth(portrait, page) {
        await this.hand("portrait", portrait);
        await this.click("next");
        await this.hand("page", page);
        await this.click("next");
        await this.sees("live-intro");
    }

    async begin() {
        await this.click("begin");
        await this.sees("live");
    }

    // A try to its end, which is "passed" or the codes of the reasons. What only the machine's load ended does not count,
    // and is begun again, as a person would.
    async try() {
        for (let attempt = 1; ; attempt++) {
            const again = await this.at("try-again").count();
            await this.click(again > 0 ? "try-again" : "camera-on");
            await this.begin();
            const over = this.at("facecheck-over").or(this.at("try-result"));
            await over.first().waitFor({ timeout: 2 * LOOK_MS });
            if (await this.at("facecheck-over").count()) return "passed";
            const reasons = await this.at("reason").evaluateAll((items) => items.map((item) => item.dataset.code));
            if (attempt === 3 || !reasons.includes("worker_lost")) return reasons;
        }
    }

    // What the server asked for in the last try, and when the page showed it.
    prompts() {
        return this.page.evaluate(() => window.__prompts);
    }
}

// Whoever goes into face checks and interviews from the orders of an account (holder.mjs says what is done there).
export class Holder extends Submitter {
    static open(camera, url, options = {}) {
        return Person.open(Holder, camera, url, { device: phone, ...options });
    }
}

export class Officer extends Person {
    static open(camera, server, options = {}) {
        return Person.open(Officer, camera, `${server.url}/officer/`, { device: laptop, ...options });
    }

    // And goes to a section of the console.
    async signIn({ login, password }, section = "interviews") {
        await this.at("login").fill(login);
        await this.at("password").fill(password);
        await this.click("sign-in");
        await this.click(`nav-${section}`);
        if (section === "interviews") await this.sees("interview-row");
    }

    press(...keys) {
        return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
    }

    // Makes a face check by the form, and returns the applicant's link. `seen` looks at the dialogs on the way.
    async newCheck(fields, seen = async () => {}) {
        await this.click("nav-checks");
        await this.click("new-check");
        await this.sees("make-link");
        await seen("form");
        for (const [name, value] of Object.entries(fields)) {
            const field = this.at(`check-${name}`);
            if (name === "sex" || name === "document") await field.selectOption(value);
            else await field.fill(value);
        }
        await this.click("make-link");
        await this.sees("check-link");
        await seen("link");
        const link = await this.at("check-link").inputValue();
        await this.page.keyboard.press("Escape");
        return link;
    }

    async startCall() {
        await this.click("nav-interviews");
        await this.click("interview-row", { state: "waiting" });
        await this.click("start-call");
        await this.sees("ringing");
    }

    // Takes a picture and returns its JPEG, as the officer's page gets it.
    async capture(kind) {
        const before = await this.at("capture-item").count();
        const picture = this.page.waitForResponse((reply) => /\/v1\/captures\//.test(reply.url()) && reply.ok(), { timeout: LOOK_MS });
        await this.click(`capture-${kind}`);
        await this.at("capture-item").nth(before).waitFor();
        return (await picture).body();
    }

    async note(text) {
        await this.click("side-notes");
        await this.at("note-text").fill(text);
        await this.click("note-add");
        await this.at("note-item").filter({ hasText: text }).waitFor();
    }

    async end(outcome, reason) {
        await this.click("end-call");
        await this.click(`outcome-${outcome}`);
        if (reason) await this.at("end-reason").fill(reason);
        await this.click("confirm-end");
        await this.sees("over");
    }
}
