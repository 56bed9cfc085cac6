/*
 * A controller's day, in Chinese: whom to call and what they said, nobody sells to one on credit until a day, two records of
 * one customer, a policy rehearsed before it holds, a sale that waits, money that came; and what is on record of all that.
 */
import { company, ok, same, STAFF, test, until } from "./harness.mjs";
import { ago } from "./desk.mjs";
import { dayIn, figure, figures, inDays, plain } from "./day.mjs";

/* What the night left: bills that are late, one customer twice, three without a limit of their own, a sale over the limit. */
async function morning() {
    const shop = await company({ own: true });
    const { tefter } = shop;
    const add = (name, code) =>
        tefter("customer", "add", name, "--code", code, "--phone", "020 8131 0001", "--area", "天河", "--no-look");
    const late = (customer, bags, days) =>
        tefter("sell", customer, `XM40=${bags}`, "--date", ago(days + 30), "--due", ago(days), "--backfill");
    await late("K04", 20, 45); /* 1,836,000 */
    await late("K02", 10, 12); /* 918,000 */
    await late("K06", 5, 3); /* 459,000 */
    await add("白莲花家具", "K12"); /* who is K02 */
    await tefter("customer", "limit", "K12", "1000000");
    await tefter("sell", "K12", "XM40=5");
    await tefter("policy", "set", "--limit", "5000000");
    for (const [name, code, bags] of [
        ["顺达建材", "K21", 20],
        ["宏远装饰", "K22", 30],
        ["金桥五金", "K23", 40],
    ]) {
        await add(name, code);
        await tefter("sell", code, `XM40=${bags}`);
    }
    await tefter("customer", "limit", "K01", "4050000", "--policy", "approve");
    await tefter("sell", "K01", "XM40=60", "--ask=星期四付款").catch(() => undefined);
    return shop;
}

