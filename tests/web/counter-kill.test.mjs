/* Whatever ends in the middle of a sale, the page, the relay or the server: it counts once, and nothing typed is lost. */
import { company, ok, same, STAFF, test, until, within } from "./harness.mjs";
import { fresh } from "./fresh.mjs";

let made;
const shop = () => (made ??= company({ own: true }));
const clerk = async () => fresh(await shop(), { login: "fourth", hash: "#/sale", width: 1366, height: 625 });
const balance = async (code) => Number((await (await shop()).json("customer", "show", code))[0].account.balance_minor);
const lines = (page) => page.locator(".goods [data-row]").count();

async function draft(page, code, quantity) {
    await page.waitForSelector(".goods-field input");
    await page.focus(".goods-field input");
    await page.keyboard.type("GACH6", { delay: 45 });
    await page.keyboard.press("Enter");
    await until("a line", async () => (await lines(page)) === 1);
    await page.keyboard.type(String(quantity), { delay: 45 });
    await page.keyboard.press("Enter");
    if (code === undefined) return;
    await page.focus(".customer-field input");
    await page.keyboard.type(code, { delay: 45 });
    await page.waitForSelector(".customer-field .combo-option");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".band-cell .terms");
}

/* F9 sells it, and the total is the ledger's. */
const ready = (page, words) =>
    until(
        `F9 says ${words}`,
        async () =>
            words.test(await page.innerText(".commit")) &&
            (await page.locator(".total-row .figure:not(.ink-2)").count()) === 1,
    );

/* The same browser, a new page: whoever was there logs in again. */
async function again(context) {
    const page = await context.newPage();
    page.faults = [];
    page.on("pageerror", (fault) => page.faults.push(fault));
    await page.goto(`${(await shop()).url}/#/sale`);
    const password = page.locator("input[type=password]");
    await page.waitForSelector("input[type=password], .frame");
    if ((await password.count()) > 0) {
        const login = page.locator("input[autocomplete=username]");
        if ((await login.count()) > 0) await login.fill("fourth");
        await password.fill(STAFF.fourth.password);
        await page.keyboard.press("Enter");
    }
    await page.waitForSelector(".goods-field input, .commit");
    return page;
}

test("counter: a page that is closed while a sale is typed has it again, with what was not yet a line", async () => {
    const page = await clerk();
    await draft(page, "K01", 12);
    await page.focus(".goods-field input");
    await page.keyboard.type("thep 1", { delay: 45 });
    await page.waitForTimeout(500);
    const context = page.context();
    await page.close();
    const next = await again(context);
    await until("the line is there", async () => (await lines(next)) === 1);
    same(await next.inputValue(".goods-field input"), "thep 1");
    ok(/^12/.test(await next.inputValue("[data-cell=quantity]")));
    ok(/Xây dựng Phú Mỹ/.test(await next.innerText(".band-cell")));
    same(next.faults, []);
    await context.close();
});

test(
    "counter: the page ends right after F9, at seven moments: each sale counts once, and none is left to be sold twice",
    async () => {
        const first = await clerk();
        const context = first.context();
        let page = first;
        let owed = await balance("K02");
        for (const wait of [0, 1, 3, 8, 20, 60, 200]) {
            await draft(page, "K02", 10);
            await ready(page, /Sell on credit 13,500/);
            await page.evaluate(() => {
                window.dispatchEvent(
                    new KeyboardEvent("keydown", { key: "F9", code: "F9", bubbles: true, cancelable: true }),
                );
            });
            await page.waitForTimeout(wait);
            await page.close({ runBeforeUnload: false });
            page = await again(context);
            const sold = await until(
                `after ${wait} ms it is sold, or there as it was typed`,
                async () => {
                    const now = await balance("K02");
                    const open = await page.locator(".draft-tabs [role=tab]:has-text('Hoa Sen')").count();
                    return now === owed + 13_500 && open === 0
                        ? "sold"
                        : now === owed &&
                            open === 1 &&
                            /Sell on credit/.test(await page.innerText(".commit").catch(() => ""))
                          ? "open"
                          : undefined;
                },
                30_000,
            ).catch(async (fault) => {
                throw new Error(
                    `${fault.message}: ${(await page.innerText("#main")).replace(/\s+/g, " ").slice(0, 600)}`,
                );
            });
            if (sold === "open") {
                await page.keyboard.press("F9");
                await until("it is sold now", async () => (await balance("K02")) === owed + 13_500);
            }
            owed += 13_500;
            await until("the form is empty", async () => (await lines(page)) === 0);
        }
        same(await balance("K02"), owed);
        same(page.faults, []);
        await context.close();
    },
    { seconds: 150 },
);

