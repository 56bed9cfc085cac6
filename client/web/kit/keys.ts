/*
 * What keys do. A screen names its actions; the newest that is mounted comes first. Letters are read by their place on
 * the keyboard (`code`), so that Greek, Persian and Telex layouts have the same ones, and never while something is
 * composed. In fields letters type; F keys and Alt with a letter act everywhere their action is shown.
 *
 *     useActions([{ id: "sell", key: "F9", title: say("Sell on credit"), run: sell, blocked: why }])
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { BURST_LEAST, SCAN_GAP_MS } from "./scan";

export interface Action {
    id: string;
    key?: string /* "F9" "Alt U" "Ctrl P" "g s" "a" "?" "/" "+" "Esc" "Enter" */;
    title: string /* as ? shows it */;
    run: () => void;
    blocked?: string | false /* why not now */;
    who?: string /* which role may, where this person may not */;
    inFields?: boolean /* a letter that acts in fields too: never but for Esc and F keys */;
}

interface Scope {
    actions: readonly Action[];
    modal: boolean;
}
const scopes = signal<readonly Scope[]>([]);
let leading = 0; /* when g was pressed */

export const actions: ReadonlySignal<readonly Scope[]> = scopes;

/* All of them, the newest scope first; of two with one key the newer counts. */
export function allActions(): Action[] {
    const seen = new Set<string>();
    return [...scopes.value]
        .reverse()
        .flatMap((scope) => scope.actions)
        .filter((action) => {
            if (seen.has(action.id)) return false;
            seen.add(action.id);
            return true;
        });
}

const named: Readonly<Record<string, string>> = {
    Escape: "Esc",
    " ": "Space",
    ArrowLeft: "←",
    ArrowRight: "→",
    ArrowUp: "↑",
    ArrowDown: "↓",
};

/* How a press is written in an action; undefined: nothing that acts. */
export function keyOf(event: KeyboardEvent): string | undefined {
    if (event.isComposing || event.keyCode === 229 || event.key === "Process" || event.metaKey) return undefined;
    const letter = /^Key([A-Z])$/.exec(event.code)?.[1]?.toLowerCase();
    if (event.ctrlKey && !event.altKey) return letter === undefined ? undefined : `Ctrl ${letter.toUpperCase()}`;
    if (event.altKey && !event.ctrlKey) return letter === undefined ? undefined : `Alt ${letter.toUpperCase()}`;
    if (event.ctrlKey || event.altKey) return undefined; /* AltGr types */
    if (/^F\d{1,2}$/.test(event.key)) return event.key;
    if (event.key in named) return named[event.key];
    if (event.key === "Enter") return "Enter";
    if (event.key === "?" || event.key === "؟") return "?";
    if (event.key === "/" || event.code === "NumpadDivide" || (event.code === "Slash" && !event.shiftKey)) return "/";
    if (event.key === "+") return "+";
    if (letter !== undefined && !event.shiftKey) return letter;
    return event.key.length === 1 ? event.key : undefined;
}

/* Does a letter type here? */
export function typesIn(target: EventTarget | null): boolean {
    if (!(target instanceof HTMLElement)) return false;
    if (target instanceof HTMLInputElement)
        return !["button", "checkbox", "radio", "submit", "range", "color"].includes(target.type);
    return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || target.isContentEditable;
}

function find(key: string): Action | undefined {
    for (const scope of [...scopes.value].reverse()) {
        const action = scope.actions.find((each) => each.key === key);
        if (action !== undefined || scope.modal) return action;
    }
    return undefined;
}

function onKeyDown(event: KeyboardEvent): void {
    if (event.defaultPrevented) return;
    const key = keyOf(event);
    if (key === undefined) return;
    const plain = key.length === 1 || key === "Space" || key === "Enter" || ["←", "→", "↑", "↓"].includes(key);
    if (plain && typesIn(event.target)) {
        leading = 0;
        return;
    }
    if (
        key === "Enter" &&
        event.target instanceof HTMLElement &&
        event.target.closest("button, a[href], [role=button]") !== null
    )
        return;
    const waited = leading !== 0 && event.timeStamp - leading < 1500;
    leading = key === "g" && !waited ? event.timeStamp : 0;
    if (leading !== 0) return;
    const action = find(waited ? `g ${key}` : key) ?? (key === "F1" ? find("?") : undefined);
    if (action === undefined) return;
    event.preventDefault();
    if (event.repeat && /^F\d/.test(key)) return; /* a key that is held down commits once */
    const run = (): void => {
        if (action.blocked === undefined || action.blocked === false) action.run();
    };
    if (/^[\p{L}\p{N}]$/u.test(key) && !event.repeat) wait(run);
    else run();
}

/*
 * A character alone may be the first of a code that a scanner types: it acts when none has followed for a moment. Of
 * that many at a scanner's pace none acts.
 */
let waiting: { runs: (() => void)[]; count: number; timer: ReturnType<typeof setTimeout> } | undefined;

function wait(run: () => void): void {
    if (waiting !== undefined) waiting.runs.push(run);
}

function settle(): void {
    const done = waiting;
    waiting = undefined;
    if (done === undefined) return;
    clearTimeout(done.timer);
    if (done.count < BURST_LEAST) done.runs.forEach((run) => run());
}

/* Before any action: each character, whether it acts or not, belongs to what is typed now. */
function count(event: KeyboardEvent): void {
    if (event.repeat || /^(Shift|Caps)/.test(event.code)) return;
    const character = [...event.key].length === 1 && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (!character) {
        settle(); /* in the order in which they were pressed */
        return;
    }
    clearTimeout(waiting?.timer);
    const timer = setTimeout(settle, SCAN_GAP_MS + 5);
    waiting = { runs: waiting?.runs ?? [], count: (waiting?.count ?? 0) + 1, timer };
}

export function startKeys(): () => void {
    window.addEventListener("keydown", count, true);
    window.addEventListener("keydown", onKeyDown);
    return () => {
        window.removeEventListener("keydown", count, true);
        window.removeEventListener("keydown", onKeyDown);
    };
}

/* While the caller is mounted. The newest `run` is called, the list may be made anew at each drawing. `modal`: nothing
 * below it acts. */
export function useActions(list: readonly Action[], modal = false): void {
    const scope = useRef<Scope>({ actions: list, modal });
    const same =
        scope.current.actions.length === list.length &&
        scope.current.actions.every(
            (old, at) =>
                old.id === list[at]!.id &&
                old.key === list[at]!.key &&
                old.title === list[at]!.title &&
                old.blocked === list[at]!.blocked,
        );
    scope.current.actions = list;
    /* With the drawing itself, not after it is painted: the next key may come before. */
    useLayoutEffect(() => {
        scopes.value = [...scopes.value, scope.current];
        return () => {
            scopes.value = scopes.value.filter((each) => each !== scope.current);
        };
    }, []);
    useLayoutEffect(() => {
        if (!same) scopes.value = [...scopes.value];
    });
}
