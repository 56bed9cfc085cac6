/* What pages show of the ledger is the truth at its seq: judged by the judge of the C client's feed (tests/feed/told.c). */
import { spawnSync } from "node:child_process";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bin, chance, company, ok, same, test, until } from "./harness.mjs";

/* Of all that a change of figures changes; the same in a page and here. */
const PRINT = `(account) => {
    let print = 14695981039346656037n;
    for (const value of [account.balance_minor, account.used_minor, account.limit_minor, account.available_minor, account.bills_minor,
        account.unmatched_minor, account.open_bills, account.last?.seq ?? 0])
        print = BigInt.asUintN(64, (print ^ BigInt.asUintN(64, BigInt(value))) * 1099511628211n + (print >> 29n));
    return String(print || 1n);
}`;
const printOf = eval(PRINT);
const CUSTOMERS = 7,
    CHANGES = 420;

/* A page that tells each whole set that it shows, in order. */
async function watcher(shop, number, lines) {
    const page = await shop.open({ at: "/core" });
    await shop.enrol(page);
    await shop.login(page, "mai");
    await page.exposeFunction("told", (some) => {
        lines.push(...some);
    });
    await page.addInitScript(
        ({ number, PRINT }) => {
            const printOf = eval(PRINT);
            let due = 0,
                told = globalThis.told;
            globalThis.watch = () => {
                const rows = (globalThis.rows = tefter.customers());
                let old = new Map();
                rows.seq.subscribe((seq) => {
                    if (!rows.whole.peek() || globalThis.quiet) return;
                    const now = rows.rows.peek(),
                        some = [];
                    for (const [key, { account }] of now)
                        if (old.get(key)?.account !== account)
                            some.push(`row ${number} ${key - 1} ${account.seq} ${printOf(account)}`);
                    old = now;
                    told([...some, `exact ${number} ${seq}`]);
                });
            };
        },
        { number, PRINT },
    );
    await page.reload();
    await page.waitForFunction(() => globalThis.tefter);
    await page.evaluate(() => watch());
    return page;
}

test(
    "feed: pages through cuts, losses, naps, reloads and kills show the truth at each seq",
    async () => {
        const judge = join(bin, "feed_told");
        ok(existsSync(judge), "feed_told is built");
        const shop = await company({ own: true }),
            random = chance(31),
            lines = [[], [], [], []];
        const accounts = (await shop.json("customer", "list"))
            .filter(({ account }) => account)
            .map(({ account }) => account);
        same(accounts.length, CUSTOMERS);
        const before = accounts.map((account) => `before ${account.customer - 1} ${printOf(account)}`);
        const pages = [];
        for (let number = 0; number < 4; number++) pages.push(await watcher(shop, number, lines[number]));
        const [, cut, napping, reloading] = pages;

        /* The second one's connection is cut in the middle of sets. */
        let losses = 0,
            cutNow = () => undefined;
        await cut.routeWebSocket(/./, (socket) => {
            const server = socket.connectToServer();
            let open = true;
            server.onMessage((data) => {
                if (open) socket.send(data);
            });
            cutNow = () => {
                if (!open) return;
                open = false;
                losses++;
                server.close();
                socket.close();
            };
        });
        await cut.evaluate(() => {
            globalThis.quiet = true;
        });
        lines[1].push("anew 1");
        await cut.reload();
        await cut.waitForFunction(() => globalThis.tefter);
        await cut.evaluate(() => watch());

        const writer = await shop.open({ at: "/core" });
        await shop.enrol(writer);
        await shop.login(writer, "owner");
        await writer.waitForFunction(() => tefter.line.value.kind === "live");
        await writer.evaluate((PRINT) => {
            globalThis.changes = [];
            globalThis.printOf = eval(PRINT);
        }, PRINT);
        const till = await writer.evaluate(() =>
            tefter
                .ask("money_accounts", {})
                .then(({ answer }) => answer.money_accounts.find(({ name }) => name === "drawer FO").money_account),
        );
        const write = (some) =>
            writer.evaluate(
                ([some, money_account]) => {
                    for (const [customer, pays] of some) {
                        const one = pays
                            ? tefter.submit("take_payment", { customer, kind: 1, amount_minor: 1350n, money_account })
                            : tefter.submit("issue_invoice", {
                                  customer,
                                  lines: [{ product_code: "GACH6", quantity: 1000n }],
                              });
                        one.ended.then((fate) =>
                            changes.push(
                                fate.kind === "done"
                                    ? `change ${fate.seq} ${customer - 1} ${printOf(fate.done.account)}`
                                    : `refused ${customer} ${pays} ${fate.refused.code} ${fate.refused.field}`,
                            ),
                        );
                    }
                },
                [some, till],
            );

        for (let i = 0; i < 14; i++) {
            await write(Array.from({ length: CHANGES / 14 }, () => [2 + random(CUSTOMERS - 1), random(3) === 0]));
            if (i % 4 === 1) {
                await shop.killRelay();
                await shop.startRelay();
            }
            if (i % 4 === 3) {
                await shop.killServer();
                await shop.startServer();
            }
            if (i % 3 === 0) {
                cutNow();
                await cut.evaluate(() => dispatchEvent(new Event("online")));
            }
            if (i === 5 || i === 9) {
                await reloading.evaluate(() => {
                    globalThis.quiet = true;
                });
                lines[3].push("anew 3");
                await reloading.reload();
                await reloading.waitForFunction(() => globalThis.tefter);
                await reloading.evaluate(() => watch());
            }
            if (i === 6)
                await napping.evaluate(() => {
                    const end = performance.now() + 1500;
                    while (performance.now() < end);
                });
            await new Promise((done) => setTimeout(done, random(300)));
        }
        ok(losses > 2, `${losses} cuts`);
        await until("all are answered", () => writer.evaluate((count) => changes.length === count, CHANGES), 60_000);
        const changes = await writer.evaluate(() => changes);
        same(
            changes.filter((one) => !one.startsWith("change")),
            [],
        );
        const last = changes.map((one) => BigInt(one.split(" ")[1])).reduce((a, b) => (a > b ? a : b));
        for (const page of pages) {
            await page.evaluate(() => dispatchEvent(new Event("online")));
            await until(
                "the page has all",
                () => page.evaluate((seq) => rows.whole.value && rows.seq.value >= BigInt(seq), String(last)),
                40_000,
            );
        }
        await new Promise((done) => setTimeout(done, 300));
        const said = [...before, ...changes, ...lines.flat()];
        const judged = spawnSync(judge, { input: said.join("\n") + "\n" });
        if (judged.status !== 0 && process.env.TEFTER_KEEP)
            writeFileSync(process.env.TEFTER_KEEP, said.join("\n") + "\n");
        same([judged.status, judged.status === 0 || judged.stdout.toString()], [0, true]);
        console.log(`# ${judged.stdout.toString().trim()}; ${losses} cuts`);

        /* A judge that lets this pass would let anything pass. */
        const at = said.findIndex(
            (line) => line.startsWith("row 2 ") && said.indexOf(line) > before.length + changes.length + 20,
        );
        const forged = [...said];
        forged[at] = forged[at].replace(/\d$/, (digit) => String((+digit + 1) % 10));
        same(spawnSync(judge, { input: forged.join("\n") + "\n" }).status, 1);
        for (const page of [...pages, writer]) await page.context().close();
        await shop.end();
    },
    { seconds: 240 },
);
