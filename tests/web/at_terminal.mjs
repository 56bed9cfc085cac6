/* A terminal for tests of the page: `tefter` in tmux, keys in, frames out as text, as tests/tui/screen.py has it. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { bin, until } from "./harness.mjs";

const run = promisify(execFile);
const KEY_MS = 60,
    LETTER_MS = 45; /* as slowly as a person: faster is a scan */
const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/* Is there a tmux? */
export const hasTmux = () =>
    run("tmux", ["-V"]).then(
        () => true,
        () => false,
    );

/* `tefter` with these words in a terminal of its own; its socket is in `folder`. */
export async function terminal(folder, words, { rows = 30, columns = 100 } = {}) {
    const tmux = async (...all) =>
        (
            await run("tmux", ["-u", "-S", join(folder, "tmux"), ...all], {
                env: { ...process.env, LC_ALL: "C.UTF-8", TERM: "xterm-256color" },
            })
        ).stdout;
    const clean = ["env", "-u", "NO_COLOR", "-u", "TEFTER_LANGUAGE", "LANG=C.UTF-8", "LC_ALL=C.UTF-8"];
    const size = ["-x", String(columns), "-y", String(rows)];
    await tmux("-f", "/dev/null", "new-session", "-d", ...size, ...clean, join(bin, "tefter"), ...words);
    await tmux("set-option", "-g", "remain-on-exit", "on");
    await tmux("set-option", "-sg", "escape-time", "0");
    const text = () => tmux("capture-pane", "-p");
    return {
        text,
        async keys(...names) {
            for (const name of names) {
                await tmux("send-keys", name);
                await pause(KEY_MS);
            }
        },
        async type(letters) {
            for (const letter of letters) {
                await tmux("send-keys", "-l", letter);
                await pause(LETTER_MS);
            }
        },
        /* Until the frame has it; the match. */
        async wait(pattern) {
            let frame = "";
            try {
                return await until(`${pattern}`, async () => pattern.exec((frame = await text())), 20_000);
            } catch (fault) {
                throw new Error(`${fault.message}:\n${frame}`);
            }
        },
        close: () => tmux("kill-server").catch(() => undefined),
    };
}
