/* A manager's day, in Greek, on a phone: what moves, what waits, what would help, a line that is lost, a wall. */
import { company, ok, same, STAFF, test, until, within } from "./harness.mjs";
import { axe, fresh, part } from "./fresh.mjs";

const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const figure = (text) => Number(text.replace(/[^0-9−-]/g, "").replace("−", "-"));

test(
    "the day of a manager: the board moves, one is approved, one refused, one was judged elsewhere, the line goes and comes",
    async () => {
        const shop = await company({ own: true });
        const { say, setLanguage, fetchWords } = await part("kit/words.ts");
        await setLanguage("el");
        await fetchWords();
        for (const code of ["K01", "K02", "K03"])
            await shop.tefter("customer", "limit", code, "4050000", "--policy", "approve");
        const page = await fresh(shop, { login: "quan", query: "?lang=el", hash: "#/board", ...PHONE });
        await page.waitForSelector("html[lang=el] .board-tiles .figure .n");
        const tile = async (label) =>
            figure(
                await page
                    .locator(".board-tiles .tile", { hasText: say(label) })
                    .locator(".figure")
                    .first()
                    .innerText(),
            );
        const fits = () => page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth);
        ok(await fits(), "the board is as wide as the phone");

        /* A sale elsewhere: the board has it by itself. */
        same(await tile("Owed to us"), 0);
        await shop.tefter("sell", "K05", "XM40=10");
        await until("the board moves", async () => (await tile("Owed to us")) === 918_000);
        same(await tile("Sold today"), 918_000);

        /* One that waits: how it adds up, what would help, a reason; then approved. */
        const ask = async (code, bags, note) => {
            await shop.tefter("sell", code, `XM40=${bags}`, `--ask=${note}`).catch(() => undefined);
            const waiting = await shop.json("approval", "list");
            return waiting.sort((a, b) => b.approval - a.approval)[0].approval;
        };
        const row = async (number) => (await shop.json("call", "ApprovalView", `approval=${number}`))[0].approval.row;
        const open = (number) => page.evaluate((to) => void (location.hash = to), `#/approvals/${number}`);
        const first = await ask("K01", 60, "πληρώνει την Πέμπτη");
        await page.waitForSelector(".first.urgent", { timeout: within(5000) });
        await page.getByText(say("Open approvals")).click();
        await page.waitForSelector(".approve");
        const card = await page.innerText(".approvals-one");
        ok(card.includes("1.458.000"), `by how much: ${card}`);
        ok(card.includes("πληρώνει την Πέμπτη"), "what who asks says");
        await until("what would help", async () => (await page.innerText(".help")).includes("4.050.000"));
        ok(await fits(), "an approval is as wide as the phone");
        same(await axe(page), []);
        await page.click(".approve");
        same((await row(first)).state, "APPROVAL_WAITING", "not without a reason");
        await page.getByText(say("Long-time customer")).click();
        await page.click(".approve");
        await until("it is approved", async () => (await row(first)).state === "APPROVAL_GRANTED");

        /* One refused. */
        const second = await ask("K02", 70, "—");
        await open(second);
        await page.waitForSelector(".approve");
        await page.getByText(say("Too much is overdue")).click();
        await page.locator(".bar-buttons .button:not(.approve)").click();
        await until("it is refused", async () => (await row(second)).state === "APPROVAL_REFUSED");

        /* Another was first: told, and what was chosen is kept. */
        const third = await ask("K03", 80, "—");
        await open(third);
        await page.waitForSelector(".approve");
        await page.getByText(say("Agreed by phone")).click();
        const elsewhere = await fresh(shop, { login: "mai", query: "?lang=el", hash: `#/approvals/${third}` });
        await elsewhere.getByText(say("Long-time customer")).click();
        await elsewhere.click(".approve");
        await until("who was first", async () => (await page.innerText(".approvals-one")).includes(STAFF.mai.name));
        same(await page.locator(".approve").count(), 0, "nothing is left to approve");
        ok((await page.innerText(".bar-sticky")).includes(say("Agreed by phone")), "what was chosen");
        same((await row(third)).decided_login, "mai");
        await elsewhere.context().close();

        /* What is unusual: sold by that approval. */
        await shop.tefter("approval", "sell", String(first));
        await page.evaluate(() => void (location.hash = "#/alarms"));
        await page.waitForSelector(".alarms");
        await until("the sale over the limit is told", async () =>
            /Xây dựng Phú Mỹ/.test(await page.innerText(".alarms")),
        );
        ok(await fits(), "what is unusual is as wide as the phone");

        /* The line is lost: how old it is; back again by itself. */
        await page.evaluate(() => void (location.hash = "#/board"));
        await page.waitForSelector(".board-tiles .figure .n");
        const owed = await tile("Owed to us");
        await shop.killRelay();
        await until(
            "it says how old",
            async () => /\d\d:\d\d/.test(await page.innerText(".board-tiles .tile:first-child .tile-label")),
            20_000,
        );
        await shop.tefter("sell", "K06", "XM40=1");
        same(await tile("Owed to us"), owed, "what is not known is not shown");
        await shop.startRelay();
        await until("it is live again", async () => (await tile("Owed to us")) === owed + 91_800, 30_000);
        same(page.faults, []);
        await page.context().close();

        /* On the wall: half as large again, without the rail, and still moving. */
        const wall = await fresh(shop, {
            login: "quan",
            query: "?lang=el",
            hash: "#/board",
            width: 1920,
            height: 1080,
        });
        await wall.waitForSelector(".board-tiles .figure .n");
        const size = () =>
            wall.evaluate(() => document.querySelector(".board-tiles .figure").getBoundingClientRect().height);
        const before = await size();
        await wall.keyboard.press("w");
        await wall.waitForSelector(".wall .board");
        ok(Math.abs((await size()) / before - 1.5) < 0.1, `${await size()} from ${before}`);
        ok(await wall.locator(".rail").isHidden(), "no rail");
        await shop.tefter("sell", "K06", "XM40=2");
        await until(
            "it moves",
            async () =>
                figure(await wall.locator(".board-tiles .tile").first().locator(".figure").innerText()) ===
                owed + 3 * 91_800,
        );
        ok(await wall.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth), "and fits the wall");
        same(wall.faults, []);
        await wall.context().close();
        await shop.end();
    },
    { seconds: 90 },
);
