/*
 * The goods of a sale: a row each, and the field that makes them. Every figure of a row is a field of its own that
 * looks like text; arrows go from row to row, Enter to the next figure and at the end back to the field for goods.
 */
import type { JSX, Ref } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Client } from "../lib/api";
import type { DocumentLine, ProductRecord } from "../lib/messages";
import { amount, decimal, percent, price, quantity, unit, whole } from "../kit/format";
import { Code, Figure, Money, Name } from "../kit/money";
import { Button, classes, Kbd, useId } from "../kit/parts";
import { mayBeQuantity } from "../kit/scan";
import { direction, say } from "../kit/words";
import { Camera, cameraReads } from "./camera";
import {
    addGoods,
    addUnknown,
    changeLine,
    dropLine,
    isKnown,
    lineSum,
    nameLine,
    ONE,
    unitOfCode,
    type Draft,
    type Line,
} from "./draft";
import { ofLabel, readBarcode } from "./barcode";
import { isPhone, useAnswer, useCalm } from "./hooks";
import { Pick } from "./pick";
import type { Told } from "./judge";
import { findCode, pricesChanged, productByCode, productByNumber, searchGoods } from "./products";
import { Seldomly } from "./seldomly";
import { play } from "./sound";
import { folded, plainDigits, readCount, readCounted, readMoney, readScan, readTyped, readUnitPrice } from "./typed";

export interface GoodsProps {
    client: Client;
    draft: Draft;
    lines: readonly DocumentLine[] | undefined /* what the ledger says of them */;
    told?: ReadonlyMap<number, Told> /* and said before */;
    refused: number | undefined /* key of the line that is in the way */;
    fixed: boolean;
    lost?: string;
    fieldRef: Ref<HTMLInputElement>;
    settleRef: { current: (() => Settled) | undefined } /* what stands in the field becomes a line, before F9 sells */;
    onDraft: (how: (draft: Draft) => Draft) => void;
    onEmptyEnter: () => void;
    onCustomer: () => void /* "/" where nothing is typed */;
}

/* What became of what stood in the field: nothing did; it is in the sale now; somebody has to choose. */
export type Settled = "nothing" | "taken" | "unclear";

/* ---- the field ---- */

/* A code that is read, typed or scanned: at once when it is known here, else as soon as the server knows it. */
export async function takeCode(
    client: Client,
    code: string,
    count: bigint,
    onDraft: GoodsProps["onDraft"],
): Promise<boolean> {
    const plain = plainDigits(code).trim();
    const readings = readBarcode(plain);
    let at = readings.findIndex((reading) => productByCode(reading.code) !== undefined);
    for (let next = 0; at < 0 && next < readings.length; next++)
        if ("product" in (await findCode(client, readings[next]!.code))) at = next;
    const reading = readings[at];
    const product = reading === undefined ? undefined : productByCode(reading.code);
    const label =
        reading === undefined || product === undefined
            ? undefined
            : ofLabel(reading, product, client.welcome.value?.exponent ?? 0);
    if (product !== undefined && reading !== undefined && label !== undefined) {
        const quantity = (label.quantity * count) / ONE;
        onDraft(
            (draft) =>
                addGoods({ ...draft, typed: "" }, product, unitOfCode(product, reading.code), quantity, label.price)[0],
        );
        play("scan");
        return true;
    }
    onDraft((draft) => addUnknown({ ...draft, typed: "" }, plain, count));
    play("refused");
    return false;
}

/* `before`: what stood in the field for goods. "3*" is used up by the scan, and the first digits of a code that a slow
 * machine held up belong to it; anything else stays for its Enter. */
export async function takeScan(
    client: Client,
    scanned: string,
    before: string,
    onDraft: GoodsProps["onDraft"],
): Promise<void> {
    const { quantity, code } = readScan(scanned, before);
    const joined = before.trim() + scanned;
    const whole = before.trim() !== "" && quantity === undefined && productByCode(joined) !== undefined;
    if (whole || quantity !== undefined) onDraft((draft) => ({ ...draft, typed: "" }));
    const kept: GoodsProps["onDraft"] = (how) => onDraft((draft) => ({ ...how(draft), typed: draft.typed }));
    await takeCode(client, whole ? joined : code, quantity ?? ONE, kept);
}

