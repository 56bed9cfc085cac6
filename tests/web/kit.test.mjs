/* The kit alone: figures, amounts as people type them, colours, keys, scanner, lists. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { ok, root, same, test, web } from "./harness.mjs";
import { axe, bare, part } from "./fresh.mjs";

/* ---- the cases of the command line's own test, read from it ---- */

const unquote = (text) => JSON.parse(`"${text.replace(/\\u([0-9A-Fa-f]{4})/g, "\\u$1")}"`);

async function cases() {
    const source = await readFile(join(root, "tests/client/test_typed_amounts.c"), "utf8");
    const habits = { VIETNAMESE: "vi", ENGLISH: "en", GREEK: "el", CHINESE: "zh", PERSIAN: "fa" };
    const money = new Map(
        [...source.matchAll(/struct currency (\w+) = MONEY\("(\w+)", (\d), "[^"]*", HABIT_(\w+)\)/g)].map(
            ([, name, code, exponent, habit]) => [name, { code, exponent: Number(exponent), habit: habits[habit] }],
        ),
    );
    const table = (name) =>
        source.slice(source.indexOf(`} ${name}[] = {`), source.indexOf("\n};", source.indexOf(`} ${name}[] = {`)));
    const texts = '((?:"(?:[^"\\\\]|\\\\.)*"\\s*)+)';
    const joined = (text) => [...text.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, each]) => unquote(each)).join("");
    const good = [...table("good").matchAll(new RegExp(`\\{${texts}, &(\\w+), (-?\\d+)\\}`, "g"))].map(
        ([, text, name, minor]) => ({ text: joined(text), money: money.get(name), minor: BigInt(minor) }),
    );
    const unclear = [...table("unclear").matchAll(new RegExp(`\\{${texts}, &(\\w+),\\s*${texts}\\}`, "g"))].map(
        ([, text, name, says]) => ({ text: joined(text), money: money.get(name), says: joined(says) }),
    );
    const amounts = source.slice(
        source.indexOf("} typed[] = {"),
        source.indexOf("};", source.indexOf("} typed[] = {")),
    );
    const quantities = [...amounts.matchAll(/\{"([^"]*)", &(\w+), (\d+)\}/g)].map(([, text, name, value]) => ({
        text: unquote(text),
        money: money.get(name),
        value: BigInt(value),
    }));
    return { good, unclear, quantities };
}

/* Who counts in toman types toman: the ledger has rial. */
const asked = (money, kit) => {
    kit.setToman(money.code === "IRT");
    return money.code === "IRT"
        ? { code: "IRR", exponent: money.exponent - 1 }
        : { code: money.code, exponent: money.exponent };
};

test("kit: amounts are read as the command line reads them", async () => {
    const kit = await part("kit/read.ts", "kit/format.ts");
    const { good, unclear, quantities } = await cases();
    ok(
        good.length > 70 && unclear.length > 30 && quantities.length > 15,
        `cases: ${good.length}, ${unclear.length}, ${quantities.length}`,
    );
    for (const { text, money, minor } of good) {
        const read = kit.readAmount(text, money.habit, asked(money, kit));
        same(read.value, minor, `${text} ${money.code}: ${read.value ?? read.why}`);
    }
    for (const { text, money, says } of unclear) {
        const read = kit.readAmount(text, money.habit, asked(money, kit));
        if (says === "") ok(read.why === undefined, `${text}: ${read.why}`);
        else ok(read.why?.includes(says), `${text} ${money.code}: ${read.value ?? read.why}, not: ${says}`);
    }
    kit.setToman(false);
    for (const { text, money, value } of quantities) same(kit.readQuantity(text, money.habit).value ?? 0n, value, text);
});

test("kit: both readings of a doubtful amount are taken when they are typed", async () => {
    const kit = await part("kit/read.ts", "kit/format.ts");
    const eur = { code: "EUR", exponent: 2 };
    for (const [text, first, other] of [
        ["1.500", 150000n, 150n],
        ["1.500k", 150000000n, 150000n],
        ["2.000m", 200000000000n, 200000000n],
        ["1.234k", 123400000n, 123400n],
    ]) {
        const { readings } = kit.readAmount(text, "en", eur);
        same(
            readings.map((each) => kit.readAmount(each, "en", eur).value),
            [first, other],
            text,
        );
    }
});

test("kit: what is shown is read again as the same, in five languages", async () => {
    const kit = await part("kit/read.ts", "kit/format.ts", "kit/words.ts");
    let seed = 7n;
    for (const language of ["en", "vi", "zh", "fa", "el"]) {
        await kit.setLanguage(language);
        for (const currency of [
            { code: "VND", exponent: 0 },
            { code: "EUR", exponent: 2 },
            { code: "KWD", exponent: 3 },
            { code: "IRR", exponent: 0 },
        ]) {
            for (let i = 0; i < 60; i++) {
                seed = (seed * 6364136223846793005n + 1442695040888963407n) & 0xffffffffffffffffn;
                const minor = ((seed >> 20n) % 10n ** BigInt(1 + (i % 12))) * (i % 3 ? 1n : -1n);
                const text = kit.amount(minor, currency);
                same(kit.readAmount(text, language, currency).value, minor, `${language} ${currency.code} ${text}`);
            }
        }
    }
});

