/* What became of a command that a form gave: the id of what it made, or why not. */
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import type { Client, Pending } from "../lib/api";
import { RefusalCode } from "../lib/messages";

export type Saved = { id: bigint } | { wrong: string; field?: string };

export async function saved(client: Client, pending: Pending): Promise<Saved> {
    const fate = await pending.ended;
    if (fate.kind === "done") return { id: fate.done.id ?? 0n };
    if (fate.kind !== "refused") return { wrong: say("It is sent as soon as there is a line.") };
    const { code, field } = fate.refused;
    if (code === RefusalCode.ALREADY_EXISTS && field === "code")
        return { wrong: say("There is one with this code already. Give it another."), field };
    return { wrong: refusalText(fate.refused, client), field };
}
