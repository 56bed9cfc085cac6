/*
 * Measures the page's way, for tools/bench: the real tefterd and tefter-web, a real page in Chromium without a window, and
 * protocol clients over WebSocket, all on this machine and by its one clock. Prints one object of JSON.
 *
 *     node tools/web_load.mjs push [SALES] [CLIENTS]     a sale each 350 ms: from its commit until the page has it, and shows it
 *     node tools/web_load.mjs memory [BROWSERS]          what one more browser costs tefterd and the relay
 *     node tools/web_load.mjs phone [VISITS]             the counter on a cheap phone with a bad line (tests/web/at_phone.mjs)
 *     node tools/web_load.mjs desk [CUSTOMERS] [TIMES]   the list of so many customers: opened, searched, filtered, sorted, scrolled
 *
 * Programs are those of $TEFTER_BIN. Commit: committed_ms of the delta, whole milliseconds of the server's wall clock. Received: the
 * page's `message` event that has the delta's last byte. Painted: the beginning of the frame behind the one in which the
 * customer's figure changed, so up to 17 ms late and never early.
 */
import { randomBytes, webcrypto } from "node:crypto";
import { connect } from "node:net";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { GOALS, sale, SLOWER, visit } from "../tests/web/at_phone.mjs";
import { chance, chromium, cleanUp, company, library, STAFF, until } from "../tests/web/harness.mjs";

const EACH_MS = 350,
    WARM = 5,
    TOPICS = { customers: 1, approvals: 2, totals: 520, decisions: 521 };
const OF_A_DEVICE = 12 /* connections; the server takes 16 */,
    AT_ONCE = 8;
const tell = (refused) => JSON.stringify(refused, (_, value) => (typeof value === "bigint" ? String(value) : value));
const pause = (ms) => new Promise((done) => setTimeout(done, ms));
const { codec } = await library();
const { subtle } = webcrypto;
const utf8 = new TextEncoder();

/* ---- a browser's protocol, without a browser ---- */

const behindItsLength = (part) => {
    const size = Buffer.alloc(4);
    size.writeUInt32BE(part.length);
    return Buffer.concat([size, part]);
};

/* A device's key, and what it signs; see client/web/lib/device.ts. */
async function makeKey(origin) {
    const keys = await subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
    return {
        spki: new Uint8Array(await subtle.exportKey("spki", keys.publicKey)),
        async sign(about, { nonce, ledger }, more = []) {
            const parts = [nonce, ledger, utf8.encode(origin), ...more].map(behindItsLength);
            const text = Buffer.concat([Buffer.from(`${about}\0`), ...parts]);
            return new Uint8Array(await subtle.sign({ name: "ECDSA", hash: "SHA-256" }, keys.privateKey, text));
        },
    };
}