const looksLikeCode = (text: string): boolean =>
    /^[A-Za-z0-9._/-]{3,}$/.test(plainDigits(text)) && /\d/.test(plainDigits(text));

const isTypedCode = (text: string): boolean =>
    /^\d+$/.test(plainDigits(text).trim()) && !mayBeQuantity(plainDigits(text));

/* "12 bag": the unit by its code or the word of the product's own. */
function unitNamed(line: Line, word: string): string | undefined {
    const plain = word.trim().toLowerCase();
    if (plain === "") return line.unit;
    if (plain === line.own_unit.toLowerCase()) return "";
    return line.units.find((each) => each.code.toLowerCase() === plain)?.code;
}

function GoodsField(props: GoodsProps): JSX.Element {
    const { client, draft, onDraft } = props;
    const typed = readTyped(draft.typed);
    const words = typed.kind === "goods" ? typed.text : typed.kind === "amount" ? draft.typed.trim() : "";
    const count = typed.kind === "goods" ? (typed.quantity ?? ONE) : ONE;
    const calm = useCalm(words, 60);
    const last = draft.lines[draft.lines.length - 1];
    const named = typed.kind === "amount" && last !== undefined ? unitNamed(last, typed.unit) : undefined;
    const mayCount = typed.kind === "amount" ? named === undefined : typed.kind === "goods" && count === ONE;
    const found = useAnswer(calm === "" ? undefined : `${mayCount ? "≥" : ""}${calm}`, () =>
        searchCounted(client, calm, mayCount),
    );
    const hits = found?.hits;
    const many = found?.quantity ?? count;
    const add = (product: ProductRecord): void =>
        onDraft((each) => addGoods({ ...each, typed: "" }, productByNumber(product.product) ?? product, "", many)[0]);
    const counts =
        typed.kind === "amount" && named !== undefined && productByCode(draft.typed.trim()) === undefined
            ? quantity(typed.quantity, named !== "" ? named : last!.own_unit)
            : undefined;
    const onEnter = (text: string): boolean => {
        const read = readTyped(text);
        if (read.kind === "nothing") {
            props.onEmptyEnter();
            return true;
        }
        if (read.kind === "times") return true;
        if (read.kind === "amount") {
            const exact = productByCode(text.trim());
            const last = draft.lines[draft.lines.length - 1];
            const named = last !== undefined ? unitNamed(last, read.unit) : undefined;
            if (exact !== undefined) {
                void takeCode(client, text.trim(), ONE, onDraft);
                return true;
            }
            if (last === undefined || named === undefined) return false;
            onDraft((each) =>
                changeLine({ ...each, typed: "" }, last.key, { quantity: read.quantity, ...pricedIn(last, named) }),
            );
            return true;
        }
        if (
            productByCode(read.text) !== undefined ||
            (looksLikeCode(read.text) && (hits === undefined || hits.length === 0))
        ) {
            void takeCode(client, read.text, read.quantity ?? ONE, onDraft);
            return true;
        }
        return false;
    };
    /* As Enter would, where there is nothing to choose. */
    props.settleRef.current = (): Settled => {
        if (typed.kind === "nothing") return "nothing";
        if (typed.kind === "times") return "unclear";
        if (onEnter(draft.typed)) return "taken";
        if (calm !== words || hits?.length !== 1) return "unclear";
        add(hits[0]!);
        return "taken";
    };
    useLayoutEffect(
        () => () => {
            props.settleRef.current = undefined;
        },
        [],
    );
    const onKey = (event: KeyboardEvent): void => {
        if (event.key === "/" && draft.typed === "") {
            event.preventDefault();
            props.onCustomer();
            return;
        }
        if (event.key !== "ArrowUp" || draft.lines.length === 0) return;
        event.preventDefault();
        document.querySelector<HTMLElement>(".goods [data-row]:last-of-type [data-cell=quantity]")?.focus();
    };
    return (
        <Pick
            label={say("Goods")}
            value={draft.typed}
            onText={(text) => onDraft((each) => ({ ...each, typed: text }))}
            options={calm === "" ? undefined : hits}
            fresh={calm === words && hits !== undefined}
            id={(each) => each.product}
            onPick={add}
            onEnter={onEnter}
            onKey={onKey}
            placeholder={isPhone.value ? say("Code or name") : say("Scan, code or name")}
            hint={isPhone.value ? undefined : say("12 bag · 2.5 m³ · 3* then scan")}
            lead={
                counts !== undefined && (
                    <>
                        <span class="grow cut">
                            <Name>{last!.name || last!.code}</Name>{" "}
                            <span aria-hidden="true">{direction() === "rtl" ? "←" : "→"}</span>{" "}
                            <b>
                                <Figure text={counts} />
                            </b>
                        </span>
                        <Kbd>Enter</Kbd>
                    </>
                )
            }
            none={say("Nothing in the catalogue for ‘{text}’.", { text: calm })}
            inputRef={props.fieldRef}
            class="goods-field"
            show={(each) => <ProductHit product={each} count={many} />}
        />
    );
}

