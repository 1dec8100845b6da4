// What lies on the disk of a face check: nothing in the clear, and nothing of what was taken back.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { serverFor, ticketOf } from "./support/call.mjs";
import { FaceCheck, sharedFile, withoutPictures } from "./support/facecheck.mjs";

const files = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? files(path.join(folder, entry.name)) : [path.join(folder, entry.name)],
    );
const storeOf = (server) => path.join(server.folder, "store");
const blobsOf = (server) => readdirSync(path.join(storeOf(server), "blobs")).sort();

const identity = { name: "QIAO, Wanzhen 乔婉贞", document_number: "EX4471902", birth_date: "1987-03-29", expiry_date: "2031-11-17", sex: "F" };

function assertSealed(server, needles) {
    const found = files(storeOf(server));
    assert.ok(found.some((file) => file.endsWith("viva.db")));
    for (const file of found) {
        const bytes = readFileSync(file);
        for (const [what, needle] of needles) assert.ok(!bytes.includes(needle), `${path.basename(file)} holds ${what} in the clear`);
    }
}

// Some bytes from the middle of a picture's data, which no other picture has.
const middle = (picture) => picture.subarray(picture.length >> 1, (picture.length >> 1) + 24);

test("a face check's people, pictures and secrets are sealed on the disk", async (t) => {
    if (withoutPictures(t)) return;
    const server = await serverFor(t);
    const check = await FaceCheck.start(t, server, identity);
    const { portrait, page } = await check.submit();
    assert.deepEqual([portrait.status, page.status], [200, 200], JSON.stringify([portrait.body, page.body]));
    const reports = await check.officer.call("facecheck.get", { facecheck_id: check.id });
    assert.equal(reports.identity.name, identity.name, "it is there, for who may read it");
    const [line] = reports.materials.page.report.mrz?.lines ?? [];

    const needles = [
        ["the name", "QIAO"],
        ["the name", "乔婉贞"],
        ["the document's number", identity.document_number],
        ["the birth date", identity.birth_date],
        ["a JPEG", Buffer.from([0xff, 0xd8, 0xff])],
        ["the portrait", middle(sharedFile("faces/img3.jpg"))],
        ["the page", middle(sharedFile("pages/pass-uto.jpg"))],
        ["the ticket", ticketOf(check.link)],
        ["the session's token", check.token],
        ["the device's secret", "a".repeat(43)],
        ["a report on a picture", '"landmarks"'],
        ...(line ? [["a line of the page", line]] : []),
    ];
    assertSealed(server, needles);
    await server.kill9(); // and in what it leaves behind
    assertSealed(server, needles);
    await server.restart(); // which a new one merges
    assertSealed(server, needles);
    assert.equal(server.log.includes("QIAO") || server.log.includes(identity.document_number), false, "nor in the log");
});

test("a picture that is replaced or taken back leaves no file", async (t) => {
    if (withoutPictures(t)) return;
    const server = await serverFor(t);
    const others = blobsOf(server); // of the demo's orders
    const added = () => blobsOf(server).filter((name) => !others.includes(name));
    const check = await FaceCheck.start(t, server);
    await check.submit();
    const submitted = added();
    assert.equal(submitted.length, 2);
    assert.equal((await check.put("portrait", sharedFile("faces/img12.jpg"))).status, 200);
    const replaced = added();
    assert.equal(replaced.length, 2);
    assert.equal(replaced.filter((name) => submitted.includes(name)).length, 1, "the page's is the same, the portrait's another");
    for (const slot of ["portrait", "page"]) assert.ok((await check.delete(slot)).status < 300);
    assert.deepEqual(added(), []);
    assert.deepEqual((await check.view()).materials, { portrait: null, page: null });
    assert.equal((await check.get("portrait")).status, 404);
});
