// signaling/api/openapi.yaml against the running server: every address, method, status and body that it names, and none
// that it does not.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import YAML from "yaml";
import { Call, connect, signIn } from "./support/call.mjs";
import { drawnJpeg, FaceCheck, fileServer, picturesThere, sharedFile } from "./support/facecheck.mjs";
import { firstIssue, Order, signInHolder } from "./support/orders.mjs";
import { Schemas } from "./support/schema.mjs";
import { pattern } from "./support/synthetic.mjs";

const file = YAML.parse(readFileSync(new URL("../../signaling/api/openapi.yaml", import.meta.url), "utf8"));
const schemas = new Schemas(file);
const shared = fileServer();
const verbs = ["get", "put", "delete", "post", "patch"];
const seen = new Set();

const resolve = (object) => (object.$ref ? schemas.resolve(object.$ref) : object);

// One request; its status has to be described, and what comes back has to be as described.
async function ask(method, template, { values = {}, token, body, query = "", range } = {}) {
    const address = template.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "abc") + query;
    const sent = { ...(token ? { authorization: `Bearer ${token}` } : {}), ...(range ? { "content-range": range } : {}) };
    const reply = await fetch(shared.server.url + address, { method: method.toUpperCase(), body, headers: sent });
    const described = file.paths[template][method].responses[reply.status];
    const bytes = Buffer.from(await reply.arrayBuffer());
    assert.ok(described, `${method} ${address}: ${reply.status} is not described: ${bytes.subarray(0, 200)}`);
    const { content, headers = {} } = resolve(described);
    const type = reply.headers.get("content-type").split(";")[0];
    assert.ok(content[type], `${method} ${address}: ${type}`);
    for (const name of Object.keys(headers)) assert.ok(reply.headers.get(name), `${method} ${address}: ${name}`);
    if (type === "application/json") schemas.holds(content[type].schema, JSON.parse(bytes), `${method} ${address}`);
    if (type === "image/jpeg") assert.equal(bytes.readUInt16BE(0), 0xffd8);
    seen.add(`${method} ${template} ${reply.status}`);
    return { status: reply.status, bytes };
}

const slot = "/v1/facechecks/{id}/{slot}";

test("what needs a session says so, and what is not described is not done", async (t) => {
    for (const [template, operations] of Object.entries(file.paths)) {
        for (const verb of verbs) {
            await t.test(`${verb} ${template}`, async () => {
                if (operations[verb]?.security) {
                    assert.equal((await ask(verb, template, { values: { slot: "page" }, body: verb === "put" ? drawnJpeg(8, 8) : undefined })).status, 401);
                } else if (!operations[verb]) {
                    const address = template.replace("{slot}", "page").replace(/\{\w+\}/g, "abc");
                    const reply = await fetch(shared.server.url + address, { method: verb.toUpperCase() });
                    assert.ok([405, 411].includes(reply.status), `${reply.status}`);
                } else assert.equal((await ask(verb, template)).status, 200);
            });
        }
    }
});

test("pictures of a face check", async (t) => {
    const { server } = shared;
    const check = await FaceCheck.start(t, server);
    const own = { token: check.token, values: { id: check.id, slot: "portrait" } };
    const officers = { ...own, token: check.officer.token };
    const statuses = {};
    const step = async (name, expected, ...request) => assert.equal((statuses[name] = (await ask(...request)).status), expected, name);
    await step("none yet", 404, "get", slot, own);
    await step("nothing to take back", 404, "delete", slot, own);
    await step("an officer's", 403, "put", slot, { ...officers, body: drawnJpeg() });
    await step("an officer takes back", 403, "delete", slot, officers);
    await step("empty", 422, "put", slot, { ...own, body: Buffer.alloc(0) });
    await step("too large", 413, "put", slot, { ...own, body: Buffer.alloc(5 * 1024 * 1024 + 1) });
    await step("no picture", 415, "put", slot, { ...own, body: Buffer.from("no picture") });
    await step("nobody", 422, "put", slot, { ...own, body: drawnJpeg() });
    await step("no page", 422, "put", slot, { ...own, values: { id: check.id, slot: "page" }, body: drawnJpeg() });
    await step("somebody else's", 404, "put", slot, { ...own, values: { id: "abc", slot: "page" }, body: drawnJpeg() });
    await step("for officers", 403, "get", "/v1/facechecks/{id}/page-portrait", own);
    await step("for officers too", 403, "get", "/v1/facechecks/{id}/tries/{try}/frame", own);
    await step("no page yet", 404, "get", "/v1/facechecks/{id}/page-portrait", officers);
    await step("no try", 404, "get", "/v1/facechecks/{id}/tries/{try}/frame", officers);
    if (picturesThere()) {
        await step("a portrait", 200, "put", slot, { ...own, body: sharedFile("faces/img3.jpg") });
        await step("it is there", 200, "get", slot, own);
        await step("for an officer", 200, "get", slot, officers);
        await step("taken back", 200, "delete", slot, own);
        await step("a page", 200, "put", slot, { ...own, values: { id: check.id, slot: "page" }, body: sharedFile("pages/pass-uto.jpg") });
        await step("the portrait on it", 200, "get", "/v1/facechecks/{id}/page-portrait", officers);
    }
    await check.applicant.call("facecheck.skip", { reason: "accessibility" });
    await step("decided", 409, "put", slot, { ...own, body: drawnJpeg() });
    await step("decided, to take back", 409, "delete", slot, own);
});

