// A disk that is full when a capture comes: the officer is told, nothing half written stays, and when there is room
// again it works.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { closeSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { test } from "node:test";
import { Call, refusedAs, serverFor } from "./support/call.mjs";
import { pattern } from "./support/synthetic.mjs";

const files = (folder) =>
    readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
        entry.isDirectory() ? files(path.join(folder, entry.name)) : [path.join(folder, entry.name)],
    );

function tinyDisk(t) {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-disk-"));
    try {
        execFileSync("mount", ["-t", "tmpfs", "-o", "size=16m,mode=0700", "viva-test", folder], { stdio: "pipe" });
    } catch (error) {
        rmSync(folder, { recursive: true });
        t.skip(`no small disk can be mounted here: ${error.stderr}`.trim());
        return null;
    }
    t.after(() => {
        execFileSync("umount", ["--lazy", folder]); // the server may still be on it
        rmSync(folder, { recursive: true });
    });
    return folder;
}

// Writes until nothing fits any more. (statfs came after Node.js 18.)
function fill(file) {
    const fd = openSync(file, "w");
    try {
        for (;;) writeSync(fd, Buffer.alloc(4096));
    } catch (error) {
        assert.equal(error.code, "ENOSPC");
    } finally {
        closeSync(fd);
    }
}

test("a full disk while capturing", async (t) => {
    const disk = tinyDisk(t);
    if (!disk) return;
    const server = await serverFor(t, { settings: { store: { path: path.join(disk, "store") } } });
    const call = await Call.running(t, server, { ivf: pattern });
    const take = () => call.officer.call("capture.take", { interview_id: call.id, party_id: call.applicantId, kind: "face" });
    const kept = await take();
    assert.equal(kept.width, 640);

    const ballast = path.join(disk, "ballast");
    const before = files(path.join(disk, "store")).filter((file) => !/-(wal|shm)$/.test(file));
    fill(ballast);
    await call.undisturbedBy(async () => {
        const error = await refusedAs(take(), "storage_failed");
        assert.match(error.message, /full|space/i);
    });
    assert.deepEqual(files(path.join(disk, "store")).filter((file) => !/-(wal|shm)$/.test(file)), before, "nothing half written");
    assert.equal((await call.officer.call("capture.list", { interview_id: call.id })).captures.length, 1);
    const told = await call.applicant.notified("capture.finished", (params) => params.ok === false);
    assert.ok(told, "the applicant need not hold still for ever");

    rmSync(ballast);
    const next = await take();
    assert.equal(next.seq, kept.seq + 1);
    const { captures } = await call.officer.call("capture.list", { interview_id: call.id });
    for (const { id, file_sha256: expected } of captures) {
        const response = await fetch(`${server.url}/v1/captures/${id}`, { headers: { authorization: `Bearer ${call.officer.token}` } });
        assert.equal(response.status, 200);
        assert.equal(createHash("sha256").update(Buffer.from(await response.arrayBuffer())).digest("hex"), expected);
    }
});
