/* Every test of the page: node all.mjs [WORDS OF A NAME] [FILE.test.mjs ...] */
import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { cleanUp, fileIs, runTests } from "./harness.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const words = process.argv.slice(2);
const named = words.filter((word) => word.endsWith(".test.mjs"));
const files = (await readdir(here)).filter(
    (name) => name.endsWith(".test.mjs") && (named.length === 0 || named.some((one) => basename(one) === name)),
);
for (const name of files.sort()) {
    fileIs(name);
    await import(pathToFileURL(join(here, name)));
}
for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => void cleanUp().finally(() => process.exit(130)));
let failed = 1;
try {
    failed = await runTests(words.find((word) => !word.endsWith(".test.mjs")));
} finally {
    await cleanUp();
}
process.exit(failed ? 1 : 0);
