/* The client core (client/web/lib) through the real relay and server. */
import { company, ok, same, test, until } from "./harness.mjs";

test("core: a browser is enrolled once, and logged in over reloads", async () => {
    const shop = await company();
    const page = await shop.open({ at: "/core" });
    same(
        await page.evaluate(async () => {
            await tefter.ready;
            return tefter.device.value;
        }),
        "unknown",
    );
    const device = await shop.enrol(page);
    same([device.company, device.branch_code], ["Hải Long", "FO"]);
    await shop.login(page, "fourth");
    await page.reload();
    await page.waitForFunction(() => globalThis.tefter?.line.value.kind === "live");
    same(await page.evaluate(() => [tefter.me.value.login, tefter.device.value.branch_code]), ["fourth", "FO"]);
    await page.context().close();
});
