/* An office in the middle of its week, for tests of its lists: bills of several days, money that came, some of it matched. */
import { inflateRawSync } from "node:zlib";
import { readFile } from "node:fs/promises";
import { company, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";

const DAY_MS = 86_400_000;
export const ago = (days) => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

/* K04 恒信建材行 owes three bills, and paid 24,800,000 last week without saying for which; K01 has money that equals a bill. */
export async function office() {
    const shop = await company({ own: true });
    const { tefter } = shop;
    for (const code of ["K01", "K02", "K04"]) await tefter("customer", "limit", code, "900m");
    const sell = (customer, goods, date, due) =>
        tefter("sell", customer, goods, "--date", ago(date), "--due", ago(due), "--backfill");
    await sell("K04", "XM40=200", 60, 30); /* 18,360,000 */
    await sell("K04", "XM40=100", 40, 10); /* 9,180,000 */
    await sell("K04", "THEP10=50", 20, -10); /* 8,370,000 */
    await sell("K01", "XM40=10", 30, 5); /* 918,000 */
    await sell("K01", "XM40=20", 25, -5); /* 1,836,000 */
    await sell("K02", "GACH6=1000", 12, -18); /* 1,350,000 */
    const pay = (customer, amount, reference, ...more) =>
        tefter("pay", customer, amount, "--transfer", "VCB 0071", "--reference", reference, ...more);
    await pay("K04", "24800000", "VCB 88204", "--unmatched", "--date", ago(7), "--payer", "WANG XM CK");
    await pay("K04", "1000000", "VCB 88205", "--unmatched");
    await pay("K01", "1836000", "VCB 88213", "--unmatched");
    await pay("K02", "350000", "VCB 88214");
    await tefter("pay", "K02", "200000", "--slip", "VCB 0071", "--reference", "SL-1", "--payer", "HA", "--unmatched");
    return shop;
}

export const minor = (text) => BigInt(text.replace(/[^\d−-]/g, "").replace("−", "-") || "0");

/* What a press downloads, as bytes. */
export async function downloaded(page, press) {
    const coming = page.waitForEvent("download");
    await press();
    const download = await coming;
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/* Rows of a CSV as spreadsheets read it. */
export function csvRows(bytes) {
    const text = bytes.toString("utf8");
    if (!text.startsWith("\uFEFF")) throw new Error("no mark of UTF-8");
    const rows = [[]];
    let field = "",
        quoted = false;
    for (let at = 1; at < text.length; at++) {
        const letter = text[at];
        if (quoted) {
            if (letter === '"' && text[at + 1] === '"') {
                field += '"';
                at++;
            } else if (letter === '"') quoted = false;
            else field += letter;
        } else if (letter === '"') quoted = true;
        else if (letter === "," || letter === "\n") {
            rows[rows.length - 1].push(field.replace(/\r$/, ""));
            field = "";
            if (letter === "\n") rows.push([]);
        } else field += letter;
    }
    return rows.filter((row) => row.length > 1);
}

/* The parts of a zip by name, each checked against its sum by Node's own inflate and a plain CRC. */
export function zipParts(bytes) {
    const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    const parts = new Map();
    let at = bytes.readUInt32LE(end + 16);
    for (let left = bytes.readUInt16LE(end + 10); left > 0; left--) {
        const [method, crc, packed, size] = [10, 16, 20, 24].map((from) =>
            from === 10 ? bytes.readUInt16LE(at + from) : bytes.readUInt32LE(at + from),
        );
        const [name, extra, comment] = [28, 30, 32].map((from) => bytes.readUInt16LE(at + from));
        const local = bytes.readUInt32LE(at + 42);
        const title = bytes.subarray(at + 46, at + 46 + name).toString();
        const from = local + 30 + bytes.readUInt16LE(local + 26) + bytes.readUInt16LE(local + 28);
        const raw = bytes.subarray(from, from + packed);
        const plain = method === 8 ? inflateRawSync(raw) : raw;
        if (plain.length !== size || crcOf(plain) !== crc) throw new Error(`${title} is not what its sum says`);
        parts.set(title, plain.toString("utf8"));
        at += 46 + name + extra + comment;
    }
    return parts;
}

function crcOf(bytes) {
    let crc = 0xffffffff;
    for (const byte of bytes) {
        crc ^= byte;
        for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    return ~crc >>> 0;
}

/* Cells of the one sheet, as [reference, number or text]. */
export function sheetRows(bytes) {
    const sheet = zipParts(bytes).get("xl/worksheets/sheet1.xml");
    return [...sheet.matchAll(/<row r="\d+">(.*?)<\/row>/gs)].map(([, row]) => {
        const cells = new Map();
        for (const [, column, type, inner] of row.matchAll(/<c r="([A-Z]+)\d+"[^>]*?( t="inlineStr")?>(.*?)<\/c>/gs))
            cells.set(
                column,
                type
                    ? inner
                          .replace(/<[^>]*>/g, "")
                          .replace(/&lt;/g, "<")
                          .replace(/&amp;/g, "&")
                    : Number(inner.replace(/<\/?v>/g, "")),
            );
        return cells;
    });
}

/* A page of somebody at the office, who looks at that screen. */
export const desk = (shop, { login = "ketoan", hash, language = "zh", width = 1440, height = 900, ...more }) =>
    fresh(shop, { login, branch: "TD", hash, query: `?lang=${language}`, width, height, ...more });

export const rowsOf = (page, table = ".long-list") =>
    page.$$eval(`${table} tbody tr[data-row]`, (rows) => rows.map((row) => row.dataset.row));

export const settled = (what, act) => until(what, act, 20_000);