test("kit: money, quantities, shares and days as each language writes them", async () => {
    const kit = await part("kit/format.ts", "kit/words.ts");
    const eur = { code: "EUR", exponent: 2 };
    const seen = {};
    for (const language of ["en", "vi", "zh", "el", "fa"]) {
        await kit.setLanguage(language);
        seen[language] = [
            kit.amount(-123450n, eur),
            kit.quantity(2500n),
            kit.percent(2125),
            kit.change(5n, eur),
            kit.amount(9007199254740993n, eur),
        ];
    }
    same(seen, {
        en: ["−1,234.50", "2.5", "21.3%", "+0.05", "90,071,992,547,409.93"],
        vi: ["−1.234,50", "2,5", "21,3%", "+0,05", "90.071.992.547.409,93"],
        zh: ["−1,234.50", "2.5", "21.3%", "+0.05", "90,071,992,547,409.93"],
        el: ["−1.234,50", "2,5", "21,3%", "+0,05", "90.071.992.547.409,93"],
        fa: ["−۱٬۲۳۴٫۵۰", "۲٫۵", "\u2066۲۱٫۳٪\u2069", "+۰٫۰۵", "۹۰٬۰۷۱٬۹۹۲٬۵۴۷٬۴۰۹٫۹۳"],
    });
    same(kit.paperNumber("R-TD-5530"), "\u2066R-TD-5530\u2069", "as it is typed, and in its order");
    same(kit.paperNumber("00017"), "\u2066۰۰۰۱۷\u2069");
    same(kit.day(20780).replace(/\u200f/g, ""), "۲ آذر ۱۴۰۵");
    same(kit.dayInColumn(20780), "\u2066۱۴۰۵/۰۹/۰۲\u2069");
    same(kit.amount(12345n, { code: "IRR", exponent: 0 }), "۱۲٬۳۴۵");
    kit.setToman(true);
    same(kit.amount(12345n, { code: "IRR", exponent: 0 }), "۱٬۲۳۴٫۵");
    kit.setToman(false);
    await kit.setLanguage("en");
    same(
        [kit.day(4294967295), kit.dayInColumn(4294967295), kit.dayInFull(4294967295)],
        ["–", "–", "–"],
        "no day at all",
    );
    same(
        [kit.day(20780), kit.dayInColumn(20780), kit.dayInFull(20780)],
        ["23 Nov 2026", "23/11/2026", "Monday 23 November 2026"],
    );
    same(
        [
            kit.lasting(4_200),
            kit.lasting(192_000),
            kit.lastingExactly(192_000),
            kit.lasting(7_800_000),
            kit.lasting(432_000_000),
        ],
        ["4 s", "3 min", "3 min 12 s", "2 h 10 min", "5 d"],
    );
    same([kit.share(1n, 3n), kit.share(1102400n, 6214300n), kit.share(5n, 0n)], [3333, 1774, 0]);
});

/* ---- colours ---- */

