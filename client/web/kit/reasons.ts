/*
 * Ready-made reasons are kept in a paper's record as their writer read them. Here they are known by their text in any
 * language, and shown in the reader's; what somebody wrote themselves stays as it is.
 */
import { signal } from "@preact/signals";
import { languages, translate } from "./words";

/* The sentences that screens offer as reasons. Each is said where it is offered: it is in the catalogues by that. */
const READY: readonly string[] = [
    "Pays this week",
    "Long-time customer",
    "Agreed by phone",
    "Too much is overdue",
    "Pays first",
    "Customer",
    "Goods or amount",
    "Amount",
    "Not paid",
    "Wrong customer",
    "Wrong goods",
    "Wrong amount or price",
    "Entered twice",
    "Wrong change",
    "Entry missing",
    "Not known",
    "Change money to begin with",
];
const LONGEST = 60;

/* By what it says in a language: which of them it is. */
const known = signal<ReadonlyMap<string, string> | undefined>(undefined);
let fetching = false;

async function learn(): Promise<void> {
    const found = new Map<string, string>();
    for (const each of languages) {
        const loaded = await Promise.all([each.load(), each.loadLater()]).catch(() => []);
        for (const { catalogue } of loaded)
            for (const key of READY) {
                const text = catalogue[key];
                if (typeof text === "string" && !found.has(text)) found.set(text, key);
            }
    }
    known.value = found;
}

export function reasonText(text: string): string {
    if (READY.includes(text)) return translate(text);
    if (text.length > LONGEST || READY.some((key) => translate(key) === text)) return text;
    if (!fetching) {
        fetching = true;
        void learn();
    }
    const key = known.value?.get(text);
    return key === undefined ? text : translate(key);
}
