/* A code came to a browser that is a device already. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, Notice } from "../kit";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import type { Client } from "../lib/api";
import { Gate } from "./gate";

export function EnrolAnew({
    client,
    code,
    name,
    onLeave,
}: {
    client: Client;
    code: string;
    name: string;
    onLeave: () => void;
}): JSX.Element {
    const [refused, setRefused] = useState<string | undefined>(undefined);
    const [busy, setBusy] = useState(false);
    const anew = async (): Promise<void> => {
        setBusy(true);
        const answer = await client.enrol(code);
        setBusy(false);
        if ("refused" in answer) setRefused(refusalText(answer.refused, client));
        else onLeave();
    };
    return (
        <Gate client={client} wide>
            <h1>{say("This browser is {name} already", { name })}</h1>
            <p class="ink-2">
                {say(
                    "The code makes it another device. What it kept unsent as {name} stays visible, but is not sent any more.",
                    { name },
                )}
            </p>
            {refused !== undefined && (
                <Notice tone="over" role="alert">
                    {refused}
                </Notice>
            )}
            <Button large wide onClick={onLeave}>
                {say("Leave it as {name}", { name })}
            </Button>
            <Button large wide blocked={busy && say("sending")} onClick={() => void anew()}>
                {busy ? say("Asking the server …") : say("Make it the new device")}
            </Button>
        </Gate>
    );
}
