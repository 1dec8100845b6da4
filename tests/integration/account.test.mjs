// Account holders: codes, real-name verification, sessions, and whoever tries to get in without one.
import assert from "node:assert/strict";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { connect, refusedAs, serverFor } from "./support/call.mjs";
import { freshContact, identityNumber, signInHolder } from "./support/holder.mjs";

const generous = { limit: { code_burst: 1000, code_per_min: 1000, codes_per_day: 1000 } };
const wrongOf = (code) => String((Number(code) + 1) % 1000000).padStart(6, "0");

test("a code registers, signs in again, and is of no use afterwards", async (t) => {
    const server = await serverFor(t, { settings: generous });
    const rpc = await connect(t, server);
    const sent = await rpc.call("account.request_code", { contact: " Zhang.Wei@Example.ORG ", language: "zh-Hant" });
    assert.equal(sent.sent_to, "z***@example.org");
    assert.match(sent.demo_code, /^\d{6}$/);
    assert.ok(Math.abs(new Date(sent.expires_at) - Date.now() - 600e3) < 60e3);
    const first = await rpc.call("account.confirm", { contact: "zhang.wei@example.org", code: sent.demo_code });
    assert.deepEqual(
        { ...first.account, id: null },
        { id: null, contact: "z***@example.org", contact_kind: "email", language: "zh-Hant", verified: false, id_kind: null, name: null, mail_messages: false },
    );
    assert.ok(new Date(first.expires_at) - Date.now() > 13.9 * 86400e3, "two weeks");
    assert.deepEqual(await rpc.call("account.get"), first.account);
    await refusedAs(rpc.call("account.confirm", { contact: "zhang.wei@example.org", code: sent.demo_code }), "bad_credentials");

    const again = await signInHolder(t, server, { contact: "ZHANG.WEI@example.org" });
    assert.equal(again.account.id, first.account.id);
    assert.equal(again.account.language, "zh-Hant", "a sign-in in another language changes nothing");
    const mobile = await signInHolder(t, server, { contact: "13800138000" });
    assert.notEqual(mobile.account.id, first.account.id);
    assert.deepEqual([mobile.account.contact, mobile.account.contact_kind], ["+86***00", "mobile"]);
    const { demo_code } = await rpc.call("account.request_code", { contact: "+86 138 0013 8000" });
    const wide = [...demo_code].map((digit) => String.fromCharCode(digit.charCodeAt(0) + 0xfee0)).join("");
    assert.equal((await rpc.call("account.confirm", { contact: "008613800138000", code: ` ${wide}` })).account.id, mobile.account.id);
});

test("a session is resumed over restarts and ends on every connection", async (t) => {
    const server = await serverFor(t);
    const holder = await signInHolder(t, server);
    await server.kill9();
    await server.restart();
    const [one, two] = [await connect(t, server), await connect(t, server)];
    for (const rpc of [one, two]) {
        const { role, account } = await rpc.call("session.resume", { token: holder.token });
        assert.deepEqual([role, account], ["holder", holder.account]);
    }
    await refusedAs(one.call("interview.list"), "forbidden");
    await refusedAs(one.call("facecheck.get"), "forbidden");
    await one.call("session.end");
    await refusedAs(two.call("account.get"), "not_signed_in");
    await refusedAs(two.call("session.resume", { token: holder.token }), "session_expired");
});

test("a code cannot be guessed, and dies of five tries", async (t) => {
    const server = await serverFor(t, { settings: generous });
    const rpc = await connect(t, server);
    const contact = freshContact();
    const { demo_code: code } = await rpc.call("account.request_code", { contact });
    for (let i = 0; i < 5; i++) await refusedAs(rpc.call("account.confirm", { contact, code: wrongOf(code) }), "bad_credentials");
    await refusedAs(rpc.call("account.confirm", { contact, code }), "bad_credentials");

    const fresh = await rpc.call("account.request_code", { contact });
    const tries = await Promise.allSettled(Array.from({ length: 8 }, async () => (await connect(t, server)).call("account.confirm", { contact, code: fresh.demo_code })));
    assert.equal(tries.filter(({ status }) => status === "fulfilled").length, 1, "of many at the same moment one gets in");
    const { demo_code: others } = await rpc.call("account.request_code", { contact: freshContact() });
    await refusedAs(rpc.call("account.confirm", { contact, code: others }), "bad_credentials");
    for (const hostile of ["", " ", "12345", "1234567", "12345a", "-12345", "0x1234", "1e5", "½23456", "‮123456", "' OR 1=1", "٠١٢٣٤٥"])
        assert.ok(["bad_credentials", "invalid_params"].includes((await rpc.call("account.confirm", { contact, code: hostile }).catch((error) => error)).data.code), hostile);
});

