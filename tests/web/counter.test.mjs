/* The counter, as a clerk uses it: by keys and scanner, over the limit, in cash, with a manager elsewhere, and its till. */
import { ok, same, test, until } from "./harness.mjs";
import { axe, fresh, part } from "./fresh.mjs";
import { button, customer, goods, lines, scan, sells, taken, type } from "./at_counter.mjs";
import { PAINT, withPaint } from "./trading.mjs";

let made;
const shop = () => (made ??= withPaint());
const clerk = async (look = {}) =>
    fresh(await shop(), { login: "fourth", hash: "#/sale", width: 1366, height: 625, ...look });

function varint(value) {
    const bytes = [];
    for (; value > 127; value = Math.floor(value / 128)) bytes.push((value % 128) + 128);
    return [...bytes, value];
}
const balance = async (code) => Number((await (await shop()).json("customer", "show", code))[0].account.balance_minor);

test("counter: a scan adds a line in any field, the same scan counts up, 3* makes three, and an unknown code is asked about", async () => {
    const page = await clerk();
    await page.waitForSelector(".goods-field input");
    await until("the catalogue is there", async () => {
        await scan(page, PAINT);
        return (await lines(page)) === 1;
    });
    await scan(page, PAINT);
    await until("it counts up", async () => /^2/.test(await page.inputValue("[data-cell=quantity]")));
    await page.focus(".customer-field input");
    await scan(page, PAINT);
    await until("from the customer's field too", async () => /^3/.test(await page.inputValue("[data-cell=quantity]")));
    same(await page.inputValue(".customer-field input"), "", "and nothing stays there");
    await page.focus(".goods-field input");
    await type(page, "3*");
    await page.waitForTimeout(200); /* nobody scans within a tenth of a second of a key */
    await scan(page, PAINT);
    await until("3* and a scan is three", async () => /^6/.test(await page.inputValue("[data-cell=quantity]")));
    await scan(page, "4006381333931");
    await page.waitForSelector("text=Which item is this?");
    same(await lines(page), 2, "its line is kept");
    const tall = await page.evaluate(() =>
        [...document.querySelectorAll(".goods thead tr, .goods [data-row]")].map((row) => row.offsetHeight),
    );
    ok(tall.length === 3 && tall.every((height) => height > 0 && height <= 48), `heights of head and lines: ${tall}`);
    ok(/not known/.test(await button(page)), "and nothing is sold before it is said");
    await page.locator(".which input").fill("thep");
    await page.waitForSelector(".which .combo-option");
    await page.keyboard.press("Enter");
    await sells(page, /Take 4,277,400/);
    same(page.faults, []);
    await page.context().close();
});

test("counter: over the limit there are four ways; a manager approves elsewhere, and F9 sells what was approved", async () => {
    const page = await clerk();
    await goods(page, "XM40", 50);
    await customer(page, "K01");
    await sells(page, /Choose one of the four above/);
    ok(/540,000/.test(await page.innerText(".result-figure")), "by how much");
    await page.keyboard.press("F9");
    await page.keyboard.press("F8");
    await page.waitForSelector("text=waits for a manager");
    same(await balance("K01"), 0, "nothing is sold so far");
    await goods(page, "GACH6", 10);
    await sells(page, /Take 13,500/);
    await page.keyboard.press("F9");
    const between = await taken(page);
    const manager = await fresh(await shop(), { login: "quan", hash: "#/approvals" });
    await manager.goto(`${(await shop()).url}/core`);
    await manager.evaluate(async () => {
        await new Promise((done) => {
            const stop = setInterval(() => {
                if (tefter.me.value && tefter.line.value.kind === "live") {
                    clearInterval(stop);
                    done();
                }
            }, 50);
        });
        const asked = await tefter.ask("approvals", { waiting_only: true });
        await tefter.submit("decide_approval", {
            approval: asked.answer.approvals[0].approval,
            approved: true,
            reason: { value: "pays Friday" },
        }).ended;
    });
    await page.waitForSelector(".strip-text:has-text('Bùi Anh Quân approved')");
    const strips = await Promise.all([0, 1].map((at) => page.locator(".strip").nth(at).boundingBox()));
    ok(
        strips.every(({ width, height }) => width > 300 && height <= 64),
        `both share one line: ${JSON.stringify(strips)}`,
    );
    ok((await page.locator(".strip-away").boundingBox()).x < strips[1].x + strips[1].width, "its cross is in it");
    const f9 = await page.locator(".commit").boundingBox();
    ok(f9.y + f9.height <= page.viewportSize().height, "F9 is seen");
    if (process.env.TEFTER_PICTURES) await page.screenshot({ path: `${process.env.TEFTER_PICTURES}/two-strips.png` });
    ok((await page.innerText(".strip[data-state=taken]")).includes(between), "what was sold meanwhile");
    same(await page.locator(".strip").getByRole("button", { name: "Undo" }).count(), 1, "and its undo");
    await page.getByRole("button", { name: "Open it" }).click();
    same(await page.locator(".strip-text:has-text('approved the sale')").count(), 0, "it was heard");
    await sells(page, /Sell as approved 4,590,000/);
    await page.keyboard.press("F9");
    await until("another number", async () => (await taken(page)) !== between);
    same(await balance("K01"), 4_590_000);
    same([page.faults, manager.faults], [[], []]);
    await page.context().close();
    await manager.context().close();
});

