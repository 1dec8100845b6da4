// The commands of vision: their words, their order, their output. What they find is tested elsewhere.
import assert from "node:assert/strict";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { spawnSync } from "node:child_process";
import { test } from "node:test";
import { binary } from "./support/built.mjs";
import { bad, lines, sharedPath, viva } from "./support/vision.mjs";

const picture = bad("pictures/right/baseline.jpg");

function folderFor(t) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-cli-"));
    t.after(() => rmSync(folder, { recursive: true }));
    return folder;
}

test("wrong words end with 2 and say how it goes", async (t) => {
    const wrong = [
        [["face"], /compare/],
        [["face", "of"], /compare/],
        [["face", "compare"], /two pictures/],
        [["face", "compare", picture], /two pictures/],
        [["face", "compare", picture, picture, picture], /two pictures/],
        [["face", "compare", "--pairs", "x.csv", picture], /--pairs/],
        [["face", "compare", "--pairs", "x.csv", "--draw", "x.png"], /--pairs/],
        [["face", "compare", "--frobnicate", picture, picture], /frobnicate/],
        [["face", "compare", "--workers", "99", picture, picture], /--workers/],
        [["face", "compare", "--workers", "many", picture, picture], /workers/],
        [["document", "read"], /file/],
        [["document", "read", "--draw", "x.png", picture, picture], /--draw/],
        [["liveness", "check"], /file/],
        [["liveness", "check", "--script", "turn_left,jump", picture], /--script/],
        [["liveness", "check", "--script", "nod,nod,nod,nod,nod", picture], /--script/],
    ];
    for (const [words, says] of wrong) {
        await t.test(words.slice(0, 4).map((word) => path.basename(word)).join(" "), () => {
            const { status, stdout, stderr } = spawnSync(binary, words, { encoding: "utf8" });
            assert.equal(status, 2, stderr);
            assert.equal(stdout, "");
            assert.match(stderr, says);
        });
    }
});

test("help is help", () => {
    for (const command of [["face", "compare"], ["document", "read"], ["liveness", "check"]]) {
        const { status, stdout } = spawnSync(binary, [...command, "--help"], { encoding: "utf8" });
        assert.equal(status, 0);
        assert.match(stdout, new RegExp(`^usage: viva ${command.join(" ")} `));
        assert.match(stdout, /--draw/);
    }
});

test("without the networks nothing runs, and words say so", (t) => {
    const { status, stdout, stderr } = spawnSync(binary, ["document", "read", "--models", folderFor(t), picture], { encoding: "utf8" });
    assert.equal(status, 1);
    assert.equal(stdout, "");
    assert.match(stderr, /models\.json/);
});

test("a table of pairs: any columns, quotes, paths relative to it, rows in its order", (t) => {
    const folder = folderFor(t);
    mkdirSync(path.join(folder, "inner"));
    const names = ["plain.jpg", 'with "quotes", and commas.jpg', "two\nlines.jpg", "inner/王芳.jpg"];
    for (const name of names) copyFileSync(picture, path.join(folder, name));
    const quoted = (name) => `"${name.replaceAll('"', '""')}"`;
    const rows = [
        ["note", "b", "same", "a"],
        ["x", quoted(names[1]), "1", "plain.jpg"],
        ['"a, b"', quoted(names[2]), "", quoted(names[0])],
        ["", quoted(names[3]), "0", "missing.jpg"],
        ["too short"],
        ["", "plain.jpg", "0", "plain.jpg", "and more"],
        ["", bad("pictures/pdf.jpg"), "0", "inner/../plain.jpg"],
    ];
    const table = path.join(folder, "inner", "..", "table.csv");
    writeFileSync(table, `\ufeff${rows.map((row) => row.join(",")).join("\r\n")}\r\n\r\n`);
    const { status, stdout, stderr } = viva("face", "compare", "--pairs", table, "--workers", "2");
    assert.equal(status, 0, stderr);
    assert.deepEqual(
        lines(stdout).map(({ a, b, error }) => [a, b, error.code]),
        [
            ["plain.jpg", names[1], "no_face"],
            ["plain.jpg", names[2], "no_face"],
            ["missing.jpg", names[3], "not_found"],
            ["", "", "not_found"],
            ["plain.jpg", "plain.jpg", "no_face"],
            ["inner/../plain.jpg", bad("pictures/pdf.jpg"), "no_face"],
        ],
    );
    assert.match(stderr, /6 pairs/);
    for (const row of lines(stdout)) assert.deepEqual(Object.keys(row), ["a", "b", "error"]);
});

