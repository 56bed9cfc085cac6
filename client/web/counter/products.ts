/*
 * The catalogue, as a till needs it: a scan is answered from memory, words are searched there too, and what is not
 * there is asked of the server. Filled in the background after login, so that the first sale does not wait for it.
 */
import { effect, signal } from "@preact/signals";
import type { Client } from "../lib/api";
import { has } from "../lib/aside";
import type { DocumentLine, ProductRecord, ProductUnit } from "../lib/messages";
import type { Line } from "./draft";
import { folded, plainDigits } from "./typed";

const PAGE = 500;
const MOST = 20_000; /* beyond this, words are searched by the server alone */
const AGAIN_MS = 1000;
const OLD_MS = 10 * 60_000;
const PATIENCE_MS = 2000;

interface Entry {
    product: ProductRecord;
    words: string;
}

const entries = new Map<number, Entry>();
const codes = new Map<string, number>();
export const catalogueSize = signal(0);
export const pricesChanged = signal(0); /* how often one was told that is another than here */
let loading: Promise<void> | undefined;
let loaded_at = -Infinity;
let loaded_for: Client | undefined;
const recalled = new Set<number>(); /* kept before, and not yet said by the server */
let fromServer = false; /* the server has said some of it since this page began */

const keyOf = (code: string): string => plainDigits(code).trim().toUpperCase();

export function remember(product: ProductRecord): void {
    const words = folded(
        [product.name, product.code, product.brand, product.model, product.colour].filter(Boolean).join(" "),
    );
    const before = entries.get(product.product)?.product;
    entries.set(product.product, { product, words });
    if (before !== undefined && before.price !== product.price) pricesChanged.value++;
    const all = [product.code, ...product.barcodes, ...product.units.flatMap((unit) => unit.barcodes)];
    for (const code of all) codes.set(keyOf(code), product.product);
    catalogueSize.value = entries.size;
}

async function loadAll(client: Client): Promise<void> {
    let page: Uint8Array | undefined,
        pages = 0;
    do {
        const asked = await client.ask("products", { rows: PAGE, page });
        if ("refused" in asked) {
            /* not logged in yet, or no line: once more */
            setTimeout(() => {
                if (loaded_for === client && client.me.value !== undefined) void loadCatalogue(client);
            }, AGAIN_MS);
            return;
        }
        fromServer = true;
        for (const product of asked.answer.products) {
            if (product.retired) continue;
            recalled.delete(product.product);
            remember(product);
        }
        await keepGoods(client, pages++, asked.answer.products);
        page = asked.answer.next;
    } while (page !== undefined && entries.size < MOST);
    loaded_at = performance.now();
    if (page === undefined) forgetRecalled();
    await forgetGoodsFrom(client, pages);
}

/* ---- kept, for a page that begins without a line ---- */

const KEPT = "goods/";

/* A page of the catalogue; what things cost the shop stays with the server. */
function keepGoods(client: Client, page: number, products: readonly ProductRecord[]): Promise<boolean> {
    const plain = products.filter((each) => !each.retired).map(({ cost: _cost, floor: _floor, ...rest }) => rest);
    return client.shop.put(`${KEPT}${page}`, plain);
}

async function forgetGoodsFrom(client: Client, page: number): Promise<void> {
    const names = await client.shop.names();
    for (const name of names)
        if (name.startsWith(KEPT) && Number(name.slice(KEPT.length)) >= page) await client.shop.remove(name);
}

const isProduct = (what: unknown): what is ProductRecord =>
    has<ProductRecord>(what, {
        product: "number",
        code: "string",
        name: "string",
        unit: "string?",
        price: "bigint?",
    }) &&
    has<ProductRecord>(what, { tax_bp: "number?" }) &&
    Array.isArray(what.units) &&
    what.units.every(
        (each: unknown) =>
            has<ProductUnit>(each, { code: "string", factor: "bigint?" }) && Array.isArray(each.barcodes),
    );

/* Page after page, so that nothing is held up; whatever the server says meanwhile is newer. */
async function recallGoods(client: Client): Promise<void> {
    for (let page = 0; loaded_for === client && !fromServer; page++) {
        const found = await client.shop.get<unknown>(`${KEPT}${page}`).catch(() => undefined);
        if (!Array.isArray(found) || fromServer || loaded_for !== client) return;
        for (const product of found) {
            if (!isProduct(product) || entries.has(product.product)) continue;
            remember(product);
            recalled.add(product.product);
        }
    }
}

/* The server has them no more. */
function forgetRecalled(): void {
    for (const [code, product] of codes) if (recalled.has(product)) codes.delete(code);
    for (const product of recalled) entries.delete(product);
    recalled.clear();
    catalogueSize.value = entries.size;
}

/* The line has a moment; a slow one is not waited for. */
function recallWithoutLine(client: Client): void {
    let begun = false;
    const recall = (): void => {
        if (begun) return;
        begun = true;
        queueMicrotask(() => stop());
        void recallGoods(client);
    };
    const stop = effect(() => {
        if (client.line.value.kind === "lost") recall();
    });
    setTimeout(recall, PATIENCE_MS);
}

