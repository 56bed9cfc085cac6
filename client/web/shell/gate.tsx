/* What stands before the screens: this browser becomes a device, a person logs in, a lock is opened by PIN. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { Button, Field, Icon, icons, Name, Notice, plainDigits, preferences, prefer, useActions } from "../kit";
import { refusalText, roleText } from "../kit/refusal";
import { languages, say } from "../kit/words";
import type { Client, Entering } from "../lib/api";
import { RefusalCode, type Refusal } from "../lib/messages";
import { Founding } from "./parts";
import { forgetPerson, hasPin, initials, known, typed, type Known } from "./known";
import { AsideHere, LeftHere } from "./left";
import { LineMark, NewerBand } from "./line";

export function Gate({
    client,
    children,
    wide,
    line,
}: {
    client: Client;
    children: ComponentChildren;
    wide?: boolean;
    line?: boolean;
}): JSX.Element {
    return (
        <div class="gate">
            <header class="gate-head">{line && <LineMark client={client} />}</header>
            <main class={wide ? "gate-box wide" : "gate-box"} id="main">
                <div class="gate-name">Tefter</div>
                {children}
                <AsideHere client={client} />
                <NewerBand />
            </main>
            <Languages />
        </div>
    );
}

function Languages(): JSX.Element {
    return (
        <nav class="languages" aria-label={say("Language")}>
            {languages.map((each) => (
                <button
                    key={each.code}
                    type="button"
                    lang={each.code}
                    aria-pressed={preferences.value.language === each.code}
                    onClick={() => void prefer({ language: each.code })}>
                    {each.name}
                </button>
            ))}
        </nav>
    );
}

/* ---- enrolment ---- */

/* The code of a link, of the code alone, or nothing. */
export function codeOf(text: string): string | undefined {
    const linked = /#enrol=([^&\s]+)/.exec(text)?.[1];
    try {
        return linked !== undefined ? decodeURIComponent(linked) : undefined;
    } catch {
        return linked;
    }
}

/* As the founding makes it: a device's code is longer. */
const isRecoveryCode = (text: string): boolean => /^([0-9A-Z]{5}-?){4}$/i.test(text.replace(/\s/g, ""));

interface Detector {
    detect(source: CanvasImageSource): Promise<{ rawValue: string }[]>;
}
declare global {
    interface Window {
        BarcodeDetector?: new (options: { formats: string[] }) => Detector;
    }
}

export function Enrol({ client, code: given }: { client: Client; code: string | undefined }): JSX.Element {
    const [code, setCode] = useState(given ?? "");
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const [camera, setCamera] = useState(false);
    const ended = client.line.value.kind === "ended" ? client.line.value.why : undefined;
    const kept = client.pending.value.length;

    const [recovery, setRecovery] = useState(false);
    const enrol = async (text: string): Promise<void> => {
        if (busy || text.trim() === "") return;
        const typedCode = plainDigits(codeOf(text) ?? text);
        setRecovery(isRecoveryCode(typedCode));
        if (isRecoveryCode(typedCode)) {
            setCamera(false);
            return;
        }
        setBusy(true);
        setCamera(false);
        setRefused(undefined);
        const answer = await client.enrol(typedCode.trim());
        setBusy(false);
        if ("refused" in answer) setRefused(answer.refused);
    };
    useEffect(() => {
        if (given !== undefined) void enrol(given);
    }, [given]);
    /* There may be no ledger yet; or one that this browser was founding when it was interrupted. */
    const [founding, setFounding] = useState(false);
    useEffect(() => {
        if (given !== undefined) return;
        void client.founding.look().then((found) => setFounding(found.kind === "founding" || found.kind === "ours"));
    }, [client]);
    if (founding) return <Founding client={client} secret={undefined} onEnd={() => setFounding(false)} />;

    const cameraWorks = typeof window.BarcodeDetector === "function" && navigator.mediaDevices !== undefined;
    return (
        <Gate client={client} wide>
            <h1>{say("This browser is not a device of the shop yet")}</h1>
            {ended !== undefined && (
                <Notice tone="late" role="status">
                    {refusalText(ended, client)}
                </Notice>
            )}
            {kept > 0 && (
                <Notice tone="late">
                    {say("What was kept here unsent is still here. It is shown again when this browser is a device.")}
                </Notice>
            )}
            <p class="ink-2">
                {say(
                    "A manager makes a code under Devices and staff. Scan it with this device, or type it here. It counts once.",
                )}
            </p>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    void enrol(code);
                }}>
                <Field
                    label={say("Code")}
                    value={code}
                    onText={(text) => {
                        setCode(text);
                        setRefused(undefined);
                        setRecovery(false);
                    }}
                    class="code"
                    dir="ltr"
                    autofocus={given === undefined}
                    wrong={
                        recovery
                            ? say("This is the recovery code: the owner's password, and no device code.")
                            : refused !== undefined
                              ? refusalText(refused, client)
                              : undefined
                    }
                    onEnter={() => void enrol(code)}
                    autocomplete="one-time-code"
                />
                <Button
                    filled
                    large
                    wide
                    submit
                    blocked={busy ? say("sending") : code.trim() === "" && say("Type the code first")}>
                    {busy ? say("Asking the server …") : say("Make this a device")}
                </Button>
            </form>
            <p class="small ink-2">
                {say(
                    "Is the only device lost? On the server stop tefterd, type this, and start it again. Then log in with the recovery code as password.",
                )}{" "}
                <span class="mono" dir="ltr">
                    tefterd code --ledger {say("FOLDER")} --terminal 1
                </span>
            </p>
            {cameraWorks && !camera && (
                <Button wide onClick={() => setCamera(true)}>
                    <Icon path={icons.camera} /> {say("Scan the code")}
                </Button>
            )}
            {camera && (
                <Camera
                    onText={(text) => {
                        setCode(codeOf(text) ?? text);
                        void enrol(text);
                    }}
                    onClose={() => setCamera(false)}
                />
            )}
        </Gate>
    );
}

