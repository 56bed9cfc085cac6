/* What is unusual among the papers of some days, by kind, each leading to its paper. */
import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { ReportBy, ReportOdd, ReportSource, ReportSpan, type ReportDefinition } from "../lib/messages";
import { Chips, Choice, Head, replace, whole } from "../kit";
import { say } from "../kit/words";
import { total, useCounted } from "./count";
import { ODDS, oddText, SPANS, spanText } from "./definition";
import { BranchChoice } from "./parts";
import { ReportTable } from "./table";

function aboutOdd(odd: ReportOdd): string {
    switch (odd) {
        case ReportOdd.ODD_JUMP:
            return say("One paper moved the balance by as much as the customer's whole limit, or more.");
        case ReportOdd.ODD_BACKDATED:
            return say("Recorded on a later day than they bear. What an import brought is left out.");
        case ReportOdd.ODD_DISCOUNT:
            return say("A tenth of the goods or more was given on the lines.");
        case ReportOdd.ODD_REVERSED:
            return say("Reversals, each with who took the paper back, in the branch that had written it.");
        case ReportOdd.ODD_CORRECTED:
            return say("Papers that took the place of earlier ones.");
        case ReportOdd.ODD_OVER_LIMIT:
            return say("Sold over the limit by an approval, with a warning, or written up afterwards.");
    }
}

const COLUMNS: Readonly<Record<ReportOdd, readonly string[]>> = {
    [ReportOdd.ODD_JUMP]: ["moved"],
    [ReportOdd.ODD_BACKDATED]: ["moved", "sold"],
    [ReportOdd.ODD_DISCOUNT]: ["sold", "discount"],
    [ReportOdd.ODD_REVERSED]: ["reversed"],
    [ReportOdd.ODD_CORRECTED]: ["sold", "collected"],
    [ReportOdd.ODD_OVER_LIMIT]: ["sold", "open"],
};

export function oddReport(odd: ReportOdd, days: Partial<ReportDefinition>): ReportDefinition {
    return {
        source: ReportSource.REPORT_DOCUMENTS,
        by: [ReportBy.BY_DOCUMENT],
        odd,
        columns: [...COLUMNS[odd]],
        ...days,
    };
}

/* How many of a kind there are. */
export function OddCount({ client, odd, days }: { client: Client; odd: ReportOdd; days: Partial<ReportDefinition> }) {
    const counted = useCounted(client, { ...oddReport(odd, days), by: [], columns: [] });
    if (!counted.whole) return <span class="ink-3">…</span>;
    const count = total(counted.rows).count;
    return (
        <span class={count > 0n ? "late" : "ink-3"} data-odd={odd}>
            {whole(count)}
        </span>
    );
}

export function Odd({ client, at }: { client: Client; at: string | undefined }): ComponentChild {
    const odd = ODDS.find((each) => String(each) === at) ?? ODDS[0]!;
    const [span, setSpan] = useState<ReportSpan>(ReportSpan.SPAN_MONTH);
    const [branch, setBranch] = useState<number | undefined>(undefined);
    const days = { span, branch };
    return (
        <div class="report">
            <Head
                title={say("What is unusual")}
                back={() => {
                    location.hash = "#/reports";
                }}
            />
            <div class="report-bar no-print">
                <Choice<ReportSpan>
                    label={say("Days")}
                    value={span}
                    options={SPANS.map((each) => ({ id: each, text: spanText(each) }))}
                    onPick={setSpan}
                    class="report-choice"
                />
                <BranchChoice client={client} value={branch} onPick={setBranch} />
                <span class="grow" />
                <a class="button" href="#/alarms">
                    {say("As it happens")}
                </a>
            </div>
            <Chips<ReportOdd>
                label={say("What is unusual")}
                value={odd}
                options={ODDS.map((each) => ({
                    id: each,
                    text: (
                        <>
                            {oddText(each)} <OddCount client={client} odd={each} days={days} />
                        </>
                    ),
                }))}
                onPick={(id) => replace("reports", "unusual", id)}
            />
            <p class="small ink-2 report-about">{aboutOdd(odd)}</p>
            <ReportTable client={client} what={oddReport(odd, days)} title={oddText(odd)} />
        </div>
    );
}
