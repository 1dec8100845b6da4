// A running interview of two Chromium on a real server: prints lines of JSON, as bench_media does.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { closeBrowsers, openBrowser, received } from "../e2e/support/browser.mjs";
import { makeCamera } from "../e2e/support/camera.mjs";
import { Rpc } from "../e2e/support/rpc.mjs";
import { Server } from "../e2e/support/server.mjs";

const JOINS = 21;
const CAPTURES = 41;
const WATCHED_S = 20;

const pause = (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

function quantile(values, part) {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted[Math.round((sorted.length - 1) * part)];
}

const print = (line) => console.log(JSON.stringify(line));

// Nanoseconds that every thread of the server has been on a CPU.
function cpuNs(server) {
    const tasks = `/proc/${server.process.pid}/task`;
    return readdirSync(tasks).reduce((sum, task) => sum + Number(readFileSync(`${tasks}/${task}/schedstat`, "utf8").split(" ")[0]), 0);
}

// In a page: sends camera and microphone and receives one other party. Resolves with the milliseconds from the answer
// to the first frame shown, null when nobody else is there yet.
async function join({ receives }) {
    window.stream ??= await navigator.mediaDevices.getUserMedia({ audio: true, video: { width: 640, height: 480, frameRate: 30 } });
    for (const peer of window.__peers.splice(0)) peer.close();
    const peer = new RTCPeerConnection({ bundlePolicy: "max-bundle" });
    for (const track of window.stream.getTracks()) peer.addTransceiver(track, { direction: "sendonly", streams: [window.stream] });
    for (const kind of ["audio", "video"]) peer.addTransceiver(kind, { direction: "recvonly" });
    const video = document.createElement("video");
    Object.assign(video, { muted: true, autoplay: true });
    document.body.replaceChildren(video);
    peer.ontrack = ({ track }) => track.kind === "video" && (video.srcObject = new MediaStream([track]));
    await peer.setLocalDescription();
    const sdp = await window.answerTo(peer.localDescription.sdp);
    const shown = new Promise((resolve) => video.requestVideoFrameCallback(() => resolve(performance.now())));
    const answered = performance.now();
    await peer.setRemoteDescription({ type: "answer", sdp });
    return receives ? (await shown) - answered : null;
}

async function party(server, camera, answerTo) {
    const context = await openBrowser(camera);
    const page = await context.newPage();
    await page.exposeFunction("answerTo", answerTo);
    await page.goto(`${server.url}/v1/health`); // any page of this origin: a camera needs one
    return { page, close: () => context.close() };
}

async function measure(server, camera) {
    const { applicant: link, login } = server.people();
    const [guest, officer] = await Promise.all([Rpc.connect(server.url), Rpc.connect(server.url)]);
    const { interview } = await guest.call("ticket.redeem", { ticket: new URL(link).hash.slice(3), device: "b".repeat(43) });
    await officer.call("officer.sign_in", login);
    const interview_id = interview.id;
    await guest.call("interview.ready");
    await officer.call("call.start", { interview_id });
    const { parties } = await guest.call("call.accept");
    const party_id = parties.find(({ role }) => role === "applicant").id;
    const applicant = await party(server, camera, async (sdp) => (await guest.call("media.join", { sdp })).sdp);
    const conductor = await party(server, camera, async (sdp) => (await officer.call("media.join", { interview_id, sdp })).sdp);
    try {
        await applicant.page.evaluate(join, { receives: false });
        const joins = [];
        for (let i = 0; i < JOINS; i++) {
            joins.push(await conductor.page.evaluate(join, { receives: true }));
            await pause(0.7); // a keyframe may be asked for twice a second
        }
        print({ bench: "join", client: "Chromium", joins: JOINS, p50_ms: quantile(joins, 0.5), p95_ms: quantile(joins, 0.95) });

        await pause(10); // Chromium's rate has to grow
        const before = { cpu: cpuNs(server), at: process.hrtime.bigint() };
        await pause(WATCHED_S);
        const core = (cpuNs(server) - before.cpu) / Number(process.hrtime.bigint() - before.at);
        const tracks = (await received(conductor.page)).filter(({ kind, id }) => (kind ?? id).startsWith("video"));
        const { bitrate_bps } = await videoFlow(officer, party_id);
        print({ bench: "interview", core_percent: core * 100, video_mbit_per_s: bitrate_bps / 1e6, picture: `${tracks[0]?.width}x${tracks[0]?.height}` });

        const captures = [];
        for (let i = 0; i < CAPTURES; i++) {
            const started = performance.now();
            await officer.call("capture.take", { interview_id, party_id, kind: "face" });
            captures.push(performance.now() - started);
            await pause(0.25);
        }
        print({ bench: "capture", captures: CAPTURES, p50_ms: quantile(captures, 0.5), p95_ms: quantile(captures, 0.95), video_mbit_per_s: bitrate_bps / 1e6 });
    } finally {
        await Promise.all([applicant.close(), conductor.close()]);
        guest.close();
        officer.close();
    }
}

// The applicant's video as the server receives it now.
async function videoFlow(officer, party_id) {
    officer.notifications.length = 0;
    const { params } = await officer.notified("call.quality", ({ parties }) => parties.some((each) => each.party_id === party_id));
    return params.parties.find((each) => each.party_id === party_id).sent.video;
}

const folder = mkdtempSync(path.join(os.tmpdir(), "viva-bench-"));
const server = await Server.start();
try {
    await measure(server, makeCamera(folder));
} finally {
    await closeBrowsers();
    await server.remove();
    rmSync(folder, { recursive: true });
}
