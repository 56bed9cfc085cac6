/* Puts it together: what the shell opens once and gives to every screen. */
import { batch, signal } from "@preact/signals";
import { has, makeAsides } from "./aside";
import type { Asked, Called, Client, Device, Drafts, Entering, Me, Pending } from "./api";
import { Broken, decode, encode, Older } from "./codec";
import {
    enrolDevice,
    forgetDevice,
    helloOf,
    keepGreeting,
    keepMet,
    readDevice,
    readGreeting,
    same,
    type Kept,
} from "./device";
import { forgetRecovery, foundLedger, lookAtFounding, recoveryOf } from "./found";
import { Gone, makeLink, refusal, type Link } from "./link";
import {
    PrintOutcome,
    RefusalCode,
    type Answer,
    type Command,
    type Goodbye,
    type LoggedIn,
    type Refusal,
    type Right,
    type ToTerminal,
    type Welcome,
} from "./messages";
import { hex, makeOutbox, settled, unhex } from "./outbox";
import { makeFeeds } from "./replica";
import { openStore } from "./store";

const ASK_MS = 10_000,
    PRINT_MS = 50_000 /* longer than the server waits for its printer */,
    HIDDEN_MS = 250;
const COMMAND_MAX = 262_000; /* a frame to the server has 262,144 bytes at most */
const TOKEN = "tefter token";

/* After these nothing is tried again by itself. */
const FINAL = [
    RefusalCode.TERMINAL_BLOCKED,
    RefusalCode.TERMINAL_UNKNOWN,
    RefusalCode.PROOF_WRONG,
    RefusalCode.ORIGIN_NOT_OURS,
    RefusalCode.VERSION_UNKNOWN,
    RefusalCode.CERTIFICATE_EXPIRED,
];
/* These say that the key counts no more: the browser is nobody until it is enrolled. */
const REVOKED = [RefusalCode.TERMINAL_UNKNOWN, RefusalCode.PROOF_WRONG];

interface Session extends Omit<Me, "rights"> {
    rights: Right[];
    token: string;
    ahead_ms: number /* the server's clock, of ours */;
}

/* Where the relay takes WebSockets. */
export function addressOf(page: Location): string {
    return `${page.protocol === "https:" ? "wss" : "ws"}://${page.host}/`;
}

