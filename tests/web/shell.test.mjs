/* The shell through the real relay and server: a browser becomes a device, people come and go, the line comes and goes. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { company, folder, ok, same, STAFF, test, until, within } from "./harness.mjs";
import { axe, fresh, serveFresh } from "./fresh.mjs";

const line = (page) => page.getAttribute(".line-mark", "data-line");
const typeIn = async (page, login, password) => {
    await page.fill("input[autocomplete=username]", login);
    await page.fill("input[type=password]", password);
    await page.keyboard.press("Enter");
};

test("shell: a link makes the browser a device; then a person logs in; the address forgets the code", async () => {
    const shop = await company();
    const page = await shop.open({ at: "/core" });
    await serveFresh(page.context(), shop.url);
    const blocked = [];
    page.on("console", (message) => {
        if (/Content.Security|Refused to/.test(message.text())) blocked.push(message.text());
    });
    await page.goto(`${shop.url}/`);
    await page.waitForSelector(".code input");
    await page.fill(".code input", "NOT-A-CODE");
    await page.keyboard.press("Enter");
    await until("a wrong code is told", async () =>
        /code/i.test(await page.innerText(".field-note.wrong").catch(() => "")),
    );
    const code = await shop.code("FO");
    await page.goto(`${shop.url}/?x#enrol=${code}`);
    await page.waitForSelector("input[autocomplete=username]");
    ok(!(await page.evaluate(() => location.href)).includes("enrol"), "the code is gone from the address");
    same(await page.innerText("h1"), "Hải Long");
    await typeIn(page, "quan", "wrong password");
    await until(
        "a wrong password is told",
        async () => (await page.innerText(".field-note.wrong").catch(() => "")) !== "",
    );
    same(await page.inputValue("input[type=password]"), "", "and is not kept");
    await page.fill("input[type=password]", STAFF.quan.password);
    await page.keyboard.press("Enter");
    await page.waitForSelector(".frame");
    await until("live", async () => (await line(page)) === "live");
    await until("its title", async () => /Hải Long/.test(await page.title()));
    await page.reload();
    await page.waitForSelector(".frame");
    same([page.faults, blocked], [[], []]);
    await page.context().close();
});

test("shell: a manager adds a device, sees it come, and blocks it", async () => {
    const shop = await company();
    const office = await fresh(shop, { login: "owner", hash: "#/people" });
    await office.waitForSelector("text=Add a device");
    await office.click("text=Add a device");
    await office.fill(".sheet input", "Yard phone");
    await office.keyboard.press("Enter");
    await office.waitForSelector(".qr");
    const code = (await office.innerText(".enrol-code")).trim();
    same(await axe(office), []);
    const phone = await shop.open({ at: "/core", width: 390, height: 844 });
    await serveFresh(phone.context(), shop.url);
    await phone.goto(`${shop.url}/#enrol=${code}`);
    await phone.waitForSelector("input[autocomplete=username]");
    await office.waitForSelector(".notice.credit", { timeout: within(15_000) });
    await typeIn(phone, "fourth", STAFF.fourth.password);
    await phone.waitForSelector(".frame");
    await office.keyboard.press("Escape");
    await until("the list says who is there", async () =>
        /Yard phone[\s\S]*live[\s\S]*Lê Thị Thơ/.test(await office.innerText("table[aria-label=Devices]")),
    );
    await office.click("text=Yard phone");
    await office.click("text=Block …");
    await office.click("text=Block Yard phone");
    await phone.waitForSelector("text=/not a device|not connected any more/", { timeout: within(10_000) });
    await until("the list says so", async () =>
        /Yard phone[\s\S]*blocked/.test(await office.innerText("table[aria-label=Devices]")),
    );
    same([office.faults, phone.faults], [[], []]);
    await office.context().close();
    await phone.context().close();
});

test("shell: people change by PIN; each finds their own language, and no screen that is not theirs", async () => {
    const shop = await company();
    const page = await fresh(shop, { login: "fourth", hash: "#/settings" });
    const rail = () =>
        page.locator(".rail a.rail-item").evaluateAll((all) => all.map((each) => each.getAttribute("href")));
    ok(!(await rail()).includes("#/people"), "sales staff do not manage devices");
    await page.goto(`${shop.url}/#/people`);
    await page.waitForSelector("text=may not see this screen");
    await page.goto(`${shop.url}/#/settings`);
    await page.selectOption("select", { label: "Tiếng Việt" });
    await until("Vietnamese", async () => (await page.getAttribute("html", "lang")) === "vi");
    await page.keyboard.press("F10");
    await page.waitForSelector(".sheet");
    await page.fill(".sheet input[dir=ltr]:not([type=password])", "owner");
    await page.fill(".sheet input[type=password]", "0000");
    await page.keyboard.press("Enter");
    await until(
        "a wrong PIN is told",
        async () => (await page.innerText(".sheet .field-note.wrong").catch(() => "")) !== "",
    );
    const persian = STAFF.owner.pin.replace(/\d/g, (digit) => String.fromCharCode(0x6f0 + Number(digit)));
    await page.fill(".sheet input[type=password]", persian);
    await page.keyboard.press("Enter");
    await until("the owner is here", async () => (await rail()).includes("#/people"));
    await page.goto(`${shop.url}/#/settings`);
    await page.waitForSelector("select");
    await page.selectOption("select", "0"); /* English for the owner */
    await until("English", async () => (await page.getAttribute("html", "lang")) === "en");
    await page.keyboard.press("F10");
    await page.click(".sheet .person:has-text('Lê Thị Thơ')");
    await page.fill(".sheet input[type=password]", STAFF.fourth.pin);
    await page.keyboard.press("Enter");
    await until("Vietnamese again", async () => (await page.getAttribute("html", "lang")) === "vi");
    ok(!(await rail()).includes("#/people"));
    same(page.faults, []);
    await page.context().close();
});

