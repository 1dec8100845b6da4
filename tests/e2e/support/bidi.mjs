// A browser over WebDriver BiDi (https://w3c.github.io/webdriver-bidi/), without a driver: the connection, and as much of a
// page as people.mjs uses of Playwright's, under the same names.
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import WebSocket from "ws";
import { until } from "./wait.mjs";

// Commands and their answers.
export class Bidi {
    #socket;
    #waiting = new Map();
    #lastId = 0;

    // `address`: where the browser says that it listens, ws://….
    static async connect(address) {
        const bidi = new Bidi();
        bidi.#socket = new WebSocket(`${address}/session`);
        bidi.#socket.on("message", (text) => bidi.#receive(JSON.parse(text)));
        bidi.#socket.on("close", () => bidi.#gone());
        await once(bidi.#socket, "open");
        await bidi.send("session.new", { capabilities: {} });
        return bidi;
    }

    send(method, params) {
        const id = ++this.#lastId;
        const answer = new Promise((resolve, reject) => this.#waiting.set(id, { method, resolve, reject }));
        this.#socket.send(JSON.stringify({ id, method, params }));
        return answer;
    }

    #receive({ type, id, result, error, message }) {
        if (type === "event") return;
        const { method, resolve, reject } = this.#waiting.get(id);
        this.#waiting.delete(id);
        if (type === "success") resolve(result);
        else reject(new Error(`${method}: ${error}: ${message}`));
    }

    #gone() {
        for (const { method, reject } of this.#waiting.values()) reject(new Error(`${method}: the browser has gone`));
        this.#waiting.clear();
    }
}

export class Page {
    timeoutMs = 30_000;
    #bidi;
    #context;

    static async open(bidi) {
        const page = new Page();
        page.#bidi = bidi;
        page.#context = (await bidi.send("browsingContext.create", { type: "tab" })).context;
        return page;
    }

    send(method, params) {
        return this.#bidi.send(method, { context: this.#context, ...params });
    }

    setDefaultTimeout(timeoutMs) {
        this.timeoutMs = timeoutMs;
    }

    setViewportSize(viewport) {
        return this.send("browsingContext.setViewport", { viewport });
    }

    goto(url) {
        return this.send("browsingContext.navigate", { url, wait: "complete" });
    }

    reload() {
        return this.send("browsingContext.reload", { wait: "complete" });
    }

    close() {
        return this.send("browsingContext.close", {});
    }

    // What `action` gives in the page; `argument` and result go as JSON.
    async evaluate(action, argument = null) {
        const { type, result, exceptionDetails } = await this.#bidi.send("script.evaluate", {
            expression: `Promise.resolve((${action})(${JSON.stringify(argument)})).then(JSON.stringify)`,
            target: { context: this.#context },
            awaitPromise: true,
        });
        if (type === "exception") throw new Error(exceptionDetails.text);
        return result.type === "string" ? JSON.parse(result.value) : undefined;
    }

    async screenshot({ path }) {
        const { data } = await this.send("browsingContext.captureScreenshot", {});
        writeFileSync(path, data, "base64");
    }

    locator(selector) {
        return new Locator(this, selector);
    }
}

// The first element that fits a CSS selector, whenever it is there.
class Locator {
    constructor(page, selector) {
        Object.assign(this, { page, selector });
    }

    first() {
        return this;
    }

    waitFor() {
        const seen = (selector) => document.querySelector(selector)?.checkVisibility();
        return this.#until("is seen", () => this.page.evaluate(seen, this.selector));
    }

    // With a pointer, as people do: what a script clicks is no gesture, and may neither play sound nor ask for a camera.
    async click() {
        const { x, y } = await this.#until("can be clicked", () => this.page.evaluate(place, this.selector));
        const press = ["pointerDown", "pointerUp"].map((type) => ({ type, button: 0 }));
        const actions = [{ type: "pointerMove", x, y }, ...press];
        await this.page.send("input.performActions", { actions: [{ type: "pointer", id: "mouse", actions }] });
    }

    // A page that is just being loaded cannot be asked.
    #until(what, probe) {
        return until(`${this.selector} ${what}`, () => probe().catch(() => false), { timeoutMs: this.page.timeoutMs });
    }
}

// In the page: the middle of an element in the window, once it stands still with nothing before it; else null.
async function place(selector) {
    const element = document.querySelector(selector);
    if (!element?.checkVisibility() || element.disabled) return null;
    element.scrollIntoView({ block: "center", behavior: "instant" });
    const before = element.getBoundingClientRect();
    await new Promise((resolve) => requestAnimationFrame(resolve));
    const { left, top, width, height } = element.getBoundingClientRect();
    if (left !== before.left || top !== before.top) return null;
    const [x, y] = [Math.round(left + width / 2), Math.round(top + height / 2)];
    return element.contains(document.elementFromPoint(x, y)) ? { x, y } : null;
}