/* Looks for a QR code four times a second. */
export function Camera({ onText, onClose }: { onText: (text: string) => void; onClose: () => void }): JSX.Element {
    const video = useRef<HTMLVideoElement>(null);
    const [wrong, setWrong] = useState(false);
    useEffect(() => {
        let stream: MediaStream | undefined,
            timer: ReturnType<typeof setInterval> | undefined,
            over = false;
        const detector =
            window.BarcodeDetector === undefined ? undefined : new window.BarcodeDetector({ formats: ["qr_code"] });
        const stop = (): void => {
            over = true;
            clearInterval(timer);
            stream?.getTracks().forEach((track) => track.stop());
        };
        void (async () => {
            try {
                stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
                if (over) {
                    stop();
                    return;
                }
                video.current!.srcObject = stream;
                await video.current!.play();
                timer = setInterval(async () => {
                    const found = await detector?.detect(video.current!).catch(() => []);
                    if (!over && found?.[0] !== undefined) {
                        stop();
                        onText(found[0].rawValue);
                    }
                }, 250);
            } catch {
                setWrong(true);
            }
        })();
        return stop;
    }, []);
    return (
        <div class="stack">
            {wrong ? (
                <Notice tone="late" role="alert">
                    {say("The camera cannot be used. Type the code instead.")}
                </Notice>
            ) : (
                <video ref={video} muted playsInline aria-label={say("Picture of the camera")} />
            )}
            <Button onClick={onClose}>{say("Close the camera")}</Button>
        </div>
    );
}

/* ---- login ---- */

/* It says nothing about what was typed. */
const isPassing = ({ code }: Refusal): boolean =>
    [RefusalCode.BUSY, RefusalCode.LOGIN_THROTTLED, RefusalCode.DEADLINE_PASSED].includes(code);

