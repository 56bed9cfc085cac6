/*
 * Why a button cannot be pressed, said where it was pressed: a title shows to a mouse alone, and grey says nothing to a
 * finger. Gone at the next touch or key, or by itself.
 */
const SHOWN_MS = 5000,
    GAP = 6;
let end = (): void => undefined;

export function sayWhy(pressed: Element, why: string): void {
    end();
    if (why === "" || pressed.textContent?.includes(why) === true) return; /* it says so itself */
    const box = document.createElement("div");
    box.className = "why-not";
    box.setAttribute("role", "status");
    box.textContent = why;
    document.body.append(box);
    const at = pressed.getBoundingClientRect();
    const { width, height } = box.getBoundingClientRect();
    const under = at.bottom + GAP + height < innerHeight;
    box.style.top = `${Math.max(GAP, under ? at.bottom + GAP : at.top - GAP - height)}px`;
    box.style.left = `${Math.max(GAP, Math.min(innerWidth - width - GAP, at.left + (at.width - width) / 2))}px`;
    const timer = setTimeout(() => end(), SHOWN_MS);
    const events = ["pointerdown", "keydown", "wheel"] as const;
    const gone = (): void => end();
    events.forEach((event) => addEventListener(event, gone, { capture: true, passive: true }));
    end = () => {
        clearTimeout(timer);
        events.forEach((event) => removeEventListener(event, gone, { capture: true }));
        box.remove();
        end = () => undefined;
    };
}

/* Of a button of its own shape: it acts, or says why it does not. */
export const unless = (
    why: string | false,
    act: () => void,
): {
    "aria-disabled": true | undefined;
    title: string | undefined;
    onClick: (event: { currentTarget: Element }) => void;
} => ({
    "aria-disabled": why !== false || undefined,
    title: why === false ? undefined : why,
    onClick: (event) => (why === false ? act() : sayWhy(event.currentTarget, why)),
});
