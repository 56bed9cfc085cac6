/* The small parts of every screen. */
import type { ComponentChildren, JSX, Ref } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { FIND_MOST } from "./filters";
import { left, serverNow, whole } from "./format";
import { useActions } from "./keys";
import { Figure } from "./money";
import { sayWhy } from "./why";
import { directionOf, say, sayMany } from "./words";

export type Tone = "over" | "late" | "credit" | "accent";

export const classes = (...names: (string | false | undefined)[]): string => names.filter(Boolean).join(" ");

export function Icon({ path, size = 20 }: { path: string; size?: number }): JSX.Element {
    return (
        <svg class="icon" viewBox="0 0 20 20" width={size} height={size} aria-hidden="true">
            <path d={path} />
        </svg>
    );
}

export function Kbd({ children }: { children: string }): JSX.Element {
    return <kbd aria-hidden="true">{children}</kbd>;
}

/* ● live, ◌ under way, ○ lost: beside its word. */
export function Dot({ of }: { of: "live" | "way" | "lost" }): JSX.Element {
    return <span class={`beat is-${of}`} aria-hidden="true" />;
}

/* ---- button ---- */

export interface ButtonProps {
    children: ComponentChildren;
    onClick?: () => void;
    hotkey?: string /* as it is shown; keys.ts acts on it */;
    filled?: boolean /* at most one on a screen */;
    danger?: boolean;
    plain?: boolean /* a text in accent */;
    small?: boolean;
    large?: boolean;
    wide?: boolean;
    blocked?: string | false /* why not: it stays in the way of Tab, and says so */;
    label?: string /* for readers, where the text does not say it */;
    submit?: boolean;
    told?: boolean /* why it is blocked stands beside it already */;
    pressed?: boolean;
    class?: string;
    buttonRef?: Ref<HTMLButtonElement>;
}

/* What sends a form says beside it why it cannot yet: grey tells nobody what is missing. */
export function Button(props: ButtonProps): JSX.Element {
    const why =
        props.submit && !props.told && props.blocked !== false && props.blocked !== say("sending") && props.blocked;
    return (
        <>
            <Pressed {...props} />
            {why && (
                <span class="button-why small ink-2" aria-live="polite">
                    {why}
                </span>
            )}
        </>
    );
}

function Pressed(props: ButtonProps): JSX.Element {
    const blocked = props.blocked !== undefined && props.blocked !== false;
    return (
        <button
            type={props.submit ? "submit" : "button"}
            ref={props.buttonRef}
            aria-label={props.label}
            aria-pressed={props.pressed}
            aria-disabled={blocked || undefined}
            title={blocked ? String(props.blocked) : undefined}
            aria-keyshortcuts={props.hotkey?.replace(/^Alt /, "Alt+")}
            onClick={(event) => {
                if (blocked) {
                    event.preventDefault();
                    sayWhy(event.currentTarget, String(props.blocked));
                } else props.onClick?.();
            }}
            class={classes(
                "button",
                props.filled && !blocked && "filled",
                props.danger && "danger",
                props.plain && "plain",
                props.small && "small-button",
                props.large && "large",
                props.wide && "wide",
                props.class,
            )}>
            {props.children}
            {props.hotkey !== undefined && (
                <>
                    {" "}
                    <Kbd>{props.hotkey}</Kbd>
                </>
            )}
        </button>
    );
}

/* ---- field ---- */

let fields = 0;
export function useId(prefix = "f"): string {
    const id = useRef("");
    if (id.current === "") id.current = `${prefix}${++fields}`;
    return id.current;
}

export interface FieldProps {
    label: string;
    hideLabel?: boolean /* seen by readers alone */;
    value: string;
    onText: (text: string) => void;
    onEnter?: () => void;
    onKey?: (event: KeyboardEvent) => void;
    note?: ComponentChildren /* its line is always there, so that nothing jumps */;
    noNote?: boolean;
    wrong?: string;
    start?: ComponentChildren;
    end?: ComponentChildren;
    type?: "text" | "password" | "search" | "tel";
    inputMode?: "none" | "text" | "decimal" | "numeric" | "tel" | "search";
    autocomplete?: string;
    placeholder?: string;
    autofocus?: boolean;
    disabled?: boolean;
    class?: string;
    boxClass?: string;
    maxLength?: number;
    dir?: "ltr" | "auto";
    inputRef?: Ref<HTMLInputElement>;
}

/* Beside a field that takes no more letters. */
export const AtMost = ({ letters }: { letters: number }): JSX.Element => (
    <span class="small late nowrap" role="status">
        {sayMany("{count} letter at most", "{count} letters at most", letters, { count: whole(letters) })}
    </span>
);

