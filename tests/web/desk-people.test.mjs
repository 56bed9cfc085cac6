/* Staff, devices, branches and places of money: changed, blocked, with what a role may, a rehearsal and who changed what. */
import { join } from "node:path";
import { company, ok, same, test, until } from "./harness.mjs";
import { axe, fresh } from "./fresh.mjs";

const SHOTS = process.env.TEFTER_SHOTS;
const shot = async (page, name) => SHOTS !== undefined && page.screenshot({ path: join(SHOTS, `${name}.png`) });

test(
    "a person gets another role after it is seen what they lose; a till with money is not blocked; each change is told",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "owner", hash: "#/people", width: 1440, height: 900 });
        const staff = async (login) =>
            (await shop.json("call", "staff"))[0].staff.staff.find((each) => each.login === login);
        await page.waitForSelector("table >> text=Võ Kế Toán");
        await page.waitForSelector(".matrix .right-asks >> text=asks F8");
        await shot(page, "people");

        await page.locator("tr", { hasText: "Võ Kế Toán" }).click();
        await page.waitForSelector(".sheet >> text=What the role accountant may do");
        await page.locator(".sheet").getByLabel("Role").selectOption({ label: "Sales" });
        await page.waitForSelector(".sheet >> text=What the role sales may do");
        await page.waitForSelector(".sheet .rehearsal >> text=1 person could do less");
        await page.waitForSelector(".sheet .rehearsal >> text=no longer may confirm money");
        await shot(page, "person");
        same(await axe(page), []);
        await page.getByRole("button", { name: "Keep the changes" }).click();
        await page.waitForSelector(".sheet", { state: "detached" });
        same((await staff("ketoan")).role, "ROLE_SALES");

        /* Blocked after one look at what that means. */
        await page.locator("tr", { hasText: "Trần Minh" }).click();
        await page.getByRole("button", { name: "Block …" }).click();
        await page.waitForSelector(".sheet .rehearsal >> text=no longer may");
        await page.getByRole("button", { name: "Block Trần Minh" }).click();
        await page.waitForSelector(".sheet", { state: "detached" });
        ok((await staff("minh")).blocked);

        /* A new person: nothing is kept of a try that is refused, nor of one who is somebody else. */
        await page.getByRole("button", { name: "Add a person" }).click();
        const fills = async (name, login, pin, role) => {
            await page.getByLabel("Name, as others know them").fill(name);
            await page.getByLabel("Short name to log in with").fill(login);
            await page.locator(".sheet").getByLabel("Role").selectOption({ label: role });
            await page.getByLabel("PIN, 4 to 12 digits").fill(pin);
        };
        await fills("Petra", "petra", "1234", "Manager");
        await page.waitForSelector(".sheet button[type=submit][aria-disabled]"); /* too easy to be sent */
        await page.keyboard.press("Enter");
        await page.waitForTimeout(500);
        same(await staff("petra"), undefined);
        await page.getByLabel("PIN, 4 to 12 digits").fill("6173");
        const password = page.getByLabel("Password");
        await password.fill("short"); /* the server refuses it, and has the person by then */
        await page.getByRole("button", { name: "Add Petra" }).click();
        await page.waitForSelector(".sheet [role=alert]");
        same((await staff("petra")).role, "ROLE_MANAGER");
        await fills("Petra Holm", "petra", "6173", "Sales");
        await password.fill("");
        await page.getByRole("button", { name: "Add Petra Holm" }).click();
        await page.waitForSelector(".sheet", { state: "detached" });
        const petra = await staff("petra");
        same([petra.name?.value ?? petra.name, petra.role, petra.has_pin], ["Petra Holm", "ROLE_SALES", true]);

        /* Two at one record: the second is told, and keeps what they typed. */
        await page.locator("tr", { hasText: "Võ Kế Toán" }).click();
        await page.waitForSelector(".sheet .history >> text=Role");
        await page.getByLabel("Name, as others know them").fill("Võ Thu");
        await shop.tefter("staff", "change", "ketoan", "--branch", "TD");
        await page.waitForSelector(".sheet [role=alert] >> text=changed this at");
        await page.waitForSelector(".sheet [role=alert] >> text=Thủ Đức");
        same(await page.getByLabel("Name, as others know them").inputValue(), "Võ Thu");
        await page.getByRole("button", { name: "Keep the changes" }).click();
        await page.waitForSelector(".sheet [role=alert]");
        same((await staff("ketoan")).name, "Võ Kế Toán", "not before it was read");
        await page.getByRole("button", { name: "I have seen it" }).click();
        await page.getByRole("button", { name: "Keep the changes" }).click();
        await page.waitForSelector(".sheet", { state: "detached" });
        const ketoan = await staff("ketoan");
        same(ketoan.name, "Võ Thu");
        const branches = (await shop.json("call", "branches"))[0].branches.branches;
        same(branches.find((each) => each.branch === ketoan.branch).code, "TD", "what the other one did stays");

        /* A device is called something else. */
        await page.locator(".panel", { hasText: "Devices" }).locator("tr", { hasText: "browser" }).first().click();
        await page.locator(".sheet").getByLabel("Name").fill("Front desk");
        await page.getByRole("button", { name: "Keep the changes" }).click();
        await page.waitForSelector(".sheet .history >> text=Front desk");
        await page.keyboard.press("Escape");

        /* Branches and places. */
        await page.keyboard.press("?");
        await page.keyboard.type("Branches, tills", { delay: 60 });
        await page.keyboard.press("Enter");
        await page.waitForSelector("text=Card machines");
        await shop.tefter("pay", "K06", "250k", "--cash").catch(() => undefined);
        const places = (await shop.json("call", "money_accounts"))[0].money_accounts.money_accounts;
        const till =
            places.find((each) => each.kind === "MONEY_TILL" && Number(each.holds_minor ?? 0) > 0) ??
            places.find((each) => each.kind === "MONEY_TILL");
        await page.locator(".list-row", { hasText: till.name }).first().click();
        await page.getByRole("button", { name: /^Block / }).click();
        if (Number(till.holds_minor ?? 0) > 0) await page.waitForSelector(".sheet [role=alert] >> text=/250,000/");
        await page.keyboard.press("Escape");
        await page.locator(".list-row", { hasText: "Thủ Đức" }).first().click();
        await page.locator(".sheet").getByLabel("Phone").fill("028 3896 0001");
        await page.getByRole("button", { name: "Keep the changes" }).click();
        await page.waitForSelector(".sheet", { state: "detached" });
        await page.locator(".list-row", { hasText: "Thủ Đức" }).first().click();
        await page.waitForSelector(".sheet .history >> text=028 3896 0001");
        await shot(page, "branch");
        await page.getByRole("button", { name: "Block Thủ Đức" }).click();
        await page.waitForSelector(".sheet", { state: "detached" });
        await until("it is blocked", async () =>
            (await shop.json("call", "branches"))[0].branches.branches.some(
                (each) => each.code === "TD" && each.blocked,
            ),
        );
        same(page.faults, []);
        await page.context().close();
        await shop.end();
    },
    { seconds: 180 },
);

