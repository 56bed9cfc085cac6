/*
 * Screens say what the command line says: kit/words.ts writes the table of cases as shared/words does, and
 * kit/refusals.ts writes every refusal in every language as client/lib does.
 *
 *     node screens.mjs PROGRAM        PROGRAM is say_refusals
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const web = join(here, "../../client/web");
if (!existsSync(join(web, "node_modules/esbuild"))) {
    console.log("tests/words: SKIPPED, client/web has no packages");
    process.exit(0);
}
const { build } = createRequire(join(web, "package.json"))("esbuild");
const folder = mkdtempSync(join(tmpdir(), "tefter-words-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
await build({
    stdin: {
        contents: `export * from "./kit/words"; export { refusalSentence } from "./kit/refusals"; export { decode } from "./lib/codec";`,
        resolveDir: web, loader: "ts",
    },
    outfile: join(folder, "all.mjs"), bundle: true, format: "esm", target: "es2022", logLevel: "error", jsx: "automatic", jsxImportSource: "preact",
});
const { begin, decode, direction, fetchWords, languages, refusalSentence, say, sayMany, sayParts, sentence, setLanguage, translate, translateMany } =
    await import(pathToFileURL(join(folder, "all.mjs")));

await fetchWords();
let failed = 0;
function same(what, is, wanted) {
    if (is === wanted) return;
    failed++;
    if (failed < 6) console.error(`${what}\n  screen  ${is.slice(0, 300)}\n  command ${wanted.slice(0, 300)}`);
}

/* ---- the table ---- */

let cases = 0;
for (const line of readFileSync(join(here, "cases.tsv"), "utf8").split("\n").filter((each) => each !== "" && !each.startsWith("#"))) {
    const [code, message, given, wanted] = line.split("\t");
    const facts = new Map(given === "-" ? [] : given.split(";").map((each) => each.split(/=(.*)/s).slice(0, 2)));
    const [one, many] = message.split(" /// ");
    await setLanguage(code);
    const pattern = many === undefined ? translate(one) : translateMany(one, many, BigInt(facts.get("count")));
    same(line, sentence(pattern, (name) => facts.get(name)), wanted);
    cases++;
}

/* ---- refusals: figures as the command line writes them ---- */

const amount = (minor) => {
    const digits = (minor < 0n ? -minor : minor).toString().padStart(3, "0");
    return (minor < 0n ? "-" : "") + digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",") + "." + digits.slice(-2);
};
const formats = {
    amount, money: (minor) => amount(minor) + " €", whole: String,
    percent: (hundredths) => hundredths % 100 === 0 ? `${hundredths / 100}%` : `${(hundredths / 100).toFixed(2)}%`,
    day: (days) => new Date(days * 86400000).toISOString().slice(0, 10),
    moment: (ms) => new Date(Number(ms)).toISOString().slice(0, 16).replace("T", " ") + " UTC",
};
let refusals = 0;
for (const line of execFileSync(process.argv[2], { encoding: "utf8", maxBuffer: 1 << 28 }).split("\n").filter((each) => each !== "")) {
    const [code, hex, wanted] = line.split("\t");
    await setLanguage(code);
    const refusal = decode("Refusal", Uint8Array.from(Buffer.from(hex, "hex")));
    same(`${code} ${refusal.code} ${refusal.field ?? ""}`, refusalSentence(refusal, formats).replace(/[\u2066-\u2069]/g, ""), wanted.trim());
    refusals++;
}

/* ---- what screens alone have ---- */

await setLanguage("en");
same("a missing fact is seen", say("Over by {amount}"), "Over by {amount}");
same("a fact is no pattern", say("{name}", { name: "{other} $& $1" }), "{other} $& $1");
same("count by itself", sayMany("{count} bill", "{count} bills", 1), "1 bill");
same("count as it is written", sayMany("{count} bill", "{count} bills", 1200n, { count: "1,200" }), "1,200 bills");
same("what tells meanings apart is not shown", say("money back::Change"), "Change");
same("elements in a sentence", JSON.stringify(sayParts("a {x}, b", { x: 5 })), JSON.stringify(["a ", 5, ", b"]));
await setLanguage("fa");
same("from right to left", direction(), "rtl");
same("a foreign name keeps its order", say("{name}", { name: "Whitfield & Sons" }), "\u2068Whitfield & Sons\u2069");
same("a name in its own letters needs nothing", say("{name}", { name: "سازه آریا" }), "سازه آریا");
await setLanguage("el");
same("a Greek accent stays", begin("έγκριση"), "Έγκριση");
await setLanguage("xx");
same("pseudo keeps facts", say("Over by {amount}", { amount: "5" }).includes("5"), true);
same("pseudo is longer", say("Approve once").length >= "Approve once".length * 1.3, true);
await setLanguage("xr");
same("pseudo from right to left", direction(), "rtl");
same("an unknown language is English", (await setLanguage("qq"), say("manager")), "manager");
same("five languages", languages.map((each) => each.code).join(" "), "en vi zh fa el");

console.log(`${cases} cases, ${refusals} refusals, ${failed} differ`);
process.exit(failed > 0 || cases < 15 || refusals < 2000 ? 1 : 0);
