/* An approval for less than was asked: its ways on are buttons, and it stays with the sale as long as it may. */
import { company, ok, same, test, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { button, customer, goods, sells, taken } from "./at_counter.mjs";

let made;
const shop = () => (made ??= company({ practice: true }));
const picture = async (page, name) => {
    if (process.env.TEFTER_PICTURES) await page.screenshot({ path: `${process.env.TEFTER_PICTURES}/${name}.png` });
};
const newest = async () => (await (await shop()).json("approval", "list")).sort((a, b) => b.approval - a.approval)[0];

/* 50 bags for 4,590,000 of which 4,131,000 are approved: 45 bags. */
async function approvedForLess(code) {
    const own = await shop();
    const page = await fresh(own, { login: "fourth", hash: "#/sale", width: 1366, height: 768 });
    await goods(page, "XM40", 50);
    await customer(page, code);
    await sells(page, /Choose one of/);
    const before = (await newest())?.approval;
    await page.keyboard.press("F8");
    const asked = await until("it is asked", async () => {
        const found = await newest();
        return found !== undefined && found.approval !== before ? found : undefined;
    });
    await own.tefter("approval", "grant", String(asked.approval), "--up-to", "4131000", "--reason", "Trả tiền trước");
    await page.waitForSelector(".strip-text:has-text('approved the sale to')");
    const said = await page.innerText(".strip-text");
    ok(/up to 4,131,000/.test(said) && !/4,590,000/.test(said), said);
    await page.getByRole("button", { name: "Open it" }).click();
    await sells(page, /Choose one of/);
    const ways = await page.locator(".ways .way b").allInnerTexts();
    ok(/Pay 459,000.* now/.test(ways[0]), String(ways));
    ok(ways.includes("Take part now, the rest later") && ways.includes("Ask again for all of it"), String(ways));
    return { page, approval: asked.approval };
}
const stateOf = async (approval) => JSON.stringify(await (await shop()).json("approval", "show", String(approval)));

test("approval: of one for less the rest is paid now", async () => {
    const { page, approval } = await approvedForLess("K01");
    await picture(page, "approved-less");
    await page.keyboard.press("F3");
    await sells(page, /Sell, 459,000.* now, 4,131,000.* on credit/);
    await page.keyboard.press("F9");
    await taken(page);
    ok(/SPENT/.test(await stateOf(approval)));
    same(page.faults, []);
    await page.context().close();
});

test("approval: of one for less a part is taken now, the rest waits in a tab of its own", async () => {
    const { page, approval } = await approvedForLess("K02");
    await page.keyboard.press("F4");
    await sells(page, /Sell as approved 4,131,000/);
    await page.keyboard.press("F9");
    await taken(page);
    ok(/459,000/.test(await page.innerText(".draft-tabs")), "the other five bags");
    ok(/SPENT/.test(await stateOf(approval)));
    same(page.faults, []);
    await page.context().close();
});

test("approval: it stays with a sale that is changed to less, and the manager's list says what was approved", async () => {
    const { page, approval } = await approvedForLess("K03");
    await page.getByRole("button", { name: "Change the sale" }).click();
    await page.locator("[data-cell=quantity]").first().focus();
    await page.keyboard.type("45", { delay: 60 });
    await page.keyboard.press("Enter");
    await sells(page, /Sell as approved 4,131,000/);
    ok(/Approved by/.test(await page.innerText(".approval-box")), "it is still there");
    await picture(page, "approved-changed");
    /* Other goods are not what was approved: a way on is a button. */
    await goods(page, "GACH6", 1);
    await page.waitForSelector(".plain-refusal button:has-text('Go on without the approval'), .ways .way");
    ok(!/Sell as approved/.test(await button(page)));
    await page.locator(".goods .drop-line").nth(1).click();
    await sells(page, /Sell as approved 4,131,000/);
    await page.keyboard.press("F9");
    await taken(page);
    ok(/SPENT/.test(await stateOf(approval)));
    const manager = await fresh(await shop(), { login: "quan", hash: "#/approvals" });
    const done = manager.locator(".ask.done", { hasText: "Whitfield" });
    await done.waitFor();
    ok(/up to\s*4,131,000/.test(await done.innerText()), await done.innerText());
    same([page.faults, manager.faults], [[], []]);
    await page.context().close();
    await manager.context().close();
});
