/*
 * The head of a screen: the screen gives title and filters, the shell adds the line's state at the inline end.
 *
 *     <Head title={say("Board")} end={day}>…chips…</Head>
 */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

export interface HeadContent {
    title: string /* of the page's tab too; the h1, unless there are `tabs` */;
    children?: ComponentChildren;
    tabs?: ComponentChildren /* in place of the title, over the whole height */;
    end?: ComponentChildren /* beside the line's state; not on phones */;
    back?: () => void /* ‹ on phones */;
}

const content = signal<HeadContent>({ title: "" });
const forms = signal(0);
const waiting = signal(0);

/* What stands in the head now. The shell draws it. */
export const head: ReadonlySignal<HeadContent> = content;

let owner: object | undefined;
export function Head(props: HeadContent): JSX.Element | null {
    const self = useRef({}).current;
    useLayoutEffect(() => {
        owner = self;
        content.value = props;
    });
    /* The next screen may have its head already when this one goes. */
    useEffect(
        () => () => {
            if (owner === self) content.value = { title: "" };
        },
        [],
    );
    return null;
}

/* A form is open: phones show no tab bar. */
export const inForm: ReadonlySignal<number> = forms;
export function useForm(on = true): void {
    useLayoutEffect(() => {
        if (!on) return undefined;
        forms.value++;
        return () => {
            forms.value--;
        };
    }, [on]);
}

/* How many decisions wait for this person: in the page's title and in the rail. */
export const waits: ReadonlySignal<number> = waiting;
export function setWaits(count: number): void {
    waiting.value = count;
}

/* One polite sentence for readers, at most one in 10 s: own customer, own approvals, the line. */
const spoken = signal("");
let last = -Infinity;
let later: ReturnType<typeof setTimeout> | undefined;
export const politely: ReadonlySignal<string> = spoken;
export function tell(sentence: string): void {
    clearTimeout(later);
    const rest = last + 10_000 - performance.now();
    if (rest > 0) {
        later = setTimeout(() => tell(sentence), rest);
        return;
    }
    last = performance.now();
    spoken.value = sentence;
}
