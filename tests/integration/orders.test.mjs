// Orders of the built-in book from the first field to the new passport, as holders and officers go through them.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { until } from "../e2e/support/wait.mjs";
import { connect, refusedAs, serverFor, signIn } from "./support/call.mjs";
import { drawnJpeg, fileServer } from "./support/facecheck.mjs";
import { details, firstIssue, Order, signature, signInHolder } from "./support/orders.mjs";

// Both missions are open all week; one has three orders a day and a district of its own.
const policies = mkdtempSync(path.join(os.tmpdir(), "viva-policies-"));
const hours = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"].map((day) => `${day} = 00:00-24:00\n`).join("");
writeFileSync(path.join(policies, "new-york.conf"), `[hours]\n${hours}[jurisdiction]\ncountries = US\ndistricts = US-NY, US-NJ\n`);
writeFileSync(path.join(policies, "stockholm.conf"), `[jurisdiction]\ncountries = SE\ncross_district = false\n[review]\ncapacity_per_day = 3\n`);
after(() => rmSync(policies, { recursive: true }));

const shared = fileServer({ interview: { policies } });
const picture = drawnJpeg(900, 600);

const codes = (history) => history.map(({ event }) => event);

// Submitted, its face check skipped for accessibility.
async function skipped(t, server, options) {
    const order = await Order.draft(t, server, options);
    await order.putMissing(picture);
    await order.call("order.submit");
    const { ticket } = await order.holder.call("order.enter", { order_id: order.id, what: "facecheck" });
    const applicant = await connect(t, server);
    const { facecheck } = await applicant.call("ticket.redeem", { ticket, device: "f".repeat(43) });
    assert.equal(facecheck.order_ref, order.view.number);
    await applicant.call("facecheck.skip", { reason: "accessibility" });
    await until("the book has heard of it", async () => (await order.refresh()).state === "interview_required");
    return order;
}

// Submitted without a face check, and taken by the officer.
async function inReview(t, server, officer, options = {}) {
    const order = await Order.draft(t, server, { fields: firstIssue(), ...options });
    await order.putMissing(picture);
    await order.call("order.submit");
    order.view = await officer.call("review.take", { order_id: order.id });
    return order;
}

test("a renewal: filled in, signed, its face check skipped, interviewed, approved, made, received", async (t) => {
    const { server } = shared;
    const officer = await signIn(t, server);
    const order = await skipped(t, server);
    const { holder } = order;
    assert.equal(order.view.next, "book");
    assert.deepEqual(order.view.facecheck, { id: order.view.facecheck.id, state: "skipped", tries: { used: 0, max: 3 } });
    assert.deepEqual(codes(order.view.history), ["submit", "facecheck_skipped", "interview_required"]);
    assert.ok(order.view.history.every(({ actor }) => ["holder", "system"].includes(actor)));

    const { ticket } = await holder.call("order.enter", { order_id: order.id, what: "interview" });
    const applicant = await connect(t, server);
    await applicant.call("ticket.redeem", { ticket, device: "a".repeat(43), purpose: "schedule" });
    const from = Date.now();
    const { slots } = await applicant.call("schedule.slots", { from: new Date(from).toISOString(), to: new Date(from + 30 * 86400e3).toISOString() });
    await applicant.call("schedule.book", { at: slots[0].at });
    await until("the order is booked", async () => (await order.refresh()).state === "interview_scheduled");
    assert.equal(order.view.next, "join_later");
    assert.equal(order.view.interview.scheduled_at, slots[0].at);
    await applicant.call("schedule.reschedule", { at: slots.at(-1).at });
    await until("the order is moved", async () => (await order.refresh()).interview.scheduled_at === slots.at(-1).at);
    const calendar = (token) =>
        fetch(`${server.url}/v1/interviews/${order.view.interview.id}/appointment.ics`, { headers: { authorization: `Bearer ${token}` } });
    const file = await calendar(holder.token);
    assert.equal(file.status, 200);
    const stamp = (ms) => new Date(ms).toISOString().replace(/[-:]|\.\d+/g, "");
    const from_ms = Date.parse(slots.at(-1).at);
    const lines = (await file.text()).split("\r\n");
    for (const line of [`DTSTART:${stamp(from_ms)}`, `DTEND:${stamp(from_ms + 20 * 60e3)}`]) assert.ok(lines.includes(line), line);
    assert.equal((await calendar((await signInHolder(t, server)).token)).status, 404, "not another holder's");

    await order.refresh(officer);
    assert.deepEqual(order.view.proposals, ["facecheck"]);
    await order.call("review.drop_interview", { reason: "Known in person." }, officer);
    assert.equal(order.view.state, "in_review");
    assert.equal(order.view.history.at(-1).reason, "Known in person.");
    assert.equal((await order.refresh()).history.at(-1).reason, null, "the holder is not told why");

    await order.call("review.assign", {}, { call: (name, { order_id }) => officer.call(name, { order_id }) });
    await order.call("review.approve", {}, officer);
    assert.equal((await order.refresh()).next, "send_passport");
    await order.call("review.produced", {}, officer);
    await order.call("review.dispatched", { way: "courier", tracking: "1Z0001" }, officer);
    await order.refresh();
    assert.deepEqual([order.view.next, order.view.way, order.view.tracking, order.view.can.complete], ["receive", "courier", "1Z0001", true]);
    await order.call("order.complete");
    assert.deepEqual([order.view.state, order.view.next], ["completed", "done"]);

    const { messages } = await holder.call("message.list", { limit: 50 });
    const told = messages.map(({ template }) => template).reverse();
    assert.deepEqual(told, [
        "created", "submitted", "interview_required", "booked", "rescheduled", "interview_dropped", "approved", "produced", "dispatched", "completed",
    ]);
    assert.ok(messages.every(({ order_number }) => order_number === order.view.number));
    await holder.notified("order.changed", ({ order: { state } }) => state === "completed");
});

