// What can be done to the HTTP port while others talk.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import net from "node:net";
import { test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { Call, serverFor } from "./support/call.mjs";
import { exchange, RawSocket, statusOf } from "./support/raw.mjs";

const residentKib = (server) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${server.process.pid}/status`, "utf8"))[1]);

test("requests that are wrong", async (t) => {
    const server = await serverFor(t);
    const call = await Call.running(t, server);
    const paths = [
        "/../../../../etc/passwd",
        "/..%2f..%2f..%2fetc/passwd",
        "/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/assets/../../viva.conf",
        "/officer/..%5c..%5cmaster.key",
        "/.%00./etc/passwd",
        "//etc/passwd",
        "/v1/captures/../../master.key",
        "/v1/captures/%2e%2e%2fmaster.key",
    ];
    for (const path of paths) {
        await t.test(`path traversal ${path}`, () =>
            call.undisturbedBy(async () => {
                const reply = await exchange(server, `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
                assert.ok(!reply.includes("root:"), reply.slice(0, 200));
                assert.ok(reply === "" || statusOf(reply) >= 400 || reply.includes("<!doctype html>"), reply.slice(0, 200));
            }),
        );
    }
    const requests = {
        "a body without a length": ["POST /v1/health HTTP/1.1\r\nHost: x\r\n\r\n", [411]],
        "a body of unknown length, chunked": ["POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", [400, 405, 411]],
        "a method that nobody serves": ["DELETE /v1/captures/x HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n", [400, 403, 405]],
        "a length that is no number": ["POST / HTTP/1.1\r\nHost: x\r\nContent-Length: banana\r\n\r\n", [400, 403, 405, 411]],
        "a capture without a session": ["GET /v1/captures/abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", [401, 403]],
        "a capture with a made-up session": [`GET /v1/captures/abc HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${"A".repeat(43)}\r\nConnection: close\r\n\r\n`, [401, 403]],
        "an Upgrade to something else": ["GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", null],
        "an Upgrade of 5,000 characters": [`GET /v1/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: ${"websocket, ".repeat(450)}\r\n\r\n`, null],
        "a header of 100 KiB": [`GET / HTTP/1.1\r\nHost: x\r\nX: ${"y".repeat(100_000)}\r\n\r\n`, null],
        "no HTTP at all": ["\u0016\u0003\u0001\u0002\u0000\u0001\u0000garbage\r\n\r\n", null],
    };
    for (const [name, [bytes, statuses]] of Object.entries(requests)) {
        await t.test(name, () =>
            call.undisturbedBy(async () => {
                const reply = await exchange(server, bytes);
                const status = statusOf(reply);
                if (statuses) assert.ok(statuses.includes(status), reply.slice(0, 300));
                else assert.ok(reply === "" || status >= 400, reply.slice(0, 300));
            }),
        );
    }
    await t.test("a page of another origin cannot open a WebSocket", (t) =>
        assert.rejects(RawSocket.open(t, server.url, { origin: "https://evil.example" })),
    );
    await t.test("nor one without our subprotocol", (t) => assert.rejects(RawSocket.open(t, server.url, { protocol: "other" })));
    assert.equal((await fetch(`${server.url}/v1/health`)).status, 200);
});

test("a slow loris is cut off and blocks nobody", async (t) => {
    const server = await serverFor(t, { settings: { http: { request_timeout_s: 2 } } });
    const call = await Call.running(t, server);
    const { hostname, port } = new URL(server.url);
    await call.undisturbedBy(async () => {
        let open = 100;
        const sockets = Array.from({ length: open }, () => {
            const socket = net.connect(Number(port), hostname, () => socket.write("GET / HTTP/1.1\r\nHost: x\r\n"));
            return socket.on("close", () => open--).on("error", () => {});
        });
        const drip = setInterval(() => sockets.forEach((socket) => socket.writable && socket.write("X-A: b\r\n")), 300);
        t.after(() => clearInterval(drip));
        const started = Date.now();
        assert.equal((await fetch(`${server.url}/v1/health`)).status, 200);
        assert.ok(Date.now() - started < 1500, "others are served meanwhile");
        await until("every one is cut off", () => open === 0, { timeoutMs: 15_000 });
        clearInterval(drip);
    });
});

test("500 idle WebSockets", async (t) => {
    const server = await serverFor(t);
    const call = await Call.running(t, server);
    const before = residentKib(server);
    await call.undisturbedBy(async () => {
        const sockets = [];
        for (let i = 0; i < 500; i += 25) sockets.push(...(await Promise.all(Array.from({ length: 25 }, () => RawSocket.open(t, server.url)))));
        const each = (residentKib(server) - before) / sockets.length;
        t.diagnostic(`${each.toFixed(1)} KiB each`);
        assert.ok(each < 64, `${each} KiB each`);
        const replies = await Promise.all(sockets.map((raw) => raw.ask('{"jsonrpc":"2.0","id":1,"method":"server.hello"}')));
        assert.ok(replies.every((reply) => reply.result.name === "viva"));
        sockets.forEach((raw) => raw.socket.terminate());
    });
});

test("one address cannot take every connection", async (t) => {
    const server = await serverFor(t, { settings: { http: { connections_per_address_max: 20 } } });
    const opened = await Promise.allSettled(Array.from({ length: 40 }, () => RawSocket.open(t, server.url)));
    const count = opened.filter(({ status }) => status === "fulfilled").length;
    assert.ok(count > 0 && count <= 20, `${count} opened`);
});
