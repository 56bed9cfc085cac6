/* In the settings of who may decide: how they are told while they look at no page. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Button, Field, isolate, Name, Notice, Panel } from "../kit";
import { refusalText } from "../kit/refusal";
import { language, say } from "../kit/words";
import type { Client } from "../lib/api";
import {
    NoticeResult,
    Right,
    type NoticeSettingsAnswer,
    type NoticeTested,
    type NoticeTestResult,
    type Refusal,
} from "../lib/messages";
import { givenAgain, knowsNotices, possible, turnOff, turnOn, type Turned } from "./notices";

export function NoticePanel({ client }: { client: Client }): JSX.Element | null {
    const [settings, setSettings] = useState<NoticeSettingsAnswer | undefined>(undefined);
    const live = client.line.value.kind === "live";
    const may = client.may(Right.RIGHT_APPROVE) && knowsNotices(client);
    useEffect(() => {
        if (!may || !live) return;
        void client.call("notice_settings", {}).then((answer) => {
            if ("answer" in answer) setSettings(answer.answer);
        });
    }, [client, may, live, givenAgain.value]);
    if (!may) return null;
    return (
        <Panel
            title={say("Tell me when a sale waits")}
            note={say("while this page is closed or nobody looks at it")}
            class="notices">
            {settings === undefined ? (
                <div class="setting" aria-busy="true" />
            ) : !settings.push && !settings.phone ? (
                <div class="panel-body">
                    <p class="ink-2">
                        {say("This server sends no notices. Whoever runs it can set them up: notify_contact.")}
                    </p>
                </div>
            ) : (
                <>
                    {settings.push && <Here client={client} settings={settings} onSettings={setSettings} />}
                    {settings.push && <Elsewhere client={client} settings={settings} onSettings={setSettings} />}
                    <Phone client={client} settings={settings} onSettings={setSettings} />
                    <Test client={client} settings={settings} onSettings={setSettings} />
                </>
            )}
        </Panel>
    );
}

interface Part {
    client: Client;
    settings: NoticeSettingsAnswer;
    onSettings: (settings: NoticeSettingsAnswer) => void;
}

/* ---- this browser ---- */

function whyNot(): string | undefined {
    switch (possible()) {
        case "insecure":
            return say("Not possible here: the page has to come over https.");
        case "unknown":
            return say(
                "This browser takes no notices. On an iPhone, add the page to the home screen first and open it there.",
            );
        case "blocked":
            return say(
                "This browser blocks notices of this page. Allow them in its settings for this page, then load it again.",
            );
        default:
            return undefined;
    }
}

function failedText(turned: Turned, client: Client): string | undefined {
    if ("refused" in turned) return refusalText(turned.refused, client);
    if (!("failed" in turned)) return undefined;
    return turned.failed === "blocked"
        ? say("The browser was not allowed to show notices.")
        : say("The browser does not reach its push service. Try again when it has the internet.");
}

function Here({ client, settings, onSettings }: Part): JSX.Element {
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const on = settings.devices.some((each) => each.here);
    const cannot = whyNot();
    const turn = async (): Promise<void> => {
        if (busy) return;
        setBusy(true);
        setWrong(undefined);
        const turned = on ? await turnOff(client) : await turnOn(client, settings);
        setBusy(false);
        if ("settings" in turned) onSettings(turned.settings);
        else setWrong(failedText(turned, client));
    };
    return (
        <>
            <div class="setting">
                <span>{say("This device")}</span>
                {cannot !== undefined && !on ? (
                    <span class="ink-2">{cannot}</span>
                ) : (
                    <span class="row" role="status">
                        <span class={on ? "credit" : "ink-2"}>
                            {on ? (
                                <>
                                    <span aria-hidden="true">✓ </span>
                                    {say("is told")}
                                </>
                            ) : (
                                say("is not told")
                            )}
                        </span>
                        <Button blocked={busy && say("sending")} onClick={() => void turn()}>
                            {on ? say("Turn off here") : say("Turn on here")}
                        </Button>
                    </span>
                )}
            </div>
            {wrong !== undefined && (
                <Notice tone="late" role="alert">
                    {wrong}
                </Notice>
            )}
        </>
    );
}

function Elsewhere({ client, settings, onSettings }: Part): JSX.Element | null {
    const others = settings.devices.filter((each) => !each.here);
    if (others.length === 0) return null;
    const remove = async (terminal: number): Promise<void> => {
        const answer = await client.call("remove_push", { terminal });
        if ("answer" in answer) onSettings(answer.answer);
    };
    return (
        <>
            {others.map((each) => (
                <div class="setting" key={each.terminal}>
                    <span>
                        <Name>{each.name ?? String(each.terminal)}</Name>
                    </span>
                    <span class="row">
                        <span class="credit">
                            <span aria-hidden="true">✓ </span>
                            {say("is told")}
                        </span>
                        <Button onClick={() => void remove(each.terminal)}>{say("Turn off there")}</Button>
                    </span>
                </div>
            ))}
        </>
    );
}

/* ---- telephone and hours of rest ---- */

