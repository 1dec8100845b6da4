// Looks at a page as it is now, in each language, on a phone and on a desktop, light and dark: a picture of each in
// build/screenshots, nothing wider than the window, and no accessibility fault of serious or critical impact.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import { desktop, phone } from "./browser.mjs";

export const pictures = fileURLToPath(new URL("../../../build/screenshots", import.meta.url));
const schemes = { "zh-Hans": ["light"], "zh-Hant": ["light"], en: ["light", "dark"] };
const checked = ["zh-Hans phone light", "en desktop dark"]; // a check takes seconds: each size and each scheme is in one
const sizes = { phone: phone.viewport, desktop: desktop.viewport };

export function picture(page, name) {
    mkdirSync(pictures, { recursive: true });
    return page.screenshot({ path: path.join(pictures, `${name}.png`) });
}

export async function look(person, name) {
    const { page } = person;
    const before = page.viewportSize();
    for (const [language, colours] of Object.entries(schemes)) {
        await person.at("lang-switch").selectOption(language);
        await page.locator(`html[lang="${language}"]`).waitFor({ state: "attached" });
        for (const colorScheme of colours) {
            await page.emulateMedia({ colorScheme });
            for (const size of Object.keys(sizes)) await lookAt(page, name, `${language} ${size} ${colorScheme}`);
        }
    }
    await page.emulateMedia({ colorScheme: "light" });
    await page.setViewportSize(before);
}

async function lookAt(page, name, as) {
    await page.setViewportSize(sizes[as.split(" ")[1]]);
    await picture(page, [name, ...as.split(" ")].join("-"));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${name}, ${as}: ${wide} px wider than the window`);
    if (!checked.includes(as)) return;
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).options({ resultTypes: ["violations"] }).analyze(); // no page of its own: no frames here
    const faults = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
    assert.deepEqual(
        faults.map(({ id, nodes }) => `${name}, ${as}: ${id} at ${nodes.map((node) => node.target).join(" ")}`),
        [],
    );
}
