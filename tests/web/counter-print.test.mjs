/* Slips on paper from the counter: by the printer of the branch, which is a stand-in on a port; else by the browser. */
import { execFile, spawn } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { promisify } from "node:util";
import { bin, company, ok, same, test, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { customer, goods, lines, sells, taken } from "./at_counter.mjs";

const run = promisify(execFile);

/* Answers what a printer is asked, and counts slips by their cuts and pulses of the drawer. */
async function printerOnPort() {
    const printer = { paper: true, slips: 0, drawers: 0 };
    const server = createServer((line) => {
        let had = Buffer.alloc(0);
        line.on("error", () => undefined);
        line.on("data", (data) => {
            had = Buffer.concat([had, data]);
            for (;;) {
                const at = had[0];
                if (at === 0x10 && had.length >= 3) {
                    const byte = had[2] === 4 ? (printer.paper ? 0x12 : 0x72) : printer.paper ? 0x12 : 0x32;
                    line.write(Buffer.from([byte]));
                    had = had.subarray(3);
                } else if (at === 0x1b && had.length >= 2) {
                    const size = had[1] === 0x40 ? 2 : had[1] === 0x70 ? 5 : 3;
                    if (had.length < size) return;
                    if (size === 5) printer.drawers++;
                    had = had.subarray(size);
                } else if (at === 0x1d && had.length >= 8 && had[1] === 0x76) {
                    const size = 8 + had.readUInt16LE(4) * had.readUInt16LE(6);
                    if (had.length < size) return;
                    had = had.subarray(size);
                } else if (at === 0x1d && had.length >= 4 && had[1] === 0x56) {
                    printer.slips++;
                    had = had.subarray(4);
                } else if (at === 0x1d && had.length >= 3 && had[1] === 0x72) {
                    line.write(Buffer.from([0]));
                    had = had.subarray(3);
                } else return;
            }
        });
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    return Object.assign(printer, { port: server.address().port, close: () => server.close() });
}

/* A printer of the branch where browsers stand. */
async function agentOf(shop, printer) {
    const profile = join(shop.folder, `printer-${printer.port}`);
    const pictures = join(shop.folder, "pictures");
    await mkdir(pictures, { recursive: true });
    const said = await shop.tefter("terminal", "add", "FO", `slips ${printer.port}`, "--printer");
    const code = /(?:[0-9A-Z]{5}-){8}[0-9A-Z]{2}/.exec(said)[0];
    await run(join(bin, "tefter"), ["--profile", profile, "enrol", shop.address(), code]);
    const begin = () =>
        spawn(
            join(bin, "tefter"),
            ["printer", "--profile", profile, "--to", `127.0.0.1:${printer.port}`, "--drawer", "--pictures", pictures],
            { stdio: ["ignore", "inherit", "inherit"] },
        );
    return { begin, pictures };
}

test(
    "counter: a slip goes to the branch's printer, says when it is out, and by the browser when there is none",
    async () => {
        const shop = await company({ own: true });
        const printer = await printerOnPort();
        const { begin, pictures } = await agentOf(shop, printer);
        let agent = begin();
        const page = await fresh(shop, { login: "quan", hash: "#/sale", width: 1366, height: 768 });
        const strip = (words) => page.waitForSelector(`.strip:has-text('${words}')`, { timeout: 30_000 });
        const sell = async (to) => {
            await goods(page, "GACH6", 10);
            await customer(page, to);
            await sells(page, /Sell on credit/);
            await page.keyboard.press("F9");
            await until("the next sale", async () => (await lines(page)) === 0);
            return taken(page);
        };
        try {
            await page.evaluate(() => {
                window.slips = 0;
                window.print = () => {
                    window.slips++;
                    dispatchEvent(new Event("afterprint"));
                };
            });
            await sell("K04");
            await page.waitForTimeout(3000); /* a beat tells that there is a printer */
            await page.keyboard.press("Control+P");
            await strip("✓ printed");
            same(printer.slips, 1);
            same(printer.drawers, 0);
            await page.keyboard.press("Control+P");
            await strip("printed, as a copy");
            same(printer.slips, 2);
            await sell("K05");
            printer.paper = false;
            await page.keyboard.press("Control+P");
            await strip("the printer has no paper: Ctrl P prints again");
            if (process.env.TEFTER_PICTURES)
                await page.screenshot({ path: join(process.env.TEFTER_PICTURES, "strip-no-paper.png") });
            printer.paper = true;
            await page.keyboard.press("Control+P");
            await strip("✓ printed");
            same(printer.slips, 3);
            ok((await readdir(pictures)).length >= 3, "the pictures are kept");
            same(await page.evaluate(() => window.slips), 0);
            /* by itself, once it is said so */
            await page.evaluate(() => localStorage.setItem("tefter.print", "on"));
            await page.reload();
            await page.waitForSelector(".goods-field input");
            await page.waitForTimeout(3000);
            same(printer.slips, 3);
            await sell("K02");
            await strip("✓ printed");
            same(printer.slips, 4);
            if (process.env.TEFTER_PICTURES) {
                await page.screenshot({ path: join(process.env.TEFTER_PICTURES, "strip-printed.png") });
                await page.evaluate(() => (location.hash = "#/settings"));
                await page.waitForSelector("text=Printer of this branch");
                await page.screenshot({ path: join(process.env.TEFTER_PICTURES, "settings.png") });
                await page.evaluate(() => (location.hash = "#/sale"));
                await page.waitForSelector(".goods-field input");
            }
            agent.kill("SIGKILL");
            await page.waitForTimeout(4000);
            await page.evaluate(() => {
                window.slips = 0;
                window.print = () => {
                    window.slips++;
                    dispatchEvent(new Event("afterprint"));
                };
            });
            await sell("K03");
            same(printer.slips, 4);
            await page.keyboard.press("Control+P");
            await until("the browser prints", () => page.evaluate(() => window.slips === 1));
            same(page.faults, []);
        } finally {
            agent.kill("SIGKILL");
            printer.close();
            await page.context().close();
        }
    },
    { seconds: 150 },
);