export function Field(props: FieldProps): JSX.Element {
    const id = useId();
    const own = useRef<HTMLInputElement>(null);
    useLayoutEffect(() => {
        if (props.autofocus) own.current?.focus();
    }, []);
    const put = (input: HTMLInputElement | null): void => {
        own.current = input;
        if (typeof props.inputRef === "function") props.inputRef(input);
        else if (props.inputRef) props.inputRef.current = input;
    };
    const note = props.wrong ?? props.note;
    const most = props.maxLength ?? (props.type === "search" || props.inputMode === "search" ? FIND_MOST : undefined);
    return (
        <div class={classes("field", props.class)}>
            <label for={id} class={props.hideLabel ? "unseen" : "field-label"}>
                {props.label}
            </label>
            <div
                class={classes("field-box", props.wrong !== undefined && "wrong", props.boxClass)}
                onMouseDown={(event) => {
                    if (event.target === event.currentTarget) {
                        event.preventDefault();
                        own.current?.focus();
                    }
                }}>
                {props.start}
                <input
                    id={id}
                    ref={put}
                    type={(props.type ?? "text") as "text"}
                    inputMode={props.inputMode}
                    value={props.value}
                    dir={props.dir ?? directionOf(props.value) ?? "auto"}
                    placeholder={props.placeholder}
                    disabled={props.disabled}
                    autocomplete={props.autocomplete ?? "off"}
                    maxLength={most}
                    autocapitalize="off"
                    spellcheck={false}
                    enterkeyhint="next"
                    aria-invalid={props.wrong !== undefined || undefined}
                    aria-describedby={props.noNote ? undefined : `${id}n`}
                    onInput={(event) => props.onText(event.currentTarget.value)}
                    onKeyDown={(event) => {
                        props.onKey?.(event);
                        if (
                            event.key === "Enter" &&
                            !event.isComposing &&
                            !event.defaultPrevented &&
                            props.onEnter !== undefined
                        ) {
                            event.preventDefault();
                            props.onEnter();
                        }
                    }}
                />
                {most !== undefined && props.value.length >= most && <AtMost letters={most} />}
                {props.end}
            </div>
            {!props.noNote && (
                <div
                    id={`${id}n`}
                    class={classes("field-note", props.wrong !== undefined && "wrong")}
                    aria-live="polite">
                    {note}
                </div>
            )}
        </div>
    );
}

export interface ChoiceProps<Key extends string | number> {
    label: string;
    hideLabel?: boolean;
    value: Key | undefined;
    options: readonly { id: Key; text: string }[];
    onPick: (id: Key) => void;
    note?: ComponentChildren;
    noNote?: boolean;
    none?: string /* what stands there before one is chosen */;
    class?: string;
}

/* One of a few, as the system shows such lists. */
export function Choice<Key extends string | number>(props: ChoiceProps<Key>): JSX.Element {
    const id = useId("c");
    const at = props.options.findIndex((option) => option.id === props.value);
    return (
        <div class={classes("field", props.class)}>
            <label for={id} class={props.hideLabel ? "unseen" : "field-label"}>
                {props.label}
            </label>
            <div class="field-box">
                <select
                    id={id}
                    value={String(at)}
                    onChange={(event) => {
                        const option = props.options[Number(event.currentTarget.value)];
                        if (option !== undefined) props.onPick(option.id);
                    }}>
                    {at < 0 && (
                        <option value="-1" disabled>
                            {props.none ?? say("Choose …")}
                        </option>
                    )}
                    {props.options.map((option, index) => (
                        <option key={option.id} value={String(index)}>
                            {option.text}
                        </option>
                    ))}
                </select>
            </div>
            {!props.noNote && <div class="field-note">{props.note}</div>}
        </div>
    );
}

export interface ChipsProps<Key extends string | number> {
    label: string;
    value: Key | undefined;
    options: readonly { id: Key; text: ComponentChildren; hotkey?: string }[];
    onPick: (id: Key) => void;
}

