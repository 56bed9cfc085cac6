/* A day that is typed, or picked from a month: shown and read as the person's language has days, whatever the browser's
 * own. */
import type { JSX } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { monthStart, readDay, weeksOf } from "./dates";
import { dayInColumn, dayInFull, digits, ledger, monthInFull, weekdayShort } from "./format";
import { classes } from "./parts";
import { unless } from "./why";
import { language, say } from "./words";

export interface DayInputProps {
    value: number | undefined;
    onPick: (days: number | undefined) => void;
    id?: string;
    label?: string /* where no label names it */;
    min?: number;
    class?: string;
}

const EDGE = 4; /* px from the field, and from the window's edge */

const plain = (days: number): string => dayInColumn(days).replace(/[\u2066\u2069]/g, "");

export function DayInput({ value, onPick, id, label, min, class: more }: DayInputProps): JSX.Element {
    const [typed, setTyped] = useState<string | undefined>(undefined); /* while it is typed */
    const [wrong, setWrong] = useState(false);
    const [month, setMonth] = useState<number | undefined>(undefined); /* that the calendar is open at */
    const box = useRef<HTMLSpanElement>(null);
    const popup = useRef<HTMLDivElement>(null);
    const today = ledger.value.today;
    const read = (text: string, done: boolean): number | undefined => {
        const days = readDay(text, language.value, today, done);
        return days === undefined || (min !== undefined && days < min) ? undefined : days;
    };
    const type = (text: string): void => {
        setTyped(text);
        setWrong(false);
        const days = read(text, false);
        if (text.trim() === "") onPick(undefined);
        else if (days !== undefined && days !== value) onPick(days);
    };
    const end = (): void => {
        if (typed === undefined) return;
        const days = read(typed, true);
        if (typed.trim() !== "" && days === undefined) return setWrong(true);
        setTyped(undefined);
        if (days !== undefined && days !== value) onPick(days);
    };
    const open = (): void => {
        if (typeof popup.current?.showPopover !== "function") return;
        setMonth(monthStart(value ?? Math.max(today, min ?? 0), language.value));
        popup.current.showPopover();
    };
    /* Below the field or above it, within the window. */
    useLayoutEffect(() => {
        const shown = popup.current;
        const at = box.current?.getBoundingClientRect();
        if (shown === null || at === undefined || month === undefined) return;
        const { offsetWidth: width, offsetHeight: height } = shown;
        const left = document.dir === "rtl" ? at.right - width : at.left;
        const above = at.bottom + height + EDGE > innerHeight && at.top > height + EDGE;
        shown.style.left = `${Math.max(EDGE, Math.min(left, innerWidth - width - EDGE))}px`;
        shown.style.top = `${above ? at.top - height - EDGE : at.bottom + EDGE}px`;
    }, [month]);
    const pick = (days: number): void => {
        popup.current?.hidePopover();
        setTyped(undefined);
        setWrong(false);
        onPick(days);
    };
    return (
        <span ref={box} class={classes("day-input", more)}>
            <input
                id={id}
                type="text"
                inputMode="numeric"
                autocomplete="off"
                dir="ltr"
                size={10}
                aria-label={label}
                aria-invalid={wrong || undefined}
                title={wrong ? say("This is no day: {day} is one", { day: plain(today) }) : undefined}
                placeholder={plain(today).replace(/[0-9۰-۹]+/g, "–")}
                value={typed ?? (value === undefined ? "" : plain(value))}
                onInput={(event) => type(event.currentTarget.value)}
                onBlur={end}
                onKeyDown={(event) => {
                    if (event.key === "Enter") end();
                    if (event.key === "ArrowDown") {
                        event.preventDefault();
                        open();
                    }
                }}
            />
            <button type="button" class="day-open" aria-label={say("Choose a day")} tabIndex={-1} onClick={open}>
                <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
                    <path d="M2 4h12v10H2zM2 7h12M5 2v3M11 2v3" fill="none" stroke="currentColor" />
                </svg>
            </button>
            {wrong && (
                <span class="small over" role="status">
                    {say("This is no day: {day} is one", { day: plain(today) })}
                </span>
            )}
            <div
                ref={popup}
                popover="auto"
                class="day-popup"
                onKeyDown={(event) => {
                    if (event.key === "Escape") event.stopPropagation();
                }}>
                {month !== undefined && (
                    <Month month={month} value={value} min={min} today={today} onMonth={setMonth} onPick={pick} />
                )}
            </div>
        </span>
    );
}

interface MonthProps {
    month: number;
    value: number | undefined;
    min: number | undefined;
    today: number;
    onMonth: (start: number) => void;
    onPick: (days: number) => void;
}

function Month({ month, value, min, today, onMonth, onPick }: MonthProps): JSX.Element {
    const weeks = weeksOf(month, language.value);
    const whole = weeks.find((week) => week.every((each) => each !== undefined))!;
    return (
        <>
            <div class="row day-popup-head">
                <button
                    type="button"
                    class="day-turn"
                    aria-label={say("Month before")}
                    onClick={() => onMonth(monthStart(month, language.value, -1))}>
                    <span class="day-turned">‹</span>
                </button>
                <b class="grow">{monthInFull(month)}</b>
                <button
                    type="button"
                    class="day-turn"
                    aria-label={say("Next month")}
                    onClick={() => onMonth(monthStart(month, language.value, 1))}>
                    <span class="day-turned">›</span>
                </button>
            </div>
            <table class="day-popup-days">
                <thead>
                    <tr>
                        {whole.map((each) => (
                            <th key={each} class="small ink-2" scope="col">
                                {weekdayShort(each!)}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {weeks.map((week, at) => (
                        <tr key={at}>
                            {week.map((each, index) => (
                                <td key={index}>
                                    {each !== undefined && (
                                        <button
                                            type="button"
                                            class={classes(each === value && "on", each === today && "is-today")}
                                            aria-label={dayInFull(each)}
                                            aria-pressed={each === value}
                                            {...unless(
                                                min !== undefined &&
                                                    each < min &&
                                                    say("The first that is possible is {date}", {
                                                        date: dayInColumn(min),
                                                    }),
                                                () => onPick(each),
                                            )}>
                                            {digits(String(each - month + 1))}
                                        </button>
                                    )}
                                </td>
                            ))}
                        </tr>
                    ))}
                </tbody>
            </table>
        </>
    );
}
