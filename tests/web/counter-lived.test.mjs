/* What they met who lived a day at the counter: no figure is invented, and a scan never chooses. */
import { company, ok, same, test, until, within } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { customer, goods, lines, scan, sells, taken, type } from "./at_counter.mjs";

let made;
const shop = () => (made ??= company({ own: true }));
const clerk = async (look = {}) =>
    fresh(await shop(), { login: "fourth", hash: "#/sale", width: 1280, height: 800, ...look });
const lost = (page) => page.waitForSelector(".line-mark.lost", { timeout: within(30_000) });
const live = (page) => page.waitForSelector(".line-mark.live", { timeout: within(30_000) });
const picture = async (page, name) => {
    if (process.env.TEFTER_PICTURES) await page.screenshot({ path: `${process.env.TEFTER_PICTURES}/${name}.png` });
};
const go = async (page, hash, wanted) => {
    await page.evaluate((to) => (location.hash = to), hash);
    await page.waitForSelector(wanted);
};

test(
    "lived: without a line a payment shows what was known last with its time, or no figure, never a 0",
    async () => {
        const own = await shop();
        await own.tefter("sell", "K02", "XM40=12");
        const page = await clerk();
        await customer(page, "K02");
        await go(page, "#/payment", ".customer-field input");
        await own.killRelay();
        await lost(page);
        ok(/taking money/.test(await page.innerText(".lost-band")), "the band names that money can be taken");
        await page.focus(".customer-field input");
        await type(page, "KH003");
        await page.waitForSelector(".combo-none:has-text('Customers are looked up when the line is back')");
        await picture(page, "lived-search-lost");
        await page.fill(".customer-field input", "");
        await type(page, "K02");
        await page.waitForSelector(".customer-field .combo-option");
        await page.keyboard.press("Enter");
        await page.waitForSelector(".amount-card");
        const card = await page.innerText(".amount-card");
        ok(/owes\s*[1-9][\d,]+/.test(card) && / at \d\d:\d\d/.test(card), card);
        ok(/owes\s*[1-9]/.test(await page.innerText(".after")), await page.innerText(".after"));
        const chips = await page.locator(".amount-chip").allInnerTexts();
        ok(
            chips.every((chip) => !/\n0$/.test(chip)),
            JSON.stringify(chips),
        );
        await page.locator(".big-amount input").fill("100");
        ok(!/in credit/.test(await page.innerText(".after")), "they are not in credit by less than they owe");
        await picture(page, "lived-payment-lost");
        await own.startRelay();
        await live(page);
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "lived: change of a cash sale that waits for the line stays where it was, large, and on the strip",
    async () => {
        const own = await shop();
        const page = await clerk();
        await goods(page, "GACH6", 10);
        await sells(page, /Take 13,500/);
        await own.killRelay();
        await lost(page);
        await page.locator(".given input").fill("20000");
        await sells(page, /give 6,500/);
        await page.keyboard.press("F9");
        await page.waitForSelector(".strip[data-state=kept]:has-text('give 6,500')");
        const result = page.locator(".band-cell .result");
        await until("the change stands", async () => /Change\s*6,500/.test(await result.innerText()));
        same(await result.locator(".change-figure").count(), 1, "large");
        await picture(page, "lived-change-lost");
        await own.startRelay();
        await page.waitForSelector(".strip[data-state=taken]", { timeout: within(30_000) });
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "lived: a scan chooses nothing, reverses nothing and is no quantity",
    async () => {
        const own = await shop();
        const page = await clerk();
        await goods(page, "GACH6", 10);
        await customer(page, "K04");
        await sells(page, /Sell on credit 13,500/);
        await page.keyboard.press("F9");
        const number = await taken(page);
        await until("the next sale", async () => (await lines(page)) === 0);
        await page.keyboard.press("Alt+U");
        await page.waitForSelector(`text=What was wrong with ${number}?`);
        await scan(page, "3123");
        await page.waitForTimeout(150);
        same(await page.locator(".strip [aria-pressed=true]").count(), 0, "a short code chooses nothing");
        await scan(page, "8934567003123");
        await page.waitForSelector(".goods [data-row]");
        same(await page.locator(".strip[data-state=asking]").count(), 1, "still asked");
        same(await page.locator(".strip [aria-pressed=true]").count(), 0, "and nothing is chosen");
        const [paper] = await own.json("document", "show", number);
        ok(paper.state !== "DOCUMENT_REVERSED", paper.state);
        /* A digit alone chooses; the chord reverses. */
        await page.locator(".strip .why").focus();
        await page.keyboard.press("3");
        await page.waitForSelector(".strip [aria-pressed=true]:has-text('Not paid')");
        await picture(page, "lived-undo");
        await page.keyboard.press("Escape");
        await page.waitForSelector(".strip[data-state=taken]");
        /* Typed by hand into the cell of a quantity, a code is a code too. */
        await page.keyboard.press("Alt+N");
        await until("an empty sale", async () => (await lines(page)) === 0);
        await goods(page, "GACH6", 7);
        const cell = page.locator("[data-cell=quantity]").first();
        await cell.focus();
        await type(page, "8934567000012");
        await page.keyboard.press("Enter");
        await until("a line of its own", async () => (await lines(page)) === 2);
        ok(/^7\b/.test(await cell.inputValue()), await cell.inputValue());
        same(await page.locator(".cell-why").count(), 0, "and no word about quantities");
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "lived: a count half done is there after a reload, of this till day and person alone",
    async () => {
        const page = await clerk({ login: "owner", hash: "#/day/till" });
        await page.locator(".till-foot input").fill("500000");
        await page.keyboard.press("F9");
        await page.waitForSelector(".strip-text:has-text('drawer FO is open with 500,000')");
        ok(!/books/.test(await page.innerText(".strip")), "change money is no difference of the books");
        await go(page, "#/day/till", ".pieces input");
        const cells = page.locator(".pieces input");
        await cells.first().waitFor();
        await until("the cursor is in the first cell", () =>
            cells.first().evaluate((cell) => cell === document.activeElement),
        );
        await cells.nth(0).fill("3");
        await cells.nth(2).fill("۴");
        await until("it adds up", async () => /1,900,000/.test(await page.innerText(".till-sum")));
        await page.waitForTimeout(300);
        await page.reload();
        await cells.first().waitFor();
        await until("the count is back", async () => /1,900,000/.test(await page.innerText(".till-sum")));
        await picture(page, "lived-count");
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "lived: whom this page found before it is found without a line after a reload, by name and without a figure",
    async () => {
        const own = await shop();
        await own.tefter("sell", "K05", "XM40=12");
        const page = await clerk({ hash: "#/payment" });
        await page.locator(".customer-field input").fill("K05");
        await page.waitForSelector(".customer-field .combo-option");
        await page.keyboard.press("Enter");
        await page.waitForSelector(".amount-card");
        await page.getByRole("button", { name: "Change", exact: true }).click();
        await page.waitForSelector(".customer-field input");
        const name = "شرکت سازه آریا";
        await page.waitForTimeout(500);
        await own.killRelay();
        await lost(page);
        await page.reload();
        await lost(page);
        await page.locator(".customer-field input").fill("K05");
        await page.waitForSelector(`.customer-field .combo-option:has-text('${name}')`);
        ok(!/1,101,600/.test(await page.innerText(".customer-field .combo-list")), "no figure is kept");
        await picture(page, "lived-names");
        await own.startRelay();
        await live(page);
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);
