// Webhooks against a real receiver in a process of its own, which is killed and started again in the middle, as is the
// server; a wrong signature, redirects and private addresses; dead letters.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { connect } from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../e2e/support/wait.mjs";
import { refusedAs, serverFor } from "./support/call.mjs";
import { anOrder } from "./support/facecheck.mjs";
import { kept } from "./support/order_service.mjs";
import { account, signInService } from "./support/service.mjs";

const program = fileURLToPath(new URL("support/receiver.mjs", import.meta.url));

class Receiver {
    static async prepare(t, secret = randomBytes(32).toString("hex")) {
        const receiver = new Receiver();
        receiver.folder = mkdtempSync(path.join(os.tmpdir(), "viva-receiver-"));
        receiver.secret = secret;
        receiver.file = path.join(receiver.folder, "events.jsonl");
        const probe = createServer().listen(0, "127.0.0.1");
        await once(probe, "listening");
        receiver.port = probe.address().port;
        probe.close();
        await once(probe, "close");
        t.after(async () => {
            await receiver.kill9();
            rmSync(receiver.folder, { recursive: true });
        });
        return receiver;
    }

    async start(secret = this.secret) {
        this.process = spawn(process.execPath, [program, this.port, secret, this.file], { stdio: "inherit" });
        await until("it listens", () => new Promise((answer) => {
            const socket = connect(this.port, "127.0.0.1", () => answer(socket.destroy())).on("error", () => answer(null));
        }));
    }

    async kill9() {
        if (!this.process || this.process.exitCode !== null || this.process.signalCode !== null) return;
        this.process.kill("SIGKILL");
        await once(this.process, "exit");
    }

    get heard() {
        return kept(this.file);
    }

    // The settings of a server that posts here.
    settings(more = {}) {
        writeFileSync(path.join(this.folder, "orders.secret"), this.secret, { mode: 0o600 });
        const targets = `orders new-york http://127.0.0.1:${this.port}/viva`;
        return { vision: { workers: 1 }, webhook: { targets, secrets: this.folder, allow_private: true, ...more } };
    }
}

async function makeFacts(service, count) {
    for (let i = 0; i < count; i++) await service.call("facecheck.create", { order_ref: anOrder(), document: "passport" });
}

test("every event arrives in order, whoever is killed in the middle", async (t) => {
    const receiver = await Receiver.prepare(t);
    const server = await serverFor(t, { settings: receiver.settings() });
    server.demo = false;
    const { token } = account(server, "orders");
    const first = await signInService(t, server, token);
    await receiver.start();
    await makeFacts(first, 5);
    await until("the first are there", () => receiver.heard.length >= 3);
    await receiver.kill9();
    await makeFacts(first, 5);
    await server.kill9();
    await receiver.start();
    await server.restart();
    const second = await signInService(t, server, token);
    await makeFacts(second, 5);
    const { events } = await second.call("events.list", { limit: 1000 });
    await until("the last is there", () => receiver.heard.at(-1)?.seq === events.at(-1).seq, { timeoutMs: 40_000 });
    const distinct = [...new Map(receiver.heard.map((event) => [event.id, event])).values()];
    assert.ok(distinct.every(({ mission }) => mission === "new-york"));
    const begun = events.findIndex(({ id }) => id === distinct[0].id);
    assert.deepEqual(distinct.map(({ mission, ...event }) => event), events.slice(begun));
    assert.ok(distinct.filter(({ type }) => type === "facecheck.created").length >= 15);
    const started = Date.now();
    server.signal("SIGTERM");
    assert.equal(await server.exit(), 0);
    assert.ok(Date.now() - started < 10_000, "the webhook's thread ends promptly");
});

test("a wrong signature is seen, and what is given up can be sent again", async (t) => {
    const receiver = await Receiver.prepare(t);
    const server = await serverFor(t, { settings: receiver.settings({ give_up_s: 1 }) });
    const service = await signInService(t, server, account(server, "orders").token);
    const other = await signInService(t, server, account(server, "others", { mission: "stockholm" }).token);
    await receiver.start("00".repeat(32));
    await makeFacts(service, 1);
    const letter = await until("it is given up", async () => (await service.call("webhooks.list")).dead_letters[0]);
    assert.deepEqual([letter.target, letter.event.type, letter.resending], ["orders", "facecheck.created", false]);
    assert.equal(receiver.heard.length, 0);
    assert.deepEqual((await other.call("webhooks.list")).dead_letters, []);
    await refusedAs(other.call("webhooks.resend", { target: "orders", seq: letter.event.seq }), "not_found");
    await receiver.kill9();
    await receiver.start();
    await service.call("webhooks.resend", { target: "orders", seq: letter.event.seq });
    await until("it arrived", () => receiver.heard.some(({ id }) => id === letter.event.id));
    await until("it is no dead letter any more", async () => (await service.call("webhooks.list")).dead_letters.length === 0);
});

test("a private address is refused, by number and by name", async (t) => {
    const receiver = await Receiver.prepare(t);
    const settings = receiver.settings({ allow_private: false, give_up_s: 1 });
    settings.webhook.targets = `orders new-york https://127.0.0.1:${receiver.port}/viva, named new-york https://localhost:${receiver.port}/viva`;
    writeFileSync(path.join(receiver.folder, "named.secret"), receiver.secret, { mode: 0o600 });
    const server = await serverFor(t, { settings });
    let asked = 0;
    const listener = createServer().on("connection", () => asked++).listen(receiver.port, "127.0.0.1");
    t.after(() => listener.close());
    const service = await signInService(t, server, account(server, "orders").token);
    await makeFacts(service, 1);
    await until("both gave up", async () => (await service.call("webhooks.list")).dead_letters.length === 2);
    assert.equal(asked, 0, "nobody connected");
    assert.match(server.log, /event=webhook_refused target=named/);
});

test("a redirect counts as refused, and nobody goes where it leads", async (t) => {
    const receiver = await Receiver.prepare(t);
    const server = await serverFor(t, { settings: receiver.settings({ give_up_s: 1 }) });
    const paths = [];
    const listener = createServer((request, response) => {
        paths.push(request.url);
        response.writeHead(307, { location: `http://127.0.0.1:${receiver.port}/elsewhere` }).end();
    }).listen(receiver.port, "127.0.0.1");
    t.after(() => listener.close());
    const service = await signInService(t, server, account(server, "orders").token);
    await makeFacts(service, 1);
    const letter = await until("it is given up", async () => (await service.call("webhooks.list")).dead_letters[0]);
    assert.match(letter.reason, /307/);
    assert.ok(paths.length > 0 && paths.every((each) => each === "/viva"));
});
