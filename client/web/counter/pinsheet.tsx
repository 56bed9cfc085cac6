import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { Client } from "../lib/api";
import { RefusalCode, type Refusal } from "../lib/messages";
import { Button, Field, Sheet } from "../kit/parts";
import { refusalText } from "../kit/refusal";
import { say } from "../kit/words";
import { plainDigits } from "./typed";

/* The PIN goes beside the command and is kept nowhere. */
export function PinSheet({
    refusal,
    onPin,
    onClose,
    client,
}: {
    refusal: Refusal;
    client: Client;
    onPin: (pin: string) => void;
    onClose: () => void;
}): JSX.Element {
    const [pin, setPin] = useState("");
    return (
        <Sheet title={say("PIN of who takes the goods")} onClose={onClose}>
            <form
                onSubmit={(event) => {
                    event.preventDefault();
                    if (pin !== "") onPin(plainDigits(pin));
                }}>
                <Field
                    label={say("PIN")}
                    type="password"
                    inputMode="numeric"
                    value={pin}
                    onText={setPin}
                    autofocus
                    autocomplete="off"
                    wrong={
                        refusal.code === RefusalCode.PIN_WRONG || refusal.code === RefusalCode.PIN_LOCKED
                            ? refusalText(refusal, client)
                            : undefined
                    }
                />
                <Button filled submit wide blocked={pin === "" && say("Type the PIN")}>
                    {say("Sell")}
                </Button>
            </form>
        </Sheet>
    );
}
