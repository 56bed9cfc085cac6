/* A manager's day: the board, approvals, customers, on the real relay and server. */
import { company, ok, same, test, until, within } from "./harness.mjs";
import { axe as findings, bare, fresh, part } from "./fresh.mjs";

/* The rail is the shell's, and looked at by its tests. */
const axe = (page) => findings(page, ["label-content-name-mismatch"]);

const figure = (text) => BigInt(text.replace(/[^0-9−-]/g, "").replace("−", "-"));
const tile = async (page, label) =>
    figure(
        await page.locator(".board-tiles .tile", { hasText: label }).locator(".figure .n, .figure").first().innerText(),
    );
const boxes = (page, what) =>
    page.locator(what).evaluateAll((all) =>
        all.map((each) => {
            const { x, y, width, height } = each.getBoundingClientRect();
            return [x, y + scrollY, width, height].map(Math.round).join(" ");
        }),
    );
const REGIONS =
    ".board .panel, .board .tile, .board .feed, .board .odds, .board .chart, .board .branches tr, .board .asks, .board .panel-head";

/* Over their limit, and a manager may say yes. */
async function asks(shop, customer, bags, note = "pays on Thursday") {
    await shop.tefter("customer", "limit", customer, "--policy", "approve").catch(() => undefined);
    await shop.tefter("sell", customer, `XM40=${bags}`, `--ask=${note}`).catch(() => undefined);
    const [row] = await shop.json("approval", "list");
    return row;
}
const approval = async (shop, number) => (await shop.json("call", "ApprovalView", `approval=${number}`))[0].approval;

test(
    "board: a sale that waits comes to a manager's phone by itself, is approved, and the till has the outcome",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "quan", width: 390, height: 844, hash: "#/board", hasTouch: true });
        await page.waitForSelector("text=Nothing waits for you");
        await page.waitForSelector("text=There is no backup yet");
        await page.waitForSelector(".ages tfoot");
        await page.waitForTimeout(1000);
        const before = await boxes(page, ".board > *");
        const row = await asks(shop, "K01", 60);
        await page.waitForSelector(".first.urgent", { timeout: within(5000) });
        same(await boxes(page, ".board > *"), before, "nothing moved");
        await page.click("text=Open approvals");
        await page.waitForSelector("text=How it adds up");
        await page.waitForSelector(".parked-goods >> text=Xi măng PCB40");
        ok(await page.locator(".tab-bar").isHidden(), "no tab bar inside a form");
        same(await page.locator(".button.filled").count(), 0, "no button is filled before a reason is chosen");
        same(await page.locator(".chip[aria-pressed=true]").count(), 0, "no reason is preset");
        await page.click(".approve");
        await page.waitForSelector("text=choose one first");
        same((await approval(shop, row.approval)).row.state, "APPROVAL_WAITING");
        await page.click("text=Long-time customer");
        same(await page.locator(".button.filled").count(), 1);
        same((await page.innerText(".approve")).trim(), "Approve 5,508,000 once");
        same(await axe(page), []);
        const till = await fresh(shop, { login: "ketoan", hash: `#/approvals/${row.approval}` });
        await till.waitForSelector("text=A manager, controller or owner decides this.");
        same(await till.locator(".approve").count(), 0, "who may not decide is not asked to");
        await page.click(".approve");
        const begun = Date.now();
        await till.waitForSelector("text=Approved by Bùi Anh Quân", { timeout: within(5000) });
        await page.waitForSelector(".notice.credit", { timeout: within(5000) });
        const told = await approval(shop, row.approval);
        ok(Date.now() - begun < 5000, "both ends have it");
        same(
            [told.row.state, told.row.decided_login, told.row.reason?.value ?? told.row.reason],
            ["APPROVAL_GRANTED", "quan", "Long-time customer"],
        );
        same([page.faults, till.faults], [[], []]);
        await till.context().close();
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "approvals: less can be approved; who decided first has decided, and what the other chose stays",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "quan", hash: "#/approvals" });
        const first = await asks(shop, "K02", 60);
        await page.waitForSelector(".approve");
        await page.click("text=Approve less");
        await page.fill(".less input", "9m");
        await page.click("text=Pays this week");
        same(await page.getAttribute(".approve", "aria-disabled"), "true", "more than was asked cannot be approved");
        await page.fill(".less input", "5m");
        same((await page.innerText(".approve")).trim(), "Approve 5,000,000 once");
        await page.click(".approve");
        await until(
            "granted for less",
            async () => (await approval(shop, first.approval)).row.approved_minor === 5_000_000,
        );
        const second = await asks(shop, "K03", 70);
        await page.goto(`${shop.url}/#/approvals/${second.approval}`);
        await page.waitForSelector(".approve");
        await page.click("text=Agreed by phone");
        await shop.tefter("approval", "refuse", String(second.approval), "--reason", "ask them to pay first");
        await page.waitForSelector("text=/Refused by/", { timeout: within(5000) });
        ok(/decided while you looked/.test(await page.innerText(".bar-sticky")));
        ok(/Agreed by phone/.test(await page.innerText(".bar-sticky")), "what was chosen is still told");
        same(await page.locator(".approve").count(), 0);
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "board: its figures are the command line's after random work",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "owner", width: 1440, height: 900, hash: "#/board" });
        await page.waitForSelector(".board-tiles .figure .n");
        let seed = 11;
        const random = (most) => (seed = (seed * 48271) % 2147483647) % most;
        for (let turn = 0; turn < 30; turn++) {
            const customer = `K0${1 + random(6)}`;
            const work =
                random(4) > 0
                    ? ["sell", customer, `XM40=${1 + random(20)}`]
                    : [
                          "pay",
                          customer,
                          String(1000 * (1 + random(900))),
                          "--transfer",
                          "VCB 0071",
                          "--reference",
                          `T${turn}`,
                      ];
            await shop.tefter(...work).catch(() => undefined);
        }
        const company0 = async () =>
            (await shop.json("call", "TotalsView"))[0].totals.rows.find((row) => row.branch === 0);
        const row = await company0();
        ok(row.sold_minor > 0 && row.collected_minor > 0, "work was done");
        await until(
            "the board has it",
            async () => (await tile(page, "Sold today")) === BigInt(row.sold_minor),
            10_000,
        );
        same(
            [
                await tile(page, "Owed to us"),
                await tile(page, "Collected today"),
                await tile(page, "Overdue"),
                await tile(page, "Not yet matched"),
            ],
            [
                BigInt(row.owed_minor - row.in_credit_minor),
                BigInt(row.collected_minor),
                BigInt(row.overdue_minor),
                BigInt(row.unmatched_minor),
            ],
        );
        const [{ aging }] = await shop.json("call", "Aging");
        await until(
            "ages come to the same",
            async () => figure(await page.locator(".ages tfoot .n").innerText()) === BigInt(aging.balance_minor),
            10_000,
        );
        same(BigInt(aging.balance_minor), await tile(page, "Owed to us"));
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 180 },
);

