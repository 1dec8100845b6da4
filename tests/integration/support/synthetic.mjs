// A synthetic peer (tests/integration/synthetic.c) as a child process.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { until } from "../../e2e/support/wait.mjs";
import { program } from "./built.mjs";

export const pattern = fileURLToPath(new URL("../../support/data/pattern.ivf", import.meta.url));

export class Synthetic {
    // `options`: as on its command line, e.g. {slots: 1, "no-h264": true}. Resolves once it has an offer.
    static async start(options = {}) {
        const peer = new Synthetic();
        const args = Object.entries(options).map(([name, value]) => (value === true ? `--${name}` : `--${name}=${value}`));
        peer.lines = [];
        peer.process = spawn(program("synthetic"), args, { stdio: ["pipe", "pipe", "inherit"] });
        createInterface({ input: peer.process.stdout }).on("line", (line) => peer.lines.push(JSON.parse(line)));
        peer.offer = (await peer.#next("offer", 0)).offer;
        return peer;
    }

    // The first line from `from` on that has `member`.
    #next(member, from) {
        return until(`a line with "${member}" from the synthetic peer`, () => this.lines.slice(from).find((line) => member in line), {
            everyMs: 10,
        });
    }

    #send(message) {
        this.process.stdin.write(`${JSON.stringify(message)}\n`);
    }

    async #ask(message, member) {
        const from = this.lines.length;
        this.#send(message);
        return (await this.#next(member, from))[member];
    }

    answer(sdp) {
        this.#send({ answer: sdp });
    }

    get state() {
        return this.lines.filter((line) => line.state).pop()?.state; // findLast came after Node.js 18
    }

    async reaches(state, options) {
        await until(`the synthetic peer is ${state} (it is ${this.state})`, () => this.state === state, { everyMs: 20, ...options });
    }

    stats() {
        return this.#ask({ command: "stats" }, "stats");
    }

    // Resolves with how many datagrams were sent.
    attack(kind) {
        return this.#ask({ command: "attack", kind }, "sent");
    }

    restartIce() {
        return this.#ask({ command: "restart-ice" }, "offer");
    }

    command(name) {
        this.#send({ command: name });
    }

    async stop() {
        if (this.process.exitCode !== null || this.process.signalCode !== null) return;
        const exited = once(this.process, "exit");
        this.process.stdin.end();
        await exited;
    }
}
