/* The frame around a screen: rail or tab bar, head with the line's mark, band while the line is lost. */
import { Fragment, type ComponentChildren, type JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import {
    Button,
    classes,
    head,
    href,
    Icon,
    icons,
    inForm,
    Kbd,
    Name,
    politely,
    route,
    Sheet,
    waits,
    whole,
    type Screen,
} from "../kit";
import { PracticeBand } from "../desk";
import { roleText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import type { Client } from "../lib/api";
import { initials } from "./known";
import { AsideHere, LeftHere, leftHere } from "./left";
import { LineMark, lineWords, LostBand, NewerBand } from "./line";
import { PasswordBand } from "./password";
import { listed, onPhone, screensOf } from "./screens";

interface FrameProps {
    client: Client;
    screen: Screen | undefined;
    children: ComponentChildren;
    onPerson: (login?: string) => void;
    onFind: () => void;
}

export function Frame({ client, screen, children, onPerson, onFind }: FrameProps): JSX.Element {
    const list = listed(client, screensOf(client));
    const phone = onPhone(list);
    const [more, setMore] = useState(false);
    return (
        <div class={classes("frame", client.line.value.kind === "lost" && "lost", inForm.value > 0 && "in-form")}>
            <a
                class="skip"
                href="#main"
                onClick={(event) => {
                    event.preventDefault();
                    document.getElementById("main")?.focus();
                }}>
                {say("To the screen")}
            </a>
            <Rail client={client} list={list} screen={screen} onPerson={() => onPerson()} onFind={onFind} />
            <div class="frame-main">
                <HeadBar client={client} />
                <Bands>
                    <PracticeBand client={client} />
                    <LostBand client={client} />
                    <PasswordBand client={client} />
                    <LeftHere client={client} onPerson={onPerson} />
                    <AsideHere client={client} />
                    <NewerBand />
                </Bands>
                <main id="main" tabIndex={-1}>
                    {children}
                </main>
            </div>
            <TabBar list={phone} screen={screen} more={more} onMore={() => setMore(true)} />
            {more && (
                <More
                    client={client}
                    list={phone}
                    onClose={() => setMore(false)}
                    onPerson={() => onPerson()}
                    onFind={onFind}
                />
            )}
            <div class="unseen" role="status" aria-live="polite">
                {politely.value !== "" ? politely.value : client.line.value.kind === "live" ? "" : lineWords(client)}
            </div>
        </div>
    );
}

/* What is told above the screen takes its height from screens that fill the window. */
function Bands({ children }: { children: ComponentChildren }): JSX.Element {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        if (typeof ResizeObserver === "undefined") return undefined;
        const watch = new ResizeObserver(() =>
            box.current?.closest<HTMLElement>(".frame")?.style.setProperty("--band", `${box.current.offsetHeight}px`),
        );
        watch.observe(box.current!);
        return () => watch.disconnect();
    }, []);
    return (
        <div class="bands" ref={box}>
            {children}
        </div>
    );
}

function Count({ screen }: { screen: Screen }): JSX.Element | null {
    const count = screen.id === "approvals" ? waits.value : 0;
    if (count === 0) return null;
    return (
        <span class="rail-count">
            <span aria-hidden="true">{whole(count)}</span>
            <span class="unseen">{sayMany("{count} waits", "{count} wait", count, { count: whole(count) })}</span>
        </span>
    );
}

/* A tip stands beside its item and is not cut by the rail. */
function place(event: Event): void {
    const item = event.currentTarget as HTMLElement;
    const tip = item.querySelector<HTMLElement>(".rail-tip");
    if (tip !== null) tip.style.insetBlockStart = `${item.getBoundingClientRect().top + 6}px`;
}

function Rail({
    client,
    list,
    screen,
    onPerson,
    onFind,
}: {
    client: Client;
    list: readonly Screen[];
    screen: Screen | undefined;
    onPerson: () => void;
    onFind: () => void;
}): JSX.Element {
    const me = client.me.value;
    const company = client.welcome.value?.company ?? "";
    const left = leftHere(client).reduce((sum, each) => sum + each.items.length, 0);
    return (
        <nav class="rail" aria-label={say("Screens")}>
            <a class="rail-name" href={href(list[0]?.id ?? "settings")} aria-label="Tefter">
                <span aria-hidden="true">
                    T<span class="rail-rest">efter</span>
                </span>
            </a>
            <span class="rail-company small ink-2">
                <Name class="cut">{company}</Name>
            </span>
            {list.map((each) => (
                <a
                    key={each.id}
                    class="rail-item"
                    href={href(each.id)}
                    aria-current={each.id === screen?.id ? "page" : undefined}
                    aria-label={each.title()}
                    onMouseEnter={place}
                    onFocus={place}>
                    <Icon path={each.icon} />
                    <span class="rail-word" aria-hidden="true">
                        {each.title()}
                    </span>
                    <Count screen={each} />
                    <span class="rail-tip" aria-hidden="true">
                        {each.title()} <kbd>g {each.key}</kbd>
                    </span>
                </a>
            ))}
            <span class="rail-room" />
            <button
                type="button"
                class="rail-item"
                aria-label={say("Find anything")}
                onClick={onFind}
                onMouseEnter={place}
                onFocus={place}>
                <Kbd>?</Kbd>
                <span class="rail-word">{say("Find anything")}</span>
                <span class="rail-tip" aria-hidden="true">
                    {say("Find anything")}
                </span>
            </button>
            {me !== undefined && (
                <button
                    type="button"
                    class="rail-item rail-person"
                    onClick={onPerson}
                    onMouseEnter={place}
                    onFocus={place}>
                    <span class="unseen">
                        {say("{name}, {role}. Another person", { name: me.name, role: roleText(me.role) })}
                    </span>
                    <span class="rail-me" aria-hidden="true">
                        {initials(me.name)}
                    </span>
                    {left > 0 && (
                        <span class="rail-count">
                            <span aria-hidden="true">{whole(left)}</span>
                            <span class="unseen">
                                {sayMany("{count} is not booked yet", "{count} are not booked yet", left, {
                                    count: whole(left),
                                })}
                            </span>
                        </span>
                    )}
                    <span class="rail-word" aria-hidden="true">
                        <b class="small">
                            <Name class="cut">{me.name}</Name>
                        </b>
                        <span class="small ink-2">{roleText(me.role)}</span>
                    </span>
                    <span class="rail-tip" aria-hidden="true">
                        <Name>{me.name}</Name> · {say("another person")} <kbd>F10</kbd>
                    </span>
                </button>
            )}
        </nav>
    );
}

