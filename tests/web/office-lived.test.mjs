/* What a day at the office showed: the board for the wall, names and codes, limits before they hold, old decisions. */
import { join } from "node:path";
import { fresh, part } from "./fresh.mjs";
import { company, ok, same, test, until } from "./harness.mjs";

const SHOTS = process.env.TEFTER_SHOTS;
const shot = async (page, name) => {
    if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};

/* What is cut of what stands in the figures and the feed. */
const cutOnWall = (page) =>
    page.$$eval(".board-tiles *, .feed *, .odds *", (all) =>
        all
            .filter(
                (each) =>
                    each.clientWidth > 0 &&
                    each.scrollWidth > each.clientWidth + 1 &&
                    getComputedStyle(each).overflowX !== "visible",
            )
            .map((each) => `${each.className}: ${each.textContent}`),
    );

test("the board for the wall: nothing of its lines is cut, and Esc or a button that the pointer brings leaves it", async () => {
    const shop = await company({ own: true });
    await shop.tefter("sell", "K06", "XM40=2");
    await shop.tefter("pay", "K06", "50000", "--into", "drawer FO").catch(() => undefined);
    for (const [width, height] of [
        [1920, 1080],
        [1280, 720],
    ]) {
        const page = await fresh(shop, { login: "owner", hash: "#/board", width, height });
        await page.waitForSelector(".board-tiles .figure .n");
        await page.keyboard.press("w");
        await page.waitForSelector(".wall .board");
        await shot(page, `wall-${width}`);
        same(await cutOnWall(page), []);
        ok(await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), "it is wider than the wall");
        same(await page.locator(".leave-wall").count(), 0);
        await page.mouse.move(300, 300);
        await page.mouse.move(320, 310);
        await page.locator(".leave-wall").click();
        await until("the button leaves it", async () => !(await page.$(".wall")));
        await page.waitForTimeout(60);
        await page.keyboard.press("w");
        await page.waitForSelector(".wall .board");
        await page.waitForTimeout(60);
        await page.keyboard.press("Escape");
        await until("Esc leaves it", async () => !(await page.$(".wall")));
        same(page.faults, []);
        await page.context().close();
    }
    await shop.end();
});

test("a customer's name is whole before their code is; with forced colours the current screen is marked", async () => {
    const shop = await company({ own: true });
    await shop.tefter(
        "customer",
        "add",
        "Eleni Vlachos and Sons",
        "--code",
        "Eleni-Vlachos-and-Sons-5f2c81",
        "--phone",
        "6944123456",
        "--area",
        "route 1",
        "--no-look",
    );
    const page = await fresh(shop, { login: "owner", hash: "#/customers", width: 1280, height: 720 });
    const name = page.locator(".customer-row .name-cell bdi", { hasText: "Eleni Vlachos" });
    await name.waitFor();
    await shot(page, "customers-name");
    ok(await name.evaluate((each) => each.scrollWidth <= each.clientWidth + 1), "the name is cut");
    await page.emulateMedia({ forcedColors: "active" });
    const outline = await page.$eval(".rail-item[aria-current]", (each) => getComputedStyle(each).outlineStyle);
    same(outline, "solid");
    await page.emulateMedia({ forcedColors: "none" });
    const asked = [];
    page.on("request", (request) => request.url().endsWith("/trust/root.crt") && asked.push(request.url()));
    for (const hash of ["#/people", "#/customers", "#/people"]) {
        await page.evaluate((to) => (location.hash = to), hash);
        await page.waitForSelector(hash === "#/people" ? ".matrix" : ".customer-row");
        await page.waitForTimeout(300);
    }
    same(asked.length, 1);
    ok(/Amounts in ₫, the most for one at a time/.test(await page.locator(".matrix thead").innerText()));
    await shop.end();
});

