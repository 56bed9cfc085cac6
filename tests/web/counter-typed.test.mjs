/* What is typed at the counter counts as it was meant: before a scan, before F9, and where a machine is slow. */
import { company, ok, same, test, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { button, customer, goods, lines, scanTyped, sells, taken } from "./at_counter.mjs";

let made;
const shop = () => (made ??= company({ own: true }));
const clerk = async (look = {}) =>
    fresh(await shop(), { login: "fourth", hash: "#/sale", width: 1366, height: 768, ...look });
const slowly = (page, text) => page.keyboard.type(text, { delay: 150 });
const quantities = (page) =>
    page.locator(".goods [data-cell=quantity]").evaluateAll((cells) => cells.map((cell) => parseInt(cell.value, 10)));
const EAN = "5201813339317";
let coded;
const withCode = () => (coded ??= shop().then((own) => own.tefter("product", "edit", "GACH6", "--barcode", EAN)));
/* The cursor stands in the field, and the catalogue is there. */
const ready = async (page) => {
    await page.focus(".goods-field input");
    await page.locator(".goods-field input").fill("GACH6");
    await page.waitForSelector(".goods-field .combo-option:has-text('GACH6')");
    await page.locator(".goods-field input").fill("");
};

test("typed: 3* typed slowly and a scan are three", async () => {
    await withCode();
    const page = await clerk();
    await ready(page);
    await scanTyped(page, EAN);
    await until("a line", async () => (await lines(page)) === 1);
    for (const [typed, sum] of [
        ["3*", 4],
        ["12*", 16],
    ]) {
        await slowly(page, typed);
        await page.waitForTimeout(500);
        await scanTyped(page, EAN);
        await until(`${sum} of it`, async () => (await quantities(page))[0] === sum);
        same(await page.inputValue(".goods-field input"), "", "and it is used up");
    }
    /* the sign long after its figure, and the scan right behind it */
    await scanTyped(page, `3*${EAN}`, { 1: 150, 2: 60 });
    await until("three more", async () => (await quantities(page))[0] === 19);
    await scanTyped(page, `3*${EAN}`, { 1: 60, 2: 20 });
    await until("and three", async () => (await quantities(page))[0] === 22);
    same(await lines(page), 1);
    same(page.faults, []);
    await page.context().close();
});

test("typed: a scan that a slow machine holds up stays one", async () => {
    await withCode();
    const page = await clerk();
    await ready(page);
    /* the first character, one in the middle, and one that is late by more than the silence that ends a scan */
    for (const [at, held, sum] of [
        [1, 70, 1],
        [5, 90, 2],
        [5, 180, 3],
    ]) {
        await scanTyped(page, EAN, { [at]: held });
        await until(`${sum} of it`, async () => (await quantities(page))[0] === sum);
        same(await lines(page), 1, "no line that nobody knows");
        same(await page.inputValue(".goods-field input"), "");
    }
    same(page.faults, []);
    await page.context().close();
});

test("typed: F9 takes what stands in the field, or asks, and sells with the next press", async () => {
    const page = await clerk();
    await goods(page, "GACH6", 10);
    await sells(page, /Take 13,500/);
    await page.focus(".goods-field input");
    await page.keyboard.type("xi mang", { delay: 60 });
    await page.waitForSelector(".goods-field .combo-option:has-text('Xi măng PCB40')");
    await page.waitForTimeout(200);
    await page.keyboard.press("F9");
    await until("it is a line", async () => (await lines(page)) === 2);
    await page.waitForSelector(".notice:has-text('is in the sale now')");
    await sells(page, /Take 105,300/);
    /* Of two that are found nobody knows which. */
    await page.keyboard.type("4", { delay: 60 });
    await page.keyboard.type("0 h", { delay: 60 });
    await page.keyboard.press("F9");
    await page.waitForSelector(".notice:has-text('‘40 h’ is not in the sale yet')");
    same(await page.inputValue(".goods-field input"), "40 h", "it stands where it was typed");
    same(await lines(page), 2);
    await page.locator(".goods-field input").fill("");
    /* A quantity that is typed and has had no Enter yet. */
    await page.locator("[data-cell=quantity]").first().focus();
    await page.keyboard.type("20", { delay: 60 });
    await page.keyboard.press("F9");
    await sells(page, /Take 118,800/);
    same(await lines(page), 2, "and nothing is sold yet");
    await page.keyboard.press("F9");
    await page.waitForSelector(".strip[data-state=taken]");
    ok(/118,800/.test(await page.innerText(".strip-text")), await page.innerText(".strip-text"));
    ok(!/118,800/.test(await button(page)));
    same(page.faults, []);
    await page.context().close();
});

test("typed: a number and words are so many of them", async () => {
    const page = await clerk();
    await ready(page);
    await page.keyboard.type("2 xi mang", { delay: 60 });
    await page.waitForSelector(".goods-field .combo-option:has-text('2 × Xi măng PCB40')");
    await page.keyboard.press("Enter");
    await until("a line", async () => (await lines(page)) === 1);
    same(await quantities(page), [2]);
    same(page.faults, []);
    await page.context().close();
});

test("typed: the reason of a correction comes first, by its digit; a key that does not act is not shown", async () => {
    const own = await shop();
    const page = await clerk();
    await goods(page, "GACH6", 10);
    await customer(page, "K01");
    await sells(page, /Sell on credit/);
    await page.keyboard.press("F9");
    const number = await taken(page);
    const [paper] = await own.json("document", "show", number);
    await page.evaluate((hash) => (location.hash = hash), `#/papers/${paper.document.document}`);
    await page.getByRole("button", { name: "Correct" }).first().click();
    await page.waitForSelector(`text=Correction of ${number}`);
    same(await page.locator(".correcting .kbd, .correcting kbd").allInnerTexts(), ["1", "2", "3", "4", "5"]);
    await page.keyboard.press("3");
    await page.waitForSelector(".correcting [aria-checked=true]:has-text('Wrong amount or price')");
    await until("the cursor is among the goods", () =>
        page.evaluate(() => document.activeElement?.closest(".goods-field") !== null),
    );
    same(await page.locator(".correcting .kbd, .correcting kbd").count(), 0);
    await page.keyboard.type("20", { delay: 60 });
    await page.keyboard.press("Enter");
    await sells(page, new RegExp(`Correct ${number} to 27,000`));
    same(page.faults, []);
    await page.context().close();
});
