/* Prices that change while a sale is open, or while it is kept without a line. */
import { company, ok, same, test, until, within } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { customer, goods, lines, sells, type } from "./at_counter.mjs";

let made;
const shop = () => (made ??= company({ own: true }));
const clerk = async (look = {}) =>
    fresh(await shop(), { login: "fourth", hash: "#/sale", width: 1280, height: 800, ...look });
/* Where it is so already, nothing is to be changed. */
const priced = async (product, price) =>
    (await shop()).tefter("product", "edit", product, `--price=${price}`).catch(() => undefined);
const lost = (page) => page.waitForSelector(".line-mark.lost", { timeout: within(30_000) });
const total = (page) => page.innerText(".total-row");
const was = (page) => page.locator(".price-was");

for (const whom of [undefined, "K03"])
    test(
        `prices: a sale that is open gets the price of now, says so, and is sold with the next F9 (${whom ?? "cash"})`,
        async () => {
            const own = await shop();
            await priced("XM40", 91800);
            const page = await clerk();
            await goods(page, "XM40", 2);
            if (whom) await customer(page, whom);
            await sells(page, whom ? /Sell on credit 183,600/ : /Take 183,600/);
            await page.waitForTimeout(300);
            await own.tefter("product", "edit", "XM40", "--price=95000");
            await page.keyboard.press("F9");
            await page.waitForSelector(".price-was");
            ok(/price was 91,800, is 95,000 now/.test(await was(page).innerText()), await was(page).innerText());
            ok(/190,000/.test(await total(page)), await total(page));
            same(await lines(page), 1, "nothing was sold yet");
            await page.waitForSelector("[role=alert]:has-text('A price has changed, and nothing is sold yet')");
            await sells(page, /190,000/);
            same(await page.locator(".commit").getAttribute("aria-disabled"), null, "F9 sells");
            await page.keyboard.press("F9");
            await page.waitForSelector(".strip[data-state=taken] .strip-text:has-text('190,000')");
            await until("the next sale", async () => (await lines(page)) === 0);
            await page.focus(".goods-field input");
            await type(page, "Xi măng");
            await page.waitForSelector(".goods-field .combo-option:has-text('95,000')");
            same(page.faults, []);
            await page.context().close();
        },
        { seconds: 120 },
    );

test(
    "prices: what was taken without a line at an older price is sold anew at that, or at the price of now",
    async () => {
        const own = await shop();
        await priced("GACH6", 1350);
        const page = await clerk({ login: "owner" }); /* who may go below the list */
        await goods(page, "GACH6", 100);
        await sells(page, /Take 135,000/);
        await own.killRelay();
        await lost(page);
        await page.keyboard.press("F9");
        await page.waitForSelector(".strip[data-state=kept]");
        await own.tefter("product", "edit", "GACH6", "--price=1500");
        await own.startRelay();
        await page.waitForSelector(".unbooked", { timeout: within(30_000) });
        ok(/A price has changed since/.test(await page.innerText(".unbooked")), await page.innerText(".unbooked"));
        await page.getByRole("button", { name: "Sell it anew" }).click();
        await page.waitForSelector(".taken-for");
        const box = page.locator(".taken-for");
        ok(/135,000/.test(await box.innerText()), await box.innerText());
        await until("at the price of then", async () =>
            /1,350/.test(await page.locator("[data-cell=price]").inputValue()),
        );
        await page.getByRole("button", { name: "Sell it at the prices of now" }).click();
        await until("it comes to more", async () => /15,000.*more is to be taken/s.test(await box.innerText()));
        await sells(page, /Take 150,000/);
        await page.getByRole("button", { name: "Sell it at the prices of then" }).click();
        await until("at the price of then", async () =>
            /1,350/.test(await page.locator("[data-cell=price]").inputValue()),
        );
        await sells(page, /Take 135,000/);
        await page.keyboard.press("F9");
        await page.waitForSelector(".strip[data-state=taken] .strip-text:has-text('135,000')");
        await page.waitForSelector(".unbooked", { state: "detached" });
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "prices: who may not sell at the price of then is told why, and has a way on",
    async () => {
        const own = await shop();
        await priced("THEP10", 167400);
        const page = await clerk();
        await goods(page, "THEP10", 1);
        await sells(page, /Take 167,400/);
        await own.killRelay();
        await lost(page);
        await page.keyboard.press("F9");
        await page.waitForSelector(".strip[data-state=kept]");
        await priced("THEP10", 500000);
        await own.startRelay();
        await page.waitForSelector(".unbooked", { timeout: within(30_000) });
        await page.getByRole("button", { name: "Sell it anew" }).click();
        await page.waitForSelector(".taken-for");
        await page.waitForSelector(".plain-refusal");
        ok(/Who may/.test(await page.innerText(".plain-refusal")), await page.innerText(".plain-refusal"));
        await page.getByRole("button", { name: "Sell it at the prices of now" }).click();
        await sells(page, /Take 500,000/);
        await until("the difference is said", async () =>
            /332,600.*more is to be taken/s.test(await page.innerText(".taken-for")),
        );
        await page.keyboard.press("F9");
        await page.waitForSelector(".strip[data-state=taken] .strip-text:has-text('500,000')");
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);