test(
    "shell: what somebody left unbooked is told to everybody at the device, and sent by their login alone",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "fourth", hash: "#/settings" });
        await page.goto(`${shop.url}/core`);
        await page.waitForFunction(() => globalThis.tefter?.line.value.kind === "live");
        await shop.killRelay();
        await page.waitForFunction(() => tefter.line.value.kind === "lost");
        await page.evaluate(async () => {
            const invoice = { lines: [{ product_code: "GACH6", quantity: 1000n }] };
            tefter.submit("sell_paid", { invoice, payments: [{ kind: 1, amount_minor: 1350n }] });
            await new Promise((done) => setTimeout(done, 500));
            await tefter.logout();
        });
        await shop.startRelay();
        await page.goto(`${shop.url}/#/settings`);
        const told = () => page.innerText(".left-here").catch(() => "");
        await page.waitForSelector(".gate .left-here");
        ok(/1 sale of fourth, 1,350.*is not booked yet/.test(await told()), await told());
        same(await axe(page), []);
        await page.click(".left-here button");
        same(await page.inputValue("input[autocomplete=username]"), "fourth");
        await page.fill("input[autocomplete=username]", "owner");
        await page.fill("input[type=password]", STAFF.owner.password);
        await page.keyboard.press("Enter");
        await page.waitForSelector(".bands .left-here");
        ok(/Only fourth can send it/.test(await told()));
        same(await page.locator(".rail-person .rail-count").count(), 1);
        same(await axe(page), []);
        await page.click(".left-here button");
        await page.waitForSelector(".sheet input[type=password]");
        await page.keyboard.type(STAFF.fourth.pin);
        await page.keyboard.press("Enter");
        await until("it is answered", async () => (await page.locator(".left-here").count()) === 0, 15_000);
        await page.context().close();
        await shop.end();
    },
    { seconds: 90 },
);

test("shell: who has no PIN opens the lock with their password; a board on the wall is not locked", async () => {
    const shop = await company({ own: true });
    const file = join(await folder(), "password");
    await writeFile(file, "the one who has no pin\n");
    await shop.tefter("staff", "add", "nopin", "--role", "manager", "--name", "Vũ Thị An");
    await shop.tefter("password", "--of", "nopin", "--password-file", file);
    const page = await fresh(shop, { login: "", hash: "#/board" });
    await page.fill("input[autocomplete=username]", "nopin");
    await page.fill("input[type=password]", "the one who has no pin");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".board");
    const later = () =>
        page.evaluate(() => {
            const now = Date.now.bind(Date);
            Date.now = () => now() + 11 * 60_000;
            document.dispatchEvent(new Event("visibilitychange"));
        });
    await page.keyboard.press("w");
    await page.waitForSelector("html.wall");
    await later();
    same(await page.locator(".lock").count(), 0);
    await page.keyboard.press("w");
    await later();
    await page.waitForSelector(".lock");
    ok(/Password/i.test(await page.innerText(".lock .field-label")), await page.innerText(".lock .field-label"));
    await page.keyboard.type("the one who has no pin");
    await page.keyboard.press("Enter");
    await until("open", async () => (await page.locator(".lock").count()) === 0);
    same(page.faults, []);
    await page.context().close();
    await shop.end();
});

test("shell: it locks by itself, shows nothing behind the lock, and keeps what was typed", async () => {
    const shop = await company();
    const page = await fresh(shop, { login: "quan", hash: "#/settings" });
    await page.waitForSelector("text=Change the PIN");
    await page.fill("input[autocomplete=current-password]", "half typed");
    await page.evaluate(() => {
        const now = Date.now.bind(Date);
        Date.now = () => now() + 11 * 60_000;
        document.dispatchEvent(new Event("visibilitychange"));
    });
    await page.waitForSelector(".lock");
    same(await page.evaluate(() => getComputedStyle(document.querySelector(".frame")).visibility), "hidden");
    ok(
        await page.evaluate(() => document.querySelector(".lock").contains(document.activeElement)),
        "the PIN has the focus",
    );
    await page.keyboard.press("F10");
    same(await page.locator(".sheet").count(), 0, "no key reaches what is behind");
    await page.keyboard.type("9999");
    await page.keyboard.press("Enter");
    await until(
        "a wrong PIN is told",
        async () => (await page.innerText(".lock .field-note.wrong").catch(() => "")) !== "",
    );
    await page.keyboard.type(STAFF.quan.pin);
    await page.keyboard.press("Enter");
    await until("open", async () => (await page.locator(".lock").count()) === 0);
    same(await page.inputValue("input[autocomplete=current-password]"), "half typed");
    same(page.faults, []);
    await page.context().close();
});

