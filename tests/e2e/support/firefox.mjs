// A party's Firefox. Its camera and microphone are its own inventions: a colour that changes, and a tone.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import { Bidi, Page } from "./bidi.mjs";
import { desktop, keepPeers } from "./browser.mjs";

const preferences = {
    "media.navigator.streams.fake": true,
    "media.navigator.permission.disabled": true, // as if it had been given
    "media.autoplay.default": 0,
    "ui.prefersReducedMotion": 1,
    // Calls nobody at home.
    "app.normandy.enabled": false,
    "app.update.disabledForTesting": true,
    "browser.search.update": false,
    "datareporting.policy.dataSubmissionEnabled": false,
    "extensions.update.enabled": false,
    "media.gmp-manager.updateEnabled": false,
    "network.captive-portal-service.enabled": false,
    "network.connectivity-service.enabled": false,
    "services.settings.server": "data:,",
};

// Pages of Firefox have no candidates on loopback, and reach nothing there; media has to be at another of this machine's
// addresses. Undefined where there is none.
export const ownAddress = Object.values(os.networkInterfaces())
    .flat()
    .find(({ family, internal }) => family === "IPv4" && !internal)?.address;

const setting = ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});\n`;

// The address that a starting Firefox prints.
async function listens(output) {
    for await (const line of createInterface({ input: output })) {
        const [, address] = /^WebDriver BiDi listening on (ws:\S+)/.exec(line) ?? [];
        if (address) return address;
    }
    throw new Error("Firefox ended at its start");
}

// As openBrowser of browser.mjs, in place of which Person.open takes it. The first parameter is a camera, and of no use here.
export async function openFirefox(_, { device = desktop } = {}) {
    const profile = mkdtempSync(path.join(os.tmpdir(), "viva-firefox-"));
    writeFileSync(path.join(profile, "user.js"), Object.entries(preferences).map(setting).join(""));
    const args = ["--headless", "--no-remote", "--profile", profile, "--remote-debugging-port", "0"];
    const firefox = spawn(process.env.FIREFOX ?? "/usr/bin/firefox-esr", args, { stdio: ["ignore", "ignore", "pipe"] });
    const exited = once(firefox, "exit");
    const bidi = await Bidi.connect(await listens(firefox.stderr));
    firefox.stderr.resume();
    await bidi.send("script.addPreloadScript", { functionDeclaration: `${keepPeers}` });
    return {
        async newPage() {
            const page = await Page.open(bidi);
            await page.setViewportSize(device.viewport);
            return page;
        },
        async close() {
            firefox.kill("SIGKILL");
            await exited;
            rmSync(profile, { recursive: true });
        },
    };
}
