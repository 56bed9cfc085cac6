/*
 * The page as the sources have it now, in place of what the relay carries; and parts of it alone.
 *
 *     const page = await fresh(shop, { width: 390, height: 844, login: "owner" });   // enrolled, logged in, on the page
 *     const kit = await part("kit/read.ts", "kit/format.ts");                         // their exports, in this process
 *     const page = await bare("import { … } from './kit'; …");                        // a page without a server
 */
import { createRequire } from "node:module";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { pathToFileURL } from "node:url";
import { chromium, web, within } from "./harness.mjs";

const fromWeb = createRequire(join(web, "package.json"));
const types = {
    html: "text/html",
    js: "text/javascript",
    css: "text/css",
    woff2: "font/woff2",
    svg: "image/svg+xml",
    webmanifest: "application/manifest+json",
};
let made;

async function files() {
    made ??= import(pathToFileURL(join(web, "build.mjs"))).then(({ pages }) => pages());
    return made;
}

/* Every file of `url` comes from the sources, under the rules that the relay sends too. */
export async function serveFresh(context, url) {
    const all = await files();
    await context.route(
        (address) => address.origin === url && address.pathname !== "/core" && address.pathname !== "/core.js",
        (route) => {
            const name = new URL(route.request().url()).pathname.slice(1) || "index.html";
            const body = all.get(name);
            if (body === undefined) return route.fulfill({ status: 404, body: "" });
            return route.fulfill({
                body,
                contentType: types[name.split(".").pop()],
                headers: {
                    "Content-Security-Policy":
                        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; " +
                        `connect-src 'self' ${url.replace("http", "ws")}; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
                },
            });
        },
    );
}

/* A browser that is a device, with somebody logged in, on the page at `hash`. */
export async function fresh(shop, { login = "owner", branch = "FO", hash = "", query = "", ...look } = {}) {
    const page = await shop.open({ at: "/core", ...look });
    await serveFresh(page.context(), shop.url);
    await shop.enrol(page, branch);
    if (login) await shop.login(page, login);
    await page.goto(`${shop.url}/${query}${hash}`);
    if (login) await page.waitForSelector(".frame");
    return page;
}

/* Modules of client/web in this process. */
export async function part(...names) {
    const at = await mkdtemp(join(tmpdir(), "tefter-part-"));
    const { outputFiles } = await fromWeb("esbuild").build({
        absWorkingDir: web,
        bundle: true,
        write: false,
        format: "esm",
        target: "node18",
        platform: "node",
        jsx: "automatic",
        jsxImportSource: "preact",
        stdin: {
            contents: names.map((name) => `export * from "./${name}";`).join("\n"),
            resolveDir: web,
            loader: "ts",
        },
        loader: { ".css": "empty" },
    });
    await writeFile(join(at, "part.mjs"), outputFiles[0].contents);
    try {
        return await import(pathToFileURL(join(at, "part.mjs")));
    } finally {
        await rm(at, { recursive: true, force: true });
    }
}

/* A page that has the kit's styles and runs this program (TSX; render into #app). */
export async function bare(
    program,
    { width = 1366, height = 768, dark = false, direction = "ltr", language = "en", ...more } = {},
) {
    const { outputFiles } = await fromWeb("esbuild").build({
        absWorkingDir: web,
        bundle: true,
        write: false,
        outdir: "out",
        format: "esm",
        target: "chrome100",
        jsx: "automatic",
        jsxImportSource: "preact",
        loader: { ".woff2": "dataurl" },
        stdin: {
            contents: `import "./kit/tokens.css"; import "./kit/base.css"; import "./shell/later.css"; ${program}`,
            resolveDir: web,
            loader: "tsx",
        },
    });
    const text = (kind) => outputFiles.find(({ path }) => path.endsWith(kind)).text;
    const context = await (
        await chromium()
    ).newContext({ viewport: { width, height }, colorScheme: dark ? "dark" : "light", ...more });
    context.setDefaultTimeout(within(30_000));
    const page = await context.newPage();
    page.faults = [];
    page.on("pageerror", (fault) => page.faults.push(fault));
    await context.route("http://bare.test/**", (route) => {
        const { pathname } = new URL(route.request().url());
        if (pathname === "/app.js") return route.fulfill({ contentType: types.js, body: text(".js") });
        if (pathname === "/app.css") return route.fulfill({ contentType: types.css, body: text(".css") });
        return route.fulfill({
            contentType: "text/html; charset=utf-8",
            body:
                `<!doctype html><html lang="${language}" dir="${direction}"><head><title>bare</title>` +
                '<link rel="icon" href="data:,"><link rel="stylesheet" href="app.css"><script type="module" src="app.js"></script></head><body><div id="app"></div></body></html>',
        });
    });
    await page.goto("http://bare.test/");
    await page.waitForSelector("#app > *");
    return page;
}

/* What axe says is serious or worse, as sentences. */
export async function axe(page, without = []) {
    if (!(await page.evaluate(() => "axe" in globalThis)))
        await page.evaluate(
            await (await import("node:fs/promises")).readFile(fromWeb.resolve("axe-core/axe.min.js"), "utf8"),
        );
    return page.evaluate(async (rules) => {
        const { violations } = await axe.run(document, {
            rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: false }])),
        });
        return violations
            .filter(({ impact }) => impact === "serious" || impact === "critical")
            .map(
                ({ id, nodes }) =>
                    `${id}: ${nodes
                        .slice(0, 3)
                        .map(({ html }) => html.slice(0, 120))
                        .join(" | ")}`,
            );
    }, without);
}
