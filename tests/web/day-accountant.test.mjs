/*
 * An accountant's day, in Greek: bills narrowed and found again after a reload, one of them with all that touched it, money of a
 * week matched many to many, goods that came back, a receipt of the wrong customer, the tills of all branches, books that
 * balance, and the list as a workbook, as text and on paper. Each sum is the ledger's.
 */
import { ok, same, test, until } from "./harness.mjs";
import { csvRows, downloaded, office, rowsOf, sheetRows } from "./desk.mjs";
import { columnOf, dayIn, figure, figures, plain, sum } from "./day.mjs";

/* Beside the week of the office, two tills: one that was closed with a note too few, one that is open. */
async function week() {
    const shop = await office();
    const { tefter } = shop;
    await tefter("till", "add", "HQ", "drawer HQ");
    await tefter("till", "open", "drawer HQ", "0");
    await tefter("pay", "K06", "500000", "--cash", "drawer HQ");
    await tefter("till", "count", "drawer HQ", "450000");
    await tefter("till", "close", "drawer HQ", "--reason", "σκισμένο χαρτονόμισμα");
    await tefter("till", "add", "HQ", "safe");
    await tefter("till", "open", "safe", "0");
    await tefter("till", "count", "safe", "0");
    await tefter("till", "close", "safe");
    await tefter("till", "open", "safe", "200000", "--reason", "ψιλά");
    return shop;
}

