/*
 * Every screen as people meet it: five languages, light and dark, desk and phone. What is asserted is what must never be:
 * an amount that is cut, a page that is wider than its window, a region that moves when a change is pushed. With
 * TEFTER_PICTURES=FOLDER every picture is kept.
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { ok, same, test, until, within } from "./harness.mjs";
import { faultsOf } from "./faults.mjs";
import { axe, fresh } from "./fresh.mjs";
import { trading } from "./trading.mjs";

const PICTURES = process.env.TEFTER_PICTURES;
const LANGUAGES = (process.env.TEFTER_LANGUAGES ?? "fa el").split(" ");
const SIZES = {
    desk: { width: 1440, height: 900 },
    phone: { width: 390, height: 844, isMobile: true, hasTouch: true },
};

let shared;
const shop = () => (shared ??= trading());

const SCREENS = async () => {
    const { asked, paper } = await shop();
    return [
        ["board", "#/board", ".board-tiles .figure .n"],
        ["approvals", "#/approvals", ".ask"],
        ["approval", `#/approvals/${asked[0].approval}`, ".approve"],
        ["customers", "#/customers", "[data-customer]"],
        ["customer", "#/customers/8", ".card-facts"],
        ["paper", `#/documents/${paper}`, ".card-facts"],
        ["alarms", "#/alarms", ".alarms"],
        ["documents", "#/documents", ".long-list [data-row]"],
        ["matching", "#/matching", ".match-bills, .match-row"],
        ["money", "#/money", ".money-groups [data-row]"],
        ["tills", "#/tills", ".list-panel [data-row]"],
        ["books", "#/books", ".list-panel tfoot"],
        ["sale", "#/sale", ".goods-field input"],
        ["payment", "#/payment", ".customer-field input"],
        ["papers", "#/papers", ".screen, .counter"],
        ["day", "#/day", ".day"],
        ["till", "#/day/till", ".till"],
        ["people", "#/people", "table"],
        ["settings", "#/settings", ".setting"],
        ["limits", "#/limits", "table"],
        ["import", "#/import", ".import-drop"],
        ["recovery", "#/recovery", ".recovery, .region-note"],
    ];
};

const settled = async (page, ready) => {
    await page.waitForSelector(ready, { timeout: within(4000) });
    await page
        .waitForFunction(() => !document.querySelector("main .bones, #main .bones, [aria-busy=true]"), undefined, {
            timeout: within(5000),
        })
        .catch(() => undefined);
    await page.evaluate(async () => {
        await document.fonts.ready;
        await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    });
};
async function keep(page, name) {
    if (PICTURES === undefined) return;
    await mkdir(PICTURES, { recursive: true });
    await page.waitForTimeout(250);
    await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
const at = (page, hash) =>
    page.evaluate((to) => {
        location.hash = to;
    }, hash);

for (const [name, size] of Object.entries(SIZES))
    test(
        `look: every screen on a ${name}, light and dark: no amount is cut, nothing leaves the page, axe finds nothing serious`,
        async () => {
            const company = await shop();
            const page = await fresh(company, { login: "owner", hash: "#/board", ...size });
            const wrong = [];
            for (const language of LANGUAGES) {
                await page.goto(`${company.url}/?lang=${language}#/board`);
                await page.waitForSelector(`html[lang=${language}] .frame`);
                for (const [screen, hash, ready] of await SCREENS()) {
                    await at(page, hash);
                    try {
                        await settled(page, ready);
                    } catch {
                        wrong.push(`${screen} ${language}: never shown`);
                        continue;
                    }
                    for (const theme of ["light", "dark"]) {
                        await page.emulateMedia({ colorScheme: theme });
                        for (const fault of await page.evaluate(faultsOf))
                            wrong.push(`${screen} ${name} ${language} ${theme}: ${fault}`);
                        await keep(page, `${screen}-${name}-${language}-${theme}`);
                    }
                    /* each screen once a language: light at the desk in one, dark on the phone in the next */
                    if ((LANGUAGES.indexOf(language) % 2 === 0) === (name === "desk"))
                        for (const fault of await axe(page, ["label-content-name-mismatch"]))
                            wrong.push(`${screen} ${name} ${language}: ${fault}`);
                    await page.emulateMedia({ colorScheme: "light" });
                }
            }
            same(wrong, []);
            same(page.faults, []);
            await page.context().close();
        },
        { seconds: 200 },
    );

