/* Money in by day, and what is due by week. Charts run left to right in every language; the table behind `t` says the same. */
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import type { Client } from "../lib/api";
import { PaymentKind, type MoneyInByDayAnswer } from "../lib/messages";
import { day, decimal, ledger, Money, Panel, unit } from "../kit";
import { preferences } from "../kit/preferences";
import { unless } from "../kit/why";
import { language, listed, say, sayMany } from "../kit/words";
import { useAsked } from "./asked";
import { paymentKindText } from "../kit/labels";
import { Age, NotYet, scaleOf } from "./parts";
import { hasTotals } from "./totals";

const DAYS = 21;
const WEEKS = 8;

interface Bar {
    label: string;
    minor: bigint;
    tone: "solid" | "outline" | "late";
    now: boolean;
}

const token = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/* What the device prefers: a drawing keeps the colours that it was drawn with. */
function useDark(): boolean {
    const [dark, setDark] = useState(() => matchMedia("(prefers-color-scheme: dark)").matches);
    useEffect(() => {
        const scheme = matchMedia("(prefers-color-scheme: dark)");
        const hear = (): void => setDark(scheme.matches);
        scheme.addEventListener("change", hear);
        return () => scheme.removeEventListener("change", hear);
    }, []);
    return dark;
}

/* Minor units are whole numbers; an axis needs no more than a float holds. */
function drawn(bars: readonly Bar[], exponent: number): { values: number[]; by: number; word: string } {
    const values = bars.map((bar) => Number(bar.minor) / 10 ** exponent);
    return { values, ...scaleOf(Math.max(0, ...values)) };
}

function Chart({
    bars,
    by,
    values,
    every,
    label,
}: {
    bars: readonly Bar[];
    by: number;
    values: number[];
    every: number;
    label: string;
}) {
    const box = useRef<HTMLDivElement>(null);
    const plot = useRef<uPlot | undefined>(undefined);
    const [Plot, setPlot] = useState<typeof uPlot | undefined>(undefined); /* tills do without it */
    useEffect(() => {
        void import("uplot").then((loaded) => setPlot(() => loaded.default));
    }, []);
    const dark = useDark();
    const none = bars.every((bar) => bar.minor === 0n);
    const current = useRef({ bars, by, none });
    current.current = { bars, by, none };
    const shape = `${bars.length} ${by} ${language.value} ${bars.map((bar) => bar.tone[0]).join("")}`;
    useEffect(() => {
        const element = box.current;
        if (element === null || Plot === undefined) return;
        const [ink, line, font] = [token("--ink-2"), token("--line"), `13px ${token("--sans")}`];
        const of = (tone: Bar["tone"]) =>
            tone === "solid" ? token("--c6") : tone === "late" ? token("--late") : token("--c1");
        const path = Plot.paths.bars!({ size: [0.72, 36], radius: 0.06 });
        const tones = [...new Set(bars.map((bar) => bar.tone))];
        const height = element.clientHeight;
        const options: uPlot.Options = {
            width: element.clientWidth,
            height,
            padding: [8, 22, 0, 0],
            legend: { show: false },
            cursor: { show: false },
            scales: {
                x: { time: false, range: [-0.6, bars.length - 0.4] },
                y: { range: (_, __, most) => [0, most > 0 ? most * 1.08 : 1] },
            },
            axes: [
                {
                    stroke: ink,
                    font,
                    grid: { show: false },
                    ticks: { show: false },
                    size: 24,
                    gap: 4,
                    splits: () =>
                        bars.map((_, index) => index).filter((index) => (bars.length - 1 - index) % every === 0),
                    values: (_, splits) => splits.map((index) => current.current.bars[index]?.label ?? ""),
                },
                {
                    stroke: ink,
                    font,
                    grid: { stroke: line, width: 1 },
                    ticks: { show: false },
                    size: 52,
                    gap: 6,
                    space: 28,
                    values: (_, splits) =>
                        splits.map((value) =>
                            current.current.none && value > 0
                                ? ""
                                : decimal(BigInt(Math.round((value / current.current.by) * 10)), 1, 0),
                        ),
                },
            ],
            series: [
                {},
                ...tones.map((tone) => ({
                    stroke: of(tone),
                    width: tone === "solid" ? 0 : 1.5,
                    fill: tone === "solid" ? of(tone) : undefined,
                    paths: path,
                    points: { show: false },
                })),
            ],
        };
        const data = (): uPlot.AlignedData => [
            bars.map((_, index) => index),
            ...tones.map((tone) => bars.map((bar, index) => (bar.tone === tone ? values[index]! : null))),
        ];
        const made = new Plot(options, data(), element);
        plot.current = made;
        const watch = new ResizeObserver(() => {
            if (element.clientWidth > 0 && element.clientWidth !== made.width)
                made.setSize({ width: element.clientWidth, height });
        });
        watch.observe(element);
        return () => {
            watch.disconnect();
            made.destroy();
            plot.current = undefined;
        };
    }, [shape, Plot, dark, preferences.value.theme]);
    const figures = values.join(" ");
    useEffect(() => {
        const tones = [...new Set(bars.map((bar) => bar.tone))];
        plot.current?.setData([
            bars.map((_, index) => index),
            ...tones.map((tone) => bars.map((bar, index) => (bar.tone === tone ? values[index]! : null))),
        ]);
    }, [figures, shape]);
    return <div class="chart" dir="ltr" ref={box} role="img" aria-label={label} />;
}

