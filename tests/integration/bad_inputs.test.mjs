// Every file of tests/data/bad through the real program: each is refused with its own code, and nothing else suffers.
import assert from "node:assert/strict";
import { closeSync, ftruncateSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { bad, lines, viva } from "./support/vision.mjs";

const cases = readFileSync(bad("manifest.csv"), "utf8")
    .trimEnd()
    .split("\n")
    .slice(1)
    .map((row) => {
        const [file, command, code] = row.split(",");
        return { file, command, code };
    });

function folderFor(t) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-bad-"));
    t.after(() => rmSync(folder, { recursive: true }));
    return folder;
}

// What a line says of its input: the error that took the report's place, or what the report holds against it.
const codesOf = (line) => (line.error ? [line.error.code] : (line.reasons ?? []).map(({ code }) => code));

function check(expected, found) {
    assert.equal(found.length, expected.length);
    const wrong = expected
        .map(({ file, code }, i) => ({ file, code, found: codesOf(found[i]) }))
        .filter(({ code, found }) => !found.includes(code));
    assert.deepEqual(wrong, []);
    for (const line of found) if (line.error) assert.match(line.error.message, /\w+ .*\w/, "a sentence says what is wrong");
}

const of = (command) => cases.filter((each) => each.command === command);

test("there are enough of them", () => {
    assert.ok(cases.length >= 60);
    assert.ok(new Set(cases.map(({ code }) => code)).size >= 8);
});

test("pictures, as the faces of a table of pairs", (t) => {
    const expected = of("face compare");
    const table = path.join(folderFor(t), "pairs.csv");
    writeFileSync(table, ["a,b", ...expected.map(({ file }) => `${bad(file)},${bad(file)}`)].join("\n"));
    const { status, stdout, stderr } = viva("face", "compare", "--pairs", table);
    assert.equal(status, 0, stderr);
    check(expected, lines(stdout));
});

test("pictures, as documents", () => {
    const expected = of("document read");
    const { status, stdout, stderr } = viva("document", "read", ...expected.map(({ file }) => bad(file)));
    assert.equal(status, 0, stderr);
    check(expected, lines(stdout));
});

test("clips", (t) => {
    const expected = of("liveness check");
    if (expected.length === 0) return t.skip("there are none yet");
    const { status, stdout, stderr } = viva("liveness", "check", ...expected.map(({ file }) => bad(file)));
    assert.equal(status, 0, stderr);
    check(expected, lines(stdout));
});

test("one alone ends with 3: JSON on stdout, words on stderr", async (t) => {
    const one = new Map(of("document read").concat(of("face compare")).map((each) => [each.code, each]));
    assert.ok(one.size >= 8);
    for (const [code, { file, command }] of one) {
        await t.test(`${code}: ${file}`, () => {
            const files = command === "face compare" ? [bad(file), bad(file)] : [bad(file)];
            const { status, stdout, stderr } = viva(...command.split(" "), ...files);
            assert.equal(status, 3, stderr);
            const { error, ...rest } = JSON.parse(stdout);
            assert.deepEqual(rest, {});
            assert.equal(error.code, code);
            assert.ok(stderr.includes(error.message));
        });
    }
});

test("files that are not there, no files, or too large", (t) => {
    const folder = folderFor(t);
    const large = path.join(folder, "large.jpg");
    const file = openSync(large, "w");
    ftruncateSync(file, (32 << 20) + 1);
    closeSync(file);
    const expected = [
        { file: path.join(folder, "nothing.jpg"), code: "not_found" },
        { file: folder, code: "unreadable" },
        { file: large, code: "file_too_large" },
        { file: path.join(large, "below.jpg"), code: "not_found" },
    ];
    for (const command of [["document", "read"], ["liveness", "check"]]) {
        const { status, stdout } = viva(...command, ...expected.map(({ file }) => file));
        assert.equal(status, 0);
        check(expected, lines(stdout));
        assert.equal(viva(...command, expected[0].file).status, 3);
    }
});
