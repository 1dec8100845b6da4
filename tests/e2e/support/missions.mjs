// The demo's missions by their own policies, but open around the clock and booked without notice: a test comes at any time,
// and what it books is near enough to be joined at once (interview.join_before_min).
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

export const policies = fileURLToPath(new URL("../../../deploy/missions", import.meta.url));

const day = /^((?:mon|tues|wednes|thurs|fri|satur|sun)day) =.*$/gm;

// The folder, which is gone when the test's process is.
export function openMissions() {
    const folder = mkdtempSync(path.join(os.tmpdir(), "viva-missions-"));
    process.on("exit", () => rmSync(folder, { recursive: true }));
    cpSync(policies, folder, { recursive: true });
    for (const mission of ["new-york", "stockholm"]) {
        const file = path.join(folder, `${mission}.conf`);
        const open = readFileSync(file, "utf8")
            .replace(/^holidays =.*$/m, "holidays =")
            .replace(/^notice_h =.*$/m, "notice_h = 0")
            .replace(/^ahead_days =.*$/m, "ahead_days = 3") // as many times as an office's hours have in weeks
            .replace(day, "")
            .replace(/^\[hours\]$/m, ["[hours]", ...["mon", "tues", "wednes", "thurs", "fri", "satur", "sun"].map((name) => `${name}day = 00:00-24:00`)].join("\n"));
        writeFileSync(file, open);
    }
    return folder;
}
