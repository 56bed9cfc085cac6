/* Devices as they are now, a new one by QR code; staff and what each role may do. */
import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import {
    Button,
    Chips,
    Choice,
    Code,
    Countdown,
    Dot,
    everySecond,
    Field,
    Head,
    Name,
    Notice,
    Panel,
    Region,
    serverNow,
    Sheet,
    Table,
    tell,
    useActions,
    whole,
    type RegionState,
} from "../kit";
import { printerText } from "../kit/labels";
import { refusalText, roleText } from "../kit/refusal";
import { begin, say, sayMany } from "../kit/words";
import { History, OthersNotice, useOthers } from "../desk/history";
import { saved } from "../desk/save";
import { useTyped } from "../desk/fields";
import type { Client } from "../lib/api";
import {
    MasterKind,
    PrinterState,
    Right,
    type Code as EnrolCode,
    type Refusal,
    type StaffMember,
    type TerminalMember,
} from "../lib/messages";
import { done, useLists, type Lists } from "./lists";
import { Matrix } from "./matrix";
import { Person } from "./person";
import { QrPicture } from "./qr-picture";
import { GiveRoot, usePageRoot } from "./root";

/* ---- the screen ---- */

export function People({ client }: { client: Client }): JSX.Element {
    const { lists, refused, again } = useLists(client);
    const [adding, setAdding] = useState<
        "device" | "person" | "root" | { terminal: TerminalMember } | { person: StaffMember } | undefined
    >(undefined);
    const fingerprint = usePageRoot();
    const devices = client.may(Right.RIGHT_EDIT_TERMINALS),
        people = client.may(Right.RIGHT_EDIT_STAFF);
    useActions([
        ...(devices
            ? [{ id: "add-device", key: "+", title: say("Add a device"), run: () => setAdding("device") }]
            : []),
        ...(people ? [{ id: "add-person", title: say("Add a person"), run: () => setAdding("person") }] : []),
    ]);
    const state: RegionState =
        refused !== undefined
            ? {
                  kind: "refused",
                  head: refusalText(refused, client),
                  ways: <Button onClick={again}>{say("Ask again")}</Button>,
              }
            : lists === undefined
              ? { kind: "loading" }
              : { kind: "here" };
    const bound = client.me.value?.bound_branch;
    const branchName = (number: number): string => lists?.branches.find((each) => each.branch === number)?.name ?? "–";
    const close = (): void => {
        setAdding(undefined);
        again();
    };
    return (
        <div class="screen">
            <Head title={say("Devices and staff")}>
                {lists !== undefined && (
                    <span class="small ink-2 nowrap">
                        {sayMany("{count} device", "{count} devices", lists.terminals.length, {
                            count: whole(lists.terminals.length),
                        })}
                        {lists.staff.length > 0 && (
                            <>
                                {" "}
                                ·{" "}
                                {sayMany("{count} person", "{count} people", lists.staff.length, {
                                    count: whole(lists.staff.length),
                                })}
                            </>
                        )}
                    </span>
                )}
                {client.may(Right.RIGHT_EDIT_BRANCHES) && (
                    <a href="#/places" class="button plain small-button">
                        {say("Branches, tills and accounts")}
                    </a>
                )}
                {client.may(Right.RIGHT_SET_LIMIT) && (
                    <a href="#/policy" class="button plain small-button not-on-phone">
                        {say("Credit policy")}
                    </a>
                )}
            </Head>
            <div class="columns">
                <Panel
                    title={say("Devices")}
                    note={say("as they are now")}
                    end={
                        devices && (
                            <Button filled onClick={() => setAdding("device")} hotkey="+">
                                {say("Add a device")}
                            </Button>
                        )
                    }>
                    {fingerprint !== undefined && (
                        <Notice end={<Button onClick={() => setAdding("root")}>{say("Give the root")}</Button>}>
                            {say("A new device has to be given the root of this page, once.")}
                        </Notice>
                    )}
                    <Region state={state} rows={6}>
                        {lists !== undefined && (
                            <Devices
                                client={client}
                                lists={lists}
                                branchName={branchName}
                                onOpen={devices ? (terminal) => setAdding({ terminal }) : undefined}
                                opens={(terminal) => bound === undefined || terminal.branch === bound}
                            />
                        )}
                    </Region>
                </Panel>
                <div class="stack">
                    <Panel
                        title={say("Staff")}
                        end={people && <Button onClick={() => setAdding("person")}>{say("Add a person")}</Button>}>
                        <Region state={state} rows={6}>
                            {lists !== undefined && (
                                <Staff
                                    client={client}
                                    lists={lists}
                                    branchName={branchName}
                                    onOpen={people ? (person) => setAdding({ person }) : undefined}
                                    opens={(person) => bound === undefined || person.branch === bound}
                                />
                            )}
                        </Region>
                    </Panel>
                    <Matrix
                        client={client}
                        lit={typeof adding === "object" && "person" in adding ? adding.person.role : undefined}
                    />
                </div>
            </div>
            {adding === "root" && fingerprint !== undefined && <GiveRoot fingerprint={fingerprint} onClose={close} />}
            {adding === "device" && <NewDevice client={client} lists={lists} onClose={close} />}
            {typeof adding === "object" && "terminal" in adding && (
                <Device
                    client={client}
                    terminal={
                        lists?.terminals.find((each) => each.terminal === adding.terminal.terminal) ?? adding.terminal
                    }
                    lists={lists}
                    onClose={close}
                />
            )}
            {adding === "person" && <Person client={client} lists={lists} onClose={close} />}
            {typeof adding === "object" && "person" in adding && (
                <Person client={client} lists={lists} person={adding.person} onClose={close} />
            )}
        </div>
    );
}