/* Words as they are; else, where no item's name or code begins so, a number and words. */
async function searchCounted(
    client: Client,
    text: string,
    mayCount: boolean,
): Promise<{ hits: ProductRecord[]; quantity?: bigint }> {
    const hits = await searchGoods(client, text);
    const counted = mayCount ? readCounted(text) : undefined;
    const begins = (each: string): boolean => folded(each).startsWith(folded(text));
    if (counted === undefined || hits.some((each) => begins(each.name) || begins(each.code))) return { hits };
    const some = await searchGoods(client, counted.text);
    return some.length > 0 ? { hits: some, quantity: counted.quantity } : { hits };
}

function ProductHit({ product: found, count = ONE }: { product: ProductRecord; count?: bigint }): JSX.Element {
    const changed = pricesChanged.value; /* read: it is drawn anew with the price of now */
    const product = (changed >= 0 ? productByNumber(found.product) : undefined) ?? found;
    return (
        <>
            <span class="grow cut-parts">
                {count !== ONE && (
                    <b class="nowrap">
                        <Figure text={quantity(count)} /> ×{" "}
                    </b>
                )}
                <Name class="cut">{product.name}</Name>
                <span class="small ink-3 nowrap">
                    <Code>{product.code}</Code>
                </span>
            </span>
            <span class="nowrap">
                {product.price !== undefined ? (
                    <Figure text={price(product.price)} />
                ) : (
                    <span class="ink-3">{say("no price")}</span>
                )}
                {product.unit !== undefined && (
                    <span class="small ink-2">
                        {" "}
                        / <Name>{product.unit}</Name>
                    </span>
                )}
            </span>
        </>
    );
}

/* ---- one line ---- */

function pricedIn(line: Line, unitCode: string): Partial<Line> {
    if (unitCode === line.unit) return {};
    const product = productByNumber(line.product);
    const found = product?.units.find((each) => each.code === unitCode);
    const listed =
        unitCode === ""
            ? product?.price
            : (found?.price ??
              (product?.price !== undefined && found?.factor !== undefined
                  ? (product.price * found.factor) / ONE
                  : undefined));
    return { unit: unitCode, listed, price: undefined };
}

export const unitWord = (line: Line): string => (line.unit !== "" ? line.unit : line.own_unit);

interface CellProps {
    label: string;
    name: string;
    shown: string;
    raw: string;
    wrong?: boolean;
    why: string /* what is typed must be, when it is not */;
    fixed: boolean;
    onText: (text: string) => boolean;
    onStep: (event: KeyboardEvent) => void;
}