const clockOf = (minutes: number | undefined): string =>
    minutes === undefined
        ? ""
        : `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/* undefined: it is none. */
export function minutesOf(text: string): number | undefined {
    const found = /^(\d{1,2})[:.h]?(\d{2})?$/.exec(text.trim());
    if (found === null) return undefined;
    const minutes = Number(found[1]) * 60 + Number(found[2] ?? 0);
    return minutes < 24 * 60 && Number(found[2] ?? 0) < 60 ? minutes : undefined;
}

export const numberOf = (text: string): string => text.replace(/[\s().-]/g, "").replace(/^00/, "+");

function Phone({ client, settings, onSettings }: Part): JSX.Element {
    const [phone, setPhone] = useState(settings.phone_number ?? "");
    const [from, setFrom] = useState(clockOf(settings.quiet_from));
    const [until, setUntil] = useState(clockOf(settings.quiet_until));
    const [said, setSaid] = useState<Refusal | "done" | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const touched = (set: (text: string) => void) => (text: string) => {
        set(text);
        setSaid(undefined);
    };
    const number = numberOf(phone);
    const badPhone = number !== "" && !/^\+\d{6,15}$/.test(number);
    const rests = from.trim() !== "" || until.trim() !== "";
    const badFrom = rests && minutesOf(from) === undefined,
        badUntil = rests && minutesOf(until) === undefined;
    const save = async (): Promise<void> => {
        if (busy || badPhone || badFrom || badUntil) return;
        setBusy(true);
        const answer = await client.call("set_notices", {
            language: language.value,
            ...(number === "" ? {} : { phone: number }),
            ...(rests ? { quiet_from: minutesOf(from), quiet_until: minutesOf(until) } : {}),
        });
        setBusy(false);
        setSaid("refused" in answer ? answer.refused : "done");
        if ("answer" in answer) onSettings(answer.answer);
    };
    return (
        <form
            class="panel-body stack"
            onSubmit={(event) => {
                event.preventDefault();
                void save();
            }}>
            {settings.phone && (
                <Field
                    label={say("Telephone, if no device can be told")}
                    value={phone}
                    onText={touched(setPhone)}
                    inputMode="tel"
                    autocomplete="tel"
                    dir="ltr"
                    placeholder="+84 90 123 45 67"
                    wrong={badPhone ? say("With its country, as +84 90 123 45 67") : undefined}
                />
            )}
            <div class="form-row">
                <Field
                    label={say("Nothing from")}
                    value={from}
                    onText={touched(setFrom)}
                    dir="ltr"
                    placeholder="22:00"
                    wrong={badFrom && (from !== "" || said !== undefined) ? say("A time, as 22:00") : undefined}
                />
                <Field
                    label={say("until")}
                    value={until}
                    onText={touched(setUntil)}
                    dir="ltr"
                    placeholder="06:30"
                    wrong={badUntil && (until !== "" || said !== undefined) ? say("A time, as 22:00") : undefined}
                />
            </div>
            {said !== undefined && said !== "done" && (
                <Notice tone="over" role="alert">
                    {refusalText(said, client)}
                </Notice>
            )}
            <div class="row">
                <Button
                    submit
                    blocked={
                        busy ? say("sending") : (badPhone || badFrom || badUntil) && say("Something is not right yet")
                    }>
                    {say("Save")}
                </Button>
                {said === "done" && (
                    <span class="credit" role="status">
                        <span aria-hidden="true">✓ </span>
                        {say("saved")}
                    </span>
                )}
            </div>
        </form>
    );
}

/* ---- a test ---- */

function resultText(result: NoticeTestResult): string {
    switch (result.result) {
        case NoticeResult.NOTICE_SENT:
            return say("sent");
        case NoticeResult.NOTICE_GONE:
            return say("this browser takes none any more; turn it on there again");
        case NoticeResult.NOTICE_UNREACHABLE:
            return say("cannot be reached");
        case NoticeResult.NOTICE_BLOCKED:
            return say("an address that nothing may be sent to");
        case NoticeResult.NOTICE_WAITS:
        case NoticeResult.NOTICE_LATE:
            return say("not known yet");
        default:
            return say("was not taken");
    }
}

function Test({ client, settings, onSettings }: Part): JSX.Element {
    const [tested, setTested] = useState<NoticeTested | Refusal | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const none = settings.devices.length === 0 && settings.phone_number === undefined;
    const test = async (): Promise<void> => {
        if (busy || none) return;
        setBusy(true);
        setTested(undefined);
        const answer = await client.call("test_notice", {});
        setBusy(false);
        setTested("refused" in answer ? answer.refused : answer.answer);
        const now = await client.call("notice_settings", {});
        if ("answer" in now) onSettings(now.answer);
    };
    const nameOf = (result: NoticeTestResult): string =>
        result.terminal === undefined
            ? say("Telephone")
            : (settings.devices.find((each) => each.terminal === result.terminal)?.name ?? `#${result.terminal}`);
    return (
        <div class="panel-body stack">
            <div class="row">
                <Button
                    blocked={busy ? say("sending") : none && say("Turn it on somewhere first")}
                    onClick={() => void test()}>
                    {say("Send a test")}
                </Button>
            </div>
            {tested !== undefined && "code" in tested && (
                <Notice tone="late" role="alert">
                    {refusalText(tested, client)}
                </Notice>
            )}
            {tested !== undefined && "results" in tested && (
                <ul role="status" class="test-results">
                    {tested.results.map((each, at) => (
                        <li key={at}>
                            <Name>{nameOf(each)}</Name>
                            {": "}
                            <span class={each.result === NoticeResult.NOTICE_SENT ? "credit" : "late"}>
                                {resultText(each)}
                                {each.status !== undefined &&
                                    each.result !== NoticeResult.NOTICE_SENT &&
                                    ` (HTTP ${isolate(String(each.status))})`}
                            </span>
                        </li>
                    ))}
                </ul>
            )}
        </div>
    );
}