test(
    "found by name from anywhere; who may not is told so",
    async () => {
        const shop = await company({ own: true });
        const page = await fresh(shop, { login: "owner", hash: "#/board", width: 1366, height: 768 });
        for (const [text, hash] of [
            ["Credit policy", "#/policy"],
            ["Price lists", "#/prices"],
            ["Branches, tills", "#/places"],
            ["Devices and staff", "#/people"],
            ["Catalogue", "#/catalogue"],
        ]) {
            await page.keyboard.press("?");
            await page.waitForSelector(".sheet input");
            await page.keyboard.type(text, { delay: 60 }); /* as a person does: faster is a scan */
            await page.keyboard.press("Enter");
            await until(`${text} is open`, () => page.evaluate((where) => location.hash === where, hash));
            await page.waitForSelector(".sheet", { state: "detached" });
        }
        await page.context().close();
        const clerk = await fresh(shop, { login: "fourth", hash: "#/sale" });
        await clerk.keyboard.press("Escape");
        await clerk.locator("body").click();
        await clerk.evaluate(() => document.activeElement?.blur());
        await clerk.keyboard.press("?");
        await clerk.keyboard.type("Credit policy", { delay: 60 });
        await clerk.waitForSelector(".combo-option >> text=not with your role");
        await clerk.context().close();
        await shop.end();
    },
    { seconds: 120 },
);
