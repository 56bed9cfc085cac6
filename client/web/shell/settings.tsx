/* How this person sees it, and what this device is. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import {
    Button,
    Chips,
    Choice,
    Field,
    Head,
    ledger,
    lockMinutes,
    Name,
    Panel,
    prefer,
    preferences,
    printsBySelf,
    setLockMinutes,
    setPrintsBySelf,
    setSounds,
    sounds,
    digits,
    percent,
    type Theme,
} from "../kit";
import { passwordGuessable, pinGuessable } from "../kit/guessable";
import { plainDigits } from "../kit/read";
import { printerText } from "../kit/labels";
import { refusalText, roleText } from "../kit/refusal";
import { languages, say } from "../kit/words";
import type { Client } from "../lib/api";
import type { Refusal } from "../lib/messages";
import { NoticePanel } from "./noticepanel";

export function Settings({ client }: { client: Client }): JSX.Element {
    const { language, size, theme, toman } = preferences.value;
    const me = client.me.value;
    const welcome = client.welcome.value;
    return (
        <div class="screen">
            <Head title={say("Settings")} />
            <div class="columns">
                <div class="stack">
                    <Panel
                        title={say("How you see it")}
                        note={
                            me !== undefined && (
                                <>
                                    {say("kept on this device for")} <Name>{me.name}</Name>
                                </>
                            )
                        }>
                        <div class="setting">
                            <span>{say("Language")}</span>
                            <Choice
                                label={say("Language")}
                                hideLabel
                                noNote
                                value={language}
                                options={languages.map((each) => ({ id: each.code, text: each.name }))}
                                onPick={(code) => void prefer({ language: code })}
                            />
                        </div>
                        <div class="setting">
                            <span>{say("Text size")}</span>
                            <Chips
                                label={say("Text size")}
                                value={size}
                                options={([100, 115, 130] as const).map((each) => ({
                                    id: each,
                                    text: percent(each * 100),
                                }))}
                                onPick={(each) => void prefer({ size: each as 100 })}
                            />
                        </div>
                        <div class="setting">
                            <span>{say("Light or dark")}</span>
                            <Chips<Theme>
                                label={say("Light or dark")}
                                value={theme}
                                options={[
                                    { id: "system", text: say("As the device") },
                                    { id: "light", text: say("Light") },
                                    { id: "dark", text: say("Dark") },
                                ]}
                                onPick={(each) => void prefer({ theme: each })}
                            />
                        </div>
                        {ledger.value.code === "IRR" && (
                            <div class="setting">
                                <span>{say("Amounts in")}</span>
                                <Chips
                                    label={say("Amounts in")}
                                    value={toman ? "toman" : "rial"}
                                    options={[
                                        { id: "rial", text: say("rial") },
                                        { id: "toman", text: say("toman") },
                                    ]}
                                    onPick={(each) => void prefer({ toman: each === "toman" })}
                                />
                            </div>
                        )}
                    </Panel>
                    {me !== undefined && (
                        <Panel
                            title={<Name>{me.name}</Name>}
                            note={roleText(me.role)}
                            end={<Button onClick={() => void client.logout()}>{say("Log out")}</Button>}>
                            <div class="panel-body">
                                <OwnSecret client={client} />
                            </div>
                        </Panel>
                    )}
                    <NoticePanel client={client} />
                </div>
                <Panel title={say("This device")} note={<Name>{welcome?.terminal_name ?? ""}</Name>}>
                    <div class="setting">
                        <span>{say("Company")}</span>
                        <span>
                            <Name>{welcome?.company ?? ""}</Name>
                        </span>
                    </div>
                    <div class="setting">
                        <span>{say("Branch")}</span>
                        <span>
                            <Name>{welcome?.branch_code ?? ""}</Name>
                        </span>
                    </div>
                    <div class="setting">
                        <span>{say("Sounds")}</span>
                        <Chips
                            label={say("Sounds")}
                            value={sounds.value ? "on" : "off"}
                            options={[
                                { id: "on", text: say("On") },
                                { id: "off", text: say("Off") },
                            ]}
                            onPick={(each) => setSounds(each === "on")}
                        />
                    </div>
                    <div class="setting">
                        <span>{say("Printer of this branch")}</span>
                        <span>{printerText(client.printer.value)}</span>
                    </div>
                    <div class="setting">
                        <span>{say("Prints each slip by itself")}</span>
                        <Chips
                            label={say("Prints each slip by itself")}
                            value={printsBySelf.value ? "on" : "off"}
                            options={[
                                { id: "on", text: say("On") },
                                { id: "off", text: say("Off") },
                            ]}
                            onPick={(each) => setPrintsBySelf(each === "on")}
                        />
                    </div>
                    <div class="setting">
                        <span>{say("Locks by itself after")}</span>
                        <Chips
                            label={say("Locks by itself after")}
                            value={lockMinutes.value}
                            options={[2, 10, 30, 0].map((each) => ({
                                id: each,
                                text: each === 0 ? say("Never") : say("{count} min", { count: digits(String(each)) }),
                            }))}
                            onPick={setLockMinutes}
                        />
                    </div>
                    <div class="setting">
                        <span>{say("Program")}</span>
                        <span class="ink-2 small">{welcome?.program ?? ""}</span>
                    </div>
                </Panel>
            </div>
        </div>
    );
}

/* A new PIN or password of one's own: it needs the old password. */
function OwnSecret({ client }: { client: Client }): JSX.Element {
    const [what, setWhat] = useState<"pin" | "password">("pin");
    const [old, setOld] = useState("");
    const [fresh, setFresh] = useState("");
    const [said, setSaid] = useState<Refusal | "done" | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const easy =
        what === "pin"
            ? pinGuessable(plainDigits(fresh))
            : passwordGuessable(fresh, [client.me.value?.login, client.me.value?.name, client.welcome.value?.company]);
    const guessed =
        what === "pin"
            ? say("This PIN is too easy to guess: choose another")
            : say("This password is too easy to guess: choose another");
    const change = async (): Promise<void> => {
        if (busy || old === "" || fresh === "" || easy) return;
        setBusy(true);
        const answer = await client.call(
            "set_password",
            what === "pin" ? { pin: plainDigits(fresh), old_password: old } : { password: fresh, old_password: old },
        );
        setBusy(false);
        setSaid("refused" in answer ? answer.refused : "done");
        if (!("refused" in answer)) {
            setOld("");
            setFresh("");
        }
    };
    return (
        <form
            class="stack"
            onSubmit={(event) => {
                event.preventDefault();
                void change();
            }}>
            <Chips
                label={say("What to change")}
                value={what}
                options={[
                    { id: "pin", text: say("New PIN") },
                    { id: "password", text: say("New password") },
                ]}
                onPick={(each) => {
                    setWhat(each);
                    setFresh("");
                    setSaid(undefined);
                }}
            />
            <div class="form-row">
                <Field
                    label={say("Password as it is")}
                    type="password"
                    value={old}
                    onText={(text) => {
                        setOld(text);
                        setSaid(undefined);
                    }}
                    autocomplete="current-password"
                    dir="ltr"
                />
                <Field
                    label={what === "pin" ? say("New PIN, 4 to 12 digits") : say("New password, 8 characters or more")}
                    type="password"
                    inputMode={what === "pin" ? "numeric" : "text"}
                    value={fresh}
                    dir="ltr"
                    onText={(text) => {
                        setFresh(text);
                        setSaid(undefined);
                    }}
                    autocomplete="new-password"
                    onEnter={() => void change()}
                    wrong={
                        said !== undefined && said !== "done" ? refusalText(said, client) : easy ? guessed : undefined
                    }
                />
            </div>
            <div class="row">
                <Button
                    submit
                    blocked={
                        busy
                            ? say("sending")
                            : old === "" || fresh === ""
                              ? say("Fill both fields first")
                              : easy && guessed
                    }>
                    {what === "pin" ? say("Change the PIN") : say("Change the password")}
                </Button>
                {said === "done" && (
                    <span class="credit" role="status">
                        <span aria-hidden="true">✓ </span>
                        {say("changed")}
                    </span>
                )}
            </div>
        </form>
    );
}
