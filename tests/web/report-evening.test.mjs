/*
 * An owner's evening, in Vietnamese: the day on one page, what is unusual and its paper, the age of debts as the command
 * line tells it, a report of their own that somebody else opens on another device, and a file whose sums are the shown ones.
 */
import { readFile } from "node:fs/promises";
import { ok, same, test, until } from "./harness.mjs";
import { axe, fresh, part } from "./fresh.mjs";
import { trading } from "./trading.mjs";

/* How many approvals wait stands in the rail beside its label. */
const RAIL = ["label-content-name-mismatch"];
const SHOTS = process.env.TEFTER_SHOTS;
const shot = (page, name) => SHOTS && page.screenshot({ path: `${SHOTS}/${name}.png` });
const digits = (text) => BigInt(text.replace(/[^\d−-]/g, "").replace("−", "-") || "0");
const whole = ".report-panel[data-whole]";

/* Cells of one column of the report that is shown, by the words of its head. */
async function column(page, head) {
    const heads = await page.locator(`${whole} thead th`).allInnerTexts();
    const at = heads.findIndex((text) => text.trim() === head);
    ok(at >= 0, `${head} is one of ${heads.join(", ")}`);
    const cells = (where) => page.locator(`${whole} ${where} td:nth-child(${at + 1})`).allInnerTexts();
    return { rows: await cells("tbody tr"), foot: (await cells("tfoot tr"))[0] };
}

const fields = (line) => {
    const cells = [];
    for (const [, quoted, plain] of line.matchAll(/(?:"((?:[^"]|"")*)"|([^,]*))(?:,|$)/g))
        cells.push(quoted !== undefined ? quoted.replace(/""/g, '"') : (plain ?? ""));
    return cells.slice(0, -1); /* what is behind the end is no cell */
};

async function fileOf(page) {
    const [download] = await Promise.all([page.waitForEvent("download"), page.keyboard.press("x")]);
    const text = await readFile(await download.path(), "utf8");
    same(text[0], "\uFEFF", "spreadsheets read it as UTF-8");
    const [head, ...rows] = text.slice(1).trim().split("\r\n").map(fields);
    return { head, rows };
}

