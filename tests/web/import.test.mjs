/* A file of a shop, from the drop to the ledger: proven against the command line, through cuts and with wrong columns. */
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { bin, chance, company, folder, ok, same, test, until } from "./harness.mjs";

const run = promisify(execFile);
const COUNT = 2000;

/* ---- a workbook of our own making: stored, as zip allows ---- */

const TABLE = new Uint32Array(256).map((_, at) => {
    let value = at;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value;
});
function crc32(bytes) {
    let value = 0xffffffff;
    for (const byte of bytes) value = (value >>> 8) ^ TABLE[(value ^ byte) & 255];
    return (value ^ 0xffffffff) >>> 0;
}

function zip(files) {
    const parts = [],
        directory = [];
    let at = 0;
    for (const [name, text] of Object.entries(files)) {
        const bytes = Buffer.from(text),
            named = Buffer.from(name);
        const fields = Buffer.alloc(26);
        fields.writeUInt16LE(20, 0);
        fields.writeUInt32LE(crc32(bytes), 10);
        fields.writeUInt32LE(bytes.length, 14);
        fields.writeUInt32LE(bytes.length, 18);
        fields.writeUInt16LE(named.length, 22);
        parts.push(Buffer.from("PK\x03\x04", "latin1"), fields, named, bytes);
        const entry = Buffer.alloc(16);
        entry.writeUInt32LE(at, 12);
        directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), fields, entry.subarray(2), named]));
        at += 4 + 26 + named.length + bytes.length;
    }
    const list = Buffer.concat(directory),
        end = Buffer.alloc(18);
    end.writeUInt16LE(directory.length, 4);
    end.writeUInt16LE(directory.length, 6);
    end.writeUInt32LE(list.length, 8);
    end.writeUInt32LE(at, 12);
    return Buffer.concat([...parts, list, Buffer.from("PK\x05\x06", "latin1"), end]);
}

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;");
const cell = (value) =>
    typeof value === "number" ? `<c><v>${value}</v></c>` : `<c t="inlineStr"><is><t>${escaped(value)}</t></is></c>`;