/* A figure that can be typed over: as people read it until it has the focus. */
function Cell(props: CellProps): JSX.Element {
    const [text, setText] = useState<string | undefined>(undefined);
    const [bad, setBad] = useState(false);
    const ended = useRef(false); /* Enter ends it, and the blur that follows is of the same text */
    const done = (): void => {
        if (ended.current) return;
        ended.current = true;
        if (text !== undefined && text !== props.raw) setBad(!props.onText(text));
        setText(undefined);
    };
    const why = useId("w");
    const begin = (input: HTMLInputElement): void => {
        ended.current = false;
        setBad(false);
        setText(props.raw);
        input.value = props.raw; /* at once: what is typed next replaces it */
        input.select();
    };
    return (
        <span class="cell-box">
            <input
                class={classes("cell n", (bad || props.wrong) && "wrong")}
                aria-invalid={bad || undefined}
                aria-describedby={bad ? why : undefined}
                data-cell={props.name}
                data-raw={props.raw}
                aria-label={props.label}
                type="text"
                dir="ltr"
                inputMode="decimal"
                autocomplete="off"
                readOnly={props.fixed}
                value={text ?? props.shown}
                onFocus={(event) => {
                    if (!props.fixed) begin(event.currentTarget);
                }}
                onMouseDown={(event) => {
                    if (props.fixed || document.activeElement === event.currentTarget) return;
                    event.preventDefault(); /* the press would put the caret and undo the selection */
                    event.currentTarget.focus();
                }}
                onInput={(event) => {
                    ended.current = false;
                    setText(event.currentTarget.value);
                }}
                onBlur={done}
                onKeyDown={(event) => {
                    if (event.isComposing) return;
                    if (event.key === "Escape") {
                        event.preventDefault(); /* it ends what is typed here, nothing else */
                        setText(props.raw);
                        requestAnimationFrame(() => setText(undefined));
                    }
                    if (event.key === "Enter" || event.key === "ArrowUp" || event.key === "ArrowDown") done();
                    props.onStep(event);
                }}
            />
            {bad && (
                <span id={why} class="cell-why small" role="alert">
                    {props.why}
                </span>
            )}
        </span>
    );
}

const ORDER = ["quantity", "price", "discount"];

/* Enter: the next figure, at the end the field for goods. Up and down: the same figure of the next row. */
function step(event: KeyboardEvent, name: string): void {
    const here = event.currentTarget as HTMLElement;
    const row = here.closest("[data-row]");
    const to = (target: Element | null | undefined, cell: string): boolean => {
        const found = target?.querySelector<HTMLElement>(`[data-cell=${cell}]`);
        found?.focus();
        return found !== null && found !== undefined;
    };
    const goods = (): void => document.querySelector<HTMLElement>(".goods-field input")?.focus();
    if (event.key === "Enter") {
        event.preventDefault();
        const next = ORDER[ORDER.indexOf(name) + 1];
        if (next === undefined || !to(row, next)) goods();
    } else if (event.key === "ArrowDown") {
        event.preventDefault();
        if (!to(row?.nextElementSibling, name)) goods();
    } else if (event.key === "ArrowUp") {
        event.preventDefault();
        to(row?.previousElementSibling, name);
    }
}

export function discountText(line: Line): string {
    if (line.discount_bp !== undefined) return `−${percent(line.discount_bp)}`;
    return line.discount_minor !== undefined ? `−${amount(line.discount_minor)}` : "–";
}

function discountRaw(line: Line): string {
    if (line.discount_bp !== undefined) return `${decimal(BigInt(line.discount_bp), 2, 0)}%`;
    return line.discount_minor !== undefined ? amount(line.discount_minor) : "";
}

/* "2", "2%", "50000": a percentage up to 100 with or without its sign, else an amount off the line. */
export function readDiscount(text: string): Partial<Line> | undefined {
    const plain = plainDigits(text)
        .replace(/^[-−–]/, "")
        .trim();
    if (plain === "" || plain === "0") return { discount_bp: undefined, discount_minor: undefined };
    const rate = readCount(plain.replace(/\s*[%٪]$/, ""));
    if (rate !== undefined && (/[%٪]$/.test(plain) || rate <= 100n * ONE))
        return rate <= 100n * ONE ? { discount_bp: Number(rate / 10n), discount_minor: undefined } : undefined;
    const off = readMoney(plain);
    return off === undefined ? undefined : { discount_bp: undefined, discount_minor: off };
}

interface RowProps extends GoodsProps {
    line: Line;
    at: number;
}