/* ---- devices ---- */

interface DevicesProps {
    client: Client;
    lists: Lists;
    branchName: (branch: number) => string;
    onOpen: ((terminal: TerminalMember) => void) | undefined;
    opens: (terminal: TerminalMember) => boolean;
}

function Devices({ client, lists, branchName, onOpen, opens }: DevicesProps): JSX.Element {
    const own = client.welcome.value?.terminal;
    const me = client.me.value;
    const nameOf = (staff: number): string => {
        const known = lists.staff.find((each) => each.staff === staff);
        return known?.name?.value ?? known?.login ?? (staff === me?.staff ? me.name : "–");
    };
    const person = (row: TerminalMember): string =>
        row.terminal === own && me !== undefined
            ? me.name
            : !row.connected || row.staff === undefined || row.staff === 0
              ? "–"
              : nameOf(row.staff);
    return (
        <Table
            label={say("Devices")}
            rows={lists.terminals}
            id={(row) => row.terminal}
            onOpen={onOpen}
            opens={opens}
            columns={[
                {
                    id: "name",
                    head: say("terminal::Device"),
                    class: "cut",
                    cell: (row) => (
                        <>
                            <b>
                                <Name class="cut">{row.name}</Name>
                            </b>
                            <span class="small ink-2 only-phone">
                                <Name>{branchName(row.branch)}</Name>
                            </span>
                            {row.terminal === own && <span class="small ink-2"> {say("this one")}</span>}
                        </>
                    ),
                },
                {
                    id: "branch",
                    head: say("Branch"),
                    class: "cut only-desk",
                    cell: (row) => <Name class="cut">{branchName(row.branch)}</Name>,
                },
                { id: "line", head: say("Connection"), cell: (row) => <DeviceLine row={row} /> },
                {
                    id: "person",
                    head: say("Person"),
                    class: "cut only-desk",
                    cell: (row) => <Name class="cut">{person(row)}</Name>,
                },
            ]}
        />
    );
}

