/* What was pressed here and another tab of this browser was faster with: that it counts once, and which paper it is. */
import type { JSX } from "preact";
import { Notice } from "../kit/parts";
import { say } from "../kit/words";
import type { Draft } from "./draft";
import { elsewhere } from "./drafts";

function wordsOf(draft: Draft, done: boolean, number: string): string {
    if (draft.pay !== undefined)
        return done
            ? say("This payment was taken in another tab: {number}.", { number })
            : say("This payment is being taken in another tab.");
    return done
        ? say("This sale was charged in another tab: {number}.", { number })
        : say("This sale is being charged in another tab.");
}

export function Elsewhere(): JSX.Element | null {
    const told = elsewhere.value;
    if (told === undefined) return null;
    return (
        <Notice tone="late" role="alert">
            <b>{wordsOf(told.draft, told.done, told.number)}</b> {say("It counts once.")}
        </Notice>
    );
}
