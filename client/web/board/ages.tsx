/* Age of unpaid bills: the bar, and behind it its list, which comes to what is owed. */
import type { Client } from "../lib/api";
import type { AgingBucket } from "../lib/messages";
import { Money, Panel, percent, share, whole } from "../kit";
import { say, sayMany } from "../kit/words";
import { useAsked } from "./asked";
import { Age, NotYet } from "./parts";

function ageText(bucket: AgingBucket): string {
    if (bucket.to_days === 0 || bucket.from_days <= 0) return say("Not due");
    if (bucket.to_days === undefined) {
        const days = bucket.from_days - 1;
        return sayMany("over {days} day", "over {days} days", days, { days: whole(days) });
    }
    return say("{from}–{to} days", { from: whole(bucket.from_days), to: whole(bucket.to_days) });
}

export function Ages({ client, only }: { client: Client; only: number | undefined }) {
    const asked = useAsked(client, "aging", only === undefined ? {} : { branch: only }, {
        again: client.seq.value,
        every: 5000,
    });
    const { answer } = asked;
    const all = answer?.buckets.reduce((sum, bucket) => sum + bucket.amount_minor, 0n) ?? 0n;
    return (
        <Panel class="ages" title={say("Age of unpaid bills")} note={say("by due date")} end={<Age client={client} />}>
            {answer === undefined ? (
                <NotYet client={client} refused={asked.refused} rows={8} />
            ) : (
                <div class="panel-body">
                    <div class="bar tall" aria-hidden="true">
                        {answer.buckets.map(
                            (bucket, index) =>
                                bucket.amount_minor > 0n && (
                                    <i
                                        key={index}
                                        style={{
                                            width: `${share(bucket.amount_minor, all) / 100}%`,
                                            background: `var(--a${index})`,
                                        }}
                                    />
                                ),
                        )}
                    </div>
                    <table class="plain-table">
                        <tbody>
                            {answer.buckets.map((bucket, index) => (
                                <tr key={index} class={bucket.amount_minor === 0n ? "ink-3" : ""}>
                                    <th scope="row">
                                        <i class="swatch" style={{ background: `var(--a${index})` }} />
                                        {ageText(bucket)}
                                    </th>
                                    <td class="small ink-2 amount">
                                        {all > 0n ? percent(share(bucket.amount_minor, all)) : ""}
                                    </td>
                                    <td class="amount">
                                        <Money minor={bucket.amount_minor} />
                                    </td>
                                </tr>
                            ))}
                            <tr class="ink-2">
                                <th scope="row">{say("Not yet matched")}</th>
                                <td />
                                <td class={`amount ${answer.unmatched_minor > 0n ? "credit" : ""}`}>
                                    <Money minor={-answer.unmatched_minor} />
                                </td>
                            </tr>
                        </tbody>
                        <tfoot>
                            <tr>
                                <th scope="row">{say("Owed to us")}</th>
                                <td />
                                <td class="amount">
                                    <Money minor={answer.balance_minor} />
                                </td>
                            </tr>
                        </tfoot>
                    </table>
                </div>
            )}
        </Panel>
    );
}
