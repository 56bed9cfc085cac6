/*
 * QR codes (ISO/IEC 18004) of bytes, error correction M, versions 1 to 20: the text of a link, up to 666 bytes.
 */
const LEVEL_M = [0, 10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26];
const BLOCKS_M = [0, 1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16];

/* ---- Reed and Solomon ---- */

function times(a: number, b: number): number {
    let product = 0;
    for (let bit = 7; bit >= 0; bit--) {
        product = (product << 1) ^ ((product >>> 7) * 0x11d);
        product ^= ((b >>> bit) & 1) * a;
    }
    return product;
}

function divisor(degree: number): number[] {
    const result = new Array<number>(degree).fill(0);
    result[degree - 1] = 1;
    let root = 1;
    for (let i = 0; i < degree; i++, root = times(root, 2)) {
        for (let j = 0; j < degree; j++) result[j] = times(result[j]!, root) ^ (result[j + 1] ?? 0);
    }
    return result;
}

function remainder(data: readonly number[], by: readonly number[]): number[] {
    const result = by.map(() => 0);
    for (const byte of data) {
        const factor = byte ^ result.shift()!;
        result.push(0);
        by.forEach((each, at) => {
            result[at]! ^= times(each, factor);
        });
    }
    return result;
}

/* ---- sizes ---- */

function modulesFor(version: number): number {
    let bits = (16 * version + 128) * version + 64;
    if (version >= 2) {
        const align = Math.floor(version / 7) + 2;
        bits -= (25 * align - 10) * align - 55;
        if (version >= 7) bits -= 36;
    }
    return bits;
}

const dataBytes = (version: number): number =>
    Math.floor(modulesFor(version) / 8) - LEVEL_M[version]! * BLOCKS_M[version]!;

function alignments(version: number): number[] {
    if (version === 1) return [];
    const count = Math.floor(version / 7) + 2;
    const step = Math.ceil((version * 4 + 4) / (count * 2 - 2)) * 2;
    const result = [6];
    for (let at = version * 4 + 10; result.length < count; at -= step) result.splice(1, 0, at);
    return result;
}

/* ---- the bytes, in blocks, with their correction ---- */

function codewords(bytes: Uint8Array, version: number): number[] {
    const bits: number[] = [];
    const put = (value: number, size: number): void => {
        for (let i = size - 1; i >= 0; i--) bits.push((value >>> i) & 1);
    };
    put(4, 4);
    put(bytes.length, version < 10 ? 8 : 16);
    bytes.forEach((byte) => put(byte, 8));
    const room = dataBytes(version) * 8;
    put(0, Math.min(4, room - bits.length));
    while (bits.length % 8 !== 0) bits.push(0);
    const data: number[] = [];
    for (let i = 0; i < bits.length; i += 8)
        data.push(bits.slice(i, i + 8).reduce((byte, bit) => (byte << 1) | bit, 0));
    for (let pad = 0xec; data.length < room / 8; pad ^= 0xec ^ 0x11) data.push(pad);

    const count = BLOCKS_M[version]!,
        correction = LEVEL_M[version]!,
        all = Math.floor(modulesFor(version) / 8);
    const short = Math.floor(all / count) - correction,
        shortOnes = count - (all % count);
    const by = divisor(correction);
    const blocks: { data: number[]; correction: number[] }[] = [];
    for (let i = 0, at = 0; i < count; i++) {
        const part = data.slice(at, (at += short + (i < shortOnes ? 0 : 1)));
        blocks.push({ data: part, correction: remainder(part, by) });
    }
    const result: number[] = [];
    for (let i = 0; i <= short; i++) for (const block of blocks) if (i < block.data.length) result.push(block.data[i]!);
    for (let i = 0; i < correction; i++) for (const block of blocks) result.push(block.correction[i]!);
    return result;
}

/* ---- the picture ---- */

