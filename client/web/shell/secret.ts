/* The secret of a founding link. */
const SECRET = "tefter found";

/* Taken out of the address at once; a page that is loaded again still has it. */
export function takeSecret(): string | undefined {
    const found = /#found=([0-9A-Za-z-]+)/.exec(location.hash)?.[1];
    try {
        if (found === undefined) return sessionStorage.getItem(SECRET) ?? undefined;
        history.replaceState(null, "", location.pathname + location.search);
        sessionStorage.setItem(SECRET, found);
    } catch {
        /* it is asked for again after a reload */
    }
    return found;
}
export function dropSecret(): void {
    sessionStorage.removeItem(SECRET);
}
