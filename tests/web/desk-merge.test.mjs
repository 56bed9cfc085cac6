/* Two records of one customer, on the page: what it would come to, done, what the old number leads to, undone. */
import { company, ok, same, test, until } from "./harness.mjs";
import { axe, fresh } from "./fresh.mjs";

const whole = (text) => Number(text.replace(/[^0-9]/g, ""));
const card = async (shop, code) => (await shop.json("customer", "show", code))[0];
const byNumber = async (shop, customer) =>
    (await shop.json("call", "CustomerCard", JSON.stringify({ customer })))[0].customer_card;

test(
    "merge: previewed, done, the old number leads on, and taken apart again, each figure the command line's",
    async () => {
        const shop = await company({ own: true });
        await shop.tefter("sell", "K01", "XM40=10");
        await shop.tefter("sell", "K02", "XM40=5");
        await shop.tefter("customer", "buyer", "K01", "Lý Mỹ Hoa");
        const [from, into] = [(await card(shop, "K01")).row.customer, (await card(shop, "K02")).row.customer];
        const page = await fresh(shop, {
            login: "mai",
            width: 1440,
            height: 900,
            query: "?lang=el",
            hash: `#/customers/${from}`,
        });
        await page.waitForSelector(".card-facts");
        await page.click(".card-actions >> text=Συγχώνευση");
        await page.fill(".sheet input >> nth=0", "Nội thất");
        await page.waitForSelector(".sheet [role=option]");
        await page.keyboard.press("Enter");
        await page.waitForSelector(".merge-preview");
        const [told] = await shop.json("customer", "merge", "K01", "K02", "--what-if");
        same(whole(await page.innerText(".merge-preview .total")), told.balance_minor);
        ok((await page.innerText(".merge-preview")).replace(/[^0-9]/g, "").includes(String(told.available_minor)));
        same(told.buyers, 1);
        same((await byNumber(shop, from)).row.merged_into, undefined, "nothing is done yet");
        same(await axe(page), []);
        await page.click(".sheet >> text=Συγχώνευση στον K02");
        await until("the card of who stays", async () => page.url().endsWith(`#/customers/${into}`));
        const stays = await card(shop, "K01");
        same(
            [stays.row.customer, stays.account.available_minor],
            [into, told.available_minor],
            "the old number leads on",
        );
        same(stays.row.buyers.length, 1);
        await page.waitForSelector(".one-with:has-text('K01')");
        ok(!/undefined|NaN/.test(await page.innerText(".one-with")), await page.innerText(".one-with"));
        const both = await shop.json("customer", "bills", `#${into}`);
        same(both.length, 2, "bills of both are there");
        await page.waitForSelector(".card .bills, .card-main");
        await until("the bills of both", async () => {
            const text = await page.innerText(".card-main");
            return both.every((bill) => text.includes(bill.number));
        });
        await page.goto(`${page.url().replace(/#.*/, "")}#/customers/list/all/K01`);
        await until("the old code is found, and says where it leads", async () =>
            /K01 · συγχωνεύτηκε σε K02/.test(await page.innerText("main")),
        );
        const refused = await shop
            .tefter("customer", "lock", `#${from}`)
            .catch((error) => String(error.stderr ?? error));
        ok(/merged into another one: K02/.test(refused), refused);
        await page.goto(`${page.url().replace(/#.*/, "")}#/customers/${from}`);
        await page.waitForSelector("text=Αυτή η καρτέλα συγχωνεύτηκε στον");
        same(await page.locator(".card-actions").count(), 0, "nothing that cannot be done");
        same(await page.locator(".card-facts").count(), 0, "what it owes is shown where it leads");
        same(await axe(page), []);
        await page.click(".notice .button");
        await page.waitForSelector(".sheet form");
        ok((await byNumber(shop, from)).row.merged_into !== undefined, "it asks first");
        await page.click(".sheet form .button");
        await until("two again", async () => (await byNumber(shop, from)).row.merged_into === undefined);
        await until("the card says so", async () => (await page.locator(".notice.late").count()) === 0);
        const [one, two] = [await byNumber(shop, from), await byNumber(shop, into)];
        same([one.account.balance_minor, two.account.balance_minor], [918_000, 459_000]);
        same([one.account.family, two.account.family, two.row.buyers?.length ?? 0], [undefined, undefined, 0]);
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 90 },
);

test("merge: money of both pays bills of both, and what was matched stays when it is taken apart", async () => {
    const shop = await company({ own: true });
    await shop.tefter("sell", "K01", "XM40=10");
    await shop.tefter("sell", "K02", "XM40=5");
    const from = (await card(shop, "K01")).row.customer;
    await shop.tefter("customer", "merge", "K01", "K02");
    await shop.tefter("pay", "K02", "918000", "--transfer", "VCB 0071", "--reference", "M1");
    same((await card(shop, "K02")).account.balance_minor, 459_000);
    const listed = await shop.json("customer", "list");
    same(listed.filter((row) => row.who.customer === from).length, 0, "one customer is one row");
    await shop.tefter("customer", "merge", "K01", "--undo");
    same((await card(shop, "K01")).account.balance_minor, 0);
    same((await card(shop, "K02")).account.balance_minor, 459_000);
});

test("erased: their card offers nothing that cannot be done, and the sale does not find them", async () => {
    const shop = await company({ own: true });
    const customer = (await card(shop, "K03")).row.customer;
    await shop.tefter("customer", "erase", "K03");
    const page = await fresh(shop, {
        login: "mai",
        width: 1440,
        height: 900,
        query: "?lang=en",
        hash: `#/customers/${customer}`,
    });
    await page.waitForSelector("text=The person behind K03 is erased");
    same(await page.locator(".card-actions .button").count(), 0);
    same(await page.locator(".card-side").count(), 0, "no limit, groups, people, notes");
    same(await axe(page), []);
    const refused = await shop.tefter("sell", "K03", "XM40=1").catch((error) => String(error.stderr ?? error));
    ok(/was erased.*Open a new customer/s.test(refused) && !/unlock/.test(refused), refused);
    same(page.faults, []);
    await page.context().close();
});