/* A day without money has a bar of none. */
export function byDay(
    answers: readonly MoneyInByDayAnswer[],
): { date: number; kinds: ReadonlyMap<PaymentKind, bigint>; minor: bigint }[] {
    const first = answers[0];
    if (first === undefined) return [];
    const sums = new Map<number, Map<PaymentKind, bigint>>();
    for (let date = first.from; date <= first.until; date++) sums.set(date, new Map());
    for (const answer of answers)
        for (const row of answer.days) {
            const kinds = sums.get(row.date);
            for (const { kind, amount_minor } of row.kinds)
                kinds?.set(kind, (kinds.get(kind) ?? 0n) + (amount_minor ?? 0n));
        }
    return [...sums].map(([date, kinds]) => ({
        date,
        kinds,
        minor: [...kinds.values()].reduce((sum, minor) => sum + minor, 0n),
    }));
}

function Figures({ rows, head }: { rows: readonly { label: string; minor: bigint; note?: string }[]; head: string }) {
    return (
        <div class="chart-table scrolls" tabIndex={0}>
            <table class="plain-table">
                <thead>
                    <tr>
                        <th>{head}</th>
                        <th class="amount">{unit()}</th>
                    </tr>
                </thead>
                <tbody>
                    {rows.map((row) => (
                        <tr key={row.label}>
                            <th scope="row">
                                {row.label} <span class="small ink-2">{row.note ?? ""}</span>
                            </th>
                            <td class={`amount ${row.minor === 0n ? "ink-3" : ""}`}>
                                <Money minor={row.minor} />
                            </td>
                        </tr>
                    ))}
                </tbody>
            </table>
        </div>
    );
}

export function MoneyCharts({
    client,
    only,
    table,
    back,
    onTable,
    onBack,
}: {
    client: Client;
    only: number | undefined;
    table: boolean;
    back: number;
    onTable(): void;
    onBack(by: number): void;
}) {
    const of = only === undefined ? {} : { branch: only };
    const knows = hasTotals(client);
    const today = ledger.value.today;
    const until = back === 0 ? {} : { until: today - back * DAYS };
    const came = useAsked(client, "money_in_by_day", knows ? { days: DAYS, ...until, ...of } : undefined, {
        again: back === 0 ? client.seq.value : 0,
        every: 5000,
        most: 20,
    });
    const due = useAsked(client, "due_by_week", knows ? { weeks: WEEKS, ...of } : undefined, {
        again: client.seq.value,
        every: 5000,
        most: 20,
    });
    const days = useMemo(() => byDay(came.pages), [came.pages]);
    const weeks = useMemo(() => {
        const sums = new Map<number, bigint>();
        for (const page of due.pages)
            for (const week of page.weeks) sums.set(week.from, (sums.get(week.from) ?? 0n) + week.amount_minor);
        return [...sums].sort((a, b) => a[0] - b[0]);
    }, [due.pages]);
    const overdue = due.pages.reduce((sum, page) => sum + page.overdue_minor, 0n);
    const exponent = ledger.value.exponent;
    const inBars: Bar[] = days.map((row) => ({
        label: day(row.date),
        minor: row.minor,
        tone: "solid",
        now: row.date === today,
    }));
    const dueBars: Bar[] = [
        { label: say("late"), minor: overdue, tone: "late", now: false },
        ...weeks.map(([from, minor]): Bar => ({ label: day(from), minor, tone: "outline", now: false })),
    ];
    const [inDrawn, dueDrawn] = [drawn(inBars, exponent), drawn(dueBars, exponent)];
    const sum = days.reduce((all, row) => all + row.minor, 0n);
    const expected = weeks.reduce((all, [, minor]) => all + minor, 0n);
    const heading = (word: string) => (word === "" ? unit() : `${word} ${unit()}`);
    return (
        <Panel
            class="charts"
            title={say("Money in by day")}
            note={
                <>
                    {!table && say("chart in {unit}", { unit: heading(inDrawn.word) })}
                    {!table && " · "}
                    {say("together")} <Money minor={sum} unit />
                </>
            }
            end={
                <span class="chart-keys">
                    <Age client={client} />
                    <button type="button" class="link" aria-label={say("Earlier")} onClick={() => onBack(1)}>
                        ←
                    </button>
                    <button
                        type="button"
                        class="link"
                        aria-label={say("Later")}
                        {...unless(back === 0 && say("These are the newest"), () => onBack(-1))}>
                        →
                    </button>
                    <button type="button" class="link" aria-pressed={table} onClick={onTable}>
                        {table ? say("Chart") : say("Table")}
                    </button>
                </span>
            }>
            {came.answer === undefined ? (
                <NotYet client={client} refused={came.refused} rows={4} />
            ) : table ? (
                <Figures
                    head={say("Day")}
                    rows={[...days]
                        .reverse()
                        .map((row) => ({
                            label: day(row.date),
                            minor: row.minor,
                            note: listed([...row.kinds.keys()].map(paymentKindText)),
                        }))}
                />
            ) : (
                <Chart
                    bars={inBars}
                    by={inDrawn.by}
                    values={inDrawn.values}
                    every={5}
                    label={sayMany("Money in, {count} day", "Money in, {count} days", days.length)}
                />
            )}
            <div class="panel-head second">
                <h2>{say("Due by week")}</h2>
                <span class="small ink-2 grow">
                    {!table && say("chart in {unit}", { unit: heading(dueDrawn.word) })}
                    {!table && " · "}
                    {say("together")} <Money minor={expected} unit />
                </span>
            </div>
            {due.answer === undefined ? (
                <NotYet client={client} refused={due.refused} rows={4} />
            ) : table ? (
                <Figures
                    head={say("Week from")}
                    rows={dueBars.map((bar) => ({ label: bar.label, minor: bar.minor }))}
                />
            ) : (
                <Chart
                    bars={dueBars}
                    by={dueDrawn.by}
                    values={dueDrawn.values}
                    every={3}
                    label={say("What falls due in the next {count} weeks", { count: WEEKS })}
                />
            )}
        </Panel>
    );
}
