/* Which of all it shows: enrolment, login, a screen; and what acts everywhere. */
import { seldom } from "../counter/seldomly";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { wall, watchWaits } from "../board";
import {
    Button,
    fetchParts,
    Later,
    part,
    go,
    head,
    href,
    lockMinutes,
    Notice,
    begin,
    route,
    setLedger,
    Sheet,
    startKeys,
    startRoute,
    startScanner,
    useActions,
    usePerson,
    waits,
    whole,
} from "../kit";
import { refusalText } from "../kit/refusal";
import { language, say } from "../kit/words";
import type { Client } from "../lib/api";
import { RefusalCode } from "../lib/messages";
import { Guard } from "./fault";
import { Founding } from "./parts";
import { dropSecret, takeSecret } from "./secret";
import { Frame } from "./frame";
import { codeOf, Enrol, Gate, Lock, Login, PersonAndPin } from "./gate";
import { askPins, known, typed, wasHere } from "./known";
import { useNotices } from "./notices";
import { listed, screens, screensOf } from "./screens";

/* The code in the address is taken out at once: it is nobody's business later. */
function takeCode(): string | undefined {
    const code = codeOf(location.hash);
    if (code !== undefined) history.replaceState(null, "", location.pathname + location.search);
    return code;
}

/* Looked for when somebody looks: fetched in a quiet moment before. */
const finding = part(() => import("./find"));
const enrolAnew = part(() => import("./enrolanew"));

