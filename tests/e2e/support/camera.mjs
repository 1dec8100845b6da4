// What a test's camera sees: a Motion JPEG that Chromium plays in a loop, and its single pictures to compare with.
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import jpeg from "jpeg-js";
import { ssim } from "ssim.js";

export const WIDTH = 640;
export const HEIGHT = 480;

const films = fileURLToPath(new URL("../../../../shared/data/video", import.meta.url));

// Real films of people lie beside the project where there are any; elsewhere a drawn picture moves.
export function makeCamera(folder, name = "yes") {
    const film = path.join(films, `${name}.mkv`);
    const real = existsSync(film);
    const source = real
        ? `filesrc location=${film} ! decodebin`
        : `videotestsrc pattern=smpte75 horizontal-speed=${name.length} num-buffers=60 ! video/x-raw,framerate=30/1`;
    const file = path.join(folder, `${name}.mjpeg`);
    const shape = `videoconvert ! videoscale ! video/x-raw,width=${WIDTH},height=${HEIGHT}`;
    execFileSync("gst-launch-1.0", ["-q", ...`${source} ! ${shape} ! jpegenc quality=90 ! filesink location=${file}`.split(" ")]);
    return new Camera(file, real ? `film of a person (${name}.mkv)` : "generated moving picture");
}

class Camera {
    #frames;

    constructor(file, what) {
        Object.assign(this, { file, what });
    }

    // Its single pictures: seconds of work, for those who compare.
    get frames() {
        return (this.#frames ??= pictures(readFileSync(this.file)).map(decode));
    }
}

// An end-of-image marker cannot occur inside a JPEG's coded data, where every 0xFF is followed by 0x00.
function pictures(mjpeg) {
    const found = [];
    for (let start = 0, end; (end = mjpeg.indexOf(Buffer.from([0xff, 0xd9]), start)) >= 0; start = end + 2)
        found.push(mjpeg.subarray(start, end + 2));
    return found;
}

const decode = (picture) => jpeg.decode(picture, { useTArray: true });

// How far apart two pictures are, judged by every 97th byte: enough to tell frames of a film apart.
function distance(a, b) {
    let sum = 0;
    for (let i = 0; i < a.data.length; i += 97) sum += Math.abs(a.data[i] - b.data[i]);
    return sum;
}

// Structural similarity (0..1) of a captured JPEG with the camera's picture that is nearest to it.
export function similarity(captured, camera) {
    const taken = decode(captured);
    const [nearest] = [...camera.frames].sort((a, b) => distance(taken, a) - distance(taken, b));
    return ssim(taken, nearest).mssim;
}