test("a draft says what is missing, and is its holder's alone", async (t) => {
    const { server } = shared;
    const holder = await signInHolder(t, server);
    const order = new Order();
    Object.assign(order, { server, holder, view: await holder.call("order.create", { mission_id: "new-york", kind: "passport" }) });
    assert.match(order.view.number, /^20\d\d(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
    assert.deepEqual([order.view.state, order.view.next, order.view.version], ["draft", "fill_in", 1]);
    assert.ok(order.view.missing.fields.includes("applicant_name") && order.view.missing.declaration);
    const missing = await refusedAs(order.call("order.submit"), "missing");
    assert.deepEqual(missing.data.missing, order.view.missing);

    await order.call("order.update", details());
    assert.equal(order.view.next, "sign");
    assert.deepEqual(order.view.materials.filter(({ needed }) => needed).map(({ slot }) => slot), ["address"]);
    await refusedAs(holder.call("order.update", { order_id: order.id, version: 1, phone: "12345" }), "conflict");
    await refusedAs(order.call("order.update", { birth_date: "1990-02-30" }), "invalid_params");
    await refusedAs(order.call("order.declare", { name: "Zhang Wei", signature: "1,1 2,2" }), "invalid_params");
    await order.call("order.declare", { name: "Zhang Wei", signature });
    assert.equal(order.view.next, "upload");
    assert.equal(order.view.declaration.signature, signature);

    for (const [who, rpc] of [["another holder", await signInHolder(t, server)], ["an officer", await signIn(t, server)]])
        await t.test(who, () => refusedAs(rpc.call("order.get", { order_id: order.id }), "not_found"));
    await refusedAs((await connect(t, server)).call("order.get", { order_id: order.id }), "not_signed_in");
    const listed = (await holder.call("order.list")).orders;
    assert.deepEqual([listed.length, listed[0].next, listed[0].materials, listed[0].history], [1, "upload", [], []]);
    await order.call("order.withdraw");
    assert.equal(order.view.state, "withdrawn");
});

test("who may order what where", async (t) => {
    const { server } = shared;
    const stranger = await signInHolder(t, server, { verified: false });
    const { missions } = await stranger.call("order.missions");
    const stockholm = missions.find(({ id }) => id === "stockholm");
    assert.deepEqual([stockholm.countries, stockholm.cross_district], [["SE"], false]);
    await refusedAs(stranger.call("order.create", { mission_id: "atlantis", kind: "passport" }), "not_found");

    const unverified = await Order.draft(t, server, { holder: stranger });
    await unverified.putMissing(picture);
    assert.equal(unverified.view.can.submit, false);
    await refusedAs(unverified.call("order.submit"), "not_verified");

    const abroad = await Order.draft(t, server, { mission_id: "stockholm", fields: details({ region: "NO" }) });
    await abroad.putMissing(picture);
    await refusedAs(abroad.call("order.submit"), "outside_district");
    await abroad.call("order.update", { region: "SE" });
    await abroad.call("order.submit");
    assert.equal(abroad.view.own_district, true);

    const cross = await Order.draft(t, server, { fields: details({ region: "US-CA" }) });
    await cross.putMissing(picture);
    await cross.call("order.submit");
    assert.equal(cross.view.own_district, false);
    await refusedAs(cross.call("order.update", { phone: "12345" }), "wrong_state");
});

test("one open order for an applicant, at all missions together, and nobody learns whose it is", async (t) => {
    const { server } = shared;
    const fields = details({ applicant_name: "欧阳一" });
    const first = await Order.draft(t, server, { fields });
    await first.putMissing(picture);
    await first.call("order.submit");
    const second = await Order.draft(t, server, { mission_id: "stockholm", fields: { ...fields, applicant_name: "欧阳 一", region: "SE" } });
    await second.putMissing(picture);
    const error = await refusedAs(second.call("order.submit"), "duplicate_order");
    assert.ok(!JSON.stringify(error).includes(first.view.number) && !JSON.stringify(error).includes(first.id));
    await first.call("order.withdraw");
    await second.call("order.submit");
});

test("a supplement is asked for, given and sent back", async (t) => {
    const { server } = shared;
    const officer = await signIn(t, server);
    const order = await inReview(t, server, officer);
    await refusedAs(order.call("review.supplement", { text: "More.", slots: "passport" }, officer), "invalid_params");
    await order.call("review.supplement", { text: "The proof of address is too old.", slots: "address, page", fields: "note" }, officer);
    await order.refresh();
    assert.deepEqual(order.view.missing, { fields: ["note"], declaration: false, slots: ["page", "address"] });
    assert.equal(order.view.supplement.text, "The proof of address is too old.");
    assert.deepEqual(order.view.can, { edit: true, submit: false, withdraw: false, facecheck: false, interview: false, complete: false });
    await refusedAs(order.call("order.supplemented"), "missing");
    assert.equal((await order.put("address", picture)).status, 200);
    assert.equal((await order.put("page", picture)).status, 200);
    await order.call("order.update", { note: "Moved in May." });
    assert.equal(order.view.can.submit, true);
    await order.call("order.supplemented");
    assert.deepEqual([order.view.state, order.view.supplement], ["in_review", null]);
    const [{ text, template }] = (await order.holder.call("message.list")).messages.filter(({ template }) => template === "supplement");
    assert.equal(template, "supplement");
    assert.match(text, /too old/);
});

test("a rejection has a reason, and is the end", async (t) => {
    const { server } = shared;
    const officer = await signIn(t, server);
    const order = await inReview(t, server, officer);
    await refusedAs(order.call("review.produced", {}, officer), "wrong_state");
    await order.call("review.reject", { reason: "Not a national." }, officer);
    await order.refresh();
    assert.deepEqual([order.view.state, order.view.reason, order.view.next], ["rejected", "Not a national.", "rejected"]);
    assert.equal(order.view.history.at(-1).actor, "officer");
    for (const method of ["review.approve", "review.produced", "review.in_person_done", "review.require_interview"])
        await refusedAs(order.call(method, {}, officer), "wrong_state");
    await refusedAs(order.call("order.withdraw"), "wrong_state");
});

test("an emergency travel document is withdrawn as a draft only (D-52)", async (t) => {
    const { server } = shared;
    const { issue, ...rest } = firstIssue({ condition: "emergency" });
    const order = await Order.draft(t, server, { kind: "emergency_travel_document", fields: rest });
    assert.equal(order.view.can.withdraw, true);
    await order.putMissing(picture);
    await order.call("order.submit");
    assert.equal(order.view.can.withdraw, false);
    await refusedAs(order.call("order.withdraw"), "not_withdrawable");
});

test("an officer requires an interview of a child, and the guardian goes in too", async (t) => {
    const { server } = shared;
    const officer = await signIn(t, server);
    const year = new Date().getUTCFullYear();
    const child = firstIssue({ relation: "child", birth_date: `${year - 8}-01-02` });
    const alone = await Order.draft(t, server, { fields: child });
    assert.ok(alone.view.missing.fields.includes("guardian_name") && alone.view.missing.slots.includes("guardianship"));
    const order = await inReview(t, server, officer, { holder: alone.holder, fields: { ...child, guardian_name: "Zhang Wei" } });
    assert.deepEqual([order.view.applicant.age, order.view.applicant.minor, order.view.applicant.guardian_needed], [8, true, true]);
    assert.deepEqual(order.view.proposals, ["minor", "facecheck"]);
    await order.call("review.require_interview", { interpreter: "Anna Berg" }, officer);
    const { interview } = await officer.call("interview.get", { interview_id: order.view.interview.id }).then((view) => ({ interview: view }));
    assert.deepEqual(interview.parties.map(({ role, name }) => [role, name]).sort(), [
        ["applicant", order.view.applicant.name],
        ["guardian", "Zhang Wei"],
        ["interpreter", "Anna Berg"],
    ]);
    const { ticket } = await order.holder.call("order.enter", { order_id: order.id, what: "guardian" });
    assert.ok(ticket);
    await officer.call("interview.in_person", { interview_id: interview.id, reason: "No camera at home." });
    await until("the order is in person", async () => (await order.refresh()).state === "in_person_required");
    assert.equal(order.view.next, "come_in_person");
    await order.call("review.in_person_done", {}, officer);
});

test("the queue: own district first, then who came first, up to the day's capacity", async (t) => {
    const { server } = shared;
    const lin = await signIn(t, server, { login: "lin", password: "demo-stockholm" });
    const before = await lin.call("review.queue");
    assert.match(before.day, /^\d{4}-\d\d-\d\d$/);
    assert.equal(before.capacity, 3);
    const orders = [];
    for (let i = 0; i < 4; i++) {
        const order = await Order.draft(t, server, { mission_id: "stockholm", fields: firstIssue({ region: "SE" }) });
        await order.putMissing(picture);
        await order.call("order.submit");
        orders.push(order);
    }
    const { waiting, taken, counts } = await lin.call("review.queue");
    const ids = waiting.map(({ id }) => id);
    assert.deepEqual(ids.slice(-4), orders.map(({ id }) => id));
    assert.ok(counts.submitted >= 4);
    assert.ok(waiting.every(({ materials, history }) => materials.length === 0 && history.length === 0));
    let left = before.capacity - taken;
    for (const id of ids) {
        if (left-- === 0) {
            await refusedAs(lin.call("review.take"), "day_full");
            break;
        }
        assert.equal((await lin.call("review.take")).id, id);
    }
    const after = await lin.call("review.queue");
    assert.equal(after.taken, after.capacity);
    assert.ok(after.mine.length >= 1);
    const elsewhere = await signIn(t, server);
    await refusedAs(elsewhere.call("review.take", { order_id: orders[3].id }), "not_found");
    await refusedAs(lin.call("review.assign", { order_id: after.mine[0].id, officer_id: elsewhere.officer.id }), "not_found");
});

test("the queue's lists go on page by page, and nothing is left out or comes twice", async (t) => {
    const { server } = shared;
    const officer = await signIn(t, server);
    const holder = await signInHolder(t, server);
    const made = [];
    for (let i = 0; i < 3; i++) {
        const order = await Order.draft(t, server, { holder, fields: firstIssue() });
        await order.putMissing(picture);
        await order.call("order.submit");
        made.push(order.id);
    }
    const { lengths, next, ...queue } = await officer.call("review.queue");
    for (const list of ["waiting", "mine", "others"]) {
        assert.equal(queue[list].length, Math.min(lengths[list], 50), list);
        assert.equal(next[list] === null, lengths[list] <= 50, list);
    }
    const seen = [];
    for (let after = "1.0.0"; after !== null; ) { // before all: the own district's first
        const page = await officer.call("review.more", { list: "waiting", after, limit: 1 });
        assert.equal(page.orders.length, 1);
        seen.push(page.orders[0].id);
        after = page.next;
    }
    assert.deepEqual(seen.slice(0, 50), queue.waiting.map(({ id }) => id));
    assert.equal(new Set(seen).size, lengths.waiting);
    assert.ok(made.every((id) => seen.includes(id)));
    const elsewhere = await signIn(t, server, { login: "lin", password: "demo-stockholm" });
    const theirs = await elsewhere.call("review.more", { list: "waiting", after: "1.0.0" });
    assert.ok(theirs.orders.every(({ id }) => !seen.includes(id)));
    for (const after of ["yesterday", "2.1.x", "1.x", "1..x", "."]) await refusedAs(officer.call("review.more", { list: "mine", after }), "invalid_params");
});

test("officers find orders by state, number and whole name, page by page", async (t) => {
    const { server } = shared;
    const officer = await signIn(t, server);
    const order = await inReview(t, server, officer, { fields: firstIssue({ applicant_name: "司马光", applicant_name_latin: "Sima Guang" }) });
    const found = async (params) => (await officer.call("review.list", params)).orders.map(({ id }) => id);
    for (const search of [order.view.number, order.view.number.slice(0, 9).toLowerCase(), "司马光", "guang SIMA"])
        await t.test(search, async () => assert.deepEqual(await found({ search }), [order.id]));
    assert.deepEqual(await found({ search: "司马" }), []);
    assert.deepEqual(await found({ search: "司马光", state: "approved" }), []);
    const seen = [];
    for (let before; ; ) {
        const page = await officer.call("review.list", { limit: 3, ...(before ? { before } : {}) });
        assert.ok(page.orders.length <= 3);
        seen.push(...page.orders.map(({ id }) => id));
        if (!page.next) break;
        before = page.next;
    }
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(seen, await found({}));
    await refusedAs(officer.call("review.list", { before: "yesterday" }), "invalid_params");
});

test("of two officers who take at once one gets it", async (t) => {
    const { server } = shared;
    const officers = await Promise.all([signIn(t, server), signIn(t, server)]);
    const order = await Order.draft(t, server, { fields: firstIssue() });
    await order.putMissing(picture);
    await order.call("order.submit");
    const tries = await Promise.allSettled(officers.map((rpc) => rpc.call("review.take", { order_id: order.id })));
    assert.deepEqual(tries.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const { reason } = tries.find(({ status }) => status === "rejected");
    assert.ok(["conflict", "wrong_state"].includes(reason.data.code));
});

test("whoever guesses orders has to wait", async (t) => {
    const { server } = shared;
    const holder = await signInHolder(t, server);
    const codesSeen = new Set();
    for (let i = 0; i < 40 && !codesSeen.has("rate_limited"); i++)
        await holder.call("order.get", { order_id: `guess${i}` }).catch(({ data }) => codesSeen.add(data.code));
    assert.deepEqual([...codesSeen], ["not_found", "rate_limited"]);
});

test("with a foreign order service there are no orders here", async (t) => {
    const server = await serverFor(t, { settings: { book: { enabled: false }, vision: { workers: 1 } } });
    const officer = await signIn(t, server);
    await refusedAs(officer.call("review.queue"), "forbidden");
    const reply = await fetch(`${server.url}/v1/orders/abc/materials/page`, { headers: { authorization: `Bearer ${officer.token}` } });
    assert.equal(reply.status, 403);
});

test("an order survives a kill -9, and what its interview did meanwhile is heard of afterwards", async (t) => {
    const server = await serverFor(t, { settings: { vision: { workers: 1 } } });
    const order = await skipped(t, server);
    await server.kill9();
    await server.restart();
    const holder = await connect(t, server);
    await holder.call("session.resume", { token: order.holder.token });
    order.holder = Object.assign(holder, { token: order.holder.token });
    await order.refresh();
    assert.equal(order.view.state, "interview_required");
    assert.deepEqual(codes(order.view.history), ["submit", "facecheck_skipped", "interview_required"]);
});