/* One of them opened: a new code, or no more. */
function Device({
    client,
    terminal,
    lists,
    onClose,
}: {
    client: Client;
    terminal: TerminalMember;
    lists: Lists | undefined;
    onClose: () => void;
}): JSX.Element {
    const [step, setStep] = useState<"look" | "code" | "block">("look");
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const own = terminal.terminal === client.welcome.value?.terminal;
    const { name } = terminal;
    const branchName = (number: number): string | undefined =>
        lists?.branches.find((each) => each.branch === number)?.name;
    const block = async (): Promise<void> => {
        const said = await done(
            client,
            client.submit("change_terminal", { terminal: terminal.terminal, blocked: !terminal.blocked }).ended,
        );
        if (typeof said === "string") setWrong(said);
        else onClose();
    };
    return (
        <Sheet title={name} onClose={onClose}>
            {step === "code" ? (
                <NewCode
                    client={client}
                    terminal={terminal.terminal}
                    lists={lists}
                    printer={terminal.printer === true}
                />
            ) : (
                <div class="stack">
                    <p class="ink-2">
                        <DeviceLine row={terminal} />
                    </p>
                    {step === "look" && <DeviceFields client={client} terminal={terminal} lists={lists} />}
                    {wrong !== undefined && (
                        <Notice tone="over" role="alert">
                            {wrong}
                        </Notice>
                    )}
                    {step === "block" && (
                        <p>
                            {say(
                                "It is cut within a second, and nothing is taken from it any more. What it sold stays. It can be allowed again with a new code.",
                            )}
                        </p>
                    )}
                    <div class="row">
                        {step === "look" && !terminal.blocked && (
                            <Button onClick={() => setStep("code")}>{say("New code")}</Button>
                        )}
                        {step === "look" &&
                            !own &&
                            (terminal.blocked ? (
                                <Button onClick={() => void block()}>{say("Allow again")}</Button>
                            ) : (
                                <Button danger onClick={() => setStep("block")}>
                                    {say("Block …")}
                                </Button>
                            ))}
                        {step === "block" && (
                            <>
                                <Button danger onClick={() => void block()}>
                                    {say("Block {name}", { name })}
                                </Button>
                                <Button onClick={() => setStep("look")}>{say("Leave it")}</Button>
                            </>
                        )}
                    </div>
                    {step === "look" && (
                        <>
                            <h3 class="small ink-2">{say("What was changed")}</h3>
                            <History
                                client={client}
                                kind={MasterKind.MASTER_TERMINAL}
                                id={terminal.terminal}
                                names={{ branch: branchName }}
                                rows={5}
                            />
                        </>
                    )}
                </div>
            )}
        </Sheet>
    );
}

/* What it is called, and where it stands. */
function DeviceFields({
    client,
    terminal,
    lists,
}: {
    client: Client;
    terminal: TerminalMember;
    lists: Lists | undefined;
}): JSX.Element {
    const bound = client.me.value?.bound_branch;
    const typed = useTyped({ name: terminal.name });
    const [branch, setBranch] = useState<number | undefined>(undefined);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const others = useOthers(client, MasterKind.MASTER_TERMINAL, terminal.terminal);
    const branches = (lists?.branches ?? []).filter((each) => bound === undefined || each.branch === bound);
    const moved = branch !== undefined && branch !== terminal.branch;
    const save = async (): Promise<void> => {
        setWrong(undefined);
        if (!(await others.check())) return;
        const came = await saved(
            client,
            client.submit("change_terminal", {
                terminal: terminal.terminal,
                name: typed.changed("name") ? typed.of("name").trim() : undefined,
                branch: moved ? branch : undefined,
            }),
        );
        if ("wrong" in came) setWrong(came.wrong);
        else {
            others.mine();
            typed.clear();
        }
    };
    return (
        <form
            class="desk-form"
            onSubmit={(event) => {
                event.preventDefault();
                void save();
            }}>
            <OthersNotice client={client} others={others} />
            <div class="form-row">
                <Field
                    label={say("Name")}
                    value={typed.of("name")}
                    onText={(text) => typed.put("name", text)}
                    wrong={wrong}
                />
                <Choice
                    label={say("Branch")}
                    value={branch ?? terminal.branch}
                    options={branches.map((each) => ({ id: each.branch, text: each.name }))}
                    onPick={setBranch}
                />
            </div>
            {(typed.any || moved) && (
                <div class="row">
                    <Button submit blocked={typed.of("name").trim() === "" && say("Give it a name first")}>
                        {say("Keep the changes")}
                    </Button>
                </div>
            )}
        </form>
    );
}

