// A VP8 film (IVF) of a still picture, made with GStreamer, for the synthetic camera. Real people's pictures never lie in
// the tree, so their films are made for a test and go with it.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

// Returns the film's path; it is removed after the test.
export function filmOf(t, jpeg, { width = 640, height = 480, frames = 25 } = {}) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-film-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const still = path.join(folder, "still.jpg");
    const film = path.join(folder, "film.ivf");
    writeFileSync(still, jpeg);
    const launch = `filesrc location=${still} ! jpegdec ! videoconvert ! videoscale add-borders=true !
        video/x-raw,format=I420,width=${width},height=${height},pixel-aspect-ratio=1/1 ! imagefreeze num-buffers=${frames} !
        video/x-raw,framerate=25/1 ! vp8enc deadline=1 keyframe-max-dist=${frames} target-bitrate=1500000 !
        multifilesink location=${folder}/frame-%05d`;
    execFileSync("gst-launch-1.0", ["-q", ...launch.split(/\s+/)]);
    const names = readdirSync(folder)
        .filter((name) => name.startsWith("frame-"))
        .sort();
    const head = Buffer.alloc(32);
    head.write("DKIF\0\0\x20\0VP80", 0, "latin1");
    head.writeUInt16LE(width, 12);
    head.writeUInt16LE(height, 14);
    head.writeUInt32LE(25, 16);
    head.writeUInt32LE(1, 20);
    head.writeUInt32LE(names.length, 24);
    const parts = names.flatMap((name, i) => {
        const frame = readFileSync(path.join(folder, name));
        const frameHead = Buffer.alloc(12);
        frameHead.writeUInt32LE(frame.length, 0);
        frameHead.writeUInt32LE(i, 4);
        return [frameHead, frame];
    });
    writeFileSync(film, Buffer.concat([head, ...parts]));
    return film;
}
