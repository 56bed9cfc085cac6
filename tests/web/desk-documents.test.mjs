/*
 * Every document in one list: narrowed in the address, summed, opened by Enter, taken away as a file whose rows add up to
 * what the screen and the command line say, printed without the page around it; and it keeps still while somebody is in it.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { ok, same, STAFF, test, until } from "./harness.mjs";
import { axe } from "./fresh.mjs";
import { csvRows, desk, downloaded, minor, office, rowsOf, sheetRows } from "./desk.mjs";

const SHOTS = process.env.TEFTER_SHOTS;
const shot = async (page, name) => {
    if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};
const totals = async (shop, ...words) =>
    (await shop.json("call", "DocumentList", "totals=true", ...words))[0].documents.totals;
const sumOf = (page, kind) => page.locator(`.list-sum[data-kind="${kind}"] b`).innerText();
const count = async (page, wanted) => until(`${wanted} rows`, async () => (await rowsOf(page)).length === wanted);

test(
    "documents are narrowed in the address, and a file adds up to the screen and the command line",
    async () => {
        const shop = await office();
        await shop.tefter(
            "customer",
            "add",
            "=HYPERLINK(1)",
            "--code",
            "K09",
            "--phone",
            "+84 28 3810 0099",
            "--area",
            "route 9",
            "--no-look",
        );
        await shop.tefter("customer", "limit", "K09", "900m");
        await shop.tefter("sell", "K09", "XM40=1");
        const page = await desk(shop, { hash: "#/documents" });
        await count(page, 12);
        await shot(page, "documents");
        same(await axe(page), []);
        await page.getByRole("combobox", { name: "类型" }).selectOption("bill");
        await count(page, 7);
        ok(page.url().includes("kind/bill"), "it is in the address");
        await page.getByRole("radio", { name: "逾期" }).click();
        await count(page, 3);
        await page.reload();
        await count(page, 3);
        await page.keyboard.press("a");
        await count(page, 12);
        await page.getByRole("combobox", { name: "类型" }).selectOption("bill");
        await count(page, 7);

        /* The screen, the command line and both files are one sum. */
        const [told] = await totals(shop, "kind=DOCUMENT_INVOICE");
        const screen = minor(await sumOf(page, 1));
        same(screen, BigInt(told.total_minor));
        await page.keyboard.press("x");
        await page.waitForSelector(".sheet");
        const csv = await downloaded(page, () => page.keyboard.press("2"));
        ok(csv.name.endsWith(".csv"));
        const [head, ...rows] = csvRows(csv.bytes);
        same(rows.length, 7);
        const total = head.findIndex((each) => each.startsWith("总额"));
        same(
            rows.reduce((sum, row) => sum + BigInt(row[total]), 0n),
            screen,
        );
        ok(
            rows.some((row) => row.includes("'=HYPERLINK(1)")),
            "what somebody typed is no formula",
        );
        ok(
            rows.every((row) => /^\d{4}-\d\d-\d\d$/.test(row[2])),
            "days as programs write them",
        );
        const book = await downloaded(page, () => page.keyboard.press("1"));
        const cells = sheetRows(book.bytes);
        same(cells.length, 8);
        same(
            cells.slice(1).reduce((sum, row) => sum + BigInt(row.get("M")), 0n),
            screen,
            "numbers, not texts",
        );
        ok(
            cells.slice(1).every((row) => row.get("C") > 45_000),
            "days as days",
        );
        ok(
            cells.some((row) => row.get("F") === "=HYPERLINK(1)"),
            "a text stays one",
        );

        /* On paper stands the list alone. */
        await page.evaluate(() => {
            window.print = () => {
                window.printed = (window.printed ?? 0) + 1;
            };
        });
        await page.emulateMedia({ media: "print" });
        await page.keyboard.press("3");
        await page.waitForFunction(() => window.printed === 1);
        const paper = await page.innerText(".list-paper");
        ok(paper.includes("Hải Long") && paper.includes("HQ-00001"), "who, and what");
        same(await page.locator(".frame").isVisible(), false, "no rail, no buttons");
        same(await page.locator(".list-paper tbody tr").count(), 8, "seven, and their sum");
        await shot(page, "documents-paper");
        await page.evaluate(() => window.dispatchEvent(new Event("afterprint")));
        same(await page.locator(".list-paper").count(), 0);
        await page.emulateMedia({ media: "screen" });
        await page.keyboard.press("Escape");

        /* Enter opens one; "back" is the same list. */
        await page.focus(".long-list table");
        await page.keyboard.press("ArrowDown");
        await page.keyboard.press("Enter");
        await page.waitForSelector("article.card");
        await page.goBack();
        await count(page, 7);
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);

