/* Terms of credit as the company and its groups have them: the fields, and what of them goes into a command. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { amount, AmountField, Choice, Chips, currencyOf, Field, whole } from "../kit";
import { readAmount, readQuantity } from "../kit/read";
import { language, say } from "../kit/words";
import type { Client, Sent } from "../lib/api";
import { ExcessPolicy, TermField, type LimitTerms } from "../lib/messages";
import { useTyped, type Typed } from "./fields";
import { excessText } from "./history";

type Key = "limit" | "days" | "overdueDays" | "overdue" | "document" | "unpaid" | "slips";
type Limit = "none" | "amount" | "unlimited"; /* none: of a group, which leaves it to the company */

export interface TermsForm {
    typed: Typed<Key>;
    limit: Limit;
    setLimit(limit: Limit): void;
    policy: ExcessPolicy | undefined;
    setPolicy(policy: ExcessPolicy | undefined): void;
    changed: boolean;
    missing: string | false;
    terms: Sent<LimitTerms>;
    term_days: number | undefined;
    clear: TermField[];
    done(): void;
}

const count = (text: string): number | undefined => {
    const read = readQuantity(text, language.value);
    return read.value === undefined || read.value % 1000n !== 0n || read.value > 1_000_000_000n
        ? undefined
        : Number(read.value / 1000n);
};
const minor = (text: string): bigint | undefined => readAmount(text, language.value).value;
const shown = (value: bigint | number | undefined): string => (value === undefined ? "" : whole(value));

const limitOf = (terms: LimitTerms | undefined): Limit =>
    terms?.unlimited ? "unlimited" : terms?.limit_minor !== undefined ? "amount" : "none";

/* What was typed, as the command says it; what was emptied is taken away. */
export function useTerms(client: Client, there: LimitTerms | undefined, days: number | undefined): TermsForm {
    const currency = currencyOf(client);
    const money = (value: bigint | undefined): string => (value === undefined ? "" : amount(value, currency));
    const typed = useTyped<Key>({
        limit: money(there?.limit_minor),
        days: shown(days),
        overdueDays: shown(there?.overdue_days),
        overdue: money(there?.overdue_minor),
        document: money(there?.document_max_minor),
        unpaid: shown(there?.unpaid_max),
        slips: shown(there?.slip_weight),
    });
    const [limitTyped, setLimit] = useState<Limit | undefined>(undefined);
    const [policyTyped, setPolicy] = useState<ExcessPolicy | undefined | "as it is">("as it is");
    const limit = limitTyped ?? limitOf(there);
    const policy = policyTyped === "as it is" ? there?.policy : policyTyped;
    const empty = (key: Key): boolean => typed.of(key).trim() === "";
    const clear: TermField[] = [];
    const take = (key: Key, field: TermField): void => {
        if (typed.changed(key) && empty(key)) clear.push(field);
    };
    take("days", TermField.TERM_DAYS);
    take("document", TermField.TERM_DOCUMENT_MAX);
    take("unpaid", TermField.TERM_UNPAID_MAX);
    take("slips", TermField.TERM_SLIP_WEIGHT);
    const noOverdue = empty("overdue") && empty("overdueDays");
    if (noOverdue && (typed.changed("overdue") || typed.changed("overdueDays"))) clear.push(TermField.TERM_OVERDUE);
    if (limit === "none" && limitOf(there) !== "none") clear.push(TermField.TERM_LIMIT);
    if (policy === undefined && there?.policy !== undefined) clear.push(TermField.TERM_POLICY);
    const said = <T,>(key: Key, read: (text: string) => T | undefined): T | undefined =>
        typed.changed(key) && !empty(key) ? read(typed.of(key)) : undefined;
    const terms: Sent<LimitTerms> = {
        unlimited: limit === "unlimited" && limitOf(there) !== "unlimited" ? true : undefined,
        limit_minor:
            limit === "amount" && (typed.changed("limit") || limitOf(there) !== "amount")
                ? minor(typed.of("limit"))
                : undefined,
        policy: policy !== there?.policy ? policy : undefined,
        overdue_days: said("overdueDays", count),
        overdue_minor: said("overdue", minor),
        document_max_minor: said("document", minor),
        unpaid_max: said("unpaid", count),
        slip_weight: said("slips", count),
    };
    const term_days = said("days", count);
    const wrong = (["days", "overdueDays", "unpaid", "slips"] as const).some(
        (key) => !empty(key) && count(typed.of(key)) === undefined,
    );
    const wrongMoney = (["overdue", "document"] as const).some(
        (key) => !empty(key) && minor(typed.of(key)) === undefined,
    );
    const oneOverdue =
        !noOverdue && (["overdue", "overdueDays"] as const).some((key) => typed.changed(key) && empty(key));
    const missing =
        limit === "amount" && minor(typed.of("limit")) === undefined
            ? say("Say how much they may owe")
            : wrong
              ? say("Days and numbers of bills are whole numbers")
              : wrongMoney
                ? say("Look at the amounts again")
                : oneOverdue && say("Empty both about overdue debts, or none of them");
    const changed =
        Object.values(terms).some((each) => each !== undefined) || term_days !== undefined || clear.length > 0;
    return {
        typed,
        limit,
        setLimit,
        policy,
        setPolicy,
        changed,
        missing,
        terms,
        term_days,
        clear,
        done: () => {
            typed.clear();
            setLimit(undefined);
            setPolicy("as it is");
        },
    };
}

