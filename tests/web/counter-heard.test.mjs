/* What the counter says by sound, and what it reads by the camera: beside what is seen and typed, never instead of it. */
import { ok, same, test, until } from "./harness.mjs";
import { fresh } from "./fresh.mjs";
import { customer, goods, lines, scan, sells } from "./at_counter.mjs";
import { PAINT, withPaint } from "./trading.mjs";

const SCANNED = [1760],
    REFUSED = [220, 196],
    APPROVED = [659, 880];
let made;
const shop = () => (made ??= withPaint());

/* Before anything of the page runs: the pitch of each tone that is asked for. */
function listen() {
    globalThis.tones = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (...when) {
        globalThis.tones.push(Math.round(this.frequency.value));
        return start.apply(this, when);
    };
}
const heard = (page) => page.evaluate(() => globalThis.tones.splice(0));
const hears = (page, what, tones) =>
    until(what, () => page.evaluate((count) => globalThis.tones.length >= count, tones.length)).then(async () =>
        same(await heard(page), tones, what),
    );

async function counter(look = {}, script = listen) {
    const page = await fresh(await shop(), { login: "fourth", hash: "#/sale", ...look });
    await page.context().addInitScript(script);
    await page.reload();
    await page.waitForSelector(".goods-field input");
    return page;
}

test("sounds: a scan, a refusal and an approval have a tone each and a word beside it; none before a touch, none where it is off", async () => {
    const page = await counter();
    await until("the catalogue is there", async () => {
        await scan(page, PAINT);
        return (await page.locator(".goods [data-row]", { hasText: "Sơn" }).count()) > 0;
    });
    await page.waitForTimeout(300);
    same(await heard(page), [], "nobody has touched the page");
    await page.locator(".goods").click(); /* whoever touches it hears it */
    await scan(page, PAINT);
    await hears(page, "scanned", SCANNED);
    await scan(page, "4006381333931");
    await page.waitForSelector("text=Which item is this?");
    await hears(page, "not known", REFUSED);

    await page.keyboard.press("Alt+n");
    await goods(page, "XM40", 50);
    await heard(page);
    await customer(page, "K01");
    await page.waitForSelector("#ways, .ways");
    await page.keyboard.press("F8");
    await page.waitForSelector("text=waits for a manager");
    const manager = await fresh(await shop(), { login: "quan", hash: "#/approvals" });
    await manager.goto(`${(await shop()).url}/core`);
    await manager.waitForFunction(() => tefter.me.value && tefter.line.value.kind === "live");
    await manager.evaluate(async () => {
        const asked = await tefter.ask("approvals", { waiting_only: true });
        await tefter.submit("decide_approval", {
            approval: asked.answer.approvals[0].approval,
            approved: true,
            reason: { value: "pays Friday" },
        }).ended;
    });
    await page.waitForSelector(".strip-text:has-text('approved')");
    await hears(page, "approved", APPROVED);
    await manager.context().close();

    await page.goto(`${(await shop()).url}/#/settings`);
    await page.locator(".setting", { hasText: "Sounds" }).getByText("Off", { exact: true }).click();
    await page.goto(`${(await shop()).url}/#/sale`);
    await page.keyboard.press("Alt+n");
    await page.waitForSelector(".goods-field input");
    await until("an empty sale", async () => (await lines(page)) === 0);
    await scan(page, PAINT);
    await until("it is there without a sound", async () => (await lines(page)) === 1);
    await page.waitForTimeout(300);
    same(await heard(page), [], "it is off");
    await page.reload();
    await page.locator(".goods").click();
    await scan(page, PAINT);
    await until("two of it", async () => /^2/.test(await page.inputValue("[data-cell=quantity]")));
    await page.waitForTimeout(300);
    same(await heard(page), [], "and stays off on this device");
    same(page.faults, []);
    await page.context().close();
});

/* A browser that reads barcodes: what the camera sees is `globalThis.sees`. */
function camera() {
    globalThis.sees = undefined;
    globalThis.ended = 0;
    globalThis.BarcodeDetector = class {
        detect() {
            return Promise.resolve(globalThis.sees === undefined ? [] : [{ rawValue: globalThis.sees }]);
        }
    };
    const canvas = document.createElement("canvas");
    canvas.getContext("2d");
    Object.defineProperty(navigator, "mediaDevices", {
        value: {
            getUserMedia() {
                const stream = canvas.captureStream(5);
                for (const track of stream.getTracks()) {
                    const stop = track.stop.bind(track);
                    track.stop = () => {
                        globalThis.ended++;
                        stop();
                    };
                }
                setInterval(() => canvas.getContext("2d").fillRect(0, 0, 2, 2), 100);
                return Promise.resolve(stream);
            },
        },
    });
}

test("camera: a phone whose browser reads barcodes scans goods into the sale; elsewhere nothing offers it", async () => {
    const phone = { width: 360, height: 640, isMobile: true, hasTouch: true };
    const plain = await counter(phone, () => delete globalThis.BarcodeDetector);
    same(await plain.getByRole("button", { name: "Scan", exact: true }).count(), 0, "this browser reads none");
    await plain.context().close();

    const page = await counter(phone, camera);
    await page.getByRole("button", { name: "Scan", exact: true }).click();
    await page.waitForSelector(".camera video");
    await page.evaluate(() => (globalThis.sees = "GACH6"));
    await until("what it sees is in the sale", async () => (await lines(page)) === 1);
    ok(/Gạch ống/.test(await page.innerText(".goods")), "by its name");
    await page.evaluate(() => (globalThis.sees = undefined));
    await page.waitForTimeout(1700);
    await page.evaluate(() => (globalThis.sees = "THEP10"));
    await until("it stays open for the next", async () => (await lines(page)) === 2);
    await page.getByRole("button", { name: "Close the camera" }).click();
    await until("the camera is off", () => page.evaluate(() => globalThis.ended > 0));
    same(await page.locator(".camera").count(), 0);
    same(page.faults, []);
    await page.context().close();
});
