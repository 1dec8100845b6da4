// clang-tidy over everything that the clang build (preset fuzz) compiles. A file found clean is not looked at again, in
// whichever copy of the tree, until its text, a header of ours, its compile command or .clang-tidy changes.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { root } from "./tree.mjs";

const buildFolder = path.join(root, "build/fuzz");
const cache = path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "viva-tidy");

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest("hex");

// Our headers that a source reads, through other headers too.
function headersOf(file, seen = new Set()) {
    for (const [, target] of readFileSync(file, "utf8").matchAll(/^#include "([^"]+)"/gm)) {
        const header = path.join(root, target);
        if (seen.has(header) || !existsSync(header)) continue;
        seen.add(header);
        headersOf(header, seen);
    }
    return seen;
}

function tidy(file) {
    return new Promise((resolve) =>
        execFile(
            "clang-tidy",
            ["--quiet", "-p", buildFolder, "--extra-arg=-Wno-unknown-warning-option", file],
            { cwd: root, maxBuffer: 16 << 20 },
            (error, stdout) => resolve(error ? stdout || String(error) : ""),
        ),
    );
}

test("clang-tidy finds nothing", async (t) => {
    const all = JSON.parse(readFileSync(path.join(buildFolder, "compile_commands.json"), "utf8"));
    const commands = all.filter(({ file }) => !file.startsWith(buildFolder)); // what the build itself writes
    assert.ok(commands.length > 0);
    mkdirSync(cache, { recursive: true });
    const rules = sha256(
        readFileSync(path.join(root, ".clang-tidy")),
        execFileSync("clang-tidy", ["--version"]),
    );
    const waiting = commands
        .map(({ file, command }) => {
            const texts = [file, ...headersOf(file)].map((each) => readFileSync(each));
            const here = [file, command].map((text) => text.replaceAll(path.resolve(root), ""));
            return { file, stamp: path.join(cache, sha256(rules, ...here, ...texts)) };
        })
        .filter(({ stamp }) => !existsSync(stamp));
    t.diagnostic(`${waiting.length} of ${commands.length} files are new or changed`);

    const findings = [];
    const worker = async () => {
        for (let job = waiting.pop(); job; job = waiting.pop()) {
            const finding = await tidy(job.file);
            if (finding) findings.push(finding.trim());
            else writeFileSync(job.stamp, "");
        }
    };
    await Promise.all(Array.from({ length: os.cpus().length }, worker));
    assert.equal(findings.length, 0, `\n${findings.join("\n")}`);
});
