/*
 * An owner's day at the desk, in Persian: yesterday on one page, the age of debts on a day, what is unusual down to its paper, a
 * report of their own that the accountant opens, everything found from one place, somebody new whose role is seen first and who
 * is blocked later, and a person who is erased after it was seen what stays.
 */
import { ok, same, STAFF, test, until } from "./harness.mjs";
import { columnOf, dayIn, figure, figures, inDays, plain, sum } from "./day.mjs";
import { desk } from "./desk.mjs";
import { trading } from "./trading.mjs";

const whole = ".report-panel[data-whole]";
const NAME = "مریم رستگار";
const persian = (text) => text.replace(/\d/g, (digit) => String.fromCharCode(0x06f0 + Number(digit)));

/* A day of trade; one paper was reversed, and somebody who owes nothing any more wants to be forgotten. */
async function trade() {
    const shop = await trading();
    const { tefter } = shop;
    await tefter("reverse", "HQ-00006", "--reason", "مشتری اشتباه");
    await tefter("customer", "add", NAME, "--code", "MR", "--phone", "0912 345 6789", "--area", "کرج", "--no-look");
    await tefter("customer", "edit", "MR", "--note", "بعد از ظهر تماس بگیرید");
    await tefter("customer", "limit", "MR", "9m");
    await tefter("sell", "MR", "XM40=10");
    await tefter("pay", "MR", "918000", "--transfer", "VCB 0071", "--reference", "FT1");
    return shop;
}