function cells(props: RowProps): {
    quantity: JSX.Element;
    price: JSX.Element;
    discount: JSX.Element;
    total: JSX.Element;
} {
    const { line, at, draft, onDraft, fixed } = props;
    const said = props.lines?.[at];
    const sum = lineSum(line);
    const shownPrice = said?.price ?? line.price ?? line.listed;
    const set = (change: Partial<Line>): boolean => {
        onDraft((each) => changeLine(each, line.key, change));
        return true;
    };
    const head = line.name || line.code;
    return {
        quantity: (
            <Cell
                label={say("Quantity of {item}", { item: head })}
                name="quantity"
                why={say("A quantity is more than 0; 0 removes the line.")}
                fixed={fixed}
                onStep={(event) => step(event, "quantity")}
                shown={quantity(line.quantity, isPhone.value ? undefined : unitWord(line)).replace(
                    /[\u2066\u2069]/g,
                    "",
                )}
                raw={quantity(line.quantity)}
                onText={(text) => {
                    const read = readTyped(text);
                    if (isTypedCode(text)) {
                        /* eight digits and more are a code, wherever they are typed: the line keeps its quantity */
                        void takeCode(props.client, text, ONE, onDraft);
                        requestAnimationFrame(() => document.querySelector<HTMLElement>(".goods-field input")?.focus());
                        return true;
                    }
                    if (text.trim() === "0") {
                        onDraft((each) => dropLine(each, line.key));
                        return true;
                    }
                    if (read.kind !== "amount") return false;
                    const named = unitNamed(line, read.unit);
                    return named !== undefined && set({ quantity: read.quantity, ...pricedIn(line, named) });
                }}
            />
        ),
        price: (
            <Cell
                label={say("Price of {item}", { item: head })}
                name="price"
                why={say("A price is 0 or more.")}
                fixed={fixed}
                onStep={(event) => step(event, "price")}
                wrong={shownPrice === undefined && isKnown(line)}
                shown={shownPrice === undefined ? "–" : price(shownPrice)}
                raw={shownPrice === undefined ? "" : price(shownPrice)}
                onText={(text) => {
                    if (text.trim() === "") return set({ price: undefined });
                    const read = readUnitPrice(text);
                    return read !== undefined && set({ price: read === line.listed ? undefined : read });
                }}
            />
        ),
        discount: (
            <Cell
                label={say("Discount on {item}", { item: head })}
                name="discount"
                why={say("A discount is a percentage up to 100, or an amount.")}
                fixed={fixed}
                onStep={(event) => step(event, "discount")}
                shown={discountText(line)}
                raw={discountRaw(line)}
                onText={(text) => {
                    const read = readDiscount(text);
                    return read !== undefined && set(read);
                }}
            />
        ),
        total:
            said !== undefined ? (
                <Money minor={said.net_minor} />
            ) : sum !== undefined ? (
                <Money minor={sum.net} class={draft.lines.length > 0 ? undefined : "ink-3"} />
            ) : (
                <span class="ink-3">–</span>
            ),
    };
}

function Was({ told, line }: RowProps): JSX.Element {
    const { price: now = 0n, was } = told?.get(line.key) ?? {};
    return (
        <Seldomly
            when={was !== undefined && line.price === undefined}
            view={({ PriceWas }) => <PriceWas was={was!} now={now} />}
        />
    );
}

function UnitChoice({ line, onDraft, fixed }: RowProps): JSX.Element | null {
    if (line.units.length === 0 || fixed) return null;
    return (
        <select
            class="unit-choice small"
            aria-label={say("Unit of {item}", { item: line.name })}
            value={line.unit}
            onChange={(event) => {
                const to = event.currentTarget.value;
                onDraft((each) => changeLine(each, line.key, pricedIn(line, to)));
            }}>
            <option value="">{line.own_unit || say("piece")}</option>
            {line.units.map((each) => (
                <option key={each.code} value={each.code}>
                    {each.code}
                </option>
            ))}
        </select>
    );
}

function Serials({ line, onDraft }: RowProps): JSX.Element | null {
    if (!line.wants_serials) return null;
    const wanted = Number(line.quantity / ONE);
    return (
        <label class="small serials">
            {say("Serial numbers, {count} of {wanted}", { count: whole(line.serials.length), wanted: whole(wanted) })}
            <input
                class="cell"
                dir="ltr"
                value={line.serials.join(" ")}
                placeholder={say("scan each")}
                onChange={(event) => {
                    const serials = event.currentTarget.value.split(/[\s,;]+/).filter(Boolean);
                    onDraft((each) =>
                        changeLine(each, line.key, {
                            serials,
                            quantity: serials.length > wanted ? BigInt(serials.length) * ONE : line.quantity,
                        }),
                    );
                }}
            />
        </label>
    );
}

