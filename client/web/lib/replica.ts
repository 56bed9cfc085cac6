/*
 * Live rows: what client/lib/replica.c does, for screens. A wire is one subscription, shared by all screens that ask
 * for the same rows, and kept for a while after the last one closes.
 *
 * Rows are shown when they are whole: exact at one seq. Until a new snapshot is whole the old rows stay (`whole` is
 * false meanwhile). Of each row the newest seq counts. Signals change at most once a frame of the screen.
 */
import { batch, signal } from "@preact/signals";
import type { Customer, Replica } from "./api";
import {
    Topic,
    type AlarmRow,
    type ApprovalRow,
    type DecisionRow,
    type Delta,
    type Resume,
    type Row,
    type SnapshotChunk,
    type Subscribe,
    type Subscribed,
    type ToTerminal,
    type TotalsRow,
} from "./messages";
import { Older } from "./codec";
import type { Link } from "./link";

const LINGER_MS = 30_000,
    AGAIN_MS = 1_000,
    LINGERING_MAX = 4 /* a list that is scrolled leaves a trail of them, and a session has places for few */,
    CUSTOMERS_MAX = 1000;

interface Wire {
    users: number;
    closing: ReturnType<typeof setTimeout> | undefined;
    subscription: number /* 0: none now */;
    refused: boolean /* these rows are not for who is logged in */;
    request(subscription: number): Subscribe;
    /* Of these, false is a gap or a step back. */
    began(what: Subscribed): boolean;
    chunk(what: SnapshotChunk): boolean;
    delta(what: Delta): boolean;
    stopped(): void /* the line went: the rows stay, to be resumed */;
    distrust(): void /* the rows stay, the next ones come anew */;
    forget(): void /* the rows go: somebody else is here */;
    known(): boolean /* the rows are whole, though perhaps old */;
    again(): boolean /* they were, and are fetched anew */;
    behind(seq: bigint): bigint;
}

/* How rows become what screens see: puts one in, and says under which key it stands. */
interface Kind<Key, Value> {
    topic: Topic;
    numbers: readonly number[];
    put(row: Row, old: (key: Key) => Value | undefined, changed: number): Put<Key, Value> | undefined;
}
interface Put<Key, Value> {
    key: Key;
    value: Value;
    seq: bigint | undefined;
}
interface Rows<Key, Value> {
    wire: Wire;
    replica: Omit<Replica<Key, Value>, "close">;
}

