// What tests/bench/run does: runs the measurements named, or all, prints a table, keeps each in build/bench.json.
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { binary as viva, program } from "../integration/support/built.mjs";

const root = fileURLToPath(new URL("../..", import.meta.url));
const bench = program("bench_media");
const vision = program("bench_vision");
const commands = {
    forward: [bench, ["forward"]],
    memory: [bench, ["memory"]],
    join: [bench, ["join"]],
    process: [vision, ["process"]],
    live: [vision, ["live"]],
    face: [vision, ["face"]],
    document: [vision, ["document"]],
    interview: [process.execPath, [fileURLToPath(new URL("interview.mjs", import.meta.url))]],
    orders: [program("bench_orders"), []],
    connected: [process.execPath, [fileURLToPath(new URL("connected.mjs", import.meta.url))]],
};

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const number = (value) => (value >= 100 ? value.toFixed(0) : value.toFixed(2));

// [what, measured, aim, the measurement it is compared with]
function table(lines) {
    const of = (name) => lines.filter((line) => line.bench === name);
    const rows = [];
    for (const { client, p50_ms, p95_ms } of of("join")) rows.push([`join to first frame, ${client}`, p50_ms, 300, "ms", `p95 ${number(p95_ms)}`]);
    for (const { p50_ms, p95_ms, video_mbit_per_s: rate } of of("capture"))
        rows.push(["capture, asked to durable", p50_ms, 200, "ms", `p95 ${number(p95_ms)}, at ${number(rate)} Mbit/s`]);
    for (const { core_percent: percent, video_mbit_per_s: rate, picture } of of("interview"))
        rows.push(["CPU of an interview of two", percent, 3, "% of a core", `${picture} at ${number(rate)} Mbit/s`]);
    for (const { heap_kib_per_peer: heap, resident_kib_per_peer: resident, peers } of of("memory"))
        rows.push([`memory per peer (${peers} peers)`, heap, 150, "KiB heap", `resident ${number(resident)}`]);
    for (const { p50_ms, max_ms } of of("worker_start")) rows.push(["vision worker, start", p50_ms, 2000, "ms", `most ${number(max_ms)}`]);
    for (const { after, most_mib: most, resident_mib: resident } of of("worker_memory"))
        rows.push([`vision worker, memory after ${after}`, most, after === "25 megapixels" ? null : 400, "MiB at most", `resident now ${number(resident)}`]);
    for (const { empty_us, mebibyte_us } of of("job")) rows.push(["vision job, beyond its work", empty_us, null, "µs", `with 1 MiB ${number(mebibyte_us)}`]);
    for (const { width, height, core, batch_p50_ms: p50, batch_p95_ms: p95 } of of("live"))
        rows.push([`live liveness, ${width}×${height} at 30 frames/s`, core, 0.5, "of a core", `100 ms of it take ${number(p50)} ms, p95 ${number(p95)}`]);
    const faces = of("face_compare");
    for (const { engine, p50_ms } of faces) {
        const own = faces[0].p50_ms;
        rows.push([`comparing two faces, by ${engine}`, p50_ms, engine === faces[0].engine ? 120 : null, "ms of CPU", `${number(p50_ms / own)} × ${faces[0].engine}`]);
    }
    for (const { p50_ms, p95_ms } of of("face_compare_worker")) rows.push(["comparing two faces, in a worker", p50_ms, 120, "ms", `p95 ${number(p95_ms)}`]);
    for (const { pages, p50_ms, p95_ms } of of("document_read")) rows.push(["reading a page, in a worker", p50_ms, 1500, "ms", `p95 ${number(p95_ms)}, ${pages} readings`]);
    for (const { what, orders, p50_ms, p95_ms, cpu_p95_ms: cpu, calls } of of("orders"))
        rows.push([`${what}, ${orders} orders`, p95_ms, 50, "ms p95", `p50 ${number(p50_ms)}; on a CPU ${number(cpu)} p95; ${calls} calls`]);
    rows.push(...connectedRows(of("connected")));
    const rounds = of("forward").filter(({ loss }) => loss <= 0.01); // a round that lost more measured something else
    for (const srtp of ["GCM", "CM"]) {
        for (const rooms of new Set(rounds.map((round) => round.rooms))) {
            const these = rounds.filter((round) => round.srtp === srtp && round.rooms === rooms);
            if (these.length === 0) continue;
            const middle = (key) => median(these.map((round) => round[key]));
            rows.push([`forwarding, ${srtp}, ${Math.round(middle("forwarded_per_s"))} packets/s`, middle("us_per_packet"), null, "µs a packet",
                `${number(middle("ratio"))} × sendto and AES-GCM alone (${number(middle("floor_us"))}), ${these.length} rounds`]);
        }
    }
    return rows;
}

function connectedRows(lines) {
    const rows = [];
    for (const { what, connections, ...line } of lines) {
        const name = `${connections} connected: ${what}`;
        if (what === "opening") rows.push([name, line.per_s, null, "a second", "signed in, with the home page's requests"]);
        else if (what === "memory") rows.push([name, line.kib_per_connection, null, "KiB each", `resident ${number(line.resident_mib)} MiB, without them ${number(line.empty_mib)}`]);
        else if (what === "idle") rows.push([name, line.core_percent, null, "% of a core", `the loop ${number(line.loop_percent)}`]);
        else rows.push([name, line.p95_ms, null, "ms p95", `p50 ${number(line.p50_ms)}, most ${number(line.max_ms)}, ${line.count} times${
            line.per_s ? `, ${number(line.per_s)} a second on ${number(line.core_percent)} % of a core, the loop ${number(line.loop_percent)}` : ""}`]);
    }
    return rows;
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(commands);
const unknown = names.find((name) => !commands[name]);
if (unknown) {
    console.error(`tests/bench/run: no measurement "${unknown}"; there are: ${Object.keys(commands).join(", ")}`);
    process.exit(2);
}
if (!existsSync(viva) || !existsSync(bench)) {
    console.error("tests/bench/run: build first: deploy/build release tests");
    process.exit(1);
}
const lines = [];
let failed = false;
for (const name of names) {
    process.stderr.write(`${name} …\n`);
    const { status, stdout, stderr } = spawnSync(...commands[name], { encoding: "utf8", env: { ...process.env, VIVA: viva } });
    lines.push(...stdout.split("\n").filter((line) => line.startsWith("{")).map((line) => JSON.parse(line)));
    if (status === 0) continue;
    failed = true;
    console.error(`${name} failed:\n${stderr}`);
}
mkdirSync(path.join(root, "build"), { recursive: true });
writeFileSync(path.join(root, "build/bench.json"), `${JSON.stringify(lines, null, 2)}\n`);
for (const [what, value, aim, unit, note] of table(lines))
    console.log(`${what.padEnd(44)} ${number(value).padStart(8)} ${unit.padEnd(12)} ${(aim === null ? "" : value <= aim ? `aim ${aim}: met` : `aim ${aim}: MISSED`).padEnd(18)} ${note}`);
process.exit(failed ? 1 : 0);
