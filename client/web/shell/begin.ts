/*
 * Before anything else runs: what the screen of the address needs, and the words of the language, are fetched beside the program,
 * not after it. It only hints: whatever it guesses wrong is fetched when it is wanted.
 */

/* Written by build.mjs: name of a part, its files. */
declare const PARTS: Readonly<Record<string, readonly string[]>>;

const OF_SCREEN: Readonly<Record<string, string>> = {
    sale: "counter",
    payment: "paying",
    board: "office",
    approvals: "office",
    customers: "office",
};

function wantedLanguage(): string {
    try {
        const kept = JSON.parse(localStorage.getItem("tefter.person") ?? "{}") as { language?: string };
        if (kept.language !== undefined) return kept.language;
    } catch {
        /* storage is closed: the browser's own */
    }
    for (const each of navigator.languages) {
        const code = each.slice(0, 2).toLowerCase();
        if (code === "en" || PARTS[code] !== undefined) return code;
    }
    return "en";
}

const screen = /^#\/(\w+)/.exec(location.hash)?.[1] ?? "";
const files = [OF_SCREEN[screen] ?? "", wantedLanguage()].flatMap((part) => PARTS[part] ?? []);
for (const file of new Set(files)) {
    const link = document.createElement("link");
    link.rel = "modulepreload";
    link.href = file;
    document.head.append(link);
}

export {};
