/*
 * A day at the desk as one script: the words of its language, the page of who has it, and each screen that it passes looked at.
 *
 *     const { say, page, to, look } = await dayIn("zh", shop, { login: "mai", hash: "#/calls" });
 *     await page.locator(".call-form").getByText(say("Reached")).click();
 *     await look("calls");        // axe, no amount cut, nothing in English; with TEFTER_PICTURES=FOLDER a picture
 */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { BRANCHES, CUSTOMERS, PRODUCTS, same, STAFF, until } from "./harness.mjs";
import { axe, part } from "./fresh.mjs";
import { faultsOf } from "./faults.mjs";
import { desk } from "./desk.mjs";

const PICTURES = process.env.TEFTER_PICTURES;
/* How many approvals wait stands in the rail beside its label. */
const RAIL = ["label-content-name-mismatch"];
const DAY_MS = 86_400_000;

export const inDays = (days) => new Date(Date.now() + days * DAY_MS).toISOString().slice(0, 10);

/* Persian digits and isolates as everybody else has them. */
export const plain = (text) =>
    text
        .replace(/[\u2066-\u2069]/g, "")
        .replace(/[۰-۹]/g, (digit) => String(digit.charCodeAt(0) - 0x06f0))
        .replace(/\u2212/g, "-");
/* An amount as it is shown, as the ledger has it: dong has no decimals. */
export const figure = (text) => BigInt(plain(text).replace(/[^\d-]/g, "") || "0");
export const figures = async (locator) => (await locator.allInnerTexts()).map(figure);
export const sum = (list) => list.reduce((all, each) => all + BigInt(each ?? 0), 0n);

/* ---- nothing in English ---- */

/* What is typed into ledgers and devices of tests, and what has no other name anywhere. */
const DATA = [
    ...Object.entries(STAFF).flatMap(([login, { name }]) => [name, login]),
    ...BRANCHES.flat(),
    ...CUSTOMERS,
    ...PRODUCTS.flat().filter((each) => typeof each === "string"),
    ...[
        "Hải Long",
        "Tefter",
        "efter",
        "drawer",
        "safe",
        "office",
        "browser",
        "VCB",
        "POS",
        "XLSX",
        "CSV",
        "QR",
        "PIN",
        "route",
        "lan",
        "Shift",
        "Ctrl",
    ],
];

/* Sentences of the catalogue that stand on the page as they are in English, and Latin letters that are no name. */
async function inEnglish(page, sentences, data) {
    const texts = await page.evaluate(() => {
        const found = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node; node = walk.nextNode())
            if (!node.parentElement.closest("bdi, kbd, script, style, noscript, body [dir=ltr]"))
                found.push(node.textContent.trim());
        for (const each of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
            for (const name of ["aria-label", "placeholder", "title", "alt"]) found.push(each.getAttribute(name) ?? "");
        return [...new Set(found)];
    });
    const known = [...DATA, ...data].sort((a, b) => b.length - a.length);
    const stripped = (text) =>
        known.reduce((left, each) => left.replaceAll(each, " "), text).replace(/[A-Z]{2}(-[A-Z])?-\d+/g, " ");
    return texts
        .filter((text) => sentences.has(text) || /[A-Za-z]{3}/.test(stripped(text)))
        .map((text) => `in English: “${text}”`);
}

/* At a desk all columns of a table are seen. */
function sideways() {
    return [...document.querySelectorAll("main .table, #main .table")]
        .map((table) => table.parentElement)
        .filter((box) => box.scrollWidth > box.clientWidth + 1)
        .map(
            (box) =>
                `${box.getAttribute("aria-label")} is ${box.scrollWidth - box.clientWidth} px wider than its place`,
        );
}

/* ---- the day ---- */

export async function wordsOf(language) {
    const { say, sayMany, setLanguage, fetchWords, languages } = await part("kit/words.ts");
    await setLanguage(language);
    await fetchWords();
    const one = languages.find(({ code }) => code === language);
    const loaded = await Promise.all([one.load(), one.loadLater()]);
    const sentences = new Set(
        loaded.flatMap(({ catalogue }) =>
            Object.entries(catalogue)
                .filter(([english, text]) => text !== english)
                .map(([english]) => english.replace(/^[^:{|]*::/, "")),
        ),
    );
    return { say, sayMany, sentences };
}

/* `data`: more Latin letters that are names in this ledger. */
export async function dayIn(language, shop, { login, hash, data = [], ...more }) {
    const { say, sayMany, sentences } = await wordsOf(language);
    const page = await desk(shop, { login, hash, language, ...more });
    await page.waitForSelector(`html[lang=${language}] .frame`);
    return { say, sayMany, page, ...onPage(page, `${login}-${language}`, sentences, data) };
}

function onPage(page, of, sentences, data = []) {
    let count = 0;
    const to = (hash) => page.evaluate((where) => void (location.hash = where), hash);
    const keys = async (...all) => {
        for (const key of all) await page.keyboard.press(key);
    };
    /* As a person types: faster is a scan. */
    const type = (text) => page.keyboard.type(text, { delay: 60 });
    async function look(name) {
        await until(`${name} is all there`, () =>
            page.evaluate(async () => {
                await document.fonts.ready;
                await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
                return document.querySelector("main .bones, #main .bones, .sheet .bones") === null;
            }),
        );
        if (PICTURES !== undefined) {
            await mkdir(PICTURES, { recursive: true });
            await page.waitForTimeout(250);
            await page.screenshot({ path: join(PICTURES, `${of}-${String(++count).padStart(2, "0")}-${name}.png`) });
        }
        const wrong = [
            ...(await page.evaluate(faultsOf)),
            ...(await page.evaluate(sideways)),
            ...(await axe(page, RAIL)),
            ...(await inEnglish(page, sentences, data)),
        ];
        same(wrong, [], name);
    }
    return { to, keys, type, look };
}

/* Cells of one column of a table by the words of its head, and its foot. */
export async function columnOf(page, table, head) {
    const heads = (await page.locator(`${table} thead th`).allInnerTexts()).map((text) => plain(text).trim());
    const at = heads.findIndex((text) => text === plain(head) || text.startsWith(`${plain(head)} `));
    if (at < 0) throw new Error(`“${head}” is none of ${heads.join(", ")}`);
    const cells = (where) => page.locator(`${table} ${where} td:nth-child(${at + 1})`).allInnerTexts();
    return { rows: await cells("tbody tr[data-row]"), foot: (await cells("tfoot tr"))[0] };
}