/* One WebSocket; `from`: which address of loopback it comes from. */
function dial(url, from) {
    const { host, hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), localAddress: from, noDelay: true });
    const came = [],
        wants = new Map();
    let bytes = Buffer.alloc(0),
        frames = Buffer.alloc(0),
        open = false,
        over,
        wantsNext,
        number = 0n;
    const self = { pushed: () => undefined, next, ask, send, close: () => socket.destroy() };
    let goodbye = "";
    const fail = (why) => {
        over ??= goodbye ? new Error(`the server says goodbye: ${goodbye}`) : why;
        for (const { failed } of wants.values()) failed(over);
        wantsNext?.failed(over);
    };
    socket.on("error", fail);
    socket.on("close", () => fail(new Error("the connection ended")));
    socket.write(
        `GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nOrigin: ${url}\r\nSec-WebSocket-Version: 13\r\n` +
            `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}\r\nSec-WebSocket-Protocol: tefter.v1\r\n\r\n`,
    );
    socket.on("data", (data) => {
        bytes = Buffer.concat([bytes, data]);
        if (!open) {
            const end = bytes.indexOf("\r\n\r\n");
            if (end < 0) return;
            if (!bytes.toString("latin1", 0, 12).endsWith("101"))
                return fail(new Error(bytes.toString("latin1", 0, end)));
            open = true;
            bytes = bytes.subarray(end + 4);
        }
        while (bytes.length >= 2) {
            const short = bytes[1] & 127;
            const head = short < 126 ? 2 : short === 126 ? 4 : 10;
            if (bytes.length < head) return;
            const size = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
            if (bytes.length < head + size) return;
            const opcode = bytes[0] & 15,
                body = bytes.subarray(head, head + size);
            bytes = bytes.subarray(head + size);
            if (opcode === 2) take(body);
            else if (opcode === 9) frame(10, body);
        }
    });
    function take(body) {
        frames = Buffer.concat([frames, body]);
        while (frames.length >= 4 && frames.length >= 4 + frames.readUInt32BE(0)) {
            const said = codec.decode("ToTerminal", new Uint8Array(frames.subarray(4, 4 + frames.readUInt32BE(0))));
            frames = frames.subarray(4 + frames.readUInt32BE(0));
            if (said.goodbye) goodbye = said.goodbye.reason;
            const one = said.request === undefined ? undefined : wants.get(said.request);
            if (one) {
                wants.delete(said.request);
                one.done(said);
            } else if (wantsNext) {
                wantsNext.done(said);
                wantsNext = undefined;
            } else if (said.challenge) came.push(said);
            else self.pushed(said);
        }
    }
    function frame(opcode, body) {
        const size = body.length;
        const head = Buffer.alloc(size < 126 ? 6 : 8); /* masked with zeros */
        head[0] = 0x80 | opcode;
        head[1] = 0x80 | (size < 126 ? size : 126);
        if (size >= 126) head.writeUInt16BE(size, 2);
        socket.write(Buffer.concat([head, body]));
    }
    function next() {
        if (came.length > 0) return Promise.resolve(came.shift());
        if (over) return Promise.reject(over);
        return new Promise((done, failed) => (wantsNext = { done, failed }));
    }
    function send(said) {
        frame(2, behindItsLength(codec.encode("FromTerminal", said)));
    }
    function ask(kind, body) {
        if (over) return Promise.reject(over);
        const request = ++number;
        return new Promise((done, failed) => {
            wants.set(request, { done, failed });
            send({ request, [kind]: body });
        }).then((said) => {
            if (said.refused) throw new Error(`${kind} is refused: ${tell(said.refused)}`);
            return said;
        });
    }
    return self;
}

async function enrol(shop, branch) {
    const key = await makeKey(shop.url),
        code = await shop.code(branch);
    const line = dial(shop.url);
    const { challenge } = await line.next();
    const signature = await key.sign("tefter browser enrol 1", challenge, [key.spki, utf8.encode(code)]);
    const said = await line.ask("enrol_browser", {
        code,
        key: key.spki,
        signature,
        origin: shop.url,
        program: "bench",
    });
    line.close();
    return { key, terminal: said.browser_enrolled.terminal };
}

async function enrolFor(shop, connections) {
    const devices = [];
    while (devices.length * OF_A_DEVICE < connections) devices.push(await enrol(shop, "FO"));
    return devices;
}

/* Logged in, by the device's token when there is one. */
async function enter(shop, device, who, from) {
    const line = dial(shop.url, from);
    const { challenge } = await line.next();
    const signature = await device.key.sign("tefter browser hello 1", challenge);
    await line.ask("hello", {
        wire: 2,
        program: "bench",
        browser: { terminal: device.terminal, signature, origin: shop.url },
    });
    if (device.token) await line.ask("use_token", { token: device.token });
    else device.token = (await line.ask("login", { login: who, password: STAFF[who].password })).logged_in.token;
    return line;
}

/* What a page with the board open is told of. */
async function subscribe(line, topics) {
    let subscription = 0;
    for (const topic of topics)
        await line.ask("subscribe", { subscription: ++subscription, topic: TOPICS[topic], customers: [] });
}

async function inTurns(count, most, act) {
    let at = 0;
    const worker = async () => {
        while (at < count) await act(at++);
    };
    await Promise.all(Array.from({ length: most }, worker));
}

/* Of a command; see client/web/lib/outbox.ts. */
function newId(terminal) {
    const id = randomBytes(16);
    id.writeUIntBE(Date.now(), 0, 6);
    id.writeUInt32BE(terminal, 6);
    return new Uint8Array(id);
}

/* ---- push ---- */

/* In the page, before anything of it runs: when each byte came, and when the figure of `name` stood changed. */
function stamps(name) {
    const now = () => performance.timeOrigin + performance.now();
    globalThis.stamps = { came: [], painted: [] };
    const Socket = WebSocket;
    globalThis.WebSocket = class extends Socket {
        constructor(...words) {
            super(...words);
            globalThis.stamps.came = []; /* of the newest connection */
            this.addEventListener("message", ({ data }) => globalThis.stamps.came.push([now(), new Uint8Array(data)]));
        }
    };
    let before;
    const look = () => {
        const row = [...document.querySelectorAll("[role=row], tr")].find((each) => each.textContent.includes(name));
        const text = row?.textContent;
        if (text === undefined || text === before) return;
        const first = before === undefined;
        before = text;
        if (!first) requestAnimationFrame(() => globalThis.stamps.painted.push([now(), text]));
    };
    const watch = () =>
        new MutationObserver(look).observe(document.body, { subtree: true, childList: true, characterData: true });
    if (document.body) watch();
    else addEventListener("DOMContentLoaded", watch);
}