function DeviceLine({ row }: { row: TerminalMember }): JSX.Element {
    if (row.blocked)
        return (
            <span class="over nowrap">
                <span aria-hidden="true">✕ </span>
                {say("blocked")}
            </span>
        );
    if (!row.enrolled)
        return (
            <span class="ink-2 nowrap">
                <Dot of="way" />
                {say("waits for its code")}
            </span>
        );
    if (row.printer && row.connected && row.printer_state !== PrinterState.PRINTER_READY)
        return (
            <span class="late nowrap">
                <Dot of="way" />
                {row.printer_state === undefined ? say("does not print") : printerText(row.printer_state)}
            </span>
        );
    return row.connected ? (
        <span class="nowrap">
            <Dot of="live" />
            {row.printer ? say("prints") : say("live")}
        </span>
    ) : (
        <span class="ink-2 nowrap">
            <Dot of="lost" />
            {say("not connected")}
        </span>
    );
}

function NewDevice({
    client,
    lists,
    onClose,
}: {
    client: Client;
    lists: Lists | undefined;
    onClose: () => void;
}): JSX.Element {
    const bound = client.me.value?.bound_branch;
    const branches =
        lists?.branches.filter((each) => !each.blocked && (bound === undefined || each.branch === bound)) ?? [];
    const [name, setName] = useState("");
    const [branch, setBranch] = useState<number | undefined>(
        branches.length === 1 ? branches[0]!.branch : client.welcome.value?.branch,
    );
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const [terminal, setTerminal] = useState<number | undefined>(undefined);
    const [printer, setPrinter] = useState(false);
    const add = async (): Promise<void> => {
        if (busy || name.trim() === "" || branch === undefined) return;
        setBusy(true);
        const what = { branch, name: name.trim(), printer: printer || undefined };
        const said = await done(client, client.submit("add_terminal", what).ended);
        setBusy(false);
        if (typeof said === "string") setWrong(said);
        else setTerminal(Number(said));
    };
    if (terminal !== undefined)
        return (
            <Sheet title={name} onClose={onClose}>
                <NewCode client={client} terminal={terminal} lists={lists} printer={printer} />
            </Sheet>
        );
    return (
        <Sheet title={say("Add a device")} onClose={onClose}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    void add();
                }}>
                <div class="form-row">
                    <Field
                        label={say("Name")}
                        value={name}
                        onText={(text) => {
                            setName(text);
                            setWrong(undefined);
                        }}
                        placeholder={say("Till 3")}
                        wrong={wrong}
                        onEnter={() => void add()}
                    />
                    <Choice
                        label={say("Branch")}
                        value={branch}
                        options={branches.map((each) => ({ id: each.branch, text: each.name }))}
                        onPick={setBranch}
                    />
                </div>
                {client.knows("AddTerminal", "printer") && (
                    <Chips
                        label={say("What it is")}
                        value={printer ? "printer" : "till"}
                        options={[
                            { id: "till", text: say("Till, phone or office") },
                            { id: "printer", text: say("Printer of slips") },
                        ]}
                        onPick={(each) => setPrinter(each === "printer")}
                    />
                )}
                <Button
                    filled
                    wide
                    large
                    submit
                    blocked={
                        busy
                            ? say("sending")
                            : (name.trim() === "" && say("Give it a name first")) ||
                              (branch === undefined && say("Choose its branch first"))
                    }>
                    {say("Make its code")}
                </Button>
            </form>
        </Sheet>
    );
}

