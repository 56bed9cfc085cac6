/* A field whose list opens under it. What is typed stays typed: choosing is a step of its own, and a scan never chooses. */
import type { ComponentChildren, JSX, Ref } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { classes, Kbd, useId } from "../kit/parts";
import { say } from "../kit/words";

export interface PickProps<T> {
    label: string;
    value: string;
    onText: (text: string) => void;
    options: readonly T[] | undefined /* undefined: nothing is searched for, or it is not answered yet */;
    fresh: boolean /* they are the answer to what is typed now */;
    id: (option: T) => string | number | bigint;
    show: (option: T) => ComponentChildren;
    onPick: (option: T) => void;
    onEnter?: (text: string) => boolean /* true: taken; else Enter picks what is marked */;
    onKey?: (event: KeyboardEvent) => void;
    placeholder?: string;
    hint?: ComponentChildren;
    hotkey?: string;
    none?: ComponentChildren /* searched, and there is nothing */;
    inputRef?: Ref<HTMLInputElement>;
    autofocus?: boolean;
    class?: string;
    foot?: ComponentChildren;
    lead?: ComponentChildren /* what Enter does before anything is chosen: the first row; onEnter does it */;
}

export function Pick<T>(props: PickProps<T>): JSX.Element {
    const id = useId("k");
    const own = useRef<HTMLInputElement>(null);
    const box = useRef<HTMLDivElement>(null);
    const [open, setOpen] = useState(false);
    const [at, setAt] = useState(0);
    const options = props.options ?? [];
    const leads = props.lead !== undefined && props.lead !== false;
    const rows = options.length + (leads ? 1 : 0);
    const listed =
        open &&
        props.value.trim() !== "" &&
        (leads || (props.options !== undefined && (options.length > 0 || props.none !== undefined)));
    useEffect(() => {
        setAt(0);
    }, [props.value]);
    useLayoutEffect(() => {
        if (props.autofocus) own.current?.focus();
    }, []);
    useLayoutEffect(() => {
        if (listed) box.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    }, [at, listed]);
    /* In what scrolls it opens to where there is more room. */
    useLayoutEffect(() => {
        const field = box.current;
        const list = field?.querySelector<HTMLElement>(".combo-list");
        const clip = field?.closest(".goods-scroll");
        if (!listed || field === null || list === null || list === undefined || clip === null || clip === undefined)
            return;
        field.scrollIntoView({ block: "nearest" });
        const [own, all] = [field.getBoundingClientRect(), clip.getBoundingClientRect()];
        const below = all.bottom - own.bottom - 8;
        const above = own.top - all.top - 8;
        const up = list.scrollHeight > below && above > below;
        list.classList.toggle("up", up);
        list.style.maxHeight = `${Math.max(72, Math.min(480, up ? above : below))}px`;
    }, [listed, rows]);
    const put = (input: HTMLInputElement | null): void => {
        own.current = input;
        if (typeof props.inputRef === "function") props.inputRef(input);
        else if (props.inputRef) props.inputRef.current = input;
    };
    const pick = (option: T | undefined): void => {
        if (option === undefined) return;
        setOpen(false);
        props.onPick(option);
    };
    /* Enter was faster than the search: it picks when the answer to the same text is there. */
    const wanted = useRef<string | undefined>(undefined);
    useEffect(() => {
        if (wanted.current === undefined) return;
        if (wanted.current !== props.value) {
            wanted.current = undefined;
            return;
        }
        if (!props.fresh) return;
        wanted.current = undefined;
        pick(options[0]);
    });
    const onKeyDown = (event: KeyboardEvent): void => {
        if (event.isComposing) return;
        if (listed && (event.key === "ArrowDown" || event.key === "ArrowUp") && rows > 0) {
            event.preventDefault();
            setAt((at + (event.key === "ArrowDown" ? 1 : rows - 1)) % rows);
            return;
        }
        if (event.key === "Escape" && listed) {
            event.preventDefault();
            event.stopPropagation();
            setOpen(false);
            return;
        }
        if (event.key === "Enter" && !event.ctrlKey && !event.altKey) {
            event.preventDefault();
            if (listed && leads && at > 0) {
                pick(options[at - 1]);
                return;
            }
            if (
                props.onEnter?.(
                    event.currentTarget instanceof HTMLInputElement ? event.currentTarget.value : props.value,
                ) === true
            ) {
                setOpen(false);
                return;
            }
            if (props.fresh) {
                if (listed) pick(options[at]);
            } else if (props.value.trim() !== "") wanted.current = props.value;
            return;
        }
        props.onKey?.(event);
    };
    return (
        <div
            class={classes("combo", props.class)}
            ref={box}
            onBlurCapture={(event) => {
                if (!(event.relatedTarget instanceof Node) || !box.current?.contains(event.relatedTarget))
                    setOpen(false);
            }}>
            <label for={id} class="unseen">
                {props.label}
            </label>
            <div class="field-box">
                <input
                    id={id}
                    ref={put}
                    type="text"
                    role="combobox"
                    value={props.value}
                    placeholder={props.placeholder}
                    dir={props.value === "" ? undefined : "auto"}
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck={false}
                    aria-expanded={listed}
                    aria-controls={`${id}l`}
                    aria-autocomplete="list"
                    aria-activedescendant={listed && rows > 0 ? `${id}o${at}` : undefined}
                    onInput={(event) => {
                        setOpen(true);
                        props.onText(event.currentTarget.value);
                    }}
                    onFocus={() => {
                        if (props.value.trim() !== "") setOpen(true);
                    }}
                    onKeyDown={onKeyDown}
                />
                {props.value === "" && props.hint !== undefined && (
                    <span class="small ink-2 nowrap pick-hint">{props.hint}</span>
                )}
                {props.hotkey !== undefined && <Kbd>{props.hotkey}</Kbd>}
            </div>
            <div class="combo-list" id={`${id}l`} role="listbox" aria-label={props.label} hidden={!listed}>
                {leads && (
                    <div
                        id={`${id}o0`}
                        class="combo-option combo-lead"
                        role="option"
                        aria-selected={at === 0}
                        onMouseDown={(event) => {
                            event.preventDefault();
                            if (props.onEnter?.(props.value) === true) setOpen(false);
                        }}>
                        {props.lead}
                    </div>
                )}
                {options
                    .map((option, place) => ({ option, index: place + (leads ? 1 : 0) }))
                    .map(({ option, index }) => (
                        <div
                            key={String(props.id(option))}
                            id={`${id}o${index}`}
                            class="combo-option"
                            role="option"
                            aria-selected={index === at}
                            onMouseDown={(event) => {
                                event.preventDefault();
                                pick(option);
                            }}>
                            {props.show(option)}
                        </div>
                    ))}
                {rows === 0 && (
                    <div class="combo-none" role="option" aria-selected={false}>
                        {props.none ?? say("Nothing found.")}
                    </div>
                )}
                {props.foot}
            </div>
        </div>
    );
}
