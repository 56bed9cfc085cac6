/* Takes one match of a paper apart again: both sides are open as before. */
import type { ComponentChild } from "preact";
import { useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { RefusalCode, Right, type Touch } from "../lib/messages";
import { Button } from "../kit";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";

export function UndoMatch({
    client,
    customer,
    touch,
}: {
    client: Client;
    customer: number;
    touch: Touch;
}): ComponentChild {
    const [busy, setBusy] = useState(false);
    const [refused, setRefused] = useState<string | undefined>(undefined);
    if (touch.undone || !client.may(Right.RIGHT_MATCH)) return null;
    const undo = async (): Promise<void> => {
        setBusy(true);
        let fate = await client.submit("undo_match", { customer, match: touch.match }).ended;
        /* of another customer's money the match stands with them */
        const other = Number(touch.other >> 36n);
        if (fate.kind === "refused" && fate.refused.code === RefusalCode.NOT_FOUND && other !== customer)
            fate = await client.submit("undo_match", { customer: other, match: touch.match }).ended;
        setBusy(false);
        if (fate.kind === "refused") setRefused(refusalText(fate.refused, client));
    };
    return refused !== undefined ? (
        <span class="small over" role="alert">
            {refused}
        </span>
    ) : (
        <Button
            plain
            small
            class="no-print"
            blocked={busy && say("sending")}
            label={say("Undo match {number}", { number: String(touch.match) })}
            onClick={() => void undo()}>
            {say("Undo")}
        </Button>
    );
}
