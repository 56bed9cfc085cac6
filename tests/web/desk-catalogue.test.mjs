/* The catalogue in the office: a product with a pack and a barcode, sold by scan; a price list from tomorrow; blocked; two at once. */
import { join } from "node:path";
import { company, ok, same, test, until } from "./harness.mjs";
import { axe, fresh } from "./fresh.mjs";

const SHOTS = process.env.TEFTER_SHOTS;
const shot = async (page, name) => SHOTS !== undefined && page.screenshot({ path: join(SHOTS, `${name}.png`) });
const PIECE = "8934567009991",
    PACK = "8934567009992";

const card = async (shop, code) => (await shop.json("call", "product_card", `code=${code}`))[0].product_card;
const scan = (page, code) => page.keyboard.type(`${code}\n`, { delay: 1 });

test(
    "a product is made with a pack and barcodes, found by scan, changed, blocked, and each change is in its history",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "owner", hash: "#/catalogue", width: 1440, height: 900 });
        await page.waitForSelector("table >> text=Xi măng PCB40");
        await shot(page, "catalogue");
        same(await axe(page), []);
        await page.getByRole("button", { name: "Add a product" }).click();
        await page.getByLabel("Name", { exact: true }).fill("Keo dán gạch");
        await page.getByLabel("Code", { exact: true }).fill("KEO25");
        await page.getByLabel("Unit", { exact: true }).fill("bao");
        await page.getByLabel("Price of one, without tax").fill("100000");
        await page.getByLabel("Cost", { exact: true }).fill("70000");
        await page.getByLabel("Barcode", { exact: true }).fill(PIECE);
        await page.getByLabel("Another unit").fill("pallet");
        await page.getByLabel("So many bao in one").fill("40");
        await page.getByLabel("Its own price, if it has one").fill("3900000");
        await page.getByLabel("Its barcode").fill(PACK);
        await page.getByRole("button", { name: /^Add the product/ }).click();
        await page.waitForSelector("text=What was changed");
        const made = await card(shop, "KEO25");
        same([made.product.price, made.product.cost, made.product.units[0].factor], [100000000, 70000000, 40000]);
        await page.waitForSelector(".history >> text=made");

        /* Changed, and seen in its history with what it was. */
        await page.getByLabel("Price of one, without tax").fill("110000");
        await page.getByLabel("Brand").fill("Weber");
        await page.keyboard.press("F9");
        await page.waitForSelector(".history >> text=110,000");
        await page.waitForSelector(".history s >> text=100,000");
        same(await page.getByLabel("Price of one, without tax").inputValue(), "110,000");
        await shot(page, "product");
        same(await axe(page), []);

        /* A pack is sold by its barcode: forty of them at its own price. */
        await shop.tefter("sell", "K06", `${PACK}=1`);
        const [sold] = await shop.json("call", "product_sales");
        const row = sold.product_sales.rows.find((each) => each.code === "KEO25");
        same(Number(row.quantity), 40_000);

        /* What it costs is told to who may see it alone. */
        const [hidden] = await shop.json("call", "master_changes", `kind=MASTER_PRODUCT`, `id=${made.product.product}`);
        ok(JSON.stringify(hidden).includes("110000000"));

        await page.getByRole("button", { name: "Block this product" }).click();
        await page.waitForSelector("text=it is found at no till");
        await page.waitForSelector(".history li:first-child >> text=Retired");
        await shop.tefter("sell", "K06", "KEO25=1").then(
            () => ok(false, "it is blocked"),
            () => undefined,
        );
        await page.evaluate(() => (location.hash = "#/catalogue"));
        await page.waitForSelector("table >> text=Xi măng PCB40");
        same(await page.locator("table >> text=Keo dán gạch").count(), 0);
        await page.getByRole("radio", { name: "Blocked" }).click();
        await page.waitForSelector("table >> text=Keo dán gạch");
        await page.getByLabel("Search").fill(PIECE);
        await page.waitForSelector("table >> text=Keo dán gạch");
        await page.getByLabel("Search").fill("nothing like it");
        await page.waitForSelector("text=Nothing is found for");
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 120 },
);
