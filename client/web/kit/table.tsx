/*
 * A list that lives. Figures change in place; the order is held while someone is in it, and a line says how many rows
 * would move. Up and down, j and k move a cursor that stays on its row; Enter opens.
 */
import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { whole } from "./format";
import { classes, Kbd, useMark } from "./parts";
import { sayMany } from "./words";

export interface Column<Row> {
    id: string;
    head: ComponentChildren;
    cell: (row: Row) => ComponentChildren;
    amount?: boolean /* units under units, physically right */;
    end?: boolean;
    width?: string;
    foot?: ComponentChildren;
    class?: string;
}

export interface TableProps<Row, Key extends string | number | bigint> {
    label: string;
    columns: readonly Column<Row>[];
    rows: readonly Row[] /* in the order they should have */;
    id: (row: Row) => Key;
    changed?: (row: Row) => number /* performance.now(); 0: with the snapshot */;
    onOpen?: (row: Row) => void;
    opens?: (row: Row) => boolean /* which of them; none: all */;
    hold?: boolean /* keep the order while cursor or pointer is in it */;
    opened?: (row: Row) => ComponentChildren | undefined /* in place, under the row */;
    onKey?: (event: KeyboardEvent, row: Row) => void;
    gone?: (row: Row) => boolean /* it left, and stands struck through until the list is let go */;
    tone?: (row: Row) => string | undefined /* a class of the row */;
    onInside?: (inside: boolean) => void;
    steady?: boolean;
    /* columns keep their width whatever comes: those without one share the rest */
    class?: string;
}

/* Rows in the order they had, and how many stand elsewhere now. New rows are kept back until it is let go. */
export function heldOrder<Row, Key>(
    before: readonly Key[],
    rows: readonly Row[],
    id: (row: Row) => Key,
): { rows: Row[]; moved: number; fresh: number; gone: number } {
    const now = new Map(rows.map((row) => [id(row), row]));
    const kept = before.filter((key) => now.has(key));
    const known = new Set(before);
    const wanted = rows.map(id).filter((key) => known.has(key));
    const moved = kept.reduce((count, key, at) => count + (wanted[at] !== key ? 1 : 0), 0);
    return {
        rows: kept.map((key) => now.get(key)!),
        moved,
        fresh: rows.length - kept.length,
        gone: before.length - kept.length,
    };
}