const masks: readonly ((x: number, y: number) => boolean)[] = [
    (x, y) => (x + y) % 2 === 0,
    (_, y) => y % 2 === 0,
    (x) => x % 3 === 0,
    (x, y) => (x + y) % 3 === 0,
    (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2 === 0,
    (x, y) => ((x * y) % 2) + ((x * y) % 3) === 0,
    (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2 === 0,
    (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2 === 0,
];

function draw(version: number, words: readonly number[], mask: number): boolean[][] {
    const size = version * 4 + 17;
    const dark = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
    const fixed = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
    const set = (x: number, y: number, on: boolean): void => {
        if (x < 0 || y < 0 || x >= size || y >= size) return;
        dark[y]![x] = on;
        fixed[y]![x] = true;
    };
    for (let i = 0; i < size; i++) {
        set(6, i, i % 2 === 0);
        set(i, 6, i % 2 === 0);
    }
    for (const [cx, cy] of [
        [3, 3],
        [size - 4, 3],
        [3, size - 4],
    ] as const) {
        for (let dy = -4; dy <= 4; dy++)
            for (let dx = -4; dx <= 4; dx++) {
                const away = Math.max(Math.abs(dx), Math.abs(dy));
                set(cx + dx, cy + dy, away !== 2 && away !== 4);
            }
    }
    const align = alignments(version),
        last = align.length - 1;
    align.forEach((cx, i) =>
        align.forEach((cy, j) => {
            if ((i === 0 && j === 0) || (i === 0 && j === last) || (i === last && j === 0)) return;
            for (let dy = -2; dy <= 2; dy++)
                for (let dx = -2; dx <= 2; dx++) set(cx + dx, cy + dy, Math.max(Math.abs(dx), Math.abs(dy)) !== 1);
        }),
    );
    formatBits(size, mask, set);
    if (version >= 7) {
        let rest = version;
        for (let i = 0; i < 12; i++) rest = (rest << 1) ^ ((rest >>> 11) * 0x1f25);
        const bits = (version << 12) | rest;
        for (let i = 0; i < 18; i++) {
            const on = ((bits >>> i) & 1) === 1,
                a = size - 11 + (i % 3),
                b = Math.floor(i / 3);
            set(a, b, on);
            set(b, a, on);
        }
    }
    let bit = 0;
    for (let right = size - 1; right >= 1; right -= 2) {
        if (right === 6) right = 5;
        for (let step = 0; step < size; step++)
            for (const x of [right, right - 1]) {
                const y = ((right + 1) & 2) === 0 ? size - 1 - step : step;
                if (fixed[y]![x]) continue;
                const on = bit < words.length * 8 && ((words[bit >>> 3]! >>> (7 - (bit & 7))) & 1) === 1;
                dark[y]![x] = on !== masks[mask]!(x, y);
                bit++;
            }
    }
    return dark;
}

function formatBits(size: number, mask: number, set: (x: number, y: number, on: boolean) => void): void {
    const data = mask; /* level M is 00 */
    let rest = data;
    for (let i = 0; i < 10; i++) rest = (rest << 1) ^ ((rest >>> 9) * 0x537);
    const bits = ((data << 10) | rest) ^ 0x5412;
    const on = (i: number): boolean => ((bits >>> i) & 1) === 1;
    for (let i = 0; i <= 5; i++) set(8, i, on(i));
    set(8, 7, on(6));
    set(8, 8, on(7));
    set(7, 8, on(8));
    for (let i = 9; i < 15; i++) set(14 - i, 8, on(i));
    for (let i = 0; i < 8; i++) set(size - 1 - i, 8, on(i));
    for (let i = 8; i < 15; i++) set(8, size - 15 + i, on(i));
    set(8, size - 8, true);
}

function penalty(dark: readonly boolean[][]): number {
    const size = dark.length;
    let sum = 0,
        count = 0;
    for (let y = 0; y < size; y++) {
        for (const at of [(x: number) => dark[y]![x]!, (x: number) => dark[x]![y]!]) {
            let run = 1;
            let text = at(0) ? "1" : "0";
            for (let x = 1; x < size; x++) {
                text += at(x) ? "1" : "0";
                run = at(x) === at(x - 1) ? run + 1 : 1;
                sum += run === 5 ? 3 : run > 5 ? 1 : 0;
            }
            for (const like of ["10111010000", "00001011101"])
                for (let from = text.indexOf(like); from >= 0; from = text.indexOf(like, from + 1)) sum += 40;
        }
        for (let x = 0; x < size; x++) {
            count += dark[y]![x] ? 1 : 0;
            if (
                x > 0 &&
                y > 0 &&
                dark[y]![x] === dark[y - 1]![x] &&
                dark[y]![x] === dark[y]![x - 1] &&
                dark[y]![x] === dark[y - 1]![x - 1]
            )
                sum += 3;
        }
    }
    return sum + Math.max(0, Math.ceil(Math.abs(count * 20 - size * size * 10) / (size * size)) - 1) * 10;
}

/* Rows of modules, dark is true; undefined: too long. */
export function qr(text: string): boolean[][] | undefined {
    const bytes = new TextEncoder().encode(text);
    let version = 1;
    while (version <= 20 && dataBytes(version) * 8 < 4 + (version < 10 ? 8 : 16) + bytes.length * 8) version++;
    if (version > 20) return undefined;
    const words = codewords(bytes, version);
    let best: boolean[][] | undefined,
        least = Infinity;
    for (let mask = 0; mask < 8; mask++) {
        const drawn = draw(version, words, mask),
            cost = penalty(drawn);
        if (cost < least) {
            least = cost;
            best = drawn;
        }
    }
    return best;
}

/* Path data with a quiet zone of 4; one unit is a module. */
export function qrPath(modules: readonly boolean[][]): { path: string; size: number } {
    let path = "";
    modules.forEach((row, y) =>
        row.forEach((on, x) => {
            if (on) path += `M${x + 4} ${y + 4}h1v1h-1z`;
        }),
    );
    return { path, size: modules.length + 8 };
}
