/* A day that is to come: a few that are meant most, and any other. */
import type { JSX } from "preact";
import { day, dayOf, serverNow } from "./format";
import { DayInput } from "./dayinput";
import { Chips, useId } from "./parts";
import { say } from "./words";

const DAY_MS = 86_400_000;

export const isoOf = (days: number): string => new Date(days * DAY_MS).toISOString().slice(0, 10);
export function daysOf(iso: string): number | undefined {
    const ms = Date.parse(`${iso}T00:00:00Z`);
    return Number.isNaN(ms) ? undefined : Math.round(ms / DAY_MS);
}

export const today = (): number => dayOf(serverNow());

export interface DayFieldProps {
    label: string;
    value: number | undefined;
    onPick: (days: number | undefined) => void;
    none?: string /* there need be no day */;
    until?: boolean /* a last day, and not one to come back on */;
}

export function DayField({ label, value, onPick, none, until }: DayFieldProps): JSX.Element {
    const id = useId("d");
    const now = today();
    const friday = now + ((5 - new Date(now * DAY_MS).getUTCDay() + 7) % 7 || 7);
    const offered = [
        ...(until ? [{ id: friday, text: say("until {day}", { day: day(friday) }) }] : []),
        ...(until ? [] : [{ id: now + 1, text: say("tomorrow") }]),
        { id: now + 7, text: say("in a week") },
        { id: now + 30, text: say("in 30 days") },
    ];
    return (
        <div class="field day-field">
            <label class="field-label" for={id}>
                {label}
            </label>
            <div class="row">
                <Chips
                    label={label}
                    value={value ?? 0}
                    onPick={(picked) => onPick(picked === 0 ? undefined : picked)}
                    options={[...(none === undefined ? [] : [{ id: 0, text: none }]), ...offered]}
                />
                <DayInput id={id} class="chip" min={now} value={value} onPick={onPick} />
            </div>
        </div>
    );
}
