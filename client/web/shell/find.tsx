/* ? — every action by its words, with its key; what a role may not do says who may. */
import type { JSX } from "preact";
import { useMemo, useState } from "preact/hooks";
import { allActions, classes, fold, Kbd, SearchField, Sheet, type Action } from "../kit";
import { say } from "../kit/words";

export function Find({ onClose }: { onClose: () => void }): JSX.Element {
    const all = useMemo(() => allActions().filter((action) => action.title !== ""), []);
    const [text, setText] = useState("");
    const matches = (wanted: string): Action[] => {
        const words = fold(wanted)
            .split(" ")
            .filter((word) => word !== "");
        return all.filter((action) => {
            const title = fold(action.title);
            return words.every((word) => title.includes(word));
        });
    };
    return (
        <Sheet title={say("Find an action")} onClose={onClose}>
            <SearchField<Action>
                label={say("Find an action")}
                hideLabel
                placeholder={say("What do you want to do?")}
                text={text}
                onText={setText}
                delay={0}
                ofEmpty
                escOut
                autofocus
                class="find"
                search={matches}
                id={(action) => action.id}
                row={(action) => (
                    <>
                        <span class={classes("grow cut", (action.blocked || action.who) && "ink-3")}>
                            {action.title}
                        </span>
                        {(action.who ?? action.blocked) && (
                            <span class="small ink-3">{action.who ?? action.blocked}</span>
                        )}
                        {action.key !== undefined && <Kbd>{action.key}</Kbd>}
                    </>
                )}
                onPick={(action) => {
                    onClose();
                    if (!action.blocked && action.who === undefined) setTimeout(action.run);
                }}
            />
        </Sheet>
    );
}
