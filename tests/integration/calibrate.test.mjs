// tests/calibrate: its statistics against published values, and the rule by which thresholds move.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { interval, thresholdsOf } from "../support/calibrate.mjs";
import { binary } from "./support/built.mjs";
import { root, sharedPath } from "./support/vision.mjs";

const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 0.0005, `${actual} is not ${expected}`);

test("intervals are Clopper and Pearson's", () => {
    for (const [errors, n, low, high] of [
        [0, 96, 0, 0.0377],
        [5, 100, 0.0164, 0.1128],
        [10, 10, 0.6915, 1],
        [1, 3000, 0.0000084, 0.001856],
    ]) {
        const rate = interval(errors, n);
        near(rate.low, low);
        near(rate.high, high);
        near(rate.value, errors / n);
    }
    assert.deepEqual(interval(0, 0), { value: 0, low: 0, high: 1 });
});

test("few pairs move the thresholds to the safe side only", () => {
    const few = { same: Array(20).fill(0.9), different: Array(50).fill(0.05) };
    assert.deepEqual(thresholdsOf(few), { match: 0.42, review: 0.28 });
    assert.equal(thresholdsOf({ ...few, different: [0.47] }).match, 0.49);
    assert.equal(thresholdsOf({ ...few, same: [0.25] }).review, 0.23);
    assert.equal(thresholdsOf({ ...few, same: [0.1] }).review, 0.2);
    assert.deepEqual(thresholdsOf({ same: [], different: [] }), { match: 0.42, review: 0.28 });
});

test("so many different pairs that they show it let match fall, but not below its floor", () => {
    const of = (count, most) => ({ same: [0.9], different: Array.from({ length: count }, (_, i) => (i / count) * most) });
    assert.equal(thresholdsOf(of(36_000, 0.1)).match, 0.42);
    assert.equal(thresholdsOf(of(40_000, 0.1)).match, 0.36);
    assert.equal(thresholdsOf(of(40_000, 0.398)).match, 0.4);
});

test("a folder becomes thresholds that say on what they stand", (t) => {
    const faces = sharedPath(t, "faces/pairs.csv");
    if (!faces) return;
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-calibrate-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const out = path.join(folder, "thresholds.json");
    const script = path.join(root, "tests/calibrate");
    const run = spawnSync(script, [path.dirname(faces), "--program", binary, "--out", out, "--source", "a test"], { encoding: "utf8" });
    assert.equal(run.status, 0, run.stderr);
    assert.match(run.stdout, /^24 same and 96 different pairs of 16 pictures$/m);
    assert.match(run.stdout, /^0\.42 +0\.00 % \(0\.00 to 3\.77\) +0\.00 % \(0\.00 to 14\.25\)$/m);
    const written = JSON.parse(readFileSync(out));
    assert.deepEqual(written.pairs, { same: 24, different: 96, unusable: 0 });
    assert.equal(written.source, "a test");
    // What the tree holds is what the rule makes of these pictures.
    assert.deepEqual(written, { ...JSON.parse(readFileSync(path.join(root, "vision/thresholds.json"))), source: "a test" });
});
