/*
 * The owner's first hour: a company is founded in the browser from an empty folder, with nothing but the link.
 */
import { access, mkdir, readdir, writeFile } from "node:fs/promises";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { bin, chromium, end, folder, freePort, ok, same, start, test, until } from "./harness.mjs";
import { axe, part, serveFresh } from "./fresh.mjs";

const run = promisify(execFile);

/* Each has a server and browsers of its own. */
const SECONDS = { seconds: 240 };
const SHOTS = process.env.TEFTER_SHOTS; /* a folder: pictures for who looks at them */
async function shot(page, name) {
    if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`) });
}

/* tefterd found, and the link that it prints. */
async function founder(at, { web, place = "ledger" } = {}) {
    const port = web ?? (await freePort());
    const server = start(join(bin, "tefterd"), [
        "found",
        "--ledger",
        join(at, place),
        "--listen",
        "127.0.0.1:0",
        "--web",
        `127.0.0.1:${port}`,
    ]);
    const url = `http://127.0.0.1:${port}`;
    await until(`the page is served: ${server.said}`, async () => {
        if (server.exitCode !== null) throw new Error(`tefterd ended: ${server.said}`);
        return fetch(url, { signal: AbortSignal.timeout(1000) }).then(
            () => true,
            () => false,
        );
    });
    return { server, url, port, link: /http:\S+#found=\S+/.exec(server.said)?.[0] };
}

async function browser(url, { language = "en-GB", width = 1100, height = 768, zone = "Asia/Ho_Chi_Minh" } = {}) {
    const context = await (
        await chromium()
    ).newContext({ viewport: { width, height }, locale: language, timezoneId: zone });
    await serveFresh(context, url);
    return context;
}

async function opened(context, link) {
    const page = await context.newPage();
    page.faults = [];
    page.on("pageerror", (fault) => page.faults.push(fault));
    await page.goto(link);
    return page;
}

const words = {
    en: {
        company: "Company, as on your papers",
        branch: "First branch",
        owner: "Your name",
        pin: "Your PIN, four digits or more",
        open: /^Open the book of/,
        have: "I have it, go on",
    },
    fa: {
        company: "نام شرکت، همان‌طور که روی سندها می‌آید",
        branch: "نخستین شعبه",
        owner: "نام شما",
        pin: "پین شما، دست‌کم چهار رقم",
        open: /^باز کردن دفتر/,
        have: "آن را دارم، ادامه",
    },
};

async function answer(page, say, { company, branch, owner, pin = "246810" }) {
    await page.getByLabel(say.company).fill(company);
    await page.getByLabel(say.branch).fill(branch);
    await page.getByLabel(say.owner).fill(owner);
    await page.getByLabel(say.pin).fill("1234");
    await page.locator(".field-note.wrong").waitFor(); /* said once: beside the grey button stands what to do */
    ok((await page.locator(".button-why").innerText()) !== (await page.locator(".field-note.wrong").innerText()));
    await page.getByLabel(say.pin).fill(pin.replace(/\d/g, (digit) => String.fromCharCode(0x6f0 + Number(digit))));
    same(await page.locator(".button-why").count(), 0, "nothing is missing");
}

/* A second device with the owner at it: by a code that the page's own office terminal makes. */
async function secondDevice(page, at, server) {
    const code = await page.evaluate(() => location.hash);
    same(code, "#/board");
    await page.evaluate(() => {
        location.hash = "#/people";
    });
    await page.getByRole("button", { name: /Add a device/ }).click();
    await page.getByLabel("Name", { exact: true }).fill("till 2");
    await page.getByRole("button", { name: "Make its code" }).click();
    await page.waitForSelector("text=Other devices cannot reach this address");
    await page.waitForSelector("text=Copy link");
    await shot(page, "second-device");
    const text = await until(
        "a code is shown",
        async () => /(?:[0-9A-Z]{5}-){8}[0-9A-Z]{2}/.exec(await page.innerText(".sheet"))?.[0],
    );
    const address = /listening on (\S+)/.exec(server.said)[1];
    const tefter = (...words) =>
        run(join(bin, "tefter"), [
            "--profile",
            join(at, "two"),
            "--server",
            address,
            "--wait",
            "10",
            "--quiet",
            ...words,
        ]);
    await tefter("enrol", address, text);
    await writeFile(join(at, "recovery"), `${recoveryCode}\n`);
    await tefter("login", "owner", "--password-file", join(at, "recovery"));
    await page.keyboard.press("Escape");
    await page.evaluate(() => {
        location.hash = "#/board";
    });
    return tefter;
}
let recoveryCode;

const HAI_LONG = { company: "Vật liệu Hải Long", branch: "Thủ Đức", owner: "Trần Thu Hà" };

test(
    "a company is founded by the link alone, and its owner is at work",
    async () => {
        const at = await folder();
        const { server, url, link } = await founder(at);
        ok(/#found=([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/.test(link), link);
        const context = await browser(url);
        const page = await opened(context, link);
        await page.waitForSelector("text=Start your company");
        same(new URL(page.url()).hash, "", "the secret stays in no address");
        same((await page.getByLabel("Country").inputValue().then(Number)) >= 0, true, "the clock says where they are");
        await answer(page, words.en, HAI_LONG);
        await page.waitForSelector("text=TD-00001");
        await shot(page, "founding-en");
        same(await axe(page), []);
        await page.getByRole("button", { name: words.en.open }).click();
        await page.waitForSelector(".recovery-code");
        const code = (await page.textContent(".recovery-code")).trim();
        ok(/^([0-9A-Z]{5}-){3}[0-9A-Z]{5}$/.test(code), code);
        await shot(page, "recovery-en");
        await page.getByRole("button", { name: words.en.have }).click();
        await page.waitForSelector(".frame");
        await page.waitForSelector(".first-steps");
        await shot(page, "first-board-en");
        ok(!(await page.textContent(".first-steps li:first-child")).includes("Show the code"), "the code is kept");
        same(await axe(page), []);
        same(await readdir(at), ["ledger"], "nothing else is left");
        ok(server.exitCode === null, "the same process serves it");

        /* In a browser that is no device yet the recovery code is told from a device's; what to do is there. */
        const other = await browser(url);
        const stranger = await opened(other, url);
        await stranger.getByLabel("Code", { exact: true }).fill(code);
        await stranger.getByRole("button", { name: "Make this a device" }).click();
        await stranger.waitForSelector("text=This is the recovery code");
        await stranger.waitForSelector("text=tefterd code --ledger");
        await shot(stranger, "recovery-no-device");
        same(await axe(stranger), []);
        await other.close();

        /* It is the owner's password. */
        await page.evaluate(() => sessionStorage.clear());
        await page.reload();
        await page.getByLabel("Password").fill(code);
        await page.getByRole("button", { name: "Log in" }).click();
        await page.waitForSelector(".frame");
        same(page.faults, []);
        await context.close();
        await end(server);
    },
    SECONDS,
);

test(
    "in Persian the country decides rial, the calendar and the side",
    async () => {
        const at = await folder();
        const { server, url, link } = await founder(at);
        const context = await browser(url, { language: "fa-IR", zone: "Asia/Tehran" });
        const page = await opened(context, link);
        await page.getByLabel(words.fa.company).waitFor();
        same(await page.evaluate(() => document.documentElement.dir), "rtl");
        await answer(page, words.fa, { company: "مصالح البرز", branch: "کرج", owner: "آناهیتا کاوه", pin: "۲۴۶۸" });
        await shot(page, "founding-fa");
        await page.getByRole("button", { name: words.fa.open }).click();
        await page.getByRole("button", { name: words.fa.have }).click();
        await page.waitForSelector(".first-steps");
        await shot(page, "first-board-fa");
        same(page.faults, []);
        await context.close();
        await end(server);
    },
    SECONDS,
);

test(
    "a wrong link, a link of before and a second use found nothing, and say so",
    async () => {
        const at = await folder();
        const first = await founder(at);
        const context = await browser(first.url);
        const wrong = await opened(context, `${first.url}/#found=AAAAA-BBBBB-CCCCC-DDDDD`);
        await wrong.waitForSelector("text=prints a new one");
        const bare = await opened(context, first.url);
        await bare.waitForSelector("text=There is no company here yet");
        await end(first.server);

        const { server, url, link } = await founder(at, { web: first.port });
        const old = await opened(await browser(url), first.link);
        await old.waitForSelector("text=prints a new one");

        /* Two pages of two browsers at once: one founds, the other hears that it is done. */
        const one = await opened(await browser(url), link);
        const two = await opened(await browser(url), link);
        for (const page of [one, two]) {
            await page.waitForSelector("text=Start your company");
            await answer(page, words.en, HAI_LONG);
        }
        await Promise.all([one, two].map((page) => page.getByRole("button", { name: words.en.open }).click()));
        const told = (page) =>
            Promise.race([
                page.waitForSelector(".recovery-code").then(() => "founded"),
                page.waitForSelector("text=The company is founded already").then(() => "late"),
            ]);
        same((await Promise.all([told(one), told(two)])).sort(), ["founded", "late"]);
        const third = await opened(await browser(url), link);
        await third.waitForSelector("text=The company is founded already");
        await end(server);
    },
    SECONDS,
);

test(
    "a link that another browser opened too says so, with what to do; the same browser again does not",
    async () => {
        const at = await folder();
        const { server, url, link } = await founder(at);
        const first = await opened(await browser(url), link);
        await first.waitForSelector("text=Start your company");
        const again = await opened(first.context(), link);
        await again.waitForSelector("text=Start your company");
        same(await again.locator("text=opened by somebody else").count(), 0, "it is one browser");
        const second = await opened(await browser(url), link);
        await second.waitForSelector("text=This link was opened by somebody else too.");
        await shot(second, "opened-too");
        await first.waitForSelector("text=stop tefterd and start it again", { timeout: 30_000 });
        same(first.faults, []);
        await first.context().close();
        await second.context().close();
        await end(server);
    },
    SECONDS,
);

test(
    "two tabs of one browser: both are at work",
    async () => {
        const at = await folder();
        const { server, url, link } = await founder(at);
        const context = await browser(url);
        const one = await opened(context, link);
        const two = await opened(context, link);
        for (const page of [one, two]) {
            await page.waitForSelector("text=Start your company");
            await answer(page, words.en, HAI_LONG);
        }
        await Promise.all([one, two].map((page) => page.getByRole("button", { name: words.en.open }).click()));
        for (const page of [one, two])
            await Promise.race([
                page.waitForSelector(".recovery-code"),
                page.waitForSelector("text=The company is founded already"),
                page.waitForSelector("text=Log in"),
            ]);
        await end(server);
    },
    SECONDS,
);

test(
    "killed at any moment, it is founded whole or not at all, and the page goes on",
    async () => {
        for (const wait of [0, 100, 250, 500, 900]) {
            const at = await folder();
            const first = await founder(at);
            const context = await browser(first.url);
            const page = await opened(context, first.link);
            await page.waitForSelector("text=Start your company");
            await answer(page, words.en, HAI_LONG);
            await page.getByRole("button", { name: words.en.open }).click();
            await new Promise((done) => setTimeout(done, wait));
            await end(first.server, "SIGKILL");
            const made = await access(join(at, "ledger", "format")).then(
                () => true,
                () =>
                    access(join(at, "ledger.founding", "ledger", "format")).then(
                        () => true,
                        () => false,
                    ),
            );
            const { server, link } = await founder(at, { web: first.port });
            same(link === undefined, made, `after ${wait} ms: a new link only where nothing was made`);
            if (made) {
                await page.waitForSelector(".recovery-code", { timeout: 30_000 });
                await page.getByRole("button", { name: words.en.have }).click();
            } else {
                await page.waitForSelector("text=tefterd was started again", { timeout: 30_000 });
                const again = await opened(context, link);
                await again.waitForSelector("text=Start your company");
                await answer(again, words.en, HAI_LONG);
                await again.getByRole("button", { name: words.en.open }).click();
                await again.getByRole("button", { name: words.en.have }).click();
                await again.waitForSelector(".first-steps");
            }
            await until(
                "no half of it is left",
                async () => (await readdir(at)).filter((name) => !name.startsWith(".")).join() === "ledger",
            );
            await context.close();
            await end(server);
        }
    },
    { seconds: 400, long: true },
);

test(
    "where it cannot be it is refused with what to do",
    async () => {
        const at = await folder();
        await mkdir(join(at, "full"));
        await writeFile(join(at, "full", "letter.txt"), "x");
        const said = async (...more) => {
            const child = start(join(bin, "tefterd"), ["found", "--ledger", join(at, "full"), ...more]);
            await child.over;
            return `${child.exitCode} ${child.said}`;
        };
        ok((await said()).startsWith("2 "), "without a page");
        ok((await said("--web", "127.0.0.1:0")).includes("is not a ledger"));
        ok((await said("--web", "0.0.0.0:7679")).startsWith("2 "), "plain HTTP for this machine alone");
        /* Two at one folder. */
        const { server } = await founder(at);
        const second = start(join(bin, "tefterd"), ["found", "--ledger", join(at, "ledger"), "--web", "127.0.0.1:0"]);
        await second.over;
        ok(second.said.includes("already served by pid"), second.said);
        await end(server);
        same((await readdir(at)).sort(), ["full"], "ended without a company nothing is left");
    },
    SECONDS,
);

test(
    "the first steps vanish when they are done, each told by the ledger",
    async () => {
        const at = await folder();
        const { server, url, link } = await founder(at);
        const context = await browser(url, { width: 1366 });
        const page = await opened(context, link);
        await page.waitForSelector("text=Start your company");
        await answer(page, words.en, HAI_LONG);
        await page.getByRole("button", { name: words.en.open }).click();
        await page.getByRole("button", { name: "Later; the board reminds me" }).click();
        const step = (text) => page.locator(".first-steps li", { hasText: text });
        const done = (text) => page.waitForSelector(`.first-steps li.done:has-text("${text}")`);
        await page.waitForSelector(".first-steps");
        await page.keyboard.press("w");
        await page.waitForSelector(".wall .board");
        same(await page.locator(".first-steps").count(), 0, "no list of steps on a wall");
        await page.waitForTimeout(60);
        await page.keyboard.press("Escape");
        await page.waitForSelector(".first-steps");

        await step("recovery code").getByRole("button", { name: "Show the code" }).click();
        await page.waitForSelector(".recovery-code");
        recoveryCode = (await page.textContent(".recovery-code")).trim();
        await page.getByRole("button", { name: words.en.have }).click();
        await done("recovery code");

        await step("Bring your customers").getByRole("button", { name: "Add by hand" }).click();
        await page.getByLabel("Name", { exact: true }).fill("Xây dựng Phú Mỹ");
        await page.getByLabel("Phone").fill("+84 28 3810 0011");
        await page.getByLabel("Area").fill("route 1");
        await page.getByRole("textbox", { name: "Limit" }).fill("50m");
        await page.getByRole("button", { name: "Add Xây dựng Phú Mỹ" }).click();
        await done("Bring your customers");

        await step("What you sell").getByRole("button").click();
        await page.getByLabel("Name", { exact: true }).fill("Xi măng PCB40");
        await page.getByLabel("Code").fill("XM40");
        await page.getByLabel("Unit").fill("bao");
        await page.getByLabel(/^Price/).fill("89000");
        await page.getByRole("button", { name: "Add Xi măng PCB40" }).click();
        await done("What you sell");

        await step("A till for cash").getByRole("button").click();
        await page.getByRole("button", { name: "Add till 1" }).click();
        await done("A till for cash");
        await shot(page, "steps-half");

        /* The others from elsewhere, by the command line of a second device: the list hears of each. */
        const tefter = await secondDevice(page, at, server);
        await done("A second device");
        await tefter("staff", "add", "minh", "--role", "sales", "--name", "Trần Minh");
        await writeFile(join(at, "pin"), "1357\n");
        await tefter("password", "--of", "minh", "--pin", "--password-file", join(at, "pin"));
        await done("Staff and their PINs");
        await run(join(bin, "tefterd"), ["backup", "--ledger", join(at, "ledger"), "--to", join(at, "copies")]);
        /* Their limit is an amount alone: what is over it may be asked for all the same. */
        const over = await tefter("sell", "C-000002", "XM40=600").then(
            () => "sold",
            (fault) => fault.stderr,
        );
        ok(/needs an approval/.test(over), over);
        await tefter("sell", "C-000002", "XM40=3");
        await done("Your first sale");
        await page.reload(); /* how the server is, is asked once a minute */
        await page.waitForSelector(".tile");
        await page.waitForFunction(() => document.querySelector(".board") && !document.querySelector(".first-steps"));
        await shot(page, "steps-gone");
        same(page.faults, []);
        await context.close();
        await end(server);
    },
    SECONDS,
);

test("a limit is the highest debt times the factor, rounded up to two figures", async () => {
    const { proposed, roundedUp } = await part("desk/limits.tsx");
    same(roundedUp(928_300_000n), 930_000_000n);
    same(roundedUp(930_000_000n), 930_000_000n);
    same(roundedUp(7n), 7n);
    same(roundedUp(0n), 0n);
    same(roundedUp(-5n), 0n);
    same(proposed(100n, 120), 120n);
    same(proposed(101n, 120), 130n);
    same(proposed(0n, 300), 0n);
});
