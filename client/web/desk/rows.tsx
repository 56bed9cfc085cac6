/* The rows of a long list: its line of what waits, the table, and the next page as soon as its end is near. */
import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Button, Kbd, Table, whole, type Column } from "../kit";
import { useActions } from "../kit/keys";
import { say, sayMany } from "../kit/words";
import type { Paged } from "./paged";

interface RowsProps<Row> {
    label: string;
    paged: Paged<Row>;
    columns: readonly Column<Row>[];
    id: (row: Row) => string;
    onOpen?: (row: Row) => void;
    onInside: (inside: boolean) => void;
    onScroll: (top: number) => void;
    opened?: (row: Row) => JSX.Element | undefined;
}

export function LongList<Row>(props: RowsProps<Row>): JSX.Element {
    const { paged } = props;
    const box = useRef<HTMLDivElement>(null);
    const end = useRef<HTMLDivElement>(null);
    const more = useRef(paged.more);
    more.current = paged.more;
    useEffect(() => {
        if (end.current === null) return undefined;
        const watch = new IntersectionObserver(
            (seen) => {
                if (seen.some((each) => each.isIntersecting)) more.current?.();
            },
            { root: box.current, rootMargin: "600px" },
        );
        watch.observe(end.current);
        return () => watch.disconnect();
    }, [paged.more !== undefined, paged.rows?.length]);
    const release = (): void => {
        paged.release();
        box.current?.scrollTo(0, 0);
    };
    const waits = paged.fresh + paged.left;
    useActions([
        {
            id: "list.release",
            key: "v",
            title: say("Show what is new"),
            run: release,
            blocked: waits === 0 && say("Nothing is new"),
        },
    ]);
    return (
        <div class="long-list">
            {waits === 0 ? (
                <div class="held" data-none />
            ) : (
                <button type="button" class="held" onClick={release}>
                    {paged.fresh > 0 && (
                        <>{sayMany("{count} new", "{count} new", paged.fresh, { count: whole(paged.fresh) })} ↑ </>
                    )}
                    {paged.fresh > 0 && paged.left > 0 && "· "}
                    {paged.left > 0 &&
                        sayMany("{count} is in this list no more", "{count} are in this list no more", paged.left, {
                            count: whole(paged.left),
                        })}{" "}
                    <Kbd>v</Kbd>
                </button>
            )}
            <div class="long-list-box" ref={box} onScroll={(event) => props.onScroll(event.currentTarget.scrollTop)}>
                <Table
                    label={props.label}
                    columns={props.columns}
                    rows={paged.rows ?? []}
                    id={props.id}
                    changed={paged.changed}
                    gone={paged.gone}
                    onOpen={props.onOpen}
                    onInside={props.onInside}
                    opened={props.opened}
                />
                <div ref={end} class="list-end">
                    {paged.more !== undefined && (
                        <Button plain onClick={paged.more}>
                            {say("More")}
                        </Button>
                    )}
                </div>
            </div>
        </div>
    );
}
