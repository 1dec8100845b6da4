// What stops the start, and what says why; TLS and its renewal.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFileSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import tls from "node:tls";
import { until } from "../e2e/support/wait.mjs";
import { binary } from "./support/built.mjs";
import { connect, refusedAs, serverFor, signIn } from "./support/call.mjs";

function folderFor(t) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-start-"));
    t.after(() => rmSync(folder, { recursive: true }));
    return folder;
}

async function freePort() {
    const probe = createServer().listen(0, "127.0.0.1");
    await once(probe, "listening");
    const { port } = probe.address();
    probe.close();
    return port;
}

function certificate(folder, name) {
    const files = { key: path.join(folder, `${name}.key`), certificate: path.join(folder, `${name}.pem`) };
    execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
        "-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", files.key, "-out", files.certificate], { stdio: "ignore" });
    return files;
}

// [name, settings, what the message says beside file and line]
const refused = [
    ["an unknown key", "[http]\nlisten = 127.0.0.1:0\nlissten = 1\n", 3, /lissten/],
    ["an unknown group", "[htttp]\nlisten = 127.0.0.1:0\n", 1, /htttp/],
    ["a number out of range", "# a comment\n\n[media]\nworkers = 1000\n", 4, /1\D+64/],
    ["a number that is none", "[media]\nport = ninety\n", 2, /port/],
    ["an address that is a name", "[media]\naddresses = localhost\n", 2, /address/],
    ["a codec nobody speaks", "[media]\nvideo_codecs = AV1\n", 2, /VP8/],
    ["the same key twice", "[http]\nlisten = 127.0.0.1:8080\nlisten = 127.0.0.1:8081\n", 3, /listen/],
];

test("settings that stop the start", async (t) => {
    const folder = folderFor(t);
    const file = path.join(folder, "viva.conf");
    for (const [name, text, line, says] of refused) {
        await t.test(name, () => {
            writeFileSync(file, text);
            const { status, stderr, stdout } = spawnSync(binary, ["serve", "--config", file], { encoding: "utf8", timeout: 20_000 });
            assert.equal(status, 3, stderr);
            assert.ok(stderr.includes(`${file}:${line}`), stderr);
            assert.match(stderr, says);
            assert.ok(JSON.parse(stdout).error.message);
        });
    }
    await t.test("plain HTTP on an address that is not loopback", () => {
        writeFileSync(file, `[http]\nlisten = 0.0.0.0:8080\n[store]\npath = ${folder}/store\n`);
        const { status, stderr } = spawnSync(binary, ["serve", "--config", file], { encoding: "utf8", timeout: 20_000 });
        assert.equal(status, 3);
        assert.match(stderr, /plain HTTP|allow_plain_http/i);
    });
    await t.test("a file that is not there", () => {
        const { status, stderr } = spawnSync(binary, ["serve", "--config", `${folder}/none.conf`], { encoding: "utf8", timeout: 20_000 });
        assert.equal(status, 3);
        assert.ok(stderr.includes("none.conf"), stderr);
    });
    await t.test("a master key that others may read, or none", () => {
        writeFileSync(file, `[store]\npath = ${folder}/store\nmaster_key_file = ${folder}/none.key\n`);
        const { status, stderr } = spawnSync(binary, ["serve", "--config", file], { encoding: "utf8", timeout: 20_000 });
        assert.equal(status, 3);
        assert.ok(stderr.includes("none.key"), stderr);
    });
    await t.test("words that viva does not know", () => {
        const { status, stderr } = spawnSync(binary, ["server"], { encoding: "utf8", timeout: 20_000 });
        assert.equal(status, 2);
        assert.match(stderr, /serve/);
    });
});

test("TLS, and a new certificate on SIGHUP without a new start", async (t) => {
    const folder = folderFor(t);
    const [first, second] = ["first", "second"].map((name) => certificate(folder, name));
    const live = { key: path.join(folder, "live.key"), certificate: path.join(folder, "live.pem") };
    const install = (files) => ["key", "certificate"].forEach((kind) => copyFileSync(files[kind], live[kind]));
    install(first);
    const port = await freePort();
    writeFileSync(`${folder}/master.key`, randomBytes(32), { mode: 0o600 });
    writeFileSync(`${folder}/viva.conf`, `[http]
listen = 127.0.0.1:${port}
certificate = ${live.certificate}
key = ${live.key}
[media]
port = 0
[store]
path = ${folder}/store
master_key_file = ${folder}/master.key
`);
    const server = spawn(binary, ["serve", "--config", `${folder}/viva.conf`], { stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    server.stderr.on("data", (text) => (log += text));
    t.after(() => server.kill("SIGKILL"));
    const connect = () => tls.connect(port, "127.0.0.1", { rejectUnauthorized: false });
    const subject = async () => {
        const socket = connect();
        await once(socket, "secureConnect");
        const { CN: name } = socket.getPeerCertificate().subject;
        socket.destroy();
        return name;
    };
    await until("it listens", () => subject().catch(() => null), { timeoutMs: 60_000 });
    assert.equal(await subject(), "first");
    const held = connect();
    t.after(() => held.destroy());
    let closed = false;
    held.on("close", () => (closed = true)).on("error", () => {});
    install(second);
    server.kill("SIGHUP");
    await until("the new certificate", async () => (await subject()) === "second");
    assert.equal(closed, false, "open connections stay");
    await t.test("a certificate that does not fit its key changes nothing", async () => {
        copyFileSync(first.key, live.key);
        server.kill("SIGHUP");
        await until("the log says so", () => /certificate/.test(log));
        assert.equal(await subject(), "second");
    });
});

test("without the demo missions come of their policies, and officers by command", async (t) => {
    const policies = folderFor(t);
    const names = "[mission]\nname_en = Consulate General in Sydney\nname_zh_hans = 驻悉尼总领事馆\n";
    writeFileSync(path.join(policies, "sydney.conf"), `${names}time_zone = Australia/Sydney\n`);
    writeFileSync(path.join(policies, "perth.conf"), names); // by what clock?
    const server = await serverFor(t, { demo: false, settings: { interview: { policies } } });
    assert.match(server.log, /event=mission_made mission=sydney/);
    assert.match(server.log, /event=mission_not_made mission=perth .*time_zone/);
    const config = path.join(server.folder, "viva.conf");
    const add = (login, mission, password) => {
        const words = ["officer", "add", login, "--name", "Li Na", "--mission", mission, "--config", config];
        return spawnSync(binary, words, { input: `${password}\n`, encoding: "utf8" });
    };
    const unknown = add("li", "perth", "correct horse battery");
    assert.notEqual(unknown.status, 0);
    assert.match(unknown.stderr, /perth.*there are: sydney/);
    assert.notEqual(add("li", "sydney", "short").status, 0);
    const stranger = await connect(t, server);
    await refusedAs(stranger.call("officer.sign_in", { login: "li", password: "correct horse battery" }), "bad_credentials");
    assert.equal(add("li", "sydney", "correct horse battery").status, 0);
    const login = { login: "li", password: "correct horse battery" };
    assert.equal((await signIn(t, server, login)).officer.mission.time_zone, "Australia/Sydney");

    await server.kill9();
    writeFileSync(path.join(policies, "sydney.conf"), `${names.replace("Sydney", "Sydney (CBD)")}time_zone = Australia/Sydney\n`);
    await server.restart();
    assert.equal((await signIn(t, server, login)).officer.mission.name.en, "Consulate General in Sydney (CBD)");
    assert.doesNotMatch(server.log, /mission_made mission=sydney/);
});
