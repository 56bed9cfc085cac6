// Writes dist/: what tefter-web serves. `node build.mjs --check` says whether dist/ is as it would be written.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, writeFile, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const check = process.argv.includes("--check"),
    asked = process.argv[1] === fileURLToPath(import.meta.url);

const HOW = {
    format: "esm",
    target: ["chrome70", "firefox78", "safari14"],
    supported: { bigint: true, destructuring: true },
    minify: true,
    legalComments: "none",
    charset: "utf8",
};

/* name → bytes of each file. What a name holds never changes but for index.html, the icon and the manifest: browsers keep the others. */
export async function pages() {
    const made = await build({
        absWorkingDir: here,
        entryPoints: { app: "shell/main.tsx", later: "shell/later.css" },
        outdir: "dist",
        bundle: true,
        write: false,
        ...HOW,
        splitting: true /* a screen is fetched when it is opened, a language when somebody reads it */,
        entryNames: "[name]-[hash]",
        chunkNames: "[name]-[hash]",
        jsx: "automatic",
        jsxImportSource: "preact",
        loader: { ".woff2": "file" },
        assetNames: "[name]-[hash]",
        preserveSymlinks: true /* the same names wherever the packages lie */,
        metafile: true,
    });
    const { files, metafile } = await merged(made);
    const begin = await beginning(metafile);
    const beginName = `begin-${hashOf(begin)}.js`;
    files.set(beginName, begin);
    files.set(
        "index.html",
        Buffer.from(linked(await readFile(join(here, "shell/index.html"), "utf8"), metafile, beginName)),
    );
    for (const name of await readdir(join(here, "shell/public")))
        files.set(name, await readFile(join(here, "shell/public", name)));
    /* Its name stays: a browser asks for it again by that, and finds a newer one, which has another list of files. */
    const worker = await build({
        absWorkingDir: here,
        entryPoints: { sw: "shell/sw.ts" },
        outdir: "dist",
        bundle: true,
        write: false,
        ...HOW,
        format: "iife",
        define: { BUILT: JSON.stringify(listed(metafile, files, beginName)) },
    });
    for (const { path, contents } of worker.outputFiles) files.set(nameOf(path), Buffer.from(contents));
    return files;
}

const nameOf = (path) => path.slice(join(here, "dist").length + 1);

/* ---- few files: on a slow line each costs more than what is in it ---- */

const IMPORT = /import(?:\{([^}]*)\}from)?"\.\/([\w.-]+\.js)";?/g,
    IMPORT_LATER = /import\("\.\/([\w.-]+\.js)"\)/g;
const hashOf = (text) =>
    [...createHash("sha256").update(text).digest().subarray(0, 8)]
        .map((byte) => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[byte & 31])
        .join("");

/*
 * esbuild makes a chunk of whatever the same parts share, two dozen small ones. Here what the first screen of everybody needs beside
 * app.js becomes one file, base; what only the counter needs beside that, part of the counter's own. Who imported from a chunk
 * imports from there; a file that imports has the others in its name, as esbuild's own names have.
 */
