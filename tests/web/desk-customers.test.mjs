/* The office's customers: the list in pages, its chips and filters in the address, and what is done on a card. */
import { company, ok, same, test, until, within } from "./harness.mjs";
import { axe, bare, fresh, part } from "./fresh.mjs";
import { csvRows, downloaded } from "./desk.mjs";

const DAY_MS = 86_400_000;
const whole = (text) => Number(text.replace(/[^0-9]/g, ""));
const order = (page) =>
    page.locator("[data-customer]").evaluateAll((rows) => rows.map((row) => Number(row.dataset.customer)));

test("customers: what is chosen stands in the address, and an address that is not understood is all of them", async () => {
    const { addressOf, choiceOf, countOf, queryOf, ANYBODY } = await part("board/rows.ts");
    same(addressOf(ANYBODY), ["customers"]);
    const choice = { which: 2, branch: 3, groups: [4, 5], sorting: 3, turned: true, text: "nguyễn a.b-c" };
    same(choiceOf(addressOf(choice).slice(1)), choice);
    const inTime = { ...ANYBODY, which: 6 };
    same(addressOf(inTime), ["customers", "list", "show-in-time"]);
    same(choiceOf(addressOf(inTime).slice(1)), inTime);
    same(queryOf(inTime).overdue, false, "nobody of whom something is overdue");
    same(countOf({ all: 9, overdue: 2 }, 6), 7);
    same(choiceOf(["list", "show-x.by-y.branch-z.groups-+"]), ANYBODY);
    same(choiceOf(["7"]), ANYBODY);
});

test("customers: pages far from what is seen are dropped, and rows stay while somebody looks", async () => {
    const { Listing, PAGE } = await part("board/rows.ts");
    const many = 100_000;
    const owes = new Map();
    let first = 1; /* who stands first */
    const row = (number) => ({
        who: { customer: number, code: `K${number}`, name: {}, groups: [], buyers: [] },
        account: { customer: number, balance_minor: BigInt(owes.get(number) ?? 0), available_minor: 0n },
    });
    const listing = new Listing(async ({ skip, rows, count }) => ({
        seq: 1n,
        answer: {
            rows: Array.from({ length: Math.min(rows, many - skip) }, (_, at) =>
                row(skip + at === 0 ? first : skip + at + 1 === first ? 1 : skip + at + 1),
            ),
            counts: count ? { listed: many, all: many, balance_minor: 0n, overdue_minor: 0n } : undefined,
        },
    }));
    const settled = () => new Promise((resolve) => setTimeout(resolve, 5));
    listing.choose({});
    await settled();
    same([listing.shown.value.total, listing.at(0).row.customer], [many, 1]);
    for (let at = 0; at < many; at += 700) {
        listing.look(at, at + 40);
        await settled();
        ok(listing.at(at) !== undefined && listing.at(at + 39) !== undefined);
        ok(listing.held <= 10 * PAGE, `${listing.held} rows are held`);
    }
    listing.look(0, 40);
    await settled();
    [first] = [7];
    owes.set(7, 500);
    await listing.refresh(true);
    same([listing.at(0).row.customer, listing.at(6).account.balance_minor], [1, 500n], "the figure, in its place");
    ok(listing.shown.value.moved >= 2 && listing.at(6).changed > 0);
    listing.release();
    same([listing.at(0).row.customer, listing.shown.value.moved], [7, 0]);
    await listing.refresh(false);
    same(listing.at(0).row.customer, 7);
});

