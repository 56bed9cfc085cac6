/*
 * The same sale done three ways: at the browser's counter, in the terminal's screen, and by one command. It is the same
 * document, to the last field but those that name it and say when.
 */
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { bin, company, ok, same, STAFF, test, until } from "./harness.mjs";
import { axe } from "./fresh.mjs";
import { button, customer, goods, taken } from "./at_counter.mjs";
import { hasTmux, terminal } from "./at_terminal.mjs";
import { desk } from "./desk.mjs";
import { wordsOf } from "./day.mjs";

const run = promisify(execFile);
/* What names one document and says when; whose it is, is compared by itself. */
const OWN = new Set(
    "document number seq id hash recorded_ms customer name code phone area terminal reference_hash".split(" "),
);

/* All of it by its path: "lines[1].discount_bp" → 500. */
function fields(value, path = "") {
    if (value === null || typeof value !== "object") return [[path, value]];
    if (Array.isArray(value)) return value.flatMap((each, at) => fields(each, `${path}[${at}]`));
    return Object.entries(value)
        .filter(([name, each]) => typeof each === "object" || !OWN.has(name))
        .filter(([name]) => name !== "sub" || value.account !== "GL_RECEIVABLE") /* whose it is */
        .flatMap(([name, each]) => fields(each, path === "" ? name : `${path}.${name}`));
}

/* The command line as a device of its own, with the clerk logged in. */
async function clerk(shop) {
    const profile = join(shop.folder, "clerk");
    const tefter = async (...words) =>
        (await run(join(bin, "tefter"), ["--profile", profile, "--quiet", ...words])).stdout;
    const password = join(shop.folder, "fourth");
    await writeFile(password, `${STAFF.fourth.password}\n`);
    await tefter("enrol", shop.address(), await shop.code("FO"));
    await tefter("login", "fourth", "--password-file", password);
    return { profile, tefter };
}

test(
    "the same sale in the browser, in the terminal's screen and by a command is the same document",
    async () => {
        const shop = await company({ own: true });
        const paper = async (number) => (await shop.json("document", "show", number))[0];
        const numbers = {};

        /* In the browser: ten bags, a hundred bricks with 5 % off, to K02. */
        const page = await desk(shop, { login: "fourth", branch: "FO", hash: "#/sale", language: "el" });
        await page.waitForSelector(".goods-field input");
        await until("the catalogue is there", async () => {
            await page.fill(".goods-field input", "XM40");
            return page.$(".goods-field .combo-option");
        });
        await page.fill(".goods-field input", "");
        await goods(page, "XM40", 10);
        await goods(page, "GACH6", 100);
        await page.locator(".goods [data-row]").nth(1).locator("[data-cell=discount]").focus();
        await page.keyboard.type("5%", { delay: 60 });
        await page.keyboard.press("Enter");
        await customer(page, "K02");
        await until("F9 says what it comes to", async () => (await button(page)).includes("1.046.250"));
        same(await axe(page, ["label-content-name-mismatch"]), []);
        await page.keyboard.press("F9");
        numbers.browser = await taken(page);
        same(page.faults, []);
        await page.context().close();

        /* By one command, to K04. */
        const { profile, tefter } = await clerk(shop);
        const [sold] = (await tefter("--json", "sell", "K04", "XM40=10", "GACH6=100-5%")).trim().split("\n");
        numbers.command = JSON.parse(sold).done.number;

        /* In the terminal's screen, to K03. Without tmux the other two are compared. */
        if (await hasTmux()) {
            const { say } = await wordsOf("el");
            const folder = join(shop.folder, "screen");
            await mkdir(folder);
            const screen = await terminal(folder, ["--profile", profile, "--language", "el"]);
            try {
                await screen.wait(new RegExp(`── ${say("Customers")}`));
                await screen.type("/K03");
                const found = say("{part} of {whole}", { part: "1", whole: "#" }).replace(/[()]/g, "\\$&");
                await screen.wait(new RegExp(found.replace("#", "\\d")));
                await screen.keys("Enter");
                await screen.wait(/Whitfield[\s\S]*4\.050\.000/);
                await screen.keys("n");
                await screen.wait(new RegExp(`── ${say("Sale")} · Whitfield`));
                for (const [line, code, quantity] of [
                    [1, "XM40", 10],
                    [2, "GACH6", 100],
                ]) {
                    await screen.type(code);
                    await screen.keys("Enter");
                    await screen.wait(new RegExp(`\\n ${line} +\\S`));
                    await screen.type(String(quantity));
                    if (line === 2) {
                        await screen.keys("Tab", "Tab");
                        await screen.type("5%");
                    }
                    await screen.keys("Enter");
                }
                await screen.wait(/1\.046\.250 · F9/);
                await screen.keys("F9");
                numbers.screen = (await screen.wait(/✓ (FO-\d+) 1\.046\.250/))[1];
            } finally {
                await screen.close();
            }
        } else console.log("# there is no tmux: nothing of the terminal's screen was compared");

        const bought = { browser: "K02", screen: "K03", command: "K04" };
        const papers = Object.fromEntries(
            await Promise.all(Object.entries(numbers).map(async ([how, number]) => [how, await paper(number)])),
        );
        for (const [how, { document }] of Object.entries(papers)) {
            const { row } = (await shop.json("customer", "show", bought[how]))[0];
            same(
                [document.customer, document.total_minor],
                [row.customer, 1_046_250],
                `${how}: whose it is, and how much`,
            );
        }
        const command = fields(papers.command);
        ok(command.length > 25, JSON.stringify(papers.command));
        for (const how of Object.keys(numbers)) same(fields(papers[how]), command, `${how} and command`);
        await shop.end();
    },
    { seconds: 90 },
);
