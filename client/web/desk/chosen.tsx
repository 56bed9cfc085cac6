/* What lists are narrowed by, and the names behind their numbers. */
import type { ComponentChildren, JSX } from "preact";
import { useAsked } from "../board/asked";
import { namesOf } from "../board/live";
import type { Client } from "../lib/api";
import type { GroupRecord, MoneyAccountRecord, StaffMember } from "../lib/messages";
import { dayIn, isoDay, type Filters } from "../kit/filters";
import { DayInput } from "../kit/dayinput";
import { Chips, classes } from "../kit/parts";
import { say } from "../kit/words";

const PAGES = 20; /* of names: as many as a company may have is more than anybody chooses from */

export function useMoneyAccounts(client: Client): readonly MoneyAccountRecord[] {
    return useAsked(client, "money_accounts", {}, { most: PAGES }).pages.flatMap((page) => page.money_accounts);
}
export function useGroups(client: Client): readonly GroupRecord[] {
    return useAsked(client, "groups", {}, { most: PAGES }).pages.flatMap((page) => page.groups);
}
export function useStaff(client: Client): readonly StaffMember[] {
    return useAsked(client, "staff", {}, { most: PAGES }).pages.flatMap((page) => page.staff);
}

export const placeName = (all: readonly MoneyAccountRecord[], number: number | undefined): string =>
    number === undefined ? "" : (all.find((each) => each.money_account === number)?.name ?? `#${number}`);

/* ---- parts of a bar of filters ---- */

interface SelectProps {
    label: string;
    all: string /* what stands there when nothing is chosen */;
    value: string | undefined;
    options: readonly { id: string; text: string }[];
    onPick: (id: string | undefined) => void;
}

export function Select({ label, all, value, options, onPick }: SelectProps): JSX.Element | null {
    if (options.length === 0) return null;
    return (
        <label class="choice">
            <span class="unseen">{label}</span>
            <select
                class={classes("chip", value !== undefined && "on")}
                value={value ?? ""}
                onChange={(event) => onPick(event.currentTarget.value === "" ? undefined : event.currentTarget.value)}>
                <option value="">{all}</option>
                {options.map((each) => (
                    <option key={each.id} value={each.id}>
                        {each.text}
                    </option>
                ))}
            </select>
        </label>
    );
}

interface Of {
    client: Client;
    filters: Filters;
    set: (change: Readonly<Record<string, string | undefined>>) => void;
}

/* Of all branches only who belongs to none chooses. */
export function BranchSelect({ client, filters, set }: Of): JSX.Element | null {
    const branches = [...namesOf(client).allBranches.value.values()];
    if (client.me.value?.bound_branch !== undefined || branches.length < 2) return null;
    return (
        <Select
            label={say("Branch")}
            all={say("All branches")}
            value={filters.branch}
            options={branches.map((each) => ({ id: String(each.branch), text: each.name }))}
            onPick={(branch) => set({ branch })}
        />
    );
}

export function PersonSelect({ filters, set, staff }: Of & { staff: readonly StaffMember[] }): JSX.Element | null {
    return (
        <Select
            label={say("Person")}
            all={say("Everybody")}
            value={filters.person}
            options={staff.map((each) => ({ id: String(each.staff), text: each.name?.value ?? each.login }))}
            onPick={(person) => set({ person })}
        />
    );
}

function DayField({
    label,
    value,
    onPick,
}: {
    label: string;
    value: string | undefined;
    onPick: (day?: string) => void;
}) {
    return (
        <label class="choice day-choice">
            <span class="small ink-2">{label}</span>
            <DayInput
                class={classes("chip", value !== undefined && "on")}
                value={dayIn(value)}
                onPick={(days) => onPick(days === undefined ? undefined : isoDay(days))}
            />
        </label>
    );
}

/* From and until, and the three spans that are asked for most. */
export function DaysFilter({ client, filters, set }: Of): JSX.Element {
    const today = client.welcome.value?.date ?? 0;
    const month = dayIn(`${isoDay(today).slice(0, 8)}01`) ?? today;
    const spans = [
        { id: "today", text: say("Today"), from: today },
        { id: "week", text: say("7 days"), from: today - 6 },
        { id: "month", text: say("This month"), from: month },
    ];
    const on =
        filters.until === undefined || filters.until === isoDay(today)
            ? spans.find((span) => isoDay(span.from) === filters.from)?.id
            : undefined;
    return (
        <>
            <Chips
                label={say("Days")}
                value={on}
                options={spans}
                onPick={(id) =>
                    set(
                        id === on
                            ? { from: undefined, until: undefined }
                            : { from: isoDay(spans.find((span) => span.id === id)!.from), until: undefined },
                    )
                }
            />
            <DayField label={say("from")} value={filters.from} onPick={(from) => set({ from })} />
            <DayField label={say("until")} value={filters.until} onPick={(until) => set({ until })} />
        </>
    );
}

/* What it is narrowed to, in a line: for papers and files. */
export const described = (parts: readonly (string | undefined)[]): string | undefined => {
    const said = parts.filter((part): part is string => part !== undefined && part !== "");
    return said.length === 0 ? undefined : said.join(" · ");
};

export function FilterBar({ children }: { children: ComponentChildren }): JSX.Element {
    return (
        <div class="list-filters no-print" role="search">
            {children}
        </div>
    );
}