/* What was scanned and nobody knows: the line stays, and asks. */
function WhichItem({ client, line, onDraft }: RowProps): JSX.Element {
    const [text, setText] = useState("");
    const calm = useCalm(text.trim(), 100);
    const hits = useAnswer(calm === "" ? undefined : calm, () => searchGoods(client, calm));
    return (
        <span class="which row">
            <span class="late nowrap">
                {say("Which item is this?")} <Code>{line.code}</Code>
            </span>
            <Pick
                label={say("Which item is {code}?", { code: line.code })}
                value={text}
                onText={setText}
                options={calm === "" ? undefined : hits}
                fresh={calm === text.trim() && hits !== undefined}
                id={(each) => each.product}
                show={(each) => <ProductHit product={each} />}
                onPick={(each) => onDraft((draft) => nameLine(draft, line.key, each))}
                placeholder={say("Code or name")}
                class="grow"
            />
        </span>
    );
}

/* By the draft as it is now: two quick presses count twice. */
function countLine(draft: Draft, key: number, by: bigint): Draft {
    const line = draft.lines.find((each) => each.key === key);
    return line === undefined || line.quantity + by <= 0n
        ? draft
        : changeLine(draft, key, { quantity: line.quantity + by });
}

function DeskRow(props: RowProps): JSX.Element {
    const { line, at, refused, fixed, onDraft } = props;
    const own = cells(props);
    return (
        <tr
            data-row={line.key}
            class={classes(refused === line.key && "refused")}
            onKeyDown={(event) => {
                if (event.key !== "Delete" || !event.ctrlKey || fixed) return;
                event.preventDefault();
                onDraft((draft) => dropLine(draft, line.key));
                document.querySelector<HTMLElement>(".goods-field input")?.focus();
            }}>
            <td class="small ink-3 at">
                <Figure text={whole(at + 1)} />
            </td>
            <td class="item">
                {isKnown(line) ? (
                    <span class="row">
                        <span class="cut-parts">
                            <Name class="cut">{line.name}</Name>
                            <span class="small ink-3 nowrap">
                                <Code>{line.custom ? "" : line.code}</Code>
                            </span>
                        </span>
                        <UnitChoice {...props} />
                        <Serials {...props} />
                    </span>
                ) : (
                    <WhichItem {...props} />
                )}
                <Was {...props} />
            </td>
            <td class="amount">{own.quantity}</td>
            <td class="amount">{own.price}</td>
            <td class="amount">{own.discount}</td>
            <td class="amount total">{own.total}</td>
            <td class="drop">
                {!fixed && (
                    <button
                        type="button"
                        class="drop-line"
                        aria-label={say("Remove {item}", { item: line.name || line.code })}
                        title={say("Remove")}
                        tabIndex={-1}
                        onClick={() => onDraft((draft) => dropLine(draft, line.key))}>
                        ✕
                    </button>
                )}
            </td>
        </tr>
    );
}

