/* What somebody met who had never seen the counter: each thing says what is true, before it is done and after. */
import { join } from "node:path";
import { company, ok, same, test, until, web, within } from "./harness.mjs";
import { fresh, part } from "./fresh.mjs";
import { customer, goods, lines, sells, taken } from "./at_counter.mjs";

let made;
const shop = () => (made ??= company({ own: true }));
const clerk = async (look = {}) =>
    fresh(await shop(), { login: "quan", hash: "#/sale", width: 1366, height: 768, ...look });
const picture = async (page, name) => {
    if (process.env.TEFTER_PICTURES) await page.screenshot({ path: `${process.env.TEFTER_PICTURES}/${name}.png` });
};
const button = (page, name) => page.getByRole("button", { name });

test("counter: cash for a till that nobody opened is said before; it is opened empty by one key, or counted and back to the form", async () => {
    const own = await shop();
    const page = await clerk({ hash: "#/payment" });
    await page.waitForSelector(".customer-field input");
    await page.fill(".customer-field input", "K01");
    await page.waitForSelector(".customer-field .combo-option");
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=drawer FO is not open: nobody will count what goes into it now.");
    await picture(page, "till-shut");
    await page.getByRole("radio", { name: "Transfer" }).click();
    same(await page.locator(".till-shut").count(), 0, "a transfer goes into no till");
    await page.getByRole("radio", { name: "Cash" }).click();
    await button(page, "Open it", { exact: true }).first().click();
    await page.waitForSelector(".till-foot input");
    same(await page.locator(".pieces").count(), 0, "opening is no count");
    await page.fill(".till-foot input", "0");
    await page.keyboard.press("F9");
    await until("they are back at the payment", async () => /#\/payment$/.test(page.url()));
    await page.waitForSelector(".amount-card");
    same(await page.locator(".till-shut").count(), 0);
    const [till] = (await own.json("till", "days", "drawer FO")).slice(-1);
    ok(JSON.stringify(till).includes("float_minor"), JSON.stringify(till));
    same(page.faults, []);
    await page.context().close();
});

test("counter: a sale for cash opens its till empty by Alt T", async () => {
    const page = await clerk({ branch: "TD", login: "minh" });
    await goods(page, "GACH6", 10);
    await page.waitForSelector("text=drawer TD is not open");
    await page.keyboard.press("Alt+T");
    await until("it is open", async () => (await page.locator(".till-shut").count()) === 0);
    same(await lines(page), 1, "the sale is still there");
    same(page.faults, []);
    await page.context().close();
});

test("counter: a grey button says why where it is pressed", async () => {
    const page = await clerk({ hash: "#/payment", width: 390, height: 844, isMobile: true, hasTouch: true });
    await page.waitForSelector(".customer-field input");
    await page.fill(".customer-field input", "K06");
    await page.waitForSelector(".customer-field .combo-option");
    await page.locator(".customer-field .combo-option").first().tap();
    await page.waitForSelector(".amount-chip");
    await page.locator(".amount-chip").first().tap({ force: true });
    await page.waitForSelector(".why-not:has-text('They owe nothing of this')");
    await picture(page, "why-not");
    await page.locator(".pay-commit .button").first().tap({ force: true });
    await page.waitForSelector(".why-not:has-text('How much?')");
    same(await page.locator(".why-not").count(), 1, "one at a time");
    const box = await page.locator(".why-not").boundingBox();
    ok(box.x >= 0 && box.x + box.width <= 390, "all of it is seen");
    same(page.faults, []);
    await page.context().close();
});

test("counter: a correction asks why, and the reason stays with the papers", async () => {
    const own = await shop();
    const page = await clerk();
    await goods(page, "GACH6", 100);
    await customer(page, "K02");
    await sells(page, /Sell on credit/);
    await page.keyboard.press("F9");
    const number = await taken(page);
    const [paper] = await own.json("document", "show", number);
    await page.evaluate((hash) => (location.hash = hash), `#/papers/${paper.document.document}`);
    await button(page, "Correct").first().click();
    await page.waitForSelector(`text=Correction of ${number}`);
    await sells(page, /Why is it corrected\?/);
    await picture(page, "correcting");
    await page.getByRole("radio", { name: "Other…" }).click();
    await page.getByPlaceholder("Reason", { exact: true }).fill("the buyer took another colour");
    await sells(page, new RegExp(`Correct ${number} to`));
    await page.keyboard.press("F9");
    await page.waitForSelector(`.strip:has-text('replaces ${number}')`);
    const [old] = await own.json("document", "show", number);
    const [reversal] = await own.json("document", "show", old.reversed_by.number);
    ok(JSON.stringify(reversal).includes("the buyer took another colour"), JSON.stringify(reversal));
    same(page.faults, []);
    await page.context().close();
});

test("counter: papers go back day by day, to those that have some", async () => {
    const own = await shop();
    await own.tefter("sell", "K03", "XM40=1", "--date", "2020-02-03", "--backfill");
    await own.tefter("sell", "K03", "XM40=1");
    const page = await clerk({ login: "owner", hash: "#/papers" });
    await page.waitForSelector(".papers li .day-row");
    ok(/today/.test(await page.innerText(".day-steps")));
    await button(page, "Later").click({ force: true });
    await page.waitForSelector('.why-not:has-text("These are today\'s")');
    await button(page, "Earlier").click();
    await until("the day before that has some", async () => /2020/.test(await page.innerText(".day-steps")));
    await until("its one paper", async () => (await page.locator(".papers li .day-row").count()) === 1);
    await picture(page, "papers-earlier");
    await button(page, "Earlier").click();
    await page.waitForSelector(".day-steps [aria-disabled]");
    await button(page, "Later").click();
    await until("and back to today", async () => /today/.test(await page.innerText(".day-steps")));
    same(page.faults, []);
    await page.context().close();
});

test("counter: bank account and card machine are made where tills are, and payments take them", async () => {
    const own = await company({ empty: true, own: true });
    const page = await fresh(own, { login: "owner", branch: "HQ", hash: "#/places" });
    await page.waitForSelector("text=None yet: without one no card is taken.");
    await button(page, "Add a card machine").click();
    await page.waitForSelector("text=There is no bank account yet.");
    await page.getByRole("radio", { name: "Bank account" }).click();
    await page.getByLabel("Name", { exact: true }).fill("VCB");
    await page.getByLabel("Number of the account, or IBAN").fill("0071000123");
    await button(page, "Add VCB").click();
    await page.waitForSelector(".plain-list:has-text('VCB')");
    await button(page, "Add a card machine").click();
    await page.getByLabel("Name", { exact: true }).fill("POS 1");
    await picture(page, "places");
    await button(page, "Add POS 1").click();
    await page.waitForSelector(".plain-list:has-text('POS 1')");
    await button(page, "Add a till").first().click();
    await button(page, "Add till 1").click();
    await page.waitForSelector(".plain-list:has-text('till 1')");
    same((await own.json("account", "list")).length >= 1, true);
    same(page.faults, []);
    await page.context().close();
    await own.end();
});

test(
    "counter: without a line the strip is that of the sale that was just made, and has nothing to undo or print",
    async () => {
        const own = await shop();
        const page = await clerk();
        await goods(page, "GACH6", 100);
        await sells(page, /Take 135,000/);
        await page.keyboard.press("F9");
        const before = await taken(page);
        await goods(page, "GACH6", 10);
        await sells(page, /Take 13,500/);
        await own.killRelay();
        await page.waitForSelector(".line-mark.lost", { timeout: within(30_000) });
        await page.keyboard.press("F9");
        await page.waitForSelector(".strip[data-state=kept]");
        const strip = await page.innerText(".strip");
        ok(/13,500.* sold, kept here/.test(strip) && !strip.includes(before) && !/Undo|Print/.test(strip), strip);
        await picture(page, "strip-kept");
        await own.startRelay();
        await page.waitForSelector(".strip[data-state=taken]", { timeout: within(30_000) });
        ok(!(await page.innerText(".strip")).includes(before), "then its own number");
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 90 },
);

test("counter: a line goes with F8, and the approver reads it", async () => {
    const asked = await company({ own: true, practice: true }); /* sales over a limit are asked for */
    const page = await fresh(asked, { login: "fourth", hash: "#/sale", width: 1366, height: 625 });
    await goods(page, "XM40", 60);
    await customer(page, "K01");
    await page.waitForSelector(".ways");
    const line = page.getByPlaceholder("A line for the manager, if you like");
    await line.fill("they pay on Friday, I was told so");
    await picture(page, "line-for-manager");
    await page.keyboard.press("F8");
    await until("it was asked", async () => (await lines(page)) === 0);
    const manager = await fresh(asked, { login: "owner", branch: "HQ", hash: "#/approvals" });
    await manager.locator(".ask").first().click();
    await manager.waitForSelector("text=they pay on Friday, I was told so");
    same([...page.faults, ...manager.faults], []);
    await page.context().close();
    await manager.context().close();
    await asked.end();
});

test("counter: a card's history of limits has a limit that is set while it is open", async () => {
    const own = await shop();
    const [card] = await own.json("customer", "show", "K04");
    const page = await clerk({ login: "owner", branch: "HQ", hash: `#/customers/${card.row.customer}` });
    await page.waitForSelector(".steps li");
    const before = await page.locator(".steps li").count();
    await own.tefter("customer", "limit", "K04", "7654000");
    await page.waitForSelector(".steps li:has-text('7,654,000')");
    ok((await page.locator(".steps li").count()) > before);
    same(page.faults, []);
    await page.context().close();
});

test("counter: VAT by rate, what a shell takes, where tefter enrol goes, names that have no room", async () => {
    const { vatOf, inShell, enrolAddress, shortName } = await part(
        "counter/slip.ts",
        "desk/checklist.tsx",
        "shell/people.tsx",
        "kit/money.tsx",
    );
    const line = (tax_bp, net_minor, tax_minor) => ({ tax_bp, net_minor, tax_minor });
    same(vatOf({ document: { lines: [line(1000, 10n, 1n), line(500, 40n, 2n), line(1000, 20n, 2n)], charges: [] } }), [
        { bp: 500, net: 40n, tax: 2n },
        { bp: 1000, net: 30n, tax: 3n },
    ]);
    same(vatOf({ document: { lines: [line(undefined, 10n, undefined)], charges: [] } }), []);
    same(inShell("/srv/tefter/ledger"), "/srv/tefter/ledger");
    same(inShell("/home/l'Été/my ledger"), "'/home/l'\\''Été/my ledger'");
    same(enrolAddress("till.local", "0.0.0.0:9000"), "till.local:9000");
    same(enrolAddress("till.local", "10.0.0.5:7420"), "10.0.0.5:7420");
    same(enrolAddress("till.local", "[::]:7421"), "till.local:7421");
    same(enrolAddress("till.local", undefined), "till.local:7420");
    same(shortName("Phạm Hải Long", 6), "Long");
    same(shortName("Minh", 6), "Minh");
    same(shortName("林志玲", 6), "林志玲");
});

test("counter: only what is known to be printed bears a tick", async () => {
    const { printingWords, isPrinted } = await part("counter/printing.ts");
    same(printingWords("sent"), "sent to the printer; it does not say whether it printed");
    same(printingWords("browser"), "given to the browser to print");
    same(printingWords(1), "✓ printed");
    same(printingWords("copy"), "✓ printed, as a copy");
    ok(isPrinted("sent") && isPrinted("browser"), "printed once more it is a copy");
});

test("people: a manager of one branch is offered what they may do there, and no more", async () => {
    const own = await company({ own: true });
    await own.tefter("staff", "change", "quan", "--branch", "FO");
    const page = await fresh(own, { login: "quan", branch: "FO", hash: "#/places" });
    await page.waitForSelector("text=drawer FO");
    same(await button(page, "Add a bank account").count(), 0, "it is of no branch");
    await button(page, "Add a till").first().click();
    await page.waitForSelector(".sheet");
    same(await page.locator(".sheet select").count(), 0, "their branch alone");
    await page.keyboard.press("Escape");
    await page.evaluate(() => (location.hash = "#/people"));
    await page.waitForSelector("table >> text=Lê Thị Thơ");
    await button(page, "Add a person").click();
    const options = await page.locator(".sheet select").nth(1).locator("option").allInnerTexts();
    same(options, ["Fourth counter"]);
    await page.keyboard.press("Escape");
    same(await page.locator("tr.opens:has-text('Trần Minh')").count(), 0, "of another branch");
    same(await page.locator("tr.opens:has-text('Lê Thị Thơ')").count(), 1);
    same(page.faults, []);
    await page.context().close();
    await own.end();
});

test("kit: no button of the page is grey without words", async () => {
    const { readdir, readFile } = await import("node:fs/promises");
    for (const folder of ["board", "counter", "desk", "kit", "shell"])
        for (const name of await readdir(join(web, folder))) {
            if (!name.endsWith(".tsx")) continue;
            const text = await readFile(join(web, folder, name), "utf8");
            for (const [tag] of text.matchAll(/<button\b(?:[^>]|=>)*>/g))
                ok(!/\sdisabled=/.test(tag), `${folder}/${name}: ${tag}: unless() or blocked= say why`);
        }
});
