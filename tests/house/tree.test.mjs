// What lies in the tree, and what must not.
import assert from "node:assert/strict";
import { test } from "node:test";
import { files, read } from "./tree.mjs";

test("the top level is the agreed one", () => {
    const agreed = ["CMakeLists.txt", "CMakePresets.json", "LICENSE", "README.md", "deploy", "media", "signaling", "store", "tests", "vision"];
    const top = new Set(files.map((file) => file.split("/")[0]).filter((name) => !name.startsWith(".")));
    assert.deepEqual([...top].sort(), agreed);
});

test("C++ is only where OpenCV needs it", () => {
    const sources = files.filter((file) => /\.(cpp|cc|cxx|hpp)$/.test(file));
    const needed = /^(vision\/image\/\w+\.[ch]pp|tests\/bench\/opencv_dnn\.cpp)$/;
    assert.deepEqual(sources.filter((file) => !needed.test(file)), []);
});

test("the licence is Apache-2.0, also where npm reads it", () => {
    assert.match(read("LICENSE"), /^\s+Apache License\n\s+Version 2\.0, January 2004/);
    for (const file of files.filter((file) => /(^|\/)package\.json$/.test(file)))
        assert.equal(JSON.parse(read(file)).license, "Apache-2.0", file);
});

test("nothing large or compiled is checked in", () => {
    const binary = files.filter((file) => !/\.png$|^tests\/(data|fuzz\/corpus|support\/data)\//.test(file) && read(file).includes("\0"));
    assert.deepEqual(binary, []);
    assert.deepEqual(files.filter((file) => read(file).length > 1 << 20), []);
});

// Each pattern with an example that it must catch, put together so that this file does not catch itself.
const forbidden = [
    ["a private key", /-----BEGIN [A-Z ]*PRIVATE KEY-----/, `-----BEGIN ${"PRIVATE"} KEY-----`],
    ["a cloud access key", /\b(AKIA|ASIA)[0-9A-Z]{16}\b/, `AKIA${"A".repeat(16)}`],
    ["a registry or forge token", /\b(npm_[A-Za-z0-9]{36}|gh[pousr]_[A-Za-z0-9]{36})\b/, `npm_${"a".repeat(36)}`],
    ["a mail address outside the example domains", /\b[\w.+-]+@(?!(?:[\w-]+\.)*(?:example(?:\.\w+)?|test|invalid|localhost)\b)[\w-]+\.(?:com|org|net|cn|gov)\b/, `jane@${"gmail"}.com`],
    // The example of GB 11643 itself, and spoilt forms of it, are nobody's.
    ["a Chinese ID number", /\b(?!1101051949)[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])\d{3}[\dXx]\b/, `110101${"19900101"}1237`],
    ["a path of one machine", /(?:^|[^\w.-])\/(?:home|Users|work)\/\w/m, ` /${"home"}/jane`],
    // In quotes X, X and X again are a nationality: none (ICAO 9303-3 §5).
    ["unfinished work", /\b(?:TO[D]O|FIX[M]E|(?<!")X[X]X)\b/, `TO${"DO"}`],
];
for (const [what, pattern, example] of forbidden) {
    test(`no file holds ${what}`, () => {
        assert.match(example, pattern);
        const searched = files.filter((file) => !/package-lock\.json$|\.(png|jpg)$|^tests\/fuzz\/corpus\//.test(file));
        assert.deepEqual(searched.filter((file) => pattern.test(read(file))), []);
    });
}
