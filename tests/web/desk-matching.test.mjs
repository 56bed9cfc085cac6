/*
 * The matching desk: an accountant's morning in Chinese. Money of last week goes to several bills, what was told before is
 * what the ledger has after, and one key takes it back; two who match the same money hear of each other.
 */
import { join } from "node:path";
import { ok, same, test, until } from "./harness.mjs";
import { axe } from "./fresh.mjs";
import { desk, minor, office } from "./desk.mjs";

const SHOTS = process.env.TEFTER_SHOTS;
const shot = async (page, name) => {
    if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};
const billsOf = async (shop, code) => {
    const [answer] = await shop.json("call", "UnpaidBills", `code=${code}`);
    return answer.unpaid_bills;
};
const money = (page, text) => page.locator(".match-row", { hasText: text });
const ticked = (page) => page.locator(".match-bills tr.ticked").count();
const commit = (page) => page.locator(".match-commit button");

test(
    "money of last week is found, matched many to many as it was told, and undone",
    async () => {
        const shop = await office();
        const page = await desk(shop, { hash: "#/matching" });
        await page.waitForSelector(".match-row");
        same(await page.locator(".match-row").count(), 4, "two of 恒信, one that equals a bill, a slip");
        /* The slip's and the named money have reasons; so has what equals a bill. */
        ok((await money(page, "VCB 88213").innerText()).includes("金额等于"), "the amount of a bill");
        await shot(page, "matching");
        await money(page, "24,800,000").locator(".match-open").click();
        await page.waitForSelector(".match-bills tbody tr");
        same(await page.locator(".match-bills tbody tr").count(), 3);
        /* o: the oldest due, until it is spent. Space takes the cursor's bill off and puts it on again. */
        await page.keyboard.press("o");
        await until("two bills are ticked", async () => (await ticked(page)) === 2);
        await page.focus(".match-bills table");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Space");
        await until("one is ticked", async () => (await ticked(page)) === 1);
        await page.keyboard.press("Space");
        await until("two again", async () => (await ticked(page)) === 2);
        /* The other money of the same customer goes with it, so that money and bills are many on both sides. */
        await money(page, "VCB 88205").locator(".match-tick").click();
        await until("25,800,000 to two bills", async () => (await commit(page).innerText()).includes("25,800,000"));
        const bench = await page.locator(".match-bills tfoot td.amount").allInnerTexts();
        same(bench.map(minor), [35_910_000n, 25_800_000n, 10_110_000n]);
        const after = await page.locator(".match-sums dd b").allInnerTexts();
        same(after.slice(0, 2).map(minor), [0n, 10_110_000n]);
        await shot(page, "matching-ticked");
        same(await axe(page), []);
        await page.keyboard.press("F9");
        await page.waitForSelector(".match-last[data-state=written]");
        /* What the command line sees is what was told before. */
        const bills = await billsOf(shop, "K04");
        same(BigInt(bills.bills_minor), 10_110_000n);
        same(BigInt(bills.credits_minor ?? 0), 0n);
        await until("both are gone", async () => (await page.locator(".match-row:not(.gone)").count()) === 2);
        await shot(page, "matching-after");
        await page.keyboard.press("u");
        await page.waitForSelector(".match-last[data-state=undone]");
        same(BigInt((await billsOf(shop, "K04")).bills_minor), 35_910_000n, "as it was");
        await until("both are back", async () => (await page.locator(".match-row:not(.gone)").count()) === 4);
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);

test(
    "two match the same money: the second hears who was first, and their ticks are kept",
    async () => {
        const shop = await office();
        const page = await desk(shop, { hash: "#/matching" });
        await money(page, "24,800,000").locator(".match-open").click();
        await page.keyboard.press("o");
        await until("two bills are ticked", async () => (await ticked(page)) === 2);
        await page.hover(".match-left");
        const order = () => page.locator(".match-row").evaluateAll((rows) => rows.map((row) => row.dataset.money));
        const before = await order();
        await shop.tefter("match", "K04");
        await page.waitForSelector(".match-right [role=alert] >> text=Phạm Hải Long"); /* who was first */
        ok((await ticked(page)) >= 1, "the ticks are kept");
        same(await order(), before, "no row moves while the pointer is in the list");
        await shot(page, "matching-conflict");
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);
