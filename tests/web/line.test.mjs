/* The line and the rows through a relay in the middle that loses, delays and spoils what passes. */
import { company, library, ok, same, test, until } from "./harness.mjs";

/*
 * A page whose frames pass through `from(frame, bytes)`: what it gives is what the page hears: the bytes, other bytes, or nothing.
 * `to(frame)` sees what the page says; false: it is lost.
 */
async function between(shop, who = "fourth") {
    const { codec } = await library();
    const page = await shop.open({ at: "/core" }),
        middle = { page, from: undefined, to: undefined, answer: undefined, open: 0 };
    await shop.enrol(page);
    await shop.login(page, who);
    await page.routeWebSocket(/./, (socket) => {
        const server = socket.connectToServer();
        middle.open++;
        middle.cut = () => {
            socket.close();
            server.close();
        };
        middle.say = (frame) => socket.send(packed(codec.encode("ToTerminal", frame)));
        server.onMessage(
            cut(codec, "ToTerminal", (frame, bytes) => {
                const heard = middle.from ? middle.from(frame, bytes) : bytes;
                if (heard) socket.send(packed(heard));
            }),
        );
        socket.onMessage(
            cut(codec, "FromTerminal", (frame, bytes) => {
                if (middle.to?.(frame) !== false) server.send(packed(bytes));
            }),
        );
    });
    await page.reload();
    await live(page);
    return middle;
}

function packed(body) {
    const bytes = Buffer.alloc(4 + body.length);
    bytes.writeUInt32BE(body.length);
    bytes.set(body, 4);
    return bytes;
}
function cut(codec, name, whole) {
    let kept = Buffer.alloc(0);
    return (data) => {
        kept = Buffer.concat([kept, Buffer.from(data)]);
        while (kept.length >= 4 && kept.length >= 4 + kept.readUInt32BE(0)) {
            const body = new Uint8Array(kept.subarray(4, 4 + kept.readUInt32BE(0)));
            kept = kept.subarray(4 + body.length);
            whole(codec.decode(name, body), body);
        }
    };
}
const live = (page) => page.waitForFunction(() => globalThis.tefter?.line.value.kind === "live");
const kind = (page) => page.evaluate(() => tefter.line.value.kind);
const sell = (page) =>
    page.evaluate(() =>
        tefter
            .submit("issue_invoice", { customer_code: "K06", lines: [{ product_code: "GACH6", quantity: 1000n }] })
            .ended.then((fate) => (fate.kind === "done" ? "done" : fate.refused.code)),
    );
/* What the rows say, and what the ledger says. */
const rowsOf = (page) =>
    page.evaluate(() =>
        [...tefter.customers().rows.value.values()]
            .map(({ row, account }) => `${row.code} ${account?.balance_minor} ${account?.available_minor}`)
            .sort(),
    );
const truth = async (shop) =>
    (await shop.json("customer", "list"))
        .filter(({ who }) => who)
        .map(({ who, account }) => `${who.code} ${account.balance_minor} ${account.available_minor}`)
        .sort();

test("line: stale after 5 s of silence, lost after 15, live again by itself", async () => {
    const shop = await company({ own: true }),
        page = await shop.open({ at: "/core" });
    await shop.enrol(page);
    await shop.login(page);
    await page.evaluate(() => {
        globalThis.rows = tefter.customers();
        globalThis.seen = [];
    });
    await live(page);
    await page.evaluate(() => {
        const begun = performance.now();
        let last = "live";
        setInterval(() => {
            const now = tefter.line.value;
            if (now.kind !== last) seen.push([(last = now.kind), performance.now() - begun, now.heard]);
        }, 20);
    });
    shop.pauseServer();
    await until("stale", async () => (await kind(page)) === "stale", 8000);
    await until("lost", async () => (await kind(page)) === "lost", 14_000);
    await until("both were seen", () => page.evaluate(() => seen.length === 2));
    const [stale, lost] = await page.evaluate(() => seen);
    ok(stale[1] > 2800 && stale[1] < 6500, `stale after ${stale[1]}`);
    ok(lost[1] > 12_500 && lost[1] < 17_000, `lost after ${lost[1]}`);
    ok(lost[2] > 0 && Math.abs(lost[2] - stale[2]) < 100, "heard last at the same time");
    shop.resumeServer();
    await live(page);
    await page.context().close();
    await shop.end();
});