/* The link of the page with the code in its fragment: it is never sent to a server. */
export function enrolLink(page: Location, code: string): string {
    return `${page.origin}${page.pathname}#enrol=${encodeURIComponent(code)}`;
}

/* Where the command line reaches the server: the port that it listens on, at the name by which the page is here, unless it
 * listens on one address alone. A server of before does not say. */
export function enrolAddress(host: string, listens: string | undefined): string {
    const at = listens?.lastIndexOf(":") ?? -1;
    if (listens === undefined || at < 0) return `${host}:7420`;
    const own = listens.slice(0, at),
        port = listens.slice(at + 1);
    const any = own === "" || own === "0.0.0.0" || own === "[::]" || own === "::" || own === "*";
    return `${any ? host : own}:${port}`;
}

/* The page's own address is no other device's where it is this machine's to itself. */
const isLoopback = (host: string): boolean =>
    host === "localhost" || host.endsWith(".localhost") || host === "[::1]" || /^127(\.\d+){3}$/.test(host);

function CopyLink({ link }: { link: string }): JSX.Element {
    const [copied, setCopied] = useState<boolean | undefined>(undefined);
    useEffect(() => setCopied(undefined), [link]);
    /* Where the page has no clipboard the link is shown, to be marked and copied. */
    if (copied === false)
        return (
            <p class="small mono enrol-link" dir="ltr">
                {link}
            </p>
        );
    const copy = async (): Promise<void> => {
        try {
            await navigator.clipboard.writeText(link);
            setCopied(true);
        } catch {
            setCopied(false);
        }
    };
    return (
        <div class="row">
            <Button small onClick={() => void copy()}>
                {copied === true ? say("✓ copied") : say("Copy link")}
            </Button>
        </div>
    );
}

function NewCode({
    client,
    terminal,
    lists,
    printer,
}: {
    client: Client;
    terminal: number;
    lists: Lists | undefined;
    printer: boolean;
}): JSX.Element {
    const [code, setCode] = useState<EnrolCode | undefined>(undefined);
    const [refused, setRefused] = useState<Refusal | undefined>(undefined);
    const [before] = useState(() => lists?.terminals.find((each) => each.terminal === terminal));
    const [listens, setListens] = useState<string | undefined>(undefined);
    useEffect(() => {
        if (printer)
            void client.call("server_status", {}).then((told) => "answer" in told && setListens(told.answer.listens));
    }, [client, printer]);
    const ask = async (): Promise<void> => {
        setRefused(undefined);
        const answer = await client.call("make_code", { terminal });
        if ("refused" in answer) setRefused(answer.refused);
        else setCode(answer.answer);
    };
    useEffect(() => {
        void ask();
    }, [terminal]);
    const now = lists?.terminals.find((each) => each.terminal === terminal);
    const here =
        code !== undefined &&
        now?.enrolled === true &&
        (now.not_after_ms !== before?.not_after_ms ||
            before?.enrolled !== true ||
            (now.connected === true && before.connected !== true));
    useEffect(() => {
        if (here) tell(say("{name} is a device now", { name: now?.name ?? "" }));
    }, [here]);
    everySecond();
    if (refused !== undefined)
        return (
            <Notice tone="over" role="alert" end={<Button onClick={() => void ask()}>{say("Ask again")}</Button>}>
                {refusalText(refused, client)}
            </Notice>
        );
    if (code === undefined) return <Region state={{ kind: "loading" }} rows={5} />;
    const over = serverNow() > Number(code.expires_ms);
    return (
        <div class="stack">
            {here ? (
                <Notice tone="credit" role="status">
                    <b>
                        <span aria-hidden="true">✓ </span>
                        {say("{name} is a device now", { name: now?.name ?? "" })}
                    </b>
                </Notice>
            ) : over ? (
                <Notice tone="late" end={<Button onClick={() => void ask()}>{say("New code")}</Button>}>
                    {say("This code is too old. It opens nothing any more.")}
                </Notice>
            ) : (
                <>
                    <div class="enrol">
                        {!printer && <QrPicture text={enrolLink(location, code.code)} />}
                        <div class="stack grow">
                            <p>
                                {printer
                                    ? say("On the machine beside the printer type this, with the server's address")
                                    : say("Scan it with the new device, or open this page there and type")}
                            </p>
                            {printer ? (
                                <p class="mono" dir="ltr">
                                    tefter enrol {enrolAddress(location.hostname, listens)} {code.code}
                                    <br />
                                    tefter printer --to 192.168.1.50
                                </p>
                            ) : (
                                <div class="enrol-code">{code.code}</div>
                            )}
                            <p class="ink-2 small">
                                {say("It counts once.")} {say("Valid for")} <Countdown until={code.expires_ms} />
                            </p>
                            <p class="ink-2 small mono cut" dir="ltr">
                                {location.origin}
                                {location.pathname}
                            </p>
                            {!printer && <CopyLink link={enrolLink(location, code.code)} />}
                        </div>
                    </div>
                    {!printer && isLoopback(location.hostname) && (
                        <Notice tone="late">
                            <div class="stack">
                                <span>
                                    {say(
                                        "Other devices cannot reach this address: it is this machine's own, and serves for another browser here. For tills and phones start the server with an address of the network and a certificate:",
                                    )}
                                </span>
                                <span class="mono small" dir="ltr">
                                    tefterd web-root {say("NAME")} --ledger {say("FOLDER")}
                                    <br />
                                    tefterd --ledger {say("FOLDER")} --web 0.0.0.0:8443
                                </span>
                            </div>
                        </Notice>
                    )}
                    <div class="row">
                        <span class="grow ink-2" role="status">
                            <Dot of="way" />
                            {say("waiting for the device to answer")}
                        </span>
                        <Button onClick={() => void ask()}>{say("New code")}</Button>
                    </div>
                </>
            )}
        </div>
    );
}

