// The service's worker processes from outside: what the kernel says of them, and what becomes of one that is killed.
import assert from "node:assert/strict";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { serverFor } from "./support/call.mjs";

// Processes that `pid`'s threads have started.
const childrenOf = (pid) =>
    readdirSync(`/proc/${pid}/task`).flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "utf8").split(" ").filter(Boolean).map(Number));

async function metrics(server) {
    const text = await (await fetch(`${server.url}/v1/metrics`)).text();
    return (name) => Number(text.match(new RegExp(`^${name} (\\d+)$`, "m"))?.[1]);
}

test("workers are sandboxed, and one that is killed is replaced", async (t) => {
    const server = await serverFor(t, { settings: { vision: { workers: 1 } } });
    // The worker, and the one kept ready to take its place; each says that it filters its system calls.
    const sandboxed = () =>
        childrenOf(server.process.pid).filter((pid) => /^Seccomp:\s+2$/m.test(readFileSync(`/proc/${pid}/status`, "utf8")));
    const first = await until("a worker and a spare", () => (sandboxed().length === 2 ? sandboxed() : null));

    await t.test("the kernel says so", () => {
        for (const pid of first) {
            const status = readFileSync(`/proc/${pid}/status`, "utf8");
            assert.match(status, /^NoNewPrivs:\s+1$/m);
            assert.match(readFileSync(`/proc/${pid}/limits`, "utf8"), /^Max file size\s+0\s+0/m);
            const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
            assert.ok(!environment.includes("VIVA_MASTER_KEY"));
        }
    });
    await t.test("no socket but the one to the service, and no file", (t) => {
        if (process.getuid() !== 0) return t.skip("only root may look at descriptors of a process that cannot be dumped");
        for (const pid of first) {
            const files = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
            assert.equal(files.filter((file) => file.startsWith("socket:")).length, 1, files.join(" "));
            const others = files.filter((file) => !/^(socket:|\/dev\/null$|\/memfd:viva vision)/.test(file));
            assert.deepEqual(others, []);
        }
    });
    await t.test("killed, both are replaced and counted, and the service goes on", async () => {
        // While the service is held: a spare that it made a worker in between would rightly count as a second one lost.
        server.process.kill("SIGSTOP");
        for (const pid of first) process.kill(pid, "SIGKILL");
        await until("both dead", () => first.every((pid) => /^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))));
        server.process.kill("SIGCONT");
        await until("two others", () => sandboxed().filter((pid) => !first.includes(pid)).length === 2);
        const value = await metrics(server);
        assert.equal(value("viva_vision_workers"), 1);
        assert.equal(value("viva_vision_workers_lost_total"), 1); // the spare did nothing for anybody
        assert.equal(value("viva_vision_workers_restarted_total"), 1);
        assert.match(server.log, /event=vision_worker_lost reason=signal=9/);
    });
    await t.test("SIGTERM to everybody ends the service in order", async () => {
        const workers = sandboxed();
        for (const pid of workers) process.kill(pid, "SIGTERM"); // as systemd and Ctrl-C do it
        await new Promise((resolve) => setTimeout(resolve, 200));
        assert.equal((await metrics(server))("viva_vision_workers_lost_total"), 1);
        await server.signal("SIGTERM");
        assert.equal(await server.exit(), 0);
        for (const pid of workers) assert.throws(() => process.kill(pid, 0));
    });
});
