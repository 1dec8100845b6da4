// [book] enabled = false: a foreign order service has accounts and orders. The pages say so and offer nothing of the book's;
// links to interviews and face checks work as ever.
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "./support/look.mjs";
import { Stage } from "./support/stage.mjs";

test("where a foreign order service keeps the orders the pages say so", async (t) => {
    const stage = await Stage.set(t, { settings: { book: { enabled: false } } });
    const { applicant: link, login } = stage.server.people();

    await t.test("whoever comes to sign in reads where orders are kept", async () => {
        const holder = await stage.guest(`${stage.server.url}/#/orders/new`, { permission: false });
        await holder.sees("elsewhere");
        assert.equal(await holder.at("contact").count(), 0, "there is nothing to sign in to");
        assert.equal(await holder.at("nav-orders").count(), 0);
        await look(holder, "home-elsewhere");
        await holder.close();
    });
    await t.test("a link that is not valid leads to no orders", async () => {
        const stranger = await stage.guest(`${stage.server.url}/#t=${"x".repeat(43)}`, { permission: false });
        await stranger.sees("problem", { code: "ticket_unknown" });
        assert.equal(await stranger.at("open-home").count(), 0);
        await stranger.close();
    });
    await t.test("a link to an interview works", async () => {
        const applicant = await stage.guest(link);
        await applicant.sees("device-check");
        await applicant.close();
    });
    await t.test("the console has no orders, whatever the address or the key", async () => {
        const officer = await stage.officer();
        await officer.signIn(login);
        assert.equal(await officer.at("nav-queue").count(), 0);
        for (const address of ["#/queue", "#/order/abc"]) {
            await officer.page.evaluate((hash) => (location.hash = hash), address);
            await officer.sees("interview-row");
            await officer.page.reload();
            await officer.sees("interview-row");
        }
        await officer.press("g", "q");
        await officer.sees("interview-row");
        await officer.click("nav-calendar");
        await officer.sees("calendar");
        await look(officer, "officer-calendar-elsewhere");
        await officer.click("nav-checks");
        await officer.sees("new-check");
        assert.equal(await officer.at("toast").count(), 0, "nothing of the book's was asked for in vain");
    });
});
