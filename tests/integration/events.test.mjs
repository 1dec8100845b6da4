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
import { anOrder } from "./support/facecheck.mjs";
import { kept } from "./support/order_service.mjs";
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

test("no event is lost or out of order, whoever is killed", async (t) => {
    const server = await serverFor(t, { settings: { vision: { workers: 1 }, limit: { sign_in_burst: 1000, sign_in_per_min: 1000 } } });
    const { login } = server.people();
    const service = new OrderService(t, server, account(server, "orders").token);
    server.demo = false;
    const made = [];
    for (let round = 0; round < rounds; round++) {
        const facts = makeFacts(server, login, made);
        const before = made.length;
        await until("facts are made", () => made.length > before, { everyMs: 5 });
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 400)); // the moment of the kill, not a wait for anything
        if (round % 2 === 0) {
            await service.kill9();
            service.start();
        }
        await server.kill9();
        await facts;
        await server.restart();
    }
    const asked = await signInService(t, server, account(server, "witness").token);
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
    const told = new Set(all.filter(({ type }) => type === "facecheck.created").map(({ order_ref }) => order_ref));
    for (const order_ref of made) assert.ok(told.has(order_ref), `${order_ref} was made and nobody was told`);
    t.diagnostic(`${rounds} kills, ${made.length} facts acknowledged, ${all.length} events, ${service.heard.length - all.length} heard twice`);
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
