/* Everything is found from one place, in five scripts, by keys alone; what a role may not open is not offered. */
import { ok, same, test, until } from "./harness.mjs";
import { axe, fresh } from "./fresh.mjs";
import { trading } from "./trading.mjs";

/* How many approvals wait stands in the rail beside its label. */
const RAIL = ["label-content-name-mismatch"];
const SHOTS = process.env.TEFTER_SHOTS;

async function find(page, text) {
    await page.waitForSelector(".find input");
    await page.fill(".find input", text);
    await until(`something is found for ${text}`, async () => (await page.locator(".find .combo-option").count()) > 0);
}
const found = (page) => page.locator(".find .combo-option").allInnerTexts();
const has = (page, text, what) =>
    until(`${what ?? text} is found`, async () => (await found(page)).some((each) => each.includes(text)));

test(
    "customers in five scripts, papers by number and amount, goods, people, places, actions and settings",
    async () => {
        const shop = await trading();
        const page = await fresh(shop, { login: "owner", hash: "#/settings", width: 1440, height: 900 });
        await page.keyboard.press("/");
        for (const [typed, name] of [
            ["phu my", "Xây dựng Phú Mỹ"],
            ["whit", "Whitfield & Sons"],
            ["恒信", "恒信建材行"],
            ["آریا", "شرکت سازه آریا"],
            ["αιγαι", "Τεχνική Αιγαίου"],
            ["aigai", "Τεχνική Αιγαίου"],
            ["0012", "Whitfield & Sons"] /* the end of a phone */,
            ["HQ-00006", "HQ-00006"],
            ["FT26332", "HQ-R-"] /* the bank's reference */,
            ["XM40", "Xi măng PCB40"],
            ["Đỗ Thị Mai", "Đỗ Thị Mai"],
            ["drawer td", "drawer TD"],
            ["lock now", "Lock now"],
            ["summary", "Summary of a day"],
        ]) {
            await find(page, typed);
            await has(page, name, `${typed}: ${name}`);
        }
        await find(page, "Xây dựng");
        await has(page, "Phú Mỹ");
        if (SHOTS) await page.screenshot({ path: `${SHOTS}/find.png` });
        same(await axe(page, RAIL), []);
        await find(page, "phu my");
        await has(page, "Phú Mỹ");
        await page.keyboard.press("Enter");
        await page.waitForURL(/#\/customers\/\d+/);
        /* what was found last comes first, from anywhere, also out of a field */
        await page.keyboard.press("Control+k");
        await until("the last one is there", async () => (await found(page))[0]?.includes("Xây dựng Phú Mỹ"));
        await page.keyboard.press("Escape");
        await page.goto(`${shop.url}/#/customers`);
        await page.waitForSelector(".customer-row");
        await page.keyboard.press("/");
        same(await page.locator(".find").count(), 0, "a list takes / for itself");
        await page.keyboard.press("Control+k");
        await page.waitForSelector(".find input");
        same(page.faults, []);
        await page.context().close();

        const clerk = await fresh(shop, { login: "minh", branch: "TD", hash: "#/settings" });
        await clerk.keyboard.press("?");
        await find(clerk, "phu my");
        await has(clerk, "Phú Mỹ");
        await clerk.fill(".find input", "drawer");
        await until("it was looked for", async () => (await clerk.locator(".find .combo-none").count()) === 1);
        await clerk.fill(".find input", "summary of a day");
        await until("no report", async () => (await clerk.locator(".find .combo-none").count()) === 1);
        ok(!(await clerk.innerText(".sheet")).includes("Summary of a day"));
        same(clerk.faults, []);
        await clerk.context().close();
        await shop.end();
    },
    { seconds: 180 },
);