/* One of a few, all of them seen. */
export function Chips<Key extends string | number>(props: ChipsProps<Key>): JSX.Element {
    const step = (event: KeyboardEvent, at: number): void => {
        const by =
            event.key === "ArrowRight" || event.key === "ArrowDown"
                ? 1
                : event.key === "ArrowLeft" || event.key === "ArrowUp"
                  ? -1
                  : 0;
        if (by === 0) return;
        const next = (at + by + props.options.length) % props.options.length;
        event.preventDefault();
        props.onPick(props.options[next]!.id);
        ((event.currentTarget as HTMLElement).parentElement?.children[next] as HTMLElement | undefined)?.focus();
    };
    const chosen = props.options.findIndex((option) => option.id === props.value);
    return (
        <div class="chips" role="radiogroup" aria-label={props.label}>
            {props.options.map((option, at) => (
                <button
                    key={option.id}
                    type="button"
                    class="chip"
                    role="radio"
                    aria-checked={option.id === props.value}
                    tabIndex={at === Math.max(chosen, 0) ? 0 : -1}
                    onClick={() => props.onPick(option.id)}
                    onKeyDown={(event) => step(event, at)}>
                    {option.text}
                    {option.hotkey !== undefined && <Kbd>{option.hotkey}</Kbd>}
                </button>
            ))}
        </div>
    );
}

/* ---- what holds others ---- */

export interface PanelProps {
    title?: ComponentChildren;
    note?: ComponentChildren /* small, beside the title */;
    end?: ComponentChildren;
    children: ComponentChildren;
    class?: string;
    label?: string;
}

export function Panel(props: PanelProps): JSX.Element {
    const id = useId("p");
    return (
        <section
            class={classes("panel", props.class)}
            aria-label={props.label}
            aria-labelledby={props.title !== undefined ? id : undefined}>
            {props.title !== undefined && (
                <header class="panel-head">
                    <h2 id={id}>{props.title}</h2>
                    <span class="grow">{props.note}</span>
                    {props.end}
                </header>
            )}
            {props.children}
        </section>
    );
}

/* The classes and style of what changed `changed` (performance.now(), 0: never): ground and bar for 8 s. */
export function useMark(
    changed: number,
    barOnly = false,
): { class: string; style: Record<string, string> | undefined } {
    const last = useRef({ changed, again: false });
    if (changed !== last.current.changed) last.current = { changed, again: !last.current.again };
    const age = performance.now() - changed;
    if (changed === 0 || age > 8300) return { class: "", style: undefined };
    return {
        class: classes("mark", last.current.again && "again", barOnly && "bar-only"),
        style: age > 250 ? { "--mark-age": `${-Math.round(age)}ms` } : { "--mark-age": "0ms" },
    };
}

export interface TileProps {
    label: ComponentChildren;
    figure: ComponentChildren;
    note?: ComponentChildren /* which, how much, who: its line is always there */;
    tone?: Tone;
    changed?: number;
    href?: string;
}

export function Tile(props: TileProps): JSX.Element {
    const mark = useMark(props.changed ?? 0);
    const inner = (
        <>
            <span class="tile-label">{props.label}</span>
            <span class={classes("figure", props.tone)}>{props.figure}</span>
            <span class="tile-note">{props.note}</span>
        </>
    );
    return props.href !== undefined ? (
        <a class={classes("tile", mark.class)} style={mark.style} href={props.href}>
            {inner}
        </a>
    ) : (
        <div class={classes("tile", mark.class)} style={mark.style}>
            {inner}
        </div>
    );
}

export function Tiles({ children }: { children: ComponentChildren }): JSX.Element {
    return <div class="panel tiles">{children}</div>;
}

export interface TabsProps {
    label: string;
    tabs: readonly { id: string; label: ComponentChildren; end?: ComponentChildren }[];
    on: string;
    onPick: (id: string) => void;
    end?: ComponentChildren;
}

export function Tabs(props: TabsProps): JSX.Element {
    const step = (event: KeyboardEvent, at: number): void => {
        const rtl = getComputedStyle(event.currentTarget as Element).direction === "rtl";
        const by = event.key === "ArrowRight" ? (rtl ? -1 : 1) : event.key === "ArrowLeft" ? (rtl ? 1 : -1) : 0;
        if (by === 0) return;
        const next = (at + by + props.tabs.length) % props.tabs.length;
        event.preventDefault();
        props.onPick(props.tabs[next]!.id);
        ((event.currentTarget as HTMLElement).parentElement?.children[next] as HTMLElement | undefined)?.focus();
    };
    return (
        <div class="row">
            <div class="tabs grow" role="tablist" aria-label={props.label}>
                {props.tabs.map((tab, at) => (
                    <button
                        key={tab.id}
                        type="button"
                        class="tab"
                        role="tab"
                        aria-selected={tab.id === props.on}
                        tabIndex={tab.id === props.on ? 0 : -1}
                        onClick={() => props.onPick(tab.id)}
                        onKeyDown={(event) => step(event, at)}>
                        {tab.label}
                        {tab.end !== undefined && <span class="small ink-2">{tab.end}</span>}
                    </button>
                ))}
            </div>
            {props.end}
        </div>
    );
}

