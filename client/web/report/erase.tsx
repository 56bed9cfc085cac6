/* Erasing a person: first what goes and what stays, and what has to be settled; then once, by typing the code. */
import type { ComponentChild } from "preact";
import { useEffect, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import type { CustomerCardAnswer, Refusal } from "../lib/messages";
import { Balance, Button, Code, Field, Head, Name, Panel, Region, useForm, whole } from "../kit";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import { useAsked } from "../board/asked";
import { customerHref, joined } from "../board/parts";
import { saved } from "../desk/save";

export function Erase({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const customer = Number(at[0]);
    const known = Number.isInteger(customer) && customer > 0;
    const asked = useAsked(client, "customer_card", known ? { customer } : undefined, { again: client.seq.value });
    const card = asked.answer;
    return (
        <div class="report erase">
            <Head
                title={say("Erase a person")}
                back={() => {
                    location.hash = known ? customerHref(customer) : "#/customers";
                }}
            />
            {card === undefined ? (
                <Region
                    state={
                        !known || asked.refused !== undefined
                            ? {
                                  kind: "nothing",
                                  text: say("There is no such customer."),
                                  step: <a href="#/customers">{say("All customers")}</a>,
                              }
                            : { kind: "loading" }
                    }
                />
            ) : card.row.erased === true ? (
                <Gone card={card} />
            ) : (
                <Asks client={client} card={card} />
            )}
        </div>
    );
}

function Gone({ card }: { card: CustomerCardAnswer }): ComponentChild {
    return (
        <div class="panel region-note" role="status">
            <b>{say("The person behind {code} is erased. Papers, sums and numbers stay.", { code: card.row.code })}</b>
            <a href={customerHref(card.row.customer)}>{say("To the papers")}</a>
        </div>
    );
}

/* What a name, a phone, a note comes to: those that there are. */
function goes(card: CustomerCardAnswer): string[] {
    const { record } = card;
    const buyers = record.buyers.length;
    return [
        say("name"),
        record.phone === undefined ? "" : say("phone"),
        record.nickname === undefined ? "" : say("nickname"),
        record.address === undefined ? "" : say("address"),
        record.tax_code === undefined ? "" : say("tax number"),
        record.note === undefined ? "" : say("notes"),
        buyers === 0
            ? ""
            : sayMany("{count} buyer with name and phone", "{count} buyers with names and phones", buyers, {
                  count: whole(buyers),
              }),
        say("notes and payers' names on papers, reasons of limits and locks, old values of changes"),
    ].filter((text) => text !== "");
}

function Asks({ client, card }: { client: Client; card: CustomerCardAnswer }): ComponentChild {
    const { row, record } = card;
    const [typed, setTyped] = useState("");
    const [refused, setRefused] = useState<Refusal | "may" | undefined>(undefined);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const [under, setUnder] = useState(false);
    useForm();
    useEffect(() => {
        let stands = true;
        void client.attempt("erase_customer", { customer: row.customer }).then((why) => {
            if (stands) setRefused(why ?? "may");
        });
        return () => {
            stands = false;
        };
    }, [client, row.customer, client.seq.value]);
    const erase = async (): Promise<void> => {
        setUnder(true);
        const came = await saved(client, client.submit("erase_customer", { customer: row.customer }));
        setUnder(false);
        if ("wrong" in came) setWrong(came.wrong);
    };
    const same = typed.trim().toLowerCase() === row.code.toLowerCase();
    return (
        <>
            <section class="panel erase-who">
                <h2>
                    <Name>{row.name.value ?? row.code}</Name> <Code>{row.code}</Code>
                </h2>
                <p>
                    {say("Owes")} <Balance minor={card.account?.balance_minor ?? 0n} unit />
                </p>
            </section>
            <div class="erase-two">
                <Panel title={say("What goes, for ever")}>
                    <ul class="erase-list">
                        {goes(card).map((text) => (
                            <li key={text}>{text}</li>
                        ))}
                    </ul>
                </Panel>
                <Panel title={say("What stays")}>
                    <ul class="erase-list">
                        <li>{say("All papers with their numbers, days, goods and sums")}</li>
                        <li>{say("The code {code}: it is on papers", { code: row.code })}</li>
                        <li>
                            {sayMany(
                                "{count} change, without its words",
                                "{count} changes, without their words",
                                record.changes,
                                { count: whole(record.changes) },
                            )}
                        </li>
                        <li>{say("Copies of the ledger that were made before today, until they are thrown away")}</li>
                    </ul>
                </Panel>
            </div>
            {refused !== undefined && refused !== "may" ? (
                <Region
                    state={{
                        kind: "refused",
                        head: refusalText(refused, client),
                        ways:
                            row.merged_into !== undefined ? (
                                <a class="button" href={`#/erase/${row.merged_into}`}>
                                    {joined([say("Erase a person"), row.merged_code])}
                                </a>
                            ) : (
                                <span class="row">
                                    <a class="button" href={`#/payment/${row.customer}`}>
                                        {say("Take the money")}
                                    </a>
                                    <a class="button" href={customerHref(row.customer)}>
                                        {say("To the papers")}
                                    </a>
                                </span>
                            ),
                    }}
                />
            ) : (
                <section class="panel erase-do">
                    <Field
                        label={say("Type {code} to erase the person", { code: row.code })}
                        value={typed}
                        onText={(text) => {
                            setTyped(text);
                            setWrong(undefined);
                        }}
                        wrong={wrong}
                        dir="ltr"
                    />
                    <Button
                        danger
                        onClick={() => void erase()}
                        blocked={
                            under
                                ? say("It is under way")
                                : refused === undefined
                                  ? say("It is being looked whether money is open")
                                  : same
                                    ? false
                                    : say("Type the code first")
                        }>
                        {say("Erase {name} for ever", { name: row.name.value ?? row.code })}
                    </Button>
                </section>
            )}
        </>
    );
}
