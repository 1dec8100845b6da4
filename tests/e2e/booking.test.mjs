// The applicant's page from the link of an interview that is required to an appointment, and back.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { closeBrowsers, openBrowser, phone } from "./support/browser.mjs";
import { Rpc } from "./support/rpc.mjs";
import { Server } from "./support/server.mjs";
import { until } from "./support/wait.mjs";

const noCamera = { file: "/dev/null" }; // choosing a time needs none
after(closeBrowsers);
const element = (page, id) => page.locator(`[data-testid="${id}"]`);

test("an applicant books, moves and gives back on the page; the guardian waits", async (t) => {
    const server = await Server.start();
    t.after(() => server.remove());
    const officer = await Rpc.connect(server.url);
    t.after(() => officer.close());
    await officer.call("officer.sign_in", server.people().login);
    const demand = { order_ref: "2026-NYC-700001", document: "passport", applicant: "Zhao Min", guardian: "Zhao Lei" };
    const { interview, links } = await officer.call("interview.require", demand);
    const stored = () => officer.call("interview.get", { interview_id: interview.id });
    const isAt = (at) => until(`the appointment is ${at}`, async () => (await stored()).scheduled_at === at);
    const browser = await openBrowser(noCamera, { device: phone });
    t.after(() => browser.close());
    const page = await browser.newPage();
    const choose = async (nth) => {
        const time = element(page, "book-time").nth(nth);
        const at = await time.getAttribute("data-at");
        await time.click();
        await element(page, "book").click();
        await isAt(at);
        return at;
    };

    await page.goto(links[0].link);
    const first = await choose(0);
    await element(page, "countdown").waitFor();
    await page.reload();
    await element(page, "countdown").waitFor();
    const second = await choose(3);
    assert.notEqual(second, first);
    const [file] = await Promise.all([page.waitForEvent("download"), element(page, "calendar-file").click()]);
    assert.equal(file.suggestedFilename(), `${demand.order_ref}.ics`);
    assert.match(readFileSync(await file.path(), "utf8"), new RegExp(`DTSTART:${second.replace(/[-:]|\.\d+/g, "")}`));
    await element(page, "give-back").click();
    await page.locator('[data-testid="booking"][data-state="required"]').waitFor();
    await isAt(null);
    assert.equal((await stored()).state, "required");

    const guardian = await browser.newPage();
    await guardian.goto("about:blank");
    await guardian.goto(links[1].link);
    await element(guardian, "countdown").waitFor();
});
