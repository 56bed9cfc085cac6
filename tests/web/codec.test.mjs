/* The codec against Google's library, which knows nothing of it; and bytes that no server would send. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chance, folder, library, ok, root, same, test } from "./harness.mjs";

const files = ["common", "record", "reply", "command", "view", "wire"].map((name) => `${name}.proto`);
/* Messages as Google's library has them: read, written as text, read again, packed. */
const GOOGLE = `
import importlib, sys
from google.protobuf import text_format
sys.path.insert(0, sys.argv[1])
known = {}
for name in sys.argv[2:]:
    known.update(vars(importlib.import_module(name)))
for line in sys.stdin:
    name, packed = line.rstrip("\\n").split(" ")
    text = text_format.MessageToString(known[name].FromString(bytes.fromhex(packed)))
    print(text_format.Parse(text, known[name]()).SerializeToString().hex())
`;
async function google(rows) {
    const at = await folder();
    execFileSync("protoc", ["-I", join(root, "proto"), `--python_out=${at}`, ...files], {
        stdio: ["ignore", "ignore", "ignore"],
        cwd: join(root, "proto"),
    });
    const input = rows.map(({ name, bytes }) => `${name} ${Buffer.from(bytes).toString("hex")}\n`).join("");
    const said = execFileSync(
        "/usr/bin/python3",
        ["-c", GOOGLE, at, ...files.map((name) => name.replace(".proto", "_pb2"))],
        { input, maxBuffer: 1 << 28 },
    );
    return said
        .toString()
        .split("\n")
        .slice(0, -1)
        .map((line) => new Uint8Array(Buffer.from(line, "hex")));
}

/* The table again, read by other means. */
function schema(TABLE) {
    return TABLE.split("\n").map((line) => {
        const [name, ...rows] = line.split(",");
        return {
            name,
            fields: rows.map((row) => {
                const [number, field, kind] = row.split(" ");
                return {
                    number: +number,
                    name: field,
                    letter: kind[0],
                    of: parseInt(kind.slice(1), 10),
                    many: kind.includes("*"),
                    required: kind.includes("!"),
                };
            }),
        };
    });
}

const WIDE = [0n, 1n, 127n, 128n, 300n, 0xffffffffn, 0x100000000n, 2n ** 53n + 1n, 2n ** 61n];
const TEXTS = ["", "K01", "Xây dựng", "恒信建材行", "شرکت سازه آریا", "a\nb\tc", "🧱", "x".repeat(40)];

const valuesOf = (messages) =>
    new Map(
        Object.entries(messages)
            .filter(([, one]) => typeof one === "object")
            .map(([name, one]) => [name, Object.values(one).filter((value) => typeof value === "number")]),
    );

