/* Over a form that corrects a paper: which one, and why. The reason stays with both papers. */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { typesIn, useActions } from "../kit/keys";
import { Button, Chips, Field, Notice } from "../kit/parts";
import { say } from "../kit/words";
import type { Draft } from "./draft";
import * as drafts from "./drafts";
import { focusWhy, whyMissing } from "./reason";

/* Is the cursor in a field, where digits are typed? */
function useTyping(): boolean {
    const [typing, setTyping] = useState(false);
    useEffect(() => {
        const look = (): void => setTyping(typesIn(document.activeElement));
        look();
        document.addEventListener("focusin", look);
        document.addEventListener("focusout", look);
        return () => {
            document.removeEventListener("focusin", look);
            document.removeEventListener("focusout", look);
        };
    }, []);
    return typing;
}

export function Correcting({
    draft,
    children,
    onLeave,
}: {
    draft: Draft;
    children?: ComponentChildren;
    onLeave: () => void;
}): JSX.Element | null {
    const usual = [say("Wrong customer"), say("Wrong goods"), say("Wrong amount or price"), say("Entered twice")];
    const why = draft.why ?? "";
    const [other, setOther] = useState(why !== "" && !usual.includes(why));
    const set = (text: string): void => {
        drafts.setRefusal(draft.id, undefined);
        drafts.change(draft.id, (each) => ({ ...each, why: text }));
    };
    const typing = useTyping();
    useEffect(() => {
        if (whyMissing(draft) !== false) focusWhy();
    }, [draft.id]);
    const pick = (id: string): void => {
        setOther(id === "other");
        set(id === "other" ? "" : id);
    };
    const pickAndGoOn = (id: string): void => {
        pick(id);
        if (id !== "other")
            requestAnimationFrame(() =>
                document.querySelector<HTMLElement>(".goods-field input, .big-amount input")?.focus(),
            );
    };
    const ids = [...usual, "other"];
    const words = (id: string): string => (id === "other" ? say("Other…") : id);
    useActions(
        draft.corrects === undefined
            ? []
            : ids.map((id, at) => ({
                  id: `why-${at}`,
                  key: String(at + 1),
                  title: words(id),
                  run: () => pickAndGoOn(id),
              })),
    );
    if (draft.corrects === undefined) return null;
    return (
        <Notice
            tone="accent"
            end={
                <Button small onClick={onLeave}>
                    {say("Leave it as it was")}
                </Button>
            }>
            <b>{say("Correction of {number}", { number: draft.corrects_number ?? "" })}</b> {children}
            <div class="correcting">
                <Chips
                    label={say("Why is it corrected?")}
                    value={other ? "other" : usual.includes(why) ? why : undefined}
                    options={ids.map((id, at) => ({
                        id,
                        text: words(id),
                        hotkey: typing ? undefined : String(at + 1),
                    }))}
                    onPick={pick}
                />
                {other && (
                    <Field
                        label={say("Reason")}
                        hideLabel
                        placeholder={say("Reason")}
                        value={why}
                        onText={set}
                        noNote
                        autofocus
                    />
                )}
            </div>
        </Notice>
    );
}
