// The account holder's pages: registered with the demo's code, verified, an empty list, messages, account, and signed out;
// what stays after a reload; and what is shown without a network.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { closeBrowsers, openBrowser, phone } from "./support/browser.mjs";
import { look, picture } from "./support/look.mjs";
import { Server } from "./support/server.mjs";

const noCamera = { file: "/dev/null" };
let server;

before(async () => {
    server = await Server.start();
});
after(() => server?.remove());
after(closeBrowsers);

async function open(t) {
    const browser = await openBrowser(noCamera, { device: phone, permission: false });
    t.after(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${server.url}/`);
    return { page, at: (id) => page.locator(`[data-testid="${id}"]`) };
}

async function signIn({ at }, contact) {
    await at("contact").fill(contact);
    await at("send-code").click();
    // A phone fills in the whole code at once, and that signs in.
    await at("code").fill(await at("demo-code").textContent());
    await at("orders").waitFor();
}

test("somebody registers, verifies their name, and finds their way about", async (t) => {
    const person = await open(t);
    const { page, at } = person;

    await at("contact").fill("nobody");
    await at("send-code").click();
    await at("contact-error").waitFor();
    await look(person, "home-sign-in");
    await at("contact").fill("li.mei@example.org");
    await at("send-code").click();
    const code = await at("demo-code").textContent();
    assert.match(code, /^\d{6}$/);
    await at("code").fill(code === "123456" ? "654321" : "123456");
    await at("code-error").waitFor();
    assert.ok(await at("send-again").isDisabled(), "a second code is not sent at once");
    await look(person, "home-code");
    await at("code").fill("");
    await at("code").fill(code);

    await at("no-orders").waitFor();
    await look(person, "home-orders-none");
    await at("nav-account").click();
    await at("real-name").fill("李梅");
    await at("id-number").fill("11010519491231002");
    await at("verify").click();
    await at("id-number-error").waitFor();
    await look(person, "home-account-unverified");
    await at("id-number").fill("11010519491231002x");
    await at("verify").click();
    await at("verified").waitFor();
    await look(person, "home-account");

    await at("nav-messages").click();
    await at("messages").waitFor();
    await at("no-messages").waitFor();
    await look(person, "home-messages-none");
    await page.reload();
    await at("no-messages").waitFor();

    await at("nav-account").click();
    await page.locator('[data-testid="account"][data-verified="true"]').waitFor();
    await at("home-sign-out").click();
    await at("home-sign-in").waitFor();
    await page.reload();
    await at("home-sign-in").waitFor();
});

test("a holder follows orders and messages, and goes into an interview and back", async (t) => {
    const [, contact] = /account holder +(\+\d+)$/m.exec(server.stdout);
    const person = await open(t);
    const { page, at } = person;
    await signIn(person, contact);
    await at("order-card").first().waitFor();
    await look(person, "home-orders");
    await at("unread").waitFor();
    await at("nav-messages").click();
    await at("message").first().waitFor();
    await at("unread").waitFor({ state: "detached" });
    await page.locator('[data-testid="message"][data-read="false"]').first().waitFor(); // still seen to be new
    await look(person, "home-messages");
    await page.reload();
    await page.locator('[data-testid="message"][data-read="true"]').first().waitFor();
    assert.equal(await at("unread").count(), 0, "what was seen is read at the server");

    await at("to-order").first().click();
    await page.waitForURL(/#\/orders\/\w+$/);
    await page.goBack();
    await at("messages").waitFor();
    await at("nav-orders").click();
    const booked = page.locator('[data-testid="order-card"]:has([data-state="interview_required"])').first();
    const id = await booked.getAttribute("data-order");
    await page.goto(`${server.url}/#/orders/${id}/interview`);
    await at("booking").waitFor();
    await page.reload(); // comes back into the interview, with the ticket that this tab has
    await at("booking").waitFor();
    await look(person, "home-inside");
    await at("back-to-order").click();
    await page.waitForURL(new RegExp(`#/orders/${id}$`));
    await at("booking").waitFor({ state: "detached" });
});

test("the same contact comes back to the same account; another cannot have its document", async (t) => {
    const first = await open(t);
    await signIn(first, "13800138000");
    await first.at("nav-account").click();
    await first.at("id-kind-passport").check();
    await first.at("real-name").fill("Wang Wei");
    await first.at("id-number").fill("e12345678");
    await first.at("verify").click();
    await first.at("verified").waitFor();

    const again = await open(t);
    await signIn(again, "+86 138 0013 8000");
    await again.at("nav-account").click();
    await again.at("verified").waitFor();

    const other = await open(t);
    await signIn(other, "other@example.org");
    await other.at("nav-account").click();
    await other.at("id-kind-passport").check();
    await other.at("real-name").fill("Wang Wei");
    await other.at("id-number").fill("E12345678");
    await other.at("verify").click();
    await other.page.locator('[data-testid="problem"][data-code="conflict"]').waitFor();
});

test("the page is installable, and says so when there is no network", async (t) => {
    const { page } = await open(t);
    const manifest = await page.request.get(`${server.url}/manifest.webmanifest`);
    assert.equal(manifest.headers()["content-type"], "application/manifest+json");
    const { icons } = await manifest.json();
    for (const { src } of icons) {
        const icon = await page.request.get(`${server.url}${src}`);
        assert.deepEqual([icon.status(), icon.headers()["content-type"]], [200, "image/png"], src);
    }
    await page.evaluate(() => navigator.serviceWorker.ready);
    await page.reload();
    await server.kill9(); // the last test
    await page.goto(`${server.url}/?again`);
    await page.locator('a[href="tel:+861012308"]').waitFor();
    await picture(page, "home-offline");
    const kept = await page.evaluate(async () => {
        const names = await caches.keys();
        const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
        return requests.flat().map(({ url }) => new URL(url).pathname).sort();
    });
    assert.deepEqual(kept, ["/icon-192.png", "/offline.css", "/offline.html"]);
});