test("guessing is slowed down by contact, by address and by day", async (t) => {
    const server = await serverFor(t, { settings: { limit: { code_burst: 2, code_per_min: 1, codes_per_day: 1000 } } });
    const rpc = await connect(t, server);
    const contact = freshContact();
    for (let i = 0; i < 2; i++) await rpc.call("account.request_code", { contact });
    const refused = await refusedAs(rpc.call("account.request_code", { contact }), "rate_limited");
    assert.ok(refused.data.retry_after_ms > 0 && refused.data.retry_after_ms <= 60000);
    let asked = 3;
    for (; asked < 100 && !(await rpc.call("account.request_code", { contact: freshContact() }).catch((error) => error)).data; asked++);
    assert.ok(asked >= 10 && asked < 50, `five times as many from one address, not ${asked}`);
    let tried = 0;
    for (; tried < 100 && (await rpc.call("account.confirm", { contact, code: "000000" }).catch((error) => error)).data?.code === "bad_credentials"; tried++);
    assert.ok(tried >= 10 && tried < 50, `not ${tried}`);

    const daily = await serverFor(t, { settings: { limit: { code_burst: 1000, code_per_min: 1000, codes_per_day: 3 } } });
    const late = await connect(t, daily);
    for (let i = 0; i < 3; i++) await late.call("account.request_code", { contact });
    await daily.kill9();
    await daily.restart();
    const tomorrow = await refusedAs((await connect(t, daily)).call("account.request_code", { contact }), "rate_limited");
    assert.ok(tomorrow.data.retry_after_ms > 23 * 3600e3, "also over a restart");
});

test("nobody learns who has an account", async (t) => {
    const server = await serverFor(t, { settings: generous });
    const known = await signInHolder(t, server, { contact: "known@example.org" });
    const stranger = await connect(t, server);
    const answers = [];
    for (const contact of ["known@example.org", "knowm@example.org"]) {
        const sent = await stranger.call("account.request_code", { contact });
        const confirm = await refusedAs(stranger.call("account.confirm", { contact, code: wrongOf(sent.demo_code) }), "bad_credentials");
        answers.push([Object.keys(sent), sent.sent_to, confirm.message, confirm.data]);
    }
    assert.deepEqual(answers[0], answers[1]);
    const never = await refusedAs(stranger.call("account.confirm", { contact: freshContact(), code: "123456" }), "bad_credentials");
    assert.equal(never.message, answers[0][2]);
    assert.deepEqual(await known.call("account.get"), known.account);
});

test("what is no contact, name or number is refused with its parameter", async (t) => {
    const server = await serverFor(t, { settings: generous });
    const holder = await signInHolder(t, server);
    for (const contact of ["nobody", "a@b", "a@example.org\r\nBcc: x@example.org", "a@example.org,b@example.org", "аlice@example.org", "12125550123", "+1".padEnd(20, "2"), "x".repeat(300)]) {
        const error = await refusedAs(holder.call("account.request_code", { contact }), "invalid_params");
        assert.equal(error.data.param, "contact");
        assert.ok(!error.message.includes(contact));
    }
    const good = { name: "张静怡", id_kind: "id_card", id_number: "11010519491231002X" };
    const longest = "木".repeat(64);
    for (const [change, param] of [
        [{ name: " " }, "name"],
        [{ name: "<b>张</b>" }, "name"],
        [{ name: "†††" }, "name"],
        [{ name: "12345" }, "name"],
        [{ name: "张\n静怡" }, "name"],
        [{ name: "木".repeat(65) }, "name"],
        [{ id_number: "110105194912310021" }, "id_number"],
        [{ id_number: "E12345678" }, "id_number"],
        [{ id_kind: "passport" }, "id_number"],
        [{ id_kind: "passport", id_number: "SE1234567" }, "id_number"],
    ]) {
        const error = await refusedAs(holder.call("account.verify", { ...good, ...change }), "invalid_params");
        if (error.data.param) assert.equal(error.data.param, param, JSON.stringify(change));
        assert.ok(!error.message.includes("110105194912310021"));
    }
    assert.equal((await holder.call("account.get")).verified, false);
    for (const name of ["张静怡", "Zhang Jingyi", "阿卜杜拉·买买提", "O’Neil-Smith, Jr.", "𠮷野家", longest])
        assert.equal((await holder.call("account.verify", { ...good, name: ` ${name} ` })).name, name);
});

