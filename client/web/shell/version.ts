/*
 * This page and its service worker: the worker is registered where browsers have one, and a newer version of the page is
 * told, never loaded by itself: what is half typed stays until somebody says so.
 */
import { effect, signal, type ReadonlySignal } from "@preact/signals";
import type { Client } from "../lib/api";

const LOOK_MS = 60_000 /* not more often */,
    AFTER_MS = 3000 /* the first screen has the line for itself */,
    ANSWER_MS = 3000;

const found = signal(false);
/* The server has a newer page than this one, and it is here. */
export const newerPage: ReadonlySignal<boolean> = found;

export function registerWorker(): Promise<ServiceWorkerRegistration> {
    return navigator.serviceWorker.register("sw.js", { scope: "./", updateViaCache: "none" });
}

/* "app-4CBKW2RS.js": this version, as the worker knows it. */
function ownApp(): string {
    return document.querySelector<HTMLScriptElement>("script[type=module]")?.src.replace(/^.*\//, "") ?? "";
}

function appOf(worker: ServiceWorker): Promise<string> {
    return new Promise((done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }) => done(String(data));
        setTimeout(done, ANSWER_MS, ownApp());
        worker.postMessage({ newest: port2 }, [port2]);
    });
}

const fetched = (): string[] => performance.getEntriesByType("resource").map(({ name }) => name.replace(/^.*\//, ""));

/* A worker that takes over is never older than a page that is open already. */
async function takenOver(): Promise<void> {
    const now = navigator.serviceWorker.controller;
    if (now === null) return;
    now.postMessage({ fetched: fetched() });
    if ((await appOf(now)) !== ownApp()) found.value = true;
}

async function begin(client: Client): Promise<void> {
    const registered = await registerWorker();
    (await navigator.serviceWorker.ready).active?.postMessage({ fetched: fetched() });
    await takenOver(); /* one may have come before this page listened */
    let looked = performance.now();
    const look = (): void => {
        if (performance.now() - looked < LOOK_MS || found.peek()) return;
        looked = performance.now();
        void registered.update().catch(() => undefined);
    };
    effect(() => {
        if (client.welcome.value !== undefined) look(); /* an upgrade cuts every line */
    });
    document.addEventListener("visibilitychange", () => {
        if (document.visibilityState === "visible") look();
    });
}

/* Where a browser has no workers, or wants none of this page, all goes on without. */
export function startWorker(client: Client): void {
    if (!("serviceWorker" in navigator)) return;
    navigator.serviceWorker.addEventListener("controllerchange", () => void takenOver().catch(() => undefined));
    navigator.serviceWorker.addEventListener("message", ({ data, ports }: MessageEvent) => {
        if ((data as { app?: boolean } | null)?.app === true) ports[0]?.postMessage(ownApp());
    });
    navigator.serviceWorker.startMessages();
    setTimeout(() => void begin(client).catch(() => undefined), AFTER_MS);
}
