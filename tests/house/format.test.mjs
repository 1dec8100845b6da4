import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { cSources, files, read, root } from "./tree.mjs";

test("C is formatted as .clang-format says", () => {
    const run = spawnSync("clang-format", ["--dry-run", "--Werror", ...cSources], { cwd: root, encoding: "utf8" });
    assert.equal(run.status, 0, `run clang-format -i on:\n${run.stderr.split("\n").filter((l) => /error:/.test(l)).join("\n")}`);
});

test("shell scripts pass shellcheck", () => {
    const scripts = files.filter((file) => /^#!.*\b(ba)?sh\b|^# shellcheck shell=/.test(read(file).slice(0, 80)));
    assert.ok(scripts.includes("tests/run"));
    const run = spawnSync("shellcheck", ["-x", "-P", "SCRIPTDIR/..", ...scripts], { cwd: root, encoding: "utf8" });
    assert.equal(run.status, 0, run.stdout);
});

test("text files end with one newline and have no trailing blanks", () => {
    const text = files.filter((file) => /\.(c|h|ts|mjs|css|html|md|conf|txt|cmake|service)$|\/(run|setup)$/.test(file) && !file.startsWith("tests/data/bad/"));
    const wrong = text.filter((file) => /[ \t]\n|[^\n]$|\n\n$|\r/.test(read(file)));
    assert.deepEqual(wrong, []);
});
