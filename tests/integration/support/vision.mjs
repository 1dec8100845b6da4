// The commands of vision: viva face, viva document, viva liveness.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { binary } from "./built.mjs";

export const root = fileURLToPath(new URL("../../..", import.meta.url));
export const bad = (...names) => path.join(root, "tests/data/bad", ...names);

// What a command gives: { status, stdout, stderr }.
export function viva(...words) {
    const run = spawnSync(binary, [...words.slice(0, 2), "--models", path.join(root, "vision"), ...words.slice(2)], {
        encoding: "utf8",
        timeout: 300_000,
        maxBuffer: 256 << 20,
    });
    if (run.error) throw run.error;
    return run;
}

export const lines = (text) => text.split("\n").slice(0, -1).map((line) => JSON.parse(line));

const shared = process.env.VIVA_SHARED_DATA ?? path.join(root, "../shared/data");

// The path of a file of ../shared/data; null, and the test skipped, where it is not there.
export function sharedPath(t, name) {
    const file = path.join(shared, name);
    if (existsSync(file)) return file;
    t.skip(`../shared/data/${name} is not there`);
    return null;
}
