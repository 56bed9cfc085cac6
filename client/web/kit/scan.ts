/*
 * What a scanner types: characters under 35 ms apart, ended by Enter or Tab, in whatever field the cursor is. A busy
 * machine may hold some of them up, the first one too: a scan is over after 100 ms of silence. They are read by their
 * place on the keyboard, so that a layout or an input method changes nothing; the field gets back what stood in it. The
 * newest listener that is mounted gets the code, and what stood in the field before it.
 */
import { useLayoutEffect, useRef } from "preact/hooks";

export const SCAN_GAP_MS = 35;
const SILENCE_MS = 100,
    HELD_UP_MOST = 5; /* one gap in five */
const SCAN_LEAST = 6;
export const BURST_LEAST = 4; /* characters: nobody chooses that fast */
const QUANTITY_MOST = 7; /* digits: eight and more are never a quantity */

/* May these digits be meant as a quantity? */
export function mayBeQuantity(text: string): boolean {
    return text.replace(/\D/g, "").length <= QUANTITY_MOST;
}

const marks: Readonly<Record<string, [string, string]>> = {
    Minus: ["-", "_"],
    Equal: ["=", "+"],
    Slash: ["/", "?"],
    Period: [".", ">"],
    Comma: [",", "<"],
    Semicolon: [";", ":"],
    Quote: ["'", '"'],
    BracketLeft: ["[", "{"],
    BracketRight: ["]", "}"],
    Backslash: ["\\", "|"],
    Backquote: ["`", "~"],
    Space: [" ", " "],
    NumpadAdd: ["+", "+"],
    NumpadSubtract: ["-", "-"],
    NumpadMultiply: ["*", "*"],
    NumpadDivide: ["/", "/"],
    NumpadDecimal: [".", "."],
};
const shifted = ")!@#$%^&*(";

/* The character of a key on the layout that scanners speak. */
export function physical(event: Pick<KeyboardEvent, "code" | "shiftKey" | "key">): string | undefined {
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code)?.[1];
    if (digit !== undefined) return event.shiftKey && event.code.startsWith("Digit") ? shifted[Number(digit)] : digit;
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1];
    if (letter !== undefined) return event.shiftKey ? letter : letter.toLowerCase();
    const mark = marks[event.code];
    if (mark !== undefined) return mark[event.shiftKey ? 1 : 0];
    return event.code === "" && event.key.length === 1 ? event.key : undefined; /* a soft keyboard has no places */
}

interface Run {
    text: string;
    last: number;
    slow: number /* gaps that were too long for a scanner alone */;
    field: HTMLInputElement | HTMLTextAreaElement | undefined;
    before: string;
    from: number | null;
    to: number | null;
}

export type ScanListener = (code: string, field: HTMLElement | undefined, before: string) => void;
const listeners: { current: ScanListener }[] = [];
let run: Run | undefined;

function begin(event: KeyboardEvent): Run {
    const target = event.target;
    const field = target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement ? target : undefined;
    let from: number | null = null,
        to: number | null = null;
    try {
        from = field?.selectionStart ?? null;
        to = field?.selectionEnd ?? null;
    } catch {
        /* types without a selection */
    }
    return { text: "", last: event.timeStamp, slow: 0, field, before: field?.value ?? "", from, to };
}

function giveBack(done: Run): void {
    const { field } = done;
    if (field === undefined || field.value === done.before) return;
    field.value = done.before;
    try {
        if (done.from !== null) field.setSelectionRange(done.from, done.to);
    } catch {
        /* likewise */
    }
    field.dispatchEvent(new Event("input", { bubbles: true }));
}

const isScan = (done: Run, apart: number): boolean =>
    apart <= SILENCE_MS &&
    done.text.length >= BURST_LEAST &&
    (done.slow + (apart > SCAN_GAP_MS ? 1 : 0)) * HELD_UP_MOST <= done.text.length;

function onKeyDown(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || /^(Shift|CapsLock)/.test(event.code)) return;
    const apart = run === undefined ? Infinity : event.timeStamp - run.last;
    const ends =
        event.code === "Enter" ||
        event.code === "NumpadEnter" ||
        event.code === "Tab" ||
        event.key === "Enter" ||
        event.key === "Tab";
    if (ends) {
        const done = run;
        run = undefined;
        const listener = listeners[listeners.length - 1];
        if (done === undefined || !isScan(done, apart)) return;
        if (listener === undefined || done.text.length < SCAN_LEAST) {
            /* what nobody listens for must not press the button that has the focus */
            if (done.field !== undefined) return;
            event.preventDefault();
            event.stopImmediatePropagation();
            return;
        }
        event.preventDefault();
        event.stopImmediatePropagation();
        giveBack(done);
        if (event.isComposing || event.keyCode === 229) setTimeout(() => giveBack(done));
        /* what an input method still puts there */
        listener.current(done.text, done.field, done.before);
        return;
    }
    const character = physical(event);
    if (character === undefined) {
        run = undefined;
        return;
    }
    const same = run !== undefined && (event.target === run.field || run.field === undefined);
    /* none of them as fast as a scanner so far: somebody types, and this is their next key, or the scan's first */
    const typed = run !== undefined && run.text.length > 1 && run.slow === run.text.length - 1;
    const times = run !== undefined && /^\d*\*$/.test(run.text); /* so many of what comes now, however soon */
    if (run === undefined || !same || apart > SILENCE_MS || (typed && apart > SCAN_GAP_MS) || times) run = begin(event);
    else if (apart > SCAN_GAP_MS) run.slow++;
    run.text += character;
    run.last = event.timeStamp;
}

/* Before any field or action sees the keys. */
export function startScanner(): () => void {
    window.addEventListener("keydown", onKeyDown, true);
    return () => window.removeEventListener("keydown", onKeyDown, true);
}

export function useScan(listener: ScanListener, on = true): void {
    const own = useRef<ScanListener>(listener);
    own.current = listener;
    useLayoutEffect(() => {
        if (!on) return undefined;
        listeners.push(own);
        return () => {
            listeners.splice(listeners.indexOf(own), 1);
        };
    }, [on]);
}
