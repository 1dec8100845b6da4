// Accounts of foreign order services: `viva service …` beside a running server, tokens, scopes, revocation.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { connect, refusedAs, serverFor } from "./support/call.mjs";
import { account, signInService, viva } from "./support/service.mjs";

test("an account lives from its making to its revocation", async (t) => {
    const server = await serverFor(t);
    const made = account(server, "orders");
    assert.equal(made.mission, "new-york");
    const first = await signInService(t, server, made.token);
    assert.deepEqual([first.name, first.mission.id, first.scopes], ["orders", "new-york", ["facecheck", "interview", "events", "webhooks"]]);

    const rotated = viva(server, "rotate", "orders", "--overlap-h", "1");
    assert.equal(rotated.status, 0, rotated.stderr);
    await signInService(t, server, made.token);
    await signInService(t, server, rotated.json.token);
    assert.equal(viva(server, "rotate", "orders", "--overlap-h", "0").status, 0);
    await refusedAs(signInService(t, server, made.token), "bad_credentials");
    await refusedAs(signInService(t, server, rotated.json.token), "bad_credentials");

    const listed = viva(server, "list").json;
    assert.deepEqual(listed.map(({ name, mission, revoked_at }) => ({ name, mission, revoked_at })), [
        { name: "orders", mission: "new-york", revoked_at: null },
    ]);
    assert.ok(!JSON.stringify(listed).includes(made.token));
    assert.equal(viva(server, "revoke", "orders").status, 0);
    assert.ok(viva(server, "list").json[0].revoked_at);

    for (const name of readdirSync(path.join(server.folder, "store")).filter((each) => each.startsWith("viva.db")))
        assert.ok(!readFileSync(path.join(server.folder, "store", name)).includes(made.token), `${name} holds a token`);
    assert.ok(!server.log.includes(made.token));
});

test("what cannot be done on the command line is said, and changes nothing", async (t) => {
    const server = await serverFor(t);
    account(server, "orders");
    for (const [words, status] of [
        [["add", "orders", "--mission", "new-york", "--scope", "events"], 3],
        [["add", "others", "--mission", "nowhere", "--scope", "events"], 3],
        [["add", "others", "--mission", "new-york", "--scope", "everything"], 2],
        [["add", "others", "--mission", "new-york"], 2],
        [["add", "", "--mission", "new-york", "--scope", "events"], 2],
        [["rotate", "others"], 3],
        [["rotate", "orders", "--overlap-h", "-1"], 2],
        [["revoke", "others"], 3],
        [["erase", "orders"], 2],
        [[], 2],
    ]) {
        const run = viva(server, ...words);
        assert.equal(run.status, status, `${words.join(" ")}: ${run.stderr}`);
        assert.match(run.stderr, /\w+ .*\w/);
    }
    assert.equal(viva(server, "list").json.length, 1);
});

test("guessed tokens are throttled and let nobody in", async (t) => {
    const server = await serverFor(t, { settings: { limit: { sign_in_burst: 3, sign_in_per_min: 1 } } });
    const rpc = await connect(t, server);
    for (let i = 0; i < 3; i++) await refusedAs(rpc.call("service.sign_in", { token: `${i}`.repeat(43) }), "bad_credentials");
    const error = await refusedAs(rpc.call("service.sign_in", { token: "x".repeat(43) }), "rate_limited");
    assert.ok(error.data.retry_after_ms > 0);
});
