// An account holder's orders, from the form to the mission, in a real browser on a real server.
import assert from "node:assert/strict";
import { test } from "node:test";
import { look } from "./support/look.mjs";
import { fill, hand, idNumber, jpeg, newOrder, sign, signIn, verify } from "./support/holder.mjs";
import { Stage } from "./support/stage.mjs";

const applicant = {
    applicant_name: "李梅",
    applicant_name_latin: "LI MEI",
    birth_date: "1990-03-07",
    sex: "F",
    region: "SE",
    address: "Storgatan 1\n111 22 Stockholm",
    phone: "+46 70 123 45 67",
};
const expired = `${new Date().getUTCFullYear() - 1}-05-20`; // over, whatever today is

test("orders of an account holder", async (t) => {
    const stage = await Stage.set(t);
    const holder = await stage.guest(`${stage.server.url}/#/`);
    await signIn(holder, "mei@example.org");
    await verify(holder, { name: "李梅", number: idNumber(1) });

    await t.test("a renewal is begun, filled in, signed and submitted", async (t) => {
        await newOrder(holder, { mission: "stockholm", kind: "passport" });
        await holder.click("create-order");
        assert.equal(await holder.at("choice-issue").getAttribute("data-invalid"), "true", "what is not chosen is said");
        for (const choice of ["issue-renewal", "condition-expired", "relation-self"]) await holder.click(choice);
        await look(holder, "order-new");
        await holder.click("create-order");
        await holder.sees("next", { code: "fill_in" });
        await look(holder, "order-draft");

        await t.test("what cannot be is said where it was typed, and the rest is saved", async () => {
            await holder.at("field-phone").fill("none");
            await holder.at("field-address").fill(applicant.address);
            await holder.sees("field-hint", { field: "phone" });
            await holder.sees("saving", { state: "failed" });
        });
        await fill(holder, { ...applicant, document_number: "E12345678", expiry_date: expired });
        await holder.sees("next", { code: "sign" });

        await holder.click("next-action");
        await holder.click("sign");
        assert.ok(await holder.at("part-declaration").getByRole("alert").isVisible(), "an empty signature is none");
        await sign(holder);
        await look(holder, "order-sign");
        await holder.click("sign");
        await holder.sees("signature");
        await holder.sees("next", { code: "upload" });
        await holder.click("next-action");
        await hand(holder, "address", await jpeg(holder.page, "Personbevis"));
        await look(holder, "order-materials");
        await holder.sees("next", { code: "submit" });
        await holder.click("next-action");
        await look(holder, "order-submit");
        await holder.click("submit-order");
        await holder.sees("next", { code: "face_check" });
        await look(holder, "order-submitted");
    });

    await t.test("it can be withdrawn", async () => {
        await holder.click("withdraw");
        await holder.click("confirm-withdraw");
        await holder.sees("next", { code: "withdrawn" });
    });

    await t.test("a reload keeps what was typed a moment before", async () => {
        await newOrder(holder, { mission: "stockholm", kind: "travel_document", issue: "replacement", condition: "lost", relation: "self" });
        await holder.click("create-order");
        await fill(holder, { applicant_name: "李梅" });
        await holder.page.reload();
        await holder.click("next-action");
        assert.equal(await holder.at("field-applicant_name").inputValue(), "李梅");
        await holder.click("withdraw");
        await holder.click("confirm-withdraw");
        await holder.sees("next", { code: "withdrawn" });
    });

    await t.test("an emergency order takes pictures, is signed by keyboard, and cannot be withdrawn", async (t) => {
        await newOrder(holder, { mission: "stockholm", kind: "emergency_travel_document", condition: "passport_lost", relation: "self" });
        await holder.click("create-order");
        await fill(holder, applicant);
        await holder.sees("next", { code: "sign" });
        await holder.click("next-action");
        await holder.at("part-declaration").locator("summary:focus").waitFor(); // the page leads there; from here on the keyboard
        await holder.at("signature-pad").focus();
        await holder.page.keyboard.press("Space");
        for (const key of ["ArrowRight", "ArrowUp", "ArrowRight", "ArrowDown"]) for (let i = 0; i < 4; i++) await holder.page.keyboard.press(key);
        await holder.page.keyboard.press("Space");
        await holder.click("sign");
        await holder.sees("next", { code: "upload" });
        await holder.click("next-action");
        await hand(holder, "portrait", await jpeg(holder.page, "Portrait"));

        await t.test("a picture is removed after a question, and an upload that breaks off goes on", async () => {
            await holder.click("remove-portrait");
            await holder.click("confirm-remove-portrait");
            await holder.sees("slot", { slot: "portrait", missing: "true" });
            await holder.page.route("**/materials/portrait", (route) => route.abort(), { times: 1 });
            await holder.at("choose-portrait").setInputFiles(await jpeg(holder.page, "Portrait"));
            await holder.click("go-on");
            await holder.sees("slot", { slot: "portrait", missing: "false" });
        });
        await hand(holder, "loss", await jpeg(holder.page, "Statement"));
        await look(holder, "order-pictures");
        await holder.sees("next", { code: "submit" });
        await holder.click("next-action");
        assert.ok(await holder.at("submit-order").isDisabled(), "what cannot be taken back is agreed to first");
        await holder.at("submit-known").check();
        await holder.click("submit-order");
        await holder.sees("next", { code: "wait_review" });
        await holder.sees("not-withdrawable");
        await look(holder, "order-in-review");
    });
});
