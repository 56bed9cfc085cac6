/* Somebody else set the password of who is logged in, and can log in as they do until they take one of their own. */
import { signal } from "@preact/signals";
import type { JSX } from "preact";
import { Button, moment } from "../kit";
import { say } from "../kit/words";
import type { Client } from "../lib/api";

const UNDERSTOOD = "tefter.password-understood";

function kept(): string {
    try {
        return sessionStorage.getItem(UNDERSTOOD) ?? "";
    } catch {
        return "";
    }
}
const understood = signal(kept());
function understand(which: string): void {
    understood.value = which;
    try {
        sessionStorage.setItem(UNDERSTOOD, which);
    } catch {
        /* it is told again after a reload */
    }
}

export function PasswordBand({ client }: { client: Client }): JSX.Element | null {
    const me = client.me.value;
    if (me?.password_by === undefined || client.welcome.value?.practice === true) return null;
    const which = `${me.staff}:${me.password_ms}`;
    if (understood.value === which) return null;
    return (
        <div class="left-here" role="status">
            <div>
                <span class="left-text">
                    {say("{name} set your password, {when}. Take one of your own: nobody else knows it then.", {
                        name: me.password_by,
                        when: moment(me.password_ms),
                    })}
                </span>
                <a class="button plain small-button" href="#/settings">
                    {say("Change the password")}
                </a>
                <Button plain small onClick={() => understand(which)}>
                    {say("Understood")}
                </Button>
            </div>
        </div>
    );
}