test("a document verifies one account, which cannot change it, and finding that out is slow", async (t) => {
    const server = await serverFor(t, { settings: { limit: { code_burst: 4, code_per_min: 1 } } });
    const [one, two] = [await signInHolder(t, server), await signInHolder(t, server)];
    const document = { name: "张静怡", id_kind: "passport", id_number: "ea 0000001" };
    const verified = await one.call("account.verify", document);
    assert.deepEqual([verified.verified, verified.id_kind, verified.name], [true, "passport", "张静怡"]);
    assert.ok(!JSON.stringify(verified).includes("0000001"));
    await refusedAs(two.call("account.verify", { ...document, id_number: "EA0000001" }), "conflict");
    await refusedAs(one.call("account.verify", { ...document, id_number: "EA0000002" }), "conflict");
    assert.equal((await two.call("account.get")).verified, false);
    for (let i = 0; i < 3; i++) await two.call("account.verify", { ...document, id_number: "EA0000001" }).catch(() => null);
    await refusedAs(two.call("account.verify", { ...document, id_number: "EA0000003" }), "rate_limited");
});

test("settings change one by one, and only where they make sense", async (t) => {
    const server = await serverFor(t);
    const holder = await signInHolder(t, server, { language: "en" });
    assert.equal((await holder.call("account.set", { mail_messages: true })).mail_messages, true);
    assert.deepEqual(await holder.call("account.set", { language: "zh-Hans" }), { ...holder.account, language: "zh-Hans", mail_messages: true });
    assert.deepEqual(await holder.call("account.set"), await holder.call("account.get"));
    const mobile = await signInHolder(t, server, { contact: "+46701234567" });
    await refusedAs(mobile.call("account.set", { mail_messages: true }), "invalid_params");
    await mobile.call("account.set", { mail_messages: false });
});

test("nothing personal lies in the data or the log, and no code", async (t) => {
    const server = await serverFor(t);
    const contact = "unmistakable.person@example.org";
    const number = identityNumber();
    const holder = await signInHolder(t, server, { contact });
    await holder.call("account.verify", { name: "欧阳独一", id_kind: "id_card", id_number: number });
    const { demo_code: code } = await holder.call("account.request_code", { contact });
    const texts = readdirSync(path.join(server.folder, "store"))
        .filter((name) => name.startsWith("viva.db"))
        .map((name) => readFileSync(path.join(server.folder, "store", name)));
    for (const secret of ["unmistakable", "欧阳独一", number, holder.token]) {
        for (const text of texts) assert.ok(!text.includes(secret), secret);
        assert.ok(!server.log.includes(secret), secret);
    }
    assert.ok(!server.log.includes(code));
});

test("where a foreign order service has the orders there are no accounts", async (t) => {
    const server = await serverFor(t, { settings: { book: { enabled: false } } });
    const rpc = await connect(t, server);
    for (const [method, params] of [
        ["account.request_code", { contact: "a@example.org" }],
        ["account.confirm", { contact: "a@example.org", code: "123456" }],
        ["account.get", {}],
        ["message.list", {}],
        ["order.list", {}],
    ])
        assert.match((await refusedAs(rpc.call(method, params), "forbidden")).message, /foreign order service/);
    await refusedAs(rpc.call("interview.list"), "not_signed_in");
});

test("without a demo and without a sender nobody can sign in, and is told why", async (t) => {
    const server = await serverFor(t, { demo: false });
    const rpc = await connect(t, server);
    assert.match((await refusedAs(rpc.call("account.request_code", { contact: "a@example.org" }), "forbidden")).message, /\[sender\] kind/);
});