test("a table that is none is an input that cannot be used", (t) => {
    const folder = folderFor(t);
    const tables = ["", "a,c\nx,y\n", 'a,b\n"x,y\n', 'a,b\n"x"z,y\n', "a,b\n\xff,y\n"];
    for (const [i, text] of tables.entries()) {
        const table = path.join(folder, `${i}.csv`);
        writeFileSync(table, Buffer.from(text, "latin1"));
        const { status, stdout } = viva("face", "compare", "--pairs", table);
        assert.equal(status, 3);
        assert.match(JSON.parse(stdout).error.message, /^--pairs: /);
    }
    const { status, stdout } = viva("face", "compare", "--pairs", path.join(folder, "none.csv"));
    assert.equal(status, 3);
    assert.equal(JSON.parse(stdout).error.code, "not_found");
});

test("two faces: decision, score, thresholds and both faces, the same alone and in a table", (t) => {
    const shared = sharedPath(t, "faces/pairs.csv");
    if (!shared) return;
    const folder = path.dirname(shared);
    const pairs = readFileSync(shared, "utf8").trimEnd().split("\n").slice(1).map((row) => row.split(","));
    const some = [pairs.find(([, , same]) => same === "1"), pairs.find(([, , same]) => same === "0")];
    some.push([some[0][0], some[0][0], "1"]); // the same picture twice
    const table = path.join(folderFor(t), "pairs.csv");
    writeFileSync(table, ["a,b,same", ...some.map(([a, b, same]) => [path.join(folder, a), path.join(folder, b), same].join(","))].join("\n"));
    const together = viva("face", "compare", "--pairs", table);
    assert.equal(together.status, 0, together.stderr);
    for (const [i, line] of lines(together.stdout).entries()) {
        const [a, b, same] = some[i];
        assert.deepEqual(Object.keys(line), ["a", "b", "decision", "score", "thresholds", "faces"]);
        assert.equal(line.decision, same === "1" ? "match" : "no_match");
        assert.equal(line.faces.length, 2);
        for (const face of line.faces) assert.equal(face.landmarks.length, 68);
        if (i > 0 && a !== b) continue;
        const alone = viva("face", "compare", path.join(folder, a), path.join(folder, b));
        assert.equal(alone.status, 0, alone.stderr);
        const { a: _a, b: _b, ...report } = line;
        assert.deepEqual(JSON.parse(alone.stdout), report);
        assert.ok(alone.stdout.split("\n").length > 10, "pretty");
    }
    const last = lines(together.stdout).at(-1);
    assert.ok(last.score > 0.999);
});

test("--draw writes a picture of both faces and the verdict", (t) => {
    const face = sharedPath(t, "faces/img3.jpg");
    if (!face) return;
    const out = path.join(folderFor(t), "out.png");
    const { status, stderr } = viva("face", "compare", "--draw", out, face, face);
    assert.equal(status, 0, stderr);
    const png = readFileSync(out);
    assert.equal(png.subarray(1, 4).toString(), "PNG");
    assert.ok(png.readUInt32BE(16) > png.readUInt32BE(20), "two portraits side by side are wider than high");
    const nowhere = viva("face", "compare", "--draw", path.join(out, "below.png"), face, face);
    assert.equal(nowhere.status, 1);
    assert.match(nowhere.stderr, /below\.png/);
});

test("documents come in the order given, a line each", (t) => {
    const pages = ["pass-uto.jpg", "pass-twn.jpg", "pass-lva.jpg"].map((name) => sharedPath(t, `pages/${name}`));
    if (pages.includes(null)) return;
    const files = [pages[0], picture, pages[1], path.join(os.tmpdir(), "nothing"), pages[2], pages[0]];
    const { status, stdout, stderr } = viva("document", "read", "--workers", "2", ...files);
    assert.equal(status, 0, stderr);
    const found = lines(stdout);
    assert.deepEqual(found.map(({ file }) => file), files);
    assert.deepEqual(found.map(({ error }) => error?.code), [undefined, "no_document", undefined, "not_found", undefined, undefined]);
    for (const report of found.filter(({ error }) => !error)) for (const part of ["mrz", "portrait", "page"]) assert.ok(part in report);
    assert.deepEqual(found[5], found[0]);

    const out = path.join(folderFor(t), "page.png");
    const drawn = viva("document", "read", "--draw", out, pages[0]);
    assert.equal(drawn.status, 0, drawn.stderr);
    assert.ok(existsSync(out));
    const { file: _, ...report } = found[0];
    assert.deepEqual(JSON.parse(drawn.stdout), report);
});

test("a clip is judged, and drawn", (t) => {
    const clip = sharedPath(t, "video/turning-female.gif");
    if (!clip) return;
    const out = path.join(folderFor(t), "clip.png");
    const { status, stdout, stderr } = viva("liveness", "check", "--script", "come_closer", "--draw", out, clip);
    assert.equal(status, 0, stderr);
    const report = JSON.parse(stdout);
    assert.equal(report.decision, "fail");
    assert.equal(report.steps[0].task, "come_closer");
    for (const part of ["passive", "same_person", "reasons"]) assert.ok(part in report);
    assert.equal(readFileSync(out).subarray(1, 4).toString(), "PNG");
});
