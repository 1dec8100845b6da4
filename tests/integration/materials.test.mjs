// Pictures of orders on their way in: what is taken, and how an upload that broke off goes on.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import net from "node:net";
import path from "node:path";
import { test } from "node:test";
import jpeg from "jpeg-js";
import { until } from "../e2e/support/wait.mjs";
import { signIn } from "./support/call.mjs";
import { drawnJpeg, fileServer } from "./support/facecheck.mjs";
import { details, firstIssue, Order, signInHolder } from "./support/orders.mjs";

const shared = fileServer({ facecheck: { upload_timeout_s: 5 }, limit: { facecheck_burst: 50, facecheck_per_min: 1 } });
const picture = drawnJpeg(1200, 900);
const codeOf = ({ status, body }) => `${status} ${body.error?.code}`;
const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const progress = async (order, slot = "address") => (await order.request("GET", `${slot}/upload`)).body;

// A request of which only the head and these bytes are sent; resolves with the socket, for it to be cut.
function broken(order, slot, bytes, length, headers = []) {
    const { hostname, port } = new URL(order.server.url);
    const head = [
        `PUT /v1/orders/${order.id}/materials/${slot} HTTP/1.1`,
        "Host: x",
        `Authorization: Bearer ${order.holder.token}`,
        `Content-Length: ${length}`,
        ...headers,
    ];
    return new Promise((resolve) => {
        const socket = net.connect(Number(port), hostname, () => socket.write(Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`), bytes]), () => resolve(socket)));
        socket.on("error", () => {});
    });
}

test("a picture is put, looked at, shown small, replaced and taken back", async (t) => {
    const order = await Order.draft(t, shared.server, { fields: firstIssue() });
    const { status, body } = await order.put("address", picture);
    assert.equal(status, 200);
    assert.deepEqual({ ...body, uploaded_at: null }, { slot: "address", needed: true, uploaded_at: null, width: 1200, height: 900, file_bytes: picture.length });
    await order.holder.notified("order.changed", ({ order: { materials } }) => materials.some(({ slot, width }) => slot === "address" && width === 1200));
    assert.deepEqual((await order.request("GET", "address")).body, picture);
    const small = await order.request("GET", "address?width=320");
    assert.equal(small.headers.get("content-type"), "image/jpeg");
    const { width, height } = jpeg.decode(small.body);
    assert.deepEqual([width, height], [320, 240]);
    const head = await order.request("HEAD", "address");
    assert.deepEqual([head.status, head.headers.get("content-length")], [200, String(picture.length)]);

    const narrow = drawnJpeg(200, 400);
    assert.equal((await order.put("address", narrow)).status, 200);
    assert.deepEqual((await order.request("GET", "address")).body, narrow);
    assert.equal(jpeg.decode((await order.request("GET", "address?width=320")).body).width, 200);
    assert.equal((await order.request("DELETE", "address")).status, 200);
    assert.equal(codeOf(await order.request("GET", "address?width=320")), "404 not_found");
});

test("what is no picture is refused with its own code, and nothing is stored", async (t) => {
    const order = await Order.draft(t, shared.server, { fields: firstIssue() });
    const cases = [
        ["a PNG", Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(500)]), "415 wrong_type"],
        ["text", Buffer.from("hello, this is no picture at all"), "415 wrong_type"],
        ["cut short", picture.subarray(0, picture.length / 2), "422 truncated"],
        ["over 5 MiB", Buffer.alloc(5 * (1 << 20) + 1, 1), "413 file_too_large"],
    ];
    for (const [name, bytes, expected] of cases) await t.test(name, async () => assert.equal(codeOf(await order.put("address", bytes)), expected));
    assert.deepEqual((await order.refresh()).materials.filter(({ uploaded_at }) => uploaded_at), []);
    assert.deepEqual(await progress(order), { offset: 0, length: null, sha256: null }, "what was refused does not wait");
});

test("an order takes what fits it, and an officer sees what was submitted", async (t) => {
    const renewal = await Order.draft(t, shared.server, { fields: details() });
    assert.equal(codeOf(await renewal.put("portrait", picture)), "409 wrong_state", "that is in the face check");
    assert.equal(codeOf(await renewal.put("loss", picture)), "409 wrong_state");
    assert.equal((await renewal.request("PUT", "selfie", { body: picture })).status, 405);
    await renewal.putMissing(picture);
    const officer = await signIn(t, shared.server);
    assert.equal(codeOf(await renewal.request("GET", "address", { token: officer.token })), "404 not_found", "a draft is its holder's");
    await renewal.call("order.submit");
    assert.deepEqual((await renewal.request("GET", "address", { token: officer.token })).body, picture);
    const elsewhere = await signIn(t, shared.server, { login: "lin", password: "demo-stockholm" });
    assert.equal(codeOf(await renewal.request("GET", "address", { token: elsewhere.token })), "404 not_found");
    assert.equal(codeOf(await renewal.put("address", picture)), "409 wrong_state");
});

test("an upload that broke off goes on from where it was", async (t) => {
    const order = await Order.draft(t, shared.server, { fields: firstIssue() });
    const socket = await broken(order, "address", picture.subarray(0, 20000), picture.length);
    await until("some of it has come", async () => (await progress(order)).offset === 20000);
    socket.destroy();
    await until("it waits", async () => (await order.put("address", picture.subarray(0, 10), { headers: { "content-range": `bytes 19999-20008/${picture.length}` } })).status === 409);
    assert.deepEqual(await progress(order), { offset: 20000, length: picture.length, sha256: sha256(picture.subarray(0, 20000)) });
    const asked = await order.request("HEAD", "address/upload");
    assert.equal(asked.headers.get("upload-offset"), "20000");
    const part = await order.putPart("address", picture, 20000, 30000);
    assert.deepEqual([part.status, part.body.offset, part.headers.get("upload-offset")], [202, 30000, "30000"]);
    const last = await order.putPart("address", picture, 30000, picture.length);
    assert.equal(last.status, 200);
    assert.deepEqual((await order.request("GET", "address")).body, picture);
    assert.deepEqual(await progress(order), { offset: 0, length: null, sha256: null });
});

test("who goes on need not wait for a lost connection to be noticed", async (t) => {
    const order = await Order.draft(t, shared.server, { fields: firstIssue() });
    const silent = await broken(order, "address", picture.subarray(0, 5000), picture.length);
    await until("some of it has come", async () => (await progress(order)).offset === 5000);
    const cut = new Promise((resolve) => silent.once("close", resolve));
    assert.equal((await order.putPart("address", picture, 5000, picture.length)).status, 200);
    silent.write(picture.subarray(5000, 6000));
    await cut;
    assert.deepEqual((await order.request("GET", "address")).body, picture);
});

test("parts that do not fit together are refused, and a new beginning is one", async (t) => {
    const order = await Order.draft(t, shared.server, { fields: firstIssue() });
    assert.equal(codeOf(await order.putPart("address", picture, 100, 200)), "409 conflict", "nothing has come before it");
    assert.equal((await order.putPart("address", picture, 0, 1000)).status, 202);
    assert.equal(codeOf(await order.putPart("address", picture, 1000, 2000, { total: picture.length + 1 })), "409 conflict", "of another picture");
    assert.equal(codeOf(await order.putPart("address", picture, 900, 2000)), "409 conflict", "some of it twice");
    assert.equal((await progress(order)).offset, 1000);
    for (const range of ["bytes 0-9/10", "bytes 5-4/1000", "bytes 0-9999/6000000", "items 0-999/2000", "bytes 0-999", "bytes 0-999/*"])
        await t.test(range, async () => assert.equal(codeOf(await order.put("address", picture.subarray(0, 1000), { headers: { "content-range": range } })), "416 bad_range"));
    assert.equal((await order.putPart("address", picture, 0, 10)).status, 202, "from the beginning");
    assert.equal((await progress(order)).offset, 10);
    assert.equal((await order.put("address", picture)).status, 200);
    const other = await signInHolder(t, shared.server);
    assert.equal(codeOf(await order.request("GET", "address/upload", { token: other.token })), "404 not_found");
});

test("slots go side by side; one at a time for each", async (t) => {
    const order = await Order.draft(t, shared.server, { fields: firstIssue() });
    const silent = await broken(order, "address", picture.subarray(0, 5000), picture.length);
    await until("it is on its way", async () => (await progress(order)).offset === 5000);
    assert.equal(codeOf(await order.put("address", picture)), "503 busy");
    assert.equal((await order.put("portrait", picture)).status, 200);
    silent.destroy();
});

test("nothing of a picture lies open on the disk, whole or in part", async (t) => {
    const { server } = shared;
    const order = await Order.draft(t, server, { fields: firstIssue() });
    assert.equal((await order.put("address", picture)).status, 200);
    assert.equal((await order.putPart("portrait", picture, 0, 40000)).status, 202);
    const needle = picture.subarray(3000, 3064);
    const look = (folder) => {
        for (const entry of readdirSync(folder, { withFileTypes: true })) {
            const file = path.join(folder, entry.name);
            if (entry.isDirectory()) look(file);
            else assert.equal(readFileSync(file).indexOf(needle), -1, file);
        }
    };
    look(server.folder);
});

test("uploads of one order are limited", async (t) => {
    const order = await Order.draft(t, shared.server, { fields: firstIssue() });
    let reply;
    for (let i = 0; i < 60; i++) {
        reply = await order.put("other", Buffer.from("no picture"));
        if (reply.status === 429) break;
    }
    assert.equal(codeOf(reply), "429 rate_limited");
});
