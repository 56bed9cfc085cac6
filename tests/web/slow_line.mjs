/*
 * A line that is slow and loses: a SOCKS proxy for one browser of a test, so that names, origins and the page's own rules stay as
 * they are and nothing else on the machine is disturbed. What is lost comes a round trip later, and holds up what is behind
 * it on its connection, as TCP has it; making a connection takes a round trip.
 *
 *     const line = await slowLine({ trip: 400, loss: 0.05 });        line.on = true: from now on it is so
 *     await shop.open({ proxy: { server: line.address } });          line.end()
 */
import { connect, createServer } from "node:net";
import { chance } from "./harness.mjs";

const SEGMENT = 1460;

export async function slowLine({ trip, loss, seed = 7 }) {
    const random = chance(seed);
    const line = { on: false, cut: false, lost: 0, segments: 0 };
    const sockets = new Set();
    const later = (ms, act) => (ms <= 0 ? act() : setTimeout(act, ms));

    /* One way, in order. */
    function carry(from, to) {
        const waiting = []; /* [when it comes, what to do then] */
        let free = 0,
            timer;
        const next = () => {
            timer = undefined;
            while (waiting.length > 0 && waiting[0][0] <= performance.now()) waiting.shift()[1]();
            if (waiting.length > 0) timer = setTimeout(next, Math.max(1, waiting[0][0] - performance.now()));
        };
        const put = (comes, act) => {
            free = Math.max(free, comes);
            waiting.push([free, act]);
            if (timer === undefined) next();
        };
        from.on("data", (data) => {
            for (let at = 0; at < data.length; at += SEGMENT) {
                const piece = data.subarray(at, at + SEGMENT);
                let comes = performance.now();
                if (line.on) {
                    const gone = random(10_000) < loss * 10_000;
                    line.segments++;
                    line.lost += gone ? 1 : 0;
                    comes += trip / 2 + (gone ? trip : 0);
                }
                put(comes, () => to.destroyed || to.write(piece));
            }
        });
        from.on("end", () => put(0, () => to.end()));
        from.on("error", () => to.destroy());
        from.on("close", () => put(0, () => to.destroy()));
    }

    const server = createServer((near) => {
        let said = Buffer.alloc(0);
        sockets.add(near);
        near.on("close", () => sockets.delete(near));
        near.on("error", () => undefined);
        near.setNoDelay(true);
        const hear = (data) => {
            said = Buffer.concat([said, data]);
            if (said.length >= 2 && said[0] === 5 && said.length === 2 + said[1]) {
                said = Buffer.alloc(0);
                return near.write(Buffer.of(5, 0));
            }
            if (said.length < 10) return undefined;
            near.off("data", hear);
            if (line.cut) return near.destroy();
            /* 127.0.0.1 by number, or any name: all of it is this machine */
            const far = connect({ host: "127.0.0.1", port: said.readUInt16BE(said.length - 2), noDelay: true });
            sockets.add(far);
            far.on("close", () => sockets.delete(far));
            far.on("error", () => near.destroy());
            far.on("connect", () =>
                later(line.on ? trip : 0, () => {
                    near.write(Buffer.of(5, 0, 0, 1, 127, 0, 0, 1, 0, 0));
                    carry(near, far);
                    carry(far, near);
                }),
            );
            return undefined;
        };
        near.on("data", hear);
    });
    await new Promise((done) => server.listen(0, "127.0.0.1", done));
    line.address = `socks5://127.0.0.1:${server.address().port}`;
    line.end = () => {
        for (const socket of sockets) socket.destroy();
        server.close();
    };
    return line;
}
