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
        const refused = await shop
            .tefter("customer", "lock", `#${from}`)
            .catch((error) => String(error.stderr ?? error));
        ok(/merged into another one: K02/.test(refused), refused);
        await page.goto(`${page.url().replace(/#.*/, "")}#/customers/${from}`);
        await page.waitForSelector("text=Αυτή η καρτέλα συγχωνεύτηκε στον");
        same(await page.locator(".card-actions .button", { hasText: "Μπλοκάρισμα" }).count(), 0);
        await page.click("text=Τελικά είναι δύο");
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

test("merge: once money of the one has paid bills of the other, it says which stands in the way", async () => {
    const shop = await company({ own: true });
    await shop.tefter("sell", "K01", "XM40=10");
    await shop.tefter("customer", "merge", "K01", "K02");
    await shop.tefter("pay", "K02", "918000", "--transfer", "VCB 0071", "--reference", "M1");
    const said = await shop
        .tefter("customer", "merge", "K01", "--undo")
        .catch((error) => String(error.stderr ?? error));
    ok(/918,000/.test(said), said);
    same((await card(shop, "K02")).account.balance_minor, 0);
});