test("counter: part now fits what is available, the rest waits in a tab of its own", async () => {
    const page = await clerk();
    await goods(page, "XM40", 50);
    await customer(page, "K02");
    await sells(page, /Choose one of/);
    await page.keyboard.press("F4");
    await sells(page, /Sell on credit 4,039,200/);
    await page.keyboard.press("F9");
    await taken(page);
    same(await balance("K02"), 4_039_200);
    ok(/550,800/.test(await page.innerText(".draft-tabs")), "the other six bags");
    same(page.faults, []);
    await page.context().close();
});

test("counter: pay now takes what is over, and the rest is on credit", async () => {
    const page = await clerk();
    await goods(page, "XM40", 50);
    await customer(page, "K03");
    await sells(page, /Choose one of/);
    await page.keyboard.press("F3");
    await sells(page, /Sell, 540,000.* now, 4,050,000.* on credit/);
    await until("the head counts what is paid now", async () =>
        /After it: available\s*0$/.test((await page.innerText(".band-cell .result")).trim()),
    );
    await page.keyboard.press("F9");
    const number = await taken(page);
    const said = await page.innerText(".strip");
    ok(new RegExp(`${number} sold, 4,590,000.*: 540,000.* paid, 4,050,000.* on credit`).test(said), said);
    ok(/540,000.*, receipt /.test(said) && /owes 4,050,000.* · was 0/.test(said), said);
    same(await balance("K03"), 4_050_000);
    same(page.faults, []);
    await page.context().close();
});

test("counter: a cash sale by keys alone: Enter on the empty line, what was given, the change; then undone, and the form is back", async () => {
    const page = await clerk();
    await goods(page, "GACH6", 100);
    await page.keyboard.press("Enter");
    await until(
        "the cursor is in Given",
        async () => await page.evaluate(() => document.activeElement.closest(".given") !== null),
    );
    await type(page, "100k");
    await sells(page, /Take 100,000|Not enough/);
    ok(/Not enough/.test(await button(page)));
    await page.keyboard.press("Control+A");
    await type(page, "200k");
    await sells(page, /Take 135,000.* cash, give 65,000/);
    await page.keyboard.press("F9");
    const number = await taken(page);
    ok(/65,000/.test(await page.innerText(".strip")), "the change is told");
    ok(/Change\s*65,000/.test(await page.innerText(".band-cell .result")), "and stands where it was");
    await until(
        "the next sale is open",
        async () =>
            (await page.evaluate(() => document.activeElement.closest(".goods-field") !== null)) &&
            (await lines(page)) === 0,
    );
    await page.keyboard.press("Alt+U");
    await page.waitForSelector(`text=What was wrong with ${number}?`);
    await page.keyboard.press("2");
    await page.waitForSelector(".strip [aria-pressed=true]");
    await page.keyboard.press("Alt+U");
    await page.waitForSelector(`.strip-text:has-text('${number} reversed')`);
    await until(
        "what was typed is back",
        async () => (await lines(page)) === 1 && /^100/.test(await page.inputValue("[data-cell=quantity]")),
    );
    await page.waitForSelector(".strip:has-text('Give back 135,000')");
    ok(/Give back 135,000.* in cash\./.test(await page.innerText(".strip")), await page.innerText(".strip"));
    const [paper] = await (await shop()).json("document", "show", number);
    same(paper.state, "DOCUMENT_REVERSED");
    for (const { other_number } of paper.touches)
        same((await (await shop()).json("document", "show", other_number))[0].state, "DOCUMENT_REVERSED");
    same(paper.touches.length, 1, "the money that came with it");
    same(page.faults, []);
    await page.context().close();
});