/* Once for all screens; again when it is old. */
export function loadCatalogue(client: Client): Promise<void> {
    if (loaded_for !== client) {
        entries.clear();
        codes.clear();
        recalled.clear();
        loaded_at = -Infinity;
        loaded_for = client;
        fromServer = false;
        recallWithoutLine(client);
    }
    if (performance.now() - loaded_at < OLD_MS) return Promise.resolve();
    loading ??= loadAll(client).finally(() => {
        loading = undefined;
    });
    return loading;
}

export function productByNumber(number: number): ProductRecord | undefined {
    return entries.get(number)?.product;
}

/* From memory only: what a scan means at once. */
export function productByCode(code: string): ProductRecord | undefined {
    const number = codes.get(keyOf(code));
    return number === undefined ? undefined : entries.get(number)?.product;
}

export type Found =
    | { product: ProductRecord }
    | { unknown: true }
    | { nobody: true /* the server cannot be asked now */ };

export async function findCode(client: Client, code: string): Promise<Found> {
    const known = productByCode(code);
    if (known !== undefined) return { product: known };
    if (!canAsk(client)) return { nobody: true };
    const asked = await client.ask("product_card", { code: plainDigits(code).trim() });
    if ("refused" in asked) return canAsk(client) ? { unknown: true } : { nobody: true };
    if (asked.answer.product.retired) return { unknown: true };
    remember(asked.answer.product);
    return { product: asked.answer.product };
}

export const canAsk = (client: Client): boolean => ["live", "stale", "catching-up"].includes(client.line.value.kind);

/* Every word of `text` begins a word of the product, best first: code, then beginning of the name. */
export function searchHere(text: string, most: number): ProductRecord[] {
    const words = folded(text).split(/\s+/).filter(Boolean);
    if (words.length === 0) return [];
    const hits: { product: ProductRecord; rank: number }[] = [];
    for (const { product, words: all } of entries.values()) {
        if (
            !words.every(
                (word) => all.startsWith(word) || all.includes(` ${word}`) || (word.length > 2 && all.includes(word)),
            )
        )
            continue;
        const code = folded(product.code);
        hits.push({
            product,
            rank: code === words[0] ? 0 : code.startsWith(words[0]!) ? 1 : all.startsWith(words.join(" ")) ? 2 : 3,
        });
    }
    return hits
        .sort((a, b) => a.rank - b.rank || (a.product.name < b.product.name ? -1 : 1))
        .slice(0, most)
        .map((hit) => hit.product);
}

export async function searchGoods(client: Client, text: string, most = 8): Promise<ProductRecord[]> {
    const here = searchHere(text, most);
    if (!canAsk(client)) return here;
    const asking = client.ask("products", { text, rows: most }).then((asked) => {
        if (!("refused" in asked)) for (const product of asked.answer.products) if (!product.retired) remember(product);
        return asked;
    });
    if (here.length >= most) return here; /* their prices come after */
    const asked = await asking;
    if ("refused" in asked) return here;
    const more = asked.answer.products.filter(
        (product) => !product.retired && !here.some((each) => each.product === product.product),
    );
    return [...here, ...more].slice(0, most);
}

/* What a price list or the customer's groups make of the price; undefined: it has none, or nobody can say. */
export async function priceFor(
    client: Client,
    product: number,
    customer: number,
    unit: string,
    quantity: bigint,
): Promise<bigint | undefined> {
    if (!canAsk(client)) return undefined;
    const asked = await client.ask("product_card", {
        product,
        customer: customer || undefined,
        unit: unit || undefined,
        quantity,
    });
    if ("refused" in asked) return undefined;
    remember(asked.answer.product);
    return asked.answer.applies?.price;
}

/* A line as a paper has it: with its price, whatever the catalogue says now. */
export function lineOfPaper(line: DocumentLine, key: number): Line {
    const product = line.product === undefined ? undefined : productByNumber(line.product);
    const own = line.unit_factor === undefined;
    return {
        key,
        product: line.product ?? 0,
        code: line.code ?? "",
        name: line.text ?? product?.name ?? line.code ?? "",
        unit: own ? "" : (line.unit ?? ""),
        own_unit: own ? (line.unit ?? "") : (product?.unit ?? ""),
        units:
            product?.units
                .filter((each) => !each.retired && each.factor !== undefined)
                .map(({ code, factor, price }) => ({ code, factor: factor!, price })) ?? [],
        quantity: line.quantity,
        listed: line.price,
        price: line.price,
        discount_bp: line.discount_bp,
        discount_minor: line.discount_bp === undefined ? line.discount_minor : undefined,
        tax_bp: line.tax_bp ?? 0,
        serials: line.serials,
        wants_serials: line.serials.length > 0,
        custom: line.product === undefined,
    };
}
