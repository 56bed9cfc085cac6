/*
 * A form over something that is there: what was typed stands over what the ledger has, field by field. So a record
 * that another person changed meanwhile is shown as it is now, and nothing typed is lost.
 */
import { useState } from "preact/hooks";
import { Field } from "../kit";
import { readPrice } from "../kit/read";
import { currencyOf, price as priceText, Figure, unit } from "../kit";
import { language } from "../kit/words";
import type { JSX } from "preact";
import type { ComponentChildren } from "preact";
import type { Client } from "../lib/api";

export interface Typed<Key extends string> {
    of(key: Key): string;
    put(key: Key, text: string): void;
    changed(key: Key): boolean;
    any: boolean;
    clear(): void;
}

export function useTyped<Key extends string>(there: Readonly<Record<Key, string>>): Typed<Key> {
    const [typed, setTyped] = useState<Partial<Record<Key, string>>>({});
    const of = (key: Key): string => typed[key] ?? there[key];
    const changed = (key: Key): boolean => typed[key] !== undefined && typed[key]!.trim() !== there[key].trim();
    return {
        of,
        changed,
        put: (key, text) => setTyped((all) => ({ ...all, [key]: text })),
        any: (Object.keys(there) as Key[]).some(changed),
        clear: () => setTyped({}),
    };
}

/* A price of one: up to three decimals more than an amount. */
export function PriceField({
    client,
    label,
    text,
    onText,
    note,
    autofocus,
}: {
    client: Client;
    label: string;
    text: string;
    onText: (text: string) => void;
    note?: ComponentChildren;
    autofocus?: boolean;
}): JSX.Element {
    const currency = currencyOf(client);
    const read = readPrice(text, language.value, currency);
    const echo =
        read.value !== undefined && priceText(read.value, currency) !== text.trim() ? (
            <Figure text={`= ${priceText(read.value, currency)}`} />
        ) : undefined;
    return (
        <Field
            label={label}
            value={text}
            onText={onText}
            dir="ltr"
            boxClass="amount"
            inputMode="decimal"
            autofocus={autofocus}
            end={<span class="ink-2">{unit(currency)}</span>}
            wrong={text.trim() !== "" && read.value === undefined ? read.why : undefined}
            note={echo ?? note}
        />
    );
}
