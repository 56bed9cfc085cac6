/* What this browser kept and cannot read any more: set aside, told, and put away by who has looked at it. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { Button, Sheet, whole } from "../kit";
import { say, sayMany } from "../kit/words";
import type { Client } from "../lib/api";

const KEY_OF_DEVICE = "aside self";

export function Asides({ client }: { client: Client }): JSX.Element | null {
    const [open, setOpen] = useState(false);
    const records = client.aside.value.filter((each) => each.key !== KEY_OF_DEVICE);
    if (client.device.value === "unknown" && client.aside.value.length > records.length)
        return (
            <div class="left-here" role="alert">
                <div>
                    <span class="left-text">
                        <b>{say("What made this browser a device cannot be read any more.")}</b>{" "}
                        {say("Ask for a new code, and enrol it again. What it kept unsent stays here.")}
                    </span>
                </div>
            </div>
        );
    const count = records.length;
    if (count === 0) return null;
    return (
        <div class="left-here" role="alert">
            <div>
                <span class="left-text">
                    <b>
                        {sayMany(
                            "{count} record of this device cannot be read, and may be a sale or a payment that is not booked.",
                            "{count} records of this device cannot be read, and may be sales or payments that are not booked.",
                            count,
                            { count: whole(count) },
                        )}
                    </b>{" "}
                    {say("Look among the papers whether it is there, and enter it anew if it is not.")}
                </span>
                {client.me.value !== undefined && (
                    <Button onClick={() => setOpen(true)}>{say("What is left of it")}</Button>
                )}
            </div>
            {open && (
                <Sheet title={say("What is left of it")} onClose={() => setOpen(false)}>
                    <div class="stack">
                        <textarea
                            class="mono aside-text"
                            dir="ltr"
                            rows={12}
                            readOnly
                            aria-label={say("What is left of it")}
                            value={records.map((each) => each.text).join("\n\n")}
                            onFocus={(event) => event.currentTarget.select()}
                        />
                        <Button
                            onClick={() => {
                                records.forEach((each) => each.discard());
                                setOpen(false);
                            }}>
                            {say("It is written down, remove it")}
                        </Button>
                    </div>
                </Sheet>
            )}
        </div>
    );
}
