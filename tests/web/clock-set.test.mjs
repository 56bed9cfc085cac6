/* The device's clock is set by hours or days while the line is down: what is kept meanwhile is booked, once. */
import { company, ok, same, test, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { goods, sells } from "./at_counter.mjs";

const HOUR_MS = 3_600_000;
const SALE = 1_350n;
const lost = (page) => page.waitForFunction(() => tefter.line.value.kind === "lost");
const live = (page) => page.waitForFunction(() => globalThis.tefter?.line.value.kind === "live");
const owed = async (shop) => BigInt((await shop.json("customer", "show", "K06"))[0].account.balance_minor);

/* What a person does in the settings of the device; performance.now() goes on as it did. */
const setClock = (page, by_ms) =>
    page.evaluate((by) => {
        const now = Date.now;
        Date.now = () => now() + by;
    }, by_ms);
const sell = (page) =>
    page.evaluate(() => {
        const lines = [{ product_code: "GACH6", quantity: 1000n }];
        (globalThis.given ??= []).push(tefter.submit("issue_invoice", { customer_code: "K06", lines }));
    });
const fates = (page) => page.evaluate(() => given.map(({ fate }) => fate.value.kind));

for (const [by, words] of [
    [50 * HOUR_MS, "two days forwards"],
    [3 * HOUR_MS, "three hours forwards"],
    [-50 * HOUR_MS, "two days back"],
])
    test(
        `clock: ${words} while the line is down: all that was kept is booked once, in its order`,
        async () => {
            const shop = await company({ own: true });
            const page = await shop.open({ at: "/core" });
            await shop.enrol(page);
            await shop.login(page, "fourth");
            await live(page);
            await shop.killRelay();
            await lost(page);
            await sell(page);
            await setClock(page, by);
            for (let i = 0; i < 2; i++) await sell(page);
            await setClock(page, -by);
            await sell(page);
            await until("they are written", () => page.evaluate(() => given.every(({ kept }) => kept.value)));
            const ids = await page.evaluate(() => given.map(({ id }) => id));
            same(ids, [...ids].sort());
            await shop.startRelay();
            await until("they are done", async () => (await fates(page)).every((kind) => kind === "done"), 30_000);
            same(await owed(shop), 4n * SALE);
            same(await page.evaluate(() => tefter.pending.value.length), 0);
            await page.context().close();
            await shop.end();
        },
        { seconds: 90 },
    );

/* As a version kept it that took the time of the device as it was: under an id of the day after tomorrow. */
const keptUnder = (page, id) =>
    page.evaluate(async (wanted) => {
        const database = await new Promise((done) => {
            indexedDB.open("tefter").onsuccess = ({ target }) => done(target.result);
        });
        const shelf = database.transaction("outbox", "readwrite").objectStore("outbox");
        await new Promise((done) => {
            shelf.transaction.oncomplete = done; /* before that a reload takes it back */
            shelf.openCursor().onsuccess = ({ target }) => {
                const cursor = target.result;
                if (!cursor) return;
                const entry = { ...cursor.value, id: wanted + cursor.value.id.slice(12) };
                cursor.delete();
                shelf.put(entry, entry.id);
                cursor.continue();
            };
        });
        database.close();
    }, id);
const tomorrow2 = () => (Date.now() + 60 * HOUR_MS).toString(16).padStart(12, "0");

test(
    "clock: what was kept under an id of the day after tomorrow gets another one, and is booked once, whoever reloads when",
    async () => {
        const shop = await company({ own: true });
        const page = await shop.open({ at: "/core" });
        await shop.enrol(page);
        await shop.login(page, "fourth");
        await live(page);
        await shop.killRelay();
        await lost(page);
        for (let i = 0; i < 3; i++) await sell(page);
        await until("they are written", () => page.evaluate(() => given.every(({ kept }) => kept.value)));
        await keptUnder(page, tomorrow2());
        await page.reload();
        await page.waitForFunction(() => globalThis.tefter?.pending.value.length === 3);
        const old = await page.evaluate(() => tefter.pending.value.map(({ id }) => id));
        await shop.startRelay();
        await until("they are booked", async () => (await owed(shop)) === 3n * SALE, 30_000);
        await page.reload();
        await live(page);
        await page.waitForFunction(() => tefter.pending.value.length === 0);
        const now = await page.evaluate((ids) => Promise.all(ids.map((id) => tefter.idNow(id))), old);
        ok(
            now.every((id, at) => id !== old[at]),
            "whoever noted the old ones finds the new ones",
        );
        same(await owed(shop), 3n * SALE);
        await page.context().close();
        await shop.end();
    },
    { seconds: 90 },
);

test(
    "clock: a cash sale that the counter keeps with such an id is booked once, and not shown as one to be sold again",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "fourth", hash: "#/sale" });
        await goods(page, "XM40");
        await sells(page, /Take/);
        await shop.killRelay();
        await until("the line is lost", async () => /NOT CONNECTED/.test(await page.innerText("body")));
        await page.keyboard.press("F9");
        await page.waitForSelector("text=kept here");
        const id = tomorrow2();
        await keptUnder(page, id);
        await page.evaluate(async (wanted) => {
            const database = await new Promise((done) => {
                indexedDB.open("tefter-counter").onsuccess = ({ target }) => done(target.result);
            });
            const shelf = database.transaction("kept", "readwrite").objectStore("kept");
            await new Promise((done) => {
                shelf.transaction.oncomplete = done; /* before that a reload takes it back */
                shelf.openCursor().onsuccess = ({ target }) => {
                    const cursor = target.result;
                    if (!cursor) return;
                    if (cursor.value.sent)
                        cursor.update({ ...cursor.value, sent: wanted + cursor.value.sent.slice(12) });
                    cursor.continue();
                };
            });
            database.close();
        }, id);
        await page.reload();
        await page.waitForSelector(".goods-field input");
        await shop.startRelay();
        await page.waitForSelector(".strip[data-state=taken]");
        same(await page.locator(".unbooked").count(), 0);
        const sold = (await shop.json("documents")).filter(({ total_minor }) => Number(total_minor) === 91_800);
        same(sold.length, 2, "a bill and its receipt");
        same(await page.locator(".goods [data-row]").count(), 0);
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 90 },
);
