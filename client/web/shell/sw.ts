/*
 * The service worker. It keeps the page's own files, so that a device that knows it starts without a line; and it shows a
 * notice when the server has sent one and no page is looked at, and opens what it is about. It knows nothing of the
 * ledger: figures, names and what is sent go past it, by the socket.
 *
 *     install → the files of the first screens, and of what the version before had → activate → versions without a page go
 *     the page itself: the network, after PATIENCE_MS what is kept     a name with a hash: what is kept, else the network
 *     push service → push → notice → click → the open page, else a new one → #/approvals/N
 *
 * A disk that is full keeps nobody from working: what cannot be kept is fetched.
 */

/* Written by build.mjs: names below this worker's own address. */
interface Built {
    version: string /* of all files together */;
    app: string /* the script by which a page of this version begins */;
    first: string[];
    parts: Record<string, string[]> /* fetched when they are wanted; languages among them */;
}
declare const BUILT: Built;

interface Payload {
    v: number;
    approval: number /* 0: a test */;
    until: number /* ms since 1970 */;
    title: string;
    text: string;
    lang: string;
}

/* What of a worker's surroundings is used: the page's types have none of it. */
interface Waits extends Event {
    waitUntil(what: Promise<unknown>): void;
}
interface Shown extends Waits {
    notification: { close(): void; data: { open?: string } | undefined };
}
interface Pushed extends Waits {
    data: { json(): unknown } | null;
}
interface Fetched extends Waits {
    request: Request;
    respondWith(what: Promise<Response>): void;
}
interface Heard extends Waits {
    data: unknown;
}
interface OpenPage {
    url: string;
    focused: boolean;
    focus(): Promise<OpenPage>;
    postMessage(what: unknown, ports?: MessagePort[]): void;
}
interface Worker {
    clients: {
        claim(): Promise<void>;
        matchAll(which: { type: "window"; includeUncontrolled: boolean }): Promise<OpenPage[]>;
        openWindow(url: string): Promise<OpenPage | null>;
    };
    registration: { scope: string; showNotification(title: string, how: object): Promise<void> };
    skipWaiting(): Promise<void>;
    addEventListener(name: "install" | "activate", act: (event: Waits) => void): void;
    addEventListener(name: "fetch", act: (event: Fetched) => void): void;
    addEventListener(name: "message", act: (event: Heard) => void): void;
    addEventListener(name: "push" | "pushsubscriptionchange", act: (event: Pushed) => void): void;
    addEventListener(name: "notificationclick", act: (event: Shown) => void): void;
}
const worker = self as unknown as Worker;

/* ---- the page's files ---- */

const CACHE = "tefter ",
    OWN = CACHE + BUILT.version,
    PAGE = "./",
    PLAIN = ["icon.svg", "manifest.webmanifest"],
    PATIENCE_MS = 2500,
    ANSWER_MS = 3000;
const LASTING = /^[\w.-]+-[0-9A-Z]{8}\.(js|css|woff2)$/; /* never another content under it */