test(
    "board: a hundred changes that are pushed move no box",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "owner", width: 1440, height: 900, hash: "#/board" });
        await shop.tefter("sell", "K06", "XM40=1");
        await until("the first sale", async () => (await tile(page, "Sold today")) > 0n);
        await page.waitForSelector(".ages tfoot");
        await page.waitForSelector(".exposures .panel-head");
        await page.waitForTimeout(1500);
        const before = await boxes(page, REGIONS);
        await page.evaluate(() => {
            globalThis.shifts = 0;
            new PerformanceObserver((list) => {
                for (const entry of list.getEntries()) globalThis.shifts += entry.value;
            }).observe({ type: "layout-shift", buffered: false });
        });
        const turns = Array.from({ length: 100 }, (_, turn) => turn);
        await Promise.all(
            [0, 1, 2].map(async () => {
                while (turns.length > 0) {
                    turns.pop();
                    await shop.tefter("sell", "K06", "GACH6=10").catch(() => undefined);
                }
            }),
        );
        await until(
            "all of them",
            async () => /^1\d\d bills|101/.test(await page.innerText(".board-tiles .tile:first-child .tile-note")),
            20_000,
        );
        same(await boxes(page, REGIONS), before);
        ok(
            (await page.evaluate(() => globalThis.shifts)) < 0.02,
            `layout shifted by ${await page.evaluate(() => globalThis.shifts)}`,
        );
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 240 },
);

