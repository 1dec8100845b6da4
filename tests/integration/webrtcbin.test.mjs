// The same server with clients that are no browsers: two GStreamer webrtcbin see and hear each other.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { until } from "../e2e/support/wait.mjs";
import { serverFor, ticketOf } from "./support/call.mjs";

const script = fileURLToPath(new URL("webrtcbin.py", import.meta.url));
const imports = "import gi, websockets; gi.require_version('GstWebRTC', '1.0'); from gi.repository import GstWebRTC";
const missing = spawnSync("/usr/bin/python3", ["-c", imports], { encoding: "utf8" }).stderr.trim().split("\n").pop();

class Webrtcbin {
    constructor(t, ...args) {
        this.latest = { frames: 0, samples: 0 };
        this.log = "";
        this.process = spawn("/usr/bin/python3", [script, ...args], { stdio: ["pipe", "pipe", "pipe"] });
        this.process.stderr.on("data", (text) => (this.log += text));
        createInterface({ input: this.process.stdout }).on("line", (line) => (this.latest = JSON.parse(line)));
        t.after(() => this.process.kill("SIGKILL"));
    }

    async decodes() {
        await until("webrtcbin decodes", () => {
            assert.equal(this.process.exitCode, null, this.log);
            return this.latest.frames >= 50 && this.latest.samples >= 48_000 && this.latest.loudest > 1000;
        }, { timeoutMs: 40_000 }).catch((error) => assert.fail(`${error.message}: ${JSON.stringify(this.latest)}\n${this.log}`));
        return this.latest;
    }

    async end() {
        this.process.stdin.end();
        await once(this.process, "exit");
    }
}

test("webrtcbin exchanges media both ways", { skip: missing ? `webrtcbin for Python is not installed: ${missing}` : false }, async (t) => {
    const server = await serverFor(t);
    const { applicant: link, login } = server.people();
    const applicant = new Webrtcbin(t, server.url, "ticket", ticketOf(link));
    const officer = new Webrtcbin(t, server.url, "officer", login.login, login.password);
    for (const [who, client] of Object.entries({ applicant, officer })) {
        const { width, height, frames, samples, loudest } = await client.decodes();
        assert.deepEqual([width, height], [640, 480]);
        t.diagnostic(`${who}: ${frames} frames of ${width}x${height}, ${samples} samples, loudest ${loudest}`);
    }
    await Promise.all([applicant.end(), officer.end()]);
});