async function merged({ outputFiles, metafile: { outputs } }) {
    const name = (path) => path.slice("dist/".length);
    const text = new Map(outputFiles.map(({ path, text: said }) => [nameOf(path), said]));
    const entries = Object.entries(outputs).filter(([, { entryPoint }]) => entryPoint !== undefined);
    const at = (source) => entries.find(([, { entryPoint }]) => entryPoint === source)[0];
    const app = at("shell/main.tsx"),
        counter = at("counter/counter.ts");
    const beside = (path) => [...withBeside(path, { outputs })].filter((each) => each !== app);
    const office = beside(at("board/office.ts"));
    const shared = beside(counter).filter((path) => path !== counter);
    const base = [...new Set([...beside(app), ...shared.filter((path) => office.includes(path))])];
    const own = shared.filter((path) => !base.includes(path));
    const all = hashOf(["2" /* another one when the files are put together in another way */, ...text.keys()].join());
    const groups = [
        { file: `base-${all}.js`, chunks: base.map(name), entry: undefined },
        { file: `counter-${all}.js`, chunks: own.map(name), entry: name(counter) },
    ];
    const groupOf = new Map(groups.flatMap((group) => group.chunks.map((chunk) => [chunk, group])));
    const alone = [...text.keys()].filter(
        (file) => file.endsWith(".js") && !groupOf.has(file) && file !== name(counter),
    );
    const imports = (file) => [...text.get(file).matchAll(IMPORT)].filter(([, names]) => names !== undefined);
    const renamed = new Map([[name(counter), groups[1].file]]);
    for (const file of alone)
        renamed.set(file, imports(file).length > 0 ? file.replace(/-\w{8}\.js$/, `-${hashOf(all + file)}.js`) : file);

    /* What one file takes of another's chunk has the chunk's number in its name there. */
    const number = new Map([...groupOf.keys()].map((chunk, index) => [chunk, index]));
    const publicName = (chunk, word) => `${word}_${number.get(chunk)}`;
    const taken = new Map(groups.map(({ file }) => [file, new Map()]));
    const rewritten = (said, home) =>
        said
            .replace(IMPORT, (statement, names, from) => {
                const group = groupOf.get(from);
                if (group === home && group !== undefined) return statement;
                if (group === undefined) return statement.replace(from, renamed.get(from) ?? from);
                if (names === undefined) return ""; /* it runs before: base beside app.js, the counter's by its names */
                const list = names.split(",").map((each) => each.split(" as "));
                for (const [word] of list)
                    taken
                        .get(group.file)
                        .set(publicName(from, word), `export{${word} as ${publicName(from, word)}}from"./${from}";`);
                const words = list.map(([word, as = word]) => `${publicName(from, word)} as ${as}`);
                return `import{${words}}from"./${group.file}";`;
            })
            .replace(IMPORT_LATER, (statement, from) => `import("./${renamed.get(from) ?? from}")`);
    const rewrittenIn = new Map();
    for (const file of alone) rewrittenIn.set(file, rewritten(text.get(file), undefined));
    for (const group of groups)
        for (const chunk of [...group.chunks, ...(group.entry ? [group.entry] : [])])
            rewrittenIn.set(chunk, rewritten(text.get(chunk), group));

    const files = new Map(outputFiles.map(({ path, contents }) => [nameOf(path), Buffer.from(contents)]));
    for (const group of groups) {
        const exported = [...taken.get(group.file).values()].sort().join("");
        const own = group.entry
            ? `export*from"./${group.entry}";`
            : group.chunks.map((chunk) => `import"./${chunk}";`).join("");
        const bytes = await glued(own + exported, rewrittenIn);
        for (const chunk of [...group.chunks, group.entry]) files.delete(chunk);
        files.set(group.file, bytes);
    }
    for (const file of alone) {
        files.delete(file);
        files.set(renamed.get(file), Buffer.from(rewrittenIn.get(file)));
    }
    for (const [file, bytes] of files)
        for (const [, other] of file.endsWith(".js")
            ? bytes.toString().matchAll(/["']\.\/([\w.-]+-\w{8}\.js)["']/g)
            : [])
            if (!files.has(other)) throw new Error(`${file} wants ${other}, which is not there`);
    return { files, metafile: { outputs: nowOf({ outputs, groups, groupOf, renamed, name }) } };
}

async function glued(contents, texts) {
    const chunks = {
        name: "chunks",
        setup(build) {
            build.onResolve({ filter: /^\.\// }, ({ path, kind }) =>
                kind !== "dynamic-import" && texts.has(path.slice(2))
                    ? { path: path.slice(2), namespace: "chunk" }
                    : { path, external: true },
            );
            build.onLoad({ filter: /./, namespace: "chunk" }, ({ path }) => ({
                contents: texts.get(path),
                loader: "js",
            }));
        },
    };
    const { outputFiles } = await build({
        ...HOW,
        write: false,
        bundle: true,
        stdin: { contents, resolveDir: here, loader: "js" },
        plugins: [chunks],
    });
    return Buffer.from(outputFiles[0].contents);
}

/* esbuild's own list of what came out, as it is now: entries and what they import by their side. */
function nowOf({ outputs, groups, groupOf, renamed, name }) {
    const now = {};
    const placed = (path) => {
        const group = groupOf.get(name(path));
        return `dist/${group?.file ?? renamed.get(name(path)) ?? name(path)}`;
    };
    for (const [path, output] of Object.entries(outputs)) {
        const at = placed(path);
        now[at] ??= { imports: [] };
        const { entryPoint, cssBundle } = output;
        if (entryPoint !== undefined) Object.assign(now[at], { entryPoint, cssBundle });
        for (const { path: other, kind } of output.imports) {
            const to = placed(other);
            const helper = path.startsWith("dist/chunk-") || groups.some(({ file }) => at === `dist/${file}`);
            if (to !== at && (helper || renamed.get(name(path)) !== name(path) || kind !== "import-statement"))
                now[at].imports.push({ path: to, kind });
        }
    }
    return now;
}

/*
 * What is fetched beside app.js, before that says so: the part of the screen that the address names, and the words. Else each waited
 * for what is before it, a round trip each.
 */
async function beginning(metafile) {
    const name = (path) => path.slice("dist/".length);
    const [app] = appOf(metafile);
    const there = new Set([...withBeside(app, metafile)]);
    const parts = {};
    for (const [path, { entryPoint = "" }] of Object.entries(metafile.outputs))
        if (path !== app && entryPoint.endsWith(".ts") && !/(-later|refusals)\.ts$/.test(entryPoint))
            parts[basename(entryPoint, ".ts")] = [...withBeside(path, metafile)]
                .filter((each) => !there.has(each))
                .map(name);
    const { outputFiles } = await build({
        ...HOW,
        absWorkingDir: here,
        entryPoints: { begin: "shell/begin.ts" },
        outdir: "dist",
        bundle: true,
        write: false,
        format: "iife",
        define: { PARTS: JSON.stringify(parts) },
    });
    return Buffer.from(outputFiles[0].contents);
}

/* With what it imports by its side, to the end. */
function withBeside(path, { outputs }, found = new Set()) {
    if (found.has(path)) return found;
    found.add(path);
    for (const { path: other, kind } of outputs[path].imports)
        if (kind === "import-statement") withBeside(other, { outputs }, found);
    return found;
}

/*
 * What the service worker keeps: the files of everybody's first screens; and by name each part that is fetched when it is
 * wanted, a language among them, with what it needs.
 */
function listed(metafile, files, beginName) {
    const name = (path) => path.slice("dist/".length);
    const [app, { cssBundle }] = appOf(metafile);
    const parts = {};
    for (const [path, { entryPoint }] of Object.entries(metafile.outputs))
        if (entryPoint !== undefined && path !== app && path !== cssBundle)
            parts[basename(entryPoint).replace(/\.\w+$/, "")] = [...withBeside(path, metafile)].map(name);
    const first = [...new Set([...withBeside(app, metafile), cssBundle].map(name).concat(parts.counter))];
    for (const [part, needs] of Object.entries(parts)) parts[part] = needs.filter((file) => !first.includes(file));
    delete parts.later;
    first.push(beginName, name(laterOf(metafile)), ...parts.refusals);
    delete parts.refusals;
    parts.fa.push(...[...files.keys()].filter((file) => file.endsWith(".woff2")));
    delete parts.counter;
    const hash = createHash("sha256");
    for (const file of [...files.keys()].sort()) hash.update(file).update("\0").update(files.get(file));
    return { version: hash.digest("hex").slice(0, 16), app: name(app), first, parts };
}

const laterOf = ({ outputs }) => Object.keys(outputs).find((path) => outputs[path].entryPoint === "shell/later.css");
const appOf = ({ outputs }) => Object.entries(outputs).find(([, { entryPoint }]) => entryPoint === "shell/main.tsx");

/* The names as they are now, and what app.js imports by its side: else it were fetched only when app.js has come. */
function linked(html, metafile, beginName) {
    const name = (path) => path.slice("dist/".length);
    const [app, { cssBundle }] = appOf(metafile);
    const beside = [...withBeside(app, metafile)].slice(1);
    const links = beside.map((path) => `<link rel="modulepreload" href="${name(path)}" />\n        `).join("");
    return html
        .replace('href="later.css"', `href="${name(laterOf(metafile))}"`)
        .replace('src="begin.js"', `src="${beginName}"`)
        .replace('href="app.css"', `href="${name(cssBundle)}"`)
        .replace('<script type="module" src="app.js">', `${links}<script type="module" src="${name(app)}">`);
}

const files = asked ? await pages() : new Map();
const there = await readdir(join(here, "dist")).catch(() => []);
if (asked && check) {
    const other = [...new Set([...there, ...files.keys()])];
    const old = await Promise.all(other.map((name) => readFile(join(here, "dist", name)).catch(() => undefined)));
    const wrong = other.filter((name, at) => !old[at]?.equals(files.get(name) ?? Buffer.of(255, 254)));
    if (wrong.length > 0) {
        console.error(
            `client/web/dist is not what the sources say: ${wrong.join(", ")}; run npm run build in client/web`,
        );
        process.exit(1);
    }
} else if (asked) {
    await rm(join(here, "dist"), { recursive: true, force: true });
    await mkdir(join(here, "dist"));
    for (const [name, bytes] of files) await writeFile(join(here, "dist", name), bytes);
}
