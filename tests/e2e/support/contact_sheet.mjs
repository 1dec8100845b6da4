// Lays every picture in build/screenshots out on one sheet, a row for each page: contact-sheet.html, and as a picture.
import { readdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { launch } from "./browser.mjs";
import { pictures } from "./look.mjs";

const SHEET = "contact-sheet";
const NAMED = /^(?<name>.+)-(?<as>(?:zh-Hans|zh-Hant|en)-(?:phone|desktop)(?:-(?:light|dark))?)\.png$/;

const rows = new Map();
for (const file of readdirSync(pictures).sort()) {
    const { name, as } = file.match(NAMED)?.groups ?? {};
    if (name) rows.set(name, [...(rows.get(name) ?? []), { file, as }]);
}
const figures = (row) => row.map(({ file, as }) => `<figure><img src="${file}" alt=""><figcaption>${as}</figcaption></figure>`).join("");
const sections = [...rows].map(([name, row]) => `<section><h2>${name}</h2><div>${figures(row)}</div></section>`).join("\n");
const html = path.join(pictures, `${SHEET}.html`);
writeFileSync(
    html,
    `<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title>
<style>
body { font: 13px sans-serif; margin: 16px; background: #ddd; }
div { display: flex; gap: 8px; align-items: end; }
figure { margin: 0; }
img { height: 240px; border: 1px solid #888; }
</style>
${sections}</html>`,
);

const browser = await launch();
const page = await browser.newPage({ viewport: { width: 2600, height: 800 } });
await page.goto(pathToFileURL(html).href);
await page.screenshot({ path: path.join(pictures, `${SHEET}.png`), fullPage: true });
await browser.close();
console.log(`${rows.size} pages, ${[...rows.values()].flat().length} pictures: build/screenshots/${SHEET}.png`);