test(
    "the day of an owner at the desk: the day, debts by age, what is unusual, an own report, search, staff, an erased person",
    async () => {
        const shop = await trade();
        const card = async (code) => (await shop.json("customer", "show", code))[0];
        const staff = async (login) =>
            (await shop.json("call", "staff"))[0].staff.staff.find((each) => each.login === login);
        const { say, page, to, keys, type, look } = await dayIn("fa", shop, { login: "owner", hash: "#/reports" });
        same(await page.evaluate(() => document.documentElement.dir), "rtl");
        const sheet = page.locator(".sheet");

        /* The day on one page: each figure is the totals'. */
        await page.getByRole("link", { name: say("Summary of a day") }).click();
        await page.waitForSelector("[data-odd].late");
        const line = (word) =>
            page
                .locator(".day-line", { hasText: say(word) })
                .first()
                .locator("b");
        const [all] = (await shop.json("call", "totals"))[0].totals.rows.filter((each) => each.branch === 0);
        for (const [word, minor] of [
            ["Sold", all.sold_minor],
            ["of it on credit", all.on_credit_minor],
            ["Collected", all.collected_minor],
        ])
            await until(`${word}: ${minor}`, async () => figure(await line(word).innerText()) === BigInt(minor));
        same(plain(await line("Cancelled").innerText()), "1");
        await look("day");

        /* The age of debts 30 days ago is what the command line says of that day. */
        const asOf = inDays(-30);
        await keys("Escape");
        await to("#/reports/aging");
        await page.getByLabel(say("As it stood on")).fill(asOf);
        const lines = await shop.json("aging", "--as-of", asOf, "--by-customer");
        const aging = lines.at(-1);
        await until("that day", async () =>
            (await page.locator(whole).count()) === 0
                ? false
                : figure((await columnOf(page, whole, say("Owes"))).foot) === BigInt(aging.balance_minor),
        );
        const owes = await columnOf(page, whole, say("Owes"));
        same(sum(owes.rows.map(figure)), BigInt(aging.balance_minor), "and so do its rows");
        same(
            (await figures(page.locator(`${whole} tfoot td.amount`))).slice(0, aging.buckets.length),
            aging.buckets.map(({ amount_minor }) => BigInt(amount_minor ?? 0)),
            "age by age",
        );
        await look("aging");

        /* What is unusual: one was reversed; from there to the paper, and to the one that it takes back. */
        await to("#/reports/unusual");
        await page.locator("[role=radio]", { hasText: say("Reversed") }).click();
        await page.waitForSelector(`${whole} tbody tr`);
        same(await page.locator(`${whole} tbody tr`).count(), 1);
        await look("unusual");
        await page.locator(`${whole} tbody tr a`).first().click();
        const [{ document }] = await shop.json("document", "show", "HQ-X-00001");
        await page.waitForSelector("article.card");
        ok(page.url().endsWith(`#/documents/${document.document}`), page.url());
        ok(plain(await page.innerText(".card-side")).includes("HQ-00006"), "what it takes back");
        await look("reversal");

        /* A report of their own: bills of this month by customer, what was sold and what of it is unpaid. */
        await to("#/reports");
        await page.waitForSelector(".report-list");
        await keys("n");
        await page.waitForSelector(`${whole} tbody tr`);
        await keys("e");
        const tick = (word) => sheet.getByRole("checkbox", { name: say(word), exact: true });
        await tick("Customer").check();
        await tick("Branch").uncheck();
        for (const word of ["On credit", "Credited", "Collected"]) await tick(word).uncheck();
        await tick("Unpaid").check();
        await sheet.getByLabel(say("Kind of paper"), { exact: true }).last().selectOption({ index: 1 });
        await look("report-form");
        await keys("Escape");
        await page.waitForSelector(`${whole} tbody tr`);
        await keys("s");
        await page.getByLabel(say("Name of the report")).fill("خریداران این ماه");
        await sheet.getByRole("radio", { name: say("Everybody who sees reports") }).click();
        await look("report-save");
        await page.getByRole("button", { name: say("Save the report") }).click();
        await page.waitForURL(/#\/reports\/saved\/\d+/);
        await page.waitForSelector(`${whole} tbody tr`);
        const month = `${inDays(0).slice(0, 8)}01`;
        const bills = (await shop.json("documents", "--kind", "invoice", "--from", month, "--all")).filter(
            ({ state }) => state !== "DOCUMENT_REVERSED",
        );
        const sold = figure((await columnOf(page, whole, say("Sold"))).foot);
        same(sold, sum(bills.map(({ total_minor }) => total_minor)), "what the ledger sold this month");
        same(figure((await columnOf(page, whole, say("Unpaid"))).foot), sum(bills.map(({ open_minor }) => open_minor)));
        await look("report");
        const other = await dayIn("fa", shop, { login: "ketoan", hash: "#/reports" });
        await other.page.getByRole("link", { name: /خریداران این ماه/ }).click();
        await other.page.waitForSelector(`${whole} tbody tr`);
        same(figure((await columnOf(other.page, whole, say("Sold"))).foot), sold, "the accountant sees the same");
        await other.look("report");
        same(other.page.faults, []);
        await other.page.context().close();

        /* Everything is found from one place: a customer by a piece of the name, a paper by its amount, a setting. */
        const finds = async (typed, wanted) => {
            await page.waitForSelector(".find input");
            await type(typed);
            const option = page.locator(".find .combo-option", { hasText: wanted }).first();
            await option.waitFor();
            return option;
        };
        const at = (hash) => until(`${hash} is open`, () => page.url().endsWith(hash));
        await keys("/");
        await finds("آریا", "شرکت سازه آریا");
        await look("find-customer");
        await keys("Enter");
        await at(`#/customers/${(await card("K05")).row.customer}`);
        await page.waitForSelector(".card-facts");
        await look("customer");
        const [bill] = await shop.json("documents", "--customer", "K05", "--kind", "invoice");
        await keys("Control+k");
        await (await finds(persian(String(bill.total_minor)), bill.number)).click();
        await at(`#/documents/${bill.document}`);
        await page.waitForSelector("article.card .card-facts");
        await keys("Control+k");
        await finds(say("Credit policy"), say("Credit policy"));
        await look("find-setting");
        await keys("Enter");
        await at("#/policy");

        /* Somebody new. Before they are added it is seen what an accountant may do, and what not. */
        await to("#/people");
        await page.getByRole("button", { name: say("Add a person") }).click();
        await sheet.getByLabel(say("Name, as others know them")).fill("نگار احمدی");
        await sheet.getByLabel(say("Short name to log in with, as: lan")).fill("negar");
        await sheet.getByLabel(say("Role"), { exact: true }).selectOption({ label: say("accountant") });
        const rights = (await shop.json("call", "rights"))[0].rights.rights;
        const may = (right) => rights.find((each) => each.right === right).roles.includes("ROLE_ACCOUNTANT");
        same([may("RIGHT_MATCH"), may("RIGHT_APPROVE")], [true, false]);
        const [does, doesNot] = await sheet.locator(".role-summary p").allInnerTexts();
        ok(does.includes(say("match money to bills")) && !does.includes(say("approve sales over the limit")), does);
        ok(doesNot.includes(say("approve sales over the limit")), doesNot);
        await sheet.getByLabel(say("PIN, 4 to 12 digits")).fill("۵۸۳۱۹۲");
        await sheet.getByLabel(say("Password"), { exact: true }).fill("dar-anbar-2026");
        await look("person-new");
        await sheet.locator("button[type=submit]").click();
        await page.waitForSelector(".sheet", { state: "detached" });
        same([(await staff("negar")).role, (await staff("negar")).name], ["ROLE_ACCOUNTANT", "نگار احمدی"]);
        await look("people");
        STAFF.negar = { password: "dar-anbar-2026" };
        const negar = await desk(shop, { login: "negar", hash: "#/matching", language: "fa" });
        await negar.waitForSelector(".match-screen");

        /* Later they leave: what the shop loses is said before; their screen is closed at once. */
        await page.locator("tr", { hasText: "negar" }).click();
        await page.getByRole("button", { name: say("Block …") }).click();
        await page.waitForSelector(".sheet .rehearsal .over");
        await look("person-block");
        await sheet.locator(".button.danger").click();
        await page.waitForSelector(".sheet", { state: "detached" });
        ok((await staff("negar")).blocked);
        await negar.waitForSelector("input[type=password]");
        same(await negar.locator(".match-screen").count(), 0, "nothing is left on their screen");
        same(negar.faults, []);
        await negar.context().close();

        /* A person is erased: first what goes and what stays, then their code is typed. */
        const { row, record } = await card("MR");
        await to(`#/customers/${row.customer}`);
        await page.waitForSelector(".card-facts");
        await keys("?");
        await (await finds(say("Erase a person"), say("Erase a person"))).click();
        await page.waitForSelector(".erase-do");
        const [goes, stays] = await page.locator(".erase-list").allInnerTexts();
        ok(goes.includes(say("phone")) && goes.includes(say("notes")), goes);
        ok(plain(stays).includes("MR") && plain(stays).includes(String(record.changes)), stays);
        await look("erase");
        same((await card("MR")).row.name, NAME, "nothing is erased yet");
        await page.locator(".erase-do input").click();
        await type("MR");
        await page.locator(".erase-do .button").click();
        await page.waitForSelector(".erase [role=status]");
        await look("erased");
        ok(!(await page.innerText("body")).includes("رستگار"));
        const gone = await card("MR");
        same([gone.row.erased, JSON.stringify(gone).includes("رستگار")], [true, false]);
        same((await shop.json("documents", "--customer", "MR")).length, 2, "the papers stay");
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 150 },
);