export function Login({ client }: { client: Client }): JSX.Element {
    const [login, setLogin] = useState(known.value[0]?.login ?? "");
    const [password, setPassword] = useState("");
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const second = useRef<HTMLInputElement | null>(null);
    const device = client.device.value;
    const place = typeof device === "object" ? device : undefined;
    const up = ["live", "catching-up", "stale", "connecting"].includes(client.line.value.kind);

    const enter = async (): Promise<void> => {
        if (busy) return;
        if (login.trim() === "" || password === "") {
            second.current?.focus();
            return;
        }
        setBusy(true);
        setRefused(undefined);
        /* the recovery code is a password that was printed in Latin digits */
        const code = plainDigits(password);
        const answer = await client.login(login.trim(), isRecoveryCode(code) ? code : password);
        setBusy(false);
        if ("refused" in answer) {
            setRefused(answer.refused);
            if (!isPassing(answer.refused)) setPassword("");
            second.current?.focus();
        }
    };
    return (
        <Gate client={client} line>
            <h1>
                <Name>{client.welcome.value?.company ?? place?.company ?? say("Log in")}</Name>
            </h1>
            <p class="ink-2">
                <Name>{client.welcome.value?.terminal_name ?? place?.name ?? ""}</Name>
            </p>
            <LeftHere
                client={client}
                onPerson={(of) => {
                    setLogin(of);
                    second.current?.focus();
                }}
            />
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    void enter();
                }}>
                <Field
                    label={say("Name to log in")}
                    value={login}
                    onText={setLogin}
                    autocomplete="username"
                    autofocus={login === ""}
                    onEnter={() => second.current?.focus()}
                    dir="ltr"
                    noNote
                />
                <Field
                    label={say("Password")}
                    type="password"
                    value={password}
                    onText={(text) => {
                        setPassword(text);
                        setRefused(undefined);
                    }}
                    autocomplete="current-password"
                    autofocus={login !== ""}
                    inputRef={(input) => {
                        second.current = input;
                    }}
                    onEnter={() => void enter()}
                    dir="ltr"
                    wrong={refused !== undefined ? refusalText(refused, client) : undefined}
                />
                <Button
                    filled
                    large
                    wide
                    submit
                    told
                    blocked={
                        busy ? say("sending") : !up && say("The server is not reached. It is tried again by itself.")
                    }>
                    {busy ? say("Asking the server …") : say("Log in")}
                </Button>
            </form>
            {up && known.value.length > 0 && (
                <p class="small ink-2">
                    {say(
                        "A new tab or window begins with the password. From then on, the PIN is enough in it: for the lock and for another person.",
                    )}
                </p>
            )}
            {!up && client.line.value.kind !== "ended" && (
                <p class="small late" role="status">
                    {say(
                        "Logging in needs the server, which is not reached now. It is tried again by itself. A page in which somebody is still logged in goes on selling for cash and taking money.",
                    )}
                </p>
            )}
        </Gate>
    );
}

/* ---- a PIN: another person, or the lock ---- */

interface PinProps {
    client: Client;
    of: Known | undefined;
    onEntered: () => void;
    label?: string;
    focused?: boolean /* at once, whoever it is of */;
}

/* A PIN is digits, of whichever keyboard. Of whom nobody knows whether they have one, digits are tried as a PIN first. A
 * password stays as it is typed: it was set so. */
async function enterAs(client: Client, login: string, text: string, pinned: boolean | undefined): Promise<Entering> {
    const pin = plainDigits(text);
    if (pinned === false || !/^\d{1,12}$/.test(pin)) return client.login(login, text);
    const answer = await client.switchStaff(login, pin);
    if (pinned === true || "entered" in answer || answer.refused.code !== RefusalCode.LOGIN_WRONG) return answer;
    return client.login(login, text);
}

export function PinField({ client, of, onEntered, label, focused }: PinProps): JSX.Element {
    const [pin, setPin] = useState("");
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const field = useRef<HTMLInputElement | null>(null);
    const person = of?.staff === 0 ? "" : of?.login; /* a login that is being typed keeps the focus */
    const pinned = hasPin(of?.login);
    const word = pinned === undefined ? say("PIN or password") : pinned ? say("PIN") : say("Password");
    useLayoutEffect(() => {
        setPin("");
        setRefused(undefined);
        if (focused || (person !== "" && person !== undefined)) field.current?.focus();
    }, [person]);
    const enter = async (): Promise<void> => {
        if (busy || of === undefined || pin === "") return;
        setBusy(true);
        const answer = await enterAs(client, of.login, pin, pinned);
        setBusy(false);
        if (!("refused" in answer && isPassing(answer.refused))) setPin("");
        if ("refused" in answer) {
            setRefused(answer.refused);
            field.current?.focus();
        } else onEntered();
    };
    return (
        <form
            onSubmit={(event) => {
                event.preventDefault();
                void enter();
            }}>
            <Field
                label={label ?? word}
                type="password"
                inputMode={pinned === true ? "numeric" : undefined}
                value={pin}
                dir="ltr"
                autocomplete="off"
                inputRef={(input) => {
                    field.current = input;
                }}
                onText={(text) => {
                    setPin(text);
                    setRefused(undefined);
                }}
                onEnter={() => void enter()}
                wrong={refused !== undefined ? refusalText(refused, client) : undefined}
            />
            <Button
                filled
                large
                wide
                submit
                blocked={
                    busy
                        ? say("sending")
                        : (pin === "" || of === undefined) &&
                          (pinned === true ? say("Type the PIN first") : say("Type the password first"))
                }>
                {busy
                    ? say("Asking the server …")
                    : of !== undefined
                      ? say("Go on as {name}", { name: of.name })
                      : say("Go on")}
            </Button>
        </form>
    );
}

