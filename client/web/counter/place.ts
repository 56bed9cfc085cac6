/* What a till knows of its company and branch: the cash customer, how cash is rounded, tills, card devices, accounts. */
import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Client } from "../lib/api";
import { has } from "../lib/aside";
import { MoneyAccountKind, PaymentKind, type MoneyAccountRecord } from "../lib/messages";

export interface Place {
    cash_customer: number;
    cash_unit: bigint /* 0 or 1: cash is not rounded */;
    accounts: readonly MoneyAccountRecord[] /* of this branch, in use */;
    customers: number;
}

export const place = signal<Place | undefined>(undefined);
const TILL = "tefter.till";
const KEPT = "place";
const AGAIN_MS = 1000;
const FOLLOW_MS = 300;
let fromServer = false;
let exact_at = 0n; /* what is known of it here is not older */
let asking: Promise<void> | undefined;
let asked_for: number | undefined;

async function askPlace(client: Client): Promise<void> {
    const [company, accounts] = await Promise.all([client.ask("company", {}), allAccounts(client)]);
    if ("refused" in company || accounts === undefined) {
        /* not logged in yet, or no line: once more */
        setTimeout(() => {
            if (asked_for === client.me.value?.staff) void loadPlace(client, true);
        }, AGAIN_MS);
        return;
    }
    fromServer = true;
    exact_at = company.seq < accounts.seq ? company.seq : accounts.seq;
    const branch = client.welcome.value?.branch;
    place.value = {
        cash_customer: company.answer.cash_customer,
        cash_unit: company.answer.cash_unit_minor ?? 0n,
        customers: company.answer.customers,
        accounts: accounts.all.filter(
            (account) => !account.retired && (account.branch === undefined || account.branch === branch),
        ),
    };
    const accountsKept = place.value.accounts.map(({ holds_minor: _holds, coming_minor: _coming, ...plain }) => plain);
    void client.shop.put(KEPT, { ...place.value, accounts: accountsKept });
}

const isPlace = (what: unknown): what is Place =>
    has<Place>(what, { cash_customer: "number", cash_unit: "bigint", customers: "number" }) &&
    Array.isArray(what.accounts) &&
    what.accounts.every((each) =>
        has<MoneyAccountRecord>(each, { money_account: "number", name: "string", kind: "number" }),
    );

/* As it was when this device had a line: a page that begins without one takes money too. */
async function recallPlace(client: Client): Promise<void> {
    const found = await client.shop.get<unknown>(KEPT).catch(() => undefined);
    if (isPlace(found) && !fromServer) place.value ??= found;
}

async function allAccounts(client: Client): Promise<{ all: MoneyAccountRecord[]; seq: bigint } | undefined> {
    const all: MoneyAccountRecord[] = [];
    let seq: bigint | undefined;
    let page: Uint8Array | undefined;
    do {
        const asked = await client.ask("money_accounts", { page });
        if ("refused" in asked) return undefined;
        all.push(...asked.answer.money_accounts);
        page = asked.answer.next;
        seq ??= asked.seq;
    } while (page !== undefined && all.length < 1000);
    return { all, seq };
}

/* Once a person; `anew` after a till was opened or closed. */
export function loadPlace(client: Client, anew = false): Promise<void> {
    const staff = client.me.value?.staff;
    if (!anew && place.value !== undefined && asked_for === staff) return Promise.resolve();
    asked_for = staff;
    if (place.value === undefined) void recallPlace(client);
    asking ??= askPlace(client).finally(() => {
        asking = undefined;
    });
    return asking;
}

export function accountKind(kind: PaymentKind): MoneyAccountKind {
    if (kind === PaymentKind.PAYMENT_CASH) return MoneyAccountKind.MONEY_TILL;
    if (kind === PaymentKind.PAYMENT_POS) return MoneyAccountKind.MONEY_POS_DEVICE;
    return MoneyAccountKind.MONEY_BANK_ACCOUNT;
}

export function accountsFor(kind: PaymentKind): readonly MoneyAccountRecord[] {
    return place.value?.accounts.filter((account) => account.kind === accountKind(kind)) ?? [];
}

/* The kinds of money that can be taken here at all. */
export function kindsHere(): PaymentKind[] {
    return [
        PaymentKind.PAYMENT_CASH,
        PaymentKind.PAYMENT_POS,
        PaymentKind.PAYMENT_TRANSFER,
        PaymentKind.PAYMENT_SLIP,
    ].filter((kind) => accountsFor(kind).length > 0);
}

/* The till of this device: chosen here once, else the one that is called as the device, else the only one. */
export function tillHere(client: Client): MoneyAccountRecord | undefined {
    const tills = accountsFor(PaymentKind.PAYMENT_CASH);
    let chosen: string | null = null;
    try {
        chosen = localStorage.getItem(TILL);
    } catch {
        /* storage is closed: by name */
    }
    return (
        tills.find((till) => String(till.money_account) === chosen) ??
        tills.find((till) => till.name === client.welcome.value?.terminal_name) ??
        tills[0]
    );
}

/* It had its day and is closed: the ledger takes no cash for it. One that never had a day takes it, and nobody counts. */
export const isShut = (till: MoneyAccountRecord | undefined): boolean =>
    till?.till_days !== undefined && till.open_since === undefined;

/* The till of this device, which somebody may open elsewhere: as long as it is not, each news of the ledger is followed. */
export function useTill(client: Client): MoneyAccountRecord | undefined {
    const till = tillHere(client);
    const waits = till !== undefined && till.open_since === undefined && client.line.value.kind === "live";
    const news = client.seq.value;
    useEffect(() => {
        if (!waits || news <= exact_at) return undefined;
        const timer = setTimeout(() => void loadPlace(client, true), FOLLOW_MS);
        return () => clearTimeout(timer);
    }, [client, waits, news, place.value]);
    return till;
}

export function chooseTill(money_account: number): void {
    try {
        localStorage.setItem(TILL, String(money_account));
    } catch {
        /* not kept: it is asked again */
    }
    place.value = place.value === undefined ? undefined : { ...place.value };
}

export function accountHere(client: Client, kind: PaymentKind): number | undefined {
    return kind === PaymentKind.PAYMENT_CASH ? tillHere(client)?.money_account : accountsFor(kind)[0]?.money_account;
}
