/*
 * Where there is no ledger yet: five questions, the recovery code, and the owner is at work. What the country decides
 * is said and may be changed; nothing else is asked.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import {
    amount,
    Bones,
    Button,
    Choice,
    dayInColumn,
    Code,
    digits,
    Field,
    fold,
    go,
    Head,
    Name,
    Notice,
    Panel,
    percent,
    unit,
    type Currency,
} from "../kit";
import { codeOf } from "../desk/forms";
import { pinGuessable } from "../kit/guessable";
import { refusalText } from "../kit/refusal";
import { language, languages, say } from "../kit/words";
import type { Client } from "../lib/api";
import type { Looked, Recovery, Wish } from "../lib/found";
import { RefusalCode, type Country, type Refusal } from "../lib/messages";
import { Gate } from "./gate";
import { dropSecret } from "./secret";

const AGAIN_MS = 1500,
    OTHERS_MS = 10_000,
    DAY_MS = 86_400_000,
    PIN_LEAST = 4,
    PIN_MOST = 12,
    CODE_MOST = 8;

/* ---- what the country decides ---- */

function minutesOf(zone: string): number {
    try {
        const parts = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).formatToParts();
        const told = parts.find(({ type }) => type === "timeZoneName")?.value ?? "";
        const found = /([+-])(\d{2}):(\d{2})/.exec(told);
        if (found) return (found[1] === "-" ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3]));
        return 0;
    } catch {
        return -new Date().getTimezoneOffset();
    }
}

export function zoneText(minutes: number): string {
    const size = Math.abs(minutes);
    const text = `${String(Math.floor(size / 60)).padStart(2, "0")}:${String(size % 60).padStart(2, "0")}`;
    return digits(`UTC${minutes < 0 ? "\u2212" : "+"}${text}`);
}

/* Where this machine's clock says that it is, else where its language is from. */
function countryHere(countries: readonly Country[]): string | undefined {
    const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
    const old: Readonly<Record<string, string>> = { "Asia/Saigon": "VN", "Asia/Calcutta": "IN", "Europe/Kiev": "UA" };
    const region = navigator.languages.map((each) => /-([A-Z]{2})\b/.exec(each)?.[1]).find(Boolean);
    const spoken: Readonly<Record<string, string>> = { vi: "VN", zh: "CN", fa: "IR", el: "GR" };
    return (
        countries.find(({ zone, code }) => zone === timeZone || old[timeZone] === code)?.code ??
        countries.find(({ code }) => code === region)?.code ??
        countries.find(({ code }) => code === spoken[language.value])?.code
    );
}

/* Of letters that papers cannot have none is made. */
export const codeOfName = (name: string): string => codeOf(name) || "HQ";

const languageName = (code: string): string => languages.find((each) => each.code === code)?.name ?? code;

/* As on papers in that language. */
function dayOnPaper(code: string): string {
    const locale = { en: "en-GB", vi: "vi-VN", zh: "zh-CN", el: "el-GR", fa: "fa-IR-u-ca-persian-nu-arabext" }[code];
    return new Intl.DateTimeFormat(locale, { day: "2-digit", month: "2-digit", year: "numeric" }).format(Date.now());
}

interface Decided {
    currency: string;
    tax_bp: number;
    offset: number;
    papers: string;
}
const decidedBy = (country: Country): Decided => ({
    currency: country.currency,
    tax_bp: country.tax_bp,
    offset: minutesOf(country.zone),
    papers: country.language,
});

const offsets = Array.from({ length: 53 }, (_, at) => -720 + at * 30)
    .concat(345, 525, 765)
    .sort((a, b) => a - b);

/* ---- the screen ---- */

