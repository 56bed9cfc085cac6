/* One person, two tabs of one browser, the same form in both: whatever is pressed in both counts once. */
import { company, ok, same, STAFF, test, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { customer, goods, sells } from "./at_counter.mjs";

let made;
const shop = () => (made ??= company({ practice: true }));
const clerk = async (hash = "#/sale", login = "fourth") =>
    fresh(await shop(), { login, hash, width: 1366, height: 768 });
const balance = async (code) => Number((await (await shop()).json("customer", "show", code))[0].account.balance_minor);
const papers = async () => (await (await shop()).json("documents")).length;

/* Another tab of that browser, with the same person. */
async function another(page, hash = "#/sale", who = "fourth") {
    const next = await page.context().newPage();
    next.faults = [];
    next.on("pageerror", (fault) => next.faults.push(fault));
    await next.goto(`${(await shop()).url}/${hash}`);
    await next.waitForSelector("input[type=password], .frame");
    const login = next.locator("input[autocomplete=username]");
    if ((await login.count()) > 0) await login.fill(who);
    await next.locator("input[type=password]").fill(STAFF[who].password);
    await next.keyboard.press("Enter");
    await next.waitForSelector(".frame");
    return next;
}

/* The same key in each of them, `apart` ms after one another by their one clock. */
async function pressIn(pages, key, apart) {
    const begin = await pages[0].evaluate(() => performance.timeOrigin + performance.now() + 400);
    await Promise.all(
        pages.map((page, at) =>
            page.evaluate(
                async ([when, name]) => {
                    const now = () => performance.timeOrigin + performance.now();
                    while (when - now() > 20) await new Promise((done) => setTimeout(done, 5));
                    while (now() < when);
                    window.dispatchEvent(
                        new KeyboardEvent("keydown", { key: name, code: name, bubbles: true, cancelable: true }),
                    );
                },
                [begin + at * apart, key],
            ),
        ),
    );
}

const words = async (pages) => (await Promise.all(pages.map((page) => page.innerText("#main")))).join(" | ");
const oneSays = (pages, what) => until(`a tab says ${what}`, async () => what.test(await words(pages)));

test(
    "two tabs: a sale that is charged in both counts once, and the slower one names the paper",
    async () => {
        const first = await clerk(),
            second = await another(first),
            pages = [first, second];
        let owed = await balance("K01");
        for (const apart of [0, 3, 15, 40]) {
            await first.bringToFront();
            await goods(first, "GACH6");
            await customer(first, "K01");
            for (const page of pages) await sells(page, /Sell on credit 1,350/);
            await pressIn(pages, "F9", apart);
            for (const page of pages)
                await until("the sale is gone", async () => (await page.locator(".goods [data-row]").count()) === 0);
            owed += 1_350;
            await until("it counts", async () => (await balance("K01")) >= owed);
            await until(
                "nothing is under way",
                async () => (await second.locator(".commit:has-text('Sell on credit')").count()) === 0,
            );
            same(await balance("K01"), owed, `${apart} ms apart`);
            if (apart === 0) await oneSays(pages, /This sale was charged in another tab: \S*FO-\d+/);
        }
        await first.waitForTimeout(500);
        same(await balance("K01"), owed);
        for (const page of pages) same(page.faults, []);
        await first.context().close();
    },
    { seconds: 120 },
);

test(
    "two tabs: the one that charges ends before it has sent; the other one has the sale, and sells it",
    async () => {
        const first = await clerk(),
            second = await another(first);
        const owed = await balance("K03");
        await first.bringToFront();
        await goods(first, "GACH6");
        await customer(first, "K03");
        for (const page of [first, second]) await sells(page, /Sell on credit 1,350/);
        await Promise.all([pressIn([first], "F9", 0), second.waitForTimeout(395)]);
        await first.close({ runBeforeUnload: false });
        await until(
            "it is sold, or there as it was typed",
            async () =>
                (await balance("K03")) === owed + 1_350 ||
                /Sell on credit 1,350/.test(await second.innerText(".commit")),
        );
        if ((await balance("K03")) === owed) await second.keyboard.press("F9");
        await until("it is sold", async () => (await balance("K03")) === owed + 1_350);
        await until("the form is empty", async () => (await second.locator(".goods [data-row]").count()) === 0);
        same(await balance("K03"), owed + 1_350);
        same(second.faults, []);
        await second.context().close();
    },
    { seconds: 90 },
);

test(
    "two tabs: without a line a cash sale that is charged in both is kept once",
    async () => {
        const first = await clerk(),
            second = await another(first),
            pages = [first, second],
            at = await shop();
        await first.bringToFront();
        await goods(first, "XM40");
        for (const page of pages) await sells(page, /Take/);
        const before = await papers();
        await at.killRelay();
        await until("the line is lost", async () => /NOT CONNECTED/.test(await second.innerText("body")));
        await pressIn(pages, "F9", 8);
        await oneSays(pages, /kept here/i);
        await oneSays(pages, /This sale is being charged in another tab/);
        await at.startRelay();
        await oneSays(pages, /This sale was charged in another tab: \S*FO-\d+/);
        const sold = await papers();
        await first.waitForTimeout(500);
        same([(await papers()) - sold, sold > before], [0, true]);
        const names = await at.json("documents");
        same(
            names.filter((each) => each.total_minor === "91800" || each.total_minor === 91800).length,
            2,
            "a bill and its receipt",
        );
        for (const page of pages) same(page.faults, []);
        await first.context().close();
    },
    { seconds: 120 },
);

test(
    "two tabs: money that is taken in both counts once",
    async () => {
        const at = await shop();
        await at.tefter("sell", "K02", "XM40=1");
        const owed = await balance("K02");
        const first = await clerk("#/payment"),
            second = await another(first, "#/payment"),
            pages = [first, second];
        await first.bringToFront();
        await first.focus(".customer-field input");
        await first.keyboard.type("K02", { delay: 60 });
        await first.waitForSelector(".customer-field .combo-option");
        await first.keyboard.press("Enter");
        await first.waitForSelector(".amount-field input, input[inputmode=decimal], input[inputmode=numeric]");
        await first.keyboard.type("5000", { delay: 60 });
        for (const page of pages) await page.waitForSelector("button:has-text('Take 5,000')");
        await pressIn(pages, "F9", 5);
        await oneSays(pages, /This payment was taken in another tab: \S+-\d+/);
        await first.waitForTimeout(500);
        same(await balance("K02"), owed - 5000);
        for (const page of pages) same(page.faults, []);
        await first.context().close();
    },
    { seconds: 90 },
);

test(
    "two tabs: goods that come back in both are credited once",
    async () => {
        const at = await shop();
        const [sold] = await at.json("sell", "K04", "GACH6=10");
        const hash = `#/papers/${sold.done.id}/back`;
        const owed = await balance("K04");
        const first = await clerk(hash, "quan"),
            pages = [first, await another(first, hash, "quan")];
        for (const page of pages) {
            await page.waitForSelector("text=that come back");
            await page.locator(".counter.papers input").first().fill("1");
            await page.locator(".counter.papers input").last().fill("broken");
        }
        await pressIn(pages, "F9", 5);
        await oneSays(pages, /Another tab is taking goods of this bill back/);
        await first.waitForTimeout(500);
        same(await balance("K04"), owed - 1_350);
        for (const page of pages) same(page.faults, []);
        await first.context().close();
    },
    { seconds: 90 },
);

test(
    "two tabs: a manager who is asked from both is asked once",
    async () => {
        const at = await shop();
        const first = await clerk(),
            second = await another(first),
            pages = [first, second];
        await first.bringToFront();
        await goods(first, "XM40");
        await first.locator("[data-cell=quantity]").focus();
        await first.keyboard.type("50", { delay: 60 });
        await first.keyboard.press("Enter");
        await customer(first, "K05");
        for (const page of pages) await sells(page, /Choose one of the four/);
        await pressIn(pages, "F8", 5);
        await first.waitForSelector("text=waits for a manager");
        await first.waitForTimeout(500);
        const asked = (await at.json("approval", "list")).filter((each) => JSON.stringify(each).includes("K05"));
        same(asked.length, 1);
        for (const page of pages) same(page.faults, []);
        await first.context().close();
    },
    { seconds: 90 },
);
