/* Fields for amounts and quantities: what is typed stays as typed, what it means is shown under it. */
import type { ComponentChildren, JSX, Ref } from "preact";
import { amount, currencyOf, quantity, toman, unit, type Currency } from "./format";
import { Figure } from "./money";
import { Button, Field } from "./parts";
import { readAmount, readQuantity, type Read } from "./read";
import { language, say } from "./words";

interface NumberFieldProps {
    label: string;
    hideLabel?: boolean;
    text: string;
    onText: (text: string, read: Read) => void;
    onEnter?: () => void;
    onKey?: (event: KeyboardEvent) => void;
    note?: ComponentChildren;
    noNote?: boolean;
    wrong?: string;
    autofocus?: boolean;
    own?: boolean /* the screen has a keypad of its own: no soft keyboard */;
    start?: ComponentChildren;
    end?: ComponentChildren;
    class?: string;
    inputRef?: Ref<HTMLInputElement>;
}

/* Both readings as buttons, where there are two. */
function What({
    read,
    text,
    onPick,
}: {
    read: Read;
    text: string;
    onPick: (text: string) => void;
}): JSX.Element | null {
    if (text.trim() === "" || read.why === undefined) return null;
    if (read.readings === undefined) return <>{read.why}</>;
    return (
        <span class="row">
            {say("Which one?")}
            {read.readings.map((reading) => (
                <Button key={reading} small onClick={() => onPick(reading)}>
                    <Figure text={reading} />
                </Button>
            ))}
        </span>
    );
}

export interface AmountFieldProps extends NumberFieldProps {
    currency?: Currency;
}

export function AmountField(props: AmountFieldProps): JSX.Element {
    const currency = props.currency ?? currencyOf();
    const lang = language.value;
    const take = (text: string): void => props.onText(text, readAmount(text, lang, currency));
    const read = readAmount(props.text, lang, currency);
    const echo =
        read.value !== undefined && amount(read.value, currency) !== props.text ? (
            <Figure text={`= ${amount(read.value, currency)}`} />
        ) : undefined;
    return (
        <Field
            label={props.label}
            hideLabel={props.hideLabel}
            value={props.text}
            onText={take}
            onEnter={props.onEnter}
            onKey={props.onKey}
            dir="ltr"
            boxClass="amount"
            inputMode={props.own ? "none" : "decimal"}
            autofocus={props.autofocus}
            noNote={props.noNote}
            class={props.class}
            inputRef={props.inputRef}
            start={props.start}
            end={props.end ?? <span class="ink-2">{unit(currency)}</span>}
            wrong={props.wrong}
            note={
                props.text.trim() !== "" && read.why !== undefined ? (
                    <What read={read} text={props.text} onPick={take} />
                ) : (
                    (props.note ?? other(read, currency) ?? echo)
                )
            }
        />
    );
}

/* Rial for who types toman, and the other way. */
function other(read: Read, currency: Currency): JSX.Element | undefined {
    if (currency.code !== "IRR" || read.value === undefined || read.value === 0n) return undefined;
    const tens = currency.exponent;
    const text = toman.value
        ? amount(read.value, { code: "rial", exponent: tens })
        : amount(read.value, { code: "toman", exponent: tens + 1 });
    return (
        <>
            <Figure text={`= ${text}`} /> {toman.value ? say("rial") : say("toman")}
        </>
    );
}

export interface QuantityFieldProps extends NumberFieldProps {
    measure?: string;
}

export function QuantityField(props: QuantityFieldProps): JSX.Element {
    const lang = language.value;
    const take = (text: string): void => props.onText(text, readQuantity(text, lang));
    const read = readQuantity(props.text, lang);
    const echo =
        read.value !== undefined && quantity(read.value) !== props.text ? (
            <Figure text={`= ${quantity(read.value)}`} />
        ) : undefined;
    return (
        <Field
            label={props.label}
            hideLabel={props.hideLabel}
            value={props.text}
            onText={take}
            onEnter={props.onEnter}
            onKey={props.onKey}
            dir="ltr"
            boxClass="amount"
            inputMode={props.own ? "none" : "decimal"}
            autofocus={props.autofocus}
            noNote={props.noNote}
            class={props.class}
            inputRef={props.inputRef}
            start={props.start}
            end={props.end ?? (props.measure !== undefined ? <span class="ink-2">{props.measure}</span> : undefined)}
            wrong={props.wrong}
            note={
                props.text.trim() !== "" && read.why !== undefined ? (
                    <What read={read} text={props.text} onPick={take} />
                ) : (
                    (props.note ?? echo)
                )
            }
        />
    );
}