export function FoundingScreen({
    client,
    secret,
    onEnd,
}: {
    client: Client;
    secret: string | undefined;
    onEnd: () => void;
}): JSX.Element {
    const [looked, setLooked] = useState<Looked | undefined>(undefined);
    const [recovery, setRecovery] = useState<Recovery | undefined>(undefined);
    const [turn, setTurn] = useState(0);
    useEffect(() => {
        let over = false,
            timer: ReturnType<typeof setTimeout> | undefined;
        void client.founding.look(secret).then((found) => {
            if (over) return;
            setLooked(found);
            if (found.kind === "ours") setRecovery(found.recovery);
            if (found.kind === "unreached") timer = setTimeout(() => setTurn(turn + 1), AGAIN_MS);
        });
        return () => {
            over = true;
            clearTimeout(timer);
        };
    }, [client, secret, turn]);

    if (recovery !== undefined) return <RecoveryCode client={client} recovery={recovery} onKept={onEnd} />;
    if (looked === undefined) return <div class="gate" aria-busy="true" />;
    if (looked.kind === "unreached")
        return (
            <Gate client={client} wide>
                <h1>{say("The server is not reached")}</h1>
                <p class="ink-2" role="status">
                    {say("It is tried again by itself. Is tefterd still running where you started it?")}
                </p>
            </Gate>
        );
    if (looked.kind === "ledger") return <Done client={client} onEnd={onEnd} />;
    if (looked.kind === "open")
        return (
            <Questions
                client={client}
                secret={secret!}
                countries={looked.countries}
                others={looked.others}
                onMade={setRecovery}
                onGone={() => setTurn(turn + 1)}
            />
        );
    return <NoLink client={client} refused={looked.kind === "founding" ? looked.refused : undefined} />;
}

/* The link has done its work. */
function Done({ client, onEnd }: { client: Client; onEnd: () => void }): JSX.Element {
    const device = client.device.value;
    return (
        <Gate client={client} wide>
            <h1>{say("The company is founded already")}</h1>
            <p class="ink-2">
                {typeof device === "object"
                    ? say("This link has done its work. Go on as before.")
                    : say(
                          "This link has done its work and founds nothing more. If you did that on another device, make a code there under Devices and staff. If it was nobody you know, stop tefterd and look into its folder.",
                      )}
            </p>
            <Button filled large wide onClick={onEnd}>
                {say("Go on")}
            </Button>
        </Gate>
    );
}

function NoLink({ client, refused }: { client: Client; refused: Refusal | undefined }): JSX.Element {
    const waits = refused?.code === RefusalCode.LOGIN_THROTTLED;
    return (
        <Gate client={client} wide>
            <h1>{say("There is no company here yet")}</h1>
            {refused !== undefined && (
                <Notice tone="over" role="alert">
                    {waits
                        ? say("Too many wrong links were tried. Wait a minute, then load the page again.")
                        : refused.code === RefusalCode.CODE_WRONG
                          ? say("This link is not the one that tefterd printed last: each start prints a new one.")
                          : refusalText(refused, client)}
                </Notice>
            )}
            <p class="ink-2">
                {say(
                    "Whoever started tefterd sees a link where they started it. Open that link in this browser: it lets one person found the company.",
                )}
            </p>
            <Button large wide onClick={() => location.reload()}>
                {say("Look again")}
            </Button>
        </Gate>
    );
}

/* ---- five questions ---- */

interface QuestionsProps {
    client: Client;
    secret: string;
    countries: readonly Country[];
    others: number /* browsers that opened the link too */;
    onMade: (recovery: Recovery) => void;
    onGone: () => void;
}

const fieldNames: Readonly<Record<string, () => string>> = {
    company: () => say("Company, as on your papers"),
    branch_name: () => say("First branch"),
    branch_code: () => say("Letters of its papers"),
    owner: () => say("Your name"),
    pin: () => say("PIN"),
};

/* Looked for again while they type: somebody may open it later. */
function useOthers(client: Client, secret: string, before: number): number {
    const [others, setOthers] = useState(before);
    useEffect(() => {
        const timer = setInterval(() => {
            void client.founding.look(secret).then((found) => {
                if (found.kind === "open") setOthers(found.others);
            });
        }, OTHERS_MS);
        return () => clearInterval(timer);
    }, [client, secret]);
    return Math.max(others, before);
}

