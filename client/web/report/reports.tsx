/* The list of reports, and which of them the address asks for. */
import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { ReportBy, ReportSource, ReportSpan, Right, type SavedReportRow } from "../lib/messages";
import { Button, Head, Name, Panel, replace, Unknown, useActions } from "../kit";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import { useAsked } from "../board/asked";
import { namesOf } from "../board/live";
import { Aging } from "./aging";
import { Day } from "./day";
import { ODDS, ofAddress, saidIn, toAddress } from "./definition";
import { known } from "./known";
import { Odd } from "./odd";
import { ReportView } from "./view";

/* What of the address names no report, or nothing of one; and the address without it. */
function unknownIn(at: readonly string[]): { parts: string[]; known: readonly string[] } {
    const [which, ...rest] = at;
    const of: Record<string, ((part: string) => boolean)[]> = {
        day: [isNumber],
        aging: [isNumber, (part) => part === "d"],
        unusual: [(part) => ODDS.some((odd) => String(odd) === part)],
        view: [any],
        saved: [isNumber, any],
    };
    const takes = which === undefined ? [] : of[which];
    if (takes === undefined) return { parts: [at.join("/")], known: [] };
    const wrong = rest.findIndex((part, place) => takes[place]?.(part) !== true);
    if (wrong >= 0) return { parts: rest.slice(wrong), known: at.slice(0, wrong + 1) };
    const address = which === "view" ? rest[0] : which === "saved" ? rest[1] : undefined;
    if (address === undefined) return { parts: [], known: at };
    const { what, unknown } = saidIn(address);
    const before = at.slice(0, -1);
    if (what !== undefined) return { parts: unknown, known: [...before, toAddress(what)] };
    return { parts: unknown, known: which === "saved" ? before : [] };
}
const isNumber = (part: string): boolean => /^\d{1,10}$/.test(part);
const any = (): boolean => true;

export function Reports({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const { parts, known: there } = unknownIn(at);
    return (
        <>
            <Unknown parts={parts} onAway={() => replace("reports", ...there)} />
            <Report client={client} at={at} />
        </>
    );
}

function Report({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const [which, rest] = at;
    if (which === "day") return <Day client={client} at={rest} />;
    if (which === "aging") return <Aging client={client} at={at.slice(1)} />;
    if (which === "unusual") return <Odd client={client} at={rest} />;
    if (which === "view") {
        const what = ofAddress(rest);
        if (what !== undefined) return <ReportView client={client} what={what} saved={undefined} />;
    }
    if (which === "saved" && rest !== undefined) return <Saved client={client} number={rest} changed={at[2]} />;
    return <Home client={client} />;
}

function useSaved(client: Client, again: unknown) {
    return useAsked(client, "saved_reports", {}, { again, every: 300 });
}

/* One that was saved: as it was, or as it is changed since in the address. */
function Saved({
    client,
    number,
    changed,
}: {
    client: Client;
    number: string;
    changed: string | undefined;
}): ComponentChild {
    const asked = useSaved(client, number);
    const row = asked.answer?.reports.find((each) => each.report.report.toString() === number);
    if (asked.answer === undefined)
        return (
            <p class="region-note" role={asked.refused !== undefined ? "alert" : undefined}>
                {asked.refused !== undefined ? refusalText(asked.refused, client) : say("One moment …")}
            </p>
        );
    if (row === undefined)
        return (
            <div class="panel region-note">
                <b>{say("This report is not there: it was removed, or is somebody else's own.")}</b>
                <a href="#/reports">{say("All reports")}</a>
            </div>
        );
    return <ReportView client={client} what={ofAddress(changed) ?? row.report.what} saved={row} />;
}

function Home({ client }: { client: Client }): ComponentChild {
    const [again, setAgain] = useState(0);
    const asked = useSaved(client, again);
    const saved = asked.answer?.reports ?? [];
    const fresh = `#/reports/view/${encodeURIComponent(
        toAddress({
            source: ReportSource.REPORT_DOCUMENTS,
            by: [ReportBy.BY_BRANCH],
            span: ReportSpan.SPAN_MONTH,
            columns: [],
        }),
    )}`;
    useActions([
        {
            id: "report.new",
            key: "n",
            title: say("Make a report"),
            run: () => {
                location.hash = fresh;
            },
        },
    ]);
    return (
        <div class="reports">
            <Head title={say("Reports")}>
                {client.may(Right.RIGHT_SEE_AUDIT) && (
                    <a class="chip" href="#/audit">
                        {say("Audit log")}
                    </a>
                )}
            </Head>
            <ul class="report-list panel" aria-label={say("Reports")}>
                {known
                    .filter((each) => each.may(client))
                    .map((each) => (
                        <li key={each.id}>
                            <a href={each.href}>
                                <b>{each.title()}</b>
                                <span class="small ink-2">{each.about()}</span>
                            </a>
                        </li>
                    ))}
            </ul>
            <Panel
                title={say("Own reports")}
                end={
                    <a class="button" href={fresh}>
                        {say("Make a report")} <kbd aria-hidden="true">n</kbd>
                    </a>
                }>
                {asked.answer !== undefined && saved.length === 0 ? (
                    <p class="region-note">
                        {say("None yet. Make one, choose columns and filters, and save it with a name.")}
                    </p>
                ) : (
                    <ul class="report-list" aria-label={say("Own reports")}>
                        {saved.map((row) => (
                            <SavedRow
                                key={row.report.report.toString()}
                                client={client}
                                row={row}
                                onGone={() => setAgain(again + 1)}
                            />
                        ))}
                    </ul>
                )}
            </Panel>
        </div>
    );
}

function SavedRow({
    client,
    row,
    onGone,
}: {
    client: Client;
    row: SavedReportRow;
    onGone: () => void;
}): ComponentChild {
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const removes = row.mine || client.may(Right.RIGHT_EDIT_STAFF);
    const remove = async (): Promise<void> => {
        const fate = await client.submit("remove_report", { report: row.report.report }).ended;
        if (fate.kind === "refused") setWrong(refusalText(fate.refused, client));
        else onGone();
    };
    return (
        <li>
            <a href={`#/reports/saved/${row.report.report}`}>
                <b>
                    <Name>{row.report.name}</Name>
                </b>
                <span class="small ink-2">
                    {row.report.shared
                        ? say("shared by {name}", { name: namesOf(client).personOfLogin(row.login) })
                        : say("only you see it")}
                </span>
            </a>
            {removes && (
                <Button plain onClick={() => void remove()} label={say("Remove {name}", { name: row.report.name })}>
                    <span aria-hidden="true">✕</span>
                </Button>
            )}
            {wrong !== undefined && (
                <p class="small over" role="alert">
                    {wrong}
                </p>
            )}
        </li>
    );
}
