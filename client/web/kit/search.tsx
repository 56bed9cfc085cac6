/* A field that finds: a combobox whose list is walked by keys while the cursor stays in the field. */
import { Fragment, type ComponentChildren, type JSX, type Ref } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { classes, Field, useId } from "./parts";
import { say } from "./words";

export interface SearchFieldProps<Item> {
    label: string;
    hideLabel?: boolean;
    placeholder?: string;
    text?: string /* what is typed, where the caller keeps it */;
    onText?: (text: string) => void;
    search: (text: string) => readonly Item[] | Promise<readonly Item[]>;
    id: (item: Item) => string | number;
    row: (item: Item) => ComponentChildren;
    group?: (item: Item) => string /* its word stands above the first of them */;
    onPick: (item: Item) => void;
    onNone?: (text: string) => void /* Enter, and nothing is found */;
    onEmptyEnter?: () => void /* Enter in the empty field */;
    onKey?: (event: KeyboardEvent) => void;
    escOut?: boolean /* Esc is for whoever holds the field: a sheet that is nothing else */;
    ofEmpty?: boolean /* the empty field lists too: the last ones */;
    delay?: number /* ms after the last letter */;
    start?: ComponentChildren;
    end?: ComponentChildren;
    none?: ComponentChildren;
    autofocus?: boolean;
    noNote?: boolean;
    note?: ComponentChildren;
    wrong?: string;
    class?: string;
    boxClass?: string;
    inputRef?: Ref<HTMLInputElement>;
}

export function SearchField<Item>(props: SearchFieldProps<Item>): JSX.Element {
    const list = useId("l");
    const [own, setOwn] = useState("");
    const text = props.text ?? own;
    const [found, setFound] = useState<{ of: string; items: readonly Item[] } | undefined>(undefined);
    const [at, setAt] = useState(0);
    const [open, setOpen] = useState(false);
    const asked = useRef(0);
    const enter = useRef<string | undefined>(undefined); /* Enter came before the answer to this: it takes the first */
    const search = useRef(props.search);
    search.current = props.search;

    useEffect(() => {
        const mine = ++asked.current;
        if (!open || (text.trim() === "" && !props.ofEmpty)) {
            setFound(undefined);
            return undefined;
        }
        const timer = setTimeout(async () => {
            const items = await search.current(text.trim());
            if (mine !== asked.current) return;
            setFound({ of: text, items });
            setAt(0);
            if (enter.current === text) {
                enter.current = undefined;
                take(items[0]);
            }
        }, props.delay ?? 80);
        return () => clearTimeout(timer);
    }, [text, open]);

    const put = (value: string): void => {
        setOwn(value);
        props.onText?.(value);
    };
    const take = (item: Item | undefined): void => {
        if (item === undefined) {
            props.onNone?.(text);
            return;
        }
        setOpen(false);
        setFound(undefined);
        put("");
        props.onPick(item);
    };
    const items = found?.items ?? [];
    const shown = open && found !== undefined;
    const onKey = (event: KeyboardEvent): void => {
        props.onKey?.(event);
        if (event.defaultPrevented || event.isComposing) return;
        if (event.key === "ArrowDown" || event.key === "ArrowUp") {
            if (!open) setOpen(true);
            if (items.length === 0) return;
            event.preventDefault();
            const next = (at + (event.key === "ArrowDown" ? 1 : -1) + items.length) % items.length;
            setAt(next);
            document.getElementById(`${list}-${next}`)?.scrollIntoView({ block: "nearest" });
        } else if (event.key === "Escape" && !props.escOut && (shown || text !== "")) {
            event.preventDefault();
            event.stopPropagation();
            if (shown) setOpen(false);
            else put("");
        } else if (event.key === "Enter") {
            event.preventDefault();
            /* What stands in the field: its last letter may not be drawn yet, and what is shown is for less. */
            const typed = event.target instanceof HTMLInputElement ? event.target.value : text;
            if (typed.trim() === "" && !shown) props.onEmptyEnter?.();
            else if (typed.trim() === "" && props.onEmptyEnter !== undefined) props.onEmptyEnter();
            else if (found?.of === typed) take(items[at]);
            else {
                event.stopPropagation(); /* a form would go on to its next field before anything is found */
                enter.current = typed;
                setOpen(true);
            }
        }
    };
    return (
        <div
            class={classes("combo", props.class)}
            role="search"
            onFocusOut={(event) => {
                if (!event.currentTarget.contains(event.relatedTarget as Node | null)) {
                    setOpen(false);
                    enter.current = undefined;
                }
            }}>
            <SearchInput
                {...props}
                text={text}
                list={list}
                at={shown && items.length > 0 ? `${list}-${at}` : undefined}
                expanded={shown}
                onText={(value) => {
                    put(value);
                    setOpen(true);
                    enter.current = undefined;
                }}
                onKey={onKey}
                onFocus={() => {
                    if (props.ofEmpty) setOpen(true);
                }}
            />
            {shown && (
                <div class="combo-list" role="listbox" id={list} aria-label={props.label}>
                    {items.map((item, index) => (
                        <Fragment key={props.id(item)}>
                            {props.group !== undefined &&
                                (index === 0 || props.group(items[index - 1]!) !== props.group(item)) && (
                                    <div class="combo-group" role="presentation">
                                        {props.group(item)}
                                    </div>
                                )}
                            <div
                                id={`${list}-${index}`}
                                class="combo-option"
                                role="option"
                                aria-selected={index === at}
                                aria-description={props.group?.(item)}
                                onMouseDown={(event) => event.preventDefault()}
                                onMouseMove={() => {
                                    if (index !== at) setAt(index);
                                }}
                                onClick={() => take(item)}>
                                {props.row(item)}
                            </div>
                        </Fragment>
                    ))}
                    {items.length === 0 && (
                        <div class="combo-none" role="option" aria-selected="false">
                            {props.none ?? say("Nothing is found for ‘{text}’.", { text: found.of.trim() })}
                        </div>
                    )}
                </div>
            )}
        </div>
    );
}

interface InputProps<Item> extends Omit<SearchFieldProps<Item>, "onText" | "text" | "onKey"> {
    text: string;
    list: string;
    at: string | undefined;
    expanded: boolean;
    onText: (text: string) => void;
    onKey: (event: KeyboardEvent) => void;
    onFocus: () => void;
}

function SearchInput<Item>(props: InputProps<Item>): JSX.Element {
    const input = useRef<HTMLInputElement | null>(null);
    useEffect(() => {
        const field = input.current;
        if (field === null) return;
        field.setAttribute("role", "combobox");
        field.setAttribute("aria-autocomplete", "list");
        field.setAttribute("aria-expanded", String(props.expanded));
        if (props.expanded) field.setAttribute("aria-controls", props.list);
        else field.removeAttribute("aria-controls");
        if (props.at !== undefined) field.setAttribute("aria-activedescendant", props.at);
        else field.removeAttribute("aria-activedescendant");
    });
    return (
        <div onFocusIn={props.onFocus}>
            <Field
                label={props.label}
                hideLabel={props.hideLabel}
                value={props.text}
                onText={props.onText}
                onKey={props.onKey}
                placeholder={props.placeholder}
                start={props.start}
                end={props.end}
                autofocus={props.autofocus}
                noNote={props.noNote ?? true}
                note={props.note}
                wrong={props.wrong}
                boxClass={props.boxClass}
                inputMode="search"
                inputRef={(field) => {
                    input.current = field;
                    if (typeof props.inputRef === "function") props.inputRef(field);
                    else if (props.inputRef) props.inputRef.current = field;
                }}
            />
        </div>
    );
}