/* The file below this worker's folder; undefined: somebody else's address, or one that is not kept (/trust, the socket). */
function nameOf(address: string): string | undefined {
    const scope = worker.registration.scope;
    const plain = address.replace(/[?#].*$/, "");
    if (!plain.startsWith(scope)) return undefined;
    const name = plain.slice(scope.length);
    return name === "" || name === "index.html" ? PAGE : LASTING.test(name) || PLAIN.includes(name) ? name : undefined;
}

async function fetchInto(cache: Cache, name: string): Promise<void> {
    if ((await cache.match(name)) !== undefined) return;
    const there = LASTING.test(name) ? await caches.match(name) : undefined; /* the version before has the same */
    const answer = there ?? (await fetch(name, { cache: LASTING.test(name) ? "default" : "no-cache" }));
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    await cache.put(name, answer);
}

/* Parts by the names of their files: what was opened before is wanted again. */
function partsWith(files: readonly string[]): string[] {
    const stems = new Set(files.map((file) => file.replace(/-[0-9A-Z]{8}\.\w+$/, "")));
    return Object.keys(BUILT.parts).filter((part) => stems.has(part));
}

async function keptNames(cache: Cache): Promise<string[]> {
    return (await cache.keys()).map(({ url }) => nameOf(url)).filter((name) => name !== undefined);
}

/* The page comes last: where it is kept, all that it needs is. */
async function install(): Promise<void> {
    try {
        const cache = await caches.open(OWN);
        await Promise.all([...BUILT.first, ...PLAIN].map((name) => fetchInto(cache, name)));
        await fetchInto(cache, PAGE);
        const old = (await caches.keys()).filter((name) => name.startsWith(CACHE) && name !== OWN);
        const names = (await Promise.all(old.map(async (name) => keptNames(await caches.open(name))))).flat();
        await keepParts(partsWith(names));
    } catch {
        await caches.delete(OWN).catch(() => false); /* a full disk, or a line that went: it works without */
    }
}

async function keepParts(parts: readonly string[]): Promise<void> {
    const cache = await caches.open(OWN);
    const names = new Set(parts.flatMap((part) => BUILT.parts[part] ?? []));
    await Promise.all([...names].map((name) => fetchInto(cache, name).catch(() => undefined)));
}

/* By what script an open page began; undefined: it does not say. */
function appOf(page: OpenPage): Promise<string | undefined> {
    return new Promise((done) => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = ({ data }: MessageEvent) => done(typeof data === "string" ? data : undefined);
        setTimeout(done, ANSWER_MS, undefined);
        page.postMessage({ app: true }, [port2]);
    });
}

/* Older versions go when no page of theirs is open any more: a screen that is fetched later is still there until then. */
async function sweep(): Promise<void> {
    const old = (await caches.keys()).filter((name) => name.startsWith(CACHE) && name !== OWN);
    if (old.length === 0) return;
    const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    const apps = await Promise.all(pages.map(appOf));
    if (apps.includes(undefined)) return;
    for (const name of old) {
        const cache = await caches.open(name);
        const used = await Promise.all(apps.map((app) => app !== BUILT.app && cache.match(app!)));
        if (!used.some(Boolean)) await caches.delete(name);
    }
}

const kept = (name: string): Promise<Response | undefined> =>
    caches
        .open(OWN)
        .then(async (cache) => (await cache.match(name)) ?? (LASTING.test(name) ? caches.match(name) : undefined))
        .catch(() => undefined);

/* The page as the server has it now; as it is kept, when the server takes long, fails or is not reached. */
async function newest(request: Request, name: string): Promise<Response> {
    const asked = fetch(request);
    const late = new Promise<undefined>((done) => setTimeout(done, PATIENCE_MS, undefined));
    const answer = await Promise.race([asked, late]).catch(() => undefined);
    if (answer !== undefined && answer.status < 500) return answer;
    return (await kept(name)) ?? asked;
}

async function once(request: Request, name: string): Promise<Response> {
    const there = await kept(name);
    if (there !== undefined) return there;
    const answer = await fetch(request);
    if (answer.ok) {
        const copy = answer.clone();
        void caches
            .open(OWN)
            .then((cache) => cache.put(name, copy))
            .catch(() => undefined);
    }
    return answer;
}

worker.addEventListener("install", (event) => event.waitUntil(install().then(() => worker.skipWaiting())));
worker.addEventListener("activate", (event) =>
    event.waitUntil(worker.clients.claim().then(() => sweep().catch(() => undefined))),
);
worker.addEventListener("fetch", (event) => {
    const { request } = event;
    const name = request.method === "GET" ? nameOf(request.url) : undefined;
    if (name === undefined || (name === PAGE) !== (request.mode === "navigate")) return;
    if (LASTING.test(name)) return event.respondWith(once(request, name));
    event.respondWith(newest(request, name));
    if (name === PAGE) event.waitUntil(sweep().catch(() => undefined));
});
/* A page says what it fetched before there was a worker: its language above all. And it asks by what script one begins now. */
worker.addEventListener("message", (event) => {
    const said = event.data as { fetched?: unknown; newest?: unknown } | null;
    if (Array.isArray(said?.fetched))
        event.waitUntil(
            keepParts(partsWith(said.fetched.map(String)))
                .then(sweep) /* the page before this one is gone by now */
                .catch(() => undefined),
        );
    if (said?.newest instanceof MessagePort) said.newest.postMessage(BUILT.app);
});

/* ---- notices ---- */

function read(event: Pushed): Payload | undefined {
    try {
        const said = event.data?.json() as Partial<Payload> | undefined;
        return typeof said?.title === "string" && typeof said.text === "string" ? (said as Payload) : undefined;
    } catch {
        return undefined;
    }
}

/* A browser wants to see something for each push, also for one that is not understood. */
function show(payload: Payload | undefined): Promise<void> {
    const approval = payload?.approval ?? 0;
    const rtl = payload?.lang === "fa";
    return worker.registration.showNotification(payload?.title ?? "Tefter", {
        body: payload?.text ?? "",
        lang: payload?.lang ?? "",
        dir: rtl ? "rtl" : "ltr",
        icon: "icon.svg",
        badge: "icon.svg",
        tag: `approval-${approval}` /* one a matter, however often it comes */,
        timestamp: Date.now(),
        data: { open: approval > 0 ? `#/approvals/${approval}` : "#/settings" },
    });
}

async function open(hash: string): Promise<void> {
    const pages = await worker.clients.matchAll({ type: "window", includeUncontrolled: true });
    const page = pages.find((each) => each.focused) ?? pages[0];
    if (page === undefined) {
        await worker.clients.openWindow(worker.registration.scope + hash);
        return;
    }
    page.postMessage({ open: hash });
    await page.focus().catch(() => undefined);
}

worker.addEventListener("push", (event) => event.waitUntil(show(read(event))));
worker.addEventListener("notificationclick", (event) => {
    event.notification.close();
    event.waitUntil(open(event.notification.data?.open ?? ""));
});
/* The browser has taken its address back: an open page gives the new one, else the next login does. */
worker.addEventListener("pushsubscriptionchange", (event) =>
    event.waitUntil(
        worker.clients
            .matchAll({ type: "window", includeUncontrolled: true })
            .then((pages) => pages.forEach((page) => page.postMessage({ again: true }))),
    ),
);

export {};