test(
    "the day of an accountant: documents, matching, a credit note, a reversal, tills, books, a workbook, a table, paper",
    async () => {
        const shop = await week();
        const paper = async (number) => (await shop.json("document", "show", number))[0];
        const listed = (...words) => shop.json("documents", "--all", ...words);
        const bills = async (code) => (await shop.json("call", "UnpaidBills", `code=${code}`))[0].unpaid_bills;
        const { say, page, to, keys, type, look } = await dayIn("el", shop, { login: "ketoan", hash: "#/documents" });
        const shows = (count) => until(`${count} documents`, async () => (await rowsOf(page)).length === count);

        /* The bills that are late; the address keeps it. */
        await shows((await listed()).length);
        await page.getByRole("combobox", { name: say("Kind") }).selectOption("bill");
        await page.getByRole("radio", { name: say("overdue"), exact: true }).click();
        const late = await listed("--kind", "invoice", "--overdue");
        same(late.length, 3);
        await shows(late.length);
        await look("documents");
        const narrowed = page.url();
        await page.reload();
        await shows(late.length);
        same(page.url(), narrowed);
        same([...(await rowsOf(page))].sort(), late.map(({ document }) => String(document)).sort());
        await until(
            "their sum",
            async () =>
                figure(await page.innerText(".list-sum[data-kind='1'] b")) ===
                sum(late.map(({ total_minor }) => total_minor)),
        );

        /* One bill with all that touched it: found by its number, opened by Enter. */
        const [{ number, document }] = (await listed("--customer", "K02", "--kind", "invoice")).slice(-1);
        await keys("a");
        await shows((await listed()).length);
        await keys("/");
        await type(number);
        await shows(1);
        await page.focus(".long-list table");
        await keys("ArrowDown", "Enter");
        await page.waitForSelector("article.card .touched");
        ok(page.url().endsWith(`#/documents/${document}`), page.url());
        const told = await paper(number);
        same(told.touches.length, 1);
        const touched = page.locator(".touched");
        same(
            await figures(touched.locator("tbody td.amount:nth-child(3)")),
            told.touches.map((touch) => -BigInt(touch.amount_minor)),
        );
        ok((await touched.innerText()).includes(told.touches[0].other_number), "the receipt by its number");
        same(await figures(touched.locator("tfoot td.amount:nth-child(3)")), [BigInt(told.open_minor)]);
        await look("document");

        /* Money of last week and of today, to several bills: what is told before is what is written. */
        await keys("g", "m");
        const money = (text) => page.locator(".match-row", { hasText: text });
        await money("VCB 88204").locator(".match-open").click();
        await page.waitForSelector(".match-bills tbody tr");
        await keys("o");
        await money("VCB 88205").locator(".match-tick").click();
        const commit = page.locator(".match-commit button");
        await until("25,800,000 to two bills", async () => (await commit.innerText()).includes("25.800.000"));
        const before = await bills("K04");
        const [all, matched, left] = await figures(page.locator(".match-bills tfoot td.amount"));
        same([all, matched], [BigInt(before.bills_minor), BigInt(before.credits_minor)]);
        same((await figures(page.locator(".match-sums dd b"))).slice(0, 2), [0n, left]);
        await look("matching");
        await keys("F9");
        await page.waitForSelector(".match-last[data-state=written]");
        const after = await bills("K04");
        same([BigInt(after.bills_minor), BigInt(after.credits_minor ?? 0)], [left, 0n]);
        await look("matched");

        /* 200 bricks of that bill come back, with the reason; the bill is less. */
        await to(`#/documents/${document}`);
        await page.getByRole("link", { name: say("Correct, reverse …") }).click();
        await page.getByRole("link", { name: say("Take goods back") }).click();
        await page.waitForSelector(".pieces input");
        await look("goods-back");
        await page.fill(".pieces input", "200");
        await page.getByLabel(say("Reason"), { exact: true }).fill("σπασμένα τούβλα");
        same(figure(await page.innerText(".till-foot .figure")), 270_000n);
        await keys("F9");
        const [note] = await until("a credit note", async () => {
            const notes = await listed("--kind", "credit-note");
            return notes.length > 0 && notes;
        });
        same([note.total_minor, (await paper(note.number)).document.note], [270_000, "σπασμένα τούβλα"]);
        same((await paper(number)).open_minor, told.open_minor - 270_000);
        await page.waitForSelector(".strip");
        await look("credit-note");

        /* That bill's receipt was another customer's: it is reversed, with the reason, and the bill is open again. */
        const receipt = told.touches[0].other_number;
        await to(`#/papers/${told.touches[0].other}`);
        await page.waitForSelector(".paper-sum");
        await keys("u");
        await look("reverse");
        await page.locator(".sheet").getByText(say("Wrong customer"), { exact: true }).click();
        await until("it is reversed", async () => (await paper(receipt)).state === "DOCUMENT_REVERSED");
        const reversal = await paper((await paper(receipt)).reversed_by.number);
        same([reversal.document.kind, reversal.document.note], ["DOCUMENT_REVERSAL", say("Wrong customer")]);
        same((await paper(number)).open_minor, told.document.total_minor - 270_000);
        await page.waitForSelector(`.paper-sum.over >> text=${reversal.document.number}`);
        await look("reversed");

        /* The tills of all branches, each as it was counted. */
        await to("#/tills");
        const tills = ".list-panel";
        await until("all tills", async () => (await page.locator(`${tills} tbody tr`).count()) === 4);
        const [closed] = await shop.json("till", "days", "drawer HQ");
        const [open] = await shop.json("till", "days", "safe");
        const row = async (name) => plain(await page.locator(`${tills} tbody tr`, { hasText: name }).innerText());
        const count = closed.counts.at(-1);
        same([count.expected_minor, count.counted_minor, closed.difference_minor], [500_000, 450_000, -50_000]);
        for (const each of ["500.000", "450.000", "-50.000", say("closed"), "σκισμένο χαρτονόμισμα"])
            ok((await row("drawer HQ")).includes(each), `${each} in ${await row("drawer HQ")}`);
        same([open.closed_ms, open.float_minor], [undefined, 200_000]);
        for (const each of ["200.000", say("open"), "ψιλά"])
            ok((await row("safe")).includes(each), `${each} in ${await row("safe")}`);
        for (const branch of ["TD", "FO"]) ok((await row(`drawer ${branch}`)).includes(say("never opened")), branch);
        await look("tills");

        /* The trial balance: row by row the ledger's, both sides the same, and all that customers owe in it. */
        await to("#/books");
        await page.waitForSelector(`.tag.credit >> text=${say("it balances")}`);
        const { totals } = (await shop.json("call", "TrialBalance"))[0].trial_balance;
        const signed = totals.map(({ amount_minor }) => BigInt(amount_minor)).filter((minor) => minor !== 0n);
        const sides = [
            signed.filter((minor) => minor > 0n),
            signed.filter((minor) => minor < 0n).map((minor) => -minor),
        ];
        for (const [at, head] of ["Debit {unit}", "Credit {unit}"].entries()) {
            const column = await columnOf(page, tills, say(head, { unit: "₫" }));
            same(
                column.rows.map(figure).filter((minor) => minor !== 0n),
                sides[at],
                head,
            );
            same(figure(column.foot), sum(sides[at]), head);
        }
        same(sum(sides[0]), sum(sides[1]), "it balances");
        await look("books");
        const owed = sum(
            totals.filter(({ account }) => account === "GL_RECEIVABLE").map(({ amount_minor }) => amount_minor),
        );
        const balances = (await shop.json("customer", "list", "--all")).map(({ account }) => account.balance_minor);
        same(sum(balances), owed, "the ledger agrees with itself");
        await keys("g", "r");
        await page.getByRole("link", { name: say("Customers as they stand") }).click();
        await page.waitForSelector(".report-panel[data-whole] tfoot");
        const report = await columnOf(page, ".report-panel[data-whole]", say("Owed"));
        same(figure(report.foot), owed, "and so does the report of balances");
        await look("report");

        /* All bills to take away: as a workbook, as text, on paper. */
        await to("#/documents/kind/bill");
        const every = await listed("--kind", "invoice");
        const total = sum(every.map(({ total_minor }) => total_minor));
        await shows(every.length);
        await keys("x");
        await page.waitForSelector(".sheet");
        await look("export");
        const heads = say("Total {unit}", { unit: "₫" });
        const text = await downloaded(page, () => keys("2"));
        const [head, ...lines] = csvRows(text.bytes);
        same(sum(lines.map((line) => line[head.indexOf(heads)])), total, text.name);
        await page.waitForSelector(".export-state[data-state=done]");
        const book = await downloaded(page, () => keys("1"));
        const [names, ...cells] = sheetRows(book.bytes);
        const [letter] = [...names].find(([, name]) => name === heads);
        same(sum(cells.map((line) => line.get(letter))), total, book.name);
        same([lines.length, cells.length], [every.length, every.length]);
        await page.evaluate(() => {
            window.print = () => {
                window.printed = true;
            };
        });
        await page.emulateMedia({ media: "print" });
        await keys("3");
        await page.waitForFunction(() => window.printed);
        const printed = page.locator(".list-paper");
        same(await page.locator(".frame").isVisible(), false, "the list alone");
        ok((await printed.innerText()).includes(say("All documents")));
        same(await printed.locator("tbody tr:not(.list-paper-sum)").count(), every.length);
        ok((await figures(printed.locator(".list-paper-sum td.amount"))).includes(total), "with its sum");
        await look("paper");
        await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
        await page.emulateMedia({ media: "screen" });
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 120 },
);
