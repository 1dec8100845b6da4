// Pictures on their way to a face check: what is taken, what is refused, and with which code and status.
import assert from "node:assert/strict";
import net from "node:net";
import { test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { connect, redeem, signIn } from "./support/call.mjs";
import { drawnJpeg, FaceCheck, fileServer, sharedFile, withoutPictures } from "./support/facecheck.mjs";
import { exchange, statusOf } from "./support/raw.mjs";

const shared = fileServer({ facecheck: { upload_timeout_s: 5 }, http: { request_timeout_s: 2 }, limit: { facecheck_burst: 100, facecheck_per_min: 1 } });
const codeOf = ({ status, body }) => `${status} ${body.error?.code}`;
const MiB = 1 << 20;

const head = (check, headers, slot = "portrait") =>
    `PUT /v1/facechecks/${check.id}/${slot} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${check.token}\r\n${headers.map((line) => `${line}\r\n`).join("")}\r\n`;

test("pictures that cannot be used are refused with their own code, and nothing is stored", async (t) => {
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    const drawn = drawnJpeg();
    const cases = [
        ["nobody is in it", drawn, "422 no_face"],
        ["a PNG", Buffer.concat([Buffer.from("89504e470d0a1a0a", "hex"), Buffer.alloc(500)]), "415 wrong_type"],
        ["text", Buffer.from("hello, this is no picture at all"), "415 wrong_type"],
        ["cut short", drawn.subarray(0, drawn.length / 2), "422 truncated"],
        ["over 5 MiB", Buffer.alloc(5 * MiB + 1, 1), "413 file_too_large"],
        ["no bytes", Buffer.alloc(0), "422 empty"],
    ];
    for (const [name, bytes, expected] of cases) {
        await t.test(name, async () => {
            const reply = await check.put("portrait", bytes);
            assert.equal(codeOf(reply), expected, reply.body.error?.message);
            assert.match(reply.body.error.message, /\w+ \w+/);
        });
    }
    assert.equal(codeOf(await check.put("page", drawn)), "422 no_document");
    assert.deepEqual((await check.view()).materials, { portrait: null, page: null });
    assert.equal(codeOf(await check.get("portrait")), "404 not_found");
});

test("who may not is told so before a byte of the body is read", async (t) => {
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    const other = await FaceCheck.start(t, server);
    const party = await redeem(t, server);
    const officer = await signIn(t, server);
    const elsewhere = await signIn(t, server, { login: "lin", password: "demo-stockholm" });
    const big = Buffer.alloc(4 * MiB, 7);
    for (const [who, token, expected] of [
        ["nobody", null, "401 not_signed_in"],
        ["a made-up session", "A".repeat(43), "401 session_expired"],
        ["another applicant", other.token, "404 not_found"],
        ["a party of an interview", party.token, "403 forbidden"],
        ["an officer", officer.token, "403 forbidden"],
    ])
        await t.test(who, async () => assert.equal(codeOf(await check.put("portrait", big, { token })), expected));
    for (const [who, token, expected] of [
        ["nobody", null, "401 not_signed_in"],
        ["another applicant", other.token, "404 not_found"],
        ["a party of an interview", party.token, "403 forbidden"],
        ["an officer of another mission", elsewhere.token, "404 not_found"],
    ])
        for (const what of ["portrait", "page", "page-portrait", "tries/abc/frame"])
            await t.test(`${who} reads ${what}`, async () => assert.equal(codeOf(await check.get(what, { token })), expected));
    assert.equal(codeOf(await check.get("page-portrait")), "403 forbidden", "the applicant does not see what was cut out");
    assert.equal(codeOf(await check.get("tries/abc/frame")), "403 forbidden");
    assert.equal(codeOf(await check.get("tries/abc/frame", { token: officer.token })), "404 not_found");
    assert.equal(codeOf(await check.delete("portrait", { token: officer.token })), "403 forbidden");
    assert.equal(codeOf(await check.delete("portrait")), "404 not_found");
});

test("requests that are not as they should be", async (t) => {
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    const body = Buffer.alloc(1000, 1).toString("latin1");
    const cases = [
        ["no length", head(check, []), 411],
        ["chunked", head(check, ["Transfer-Encoding: chunked"]) + `3e8\r\n${body}\r\n0\r\n\r\n`, 411],
        ["chunked and a length", head(check, ["Content-Length: 1000", "Transfer-Encoding: chunked"]) + body, 411],
        ["5 MiB and one byte announced, none sent", head(check, [`Content-Length: ${5 * MiB + 1}`]), 413],
        ["a length of 30 digits", head(check, [`Content-Length: ${"9".repeat(30)}`]), 411],
        ["a length below zero", head(check, ["Content-Length: -1"]), 411],
        ["another method", `POST /v1/facechecks/${check.id}/portrait HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`, 405],
        ["nothing is put there", `PUT /v1/facechecks/${check.id}/page-portrait HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`, 405],
        ["no such slot", `PUT /v1/facechecks/${check.id}/selfie HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n`, 405],
        ["out of the folder", `GET /v1/facechecks/../portrait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 404],
    ];
    for (const [name, bytes, status] of cases)
        await t.test(name, async () => {
            const started = Date.now();
            const reply = await exchange(server, Buffer.from(bytes, "latin1"), { quietMs: 4000 });
            assert.equal(statusOf(reply), status, reply.slice(0, 300));
            t.diagnostic(`${Date.now() - started} ms`);
        });
    assert.equal((await fetch(`${server.url}/v1/health`)).status, 200);
    assert.equal((await check.put("portrait", drawnJpeg())).status, 422, "the next one is looked at");
});

test("an upload that is broken off or too slow leaves nothing and makes way", async (t) => {
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    const { hostname, port } = new URL(server.url);
    const open = (bytes) =>
        new Promise((resolve) => {
            const socket = net.connect(Number(port), hostname, () => socket.write(bytes, () => resolve(socket)));
            socket.on("error", () => {});
        });
    const half = drawnJpeg().subarray(0, 1000);
    const broken = await open(Buffer.concat([Buffer.from(head(check, ["Content-Length: 100000"])), half]));
    await until("the first is on its way", async () => codeOf(await check.put("portrait", drawnJpeg())) === "503 busy");
    const refused = await check.put("page", drawnJpeg());
    assert.equal(codeOf(refused), "503 busy");
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
    broken.destroy();
    await until("its place is free", async () => codeOf(await check.put("portrait", drawnJpeg())) === "422 no_face");

    const silent = await open(Buffer.concat([Buffer.from(head(check, ["Content-Length: 100000"])), half]));
    const other = await FaceCheck.start(t, server);
    const dripping = await open(Buffer.concat([Buffer.from(head(other, ["Content-Length: 100000"])), half]));
    const refusedOne = await open(Buffer.concat([Buffer.from(head(other, ["Content-Length: 5300000"])), half]));
    const drip = setInterval(() => [dripping, refusedOne].forEach((socket) => socket.writable && socket.write("x")), 200);
    t.after(() => clearInterval(drip));
    const still = new Set(Object.entries({ silent, dripping, refusedOne }));
    for (const one of still) one[1].on("close", () => still.delete(one)).resume();
    await until(`${[...still].map(([name]) => name)} are cut off`, () => still.size === 0);
    clearInterval(drip);
    await until("there is a place again", async () => codeOf(await check.put("portrait", drawnJpeg())) === "422 no_face");
    assert.deepEqual((await check.view()).materials, { portrait: null, page: null });
});

test("one face check cannot keep vision busy", async (t) => {
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    const picture = Buffer.from("no picture");
    let limited;
    for (let i = 0; i < 110 && limited?.status !== 429; i++) {
        limited = await check.put("portrait", picture);
        assert.ok([415, 429].includes(limited.status), codeOf(limited));
    }
    assert.equal(codeOf(limited), "429 rate_limited");
    assert.ok(Number(limited.headers.get("retry-after")) > 0);
    const other = await FaceCheck.start(t, server);
    assert.equal((await other.put("portrait", picture)).status, 415, "others are served");
});

test("a real portrait and page are looked at, stored, shown, replaced and taken back", async (t) => {
    if (withoutPictures(t)) return;
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    const { portrait, page } = await check.submit();
    assert.equal(portrait.status, 200, JSON.stringify(portrait.body));
    assert.equal(page.status, 200, JSON.stringify(page.body));
    for (const { body } of [portrait, page]) {
        assert.ok(body.usable, JSON.stringify(body));
        assert.ok(body.width > 0 && body.height > 0 && body.bytes > 0 && body.checks.length > 0);
        assert.equal(body.report, undefined, "reports are for officers");
    }
    assert.ok(page.body.checks.find(({ check }) => check === "mrz_valid").passed);
    const whole = await check.officer.call("facecheck.get", { facecheck_id: check.id });
    assert.ok(whole.materials.page.report.mrz.valid);
    assert.ok(whole.comparison.pairs.length > 0 && whole.fields);
    const own = sharedFile("faces/img3.jpg");
    assert.deepEqual((await check.get("portrait")).body, own);
    assert.deepEqual((await check.get("portrait", { token: check.officer.token })).body, own);
    const cut = await check.get("page-portrait", { token: check.officer.token });
    assert.equal(cut.status, 200);
    assert.equal(cut.body.readUInt16BE(0), 0xffd8);
    const other = sharedFile("faces/img12.jpg");
    assert.equal((await check.put("portrait", other)).status, 200);
    assert.deepEqual((await check.get("portrait")).body, other);
    assert.deepEqual((await check.delete("portrait")).body, {});
    assert.equal((await check.get("portrait")).status, 404);
    assert.equal((await check.view()).materials.portrait, null);
    const stranger = await connect(t, server);
    assert.deepEqual(stranger.notifications, []);
});