function workbook(rows, sheet = "Công nợ") {
    const main = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"';
    const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    return zip({
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "xl/workbook.xml": `<workbook ${main} xmlns:r="${office}"><sheets><sheet name="${sheet}" sheetId="1" r:id="r1"/></sheets></workbook>`,
        "xl/_rels/workbook.xml.rels":
            '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">' +
            `<Relationship Id="r1" Type="${office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
        "xl/worksheets/sheet1.xml": `<worksheet ${main}><sheetData>${rows
            .map((row) => `<row>${row.map(cell).join("")}</row>`)
            .join("")}</sheetData></worksheet>`,
    });
}

const csv = (rows) => rows.map((row) => row.map((value) => `"${value}"`).join(",")).join("\r\n");
const utf16 = (text) => Buffer.from(`\uFEFF${text}`, "utf16le");

/* ---- customers and what they owe ---- */

const NAMES = ["Xây dựng Phú Mỹ", "王小明建材", "Carter & Sons", "شرکت سازه", "Τεχνική", "Sắt thép"];
function debtors(count, prefix, seed = 7) {
    const next = chance(seed);
    const rows = Array.from({ length: count }, (_, at) => [
        `${prefix}${String(at + 1).padStart(4, "0")}`,
        `${NAMES[next(NAMES.length)]} ${prefix}${at + 1}`,
        `09${prefix.charCodeAt(0)}${String(100000 + at)}`,
        1000 * (1 + next(900_000)),
    ]);
    return { rows, total: rows.reduce((sum, row) => sum + row[3], 0) };
}
const HEADS = ["Mã KH", "Tên khách hàng", "Điện thoại", "Còn nợ"];

/* ---- what a person does ---- */

async function office(shop, options = {}) {
    const page = await shop.open({ width: 1366, height: 768, hash: "#/import", ...options });
    await shop.enrol(page);
    await shop.login(page, "quan");
    await page.waitForSelector(".import-drop");
    return page;
}

async function drop(page, name, bytes) {
    const base64 = Buffer.from(bytes).toString("base64");
    const data = await page.evaluateHandle(
        ({ name, base64 }) => {
            const transfer = new DataTransfer();
            const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
            transfer.items.add(new File([bytes], name));
            return transfer;
        },
        { name, base64 },
    );
    await page.dispatchEvent(".import-drop", "drop", { dataTransfer: data });
}

const digits = (text) => text.replace(/[^0-9]/g, "");
const sums = (page) =>
    page.$$eval(".adds-up .adds-part .n, .adds-up .adds-all > .n", (all) => all.map((each) => each.textContent));
async function tryIt(page) {
    await page.waitForSelector(".file-columns select", { timeout: 120_000 });
    await until("it may be tried", () => page.$(".foot .filled:not([aria-disabled])"), 60_000);
    await page.keyboard.press("F9");
    await page.waitForSelector(".adds-up", { timeout: 60_000 });
}
async function book(page) {
    await until("it may be booked", () => page.$(".foot .filled:not([aria-disabled])"));
    await page.keyboard.press("F9");
    await page.waitForSelector(".adds-ledger >> text=/^Ledger$/", { timeout: 120_000 });
}
async function owed(shop, source) {
    const rows = [];
    let at;
    do {
        const [answer] = await shop.json(
            "call",
            "documents",
            "--source",
            source,
            "--rows",
            "500",
            ...(at ? ["--page", at] : []),
        );
        rows.push(...(answer.documents?.rows ?? answer.rows ?? []));
        at = answer.documents?.next ?? answer.next;
    } while (at);
    return rows;
}

test(
    "2,000 customers and what they owe, from a workbook and from UTF-16, come to what the command line books",
    async () => {
        const shop = await company({ own: true });
        const page = await office(shop);
        for (const [prefix, name, bytes] of [
            ["W", "cong-no.xlsx", (rows) => workbook([HEADS, ...rows])],
            ["U", "cong-no-16.csv", (rows) => utf16(csv([HEADS, ...rows]))],
        ]) {
            const { rows, total } = debtors(COUNT, prefix);
            await drop(page, name, bytes(rows));
            await tryIt(page);
            let [clear, need, file, ledger] = (await sums(page)).map(digits);
            same([clear, need, file, ledger], [String(total), "0", String(total), String(total)]);
            await book(page);
            [clear, need, file, ledger] = (await sums(page)).map(digits);
            same([file, ledger], [String(total), String(total)]);
            ok(await page.$(".adds-ledger.is-same"));
            await page.click("text=Next file");
            await page.waitForSelector(".import-drop");
        }
        /* the command line, asked to bring in the same once more, finds all of it */
        const { rows } = debtors(COUNT, "W");
        const file = join(await folder(), "cong-no.xlsx");
        await writeFile(file, workbook([HEADS, ...rows]));
        const said = await shop
            .tefter(
                "import",
                "balances",
                file,
                "--json",
                "--yes",
                "--source",
                "cong-no.xlsx",
                "--as-of",
                "today",
                "--ignore",
                "Điện thoại",
            )
            .catch((fault) => fault.stdout);
        const told = JSON.parse(said);
        same([told.sent, told.already_there, told.rejected], [0, COUNT, 0]);
        await shop.end();
    },
    { seconds: 400, long: true },
);

test(
    "a wrong column is mended by choosing another, and what reads two ways is asked",
    async () => {
        const shop = await company({ own: true });
        const page = await office(shop);
        const rows = [
            ["Mã", "Khách", "Nhớ", "Số"],
            ["Q1", "Hoàng Gia", "2.500", "7"],
            ["Q2", "Bình Triệu", "31.000", "8"],
            ["Q3", "Đỗ Gia", "x", "9"],
        ];
        await drop(page, "so-no.csv", Buffer.from(csv(rows)));
        await page.waitForSelector(".file-columns select");
        await page.selectOption(".import-what select >> nth=0", { label: "What each customer owes" });
        const columns = (at) => page.locator(".file-columns select").nth(at);
        await until("its kind is read", async () => (await page.$$(".file-columns select")).length === 4);
        await columns(0).selectOption({ label: "Customer's code" });
        await until("the first is known", async () => (await columns(0).inputValue()) === "customer");
        await columns(2).selectOption({ label: "Amount" });
        await until(
            "the sign is read",
            async () => (await page.$(".import-question")) || (await page.$(".file-columns .read:has-text('2,500')")),
        );
        if (await page.$(".import-question")) await page.keyboard.press("2");
        await until("2.500 is read", () => page.$(".file-columns .read:has-text('2,500')"));
        await tryIt(page);
        same((await sums(page)).map(digits), ["33500", "33500", "33500"]);
        same(await page.locator(".need").count(), 1);
        await page.keyboard.press("1"); /* type it; what follows at once would be a scan */
        await page.waitForSelector(".need input");
        await page.keyboard.type("4500");
        await page.keyboard.press("Enter");
        await page.keyboard.press("F9");
        await until("nobody is needed any more", async () => digits((await sums(page))[0] ?? "") === "38000");
        await book(page);
        same((await sums(page)).map(digits), ["38000", "0", "38000", "38000"]);
        await page.click("text=Undo all of it");
        await page.click("text=Yes, take all of it back");
        await page.waitForSelector("text=3 papers were taken back");
        await shop.end();
    },
    { seconds: 200 },
);

test(
    "a file as shops have them: titles above, a total below, a day that is missing, somebody twice",
    async () => {
        const shop = await company({ own: true });
        const page = await office(shop);
        const rows = [
            ["Công nợ khách hàng", "tháng 11", "", "", ""],
            ["Mã KH", "Tên khách hàng", "Điện thoại", "Ngày", "Còn nợ"],
            ["T1", "Hoàng Gia", "0903111222", "1/9/20", "5000"],
            ["T2", "HOANG GIA", "0903 111 222", "2/9/20", "6000"],
            ["T3", "Đỗ Gia", "", "", "7000"],
            ["", "Tổng cộng", "", "", "18000"],
        ];
        await drop(page, "so.csv", Buffer.from(rows.map((row) => row.join(";")).join("\r\n")));
        await page.waitForSelector(".import-question");
        const choice = (label) =>
            page.locator(".import-what .field", { hasText: label }).locator("option:checked").innerText();
        same(await choice("Headings in line"), "2");
        same(await choice("Between the cells"), "a semicolon (;)");
        /* a day stands as it does until somebody says which it is; the answer stays when a column's meaning is changed */
        same(await page.locator(".file-columns tbody tr").nth(0).locator("td").nth(3).innerText(), "1/9/20\n?");
        await page.keyboard.press("1");
        await until("it is answered", async () => !(await page.$(".import-question")));
        const columns = (at) => page.locator(".file-columns select").nth(at);
        await columns(2).selectOption({ label: "not used" });
        await until("it is read", async () => (await columns(2).inputValue()) === "");
        await columns(2).selectOption({ label: "Phone" });
        await until("it is read", async () => (await columns(2).inputValue()) === "phone");
        await tryIt(page);
        ok(!(await page.$(".import-question")), "the answer is lost");
        await page.waitForSelector(".own-total");
        same((await sums(page)).map(digits), ["11000", "7000", "18000", "11000"]);
        /* asked once for all rows without a day */
        await page.fill("#undated", "2020-10-31");
        await page.click("text=This day for all of them");
        await until("the third has a day", async () => digits((await sums(page))[0] ?? "") === "18000");
        /* who is who is said before it is booked */
        ok(await page.$(".foot [aria-disabled]"), "it may be booked though somebody is there twice");
        await page.click("button >> text=/^The same customer$/");
        await until(
            "nobody is there twice",
            async () =>
                (await sums(page)).map(digits).join() === "18000,0,18000,18000" && !(await page.$(".import-doubles")),
        );
        await book(page);
        same((await sums(page)).map(digits), ["18000", "0", "18000", "18000"]);
        await page.waitForSelector(".import-notes >> text=2 new customers");
        await shop.end();
    },
    { seconds: 200 },
);

test(
    "the line is cut in the middle of the file and of the booking; another page sees the same",
    async () => {
        const shop = await company({ own: true });
        const page = await office(shop);
        const { rows, total } = debtors(COUNT, "C", 11);
        const wide = rows.map((row) => [...row, "x".repeat(900)]); /* some thirty pieces */
        await drop(page, "dai.csv", Buffer.from(csv([[...HEADS, "Trang"], ...wide])));
        await page.waitForSelector(".import .bar");
        await shop.killRelay();
        await shop.startRelay();
        await tryIt(page);
        await until("it may be booked", () => page.$(".foot .filled:not([aria-disabled])"));
        await page.keyboard.press("F9");
        await page.waitForSelector("text=It is booked");
        await shop.killRelay();
        await shop.startRelay();
        await page.waitForSelector(".adds-ledger.is-same", { timeout: 120_000 });
        same((await sums(page)).map(digits)[3], String(total));
        const second = await page.context().newPage();
        await second.goto(`${shop.url}/#/import`);
        await until(
            "the second page is in",
            async () => (await second.$(".adds-up")) || (await second.$("input[type=password]")),
        );
        await shop.end();
    },
    { seconds: 300 },
);

test(
    "a row with two cells that are wrong is told both at once, and is one row",
    async () => {
        const shop = await company({ own: true });
        const page = await office(shop);
        const rows = [
            [...HEADS, "Ngày"],
            ["Q1", "Hoàng Gia", "0901000001", "2500", "2026-01-05"],
            ["Q2", "Bình Triệu", "0901000002", "x", "2026-13-45"],
            ["Q3", "Đỗ Gia", "0901000003", "4500", "2026-02-05"],
            ["Q4", "Phú Gia", "0901000004", "5500", "2026-03-05"],
        ];
        await drop(page, "hai.csv", Buffer.from(csv(rows)));
        await page.waitForSelector(".file-columns select");
        await tryIt(page);
        await page.waitForSelector(".need");
        same(await page.locator(".need").count(), 2);
        const told = await page.locator(".need").allInnerTexts();
        ok(/date/i.test(told.join()) && /amount/i.test(told.join()), told.join());
        ok(/1 row to look at/.test(await page.innerText(".needs")), await page.innerText(".needs"));
        await shop.end();
    },
    { seconds: 100 },
);