test(
    "shell: the line is told as it is: live, old, lost, live again",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "quan", hash: "#/settings" });
        await until("live", async () => (await line(page)) === "live");
        shop.pauseServer();
        await until("old", async () => (await line(page)) === "stale", 9_000);
        ok(/\d+ s old/.test(await page.innerText(".line-mark")), await page.innerText(".line-mark"));
        await until("lost", async () => (await line(page)) === "lost", 14_000);
        ok(/NOT CONNECTED/.test(await page.innerText(".line-mark")));
        ok(await page.isVisible(".lost-band"));
        same(await axe(page), []);
        shop.resumeServer();
        await until("live again", async () => (await line(page)) === "live", 20_000);
        await until("the band goes", async () => !(await page.isVisible(".lost-band")));
        await shop.killServer();
        await until("lost at once", async () => (await line(page)) === "lost", 5_000);
        await shop.startServer();
        await until("live again by itself", async () => (await line(page)) === "live", 25_000);
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 120 },
);

test("shell: all of it by keys: find, go, skip, Tab stays in a sheet, Esc gives the focus back", async () => {
    const shop = await company();
    const page = await fresh(shop, { login: "owner", hash: "#/settings" });
    await page.waitForSelector("text=Change the PIN");
    await page.keyboard.press("Tab");
    same(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    same(await page.evaluate(() => document.activeElement.id), "main");
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    await page.waitForSelector("text=Add a device");
    await page.focus("button:has-text('Add a person')");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".sheet");
    for (let i = 0; i < 14; i++) await page.keyboard.press("Tab");
    ok(
        await page.evaluate(() => document.querySelector(".sheet").contains(document.activeElement)),
        "Tab stays in the sheet",
    );
    await page.keyboard.press("Escape");
    await until("Esc closes the sheet", async () => (await page.locator(".sheet").count()) === 0);
    ok(await page.evaluate(() => document.activeElement.textContent.includes("Add a person")), "the focus is back");
    await page.keyboard.press("?");
    await page.waitForSelector(".find");
    await page.keyboard.type("lock");
    await page.waitForSelector(".find .combo-option");
    await page.keyboard.press("Escape");
    await until("one Esc closes it", async () => (await page.locator(".sheet").count()) === 0);
    await page.keyboard.press("?");
    await page.waitForSelector(".find");
    await page.evaluate(() => {
        location.hash = "#/customers";
    });
    await until("another screen closes it", async () => (await page.locator(".sheet").count()) === 0);
    await page.keyboard.press("?");
    await page.waitForSelector(".find");
    await page.keyboard.type("setti");
    await until("found", async () => (await page.locator(".find .combo-option").count()) === 1);
    await page.keyboard.press("Enter");
    await page.waitForSelector("text=Change the PIN");
    same(page.faults, []);
    await page.context().close();
});

test(
    "shell: nothing is cut or found wrong: phones, 200 %, large text, dark, Persian, forced colours",
    async () => {
        const shop = await company();
        const looks = [
            { width: 390, height: 844 },
            { width: 360, height: 640 },
            { width: 683, height: 312 },
            { width: 1366, height: 625, dark: true },
            { width: 1440, height: 900, query: "?lang=fa" },
            { width: 1366, height: 625, forcedColors: "active" },
        ];
        for (const look of looks) {
            const page = await fresh(shop, { login: "owner", hash: "#/settings", ...look });
            for (const screen of ["settings", "people"]) {
                await page.goto(`${shop.url}/${look.query ?? ""}#/${screen}`);
                await page.waitForSelector(".panel");
                await page.waitForTimeout(500);
                same(await axe(page), [], `${JSON.stringify(look)} ${screen}`);
                const wider = await page.evaluate(
                    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
                );
                ok(wider <= 0, `${JSON.stringify(look)} ${screen}: ${wider} px wider than the page`);
            }
            if (look.query) same(await page.getAttribute("html", "dir"), "rtl");
            await page.evaluate(() => document.documentElement.style.setProperty("--size", "1.3"));
            ok(
                (await page.evaluate(
                    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
                )) <= 0,
                `${JSON.stringify(look)}: 130 %`,
            );
            same(page.faults, []);
            await page.context().close();
        }
    },
    { seconds: 120 },
);