test("line: a browser that slept says so before anything else", async () => {
    const shop = await company(),
        page = await shop.open({ at: "/core" });
    await shop.enrol(page);
    await shop.login(page);
    await live(page);
    same(
        await page.evaluate(() => {
            const now = Date.now,
                seen = [];
            for (const slept of [4000, 7000, 60_000]) {
                Date.now = () => now() + slept;
                document.dispatchEvent(new Event("visibilitychange"));
                seen.push(tefter.line.value.kind);
                Date.now = now;
            }
            return seen;
        }),
        ["live", "stale", "lost"],
    );
    await live(page);
    await page.context().close();
});

test("line: a set that is lost is a gap, and the rows are fetched anew", async () => {
    const shop = await company({ own: true }),
        middle = await between(shop),
        { page } = middle;
    await page.evaluate(() => {
        globalThis.rows = tefter.customers();
        globalThis.wholes = [];
        rows.whole.subscribe((whole) => wholes.push(whole));
        globalThis.kinds = [];
        tefter.line.subscribe((line) => kinds.push(line.kind));
    });
    await until("whole", () => page.evaluate(() => rows.whole.value));
    let lost = 0,
        snapshots = 0;
    middle.from = (frame, bytes) => {
        if (frame.snapshot_chunk) snapshots++;
        if (frame.delta && frame.delta.rows.length > 0 && lost === 0) {
            lost++;
            return undefined;
        }
        return bytes;
    };
    same(await sell(page), "done");
    same(await sell(page), "done");
    await until("whole again, and true", async () => (await rowsOf(page)).some((row) => row.startsWith("K06 2700 ")));
    ok(lost === 1 && snapshots > 0);
    same(await page.evaluate(() => wholes.slice(-2)), [false, true]);
    same(await page.evaluate(() => kinds.slice(-2)), ["connecting", "live"]);
    await page.context().close();
    await shop.end();
});

test("line: a page that is older than a set leaves what the set says, also of rows that nobody changed", async () => {
    const shop = await company({ own: true }),
        middle = await between(shop),
        { page } = middle,
        { codec } = await library();
    let began = 0n,
        told = 0;
    middle.from = (frame, bytes) => {
        if (frame.subscribed) began = frame.subscribed.seq;
        const chunk = frame.snapshot_chunk,
            who = chunk?.rows.find(({ customer }) => customer?.code === "K06")?.customer;
        if (!who) return bytes;
        /* As when a lock begins or ends with a day: the set, and then a page that was read for others before it. */
        told++;
        const { subscription } = chunk,
            rows = [{ customer: { ...who, locked: true } }];
        middle.say({ delta: { subscription, prev: began, this: began, rows } });
        return codec.encode("ToTerminal", { snapshot_chunk: { ...chunk, seq: began - 1n } });
    };
    await page.evaluate(() => (globalThis.rows = tefter.customers()));
    await until("whole", () => page.evaluate(() => rows.whole.value));
    ok(told > 0);
    same(
        await page.evaluate(() => [...rows.rows.value.values()].find(({ row }) => row.code === "K06").row.locked),
        true,
    );
    await page.context().close();
    await shop.end();
});