export function Table<Row, Key extends string | number | bigint>(props: TableProps<Row, Key>): JSX.Element {
    const { rows, id, columns } = props;
    const [cursor, setCursor] = useState<Key | undefined>(undefined);
    const [inside, setInside] = useState(false);
    const order = useRef<Key[]>([]);
    const held = props.hold && inside && order.current.length > 0 ? heldOrder(order.current, rows, id) : undefined;
    const shown: readonly Row[] = held?.rows ?? rows;
    if (held === undefined) order.current = rows.map(id);
    const recent =
        props.changed === undefined
            ? 0
            : shown.filter((row) => performance.now() - props.changed!(row) < 8000 && props.changed!(row) > 0).length;

    const opens = (row: Row): boolean => props.opens?.(row) ?? true;
    const letGo = (): void => {
        order.current = [];
        setInside(false);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
        if (event.target instanceof HTMLInputElement || event.ctrlKey || event.metaKey || event.altKey) return;
        const at = shown.findIndex((row) => id(row) === cursor);
        const page = 10;
        const steps: Record<string, number> = {
            ArrowDown: at + 1,
            KeyJ: at + 1,
            ArrowUp: at - 1,
            KeyK: at - 1,
            Home: 0,
            End: shown.length - 1,
            PageDown: at + page,
            PageUp: at - page,
        };
        const next = steps[event.code];
        if (next !== undefined && shown.length > 0) {
            event.preventDefault();
            const row = shown[Math.max(0, Math.min(shown.length - 1, next))]!;
            setCursor(id(row));
            (event.currentTarget as HTMLElement)
                .querySelector(`[data-row="${String(id(row))}"]`)
                ?.scrollIntoView({ block: "nearest" });
        } else if (event.code === "KeyV" && held !== undefined && held.moved + held.fresh > 0) letGo();
        else if (at >= 0 && event.key === "Enter" && props.onOpen !== undefined) {
            event.preventDefault();
            if (opens(shown[at]!)) props.onOpen(shown[at]!);
        } else if (at >= 0) props.onKey?.(event, shown[at]!);
    };
    const waits = held === undefined ? 0 : held.moved + held.fresh;
    return (
        <TableBox
            label={props.label}
            still={props.onOpen !== undefined || props.onKey !== undefined}
            rows={shown.length}
            class={props.class}
            onInside={(now) => {
                setInside(now);
                props.onInside?.(now);
            }}>
            {props.hold &&
                (waits === 0 ? (
                    <div class="held" data-none />
                ) : (
                    <button type="button" class="held" onClick={letGo}>
                        <>
                            {held!.moved > 0 &&
                                sayMany("{count} row moved", "{count} rows moved", held!.moved, {
                                    count: whole(held!.moved),
                                })}
                            {held!.moved > 0 && held!.fresh > 0 && " · "}
                            {held!.fresh > 0 && (
                                <>
                                    {sayMany("{count} new", "{count} new", held!.fresh, { count: whole(held!.fresh) })}{" "}
                                    ↑
                                </>
                            )}{" "}
                            <Kbd>v</Kbd>
                        </>
                    </button>
                ))}
            <table
                class={classes("table", props.steady && "steady")}
                aria-label={props.label}
                tabIndex={props.onOpen !== undefined || props.onKey !== undefined ? 0 : undefined}
                onKeyDown={onKeyDown}
                onFocus={() => setInside(true)}
                onBlur={() => setInside(false)}>
                <thead>
                    <tr>
                        {columns.map((column) => (
                            <th
                                key={column.id}
                                scope="col"
                                class={classes(column.amount && "amount", column.end && "end", column.class)}
                                style={column.width !== undefined ? { width: column.width } : undefined}>
                                {column.head}
                            </th>
                        ))}
                    </tr>
                </thead>
                <tbody>
                    {shown.map((row) => (
                        <BodyRow
                            key={String(id(row))}
                            row={row}
                            name={String(id(row))}
                            columns={columns}
                            changed={props.changed?.(row) ?? 0}
                            barOnly={recent > 5}
                            cursor={id(row) === cursor}
                            tone={classes(props.gone?.(row) === true && "gone", props.tone?.(row))}
                            opened={props.opened?.(row)}
                            onOpen={
                                props.onOpen !== undefined && opens(row)
                                    ? () => {
                                          setCursor(id(row));
                                          props.onOpen!(row);
                                      }
                                    : undefined
                            }
                        />
                    ))}
                </tbody>
                {columns.some((column) => column.foot !== undefined) && (
                    <tfoot>
                        <tr>
                            {columns.map((column) => (
                                <td
                                    key={column.id}
                                    class={classes(column.amount && "amount", column.end && "end", column.class)}>
                                    {column.foot}
                                </td>
                            ))}
                        </tr>
                    </tfoot>
                )}
            </table>
        </TableBox>
    );
}

interface TableBoxProps {
    label: string;
    rows: number;
    still?: boolean;
    class?: string;
    onInside?: (inside: boolean) => void;
    children: ComponentChildren;
}

/* What is wider than its place scrolls in itself, by keys too. `still`: what is in it takes the focus anyway. */
export function TableBox({ label, rows, still, class: more, onInside, children }: TableBoxProps): JSX.Element {
    const box = useRef<HTMLDivElement>(null);
    useEffect(() => {
        const scrolls = !still && box.current !== null && box.current.scrollWidth > box.current.clientWidth;
        if (scrolls) box.current!.tabIndex = 0;
        else box.current?.removeAttribute("tabindex");
    }, [rows, still]);
    return (
        <div
            ref={box}
            class={classes("table-box", more)}
            role="group"
            aria-label={label}
            onPointerEnter={() => onInside?.(true)}
            onPointerLeave={() => onInside?.(false)}>
            {children}
        </div>
    );
}

interface BodyRowProps<Row> {
    row: Row;
    name: string;
    columns: readonly Column<Row>[];
    changed: number;
    barOnly: boolean;
    cursor: boolean;
    tone: string;
    opened: ComponentChildren | undefined;
    onOpen: (() => void) | undefined;
}

function BodyRow<Row>({
    row,
    name,
    columns,
    changed,
    barOnly,
    cursor,
    tone,
    opened,
    onOpen,
}: BodyRowProps<Row>): JSX.Element {
    const mark = useMark(changed, barOnly);
    return (
        <>
            <tr
                data-row={name}
                class={classes(mark.class, cursor && "cursor", onOpen !== undefined && "opens", tone)}
                style={mark.style}
                onClick={onOpen}
                aria-current={cursor || undefined}>
                {columns.map((column) => (
                    <td key={column.id} class={classes(column.amount && "amount", column.end && "end", column.class)}>
                        {column.cell(row)}
                    </td>
                ))}
            </tr>
            {opened !== undefined && opened !== null && (
                <tr class="opened">
                    <td colSpan={columns.length}>{opened}</td>
                </tr>
            )}
        </>
    );
}