test("a limit of one customer says before it holds what it would do to their next sale", async () => {
    const shop = await company({ own: true });
    await shop.tefter("sell", "K01", "XM40=10");
    const page = await fresh(shop, { login: "owner", hash: "#/customers/1", width: 1366, height: 768 });
    const [told] = await shop.json("call", "customer_card", "code=K01");
    await page.evaluate((to) => (location.hash = to), `#/customers/${(told.customer_card ?? told).row.customer}`);
    await page.getByText("Xây dựng Phú Mỹ").first().waitFor();
    await page.getByRole("button", { name: "Set the limit" }).first().click();
    const field = page.getByRole("dialog").getByLabel("They may owe");
    await field.fill("500000");
    const said = page.getByRole("dialog").locator(".rehearsal-head");
    await until("it says whom it stops", async () =>
        /Would stop their next sale on credit: they are over it by 418,000/.test(await said.innerText()),
    );
    await shot(page, "limit-rehearsed");
    await field.fill("1000000");
    await until("or not", async () => /Would not stop their next sale: 82,000/.test(await said.innerText()));
    await shop.end();
});

test("an old approval says when and by whom it was decided", async () => {
    const shop = await company({ own: true });
    await shop.tefter("customer", "limit", "K01", "100000", "--policy", "approve");
    await shop.tefter("sell", "K01", "XM40=10", "--ask").catch(() => undefined);
    const [row] = await shop.json("approval", "list");
    await shop.tefter("approval", "refuse", String(row.approval), "--reason", "first pay");
    const page = await fresh(shop, { login: "quan", hash: "#/approvals", width: 1366, height: 768 });
    const line = page.locator(".ask.done").first();
    await line.waitFor();
    await until("it says when", async () => /decided \d\d:\d\d/.test(await line.innerText()));
    ok(/Refused by/.test(await line.innerText()));
    await line.click();
    const told = page.locator(".bar-sticky .notice");
    await until("and where it is opened", async () => /decided \d\d:\d\d/.test(await told.innerText()));
    ok(!/while you looked/.test(await told.innerText()));
    await shot(page, "approval-old");
    await shop.end();
});

test("my day follows a till that somebody else closed", async () => {
    const shop = await company({ own: true });
    const other = await fresh(shop, { login: "owner", hash: "#/board" });
    await other.goto(`${shop.url}/core`);
    await other.waitForFunction(() => tefter.me.value && tefter.line.value.kind === "live");
    const till = await other.evaluate(async () => {
        const asked = await tefter.ask("money_accounts", {});
        const { money_account } = asked.answer.money_accounts.find((each) => each.name === "drawer FO");
        await tefter.submit("open_till", { money_account, float_minor: 0n }).ended;
        return money_account;
    });
    const page = await fresh(shop, { login: "fourth", hash: "#/day", width: 1366, height: 768 });
    await page.getByText("Count and close drawer FO").waitFor();
    await other.evaluate(async (money_account) => {
        await tefter.submit("count_till", { money_account, counted_minor: 0n }).ended;
        await tefter.submit("close_till", { money_account }).ended;
    }, till);
    await page.getByText("Open drawer FO").waitFor({ timeout: 4000 });
    await shop.end();
});

test("a new tab says that it begins with the password", async () => {
    const shop = await company({ own: true });
    const page = await fresh(shop, { login: "fourth", hash: "#/sale", width: 1366, height: 768 });
    const second = await page.context().newPage();
    await second.goto(`${shop.url}/#/sale`);
    await second.getByText("A new tab or window begins with the password.").waitFor();
    await shot(second, "second-tab");
    await shop.end();
});

test("names of another direction keep their place; devices, tills and charts say what is counted", async () => {
    const { apart, named } = await part("kit/money.tsx");
    same(apart("رضا کریمی"), "\u2068رضا کریمی\u2069");
    same(named(["رضا کریمی", "West Harbour"]), "\u2068رضا کریمی\u2069, West Harbour");
    const shop = await company({ own: true });
    const page = await fresh(shop, { login: "owner", hash: "#/board", width: 390, height: 844 });
    const card = page.locator(".narrow-table .cards li", { hasText: "Fourth counter" });
    await until("what is counted is said", async () => /1 of 1 device · till closed/.test(await card.innerText()));
    const charts = await page.locator(".charts").innerText();
    ok(/chart in ₫ · together 0\s*₫/.test(charts), charts);
    await shop.end();
});
