// What a client can get wrong in JSON-RPC: each gets its error, the connection and everybody's call go on.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Call, connect, redeem, refusedAs, serverFor, signIn } from "./support/call.mjs";
import { RawSocket } from "./support/raw.mjs";

const messages = [
    ["no JSON", "hello", -32700, "parse_error"],
    ["cut off JSON", '{"jsonrpc":"2.0","id":1,"method":"server.hello"', -32700, "parse_error"],
    ["two values", '{"jsonrpc":"2.0","id":1,"method":"server.hello"} 7', -32700, "parse_error"],
    ["the same key twice", '{"jsonrpc":"2.0","id":1,"id":2,"method":"server.hello"}', -32700, "parse_error"],
    ["a very deep array", "[".repeat(50_000), -32700, "parse_error"],
    ["a number beyond all bounds", '{"jsonrpc":"2.0","id":1e999,"method":"server.hello"}', -32700, "parse_error"],
    ["a batch", '[{"jsonrpc":"2.0","id":1,"method":"server.hello"}]', -32600, "invalid_request"],
    ["a number for a message", "7", [-32600, -32700]],
    ["the wrong version", '{"jsonrpc":"1.0","id":1,"method":"server.hello"}', -32600, "invalid_request"],
    ["an object as id", '{"jsonrpc":"2.0","id":{},"method":"server.hello"}', -32600, "invalid_request"],
    ["no method", '{"jsonrpc":"2.0","id":1}', -32600, "invalid_request"],
    ["a number as method", '{"jsonrpc":"2.0","id":1,"method":7}', -32600, "invalid_request"],
    ["an unknown method", '{"jsonrpc":"2.0","id":1,"method":"server.shutdown"}', -32601, "method_not_found"],
    ["parameters by position", '{"jsonrpc":"2.0","id":1,"method":"server.hello","params":[1]}', -32602, "invalid_params"],
    ["a parameter nobody knows", '{"jsonrpc":"2.0","id":1,"method":"server.hello","params":{"x":1}}', -32602, "invalid_params"],
    ["a missing parameter", '{"jsonrpc":"2.0","id":1,"method":"officer.sign_in","params":{"login":"a"}}', -32602, "invalid_params"],
    ["a number for a text", '{"jsonrpc":"2.0","id":1,"method":"ticket.redeem","params":{"ticket":7}}', -32602, "invalid_params"],
    ["a text that is too long", `{"jsonrpc":"2.0","id":1,"method":"ticket.redeem","params":{"ticket":"${"x".repeat(5000)}"}}`, -32602, "invalid_params"],
];

test("messages that are wrong", async (t) => {
    const server = await serverFor(t);
    const call = await Call.running(t, server);
    for (const [name, text, codes, word] of messages) {
        await t.test(name, async (t) => {
            await call.undisturbedBy(async () => {
                const raw = await RawSocket.open(t, server.url);
                const { error } = await raw.ask(text);
                assert.ok([codes].flat().includes(error.code), JSON.stringify(error));
                if (word) assert.equal(error.data.code, word);
                assert.ok(error.message.length > 10 && error.message.length < 500, error.message);
                const alive = await raw.ask('{"jsonrpc":"2.0","id":2,"method":"server.hello"}');
                assert.equal(alive.result.name, "viva", "the connection goes on");
            });
        });
    }
    await t.test("a message that is too long closes its connection with 1009", async (t) => {
        await call.undisturbedBy(async () => {
            const raw = await RawSocket.open(t, server.url);
            raw.socket.send(`{"jsonrpc":"2.0","id":1,"method":"server.hello","params":{"x":"${"y".repeat(300_000)}"}}`);
            assert.equal(await raw.closed, 1009);
        });
    });
    await t.test("one malformed message after the other closes the connection with 1008", async (t) => {
        await call.undisturbedBy(async () => {
            const raw = await RawSocket.open(t, server.url);
            for (let i = 0; i < 25; i++) raw.socket.send("{");
            assert.equal(await raw.closed, 1008);
        });
    });
    await t.test("binary messages and notifications are survived", async (t) => {
        await call.undisturbedBy(async () => {
            const raw = await RawSocket.open(t, server.url);
            raw.socket.send('{"jsonrpc":"2.0","method":"call.end","params":{"interview_id":"x"}}');
            const alive = await raw.ask('{"jsonrpc":"2.0","id":2,"method":"server.hello"}');
            assert.equal(alive.id, 2);
            raw.socket.send(Buffer.from([0, 1, 2, 255]));
            const fresh = await RawSocket.open(t, server.url);
            assert.equal((await fresh.ask('{"jsonrpc":"2.0","id":3,"method":"server.hello"}')).id, 3);
        });
    });
});

test("calls that are not for the caller", async (t) => {
    const server = await serverFor(t);
    const people = server.people();
    const call = await Call.running(t, server);
    const stranger = await connect(t, server);
    const guardian = await redeem(t, server, people.guardian, "g".repeat(43));
    const other = await signIn(t, server, { login: "lin", password: "demo-stockholm" });

    await t.test("no session", () => refusedAs(stranger.call("interview.list"), "not_signed_in"));
    await t.test("a party calls an officer's method", async () => {
        await refusedAs(call.applicant.call("interview.list"), "forbidden");
        await refusedAs(call.applicant.call("capture.take", { interview_id: call.id, party_id: call.applicantId, kind: "face" }), "forbidden");
        await refusedAs(call.applicant.call("call.end", { interview_id: call.id, outcome: "identity_confirmed", reason: "" }), "forbidden");
    });
    await t.test("an officer calls a party's method", () => refusedAs(call.officer.call("call.accept"), "forbidden"));
    await t.test("a party names another interview", async () => {
        const error = await guardian.call("interview.get", { interview_id: call.id }).then((view) => view, (reason) => reason);
        assert.notEqual(error.id, call.id, "it sees its own, or an error");
    });
    await t.test("an officer of another mission", async () => {
        for (const [method, more] of Object.entries({
            "interview.get": {},
            "note.list": {},
            "note.add": { text: "x" },
            "capture.list": {},
            "capture.take": { party_id: call.applicantId, kind: "face" },
            "call.abort": { reason: "x" },
            "media.join": { sdp: call.peers.officer.offer },
        }))
            await refusedAs(other.call(method, { interview_id: call.id, ...more }), "not_found");
    });
    await t.test("an interview that does not exist", () => refusedAs(call.officer.call("interview.get", { interview_id: "x".repeat(26) }), "not_found"));
    await t.test("a session that has ended", async () => {
        const { token } = guardian;
        await guardian.call("session.end");
        await refusedAs(guardian.call("interview.get"), "not_signed_in");
        await refusedAs(stranger.call("session.resume", { token }), "session_expired");
    });
    await call.undisturbedBy(async () => {});
});

test("wrong passwords are slowed down, for that login alone", async (t) => {
    const server = await serverFor(t, { settings: { limit: { sign_in_burst: 3, sign_in_per_min: 1 } } });
    const { login } = server.people();
    const rpc = await connect(t, server);
    for (let i = 0; i < 3; i++) await refusedAs(rpc.call("officer.sign_in", { ...login, password: "wrong" }), "bad_credentials");
    const { data } = await refusedAs(rpc.call("officer.sign_in", { ...login, password: "wrong" }), "rate_limited");
    assert.ok(data.retry_after_ms > 0);
});
