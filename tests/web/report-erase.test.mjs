/* The audit log, filtered; a person who is erased, and of whose name nothing is found anywhere afterwards. */
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { ok, root, same, test, until } from "./harness.mjs";
import { axe, fresh, part } from "./fresh.mjs";
import { trading } from "./trading.mjs";

/* How many approvals wait stands in the rail beside its label. */
const RAIL = ["label-content-name-mismatch"];
const SHOTS = process.env.TEFTER_SHOTS;
const shot = (page, name) => SHOTS && page.screenshot({ path: `${SHOTS}/${name}.png` });
const rows = (page) => page.locator(".report-panel tbody tr").allInnerTexts();

test(
    "the audit log is filtered by person and kind; what was left undone is one line a minute and person",
    async () => {
        const shop = await trading();
        const page = await fresh(shop, { login: "owner", hash: "#/settings", width: 1440, height: 900 });
        const clerk = await shop.open({ at: "/core" });
        await shop.enrol(clerk, "TD");
        await shop.login(clerk, "minh");
        for (let i = 0; i < 5; i++)
            await clerk.evaluate(() =>
                tefter.call("left_undone", {
                    command: "sell_paid",
                    customer: "K01",
                    amount_minor: 5000n,
                    made_ms: BigInt(Date.now()),
                    reason: "typed twice",
                }),
            );
        await clerk.evaluate(() => tefter.call("audit_list", {})); /* not with their role: in the log */
        await page.goto(`${shop.url}/#/audit`);
        await until("the log is there", async () => (await rows(page)).length > 3);
        const undone = (await rows(page)).filter((row) => row.includes("Not sent, with a reason"));
        same(undone.length, 1, "five within a minute are one line");
        ok(undone[0].includes("K01"), "it says about whom");
        await page.getByLabel("What").selectOption({ label: "Not with their role" });
        await until("only those", async () => {
            const all = await rows(page);
            return all.length > 0 && all.every((row) => row.includes("Not with their role"));
        });
        await page.getByLabel("What").selectOption({ label: "All" });
        await page.getByLabel("Person").selectOption({ label: "Trần Minh" });
        await until("only of Minh", async () => {
            const all = await rows(page);
            return all.length > 1 && all.every((row) => row.includes("Trần Minh"));
        });
        await page.getByLabel("About (customer's code)").fill("K01");
        await until("only about K01", async () => {
            const all = await rows(page);
            return all.length === 1 && all[0].includes("K01");
        });
        await shot(page, "audit");
        same(await axe(page, RAIL), []);
        await page.getByLabel("About (customer's code)").fill("nobody at all");
        await page.waitForSelector("text=Nothing of this kind is in the log.");
        const told = await shop.json("audit", "--event", "left_undone");
        same(told.length, 1, "the command line filters alike");
        same(page.faults, []);
        await Promise.all([page.context().close(), clerk.context().close()]);
        await shop.end();
    },
    { seconds: 180 },
);

