/* What the browser keeps is damaged: a record of the wrong type, half written, of another version. The page goes on, what could be
 * read is used, and what may be a sale is set aside and told. */
import { company, ok, same, STAFF, test, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { goods, sells, taken } from "./at_counter.mjs";

let made;
const shop = () => (made ??= company({ own: true }));
const clerk = async () => fresh(await shop(), { login: "fourth", hash: "#/sale" });
const TEXTS = [
    "",
    "{",
    '{"staff":',
    "null",
    "7",
    '"x"',
    "[]",
    "{}",
    "[null]",
    '{"size":"x","theme":5,"language":7,"toman":"y"}',
];
const THINGS = ["half of a reco", 7, null, true, [], {}, { id: 5 }, new Date(0), { id: "x", lines: "y" }, [[1]]];

/* In the page: one record of a database, as it is or as `how` makes it. */
const put = (page, database, shelf, key, what) =>
    page.evaluate(
        async ([name, on, under, value]) => {
            const opened = await new Promise((done) => {
                indexedDB.open(name).onsuccess = ({ target }) => done(target.result);
            });
            const change = opened.transaction(on, "readwrite");
            change.objectStore(on).put(value, under);
            await new Promise((done) => (change.oncomplete = done));
            opened.close();
        },
        [database, shelf, key, what],
    );
const keysOf = (page, database, shelf) =>
    page.evaluate(
        async ([name, on]) => {
            const opened = await new Promise((done) => {
                indexedDB.open(name).onsuccess = ({ target }) => done(target.result);
            });
            const asked = opened.transaction(on).objectStore(on).getAllKeys();
            await new Promise((done) => (asked.onsuccess = done));
            opened.close();
            return asked.result;
        },
        [database, shelf],
    );

/* After a reload a cash sale is sold as ever. */
async function sellsStill(page, what) {
    await page.reload();
    await page.waitForSelector(".goods-field input, input[type=password]", { timeout: 20_000 }).catch(() => {
        throw new Error(`no page with ${what}`);
    });
    same(page.faults, [], what);
}
async function sellOne(page) {
    await goods(page, "XM40");
    await sells(page, /Take 91,800/);
    await page.keyboard.press("F9");
    return taken(page);
}

test(
    "damaged: whatever lies in the storage of texts, the page comes up",
    async () => {
        const page = await clerk();
        await page.waitForSelector(".goods-field input");
        const keys = await page.evaluate(() => Object.keys(localStorage));
        ok(keys.length > 0, "there is something to be damaged");
        for (const text of TEXTS) {
            await page.evaluate(
                ([all, value]) => {
                    const staff = [...Array(20).keys()].map((number) => `tefter.person.${number}`);
                    const more = ["tefter.person", "tefter.lock", "tefter.slip", "tefter.till", "tefter.people"];
                    for (const key of [...all, ...more, ...staff]) localStorage.setItem(key, value);
                },
                [keys, text],
            );
            await sellsStill(page, `localStorage ${JSON.stringify(text)}`);
            const size = await page.evaluate(() => document.documentElement.style.getPropertyValue("--size"));
            same(size, "1");
        }
        await sellOne(page);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "damaged: a login that cannot be read asks for the login again",
    async () => {
        const page = await clerk();
        for (const text of TEXTS) {
            await page.evaluate((value) => sessionStorage.setItem("tefter token", value), text);
            await sellsStill(page, `the token is ${JSON.stringify(text)}`);
            await page.waitForSelector("input[type=password]");
        }
        await page.locator("input[type=password]").fill(STAFF.fourth.password);
        await page.keyboard.press("Enter");
        await page.waitForSelector(".goods-field input");
        await sellOne(page);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "damaged: what waits to be sent and cannot be read is set aside and told; the rest is sent",
    async () => {
        const at = await shop();
        const page = await clerk();
        await goods(page, "XM40");
        await sells(page, /Take 91,800/);
        await at.killRelay();
        await until("the line is lost", async () => /NOT CONNECTED/.test(await page.innerText("body")));
        await page.keyboard.press("F9");
        await page.waitForSelector("text=kept here");
        const [good] = await keysOf(page, "tefter", "outbox");
        for (const [number, thing] of THINGS.entries())
            await put(page, "tefter", "outbox", `${String(number).repeat(12)}${good.slice(12)}`, thing);
        await page.evaluate(async (id) => {
            const opened = await new Promise((done) => {
                indexedDB.open("tefter").onsuccess = ({ target }) => done(target.result);
            });
            const shelf = opened.transaction("outbox", "readwrite").objectStore("outbox");
            const entry = await new Promise((done) => {
                shelf.get(id).onsuccess = ({ target }) => done(target.result);
            });
            const half = "a".repeat(12) + id.slice(12);
            shelf.put({ ...entry, id: half, bytes: entry.bytes.slice(0, entry.bytes.length - 3) }, half);
            const no_person = "b".repeat(12) + id.slice(12);
            shelf.put({ ...entry, id: no_person, staff: undefined }, no_person);
            opened.close();
        }, good);
        await sellsStill(page, "a damaged outbox");
        await page.waitForSelector("text=12 records of this device cannot be read");
        await at.startRelay();
        await page.waitForSelector(".strip[data-state=taken]");
        await until("it is sent", async () => (await keysOf(page, "tefter", "outbox")).length === 0);
        await sellsStill(page, "what was set aside");
        await page.getByRole("button", { name: "What is left of it" }).click();
        const text = await page.locator(".aside-text").inputValue();
        ok(/half of a reco/.test(text) && /sell_paid/.test(text) && /91800/.test(text), text);
        await page.getByRole("button", { name: "It is written down, remove it" }).click();
        await until("it is gone", async () => (await page.locator(".left-here").count()) === 0);
        await sellsStill(page, "nothing");
        same(
            (await keysOf(page, "tefter", "device")).filter((key) => key.startsWith("aside ")),
            [],
        );
        await page.context().close();
    },
    { seconds: 150 },
);

test(
    "damaged: drafts and all else that the counter keeps",
    async () => {
        const page = await clerk();
        await goods(page, "GACH6");
        await page.waitForTimeout(600);
        const keys = await keysOf(page, "tefter-counter", "kept");
        const draft = keys.find((key) => key.startsWith("draft:"));
        const [, staff] = draft.split(":");
        for (const [number, thing] of THINGS.entries())
            await put(page, "tefter-counter", "kept", `draft:${staff}:${number}`, thing);
        await put(page, "tefter-counter", "kept", "dismissed:x", { id: "x" });
        for (const thing of THINGS) {
            for (const key of [
                "strip",
                "answered",
                "recent",
                `chosen:${Number(staff)}`,
                `seen:${Number(staff)}`,
                "begun:x",
                "once:y",
            ])
                await put(page, "tefter-counter", "kept", key, thing);
            for (const key of ["place", "goods/0"]) {
                const name = (await keysOf(page, "tefter", "drafts")).find((each) => each.endsWith(key));
                if (name !== undefined) await put(page, "tefter", "drafts", name, thing);
            }
            await put(page, "tefter", "device", "greeting", thing);
            await sellsStill(page, JSON.stringify(thing));
        }
        await page.waitForSelector("text=11 records of this device cannot be read");
        same(await page.locator(".goods [data-row]").count(), 1, "the good one is there");
        same((await keysOf(page, "tefter-counter", "kept")).filter((key) => key.startsWith("draft:")).length, 1);
        await page.context().close();
    },
    { seconds: 150, long: true },
);

test(
    "damaged: the key of the device, and storage of a later program",
    async () => {
        const at = await shop();
        const page = await clerk();
        await page.goto("about:blank");
        await page.goto(`${at.url}/core`);
        await page.evaluate(async () => {
            for (const name of ["tefter", "tefter-counter"])
                await new Promise((done, failed) => {
                    const asked = indexedDB.open(name, 9);
                    asked.onsuccess = () => done(asked.result.close());
                    asked.onerror = asked.onblocked = failed;
                });
        });
        await page.goto(`${at.url}/#/sale`);
        await page.waitForSelector(".goods-field input");
        await sellOne(page);
        for (const thing of THINGS) {
            await put(page, "tefter", "device", "self", thing);
            await page.reload();
            await page.waitForSelector("text=cannot be read any more");
            await page.waitForSelector("text=Ask for a new code");
            same(page.faults, []);
        }
        await page.context().close();
    },
    { seconds: 150, long: true },
);
