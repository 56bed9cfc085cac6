/*
 * The counter on a cheap phone with a bad line: 360 × 640, a processor six times slower than this one, 400 ms there and back,
 * one segment of twenty lost. As the relay serves it: what is measured is what is built in. For phone.test.mjs, which says what is
 * wrong, and tools/web_load.mjs, which says how fast it is.
 */
import { chromium, STAFF, until, within } from "./harness.mjs";
import { slowLine } from "./slow_line.mjs";

export const SLOWER = 6 /* than the processor here */,
    LINES = 10,
    GOALS = { cold_ms: 4000, cached_ms: 1000, task_ms: 100, first_load_kb: 120 };
const badLine = () => slowLine({ trip: 400, loss: 0.05 });

/* Before anything of the page runs: when the counter can be typed into. */
function stamps() {
    globalThis.usable = undefined;
    const look = () => {
        const field = document.querySelector(".goods-field input");
        if (field === null || field.disabled || field.getClientRects().length === 0) return requestAnimationFrame(look);
        const { transferSize: own } = performance.getEntriesByType("navigation")[0];
        const files = performance.getEntriesByType("resource");
        globalThis.usable = {
            ms: Math.round(performance.now()),
            /* the letters of Persian are a file that every phone keeps; it is no part of what is sent for the counter */
            kb:
                Math.round(
                    files
                        .filter(({ name }) => !name.endsWith(".woff2"))
                        .reduce((sum, { transferSize }) => sum + transferSize, own) / 100,
                ) / 10,
            files: files.length + 1,
        };
        return undefined;
    };
    requestAnimationFrame(look);
}

async function phone(shop, line, language = "en") {
    const page = await shop.open({
        width: 360,
        height: 640,
        language,
        worker: true,
        isMobile: true,
        hasTouch: true,
        proxy: { server: line.address },
        hash: `#enrol=${await shop.code("FO")}`,
    });
    await page.waitForSelector("input[autocomplete=username]");
    await page.fill("input[autocomplete=username]", "fourth");
    await page.fill("input[type=password]", STAFF.fourth.password);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".frame");
    await page.context().addInitScript(stamps);
    return page;
}

/* Processor time of each task of the page's thread meanwhile, in ms: what the machine does beside is not in it. */
async function tasksOf(page, act) {
    const browser = await chromium();
    await browser.startTracing(page, { categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
    await act();
    const { traceEvents: events } = JSON.parse((await browser.stopTracing()).toString());
    const pages = new Set(
        events
            .filter(({ name, args }) => name === "thread_name" && args.name === "CrRendererMain")
            .map(({ pid, tid }) => `${pid} ${tid}`),
    );
    return events
        .filter(({ name, tdur, pid, tid }) => /RunTask$/.test(name) && tdur > 0 && pages.has(`${pid} ${tid}`))
        .map(({ tdur }) => tdur / 1000);
}

async function loaded(page, shop) {
    await page.goto(`${shop.url}/?${Math.floor(performance.now())}#/sale`, { waitUntil: "commit" });
    await page.waitForFunction(() => globalThis.usable, undefined, { polling: 100 });
    return page.evaluate(() => globalThis.usable);
}

const isLive = (page) =>
    until("the line is made", () => page.evaluate(() => document.querySelector(".line-mark")?.dataset.line === "live"));

/* The counter opened where it never was, from what is kept, and so without a line. */
export async function visit(shop, language) {
    const line = await badLine();
    try {
        const page = await phone(shop, line, language);
        const tools = await page.context().newCDPSession(page);
        await tools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
        await tools.send("Network.enable");
        await page.waitForFunction(() => caches.match("./"), undefined, { polling: 200 });
        await page.goto("about:blank"); /* it fetches nothing more */
        await tools.send("Network.clearBrowserCache");
        await tools.send("Network.setBypassServiceWorker", { bypass: true }); /* as if it were never here */
        line.on = true;
        const cold = await loaded(page, shop);
        await isLive(page);
        await page.waitForTimeout(within(1000)); /* what is fetched by and by */
        await tools.send("Network.setBypassServiceWorker", { bypass: false });
        const cached = await loaded(page, shop);
        await isLive(page);
        await page.waitForTimeout(within(1000));
        line.cut = true; /* who connects is not answered */
        const alone = await loaded(page, shop);
        const { faults } = page;
        await page.context().close();
        return { cold, cached, alone, faults, lost: line.lost, segments: line.segments };
    } finally {
        line.end();
    }
}

/* A sale of ten lines: the processor time of each task, in ms of this machine. */
export async function sale(shop) {
    const line = await badLine();
    try {
        const page = await phone(shop, line);
        line.on = true;
        await loaded(page, shop);
        await isLive(page);
        await page.waitForTimeout(within(2000)); /* the catalogue, and what is fetched by and by */
        const field = ".goods-field input",
            goods = ["XM40", "GACH6", "THEP10"];
        /* The tool puts a script of its own into the page, which is a task of 40 ms: before, not in what is measured. */
        await page.focus(field);
        await page.waitForSelector(field);
        const tasks = await tasksOf(page, async () => {
            for (let i = 0; i < LINES; i++) {
                await page.focus(field);
                await page.keyboard.type(goods[i % 3], { delay: 60 });
                await page.waitForSelector(".goods-field .combo-option");
                await page.keyboard.press("Enter");
                await page.keyboard.type(String(i + 2), { delay: 60 });
                await page.keyboard.press("Enter");
            }
        });
        const rows = await page.locator(".goods [data-row]").count();
        const { faults } = page;
        await page.context().close();
        return { tasks, rows, faults };
    } finally {
        line.end();
    }
}
