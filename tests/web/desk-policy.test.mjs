/* An owner's hour in Persian: a product sold by scan, prices from tomorrow, a bound taken away and a limit lowered after rehearsals. */
import { join } from "node:path";
import { company, ok, same, test, until } from "./harness.mjs";
import { axe, fresh, part } from "./fresh.mjs";
import { customer, scan } from "./at_counter.mjs";

const SHOTS = process.env.TEFTER_SHOTS;
const shot = async (page, name) => SHOTS !== undefined && page.screenshot({ path: join(SHOTS, `${name}.png`) });
const PACK = "8934567009992";
const latin = (text) => text.replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0));

async function hour() {
    const shop = await company({ own: true });
    for (const [code, name, goods] of [
        ["K11", "مصالح کاوه", "XM40=20"],
        ["K12", "ساختمانی آریا", "XM40=30"],
    ]) {
        await shop.tefter(
            "customer",
            "add",
            name,
            "--code",
            code,
            "--phone",
            `0912${code}`,
            "--area",
            "route 2",
            "--no-look",
        );
        await shop.tefter("policy", "set", "--limit", "5000000").catch(() => undefined);
        await shop.tefter("sell", code, goods);
    }
    const { say, sayMany, setLanguage, fetchWords } = await part("kit/words.ts");
    await setLanguage("fa");
    await fetchWords();
    const page = await fresh(shop, {
        login: "owner",
        query: "?lang=fa",
        hash: "#/catalogue/new",
        width: 1440,
        height: 900,
    });
    await page.waitForSelector("html[dir=rtl] .frame");
    const to = (hash) => page.evaluate((where) => void (location.hash = where), hash);
    return { shop, page, say, sayMany, to };
}

test(
    "an owner's hour in Persian: a pack sold by scan, prices from tomorrow, no discount for clerks, a lower limit",
    async () => {
        const { shop, page, say, sayMany, to } = await hour();
        const field = (text) => page.getByLabel(say(text), { exact: true });

        /* A product with a pack, sold by the pack's barcode. */
        await field("Name").fill("چسب کاشی");
        await field("Code").fill("CHASB");
        await field("Unit").fill("کیسه");
        await field("Price of one, without tax").fill("۱۰۰۰۰۰");
        await field("Another unit").fill("پالت");
        await page.getByLabel(say("So many {unit} in one", { unit: "کیسه" })).fill("۴۰");
        await field("Its barcode").fill(PACK);
        await page.getByRole("button", { name: say("Add the product") }).click();
        await page.waitForSelector(`.history >> text=${say("made")}`);
        await to("#/sale");
        await page.waitForSelector(".goods-field input");
        await customer(page, "K11");
        await scan(page, PACK);
        await until("the pack is forty", async () => latin(await page.innerText(".goods")).includes("4٬000٬000"));
        await page.keyboard.press("Escape");

        /* A price list from tomorrow. */
        await to("#/prices");
        await page.getByRole("button", { name: say("Add a price list") }).click();
        await field("Name").fill("عمده");
        await field("Code").fill("OMDE");
        await page.locator(".sheet .button.filled").click();
        await page.getByLabel(say("Add a product to the list")).fill("CHASB");
        await page.locator(".combo-option").first().click();
        await page.getByRole("button", { name: say("To the table") }).click();
        await page.getByRole("radio", { name: say("tomorrow") }).click();
        await page
            .getByLabel(say("New price of {name}", { name: "چسب کاشی" }).replace(/[\u2066-\u2069]/g, ""))
            .fill("۹۰۰۰۰");
        await page.keyboard.press("F9");
        await page.waitForSelector(`.coming`);
        ok(latin(await page.innerText(".coming")).includes("90٬000"));
        await page.waitForSelector(".history >> text=چسب کاشی");
        await shot(page, "fa-prices");
        const [card] = await shop.json("call", "product_card", "code=CHASB");
        same(
            card.product_card.prices.map((each) => [each.list, Number(each.price), each.coming]),
            [["OMDE", 90_000_000, true]],
        );
        same(Number(card.product_card.applies.price), 100_000_000, "today it is the catalogue's");

        /* Clerks give no discount any more, once it was seen whom that concerns. */
        await to("#/people");
        await page.getByRole("button", { name: say("Rehearse a change") }).click();
        const cell = page.locator(".matrix .cell-input").first();
        await cell.fill("۰");
        await page.waitForSelector(".rehearsal .over");
        const clerks = await shop.json("call", "staff");
        const count = clerks[0].staff.staff.filter((each) => each.role === "ROLE_SALES").length;
        same(
            latin(await page.innerText(".rehearsal-head b")),
            latin(
                sayMany("{count} person could do less", "{count} people could do less", count, {
                    count: String(count),
                }),
            ).replace(/[\u2066-\u2069]/g, ""),
        );
        await shot(page, "fa-rights");
        await page.locator(".matrix-change .button.filled").click();
        await page.waitForSelector(".matrix .cell-input", { state: "detached" });
        const [rights] = await shop.json("call", "rights");
        const row = rights.rights.thresholds.find(
            (each) => each.threshold === "THRESHOLD_DISCOUNT" && each.role === "ROLE_SALES",
        );
        same(Number(row.most), 0);

        /* The limit of who has none of their own, after seeing whom it stops. */
        await to("#/policy");
        await field("They may owe").fill("۲۰۰۰۰۰۰");
        await page.waitForSelector(".rehearsal .over");
        await page.waitForSelector(".rehearsal >> text=ساختمانی آریا");
        same(await page.locator(".rehearsal tbody tr").count(), 1, "who owes 1,836,000 goes on");
        await shot(page, "fa-policy");
        same(await axe(page), []);
        await page.keyboard.press("F9");
        await page.waitForSelector(".history li:first-child >> text=۲٬۰۰۰٬۰۰۰");
        const [company_] = await shop.json("call", "company");
        same(Number(company_.company.policy.limit_minor), 2_000_000);
        await shop.tefter("sell", "K12", "XM40=1").then(
            () => ok(false, "K12 is stopped, as rehearsed"),
            () => undefined,
        );
        await shop.tefter("sell", "K11", "XM40=1");
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 180 },
);
