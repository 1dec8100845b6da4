// A party's browser: Chromium with a camera of its own, and what its WebRTC statistics say.
import { chromium } from "playwright-core";
import { HEIGHT, WIDTH } from "./camera.mjs";
import { until } from "./wait.mjs";

const flags = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--allow-loopback-in-peer-connection",
    "--disable-backgrounding-occluded-windows",
    "--disable-renderer-backgrounding",
    "--autoplay-policy=no-user-gesture-required",
];

export const phone = { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1, isMobile: true, hasTouch: true };
export const desktop = { viewport: { width: 1440, height: 900 } };
// Where nothing is looked at: less to draw.
export const laptop = { viewport: { width: 1180, height: 740 } };
// A camera that leaves the machine time for something else.
export const slow = { fps: 10 };
// For calls of three: three browsers that show two videos each want more than two cores at 30 frames/s.
export const small = { ...slow, device: phone };

// Chromium without the windows, menus and pages of its own that a whole one has even where nobody sees them: they cost five
// times what ours do.
export function launch(more = []) {
    return chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell", args: [...flags, ...more] });
}

// Runs in a page before its scripts.
export function keepPeers() {
    window.__peers = [];
    window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(...parameters) {
            super(...parameters);
            window.__peers.push(this);
        }
    };
}

// One for each camera and permission: starting Chromium costs more than all that a page does.
const browsers = new Map();

function browserWith(camera, permission) {
    const own = [`--use-fake-ui-for-media-stream${permission ? "" : "=deny"}`, `--use-file-for-fake-video-capture=${camera.file}`];
    const key = own.join(" ");
    if (!browsers.has(key)) browsers.set(key, launch(own));
    return browsers.get(key);
}

// Whoever opened one has to, or the process does not end.
export async function closeBrowsers() {
    await Promise.all([...browsers.values()].map(async (browser) => (await browser).close()));
    browsers.clear();
}

// A browser context, with nothing in it of any other, whose pages keep their peer connections in window.__peers for
// `received` below. `fps`: of its camera, at the most.
export async function openBrowser(camera, { device = desktop, locale = "en-US", permission = true, fps = 30, storageState } = {}) {
    const browser = await browserWith(camera, permission);
    const context = await browser.newContext({ ...device, locale, storageState, reducedMotion: "reduce" });
    if (permission) await context.grantPermissions(["camera", "microphone"]);
    await context.addInitScript(keepPeers);
    await context.addInitScript((max) => {
        const devices = navigator.mediaDevices;
        const open = devices?.getUserMedia.bind(devices);
        if (open && max < 30) devices.getUserMedia = ({ video, ...other }) => open({ ...other, video: video && { ...video, frameRate: { max } } });
    }, fps);
    return context;
}

// What the page receives just now: per incoming track of its live connections.
export function received(page) {
    return page.evaluate(async () => {
        const tracks = [];
        for (const peer of window.__peers ?? []) {
            if (peer.connectionState !== "connected") continue;
            const stats = await peer.getStats();
            for (const track of stats.values())
                if (track.type === "inbound-rtp")
                    tracks.push({
                        id: `${track.kind} ${track.ssrc}`,
                        kind: track.kind,
                        at: track.timestamp,
                        frames: track.framesDecoded ?? 0,
                        width: track.frameWidth ?? 0,
                        height: track.frameHeight ?? 0,
                        energy: track.totalAudioEnergy ?? 0,
                        codec: stats.get(track.codecId)?.mimeType,
                    });
        }
        return tracks;
    });
}

// Waits until the page decodes, from each of `parties` others, video of the camera's full size (or of `anySize`) at `fps`
// over a whole second, and hears something. Returns the video tracks with their measured frames per second.
export async function untilPlaying(page, { parties = 1, fps = 24, anySize = false } = {}) {
    let earlier = [];
    let seen = "";
    const playing = async () => {
        const now = await received(page);
        const measured = now.flatMap((track) => {
            const before = earlier.find((each) => each.id === track.id);
            const seconds = before ? (track.at - before.at) / 1000 : 0;
            return seconds > 0
                ? [{ ...track, fps: (track.frames - before.frames) / seconds, heard: track.energy - before.energy }]
                : [];
        });
        earlier = now;
        seen = measured.map((t) => (t.kind === "video" ? `${t.width}x${t.height} ${t.fps.toFixed(1)} fps` : `audio ${t.heard}`)).join(", ");
        const large = ({ width, height }) => anySize || (width === WIDTH && height === HEIGHT);
        const videos = measured.filter((t) => t.kind === "video" && t.fps >= fps && large(t));
        const audios = measured.filter((t) => t.kind === "audio" && t.heard > 0);
        return videos.length >= parties && audios.length >= parties && videos;
    };
    return until("full video and audio", playing, { timeoutMs: 90_000, everyMs: 1000 }).catch((error) => {
        throw new Error(`${error.message}; last seen: ${seen || "nothing"}`);
    });
}
