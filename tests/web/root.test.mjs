/* Where the page stands under a root of its own, the desk says how a new device is given it; /trust gives it. */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { bin, company, ok, same, test } from "./harness.mjs";

const LANGUAGES = { en: "ltr", vi: "ltr", zh: "ltr", fa: "rtl", el: "ltr" };
const run = promisify(execFile);

async function rooted() {
    const shop = await company({ own: true });
    await run(join(bin, "tefterd"), ["web-root", "shop.lan", "--ledger", shop.ledger]);
    await shop.killRelay();
    await shop.startRelay("--root", join(shop.ledger, "web", "root.pem"));
    return shop;
}
const shot = async (page, name) => {
    if (process.env.TEFTER_PICTURES)
        await page.screenshot({ path: join(process.env.TEFTER_PICTURES, `${name}.png`), fullPage: true });
};

test(
    "a device is given the root of the page, in five languages and without a script",
    async () => {
        const shop = await rooted();
        try {
            for (const [language, direction] of Object.entries(LANGUAGES)) {
                const page = await shop.open({
                    width: 360,
                    height: 740,
                    language,
                    at: "/trust",
                    javaScriptEnabled: false,
                });
                same(await page.getAttribute("html", "lang"), language);
                same(await page.$eval("html", (html) => getComputedStyle(html).direction), direction);
                same(await page.$eval("html", (html) => html.scrollWidth <= html.clientWidth), true);
                for (const way of await page.$$("summary")) await way.click();
                ok((await page.$$("li:visible")).length >= 9);
                await shot(page, `trust-${language}`);
                const links = await page.$$eval("a", (all) =>
                    all.map((a) => Math.round(a.getBoundingClientRect().height)),
                );
                ok(
                    links.every((height) => height >= 40),
                    `a thumb does not meet ${links}`,
                );
                same(page.faults, []);
                await page.context().close();
            }
            const dark = await shop.open({ width: 1366, height: 768, dark: true, at: "/trust/vi" });
            await shot(dark, "trust-dark");
            await dark.context().close();
        } finally {
            await shop.end();
        }
    },
    { seconds: 240 },
);

test(
    "the desk shows the way there, and the fingerprint of what it gives",
    async () => {
        const shop = await rooted();
        try {
            const page = await shop.open({ width: 1366, height: 768 });
            await shop.enrol(page);
            await shop.login(page, "owner");
            await page.goto(`${shop.url}/#/people`);
            await page.getByText("A new device has to be given the root of this page, once.").waitFor();
            await shot(page, "people-root");
            await page.getByRole("button", { name: "Give the root" }).click();
            const sheet = page.getByRole("dialog");
            await sheet.getByText(`${shop.url}/trust`).waitFor();
            const der = Buffer.from(await (await fetch(`${shop.url}/trust/root.crt`)).arrayBuffer());
            const print = createHash("sha256").update(der).digest("hex").toUpperCase().match(/../g).join(":");
            same((await sheet.locator(".root-print").textContent()).trim(), print);
            await shot(page, "give-root");
            same(page.faults, []);
        } finally {
            await shop.end();
        }
    },
    { seconds: 150 },
);

test(
    "without such a root nothing of it is shown",
    async () => {
        const shop = await company();
        const page = await shop.open();
        await shop.enrol(page);
        await shop.login(page, "owner");
        await page.goto(`${shop.url}/#/people`);
        await page.getByRole("button", { name: "Add a device" }).waitFor();
        same(await page.getByText("Give the root").count(), 0);
        same((await fetch(`${shop.url}/trust`)).status, 404);
        await page.context().close();
    },
    { seconds: 150 },
);