test("counter: Enter is told before it is pressed; a figure is typed over at once; less than nothing is refused in words", async () => {
    const page = await clerk();
    await goods(page, "GACH6", 2);
    await until("two", async () => /^2/.test(await page.inputValue("[data-cell=quantity]")));
    await page.focus(".goods-field input");
    await type(page, "30");
    await until("the first row says so", async () =>
        /→ 30/.test(await page.innerText(".goods-field [aria-selected=true]")),
    );
    await page.keyboard.press("Enter");
    await until("thirty", async () => /^30/.test(await page.inputValue("[data-cell=quantity]")));
    await page.click("[data-cell=quantity]");
    await page.keyboard.type("7");
    await page.keyboard.press("Enter");
    await until("the digit replaced it", async () => /^7\D*$/.test(await page.inputValue("[data-cell=quantity]")));
    await page.click("[data-cell=quantity]");
    await type(page, "-4");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".cell-why:has-text('more than 0')");
    ok(/^7/.test(await page.inputValue("[data-cell=quantity]")));
    await page.focus(".customer-field input");
    await type(page, "/K02");
    same(await page.inputValue(".customer-field input"), "K02", "the key that leads there is not typed");
    await page.waitForSelector(".customer-field .combo-option");
    const clear = await page
        .locator(".customer-field .combo-option")
        .first()
        .evaluate((row) => {
            const { left, top, width, height } = row.getBoundingClientRect();
            return row.contains(document.elementFromPoint(left + width / 2, top + height / 2));
        });
    ok(clear, "its list lies over everything");
    same(page.faults, []);
    await page.context().close();
});

test("counter: a card payment of a sale has its reference", async () => {
    const page = await clerk();
    await goods(page, "GACH6", 10);
    await page.keyboard.press("F7");
    await page.waitForSelector(".part");
    await until("the cursor is in the new row", async () =>
        page.evaluate(() => document.activeElement.closest(".part") !== null),
    );
    await sells(page, /card payment needs its reference/);
    await page.getByPlaceholder("Reference").fill("POS-77");
    await sells(page, /^Take 13,500/);
    await page.keyboard.press("F9");
    await taken(page);
    same(page.faults, []);
    await page.context().close();
});

test("counter: Enter right behind the last letter picks who was typed, not who was listed before", async () => {
    const page = await clerk();
    for (const [code, name] of [
        ["K02", /Hoa Sen/],
        ["K03", /Whitfield/],
        ["K06", /Τεχνική/],
    ]) {
        await page.focus(".customer-field input");
        await page.keyboard.type("K0", { delay: 30 });
        await page.waitForSelector(".customer-field .combo-option");
        await page.keyboard.type(code[2]);
        await page.keyboard.press("Enter");
        await until(`${code} is chosen`, async () => name.test(await page.innerText(".band-cell h2")));
        await page.waitForSelector(".band-cell .terms");
        await page.click("text=Change");
    }
    same(page.faults, []);
    await page.context().close();
});

test("counter: a payment: what is shown before is what is done", async () => {
    const own = await shop();
    await own.tefter("sell", "K05", "XM40=10");
    await own.tefter("sell", "K05", "XM40=20");
    const page = await clerk({ hash: "#/payment" });
    await page.focus(".customer-field input");
    await type(page, "K05");
    await page.waitForSelector(".customer-field .combo-option");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".big-amount input");
    await page.focus(".big-amount input");
    await type(page, "1tr");
    await until("the first bill is paid, the second in part", async () =>
        /918,000[\s\S]*left 0[\s\S]*82,000[\s\S]*left 1,754,000/.test(await page.innerText(".bills")),
    );
    ok(/owes\s*1,754,000/.test(await page.innerText(".after")));
    await page.keyboard.press("F9");
    await taken(page);
    same(await balance("K05"), 1_754_000);
    const bills = await own.json("customer", "bills", "K05").catch(() => undefined);
    if (bills !== undefined) same(Number(bills[0].bills?.[0]?.open_minor ?? bills[0].open_minor), 1_754_000);
    same(page.faults, []);
    await page.context().close();
});

