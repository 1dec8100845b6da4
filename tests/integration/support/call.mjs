// An interview in progress between an applicant and an officer, both without a browser.
import assert from "node:assert/strict";
import { Rpc } from "../../e2e/support/rpc.mjs";
import { Server } from "../../e2e/support/server.mjs";
import { until } from "../../e2e/support/wait.mjs";
import { Synthetic } from "./synthetic.mjs";

// A server that goes with the test.
export async function serverFor(t, options) {
    const server = await Server.start(options);
    t.after(() => server.remove());
    return server;
}

export async function connect(t, server, options) {
    const rpc = await Rpc.connect(server.url, options);
    t.after(() => rpc.close());
    return rpc;
}

export const ticketOf = (link) => new URL(link).hash.slice("#t=".length);

export async function signIn(t, server, { login, password } = server.people().login) {
    const rpc = await connect(t, server);
    return Object.assign(rpc, await rpc.call("officer.sign_in", { login, password }));
}

export async function redeem(t, server, link = server.people().applicant, device = "d".repeat(43)) {
    const rpc = await connect(t, server);
    return Object.assign(rpc, await rpc.call("ticket.redeem", { ticket: ticketOf(link), device }));
}

// Rejects with nothing but the error that is expected.
export async function refusedAs(promise, code) {
    const error = await promise.then(
        (result) => assert.fail(`not refused: ${JSON.stringify(result)}`),
        (reason) => reason,
    );
    assert.equal(error.data?.code, code, error.message);
    assert.match(error.message, /\w+ .*\w/, "a sentence says what was wrong");
    return error;
}

export class Call {
    // As far as "in_call", nobody's media joined yet.
    static async start(t, server) {
        const call = new Call();
        call.t = t;
        call.applicant = await redeem(t, server);
        call.officer = await signIn(t, server);
        call.id = call.applicant.interview.id;
        await call.applicant.call("interview.ready");
        await call.officer.call("call.start", { interview_id: call.id });
        const { parties } = await call.applicant.call("call.accept");
        call.applicantId = parties.find((party) => party.role === "applicant").id;
        return call;
    }

    // With media both ways.
    static async running(t, server, options = {}) {
        const call = await Call.start(t, server);
        call.peers = {
            applicant: await call.join(call.applicant, { slots: 3, ...options }),
            officer: await call.join(call.officer, { slots: 3, ...options }),
        };
        await call.flows();
        return call;
    }

    // `who` comes with the interview for officers and without for a party.
    params(who, rest = {}) {
        return who === this.officer || who.officer ? { interview_id: this.id, ...rest } : rest;
    }

    async join(who, options) {
        const peer = await Synthetic.start(options);
        this.t.after(() => peer.stop());
        const { sdp } = await who.call("media.join", this.params(who, { sdp: peer.offer }));
        peer.answer(sdp);
        await peer.reaches("connected");
        return peer;
    }

    async stats() {
        const [applicant, officer] = await Promise.all([this.peers.applicant.stats(), this.peers.officer.stats()]);
        return { applicant, officer };
    }

    // Both see and hear `more` packets and whole frames on top of what `since` says.
    async flows({ since, more = 10 } = {}) {
        return until("media flows both ways", async () => {
            const now = await this.stats();
            const grew = ["applicant", "officer"].every((who) =>
                ["audio", "video"].every((kind) => {
                    const before = since?.[who].received[kind][0];
                    return now[who].received[kind][0].frames - (before?.frames ?? 0) >= more;
                }),
            );
            return grew && now;
        });
    }

    // Runs `action` beside the call and shows that the call did not notice: everything arrives, nothing twice, nothing
    // altered, nothing that was not meant for it. Of the kinds in `exceptLost` something may be missing.
    async undisturbedBy(action, { exceptLost = [] } = {}) {
        const since = await this.flows({ since: await this.stats() });
        await action();
        const now = await this.flows({ since });
        for (const who of ["applicant", "officer"]) {
            assert.equal(now[who].state, "connected");
            for (const counter of ["refused", "unknown"]) assert.equal(now[who][counter], since[who][counter], `${who}: ${counter}`);
            for (const kind of ["audio", "video"]) {
                const [before, after] = [since[who].received[kind][0], now[who].received[kind][0]];
                const counters = exceptLost.includes(kind) ? ["corrupt"] : ["lost", "corrupt"];
                for (const counter of counters) assert.equal(after[counter], before[counter], `${who}: ${kind} ${counter}`);
            }
        }
        return { since, now };
    }
}
