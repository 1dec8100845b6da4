// Looks at a page as it is now, in both languages, on a phone and on a desktop: a picture of each in build/screenshots,
// nothing wider than the window, and no accessibility fault of serious or critical impact.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { desktop, phone } from "./browser.mjs";

export const pictures = fileURLToPath(new URL("../../../build/screenshots", import.meta.url));
const checked = ["zh-Hans phone", "en desktop"]; // a check takes seconds: each language and each size is in one
const sizes = { phone: phone.viewport, desktop: desktop.viewport };

export function picture(page, name) {
    mkdirSync(pictures, { recursive: true });
    return page.screenshot({ path: path.join(pictures, `${name}.png`) });
}

export async function look(person, name) {
    const { page } = person;
    const before = page.viewportSize();
    for (const language of ["zh-Hans", "en"]) {
        await person.at("lang-switch").selectOption(language);
        await page.locator(`html[lang="${language}"]`).waitFor({ state: "attached" });
        for (const [size, viewport] of Object.entries(sizes)) {
            await page.setViewportSize(viewport);
            await picture(page, `${name}-${language}-${size}`);
            const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            assert.ok(wide <= 0, `${name}, ${language}, ${size}: ${wide} px wider than the window`);
            if (!checked.includes(`${language} ${size}`)) continue;
            const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze(); // without a page of its own: no frames here
            const faults = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
            assert.deepEqual(
                faults.map(({ id, nodes }) => `${name}, ${language}, ${size}: ${id} at ${nodes.map((node) => node.target).join(" ")}`),
                [],
            );
        }
    }
    await page.setViewportSize(before);
}
