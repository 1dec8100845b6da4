// Offers that cannot be used: each is refused with a sentence, and a call beside it goes on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { Call, redeem, refusedAs, serverFor } from "./support/call.mjs";
import { Synthetic } from "./support/synthetic.mjs";

const withoutLines = (sdp, start) =>
    sdp
        .split("\r\n")
        .filter((line) => !line.startsWith(start))
        .join("\r\n");

const manyLines = (sdp, count) => sdp.split("m=")[0] + "m=audio 9 X 0\r\n".repeat(count);

const offers = {
    "an empty text": () => "",
    "no SDP at all": () => "hello there",
    "binary garbage": () => "\u0001\u0002\u00ff".repeat(500),
    "a lone version line": () => "v=0\r\n",
    "no m-line": (sdp) => sdp.split("m=")[0],
    "no fingerprint": (sdp) => withoutLines(sdp, "a=fingerprint"),
    "a fingerprint of another hash": (sdp) => sdp.replace(/sha-256 [0-9A-F:]+/g, `sha-1 ${"AB:".repeat(19)}AB`),
    "a fingerprint that is too short": (sdp) => sdp.replace(/sha-256 [0-9A-F:]+/g, "sha-256 AB:CD"),
    "no ICE credentials": (sdp) => withoutLines(sdp, "a=ice-"),
    "no BUNDLE": (sdp) => withoutLines(sdp, "a=group"),
    "no rtcp-mux": (sdp) => withoutLines(sdp, "a=rtcp-mux"),
    "a client that wants to be passive": (sdp) => sdp.replaceAll("a=setup:actpass", "a=setup:passive"),
    "10,000 m-lines": (sdp) => manyLines(sdp, 10_000),
    "as many m-lines as 64 KiB hold": (sdp) => manyLines(sdp, 4_000),
    "17 m-lines": (sdp) => manyLines(sdp, 17),
    "only codecs that nobody speaks": (sdp) => sdp.replace(/(VP8|H264|opus)\//g, "X-$1/"),
    "a line of 60,000 characters": (sdp) => `${sdp}a=x:${"y".repeat(60_000)}\r\n`,
};

test("offers that cannot be used", async (t) => {
    const server = await serverFor(t);
    const call = await Call.running(t, server);
    const good = call.peers.applicant.offer;
    for (const [name, make] of Object.entries(offers)) {
        await t.test(name, () =>
            call.undisturbedBy(async () => {
                const sdp = make(good);
                const code = sdp.length > 0 && sdp.length <= 65_536 ? "sdp_refused" : "invalid_params";
                await refusedAs(call.applicant.call("media.join", { sdp }), code);
            }),
        );
    }
    await t.test("and a good one is still taken", async () => {
        const peer = await call.join(call.applicant, { slots: 3 });
        assert.equal((await peer.stats()).state, "connected");
    });
});

test("a client without video, and one without audio, may take part", async (t) => {
    const server = await serverFor(t);
    const call = await Call.start(t, server);
    const silent = await call.join(call.applicant, { slots: 1, "no-audio": true });
    const blind = await call.join(call.officer, { slots: 1, "no-video": true });
    call.peers = { applicant: silent, officer: blind };
    await until("each gets what the other sends", async () => {
        const { applicant, officer } = await call.stats();
        return applicant.received.audio[0].packets > 10 && officer.received.video[0].frames > 10;
    });
});

test("an offer before the call is refused as not admitted", async (t) => {
    const server = await serverFor(t);
    const applicant = await redeem(t, server);
    const peer = await Synthetic.start({ slots: 1 });
    t.after(() => peer.stop());
    await refusedAs(applicant.call("media.join", { sdp: peer.offer }), "not_admitted");
});
