/* A clerk's day, in Vietnamese, at a desk: from the PIN to the count of the till, each figure as the ledger has it. */
import { ok, same, STAFF, test, until } from "./harness.mjs";
import { fresh, part } from "./fresh.mjs";
import { button, customer, goods, lines, scan, taken, type } from "./at_counter.mjs";
import { PAINT, withPaint } from "./trading.mjs";

test(
    "the day of a clerk: till, scans, cash, credit, three ways over the limit, a payment, an undo, a slip, a blind count",
    async () => {
        const shop = await withPaint();
        const { say, setLanguage, fetchWords } = await part("kit/words.ts");
        await setLanguage("vi");
        await fetchWords();
        const account = async (code) => (await shop.json("customer", "show", code))[0].account;
        const owes = async (code) => Number((await account(code)).balance_minor);
        const paper = async (number) => (await shop.json("document", "show", number))[0];

        /* PIN in: somebody else was here before. */
        const page = await fresh(shop, {
            login: "quan",
            query: "?lang=vi",
            hash: "#/settings",
            width: 1440,
            height: 900,
        });
        await page.waitForSelector("html[lang=vi] .frame");
        await page.keyboard.press("F10");
        await page.fill(".sheet input[dir=ltr]:not([type=password])", "fourth");
        await page.fill(".sheet input[type=password]", STAFF.fourth.pin);
        await page.keyboard.press("Enter");
        await page.waitForSelector(`.rail:has-text("${STAFF.fourth.name}")`);
        page.context().setDefaultTimeout(40_000);
        const to = (hash) => page.evaluate((at) => void (location.hash = at), hash);
        const said = () => page.innerText(".strip");
        const says = (...figures) =>
            until(`F9 says ${figures}`, async () => {
                const text = await button(page);
                return figures.every((figure) => text.includes(figure));
            });

        /* The till, with its first change money: that is its own reason. */
        await to("#/day/till");
        await page.waitForSelector(".till-foot input");
        await page.focus(".till-foot input");
        await type(page, "1000k");
        await page.keyboard.press("F9");
        await page.waitForSelector(".day-grid");

        /* Two cans by the scanner, for cash. */
        await to("#/sale");
        await page.waitForSelector(".goods-field input");
        await until("the catalogue is there", async () => {
            await scan(page, PAINT);
            return (await lines(page)) === 1;
        });
        await page.focus("[data-cell=quantity]");
        await page.keyboard.press("Control+A");
        await type(page, "2");
        await page.keyboard.press("Enter");
        await page.focus(".given input");
        await type(page, "1500k");
        await says("1.370.000", "130.000");
        await page.keyboard.press("F9");
        const cash = await taken(page);
        ok((await said()).includes("130.000"), "the change is told");
        same(Number((await paper(cash)).document.total_minor), 1_370_000);

        /* On credit. */
        const sale = async (who, bags, ...figures) => {
            await until("an empty sale", async () => (await lines(page)) === 0);
            await goods(page, "XM40", bags);
            await customer(page, who);
            await says(...figures);
        };
        const sold = async (before) => {
            await page.keyboard.press("F9");
            let number;
            await until("another number", async () => (number = await taken(page)) !== before);
            return number;
        };
        await sale("K02", 10, "918.000");
        let last = await sold(cash);
        same(await owes("K02"), 918_000);

        /* Over the limit: a part now, the rest waits in a tab of its own. */
        await until("an empty sale", async () => (await lines(page)) === 0);
        await goods(page, "XM40", 50);
        await customer(page, "K03");
        await page.waitForSelector("#ways");
        await page.keyboard.press("F4");
        await says("4.039.200");
        last = await sold(last);
        same(await owes("K03"), 4_039_200);

        /* Paid now what is over. */
        await page.locator(".draft-tabs").getByText(say("+ New")).click();
        await until("an empty sale", async () => (await lines(page)) === 0);
        await goods(page, "XM40", 50);
        await customer(page, "K04");
        await page.waitForSelector("#ways");
        await page.keyboard.press("F3");
        await says("540.000", "4.050.000");
        last = await sold(last);
        same(await owes("K04"), 4_050_000);

        /* Asked for, and sold as it was approved. */
        await goods(page, "XM40", 50);
        await customer(page, "K01");
        await page.waitForSelector("#ways");
        await page.keyboard.press("F8");
        const [asked] = await until("it is asked for", async () => {
            const waiting = await shop.json("approval", "list");
            return waiting.length > 0 && waiting;
        });
        same(await owes("K01"), 0, "nothing is sold before");
        await shop.tefter("approval", "grant", String(asked.approval), "--reason", "khách quen");
        await page.getByRole("button", { name: say("Open it") }).click();
        await says("4.590.000");
        last = await sold(last);
        same(await owes("K01"), 4_590_000);

        /* A mistake, undone; what was typed is back. */
        await until("an empty sale", async () => (await lines(page)) === 0);
        await goods(page, "GACH6", 100);
        await customer(page, "K02");
        await says("135.000");
        last = await sold(last);
        same(await owes("K02"), 1_053_000);
        await page.keyboard.press("Alt+U");
        await page.waitForSelector(`text=${say("What was wrong with {number}?", { number: last })}`);
        await page.keyboard.press("2");
        await page.waitForSelector(".strip [aria-pressed=true]");
        await page.keyboard.press("Alt+U");
        await until("it is reversed", async () => (await paper(last)).state === "DOCUMENT_REVERSED");
        same(await owes("K02"), 918_000);

        /* Money, matched with the oldest bill; its slip by the browser. */
        await page.evaluate(() => {
            window.slips = [];
            window.print = () => {
                window.slips.push(document.querySelector(".slip").innerText);
                dispatchEvent(new Event("afterprint"));
            };
        });
        await to("#/payment");
        await customer(page, "K02").catch(() => page.waitForSelector(".big-amount input"));
        await page.focus(".big-amount input");
        await type(page, "500k");
        await until("what it pays is shown", async () => (await page.innerText(".bills")).includes("418.000"));
        await page.keyboard.press("F9");
        await until("it is booked", async () => (await owes("K02")) === 418_000);
        const receipt = await taken(page);
        await page.keyboard.press("Control+P");
        await until("the slip", () => page.evaluate(() => window.slips.length === 1));
        const slip = await page.evaluate(() => window.slips[0]);
        ok(slip.includes(receipt) && slip.includes("500.000") && slip.includes("418.000"), slip);

        /* The count, blind: 1,000,000 + 1,370,000 + 540,000 + 500,000. */
        await to("#/day/till");
        await page.waitForSelector(".pieces");
        ok(!(await page.innerText("#main")).includes("3.410.000"), "what is expected is not told before");
        for (const [piece, count] of [
            ["500.000", "6"],
            ["200.000", "2"],
            ["10.000", "1"],
        ])
            await page.getByLabel(say("Pieces of {amount}", { amount: piece })).fill(count);
        await page.keyboard.press("F9");
        await page.waitForSelector(".result");
        await until("what was expected", async () => (await page.innerText("#main")).includes("3.410.000"));
        await page.waitForTimeout(250); /* nobody answers a question as it appears */
        await page.keyboard.press("F9");
        await until("the till is closed", async () => (await said().catch(() => "")).includes("drawer FO đã đóng"));

        /* As the ledger has it. */
        const days = JSON.stringify(await shop.json("till", "days", "drawer FO"));
        ok(/3410000/.test(days), days);
        const [{ totals }] = await shop.json("call", "TotalsView");
        const all = totals.rows.find((row) => row.branch === 0);
        same(
            [all.owed_minor, all.collected_minor],
            [4_590_000 + 418_000 + 4_039_200 + 4_050_000, 1_370_000 + 540_000 + 500_000].map((minor) =>
                typeof all.owed_minor === "string" ? String(minor) : minor,
            ),
        );
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 90 },
);
