/*
 * An owner's first day, in Persian: from the founding link to three tills, two thousand customers out of a file, limits,
 * and the first sale on a phone. Nothing is given to them but that link.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { bin, chance, chromium, end, folder, freePort, ok, same, start, test, until, within } from "./harness.mjs";
import { axe, part, serveFresh } from "./fresh.mjs";

const COUNT = 2000;
const PIN = "۲۴۶۸۱۰",
    PASSWORD = "tefter2026";

/* What a shop's old program writes: a table of text, in Persian. */
function debts() {
    const next = chance(19);
    const rows = Array.from({ length: COUNT }, (_, at) => [
        `M${String(at + 1).padStart(4, "0")}`,
        `${["مصالح کاوه", "ساختمانی آریا", "شرکت سازه", "فروشگاه بهار"][next(4)]} ${at + 1}`,
        `0912${String(1_000_000 + at)}`,
        String(10_000 * (1 + next(90_000))),
    ]);
    const total = rows.reduce((sum, row) => sum + Number(row[3]), 0);
    const text = [["کد مشتری", "نام", "تلفن", "بدهی"], ...rows].map((row) => row.join(",")).join("\r\n");
    return { total, bytes: Buffer.from(`\uFEFF${text}`) };
}

test(
    "the first day of an owner: founded by the link, three tills, staff, two thousand customers, limits, a sale on a phone",
    async () => {
        const { say, setLanguage, fetchWords } = await part("kit/words.ts");
        await setLanguage("fa");
        await fetchWords();
        const at = await folder(),
            port = await freePort(),
            url = `http://127.0.0.1:${port}`;
        const server = start(join(bin, "tefterd"), [
            "found",
            "--ledger",
            join(at, "ledger"),
            "--listen",
            "127.0.0.1:0",
            "--web",
            `127.0.0.1:${port}`,
        ]);
        const link = await until(
            `a link is printed: ${server.said}`,
            () => /http:\S+#found=\S+/.exec(server.said)?.[0],
        );
        const open = async (address, size = { width: 1440, height: 900 }) => {
            const context = await (
                await chromium()
            ).newContext({
                viewport: { width: size.width, height: size.height },
                locale: "fa-IR",
                timezoneId: "Asia/Tehran",
                ...size,
            });
            context.setDefaultTimeout(within(15_000));
            await serveFresh(context, url);
            const page = await context.newPage();
            page.faults = [];
            page.on("pageerror", (fault) => page.faults.push(fault));
            await page.goto(address);
            return page;
        };
        const latin = (text) =>
            text.replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0)).replace(/[^0-9]/g, "");

        /* The company. */
        const page = await open(link);
        await page.getByLabel(say("Company, as on your papers")).fill("مصالح البرز");
        await page.getByLabel(say("First branch")).fill("کرج");
        await page.getByLabel(say("Your name")).fill("آناهیتا کاوه");
        await page.getByLabel(say("Your PIN, four digits or more")).fill(PIN);
        await page.locator("button[type=submit], .button.filled").last().click();
        await page.waitForSelector(".recovery-code");
        await page.getByRole("button", { name: say("I have it, go on") }).click();
        await page.waitForSelector(".first-steps");
        same(await page.evaluate(() => document.documentElement.dir), "rtl");
        const to = (hash, there = page) => there.evaluate((where) => void (location.hash = where), hash);

        /* What is sold, and a till for each of three counters. */
        const step = (text) => page.locator(".first-steps li", { hasText: say(text) });
        await step("What you sell").getByRole("button").click();
        await page.getByLabel(say("Name"), { exact: true }).fill("سیمان تیپ ۲");
        await page.getByLabel(say("Code"), { exact: true }).fill("CEM2");
        await page.getByLabel(say("Unit"), { exact: true }).fill("کیسه");
        await page.getByLabel(say("Price of one, without tax")).fill("۹۵۰۰۰۰");
        await page.locator(".sheet .button.filled").click();
        await page.waitForSelector(".sheet", { state: "detached" });
        for (const name of ["صندوق ۱", "صندوق ۲", "صندوق ۳"]) {
            await page.keyboard.press("?");
            await page.keyboard.type(say("Add a till"));
            await page.keyboard.press("Enter");
            await page.getByLabel(say("Name"), { exact: true }).fill(name);
            await page.locator(".sheet .button.filled").click();
            await page.waitForSelector(".sheet", { state: "detached" });
        }

        /* Staff with a PIN, and three devices by their links. */
        await to("#/people");
        for (const [name, login] of [
            ["رضا امینی", "reza"],
            ["مینا راد", "mina"],
        ]) {
            await page.getByRole("button", { name: say("Add a person") }).click();
            await page.getByLabel(say("Name, as others know them")).fill(name);
            await page.getByLabel(say("Short name to log in with, as: lan")).fill(login);
            await page.getByLabel(say("PIN, 4 to 12 digits")).fill("1357");
            await page.getByLabel(say("Password"), { exact: true }).fill(PASSWORD);
            await page.locator(".sheet .button.filled").click();
            await page.waitForSelector(".sheet", { state: "detached" });
            await page.waitForSelector(`table >> text=${name}`);
        }
        const devices = [];
        for (const [name, size] of [
            ["پیشخوان ۲", undefined],
            ["پیشخوان ۳", undefined],
            ["گوشی", { width: 390, height: 844, isMobile: true, hasTouch: true }],
        ]) {
            await page
                .getByRole("button", { name: say("Add a device") })
                .first()
                .click();
            await page.getByLabel(say("Name"), { exact: true }).fill(name);
            await page.getByRole("button", { name: say("Make its code") }).click();
            const code = (await page.locator(".enrol-code").innerText()).trim();
            const device = await open(`${url}/#enrol=${code}`, size);
            await device.waitForSelector("input[autocomplete=username]");
            devices.push(device);
            await page.keyboard.press("Escape");
            await page.waitForSelector(".sheet", { state: "detached" });
        }

        /* Two thousand customers, and what they owe. */
        const { total, bytes } = debts();
        await to("#/import");
        await page.setInputFiles("input[type=file]", { name: "بدهی.csv", mimeType: "text/csv", buffer: bytes });
        await page.waitForSelector(".file-columns select", { timeout: within(20_000) });
        await until("it may be tried", () => page.$(".foot .filled:not([aria-disabled])"));
        await page.keyboard.press("F9");
        await page.waitForSelector(".adds-up", { timeout: within(20_000) });
        await until("it may be booked", () => page.$(".foot .filled:not([aria-disabled])"));
        await page.keyboard.press("F9");
        await page.waitForSelector(`.adds-ledger.is-same >> text=/^${say("Ledger")}$/`, { timeout: within(40_000) });
        const sums = await page.$$eval(".adds-up .adds-part .n, .adds-up .adds-all > .n", (all) =>
            all.map((each) => each.textContent),
        );
        same(latin(sums.at(-1)), String(total), "file and ledger are the same");

        /* Limits from what they owe. */
        await to("#/limits");
        await page.waitForSelector(".limit-formula .button.filled:not([aria-disabled])", { timeout: within(20_000) });
        await page.locator(".limit-formula .button.filled").click();
        await to("#/customers");
        await page.waitForSelector("[data-customer]");
        await until(
            "nobody is without a limit",
            async () => !(await page.innerText(".customers-scroll")).includes(say("no limit")),
            40_000,
        );
        await to("#/board");
        await until(
            "the board has it",
            async () =>
                latin(await page.locator(".board-tiles .tile").first().locator(".figure .n").innerText()) ===
                String(total),
        );

        /* The first sale, on the phone, by somebody who was added today. */
        const phone = devices.at(-1);
        await phone.fill("input[autocomplete=username]", "mina");
        await phone.fill("input[type=password]", PASSWORD);
        await phone.keyboard.press("Enter");
        await phone.waitForSelector(".frame");
        await to("#/sale", phone);
        await phone.fill(".goods-field input", "CEM2");
        await phone.waitForSelector(".goods-field .combo-option");
        await phone.locator(".goods-field .combo-option").first().click();
        await phone.fill(".customer-field input", "M0007");
        await phone.waitForSelector(".customer-field .combo-option");
        await phone.locator(".customer-field .combo-option").first().click();
        await until("it may be sold", () => phone.$(".commit:not([aria-disabled])"));
        ok(
            await phone.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth),
            "the sale is as wide as the phone",
        );
        same(await axe(phone, ["label-content-name-mismatch"]), []);
        await phone.locator(".commit").click();
        await phone.waitForSelector(".strip[data-state=taken]");
        await until(
            "the owner sees it",
            async () =>
                Number(latin(await page.locator(".board-tiles .tile").first().locator(".figure .n").innerText())) >
                total,
        );
        ok((await readFile(join(at, "ledger", "format"), "utf8")).length > 0);
        for (const one of [page, ...devices]) {
            same(one.faults, []);
            await one.context().close();
        }
        await end(server);
    },
    { seconds: 150 },
);
