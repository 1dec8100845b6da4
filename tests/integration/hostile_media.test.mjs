// What strangers, and parties gone bad, can send to the media port while others talk.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call, connect, refusedAs, serverFor } from "./support/call.mjs";
import { Synthetic } from "./support/synthetic.mjs";

async function media(server) {
    const text = await (await fetch(`${server.url}/v1/metrics`)).text();
    const refused = {};
    for (const [, cause, value] of text.matchAll(/^viva_media_refused_total\{cause="(\w+)"\} (\d+)$/gm)) refused[cause] = Number(value);
    return refused;
}

test("datagrams of an attacker change nothing", async (t) => {
    const server = await serverFor(t);
    const call = await Call.running(t, server);
    const attacks = ["wrong-integrity", "dtls-elsewhere", "unkeyed", "replay", "garbage", "forged-ssrc"];
    for (const attack of attacks) {
        await t.test(attack, async (t) => {
            const before = await media(server);
            await call.undisturbedBy(async () => {
                const sent = await call.peers.applicant.attack(attack);
                assert.ok(sent >= 30, `${sent} datagrams sent`);
                t.diagnostic(`${sent} datagrams sent`);
            });
            const after = await media(server);
            if (attack !== "forged-ssrc") assert.ok(Object.keys(after).some((cause) => after[cause] > before[cause]), "counted as refused");
            const { elsewhere_replies: replies } = await call.peers.applicant.stats();
            assert.equal(replies, 0, "a stranger gets no answer");
        });
    }
    await t.test("truncated", async () => {
        // They carry the sender's own sequence numbers and keys: its picture may suffer, nobody else's.
        const since = await call.stats();
        await call.peers.applicant.attack("truncated");
        const now = await call.flows({ since });
        const [before, after] = [since.applicant.received.video[0], now.applicant.received.video[0]];
        assert.deepEqual([after.lost, after.corrupt], [before.lost, before.corrupt]);
        assert.equal(now.officer.received.video[0].corrupt, 0);
        assert.equal(now.officer.received.audio[0].lost, 0);
    });
    assert.equal((await fetch(`${server.url}/v1/health`)).status, 200);
});

test("a certificate that is not the one of the SDP ends in no media", async (t) => {
    const server = await serverFor(t);
    const call = await Call.start(t, server);
    const peer = await Synthetic.start({ slots: 1 });
    t.after(() => peer.stop());
    const wrong = Array.from({ length: 32 }, (_, i) => i.toString(16).padStart(2, "0").toUpperCase()).join(":");
    const sdp = peer.offer.replace(/(a=fingerprint:sha-256 )[0-9A-F:]+/g, `$1${wrong}`);
    peer.answer((await call.applicant.call("media.join", { sdp })).sdp);
    const closed = await call.applicant.notified("media.closed");
    assert.equal(closed.params.reason, "fingerprint");
    const stats = await peer.stats();
    assert.equal(stats.received.video[0].packets + stats.received.audio[0].packets, 0);
});

test("a network change and an ICE restart keep the call", async (t) => {
    const server = await serverFor(t);
    const call = await Call.running(t, server);
    // What is on its way to the old port is lost, and audio is not sent again: that much is noticed.
    await t.test("roaming to another port", () =>
        call.undisturbedBy(async () => call.peers.applicant.command("roam"), { exceptLost: ["audio"] }),
    );
    await t.test("an ICE restart", () =>
        call.undisturbedBy(async () => {
            const sdp = await call.peers.officer.restartIce();
            const answer = await call.officer.call("media.restart", call.params(call.officer, { sdp }));
            call.peers.officer.answer(answer.sdp);
        }),
    );
    await t.test("a restart with another certificate is refused", async () => {
        const stranger = await Synthetic.start({ slots: 3 });
        t.after(() => stranger.stop());
        await call.undisturbedBy(() => refusedAs(call.applicant.call("media.restart", { sdp: stranger.offer }), "sdp_refused"));
    });
});

test("nobody who is not in the call reaches its media", async (t) => {
    const server = await serverFor(t);
    const call = await Call.running(t, server);
    const stranger = await connect(t, server);
    await call.undisturbedBy(async () => {
        await refusedAs(stranger.call("media.join", { interview_id: call.id, sdp: call.peers.applicant.offer }), "not_signed_in");
    });
});
