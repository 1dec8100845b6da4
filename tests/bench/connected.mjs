// Account holders who are connected all at once, each with a session and an address of their own, on a real server: prints
// lines of JSON, as bench_media does. Everything stays on this machine's loopback network, 127.0.0.0/8.
import { readdirSync, readFileSync } from "node:fs";
import { Rpc } from "../e2e/support/rpc.mjs";
import { Server } from "../e2e/support/server.mjs";
import { signInHolder } from "../integration/support/holder.mjs";

const HOLDERS = 2000;
const AT_ONCE = 4; // changes on their way at a time
const IDLE_S = 10;
const ASK_MS = 50;

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const print = (line) => console.log(JSON.stringify({ bench: "connected", connections: HOLDERS, ...line }));
const addressOf = (i) => `127.1.${i >> 8}.${i & 255}`;

function quantiles(values) {
    const sorted = [...values].sort((a, b) => a - b);
    const at = (part) => sorted[Math.round((sorted.length - 1) * part)];
    return { count: sorted.length, p50_ms: at(0.5), p95_ms: at(0.95), max_ms: at(1) };
}

// Calls `work` for each of `items`, AT_ONCE at a time.
async function each(items, work) {
    const left = [...items.entries()];
    const next = async () => {
        for (let entry; (entry = left.shift()); ) await work(entry[1], entry[0]);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
}

const residentKib = ({ process: { pid } }) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))[1]);

// What a thread of the server has been on a CPU for, in ms: the signaling loop is the first one.
const onCpuMs = (pid, task) => Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0]) / 1e6;

function cpu({ process: { pid } }) {
    const all = readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + onCpuMs(pid, task), 0);
    return { all, loop: onCpuMs(pid, pid), at: performance.now() };
}

function cpuSince(server, { all, loop, at }) {
    const now = cpu(server);
    return { core_percent: ((now.all - all) / (now.at - at)) * 100, loop_percent: ((now.loop - loop) / (now.at - at)) * 100, s: (now.at - at) / 1000 };
}

// As the home page of a holder who was here before: signed in, with account, orders and messages on the screen.
async function open(server, token, i) {
    const rpc = await Rpc.connect(server.url, { from: addressOf(i) });
    await rpc.call("session.resume", { token });
    await Promise.all([rpc.call("account.get"), rpc.call("order.missions"), rpc.call("order.list"), rpc.call("message.list")]);
    return rpc;
}

// Somebody else's requests meanwhile; resolves with what they took.
async function asking(rpc, stopped) {
    const took = [];
    while (!stopped()) {
        const from = performance.now();
        await rpc.call("order.list");
        took.push(performance.now() - from);
        await pause(ASK_MS / 1000);
    }
    return took;
}

// Each holder makes an order: how long until the message of it is at the holder's page, and whether one came to another.
async function messages(server, holders) {
    const bystander = holders.pop();
    let over = false;
    const others = asking(bystander, () => over);
    const [answered, arrived] = [[], []];
    const before = cpu(server);
    await each(holders, async (rpc) => {
        const from = performance.now();
        const message = new Promise((resolve) => (rpc.heard = ({ method }) => method === "message.added" && resolve(performance.now() - from)));
        await rpc.call("order.create", { mission_id: "new-york", kind: "passport" });
        answered.push(performance.now() - from);
        arrived.push(await message);
    });
    const { s, ...busy } = cpuSince(server, before);
    over = true;
    const lost = holders.filter(({ notifications }) => notifications.filter(({ method }) => method === "message.added").length !== 1).length;
    if (lost > 0 || bystander.notifications.some(({ method }) => method === "message.added")) throw new Error(`${lost} holders did not hear of their own order alone`);
    print({ what: "message", ...quantiles(arrived), answered_p50_ms: quantiles(answered).p50_ms, per_s: arrived.length / s, ...busy });
    print({ what: "another's order.list meanwhile", ...quantiles(await others) });
    holders.push(bystander);
}

// One text to everybody: that the server is about to stop.
async function everybody(server, holders) {
    const from = performance.now();
    const heard = holders.map((rpc) => new Promise((resolve) => (rpc.heard = ({ method }) => method === "server.draining" && resolve(performance.now() - from))));
    await server.signal("SIGTERM");
    print({ what: "news for all", ...quantiles(await Promise.all(heard)) });
}

async function accounts(server) {
    const tokens = [];
    await each(Array.from({ length: HOLDERS }), async (_, i) => {
        const ends = [];
        const { token } = await signInHolder({ after: (end) => ends.push(end) }, server, { from: addressOf(i) });
        ends.forEach((end) => end());
        tokens[i] = token;
    });
    return tokens;
}

const server = await Server.start();
try {
    const tokens = await accounts(server);
    await server.kill9();
    await server.restart(); // what making the accounts took is no connection's
    await each(tokens.slice(0, 50), async (token, i) => (await open(server, token, i)).close());
    await pause(2);
    const empty = residentKib(server);
    const holders = [];
    const from = performance.now();
    await each(tokens, async (token, i) => (holders[i] = await open(server, token, i)));
    print({ what: "opening", per_s: HOLDERS / ((performance.now() - from) / 1000) });
    await pause(2);
    print({ what: "memory", kib_per_connection: (residentKib(server) - empty) / HOLDERS, empty_mib: empty / 1024, resident_mib: residentKib(server) / 1024 });
    const quiet = cpu(server);
    await pause(IDLE_S);
    const { s, ...idle } = cpuSince(server, quiet);
    print({ what: "idle", s, ...idle });
    await messages(server, holders);
    await everybody(server, holders);
    holders.forEach((rpc) => rpc.close());
} finally {
    await server.remove();
}