test("line: cuts resume, without a snapshot, and the rows end as the ledger has them", async () => {
    const shop = await company({ own: true }),
        middle = await between(shop),
        { page } = middle;
    await page.evaluate(() => {
        globalThis.rows = tefter.customers();
    });
    await until("whole", () => page.evaluate(() => rows.whole.value));
    let snapshots = 0,
        resumed = 0;
    middle.from = (frame, bytes) => {
        if (frame.snapshot_chunk) snapshots++;
        if (frame.subscribed?.resumed) resumed++;
        return bytes;
    };
    for (let i = 0; i < 8; i++) {
        const selling = sell(page);
        if (i % 2) await selling;
        middle.cut();
        await page.waitForFunction(() => tefter.line.value.kind === "lost");
        same(await page.evaluate(() => rows.whole.value), true); /* they stay, as they were */
        await page.evaluate(() => dispatchEvent(new Event("online")));
        await live(page);
        same(await selling, "done");
        await until("resumed", () => resumed === i + 1);
    }
    await until("true", async () => (await rowsOf(page)).some((row) => row.startsWith("K06 10800 ")));
    const want = await truth(shop);
    same(await rowsOf(page), want);
    ok(want.length >= 6);
    same([snapshots, resumed], [0, 8]);
    await page.context().close();
    await shop.end();
});

test(
    "line: what makes no sense is not believed, and the rows stay",
    async () => {
        const shop = await company({ own: true }),
            middle = await between(shop),
            { page } = middle,
            { codec } = await library();
        await page.evaluate(() => {
            globalThis.rows = tefter.customers();
        });
        await until("whole", () => page.evaluate(() => rows.whole.value));
        const before = await rowsOf(page);
        const lies = [
            (frame) => frame.pong && Uint8Array.of(255) /* no message */,
            (frame) =>
                frame.pong && codec.encode("ToTerminal", { request: frame.request, accepted: {} }) /* something else */,
            (frame) =>
                frame.pong &&
                codec.encode("ToTerminal", { request: 9_999_999n, pong: frame.pong }) /* an answer to nothing */,
            (frame) =>
                frame.answer &&
                codec.encode("ToTerminal", {
                    request: frame.request,
                    answer: codec.encode("Answer", { seq: 1n, staff: { staff: [] } }),
                }),
            (frame) =>
                frame.reply &&
                codec.encode("ToTerminal", {
                    request: frame.request,
                    reply: codec.encode("Reply", { seq: 0n, done: {} }),
                }),
        ];
        for (const [at, lie] of lies.entries()) {
            let told = 0;
            middle.from = (frame, bytes) => {
                const instead = told === 0 && lie(frame);
                if (instead) told++;
                return instead || bytes;
            };
            const asked =
                at === 3
                    ? page.evaluate(() => tefter.ask("company", {}).then((said) => said.refused?.code ?? "answered"))
                    : at === 4
                      ? sell(page)
                      : undefined;
            await until(`lie ${at} is told`, () => told > 0);
            await page.waitForFunction(() => tefter.line.value.kind === "lost");
            same(await rowsOf(page), before);
            await page.evaluate(() => dispatchEvent(new Event("online")));
            await live(page);
            if (at === 4) same(await asked, "done"); /* once: below */
            else await asked;
        }
        await until("sold once", async () => (await rowsOf(page)).some((row) => row.startsWith("K06 1350 ")));
        await page.context().close();
        await shop.end();
    },
    { seconds: 90 },
);

test("line: BUSY and READ_ONLY come back later, a lost reply is asked for again, all count once", async () => {
    const shop = await company({ own: true }),
        middle = await between(shop),
        { page } = middle,
        { codec } = await library();
    const refused = (frame, code, retry_ms) =>
        codec.encode("ToTerminal", {
            request: frame.request,
            reply: codec.encode("Reply", { seq: 0n, refused: { code, retry_ms } }),
        });
    const said = [33, 34, "lost"],
        ids = [];
    middle.to = (frame) => {
        if (!frame.submit) return true;
        ids.push(Buffer.from(frame.submit.id).toString("hex"));
        const what = said.shift();
        if (what === "lost") {
            middle.from = (answer, bytes) => {
                if (!answer.reply) return bytes;
                middle.from = undefined;
                middle.cut();
                return undefined;
            };
            return true;
        }
        if (what === undefined) return true;
        middle.say(codec.decode("ToTerminal", refused(frame, what, 60)));
        return false;
    };
    const kinds = await page.evaluate(() => {
        const one = tefter.submit("issue_invoice", {
                customer_code: "K06",
                lines: [{ product_code: "GACH6", quantity: 1000n }],
            }),
            kinds = [];
        one.fate.subscribe((fate) => kinds.push(fate.why ? `${fate.kind} ${fate.why.code}` : fate.kind));
        return one.ended.then(() => kinds);
    });
    same(
        kinds.filter((one) => one.startsWith("waiting")),
        ["waiting 33", "waiting 34"],
    );
    same(kinds.at(-1), "done");
    same([ids.length >= 4, new Set(ids).size], [true, 1]);
    await until("once", async () => (await rowsOf(page)).some((row) => row.startsWith("K06 1350 ")));
    await page.context().close();
    await shop.end();
});