function quantiles(list) {
    const sorted = [...list].sort((a, b) => a - b);
    const at = (part) => Math.round(sorted[Math.min(sorted.length - 1, Math.ceil(part * sorted.length) - 1)] * 10) / 10;
    return { p50_ms: at(0.5), p99_ms: at(0.99), most_ms: at(1) };
}

async function push(sales = 100, clients = 49) {
    const shop = await company({ own: true });
    const page = await shop.open({ at: "/core" });
    await page.context().addInitScript(stamps, "Τεχνική Αιγαίου"); /* K06: without a limit */
    await shop.enrol(page);
    await shop.login(page, "owner");
    const devices = await enrolFor(shop, clients);
    const lines = [];
    while (lines.length < clients) lines.push(await enter(shop, devices[lines.length % devices.length], "fourth"));
    for (const line of lines) await subscribe(line, ["customers"]);
    await page.goto(`${shop.url}/#/customers`);
    await page.getByText("Τεχνική Αιγαίου").first().waitFor();
    await pause(1000);
    const seqs = [],
        least = [];
    lines[1].pushed = ({ delta }) => {
        if (delta?.rows.length > 0) least.push(Date.now() - Number(delta.committed_ms));
    };
    for (let i = 0; i < WARM + sales; i++) {
        const begun = Date.now();
        const sale = {
            customer_code: "K06",
            lines: [{ product_code: "XM40", quantity: BigInt(1000 + 1000 * (i % 7)), serials: [] }],
            charges: [],
        };
        const command = codec.encode("Command", { issue_invoice: sale });
        const said = await lines[0].ask("submit", { id: newId(devices[0].terminal), command });
        const reply = codec.decode("Reply", said.reply);
        if (!reply.done) throw new Error(`a sale is refused: ${tell(reply)}`);
        if (i >= WARM) seqs.push(reply.seq);
        await pause(Math.max(0, EACH_MS - (Date.now() - begun)));
    }
    await pause(1000);
    const seen = await page.evaluate(() => ({
        came: globalThis.stamps.came.map(([at, bytes]) => [at, btoa(String.fromCharCode(...bytes))]),
        painted: globalThis.stamps.painted,
    }));
    return { ...timesOf(seen, seqs), at_a_client: quantiles(least), clients: lines.length + 1 };
}

/* Which bytes were the delta of which sale, and the first changed figure behind them. */
function timesOf({ came, painted }, seqs) {
    let rest = Buffer.alloc(0);
    const deltas = new Map();
    for (const [at, text] of came) {
        rest = Buffer.concat([rest, Buffer.from(text, "base64")]);
        while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32BE(0)) {
            const { delta } = codec.decode("ToTerminal", new Uint8Array(rest.subarray(4, 4 + rest.readUInt32BE(0))));
            rest = rest.subarray(4 + rest.readUInt32BE(0));
            if (delta?.rows.some(({ account }) => account) && !deltas.has(delta.this))
                deltas.set(delta.this, { at, committed: Number(delta.committed_ms) });
        }
    }
    const received = [],
        shown = [];
    for (const seq of seqs) {
        const delta = deltas.get(seq);
        if (!delta) throw new Error(`the page was not told of ${seq}`);
        const paint = painted.find(([at]) => at >= delta.at);
        if (!paint || paint[0] - delta.at > EACH_MS) throw new Error(`the page did not show ${seq}`);
        received.push(delta.at - delta.committed);
        shown.push(paint[0] - delta.committed);
    }
    return { sales: seqs.length, received: quantiles(received), painted: quantiles(shown) };
}

/* ---- memory ---- */

async function memoryOf(process) {
    const text = await readFile(`/proc/${process}/smaps_rollup`, "ascii");
    const kib = (name) => Number(new RegExp(`^${name}:\\s*(\\d+) kB`, "m").exec(text)[1]);
    return { rss: kib("Rss"), pss: kib("Pss"), own: kib("Private_Dirty") };
}

async function settled(shop) {
    await pause(3000);
    const { server, relay } = shop.pids();
    return { server: await memoryOf(server), relay: await memoryOf(relay) };
}

