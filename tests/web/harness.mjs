/*
 * What tests of the page stand on: a company of their own behind the real programs, and one Chromium for all.
 *
 *     import { test, company, same } from "./harness.mjs";
 *     test("a sale is booked", async () => {
 *         const shop = await company();                      // tefterd and tefter-web, a ledger of its own
 *         const page = await shop.open({ width: 1366, height: 625 });
 *         await shop.enrol(page);                            // this browser is a terminal now
 *         await shop.login(page, "fourth");
 *         …                                                  // throws what is wrong
 *     });
 *
 * tests/web/run runs them. Programs are those of $TEFTER_BIN.
 */
import { execFile, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { createRequire } from "node:module";
import { cpus, loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import assert from "node:assert/strict";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../..");
export const web = join(root, "client/web");
export const bin = process.env.TEFTER_BIN ?? join(root, "build/dev/bin");
const fromWeb = createRequire(join(web, "package.json"));
const run = promisify(execFile);

/* name, role, branch, password, PIN */
export const STAFF = {
    owner: { role: "owner", name: "Phạm Hải Long", password: "practice makes perfect", pin: "6174" },
    quan: { role: "manager", name: "Bùi Anh Quân", password: "tefter2026", pin: "4729" },
    ketoan: { role: "accountant", name: "Võ Kế Toán", password: "tefter2026", pin: "3816" },
    mai: { role: "controller", name: "Đỗ Thị Mai", password: "tefter2026", pin: "2947" },
    fourth: { role: "sales", name: "Lê Thị Thơ", branch: "FO", password: "practice makes perfect", pin: "5283" },
    minh: { role: "sales", name: "Trần Minh", branch: "TD", password: "tefter2026", pin: "1637" },
};
export const BRANCHES = [
    ["TD", "Thủ Đức"],
    ["FO", "Fourth counter"],
];
export const CUSTOMERS = [
    "Xây dựng Phú Mỹ",
    "Nội thất Hoa Sen Trắng",
    "Whitfield & Sons",
    "恒信建材行",
    "شرکت سازه آریا",
    "Τεχνική Αιγαίου",
];
export const PRODUCTS = [
    ["XM40", "Xi măng PCB40", "bao", 91800],
    ["GACH6", "Gạch ống 6 lỗ", "viên", 1350],
    ["THEP10", "Thép phi 10", "cây", 167400],
];

/* ---- tests ---- */

const AGAIN_MAX = 5; /* more are no accident */
const tests = [];
let file = "";
/* Of the tests that are registered next; all.mjs says it. */
export function fileIs(name) {
    file = name;
}
/*
 * Registered; run by all.mjs in the order in which they were written. long: it goes over much that a shorter one has a case
 * of, and is of the campaign (tools/stress page), or who asks for it by name.
 */
export function test(name, act, { seconds = 60, long = false } = {}) {
    tests.push({ name, act, seconds, long, file });
}
export const same = assert.deepEqual;
export const ok = assert.ok;

/*
 * How much slower than an idle one this machine is now: by its load, and by timers of this process that come late. Waiting is
 * scaled by it, so that a machine full of other work is not taken for a fault.
 */
const SLOW_MOST = 10,
    BEAT_MS = 20;
let lag = 1,
    beaten = performance.now();
setInterval(() => {
    const now = performance.now();
    lag = Math.max((now - beaten) / BEAT_MS, lag * 0.998);
    beaten = now;
}, BEAT_MS).unref();
export const slowness = () => Math.min(SLOW_MOST, Math.max(1, lag, loadavg()[0] / cpus().length));
/* So many ms of an idle machine. */
export const within = (ms) => Math.round(ms * slowness());

/* Done within so many ms of an idle machine, or nothing. */
function lateAfter(ms, fail) {
    let left = ms,
        before = performance.now();
    const timer = setInterval(() => {
        const now = performance.now();
        left -= (now - before) / slowness();
        before = now;
        if (left <= 0) fail();
    }, 100);
    return () => clearInterval(timer);
}

/* What is wrong with it; nothing: it passed. */
async function faultOf({ act, seconds }) {
    let stop;
    const begun = Date.now();
    const late = new Promise((_, fail) => {
        stop = lateAfter(seconds * 1000, () =>
            fail(new Error(`not done after ${Math.round((Date.now() - begun) / 1000)} s`)),
        );
    });
    try {
        await Promise.race([act(), late]);
        return undefined;
    } catch (fault) {
        const shown = await whatPagesShow();
        await leaveNone(); /* a page that nobody looks at any more would go on trying, and slow the next test */
        return `${String(fault?.stack ?? fault).replace(/^/gm, "    ")}\n${shown}`;
    } finally {
        stop();
    }
}

async function leaveNone() {
    await Promise.all((await contexts()).map((context) => context.close().catch(() => undefined)));
}

/* In front of whoever looks for the cause: the open pages' addresses, first words and faults. */
async function whatPagesShow() {
    const pages = (await contexts()).flatMap((context) => context.pages());
    const lines = await Promise.all(
        pages.slice(-3).map(async (page) => {
            const words = await Promise.race([
                page.evaluate(() => document.body.innerText.replace(/\s+/g, " ").slice(0, 400)).catch(String),
                new Promise((done) => setTimeout(done, 2000, "it does not answer")),
            ]);
            return `    at ${page.url()}: ${words}${(page.faults ?? []).map((fault) => `\n    fault: ${fault.message}`).join("")}`;
        }),
    );
    return lines.join("\n");
}

const firstLine = (fault) =>
    fault
        .split("\n")
        .find((line) => line.trim() !== "")
        ?.trim() ?? "";

/* A machine may stand still for longer than a person would wait. What failed is run once more at the end; that it
 * failed is told, whatever comes of it. The last lines say what failed, and why. */
export async function runTests(wanted) {
    let number = 0;
    const all = process.env.TEFTER_WEB_LONG !== undefined;
    const chosen = tests.filter(({ name, long }) => (wanted ? name.includes(wanted) : all || !long));
    const again = [],
        took = new Map();
    console.log(`1..${chosen.length}`);
    for (const each of chosen) {
        const begun = Date.now();
        const fault = await faultOf(each);
        took.set(each.file, (took.get(each.file) ?? 0) + Date.now() - begun);
        if (fault === undefined) console.log(`ok ${++number} - ${each.name} # ${Date.now() - begun} ms`);
        else {
            console.log(`# failed, perhaps for a moment: ${each.name}\n${fault}`);
            again.push({ each, fault });
        }
    }
    const told = [];
    let failed = 0;
    for (const { each, fault } of again) {
        const second = again.length > AGAIN_MAX ? fault : await faultOf(each);
        failed += second === undefined ? 0 : 1;
        console.log(`${second === undefined ? "ok" : "not ok"} ${++number} - ${each.name}\n${second ?? ""}`);
        const how = second === undefined ? "FLICKERED" : "FAILED";
        told.push(`# ${how}: ${each.file}: ${each.name}: ${firstLine(second ?? fault)}`);
    }
    console.log(`# seconds: ${[...took].map(([name, ms]) => `${name} ${Math.round(ms / 1000)}`).join(", ")}`);
    console.log(
        `# ${chosen.length - failed} of ${chosen.length} tests of the page passed, ${told.length - failed} at the second try`,
    );
    for (const line of told) console.log(line);
    return failed;
}

/* Until it is true; throws with `what` after so many ms. */
export async function until(what, act, ms = 10_000) {
    let late = false;
    const stop = lateAfter(ms, () => (late = true));
    try {
        for (;;) {
            const got = await act();
            if (got) return got;
            if (late) throw new Error(`never: ${what}`);
            await new Promise((done) => setTimeout(done, 25));
        }
    } finally {
        stop();
    }
}

/* Numbers below a bound, the same each time. */
export function chance(seed) {
    let state = seed >>> 0 || 1;
    return (below) => {
        state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
        return (state ^ (state >>> 13)) >>> 0 === 0
            ? 0
            : Math.floor((((state ^ (state >>> 13)) >>> 0) / 0x100000000) * below);
    };
}

/* The codec and the messages for Node, with enums as objects; `size`: of the codec, minified and without the table. */
let loaded;
export function library() {
    return (loaded ??= (async () => {
        const { build } = fromWeb("esbuild");
        const options = {
            absWorkingDir: web,
            bundle: true,
            write: false,
            format: "esm",
            target: "es2020",
            supported: { bigint: true },
        };
        const at = await folder();
        const from = async (name, contents, more) => {
            const { outputFiles } = await build({
                ...options,
                ...more,
                stdin: { contents, resolveDir: web, loader: "ts" },
            });
            await writeFile(join(at, name), outputFiles[0].contents);
            return import(pathToFileURL(join(at, name)));
        };
        const messages = await from("messages.mjs", 'export * from "./lib/messages";');
        const codec = await from("codec.mjs", 'export * from "./lib/codec"; export * from "./lib/features";');
        const { outputFiles } = await build({
            ...options,
            minify: true,
            external: ["./messages"],
            entryPoints: ["lib/codec.ts"],
        });
        return { codec, messages, size: outputFiles[0].contents.length };
    })());
}

/* ---- one Chromium, or two ---- */

/* The headless shell costs half of the whole browser, and shows no notices. */
const launched = new Map();
export function chromium(whole = false) {
    const { TEFTER_CHROMIUM, TEFTER_CHROMIUM_WHOLE } = process.env;
    const executablePath = (whole && TEFTER_CHROMIUM_WHOLE) || TEFTER_CHROMIUM || "/usr/bin/chromium";
    if (!launched.has(executablePath)) launched.set(executablePath, launch(executablePath));
    return launched.get(executablePath);
}
async function launch(executablePath) {
    const browser = await fromWeb("playwright-core").chromium.launch({
        executablePath,
        /* What a test itself gives a page counts as from elsewhere, and might not reach loopback. */
        args: ["--no-sandbox", "--disable-dev-shm-usage", "--disable-features=LocalNetworkAccessChecks"],
    });
    const make = browser.newContext.bind(browser);
    browser.newContext = async (...words) => (await make(...words)).on("page", typedByPerson);
    return browser;
}

const browsers = () => Promise.all([...launched.values()].map((each) => each.catch(() => undefined)));
const contexts = async () => (await browsers()).flatMap((browser) => browser?.contexts() ?? []);

/* Keys come no closer than a person types them: faster is a scan, and no key of it acts. */
const PERSON_MS = 60;
function typedByPerson({ keyboard }) {
    let last = 0;
    for (const name of ["press", "type"]) {
        const act = keyboard[name].bind(keyboard);
        keyboard[name] = async (...words) => {
            const early = last + PERSON_MS - performance.now();
            if (early > 0) await new Promise((done) => setTimeout(done, early));
            await act(...words);
            last = performance.now();
        };
    }
}

/* ---- what runs ---- */

const children = new Set(),
    folders = new Set();

export async function folder() {
    const made = await mkdtemp(join(tmpdir(), "tefter-web-"));
    folders.add(made);
    return made;
}

export function start(program, words, log) {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"] });
    child.said = "";
    const hear = (data) => {
        child.said = (child.said + data).slice(-20_000);
        if (log) process.stderr.write(data);
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.over = new Promise((done) => child.on("close", done));
    children.add(child);
    child.over.then(() => children.delete(child));
    return child;
}

export async function end(child, how = "SIGTERM") {
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    child.kill(how);
    const timer = setTimeout(() => child.kill("SIGKILL"), 10_000);
    await child.over;
    clearTimeout(timer);
}

export async function freePort() {
    const server = createServer();
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address();
    await new Promise((done) => server.close(done));
    return port;
}

/* Everything that was started here ends, and every folder goes. */
export async function cleanUp() {
    await Promise.all((await browsers()).map((browser) => browser?.close().catch(() => undefined)));
    await Promise.all([...children].map((child) => end(child)));
    await Promise.all([...folders].map((one) => rm(one, { recursive: true, force: true })));
}

/* ---- a company ---- */

const codeIn = (text) => /(?:[0-9A-Z]{5}-){8}[0-9A-Z]{2}/.exec(text)?.[0];
const shared = new Map();

/*
 * A company in dong: two branches with tills, a bank account and a card device, STAFF with passwords and PINs, customers K01 to K06
 * with a limit of 4,050,000 (K06: none), three products. { empty: true }: a branch and the owner, nothing else.
 * { practice: true }: of its own, to practise with, and sales over a limit are asked for.
 * { own: true }: for this test alone; else tests share one, and find in it what others did. { options }: more words for
 * its tefterd.
 */
export async function company({ empty = false, own = false, practice = false, options = [] } = {}) {
    if (!own && !practice) {
        if (!shared.has(empty)) shared.set(empty, company({ empty, own: true }));
        return shared.get(empty);
    }
    const at = join(await folder(), "company");
    await cp(await made(empty, practice), at, { recursive: true });
    const link = practice ? ["--found-link", "http://127.0.0.1:1/#found=LINK"] : [];
    return serve(at, undefined, [...link, ...options]);
}

/*
 * A company takes some forty commands to make, and starts as a copy of one that was made before: in this process, or with
 * $TEFTER_WEB_TEMPLATES by any that had the same programs today.
 */
const templates = new Map();
function made(empty, practice) {
    const name = `${empty}-${practice}`;
    if (!templates.has(name))
        templates.set(
            name,
            kept(name, (at) => make(at, empty, practice)),
        );
    return templates.get(name);
}

async function kept(name, make) {
    const place = process.env.TEFTER_WEB_TEMPLATES;
    if (!place) return make(await folder());
    const at = join(place, `${name}-${await madeOf()}`),
        begun = `${at}.${process.pid}`;
    if (await stat(at).catch(() => undefined)) return at;
    await mkdir(begun, { recursive: true });
    folders.add(begun);
    await make(begun);
    await rename(begun, at).catch(() => undefined); /* another process was first */
    return at;
}

/* Of which programs and on which day: a ledger of yesterday has a day to turn. */
async function madeOf() {
    const programs = await Promise.all(["tefterd", "tefter"].map((program) => stat(join(bin, program))));
    const facts = [new Date().toDateString(), await readFile(fileURLToPath(import.meta.url), "utf8")];
    for (const { mtimeMs, size } of programs) facts.push(mtimeMs, size);
    return createHash("sha256").update(facts.join()).digest("hex").slice(0, 16);
}

async function make(at, empty, practice) {
    const say = async (name, text) => {
        await writeFile(join(at, name), `${text}\n`);
        return join(at, name);
    };
    const password = await say("password", STAFF.owner.password);
    const { stdout } = await run(join(bin, "tefterd"), [
        "init",
        "--ledger",
        join(at, "ledger"),
        "--company",
        "Hải Long",
        "--currency",
        "VND",
        "--admin",
        "owner",
        "--admin-name",
        STAFF.owner.name,
        "--password-file",
        password,
        ...(practice ? ["--practice"] : []),
    ]);
    const shop = await serve(at, codeIn(stdout));
    const office = shop.tefter;
    await office("login", "owner", "--password-file", password);
    await office("password", "--pin", "--old-file", password, "--password-file", await say("pin", STAFF.owner.pin));
    if (!empty) {
        await office("account", "add", "VCB 0071", "0071000123456");
        for (const [code, title] of BRANCHES) {
            await office("branch", "add", code, title);
            await office("till", "add", code, `drawer ${code}`);
            await office("device", "add", code, `POS ${code}`, "--account", "VCB 0071");
        }
        for (const [login, who] of Object.entries(STAFF)) {
            if (login === "owner") continue;
            await office(
                "staff",
                "add",
                login,
                "--role",
                who.role,
                "--name",
                who.name,
                ...(who.branch ? ["--branch", who.branch] : []),
            );
            await office("password", "--of", login, "--password-file", await say("easy", who.password));
            await office("password", "--of", login, "--pin", "--password-file", await say("pin", who.pin));
        }
        for (const [code, name, unit, price] of PRODUCTS)
            await office("product", "add", code, name, "--unit", unit, "--price", String(price));
        for (const [at0, name] of CUSTOMERS.entries()) {
            const code = `K0${at0 + 1}`;
            await office(
                "customer",
                "add",
                name,
                "--code",
                code,
                "--phone",
                `+84 28 3810 001${at0}`,
                "--area",
                "route 1",
                "--no-look",
            );
            await office(
                "customer",
                "limit",
                code,
                at0 === 5 ? "unlimited" : "4050000",
                ...(practice ? ["--policy", "approve"] : []),
            );
        }
    }
    await shop.end();
    return at;
}

/* Serves the ledger in `at`, with an office terminal beside it. */
export async function serve(at, code, options = []) {
    const ledger = join(at, "ledger"),
        port = await freePort(),
        url = `http://127.0.0.1:${port}`;
    let server, relay, address;

    async function startServer() {
        await rm(join(ledger, "server.address"), { force: true });
        server = start(join(bin, "tefterd"), [
            "--ledger",
            ledger,
            "--listen",
            address ?? "127.0.0.1:0",
            "--web-socket",
            "--web-origin",
            url,
            ...options,
        ]);
        await until(`tefterd listens: ${server.said}`, async () => {
            if (server.exitCode !== null) throw new Error(`tefterd ended: ${server.said}`);
            address = (await readFile(join(ledger, "server.address"), "utf8").catch(() => "")).trim() || address;
            return /event=listening/.test(server.said) || server.said.includes("listening on") ? address : undefined;
        });
    }
    async function startRelay(...more) {
        relay = start(join(bin, "tefter-web"), [
            "--listen",
            `127.0.0.1:${port}`,
            "--socket",
            join(ledger, "web.socket"),
            ...more,
        ]);
        await until("tefter-web listens", async () => {
            if (relay.exitCode !== null) throw new Error(`tefter-web ended: ${relay.said}`);
            return fetch(url, { signal: AbortSignal.timeout(1000) }).then(
                () => true,
                () => false,
            );
        });
    }
    async function tefter(...words) {
        const { stdout } = await run(join(bin, "tefter"), [
            "--profile",
            join(at, "office"),
            "--server",
            address,
            "--wait",
            "10",
            "--quiet",
            ...words,
        ]);
        return stdout;
    }

    await startServer();
    if (code) await tefter("enrol", address, code);
    await startRelay();
    let terminals = 0;

    return {
        url,
        ledger,
        tefter,
        folder: at,
        address: () => address,
        startServer,
        startRelay,
        killServer: () => end(server, "SIGKILL"),
        killRelay: () => end(relay, "SIGKILL"),
        pauseServer: () => server.kill("SIGSTOP"),
        resumeServer: () => server.kill("SIGCONT"),
        said: () => ({ server: server.said, relay: relay.said }),
        pids: () => ({ server: server.pid, relay: relay.pid }),
        async end() {
            await end(relay);
            await end(server);
        },
        /* One answer or change of the command line's terminal, as objects. */
        async json(...words) {
            return (await tefter("--json", ...words))
                .trim()
                .split("\n")
                .filter(Boolean)
                .map((line) => JSON.parse(line));
        },
        /* A one-time code of a new terminal of that branch. */
        async code(branch = "FO") {
            return codeIn(await tefter("terminal", "add", branch, `browser ${++terminals} ${Date.now() % 1e6}`));
        },
        /* A page of a browser that knows nothing yet. { width, height, dark, language, hash, at: another path; worker: with
         * the service worker, past which no test comes (route); whole: a browser that shows notices } */
        async open({
            width = 1366,
            height = 768,
            dark = false,
            language = "en",
            hash = "",
            at: path = "/",
            worker = false,
            whole = false,
            ...more
        } = {}) {
            const context = await (
                await chromium(whole)
            ).newContext({
                viewport: { width, height },
                colorScheme: dark ? "dark" : "light",
                locale: language,
                serviceWorkers: worker ? "allow" : "block",
                ...more,
            });
            context.setDefaultTimeout(within(30_000));
            const page = await context.newPage();
            page.faults = [];
            page.on("pageerror", (fault) => page.faults.push(fault));
            if (path === "/core") await core(context, url);
            await page.goto(url + path + hash);
            return page;
        },
        /* This browser becomes a terminal; then the page is where it was. */
        async enrol(page, branch = "FO") {
            const given = await this.code(branch);
            return aside(page, async () => {
                const answer = await page.evaluate(async (code) => {
                    await tefter.ready;
                    const said = await tefter.enrol(code);
                    return said.enrolled ?? said.refused.code;
                }, given);
                if (typeof answer !== "object") throw new Error(`not enrolled: ${answer}`);
                return answer;
            });
        },
        /* Somebody of STAFF is logged in by their password; the page finds them so. */
        async login(page, who = "owner") {
            await aside(page, async () => {
                const refused = await page.evaluate(
                    async ([login, password]) => (await tefter.login(login, password)).refused?.code,
                    [who, STAFF[who].password],
                );
                if (refused) throw new Error(`${who} is not let in: ${refused}`);
            });
        },
    };

    /* On /core, whose key and token are the page's too. */
    async function aside(page, act) {
        const from = page.url();
        if (from !== `${url}/core`) {
            await core(page.context(), url);
            await page.goto(`${url}/core`);
        }
        await page.waitForFunction(() => globalThis.tefter);
        const got = await act();
        if (from !== `${url}/core`) await page.goto(from);
        return got;
    }
}

/* The client core alone, as a page: /core of the same origin, with window.tefter and openClient. */
let bundled;
async function core(context, url) {
    bundled ??= fromWeb("esbuild")
        .build({
            absWorkingDir: web,
            bundle: true,
            write: false,
            format: "esm",
            target: "chrome100",
            sourcemap: "inline",
            stdin: {
                contents:
                    'import { openClient } from "./lib/client"; import * as codec from "./lib/codec"; Object.assign(globalThis, { openClient, codec, tefter: openClient() });',
                resolveDir: web,
                loader: "ts",
            },
        })
        .then(({ outputFiles }) => outputFiles[0].text);
    const script = await bundled;
    await context.route(`${url}/core`, (route) =>
        route.fulfill({
            contentType: "text/html",
            body: '<!doctype html><link rel="icon" href="data:,"><title>core</title><script type="module" src="/core.js"></script>',
        }),
    );
    await context.route(`${url}/core.js`, (route) => route.fulfill({ contentType: "text/javascript", body: script }));
}
