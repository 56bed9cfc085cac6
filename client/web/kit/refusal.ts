/*
 * What screens say of a refusal. The sentences are a quarter of a page's first load and are wanted when something was
 * refused, so they are fetched when the first screen is there (kit/later.ts); until then it is said that they come.
 */
import { signal } from "@preact/signals";
import type { Client } from "../lib/api";
import type { Refusal, Role, WayOut } from "../lib/messages";
import { say } from "./words";
import { otherRole, roles } from "./words/roles";

type Sentences = typeof import("./refusals");
const sentences = signal<Sentences | undefined>(undefined);

export async function fetchRefusals(): Promise<void> {
    sentences.value ??= await import("./refusals");
}

export function roleText(role: Role): string {
    return say(roles[role] ?? otherRole);
}

export function refusalText(refusal: Refusal, client?: Client): string {
    return sentences.value?.refusalText(refusal, client) ?? say("The server refused it. The reason is being fetched …");
}

/* Each wall that stopped a sale. */
export function wallTexts(refusal: Refusal, client?: Client): string[] {
    return sentences.value?.wallTexts(refusal, client) ?? [];
}

/* One way out; "" for one that only a later version knows. */
export function wayText(way: WayOut, refusal: Refusal, client?: Client): string {
    return sentences.value?.wayText(way, refusal, client) ?? "";
}

/* "manager, controller or owner" */
export function rolesText(who: readonly Role[]): string | undefined {
    return sentences.value === undefined ? who.map(roleText).join(", ") || undefined : sentences.value.rolesText(who);
}