/* A strip of 60 px that says one thing. It never floats. */
export function Notice({
    tone,
    children,
    end,
    role,
}: {
    tone?: Tone;
    children: ComponentChildren;
    end?: ComponentChildren;
    role?: "status" | "alert";
}): JSX.Element {
    return (
        <div class={classes("notice", tone)} role={role}>
            <div class="notice-text">{children}</div>
            {end}
        </div>
    );
}

/* The one layer that floats. Esc or a press beside it closes it; the focus goes back to where it was. */
export function Sheet({
    title,
    onClose,
    children,
    end,
}: {
    title: string;
    onClose: () => void;
    children: ComponentChildren;
    end?: ComponentChildren;
}): JSX.Element {
    const id = useId("s");
    const box = useRef<HTMLDivElement>(null);
    useLayoutEffect(() => {
        const before = document.activeElement;
        const first = box.current?.querySelector<HTMLElement>(
            "input, select, textarea, .sheet-body button, .sheet-body a",
        );
        if (box.current?.contains(before) !== true) (first ?? box.current)?.focus();
        return () => {
            if (before instanceof HTMLElement) before.focus();
        };
    }, []);
    useActions([{ id: `close-${id}`, key: "Esc", title: "", run: onClose }], true);
    const onKeyDown = (event: KeyboardEvent): void => {
        if (event.key === "Escape") {
            event.preventDefault();
            event.stopPropagation();
            onClose();
            return;
        }
        if (event.key !== "Tab" || box.current === null) return;
        const stops = [
            ...box.current.querySelectorAll<HTMLElement>("a[href], button, input, select, textarea, [tabindex='0']"),
        ].filter((each) => each.offsetParent !== null && !(each as HTMLButtonElement).disabled && each.tabIndex >= 0);
        const edge = event.shiftKey ? stops[0] : stops[stops.length - 1];
        if (document.activeElement !== edge && document.activeElement !== box.current) return;
        event.preventDefault();
        (event.shiftKey ? stops[stops.length - 1] : stops[0])?.focus();
    };
    return (
        <div
            class="veil"
            onMouseDown={(event) => {
                if (event.target === event.currentTarget) onClose();
            }}>
            <div
                class="sheet"
                role="dialog"
                aria-modal="true"
                aria-labelledby={id}
                tabIndex={-1}
                ref={box}
                onKeyDown={onKeyDown}>
                <header class="sheet-head">
                    <h2 id={id} class="grow">
                        {title}
                    </h2>
                    {end}
                    <Button plain onClick={onClose} label={say("Close")}>
                        <span aria-hidden="true">✕</span>
                    </Button>
                </header>
                <div class="sheet-body">{children}</div>
            </div>
        </div>
    );
}

/* ---- time left ---- */

/* "expires in 4:12"; over: what `over` says. Less than two minutes is late's colour. */
export function Countdown({ until, over }: { until: bigint | number; over?: ComponentChildren }): JSX.Element {
    const text = left(until);
    const rest = Number(until) - serverNow();
    const said = useRef(false);
    useEffect(() => {
        said.current = rest <= 0;
    });
    if (rest <= 0 && over !== undefined) return <>{over}</>;
    return (
        <span class={rest < 120_000 ? "late nowrap" : "nowrap"} role="timer" aria-live="off">
            <Figure text={text} />
        </span>
    );
}

/* ---- a share of something ---- */

export interface BarPart {
    value: bigint;
    colour: string;
    hatched?: boolean;
}

/* Parts of `all`, with a stroke at `limit`. What is smaller than a thousandth is not drawn. */
export function Bar({
    parts,
    all,
    limit,
    height,
    label,
}: {
    parts: readonly BarPart[];
    all: bigint;
    limit?: bigint;
    height?: number;
    label?: string;
}): JSX.Element {
    const width = (value: bigint): number => (all <= 0n ? 0 : Number((value * 100_000n) / all) / 1000);
    return (
        <div
            class="bar"
            style={height !== undefined ? { height: `${height}px` } : undefined}
            role={label !== undefined ? "img" : undefined}
            aria-label={label}
            aria-hidden={label === undefined || undefined}>
            {parts.map((part, at) =>
                width(part.value) < 0.1 ? null : (
                    <i
                        key={at}
                        class={part.hatched ? "hatched" : undefined}
                        style={{ width: `${width(part.value)}%`, background: part.hatched ? undefined : part.colour }}
                    />
                ),
            )}
            {limit !== undefined && (
                <span class="limit" style={{ insetInlineStart: `${Math.min(100, width(limit))}%` }} />
            )}
        </div>
    );
}
