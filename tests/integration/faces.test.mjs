// Faces through the real program: who is the same, which picture is refused and why. Pictures are made of
// ../shared/data/faces where that is there; of few people, so what is expected is wide of what was measured.
import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import jpeg from "jpeg-js";
import { lines, sharedPath, viva } from "./support/vision.mjs";

function folderFor(t) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-faces-"));
    t.after(() => rmSync(folder, { recursive: true }));
    return folder;
}

// ---- pictures: { width, height, data } in RGBA ----

const read = (file) => jpeg.decode(readFileSync(file), { maxMemoryUsageInMB: 512 });

function draw(width, height, colour) {
    const data = Buffer.alloc(width * height * 4, 255);
    for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) data.set(colour(x, y), (y * width + x) * 4);
    return { width, height, data };
}

const at = ({ width, data }, x, y) => [...data.subarray((y * width + x) * 4, (y * width + x) * 4 + 3)];
const light = (picture, factor) => draw(picture.width, picture.height, (x, y) => at(picture, x, y).map((v) => Math.min(255, v * factor)));
const crop = (picture, [left, top, width, height]) =>
    draw(Math.round(width), Math.round(height), (x, y) => {
        const [px, py] = [Math.round(left) + x, Math.round(top) + y];
        return px >= 0 && py >= 0 && px < picture.width && py < picture.height ? at(picture, px, py) : [128, 128, 128];
    });
const onItsSide = (picture) => draw(picture.height, picture.width, (x, y) => at(picture, y, picture.height - 1 - x));

// Area means: what a camera farther away would see.
function smaller(picture, factor) {
    const [width, height] = [Math.floor(picture.width / factor), Math.floor(picture.height / factor)];
    return draw(width, height, (x, y) => {
        const sum = [0, 0, 0];
        let count = 0;
        for (let py = Math.floor(y * factor); py < Math.floor((y + 1) * factor); py++)
            for (let px = Math.floor(x * factor); px < Math.floor((x + 1) * factor); px++, count++)
                at(picture, px, py).forEach((v, i) => (sum[i] += v));
        return sum.map((v) => v / count);
    });
}

function beside(left, right) {
    return draw(left.width + right.width, Math.max(left.height, right.height), (x, y) => {
        const [from, px] = x < left.width ? [left, x] : [right, x - left.width];
        return y < from.height ? at(from, px, y) : [128, 128, 128];
    });
}

// The mean of a neighbourhood, along rows and then along columns.
function blur(picture, radius) {
    const along = (from, dx, dy) =>
        draw(from.width, from.height, (x, y) => {
            const sum = [0, 0, 0];
            for (let i = -radius; i <= radius; i++) {
                const px = Math.min(Math.max(x + i * dx, 0), from.width - 1);
                const py = Math.min(Math.max(y + i * dy, 0), from.height - 1);
                const start = (py * from.width + px) * 4;
                for (let c = 0; c < 3; c++) sum[c] += from.data[start + c];
            }
            return sum.map((v) => v / (2 * radius + 1));
        });
    return along(along(picture, 1, 0), 0, 1);
}

function save(folder, name, picture) {
    const file = path.join(folder, name);
    writeFileSync(file, jpeg.encode(picture, 92).data);
    return file;
}

// ---- the program ----

// What is said of each pair of files, all in one run.
function compare(folder, pairs) {
    const csv = path.join(folder, "pairs.csv");
    writeFileSync(csv, `a,b\n${pairs.map((pair) => pair.join(",")).join("\n")}\n`);
    const { status, stdout, stderr } = viva("face", "compare", "--pairs", csv);
    assert.equal(status, 0, stderr);
    const answers = lines(stdout);
    assert.equal(answers.length, pairs.length);
    return answers;
}

const codes = (face) => face.quality.reasons.map(({ code }) => code);