function makeRows<Key, Value>(kind: Kind<Key, Value>, later: (flush: () => void) => void): Rows<Key, Value> {
    const shown = signal<ReadonlyMap<Key, Value>>(new Map());
    const whole = signal(false),
        seq = signal(0n);
    let rows = new Map<Key, Value>(),
        newest = new Map<string, { version: bigint; at: bigint }>();
    let own = false; /* `rows` is not what is shown, and may be written */
    let position = 0n,
        wanted = 0n;
    let subscribed = false,
        snapshot = false,
        resumed = false,
        exact = false;
    let history: Omit<Resume, "seq"> | undefined; /* of rows that were exact at `position` */
    let due = false,
        once = false;

    function flush(): void {
        due = false;
        batch(() => {
            if (exact || resumed) {
                if (own) shown.value = rows;
                own = false;
                seq.value = position;
            }
            whole.value = exact || resumed;
        });
    }

    function publish(): void {
        if (due) return;
        due = true;
        later(flush);
    }

    function take(row: Row, at: bigint, changed: number): void {
        const put = kind.put(row, (of) => rows.get(of), changed);
        if (!put) return; /* of a kind that a later server has */
        const part = (row.account ? "a" : "") + String(put.key); /* who they are and how they stand are two rows */
        const version = put.seq ?? at,
            old = newest.get(part);
        /* A day that turns changes what a row says and leaves its own seq: then the frame's decides. */
        if (old && (version < old.version || (version === old.version && at < old.at))) return;
        if (!own) rows = new Map(rows);
        own = true;
        newest.set(part, { version, at });
        rows.set(put.key, put.value);
    }

    /* All that was asked for is here up to `wanted`: from now on every set leaves the rows exact. */
    function settle(): boolean {
        if (!snapshot && !resumed && position >= wanted) exact = once = true;
        if (exact) publish();
        return true;
    }

    function anew(): void {
        rows = new Map();
        newest = new Map();
        own = true;
    }

    const wire: Wire = {
        users: 0,
        closing: undefined,
        subscription: 0,
        refused: false,
        request: (subscription) => ({
            subscription,
            topic: kind.topic,
            customers: [...kind.numbers],
            resume: history && { ...history, seq: position },
        }),
        began(what) {
            if (what.resumed && (!history || what.seq !== position)) return false;
            history = { ledger: what.ledger, incarnation: what.incarnation, incarnation_nonce: what.incarnation_nonce };
            subscribed = true;
            resumed = what.resumed;
            snapshot = !what.resumed;
            exact = false;
            if (snapshot) anew();
            position = wanted = what.seq;
            publish();
            return true;
        },
        chunk(what) {
            if (!snapshot) return false;
            for (const row of what.rows) take(row, what.seq, 0);
            if (what.seq > wanted) wanted = what.seq;
            snapshot = !what.last;
            return settle();
        },
        delta(what) {
            if (!subscribed || what.prev !== position || what.this < what.prev) return false;
            const changed = exact || resumed ? performance.now() : 0;
            for (const row of what.rows) take(row, what.this, changed);
            position = what.this;
            resumed = false;
            return settle();
        },
        stopped() {
            if (!exact && !resumed) history = undefined;
            subscribed = false;
        },
        distrust() {
            history = undefined;
            subscribed = exact = resumed = false;
            publish();
        },
        forget() {
            wire.distrust();
            anew();
            once = false;
            shown.value = new Map();
        },
        known: () => history !== undefined && !snapshot,
        again: () => once && !wire.known(),
        behind: (newestSeq) => ((resumed || !subscribed) && newestSeq > position ? newestSeq - position : 0n),
    };
    return { wire, replica: { rows: shown, whole, seq } };
}

/* ---- what there is ---- */

const customerKind = (numbers: readonly number[]): Kind<number, Customer> => ({
    topic: Topic.TOPIC_CUSTOMERS,
    numbers,
    put(row, old, changed) {
        const of = row.customer ?? row.account;
        if (!of) return undefined;
        const was = old(of.customer);
        const who = row.customer ?? was?.row ?? { customer: of.customer, code: "", name: {}, groups: [], buyers: [] };
        return { key: of.customer, value: { row: who, account: row.account ?? was?.account, changed }, seq: of.seq };
    },
});

const approvalKind: Kind<bigint, ApprovalRow> = {
    topic: Topic.TOPIC_APPROVALS,
    numbers: [],
    put: ({ approval }) => approval && { key: approval.approval, value: approval, seq: approval.seq },
};

const alarmKind: Kind<bigint, AlarmRow> = {
    topic: Topic.TOPIC_ALARMS,
    numbers: [],
    put: ({ alarm }) => alarm && { key: alarm.alarm, value: alarm, seq: undefined },
};

/* Key 0: the company. */
const totalsKind: Kind<number, TotalsRow> = {
    topic: Topic.TOPIC_TOTALS,
    numbers: [],
    put: ({ totals }) => totals && { key: totals.branch, value: totals, seq: totals.seq },
};

const decisionKind: Kind<bigint, DecisionRow> = {
    topic: Topic.TOPIC_DECISIONS,
    numbers: [],
    put: ({ decision }) => decision && { key: decision.decision, value: decision, seq: undefined },
};

/* ---- subscriptions ---- */

export interface Feeds {
    customers(numbers?: readonly number[]): Replica<number, Customer>;
    approvals(): Replica<bigint, ApprovalRow>;
    alarms(): Replica<bigint, AlarmRow>;
    totals(): Replica<number, TotalsRow>;
    decisions(): Replica<bigint, DecisionRow>;
    pushed(frame: ToTerminal): void;
    entered(): void /* somebody is logged in on this connection */;
    gone(): void;
    forget(): void;
    behind(): bigint | undefined;
}

