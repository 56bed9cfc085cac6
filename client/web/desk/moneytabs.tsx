/* Money, tills, the books: three looks at the same, beside each other. */
import type { JSX } from "preact";
import type { Client } from "../lib/api";
import { Right } from "../lib/messages";
import { go } from "../kit/route";
import { useActions } from "../kit/keys";
import { say } from "../kit/words";

const looks = (client: Client) => [
    { id: "money", text: say("Received and given back"), key: "1" },
    { id: "tills", text: say("Tills"), key: "2" },
    ...(client.may(Right.RIGHT_SEE_TRIAL_BALANCE) ? [{ id: "books", text: say("Trial balance"), key: "3" }] : []),
];

export function MoneyTabs({ client, on }: { client: Client; on: string }): JSX.Element {
    const all = looks(client);
    useActions(all.map((look) => ({ id: `look-${look.id}`, key: look.key, title: look.text, run: () => go(look.id) })));
    return (
        <nav class="chips" aria-label={say("Money")}>
            {all.map((look) => (
                <a key={look.id} class="chip" href={`#/${look.id}`} aria-current={look.id === on ? "true" : undefined}>
                    {look.text}
                </a>
            ))}
        </nav>
    );
}
