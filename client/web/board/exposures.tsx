/* Who has used most of their limit. */
import type { Client } from "../lib/api";
import { Available, money, Money, Name, Panel, percent, stoppedOf, unit } from "../kit";
import { say } from "../kit/words";
import { useAsked } from "./asked";
import { Age, customerHref, NotYet } from "./parts";
import { hasTotals } from "./totals";

const ROWS = 7;

export function Exposures({ client, only }: { client: Client; only: number | undefined }) {
    const asked = useAsked(
        client,
        "top_exposures",
        hasTotals(client) ? { rows: ROWS, ...(only === undefined ? {} : { branch: only }) } : undefined,
        { again: client.seq.value, every: 5000 },
    );
    return (
        <Panel
            class="exposures"
            title={say("Highest used limits")}
            note={say("used {unit}", { unit: unit() })}
            end={<Age client={client} />}>
            {asked.answer === undefined ? (
                <NotYet client={client} refused={asked.refused} rows={ROWS} />
            ) : asked.answer.rows.length === 0 ? (
                <p class="region-note">{say("Nobody has used a limit yet.")}</p>
            ) : (
                <ul class="exposure-list">
                    {asked.answer.rows.map(({ who, account, share_bp: share }) => {
                        const none = account.limit_minor <= 0n; /* a share of nothing is no figure */
                        const share_bp = none ? (account.used_minor > 0n ? 1_000_000 : 0) : share;
                        return (
                            <li key={who.customer}>
                                <a href={customerHref(who.customer)} class="exposure-name">
                                    <b>
                                        <Name class="cut">{who.name.value ?? who.code}</Name>
                                    </b>
                                </a>
                                <span class="exposure-share">
                                    <span class="bar" aria-hidden="true">
                                        <i
                                            style={{
                                                width: `${Math.min(100, share_bp > 10000 ? 1000000 / share_bp : share_bp / 100)}%`,
                                                background:
                                                    share_bp >= 9500 && share_bp <= 10000
                                                        ? "var(--late)"
                                                        : "var(--ink-2)",
                                            }}
                                        />
                                        {share_bp > 10000 && (
                                            <i
                                                style={{
                                                    width: `${100 - 1000000 / share_bp}%`,
                                                    background: "var(--over)",
                                                }}
                                            />
                                        )}
                                    </span>
                                    <span class="small ink-2">
                                        {none
                                            ? say("limit {amount}", { amount: money(client, 0n) })
                                            : percent(share_bp)}
                                    </span>
                                </span>
                                <span class="exposure-figures">
                                    <Money minor={account.used_minor} />
                                    <span class="small ink-2">
                                        <Available
                                            minor={account.available_minor}
                                            limit={account.limit_minor}
                                            stopped={stoppedOf(who, account)}
                                        />
                                    </span>
                                </span>
                            </li>
                        );
                    })}
                </ul>
            )}
        </Panel>
    );
}
