/* Forms that stand above a screen do what they are for by the keys alone; and addresses that name nothing say so. */
import { company, ok, same, test, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";

const card = async (shop, code) => (await shop.json("customer", "show", code))[0];

test("sheets: Enter behind the reason locks, Ctrl+Enter and F9 keep a note", async () => {
    const shop = await company({ own: true });
    const { customer } = (await card(shop, "K01")).row;
    const page = await fresh(shop, { login: "mai", width: 1440, height: 900, hash: `#/customers/${customer}` });
    await page.waitForSelector(".card-facts");
    await page.keyboard.press("Shift+L");
    await page.waitForSelector(".sheet form");
    await page.keyboard.type("cheque came back", { delay: 60 });
    await page.keyboard.press("Enter");
    await page.waitForSelector(".sheet", { state: "detached" });
    same((await card(shop, "K01")).row.locked, true);
    for (const [keys, words] of [
        ["Control+Enter", "asks for June"],
        ["F9", "asks for July"],
    ]) {
        await page.keyboard.press("o");
        await page.waitForSelector(".sheet textarea");
        await page.focus(".sheet textarea");
        await page.keyboard.type(words, { delay: 60 });
        await page.keyboard.press(keys);
        await page.waitForSelector(".sheet", { state: "detached" });
        await page.waitForSelector(`.notes:has-text('${words}')`);
    }
    same(page.faults, []);
    await page.context().close();
});

test("sheets: a number that no paper has is told", async () => {
    const shop = await company({ own: true });
    const page = await fresh(shop, { login: "mai", width: 1440, height: 900, hash: "#/documents" });
    for (const number of ["18446744073709551616", "-1"]) {
        await page.evaluate((to) => (location.hash = `#/documents/${to}`), number);
        await page.waitForSelector(`text=There is no such paper: ${number}`);
        same(await page.locator(".list-panel").count(), 0, "no list that it does not narrow");
    }
    await page.click("main a:has-text('All documents')");
    await until("the list", async () => (await page.locator(".list-panel").count()) === 1);
    ok(page.faults.length === 0, String(page.faults));
    await page.context().close();
});
