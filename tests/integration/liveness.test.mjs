// viva liveness check on films of real people, and on what a cheat would make of them. The films are cut here, at run
// time, from those of ../shared/data; none of them is kept.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { mirror, readGif } from "./support/gif.mjs";
import { lines, sharedPath, viva } from "./support/vision.mjs";

const folder = mkdtempSync(path.join(os.tmpdir(), "viva-liveness-"));
after(() => rmSync(folder, { recursive: true }));
let names = 0;
const fresh = (ending = "") => path.join(folder, `${++names}${ending}`);

function launch(pipeline) {
    const run = spawnSync("gst-launch-1.0", ["-q", ...pipeline.split(" ")], { encoding: "utf8", timeout: 60_000 });
    assert.equal(run.status, 0, `${pipeline}\n${run.stderr}`);
}

const [width, height] = [480, 270]; // of all of them

// A film of these frames, 12 a second.
function film(frames, encoder = "vp8enc deadline=1 target-bitrate=1500000 ! webmmux") {
    const [raw, file] = [fresh(".rgb"), fresh(".film")];
    writeFileSync(raw, Buffer.concat(frames));
    launch(
        `filesrc location=${raw} ! rawvideoparse format=rgb width=${width} height=${height} framerate=12/1 ` +
            `! videoconvert ! video/x-raw,format=I420 ! ${encoder} ! filesink location=${file}`,
    );
    rmSync(raw);
    return file;
}

const times = (count, value) => Array.from({ length: count }, () => value);
const has = (element) => spawnSync("gst-inspect-1.0", ["--exists", element]).status === 0;

// What the program says of these files when asked for a script: the reports, in the same order.
function check(files, script) {
    const words = script ? ["--script", script] : [];
    const { status, stdout, stderr } = viva("liveness", "check", ...files, ...words);
    assert.equal(status, 0, stderr);
    return files.length > 1 ? lines(stdout) : [JSON.parse(stdout)];
}

const codes = (report) => report.reasons.map(({ code }) => code);
const material = ["turning-female.gif", "frontal-male.gif", "yes.mkv", "no.mkv"];
const paths = material.map((name) => sharedPath({ skip: () => {} }, `video/${name}`));
const skip = paths.includes(null) && "the films of ../shared/data are not there";

describe("films of real people", { skip }, () => {
    const [turning, ahead, yes, no] = paths;
    let turns, man, mirrored;
    before(() => {
        const woman = readGif(turning);
        turns = woman.frames;
        man = readGif(ahead).frames;
        mirrored = film(mirror(woman).frames);
    });

    // Which of them pass: the turning woman begins at her right, and shows a turn to her left and one to her right.
    const shown = {
        turn_left: ["turning", "mirrored"],
        turn_right: ["turning", "mirrored"],
        "turn_left,turn_right": ["turning"],
        "turn_right,turn_left": ["mirrored"],
        nod: ["yes"],
        open_mouth: [],
        come_closer: [],
    };
    for (const [script, passing] of Object.entries(shown)) {
        test(`${script} is done by ${passing.join(" and ") || "nobody"}`, () => {
            const files = { turning, mirrored, ahead, yes, no };
            const reports = check(Object.values(files), script);
            Object.keys(files).forEach((name, i) => {
                const { decision, same_person: same, steps } = reports[i];
                const found = codes(reports[i]);
                assert.equal(decision, passing.includes(name) ? "pass" : "fail", `${name}: ${found}`);
                assert.equal(same, true);
                assert.equal(steps.length, script.split(",").length);
                if (decision === "pass") assert.deepEqual(found, []);
                else assert.ok(found.includes("task_not_done"), `${name}: ${found}`);
                if (script.startsWith("turn") && script.includes(",") && ["turning", "mirrored"].includes(name)) {
                    assert.equal(found[0], decision === "pass" ? undefined : "wrong_task");
                }
            });
        });
    }

    test("a turning head does not blink", () => {
        for (const report of check([turning, mirrored], "blink")) assert.ok(codes(report).includes("task_not_done"));
    });

    test("what a cheat makes of them fails, each with its own reason", () => {
        const films = [
            ["still_picture", times(40, turns[9])],
            ["still_picture", times(40, turns[19])],
            ["frozen", [...turns, ...times(20, turns[22])]],
            ["frozen", [...turns.slice(0, 14), ...times(18, turns[14]), ...turns.slice(15)]],
            ["repeated", [...turns, ...turns]],
            ["repeated", [...turns, ...turns, ...turns]],
            ["different_person", [...turns.slice(0, 21), ...man.slice(0, 24)]],
            ["different_person", [...man.slice(0, 24), ...turns.slice(8)]],
        ];
        const files = films.map(([, frames]) => film(frames));
        for (const script of ["", "turn_left"]) {
            check(files, script).forEach((report, i) => {
                assert.equal(report.decision, "fail");
                assert.equal(codes(report)[0], films[i][0], `film ${i}: ${JSON.stringify(report.reasons)}`);
                for (const { message } of report.reasons) assert.match(message, /\w+ .*\w/);
            });
        }
    });

    test("a film cut to another place fails for its background too", () => {
        const raw = fresh(".rgb");
        launch(
            `filesrc location=${yes} ! matroskademux ! avdec_h264 ! videorate ! video/x-raw,framerate=12/1 ! videoscale ` +
                `! videoconvert ! video/x-raw,format=RGB,width=${width},height=${height} ! filesink location=${raw}`,
        );
        const others = [readFileSync(raw)];
        const [report] = check([film([...turns, ...others])], "turn_left");
        assert.ok(codes(report).includes("background_jump"));
        assert.ok(codes(report).includes("different_person"));
    });

    test("whatever the container, the judgement is the same, with every measurement that led to it", () => {
        const encoders = ["vp9enc deadline=1 cpu-used=8 ! webmmux", "jpegenc ! avimux", "jpegenc ! matroskamux"];
        if (has("openh264enc")) encoders.push("openh264enc bitrate=1500000 ! h264parse ! mp4mux");
        const files = [turning, ...encoders.map((encoder) => film(turns, encoder))];
        for (const report of check(files, "turn_left,turn_right")) {
            assert.equal(report.decision, "pass", report.file);
            const { measurements, passive } = report;
            assert.equal(measurements.frames, 23);
            assert.equal(measurements.series.length, 23);
            assert.deepEqual([measurements.width, measurements.height], [480, 270]);
            assert.ok(measurements.similarity_min > 0.4);
            assert.ok(passive >= 0 && passive <= 1);
        }
    });
});
