/* Commands of a browser count once, whatever happens to line, page, relay or server. */
import { chance, company, ok, same, test, until } from "./harness.mjs";

const SALE = 1350n; /* one brick */

async function counter(shop, who = "fourth", options) {
    const page = await shop.open({ at: "/core", ...options });
    await shop.enrol(page);
    await shop.login(page, who);
    await page.waitForFunction(() => tefter.line.value.kind === "live");
    return page;
}

/* A field anywhere in what the command line says. */
function found(what, name) {
    for (const [key, value] of Object.entries(what)) {
        if (key === name && typeof value !== "object") return value;
        const inside = value && typeof value === "object" ? found(value, name) : undefined;
        if (inside !== undefined) return inside;
    }
    return undefined;
}
async function customerOf(shop, code) {
    const shown = async (name) => found(await shop.json("customer", "show", code), name);
    return { customer: await shown("customer"), owed: async () => BigInt(await shown("balance_minor")) };
}

test(
    "outbox: 500 sales through kills of relay and server count once each",
    async () => {
        const shop = await company({ own: true }),
            page = await counter(shop),
            random = chance(21);
        const { customer, owed } = await customerOf(shop, "K06");
        await page.evaluate((customer) => {
            globalThis.fates = [];
            globalThis.rows = tefter.customers([customer]);
            globalThis.sell = (count) => {
                for (let i = 0; i < count; i++)
                    tefter
                        .submit("issue_invoice", { customer, lines: [{ product_code: "GACH6", quantity: 1000n }] })
                        .ended.then((fate) => fates.push(fate));
            };
        }, customer);
        const answered = () => page.evaluate(() => fates.length);
        for (let kills = 0; kills < 10; kills++) {
            await page.evaluate(() => sell(50));
            await new Promise((done) => setTimeout(done, random(250)));
            if (kills % 2) {
                await shop.killRelay();
                await shop.startRelay();
            } else {
                await shop.killServer();
                await shop.startServer();
            }
        }
        ok((await answered()) < 500, "there was something under way to the end");
        await until("all are answered", async () => (await answered()) === 500, 60_000);
        const fates = await page.evaluate(() =>
            fates.map((fate) => (fate.kind === "done" ? fate.done.number : JSON.stringify(fate.refused.code))),
        );
        same(new Set(fates).size, 500, "each has a place of its own");
        same(await owed(), 500n * SALE);
        await until("the row is what the ledger says", () =>
            page.evaluate(
                ([customer, owed]) => rows.rows.value.get(customer)?.account.balance_minor === BigInt(owed),
                [customer, String(500n * SALE)],
            ),
        );
        same(
            await page.evaluate(async () => [
                tefter.pending.value.length,
                await new Promise((done) => {
                    const request = indexedDB.open("tefter");
                    request.onsuccess = () => {
                        const all = request.result.transaction("outbox").objectStore("outbox").count();
                        all.onsuccess = () => done(all.result);
                    };
                }),
            ]),
            [0, 0],
        );
        await page.context().close();
        await shop.end();
    },
    { seconds: 240, long: true },
);

const sell = (page, code = "K06") =>
    page.evaluate((customer_code) => {
        const one = tefter.submit("issue_invoice", {
            customer_code,
            lines: [{ product_code: "GACH6", quantity: 1000n }],
        });
        (globalThis.given ??= []).push(one);
        return one.id;
    }, code);
const fates = (page) => page.evaluate(() => given.map(({ fate }) => fate.value.kind));
const waiting = (page) =>
    page.evaluate(() => tefter.pending.value.map(({ fate, login }) => `${login} ${fate.value.kind}`));
const lost = (page) => page.waitForFunction(() => tefter.line.value.kind === "lost");

for (const locks of [true, false])
    test(`outbox: a page that is killed leaves its commands to the next page of the same person${locks ? "" : ", without locks too"}`, async () => {
        const shop = await company({ own: true }),
            first = await counter(shop);
        if (!locks) {
            await first.context().addInitScript(() => {
                delete Navigator.prototype.locks;
            });
            await first.reload();
            await first.waitForFunction(() => globalThis.tefter?.line.value.kind === "live");
            same(await first.evaluate(() => navigator.locks), undefined);
        }
        const { owed } = await customerOf(shop, "K06");
        await shop.killRelay();
        await lost(first);
        for (let i = 0; i < 3; i++) await sell(first);
        same(await fates(first), ["waiting", "waiting", "waiting"]);
        await until("they are written", () => first.evaluate(() => given.every(({ kept }) => kept.value)));
        await shop.startRelay();
        const second = await first.context().newPage();
        await shop.killRelay(); /* the first page may have sent some by now: they count once all the same */
        await first.close();
        await shop.startRelay();
        await second.goto(`${shop.url}/core`);
        await shop.login(second, "fourth");
        await until("the next page has sent them", async () => (await owed()) === 3n * SALE);
        await until("none is left", async () => (await waiting(second)).length === 0);
        await second.context().close();
        await shop.end();
    });

test("outbox: two pages at once both sell, each sees what the other has under way", async () => {
    const shop = await company({ own: true }),
        first = await counter(shop);
    const { owed } = await customerOf(shop, "K06");
    const second = await first.context().newPage();
    await second.goto(`${shop.url}/core`);
    await shop.login(second, "fourth");
    for (const page of [first, second]) await sell(page);
    for (const page of [first, second]) await until("done", async () => (await fates(page))[0] === "done");
    await shop.killRelay();
    for (const page of [first, second]) await lost(page);
    await sell(second);
    await until("the other page shows it", async () => (await waiting(first)).length === 1);
    await shop.startRelay();
    await until("done", async () => (await fates(second))[1] === "done");
    for (const page of [first, second]) await until("both know", async () => (await waiting(page)).length === 0);
    same(await owed(), 3n * SALE);
    await first.context().close();
    await shop.end();
});