function HeadBar({ client }: { client: Client }): JSX.Element {
    const { title, children, tabs, end, back } = head.value;
    const welcome = client.welcome.value;
    const bar = useRef<HTMLElement>(null);
    useEffect(() => {
        if (typeof ResizeObserver === "undefined") return undefined;
        const watch = new ResizeObserver(() =>
            document.documentElement.style.setProperty("--head-now", `${bar.current?.offsetHeight ?? 52}px`),
        );
        watch.observe(bar.current!);
        return () => watch.disconnect();
    }, []);
    return (
        <header class="head" ref={bar}>
            {back !== undefined && (
                <Button plain class="head-back" onClick={back} label={say("Back")}>
                    <span aria-hidden="true">‹</span>
                </Button>
            )}
            {tabs !== undefined ? (
                <div class="head-tabs">
                    <h1 class="unseen">{title}</h1>
                    {tabs}
                </div>
            ) : (
                <h1 class="head-title">
                    <Name class="cut">{title}</Name>
                </h1>
            )}
            {tabs === undefined && children !== undefined && <div class="head-more">{children}</div>}
            <div class="head-end">
                <span class="head-place">{end ?? (welcome !== undefined && <Name>{welcome.terminal_name}</Name>)}</span>
                <LineMark client={client} />
            </div>
        </header>
    );
}

const FIRST = 4;

function TabBar({
    list,
    screen,
    more,
    onMore,
}: {
    list: readonly Screen[];
    screen: Screen | undefined;
    more: boolean;
    onMore: () => void;
}): JSX.Element {
    const first = list.length <= FIRST + 1 ? list : list.slice(0, FIRST);
    const behind = list.length > FIRST + 1;
    const inside = behind && list.slice(FIRST).some((each) => each.id === screen?.id);
    return (
        <nav class="tab-bar" aria-label={say("Screens")}>
            {first.map((each) => (
                <a
                    key={each.id}
                    class="tab-item"
                    href={href(each.id)}
                    aria-current={each.id === screen?.id ? "page" : undefined}>
                    <Icon path={each.icon} />
                    <span>{each.title()}</span>
                    <Count screen={each} />
                </a>
            ))}
            {behind && (
                <button
                    type="button"
                    class="tab-item"
                    aria-current={inside ? "page" : undefined}
                    aria-expanded={more}
                    onClick={onMore}>
                    <svg class="icon" viewBox="0 0 20 20" aria-hidden="true" style={{ strokeWidth: "3" }}>
                        <path d={icons.more} />
                    </svg>
                    <span>{say("More")}</span>
                </button>
            )}
        </nav>
    );
}

function More({
    client,
    list,
    onClose,
    onPerson,
    onFind,
}: {
    client: Client;
    list: readonly Screen[];
    onClose: () => void;
    onPerson: () => void;
    onFind: () => void;
}): JSX.Element {
    const me = client.me.value;
    return (
        <Sheet title={client.welcome.value?.company ?? say("More")} onClose={onClose}>
            <div class="people">
                {list.slice(FIRST).map((each) => (
                    <Fragment key={each.id}>
                        <a
                            class="person"
                            href={href(each.id)}
                            onClick={onClose}
                            aria-current={each.id === route.value[0] ? "page" : undefined}>
                            <Icon path={each.icon} />
                            <span class="grow">{each.title()}</span>
                        </a>
                    </Fragment>
                ))}
                <button
                    type="button"
                    class="person"
                    onClick={() => {
                        onClose();
                        onFind();
                    }}>
                    <Icon path={icons.find} />
                    {say("Find anything")}
                </button>
                <button
                    type="button"
                    class="person"
                    onClick={() => {
                        onClose();
                        onPerson();
                    }}>
                    <span class="rail-me" aria-hidden="true">
                        {initials(me?.name ?? "")}
                    </span>
                    <span class="grow">
                        <Name>{me?.name ?? ""}</Name>
                        <br />
                        <span class="small ink-2">{say("Another person")}</span>
                    </span>
                </button>
            </div>
        </Sheet>
    );
}
