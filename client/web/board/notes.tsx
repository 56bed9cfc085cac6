/* What was written down of a customer, and the form that writes it. */
import { useState } from "preact/hooks";
import type { JSX } from "preact";
import type { Client, Customer } from "../lib/api";
import { CallResult, NoteHelp, NoteKind, Right, type NoteRecord } from "../lib/messages";
import { Name, Bones, Button, Chips, Choice, day, moment, Panel, Sign, useActions } from "../kit";
import { DayField, today } from "../kit/day";
import { directionOf, say } from "../kit/words";
import { FormSheet } from "../desk/forms";
import { saved } from "../desk/save";
import { useAsked } from "./asked";
import { namesOf } from "./live";
import { joined } from "./parts";

export function resultText(result: CallResult | undefined): string {
    switch (result) {
        case CallResult.CALL_REACHED:
            return say("reached");
        case CallResult.CALL_NO_ANSWER:
            return say("no answer");
        case CallResult.CALL_WRONG_NUMBER:
            return say("wrong number");
        case undefined:
            return say("called");
    }
}

const helpText = (help: NoteHelp | undefined): string | undefined =>
    help === NoteHelp.HELP_EXTENSION
        ? say("more time would help")
        : help === NoteHelp.HELP_INSTALMENTS
          ? say("instalments would help")
          : undefined;

function kindText(note: NoteRecord): string | undefined {
    if (note.kind === NoteKind.NOTE_CALL) return resultText(note.result);
    if (note.kind === NoteKind.NOTE_DIFFICULTY) return joined([say("difficulty"), helpText(note.help)]);
    return undefined;
}

/* ---- the form's parts, which the call list has too ---- */

export function Words({
    label,
    value,
    onText,
    autofocus,
}: {
    label: string;
    value: string;
    onText: (text: string) => void;
    autofocus?: boolean;
}): JSX.Element {
    return (
        <label class="field">
            <span class="field-label">{label}</span>
            <textarea
                class="note-words"
                rows={3}
                dir={directionOf(value) ?? "auto"}
                maxLength={600}
                autofocus={autofocus}
                value={value}
                onInput={(event) => onText(event.currentTarget.value)}
            />
        </label>
    );
}

/* Who comes back to it: whoever works here. */
export function Owner({
    client,
    value,
    onPick,
}: {
    client: Client;
    value: number;
    onPick: (staff: number) => void;
}): JSX.Element {
    const asked = useAsked(client, "staff", {}, { most: 20 });
    const staff = asked.pages.flatMap((page) => page.staff).filter((one) => !one.blocked || one.staff === value);
    return (
        <Choice
            label={say("Who comes back to it")}
            noNote
            value={value}
            options={staff.map((one) => ({ id: one.staff, text: one.name?.value ?? one.login }))}
            onPick={onPick}
        />
    );
}

type Shape = "remark" | "more-time" | "instalments" | "difficulty";

export function NoteForm({ client, customer, name, onClose }: NoteFormProps): JSX.Element {
    const [text, setText] = useState("");
    const [again, setAgain] = useState<number | undefined>(undefined);
    const [owner, setOwner] = useState(client.me.value?.staff ?? 0);
    const [shape, setShape] = useState<Shape>("remark");
    const help =
        shape === "more-time"
            ? NoteHelp.HELP_EXTENSION
            : shape === "instalments"
              ? NoteHelp.HELP_INSTALMENTS
              : undefined;
    return (
        <FormSheet
            title={say("Note on {name}", { name })}
            act={again === undefined ? say("Keep the note") : say("Keep it, again on {day}", { day: day(again) })}
            missing={text.trim() === "" && say("Write what is to be remembered")}
            save={() =>
                saved(
                    client,
                    client.submit("add_note", {
                        customer,
                        text: { value: text.trim() },
                        kind: shape === "remark" ? NoteKind.NOTE_REMARK : NoteKind.NOTE_DIFFICULTY,
                        help,
                        again,
                        owner: again === undefined ? undefined : owner,
                    }),
                )
            }
            onClose={onClose}>
            <Words label={say("Note")} value={text} onText={setText} autofocus />
            <Chips
                label={say("What it is")}
                value={shape}
                onPick={setShape}
                options={[
                    { id: "remark" as Shape, text: say("Remark") },
                    { id: "difficulty" as Shape, text: say("Difficulty") },
                    { id: "more-time" as Shape, text: say("Needs more time") },
                    { id: "instalments" as Shape, text: say("Needs instalments") },
                ]}
            />
            <DayField label={say("Again on")} value={again} onPick={setAgain} none={say("never")} />
            {again !== undefined && <Owner client={client} value={owner} onPick={setOwner} />}
        </FormSheet>
    );
}