test("pairs of ../shared/data are all told right", (t) => {
    const csv = sharedPath(t, "faces/pairs.csv");
    if (!csv) return;
    const { status, stdout } = viva("face", "compare", "--pairs", csv);
    assert.equal(status, 0);
    const expected = readFileSync(csv, "utf8").trim().split("\n").slice(1).map((line) => line.split(","));
    const answers = lines(stdout);
    assert.equal(answers.length, expected.length);
    answers.forEach((answer, i) => {
        const [a, b, same] = expected[i];
        assert.deepEqual([answer.a, answer.b], [a, b]);
        assert.equal(answer.decision, same.trim() === "1" ? "match" : "no_match", `${a} and ${b}: ${answer.score}`);
    });
});

// What was made of img53.jpg is cut and scaled by where its face is.
const FACE = [437, 85, 255, 339];

test("a face stays the same person through what cameras and people do to it", (t) => {
    const first = sharedPath(t, "faces/img53.jpg");
    const other = sharedPath(t, "faces/img54.jpg");
    const third = sharedPath(t, "faces/img36.jpg");
    if (!first || !other || !third) return;
    const folder = folderFor(t);
    const picture = read(first);
    const files = [
        save(folder, "on-its-side.jpg", onItsSide(picture)),
        save(folder, "filling-the-picture.jpg", crop(picture, FACE)),
        save(folder, "80-px.jpg", smaller(picture, FACE[3] / 80)),
        save(folder, "dark.jpg", light(picture, 0.45)),
        save(folder, "somebody-far-behind.jpg", beside(picture, smaller(read(third), 2.5))),
    ];
    const answers = compare(folder, files.flatMap((file) => [[file, other], [file, third]]));
    answers.forEach((answer, i) => {
        const name = path.basename(files[i >> 1]);
        assert.equal(answer.decision, i % 2 ? "no_match" : "match", `${name}: ${answer.score}`);
    });
});

test("a poor picture says what is wrong with it, and nothing else", (t) => {
    const first = sharedPath(t, "faces/img53.jpg");
    if (!first) return;
    const folder = folderFor(t);
    const picture = read(first);
    const [x, y, width, height] = FACE;
    const blindfold = draw(picture.width, picture.height, (px, py) => {
        const over = px > x - 10 && px < x + width + 10 && py > y + height * 0.25 && py < y + height * 0.52;
        return over ? [10, 10, 10] : at(picture, px, py);
    });
    const files = {
        good: first,
        face_too_small: save(folder, "small.jpg", smaller(picture, height / 55)),
        too_dark: save(folder, "dark.jpg", light(picture, 0.1)),
        blurred: save(folder, "blurred.jpg", blur(picture, 9)),
        blind: save(folder, "blind.jpg", blindfold),
    };
    const answers = compare(folder, Object.values(files).map((file) => [file, file]));
    Object.keys(files).forEach((name, i) => {
        const { error, faces } = answers[i];
        if (name === "good") assert.deepEqual(codes(faces[0]), []);
        // So much of a face may be hidden that none is left; hidden eyes are never called fine.
        else if (name === "blind") assert.ok(error?.code === "no_face" || codes(faces[0]).some((code) => /eyes_closed|occluded/.test(code)));
        else assert.deepEqual(codes(faces[0]), [name]);
    });
});

test("no face and several faces are refused by their own codes", (t) => {
    const folder = folderFor(t);
    const files = [
        ["no_face", save(folder, "stripes.jpg", draw(640, 480, (x, y) => [x % 256, (x * y) % 256, y % 256]))],
        ["no_face", save(folder, "gray.jpg", draw(300, 300, () => [128, 128, 128]))],
    ];
    const first = sharedPath(t, "faces/img53.jpg");
    const other = sharedPath(t, "faces/img36.jpg");
    if (first && other) files.push(["several_faces", save(folder, "two.jpg", beside(read(first), read(other)))]);
    const answers = compare(folder, files.map(([, file]) => [file, file]));
    assert.deepEqual(answers.map(({ error }) => error?.code), files.map(([code]) => code));
});

test("the drawing is a picture of both", (t) => {
    const first = sharedPath(t, "faces/img53.jpg");
    if (!first) return;
    const out = path.join(folderFor(t), "drawn.png");
    assert.equal(viva("face", "compare", first, first, "--draw", out).status, 0);
    assert.equal(readFileSync(out).subarray(0, 8).toString("latin1"), "\x89PNG\r\n\x1a\n");
});