/* For cash, with what is given; its bill and its receipt. */
async function sellForCash(page, pieces) {
    await goods(page, "GACH6", pieces);
    await sells(page, /Take 135,000/);
    await page.keyboard.press("F9");
    const number = await taken(page);
    const [paper] = await (await shop()).json("document", "show", number);
    return { number, receipt: paper.touches[0].other_number };
}
const idOf = async (number) => String((await (await shop()).json("document", "show", number))[0].document.document);
const stateOf = async (number) => (await (await shop()).json("document", "show", number))[0].state;

test("counter: a sale that is reversed from its paper gives its money back", async () => {
    const page = await clerk();
    const { number, receipt } = await sellForCash(page, 100);
    await page.evaluate((hash) => (location.hash = hash), `#/papers/${await idOf(number)}`);
    await page.waitForSelector(`text=${receipt}`);
    await page.keyboard.press("u");
    await page.waitForSelector(`text=Why is ${number} reversed?`);
    await page.getByRole("button", { name: "Not paid" }).click();
    await page.waitForSelector("[role=status]:has-text('Give back 135,000')");
    const said = await page.innerText("[role=status]:has-text('Give back')");
    ok(/^Reversed by \S+ Give back 135,000.* in cash\.$/.test(said.trim()), said);
    same([await stateOf(number), await stateOf(receipt)], ["DOCUMENT_REVERSED", "DOCUMENT_REVERSED"]);
    same(page.faults, []);
    await page.context().close();
});

test("counter: where the money of a sale may not be taken back alone, undo says that it stays, and who may", async () => {
    await (await shop()).tefter("policy", "set", "--own-reversal", "1000");
    const page = await clerk();
    const { number, receipt } = await sellForCash(page, 100);
    await page.keyboard.press("Alt+U");
    await page.waitForSelector(`text=What was wrong with ${number}?`);
    await page.keyboard.press("3");
    await page.waitForSelector(".strip [aria-pressed=true]");
    await page.keyboard.press("Alt+U");
    await page.waitForSelector(`.strip:has-text('${receipt} was not reversed')`);
    const said = await page.innerText(".strip");
    ok(/135,000.* was not reversed and stays to their credit: .*Who may: /.test(said), said);
    ok(said.includes(`Whoever may do that reverses ${receipt} too, or pays it out.`), said);
    ok(said.includes(`${number} reversed by`) && !said.includes("Give back"), said);
    same(await stateOf(number), "DOCUMENT_REVERSED");
    ok((await stateOf(receipt)) !== "DOCUMENT_REVERSED", "its money stands");
    same(page.faults, []);
    await page.context().close();
});

test("counter: a till is counted blind: nothing on the page and nothing that was received has the expected sum before the count", async () => {
    const page = await clerk();
    const received = [];
    page.on("websocket", (socket) => socket.on("framereceived", ({ payload }) => received.push(Buffer.from(payload))));
    await page.reload();
    await page.waitForSelector(".frame");
    await page.goto(`${(await shop()).url}/#/day/till`);
    await page.waitForSelector(".till-foot input");
    await page.focus(".till-foot input");
    await type(page, "3000k");
    await page.keyboard.press("F9");
    await page.waitForSelector(".till-foot .notice.over, .day-grid");
    if ((await page.locator(".day-grid").count()) === 0) {
        /* not what was left in it: that wants a reason */
        await page.waitForTimeout(250); /* nobody answers a question as it appears */
        await page.getByLabel("Reason, when it is not what was left in it").fill("float of the safe");
        await page.keyboard.press("F9");
    }
    await page.waitForSelector(".day-grid");
    await page.goto(`${(await shop()).url}/#/sale`);
    await goods(page, "GACH6", 100);
    await page.keyboard.press("F9");
    await taken(page);
    await page.goto(`${(await shop()).url}/#/day`);
    await page.waitForSelector("text=shown after the count");
    for (const panel of ["Money I took", "Sold by me today"])
        ok(
            !/135,000/.test(await page.innerText(`.day .panel:has-text('${panel}')`)),
            `no sum that tells cash: ${panel}`,
        );
    await page.keyboard.press("t");
    await page.waitForSelector(".pieces");
    ok(!/3,135,000/.test(await page.innerText("#main")));
    const expected = Buffer.from(varint(3_135_000)); /* as a message has it */
    ok(received.length > 5 && received.every((frame) => !frame.includes(expected)), "nothing that was received has it");
    await page.locator("[aria-label='Pieces of 500,000']").fill("6");
    await page.locator("[aria-label='Pieces of 100,000']").fill("1");
    await page.keyboard.press("F9");
    await page.waitForSelector("text=Expected in the drawer");
    await page.waitForTimeout(250); /* nobody answers a question as it appears */
    ok(
        received.some((frame) => frame.includes(expected)),
        "it is told with the count",
    );
    ok(/Short by[\s\S]*35,000/.test(await page.innerText(".result")), "short by, after the count");
    ok(
        (await page
            .locator(".button.filled[aria-disabled=true], .button[aria-disabled=true]:has-text('Close')")
            .count()) > 0,
        "a reason is needed",
    );
    await page.getByRole("radio", { name: "Wrong change" }).click();
    await page.keyboard.press("F9");
    await page.waitForSelector(".strip-text:has-text('short by 35,000')");
    same(page.faults, []);
    await page.context().close();
});