test(
    "counter: relay or server are killed at F9: the button says so, and it counts once when they are back",
    async () => {
        const own = await shop();
        const page = await clerk();
        let owed = await balance("K03");
        for (const [kill, start] of [
            ["killRelay", "startRelay"],
            ["killServer", "startServer"],
        ]) {
            await draft(page, "K03", 10);
            await ready(page, /Sell on credit 13,500/);
            own.pauseServer(); /* it is sent, and nobody answers */
            await page.keyboard.press("F9");
            await until("the button says that it is on its way", async () =>
                /Sending/.test(await page.innerText(".commit")),
            );
            await own[kill]();
            if (kill === "killRelay") own.resumeServer();
            await until("it is asked again", async () => /Asking again|Kept here/.test(await page.innerText("#main")));
            await own[start]();
            await until(`counted after ${kill}`, async () => (await balance("K03")) === owed + 13_500, 30_000);
            owed += 13_500;
            await page.waitForSelector(".strip[data-state=taken]", { timeout: within(30_000) });
            await until("the next sale", async () => (await lines(page)) === 0);
        }
        same(await balance("K03"), owed);
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "counter: without a line cash is taken and kept here, credit waits; the sale sends by itself",
    async () => {
        const own = await shop();
        const page = await clerk();
        await draft(page, undefined, 10);
        await ready(page, /Take 13,500.* cash/);
        await own.killRelay();
        await page.waitForSelector(".line-mark.lost", { timeout: within(30_000) });
        await page.keyboard.press("F9");
        await page.waitForSelector("text=Kept here, sends by itself");
        await until("the next sale is open", async () => (await lines(page)) === 0);
        await own.startRelay();
        await page.waitForSelector(".strip[data-state=taken]", { timeout: within(30_000) });
        same(await page.locator(".kept").count(), 0);
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 90 },
);

test(
    "counter: what was kept without a line and is refused later stays marked as taken, over a reload, until it is settled with a reason",
    async () => {
        const own = await shop();
        await own.tefter("product", "add", "SHORT", "Short-lived 1", "--unit", "piece", "--price", "7000");
        let page = await clerk();
        await page.waitForSelector(".goods-field input");
        await page.focus(".goods-field input");
        await page.keyboard.type("SHORT", { delay: 45 });
        await page.keyboard.press("Enter");
        await until("a line", async () => (await lines(page)) === 1);
        await ready(page, /Take 7,000.* cash/);
        await own.killRelay();
        await page.waitForSelector(".line-mark.lost", { timeout: within(30_000) });
        await page.keyboard.press("F9");
        await page.waitForSelector("text=Kept here, sends by itself");
        await own.tefter("product", "retire", "SHORT");
        await own.startRelay();
        const marked = async () => {
            await page.waitForSelector(".unbooked", { timeout: within(30_000) });
            const text = await page.innerText(".unbooked");
            ok(/Taken, not booked[\s\S]*\d\d:\d\d[\s\S]*7,000/.test(text), text);
            ok(/manager|can settle/.test(text), "and who settles it");
        };
        await marked();
        await until("its tab says so, too", async () =>
            /taken \d\d:\d\d, not booked/.test(await page.innerText(".draft-tabs")),
        );
        await page.waitForTimeout(500);
        const context = page.context();
        await page.close();
        page = await again(context);
        await marked();
        await page.click("text=It is settled …");
        await page.waitForSelector("text=How was it settled?");
        await until("the cursor is in the reason", async () =>
            page.evaluate(
                () =>
                    document.activeElement instanceof HTMLInputElement &&
                    document.activeElement.closest("form") !== null,
            ),
        );
        await page.keyboard.press("Enter");
        await page.waitForTimeout(200);
        same(await page.locator(".unbooked").count(), 1, "not without a reason");
        await page.keyboard.type("money given back", { delay: 45 });
        await page.keyboard.press("Enter");
        await until("it is settled", async () => (await page.locator(".unbooked").count()) === 0);
        await page.waitForTimeout(500);
        await page.reload();
        await page.waitForSelector(".goods-field input, input[type=password]");
        await page.waitForTimeout(500);
        same(await page.locator(".unbooked").count(), 0, "and stays so");
        same(page.faults, []);
        await context.close();
    },
    { seconds: 120 },
);

test("counter: two pages of one browser have the same draft: what one has sold the other has not", async () => {
    const page = await clerk();
    await draft(page, "K04", 10);
    await page.waitForTimeout(500);
    const other = await again(page.context());
    await until("the draft is in both", async () => (await lines(other)) === 1);
    const owed = await balance("K04");
    await page.keyboard.press("F9");
    await until("sold", async () => (await balance("K04")) === owed + 13_500);
    await until("gone from the other page", async () => (await lines(other)) === 0);
    await other.keyboard.press("F9");
    await other.waitForTimeout(500);
    same(await balance("K04"), owed + 13_500);
    same([page.faults, other.faults], [[], []]);
    await page.context().close();
});
