// Documents through the program: drawn ones of every format, whole and spoilt, and the specimens of ../shared/data.
// Drawn documents have no portrait that is a face, so that no_portrait is always among their reasons.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { lines, root, sharedPath, viva } from "./support/vision.mjs";

const drawn = (name) => path.join(root, "tests/data/documents", `${name}.jpg`);
const TD3 = ["P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L898902C36UTO7408122F1204159ZE184226B<<<<<10"];

// [file, format, lines, valid, reasons besides no_portrait]; null: anything
const documents = [
    ["td3", "TD3", TD3, true, []],
    ["td3_turned", "TD3", TD3, true, []],
    ["td3_upside_down", "TD3", TD3, true, []],
    ["td3_small", "TD3", null, null, ["page_too_small"]],
    ["td3_dark", "TD3", TD3, true, ["too_dark"]],
    ["td3_cut_off", null, null, false, ["cut_off", "mrz_unreadable"]],
    ["td3_forged", "TD3", [TD3[0], TD3[1].replace("7408122", "7408132")], false, ["mrz_unreadable"]],
    ["td2", "TD2", ["I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "D231458907UTO7408122F1204159<<<<<<<6"], true, []],
    ["td1", "TD1", ["I<UTOD231458907<<<<<<<<<<<<<<<", "7408122F1204159UTO<<<<<<<<<<<6", "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"], true, []],
    ["mrv_a", "MRV-A", ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"], true, []],
    ["mrv_b", "MRV-B", ["V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<", "L8988901C4XXX4009078F9612109<<<<<<<<"], true, []],
    ["chinese", "TD3", ["POCHNOUYANG<<XIAOMEI<<<<<<<<<<<<<<<<<<<<<<<<", "E000000008CHN8501019F2301147<<<<<<<<<<<<<<<0"], true, []],
];

test("drawn documents of every format read as they are drawn", async (t) => {
    const run = viva("document", "read", ...documents.map(([name]) => drawn(name)));
    assert.equal(run.status, 0, run.stderr);
    const reports = lines(run.stdout);
    assert.equal(reports.length, documents.length);
    for (const [i, [name, format, expected, valid, reasons]] of documents.entries()) {
        await t.test(name, () => {
            const { mrz, page, portrait, error } = reports[i];
            assert.equal(error, undefined);
            if (format) assert.equal(mrz.format, format);
            if (expected) assert.deepEqual(mrz.lines, expected);
            if (valid !== null) assert.equal(mrz.valid, valid, JSON.stringify(mrz.failed));
            assert.equal(mrz.valid, mrz.failed.length === 0);
            assert.equal(portrait, null);
            const codes = page.reasons.map((reason) => reason.code);
            for (const code of [...reasons, "no_portrait"]) assert.ok(codes.includes(code), `${code} in ${codes}`);
            if (valid) assert.ok(!codes.includes("mrz_unreadable"));
            assert.equal(page.usable, false);
        });
    }
});

test("a turned page says how it is turned, and its corners are where it lies", () => {
    const { page } = JSON.parse(viva("document", "read", drawn("td3_turned")).stdout);
    assert.equal(page.rotation, 270);
    // Drawn at six degrees more than a quarter; its upper left corner is at the picture's right.
    const [[x0, y0], [x1, y1]] = page.corners;
    const degrees = (Math.atan2(y1 - y0, x1 - x0) * 180) / Math.PI;
    assert.ok(Math.abs(degrees - 84) < 2, `${degrees}`);
});

test("a forged date fails its check digits by name, and nothing is put right", () => {
    const { mrz } = JSON.parse(viva("document", "read", drawn("td3_forged")).stdout);
    assert.equal(mrz.checks.birth_date, false);
    assert.equal(mrz.checks.composite, false);
    assert.equal(mrz.checks.document_number, true);
    assert.equal(mrz.fields.birth_date, "1974-08-13");
    assert.deepEqual(mrz.failed.map((failure) => failure.code).sort(), ["birth_date_check", "composite_check"]);
});

test("a Chinese name is read where the zone is its pinyin, and marked as a best effort", () => {
    const { name_chinese: name } = JSON.parse(viva("document", "read", drawn("chinese")).stdout);
    assert.equal(name.text, "欧阳小梅");
    assert.equal(name.best_effort, true);
    assert.ok(name.confidence > 0.5);
});

test("what is no document is none", async (t) => {
    for (const name of ["landscape", "text_page"]) {
        await t.test(name, () => {
            const run = viva("document", "read", drawn(name));
            assert.equal(run.status, 3);
            assert.equal(JSON.parse(run.stdout).error.code, "no_document");
        });
    }
    await t.test("a portrait", (t) => {
        const file = sharedPath(t, "faces/img21.jpg");
        if (!file) return;
        assert.equal(JSON.parse(viva("document", "read", file).stdout).error.code, "no_document");
    });
});

test("--draw gives a picture of what was found", (t) => {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-document-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const file = path.join(folder, "drawn.png");
    assert.equal(viva("document", "read", "--draw", file, drawn("td2")).status, 0);
    assert.deepEqual([...readFileSync(file).subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
});

test("the specimens: seven of eight second lines, portraits, and none wrongly valid", (t) => {
    const truthFile = sharedPath(t, "pages/truth.csv");
    if (!truthFile) return;
    const truth = readFileSync(truthFile, "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
    const run = viva("document", "read", ...truth.map(([file]) => sharedPath(t, `pages/${file}`)));
    const reports = lines(run.stdout);
    let exact = 0;
    for (const [i, [file, first, second]] of truth.entries()) {
        const { mrz, portrait } = reports[i];
        const right = mrz?.lines[1] === second;
        exact += right;
        if (mrz?.valid) {
            assert.ok(right, `${file}: wrong, and called valid`);
            if (first) assert.equal(mrz.lines[0], first, `${file}: its first line is wrong, and called valid`);
        }
        assert.ok(portrait?.box[3] > 40, `${file}: no portrait`);
    }
    assert.ok(exact >= 7, `${exact} of ${truth.length} second lines`);
});
