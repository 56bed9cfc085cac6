/* A controller's morning in Greek: whom to call, what was said, when again; every figure is the command line's. */
import { company, ok, same, test, until } from "./harness.mjs";
import { axe, fresh } from "./fresh.mjs";

const DAY_MS = 86_400_000;
const dayAt = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
const whole = (text) => Number(text.replace(/[^0-9]/g, ""));
const order = (page) =>
    page.locator(".call-row").evaluateAll((rows) => rows.map((row) => Number(row.dataset.customer)));
const figures = (page) => page.locator(".call-row .call-late > :first-child").allInnerTexts();

async function owing() {
    const shop = await company({ own: true });
    const old = (customer, bags, late) =>
        shop.tefter("sell", customer, `XM40=${bags}`, "--date", dayAt(-late - 30), "--due", dayAt(-late), "--backfill");
    await old("K01", 10, 40);
    await old("K02", 30, 5);
    await old("K06", 2, 300);
    return shop;
}

test(
    "call list: three are called in Greek, each is kept and leads to the next, and comes back on its day",
    async () => {
        const shop = await owing();
        const page = await fresh(shop, { login: "mai", width: 1440, height: 900, query: "?lang=el", hash: "#/calls" });
        await until("three to call", async () => (await order(page)).length === 3);
        const told = await shop.json("calls");
        same(
            await order(page),
            told.map((row) => row.who.customer),
            "in the order of the command line: the amount times its days",
        );
        same(
            (await figures(page)).map(whole),
            told.map((row) => row.account.overdue_minor),
        );
        same(
            await page.locator(".call-row a[href^='tel:']").first().getAttribute("href"),
            `tel:${told[0].who.phone.replace(/ /g, "")}`,
        );
        same(await axe(page), []);
        same(
            await page.locator(".call-form [role=radio][aria-checked=true]").count(),
            1,
            "only the day is preset: never",
        );
        for (const [at, row] of told.entries()) {
            await page.waitForSelector(`.call-row.cursor[data-customer='${row.who.customer}']`);
            await page.click(".call-form >> text=Απάντησαν");
            await page.fill(".call-form textarea", `Θα πληρώσει ${at}`);
            await page.click(".call-form >> text=σε μία εβδομάδα");
            await page.keyboard.press("F9");
            await until("they leave the list", async () => (await order(page)).length === 2 - at);
        }
        await page.waitForSelector("text=Δεν χρειάζεται να καλέσετε κανέναν τώρα.");
        same(await shop.json("calls"), []);
        const later = await shop.json("calls", "--which", "all");
        same(later.length, 3);
        for (const row of later)
            same([row.who.again, row.who.contact_result], [dayAt(7), "CALL_REACHED"], "again in a week");
        const [note] = await shop.json("customer", "notes", told[1].who.code);
        same([note.text, note.kind], ["Θα πληρώσει 1", "NOTE_CALL"]);
        await page.click(".head >> text=Όλα");
        await until("those of later days", async () => (await order(page)).length === 3);
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 90 },
);

test(
    "call list: what is half typed stays with whom it is about, and a note of today stands first",
    async () => {
        const shop = await owing();
        await shop.tefter("customer", "note", "K04", "asks for a copy of the bill", "--again", dayAt(0));
        const page = await fresh(shop, { login: "mai", width: 1440, height: 900, hash: "#/calls" });
        await until("four", async () => (await order(page)).length === 4);
        const [first, second] = await order(page);
        same(first, (await shop.json("customer", "show", "K04"))[0].row.customer);
        await page.waitForSelector("text=asks for a copy of the bill");
        await page.fill(".call-form textarea", "half a sen");
        await page.click(`.call-row[data-customer='${second}'] .call-pick`);
        await page.waitForSelector(`.call-row.cursor[data-customer='${second}']`);
        same(await page.inputValue(".call-form textarea"), "");
        await shop.tefter("pay", "K06", "100000", "--transfer", "VCB 0071", "--reference", "C1");
        await until("a payment is seen in place", async () => {
            const told = await shop.json("calls");
            const now = new Map(told.map((row) => [row.who.customer, row.account.overdue_minor ?? 0]));
            const rows = await order(page);
            return (await figures(page)).map(whole).every((figure, at) => figure === now.get(rows[at]));
        });
        same((await order(page)).slice(0, 2), [first, second], "nobody moved");
        await page.click(`.call-row[data-customer='${first}'] .call-pick`);
        await until("it is still there", async () => (await page.inputValue(".call-form textarea")) === "half a sen");
        await page.keyboard.press("Escape");
        await page.click(".call-form >> text=No answer");
        await page.click(".call-log button");
        await until("it is done with", async () => (await shop.json("calls")).every((row) => row.who.code !== "K04"));
        ok((await shop.json("customer", "notes", "K04")).every((note) => note.again === undefined || note.done_ms > 0));
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 90 },
);