test(
    "an owner's evening in Vietnamese: the day, what is unusual, its paper; the age of debts; a report that is shared",
    async () => {
        const { say, setLanguage, fetchWords } = await part("kit/words.ts");
        await setLanguage("vi");
        await fetchWords();
        const shop = await trading();
        await shop.tefter("reverse", "HQ-00006", "--reason", "wrong customer");
        await shop.tefter("till", "add", "HQ", "két sáng");
        for (const words of [
            ["open", "két sáng", "0"],
            ["count", "két sáng", "0"],
            ["close", "két sáng"],
            ["open", "két sáng", "50000", "--reason", "tiền lẻ"],
        ])
            await shop.tefter("till", ...words);
        const page = await fresh(shop, { login: "owner", language: "vi", hash: "#/reports", width: 1440, height: 900 });
        await page.waitForSelector(".report-list");
        await shot(page, "reports-vi");
        same(await axe(page, RAIL), []);

        /* the day: each figure is what the totals say, and leads to its papers */
        await page.getByRole("link", { name: say("Summary of a day") }).click();
        await page.waitForSelector("[data-odd='3'].late");
        const line = (word) => page.locator(".day-line", { hasText: word }).first();
        const [company] = (await shop.json("call", "totals"))[0].totals.rows.filter((row) => row.branch === 0);
        const sold = digits(await line(say("Sold")).locator("b").innerText());
        same(sold, BigInt(company.sold_minor), "sold, as the board's totals have it");
        const morning = line("két sáng");
        await until("what it was off by at opening", async () =>
            (await morning.innerText()).includes(say("at opening")),
        );
        ok(/\+50[.,]000/.test(await morning.innerText()), await morning.innerText());
        same(digits(await line(say("of it on credit")).locator("b").innerText()), BigInt(company.on_credit_minor));
        same(await line(say("Cancelled")).locator("b").innerText(), "1");
        await shot(page, "day-vi");
        same(await axe(page, RAIL), []);
        await page
            .locator(".day-line", { hasText: say("Reversed") })
            .last()
            .click();
        await page.waitForSelector(`${whole} tbody tr`);
        await page.locator(`${whole} tbody tr a`).first().click();
        await page.waitForSelector(`text=HQ-X-00001`);
        ok(page.url().includes("#/documents/"), "from the anomaly to its paper");

        /* the age of debts, as of a month's end, equals the command line's */
        const now = new Date();
        const end = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), 0));
        const asOf = end.toISOString().slice(0, 10);
        await page.goto(`${shop.url}/#/reports/aging/${end.getTime() / 86_400_000}`);
        await page.waitForSelector(`${whole} tbody tr`);
        const told = (await shop.json("aging", "--as-of", asOf, "--by-customer")).at(-1);
        const aging = told.aging ?? told;
        const owes = await column(page, say("Owes"));
        same(digits(owes.foot), BigInt(aging.balance_minor), `owed on ${asOf}`);
        same(
            owes.rows.reduce((sum, text) => sum + digits(text), 0n),
            BigInt(aging.balance_minor),
            "the rows add up to it",
        );
        const file = await fileOf(page);
        const last = file.head.length - 1;
        same(
            file.rows.reduce((sum, row) => sum + BigInt(row[last]), 0n),
            BigInt(aging.balance_minor),
            "and so does the file",
        );
        await shot(page, "aging-vi");
        same(await axe(page, RAIL), []);

        /* what all owe today is the trial balance */
        const books = (await shop.json("trial-balance")).at(-1);
        await page.goto(`${shop.url}/#/reports/view/${encodeURIComponent("s=4&by=3")}`);
        await page.waitForSelector(`${whole} tbody tr`);
        same(digits((await column(page, say("Owed"))).foot), BigInt((books.trial_balance ?? books).balances_minor));

        /* what an address says that is not known is named, and the rest of it is shown */
        await page.goto(`${shop.url}/#/reports/view/${encodeURIComponent("s=1&by=3&span=5&group=foo&col=zzz")}`);
        await page.waitForSelector(`${whole} tbody tr`);
        ok((await page.innerText(".unknown")).includes("group=foo, col=zzz"), await page.innerText(".unknown"));
        await page.getByRole("button", { name: say("Take it away") }).click();
        await until("it is taken away", async () => (await page.locator(".unknown").count()) === 0);
        same(decodeURIComponent(page.url().split("#")[1]), "/reports/view/s=1&by=3&span=5");
        await page.goto(`${shop.url}/#/reports/zzz`);
        await page.waitForSelector(".unknown >> text=zzz");

        /* one of their own: columns chosen, saved, shared */
        await page.goto(`${shop.url}/#/reports/view/${encodeURIComponent("s=1&by=5&span=5")}`);
        await page.waitForSelector(`${whole} tbody tr`);
        await page.keyboard.press("e");
        await page.getByRole("checkbox", { name: say("Net"), exact: true }).check();
        await page.getByRole("checkbox", { name: say("Credited"), exact: true }).uncheck();
        await shot(page, "report-form-vi");
        await page.keyboard.press("Escape");
        ok(decodeURIComponent(page.url()).includes("cols=count.sold.collected.net"), "it is in the address");
        await page.keyboard.press("s");
        await page.getByLabel(say("Name of the report")).fill("Khách mua nhiều");
        await page.getByRole("radio", { name: say("Everybody who sees reports") }).click();
        await page.getByRole("button", { name: say("Save the report") }).click();
        await page.waitForURL(/#\/reports\/saved\/\d+/);
        await page.waitForSelector(`${whole} tbody tr`);
        const mine = await column(page, say("Sold"));
        const kept = await fileOf(page);
        const at = kept.head.indexOf(say("Sold"));
        same(
            kept.rows.reduce((sum, row) => sum + BigInt(row[at]), 0n),
            digits(mine.foot),
            "the file, read back, comes to what is shown",
        );
        same(page.faults, []);
        await page.context().close();

        /* the accountant finds it on another device */
        const other = await fresh(shop, {
            login: "ketoan",
            language: "vi",
            hash: "#/reports",
            width: 390,
            height: 844,
        });
        await other.getByRole("link", { name: /Khách mua nhiều/ }).click();
        await other.waitForSelector(`${whole} tbody tr`);
        same(digits((await column(other, say("Sold"))).foot), digits(mine.foot));
        await shot(other, "report-phone-vi");
        same(await axe(other, RAIL), []);
        same(other.faults, []);
        await other.context().close();

        /* who may see no reports has none */
        const clerk = await fresh(shop, { login: "minh", language: "vi", hash: "#/reports" });
        await until("nothing of reports is there", async () => (await clerk.locator(".report-list").count()) === 0);
        same(await clerk.locator(".rail a[href='#/reports']").count(), 0);
        await clerk.context().close();
        await shop.end();
    },
    { seconds: 240 },
);

test("a long report is counted in slices, and a terminal trades meanwhile", async () => {
    const { count } = await part("report/count.ts");
    /* a server that has five years of papers: each page tells of 5,000 and where the next one begins */
    const asked = [];
    const client = {
        ask: async (kind, { page }) => {
            const at = page === undefined ? 0 : page[0];
            asked.push(at);
            return {
                seq: 1n,
                answer: {
                    rows: [
                        { date: 20_000 + (at >> 1), count: 5000n, sold_minor: 1n, written: 5000n, balance_minor: 1n },
                    ],
                    from: 0,
                    until: 30_000,
                    looked: 5000,
                    next: at === 25 ? undefined : new Uint8Array([at + 1]),
                },
            };
        },
    };
    const told = [];
    await count(client, { source: 1, by: [1], columns: [] }, (counted) => {
        told.push({ looked: counted.looked, rows: counted.rows.length, whole: counted.whole });
        return true;
    });
    same(asked.length, 26, "one page after the other, none twice");
    same(told.at(-1), { looked: 130_000, rows: 13, whole: true });
    same(told[0], { looked: 5000, rows: 1, whole: false }, "what is there is shown at once");
    const few = [];
    await count(client, { source: 1, by: [1], columns: [] }, (counted) => {
        few.push(counted);
        return few.length < 3;
    });
    same(few.length, 3, "who leaves the report ends it");
});