test(
    "counter: total and F9 are in view at 1366 × 625 and 360 × 640, with 30 lines; nothing is wider than the screen, from either side",
    async () => {
        for (const [width, height] of [
            [1366, 625],
            [360, 640],
        ]) {
            for (const language of ["en", "fa"]) {
                const page = await clerk({ width, height, language, query: `?lang=${language}` });
                await page.waitForSelector(".goods-field input");
                for (let at = 0; at < 3; at++) {
                    await page.focus(".goods-field input");
                    await type(page, ["XM40", "GACH6", "THEP10"][at]);
                    await page.keyboard.press("Enter");
                    await until("a line", async () => (await lines(page)) === at + 1);
                }
                for (let at = 0; at < 4; at++) await scan(page, `99999999999${at}`);
                await until("lines of unknown goods", async () => (await lines(page)) === 7);
                const box = await page.locator(".total-box .button.large").boundingBox();
                ok(
                    box.y >= 0 && box.y + box.height <= height,
                    `${width} ${language}: the button ends at ${box.y + box.height}`,
                );
                same(
                    await page.evaluate(() => document.scrollingElement.scrollWidth <= innerWidth),
                    true,
                    `${width} ${language}: too wide`,
                );
                same(await page.evaluate(() => document.documentElement.dir), language === "fa" ? "rtl" : "ltr");
                same(await axe(page, ["label-content-name-mismatch"]), []); /* that of the frame */
                same(page.faults, []);
                await page.context().close();
            }
        }
    },
    { seconds: 120 },
);

test("counter: what is typed into the field for goods, and how money is split", async () => {
    const {
        readTyped,
        addGoods,
        sums,
        splitFor,
        newDraft,
        invoiceOf,
        cashDue,
        paying,
        asPieces,
        likelyGiven,
        pieces,
        changeLine,
    } = await part("counter/typed.ts", "counter/draft.ts", "counter/cash.ts");
    for (const [text, kind, quantity] of [
        ["3*", "times", 3000n],
        ["3*8934567001203", "goods", 3000n],
        ["12", "amount", 12000n],
        ["2.5 m³", "amount", 2500n],
        ["۳*", "times", 3000n],
        ["8934567001203", "goods", undefined],
        ["xi mang", "goods", undefined],
        ["", "nothing", undefined],
    ]) {
        const read = readTyped(text);
        same([read.kind, read.quantity], [kind, quantity], text);
    }
    const product = {
        product: 7,
        code: "A",
        name: "a",
        price: 91_800_000n,
        tax_bp: 1000,
        barcodes: [],
        retired: false,
        units: [],
    };
    let [draft] = addGoods(newDraft(1, 0), product, "", 2000n);
    [draft] = addGoods(draft, product, "", 3000n);
    same([draft.lines.length, draft.lines[0].quantity], [1, 5000n], "the same goods count up");
    same([sums(draft.lines).net, sums(draft.lines).tax, sums(draft.lines).total], [459_000n, 45_900n, 504_900n]);
    const split = splitFor(draft, 250_000n);
    same(
        [split.now[0].quantity, split.later[0].quantity, split.now_minor + split.later_minor],
        [2000n, 3000n, 504_900n],
    );
    same(invoiceOf(changeLine(draft, 1, { price: 1n }), 5n).lines[0].price, 1n);
    for (const [due, unit, want] of [
        [2_104_575n, 1000n, 2_105_000n],
        [2_104_425n, 1000n, 2_104_000n],
        [499n, 1000n, 499n],
        [500n, 1000n, 1000n],
        [7n, 0n, 7n],
    ])
        same(cashDue(due, unit), want);
    const cash = paying(2_104_425n, [], 2_200_000n, 1000n);
    same([cash.due, cash.rounding, cash.change, cash.left], [2_104_000n, 425n, 96_000n, 0n]);
    same(
        asPieces(96_000n, pieces("VND", 0)).map(({ piece, count }) => [piece, count]),
        [
            [50_000n, 1n],
            [20_000n, 2n],
            [5_000n, 1n],
            [1_000n, 1n],
        ],
    );
    const { readBarcode, ofLabel } = await part("counter/barcode.ts");
    same(
        readBarcode("8934567001203").map(({ code }) => code),
        ["8934567001203"],
    );
    same(
        readBarcode("2112345012346")
            .slice(1, 3)
            .map(({ code, holds, value }) => [code, holds, value]),
        [
            ["2112345WWWWWC", "weight", 1234n],
            ["2112345PPPPPC", "price", 1234n],
        ],
    );
    same(ofLabel({ holds: "price", value: 12_340n, code: "" }, { price: 5_000_000n, tax_bp: 0 }, 0), {
        quantity: 2468n,
    });
    ok(likelyGiven(2_104_000n, pieces("VND", 0)).includes(2_200_000n));
    same(likelyGiven(7010n, pieces("EUR", 2)), [7010n, 7200n, 7500n, 8000n, 10000n, 20000n]);
});