interface NoteFormProps {
    client: Client;
    customer: number;
    name: string;
    onClose: () => void;
}

/* ---- those that are there ---- */

export function NoteLines({
    client,
    customer,
    notes,
}: {
    client: Client;
    customer: number;
    notes: readonly NoteRecord[];
}): JSX.Element {
    const names = namesOf(client);
    const may = client.may(Right.RIGHT_EDIT_CUSTOMER);
    return (
        <ul class="plain-list notes">
            {notes.map((note) => (
                <li key={String(note.note)}>
                    <p class="ask-line small ink-2">
                        <span class="grow">
                            {joined([moment(note.at_ms), names.person(note.actor.staff), kindText(note)])}
                        </span>
                        {note.again !== undefined && note.done_ms === undefined && (
                            <>
                                <b class={note.again <= today() ? "late nowrap" : "nowrap"}>
                                    {joined([
                                        say("again on {day}", { day: day(note.again) }),
                                        names.person(note.owner),
                                    ])}
                                </b>
                                {may && (
                                    <Button
                                        small
                                        onClick={() => {
                                            client.submit("change_note", { customer, note: note.note, done: true });
                                        }}>
                                        {say("Done")}
                                    </Button>
                                )}
                            </>
                        )}
                        {note.done_ms !== undefined && (
                            <span class="credit nowrap">
                                <Sign of="✓" />
                                {joined([say("done"), names.person(note.done_by?.staff)])}
                            </span>
                        )}
                    </p>
                    <p class="note-text">
                        <Name>{note.text.value ?? ""}</Name>
                    </p>
                </li>
            ))}
        </ul>
    );
}

export function Notes({ client, customer, name }: { client: Client; customer: Customer; name: string }): JSX.Element {
    const { row } = customer;
    const asked = useAsked(client, "notes", { customer: row.customer, rows: 8 }, { again: row.noted_seq });
    const notes = asked.pages.flatMap((page) => page.notes);
    const [writing, setWriting] = useState(false);
    const may = client.may(Right.RIGHT_EDIT_CUSTOMER) && row.merged_into === undefined;
    useActions([
        {
            id: "customer.note",
            key: "o",
            title: say("Write a note"),
            blocked: !may && say("not with your role"),
            run: () => setWriting(true),
        },
    ]);
    return (
        <Panel
            title={say("Notes")}
            end={
                may && (
                    <Button onClick={() => setWriting(true)} hotkey="o">
                        {say("Write a note")}
                    </Button>
                )
            }>
            {asked.answer === undefined ? (
                <Bones rows={2} />
            ) : notes.length === 0 ? (
                <p class="region-note">{say("Nothing is written down yet.")}</p>
            ) : (
                <NoteLines client={client} customer={row.customer} notes={notes} />
            )}
            {asked.more !== undefined && (
                <p class="section">
                    <Button onClick={asked.more}>{say("Earlier")}</Button>
                </p>
            )}
            {writing && (
                <NoteForm client={client} customer={row.customer} name={name} onClose={() => setWriting(false)} />
            )}
        </Panel>
    );
}
