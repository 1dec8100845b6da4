// Events on the WebSocket: a sample order service and the server are killed at random moments while things happen; no
// event is lost, none is out of order, and those that come twice are recognised. VIVA_ROUNDS asks for more kills.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Rpc } from "../e2e/support/rpc.mjs";
import { until } from "../e2e/support/wait.mjs";
import { connect, redeem, refusedAs, serverFor, signIn } from "./support/call.mjs";
import { anOrder, drawnJpeg } from "./support/facecheck.mjs";
import { kept } from "./support/order_service.mjs";
import { firstIssue, Order } from "./support/orders.mjs";
import { account, signInService } from "./support/service.mjs";

const rounds = Number(process.env.VIVA_ROUNDS ?? 10);
const program = fileURLToPath(new URL("support/order_service.mjs", import.meta.url));

class OrderService {
    constructor(t, server, token) {
        this.args = [program, server.url, token];
        this.file = path.join(server.folder, "events.jsonl");
        this.start();
        t.after(() => this.kill9());
    }

    start() {
        this.process = spawn(process.execPath, [...this.args, this.file], { stdio: "inherit" });
    }

    async kill9() {
        if (this.process.exitCode !== null || this.process.signalCode !== null) return;
        this.process.kill("SIGKILL");
        await once(this.process, "exit");
    }

    get heard() {
        return kept(this.file);
    }
}

// Makes face checks until the connection is gone; the orders that the server said were made go into `made`.
async function makeFacts(server, login, made) {
    const rpc = await Rpc.connect(server.url);
    const gone = once(rpc.socket, "close");
    await rpc.call("officer.sign_in", login);
    const work = async () => {
        for (;;) {
            const order_ref = anOrder();
            await rpc.call("facecheck.create", { order_ref, document: "passport" });
            made.push(order_ref);
        }
    };
    await Promise.race([gone, work()]);
}

// `make` does things until the server is gone, round for round; each second time the order service is killed too.
async function killRounds(server, service, made, make) {
    for (let round = 0; round < rounds; round++) {
        const making = make();
        const before = made.length;
        await until("facts are made", () => made.length > before, { everyMs: 5 });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 400)); // the moment of the kill, not a wait for anything
        if (round % 2 === 0) {
            await service.kill9();
            service.start();
        }
        await server.kill9();
        await making;
        await server.restart();
    }
}

// Everything that happened, which the order service has heard, in order, nothing twice that it could not know again.
async function allHeard(t, server, service, witness) {
    const asked = await signInService(t, server, witness);
    const all = [];
    for (let last = Infinity; (all.at(-1)?.seq ?? 0) < last; ) {
        const page = await asked.call("events.list", { after: all.at(-1)?.seq ?? 0, limit: 500 });
        all.push(...page.events);
        last = page.last;
    }
    await until("the order service is up to date", () => service.heard.at(-1)?.seq === all.at(-1).seq);

    const first = new Map();
    for (const event of service.heard) {
        if (first.has(event.id)) assert.deepEqual(event, first.get(event.id), "a duplicate is the same event");
        else first.set(event.id, event);
    }
    assert.deepEqual([...first.values()], all, "everything, once each, in order");
    return all;
}

const patient = { vision: { workers: 1 }, limit: { sign_in_burst: 1000, sign_in_per_min: 1000, code_burst: 1000 } };

test("no event is lost or out of order, whoever is killed", async (t) => {
    const server = await serverFor(t, { settings: patient });
    const { login } = server.people();
    const service = new OrderService(t, server, account(server, "orders").token);
    server.demo = false;
    const made = [];
    await killRounds(server, service, made, () => makeFacts(server, login, made));
    const all = await allHeard(t, server, service, account(server, "witness").token);
    const told = new Set(all.filter(({ type }) => type === "facecheck.created").map(({ order_ref }) => order_ref));
    for (const order_ref of made) assert.ok(told.has(order_ref), `${order_ref} was made and nobody was told`);
    t.diagnostic(`${rounds} kills, ${made.length} facts acknowledged, ${all.length} events, ${service.heard.length - all.length} heard twice`);
});

// Walks orders of the built-in book until the connection is gone; each state that was acknowledged goes into `made`.
async function walkOrders(t, server, login, made) {
    const officer = await signIn(t, server, login);
    const gone = once(officer.socket, "close");
    const walk = async () => {
        const order = await Order.draft(t, server, { fields: firstIssue() });
        await order.putMissing(drawnJpeg());
        const step = async (...words) => {
            const { number, state, version } = await order.call(...words);
            made.push(`${number} ${version} ${state}`);
        };
        await step("order.submit");
        await step("review.take", { version: undefined }, officer);
        await step("review.supplement", { text: "Too dark.", slots: "portrait" }, officer);
        await order.put("portrait", drawnJpeg());
        await order.refresh();
        await step("order.supplemented");
        await step("review.approve", {}, officer);
    };
    const work = async () => {
        for (;;) await walk();
    };
    await Promise.race([gone, work().catch((error) => (server.ended || officer.socket.readyState !== 1 ? gone : Promise.reject(error)))]);
}