/* Where the server's sources name a kind: noted, returned by event_of, written at its own keyboard. */
const NAMED = [
    /\bevent = [^";(,]*"([a-z_]+)"(?:\s*:\s*"([a-z_]+)")?/g,
    /\bnote(?:_buyer)?\(access, \w+,[^";]*"([a-z_]+)"(?:\s*:\s*"([a-z_]+)")?/g,
    /\baudited\(&[^";]*"([a-z_-]+)"(?:\s*:\s*"([a-z_-]+)")?/g,
];

test("each kind of line that the server writes into the audit log has words", async () => {
    const { eventText } = await part("report/audit.tsx");
    const kinds = new Set();
    for (const folder of ["access", "admin"])
        for (const name of await readdir(join(root, "server", folder))) {
            if (!name.endsWith(".c")) continue;
            const text = await readFile(join(root, "server", folder, name), "utf8");
            const returned = [...text.matchAll(/\*event_of\([\s\S]*?\n}/g)].flatMap(([body]) => [
                ...body.matchAll(/"([a-z_]+)"/g),
            ]);
            for (const [, ...found] of [...NAMED.flatMap((named) => [...text.matchAll(named)]), ...returned])
                for (const kind of found) if (kind !== undefined) kinds.add(kind);
        }
    ok(kinds.size > 40, [...kinds].sort().join(" "));
    same(
        [...kinds].filter((kind) => eventText(kind) === kind),
        [],
        "without words",
    );
});

/* Is it in a file of that folder? The journal refers to words and has none; the vault's pages are read raw. */
async function inFiles(folder, word) {
    const found = [];
    for (const name of await readdir(folder, { recursive: true })) {
        const bytes = await readFile(join(folder, name)).catch(() => undefined);
        if (bytes?.includes(word)) found.push(name);
    }
    return found;
}

test(
    "a person is erased when nothing is open, and their name is in no page, push, search or export afterwards",
    async () => {
        const NAME = "Zyxwoodle Quarrington",
            PHONE = "+84 28 9977 5533";
        const shop = await trading();
        const { tefter } = shop;
        await tefter("customer", "add", NAME, "--code", "ZQ", "--phone", PHONE, "--area", "route 9", "--no-look");
        await tefter("customer", "edit", "ZQ", "--note", `calls after ${NAME}'s lunch`);
        await tefter("customer", "limit", "ZQ", "9m");
        await tefter("sell", "ZQ", "XM40=10", "--note", `for ${NAME}`);
        const [card] = await shop.json("customer", "show", "ZQ");
        const number = (card.customer_card ?? card).row.customer;
        const page = await fresh(shop, { login: "owner", hash: `#/erase/${number}`, width: 1440, height: 900 });
        const watcher = await fresh(shop, { login: "quan", hash: "#/customers", width: 1366 });
        await watcher.waitForSelector(`text=${NAME}`);

        await page.waitForSelector("text=Money of theirs is open");
        same(await page.locator(".erase-do").count(), 0, "no way to erase while money is open");
        await shot(page, "erase-open");
        await tefter("pay", "ZQ", "918000", "--transfer", "VCB 0071", "--reference", "FTZQ");
        await page.waitForSelector(".erase-do");
        await shot(page, "erase");
        same(await axe(page, RAIL), []);
        await page.getByLabel("Type ZQ to erase the person").fill("zq");
        await page.getByRole("button", { name: /^Erase .* for ever$/ }).click();
        await page.waitForSelector("text=The person behind ZQ is erased.");
        ok(!(await page.content()).includes("Quarrington"), "nor on the page that did it");

        await until("who looks on sees the code alone", async () => {
            const text = await watcher.innerText("body");
            return text.includes("ZQ") && !text.includes("Quarrington");
        });
        await until("the words of papers and changes went too", async () => {
            const [changes] = await shop.json("call", "customer_changes", `customer=${number}`);
            const [bills] = await shop.json("call", "history", `customer=${number}`);
            const [document] = await shop.json("document", "show", "HQ-00009").catch(() => [{}]);
            return !JSON.stringify([changes, bills, document]).includes("Quarrington");
        });
        for (const text of ["Zyxwoodle", "quarrington", "9977 5533"]) {
            const [hits] = await shop.json("call", "search", `text=${text}`);
            same(((hits.search ?? hits).hits ?? []).filter((hit) => hit.customer).length, 0, `${text} is not found`);
        }
        const all = JSON.stringify([
            await shop.json("customer", "list"),
            await shop.json("call", "documents"),
            await shop.json("call", "alarms"),
            await shop.json("call", "approvals"),
            await shop.json("customer", "show", "ZQ"),
            await shop.json("audit"),
        ]);
        ok(!all.includes("Quarrington") && !all.includes("9977"), "in no list");
        ok(all.includes("ZQ"), "the code and the papers stay");
        const [books] = await shop.json("trial-balance");
        ok((books.trial_balance ?? books).balanced ?? true);
        const log = await shop.json("audit", "--event", "customer_erased");
        same(log.length, 1, "the audit log tells it");
        await page.goto(`${shop.url}/#/customers/${number}`);
        await page.waitForSelector("text=The person behind ZQ is erased.");
        await tefter("customer", "unlock", "ZQ").then(
            () => ok(false, "nothing is changed any more"),
            (fault) => ok(String(fault.stderr).includes("erased")),
        );

        /* nor in a backup that is made from now on, nor after a restart that trusts nothing */
        await shop.killServer();
        await shop.startServer();
        const again = JSON.stringify(await shop.json("customer", "show", "ZQ"));
        ok(!again.includes("Quarrington"));
        same(await inFiles(join(shop.ledger, "journal"), "Quarrington"), [], "the journal never had it");
        same(page.faults, []);
        await Promise.all([page.context().close(), watcher.context().close()]);
        await shop.end();
    },
    { seconds: 240 },
);
