// The message center, and messages and codes on their way out: by e-mail and by a program of the mission's own.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { binary } from "./support/built.mjs";
import { connect, refusedAs, serverFor } from "./support/call.mjs";
import { signInHolder, withdrawnOrder } from "./support/holder.mjs";
import { MailServer } from "./support/mail_server.mjs";

function temporary(t) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-messages-"));
    t.after(() => rmSync(folder, { recursive: true }));
    return folder;
}

const smtp = (mail, more = {}) => ({
    sender: { kind: "smtp", smtp_url: mail.url, from: "noreply@viva.example", allow_plain: true, retry_first_ms: 200, ...more },
    limit: { code_burst: 1000, code_per_min: 1000, codes_per_day: 1000 },
});

const codeIn = ({ text }) => text.match(/\b\d{6}\b/)[0];

// Signs in with the code that the mail server has got for the contact.
async function signInByMail(t, server, mail, contact, language = "en") {
    const rpc = await connect(t, server);
    const before = mail.mails.length;
    const sent = await rpc.call("account.request_code", { contact, language });
    assert.equal(sent.demo_code, null);
    const got = await mail.arrived(before);
    return Object.assign(rpc, await rpc.call("account.confirm", { contact, code: codeIn(got) }), { got });
}

test("of many who are connected at once each hears of its own orders alone, and all hear what is for all", async (t) => {
    const server = await serverFor(t);
    const holders = [];
    for (let i = 0; i < 200; i++) holders.push(await signInHolder(t, server, { from: `127.2.0.${i + 1}` })); // codes are limited by address
    const orders = await Promise.all(holders.map((rpc, i) => (i % 2 === 0 ? withdrawnOrder(rpc) : null)));
    for (const [i, rpc] of holders.entries()) {
        if (orders[i]) await rpc.notified("message.added", ({ message }) => message.template === "withdrawn");
        const heard = rpc.notifications.filter(({ method }) => method === "message.added").map(({ params }) => params.message);
        assert.deepEqual(heard.map(({ order_id, template }) => [order_id, template]), orders[i] ? [[orders[i].id, "created"], [orders[i].id, "withdrawn"]] : []);
        const changed = rpc.notifications.filter(({ method }) => method === "order.changed");
        assert.ok(changed.every(({ params }) => params.order.id === orders[i]?.id));
    }
    await server.signal("SIGTERM");
    await Promise.all(holders.map((rpc) => rpc.notified("server.draining")));
});

test("an order's changes are told in the holder's language, live and later, and to nobody else", async (t) => {
    const server = await serverFor(t);
    const holder = await signInHolder(t, server, { verified: true });
    const other = await signInHolder(t, server, { verified: true });
    const order = await withdrawnOrder(holder);
    const { params } = await holder.notified("message.added", ({ message }) => message.template === "withdrawn");
    const { message, unread } = params;
    assert.equal(unread, (await holder.call("message.list")).unread);
    assert.deepEqual([message.order_id, message.order_number, message.state, message.read], [order.id, order.number, "withdrawn", false]);
    assert.equal(message.title, "Your order has been withdrawn");
    assert.ok(message.text.includes(order.number) && message.text.includes("Consulate General in New York"));

    const { messages } = await holder.call("message.list", { limit: 1 });
    assert.deepEqual(messages, [message]);
    assert.deepEqual((await holder.call("message.list", { before: messages[0].seq, limit: 1 })).messages.filter(({ seq }) => seq >= message.seq), []);
    await holder.call("account.set", { language: "zh-Hans" });
    const [translated] = (await holder.call("message.list", { limit: 1 })).messages;
    assert.equal(translated.title, "订单已撤回");
    assert.ok(translated.text.includes("驻纽约总领事馆"));

    assert.deepEqual(await other.call("message.list"), { messages: [], unread: 0 });
    await other.call("message.read", { seq: message.seq });
    assert.equal((await holder.call("message.list", { limit: 1 })).messages[0].read, false, "nobody reads another's");
    assert.deepEqual(await holder.call("message.read", { seq: message.seq }), { unread: 0 });
    assert.equal((await holder.call("message.list", { limit: 1 })).messages[0].read, true);
    assert.ok(!other.notifications.some(({ method }) => method === "message.added"));
    for (const rpc of [await connect(t, server)]) await refusedAs(rpc.call("message.list"), "not_signed_in");
});

