/* Why a paper is corrected: it has to be said. */
import { say } from "../kit/words";
import type { Draft } from "./draft";

export const whyMissing = (draft: Draft): string | false =>
    draft.corrects !== undefined && (draft.why ?? "").trim() === "" && say("Why is it corrected?");

/* The reason comes first: the cursor is in no field yet, so that its digits choose. */
export const focusWhy = (): void => {
    requestAnimationFrame(() => document.querySelector<HTMLElement>(".correcting [role=radio]")?.focus());
};