function Questions({ client, secret, countries, others: before, onMade, onGone }: QuestionsProps): JSX.Element {
    const [company, setCompany] = useState("");
    const [code, setCode] = useState(() => countryHere(countries));
    const [changed, setChanged] = useState<Partial<Decided>>({});
    const [open, setOpen] = useState(false);
    const [branch, setBranch] = useState("");
    const [typedCode, setTypedCode] = useState<string | undefined>(undefined);
    const [owner, setOwner] = useState("");
    const [pin, setPin] = useState("");
    const [shown, setShown] = useState(false);
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const others = useOthers(client, secret, before);
    const fields = useRef<(HTMLInputElement | null)[]>([]);
    const country = countries.find((each) => each.code === code);
    const decided: Decided | undefined = country && { ...decidedBy(country), ...changed };
    const branchCode = typedCode ?? codeOfName(branch);
    const names = useMemo(() => {
        const told = new Intl.DisplayNames([language.value], { type: "region" });
        const list = countries.map((each) => ({ id: each.code, text: told.of(each.code) ?? each.code }));
        return list.sort((a, b) => a.text.localeCompare(b.text, language.value));
    }, [countries, language.value]);
    const digitsOf = (text: string): string => fold(text).replace(/\D/g, "").slice(0, PIN_MOST);
    const pinWrong = pin !== "" && pinGuessable(pin) ? say("This PIN is too easy to guess: choose another") : undefined;
    const missing =
        company.trim() === ""
            ? say("Say what the company is called")
            : decided === undefined
              ? say("Choose the country first")
              : branch.trim() === ""
                ? say("Say what the first branch is called")
                : owner.trim() === ""
                  ? say("Say your name")
                  : pin.length < PIN_LEAST
                    ? say("A PIN has at least four digits")
                    : pinWrong !== undefined && say("Choose another PIN");
    const next = (at: number) => () => fields.current[at]?.focus();
    const ref = (at: number) => (input: HTMLInputElement | null) => {
        fields.current[at] = input;
    };

    const found = async (): Promise<void> => {
        if (busy || missing !== false || decided === undefined) return;
        setBusy(true);
        setWrong(undefined);
        const wish: Wish = {
            company: company.trim(),
            country: code!,
            currency: decided.currency,
            tax_bp: decided.tax_bp,
            paper_language: decided.papers,
            utc_offset_minutes: decided.offset,
            branch_code: branchCode,
            branch_name: branch.trim(),
            owner: owner.trim(),
            pin,
        };
        const came = await client.founding.found(secret, wish);
        setBusy(false);
        if ("made" in came) onMade(came.made);
        else if ("broken" in came)
            setWrong(
                say("The server could not make the ledger: {why}. What you typed is still here.", { why: came.broken }),
            );
        else if (came.refused.code === RefusalCode.CODE_USED) onGone();
        else if (came.refused.code === RefusalCode.CODE_WRONG)
            setWrong(
                say(
                    "tefterd was started again, and prints a new link at each start. Open that one; what you typed here has to be typed again.",
                ),
            );
        else if (came.refused.code === RefusalCode.FIELD_INVALID && came.refused.field !== undefined)
            setWrong(
                say("“{field}” cannot be taken as it is. Look at it again.", {
                    field: fieldNames[came.refused.field]?.() ?? came.refused.field,
                }),
            );
        else setWrong(refusalText(came.refused, client));
    };

    return (
        <FoundingFrame
            client={client}
            step={1}
            aside={
                decided !== undefined && (
                    <FirstBill
                        company={company}
                        branch={branch}
                        code={branchCode}
                        owner={owner}
                        decided={decided}
                        countries={countries}
                    />
                )
            }>
            <h1>{say("Start your company")}</h1>
            <p class="ink-2">
                {say("Five fields. Then the ledger runs on this computer, and you can stop after any step.")}
            </p>
            <Steps at={1} />
            {others > 0 && (
                <Notice tone="over" role="alert">
                    <b>{say("This link was opened by somebody else too.")}</b>{" "}
                    {say(
                        "If it was you, in another browser, go on. If not: type nothing here, stop tefterd and start it again. It prints a new link then, and this one opens nothing any more.",
                    )}
                </Notice>
            )}
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    void found();
                }}>
                <Field
                    label={say("Company, as on your papers")}
                    value={company}
                    onText={setCompany}
                    autofocus
                    autocomplete="organization"
                    inputRef={ref(0)}
                    onEnter={next(1)}
                    noNote
                />
                <Choice
                    label={say("Country")}
                    value={code}
                    options={names}
                    onPick={(picked) => {
                        setCode(picked);
                        setChanged({});
                    }}
                    note={
                        decided !== undefined && (
                            <>
                                <DecidedText decided={decided} countries={countries} />{" "}
                                <Button plain small onClick={() => setOpen(!open)} pressed={open}>
                                    {say("country::Change")}
                                </Button>
                            </>
                        )
                    }
                />
                {open && decided !== undefined && (
                    <ChangeDecided
                        decided={decided}
                        countries={countries}
                        onChange={(change) => setChanged({ ...changed, ...change })}
                    />
                )}
                <Field
                    label={say("First branch")}
                    value={branch}
                    onText={setBranch}
                    inputRef={ref(1)}
                    onEnter={next(2)}
                    note={
                        branch.trim() !== "" && (
                            <>
                                {say("its papers start with")} <Code>{`${branchCode}-00001`}</Code>
                            </>
                        )
                    }
                />
                {open && (
                    <Field
                        label={say("Letters of its papers")}
                        value={branchCode}
                        dir="ltr"
                        onText={(text) =>
                            setTypedCode(
                                fold(text)
                                    .toUpperCase()
                                    .replace(/[^0-9A-Z]/g, "")
                                    .slice(0, CODE_MOST),
                            )
                        }
                        note={say("Latin capitals and digits; they stay as they are for good")}
                    />
                )}
                <div class="two-fields">
                    <Field
                        label={say("Your name")}
                        value={owner}
                        onText={setOwner}
                        autocomplete="name"
                        inputRef={ref(2)}
                        onEnter={next(3)}
                        noNote
                    />
                    <Field
                        label={say("Your PIN, four digits or more")}
                        type={shown ? "text" : "password"}
                        inputMode="numeric"
                        value={pin}
                        dir="ltr"
                        autocomplete="off"
                        onText={(text) => setPin(digitsOf(text))}
                        inputRef={ref(3)}
                        onEnter={() => void found()}
                        wrong={pinWrong}
                        end={
                            <Button plain small pressed={shown} onClick={() => setShown(!shown)}>
                                {shown ? say("pin::Hide") : say("pin::Show")}
                            </Button>
                        }
                    />
                </div>
                {wrong !== undefined && (
                    <Notice tone="over" role="alert">
                        {wrong}
                    </Notice>
                )}
                <div class="row">
                    <Button filled large submit blocked={busy ? say("sending") : missing}>
                        {busy
                            ? say("Making the ledger …")
                            : company.trim() === ""
                              ? say("Open the book")
                              : say("Open the book of {company}", { company: company.trim() })}
                    </Button>
                </div>
            </form>
            <p class="small ink-3">{say("The currency and the letters of the papers stay for good.")}</p>
        </FoundingFrame>
    );
}

