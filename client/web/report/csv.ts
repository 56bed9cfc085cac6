/*
 * A report as a file: comma-separated, UTF-8 with its mark, dates as 2026-11-30, amounts with a point and without
 * groups, so that every program reads the sums that are shown. A text that a spreadsheet would run is kept a text.
 */
export type CsvCell = string | undefined;

export function plainAmount(minor: bigint, exponent: number): string {
    const text = (minor < 0n ? -minor : minor).toString().padStart(exponent + 1, "0");
    const whole = text.slice(0, text.length - exponent);
    return (minor < 0n ? "-" : "") + whole + (exponent > 0 ? `.${text.slice(-exponent)}` : "");
}

export const plainDay = (days: number): string => new Date(days * 86_400_000).toISOString().slice(0, 10);

const NUMBER = /^-?\d+(\.\d+)?$/;

function cell(text: CsvCell): string {
    if (text === undefined || text === "") return "";
    const safe = /^[=+\-@\t\r]/.test(text) && !NUMBER.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replace(/"/g, '""')}"` : safe;
}

export function csv(head: readonly string[], rows: readonly (readonly CsvCell[])[]): string {
    return "\uFEFF" + [head, ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

export function saveFile(name: string, text: string): void {
    const link = document.createElement("a");
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    link.href = address;
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