test("counter: a bill is corrected, goods of it come back, and its slip is as long as its paper", async () => {
    const own = await shop();
    const page = await fresh(own, { login: "quan", hash: "#/sale", width: 1366, height: 625 });
    await goods(page, "GACH6", 100);
    await customer(page, "K04");
    await sells(page, /Sell on credit 135,000/);
    await page.keyboard.press("F9");
    const number = await taken(page);
    const [paper] = await own.json("document", "show", number);
    const id = String(paper.document.document);
    await page.goto(`${own.url}/#/papers/${id}`);
    await page.waitForSelector("text=Left to pay");
    await page.getByRole("button", { name: "Correct", exact: true }).click();
    await page.waitForSelector(`text=Correction of ${number}`);
    await page.focus("[data-cell=quantity]");
    await page.keyboard.press("Control+A");
    await type(page, "80");
    await page.keyboard.press("Enter");
    await page.getByRole("radio", { name: "Wrong amount or price" }).click();
    await sells(page, new RegExp(`Correct ${number} to 108,000`));
    await until("the head counts the old bill out", async () =>
        /\+ old bill 135,000 − this one 108,000/.test(await page.innerText(".band-cell .result")),
    );
    await page.keyboard.press("F9");
    await until("another number", async () => (await taken(page)) !== number);
    const anew = await taken(page);
    const said = await page.innerText(".strip");
    ok(new RegExp(`${anew} sold, 108,000.* on credit`).test(said) && said.includes(`replaces ${number}`), said);
    ok(/owes 108,000.* · was 135,000/.test(said), said);
    same(await balance("K04"), 108_000);
    const [second] = await own.json("document", "show", anew);
    await page.goto(`${own.url}/#/papers/${second.document.document}/back`);
    await page.waitForSelector(".pieces input");
    await page.fill(".pieces input", "30");
    await page.getByLabel("Reason").fill("broken");
    await page.keyboard.press("F9");
    await page.waitForSelector(".strip-text:has-text('credited')");
    same(await balance("K04"), 67_500);
    await page.evaluate(() => {
        window.print = () => {
            window.slip = [
                document.querySelector(".slip").innerText,
                document.querySelector(".slip").getBoundingClientRect().height,
                [...document.adoptedStyleSheets]
                    .flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText))
                    .join(),
            ];
        };
    });
    await page.waitForSelector("text=Left to pay");
    await page.getByRole("button", { name: /Print again/ }).click();
    await until("the slip", () => page.evaluate(() => window.slip !== undefined));
    const [text, height, rule] = await page.evaluate(() => window.slip);
    ok(/COPY/.test(text) && /TOTAL[\s\S]*108,000/.test(text), text);
    const [, mm] = /size: 80mm (\d+)mm/.exec(rule);
    ok(Number(mm) >= (height * 25.4) / 96 && Number(mm) < (height * 25.4) / 96 + 10, `${rule} for ${height} px`);
    same(page.faults, []);
    await page.context().close();
});