test(
    "board: a line that is cut says how old its figures are, and comes back",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "owner", width: 1440, height: 900, hash: "#/board" });
        await page.waitForSelector(".board-tiles .figure .n");
        same(await page.locator(".board-tiles .late.small").count(), 0);
        await shop.killRelay();
        await page.waitForSelector(".board-tiles .tile-label >> text=/at \\d\\d:\\d\\d/", { timeout: within(20_000) });
        const owed = await tile(page, "Owed to us");
        await shop.tefter("sell", "K06", "XM40=7");
        same(await tile(page, "Owed to us"), owed, "what is not known is not shown");
        await shop.startRelay();
        await until("the sale is there", async () => (await tile(page, "Owed to us")) > owed, 30_000);
        await until(
            "no age any more",
            async () => (await page.locator(".board-tiles .tile-label >> text=/at \\d\\d:/").count()) === 0,
            10_000,
        );
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "customers: found as people type, opened, and live down to what touched a bill",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "mai", width: 1440, height: 900, hash: "#/customers" });
        await page.waitForSelector("[data-customer]");
        await shop.tefter("sell", "K02", "XM40=10");
        await shop.tefter("pay", "K02", "100000", "--transfer", "VCB 0071", "--reference", "A1");
        await until("figures change in place", async () =>
            /818,000/.test(await page.locator("[data-customer]", { hasText: "K02" }).innerText()),
        );
        await page.fill("#customers-find", "noi that");
        await until(
            "found without its marks",
            async () =>
                /Nội thất Hoa Sen Trắng/.test(await page.innerText(".customers-scroll")) &&
                (await page.locator("[data-customer]").count()) === 1,
        );
        await page.keyboard.press("Enter");
        await page.waitForSelector("text=Unpaid bills");
        await page.locator("table[aria-label='Unpaid bills'] tbody tr").first().click();
        await until("what touched it", async () =>
            /100,000[\s\S]*Left to pay[\s\S]*818,000/.test(
                await page
                    .locator(".opened")
                    .innerText()
                    .catch(() => ""),
            ),
        );
        same(await axe(page), []);
        await shop.tefter("pay", "K02", "18000", "--transfer", "VCB 0071", "--reference", "A2");
        await until("live", async () => /800,000/.test(await page.locator(".opened").innerText()));
        await page.locator(".opened a").first().click();
        await page.waitForSelector("text=What touched it");
        same(await axe(page), []);
        same(page.faults, []);
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "board: right to left nothing is cut and nothing leaves the page; no serious finding on any screen",
    async () => {
        const shop = await company({ own: true });
        await shop.tefter("sell", "K06", "XM40=10");
        const row = await asks(shop, "K01", 60);
        for (const [width, height] of [
            [1440, 900],
            [390, 844],
        ]) {
            const page = await fresh(shop, { login: "quan", width, height, hash: "#/board" });
            for (const [hash, ready] of [
                ["#/board", ".board-tiles .figure .n"],
                [`#/approvals/${row.approval}`, ".approve"],
                ["#/customers", "[data-customer]"],
                ["#/customers/7", ".card-facts"],
                ["#/alarms", ".alarms"],
            ]) {
                for (const direction of ["ltr", "rtl"]) {
                    await page.goto(`${shop.url}/${hash}`);
                    await page.waitForSelector(ready);
                    await page.evaluate((wanted) => {
                        document.documentElement.dir = wanted;
                    }, direction);
                    await page.waitForTimeout(400);
                    const wide = await page.evaluate(() =>
                        document.documentElement.scrollWidth <= innerWidth
                            ? []
                            : [...document.querySelectorAll("body *")]
                                  .filter((each) => {
                                      const box = each.getBoundingClientRect();
                                      return box.right > innerWidth + 1 || box.left < -1;
                                  })
                                  .map((each) => `${each.tagName}.${each.className}: ${each.textContent.slice(0, 40)}`),
                    );
                    same(wide, [], `${hash} ${width} ${direction}: wider than the page`);
                    same(await axe(page), [], `${hash} ${width} ${direction}`);
                }
            }
            same(page.faults, []);
            await page.context().close();
        }
    },
    { seconds: 240 },
);

test("board: the branch that was chosen is the one that is shown after a reload, until all are chosen again", async () => {
    const shop = await company();
    const page = await fresh(shop, { login: "owner", hash: "#/board" });
    const choice = page.locator(".head .choice select");
    const rows = () => page.locator(".board-branches .branches tbody tr").count();
    await choice.waitFor();
    await until("all branches", async () => (await rows()) > 2);
    await choice.selectOption({ label: "Thủ Đức" });
    await until("one branch", async () => (await rows()) === 1);
    await page.reload();
    await choice.waitFor();
    await until("still the one", async () => (await rows()) === 1);
    same(await choice.evaluate((select) => select.selectedOptions[0].textContent), "Thủ Đức");
    await choice.selectOption({ label: "All branches" });
    await page.reload();
    await choice.waitFor();
    await until("all again", async () => (await rows()) > 2);
    same(page.faults, []);
    await page.context().close();
});
