/*
 * A sale that waits reaches who looks at no page: the settings, the service worker, the way from tefterd over a push
 * service to the notice. The push service is the test's own; what the browser would get from it is handed to the
 * service worker by Chromium's own protocol. Only PushManager is made up: Chromium's has nobody to ask here.
 */
import { createDecipheriv, createECDH, hkdfSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import { company, ok, same, STAFF, test, until } from "./harness.mjs";
import { axe } from "./fresh.mjs";

const options = ["--notify-contact", "mailto:owner@example.com", "--notify-private", "--notify-after", "3s"];
const PATIENCE = { seconds: 180 }; /* the company of its own is made within it */
let shared;
const shopOf = () => (shared ??= company({ own: true, options }));

/* A push service with one subscription, whose messages it opens as a browser would (RFC 8291). */
async function service() {
    const key = createECDH("prime256v1"),
        auth = randomBytes(16),
        got = [];
    key.generateKeys();
    const open = (sealed) => {
        const salt = sealed.subarray(0, 16),
            point = sealed.subarray(21, 86),
            rest = sealed.subarray(86);
        const info = Buffer.concat([Buffer.from("WebPush: info\0"), key.getPublicKey(), point]);
        const mixed = Buffer.from(hkdfSync("sha256", key.computeSecret(point), auth, info, 32));
        const derive = (name, size) =>
            Buffer.from(hkdfSync("sha256", mixed, salt, `Content-Encoding: ${name}\0`, size));
        const cipher = createDecipheriv("aes-128-gcm", derive("aes128gcm", 16), derive("nonce", 12));
        cipher.setAuthTag(rest.subarray(-16));
        const plain = Buffer.concat([cipher.update(rest.subarray(0, -16)), cipher.final()]);
        return plain.subarray(0, -1).toString();
    };
    const server = createServer((request, answer) => {
        const parts = [];
        request.on("data", (part) => parts.push(part));
        request.on("end", () => {
            got.push(open(Buffer.concat(parts)));
            answer.writeHead(201).end();
        });
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    return {
        got,
        subscription: {
            endpoint: `http://127.0.0.1:${server.address().port}/one`,
            point: [...key.getPublicKey()],
            auth: [...auth],
        },
        close: () => server.close(),
    };
}

/* The one seam: what the browser's push service would have given. */
function makeUp(given) {
    let held = JSON.parse(sessionStorage.getItem("made up") ?? "null");
    const bytes = (list) => new Uint8Array(list).buffer;
    const subscription = () =>
        held && {
            endpoint: given.endpoint,
            options: { applicationServerKey: bytes(held) },
            getKey: (name) => bytes(name === "p256dh" ? given.point : given.auth),
            unsubscribe: async () => {
                held = null;
                sessionStorage.removeItem("made up");
                return true;
            },
        };
    PushManager.prototype.getSubscription = async () => subscription();
    PushManager.prototype.subscribe = async (options) => {
        held = [...new Uint8Array(options.applicationServerKey)];
        sessionStorage.setItem("made up", JSON.stringify(held));
        return subscription();
    };
    Object.defineProperty(Notification, "permission", { get: () => globalThis.permitted ?? "granted" });
    Notification.requestPermission = async () => Notification.permission;
}

async function settings(shop, push, { before, ...look } = {}) {
    const page = await shop.open({ at: "/core", worker: true, whole: true, ...look });
    await page.context().grantPermissions(["notifications"], { origin: shop.url });
    await page.addInitScript(makeUp, push.subscription);
    if (before) await page.addInitScript(before);
    await shop.enrol(page, "TD");
    await shop.login(page, "quan");
    await page.goto(`${shop.url}/#/settings`);
    await page.waitForSelector(".notices");
    return page;
}

const shown = (page) =>
    page.evaluate(async () => {
        const worker = await navigator.serviceWorker.ready;
        return (await worker.getNotifications()).map(({ title, body, tag, lang }) => ({ title, body, tag, lang }));
    });

/* As the push service would, to the worker of this page. */
async function deliver(page, url, data) {
    const session = await page.context().newCDPSession(page);
    const found = new Promise((done) =>
        session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
            const ours = registrations.find((each) => each.scopeURL === `${url}/`);
            if (ours) done(ours.registrationId);
        }),
    );
    await session.send("ServiceWorker.enable");
    const registrationId = await found;
    await session.send("ServiceWorker.deliverPushMessage", { origin: url, registrationId, data });
    await session.detach();
}

test(
    "notices: turned on with one press; a test comes; a sale that waits comes when nobody looks, and leads there",
    async () => {
        const shop = await shopOf(),
            push = await service();
        const page = await settings(shop, push);
        const panel = page.locator(".notices");
        await until("off at first", async () => /This device\s+is not told/.test(await panel.innerText()));
        same(await axe(page), []);
        await panel.getByRole("button", { name: "Turn on here" }).click();
        await until("on", async () => /This device\s+✓ is told/.test(await panel.innerText()));
        await panel.getByRole("button", { name: "Send a test" }).click();
        await until("the test came", () => push.got.length === 1);
        await until("and that is told", async () => /: sent/.test(await panel.innerText()));
        await deliver(page, shop.url, push.got[0]);
        await until("it is shown", async () => (await shown(page)).length === 1);
        ok(/^A test/.test((await shown(page))[0].body));

        await page.mouse.move(50, 50);
        await new Promise((done) => setTimeout(done, 500));
        await shop.tefter("customer", "limit", "K01", "4050000", "--policy", "approve");
        const said = await shop.tefter("sell", "K01", "XM40=100", "--ask");
        const number = /Approval (\d+)/.exec(said)?.[1];
        ok(number, said);
        await new Promise((done) => setTimeout(done, 5000));
        same(push.got.length, 1, "who looks is not sent what they see");
        await page.evaluate(() => {
            Object.defineProperty(document, "visibilityState", { get: () => "hidden", configurable: true });
            document.dispatchEvent(new Event("visibilitychange"));
        });
        await until("it comes when they look away", () => push.got.length === 2, 8000);
        const payload = JSON.parse(push.got[1]);
        same([String(payload.approval), payload.title], [number, "Hải Long"]);
        ok(!/Phú Mỹ|9,180,000/.test(payload.text), "no names and no amounts");
        await deliver(page, shop.url, push.got[1]);
        await until("it is shown", async () =>
            (await shown(page)).some(({ tag, title }) => tag === `approval-${number}` && title === "Hải Long"),
        );
        await deliver(page, shop.url, push.got[1]);
        same((await shown(page)).filter(({ tag }) => tag === `approval-${number}`).length, 1, "twice is once");
        const [worker] = page.context().serviceWorkers();
        await worker.evaluate(async (tag) => {
            const [notification] = await self.registration.getNotifications({ tag });
            self.dispatchEvent(new NotificationEvent("notificationclick", { notification }));
        }, `approval-${number}`);
        await until("the approval is open", async () => page.url().endsWith(`#/approvals/${number}`));
        await page.waitForSelector("text=Xây dựng Phú Mỹ");
        same(page.faults, []);
        await page.context().close();
        push.close();
    },
    PATIENCE,
);

test(
    "notices: after another login it is on by itself; turned off it is off",
    async () => {
        const shop = await shopOf(),
            push = await service();
        const page = await settings(shop, push);
        const panel = page.locator(".notices");
        await panel.getByRole("button", { name: "Turn on here" }).click();
        await until("on", async () => /This device\s+✓ is told/.test(await panel.innerText()));
        await page.getByRole("button", { name: "Log out" }).first().click();
        await page.waitForSelector("input[autocomplete=username]");
        await page.fill("input[autocomplete=username]", "quan");
        await page.fill("input[type=password]", STAFF.quan.password);
        await page.keyboard.press("Enter");
        await page.waitForSelector(".frame");
        await page.goto(`${shop.url}/#/settings`);
        await until("on again", async () => /This device\s+✓ is told/.test(await panel.innerText()));
        await panel.getByRole("button", { name: "Turn off here" }).click();
        await until("off", async () => /This device\s+is not told/.test(await panel.innerText()));
        await page.reload();
        await page.waitForSelector(".notices");
        await until("and stays off", async () => /This device\s+is not told/.test(await panel.innerText()));
        await panel.locator("input").nth(0).fill("22:00");
        await panel.locator("input").nth(1).fill("25:00");
        await until("what is no time is told", async () => /A time, as/.test(await panel.innerText()));
        await panel.locator("input").nth(1).fill("6:30");
        await panel.getByRole("button", { name: "Save" }).click();
        await until("saved", async () => /✓ saved/.test(await panel.innerText()));
        await page.reload();
        await page.waitForSelector(".notices input");
        same(
            [await panel.locator("input").nth(0).inputValue(), await panel.locator("input").nth(1).inputValue()],
            ["22:00", "06:30"],
        );
        same(page.faults, []);
        await page.context().close();
        push.close();
    },
    PATIENCE,
);

test(
    "notices: what cannot be is said, with what to do",
    async () => {
        const shop = await shopOf(),
            push = await service();
        for (const [before, words] of [
            [() => Object.defineProperty(globalThis, "isSecureContext", { get: () => false }), /https/],
            [() => delete globalThis.PushManager, /takes no notices/],
            [() => (globalThis.permitted = "denied"), /blocks notices/],
        ]) {
            const page = await settings(shop, push, { before });
            await until(String(words), async () => words.test(await page.locator(".notices").innerText()));
            same(await page.locator(".notices").getByRole("button", { name: "Turn on here" }).count(), 0);
            await page.context().close();
        }
        const plain = await company();
        const page = await plain.open({ at: "/core", worker: true, whole: true });
        await plain.enrol(page, "TD");
        await plain.login(page, "quan");
        await page.goto(`${plain.url}/#/settings`);
        await until("a server without them", async () =>
            /sends no notices/.test(await page.locator(".notices").innerText()),
        );
        await page.context().close();
        push.close();
    },
    { ...PATIENCE, long: true },
);