/* Members of a oneof by message: of them one stands. */
const oneofs = new Map();
for (const file of files)
    for (const [, name, body] of readFileSync(join(root, "proto", file), "utf8")
        .replace(/\/\/.*|\/\*.*?\*\//g, "")
        .matchAll(/^message (\w+) \{(.*?)^\}/gms)) {
        const [, inside] = /oneof \w+ \{(.*?)\}/s.exec(body) ?? [];
        if (inside)
            oneofs.set(
                name,
                [...inside.matchAll(/(\w+) = \d+/g)].map(([, field]) => field),
            );
    }

function made(types, values, at, random, depth) {
    const type = types[at],
        what = {},
        members = oneofs.get(type.name) ?? [],
        chosen = members[random(members.length)];
    for (const field of type.fields) {
        if (members.includes(field.name) && field.name !== chosen) continue;
        if (!field.required && field.name !== chosen && random(3) > 0) continue;
        if (field.letter === "m" && !field.required && depth > 3) continue;
        const one = () => {
            switch (field.letter) {
                case "u":
                    return [0, 1, 127, 128, 0x7fffffff, 0xffffffff][random(6)];
                case "i":
                    return [0, 1, -1, 0x7fffffff, -0x80000000][random(5)];
                case "e":
                    return values.get(types[field.of].name)[0];
                case "U":
                    return WIDE[random(WIDE.length)];
                case "I":
                    return WIDE[random(WIDE.length)] * (random(2) ? 1n : -1n);
                case "b":
                    return random(2) === 1;
                case "s":
                    return TEXTS[random(TEXTS.length)];
                case "y":
                    return Uint8Array.from({ length: random(40) }, () => random(256));
                case "m":
                    return made(types, values, field.of, random, depth + 1);
                default:
                    throw new Error(`a kind that no test has: ${field.letter}`);
            }
        };
        what[field.name] = field.many ? Array.from({ length: random(3) }, one) : one();
    }
    return what;
}

const whole = (types, at, what) => {
    const full = { ...what };
    for (const field of types[at].fields) {
        if (field.many) full[field.name] ??= [];
        if (field.letter !== "m" || full[field.name] === undefined) continue;
        full[field.name] = field.many
            ? full[field.name].map((one) => whole(types, field.of, one))
            : whole(types, field.of, full[field.name]);
    }
    return full;
};

test(
    "codec: Google's library reads what it writes, and the other way round",
    async () => {
        const { codec, messages } = await library();
        const types = schema(messages.TABLE),
            random = chance(11),
            values = valuesOf(messages),
            rows = [];
        for (const [at, { name }] of types.entries()) {
            if (values.has(name)) continue;
            for (let i = 0; i < (oneofs.has(name) ? 40 : 8); i++) {
                const what = made(types, values, at, random, 0);
                rows.push({ name, what: whole(types, at, what), bytes: codec.encode(name, what) });
            }
        }
        ok(rows.length > 2000);
        const back = await google(rows);
        same(back.length, rows.length);
        for (const [i, { name, what, bytes }] of rows.entries()) {
            same(codec.decode(name, back[i]), what, name);
            same(codec.decode(name, bytes), what, name); /* which takes shortest varints only */
        }
    },
    { seconds: 120 },
);

test("codec: bytes cut off, spoilt or by chance are broken or read, and nothing else", async () => {
    const { codec, messages } = await library();
    const types = schema(messages.TABLE),
        random = chance(12),
        values = valuesOf(messages);
    const at = types.findIndex(({ name }) => name === "ToTerminal");
    let broken = 0;
    for (let i = 0; i < 4000; i++) {
        const bytes =
            i % 4
                ? codec.encode("ToTerminal", made(types, values, at, random, 0))
                : Uint8Array.from({ length: random(60) }, () => random(256));
        if (bytes.length > 0) bytes[random(bytes.length)] ^= 1 << random(8);
        try {
            codec.decode("ToTerminal", bytes.subarray(0, random(2) ? bytes.length : random(bytes.length + 1)));
        } catch (fault) {
            ok(fault instanceof codec.Broken, String(fault?.stack));
            broken++;
        }
    }
    ok(broken > 1000);
});

test("codec: what a server may not say is broken, what a later one says is passed over", async () => {
    const { codec } = await library();
    const read = (name, ...bytes) => {
        try {
            return codec.decode(name, Uint8Array.from(bytes.flat()));
        } catch (fault) {
            if (fault instanceof codec.Broken) return "broken";
            throw fault;
        }
    };
    same(read("Pong", 8, 5), "broken"); // without what is required
    same(read("Pong", 8, 5, 16, 7), { seq: 5n, now_ms: 7n });
    same(read("Pong", 8, 0x85, 0, 16, 7), "broken"); // a longer varint than need be
    same(read("Pong", 8, [...Array(9).fill(255), 1], 16, 7).seq, 2n ** 64n - 1n);
    same(read("Pong", 8, [...Array(9).fill(255), 2], 16, 7), "broken"); // beyond 64 bits
    same(read("Pong", 10, 1, 5, 16, 7), "broken"); // of another wire type
    same(
        read(
            "Pong",
            8,
            5,
            16,
            7,
            0xa2,
            0x7d,
            3,
            1,
            2,
            3,
            0xad,
            0x7d,
            1,
            2,
            3,
            4,
            0xa0,
            0x7d,
            9,
            0xa1,
            0x7d,
            1,
            2,
            3,
            4,
            5,
            6,
            7,
            8,
        ),
        { seq: 5n, now_ms: 7n },
    );
    same(read("Pong", 8, 5, 16, 7, 0xa2, 0x7d, 9, 1), "broken"); // an unknown field that is cut off
    same(read("Pong", 8, 5, 16, 7, 0xa3, 0x7d), "broken"); // a group
    same(read("Pong", 0, 1, 8, 5, 16, 7), "broken"); // field 0
    same(read("Text", 10, 2, 0xc3, 0x28), "broken"); // no UTF-8
    same(read("Text", 10, 3, 0xed, 0xa0, 0x80), "broken"); // half a surrogate pair
    same(read("Text", 10, 1, 0), "broken");
    same(read("Text", 10, 3, 0xe2, 0x80, 0xae), "broken"); // turns the direction of writing
    same(read("Text", 10, 5, 0xef, 0xbb, 0xbf, 65, 66).value, "\ufeffAB");
    same(read("Pong", 8, 5, 16, 7, 16, 9).now_ms, 9n);
    same(read("Refusal", 8, 0x8f, 0x4e).code, 9999); // of a later version
    same(read("FeatureType", 10, 3, 1, 2, 3, 18, 0).numbers, [1, 2, 3]); // packed, and not
    same(read("FeatureType", 8, 1, 8, 2).numbers, [1, 2]);
    const money = (amount) => {
        try {
            return codec.decode("Refusal", codec.encode("Refusal", { code: 1, over_by_minor: amount })).over_by_minor;
        } catch {
            return "broken";
        }
    };
    same(
        [money(2n ** 62n - 1n), money(-(2n ** 62n) + 1n), money(2n ** 62n), money(-(2n ** 63n))],
        [2n ** 62n - 1n, -(2n ** 62n) + 1n, "broken", "broken"],
    );
});

test("codec: what cannot be sent is the caller's fault, and what the server does not read is told", async () => {
    const { codec } = await library();
    for (const [name, what] of [
        ["Login", { login: "a" }],
        ["Login", { login: 1, password: "x" }],
        ["Login", { login: "a", password: "b", more: 1 }],
        ["Subscribe", { subscription: -1, topic: 1 }],
        ["Subscribe", { subscription: 2 ** 32, topic: 1 }],
        ["Subscribe", { subscription: 1.5, topic: 1 }],
        ["Refusal", { code: 1, over_by_minor: 2n ** 63n }],
        ["Refusal", { code: 1, over_by_minor: 0.5 }],
    ])
        try {
            codec.encode(name, what);
            throw new Error(`it took ${name}`);
        } catch (fault) {
            ok(fault instanceof TypeError, String(fault));
        }
    const reads = codec.readsOf(
        codec.encode("Features", {
            types: [
                { numbers: [1, 11, 17], types: [0, 1, 2] },
                { numbers: [1, 2], types: [0, 0] },
                { numbers: [30], types: [0] },
            ],
        }),
    );
    codec.encode("FromTerminal", { request: 1n, login: { login: "a", password: "b" } }, reads);
    try {
        codec.encode("FromTerminal", { request: 1n, ping: {} }, reads);
        ok(false);
    } catch (fault) {
        ok(fault instanceof codec.Older);
        same(fault.field, "ping");
    }
    same(codec.readsField(reads, "FromTerminal", "login"), true);
    same(codec.readsField(reads, "FromTerminal", "ping"), false);
});

test("codec: 1,000 rows in some milliseconds, in few bytes", async () => {
    const { codec, size } = await library();
    const account = (customer) => ({
        account: {
            customer,
            balance_minor: 4_000_000n,
            used_minor: 3n,
            unlimited: false,
            limit_minor: 9_000_000n,
            available_minor: 12n,
            locked: false,
            bills_minor: 5n,
            uncleared_minor: 0n,
            unmatched_minor: 0n,
            open_bills: 4,
            oldest_due: 20000,
            buyers: 0,
            seq: 99n,
        },
    });
    const who = (customer) => ({
        customer: {
            customer,
            code: `C-${customer}`,
            name: { value: "Nội thất Hoa Sen Trắng" },
            phone: { value: "+84 28 3810 0011" },
            area: "route 2",
            seq: 5n,
        },
    });
    const bytes = codec.encode("SnapshotChunk", {
        subscription: 1,
        seq: 9n,
        last: true,
        rows: Array.from({ length: 500 }, (_, i) => [account(i + 1), who(i + 1)]).flat(),
    });
    const times = [];
    for (let i = 0; i < 12; i++) {
        const begun = performance.now();
        same(codec.decode("SnapshotChunk", bytes).rows.length, 1000);
        times.push(performance.now() - begun);
    }
    const best = Math.min(...times);
    console.log(`# ${bytes.length} bytes, 1,000 rows: best ${best.toFixed(1)} ms; codec minified ${size} bytes`);
    ok(best < 25, `${best} ms`);
    ok(size <= 5000, `${size} bytes`);
});