async function memory(browsers = 500) {
    const shop = await company({ own: true });
    const devices = await enrolFor(shop, browsers + 2 * AT_ONCE);
    for (const device of devices) (await enter(shop, device, "owner")).close();
    const lines = [];
    const more = (count) =>
        inTurns(count, AT_ONCE, async (at) => {
            const line = await enter(shop, devices[at % devices.length], "owner", `127.0.0.${2 + (at % 20)}`);
            await subscribe(line, Object.keys(TOPICS));
            lines.push(line);
        });
    await more(2 * AT_ONCE); /* what is made once is there */
    const before = await settled(shop);
    const first = lines.length;
    await more(browsers);
    const after = await settled(shop);
    const each = {};
    for (const part of ["server", "relay"])
        for (const kind of ["rss", "pss", "own"])
            each[`${part}_${kind}_kib`] =
                Math.round(((after[part][kind] - before[part][kind]) / (lines.length - first)) * 10) / 10;
    return { browsers: lines.length - first, ...each };
}

/* ---- a phone ---- */

const LANGUAGES = ["en", "vi", "zh", "fa", "el"];

/* Each language in turn; of the times the middle one and the worst, of the bytes the language with most. */
async function phone(visits = 2) {
    const shop = await company({ own: true });
    const times = { cold: [], cached: [], alone: [] };
    let most = { kb: 0 };
    for (let i = 0; i < visits * LANGUAGES.length; i++) {
        const language = LANGUAGES[i % LANGUAGES.length];
        const seen = await visit(shop, language);
        for (const which of Object.keys(times)) times[which].push(seen[which].ms);
        if (seen.cold.kb > most.kb) most = { kb: seen.cold.kb, files: seen.cold.files, language };
    }
    const longest = [];
    for (let i = 0; i < visits; i++) longest.push(SLOWER * Math.max(...(await sale(shop)).tasks));
    const of = Object.fromEntries(Object.entries(times).map(([which, list]) => [which, quantiles(list)]));
    return { visits: visits * LANGUAGES.length, ...of, first_load: most, task: quantiles(longest), goals: GOALS };
}

/* ---- the desk's list ---- */

const FAMILIES = [
        "Nguyễn",
        "Trần",
        "Lê",
        "Phạm",
        "Hoàng",
        "Phan",
        "Vũ",
        "Đặng",
        "Bùi",
        "Đỗ",
        "Hồ",
        "Ngô",
        "Dương",
        "Lý",
    ],
    TRADES = ["Xây dựng", "Nội thất", "Vật liệu", "Điện nước", "Cơ khí", "Tạp hóa", "Sơn", "Gạch men"],
    GIVEN = [
        "An",
        "Bình",
        "Châu",
        "Dũng",
        "Giang",
        "Hà",
        "Hải",
        "Khoa",
        "Lan",
        "Minh",
        "Nam",
        "Phúc",
        "Quân",
        "Sơn",
        "Thảo",
        "Yến",
    ];
const ROW = 32 /* pixels */,
    TOP = ".customers-scroll";

/* A file of customers, and one of what every third of them owes; by the importer, as a shop would. */
async function fill(shop, customers) {
    const some = chance(11),
        of = (list) => list[some(list.length)];
    const people = ["code,name,phone,area,limit"],
        debts = ["customer,amount,date,number"];
    for (let i = 1; i <= customers; i++) {
        const name = `${of(TRADES)} ${of(FAMILIES)} ${of(GIVEN)} ${of(GIVEN)} ${i}`;
        people.push(`N${i},${name},+8490${String(1_000_000 + i)},route ${some(40)},${(1 + some(60)) * 500_000}`);
        if (i % 3 === 0) debts.push(`N${i},${(1 + some(700)) * 50_000},2026-0${1 + some(9)}-1${some(10)},B${i}`);
    }
    for (const [kind, lines] of Object.entries({ customers: people, balances: debts })) {
        const file = join(shop.folder, `${kind}.csv`);
        await writeFile(file, `${lines.join("\n")}\n`);
        await shop.tefter("import", kind, file, "--yes");
    }
}

/* In the page: from an act until a frame shows what `done` wants; the list has no row that is still asked for. */
function stopwatch() {
    globalThis.timed = (act, done) =>
        new Promise((tell, fail) => {
            const begun = performance.now();
            act();
            const look = () => {
                const at = performance.now();
                if (at - begun > 20_000) return fail(new Error(`it does not come: ${done}`));
                const whole =
                    document.querySelector("[data-customer]") && !document.querySelector(".customers-seen .bones");
                if (whole && done()) requestAnimationFrame(() => tell(performance.now() - begun));
                else requestAnimationFrame(look);
            };
            look();
        });
    globalThis.firstRow = () => document.querySelector(".customers-seen [data-customer]")?.dataset.customer;
    globalThis.rowCount = () => document.querySelector("[role=table]")?.ariaRowCount;
    globalThis.writes = (text) => {
        const field = document.querySelector("#customers-find");
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set.call(field, text);
        field.dispatchEvent(new Event("input", { bubbles: true }));
    };
}