function FoundingFrame({
    client,
    step,
    aside,
    children,
}: {
    client: Client;
    step: number;
    aside?: ComponentChildren;
    children: ComponentChildren;
}): JSX.Element {
    return (
        <div class="founding" data-step={step}>
            <Gate client={client} wide>
                {children}
            </Gate>
            <aside class="founding-aside" aria-hidden="true">
                {aside}
            </aside>
        </div>
    );
}

function Steps({ at }: { at: number }): JSX.Element {
    const steps = [say("step::Company"), say("step::Recovery code"), say("step::At work")];
    return (
        <ol class="founding-steps">
            {steps.map((step, index) => (
                <li key={step} aria-current={index + 1 === at ? "step" : undefined}>
                    {digits(String(index + 1))} {step}
                </li>
            ))}
        </ol>
    );
}

const exponentOf = (currency: string, countries: readonly Country[]): number =>
    countries.find((each) => each.currency === currency)?.exponent ?? 2;

function DecidedText({ decided, countries }: { decided: Decided; countries: readonly Country[] }): JSX.Element {
    const exponent = exponentOf(decided.currency, countries);
    const parts = [
        exponent === 0
            ? say("{unit} without decimals", { unit: unit({ code: decided.currency, exponent }) })
            : unit({ code: decided.currency, exponent }),
        decided.tax_bp === 0 ? say("no VAT") : say("VAT {rate}", { rate: percent(decided.tax_bp) }),
        zoneText(decided.offset),
        say("papers in {language}, {day}", { language: languageName(decided.papers), day: dayOnPaper(decided.papers) }),
    ];
    return <span>{parts.join(" · ")}</span>;
}