test(
    "customers: a hundred thousand rows scroll, and only what is seen is drawn",
    async () => {
        const page = await bare(
            `
        import "./shell/shell.css"; import { render } from "preact"; import { signal } from "@preact/signals"; import { screens } from "./board"; import { route, startRoute } from "./kit/route";
        const many = 100_000, nobody = { rows: signal(new Map()), whole: signal(true), seq: signal(1n), close() {} };
        const row = (number) => ({ who: { customer: number, code: "K" + number, name: { value: "Customer " + number }, groups: [], buyers: [], branch: 1 },
            account: { customer: number, balance_minor: BigInt(many - number), used_minor: 0n, available_minor: 10n, limit_minor: 100n, unlimited: false, locked: false, bills_minor: 0n, uncleared_minor: 0n, unmatched_minor: 0n, open_bills: 1, buyers: 0 } });
        const counts = { all: many, over_limit: 1, overdue: 2, locked: 3, in_credit: 4, unmatched: 5, calls_now: 0, calls_all: 0, listed: many, balance_minor: 0n, overdue_minor: 0n };
        const client = { line: signal({ kind: "live", since: 0 }), welcome: signal(undefined), me: signal(undefined), seq: signal(1n), clock: Date.now, may: () => true, knows: () => false, customers: () => nobody,
            ask: async (kind, query) => ({ seq: 1n, answer: kind === "customers" ? { rows: Array.from({ length: Math.min(query.rows, many - query.skip) }, (_, at) => row(query.skip + at + 1)), counts } : { branches: [], staff: [], groups: [], rows: [], hits: [] } }) };
        startRoute();
        const Shown = () => screens.find(({ id }) => id === "customers").view({ client, at: route.value.slice(1) });
        render(<Shown />, document.getElementById("app"));`,
            { width: 1440, height: 900 },
        );
        await page.waitForSelector("[data-customer='1']");
        ok((await page.locator("[data-customer]").count()) < 80);
        same(await page.locator(".chip-count").allInnerTexts(), ["100,000", "1", "2", "99,998", "3", "4", "5"]);
        for (const at of [50_000, 99_000, 10]) {
            await page.evaluate((top) => {
                document.querySelector(".customers-scroll").scrollTop = top * 32;
            }, at);
            await page.waitForSelector(`[data-customer='${at + 5}']`, { timeout: within(3000) });
            ok((await page.locator("[data-customer]").count()) < 80);
        }
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 60 },
);

test(
    "customers: chips count as the command line does, sorts and groups stay over a reload, and rows change in place",
    async () => {
        const shop = await company({ own: true });
        const at = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);
        await shop.tefter("group", "add", "tier", "gold");
        for (const code of ["K01", "K02"]) await shop.tefter("group", "join", code, "gold");
        await shop.tefter("sell", "K01", "XM40=10", "--date", at(-40), "--due", at(-10), "--backfill");
        await shop.tefter("sell", "K02", "XM40=20");
        await shop.tefter("customer", "lock", "K03", "--reason", "moved away");
        await shop.tefter("pay", "K04", "250000", "--transfer", "VCB 0071", "--reference", "D1");
        const page = await fresh(shop, { login: "mai", width: 1440, height: 900, hash: "#/customers" });
        await page.waitForSelector("[data-customer]");
        const counts = (await page.locator(".chip-count").allInnerTexts()).map(whole);
        const listed = async (...words) => (await shop.json("customer", "list", ...words)).length;
        const filters = ["--over-limit", "--overdue", "--nothing-overdue", "--locked"];
        const many = await Promise.all(filters.map((filter) => listed(filter)));
        many[2]--; /* who pays at once is no customer to look after */
        same(counts.slice(1, 5), many);
        same(counts[0], (await listed()) - 1);
        ok(!(await page.innerText(".customers-list")).includes("CASH"), "nor a row");
        ok(counts[2] > 0 && counts[3] > 0);
        same(counts.slice(5), [1, 1], "one is in credit, and it is not matched");
        const late = (await shop.json("customer", "show", "K01"))[0].row.customer;
        await page.getByRole("radio", { name: /Nothing overdue/ }).click();
        await until("those who are in time", async () => {
            const shown = await order(page);
            return shown.length === counts[3] && !shown.includes(late);
        });
        ok(/show-in-time/.test(page.url()), page.url());
        await page.getByRole("radio", { name: /^All/ }).click();
        await page.locator(".customers-filter select").last().selectOption({ label: "tier: gold" });
        await until("its members", async () => (await order(page)).length === 2);
        await page.click(".sorts >> text=Oldest");
        const first = (await shop.json("customer", "show", "K01"))[0].row.customer;
        await until("the oldest first", async () => (await order(page))[0] === first);
        ok(/by-oldest/.test(page.url()) && /groups-/.test(page.url()), page.url());
        await page.reload();
        await until(
            "as it was chosen",
            async () => (await order(page)).length === 2 && (await order(page))[0] === first,
        );
        await page.locator(`[data-customer='${first}']`).hover();
        await shop.tefter("pay", "K01", "918000", "--transfer", "VCB 0071", "--reference", "D2");
        await until("the figure changes in place", async () =>
            /^0|\n0/.test(
                await page
                    .locator(`[data-customer='${first}']`)
                    .innerText()
                    .then((text) => text.replace(/.*K01/s, "")),
            ),
        );
        same((await order(page))[0], first, "nobody moves under the pointer");
        /* the list as it was chosen, as a file */
        await page.keyboard.press("x");
        await page.waitForSelector(".sheet");
        const { bytes } = await downloaded(page, () => page.keyboard.press("2"));
        const [head, ...rows] = csvRows(bytes);
        same(rows.map((each) => each[0]).sort(), ["K01", "K02"]);
        const golden = await shop.json("customer", "list", "--group", "gold");
        const owed = golden.reduce((sum, each) => sum + BigInt(each.account.balance_minor), 0n);
        same(
            rows.reduce((sum, each) => sum + BigInt(each[head.findIndex((one) => one.startsWith("Owes"))]), 0n),
            owed,
        );
        await page.keyboard.press("Escape");
        await page.locator(`[data-customer='${first}'] a`).first().click();
        await page.waitForSelector(".card-facts");
        await page.keyboard.press("Escape");
        await until("back where it was", async () => /by-oldest/.test(page.url()));
        same(await axe(page, ["label-content-name-mismatch"]), []);
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 90 },
);

