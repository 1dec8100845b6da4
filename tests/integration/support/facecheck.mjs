// A face check as an officer makes it and as its applicant goes through it, both without a browser.
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";
import jpeg from "jpeg-js";
import { Server } from "../../e2e/support/server.mjs";
import { connect, signIn, ticketOf } from "./call.mjs";

const shared = process.env.VIVA_SHARED_DATA ?? fileURLToPath(new URL("../../../../shared/data", import.meta.url));

// A file of ../shared/data, or null where that is not there.
export function sharedFile(name) {
    const file = path.join(shared, name);
    return existsSync(file) ? readFileSync(file) : null;
}

export const picturesThere = () => existsSync(path.join(shared, "faces"));

// Called in a test: whether it has to be skipped for want of real pictures.
export function withoutPictures(t) {
    if (picturesThere()) return false;
    t.skip("../shared/data/faces is not there");
    return true;
}

// A drawn JPEG that shows nobody.
export function drawnJpeg(width = 640, height = 480) {
    const data = Buffer.alloc(width * height * 4, 255);
    for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) data.set([(x * 255) / width, (y * 255) / height, ((x >> 4) ^ (y >> 4)) & 1 ? 200 : 60], (y * width + x) * 4);
    return jpeg.encode({ data, width, height }, 90).data;
}

// A server for all tests of a file: starting one loads every network. Returns where it is once they run.
export function fileServer(settings = {}) {
    const shared = {};
    before(async () => {
        shared.server = await Server.start({ settings: { vision: { workers: 1 }, ...settings } });
    });
    after(() => shared.server?.remove());
    return shared;
}

let orders = 0;
export const anOrder = () => `2026-TEST-${String(++orders).padStart(6, "0")}`;

export class FaceCheck {
    // Made by an officer, its link opened by the applicant.
    static async start(t, server, order = {}) {
        const check = new FaceCheck();
        check.server = server;
        check.officer = await signIn(t, server);
        const created = await check.officer.call("facecheck.create", { order_ref: anOrder(), document: "passport", ...order });
        Object.assign(check, { id: created.facecheck.id, created, link: created.link });
        check.applicant = await check.open(t);
        return check;
    }

    // The link on a device; a second call with the same one is a reload.
    async open(t, device = "a".repeat(43)) {
        const rpc = await connect(t, this.server);
        this.opened = await rpc.call("ticket.redeem", { ticket: ticketOf(this.link), device });
        return Object.assign(rpc, this.opened);
    }

    get token() {
        return this.applicant.token;
    }

    // Resolves with {status, body, headers}; `body` parsed where it is JSON.
    async request(method, where, { body, token = this.token, headers = {} } = {}) {
        const response = await fetch(`${this.server.url}/v1/facechecks/${where}`, {
            method,
            body,
            headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers },
        });
        const json = response.headers.get("content-type") === "application/json";
        return { status: response.status, headers: response.headers, body: json ? await response.json() : Buffer.from(await response.arrayBuffer()) };
    }

    put(slot, body, options) {
        return this.request("PUT", `${this.id}/${slot}`, { body, headers: { "content-type": "image/jpeg" }, ...options });
    }

    get(what, options) {
        return this.request("GET", `${this.id}/${what}`, options);
    }

    delete(slot, options) {
        return this.request("DELETE", `${this.id}/${slot}`, options);
    }

    // Both materials, of real people and pages.
    async submit({ portrait = "faces/img3.jpg", page = "pages/pass-uto.jpg" } = {}) {
        return { portrait: await this.put("portrait", sharedFile(portrait)), page: await this.put("page", sharedFile(page)) };
    }

    view() {
        return this.applicant.call("facecheck.get");
    }
}