function ChangeDecided({
    decided,
    countries,
    onChange,
}: {
    decided: Decided;
    countries: readonly Country[];
    onChange: (change: Partial<Decided>) => void;
}): JSX.Element {
    const currencies = useMemo(() => {
        const told = new Intl.DisplayNames([language.value], { type: "currency" });
        return [...new Set(countries.map((each) => each.currency))]
            .map((each) => ({ id: each, text: `${told.of(each) ?? each} (${each})` }))
            .sort((a, b) => a.text.localeCompare(b.text, language.value));
    }, [countries, language.value]);
    const [rate, setRate] = useState(String(decided.tax_bp / 100));
    const read = Number(fold(rate).replace(",", ".").replace("٫", "."));
    const good = rate.trim() !== "" && Number.isFinite(read) && read >= 0 && read <= 100;
    useEffect(() => setRate(String(decided.tax_bp / 100)), [decided.tax_bp]);
    return (
        <div class="two-fields">
            <Choice
                label={say("Currency")}
                noNote
                value={decided.currency}
                options={currencies}
                onPick={(currency) => onChange({ currency })}
            />
            <Field
                label={say("VAT of most goods, percent")}
                value={rate}
                dir="ltr"
                inputMode="decimal"
                noNote
                wrong={good ? undefined : say("0 to 100")}
                onText={(text) => {
                    setRate(text);
                    const value = Number(fold(text).replace(",", "."));
                    if (text.trim() !== "" && value >= 0 && value <= 100) onChange({ tax_bp: Math.round(value * 100) });
                }}
            />
            <Choice
                label={say("Time of the shop")}
                noNote
                value={decided.offset}
                options={offsets.map((each) => ({ id: each, text: zoneText(each) }))}
                onPick={(offset) => onChange({ offset })}
            />
            <Choice
                label={say("Papers for customers in")}
                noNote
                value={decided.papers}
                options={languages.map((each) => ({ id: each.code, text: each.name }))}
                onPick={(papers) => onChange({ papers })}
            />
        </div>
    );
}

/* What they typed, where they will see it. */
function FirstBill({
    company,
    branch,
    code,
    owner,
    decided,
    countries,
}: {
    company: string;
    branch: string;
    code: string;
    owner: string;
    decided: Decided;
    countries: readonly Country[];
}): JSX.Element {
    const currency: Currency = { code: decided.currency, exponent: exponentOf(decided.currency, countries) };
    const each = currency.exponent === 0 ? 89_000n : 89n * 10n ** BigInt(currency.exponent - 1);
    const net = each * 12n;
    const tax = (net * BigInt(decided.tax_bp) + 5_000n) / 10_000n;
    const today = Math.floor((Date.now() + decided.offset * 60_000) / DAY_MS);
    const row = (start: string, minor: bigint, strong = false): JSX.Element => (
        <div class={strong ? "bill-row strong" : "bill-row"}>
            <span>{start}</span>
            <bdi dir="ltr">{amount(minor, currency)}</bdi>
        </div>
    );
    return (
        <>
            <div class="first-bill">
                <div class="bill-title">
                    {company.trim() === "" ? say("Your company") : <Name>{company.trim()}</Name>}
                </div>
                <div class="bill-place">
                    <Name>{branch.trim() === "" ? say("First branch") : branch.trim()}</Name> · {dayInColumn(today)}
                </div>
                <hr />
                <div class="bill-row strong">
                    <span>{say("Invoice")}</span>
                    <Code>{`${code}-00001`}</Code>
                </div>
                {row(digits("12 × ") + amount(each, currency), net)}
                {decided.tax_bp > 0 && row(say("VAT {rate}", { rate: percent(decided.tax_bp) }), tax)}
                <hr />
                {row(`${say("Owed now")} ${unit(currency)}`, net + tax, true)}
                <div class="bill-place bill-owner">{owner.trim() !== "" && <Name>{owner.trim()}</Name>}</div>
            </div>
            <p class="small ink-2">{say("Your first bill, with what you typed")}</p>
        </>
    );
}

/* ---- the recovery code ---- */