const boxes = (page) =>
    page
        .locator(
            "main .panel, #main .panel, main .tile, #main .tile, #main .panel-head, #main .field, #main .button, .head",
        )
        .evaluateAll((all) =>
            all.map((each) => {
                const { x, y, width, height } = each.getBoundingClientRect();
                return [x, y + scrollY, width, height].map(Math.round).join(" ");
            }),
        );

test(
    "look: a change that is pushed moves no region of any screen that shows it",
    async () => {
        const company = await shop();
        for (const size of Object.values(SIZES)) {
            const page = await fresh(company, { login: "owner", query: "?lang=fa", hash: "#/board", ...size });
            for (const [screen, hash, ready] of (await SCREENS()).filter(([name]) =>
                ["board", "approvals", "customers", "sale", "payment", "people"].includes(name),
            )) {
                await at(page, hash);
                await settled(page, ready);
                const seq = () => page.evaluate(() => document.querySelector(".line-mark")?.textContent ?? "");
                await page.waitForTimeout(300);
                const before = await boxes(page);
                const told = await seq();
                await company.tefter("sell", "K06", "GACH6=1");
                if (size === SIZES.desk) await until(`${screen} heard of it`, async () => (await seq()) !== told);
                await page.waitForTimeout(300);
                same(await boxes(page), before, screen);
            }
            same(page.faults, []);
            await page.context().close();
        }
    },
    { seconds: 60 },
);

test(
    "look: a sale and a payment by the keyboard alone; at 200 % and in forced colours nothing is out of reach",
    async () => {
        const company = await shop();
        const page = await fresh(company, { login: "owner", hash: "#/board", width: 1440, height: 900 });
        await page.waitForSelector(".board-tiles .figure .n");
        const keys = async (...all) => {
            for (const key of all) await page.keyboard.press(key);
        };
        const typed = (text) => page.keyboard.type(text, { delay: 45 });
        const owes = async () => Number((await company.json("customer", "show", "K08"))[0].account.balance_minor);
        const before = await owes();

        await keys("g", "s");
        await page.waitForSelector(".goods-field input");
        await until("the cursor is where goods are typed", () =>
            page.evaluate(() => document.activeElement?.closest(".goods-field") !== null),
        );
        await page.waitForTimeout(within(500));
        await typed("XM40");
        await page.waitForSelector(".goods-field .combo-option");
        await keys("Enter");
        await until("a line", () => page.$(".goods [data-row]"));
        await typed("2");
        await keys("Enter");
        await typed("/");
        await typed("K08");
        await page.waitForSelector(".customer-field .combo-option");
        await keys("Enter");
        await page.waitForSelector(".band-cell .terms");
        await until("it may be sold", () => page.$(".commit:not([aria-disabled])"));
        await keys("F9");
        await until("it is booked", async () => (await owes()) === before + 183_600);

        await keys("Escape");
        await page.evaluate(() => document.activeElement?.blur());
        await keys("g", "p");
        await page.waitForSelector(".screen .customer-field input, .counter .customer-field input");
        await page.keyboard.type("K08", { delay: 45 });
        await page.waitForSelector(".customer-field .combo-option");
        await keys("Enter");
        await page.waitForSelector(".big-amount input");
        await until("the cursor is where money is typed", () =>
            page.evaluate(() => document.activeElement?.closest(".big-amount") !== null),
        );
        await typed("183600");
        await page.waitForSelector(".bills");
        await page.waitForTimeout(within(300));
        await keys("F9");
        await until("it is taken", async () => (await owes()) === before);

        /* A window of half the size is what 200 % makes of it. */
        await page.setViewportSize({ width: 720, height: 450 });
        const wrong = [];
        for (const [screen, hash, ready] of await SCREENS()) {
            await at(page, hash);
            await settled(page, ready);
            for (const fault of await page.evaluate(faultsOf)) wrong.push(`${screen} at 200 %: ${fault}`);
        }
        same(wrong, []);

        await page.setViewportSize({ width: 1440, height: 900 });
        await page.emulateMedia({ forcedColors: "active" });
        await at(page, "#/board");
        await settled(page, ".board-tiles .figure .n");
        await page.waitForSelector(".bar.tall > i");
        const shown = await page.evaluate(() => ({
            bar: [...document.querySelectorAll(".bar.tall > i")].every(
                (part) => getComputedStyle(part).backgroundColor !== getComputedStyle(document.body).backgroundColor,
            ),
            panel: getComputedStyle(document.querySelector(".panel")).borderTopStyle,
            focus: getComputedStyle(document.querySelector(".rail a")).color,
        }));
        same([shown.bar, shown.panel], [true, "solid"], JSON.stringify(shown));
        await keep(page, "board-forced-colours");
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 60 },
);
