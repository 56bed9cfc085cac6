/* Every text of the screens is of the catalogue, and fits in five languages. */
import { company, ok, same, STAFF, test } from "./harness.mjs";
import { bare, fresh } from "./fresh.mjs";

const SCREENS = [
    "board",
    "sale",
    "payment/2",
    "customers",
    "customers/2",
    "approvals",
    "papers",
    "day",
    "alarms",
    "people",
    "settings",
];

async function show(page, screen) {
    await page.evaluate((to) => {
        location.hash = `#/${to}`;
    }, screen);
    await page.waitForTimeout(500);
}

/* Texts and labels in plain letters: under ?lang=xx what the catalogue has wears accents and dots. Names are isolates. */
function plainTexts(page) {
    return page.evaluate(() => {
        const texts = [];
        const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
        for (let node = walk.nextNode(); node; node = walk.nextNode())
            if (!node.parentElement.closest("bdi, kbd, script, style, noscript")) texts.push(node.textContent.trim());
        for (const each of document.querySelectorAll("[aria-label], [placeholder], [title], [alt]"))
            for (const name of ["aria-label", "placeholder", "title", "alt"]) texts.push(each.getAttribute(name) ?? "");
        return [...new Set(texts)].filter((text) => /[a-z]{3}/i.test(text) && !/[·åçéïñöûýšžđłţÅÇÉÏÑÖÛÝ]/.test(text));
    });
}

test(
    "no text of a screen is English by itself",
    async () => {
        const shop = await company();
        const data = [
            ...Object.keys(STAFF),
            ...Object.values(STAFF).map((each) => each.name),
            "Hải Long",
            "efter",
            "Fourth counter",
            "Thủ Đức",
            "Whitfield",
            "Sen Trắng",
            "CASH",
            "drawer",
            "office",
            "browser",
            "English",
            "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day",
        ].map((each) => new RegExp(each));
        const page = await fresh(shop, { login: "owner", query: "?lang=xx" });
        for (const screen of SCREENS) {
            await show(page, screen);
            same(
                (await plainTexts(page)).filter((text) => !data.some((known) => known.test(text))),
                [],
                screen,
            );
        }
        await page.context().close();
    },
    { seconds: 120 },
);

test(
    "screens fit in every language",
    async () => {
        const shop = await company();
        for (const language of ["vi", "zh", "fa", "el"]) {
            for (const size of [
                { width: 360, height: 640 },
                { width: 1440, height: 900 },
            ]) {
                const page = await fresh(shop, { ...size, login: "owner", query: `?lang=${language}` });
                same(await page.evaluate(() => document.documentElement.lang), language, "the page says its language");
                for (const screen of SCREENS) {
                    await show(page, screen);
                    const wider = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
                    ok(wider <= 0, `${screen} in ${language} at ${size.width} is wider by ${wider}`);
                }
                await page.context().close();
            }
        }
    },
    { seconds: 300 },
);

test("what is left of another person is said of one and of several, in each language", async () => {
    const page = await bare(`
        import { render } from "preact";
        import { leftText } from "./shell/lefthere";
        import { fetchWords, setLanguage } from "./kit/words";
        const client = { welcome: { value: { currency: "VND", exponent: 0 } } };
        const command = { sell_paid: { payments: [{ amount_minor: 5000n }] } };
        globalThis.said = async (language, count, known) => {
            await setLanguage(language);
            await fetchWords();
            const one = { kind: "sell_paid", at_ms: Date.now(), command: known ? command : {} };
            return leftText(client as never, { login: "ann", foreign: false, items: Array(count).fill(one) } as never);
        };
        render(<p>here</p>, document.getElementById("app")!);
    `);
    const verbs = {
        en: ["is not booked yet.", "are not booked yet."],
        el: ["Δεν καταχωρίστηκε ακόμη", "Δεν καταχωρίστηκαν ακόμη"],
        fa: ["ثبت نشده است", "ثبت نشده‌اند"],
        vi: ["Chưa ghi sổ", "Chưa ghi sổ"],
        zh: ["尚未入账", "尚未入账"],
    };
    for (const [language, [one, many]] of Object.entries(verbs))
        for (const known of [true, false]) {
            const said = (count) =>
                page.evaluate(([code, n, sums]) => globalThis.said(code, n, sums), [language, count, known]);
            ok((await said(1)).includes(one), await said(1));
            ok((await said(2)).includes(many), await said(2));
        }
    same(page.faults, []);
    await page.context().close();
});