export function App({ client }: { client: Client }): JSX.Element | null {
    const [code, setCode] = useState(takeCode);
    const [secret, setSecret] = useState(takeSecret); /* of a founding link */
    const used = useRef<string | undefined>(undefined); /* by which this browser became a device just now */
    const device = client.device.value,
        line = client.line.value,
        me = client.me.value;
    useEffect(() => {
        startRoute();
        const again = (): void => {
            const found = takeCode();
            if (found !== undefined) setCode(found);
            if (/#found=/.test(location.hash)) setSecret(takeSecret());
        };
        window.addEventListener("hashchange", again);
        const ends = [startScanner(), startKeys()];
        return () => {
            ends.forEach((end) => end());
            window.removeEventListener("hashchange", again);
        };
    }, []);
    useEffect(() => {
        setLedger(client);
    }, [client.welcome.value]);
    useEffect(() => {
        if (typeof device === "object" && me !== undefined) wasHere(me);
    }, [me, device]);
    useTitle(client);

    if (device === undefined) return <div class="gate" aria-busy="true" />;
    if (secret !== undefined)
        return (
            <Founding
                key={secret}
                client={client}
                secret={secret}
                onEnd={() => {
                    dropSecret();
                    setSecret(undefined);
                }}
            />
        );
    if (device === "unknown") {
        used.current = code;
        return <Enrol client={client} code={code} />;
    }
    if (code !== undefined && code !== used.current)
        return (
            <Later
                part={enrolAnew}
                client={client}
                view={({ EnrolAnew }) => (
                    <EnrolAnew client={client} code={code} name={device.name} onLeave={() => setCode(undefined)} />
                )}
            />
        );
    if (line.kind === "ended") return <Ended client={client} />;
    if (me === undefined) return <Login client={client} />;
    return <Inside client={client} key={me.staff} />;
}

function useTitle(client: Client): void {
    const company = client.welcome.value?.company;
    const title = client.me.value === undefined ? "" : head.value.title;
    const count = waits.value;
    useEffect(() => {
        document.title = `${count > 0 ? `(${whole(count)}) ` : ""}${[title, company ?? "Tefter"].filter((part) => part !== "").join(" · ")}`;
    }, [company, title, count, language.value]);
}

/* ---- a device that is none any more ---- */

function Ended({ client }: { client: Client }): JSX.Element {
    const line = client.line.value;
    const why = line.kind === "ended" ? line.why : undefined;
    const newer = why?.code === RefusalCode.VERSION_UNKNOWN;
    return (
        <Gate client={client} wide>
            <h1>{newer ? say("This page is older than the server") : say("This device is not connected any more")}</h1>
            <p class="ink-2">{why !== undefined ? refusalText(why, client) : say("The server ended it.")}</p>
            {client.pending.value.length > 0 && (
                <Notice tone="late">
                    {say("What was kept here unsent is still here. Do not clear the data of this browser.")}
                </Notice>
            )}
            <Button large wide onClick={() => location.reload()}>
                {say("Load the page again")}
            </Button>
        </Gate>
    );
}

/* ---- logged in ---- */

function Inside({ client }: { client: Client }): JSX.Element {
    const [sheet, setSheet] = useState<"person" | "find" | undefined>(undefined);
    const [wantedLogin, setWantedLogin] = useState<string | undefined>(undefined);
    const [locked, setLocked] = useState(false);
    const list = screensOf(client);
    const wanted = route.value[0];
    const screen = list.find((each) => each.id === wanted);
    const absent = screens.find((each) => each.id === wanted && screen === undefined);
    useEffect(() => watchWaits(client), [client]);
    /* What the browser could not keep is lost with the page: it asks before. */
    useEffect(() => {
        const ask = (event: BeforeUnloadEvent): void => {
            if (client.pending.peek().some((each) => !each.kept.peek())) event.preventDefault();
        };
        addEventListener("beforeunload", ask);
        return () => removeEventListener("beforeunload", ask);
    }, [client]);
    useEffect(() => fetchParts([finding, seldom, ...list.map((each) => each.part)]), [client]);
    useEffect(() => {
        if (locked || sheet === "person") return;
        void askPins(client);
    }, [client, route.value[0], sheet]);
    useIdle(() => {
        if (client.line.peek().kind !== "lost" && !wall.peek()) setLocked(true);
    });
    useNotices(client, locked, (hash) => {
        location.hash = hash;
    });
    useLayoutEffect(() => {
        if (wanted === undefined && list[0] !== undefined) begin(list[0].id);
    }, [wanted]);
    const path = route.value.join("/");
    const pathBefore = useRef(path);
    const foundAt = useRef(""); /* where it was opened: perhaps on the way to this screen */
    useLayoutEffect(() => {
        window.scrollTo(0, 0);
    }, [wanted]);
    useLayoutEffect(() => {
        if (pathBefore.current === path) return;
        pathBefore.current = path;
        if (foundAt.current !== location.hash) setSheet((now) => (now === "find" ? undefined : now));
    }, [path]);
    const find = (): void => {
        foundAt.current = location.hash;
        setSheet("find");
    };
    useActions([
        ...listed(client, list).map((each) => ({
            id: `go-${each.id}`,
            key: `g ${each.key}`,
            title: each.title(),
            run: () => go(each.id),
        })),
        ...list
            .filter((each) => each.found)
            .map((each) => ({ id: `go-${each.id}`, title: each.title(), run: () => go(each.id) })),
        ...screens
            .filter((each) => (each.found || listed(client, [each]).length > 0) && !list.includes(each))
            .map((each) => ({
                id: `go-${each.id}`,
                title: each.title(),
                run: () => undefined,
                who: say("not with your role"),
            })),
        { id: "find", key: "?", title: "", run: find },
        { id: "find.list", key: "/", title: "", run: find },
        { id: "find.any", key: "Ctrl K", title: "", run: find },
        { id: "person", key: "F10", title: say("Another person"), run: () => openPerson() },
        { id: "lock", title: say("Lock now"), run: () => setLocked(true) },
        { id: "log-out", title: say("Log out"), run: () => void client.logout() },
    ]);
    const openPerson = (login?: string): void => {
        setWantedLogin(login);
        setSheet("person");
    };
    const View = screen?.view;
    return (
        <>
            <div inert={locked} style={locked ? { visibility: "hidden" } : undefined}>
                <Frame client={client} screen={screen} onPerson={openPerson} onFind={find}>
                    <Guard client={client} name={wanted ?? ""}>
                        {View !== undefined ? (
                            <View key={screen!.id} client={client} at={route.value.slice(1)} />
                        ) : (
                            wanted !== undefined && (
                                <Nowhere client={client} title={absent?.title()} first={list[0]?.id ?? "settings"} />
                            )
                        )}
                    </Guard>
                </Frame>
            </div>
            {sheet === "find" && !locked && (
                <Later
                    part={finding}
                    client={client}
                    view={({ Find }) => <Find client={client} onClose={() => setSheet(undefined)} />}
                />
            )}
            {sheet === "person" && !locked && (
                <Sheet title={say("Another person")} onClose={() => setSheet(undefined)}>
                    <p class="ink-2 small" style={{ marginBlockEnd: "8px" }}>
                        {say("What is half typed waits for {name}.", { name: client.me.value?.name ?? "" })}
                    </p>
                    <PersonAndPin
                        client={client}
                        first={
                            wantedLogin === undefined
                                ? known.value.find((each) => each.login !== client.me.value?.login)
                                : (known.value.find((each) => each.login === wantedLogin) ?? typed(wantedLogin))
                        }
                        onEntered={() => setSheet(undefined)}
                    />
                </Sheet>
            )}
            {locked && <Lock client={client} onOpen={() => setLocked(false)} />}
        </>
    );
}

function Nowhere({ client, title, first }: { client: Client; title: string | undefined; first: string }): JSX.Element {
    return (
        <div class="screen">
            <Notice
                end={
                    <a class="button" href={href(first)}>
                        {say("Back to the start")}
                    </a>
                }>
                <b>{title ?? say("There is no such screen")}</b>
                <div>
                    {title !== undefined
                        ? say("{name} may not see this screen.", { name: client.me.value?.name ?? "" })
                        : say("The address is not one of this program.")}
                </div>
            </Notice>
        </div>
    );
}

/* After some minutes without a key or a touch, by the wall's clock: a machine that slept is locked before it is seen. */
function useIdle(lock: () => void): void {
    const act = useRef(lock);
    act.current = lock;
    const minutes = lockMinutes.value;
    useEffect(() => {
        if (minutes === 0) return undefined;
        let last = Date.now();
        const check = (): void => {
            if (Date.now() - last > minutes * 60_000) act.current();
        };
        const moved = (): void => {
            check();
            last = Date.now();
        };
        const events = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"] as const;
        events.forEach((event) => window.addEventListener(event, moved, { capture: true, passive: true }));
        document.addEventListener("visibilitychange", check);
        const timer = setInterval(check, 5000);
        return () => {
            events.forEach((event) => window.removeEventListener(event, moved, { capture: true }));
            document.removeEventListener("visibilitychange", check);
            clearInterval(timer);
        };
    }, [minutes]);
}

export function useLanguageOf(client: Client): void {
    const staff = client.me.value?.staff;
    useEffect(() => {
        void usePerson(staff);
    }, [staff]);
}
