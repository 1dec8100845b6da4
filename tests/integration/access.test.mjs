// access.txt is who may do what; every method and every address is called with every role, and does as it says.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import YAML from "yaml";
import { makeCast } from "./support/cast.mjs";
import { drawnJpeg, fileServer } from "./support/facecheck.mjs";

const read = (path) => readFileSync(new URL(path, import.meta.url), "utf8");
const openrpc = JSON.parse(read("../../signaling/api/openrpc.json"));
const openapi = YAML.parse(read("../../signaling/api/openapi.yaml"));
const verbs = ["get", "put", "post", "patch", "delete"];

// name → { role: the scope that it needs, or null }
const table = new Map(
    read("access.txt")
        .split("\n")
        .filter((line) => line && !line.startsWith("#"))
        .map((line) => {
            const [name, who] = line.split("|").map((part) => part.trim());
            return [name, Object.fromEntries(who.split(", ").map((each) => /^(\w+)(?:\((\w+)\))?$/.exec(each).slice(1)).map(([role, scope]) => [role, scope ?? null]))];
        }),
);
const methods = openrpc.methods.map(({ name }) => name);
const addresses = Object.entries(openapi.paths).flatMap(([path, operations]) =>
    verbs.filter((verb) => operations[verb]).map((verb) => `${verb.toUpperCase()} ${path}`),
);

test("every method and every address is in the table, and nothing that is not there", () => {
    assert.deepEqual([...table.keys()].sort(), [...methods, ...addresses].sort());
});

test("no address is served that is not described", () => {
    const folder = new URL("../../signaling/", import.meta.url);
    const sources = readdirSync(folder).filter((name) => /\.[ch]$/.test(name));
    const named = new Set(sources.flatMap((name) => [...readFileSync(new URL(name, folder), "utf8").matchAll(/"(\/v1\/[^"%]*)/g)].map(([, path]) => path)));
    const known = [...Object.keys(openapi.paths), "/v1/ws"];
    assert.deepEqual([...named].filter((path) => !known.some((each) => each.startsWith(path))), []);
});

test("the API's documents say the same", () => {
    for (const { name, "x-roles": roles, "x-scope": scope } of openrpc.methods) {
        const described = Object.fromEntries(roles.map((role) => [role, role === "service" ? (scope ?? null) : null]));
        assert.deepEqual(described, table.get(name), name);
    }
});

// ---- on a running server ----

const shared = fileServer({ limit: { ticket_burst: 1000 } });
let cast;

const described = (method) => openrpc.methods.find(({ name }) => name === method);
const codeOf = (answer) => answer.then(() => "ok", (error) => error.data?.code ?? assert.fail(error));
const tomorrow = new Date(Date.now() + 86400e3).toISOString();

// As in the method's first example, but tomorrow, and with those of `ids` that it takes; without `optional` those alone
// that it cannot do without.
function paramsOf(method, ids, optional = true) {
    const { params, examples } = described(method);
    const given = Object.fromEntries(examples[0].params.map(({ name, value }) => [name, /^at$|_at$/.test(name) ? tomorrow : value]));
    for (const { name, required } of params) {
        if (!(name in ids)) continue;
        if (required || optional) given[name] = ids[name];
        else delete given[name];
    }
    return given;
}

const call = (rpc, method, ids, optional) => codeOf(rpc.call(method, paramsOf(method, ids, optional)));

// Refuses each id that is not the caller's as it refuses one that is nowhere.
async function checkForeign(method, role) {
    const rpc = cast.callers[role];
    const others = role in cast.strangers ? cast.others.ofMission : cast.others.ofPerson;
    const names = described(method).params.map(({ name }) => name).filter((name) => name in cast.own);
    for (const name of names) {
        const nowhere = await call(rpc, method, { ...cast.own, [name]: "a".repeat(26) });
        assert.notEqual(nowhere, "ok", `${role}, ${name}`);
        if (name in others) assert.equal(await call(rpc, method, { ...cast.own, [name]: others[name] }), nowhere, `${role}, ${name}`);
    }
    if (names.length > 0 && role in cast.strangers) assert.equal(await call(cast.strangers[role], method, cast.own), "not_found", `${role} of another mission`);
}

// Those who do what only one of their role may.
const chosen = { "interview.opinion": () => cast.asked };

async function checkMethod(method) {
    const who = table.get(method);
    const open = "anyone" in who;
    assert.equal((await call(cast.nobody, method, cast.own)) === "not_signed_in", !open, "nobody");
    for (const role of Object.keys(cast.callers)) {
        if (!open && !(role in who)) assert.equal(await call(cast.callers[role], method, cast.own), "forbidden", role);
    }
    for (const [role, scope] of open ? [] : Object.entries(who)) {
        if (scope) assert.equal(await call(cast.without[scope], method, cast.own), "forbidden", `a service without ${scope}`);
        await checkForeign(method, role);
    }
    for (const role of open ? Object.keys(cast.callers) : Object.keys(who)) {
        const rpc = chosen[method]?.() ?? cast.callers[role];
        const code = await call(rpc, method, cast.own, role in cast.strangers);
        assert.ok(!["forbidden", "not_signed_in"].includes(code), `${role}: ${code}`);
    }
}

const idOf = { captures: "capture_id", interviews: "interview_id", facechecks: "facecheck_id", orders: "order_id" };
const slotOf = { facechecks: "page", orders: "portrait" };

async function checkAddress(name) {
    const who = table.get(name);
    const open = "anyone" in who;
    const [method, template] = name.split(" ");
    const things = template.split("/")[2];
    const kind = idOf[things];
    const ask = async (token, id) => {
        const values = { id, slot: slotOf[things], try: "abc" };
        const address = template.replace(/\{(\w+)\}/g, (_, each) => values[each]);
        const headers = token ? { authorization: `Bearer ${token}` } : {};
        const body = ["PUT", "POST", "PATCH"].includes(method) ? drawnJpeg(8, 8) : undefined;
        return (await fetch(shared.server.url + address, { method, headers, body })).status;
    };
    assert.equal((await ask(null, cast.own[kind])) === 401, !open);
    for (const [role, { token }] of Object.entries(cast.callers)) {
        const status = await ask(token, cast.own[kind]);
        if (open || role in who) assert.ok(![401, 403].includes(status), `${role}: ${status}`);
        else assert.equal(status, role === "service" ? 401 : 403, role);
        if (open || !(role in who)) continue;
        assert.equal(await ask(token, "a".repeat(26)), 404, `${role} with an id that is nowhere`);
        if (!(role in cast.strangers)) assert.equal(await ask(token, cast.others.ofPerson[kind]), 404, `${role} with somebody else's`);
        else assert.equal(await ask(cast.strangers[role].token, cast.own[kind]), 404, `${role} of another mission`);
    }
}

test("every line holds on a running server", async (t) => {
    cast = await makeCast(t, shared.server);
    const inOrder = [...table.keys()].sort((a, b) => (a === "session.end") - (b === "session.end")); // nothing can be called after it
    for (const name of inOrder) await t.test(name, () => (methods.includes(name) ? checkMethod(name) : checkAddress(name)));
});