test("with the built-in book and without it an order service misses nothing", async (t) => {
    const server = await serverFor(t, { settings: patient });
    const { login } = server.people();
    const service = new OrderService(t, server, account(server, "orders").token);
    const witness = account(server, "witness").token;
    const made = [];
    await killRounds(server, service, made, () => walkOrders(t, server, login, made));
    const walked = await allHeard(t, server, service, witness);
    const changes = walked.filter(({ type }) => type === "order.changed");
    const told = new Set(changes.map(({ order_ref, data }) => `${order_ref} ${data.version} ${data.state}`));
    for (const step of made) assert.ok(told.has(step), `${step} was acknowledged and nobody was told`);
    for (const [i, { order_ref, data }] of changes.entries()) {
        const next = changes.slice(i + 1).find((later) => later.order_ref === order_ref);
        if (next) assert.ok(next.data.version > data.version, `${order_ref} went back`);
    }

    // The same order service, now the only one: interviews and face checks are what they were.
    await server.kill9();
    server.configure({ book: { enabled: false } });
    await server.restart();
    await killRounds(server, service, made, () => makeFacts(server, login, made));
    const all = await allHeard(t, server, service, witness);
    assert.deepEqual(all.slice(0, walked.length), walked);
    assert.ok(all.length > walked.length && all.slice(walked.length).every(({ type }) => type !== "order.changed"));
    t.diagnostic(`${2 * rounds} kills, ${changes.length} changes of orders, ${all.length} events, ${service.heard.length - all.length} heard twice`);
});

test("events name what happened in an interview, and nobody", async (t) => {
    const server = await serverFor(t);
    const service = await signInService(t, server, account(server, "orders").token);
    const { last } = await service.call("events.subscribe", {});
    const applicant = await redeem(t, server);
    const officer = await signIn(t, server);
    const interview_id = applicant.interview.id;
    await applicant.call("interview.ready");
    await officer.call("call.start", { interview_id });
    await applicant.call("call.accept");
    await officer.call("call.end", { interview_id, outcome: "not_confirmed", reason: "Zhang Wei looked away" });
    await service.notified("events.event", ({ event }) => event.type === "interview.ended");
    const events = service.notifications.map(({ params }) => params.event);
    assert.deepEqual(
        events.map(({ type, data }) => [type, data.state, data.outcome]),
        [
            ["interview.waiting", "waiting", null],
            ["interview.ringing", "ringing", null],
            ["interview.started", "in_call", null],
            ["interview.ended", "ended", "not_confirmed"],
        ],
    );
    assert.ok(events.every(({ subject_id, seq }) => subject_id === interview_id && seq > last));
    assert.doesNotMatch(JSON.stringify(service.notifications), /Zhang|looked away|Chen/);
    assert.equal((await officer.call("interview.get", { interview_id })).order_ref, events[0].order_ref);
});

test("another mission's account, and one without the scope, hear nothing", async (t) => {
    const server = await serverFor(t);
    const other = await signInService(t, server, account(server, "others", { mission: "stockholm", scopes: ["events"] }).token);
    const deaf = await signInService(t, server, account(server, "deaf", { scopes: ["facecheck"] }).token);
    await other.call("events.subscribe", { after: 0 });
    await refusedAs(deaf.call("events.subscribe", {}), "forbidden");
    await refusedAs(deaf.call("events.list", {}), "forbidden");
    await refusedAs((await connect(t, server)).call("events.list", {}), "not_signed_in");
    const officer = await signIn(t, server);
    await refusedAs(officer.call("events.list", {}), "forbidden");
    await officer.call("facecheck.create", { order_ref: anOrder(), document: "passport" });
    const here = await signInService(t, server, account(server, "orders", { scopes: ["events"] }).token);
    const [theirs, ours] = await Promise.all([other, here].map(async (rpc) => (await rpc.call("events.list", { limit: 1000 })).events));
    const heard = [...theirs, ...other.notifications.map(({ params }) => params.event)].map(({ id }) => id);
    assert.ok(ours.length > 0 && theirs.length > 0);
    assert.ok(ours.every(({ id }) => !heard.includes(id)));
});
