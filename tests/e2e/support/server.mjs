// A real `viva serve` on free ports with a data folder of its own.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { until } from "./wait.mjs";

const binary = process.env.VIVA ?? fileURLToPath(new URL("../../../build/release/viva", import.meta.url));

async function freePort(host) {
    const probe = createServer().listen(0, host);
    await once(probe, "listening");
    const { port } = probe.address();
    probe.close();
    await once(probe, "close");
    return port;
}

const settingsText = (groups) =>
    Object.entries(groups)
        .map(([group, keys]) => `[${group}]\n${Object.entries(keys).map(([key, value]) => `${key} = ${value}\n`).join("")}`)
        .join("\n");

export class Server {
    // `settings`: {group: {key: value}}, over those that a test needs. `host`: numeric, loopback.
    static async start({ host = "127.0.0.1", settings = {}, demo = true } = {}) {
        const server = new Server();
        server.folder = mkdtempSync(path.join(os.tmpdir(), "viva-test-"));
        server.port = await freePort(host);
        const bracketed = host.includes(":") ? `[${host}]` : host;
        server.url = `http://${bracketed}:${server.port}`;
        server.demo = demo;
        const needed = {
            http: { listen: `${bracketed}:${server.port}` },
            media: { addresses: host, port: 0 },
            vision: { workers: 1 }, // each takes a second of a core to start
            store: { path: path.join(server.folder, "store"), master_key_file: path.join(server.folder, "master.key") },
        };
        server.settings = needed;
        writeFileSync(path.join(server.folder, "master.key"), randomBytes(32), { mode: 0o600 });
        server.configure(settings);
        await server.restart().catch(async (error) => {
            await server.remove(); // nobody else knows it
            throw error;
        });
        return server;
    }

    // Other settings, from the next start on.
    configure(settings) {
        for (const [group, keys] of Object.entries(settings)) this.settings[group] = { ...this.settings[group], ...keys };
        writeFileSync(path.join(this.folder, "viva.conf"), settingsText(this.settings));
    }

    // A new process on the same data. What it says is kept in `stdout` and `log` (stderr).
    async restart() {
        const args = ["serve", "--config", path.join(this.folder, "viva.conf"), ...(this.demo ? ["--demo"] : [])];
        this.stdout = "";
        this.log = "";
        this.process = spawn(binary, args, { stdio: ["ignore", "pipe", "pipe"] });
        this.process.stdout.on("data", (text) => (this.stdout += text));
        this.process.stderr.on("data", (text) => (this.log += text));
        await until("the server answers", async () => {
            if (this.ended) throw new Error(`viva ended at start:\n${this.log}`);
            const health = await fetch(`${this.url}/v1/health`).catch(() => null);
            return health?.ok;
        }, { timeoutMs: 120_000 });
    }

    // Who is in the demo, from what it prints: the first mission's officers and the links to its interviews and face checks.
    people() {
        const officers = [...this.stdout.matchAll(/^  officer .* login: (\S+) +password: (\S+)$/gm)].map(([, login, password]) => ({ login, password }));
        const links = [...this.stdout.matchAll(/^  (\S+) .* (applicant|guardian|interpreter) .* (http\S+)$/gm)];
        const of = (order, role) => links.find((link) => link[1] === order && link[2] === role)?.[3];
        const orderWith = (role) => links.find((link) => link[2] === role)[1];
        const applicants = links.filter((link) => link[2] === "applicant").map((link) => link[3]);
        const checks = [...this.stdout.matchAll(/^  (\S+) +face check .* (http\S+)$/gm)];
        return {
            login: officers[0],
            elsewhere: officers.find(({ password }) => password !== officers[0].password), // at the second mission
            colleagues: officers.filter(({ password }) => password === officers[0].password).slice(1),
            facecheck: (order) => checks.find((check) => check[1] === order)?.[2],
            applicant: applicants[0],
            minor: of(orderWith("guardian"), "applicant"),
            guardian: of(orderWith("guardian"), "guardian"),
            interpreted: of(orderWith("interpreter"), "applicant"),
            interpreter: of(orderWith("interpreter"), "interpreter"),
            later: applicants[3],
        };
    }

    // How often an API method has been called and has succeeded.
    async calls(method) {
        const metrics = await (await fetch(`${this.url}/v1/metrics`)).text();
        const line = metrics.split("\n").find((text) => text.startsWith(`viva_rpc_calls_total{method="${method}",code="ok"}`));
        return Number(line?.split(" ").at(-1) ?? 0);
    }

    get ended() {
        return this.process.exitCode !== null || this.process.signalCode !== null;
    }

    async signal(name) {
        this.process.kill(name);
    }

    // Resolves with the exit code, or the signal's name.
    async exit() {
        if (!this.ended) await once(this.process, "exit");
        return this.process.exitCode ?? this.process.signalCode;
    }

    async kill9() {
        this.signal("SIGKILL");
        await this.exit();
    }

    async remove() {
        if (!this.ended) await this.kill9();
        if (existsSync(this.folder)) rmSync(this.folder, { recursive: true });
    }
}