export function openClient(url = addressOf(location)): Client {
    const store = openStore();
    const device = signal<Device | "unknown" | undefined>(undefined);
    const me = signal<Me | undefined>(undefined);
    const remembered = signal<number | undefined>(undefined);
    let kept: Kept | undefined;
    let token: Uint8Array | undefined;
    let inside = false; /* this connection knows who is logged in */
    let entering: (() => void)[] = [];

    const link: Link = makeLink(url, { hello, welcomed, pushed, gone, behind: () => feeds.behind() });
    const feeds = makeFeeds(
        () => link,
        paint(() => link.look()),
    );
    const asides = makeAsides(store);
    const outbox = makeOutbox(store, link, () => (inside ? me.peek() : undefined), place, leftBehind, asides.put);

    function place(): { terminal: number; ledger: string } | undefined {
        return kept && { terminal: kept.terminal, ledger: hex(kept.ledger) };
    }

    function pushed(frame: ToTerminal): void {
        feeds.pushed(frame);
        if (frame.delta) link.newer(frame.delta.this);
    }

    /* ---- the device ---- */

    async function hello(first: ToTerminal): ReturnType<typeof helloOf> {
        if (!first.challenge) throw new Broken("it does not begin with a challenge");
        const said = await helloOf(store, first.challenge);
        if (!said) device.value = "unknown";
        return said;
    }

    function welcomed(welcome: Welcome): Refusal | undefined {
        if (!kept) return refusal(RefusalCode.TERMINAL_UNKNOWN);
        if (welcome.incarnation < kept.met) return refusal(RefusalCode.TERMINAL_UNKNOWN, "incarnation");
        const nonce = welcome.incarnation_nonce ?? new Uint8Array(0);
        if (welcome.incarnation > kept.met || !kept.met_nonce || !same(kept.met_nonce, nonce)) {
            kept = { ...kept, met: welcome.incarnation, met_nonce: welcome.incarnation_nonce };
            void keepMet(store, kept);
        }
        remembered.value = undefined;
        void keepGreeting(store, welcome);
        void Promise.resolve().then(useToken);
        return undefined;
    }

    async function revoked(code: RefusalCode): Promise<void> {
        leave();
        await store.clear("drafts").catch(() => undefined);
        if (!REVOKED.includes(code)) return;
        await forgetDevice(store);
        kept = undefined;
        device.value = "unknown";
    }

    function gone(why: Goodbye | undefined): void {
        inside = false;
        outbox.gone();
        feeds.gone();
        const refused = why?.refused;
        if (!refused) return;
        if (refused.code === RefusalCode.NOT_LOGGED_IN || refused.code === RefusalCode.STAFF_BLOCKED) leave();
        if (!FINAL.includes(refused.code)) return;
        void revoked(refused.code);
        link.end(refused);
    }

    /* ---- who is logged in ---- */

    function entered(what: LoggedIn): void {
        const { staff, login, role, rights, expires_ms, password_by, password_ms = 0n, bound_branch } = what;
        const name = what.name?.value || login;
        token = what.token;
        try {
            const ahead_ms = link.clock() - Date.now();
            const session: Session = {
                ...{ staff, login, name, role, rights, expires_ms, password_by, password_ms, bound_branch },
                token: hex(token),
                ahead_ms,
            };
            const plain = (_: string, value: unknown): unknown => (typeof value === "bigint" ? String(value) : value);
            sessionStorage.setItem(TOKEN, JSON.stringify(session, plain));
        } catch {
            /* a full or closed storage: they log in again after a reload */
        }
        inside = true;
        if (me.peek() && me.peek()?.staff !== staff) feeds.forget();
        me.value = {
            ...{ staff, login, name, role, rights: new Set(rights), expires_ms, password_by, password_ms },
            bound_branch,
        };
        feeds.entered();
        outbox.person();
        const waiting = entering;
        entering = [];
        for (const go of waiting) go();
    }

    /* Nobody is, from now on. */
    function leave(): void {
        token = undefined;
        inside = false;
        sessionStorage.removeItem(TOKEN);
        batch(() => {
            me.value = undefined;
            feeds.gone();
            feeds.forget();
        });
        outbox.person();
    }

    /* The server says that it does not know who this is. */
    function leftBehind(): void {
        if (inside) leave();
    }

    async function useToken(): Promise<void> {
        if (!token) return;
        const used = token;
        try {
            const frame = await link.ask("use_token", { token: used });
            if (frame.logged_in) entered(frame.logged_in);
            else if (token === used && !isPassing(frame.refused!)) leave();
            else
                setTimeout(() => {
                    if (!inside && link.up() && token === used) void useToken();
                }, frame.refused?.retry_ms ?? 1000);
        } catch (fault) {
            if (!(fault instanceof Gone)) throw fault;
        }
    }

    const isPassing = ({ code }: Refusal): boolean =>
        [RefusalCode.BUSY, RefusalCode.LOGIN_THROTTLED, RefusalCode.DEADLINE_PASSED].includes(code);

    /* Who was logged in before a reload counts as here, until the server says otherwise. The end is one of the server's
     * clock, which a device's own may be hours from. */
    function readToken(): void {
        try {
            const said: unknown = JSON.parse(sessionStorage.getItem(TOKEN) ?? "null");
            if (!isSession(said) || Number(said.expires_ms) < Date.now() + said.ahead_ms)
                return sessionStorage.removeItem(TOKEN);
            const { token: of, rights, expires_ms, ahead_ms: _ahead, password_ms, ...rest } = said;
            const ends_ms = BigInt(expires_ms),
                set_ms = BigInt(password_ms ?? 0);
            token = unhex(of);
            me.value = { ...rest, rights: new Set(rights), expires_ms: ends_ms, password_ms: set_ms };
        } catch {
            /* damaged, or closed: they log in again */
        }
    }

    const isSession = (what: unknown): what is Session =>
        has<Record<keyof Session, unknown>>(what, {
            staff: "number",
            login: "string",
            name: "string",
            role: "number",
        }) &&
        has<Record<keyof Session, unknown>>(what, { token: "string", ahead_ms: "number", expires_ms: "string" }) &&
        Array.isArray(what.rights);

    /* Once there is a line; again when it goes before the answer. */
    async function patiently(act: () => Promise<ToTerminal>, may: () => boolean): Promise<ToTerminal> {
        const until = performance.now() + ASK_MS;
        for (;;) {
            const left = until - performance.now();
            if (left <= 0) return { refused: refusal(RefusalCode.DEADLINE_PASSED) };
            if (!may()) {
                await new Promise<void>((go) => {
                    entering.push(go);
                    setTimeout(go, Math.min(left, 100));
                });
                continue;
            }
            try {
                return await Promise.race([
                    act(),
                    new Promise<ToTerminal>((done) =>
                        setTimeout(done, left, { refused: refusal(RefusalCode.DEADLINE_PASSED) }),
                    ),
                ]);
            } catch (fault) {
                if (fault instanceof Older) return { refused: refusal(RefusalCode.SERVER_OLDER, fault.field) };
                if (!(fault instanceof Gone)) throw fault;
            }
        }
    }

    async function enter(act: () => Promise<ToTerminal>): Promise<Entering> {
        const frame = await patiently(act, link.up);
        if (!frame.logged_in) return { refused: gotRefused(frame.refused!) };
        entered(frame.logged_in);
        return { entered: frame.logged_in };
    }

    /* ---- questions ---- */

    const ask: Client["ask"] = async (kind, query) => {
        type K = typeof kind;
        let packed: Uint8Array;
        try {
            packed = encode("Query", { [kind]: query }, link.reads());
        } catch (fault) {
            if (fault instanceof Older) return { refused: refusal(RefusalCode.SERVER_OLDER, fault.field) };
            throw fault;
        }
        const frame = await patiently(
            () => link.ask("query", packed),
            () => inside && link.up(),
        );
        if (!frame.answer) return { refused: gotRefused(frame.refused!) };
        try {
            const answer = decode("Answer", frame.answer);
            link.newer(answer.seq);
            const refused = (answer as { refused?: Refusal }).refused;
            if (refused) return { refused: gotRefused(refused) };
            if (answer[kind] !== undefined) return { answer: answer[kind], seq: answer.seq } as Asked<K>;
            const kinds = Object.keys(answer) as (keyof Answer)[];
            const other = kinds.some((key) => key !== "seq" && answer[key] !== undefined);
            if (!other) return { refused: refusal(RefusalCode.CLIENT_OLDER) };
            throw new Broken(`it answers ${kind} with something else`);
        } catch (fault) {
            if (!(fault instanceof Broken)) throw fault;
            link.broken(fault.message);
            return { refused: refusal(RefusalCode.DEADLINE_PASSED) };
        }
    };

    function gotRefused(refused: Refusal): Refusal {
        if (refused.code === RefusalCode.NOT_LOGGED_IN) leftBehind();
        return refused;
    }

    /* ---- commands ---- */

    const submit: Client["submit"] = (kind, what, options) => {
        const command = { [kind]: what } as Command,
            at_ms = Math.floor(link.clock());
        const person = me.peek(),
            where = place();
        const who = { staff: person?.staff ?? 0, login: person?.login ?? "" };
        const refuse = (code: RefusalCode, field?: string): Pending =>
            settled({ kind: "refused", refused: refusal(code, field), seq: 0n }, kind, command, who, at_ms);
        if (!person || !where) return refuse(RefusalCode.NOT_LOGGED_IN);
        try {
            const bytes = encode("Command", command, link.reads());
            if (bytes.length > COMMAND_MAX) return refuse(RefusalCode.TOO_MANY, kind);
            return outbox.add(kind, bytes, who, where, at_ms, options?.buyer_pin);
        } catch (fault) {
            if (!(fault instanceof Older)) throw fault;
            return refuse(RefusalCode.SERVER_OLDER, fault.field);
        }
    };

    const keepsUnder = (ours: () => string): Drafts => ({
        get: (name) => store.get("drafts", ours() + name),
        put: (name, what) =>
            store.put("drafts", ours() + name, what).then(
                () => true,
                () => false,
            ),
        remove: (name) => store.remove("drafts", ours() + name).catch(() => undefined),
        async names() {
            const keys = await store.keys("drafts").catch(() => []);
            return keys.filter((key) => key.startsWith(ours())).map((key) => key.slice(ours().length));
        },
    });
    const SHOP = "shop ";
    const drafts = keepsUnder(() => `${me.peek()?.staff ?? 0}/`);
    const shop = keepsUnder(() => `${SHOP}${kept ? hex(kept.ledger) : ""} ${kept?.branch ?? 0}/`);

    /* Of a shop that this browser was of before. */
    async function forgetShops(): Promise<void> {
        const keys = await store.keys("drafts").catch(() => []);
        for (const key of keys.filter((each) => each.startsWith(SHOP)))
            await store.remove("drafts", key).catch(() => undefined);
    }

    async function begin(): Promise<void> {
        await asides.load();
        kept = await readDevice(store, asides.put);
        device.value = kept ? deviceOf(kept) : "unknown";
        await outbox.load();
        if (!kept) return;
        const greeting = await readGreeting(store, kept);
        try {
            if (greeting) {
                link.recall(greeting.welcome, greeting.ahead_ms);
                remembered.value = Number(greeting.welcome.now_ms);
            }
        } catch {
            /* damaged: the next greeting tells it all */
        }
        readToken();
        link.start();
    }

    /* It was enrolled, by this page or another one. */
    async function begun(): Promise<void> {
        leave();
        await forgetShops();
        kept = await readDevice(store);
        if (!kept) return;
        device.value = deviceOf(kept);
        link.start();
        link.again();
    }

    async function founded(): Promise<void> {
        await begun();
        pages?.postMessage("founded");
    }

    const pages = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("tefter device");
    if (pages) pages.onmessage = () => void begun();

    const deviceOf = ({ terminal, name, company, branch, branch_code }: Kept): Device => ({
        terminal,
        name,
        company,
        branch,
        branch_code,
    });

    return {
        line: link.line,
        welcome: link.welcome,
        me,
        seq: link.seq,
        pending: outbox.pending,
        aside: asides.all,
        setAside: asides.put,
        idNow: (id) => outbox.idNow(id),
        clock: link.clock,
        device,
        drafts,
        shop,
        remembered_ms: remembered,
        ready: begin(),
        async enrol(code) {
            const answer = await enrolDevice(url, store, code);
            if ("refused" in answer) return answer;
            await begun();
            pages?.postMessage("enrolled");
            return answer;
        },
        founding: {
            async look(secret) {
                const looked = await lookAtFounding(url, store, secret);
                if (looked.kind === "ours") await founded();
                return looked;
            },
            async found(secret, wish) {
                const came = await foundLedger(url, store, secret, wish);
                if ("made" in came) await founded();
                return came;
            },
            recovery: () => recoveryOf(store),
            recoveryKept: () => forgetRecovery(store),
        },
        login: (login, password) => enter(() => link.ask("login", { login, password })),
        switchStaff: (login, pin) => enter(() => link.ask("switch_staff", { login, pin })),
        async logout() {
            const up = link.up();
            const told = up ? link.ask("logout", {}).catch(() => undefined) : undefined;
            leave();
            await told;
        },
        may: (right) => me.value?.rights.has(right) ?? false,
        knows: (message, field) => link.knows(message, field),
        ask,
        submit,
        async attempt(kind, command) {
            const asked = await ask("try_command", { command: { [kind]: command } });
            return "refused" in asked ? asked.refused : asked.answer.refusal;
        },
        printer: link.printer,
        async print(what) {
            if (!inside || !link.up()) return { outcome: PrintOutcome.PRINT_NO_PRINTER };
            const late = new Promise<"late">((done) => setTimeout(done, PRINT_MS, "late"));
            try {
                const frame = await Promise.race([link.ask("print", what), late]);
                if (frame === "late") return { outcome: PrintOutcome.PRINT_UNKNOWN };
                return frame.printed ?? { refused: gotRefused(frame.refused!) };
            } catch (fault) {
                if (fault instanceof Older) return { outcome: PrintOutcome.PRINT_NO_PRINTER };
                if (!(fault instanceof Gone)) throw fault;
                return { outcome: PrintOutcome.PRINT_UNKNOWN };
            }
        },
        async call(kind, body) {
            const frame = await patiently(
                () => link.ask(kind, body as never),
                () => inside && link.up(),
            );
            if (frame.refused) return { refused: gotRefused(frame.refused) };
            const { code, status, audit, notices, notice_tested, import_state, import_rejected } = frame;
            const answer = code ?? status ?? audit ?? notices ?? notice_tested ?? import_state ?? import_rejected;
            return { answer: answer ?? true } as Called<typeof kind>;
        },
        customers: feeds.customers,
        approvals: feeds.approvals,
        alarms: feeds.alarms,
        totals: feeds.totals,
        decisions: feeds.decisions,
    };
}

/* What is to change before the next painting is done in one go; where nothing is painted, a few times a second. */
function paint(before: () => void): (flush: () => void) => void {
    let due: (() => void)[] = [];
    const run = (): void => {
        if (due.length === 0) return;
        const now = due;
        due = [];
        before();
        batch(() => {
            for (const flush of now) flush();
        });
    };
    return (flush) => {
        due.push(flush);
        if (due.length > 1) return;
        if (document.visibilityState === "visible") requestAnimationFrame(run);
        setTimeout(run, HIDDEN_MS);
    };
}
