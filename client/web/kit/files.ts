/*
 * A list as a file: CSV for whatever reads tables, XLSX for who goes on counting. Amounts are numbers with the
 * currency's decimals, days are days; nothing that somebody typed can become a formula. The zip around a workbook is
 * written here: its few parts need no more than a header each, and the browser compresses.
 */
import { isoDay } from "./filters";
import { dayOf, ledger } from "./format";

export type Cell = string | bigint | number | undefined;

/* money: minor units; day: as the ledger counts days; moment: ms since 1970. */
export interface FileColumn<Row> {
    head: string;
    kind: "text" | "money" | "number" | "day" | "moment";
    of: (row: Row) => Cell;
    sum?: bigint | undefined /* of the whole list, on paper */;
}

/* ---- plain ---- */

/* Minor units as a plain decimal: no groups, the point of a program. */
export function plainAmount(minor: bigint, exponent = ledger.value.exponent): string {
    const size = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, "0");
    const whole = size.slice(0, size.length - exponent);
    return (minor < 0n ? "-" : "") + whole + (exponent > 0 ? `.${size.slice(-exponent)}` : "");
}

/* The branch's day and time. */
export function isoMoment(ms: number | bigint): string {
    const local = new Date(Number(ms) + ledger.value.utc_offset_minutes * 60_000);
    return local.toISOString().slice(0, 19).replace("T", " ");
}

/* ---- CSV ---- */

/* A spreadsheet takes what begins so for a formula. */
const FORMULA = /^[\s\u200B\uFEFF]*[=+\-@|%\t\r\n＝＋－＠]/u;

function field(text: string): string {
    return /[",;\r\n\t]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text;
}

function csvCell<Row>(column: FileColumn<Row>, row: Row): string {
    const value = column.of(row);
    if (value === undefined) return "";
    if (column.kind === "money") return plainAmount(BigInt(value));
    if (column.kind === "number") return String(value);
    if (column.kind === "day") return isoDay(Number(value));
    if (column.kind === "moment") return isoMoment(value as bigint);
    const text = String(value);
    return field(FORMULA.test(text) ? `'${text}` : text);
}

const CHUNK = 2000; /* rows in one text, so that a long list is no long string */

function chunked<Row>(rows: readonly Row[], line: (row: Row, at: number) => string): string[] {
    const parts: string[] = [];
    for (let at = 0; at < rows.length; at += CHUNK)
        parts.push(
            rows
                .slice(at, at + CHUNK)
                .map((row, index) => line(row, at + index))
                .join(""),
        );
    return parts;
}

/* UTF-8 with its mark: without it spreadsheets read another script. */
export function csvOf<Row>(columns: readonly FileColumn<Row>[], rows: readonly Row[]): Blob {
    const head = columns.map((column) => field(column.head)).join(",") + "\r\n";
    const body = chunked(rows, (row) => columns.map((column) => csvCell(column, row)).join(",") + "\r\n");
    return new Blob(["\uFEFF", head, ...body], { type: "text/csv;charset=utf-8" });
}

/* ---- XLSX ---- */

/* What XML cannot hold is left out. */
const escaped = (text: string): string =>
    text
        .replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]/g, "")
        .replace(/&/g, "&amp;")
        .replace(/</g, "&lt;")
        .replace(/>/g, "&gt;");

const letters = (index: number): string =>
    (index >= 26 ? letters(Math.floor(index / 26) - 1) : "") + String.fromCharCode(65 + (index % 26));

const enum Style {
    PLAIN,
    HEAD,
    MONEY,
    DAY,
    MOMENT,
}

const SERIAL_1970 = 25_569; /* the day of a workbook that is 1970-01-01 */
const EXACT = 999_999_999_999_999n; /* a workbook's numbers have fifteen digits */

const text = (at: string, value: string, style = Style.PLAIN): string =>
    `<c r="${at}" s="${style}" t="inlineStr"><is><t xml:space="preserve">${escaped(value)}</t></is></c>`;