test(
    "the day of a controller: calls, a lock, two records made one, a rehearsed policy, an approval, money matched, the log",
    async () => {
        const shop = await morning();
        const card = async (code) => (await shop.json("customer", "show", code))[0];
        const byNumber = async (customer) =>
            (await shop.json("call", "CustomerCard", JSON.stringify({ customer })))[0].customer_card;
        const { say, sayMany, page, to, keys, type, look } = await dayIn("zh", shop, { login: "mai", hash: "#/calls" });
        const button = (text, within = page) => within.getByRole("button", { name: text });

        /* Whom to call, in the order of the command line. The first one promises to pay in a week. */
        const calls = await shop.json("calls");
        same(calls.length, 3);
        await until("three to call", async () => (await page.locator(".call-row").count()) === 3);
        same(
            await page.locator(".call-row").evaluateAll((rows) => rows.map((row) => Number(row.dataset.customer))),
            calls.map(({ who }) => who.customer),
        );
        same(
            await figures(page.locator(".call-row .call-late > :first-child")),
            calls.map(({ account }) => BigInt(account.overdue_minor)),
        );
        same(calls[0].who.code, "K04");
        await page.locator(".call-form").getByText(say("Reached"), { exact: true }).click();
        await page.locator(".call-form textarea").click();
        await type("答应一周内付清");
        await page.locator(".call-form").getByText(say("in a week"), { exact: true }).click();
        await look("calls");
        await keys("F9");
        await until("they leave the list", async () => (await page.locator(".call-row").count()) === 2);
        const [note] = await shop.json("customer", "notes", "K04");
        same(
            [note.text, note.kind, note.result, note.again],
            ["答应一周内付清", "NOTE_CALL", "CALL_REACHED", inDays(7)],
        );
        const { who } = (await shop.json("calls", "--which", "all")).find((row) => row.who.code === "K04");
        same([who.again, who.contact_result], [inDays(7), "CALL_REACHED"], "they come back on their day");

        /* One moved away: nothing more on credit for 30 days. The till says why; money is taken as ever. */
        await to(`#/customers/${(await card("K03")).row.customer}`);
        await page.locator(".card-actions .button", { hasText: say("Lock") }).waitFor();
        await keys("Shift+KeyL");
        await page.locator(".sheet input").first().click();
        await type("搬走了，等对账");
        await page.locator(".sheet .day-field").getByText(say("in 30 days"), { exact: true }).click();
        await look("lock");
        await page.click(".sheet button[type=submit]");
        await page.waitForSelector(".notice.over >> text=搬走了，等对账");
        await look("locked");
        const locked = (await card("K03")).row;
        same([locked.locked, locked.lock_reason, locked.locked_until], [true, "搬走了，等对账", inDays(30)]);
        const refused = await shop.tefter("sell", "K03", "XM40=1").then(
            () => "sold",
            (fault) => String(fault.stderr),
        );
        ok(refused.includes("搬走了，等对账"), refused);
        await shop.tefter("pay", "K03", "1000", "--transfer", "VCB 0071", "--reference", "VCB 1");

        /* One customer has two records: what it would come to, done, taken apart, done again. */
        const [from, into] = [(await card("K12")).row.customer, (await card("K02")).row.customer];
        const merge = async () => {
            await to(`#/customers/${from}`);
            await page.locator(".card-actions .button", { hasText: say("Merge") }).click();
            await page.locator(".sheet input").first().click();
            await type("K02");
            await page.waitForSelector(".sheet [role=option]");
            await keys("Enter");
            await page.waitForSelector(".merge-preview");
        };
        await merge();
        const [preview] = await shop.json("customer", "merge", "K12", "K02", "--what-if");
        same(preview.balance_minor, 918_000 + 459_000);
        same(figure(await page.innerText(".merge-preview .total")), BigInt(preview.balance_minor));
        ok(
            plain(await page.innerText(".merge-preview"))
                .replace(/\D/g, "")
                .includes(String(preview.available_minor)),
        );
        same((await byNumber(from)).row.merged_into, undefined, "nothing is done yet");
        await look("merge");
        await button(say("Merge into {code}", { code: "K02" })).click();
        await until("the record that stays", () => page.url().endsWith(`#/customers/${into}`));
        same((await card("K12")).row.customer, into, "the old code leads on");
        same((await card("K02")).account.available_minor, preview.available_minor);
        await to(`#/customers/${from}`);
        await button(say("They are two after all …")).click();
        await page.waitForSelector(".sheet form");
        ok((await byNumber(from)).row.merged_into !== undefined, "it asks first");
        await page.click(".sheet form .button");
        await until("two again", async () => (await byNumber(from)).row.merged_into === undefined);
        same(
            [(await card("K12")).account.balance_minor, (await card("K02")).account.balance_minor],
            [459_000, 918_000],
        );
        await until("the record says so", async () => (await page.locator(".notice.late").count()) === 0);
        await merge();
        await button(say("Merge into {code}", { code: "K02" })).click();
        await until("one again", async () => (await byNumber(from)).row.merged_into === into);

        /* A lower limit for who has none of their own: first how many it would stop now. */
        const three = (await shop.json("customer", "list")).filter(({ account }) => account.limit_minor === 5_000_000);
        same(three.length, 3);
        const stopped = three.filter(({ account }) => account.balance_minor > 2_000_000).length;
        await keys("?");
        await page.waitForSelector(".find input");
        await type(say("Credit policy"));
        await keys("Enter");
        await page.waitForSelector(".sheet", { state: "detached" });
        await page.getByLabel(say("They may owe"), { exact: true }).fill("2000000");
        await page.waitForSelector(".rehearsal .over");
        const stops = sayMany("Would stop {count} customer now", "Would stop {count} customers now", stopped, {
            count: String(stopped),
        });
        same(await page.innerText(".rehearsal-head b"), stops);
        same(await page.locator(".rehearsal tbody tr").count(), stopped);
        await look("policy");
        const policy = async () => (await shop.json("call", "company"))[0].company.policy.limit_minor;
        same(await policy(), 5_000_000, "a rehearsal changes nothing");
        await keys("F9");
        await until("it holds", async () => (await policy()) === 2_000_000);
        const over = (await shop.json("customer", "list", "--over-limit")).map(({ who }) => who.code);
        same(over.sort(), ["K22", "K23"], "those whom it named");

        /* One of them is good for more: a limit of their own. */
        await to(`#/customers/${(await card("K22")).row.customer}`);
        await page.waitForSelector(".card-facts");
        await keys("l");
        await page.locator(".sheet").getByLabel(say("They may owe"), { exact: true }).fill("350万");
        await look("limit");
        await page.click(".sheet button[type=submit]");
        await page.waitForSelector(".sheet", { state: "detached" });
        const { account } = await card("K22");
        same([account.limit_minor, account.available_minor], [3_500_000, 3_500_000 - 2_754_000]);

        /* A sale waits: how it adds up, what the clerk says; nothing without a reason. */
        const [{ approval }] = await shop.json("approval", "list");
        const asked = async () => (await shop.json("call", "ApprovalView", `approval=${approval}`))[0].approval.row;
        await keys("g", "a");
        await page.waitForSelector(".approve");
        const shown = await page.innerText(".approvals-one");
        ok(shown.includes("星期四付款"), shown);
        ok(
            plain(shown)
                .replace(/,/g, "")
                .includes(String((await asked()).over_by_minor)),
            shown,
        );
        await page.click(".approve");
        same((await asked()).state, "APPROVAL_WAITING", "not without a reason");
        await page.locator(".reasons").getByText(say("Long-time customer"), { exact: true }).click();
        await look("approval");
        await page.click(".approve");
        await until("it is approved", async () => (await asked()).state === "APPROVAL_GRANTED");
        const granted = await asked();
        same([granted.decided_login, granted.reason], ["mai", say("Long-time customer")]);
        await page.waitForSelector(`.bar-sticky >> text=${STAFF.mai.name}`);
        await look("approved");
        await shop.tefter("approval", "sell", String(approval));
        same((await card("K01")).account.balance_minor, 5_508_000);

        /* The money that was promised came early. It is the amount of a bill: one key. */
        await shop.tefter("pay", "K04", "1836000", "--transfer", "VCB 0071", "--reference", "VCB 2", "--unmatched");
        const [bill] = (await shop.json("call", "UnpaidBills", "code=K04"))[0].unpaid_bills.bills;
        await keys("g", "m");
        const money = page.locator(".match-row", { hasText: "VCB 2" });
        await money.locator(".match-open").click();
        same(await money.locator(".match-why").innerText(), say("amount of {bills}", { bills: bill.number }));
        await until("its bill is ticked", async () => (await page.locator(".match-bills tr.ticked").count()) === 1);
        await until("it says what it comes to", async () =>
            (await page.innerText(".match-commit button")).includes("1,836,000"),
        );
        same((await figures(page.locator(".match-sums dd b"))).slice(0, 2), [0n, 0n], "nothing is left of both");
        await look("matching");
        await keys("F9");
        await page.waitForSelector(".match-last[data-state=written]");
        const after = (await shop.json("call", "UnpaidBills", "code=K04"))[0].unpaid_bills;
        same([Number(after.bills_minor ?? 0), Number(after.credits_minor ?? 0)], [0, 0]);
        await look("matched");

        /* Lunch: the screen is locked, and the first PIN was a wrong one. */
        await keys("Control+k");
        await page.waitForSelector(".find input");
        await type(say("Lock now"));
        await keys("Enter");
        await page.waitForSelector(".lock input");
        await type("1928");
        await keys("Enter");
        await page.waitForSelector(".lock .field-note.wrong:not(:empty)");
        await page.fill(".lock input", STAFF.mai.pin);
        await keys("Enter");
        await until("it is open", async () => (await page.locator(".lock").count()) === 0);

        /* Who changed what stands where it was changed … */
        await to(`#/customers/${(await card("K03")).row.customer}`);
        const changes = page.locator(`table[aria-label='${say("Changes")}']`);
        await until("the lock is on record", async () => (await changes.innerText()).includes("搬走了，等对账"));
        ok((await changes.innerText()).includes(STAFF.mai.name), "with who did it");
        await look("changes");
        same(page.faults, []);
        await page.context().close();

        /* … and who came in, or tried to, in the log, which the owner reads. */
        const owner = await dayIn("zh", shop, { login: "owner", hash: "#/audit" });
        const rows = owner.page.locator(".report-panel tbody tr");
        await owner.page.waitForSelector(".report-panel tbody tr");
        await owner.page.getByLabel(say("Person")).selectOption({ label: STAFF.mai.name });
        const staff = (await shop.json("call", "staff"))[0].staff.staff.find((each) => each.login === "mai").staff;
        const log = await shop.json("audit", "--staff", String(staff));
        await until("only theirs", async () => (await rows.count()) === log.length);
        const told = await rows.allInnerTexts();
        ok(
            told.every((row) => row.includes(STAFF.mai.name)),
            told.join("\n"),
        );
        for (const [event, text] of [
            ["login_ok", say("Logged in")],
            ["pin_wrong", say("Wrong PIN")],
        ])
            same(
                told.filter((row) => row.includes(text)).length,
                log.filter((line) => line.event === event).length,
                text,
            );
        await owner.look("audit");
        await owner.to("#/policy");
        await owner.page.waitForSelector(`.history li:first-child >> text=${STAFF.mai.name}`);
        ok((await owner.page.innerText(".history li:first-child")).includes("2,000,000"));
        await owner.look("policy-history");
        same(owner.page.faults, []);
        await owner.page.context().close();
        await shop.end();
    },
    { seconds: 120 },
);
