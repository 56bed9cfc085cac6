/* What a file says is read as its people mean it, or asked so that nobody answers it wrong. */
import { join } from "node:path";
import { company, ok, same, test, until } from "./harness.mjs";

const SHOTS = process.env.TEFTER_SHOTS;
const shot = async (page, name) => {
    if (SHOTS !== undefined) await page.screenshot({ path: join(SHOTS, `${name}.png`), fullPage: true });
};

async function office(shop, branch = "FO", who = "quan") {
    const page = await shop.open({ width: 1440, height: 900, hash: "#/import" });
    await shop.enrol(page, branch);
    await shop.login(page, who);
    await page.waitForSelector(".import-drop");
    return page;
}

async function drop(page, name, rows) {
    const text = rows.map((row) => row.join(";")).join("\r\n");
    const data = await page.evaluateHandle(
        ({ name, text }) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], name));
            return transfer;
        },
        { name, text },
    );
    await page.dispatchEvent(".import-drop", "drop", { dataTransfer: data });
    await page.waitForSelector(".file-columns select", { timeout: 120_000 });
}
async function press(page) {
    await until("it may go on", () => page.$(".foot .filled:not([aria-disabled])"), 60_000);
    await page.keyboard.press("F9");
}
const read = (page, row, column) =>
    page.locator(".file-columns tbody tr").nth(row).locator("td").nth(column).locator(".read").innerText();
const sums = (page) =>
    page.$$eval(".adds-up .adds-part .n, .adds-up .adds-all > .n", (all) =>
        all.map((each) => each.textContent.replace(/[^0-9]/g, "")),
    );

test("discounts and taxes: a sign says what they are; a plain number is asked about, with each reading", async () => {
    const shop = await company({ own: true });
    const page = await office(shop);
    await drop(page, "rechnungen.csv", [
        ["Belegnr", "Datum", "Kunde", "Text", "Menge", "Einzelpreis", "Rabatt", "MwSt"],
        ["1", "05.11.2020", "D1", "Nut", "1", "34.000", "1.000 đ", "24%"],
        ["2", "05.11.2020", "D1", "Nut", "1", "34.000", "5%", "24%"],
        ["3", "05.11.2020", "D1", "Nut", "1", "34.000", "50", "24%"],
    ]);
    await page.waitForSelector(".import-question");
    same(await page.locator(".import-question b").innerText(), "What is the discount “50”?");
    same(await read(page, 2, 6), "?");
    await shot(page, "rates-asked");
    same(await page.locator(".import-question button").count(), 2);
    await page.keyboard.press("2");
    await until("it is answered", async () => !(await page.$(".import-question")), 30_000);
    ok((await page.locator(".import-answered").innerText()).includes("Discounts without a sign: amounts"));
    ok((await read(page, 0, 6)).includes("1,000"), "an amount");
    ok((await read(page, 1, 6)).includes("5 %"), "a percentage");
    await press(page);
    await page.waitForSelector(".adds-up", { timeout: 60_000 });
    await shot(page, "rates-tried");
    same((await sums(page)).at(-1), String(33000 * 1.24 + 32300 * 1.24 + 33950 * 1.24));
});