function PhoneRow(props: RowProps & { open: boolean; onOpen: () => void }): JSX.Element {
    const { line, at, open, onOpen, refused, fixed, onDraft } = props;
    const own = cells(props);
    const said = props.lines?.[at];
    const shownPrice = said?.price ?? line.price ?? line.listed;
    return (
        <li data-row={line.key} class={classes("phone-line", refused === line.key && "refused")}>
            <button type="button" class="phone-line-head" aria-expanded={open} onClick={onOpen}>
                <span class="grow cut">
                    <span class="cut">
                        {isKnown(line) ? (
                            <Name>{line.name}</Name>
                        ) : (
                            <span class="late">
                                {say("Which item is this?")} <Code>{line.code}</Code>
                            </span>
                        )}
                    </span>
                    <span class="small ink-2 cut">
                        <Figure text={quantity(line.quantity, unitWord(line))} />
                        {shownPrice !== undefined && (
                            <>
                                {" "}
                                × <Figure text={price(shownPrice)} />
                            </>
                        )}
                        {(line.discount_bp !== undefined || line.discount_minor !== undefined) && (
                            <>
                                {" "}
                                <Figure text={discountText(line)} />
                            </>
                        )}
                    </span>
                    <Was {...props} />
                </span>
                {own.total}
            </button>
            {open && (
                <div class="phone-edit">
                    {!isKnown(line) && <WhichItem {...props} />}
                    <label>
                        <span class="small ink-2">{say("Quantity")}</span>
                        {own.quantity}
                    </label>
                    {!fixed && (
                        <span class="quantity-steps row">
                            <Button
                                label={say("One less of {item}", { item: line.name || line.code })}
                                blocked={line.quantity <= ONE && say("Remove takes the line away")}
                                onClick={() => onDraft((draft) => countLine(draft, line.key, -ONE))}>
                                −
                            </Button>
                            <Button
                                label={say("One more of {item}", { item: line.name || line.code })}
                                onClick={() => onDraft((draft) => countLine(draft, line.key, ONE))}>
                                +
                            </Button>
                        </span>
                    )}
                    <label>
                        <span class="small ink-2">{say("Price {unit}", { unit: unit() })}</span>
                        {own.price}
                    </label>
                    <label>
                        <span class="small ink-2">{say("Discount")}</span>
                        {own.discount}
                    </label>
                    <UnitChoice {...props} />
                    <Serials {...props} />
                    {!fixed && (
                        <Button small onClick={() => onDraft((draft) => dropLine(draft, line.key))}>
                            {say("Remove")}
                        </Button>
                    )}
                </div>
            )}
        </li>
    );
}

/* ---- all of it ---- */

export function Goods(props: GoodsProps): JSX.Element {
    const { draft, lost, fixed } = props;
    const [open, setOpen] = useState(0);
    const [camera, setCamera] = useState(false);
    const box = useRef<HTMLDivElement>(null);
    /* On a phone the newest line stands first, and is seen above the bar. */
    const newest = draft.lines[draft.lines.length - 1]?.key ?? 0;
    useEffect(() => {
        if (newest > 0) document.querySelector(".phone-line")?.scrollIntoView({ block: "nearest" });
    }, [newest]);
    if (isPhone.value)
        return (
            <section class="panel goods" aria-label={say("Goods")}>
                {!fixed && (
                    <div class="phone-field row">
                        <GoodsField {...props} />
                        {cameraReads() && (
                            <Button large pressed={camera} onClick={() => setCamera(!camera)}>
                                {say("Scan")}
                            </Button>
                        )}
                    </div>
                )}
                {camera && !fixed && (
                    <Camera
                        onCode={(code) => {
                            void takeScan(props.client, code, draft.typed, props.onDraft);
                        }}
                        onClose={() => setCamera(false)}
                    />
                )}
                <ul>
                    {draft.lines
                        .map((line, at) => ({ line, at }))
                        .reverse()
                        .map(({ line, at }) => (
                            <PhoneRow
                                key={line.key}
                                {...props}
                                line={line}
                                at={at}
                                open={open === line.key}
                                onOpen={() => setOpen(open === line.key ? 0 : line.key)}
                            />
                        ))}
                </ul>
                {draft.lines.length === 0 && (
                    <p class="region-note small">{say("Nothing yet. Scan goods, or type a code or a name.")}</p>
                )}
            </section>
        );
    return (
        <section class="panel goods" aria-label={say("Goods")} ref={box}>
            <div class="goods-scroll">
                <table class="table">
                    <thead>
                        <tr>
                            <th class="at">#</th>
                            <th>{say("Item")}</th>
                            <th class="amount">{say("Quantity")}</th>
                            <th class="amount">
                                {say("Price {unit}", { unit: unit() })}
                                {lost !== undefined && <span class="late"> {lost}</span>}
                            </th>
                            <th class="amount">{say("Discount")}</th>
                            <th class="amount">{say("Line {unit}", { unit: unit() })}</th>
                            <th class="drop">
                                <span class="unseen">{say("Remove")}</span>
                            </th>
                        </tr>
                    </thead>
                    <tbody>
                        {draft.lines.map((line, at) => (
                            <DeskRow key={line.key} {...props} line={line} at={at} />
                        ))}
                    </tbody>
                </table>
                {!fixed && (
                    <div class="goods-next">
                        <span class="small ink-3 at">
                            <Figure text={whole(draft.lines.length + 1)} />
                        </span>
                        <GoodsField {...props} />
                    </div>
                )}
            </div>
        </section>
    );
}