const luminance = (hex) => {
    const [r, g, b] = [1, 3, 5]
        .map((at) => parseInt(hex.slice(at, at + 2), 16) / 255)
        .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const contrast = (a, b) => {
    const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
    return (high + 0.05) / (low + 0.05);
};

test("kit: every pair of colours is told apart", async () => {
    const css = await readFile(join(web, "kit/tokens.css"), "utf8");
    const blocks = [...css.matchAll(/(:root[^{]*)\{([^{}]*--bg:[^{}]*)\}/g)].map(([, , body]) =>
        Object.fromEntries([...body.matchAll(/--([\w-]+): (#[0-9a-f]{6})/gi)].map(([, name, value]) => [name, value])),
    );
    same(blocks.length, 3, "light, dark by the device, dark as chosen");
    same(blocks[1], blocks[2], "both dark blocks are one");
    for (const [name, tokens] of [
        ["light", blocks[0]],
        ["dark", blocks[1]],
    ]) {
        const least = (front, back, wanted) => {
            const got = contrast(tokens[front], tokens[back]);
            ok(got >= wanted, `${name}: ${front} on ${back} is ${got.toFixed(2)}, wanted ${wanted}`);
        };
        for (const ground of ["bg", "panel", "sunk"])
            for (const front of ["ink", "ink-2", "ink-3", "accent", "credit", "late", "over"])
                least(front, ground, 4.5);
        for (const meaning of ["accent", "credit", "late", "over"])
            for (const front of [meaning, "ink", "ink-2"]) least(front, `${meaning}-soft`, 4.5);
        least("on-accent", "accent", 4.5);
        for (const ground of ["panel", "bg"]) least("line-2", ground, 3);
        for (const part of ["c1", "c2", "c3", "c4", "c5", "c6"]) least(part, "panel", 3);
    }
});

/* ---- keys and scanner ---- */

const KEYS = `
import { render } from "preact";
import { useState } from "preact/hooks";
import { Field, startKeys, startScanner, useActions, useScan } from "./kit";
const done = globalThis.done = [];
function Form() {
    const [text, setText] = useState("");
    useScan((code) => done.push("scan " + code));
    useActions([
        { id: "a", key: "a", title: "A", run: () => done.push("a") }, { id: "f9", key: "F9", title: "Commit", run: () => done.push("F9") },
        { id: "go", key: "g s", title: "Sale", run: () => done.push("g s") }, { id: "u", key: "Alt U", title: "Undo", run: () => done.push("Alt U") },
        { id: "find", key: "?", title: "Find", run: () => done.push("?") }, { id: "no", key: "F8", title: "No", blocked: "why", run: () => done.push("F8") },
    ]);
    globalThis.text = text;
    return <div><Field label="Item" value={text} onText={setText} onEnter={() => done.push("enter " + document.querySelector("input").value)} /><button id="b">b</button></div>;
}
startScanner(); startKeys();
render(<Form />, document.getElementById("app"));
/* As a scanner or a person types: [code, key] each \`gap\` ms, into what has the focus. Time is given, not waited for. */
globalThis.type = (keys, gap, more = {}) => {
    let at = Math.max(performance.now(), (globalThis.last ?? 0) + 1000);
    for (const [code, key] of keys) {
        const target = document.activeElement;
        const event = new KeyboardEvent("keydown", { code, key, bubbles: true, cancelable: true, ...more });
        Object.defineProperty(event, "timeStamp", { value: at });
        globalThis.last = at;
        at += gap;
        const goesOn = target.dispatchEvent(event);
        globalThis.prevented = !goesOn;
        if (goesOn && key.length === 1 && target instanceof HTMLInputElement) {
            target.value += key;
            target.dispatchEvent(new Event("input", { bubbles: true }));
        }
    }
};
globalThis.reset = () => { done.length = 0; const field = document.querySelector("input"); field.value = ""; field.dispatchEvent(new Event("input", { bubbles: true })); field.focus(); };
`;
const digitsOf = (code, as = (digit) => digit) => [...code].map((digit) => [`Digit${digit}`, as(digit)]);

test("kit: a scan is a scan in any field, on any layout", async () => {
    const page = await bare(KEYS);
    const typed = (keys, gap, more) =>
        page.evaluate(
            async ([each, ms, options]) => {
                reset();
                await new Promise((go) => setTimeout(go, 10));
                type(each, ms, options);
                await new Promise((go) => setTimeout(go, 30));
                return [[...done], text, document.querySelector("input").value];
            },
            [keys, gap, more],
        );
    const code = "8934567001203";
    same(await typed([...digitsOf(code), ["Enter", "Enter"]], 8), [[`scan ${code}`], "", ""], "a scanner");
    same(
        await typed([...digitsOf(code), ["Tab", "Tab"]], 8),
        [[`scan ${code}`], "", ""],
        "a scanner that ends with Tab",
    );
    ok(await page.evaluate(() => prevented), "its Tab moves no focus");
    same(
        await typed([...digitsOf(code, (digit) => String.fromCharCode(0x6f0 + Number(digit))), ["Enter", "Enter"]], 8),
        [[`scan ${code}`], "", ""],
        "a Persian layout",
    );
    same(
        await typed([["KeyT", "Τ"], ["KeyD", "Δ"], ["Minus", "-"], ...digitsOf("0318"), ["Enter", "Enter"]], 12),
        [["scan td-0318"], "", ""],
        "a Greek layout",
    );
    same(
        await typed([...digitsOf(code, () => "Process"), ["Enter", "Enter"]], 8, { keyCode: 229, isComposing: true }),
        [[`scan ${code}`], "", ""],
        "an input method",
    );
    same(
        await typed([...digitsOf(code), ["Enter", "Enter"]], 60),
        [[`enter ${code}`], code, code],
        "a person who types the code",
    );
    same(
        await typed([...digitsOf("12"), ["Enter", "Enter"]], 5),
        [["enter 12"], "12", "12"],
        "two quick digits are a quantity",
    );
    const within = await page.evaluate(async () => {
        reset();
        type(
            [
                ["KeyA", "a"],
                ["KeyB", "b"],
            ],
            200,
        );
        await new Promise((go) => setTimeout(go, 30));
        done.length = 0;
        type([..."893456700120"].map((d) => ["Digit" + d, d]).concat([["Enter", "Enter"]]), 7);
        await new Promise((go) => setTimeout(go, 30));
        return [[...done], document.querySelector("input").value];
    });
    same(within, [["scan 893456700120"], "ab"], "what stood in the field comes back");
    same(page.faults, []);
    await page.context().close();
});

test("kit: eight digits are never a quantity", async () => {
    const { mayBeQuantity } = await part("kit/scan.ts");
    same(["12", "1234567", "12345678", "8934567001203", "2.5"].map(mayBeQuantity), [true, true, false, false, true]);
});

test("kit: letters act in lists and type in fields, by their place", async () => {
    const page = await bare(KEYS);
    const press = (keys, focus, more) =>
        page.evaluate(
            async ([each, where, options]) => {
                reset();
                document.querySelector(where).focus();
                type(each, 300, options);
                await new Promise((go) => setTimeout(go, 120)); /* a letter alone may be the first of a scan */
                return [...done];
            },
            [keys, focus, more],
        );
    same(await press([["KeyA", "a"]], "#b"), ["a"]);
    same(await press([["KeyA", "α"]], "#b"), ["a"], "a Greek layout");
    same(await press([["KeyA", "ش"]], "#b"), ["a"], "a Persian layout");
    same(await press([["KeyA", "a"]], "input"), [], "in a field it types");
    same(await press([["KeyA", "a"]], "#b", { isComposing: true }), [], "while something is composed nothing acts");
    same(await press([["F9", "F9"]], "input"), ["F9"]);
    same(await press([["F9", "F9"]], "input", { repeat: true }), [], "a key that is held down commits once");
    same(await press([["F8", "F8"]], "#b"), [], "blocked");
    same(
        await press(
            [
                ["KeyG", "g"],
                ["KeyS", "s"],
            ],
            "#b",
        ),
        ["g s"],
    );
    same(
        await press(
            [
                ["KeyG", "g"],
                ["KeyA", "a"],
            ],
            "#b",
        ),
        [],
        "g and a letter that goes nowhere",
    );
    same(await press([["KeyU", "u"]], "input", { altKey: true }), ["Alt U"]);
    same(await press([["Slash", "?"]], "#b", { shiftKey: true }), ["?"]);
    same(await press([["F1", "F1"]], "input"), ["?"]);
    same(await press([["KeyA", "a"]], "#b", { ctrlKey: true }), [], "the browser's own");
    await page.context().close();
});

/* ---- lists ---- */

test("kit: the order is held, and says how many rows would move", async () => {
    const { heldOrder } = await part("kit/table.tsx");
    const id = (row) => row.id;
    const rows = (...ids) => ids.map((each) => ({ id: each, value: each * 10 }));
    same(heldOrder([1, 2, 3], rows(1, 2, 3), id), { rows: rows(1, 2, 3), moved: 0, fresh: 0, gone: 0 });
    same(heldOrder([1, 2, 3], rows(3, 1, 2), id), { rows: rows(1, 2, 3), moved: 3, fresh: 0, gone: 0 });
    same(heldOrder([1, 2, 3], rows(9, 1, 2, 3), id), { rows: rows(1, 2, 3), moved: 0, fresh: 1, gone: 0 });
    same(heldOrder([1, 2, 3], rows(2, 1), id), { rows: rows(1, 2), moved: 2, fresh: 0, gone: 1 });
});

const LIVE = `
import { render } from "preact";
import { signal } from "@preact/signals";
import { Available, LineThatAddsUp, Money, Panel, Table, Tile, Tiles } from "./kit";
const names = ["Xây dựng Phú Mỹ", "王小明建材", "شرکت سازه آریا", "Παπαδόπουλος Τεχνική", "Carter Build Ltd", "Cơ khí Tân Tiến"];
const rows = signal(names.map((name, at) => ({ id: at, name, owed: 1264500000n - BigInt(at) * 90000000n, changed: 0 })));
globalThis.push = (count) => { for (let i = 0; i < count; i++) {
    const at = i % names.length, now = performance.now();
    rows.value = rows.value.map((row) => row.id === at ? { ...row, owed: row.owed + BigInt(i % 2 ? -35600000 : 112400000) * BigInt(1 + i % 7), changed: now } : row).sort((a, b) => a.owed < b.owed ? 1 : -1);
} };
function Page() {
    const all = rows.value.reduce((sum, row) => sum + row.owed, 0n);
    return <main class="screen" style={{ padding: "12px", display: "grid", gap: "12px" }}><h1>Live</h1>
        <Tiles><Tile label="Owed to us" figure={<Money minor={all} unit />} note="+112,400,000 · TD-03187 · Minh · 4 s" changed={rows.value[0].changed} /><Tile label="Overdue" tone="late" figure={<Money minor={all / 5n} unit />} note="21.2% of owed" /></Tiles>
        <LineThatAddsUp terms={{ limit: 9000000000n, guarantees: 100000000n, bills: all, held: 96000000n, cheques: 0n, unmatched: 24800000n, sale: 166853280n }} who={<b class="title">王小明建材</b>} form={innerWidth < 760 ? "phone" : "desk"} />
        <Panel title="Highest used credit"><Table label="Customers" hold steady rows={rows.value} id={(row) => row.id} changed={(row) => row.changed} onOpen={() => undefined} columns={[
            { id: "name", head: "Customer", cell: (row) => <bdi>{row.name}</bdi> },
            { id: "owed", head: "Used ₫", amount: true, width: "160px", cell: (row) => <Money minor={row.owed} /> },
            { id: "available", head: "Available ₫", amount: true, class: "only-desk", width: "220px", cell: (row) => <Available minor={1300000000n - row.owed} limit={1300000000n} /> },
        ]} /></Panel></main>;
}
render(<Page />, document.getElementById("app"));
`;

test("kit: 100 pushed changes move no box and no row under the pointer", async () => {
    for (const look of [
        { width: 1440, height: 900 },
        { width: 390, height: 844 },
        { width: 1366, height: 625, direction: "rtl", language: "fa" },
    ]) {
        const page = await bare(LIVE, look);
        await page.hover(".table tbody tr:nth-child(3)");
        await page.waitForTimeout(60);
        const boxes = () =>
            page.evaluate(() =>
                [
                    ...document.querySelectorAll(
                        ".tile, .figure, .adds, .sum, .sum-row, .result, .table tr, .table td, .panel, .held, .bar",
                    ),
                ].map((each) => {
                    const { x, y, width, height } = each.getBoundingClientRect();
                    return each.matches(".figure, .result-figure") ? [y, height] : [x, y, width, height];
                }),
            );
        const order = () =>
            page.evaluate(() => [...document.querySelectorAll("tbody tr")].map((row) => row.dataset.row));
        const before = [await boxes(), await order()];
        await page.evaluate(() => push(100));
        await page.waitForTimeout(80);
        same([await boxes(), await order()], before, JSON.stringify(look));
        const waits = await page.locator(".held").innerText();
        ok(/rows? moved/.test(waits), `the line says how many moved: ${waits}`);
        await page.mouse.move(2, 2);
        await page.waitForTimeout(60);
        ok(JSON.stringify(await order()) !== JSON.stringify(before[1]), "let go, the rows stand where they belong");
        same(page.faults, []);
        await page.context().close();
    }
});

test("kit: parts have no serious findings, in light, dark, forced colours and from right to left", async () => {
    for (const look of [
        {},
        { dark: true },
        { forcedColors: "active" },
        { direction: "rtl", language: "fa" },
        { width: 360, height: 640 },
    ]) {
        const page = await bare(LIVE, look);
        await page.evaluate(() => push(7));
        await page.waitForTimeout(50);
        same(await axe(page, ["region"]), [], JSON.stringify(look));
        const wider = await page.evaluate(
            () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        ok(wider <= 0, `${JSON.stringify(look)}: ${wider} px wider than the page`);
        await page.context().close();
    }
});

test("kit: Persian digits stand under each other, regular and semibold", async () => {
    const page = await bare(
        `
        import { render } from "preact";
        import { setLanguage } from "./kit/words";
        import { Figure } from "./kit";
        await setLanguage("fa");
        render(<div>{["۱۱۱۱۱۱۱۱۱۱", "۸۸۸۸۸۸۸۸۸۸"].flatMap((text) => [<span><Figure text={text} /></span>, <b><Figure text={text} /></b>])}</div>, document.getElementById("app"));`,
        { direction: "rtl", language: "fa" },
    );
    await page.evaluate(() => document.fonts.ready);
    const widths = await page.evaluate(() =>
        [...document.querySelectorAll("bdi")].map((each) => each.getBoundingClientRect().width),
    );
    const [one, oneBold, eight, eightBold] = widths;
    ok(
        Math.abs(one - eight) < 0.5 && Math.abs(oneBold - eightBold) < 0.5 && Math.abs(one - oneBold) < 1.5,
        `widths ${widths.map((each) => each.toFixed(1))}`,
    );
    await page.context().close();
});

test("kit: a QR code has its marks, its format and its text", async () => {
    const { qr } = await part("shell/qr.ts");
    const link = "https://tefter.example/#enrol=4K7PQ-29D3X-7H2MK-QWE8R-1T9YU-3B6NM-5C4XZ-8L7KJ-2P";
    const modules = qr(link);
    same([modules.length % 4, modules.length === modules[0].length], [1, true]);
    for (const [x, y] of [
        [0, 0],
        [modules.length - 7, 0],
        [0, modules.length - 7],
    ]) {
        for (let i = 0; i < 7; i++)
            ok(modules[y][x + i] && modules[y + 6][x + i] && modules[y + i][x] && modules[y + 3][x + 3], "finder");
    }
    same(readQr(modules), link);
    same(readQr(qr("a")), "a");
    const long = "x".repeat(600);
    same(readQr(qr(long)), long);
    same(qr("x".repeat(700)), undefined);
});

/* Reads a symbol back by the standard's own way: format, mask, zigzag, blocks. Nothing is damaged, so nothing is corrected; the remainder must be 0. */
function readQr(modules) {
    const size = modules.length,
        version = (size - 17) / 4;
    const bit = (x, y) => (modules[y][x] ? 1 : 0);
    let format = 0;
    for (let i = 0; i <= 5; i++) format |= bit(8, i) << i;
    format |= (bit(8, 7) << 6) | (bit(8, 8) << 7) | (bit(7, 8) << 8);
    for (let i = 9; i < 15; i++) format |= bit(14 - i, 8) << i;
    format ^= 0x5412;
    same(format >> 13, 0, "level M");
    let rest = format >> 10;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >> 9) * 0x537);
    same(format & 1023, rest & 1023, "the format's own check");
    let second = 0;
    for (let i = 0; i < 8; i++) second |= bit(size - 1 - i, 8) << i;
    for (let i = 8; i < 15; i++) second |= bit(8, size - 15 + i) << i;
    same([second ^ 0x5412, bit(8, size - 8)], [format, 1], "its second copy, and the dark module");
    const mask = (format >> 10) & 7;
    const masked = [
        (x, y) => (x + y) % 2,
        (x, y) => y % 2,
        (x) => x % 3,
        (x, y) => (x + y) % 3,
        (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
        (x, y) => ((x * y) % 2) + ((x * y) % 3),
        (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
        (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
    ][mask];
    /* Alignment by the table of the standard, for the versions used here. */
    const align = {
        1: [],
        2: [6, 18],
        3: [6, 22],
        4: [6, 26],
        5: [6, 30],
        6: [6, 34],
        7: [6, 22, 38],
        8: [6, 24, 42],
        19: [6, 30, 58, 86],
        20: [6, 34, 62, 90],
    }[version];
    ok(align, `version ${version}`);
    const fixed = (x, y) =>
        (x < 9 && y < 9) ||
        (x >= size - 8 && y < 9) ||
        (x < 9 && y >= size - 8) ||
        x === 6 ||
        y === 6 ||
        (version >= 7 && ((x >= size - 11 && y < 6) || (y >= size - 11 && x < 6))) ||
        align.some((cx) =>
            align.some(
                (cy) =>
                    !(
                        (cx === 6 && cy === 6) ||
                        (cx === 6 && cy === align.at(-1)) ||
                        (cy === 6 && cx === align.at(-1))
                    ) &&
                    Math.abs(x - cx) <= 2 &&
                    Math.abs(y - cy) <= 2,
            ),
        );
    const bits = [];
    for (let right = size - 1, up = true; right > 0; right -= 2, up = !up) {
        if (right === 6) right--;
        for (let i = 0; i < size; i++)
            for (const x of [right, right - 1]) {
                const y = up ? size - 1 - i : i;
                if (!fixed(x, y)) bits.push(bit(x, y) ^ (masked(x, y) === 0 ? 1 : 0));
            }
    }
    const words = [];
    for (let i = 0; i + 8 <= bits.length; i += 8) words.push(parseInt(bits.slice(i, i + 8).join(""), 2));
    const [correction, short, shortSize, longer] = {
        1: [10, 1, 16, 0],
        2: [16, 1, 28, 0],
        3: [26, 1, 44, 0],
        4: [18, 2, 32, 0],
        5: [24, 2, 43, 0],
        6: [16, 4, 27, 0],
        7: [18, 4, 31, 0],
        8: [22, 2, 38, 2],
        19: [26, 3, 44, 11],
        20: [26, 3, 41, 13],
    }[version];
    const count = short + longer,
        blocks = Array.from({ length: count }, () => []);
    let at = 0;
    for (let i = 0; i < shortSize + (longer ? 1 : 0); i++)
        blocks.forEach((block, index) => {
            if (i < shortSize || index >= short) block.push(words[at++]);
        });
    const data = blocks.flatMap((block) => [...block]);
    for (let i = 0; i < correction; i++) blocks.forEach((block) => block.push(words[at++]));
    const gf = (a, b) => {
        let p = 0;
        for (; b; b >>= 1, a = (a << 1) ^ (a & 128 ? 0x11d : 0)) if (b & 1) p ^= a;
        return p;
    };
    for (const block of blocks)
        for (let i = 0, root = 1; i < correction; i++, root = gf(root, 2))
            same(
                block.reduce((sum, word) => gf(sum, root) ^ word, 0),
                0,
                "syndrome",
            );
    const text = data.map((byte) => byte.toString(2).padStart(8, "0")).join("");
    same(text.slice(0, 4), "0100", "bytes");
    const wide = version < 10 ? 8 : 16,
        length = parseInt(text.slice(4, 4 + wide), 2);
    return new TextDecoder().decode(
        Uint8Array.from({ length }, (_, i) => parseInt(text.slice(4 + wide + i * 8, 12 + wide + i * 8), 2)),
    );
}

test("kit: amounts in words, in five languages", async () => {
    const { inWords } = await part("kit/spell.ts");
    const vnd = { code: "VND", exponent: 0 },
        eur = { code: "EUR", exponent: 2 },
        cny = { code: "CNY", exponent: 2 },
        irr = { code: "IRR", exponent: 0 };
    const cases = [
        ["en", vnd, 117600000n, "one hundred seventeen million six hundred thousand đồng"],
        ["en", eur, 123456n, "one thousand two hundred thirty-four euros and 56/100"],
        ["en", vnd, 0n, "zero đồng"],
        ["en", vnd, -21n, "minus twenty-one đồng"],
        ["en", vnd, 1000000001n, "one billion one đồng"],
        ["vi", vnd, 117600000n, "một trăm mười bảy triệu sáu trăm nghìn đồng"],
        ["vi", vnd, 1005000n, "một triệu không trăm lẻ năm nghìn đồng"],
        ["vi", vnd, 21515n, "hai mươi mốt nghìn năm trăm mười lăm đồng"],
        ["vi", vnd, 2300000005n, "hai tỷ ba trăm triệu không trăm lẻ năm đồng"],
        ["vi", vnd, 1000000000005n, "một nghìn tỷ không trăm lẻ năm đồng"],
        ["vi", vnd, 105n, "một trăm lẻ năm đồng"],
        ["vi", vnd, 55n, "năm mươi lăm đồng"],
        ["zh", cny, 11760000000n, "壹亿壹仟柒佰陆拾万元整"],
        ["zh", cny, 100500n, "壹仟零伍元整"],
        ["zh", cny, 123456n, "壹仟贰佰叁拾肆元伍角陆分"],
        ["zh", cny, 10005n, "壹佰元零伍分"],
        ["zh", cny, 1000100000n, "壹仟万壹仟元整"],
        ["zh", cny, 10001000000n, "壹亿零壹万元整"],
        ["zh", cny, 10000000100n, "壹亿零壹元整"],
        ["zh", cny, 1050n, "壹拾元伍角整"],
        ["fa", irr, 117600000n, "صد و هفده میلیون و ششصد هزار ریال"],
        ["fa", irr, 2000000021n, "دو میلیارد و بیست و یک ریال"],
        ["el", eur, 11760000000n, "εκατόν δεκαεπτά εκατομμύρια εξακόσιες χιλιάδες ευρώ"],
        ["el", eur, 100100n, "χίλια ένα ευρώ"],
        ["el", eur, 321300000n, "τρία εκατομμύρια διακόσιες δεκατρείς χιλιάδες ευρώ"],
        ["el", eur, 100000050n, "ένα εκατομμύριο ευρώ και 50/100"],
    ];
    for (const [language, currency, minor, words] of cases)
        same(inWords(minor, language, currency), words, `${language} ${minor}`);
});

test("kit: a mistake in a screen is said calmly, and the other screens go on", async () => {
    const page = await bare(`
        import { render } from "preact";
        import { signal } from "@preact/signals";
        import { Guard } from "./shell/fault";
        const name = signal("bad"), client = { pending: signal([{}]) };
        const Bad = () => { throw new Error("a mistake"); };
        globalThis.next = () => { name.value = "good"; };
        const Page = () => <Guard client={client} name={name.value}>{name.value === "bad" ? <Bad /> : <p id="good">here</p>}</Guard>;
        render(<Page />, document.getElementById("app"));`);
    ok(
        /stopped by a mistake[\s\S]*kept on this device and counts once[\s\S]*a mistake/.test(
            await page.innerText(".fault"),
        ),
        await page.innerText("body"),
    );
    await page.evaluate(() => next());
    await page.waitForSelector("#good");
    await page.context().close();
});

test("kit: a field that finds is walked by keys, and Enter before the answer takes the first", async () => {
    const page = await bare(`
        import { render } from "preact";
        import { SearchField } from "./kit";
        const goods = ["Cement", "Cement white", "Steel bar", "Brick"];
        globalThis.picked = [];
        render(<SearchField label="Item" search={(text) => new Promise((go) => setTimeout(() => go(goods.filter((each) => each.toLowerCase().includes(text.toLowerCase()))), 60))}
            id={(each) => each} row={(each) => each} onPick={(each) => picked.push(each)} onNone={(text) => picked.push("none " + text)} onEmptyEnter={() => picked.push("empty")} />, document.getElementById("app"));`);
    const picked = () => page.evaluate(() => picked.splice(0));
    await page.focus("input");
    await page.keyboard.press("Enter");
    same(await picked(), ["empty"]);
    await page.keyboard.type("cem");
    await page.waitForSelector(".combo-option");
    same(
        [
            await page.getAttribute("input", "role"),
            await page.getAttribute("input", "aria-expanded"),
            await page.locator(".combo-option").count(),
        ],
        ["combobox", "true", 2],
    );
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    same(await picked(), ["Cement white"]);
    same([await page.inputValue("input"), await page.locator(".combo-list").count()], ["", 0]);
    await page.keyboard.type("ste");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => picked.length > 0);
    same(await picked(), ["Steel bar"]);
    await page.keyboard.type("nothing");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => picked.length > 0);
    same(await picked(), ["none nothing"]);
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    same(await page.inputValue("input"), "");
    /* The last letters and Enter come before anything is drawn: it is not the first of what was found for less. */
    await page.keyboard.type("cem");
    await page.waitForSelector(".combo-option");
    await page.evaluate(() => {
        const input = document.querySelector("input");
        input.value = "cement w";
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
        input.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    });
    await page.waitForFunction(() => picked.length > 0);
    same(await picked(), ["Cement white"]);
    same(page.faults, []);
    await page.context().close();
});

test("kit: the key right after Esc acts on what is there now", async () => {
    const page = await bare(`
        import { render } from "preact";
        import { useState } from "preact/hooks";
        import { Sheet, startKeys, useActions } from "./kit";
        globalThis.done = [];
        function Page() {
            const [open, setOpen] = useState(false);
            useActions([{ id: "a", key: "a", title: "A", run: () => done.push("a") }, { id: "o", key: "o", title: "O", run: () => setOpen(true) }]);
            return <main><p>page</p>{open && <Sheet title="One" onClose={() => { setOpen(false); done.push("closed"); }}>text</Sheet>}</main>;
        }
        startKeys();
        render(<Page />, document.getElementById("app"));`);
    const got = await page.evaluate(async () => {
        const press = (key, code) =>
            document.activeElement.dispatchEvent(
                new KeyboardEvent("keydown", { key, code, bubbles: true, cancelable: true }),
            );
        const drawn = () => new Promise((go) => setTimeout(go)); /* a drawing, and nothing painted yet */
        const alone = () => new Promise((go) => setTimeout(go, 120)); /* no scan */
        globalThis.requestAnimationFrame = () => 0;
        for (let i = 0; i < 3; i++) {
            press("o", "KeyO");
            await alone();
            press("a", "KeyA");
            await alone();
            press("Escape", "Escape");
            await drawn();
            press("a", "KeyA");
            await alone();
        }
        return done;
    });
    same(got, ["closed", "a", "closed", "a", "closed", "a"]);
    await page.context().close();
});

test("kit: a sale that money not yet matched covers is not over, in the bar as in the figure", async () => {
    const { availableOf, barOf } = await part("kit/adds.tsx");
    const terms = { limit: 1000n, bills: 200n, unmatched: 1000n, sale: 1500n };
    same(availableOf(terms) - terms.sale, 300n);
    same(barOf(terms).parts, [{ value: 1500n, colour: "", hatched: true }]);
    const over = barOf({ ...terms, sale: 1900n }).parts;
    same([over.length, over[1].value, over[1].colour], [2, 100n, "var(--over)"]);
});

/* A screen is fetched when it is opened, and its styles are everybody's: what one screen styles by a class alone also
 * falls on another screen that calls something by that name. What several use is the kit's or the shell's. */
test("kit: no screen styles a class that another screen uses", async () => {
    const folders = ["board", "counter", "desk", "shell", "kit"];
    const styled = new Map(),
        used = new Map();
    const put = (map, name, folder) => map.set(name, (map.get(name) ?? new Set()).add(folder));
    for (const folder of folders)
        for (const file of await readdir(join(web, folder))) {
            const text = await readFile(join(web, folder, file), "utf8").catch(() => "");
            if (file.endsWith(".css"))
                for (const [, head] of text.replace(/\/\*[^]*?\*\//g, "").matchAll(/([^{}]+)\{/g))
                    for (const each of head.split(/,(?![^(]*\))/)) {
                        const name = /^\.([\w-]+)(?:::?[\w-]+(?:\([^)]*\))?)*$/.exec(each.trim())?.[1];
                        if (name !== undefined) put(styled, name, folder);
                    }
            if (/\.tsx?$/.test(file))
                for (const [, plain, made] of text.matchAll(/\b(?:class)=(?:"([^"]*)"|\{((?:[^{}]|\{[^{}]*\})*)\})/g))
                    for (const names of plain !== undefined
                        ? [plain]
                        : [...made.matchAll(/["`]([^"`]*)["`]/g)].map(([, inside]) => inside))
                        for (const name of names.split(/\s+/)) put(used, name, folder);
        }
    ok(styled.size > 300 && used.size > 300, `classes: ${styled.size} styled, ${used.size} used`);
    const shared = (folder) => folder === "kit" || folder === "shell";
    const found = [...styled]
        .filter(([, by]) => ![...by].some(shared))
        .filter(([name, by]) => by.size > 1 || [...(used.get(name) ?? [])].some((each) => !by.has(each)))
        .map(([name, by]) => `.${name} of ${[...by]} is used in ${[...(used.get(name) ?? [])]}`);
    same(found, []);
});

test("kit: days are read in the order and the calendar of the language, each as it is shown", async () => {
    const { dayOfParts, monthStart, partsOf, readDay, weeksOf } = await part("kit/dates.ts");
    const TODAY = 20780; /* 23 November 2026, 2 Azar 1405 */
    for (let day = 10_000; day < 30_000; day += 7)
        for (const language of ["en", "fa"]) same(dayOfParts(partsOf(day, language), language), day);
    for (const [text, language] of [
        ["23/11/2026", "en"],
        ["23.11.26", "el"],
        ["23-11", "vi"],
        ["2026/11/23", "zh"],
        ["26/11/23", "zh"],
        ["2026-11-23", "en"],
        ["2026-11-23", "fa"],
        ["۱۴۰۵/۹/۲", "fa"],
        ["05/9/2", "fa"],
        ["9/2", "fa"],
    ])
        same(readDay(text, language, TODAY, true), TODAY, `${text} ${language}`);
    for (const text of ["", "23", "31/2/2026", "11/23/2026", "1/1/20261", "yesterday"])
        same(readDay(text, "en", TODAY, true), undefined, text);
    same(readDay("23/11/20", "en", TODAY, false), undefined, "while it is typed a year may be half there");
    same(partsOf(monthStart(TODAY, "fa", 1), "fa"), { year: 1405, month: 10, date: 1 });
    same(partsOf(monthStart(TODAY, "en", -11), "en"), { year: 2025, month: 12, date: 1 });
    same(weeksOf(monthStart(TODAY, "en"), "en").flat().filter(Boolean).length, 30);
});

test("kit: what of an address narrows nothing is told apart", async () => {
    const { among, anyDay, knownOf, unknownOf } = await part("kit/filters.ts");
    const known = { state: (value) => value === "open", branch: among([1, 2]), from: anyDay };
    const at = ["state", "zzz", "branch", "2", "branch", "3", "from", "2026-13-01", "other", "1", "alone"];
    same(unknownOf(at, known), ["state/zzz", "branch/3", "from/2026-13-01", "other/1", "alone"]);
    same(knownOf(["state", "open", "x", "1"], known), { state: "open" });
    same(unknownOf(["state", "open", "branch", "1", "from", "2026-11-23"], known), []);
    const { choiceOf, unknownIn } = await part("board/rows.ts");
    same(unknownIn(["E2"]), ["E2"]);
    same(unknownIn(["list", "show-zzz.branch-x.by-oldest.turned", "nguyen"]), ["show-zzz", "branch-x"]);
    same(unknownIn(["list", "all", "n".repeat(81)]).length, 1);
    same(choiceOf(["list", "all", "n".repeat(81)]).text, "");
});

test("kit: what of a report's address counts nothing is passed over and told apart", async () => {
    const { saidIn, toAddress } = await part("report/definition.ts");
    const said = saidIn("s=1&by=3.foo&span=3&group=foo&cols=sold.zzz&col=zzz&kind=99&branch=2&overdue=1");
    same(said.what, { source: 1, by: [3], columns: ["sold"], span: 3, branch: 2 });
    same(said.unknown, ["by=foo", "group=foo", "cols=zzz", "col=zzz", "kind=99", "overdue=1"]);
    same(saidIn(toAddress(said.what)).unknown, [], "without them nothing is left to say");
    same(saidIn("s=4&by=5&overdue=0").what, { source: 4, by: [5], columns: [], overdue: false });
    same(toAddress({ source: 4, by: [5], columns: [], overdue: false }), "s=4&by=5&overdue=0");
    same(saidIn("s=1&span=3&from=20000&span=4").unknown, ["span=4", "from=20000"]);
    same(saidIn("s=9&by=3"), { what: undefined, unknown: ["s=9&by=3"] });
});