test(
    "customers with what they owe: both signs are thousands, a wrong limit hides no debt, twice the same is asked",
    async () => {
        const shop = await company({ own: true });
        const page = await office(shop);
        await drop(page, "khach-hang.csv", [
            ["Mã KH", "Tên khách hàng", "Hạn mức nợ", "Số ngày nợ", "Số tiền nợ"],
            ["H1", "Bùi Hữu Khánh", "5tr", "30", "2.500.000"],
            ["H2", "Ngô Quang Cường", "50,000,000", "30", "12,400,000 đ"],
            ["H3", "Hồ Văn Hạnh", "20.000.000", "30", "500,000"],
            ["H4", "Lý Thị Bình", "nhiều", "30", "9.700.000"],
            ["H1", "Bùi Hữu Khánh", "5tr", "30", "2.500.000"],
            ["H3", "Hồ Văn Hạnh", "20.000.000", "30", "700.000"],
        ]);
        same(
            await page.locator(".import-what .field", { hasText: "What is it?" }).locator("option:checked").innerText(),
            "Customers and what they owe",
        );
        ok(!(await page.$(".import-question")), "there is nothing to ask");
        same(await read(page, 0, 4), "2,500,000");
        same(await read(page, 1, 2), "50,000,000");
        same(await read(page, 2, 4), "500,000");
        await shot(page, "import-read");
        await press(page);
        await page.waitForSelector(".import-debts", { timeout: 60_000 });
        same(await sums(page), ["18600000", "9700000", "28300000", "18600000"]);
        same(await page.locator(".import-debts li").count(), 2);
        const one = page.locator(".import-debts li").nth(0);
        ok(/H1 in lines 2 and 6: twice the same, 2\.500\.000/.test(await one.innerText()), await one.innerText());
        const other = await page.locator(".import-debts li").nth(1).innerText();
        ok(/H3 in lines 4 and 7: 500,000 \+ 700\.000/.test(other), other);
        ok(await page.$(".foot [aria-disabled]"), "it may be booked though a debt stands there twice");
        await shot(page, "import-twice");
        await page.locator(".import-debts li").nth(1).getByRole("button", { name: "Two debts" }).click();
        await until("one is left", async () => (await page.locator(".import-debts li").count()) === 1);
        await one.getByRole("button", { name: "One debt, line 2 alone" }).click();
        await until("it counts once", async () => (await sums(page))[0] === "16100000");
        same(await page.locator(".import-debts li").count(), 0);
        await press(page);
        await page.waitForSelector(".adds-ledger >> text=/^Ledger$/", { timeout: 120_000 });
        const [card] = await shop.json("call", "customer_card", "code=H3");
        same(Number((card.customer_card ?? card).account.balance_minor), 1_200_000);
        await shop.end();
    },
    { seconds: 200 },
);

test(
    "prices of products are thousands where there are no decimals; what cannot be taken back says so; money is named",
    async () => {
        const shop = await company({ own: true });
        const page = await office(shop);
        await drop(page, "hang.csv", [
            ["Mã hàng", "Tên hàng", "ĐVT", "Đơn giá", "Tiền tạm"],
            ["XM90", "Xi măng PCB90", "bao", "89.000", "1.000.000"],
            ["GA90", "Gạch ống", "viên", "1.250", "2.000.000"],
        ]);
        ok(!(await page.$(".import-question")), "there is nothing to ask");
        same(await read(page, 0, 3), "89,000");
        same(await read(page, 1, 3), "1,250");
        const named = await page.locator(".notice", { hasText: "look like money" }).innerText();
        ok(named.includes("Tiền tạm"), named);
        await shot(page, "import-prices");
        await press(page);
        await page.waitForSelector(".adds-up", { timeout: 60_000 });
        await press(page);
        await page.waitForSelector("text=This cannot be taken back as a whole", { timeout: 120_000 });
        await shot(page, "import-booked");
        const [card] = await shop.json("call", "product_card", "code=XM90");
        same(Number((card.product_card ?? card).product.price), 89_000_000);

        /* The next list of prices: what it changes is seen before it is booked. */
        await page.getByRole("button", { name: "Next file" }).click();
        await page.waitForSelector(".import-drop");
        await drop(page, "hang-moi.csv", [
            ["Mã hàng", "Tên hàng", "ĐVT", "Đơn giá"],
            ["XM90", "Xi măng PCB90", "bao", "92.000"],
            ["GA90", "Gạch ống", "viên", "1.250"],
        ]);
        await page.locator(".import-update input").check();
        await press(page);
        await page.waitForSelector(".import-changes", { timeout: 60_000 });
        const changes = await page.locator(".import-changes li").allInnerTexts();
        same(changes.length, 1);
        ok(/XM90 .*\b89,000 92,000$/.test(changes[0].replace(/\s+/g, " ").trim()), changes[0]);
        await shot(page, "import-changes");
        await shop.end();
    },
    { seconds: 200 },
);

test(
    "what reads two ways is asked, and an answer can be given anew",
    async () => {
        const shop = await company({ own: true });
        const page = await office(shop);
        await drop(page, "nhap.csv", [
            ["Mã KH", "Tên khách hàng", "Ngày", "Còn nợ"],
            ["N1", "Hoàng Gia", "1/2/20", "89.000"],
        ]);
        await page.waitForSelector(".import-question");
        const asked = await page.locator(".import-question").innerText();
        ok(asked.includes("1/2/20"), asked);
        await page.keyboard.press("1");
        await page.waitForSelector(".import-answered");
        same(await page.locator(".import-answered li").innerText(), "Dates: day, month, year\nAsk me again");
        await page.getByRole("button", { name: "Ask me again" }).click();
        await page.waitForSelector(".import-question");
        ok(!(await page.$(".import-answered")), "it is not answered any more");
        await shop.end();
    },
    { seconds: 200 },
);

