/*
 * Notices to a person who looks at no page: this browser's part, and saying whether somebody looks.
 *
 *     permission → service worker → subscription of the browser → put_push → kept by the server for who is logged in
 *
 * A browser's part goes with the login: after another one it is given anew by itself, if the person wants it here.
 */
import { effect, signal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { language } from "../kit/words";
import type { Called, Client } from "../lib/api";
import { RefusalCode, Right, type NoticeSettingsAnswer, type Refusal } from "../lib/messages";
import { registerWorker } from "./version";

const WANTED = "tefter.notices.";
const AWAY_MS = 2 * 60_000; /* nobody touched it for so long: nobody looks */
const LOOK_MS = 5000;

export type Possible = "yes" | "insecure" | "unknown" | "blocked";

/* May this browser show notices of this page at all? */
export function possible(): Possible {
    if (!window.isSecureContext) return "insecure";
    if (!("serviceWorker" in navigator) || !("PushManager" in window) || !("Notification" in window)) return "unknown";
    return Notification.permission === "denied" ? "blocked" : "yes";
}

export const knowsNotices = (client: Client): boolean => client.knows("FromTerminal", "notice_settings");

/* ---- does this person want them on this device ---- */

function wants(staff: number): boolean {
    try {
        return localStorage.getItem(WANTED + staff) === "on";
    } catch {
        return false;
    }
}
function want(staff: number, on: boolean): void {
    try {
        if (on) localStorage.setItem(WANTED + staff, "on");
        else localStorage.removeItem(WANTED + staff);
    } catch {
        /* not kept: they turn it on again after the next login */
    }
}

/* ---- the browser's subscription ---- */

const sameBytes = (a: ArrayBuffer | null, b: Uint8Array): boolean =>
    a !== null && a.byteLength === b.length && new Uint8Array(a).every((byte, at) => byte === b[at]);

/* By the server's key: one by another key is of another ledger, or of before a restore. */
async function subscribe(key: Uint8Array): Promise<PushSubscription> {
    const worker = await registerWorker();
    await navigator.serviceWorker.ready;
    const old = await worker.pushManager.getSubscription();
    if (old !== null && sameBytes(old.options.applicationServerKey, key)) return old;
    await old?.unsubscribe();
    return worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key as BufferSource });
}

type Settings = Called<"put_push">;

async function give(client: Client, subscription: PushSubscription): Promise<Settings> {
    const point = subscription.getKey("p256dh"),
        auth = subscription.getKey("auth");
    if (point === null || auth === null) return { refused: { code: RefusalCode.FIELD_INVALID } as Refusal };
    return client.call("put_push", {
        endpoint: subscription.endpoint,
        point: new Uint8Array(point),
        auth: new Uint8Array(auth),
        language: language.value,
    });
}

export type Turned = { settings: NoticeSettingsAnswer } | { refused: Refusal } | { failed: "blocked" | "service" };

const turnedOf = (answer: Settings): Turned =>
    "refused" in answer ? { refused: answer.refused } : { settings: answer.answer };

/* From a click: browsers ask the person only then. */
export async function turnOn(client: Client, settings: NoticeSettingsAnswer): Promise<Turned> {
    const staff = client.me.peek()?.staff;
    if (staff === undefined || settings.push_key === undefined) return { failed: "service" };
    if ((await Notification.requestPermission()) !== "granted") return { failed: "blocked" };
    try {
        const answer = turnedOf(await give(client, await subscribe(settings.push_key)));
        if ("settings" in answer) want(staff, true);
        return answer;
    } catch {
        return { failed: "service" }; /* the browser does not reach its push service */
    }
}

export async function turnOff(client: Client): Promise<Turned> {
    const staff = client.me.peek()?.staff;
    if (staff !== undefined) want(staff, false);
    const answer = turnedOf(await client.call("remove_push", {}));
    const worker = await navigator.serviceWorker.getRegistration().catch(() => undefined);
    const subscription = await worker?.pushManager.getSubscription().catch(() => null);
    await subscription?.unsubscribe().catch(() => false);
    return answer;
}

/* Raised when it was: what is shown of it is asked for anew. */
export const givenAgain = signal(0);

/* After a login, a restore, or when the browser has changed it: what they wanted is given again. */
async function giveAgain(client: Client): Promise<void> {
    const staff = client.me.peek()?.staff;
    if (staff === undefined || !wants(staff) || !client.may(Right.RIGHT_APPROVE)) return;
    if (possible() !== "yes" || Notification.permission !== "granted" || !knowsNotices(client)) return;
    const answer = await client.call("notice_settings", {});
    if ("refused" in answer || answer.answer.push_key === undefined) return;
    await subscribe(answer.answer.push_key)
        .then((subscription) => give(client, subscription))
        .catch(() => undefined);
    givenAgain.value++;
}

/* ---- does somebody look? ---- */

/* Says so to the server while this person may decide: who looks is not sent what they see. */
function tellLooking(client: Client, locked: () => boolean): () => void {
    let touched = Date.now(),
        told = false; /* a connection begins so */
    const look = (): void => {
        const line = client.line.peek().kind;
        if (line !== "live" && line !== "catching-up" && line !== "stale") {
            told = false;
            return;
        }
        if (!knowsNotices(client)) return;
        const looks = document.visibilityState === "visible" && !locked() && Date.now() - touched < AWAY_MS;
        if (looks === told) return;
        told = looks;
        void client.call("watching", { active: looks }).then((answer) => {
            if ("refused" in answer) told = false;
        });
    };
    const moved = (): void => {
        const away = Date.now() - touched >= AWAY_MS;
        touched = Date.now();
        if (away) look();
    };
    const events = ["keydown", "pointerdown", "pointermove", "wheel", "touchstart"] as const;
    const seen = (): void => {
        if (document.visibilityState === "visible") touched = Date.now();
        look();
    };
    events.forEach((event) => window.addEventListener(event, moved, { capture: true, passive: true }));
    document.addEventListener("visibilitychange", seen);
    const timer = setInterval(look, LOOK_MS);
    const stop = effect(() => {
        void client.line.value;
        look();
    });
    return () => {
        events.forEach((event) => window.removeEventListener(event, moved, { capture: true }));
        document.removeEventListener("visibilitychange", seen);
        clearInterval(timer);
        stop();
    };
}

/* What runs while somebody is logged in: open(hash) is where a notice that was clicked leads. */
export function useNotices(client: Client, locked: boolean, open: (hash: string) => void): void {
    const isLocked = useRef(locked),
        act = useRef(open);
    isLocked.current = locked;
    act.current = open;
    const approver = client.may(Right.RIGHT_APPROVE);
    useEffect(() => (approver ? tellLooking(client, () => isLocked.current) : undefined), [client, approver]);
    const ready = knowsNotices(client);
    useEffect(() => {
        if (approver && ready) void giveAgain(client);
    }, [client, approver, ready]);
    useEffect(() => {
        if (!("serviceWorker" in navigator)) return undefined;
        const heard = (event: MessageEvent): void => {
            const said = event.data as { open?: string; again?: boolean } | null;
            if (typeof said?.open === "string" && /^#\/[a-z]+(\/\d+)?$/.test(said.open)) act.current(said.open);
            if (said?.again === true) void giveAgain(client);
        };
        navigator.serviceWorker.addEventListener("message", heard);
        navigator.serviceWorker.startMessages();
        return () => navigator.serviceWorker.removeEventListener("message", heard);
    }, [client]);
}
