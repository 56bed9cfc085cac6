/*
 * The pictures of the README and of client/web/pictures, made anew: node tests/web/pictures.mjs [NAME ...]. Programs are those of
 * $TEFTER_BIN. Each is named after what it shows, and none is larger than 60 KB.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bin, chromium, cleanUp, company, end, folder, freePort, start, until, web } from "./harness.mjs";
import { fresh, serveFresh } from "./fresh.mjs";
import { trading } from "./trading.mjs";

const BYTES_MOST = 60_000;
const wanted = process.argv.slice(2);
const PHONE = { width: 390, height: 844, isMobile: true, hasTouch: true };
const DESK = { width: 1440, height: 900 };

/* As large as it may be, no larger. */
async function keep(page, name) {
    await page.evaluate(async () => {
        await document.fonts.ready;
        document.activeElement?.blur();
    });
    await page.waitForTimeout(500);
    const tools = await page.context().newCDPSession(page);
    const { width, height } = page.viewportSize();
    for (const scale of [1, 0.85, 0.75, 0.65])
        for (const quality of [80, 60]) {
            const clip = { x: 0, y: 0, width, height, scale };
            const { data } = await tools.send("Page.captureScreenshot", { format: "webp", quality, clip });
            const bytes = Buffer.from(data, "base64");
            if (bytes.length > BYTES_MOST) continue;
            await writeFile(join(web, "pictures", `${name}.webp`), bytes);
            console.log(`${name}.webp ${Math.round(bytes.length / 1000)} KB, scale ${scale}, quality ${quality}`);
            return;
        }
    throw new Error(`${name} does not fit ${BYTES_MOST} bytes`);
}

const pick = async (page, field, text) => {
    await page.fill(`${field} input`, text);
    await page.waitForSelector(`${field} .combo-option`);
    await page.locator(`${field} .combo-option`).first().click();
};

let made;
const shop = () => (made ??= trading());
const DARK = { ...DESK, dark: true },
    DARK_PHONE = { ...PHONE, dark: true };
const opened = async (look, language, hash, ready) => {
    const page = await fresh(await shop(), { login: "owner", query: `?lang=${language}`, hash, ...look });
    await page.waitForSelector(`html[lang=${language}] ${ready}`);
    await until("it is all there", () =>
        page.evaluate(() => document.querySelector("#main .bones, main .bones, .gate[aria-busy]") === null),
    );
    return page;
};

async function overLimit(page) {
    await page.waitForSelector(".goods-field input");
    await until("the catalogue is there", async () => {
        await page.fill(".goods-field input", "XM40");
        return page.$(".goods-field .combo-option");
    });
    await page.locator(".goods-field .combo-option").first().click();
    await page.fill(".goods-field input", "50");
    await page.keyboard.press("Enter");
    await pick(page, ".customer-field", "K01");
    await page.waitForSelector("#ways, .ways");
}