/* `later` runs it before the next painting, or soon when nothing is painted. */
export function makeFeeds(link: () => Link, later: (flush: () => void) => void): Feeds {
    const all = new Map<string, Rows<unknown, unknown>>();
    const lingering = new Map<string, () => void>(); /* closed, by what ends them; the oldest first */
    const live = new Map<number, Wire>();
    let inside = false,
        last = 0,
        target = 0n,
        whole = false;

    function subscribe(wire: Wire): void {
        if (!inside || wire.subscription !== 0) return;
        const number = (wire.subscription = ++last);
        live.set(number, wire);
        link().askNow(
            "subscribe",
            wire.request(number),
            (frame) => {
                if (live.get(number) !== wire) return;
                wire.refused = !frame.subscribed;
                if (frame.subscribed) {
                    if (!wire.began(frame.subscribed)) again(wire);
                } else {
                    leave(wire, false);
                    wire.distrust();
                }
                link().moved();
            },
            (why) => {
                wire.refused = why instanceof Older;
            },
        );
    }

    function leave(wire: Wire, tell: boolean): void {
        const number = wire.subscription;
        if (number === 0) return;
        live.delete(number);
        wire.subscription = 0;
        if (tell && inside)
            link()
                .ask("unsubscribe", { subscription: number })
                .catch(() => undefined);
    }

    /* A gap: all of it again, and not without a breath, lest a server that is wrong is asked for ever. */
    function again(wire: Wire): void {
        leave(wire, true);
        wire.distrust();
        setTimeout(() => subscribe(wire), AGAIN_MS * Math.random());
    }

    function opened<Key, Value>(key: string, kind: () => Kind<Key, Value>): Replica<Key, Value> {
        const rows = (all.get(key) ?? makeRows(kind(), later)) as Rows<Key, Value>;
        const wire = rows.wire;
        all.set(key, rows as unknown as Rows<unknown, unknown>);
        wire.users++;
        clearTimeout(wire.closing);
        lingering.delete(key);
        subscribe(wire);
        let open = true;
        return {
            ...rows.replica,
            close: () => {
                if (!open) return;
                open = false;
                if (--wire.users > 0) return;
                const end = (): void => {
                    lingering.delete(key);
                    leave(wire, true);
                    all.delete(key);
                };
                wire.closing = setTimeout(end, LINGER_MS);
                lingering.set(key, () => {
                    clearTimeout(wire.closing);
                    end();
                });
                if (lingering.size > LINGERING_MAX) [...lingering.values()][0]!();
            },
        };
    }

    return {
        customers(numbers) {
            const some = [...new Set(numbers ?? [])].sort((a, b) => a - b);
            if (numbers && (some.length === 0 || some.length > CUSTOMERS_MAX))
                throw new TypeError(`customers: 1 to ${CUSTOMERS_MAX} numbers, or none for all`);
            return opened(`customers ${some.join()}`, () => customerKind(some));
        },
        approvals: () => opened("approvals", () => approvalKind),
        alarms: () => opened("alarms", () => alarmKind),
        totals: () => opened("totals", () => totalsKind),
        decisions: () => opened("decisions", () => decisionKind),
        pushed(frame) {
            const what = frame.delta ?? frame.snapshot_chunk ?? frame.subscribed;
            const wire = what && live.get(what.subscription);
            if (!wire) return;
            const good = frame.delta
                ? wire.delta(frame.delta)
                : frame.snapshot_chunk
                  ? wire.chunk(frame.snapshot_chunk)
                  : wire.began(frame.subscribed!);
            if (!good) again(wire);
            link().moved();
        },
        entered() {
            for (const { wire } of all.values()) {
                leave(wire, true);
                wire.stopped();
            }
            inside = true;
            target = link().seq.peek();
            for (const { wire } of all.values()) subscribe(wire);
        },
        gone() {
            inside = false;
            for (const { wire } of all.values()) {
                leave(wire, false);
                wire.stopped();
            }
        },
        forget() {
            whole = false;
            for (const { wire } of all.values()) wire.forget();
        },
        behind() {
            const wires = [...all.values()].map((rows) => rows.wire).filter((wire) => wire.users > 0 && !wire.refused);
            if (wires.length === 0) return 0n;
            whole ||= wires.some((wire) => wire.known());
            if (!whole || wires.some((wire) => wire.again())) return undefined;
            const newest = inside ? target : link().seq.peek();
            return wires.reduce((most, wire) => {
                const by = wire.known() ? wire.behind(newest) : 0n;
                return by > most ? by : most;
            }, 0n);
        },
    };
}
