/* Money by day, branch, kind, place and person; slips that came or did not; tills of all branches; the books of a day. */
import { join } from "node:path";
import { ok, same, test, until } from "./harness.mjs";
import { axe } from "./fresh.mjs";
import { ago, csvRows, desk, downloaded, minor, office, rowsOf } from "./desk.mjs";

const SHOTS = process.env.TEFTER_SHOTS;
const shot = async (page, name) => {
    if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};
const foot = async (page) => (await page.locator(".money-groups tfoot td.amount").allInnerTexts()).map(minor);

test(
    "money is summed by whatever is asked, and is what the command line says",
    async () => {
        const shop = await office();
        const page = await desk(shop, { hash: "#/money" });
        await page.waitForSelector(".money-groups tbody tr");
        const wanted = (await shop.json("call", "DocumentList", "totals=true", "kind=DOCUMENT_PAYMENT"))[0].documents
            .totals[0];
        await page.evaluate((from) => (location.hash = `#/money/from/${from}`), ago(30));
        await until("all of it", async () => (await foot(page))[1] === BigInt(wanted.total_minor));
        same((await foot(page))[0], BigInt(wanted.count));
        for (const name of ["门店", "类型", "存放处", "人员"]) {
            await page.locator(".list-filters .chips").first().getByText(name, { exact: true }).click();
            await until(
                `by ${name}`,
                async () => (await page.locator(".money-groups th").first().innerText()) === name,
            );
            await until("the same sum", async () => (await foot(page))[1] === BigInt(wanted.total_minor));
        }
        await shot(page, "money");
        same(await axe(page), []);
        await page.keyboard.press("x");
        await page.waitForSelector(".export-forms");
        const csv = await downloaded(page, () => page.keyboard.press("2"));
        const [head, ...rows] = csvRows(csv.bytes);
        const at = head.findIndex((each) => each.startsWith("总额"));
        same(
            rows.reduce((sum, row) => sum + BigInt(row[at]), 0n),
            BigInt(wanted.total_minor),
        );
        await page.keyboard.press("Escape");

        /* The slip waits for two words. */
        await page.getByRole("button", { name: /未确认/ }).click();
        await until("one waits", async () => (await rowsOf(page)).length === 1);
        await page.getByRole("button", { name: /未到账/ }).click();
        await page.waitForSelector(".sheet");
        await page.locator(".sheet input").fill("bank says no");
        await page.keyboard.press("F9");
        await page.waitForSelector(".sheet", { state: "detached" });
        const [{ documents }] = await shop.json("call", "DocumentList", "payment_kind=PAYMENT_SLIP");
        same(documents.rows[0].state, "DOCUMENT_REVERSED");
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);

test(
    "tills of all branches, and the books as they stood on a day",
    async () => {
        const shop = await office();
        await shop.tefter("till", "add", "HQ", "drawer HQ");
        await shop.tefter("till", "open", "drawer HQ", "0");
        await shop.tefter("pay", "K06", "500000", "--cash", "drawer HQ");
        await shop.tefter("till", "count", "drawer HQ", "450000");
        await shop.tefter("till", "close", "drawer HQ", "--reason", "a note was torn");
        const page = await desk(shop, { hash: "#/tills", language: "en" });
        await page.waitForSelector("text=drawer TD");
        await until("all tills", async () => (await page.locator(".list-panel tbody tr").count()) === 3);
        ok((await page.innerText(".list-panel")).includes("never opened"));
        await page.getByRole("radio", { name: "With a difference: 1" }).click();
        await until("the one", async () => (await page.locator(".list-panel tbody tr").count()) === 1);
        const till = await page.innerText(".list-panel tbody tr");
        for (const each of ["drawer HQ", "closed", "500,000", "450,000", "−50,000", "a note was torn"])
            ok(till.includes(each), `${each} in ${till}`);
        await shot(page, "tills");
        same(await axe(page), []);
        await page.evaluate(() => (location.hash = "#/books"));
        await page.waitForSelector("text=it balances");
        const now = (await page.locator(".list-panel tfoot td.amount").allInnerTexts()).map(minor);
        const [{ trial_balance }] = await shop.json("call", "TrialBalance");
        const debit = trial_balance.totals.reduce(
            (sum, total) => sum + (BigInt(total.amount_minor) > 0n ? BigInt(total.amount_minor) : 0n),
            0n,
        );
        same(now, [debit, debit]);
        await shot(page, "books");
        same(await axe(page), []);
        /* Before the money of today: what was sold until then, and last week's 24,800,000. */
        await page.evaluate((on) => (location.hash = `#/books/on/${on}`), ago(2));
        await page.waitForSelector("text=documents added up");
        await until("the bank then", async () => (await page.innerText(".list-panel tbody")).includes("24,800,000"));
        await page.evaluate((on) => (location.hash = `#/books/on/${on}`), ago(0));
        await until("today is now", async () => {
            const then = (await page.locator(".list-panel tfoot td.amount").allInnerTexts()).map(minor);
            return then[0] === now[0] && then[1] === now[1];
        });
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);