test("line: refused before the ledger after a lost reply: what became of it is asked", async () => {
    const shop = await company({ own: true }),
        middle = await between(shop),
        { page } = middle,
        { codec } = await library();
    let turn = 0;
    middle.from = (frame, bytes) => {
        if (!frame.reply || ++turn > 2) return bytes;
        if (turn === 1) {
            middle.cut();
            return undefined;
        }
        return codec.encode("ToTerminal", { request: frame.request, refused: { code: 21 } });
    };
    same(await sell(page), "done");
    same(turn, 2);
    await page.context().close();
    await shop.end();
});

test("line: two screens share one subscription; the last to leave ends it after a while", async () => {
    const shop = await company({ own: true }),
        middle = await between(shop),
        { page } = middle;
    const said = [];
    middle.to = (frame) => {
        if (frame.subscribe) said.push("subscribe");
        if (frame.unsubscribe) said.push("unsubscribe");
        return true;
    };
    await page.evaluate(() => {
        globalThis.a = tefter.customers();
        globalThis.b = tefter.customers();
        globalThis.c = tefter.customers([1]);
    });
    await until("whole", () => page.evaluate(() => a.whole.value && b.whole.value && c.whole.value));
    same(said, ["subscribe", "subscribe"]);
    await page.evaluate(() => {
        globalThis.kinds = [];
        tefter.line.subscribe((line) => kinds.push(line.kind));
        globalThis.d = tefter.customers([2, 3]);
    });
    await until("whole", () => page.evaluate(() => d.whole.value));
    same(await page.evaluate(() => [kinds, d.rows.value.size]), [
        ["live"],
        2,
    ]); /* another question is no news of the line */
    said.length = 2;
    same(await page.evaluate(() => [a.rows === b.rows, c.rows.value.size]), [true, 1]);
    await page.evaluate(() => {
        a.close();
        a.close();
        b.close();
        globalThis.again = tefter.customers();
    });
    same([said.length, await page.evaluate(() => again.whole.value)], [2, true]);
    await page.context().close();
    await shop.end();
});

test("line: who takes over by PIN keeps the rows they may see, and the one before is out", async () => {
    const shop = await company({ own: true }),
        page = await shop.open({ at: "/core" });
    await shop.enrol(page);
    await shop.login(page, "fourth");
    await page.evaluate(() => {
        globalThis.rows = tefter.customers();
    });
    await until("whole", () => page.evaluate(() => rows.whole.value));
    same(
        await page.evaluate(() =>
            tefter.switchStaff("mai", "0000").then((said) => [said.refused.code, tefter.me.value.login]),
        ),
        [22, "fourth"],
    );
    same(await page.evaluate(() => tefter.switchStaff("ketoan", "3816").then((said) => said.entered.login)), "ketoan");
    await until("whole again", () => page.evaluate(() => rows.whole.value && rows.rows.value.size > 5));
    same(await sell(page), 21);
    same(
        await page.evaluate(() =>
            tefter
                .attempt("issue_invoice", { customer_code: "K01", lines: [{ product_code: "GACH6", quantity: 1000n }] })
                .then((refused) => refused.code),
        ),
        21,
    );
    await page.evaluate(() => tefter.logout());
    same(await page.evaluate(() => [tefter.me.value, rows.rows.value.size, sessionStorage.length]), [undefined, 0, 0]);
    await page.context().close();
    await shop.end();
});
