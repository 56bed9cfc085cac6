/* Small screens and a page from right to left: nothing that is needed next lies under something else. */
import { company, ok, same, test, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { customer, goods, sells, taken } from "./at_counter.mjs";

const LONG = "Katastima Oikodomikon Ylikon Papadopoulos International Trading and Sons";
let made;
const shop = () =>
    (made ??= (async () => {
        const own = await company({ practice: true });
        await own.tefter("customer", "add", LONG, "--code", "L01", "--phone", "+84 1", "--area", "r1", "--no-look");
        await own.tefter("customer", "limit", "L01", "4050000", "--policy", "approve");
        return own;
    })());
const clerk = async (look) => fresh(await shop(), { login: "fourth", hash: "#/sale", ...look });
const box = (page, what) => page.locator(what).first().boundingBox();
const foot = ({ y, height }) => y + height;

test("small: at 1366 x 768 all ways out are seen beside what was done last", async () => {
    const page = await clerk({ width: 1366, height: 768 });
    await goods(page, "GACH6", 10);
    await sells(page, /Take/);
    await page.keyboard.press("F9");
    await taken(page);
    await goods(page, "XM40", 50);
    await customer(page, "L01");
    await sells(page, /Choose one of the four/);
    const last = await page.locator(".way").last().boundingBox();
    ok(foot(last) <= foot(await box(page, ".act-scroll")), "the last one ends above the total");
    await page.keyboard.press("F8");
    await page.waitForSelector("text=waits for a manager");
    same(page.faults, []);
    await page.context().close();
});

test("small: on a phone the next line is above the bar, and the sentence over the ways under nothing", async () => {
    const page = await clerk({ width: 360, height: 640 });
    const add = async (code) => {
        await page.locator(".phone-field input").fill(code);
        await page.waitForSelector(".goods-field .combo-option");
        await page.keyboard.press("Enter");
        await page.waitForSelector(".phone-line");
    };
    await add("XM40");
    await sells(page, /Take/);
    await page.locator(".commit").click();
    await taken(page);
    await add("XM40");
    ok(foot(await box(page, ".phone-line")) <= (await box(page, ".total-box")).y, "the line is seen");
    await page.locator(".phone-line-head").click();
    await page.locator("[data-cell=quantity]").focus();
    await page.keyboard.type("50", { delay: 60 });
    await page.keyboard.press("Enter");
    await page.locator(".customer-field input").fill("K01");
    await page.waitForSelector(".customer-field .combo-option");
    await page.keyboard.press("Enter");
    await page.locator(".to-ways").click();
    const seen = () =>
        page.evaluate(() => {
            const line = document.querySelector(".ways > p");
            const { left, top, bottom } = line.getBoundingClientRect();
            const there = document.elementFromPoint(left + 20, (top + bottom) / 2);
            return there !== null && line.contains(there);
        });
    await until("the sentence is seen", seen);
    same(page.faults, []);
    await page.context().close();
});

test("small: what is approved at most is typed above the buttons", async () => {
    const page = await fresh(await shop(), { login: "quan", hash: "#/approvals", width: 390, height: 740 });
    await page.locator(".ask", { hasText: "Katastima" }).first().click();
    await page.getByRole("button", { name: "Approve less…" }).click();
    await until(
        "the field is above them",
        async () => foot(await box(page, ".less .field-box")) <= (await box(page, ".bar-sticky")).y,
    );
    same(page.faults, []);
    await page.context().close();
});

test("small: from right to left a long name is cut at its end, the currency has one side, numbers of papers stay whole", async () => {
    const page = await clerk({ width: 1366, height: 768, query: "?lang=fa" });
    await goods(page, "XM40", 2);
    await customer(page, "L01");
    const tab = await page
        .locator(".tab-name bdi")
        .first()
        .evaluate((name) => ({
            cut: name.scrollWidth > name.clientWidth,
            direction: getComputedStyle(name).direction,
        }));
    same(tab, { cut: true, direction: "ltr" }, "its beginning stands");
    const sides = await page.locator(".total-row .figure").evaluate((figure) => {
        const [sum, sign] = [figure.querySelector("bdi"), figure.querySelector(".unit")];
        return sum.getBoundingClientRect().left < sign.getBoundingClientRect().left;
    });
    ok(sides, "as in sentences: after the figure");
    await until("it may be sold", async () => (await page.locator(".commit[aria-disabled=true]").count()) === 0);
    await page.keyboard.press("F9");
    await page.waitForSelector(".strip[data-state=taken] .strip-text b .nowrap:has-text('FO-0')");
    same(page.faults, []);
    await page.context().close();
});