/* What it is for, and the code itself, to be printed or copied: after the founding, and later from the board. */
function CodePanel({
    company,
    recovery,
    large,
}: {
    company: string;
    recovery: Recovery;
    large?: boolean;
}): JSX.Element {
    const [copied, setCopied] = useState(false);
    return (
        <>
            <p>
                {say(
                    "It is the owner's password, on every device of the shop. It makes no new device: that takes a code from Devices and staff. Print it and lay it where you lay the company's papers.",
                )}
            </p>
            <p class="ink-2">
                {say(
                    "If the only device is lost: on the server, while tefterd is stopped, tefterd code prints a code for a new one.",
                )}
            </p>
            <p class="recovery-company">
                <Name>{company}</Name> · {say("Name to log in")}: <bdi dir="ltr">{recovery.login}</bdi>
            </p>
            <div class="recovery-code" dir="ltr">
                {recovery.code}
            </div>
            <div class="row no-print">
                <Button large={large} onClick={() => window.print()}>
                    {say("Print")}
                </Button>
                <Button
                    large={large}
                    onClick={() =>
                        void navigator.clipboard.writeText(recovery.code).then(
                            () => setCopied(true),
                            () => setCopied(false),
                        )
                    }>
                    {copied ? say("✓ copied") : say("Copy")}
                </Button>
            </div>
        </>
    );
}

/* Until the owner says that they have it, it can be shown again in this browser; nowhere else. */
export function RecoveryCode({
    client,
    recovery,
    onKept,
}: {
    client: Client;
    recovery: Recovery;
    onKept: () => void;
}): JSX.Element {
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const device = client.device.value;
    const company = typeof device === "object" ? device.company : "";
    /* Let in by the code itself, at once and again until the server has begun. */
    useEffect(() => {
        if (client.me.peek() === undefined) void client.login(recovery.login, recovery.code);
    }, [client]);
    const goOn = async (kept: boolean): Promise<void> => {
        if (busy) return;
        setBusy(true);
        if (client.me.peek() === undefined) {
            const answer = await client.login(recovery.login, recovery.code);
            if ("refused" in answer) {
                setBusy(false);
                setWrong(refusalText(answer.refused, client));
                return;
            }
        }
        if (kept) await client.founding.recoveryKept();
        dropSecret();
        setBusy(false);
        onKept();
    };
    return (
        <FoundingFrame client={client} step={2}>
            <div class="recovery">
                <h1>{say("Keep this code")}</h1>
                <Steps at={2} />
                <CodePanel company={company} recovery={recovery} large />
                {wrong !== undefined && (
                    <Notice tone="over" role="alert">
                        {wrong}
                    </Notice>
                )}
                <div class="row no-print">
                    <Button filled large blocked={busy && say("sending")} onClick={() => void goOn(true)}>
                        {say("I have it, go on")}
                    </Button>
                    <Button plain onClick={() => void goOn(false)}>
                        {say("Later; the board reminds me")}
                    </Button>
                </div>
                <p class="small ink-3 no-print">
                    {say(
                        "On this browser your PIN is enough. The code is shown no more once you say that you have it.",
                    )}
                </p>
            </div>
        </FoundingFrame>
    );
}

/* The same, from the first steps of the board. */
export function RecoveryScreen({ client }: { client: Client }): JSX.Element {
    const [recovery, setRecovery] = useState<Recovery | "gone" | undefined>(undefined);
    const company = client.welcome.value?.company ?? "";
    useEffect(() => {
        void client.founding.recovery().then((found) => setRecovery(found ?? "gone"));
    }, [client]);
    const kept = async (): Promise<void> => {
        await client.founding.recoveryKept();
        go("board");
    };
    return (
        <div class="screen">
            <Head title={say("Recovery code")} />
            <Panel>
                {recovery === "gone" ? (
                    <p class="region-note">
                        {say(
                            "You said that you have it, or it was made in another browser: then it is shown no more. Under Devices and staff you can give yourself a new password.",
                        )}
                    </p>
                ) : recovery === undefined ? (
                    <Bones rows={3} />
                ) : (
                    <div class="recovery in-panel">
                        <CodePanel company={company} recovery={recovery} />
                        <div class="row no-print">
                            <Button filled onClick={() => void kept()}>
                                {say("I have it, go on")}
                            </Button>
                        </div>
                    </div>
                )}
            </Panel>
        </div>
    );
}