test("materials of an order", async (t) => {
    const { server } = shared;
    const order = await Order.draft(t, server, { fields: firstIssue() });
    const officer = await signIn(t, server);
    const check = await FaceCheck.start(t, server);
    const path = "/v1/orders/{id}/materials/{slot}";
    const upload = `${path}/upload`;
    const own = { token: order.holder.token, values: { id: order.id, slot: "address" } };
    const picture = drawnJpeg();
    const step = async (name, expected, ...request) => assert.equal((await ask(...request)).status, expected, name);
    await step("none yet", 404, "get", path, own);
    await step("nothing to take back", 404, "delete", path, own);
    await step("empty", 422, "put", path, { ...own, body: Buffer.alloc(0) });
    await step("too large", 413, "put", path, { ...own, body: Buffer.alloc(5 * 1024 * 1024 + 1) });
    await step("no picture", 415, "put", path, { ...own, body: Buffer.from("no picture") });
    await step("a range that is none", 416, "put", path, { ...own, body: picture, range: "bytes 0-1/2" });
    await step("a range that is too long", 400, "put", path, { ...own, body: picture, range: `bytes ${"0".repeat(80)}-1/2` });
    await step("a part", 202, "put", path, { ...own, body: picture.subarray(0, 100), range: `bytes 0-99/${picture.length}` });
    await step("how far", 200, "get", upload, own);
    await step("a part that does not follow", 409, "put", path, { ...own, body: picture.subarray(200, 300), range: `bytes 200-299/${picture.length}` });
    await step("the rest", 200, "put", path, { ...own, body: picture.subarray(100), range: `bytes 100-${picture.length - 1}/${picture.length}` });
    await step("it is there", 200, "get", path, own);
    await step("its thumbnail", 200, "get", path, { ...own, query: "?width=320" });
    await step("another width", 400, "get", path, { ...own, query: "?width=640" });
    const others = { token: (await signInHolder(t, server)).token, values: own.values };
    for (const verb of ["get", "delete"]) await step(`another's, ${verb}`, 404, verb, path, others);
    await step("another's, put", 404, "put", path, { ...others, body: picture });
    await step("another's, how far", 404, "get", upload, others);
    const stranger = { token: check.token, values: own.values };
    for (const verb of ["get", "delete"]) await step(`no holder, ${verb}`, 403, verb, path, stranger);
    await step("no holder, put", 403, "put", path, { ...stranger, body: picture });
    await step("no holder, how far", 403, "get", upload, stranger);
    await step("taken back", 200, "delete", path, own);
    await order.putMissing(picture);
    await order.call("order.submit");
    await step("submitted, put", 409, "put", path, { ...own, body: picture });
    await step("submitted, how far", 409, "get", upload, own);
    await step("submitted, delete", 409, "delete", path, own);
    await step("for an officer", 200, "get", path, { ...own, token: officer.token });
    await step("an officer takes back", 403, "delete", path, { ...own, token: officer.token });
});

test("an appointment's calendar file", async (t) => {
    const { server } = shared;
    const path = "/v1/interviews/{id}/appointment.ics";
    const officer = await signIn(t, server);
    const demand = { order_ref: "2026-NYC-777001", document: "passport", applicant: "Zhao Min" };
    const { interview, links } = await officer.call("interview.require", demand);
    const rpc = await connect(t, server);
    const { token } = await rpc.call("ticket.redeem", { ticket: links[0].ticket, device: "i".repeat(43), purpose: "schedule" });
    const own = { token, values: { id: interview.id } };
    assert.equal((await ask("get", path, own)).status, 404, "no appointment yet");
    const from = Date.now();
    const { slots } = await rpc.call("schedule.slots", { from: new Date(from).toISOString(), to: new Date(from + 30 * 86400e3).toISOString() });
    await rpc.call("schedule.book", { at: slots[0].at });
    const { status, bytes } = await ask("get", path, own);
    assert.equal(status, 200);
    assert.ok(bytes.toString().includes(`DTSTART:${slots[0].at.replace(/[-:]|\.000/g, "")}\r\n`), bytes.toString());
    assert.ok(!/Zhao|#t=/.test(bytes.toString()), "no names, no ticket");
    assert.equal((await ask("get", path, { ...own, token: officer.token })).status, 200);
    const stockholm = await signIn(t, server, { login: "lin", password: "demo-stockholm" });
    assert.equal((await ask("get", path, { ...own, token: stockholm.token })).status, 404);
    const check = await FaceCheck.start(t, server);
    assert.equal((await ask("get", path, { ...own, token: check.token })).status, 403);
});

test("captures", async (t) => {
    const { server } = shared;
    const call = await Call.running(t, server, { ivf: pattern });
    const { id } = await call.officer.call("capture.take", { interview_id: call.id, party_id: call.applicantId, kind: "other" });
    const path = "/v1/captures/{id}";
    assert.equal((await ask("get", path, { token: call.officer.token, values: { id } })).status, 200);
    assert.equal((await ask("get", path, { token: call.officer.token })).status, 404);
    assert.equal((await ask("get", path, { token: call.applicant.token, values: { id } })).status, 403);
});

// What only a fault of the machine, a proxy, an attack or a person before the camera brings about; others test it.
const elsewhere = [/ 503$/, / 429$/, / 411$/, /^get \/v1\/metrics 403$/, /\/frame 200$/, /^get .*\{slot\} 403$/];

test("every status that is described was seen", (t) => {
    const described = Object.entries(file.paths).flatMap(([template, operations]) =>
        verbs.flatMap((verb) => Object.keys(operations[verb]?.responses ?? {}).map((status) => `${verb} ${template} ${status}`)),
    );
    const missing = described.filter((each) => !seen.has(each) && !elsewhere.some((pattern) => pattern.test(each)));
    if (!picturesThere()) return t.skip("../shared/data/faces is not there");
    assert.deepEqual(missing, []);
});