/* `group`: it may leave things to the company. */
export function TermsFields({
    client,
    form,
    group,
}: {
    client: Client;
    form: TermsForm;
    group?: boolean;
}): JSX.Element {
    const { typed } = form;
    const field = (key: Key) => ({
        value: typed.of(key),
        onText: (text: string) => typed.put(key, text),
        boxClass: "amount",
    });
    const money = (key: Key) => ({
        text: typed.of(key),
        onText: (text: string) => typed.put(key, text),
        currency: currencyOf(client),
    });
    const rest = group ? say("empty: as the company has it") : say("empty: none");
    return (
        <>
            <div class="field">
                <span class="field-label">{say("Limit of who has none of their own")}</span>
                <Chips
                    label={say("Limit of who has none of their own")}
                    value={form.limit}
                    options={[
                        ...(group ? [{ id: "none" as const, text: say("as the company has it") }] : []),
                        { id: "amount" as const, text: say("an amount") },
                        { id: "unlimited" as const, text: say("without a limit") },
                    ]}
                    onPick={form.setLimit}
                />
            </div>
            {form.limit === "amount" && <AmountField label={say("They may owe")} {...money("limit")} />}
            <Choice
                label={say("Over it")}
                value={form.policy ?? (group ? 0 : ExcessPolicy.EXCESS_BLOCK)}
                options={[
                    ...(group ? [{ id: 0, text: say("as the company has it") }] : []),
                    ...[ExcessPolicy.EXCESS_BLOCK, ExcessPolicy.EXCESS_APPROVE, ExcessPolicy.EXCESS_WARN].map(
                        (each) => ({ id: each as number, text: excessText(each) }),
                    ),
                ]}
                onPick={(id) => form.setPolicy(id === 0 ? undefined : (id as ExcessPolicy))}
                noNote
            />
            <div class="two-fields">
                <Field
                    label={say("Days until a bill is due")}
                    {...field("days")}
                    dir="ltr"
                    inputMode="numeric"
                    note={rest}
                />
                <Field
                    label={say("At most so many unpaid bills")}
                    {...field("unpaid")}
                    dir="ltr"
                    inputMode="numeric"
                    note={group ? rest : say("empty: any number")}
                />
            </div>
            <div class="two-fields">
                <Field
                    label={say("No debt overdue by more days than")}
                    {...field("overdueDays")}
                    dir="ltr"
                    inputMode="numeric"
                    note={rest}
                />
                <AmountField label={say("No more overdue in all than")} {...money("overdue")} note={rest} />
            </div>
            <div class="two-fields">
                <AmountField label={say("One bill at most")} {...money("document")} note={rest} />
                <Field
                    label={say("Of slips not confirmed, percent that still counts as owed")}
                    {...field("slips")}
                    dir="ltr"
                    inputMode="numeric"
                    note={group ? rest : say("empty: all of it")}
                />
            </div>
        </>
    );
}
