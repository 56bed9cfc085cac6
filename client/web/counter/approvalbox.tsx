/* A request that is asked, granted or refused: what it says, and the ways on. */
import type { JSX } from "preact";
import { decidedBy, isForLess } from "../board/waiting";
import type { Client } from "../lib/api";
import { ApprovalState, type ApprovalRow } from "../lib/messages";
import { money } from "../kit/format";
import { Name, Sign } from "../kit/money";
import { Button } from "../kit/parts";
import { reasonText } from "../kit/reasons";
import { say } from "../kit/words";
import { takeGrant } from "./approval";
import { unapproved, type Draft } from "./draft";
import * as drafts from "./drafts";

export function ApprovalBox({
    toGoods,
    client,
    draft,
    row,
}: {
    toGoods: () => void;
    client: Client;
    draft: Draft;
    row: ApprovalRow | undefined;
}): JSX.Element | null {
    if (row === undefined || draft.begun_ms !== 0) return null;
    const drop = (): void => drafts.change(draft.id, unapproved);
    if (row.state === ApprovalState.APPROVAL_WAITING)
        return (
            <section class="panel approval-box" role="status">
                <b>
                    <Sign of="◌" />
                    {say("A manager was asked")}
                </b>
                <p class="small ink-2">
                    {say("The sale is kept as it is; go on with the next one. The answer comes here by itself.")}
                </p>
                <Button
                    small
                    onClick={() => {
                        drafts.begin();
                        toGoods();
                    }}>
                    {say("Next sale")}
                </Button>
            </section>
        );
    if (row.state === ApprovalState.APPROVAL_GRANTED)
        return (
            <section class="panel approval-box" role="status">
                <b class="credit">
                    <Sign of="✓" />
                    {say("Approved by {who}", { who: decidedBy(client, row) })}
                </b>
                {row.reason?.value !== undefined && (
                    <p class="small">
                        <Name>{reasonText(row.reason.value)}</Name>
                    </p>
                )}
                {isForLess(row) && (
                    <p class="late">{say("up to {amount}", { amount: money(client, row.approved_minor) })}</p>
                )}
                {draft.granted === undefined ? (
                    <Button
                        small
                        onClick={() => {
                            void takeGrant(client, draft, row);
                        }}>
                        {say("Take it up")}
                    </Button>
                ) : draft.changing === true ? (
                    <>
                        <p class="small ink-2">{say("The approval stays for fewer of these goods.")}</p>
                        <Button small onClick={drop}>
                            {say("Go on without the approval")}
                        </Button>
                    </>
                ) : (
                    <>
                        {!isForLess(row) && <p class="small ink-2">{say("F9 sells it as it was asked for.")}</p>}
                        <Button
                            small
                            onClick={() => {
                                drafts.change(draft.id, (each) => ({ ...each, changing: true }));
                                toGoods();
                            }}>
                            {say("Change the sale")}
                        </Button>
                    </>
                )}
            </section>
        );
    if (row.state === ApprovalState.APPROVAL_REFUSED || row.state === ApprovalState.APPROVAL_EXPIRED)
        return (
            <section class="panel approval-box" role="status">
                <b class={row.state === ApprovalState.APPROVAL_REFUSED ? "over" : "late"}>
                    {row.state === ApprovalState.APPROVAL_REFUSED
                        ? say("Refused by {who}", { who: decidedBy(client, row) })
                        : say("Nobody answered in time")}
                </b>
                {row.reason?.value !== undefined && (
                    <p class="small">
                        <Name>{reasonText(row.reason.value)}</Name>
                    </p>
                )}
                <Button small onClick={drop}>
                    {say("Go on with the sale")}
                </Button>
            </section>
        );
    return null;
}