test("a code goes out by e-mail, at once, and signs in", async (t) => {
    const mail = await MailServer.start(t, { password: "pass word" });
    const folder = temporary(t);
    writeFileSync(path.join(folder, "password"), "pass word\n", { mode: 0o600 });
    const server = await serverFor(t, { settings: smtp(mail, { user: "viva", password_file: path.join(folder, "password") }) });
    const holder = await signInByMail(t, server, mail, "Zhang.Wei@example.org", "zh-Hans");
    assert.deepEqual(holder.got.to, ["zhang.wei@example.org"]);
    assert.equal(holder.got.subject, "领事服务登录验证码");
    assert.ok(holder.got.text.includes("10 分钟内有效"));
    assert.equal(holder.got.headers.from, "<noreply@viva.example>");
    assert.equal(holder.got.headers["auto-submitted"], "auto-generated");
    assert.ok(!holder.got.source.includes(codeIn(holder.got)), "encoded, as all of it");
    assert.equal((await refusedAs(holder.call("account.request_code", { contact: "13800138000" }), "invalid_params")).data.param, "contact");
    assert.ok(!server.log.includes("zhang.wei") && !server.log.includes(codeIn(holder.got)) && !server.log.includes("pass word"));
});

test("a code is tried again while the mail server is away, and no more than may wait do", async (t) => {
    const mail = await MailServer.start(t, { answers: { MAIL: "451 not now, a@example.org" } });
    const server = await serverFor(t, { settings: smtp(mail) });
    const rpc = await connect(t, server);
    const asked = Date.now();
    const reply = await rpc.call("account.request_code", { contact: "a@example.org" });
    assert.ok(reply.expires_at && Date.now() - asked < 15e3, "nobody waits for the mail server");
    await until("a try that failed", () => mail.connections > 1);
    mail.answers = {};
    const { code } = { code: codeIn(await mail.arrived()) };
    await rpc.call("account.confirm", { contact: "a@example.org", code });
    assert.equal(mail.mails.length, 1);
    assert.match(server.log, /event=send_failed purpose=code tries=1 reason="[^"]*451/);
    assert.ok(!server.log.includes("a@example.org"), "a server's answer is not repeated");

    const full = await serverFor(t, { settings: smtp({ url: "smtp://127.0.0.1:1" }, { queue_max: 1, retry_first_ms: 300000 }) });
    const many = await connect(t, full);
    const codes = [];
    for (let i = 0; i < 20 && !codes.includes("busy"); i++) codes.push((await many.call("account.request_code", { contact: `b${i}@example.org` }).catch((error) => error)).data?.code);
    assert.ok(codes.includes("busy"));
});

test("a mail server without TLS gets nothing, unless it may", async (t) => {
    const mail = await MailServer.start(t);
    const server = await serverFor(t, { settings: smtp(mail, { allow_plain: false }) });
    await (await connect(t, server)).call("account.request_code", { contact: "a@example.org" });
    await until("a try that failed", () => /event=send_failed/.test(server.log));
    assert.equal(mail.mails.length, 0);
});

test("messages go out by e-mail to whoever wants that, also over a kill -9, and once", async (t) => {
    const mail = await MailServer.start(t);
    const server = await serverFor(t, { settings: smtp(mail) });
    const holder = await signInByMail(t, server, mail, "a@example.org");
    await holder.call("account.verify", { name: "张静怡", id_kind: "id_card", id_number: "11010519491231002X" });
    await withdrawnOrder(holder);
    await holder.call("account.set", { mail_messages: true });
    mail.answers = { RCPT: "451 not now" };
    const order = await withdrawnOrder(holder);
    await until("a try that failed", () => /event=mail_failed/.test(server.log));
    await server.kill9();
    mail.answers = {};
    await server.restart();
    const got = await until("the mail", () => mail.mails.find(({ text }) => text.includes(order.number) && text.includes("withdrawn")));
    assert.deepEqual(got.to, ["a@example.org"]);
    assert.equal(got.subject, "Your order has been withdrawn");
    assert.ok(got.text.trim().endsWith(`${server.url}/`));
    const again = await connect(t, server);
    await again.call("session.resume", { token: holder.token });
    const { messages } = await again.call("message.list");
    const wanted = messages.filter(({ order_id }) => order_id === order.id).length;
    await until("all of them", () => mail.mails.filter(({ text }) => text.includes(order.number)).length === wanted);
    const metrics = await (await fetch(`${server.url}/v1/metrics`)).text();
    assert.match(metrics, new RegExp(`^viva_sent_total\\{purpose="message",outcome="sent"\\} ${wanted}$`, "m"));
    const later = await withdrawnOrder(again);
    await until("the next", () => mail.mails.some(({ text }) => text.includes(later.number)));
    assert.equal(mail.mails.filter(({ text }) => text.includes(order.number)).length, wanted, "none twice, and none from before");
});

