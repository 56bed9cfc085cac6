/* The address: #/sale/… Its parts are kept when the page is loaded again. */
import { signal, type ReadonlySignal } from "@preact/signals";

const parts = signal<readonly string[]>(read());

function read(): readonly string[] {
    if (typeof location === "undefined" || !location.hash.startsWith("#/")) return [];
    return location.hash
        .slice(2)
        .split("/")
        .map((part) => {
            try {
                return decodeURIComponent(part);
            } catch {
                return part;
            }
        })
        .filter((part) => part !== "");
}

/* ["customers", "17"] */
export const route: ReadonlySignal<readonly string[]> = parts;

export function href(...to: readonly (string | number | bigint)[]): string {
    return "#/" + to.map((part) => encodeURIComponent(String(part))).join("/");
}

export function go(...to: readonly (string | number | bigint)[]): void {
    const address = href(...to);
    if (location.hash !== address) location.hash = address;
    else parts.value = read();
}

/* Without a step for "back": a filter, a tab. */
export function replace(...to: readonly (string | number | bigint)[]): void {
    history.replaceState(null, "", href(...to));
    parts.value = read();
}

/* Where the address leads nowhere: but one that came meanwhile, and was not heard of yet, counts. */
export function begin(...to: readonly (string | number | bigint)[]): void {
    const now = read();
    if (now.join("/") === parts.peek().join("/")) replace(...to);
    else parts.value = now;
}

export function startRoute(): void {
    window.addEventListener("hashchange", () => {
        parts.value = read();
    });
    parts.value = read(); /* it may have changed since this module was read */
}