test(
    "rows stay while the pointer is among them: what is new waits, what left is struck through",
    async () => {
        const shop = await office();
        const page = await desk(shop, { hash: "#/documents/state/open", language: "en" });
        await page.waitForSelector(".long-list tbody tr[data-row]");
        const before = await rowsOf(page);
        await page.hover(".long-list tbody tr:nth-child(3)");
        const boxes = () =>
            page.$$eval(".long-list tbody tr[data-row]", (rows) =>
                rows.map((row) => Math.round(row.getBoundingClientRect().top)),
            );
        const at = await boxes();
        await shop.tefter("sell", "K03", "XM40=1");
        await shop
            .tefter("pay", "K02", "1000000", "--cash", "drawer TD")
            .catch(() => shop.tefter("pay", "K02", "1000000", "--transfer", "VCB 0071", "--reference", "r"));
        await page.waitForSelector(".held:not([data-none]) >> text=/1 new/");
        await until(
            "the paid bill is struck through",
            async () => (await page.locator(".long-list tr.gone").count()) >= 1,
        );
        same(await rowsOf(page), before);
        same(await boxes(), at, "nothing jumps");
        await page.keyboard.press("v");
        await until("it is sorted anew", async () => (await rowsOf(page))[0] !== before[0]);
        same(await page.locator(".long-list tr.gone").count(), 0);
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);

test(
    "in Persian the number of a paper is the same in the list, on its card, in the customer's and in sentences",
    async () => {
        const shop = await office();
        const page = await desk(shop, { hash: "#/documents/kind/payment", language: "fa", query: "?lang=fa" });
        await page.waitForSelector(".long-list tbody tr[data-row]");
        /* as the eye reads it: letters from left to right, wherever the line runs */
        const shown = (where) =>
            page.$$eval(where, (elements) =>
                elements.map((element) => {
                    const letters = [];
                    const walk = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
                    for (let text = walk.nextNode(); text !== null; text = walk.nextNode())
                        for (let at = 0; at < text.data.length; at++) {
                            const range = document.createRange();
                            range.setStart(text, at);
                            range.setEnd(text, at + 1);
                            const box = range.getBoundingClientRect();
                            if (box.width > 0) letters.push([box.left, text.data[at]]);
                        }
                    return letters
                        .sort(([a], [b]) => a - b)
                        .map(([, letter]) => letter)
                        .join("");
                }),
            );
        const [number] = await shown(".long-list tbody tr[data-row] bdi.n");
        ok(/^[A-Z-]+-R-[0-9]+$/.test(number), number);
        await page.click(".long-list tbody tr[data-row] a");
        await page.waitForSelector(".card .card-band");
        await until("its head", async () => (await shown(".head h1, header h1"))[0]?.includes(number));
        await page.click(".card-band dd a");
        await page.waitForSelector(".card");
        await until("its customer's papers", async () =>
            (await shown(".card a")).some((text) => text.includes(number)),
        );
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);

test(
    "who belongs to a branch sees its documents alone, and a clerk has no office",
    async () => {
        const shop = await office();
        await shop.tefter("sell", "K03", "XM40=1");
        const clerk = await desk(shop, { login: "minh", hash: "", language: "en" });
        await clerk.waitForSelector(".rail");
        const rail = await clerk.innerText(".rail");
        for (const word of ["All documents", "Matching", "Money"]) ok(!rail.includes(word), `no ${word} for a clerk`);
        await clerk.context().close();
        /* A controller of one branch: what the head office wrote is not theirs. */
        await shop.tefter("staff", "add", "bound", "--role", "controller", "--name", "Of Thủ Đức", "--branch", "TD");
        const password = join(shop.folder, "bound");
        await writeFile(password, "tefter2026\n");
        await shop.tefter("password", "--of", "bound", "--password-file", password);
        STAFF.bound = { password: "tefter2026" };
        const page = await desk(shop, { login: "bound", hash: "#/documents", language: "en" });
        await page.waitForSelector("text=No documents yet");
        same(await page.getByRole("combobox", { name: "Branch" }).count(), 0, "no branch to choose");
        await page.evaluate(() => (location.hash = "#/matching"));
        await page.waitForSelector("text=All money is matched.");
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);
