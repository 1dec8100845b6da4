// A foreign order service: its account, made on the command line, and its connection.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import path from "node:path";
import { binary } from "./built.mjs";
import { connect } from "./call.mjs";

// `viva service …` on the data of a running server: { status, json, stderr }.
export function viva(server, ...words) {
    const run = spawnSync(binary, ["service", ...words, "--config", path.join(server.folder, "viva.conf")], { encoding: "utf8" });
    return { status: run.status, stderr: run.stderr, json: run.stdout ? JSON.parse(run.stdout) : null };
}

export function account(server, name, { mission = "new-york", scopes = ["facecheck", "interview", "events", "webhooks"] } = {}) {
    const { status, json, stderr } = viva(server, "add", name, "--mission", mission, ...scopes.flatMap((scope) => ["--scope", scope]));
    assert.equal(status, 0, stderr);
    return json;
}

export async function signInService(t, server, token) {
    const rpc = await connect(t, server);
    return Object.assign(rpc, await rpc.call("service.sign_in", { token }));
}