/* Someone of this device, or a login that is typed. */
export function PersonAndPin({
    client,
    first,
    onEntered,
}: {
    client: Client;
    first: Known | undefined;
    onEntered: () => void;
}): JSX.Element {
    const me = client.me.value;
    const [of, setOf] = useState<Known | undefined>(first ?? known.value.find((each) => each.login !== me?.login));
    const list = known.value.filter((each) => each.login !== me?.login);
    const [other, setOther] = useState(of === undefined || of.staff === 0);
    const [login, setLogin] = useState(of?.staff === 0 ? of.login : "");
    return (
        <div class="stack">
            <div class="people" role="radiogroup" aria-label={say("Who")}>
                {list.map((each) => (
                    <button
                        key={each.login}
                        type="button"
                        class="person"
                        role="radio"
                        aria-checked={!other && of?.login === each.login}
                        onClick={() => {
                            setOf(each);
                            setOther(false);
                        }}
                        onKeyDown={(event) => {
                            if (event.key === "Delete") {
                                forgetPerson(each.login);
                            }
                        }}>
                        <span class="rail-me" aria-hidden="true">
                            {initials(each.name)}
                        </span>
                        <span class="grow">
                            <Name class="cut">{each.name}</Name>
                        </span>
                    </button>
                ))}
                <button
                    type="button"
                    class="person"
                    role="radio"
                    aria-checked={other}
                    onClick={() => {
                        setOther(true);
                        setOf(login.trim() !== "" ? typed(login.trim()) : undefined);
                    }}>
                    <span class="rail-me" aria-hidden="true">
                        +
                    </span>
                    {say("Someone else")}
                </button>
            </div>
            {other && (
                <Field
                    label={say("Name to log in")}
                    value={login}
                    noNote
                    dir="ltr"
                    autofocus={login === ""}
                    onText={(text) => {
                        setLogin(text);
                        setOf(text.trim() !== "" ? typed(text.trim()) : undefined);
                    }}
                />
            )}
            <PinField client={client} of={of} onEntered={onEntered} focused={first?.staff === 0} />
        </div>
    );
}

/* Over everything after some minutes without a key or a touch. What was typed stays as it is behind it. */
export function Lock({ client, onOpen }: { client: Client; onOpen: () => void }): JSX.Element {
    const me = client.me.value!;
    const [other, setOther] = useState<Known | boolean>(false);
    const self: Known = { staff: me.staff, login: me.login, name: me.name };
    useActions([], true);
    return (
        <div class="lock" role="dialog" aria-modal="true" aria-label={say("Locked")}>
            <Gate client={client} line>
                <h1>{other ? say("Another person") : <Name>{me.name}</Name>}</h1>
                <p class="ink-2">
                    {!other && <>{roleText(me.role)} · </>}
                    {say("Locked. What is half typed waits behind it.")}
                </p>
                <LeftHere
                    client={client}
                    onPerson={(login) => setOther(known.value.find((each) => each.login === login) ?? typed(login))}
                />
                {other !== false ? (
                    <PersonAndPin
                        key={other === true ? "" : other.login}
                        client={client}
                        first={other === true ? undefined : other}
                        onEntered={onOpen}
                    />
                ) : (
                    <PinField client={client} of={self} onEntered={onOpen} />
                )}
                <div class="gate-foot">
                    <Button plain onClick={() => setOther(other === false)}>
                        {other ? say("It is me, {name}", { name: me.name }) : say("Another person")}
                    </Button>
                    <Button
                        plain
                        onClick={() => {
                            onOpen();
                            void client.logout();
                        }}>
                        {say("Log out")}
                    </Button>
                </div>
            </Gate>
        </div>
    );
}
