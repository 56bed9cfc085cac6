import type { ComponentChild, JSX } from "preact";
import { useEffect } from "preact/hooks";
import { part } from "../kit/part";

type Seldom = typeof import("./seldom");
export const seldom = part<Seldom>(() => import("./seldom"));

/* Nothing while it is not needed, and as long as it is not here. */
export function Seldomly({
    when,
    view,
}: {
    when: boolean;
    view: (seldom: Seldom) => ComponentChild;
}): JSX.Element | null {
    useEffect(() => {
        if (when) void seldom.fetch();
    }, [when]);
    const here = seldom.here.value;
    return when && here !== undefined ? <>{view(here)}</> : null;
}