test("a mail that nobody takes is given up in the end, and one that is not wanted any more is dropped", async (t) => {
    const mail = await MailServer.start(t);
    const server = await serverFor(t, { settings: smtp(mail, { give_up_s: 1 }) });
    const holder = await signInByMail(t, server, mail, "a@example.org");
    await holder.call("account.verify", { name: "张静怡", id_kind: "id_card", id_number: "11010519491231002X" });
    await holder.call("account.set", { mail_messages: true });
    mail.answers = { DATA: "554 never" };
    await withdrawnOrder(holder);
    await until("given up", () => /event=mail_given_up/.test(server.log));
    const metrics = await (await fetch(`${server.url}/v1/metrics`)).text();
    assert.match(metrics, /^viva_sent_total\{purpose="message",outcome="given_up"\} [1-9]/m);
    await holder.call("account.set", { mail_messages: false });
    mail.answers = {};
    const before = mail.mails.length;
    await withdrawnOrder(holder);
    await signInByMail(t, server, mail, "b@example.org");
    assert.deepEqual(mail.mails.slice(before).map(({ to }) => to[0]), ["b@example.org"]);
});

// A program that keeps its messages in files of the folder.
function keeper(folder, script = 'cat > "$0/part.$$" && mv "$0/part.$$" "$0/message.$$"') {
    const file = path.join(folder, "send");
    writeFileSync(file, `#!/bin/sh\nset -- "$1"\nexec /bin/sh -c '${script}' "$1"\n`);
    chmodSync(file, 0o700);
    mkdirSync(path.join(folder, "out"), { recursive: true });
    return `${file} ${path.join(folder, "out")}`;
}
const kept = (folder) =>
    readdirSync(path.join(folder, "out"))
        .filter((name) => name.startsWith("message."))
        .map((name) => JSON.parse(readFileSync(path.join(folder, "out", name), "utf8")));

test("a program sends codes to mobile numbers too, and gets nothing of the server's", async (t) => {
    const folder = temporary(t);
    process.env.VIVA_TEST_SECRET = "of the environment";
    t.after(() => delete process.env.VIVA_TEST_SECRET);
    const command = keeper(folder, 'env > "$0/env"; cat > "$0/part.$$" && mv "$0/part.$$" "$0/message.$$"');
    const server = await serverFor(t, { settings: { sender: { kind: "command", command } } });
    const rpc = await connect(t, server);
    await rpc.call("account.request_code", { contact: "138 0013 8000", language: "zh-Hant" });
    const [message] = await until("the message", () => kept(folder).length > 0 && kept(folder));
    assert.deepEqual([message.purpose, message.to_kind, message.to, message.language], ["code", "mobile", "+8613800138000", "zh-Hant"]);
    assert.ok(message.text.includes(message.code) && /^\d{6}$/.test(message.code));
    const { account } = await rpc.call("account.confirm", { contact: "+8613800138000", code: message.code });
    assert.equal(account.language, "zh-Hant");
    assert.ok(!readFileSync(path.join(folder, "out", "env"), "utf8").includes("VIVA"));
});

test("a program that hangs is killed, and the server stops all the same", async (t) => {
    const folder = temporary(t);
    const command = keeper(folder, 'echo $$ > "$0/pid"; cat > /dev/null; sleep 600');
    const server = await serverFor(t, { settings: { sender: { kind: "command", command, timeout_s: 300 } } });
    await (await connect(t, server)).call("account.request_code", { contact: "a@example.org" });
    await until("it runs", () => existsSync(path.join(folder, "out", "pid")));
    await server.signal("SIGTERM");
    assert.equal(await server.exit(), 0);
});