const chosenKind = (page) =>
    page.locator(".import-what .field", { hasText: "What is it?" }).locator("option:checked").innerText();

test(
    "two customers with one name: each gets a code, and what both owe is booked",
    async () => {
        const shop = await company({ empty: true, own: true });
        const page = await office(shop, "HQ", "owner");
        await drop(page, "clients.csv", [
            ["Name", "Phone", "Balance", "Oldest bill date", "Remarks"],
            ["Eleni Vlachos", "6944123456", "800", "03/25/2020", ""],
            ["Nikos", "6944999888", "100", "04/26/2020", "wholesale"],
            ["Eleni Vlachos", "6977654321", "1199", "05/27/2020", ""],
        ]);
        same(await chosenKind(page), "Customers and what they owe");
        const read = await page.$$eval(".file-columns select", (all) => all.map((each) => each.value));
        same(read, ["code_name", "phone", "amount", "date", "note"]);
        await press(page);
        await page.waitForSelector(".needs", { timeout: 60_000 });
        const rows = page.locator(".need");
        same(await rows.count(), 2);
        const why = await rows.nth(0).innerText();
        ok(why.includes("stands twice in the file: Phone is “6944123456” in line 2 and “6977654321” in line 4"), why);
        await shot(page, "import-two-names");
        await rows.nth(1).getByRole("button", { name: "Another customer" }).click();
        ok(/A customer of their own/.test(await rows.nth(0).innerText()));
        ok(/Another customer, with another code/.test(await rows.nth(1).innerText()));
        await page.getByRole("button", { name: /Try again with/ }).click();
        await until("all of it is clear", async () => (await sums(page)).at(-1) === "2099", 60_000);
        same(await page.locator(".needs, .import-doubles").count(), 0);
        await press(page);
        await page.waitForSelector(".adds-ledger >> text=/^Ledger$/", { timeout: 120_000 });
        const [told] = await shop.json("call", "customers", "text=Vlachos");
        const who = (told.customers ?? told).rows.map(({ who }) => who);
        same(
            who.map(({ name }) => name.value ?? name),
            ["Eleni Vlachos", "Eleni Vlachos"],
        );
        ok(who[0].code !== who[1].code, "they have one code");
        await shop.end();
    },
    { seconds: 200 },
);

test(
    "an answer's button acts on its own row at the first click, and nothing moves under the pointer",
    async () => {
        const shop = await company({ own: true });
        const page = await office(shop);
        await drop(page, "schulden.csv", [
            ["Customer code", "Customer name", "Balance", "Date"],
            ["Q1", "Adler", "many", "2020-03-25"],
            ["Q2", "Berg", "few", "2020-03-25"],
            ["Q3", "Carl", "some", "2020-03-25"],
            ["Q4", "Dora", "400", "2020-03-25"],
        ]);
        await press(page);
        await page.waitForSelector(".needs", { timeout: 60_000 });
        const typeIt = page
            .locator(".need")
            .nth(2)
            .getByRole("button", { name: /^Type it/ });
        const before = await typeIt.boundingBox();
        await typeIt.click();
        await page.waitForSelector(".need:nth-child(3) input");
        same(await page.locator(".need").nth(2).getAttribute("aria-current"), "true");
        await page.keyboard.press("Escape");
        await until("the field is closed", async () => !(await page.$(".need input")));
        same(await typeIt.boundingBox(), before);
        const out = page.locator(".need").nth(0).getByRole("button", { name: "Leave it out" });
        const there = await out.boundingBox();
        const second = await page.locator(".need").nth(1).boundingBox();
        await out.click();
        await until("it is left out", async () => /left out/.test(await page.locator(".need").nth(0).innerText()));
        same(await page.locator(".need").nth(1).boundingBox(), second);
        await page.mouse.click(there.x + there.width / 2, there.y + there.height / 2);
        ok(!/left out/.test(await page.locator(".need").nth(1).innerText()), "a second click left another row out");
        await shop.end();
    },
    { seconds: 120 },
);
