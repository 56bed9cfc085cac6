/*
 * What was done last, in 60 px over the next form: never a pop-up, gone after ten minutes. Undo asks one thing, what was
 * wrong, and reverses; what was typed comes back.
 */
import { signal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { namesOf } from "../board/live";
import type { Client, Fate, Sent } from "../lib/api";
import { has } from "../lib/aside";
import {
    DocumentKind,
    PrintOutcome,
    RefusalCode,
    type AccountRow,
    type Command,
    type Done,
    type Refusal,
} from "../lib/messages";
import { clock, everySecond, money, serverNow } from "../kit/format";
import { useActions, type Action } from "../kit/keys";
import { Name, unbroken } from "../kit/money";
import { Button } from "../kit/parts";
import { printsBySelf } from "../kit/preferences";
import { reasonText } from "../kit/reasons";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import * as drafts from "./drafts";
import { isDraft, type Draft } from "./draft";
import { isCash, isPrinted, printByBrowser, printingWords, printOut, type Printing, slip } from "./printing";
import { sentenceOf, type Said } from "./said";
import { play } from "./sound";
import { backWords, staysWords, takeBack, withOfDone, type TakenBack } from "./takeback";
import { found, keep } from "./store";
import { kindWord } from "./words";

const UNDO_MS = 10 * 60_000;

export interface Strip {
    what: "sale" | "payment" | "credit-note" | "approval" | "till" | "paper";
    staff: number;
    id?: bigint /* the document */;
    number?: string;
    customer_name: string;
    customer: number;
    minor?: bigint;
    said?: Said /* which money; of what is no paper: all of it */;
    account?: AccountRow;
    was?: bigint /* owed before the command */;
    done?: Done;
    draft?: Draft;
    opens?: string /* the draft that was answered */;
    at_ms: number;
    note?: string /* in somebody's own words: what this program says is said when it is drawn */;
    matched?: bigint /* of a payment, with bills */;
    state: "taken" | "kept" | "asking" | "reversing" | "reversed" | "refused";
    kept?: string /* the draft that waits for the line */;
    back?: bigint /* change that was given of what waits */;
    wrong?: string /* what was wrong with it, as it is chosen */;
    reversal?: string;
    handed?: TakenBack["back"] /* of what was reversed: what is handed back */;
    stays?: TakenBack["stays"] /* ... and what was not reversed with it */;
    refusal?: Refusal;
    printed?: Printing;
    shared?: string;
    fate?: Fate["kind"];
}

const isStrip = (what: unknown): what is Strip =>
    has<Strip>(what, { what: "string", staff: "number", customer_name: "string", customer: "number", id: "bigint?" }) &&
    has<Strip>(what, { number: "string?", minor: "bigint?", said: "object?", account: "object?", was: "bigint?" }) &&
    has<Strip>(what, { done: "object?", at_ms: "number", note: "string?", matched: "bigint?", state: "string" }) &&
    has<Strip>(what, { kept: "string?", back: "bigint?", reversal: "string?", refusal: "object?" }) &&
    (what.done === undefined || Array.isArray(what.done.payments)) &&
    (what.draft === undefined || isDraft(what.draft));

/* What a manager answered stands beside what was done last: the one must not take the undo of the other away. */
export const strip = signal<Strip | undefined>(undefined);
const answered = signal<Strip | undefined>(undefined);
for (const [name, one] of [
    ["strip", strip],
    ["answered", answered],
] as const)
    void found(name, isStrip).then((kept) => {
        /* the page was closed before it was told */
        one.value ??= kept[0]?.printed === "printing" ? { ...kept[0], printed: PrintOutcome.PRINT_UNKNOWN } : kept[0];
    });

export function showStrip(next: Strip | undefined): void {
    if (next?.what === "approval") return showAnswer(next);
    if (next?.draft !== undefined && next.draft.id === answered.value?.opens) showAnswer(undefined);
    strip.value = next;
    void keep([["strip", next]]);
}
/* Put away: what was done last, else what was answered. */
export function putAway(): void {
    if (strip.value !== undefined) showStrip(undefined);
    else showAnswer(undefined);
}
function showAnswer(next: Strip | undefined): void {
    answered.value = next;
    void keep([["answered", next]]);
}

/* By the server's clock: a device's own may be wrong by more than the strip lives. */
const isOver = (one: Strip): boolean => serverNow() - one.at_ms >= UNDO_MS;

/* The paper that it replaced is reversed, so taking this one back would leave neither. */
const replaces = (one: Strip): boolean => one.draft?.corrects !== undefined;

/* What they owed before a command that changed it by `minor`, and took back what it corrects. */
export function owedBefore(draft: Draft, done: Done, minor: bigint): bigint | undefined {
    if (done.account === undefined) return undefined;
    if (draft.corrects === undefined) return done.account.balance_minor - minor;
    if (draft.corrects_owed === undefined) return undefined;
    const back = draft.corrects_owed.customer === draft.customer ? draft.corrects_owed.minor : 0n;
    return done.account.balance_minor - minor + back;
}

/* Of a sale: what its money settled, with what cash was rounded by. */
const settled = (done: Done | undefined): bigint => (done?.paid_minor ?? 0n) + (done?.rounding_minor ?? 0n);

export function stripOfSale(draft: Draft, done: Done, at_ms: number): Strip {
    return {
        what: "sale",
        staff: draft.staff,
        id: done.id,
        number: done.number,
        customer: draft.customer,
        customer_name: draft.customer_name,
        minor: done.total_minor,
        account: done.account,
        was: owedBefore(draft, done, (done.total_minor ?? 0n) - settled(done)),
        done,
        draft,
        at_ms,
        state: "taken",
    };
}

/* Done at the counter, and not yet in the ledger: there is no number yet, and nothing to be undone or printed. */
export const stripOfKept = (draft: Draft, at_ms: number, back?: bigint): Strip => ({
    what: draft.pay === undefined ? "sale" : "payment",
    staff: draft.staff,
    customer: draft.customer,
    customer_name: draft.customer_name,
    minor: draft.pay === undefined ? (draft.total ?? draft.taken) : draft.pay.minor,
    draft,
    at_ms,
    state: "kept",
    kept: draft.id,
    back,
});

function change(part: Partial<Strip>): void {
    if (strip.value !== undefined) showStrip({ ...strip.value, ...part });
}

/* ---- what it does ---- */

async function reverse(client: Client, reason: string): Promise<void> {
    const was = strip.value;
    if (was?.id === undefined) return;
    change({ state: "reversing" });
    const taken = await takeBack(client, was.id, was.done === undefined ? [] : withOfDone(was.done), reason);
    if ("refused" in taken) {
        play("refused");
        change({ state: "refused", refusal: taken.refused });
        return;
    }
    if (taken.stays.length > 0) play("refused");
    const { reversal, back: handed, stays } = taken;
    change({ state: "reversed", reversal, handed, stays, account: taken.account ?? was.account, note: reason });
    if (was.draft !== undefined) drafts.putBack(was.draft);
}

async function print(client: Client, by: typeof printOut = printOut): Promise<void> {
    const now = strip.value;
    if (now?.id === undefined || now.printed === "printing") return;
    const copy = isPrinted(now.printed);
    change({ printed: "printing" });
    const printed = await by(client, {
        document: now.id,
        copy,
        account: now.account,
        was: now.was,
        done: now.done,
        cash: !copy && now.state === "taken" && isCash(now.done, now.draft?.pay?.kind),
    });
    if (strip.value?.id === now.id) change({ printed });
}

/* A slip of what was just saved; once, whatever is drawn anew or opened again. */
const BY_ITSELF_MS = 10_000;
function printBySelf(client: Client, now: Strip): void {
    const fresh = now.state === "taken" && now.printed === undefined && serverNow() - now.at_ms < BY_ITSELF_MS;
    if (printsBySelf.value && fresh && client.printer.value !== undefined) void print(client);
}

async function share(client: Client): Promise<void> {
    const now = strip.value;
    if (now?.id === undefined) return;
    const asked = await client.ask("document", { document: now.id });
    if ("refused" in asked) return;
    const about = { account: now.account, was: now.was, done: now.done };
    const { shareText, withSlip } = await slip();
    const how = await withSlip(client, asked.answer, about, ({ text }) => shareText(text));
    change({
        shared:
            how === "copied"
                ? say("copied")
                : how === "shared"
                  ? say("shared")
                  : how === "failed"
                    ? say("could not be copied")
                    : undefined,
    });
}

/* ---- how it looks ---- */

const reasons = (what: Strip["what"]): { text: string; key: string }[] => [
    { text: say("Customer"), key: "1" },
    { text: what === "sale" ? say("Goods or amount") : say("Amount"), key: "2" },
    { text: say("Not paid"), key: "3" },
];

const signOfAnswer = { granted: ["✓", "credit"], refused: ["✕", "over"], lapsed: ["◷", "late"] } as const;

function Mark({ of, said }: { of: Strip["state"]; said?: Said }): JSX.Element {
    const [sign, tone] =
        said?.kind === "answer"
            ? signOfAnswer[said.state]
            : of === "taken" || of === "reversed"
              ? ["✓", "credit"]
              : of === "asking"
                ? ["?", ""]
                : of === "reversing" || of === "kept"
                  ? ["◌", "accent"]
                  : ["▲", "over"];
    return (
        <span class={`strip-mark ${tone}`} aria-hidden="true">
            {sign}
        </span>
    );
}

const owesWords = (minor: bigint): string =>
    minor < 0n
        ? say("in credit {amount}", { amount: money(undefined, -minor) })
        : say("owes {amount}", { amount: money(undefined, minor) });
const wasWords = (minor: bigint): string =>
    minor < 0n
        ? say("was in credit {amount}", { amount: money(undefined, -minor) })
        : say("was {amount}", { amount: money(undefined, minor) });

function Second({ now, client }: { now: Strip; client: Client }): JSX.Element {
    const notes: ComponentChildren[] = [];
    if (replaces(now)) notes.push(say("replaces {number}", { number: now.draft?.corrects_number ?? "" }));
    if (replaces(now) && now.state === "taken") notes.push(say("to go back, correct it again"));
    for (const part of now.what === "sale" ? (now.done?.payments ?? []) : [])
        notes.push(
            say("{kind} {amount}, receipt {number}", {
                kind: kindWord(part.kind),
                amount: money(undefined, part.amount_minor),
                number: part.number,
            }),
        );
    if (now.customer !== 0 && now.account !== undefined)
        notes.push(
            <>
                <Name>{now.customer_name}</Name> {owesWords(now.account.balance_minor)}
                {now.was !== undefined && now.state !== "reversed" && <> · {wasWords(now.was)}</>}
            </>,
        );
    else if (now.customer !== 0) notes.push(<Name>{now.customer_name}</Name>);
    const back = now.state === "taken" ? now.done?.change_minor : now.state === "kept" ? now.back : undefined;
    if ((back ?? 0n) > 0n) notes.push(<b>{say("give {amount} back", { amount: money(undefined, back!) })}</b>);
    if ((now.matched ?? 0n) > 0n && now.state === "taken")
        notes.push(say("{amount} matched with bills", { amount: money(undefined, now.matched!) }));
    const waits = now.done?.on_its_way === true || now.done?.payments.some((part) => part.on_its_way) === true;
    if (waits && now.state === "taken") notes.push(<span class="late">{say("waits to be confirmed")}</span>);
    for (const words of now.state === "reversed" ? backWords({ back: now.handed ?? [] }) : [])
        notes.push(<b>{words}</b>);
    if (now.note !== undefined) notes.push(<Name>{reasonText(now.note)}</Name>);
    if (now.printed === "printing" || isPrinted(now.printed)) notes.push(printingWords(now.printed!));
    else if (now.printed !== undefined) notes.push(<span class="late">{printingWords(now.printed)}</span>);
    if (now.shared !== undefined) notes.push(now.shared);
    for (const words of now.state === "reversed" ? staysWords(client, { stays: now.stays ?? [] }) : [])
        notes.push(<b class="over">▲ {words}</b>);
    return (
        <span class="small ink-2">
            {notes.map((note, at) => (
                <span key={at}>
                    {at > 0 && " · "}
                    {typeof note === "string" ? unbroken(note) : note}
                </span>
            ))}
        </span>
    );
}

interface StripProps {
    client: Client;
    what?: readonly Strip["what"][];
    under?: boolean /* a paper is open: Alt U, Ctrl P and Alt S are that one's */;
}

export function StripView({ client, what, under = false }: StripProps): JSX.Element | null {
    everySecond();
    const here = (one: Strip | undefined): Strip | undefined =>
        one !== undefined &&
        one.staff === client.me.value?.staff &&
        !isOver(one) &&
        (what === undefined || what.includes(one.what))
            ? one
            : undefined;
    const now = here(strip.value);
    const answer = here(answered.value);
    const known = client.welcome.value !== undefined; /* and with it the server's time */
    useEffect(() => {
        if (known && strip.value !== undefined && isOver(strip.value)) showStrip(undefined);
        if (known && answered.value !== undefined && isOver(answered.value)) showAnswer(undefined);
    });
    const undoable =
        now !== undefined &&
        now.state === "taken" &&
        !under &&
        now.id !== undefined &&
        !replaces(now) &&
        now.what !== "till" &&
        now.what !== "paper";
    const printable = now?.id !== undefined && (now.state === "taken" || now.state === "reversed");
    useEffect(() => {
        if (printable) printBySelf(client, now);
    }, [now?.id, printable]);
    const ask = (): void => change({ state: "asking", wrong: undefined });
    const because = (text: string): void => {
        if (strip.peek()?.state === "asking") void reverse(client, text);
    };
    const list: Action[] =
        now === undefined
            ? []
            : [
                  ...(undoable
                      ? [
                            {
                                id: "undo",
                                key: "Alt U",
                                title: say("Undo {number}", { number: now.number ?? "" }),
                                run: ask,
                            },
                        ]
                      : []),
                  ...(printable && !under
                      ? [
                            {
                                id: "print",
                                key: "Ctrl P",
                                title: say("Print"),
                                run: () => {
                                    void print(client);
                                },
                            },
                            {
                                id: "share",
                                key: "Alt S",
                                title: say("Share"),
                                run: () => {
                                    void share(client);
                                },
                            },
                        ]
                      : []),
                  ...(now.state === "asking"
                      ? [
                            ...reasons(now.what).map((each) => ({
                                id: `why${each.key}`,
                                key: each.key,
                                title: each.text,
                                run: () => change({ wrong: each.text }),
                            })),
                            {
                                /* a chord: no scanner sends it */
                                id: "reverse",
                                key: "Alt U",
                                title: say("Reverse {number}", { number: now.number ?? "" }),
                                run: () => because(now.wrong!),
                                blocked: now.wrong === undefined && say("Choose what was wrong first"),
                            },
                            {
                                id: "keep",
                                key: "Esc",
                                title: say("Keep it"),
                                run: () => change({ state: "taken" }),
                                inFields: true,
                            },
                        ]
                      : []),
              ];
    useActions(list);
    useEffect(() => {
        if (now?.state === "asking") document.querySelector<HTMLElement>(".strip .why")?.focus();
    }, [now?.state]);
    if (now === undefined) return answer === undefined ? null : <Answer client={client} of={answer} />;
    return (
        <>
            {answer !== undefined && <Answer client={client} of={answer} />}
            <div class="strip panel" role="status" data-state={now.state}>
                <Mark of={(now.stays ?? []).length > 0 ? "refused" : now.state} />
                <span class="strip-text">
                    <Head now={now} client={client} />
                    <Second now={now} client={client} />
                </span>
                {now.state === "asking" ? (
                    <span class="strip-ends">
                        {reasons(now.what).map((each, at) => (
                            <Button
                                key={each.key}
                                class={at === 0 ? "why" : undefined}
                                hotkey={each.key}
                                pressed={now.wrong === each.text}
                                onClick={() => change({ wrong: each.text })}>
                                {each.text}
                            </Button>
                        ))}
                        <Button
                            hotkey="Alt U"
                            blocked={now.wrong === undefined && say("Choose what was wrong first")}
                            onClick={() => because(now.wrong!)}>
                            {now.what === "sale" ? say("Reverse it") : say("money::Reverse it")}
                        </Button>
                        <Button hotkey="Esc" onClick={() => change({ state: "taken" })}>
                            {say("Keep it")}
                        </Button>
                    </span>
                ) : (
                    <span class="strip-ends">
                        {undoable && (
                            <span class="small ink-2 nowrap undo-until">
                                {say("undo until {time}", { time: clock(now.at_ms + UNDO_MS, false) })}
                            </span>
                        )}
                        {undoable && (
                            <Button hotkey="Alt U" class="first-end" onClick={ask}>
                                {say("Undo")}
                            </Button>
                        )}
                        {printable && (
                            <Button
                                hotkey={under ? undefined : "Ctrl P"}
                                onClick={() => {
                                    void print(client);
                                }}>
                                {say("Print")}
                            </Button>
                        )}
                        {printable && now.printed === PrintOutcome.PRINT_NOT_REACHABLE && (
                            <Button
                                onClick={() => {
                                    void print(client, printByBrowser);
                                }}>
                                {say("Print by the browser")}
                            </Button>
                        )}
                        {printable && (
                            <Button
                                hotkey={under ? undefined : "Alt S"}
                                onClick={() => {
                                    void share(client);
                                }}>
                                {say("Share")}
                            </Button>
                        )}
                        {(now.state === "refused" || now.what === "till") && (
                            <Button onClick={() => showStrip(undefined)}>{say("Done")}</Button>
                        )}
                    </span>
                )}
            </div>
        </>
    );
}

/* What a manager said; their sale is a tab that may not be the one in front. */
function Answer({ client, of }: { client: Client; of: Strip }): JSX.Element {
    const said = of.said?.kind === "answer" ? { ...of.said, who: namesOf(client).personOfLogin(of.said.who) } : of.said;
    const there = drafts.drafts.value.some((draft) => draft.id === of.opens && draft.begun_ms === 0);
    return (
        <div class="strip panel answer" role="status">
            <Mark of={of.state} said={of.said} />
            <span class="strip-text">
                <b>{unbroken(sentenceOf(said))}</b>
                <Second now={of} client={client} />
            </span>
            <span class="strip-ends">
                {there && (
                    <Button
                        onClick={() => {
                            drafts.choose(of.opens!);
                            showAnswer(undefined);
                            location.assign("#/sale");
                        }}>
                        {say("Open it")}
                    </Button>
                )}
                <Button onClick={() => showAnswer(undefined)}>{say("Done")}</Button>
            </span>
        </div>
    );
}

/* Money is taken, goods are sold, and what comes back is credited. */
function doneWords(now: Strip): string {
    const number = now.number ?? "";
    const total = now.minor ?? 0n;
    const amount = money(undefined, total);
    if (now.what === "payment") {
        const kind = now.said?.kind === "money" ? kindWord(now.said.of).toLowerCase() : "";
        return say("{number} taken, {amount} {kind}", { number, amount, kind });
    }
    if (now.what === "credit-note") return say("{number} credited, {amount}", { number, amount });
    const credit = now.customer === 0 ? 0n : total - settled(now.done);
    if (credit <= 0n) return say("{number} sold, {amount} paid", { number, amount });
    const paid = now.done?.paid_minor ?? 0n;
    return paid === 0n
        ? say("{number} sold, {amount} on credit", { number, amount })
        : say("{number} sold, {amount}: {paid} paid, {credit} on credit", {
              number,
              amount,
              paid: money(undefined, paid),
              credit: money(undefined, credit),
          });
}

function Head({ now, client }: { now: Strip; client: Client }): JSX.Element {
    switch (now.state) {
        case "asking":
            return (
                <b>
                    {unbroken(say("What was wrong with {number}?", { number: now.number ?? "" }))}{" "}
                    <span class="small ink-2">{say("It is reversed, not erased.")}</span>
                </b>
            );
        case "kept":
            if (now.kept !== undefined && drafts.underway.value.get(now.kept)?.lost === true)
                return (
                    <b class="over">
                        {now.what === "payment"
                            ? say("{amount} taken, and not kept: this browser has no room. Write it on paper.", {
                                  amount: money(undefined, now.minor ?? 0n),
                              })
                            : say("{amount} sold, and not kept: this browser has no room. Write it on paper.", {
                                  amount: money(undefined, now.minor ?? 0n),
                              })}
                    </b>
                );
            return (
                <b>
                    {now.what === "payment"
                        ? say("{amount} taken, kept here; it is booked when the line is back", {
                              amount: money(undefined, now.minor ?? 0n),
                          })
                        : say("{amount} sold, kept here; it is booked when the line is back", {
                              amount: money(undefined, now.minor ?? 0n),
                          })}
                </b>
            );
        case "reversing":
            return <b>{unbroken(say("Reversing {number}", { number: now.number ?? "" }))} …</b>;
        case "reversed":
            return (
                <b>
                    {unbroken(
                        say("{number} reversed by {other}", { number: now.number ?? "", other: now.reversal ?? "" }),
                    )}{" "}
                    {now.minor !== undefined && money(undefined, now.minor)}
                </b>
            );
        case "refused":
            return (
                <b class="over">{now.refusal !== undefined ? refusalText(now.refusal, client) : say("Not done.")}</b>
            );
        default:
            return now.what === "sale" || now.what === "payment" || now.what === "credit-note" ? (
                <b>{unbroken(doneWords(now))}</b>
            ) : (
                <b>{sentenceOf(now.said)}</b>
            );
    }
}

/* ---- small helpers of other screens ---- */

export async function doCommand<K extends keyof Command>(
    client: Client,
    kind: K,
    command: Sent<NonNullable<Command[K]>>,
): Promise<{ done: Done } | { refused: Refusal }> {
    const fate = await client.submit(kind, command).ended;
    return fate.kind === "done"
        ? { done: fate.done }
        : { refused: fate.kind === "refused" ? fate.refused : { code: RefusalCode.BUSY, roles: [], ways: [] } };
}

export const isMoney = (kind: DocumentKind): boolean => kind === DocumentKind.DOCUMENT_PAYMENT;