test("what is wrong with the sender or the texts stops the start or is seen by doctor", async (t) => {
    const folder = temporary(t);
    const mail = await MailServer.start(t);
    const refuses = async (settings, says) => {
        const reason = await serverFor(t, { settings }).then(() => null, (error) => error);
        assert.match(reason?.message ?? "it started", says);
    };
    await refuses({ sender: { kind: "pigeon" } }, /key \[sender\] kind: "pigeon" is not allowed; allowed is none, smtp or command/);
    await refuses({ sender: { kind: "smtp", from: "a@example.org" } }, /\[sender\] smtp_url/);
    await refuses({ sender: { kind: "smtp", from: "a@example.org", smtp_url: "http://example.org" } }, /\[sender\] smtp_url/);
    await refuses({ sender: { kind: "smtp", from: "Viva <a@example.org>", smtp_url: mail.url } }, /\[sender\] from/);
    await refuses({ sender: { kind: "smtp", from: "a@example.org", smtp_url: mail.url, user: "viva" } }, /user and password_file go together/);
    await refuses({ sender: { kind: "command" } }, /\[sender\] command/);
    await refuses({ sender: { kind: "command", command: "send-code" } }, /whole path/);
    const open = path.join(folder, "open");
    writeFileSync(open, "secret\n", { mode: 0o644 });
    await refuses({ sender: { kind: "smtp", from: "a@example.org", smtp_url: mail.url, user: "viva", password_file: open } }, /mode 0644/);
    await refuses({ book: { messages: folder } }, /zh-Hans\.conf/);

    const policies = path.join(folder, "missions");
    mkdirSync(path.join(policies, "new-york.messages"), { recursive: true });
    const own = path.join(policies, "new-york.messages", "en.conf");
    writeFileSync(own, "[withdrawn]\n\ntext = {whne}\n");
    await refuses({ interview: { policies } }, /new-york\.messages\/en\.conf:3: key \[withdrawn\] text: \{whne\} is unknown/);
    writeFileSync(own, "[withdrawn]\ntext = New York lets {number} go.\n");
    const server = await serverFor(t, { settings: { interview: { policies } } });
    const holder = await signInHolder(t, server, { verified: true });
    const order = await withdrawnOrder(holder);
    const { messages } = await holder.call("message.list", { limit: 1 });
    assert.deepEqual([messages[0].title, messages[0].text], ["Your order has been withdrawn", `New York lets ${order.number} go.`]);
});

test("doctor asks the mail server, looks for the program and reads the texts", async (t) => {
    const folder = temporary(t);
    const mail = await MailServer.start(t, { password: "right" });
    const password_file = path.join(folder, "password");
    const examine = async (sender, more = "") => {
        const file = path.join(folder, "viva.conf");
        writeFileSync(file, `[sender]\n${Object.entries(sender).map(([key, value]) => `${key} = ${value}\n`).join("")}${more}`);
        const run = spawn(binary, ["doctor", "--config", file], { stdio: ["ignore", "pipe", "ignore"] }); // not spawnSync: the mail server is here
        let text = "";
        run.stdout.on("data", (bytes) => (text += bytes));
        await once(run, "close");
        return Object.fromEntries(JSON.parse(text).map(({ check, level, message }) => [check, { level, message }]));
    };
    const server = { kind: "smtp", smtp_url: mail.url, from: "a@example.org", allow_plain: true, user: "viva", password_file };
    writeFileSync(password_file, "right\n", { mode: 0o600 });
    const good = await examine(server);
    assert.deepEqual([good.sender.level, good.messages.level], ["ok", "ok"], JSON.stringify(good));
    writeFileSync(password_file, "wrong\n");
    assert.equal((await examine(server)).sender.level, "failure");
    assert.equal((await examine({ kind: "command", command: "/nowhere/at/all" })).sender.level, "failure");
    assert.equal((await examine({ kind: "command", command: "/bin/true" })).sender.level, "ok");
    assert.equal((await examine({})).sender.level, "warning");
    assert.equal((await examine({}, "[book]\nenabled = false\n")).sender.level, "ok");
    assert.equal((await examine({}, `[book]\nmessages = ${folder}\n`)).messages.level, "failure");
    assert.equal(mail.mails.length, 0, "nobody was written to");
});