const PICTURES = {
    board: async () => opened(DESK, "en", "#/board", ".board-tiles .figure .n"),
    "board-dark": async () => opened({ ...DESK, dark: true }, "en", "#/board", ".board-tiles .figure .n"),
    "board-persian": async () => opened(DESK, "fa", "#/board", ".board-tiles .figure .n"),
    "board-phone": async () => opened(PHONE, "el", "#/board", ".board-tiles .figure .n"),
    approval: async () => opened(PHONE, "en", `#/approvals/${(await shop()).asked[0].approval}`, ".approve"),
    customer: async () => opened(DESK, "vi", "#/customers/8", ".card-facts"),
    customers: async () => opened(DESK, "zh", "#/customers", "[data-customer]"),
    "customers-phone": async () => opened(PHONE, "fa", "#/customers", "[data-customer]"),
    sale: async () => {
        const page = await opened(DESK, "en", "#/sale", ".goods-field input");
        await overLimit(page);
        return page;
    },
    "sale-phone": async () => {
        const page = await opened(PHONE, "vi", "#/sale", ".goods-field input");
        await overLimit(page);
        return page;
    },
    payment: async () => {
        const page = await opened(DESK, "en", "#/payment", ".customer-field input");
        await pick(page, ".customer-field", "K07");
        await page.waitForSelector(".big-amount input");
        await page.fill(".big-amount input", "200m");
        await page.waitForSelector(".bills");
        return page;
    },
    "sale-dark": async () => {
        const page = await opened(DARK, "el", "#/sale", ".goods-field input");
        await overLimit(page);
        return page;
    },
    "payment-phone": async () => {
        const page = await opened(DARK_PHONE, "zh", "#/payment", ".customer-field input");
        await pick(page, ".customer-field", "K07");
        await page.waitForSelector(".big-amount input");
        await page.fill(".big-amount input", "200m");
        return page;
    },
    day: async () => opened(PHONE, "vi", "#/day", ".day-grid"),
    papers: async () => opened(DESK, "el", "#/papers", "main .table, main li"),
    approvals: async () => opened(PHONE, "zh", "#/approvals", "main a[href*=approvals]"),
    unusual: async () => opened(DESK, "vi", "#/alarms", ".panel"),
    people: async () => opened(DARK, "zh", "#/people", ".panel"),
    settings: async () => opened(DARK_PHONE, "fa", "#/settings", ".setting"),
    login: async () => {
        const page = await opened(PHONE, "el", "#/settings", ".setting");
        await page.evaluate(() => sessionStorage.clear());
        await page.reload();
        await page.waitForSelector("input[type=password]");
        return page;
    },
    "board-empty": async () => {
        const page = await fresh(await company({ empty: true }), {
            branch: "HQ",
            query: "?lang=vi",
            hash: "#/board",
            ...DESK,
        });
        await page.waitForSelector("html[lang=vi] .first-step, html[lang=vi] .first-steps");
        return page;
    },
    slip: async () => {
        const page = await opened({ width: 420, height: 640 }, "vi", `#/papers/${(await shop()).paper}`, ".frame");
        await page.evaluate(() => {
            window.print = () => {
                const slip = document.querySelector(".slip");
                globalThis.slip = slip.cloneNode(true);
            };
        });
        await page.waitForTimeout(1500);
        await page.keyboard.press("Control+P");
        await until("the slip is drawn", () => page.evaluate(() => globalThis.slip !== undefined));
        await page.emulateMedia({ media: "print" });
        await page.evaluate(() => {
            document.documentElement.classList.add("printing-slip");
            if (document.querySelector("body > .slip") === null) document.body.append(globalThis.slip);
        });
        return page;
    },
    import: async () => {
        const page = await opened(DESK, "en", "#/import", ".import-drop");
        const rows = ["Bình An", "Carter & Sons", "شرکت سازه", "王小明建材", "Τεχνική"].map(
            (name, at) => `W${at + 1},${name},090312345${at},${(at + 3) * 1_250_000}`,
        );
        await page.setInputFiles("input[type=file]", {
            name: "debts.csv",
            mimeType: "text/csv",
            buffer: Buffer.from(["Mã KH,Tên khách hàng,Điện thoại,Còn nợ", ...rows].join("\r\n")),
        });
        await page.waitForSelector(".file-columns select");
        await until("it may be tried", () => page.$(".foot .filled:not([aria-disabled])"));
        await page.keyboard.press("F9");
        await page.waitForSelector(".adds-up");
        return page;
    },
    founding: async () => {
        const at = await folder(),
            port = await freePort();
        const server = start(join(bin, "tefterd"), [
            "found",
            "--ledger",
            join(at, "ledger"),
            "--listen",
            "127.0.0.1:0",
            "--web",
            `127.0.0.1:${port}`,
        ]);
        const link = await until("a link", () => /http:\S+#found=\S+/.exec(server.said)?.[0]);
        const context = await (
            await chromium()
        ).newContext({ viewport: { width: 1100, height: 768 }, locale: "en-GB", timezoneId: "Asia/Ho_Chi_Minh" });
        await serveFresh(context, `http://127.0.0.1:${port}`);
        const page = await context.newPage();
        await page.goto(link);
        await page.getByLabel("Company, as on your papers").fill("Vật liệu Hải Long");
        await page.getByLabel("First branch").fill("Thủ Đức");
        await page.getByLabel("Your name").fill("Trần Thu Hà");
        await page.waitForSelector("text=TD-00001");
        page.on("close", () => void end(server));
        return page;
    },
};

let failed = 0;
try {
    for (const [name, show] of Object.entries(PICTURES)) {
        if (wanted.length > 0 && !wanted.includes(name)) continue;
        try {
            const page = await show();
            await keep(page, name);
            await page.context().close();
        } catch (fault) {
            failed++;
            console.error(`${name}: ${fault.stack ?? fault}`);
        }
    }
} finally {
    await cleanUp();
}
process.exit(failed === 0 ? 0 : 1);
