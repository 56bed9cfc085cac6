/* What must not be, as sentences. Within what scrolls, nothing is cut. */
export function faultsOf() {
    const found = [];
    const told = (element) =>
        `“${element.textContent.trim().slice(0, 40)}” in ${[...element.parentElement.classList].join(".") || element.parentElement.tagName}`;
    if (document.scrollingElement.scrollWidth > innerWidth)
        found.push(`the page is ${document.scrollingElement.scrollWidth - innerWidth} px wider than its window`);
    for (const figure of document.querySelectorAll(".n")) {
        const box = figure.getBoundingClientRect();
        if (box.width === 0 || figure.closest(".unseen")) continue;
        if (/[A-Za-z]/.test(figure.textContent)) continue; /* a number of a paper: what is cut says so with … */
        let scrolls = false,
            hidden = false;
        for (let above = figure; above !== null && above !== document.body; above = above.parentElement) {
            const { overflowX, overflowY, position } = getComputedStyle(above);
            if (/auto|scroll/.test(overflowX + overflowY)) scrolls = true;
            if (scrolls) break;
            if (overflowX === "visible" || (above === figure && getComputedStyle(above).display === "inline")) continue;
            const round = above.getBoundingClientRect();
            const across = box.left < round.right - 2 && box.right > round.left + 2;
            if (!across) hidden = true;
            if (across && (box.right > round.right + 1.5 || box.left < round.left - 1.5)) {
                found.push(`cut across: ${told(figure)}, by ${[...above.classList].join(".")}`);
                break;
            }
            const down = box.top < round.bottom - 4 && box.bottom > round.top + 4;
            if (overflowY !== "visible" && down && (box.bottom > round.bottom + 4 || box.top < round.top - 4)) {
                found.push(`cut below: ${told(figure)}, by ${[...above.classList].join(".")}`);
                break;
            }
            if (position === "fixed") break;
        }
        if (!scrolls && !hidden && (box.left < -1 || box.right > innerWidth + 1))
            found.push(`outside: ${told(figure)}`);
    }
    /* Figures that lie upon each other. */
    const rows = [...document.querySelectorAll("main .n, #main .n")].filter(
        (one) =>
            !/[A-Za-z]/.test(one.textContent) &&
            !one.querySelector(".n") &&
            !one.closest(
                ".unseen, .sticky-end, .bar-sticky, .total-box, thead, .customer-head, .customers-foot, .foot, .uplot",
            ),
    );
    for (let at = 0; at + 1 < rows.length; at++) {
        const one = rows[at].getBoundingClientRect(),
            two = rows[at + 1].getBoundingClientRect();
        if (one.width === 0 || two.width === 0) continue;
        const wide = Math.min(one.right, two.right) - Math.max(one.left, two.left);
        const high = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
        if (wide > 2 && high > 6) found.push(`one upon the other: ${told(rows[at])} and ${told(rows[at + 1])}`);
    }
    return found.slice(0, 6);
}
