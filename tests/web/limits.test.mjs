/* Limits proposed from debts: what would be stopped is told before, they are ordinary commands, and one undo takes them back. */
import { join } from "node:path";
import { company, ok, same, test, until } from "./harness.mjs";
import { axe, fresh } from "./fresh.mjs";

const SHOTS = process.env.TEFTER_SHOTS;

test(
    "limits are proposed from the highest debt, set at once, and taken back where nothing was sold since",
    async () => {
        const shop = await company({ own: true });
        await shop.tefter("sell", "K01", "XM40=40"); /* 3,672,000 */
        await shop.tefter("sell", "K02", "XM40=10"); /* 918,000 */
        await shop.tefter("sell", "K06", "XM40=100"); /* 9,180,000; without a limit */
        const page = await fresh(shop, { login: "owner", hash: "#/limits", width: 1366 });
        const limitOf = async (code) => {
            const [card] = await shop.json("call", "customer_card", `code=${code}`);
            return card.customer_card?.account ?? card.account;
        };
        const row = (name) => page.locator("tbody tr", { hasText: name });
        await row("Xây dựng Phú Mỹ").waitFor();
        ok((await row("Xây dựng Phú Mỹ").innerText()).includes("4,500,000"), "3,672,000 × 1.2, up to two figures");
        ok((await row("Τεχνική Αιγαίου").innerText()).includes("12,000,000"), "9,180,000 × 1.2");
        await page.waitForSelector("text=Would stop nobody now");
        const tick = async (name) => (await row(name)).locator("input[type=checkbox]");
        await page.waitForSelector("text=With a limit of their own");
        ok(!(await (await tick("Xây dựng Phú Mỹ")).isChecked()), "who has a limit of their own keeps it unasked");
        ok(!(await (await tick("Τεχνική Αιγαίου")).isChecked()), "who has no limit gets none unasked");
        await (await tick("Xây dựng Phú Mỹ")).check();
        await (await tick("Τεχνική Αιγαίου")).check();
        await page.locator('input[type="range"]').fill("50");
        await page.waitForSelector("text=/Would stop 2 customers now as the ledger stood at \\d+/");
        await page.getByRole("radio", { name: "120%" }).click();
        await page.waitForSelector("text=Would stop nobody now");
        if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, "limits.png") });
        same(await axe(page), []);
        await page.getByRole("button", { name: /^Set \d limits?$/ }).click();
        await page.waitForSelector("text=/\\d limits are set/");
        await until("the ledger has them", async () => Number((await limitOf("K01")).limit_minor) === 4_500_000);
        same((await limitOf("K06")).unlimited, false);
        await shop.tefter("sell", "K06", "XM40=1");
        await page.getByRole("button", { name: "Undo all of them" }).click();
        await page.waitForSelector("text=/taken back/");
        await page.waitForSelector("text=1 stays: something was sold on it since.");
        same(Number((await limitOf("K01")).limit_minor), 4_050_000, "as it was");
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);