test("outbox: what one person gave waits for them, whoever else is logged in", async () => {
    const shop = await company({ own: true }),
        page = await counter(shop);
    const { owed } = await customerOf(shop, "K06");
    await shop.killRelay();
    await lost(page);
    await sell(page);
    await page.evaluate(() => tefter.logout());
    await shop.startRelay();
    await shop.login(page, "mai");
    await new Promise((done) => setTimeout(done, 1000));
    same([await waiting(page), await owed()], [["fourth waiting"], 0n]);
    await page.reload();
    await page.waitForFunction(() => globalThis.tefter?.line.value.kind === "live");
    same(await waiting(page), ["fourth waiting"]);
    same(
        await page.evaluate((pin) => tefter.switchStaff("fourth", pin).then((said) => said.entered?.login), "5283"),
        "fourth",
    );
    await until("it is sold", async () => (await owed()) === SALE && (await waiting(page)).length === 0);
    await page.context().close();
    await shop.end();
});

test("outbox: an id that is too old is told, and not tried for ever", async () => {
    const shop = await company({ own: true }),
        page = await counter(shop);
    await shop.killRelay();
    await lost(page);
    await page.evaluate(() => {
        const now = performance.now.bind(performance); /* the wall's clock changes no id */
        performance.now = () => now() - 60 * 86_400_000;
    });
    await sell(page);
    await until("written", () => page.evaluate(() => given[0].kept.value));
    await page.reload(); /* from here on it may have been sent before */
    await page.waitForFunction(() => globalThis.tefter?.pending.value.length === 1);
    const told = page.evaluate(() => tefter.pending.value[0].ended.then((fate) => [fate.kind, fate.refused.code]));
    await shop.startRelay();
    same(await told, ["refused", 43]);
    await page.context().close();
    await shop.end();
});

test("outbox: with a full disk it says so and sells", async () => {
    const shop = await company({ own: true }),
        page = await counter(shop);
    await page.evaluate(() => {
        globalThis.put = IDBObjectStore.prototype.put;
        IDBObjectStore.prototype.put = function () {
            this.transaction.abort();
            return put.apply(this, arguments);
        };
    });
    await sell(page);
    await until("done", async () => (await fates(page))[0] === "done");
    same(await page.evaluate(() => given[0].kept.value), false);
    await page.context().close();
    await shop.end();
});

test("outbox: what nobody may type is refused by the server, not by an accident here", async () => {
    const shop = await company(),
        page = await counter(shop);
    same(
        await page.evaluate(() =>
            tefter
                .submit("issue_invoice", {
                    customer_code: "K06",
                    note: { value: "a\u200eb" },
                    lines: [{ product_code: "GACH6", quantity: 1000n }],
                })
                .ended.then((fate) => fate.kind),
        ),
        "refused",
    );
    same(await waiting(page), []);
    await page.context().close();
});

test("outbox: a blocked device ends within a second, what was not sent stays to be seen", async () => {
    const shop = await company({ own: true }),
        page = await shop.open({ at: "/core" });
    const { name } = await shop.enrol(page);
    await shop.login(page, "fourth");
    await page.evaluate(() => tefter.drafts.put("sale", { lines: [1, 2] }));
    same(await page.evaluate(() => tefter.drafts.names()), ["sale"]);
    await shop.killRelay();
    await lost(page);
    await sell(page);
    await shop.tefter("terminal", "block", name);
    await shop.startRelay();
    await page.waitForFunction(() => tefter.line.value.kind === "ended");
    same(await page.evaluate(() => [tefter.line.value.why.code, tefter.me.value, sessionStorage.length]), [
        25,
        undefined,
        0,
    ]);
    same(await waiting(page), ["fourth waiting"]);
    await until(
        "the drafts are gone",
        async () => (await page.evaluate(async () => (await tefter.drafts.names()).length)) === 0,
    );
    await page.context().close();

    const other = await shop.open({ at: "/core" }),
        device = await shop.enrol(other);
    await shop.login(other, "fourth");
    await other.waitForFunction(() => tefter.line.value.kind === "live");
    const begun = Date.now();
    await shop.tefter("terminal", "block", device.name);
    await other.waitForFunction(() => tefter.line.value.kind === "ended");
    ok(Date.now() - begun < 1000, `${Date.now() - begun} ms`);
    await other.context().close();
    await shop.end();
});

test("outbox: a browser that lost its key is nobody, and the old commands are told as another terminal's", async () => {
    const shop = await company({ own: true }),
        page = await counter(shop);
    await shop.killRelay();
    await lost(page);
    await sell(page);
    await until("written", () => page.evaluate(() => given[0].kept.value));
    await page.evaluate(
        () =>
            new Promise((done) => {
                const request = indexedDB.open("tefter");
                request.onsuccess = () => {
                    const change = request.result.transaction("device", "readwrite");
                    change.objectStore("device").clear();
                    change.oncomplete = done;
                };
            }),
    );
    await shop.startRelay();
    await page.waitForFunction(() => tefter.device.value === "unknown");
    await shop.enrol(page);
    await shop.login(page, "fourth");
    await page.waitForFunction(() => tefter.line.value.kind === "live");
    await new Promise((done) => setTimeout(done, 500));
    same(await page.evaluate(() => tefter.pending.value.map(({ foreign }) => foreign)), [true]);
    await page.evaluate(() => tefter.pending.value[0].discard());
    await page.reload();
    await page.waitForFunction(() => globalThis.tefter?.line.value.kind === "live");
    same(await waiting(page), []);
    await page.context().close();
    await shop.end();
});
