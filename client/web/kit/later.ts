/*
 * What everybody needs, but not for the first screen: the sentences of refusals, the other words of the language, the
 * styles of screens that are fetched when they are opened. Fetched once the first screen is there, and before any other.
 */
import { fetchRefusals } from "./refusal";
import { fetchWords } from "./words";

/* build.mjs names the file in the page. */
function fetchStyles(): Promise<void> {
    const link = document.querySelector<HTMLLinkElement>("link[rel=later]");
    if (link === null) return Promise.resolve();
    return new Promise((done, failed) => {
        const there = document.createElement("link");
        there.onload = () => {
            link.remove();
            done();
        };
        there.onerror = () => {
            there.remove();
            failed(new Error(`${link.href} cannot be fetched`));
        };
        there.rel = "stylesheet";
        there.href = link.href;
        document.head.append(there);
    });
}

let under: Promise<unknown> | undefined;

/* Throws when some of it cannot be fetched now; the next who asks tries again. */
export async function later(): Promise<void> {
    under ??= Promise.all([fetchStyles(), fetchWords(), fetchRefusals()]);
    try {
        await under;
    } catch (fault) {
        under = undefined;
        throw fault;
    }
}