const number = (at: string, value: string, style: Style): string => `<c r="${at}" s="${style}"><v>${value}</v></c>`;

function cell<Row>(column: FileColumn<Row>, row: Row, at: string): string {
    const value = column.of(row);
    if (value === undefined || value === "") return "";
    switch (column.kind) {
        case "money": {
            const minor = BigInt(value);
            const exact = minor <= EXACT && minor >= -EXACT;
            return exact ? number(at, plainAmount(minor), Style.MONEY) : text(at, plainAmount(minor));
        }
        case "number":
            return number(at, String(value), Style.PLAIN);
        case "day":
            return number(at, String(Number(value) + SERIAL_1970), Style.DAY);
        case "moment": {
            const local = Number(value) + ledger.value.utc_offset_minutes * 60_000;
            return number(at, (local / 86_400_000 + SERIAL_1970).toFixed(8), Style.MOMENT);
        }
        default:
            return text(at, String(value));
    }
}

const XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const PACKAGE = "http://schemas.openxmlformats.org/package/2006";
const OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

function styles(): string {
    const decimals = ledger.value.exponent > 0 ? `.${"0".repeat(ledger.value.exponent)}` : "";
    const of = (format: number, font = 0): string =>
        `<xf numFmtId="${format}" fontId="${font}" fillId="0" borderId="0" xfId="0" applyNumberFormat="1" applyFont="1"/>`;
    return (
        `${XML}<styleSheet xmlns="${MAIN}"><numFmts count="3"><numFmt numFmtId="164" formatCode="#,##0${decimals}"/>` +
        `<numFmt numFmtId="165" formatCode="yyyy\\-mm\\-dd"/><numFmt numFmtId="166" formatCode="yyyy\\-mm\\-dd\\ hh:mm:ss"/></numFmts>` +
        `<fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts>` +
        `<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>` +
        `<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>` +
        `<cellXfs count="5">${of(0)}${of(0, 1)}${of(164)}${of(165)}${of(166)}</cellXfs></styleSheet>`
    );
}

function sheet<Row>(columns: readonly FileColumn<Row>[], rows: readonly Row[], rtl: boolean): string[] {
    const last = letters(columns.length - 1);
    const wide = columns
        .map((column, at) => {
            const width = column.kind === "money" ? 18 : column.kind === "text" ? 22 : 14;
            return `<col min="${at + 1}" max="${at + 1}" width="${width}" customWidth="1"/>`;
        })
        .join("");
    const head = columns.map((column, at) => text(`${letters(at)}1`, column.head, Style.HEAD)).join("");
    return [
        `${XML}<worksheet xmlns="${MAIN}"><sheetViews><sheetView workbookViewId="0"${rtl ? ' rightToLeft="1"' : ""}>` +
            `<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>` +
            `<cols>${wide}</cols><sheetData><row r="1">${head}</row>`,
        ...chunked(
            rows,
            (row, at) =>
                `<row r="${at + 2}">${columns.map((column, index) => cell(column, row, letters(index) + (at + 2))).join("")}</row>`,
        ),
        `</sheetData><autoFilter ref="A1:${last}${rows.length + 1}"/></worksheet>`,
    ];
}

