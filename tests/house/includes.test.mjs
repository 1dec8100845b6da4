// Includes point downwards only: signaling → media, vision, store; these three know nothing of each other nor of
// signaling, and of another module only its public header <module>/<module>.h is known. Libraries that decode what comes
// from outside are for the parts of vision/ that run in a worker process, and OpenCV for vision/image/ alone.
import assert from "node:assert/strict";
import { test } from "node:test";
import { cSources, read } from "./tree.mjs";

const modules = ["media", "vision", "store", "signaling"];

const decoder = /^(gst\/(?!sdp\/)|opencv2\/|jpeglib\.h|png\.h)/;
// vision.c, the *_job.c that ask a worker, cli/ and process/ are the service's own process.
const mayDecode = (file) => /^(tests\/|vision\/(image|capture|liveness)\/(?!.*_job\.c$)|vision\/.*_op\.c$|vision\/process\/plugins\.c$)/.test(file);
const mayUse = (file, target) => (target.startsWith("opencv2/") ? /^(vision\/image\/\w+\.[ch]pp|tests\/bench\/opencv_dnn\.cpp)$/.test(file) : mayDecode(file));

// What is wrong with the includes of one file, as sentences.
function violations(file, text, exists) {
    const owner = file.split("/")[0];
    const wrong = [];
    for (const [, quote, target] of text.matchAll(/^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]/gm)) {
        const module = target.split("/")[0];
        const ours = modules.includes(module) && target.includes("/");
        const say = (what) => wrong.push(`${file}: "${target}" ${what}`);
        if (quote === "<") {
            if (ours) say("is ours: include it with quotes");
            if (decoder.test(target) && !mayUse(file, target)) say("decodes, and this does not run in a worker process");
        } else if (!exists(target)) {
            say("is no file, seen from the root");
        } else if (ours && modules.includes(owner) && module !== owner) {
            if (owner !== "signaling") say(`: ${owner} knows no other module`);
            else if (target !== `${module}/${module}.h`) say(`is private to ${module}: only ${module}/${module}.h is not`);
        } else if (ours && file.startsWith("tests/support/synthetic_")) {
            say(": the tests' client shares no code with what it tests");
        } else if (!ours && modules.includes(owner)) {
            say("is outside the modules");
        }
    }
    return wrong;
}

test("every include points downwards", () => {
    const known = new Set(cSources);
    assert.ok(known.size > 0);
    assert.deepEqual(
        cSources.flatMap((file) => violations(file, read(file), (target) => known.has(target))),
        [],
    );
});

const cases = [
    ["media/rtp/nack.c", '#include "media/rtp/nack.h"', 0],
    ["signaling/calls.c", '#include "media/media.h"\n#include <glib.h>', 0],
    ["tests/unit/media/test_nack.c", '#include "media/rtp/nack.h"', 0],
    ["signaling/calls.c", '#include "media/room/room.h"', 1], // reaches into another module
    ["media/engine.c", '#include "store/store.h"', 1], // sideways
    ["store/db.c", '  #  include "signaling/rpc.h"', 1], // upwards
    ["vision/pool.c", "#include <media/media.h>", 1], // hidden in angle brackets
    ["media/rtp/nack.c", '#include "nack.h"', 1], // not from the root
    ["media/rtp/nack.c", '#include "tests/support/client.h"', 1], // the product knows its tests
    ["tests/support/synthetic_peer.c", '#include "media/media.h"', 1], // the peer borrows what it checks
    ["vision/image/image.cpp", '#include <opencv2/imgproc.hpp>\n#include "vision/image/image.h"', 0],
    ["vision/face/detect.c", "#include <opencv2/imgproc.hpp>", 1], // OpenCV past the border that catches its exceptions
    ["vision/capture/decode.c", "#include <gst/gst.h>", 0],
    ["vision/capture/keyframe_job.c", "#include <gst/gst.h>", 1], // decodes where nothing is walled in
    ["signaling/main.c", "#include <jpeglib.h>", 1],
    ["media/sdp/offer.c", "#include <gst/sdp/sdp.h>", 0], // parses, decodes nothing
];
for (const [file, text, expected] of cases) {
    test(`the check ${expected ? "refuses" : "accepts"} ${file} with ${text}`, () => {
        assert.equal(violations(file, text, (target) => target !== "nack.h").length, expected);
    });
}