/* ---- staff ---- */

interface StaffProps {
    client: Client;
    lists: Lists;
    branchName: (branch: number) => string;
    onOpen: ((person: StaffMember) => void) | undefined;
    opens: (person: StaffMember) => boolean;
}

function Staff({ lists, branchName, onOpen, opens }: StaffProps): JSX.Element {
    const at = (person: StaffMember): TerminalMember | undefined =>
        lists.terminals.find((each) => each.connected && each.staff === person.staff);
    return (
        <Table
            label={say("Staff")}
            rows={lists.staff}
            id={(row) => row.staff}
            onOpen={onOpen}
            opens={opens}
            columns={[
                {
                    id: "name",
                    head: say("Name"),
                    class: "cut",
                    cell: (row) => (
                        <>
                            <b>
                                <Name class="cut">{row.name?.value ?? row.login}</Name>
                            </b>
                            <span class="small ink-2 only-phone">{begin(roleText(row.role))}</span>
                        </>
                    ),
                },
                {
                    id: "login",
                    head: say("Logs in as"),
                    class: "cut only-desk",
                    cell: (row) => <Code>{row.login}</Code>,
                },
                { id: "role", head: say("Role"), class: "only-desk", cell: (row) => begin(roleText(row.role)) },
                {
                    id: "branch",
                    head: say("Branch"),
                    class: "cut only-desk",
                    cell: (row) =>
                        row.branch === undefined ? say("all") : <Name class="cut">{branchName(row.branch)}</Name>,
                },
                {
                    id: "now",
                    head: say("Now"),
                    class: "cut",
                    cell: (row) =>
                        row.blocked ? (
                            <span class="over nowrap">
                                <span aria-hidden="true">✕ </span>
                                {say("blocked")}
                            </span>
                        ) : at(row) !== undefined ? (
                            <span class="nowrap">
                                <Dot of="live" />
                                <Name>{at(row)!.name}</Name>
                            </span>
                        ) : !row.has_password && !row.has_pin ? (
                            <span class="late">{say("no PIN yet")}</span>
                        ) : (
                            "–"
                        ),
                },
            ]}
        />
    );
}