test(
    "customer: locked until Friday in Greek, a note, a likely double, and a record that two change at once",
    async () => {
        const shop = await company({ own: true });
        const show = async (code) => (await shop.json("customer", "show", code))[0];
        const number = (await show("K01")).row.customer;
        const page = await fresh(shop, {
            login: "mai",
            width: 1440,
            height: 900,
            query: "?lang=el",
            hash: `#/customers/${number}`,
        });
        await page.waitForSelector(".card-facts");
        await page.keyboard.press("Shift+KeyL");
        await page.fill(".sheet input >> nth=0", "περιμένουμε έμβασμα");
        await page.locator(".sheet .day-field .chip[role=radio]").nth(1).click();
        same(await axe(page), []);
        await page.click(".sheet button[type=submit]");
        await page.waitForSelector(".notice.over");
        const { row } = await show("K01");
        same([row.locked, row.lock_reason, new Date(row.locked_until).getUTCDay()], [true, "περιμένουμε έμβασμα", 5]);
        ok(Date.parse(row.locked_until) > Date.now());

        await page.keyboard.press("o");
        await page.fill(".sheet textarea", "Ζητά δόσεις");
        await page.click(".sheet >> text=Χρειάζεται δόσεις");
        await page.click(".sheet button[type=submit]");
        await page.waitForSelector(".notes >> text=Ζητά δόσεις");
        same((await shop.json("customer", "notes", "K01"))[0].help, "HELP_INSTALMENTS");

        await page.keyboard.press("e");
        await page.fill(".sheet input >> nth=2", "Νέα περιοχή");
        await page.fill(".sheet input >> nth=3", "mine");
        await shop.tefter("customer", "edit", "K01", "--phone", "+30 210 555", "--nickname", "theirs");
        await page.waitForSelector(".sheet .notice.late >> text=+30 210 555");
        ok(/theirs/.test(await page.innerText(".sheet .notice.late")));
        same(await page.inputValue(".sheet input >> nth=3"), "mine", "what was typed stays");
        await page.click(".sheet button[type=submit]");
        await until("both are kept", async () => {
            const { record } = await show("K01");
            return record.phone === "+30 210 555" && record.area === "Νέα περιοχή" && record.nickname === "mine";
        });
        await page.waitForSelector("table[aria-label='Αλλαγές'] >> text=theirs");

        await page.goto(`${page.url().replace(/#.*/, "")}#/customers`);
        await page.waitForSelector("[data-customer]");
        await page.keyboard.press("+");
        await page.fill(".sheet input >> nth=0", "Xay dung Phu My");
        await page.waitForSelector(".sheet .notice >> text=Xây dựng Phú Mỹ");
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 90 },
);
