/* The practice ledger says what it is, and leads through a sale that two windows make together. */
import { join } from "node:path";
import { company, ok, same, STAFF, test } from "./harness.mjs";
import { axe, fresh } from "./fresh.mjs";

const SHOTS = process.env.TEFTER_SHOTS;
async function shot(page, name) {
    if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

test(
    "practice: a sale over the limit is asked for, approved in a second window, and sold",
    async () => {
        const shop = await company({ practice: true });
        const page = await fresh(shop, { login: "fourth", width: 1366, height: 768 });
        await page.waitForSelector(".practice-band >> text=PRACTICE");
        same(
            await page.getByRole("link", { name: "Start your own company" }).getAttribute("href"),
            "http://127.0.0.1:1/#found=LINK",
        );
        await page.getByRole("button", { name: "Make a sale yourself" }).click();
        const hint = (step) => page.waitForSelector(`.guide-line:has-text("${step}")`);
        const said = await (await hint("1 Type")).innerText();
        const code = /Type (\S+) in the field/.exec(said)[1];
        ok(await page.locator(".pointed").count(), "it points at the field");
        await shot(page, "guide-1");
        await page.getByRole("combobox", { name: "Customer" }).fill(code);
        await page.keyboard.press("Enter");
        const typed = /Type (\S+) in the field/.exec(await (await hint("2 Type")).innerText())[1];
        await page.getByRole("combobox", { name: "Goods" }).fill(typed);
        await page.keyboard.press("Enter");
        await hint("3 It is more");
        await page.waitForSelector("#ways");
        await shot(page, "guide-3");
        await page.keyboard.press("F8");
        await hint("4 Open the owner's window");

        const [owner] = await Promise.all([
            page.context().waitForEvent("page"),
            page.getByRole("button", { name: "Open the owner's window" }).click(),
        ]);
        await owner.getByLabel("Name to log in").fill("owner");
        await owner.getByLabel("Password").fill(STAFF.owner.password);
        await owner.getByRole("button", { name: "Log in" }).click();
        await owner.waitForSelector(".approve");
        await owner.click("text=Long-time customer");
        await owner.click(".approve");

        await page.waitForSelector(".guide-line:has-text('approved')");
        await shot(page, "guide-5");
        const open = page.getByRole("button", { name: "Open it" });
        if (await open.count()) await open.first().click();
        await hint("5 It is approved");
        await page.waitForFunction(() => document.querySelector(".approval-box")?.textContent.includes("F9"));
        await page.keyboard.press("F9");
        await hint("Sold.");
        await shot(page, "guide-sold");
        same(page.faults, []);
        same(await axe(page), []);

        /* Every paper says so. */
        const paper = await page.evaluate(async () => {
            window.print = () => {
                globalThis.printed = document.querySelector(".slip")?.textContent;
            };
            return document.documentElement.classList.contains("practice");
        });
        ok(paper);
        await page.keyboard.press("Control+p");
        await page.waitForFunction(() => globalThis.printed?.includes("PRACTICE"));
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);