async function cpuMs(process) {
    const fields = (await readFile(`/proc/${process}/stat`, "ascii")).split(") ")[1].split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
}

/* Of the one process that draws pages, in MiB: what is its own; the browser's program, which all pages share, is not. */
async function tabMemory() {
    const session = await (await chromium()).newBrowserCDPSession();
    const { processInfo } = await session.send("SystemInfo.getProcessInfo");
    const all = await Promise.all(processInfo.filter(({ type }) => type === "renderer").map(({ id }) => memoryOf(id)));
    return Math.round(Math.max(...all.map(({ own }) => own)) / 102.4) / 10;
}

async function desk(customers = 100_000, times = 20) {
    const shop = await company({ own: true });
    await fill(shop, customers);
    const page = await shop.open({ at: "/core", width: 1440, height: 900 });
    await page.context().addInitScript(stopwatch);
    await shop.enrol(page, "TD");
    await shop.login(page, "owner");
    await page.goto(`${shop.url}/#/board`);
    await page.waitForSelector(".frame");
    const server = shop.pids().server;
    for (let before = -1, now = 0; now - before > 50; await pause(1500))
        [before, now] = [now, await cpuMs(server)]; /* at rest */
    const took = { opened: [], searched: [], chosen: [], sorted: [], scrolled: [] };
    const some = chance(12);
    const timed = async (kind, act, done, given) =>
        took[kind].push(
            await page.evaluate(
                `timed(() => (${act})(${JSON.stringify(given)}), () => (${done})(${JSON.stringify(given)}))`,
            ),
        );
    let lists = 0,
        used = 0;
    for (let i = 0; i < times; i++) {
        await page.evaluate(() => void (location.hash = "#/board"));
        await page.waitForSelector(TOP, { state: "detached" });
        await pause(1500); /* the board has all of its own */
        const before = await cpuMs(server);
        await timed("opened", "() => (location.hash = '#/customers')", "() => rowCount() > 2");
        const word = `${GIVEN[i % GIVEN.length]} ${1 + some(9)}`.toLowerCase();
        for (const text of [word, ""])
            await timed("searched", "(was) => writes(was.text)", "(was) => rowCount() !== was.count", {
                text,
                count: await page.evaluate(() => globalThis.rowCount()),
            });
        for (const chip of [2, 0])
            await timed(
                "chosen",
                "(was) => document.querySelectorAll('.customers-filter [role=radio]')[was.chip].click()",
                "(was) => rowCount() !== was.count",
                { chip, count: await page.evaluate(() => globalThis.rowCount()) },
            );
        for (const column of [0, 2])
            await timed(
                "sorted",
                "(was) => document.querySelectorAll('button.sorts')[was.column].click()",
                "(was) => firstRow() !== was.first",
                { column, first: await page.evaluate(() => globalThis.firstRow()) },
            );
        await timed(
            "scrolled",
            `(at) => (document.querySelector("${TOP}").scrollTop = at)`,
            `(at) => Math.abs(document.querySelector("${TOP}").scrollTop - at) < ${ROW}`,
            some(customers) * ROW,
        );
        await pause(300);
        lists += 8;
        used += (await cpuMs(server)) - before;
    }
    const of = Object.fromEntries(Object.entries(took).map(([which, list]) => [which, quantiles(list)]));
    if (page.faults.length > 0) throw page.faults[0];
    return { customers, ...of, server_ms_a_list: Math.round((used / lists) * 10) / 10, tab_mib: await tabMemory() };
}

const [job, ...numbers] = process.argv.slice(2);
const jobs = { push, memory, phone, desk };
let failed = 1;
try {
    if (!Object.hasOwn(jobs, job ?? ""))
        throw new Error(
            "usage: node tools/web_load.mjs push [SALES] [CLIENTS] | memory [BROWSERS] | phone [VISITS] | desk [CUSTOMERS] [TIMES]",
        );
    console.log(JSON.stringify(await jobs[job](...numbers.map(Number))));
    failed = 0;
} catch (fault) {
    console.error(String(fault?.stack ?? fault));
} finally {
    await cleanUp();
}
process.exit(failed);
