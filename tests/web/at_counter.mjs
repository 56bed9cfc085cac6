/* What a clerk does at the counter, for tests of it. */
import { until } from "./harness.mjs";

/* As a scanner types: keys by their place, a few milliseconds apart. */
export const scan = (page, code) =>
    page.evaluate((text) => {
        const send = (init) =>
            (document.activeElement ?? document.body).dispatchEvent(
                new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init }),
            );
        for (const digit of text)
            send({
                key: digit,
                code: /\d/.test(digit)
                    ? `Digit${digit}`
                    : digit === "*"
                      ? "NumpadMultiply"
                      : `Key${digit.toUpperCase()}`,
            });
        send({ key: "Enter", code: "Enter" });
    }, code);

/* The same as a browser gets it: each key 11 to 34 ms after the one before, and what it types stands in the field. `held`: ms
 * before that character, where a machine is slow. */
export const scanTyped = (page, code, held = {}) =>
    page.evaluate(
        async ([text, late]) => {
            let at = 0;
            for (const key of [...text, "Enter"]) {
                const gap = late[at] ?? 11 + ((at * 7) % 18);
                const until = performance.now() + gap;
                await new Promise((done) => setTimeout(done, gap - 4));
                while (performance.now() < until);
                const field = document.activeElement ?? document.body;
                const event = new KeyboardEvent("keydown", {
                    key,
                    code:
                        key === "Enter"
                            ? key
                            : /\d/.test(key)
                              ? `Digit${key}`
                              : key === "*"
                                ? "NumpadMultiply"
                                : `Key${key.toUpperCase()}`,
                    bubbles: true,
                    cancelable: true,
                });
                const goesOn = field.dispatchEvent(event);
                if (goesOn && key.length === 1 && field instanceof HTMLInputElement) {
                    field.setRangeText(key, field.selectionStart, field.selectionEnd, "end");
                    field.dispatchEvent(new Event("input", { bubbles: true }));
                }
                at++;
            }
        },
        [code, held],
    );

export const type = async (page, text) => {
    await page.keyboard.type(text, { delay: 45 });
};
export const lines = (page) => page.locator(".goods [data-row]").count();
export const button = (page) => page.innerText(".commit");
export async function goods(page, text, quantity) {
    const before = await lines(page);
    await page.focus(".goods-field input");
    await type(page, text);
    await page.keyboard.press("Enter");
    await until(`a line of ${text}`, async () => (await lines(page)) === before + 1);
    if (quantity === undefined) return;
    await type(page, String(quantity));
    await page.keyboard.press("Enter");
}
export async function customer(page, code) {
    await page.focus(".customer-field input");
    await type(page, code);
    await page.waitForSelector(".customer-field .combo-option");
    await page.keyboard.press("Enter");
    await page.waitForSelector(".band-cell .terms");
}
export const sells = (page, words) => until(`F9 says ${words}`, async () => words.test(await button(page)));
export const taken = async (page) => {
    const text = ".strip[data-state=taken] .strip-text";
    await page.waitForSelector(text);
    return /([A-Z]+(?:-[A-Z]+)?-\d+)/.exec(await page.innerText(text))[1];
};