export async function xlsxOf<Row>(
    title: string,
    columns: readonly FileColumn<Row>[],
    rows: readonly Row[],
    rtl: boolean,
): Promise<Blob> {
    const name = escaped(title.replace(/[\\/?*[\]:']/g, " ").slice(0, 31)).replace(/"/g, "&quot;");
    const type = (part: string, kind: string): string =>
        `<Override PartName="${part}" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`;
    return zipOf([
        [
            "[Content_Types].xml",
            [
                `${XML}<Types xmlns="${PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
                    `<Default Extension="xml" ContentType="application/xml"/>${type("/xl/workbook.xml", "sheet.main")}` +
                    `${type("/xl/worksheets/sheet1.xml", "worksheet")}${type("/xl/styles.xml", "styles")}</Types>`,
            ],
        ],
        [
            "_rels/.rels",
            [
                `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
            ],
        ],
        [
            "xl/workbook.xml",
            [
                `${XML}<workbook xmlns="${MAIN}" xmlns:r="${OFFICE}"><sheets><sheet name="${name}" sheetId="1" r:id="rId1"/></sheets></workbook>`,
            ],
        ],
        [
            "xl/_rels/workbook.xml.rels",
            [
                `${XML}<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="rId1" Type="${OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>` +
                    `<Relationship Id="rId2" Type="${OFFICE}/styles" Target="styles.xml"/></Relationships>`,
            ],
        ],
        ["xl/styles.xml", [styles()]],
        ["xl/worksheets/sheet1.xml", sheet(columns, rows, rtl)],
    ]);
}

/* ---- zip ---- */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
});

function crcOf(bytes: Uint8Array): number {
    let crc = 0xffffffff;
    for (const byte of bytes) crc = (crc >>> 8) ^ TABLE[(crc ^ byte) & 255]!;
    return ~crc >>> 0;
}

/* As it is where the browser cannot. */
async function deflated(bytes: Blob): Promise<{ bytes: Blob; method: number }> {
    try {
        const stream = bytes.stream().pipeThrough(new CompressionStream("deflate-raw"));
        return { bytes: await new Response(stream).blob(), method: 8 };
    } catch {
        return { bytes, method: 0 };
    }
}

const DOS_1980 = 0x21; /* the first day that a zip knows: the same rows are the same file */

/* Little-endian: [bytes, value], one after the other. */
function packed(fields: readonly (readonly [size: 2 | 4, value: number])[]): ArrayBuffer {
    const view = new DataView(new ArrayBuffer(fields.reduce((sum, [size]) => sum + size, 0)));
    let at = 0;
    for (const [size, value] of fields) {
        if (size === 2) view.setUint16(at, value, true);
        else view.setUint32(at, value, true);
        at += size;
    }
    return view.buffer;
}

async function zipOf(files: readonly (readonly [name: string, parts: readonly string[]])[]): Promise<Blob> {
    const out: BlobPart[] = [];
    const directory: BlobPart[] = [];
    let offset = 0;
    let listed = 0;
    for (const [name, parts] of files) {
        const plain = new Blob([...parts]);
        const crc = crcOf(new Uint8Array(await plain.arrayBuffer()));
        const { bytes, method } = await deflated(plain);
        const called = new TextEncoder().encode(name);
        const shared = [
            [2, 20],
            [2, 0x0800],
            [2, method],
            [2, 0],
            [2, DOS_1980],
            [4, crc],
            [4, bytes.size],
            [4, plain.size],
            [2, called.length],
            [2, 0],
        ] as const;
        const head = packed([[4, 0x04034b50], ...shared]);
        const entry = packed([[4, 0x02014b50], [2, 20], ...shared, [2, 0], [2, 0], [2, 0], [4, 0], [4, offset]]);
        out.push(head, called, bytes);
        directory.push(entry, called);
        offset += head.byteLength + called.length + bytes.size;
        listed += entry.byteLength + called.length;
    }
    const end = packed([
        [4, 0x06054b50],
        [2, 0],
        [2, 0],
        [2, files.length],
        [2, files.length],
        [4, listed],
        [4, offset],
        [2, 0],
    ]);
    return new Blob([...out, ...directory, end], {
        type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    });
}

/* ---- its name, and giving it out ---- */

export const fileName = (title: string, ending: string): string =>
    `${title.replace(/[\\/:*?"<>|\s]+/g, "-")}-${isoDay(dayOf(Date.now()))}.${ending}`;

export function download(blob: Blob, name: string): void {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = name;
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}
