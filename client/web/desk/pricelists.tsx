/*
 * Price lists: for groups of customers, for branches, or both; from a quantity on and from a day on. Prices are typed in
 * the table, as many as wanted, and set together from one day.
 */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import {
    Button,
    Code,
    currencyOf,
    day as dayText,
    dayInFull,
    Field,
    Figure,
    go,
    Head,
    ledger,
    Name,
    Notice,
    Panel,
    price as priceText,
    quantity,
    Region,
    SearchField,
    Chips,
    Table,
    useActions,
    useForm,
    whole,
    Choice,
} from "../kit";
import { DayInput } from "../kit/dayinput";
import { readPrice, readQuantity } from "../kit/read";
import { refusalText } from "../kit/refusal";
import { language, listed, say, sayMany } from "../kit/words";
import type { Client, Sent } from "../lib/api";
import {
    MasterKind,
    Right,
    type BranchRecord,
    type GroupRecord,
    type PriceEntry,
    type PriceListRecord,
    type PriceRow,
    type ProductRecord,
} from "../lib/messages";
import { FormSheet, type FormProps } from "./forms";
import { useTyped } from "./fields";
import { History, OthersNotice, useOthers } from "./history";
import { saved } from "./save";

interface Around {
    groups: readonly GroupRecord[];
    branches: readonly BranchRecord[];
}

function useAround(client: Client): Around {
    const groups = useAsked(client, "groups", {}, { most: 20 }).pages.flatMap((page) => page.groups);
    const branches = useAsked(client, "branches", {}, { most: 20 }).pages.flatMap((page) => page.branches);
    return { groups, branches };
}

function forWhom(list: PriceListRecord, { groups }: Around): string {
    if (list.groups.length === 0) return say("all customers");
    return listed(list.groups.map((each) => groups.find((one) => one.group === each)?.name ?? String(each)));
}

function where(list: PriceListRecord, { branches }: Around): string {
    if (list.branches.length === 0) return say("all branches");
    return listed(list.branches.map((each) => branches.find((one) => one.branch === each)?.name ?? String(each)));
}

export function PriceLists({ client, at }: { client: Client; at: readonly string[] }): JSX.Element {
    return at[0] === undefined ? <Lists client={client} /> : <List key={at[0]} client={client} code={at[0]} />;
}

function Lists({ client }: { client: Client }): JSX.Element {
    const [adding, setAdding] = useState(false);
    const around = useAround(client);
    const asked = useAsked(client, "price_lists", { retired: true }, { again: client.seq.value });
    const lists = asked.answer?.lists ?? [];
    const may = client.may(Right.RIGHT_EDIT_CATALOGUE);
    useActions(may ? [{ id: "prices.add", key: "+", title: say("Add a price list"), run: () => setAdding(true) }] : []);
    return (
        <div class="screen">
            <Head title={say("Price lists")} back={() => go("catalogue")}>
                <a href="#/catalogue" class="button plain small-button">
                    {say("Catalogue")}
                </a>
                {may && (
                    <Button filled hotkey="+" onClick={() => setAdding(true)}>
                        {say("Add a price list")}
                    </Button>
                )}
            </Head>
            <Panel label={say("Price lists")}>
                <Region
                    rows={4}
                    state={
                        asked.refused !== undefined
                            ? { kind: "refused", head: refusalText(asked.refused, client) }
                            : asked.answer === undefined
                              ? { kind: "loading" }
                              : lists.length === 0
                                ? {
                                      kind: "empty",
                                      text: say("No price list yet: everybody pays the catalogue's prices."),
                                  }
                                : { kind: "here" }
                    }>
                    <Table
                        label={say("Price lists")}
                        rows={lists}
                        id={(row) => row.list}
                        onOpen={(row) => go("prices", row.code)}
                        columns={[
                            { id: "code", head: say("Code"), width: "120px", cell: (row) => <Code>{row.code}</Code> },
                            {
                                id: "name",
                                head: say("Name"),
                                class: "cut",
                                cell: (row) => (
                                    <>
                                        <b>
                                            <Name>{row.name}</Name>
                                        </b>
                                        {row.retired && <Blocked />}
                                    </>
                                ),
                            },
                            {
                                id: "who",
                                head: say("For whom"),
                                class: "cut only-desk",
                                cell: (row) => <Name class="cut">{forWhom(row, around)}</Name>,
                            },
                            {
                                id: "where",
                                head: say("Where"),
                                class: "cut only-desk",
                                cell: (row) => <Name class="cut">{where(row, around)}</Name>,
                            },
                            {
                                id: "prices",
                                head: say("Prices"),
                                amount: true,
                                cell: (row) => <Figure text={whole(row.prices)} />,
                            },
                        ]}
                    />
                </Region>
            </Panel>
            {adding && <ListForm client={client} around={around} onClose={() => setAdding(false)} />}
        </div>
    );
}

const Blocked = (): JSX.Element => (
    <span class="over small nowrap">
        {" "}
        <span aria-hidden="true">✕ </span>
        {say("blocked")}
    </span>
);

/* ---- what a list is ---- */

function Ticks({
    label,
    all,
    options,
    value,
    onValue,
}: {
    label: string;
    all: string /* what none of them means */;
    options: readonly { id: number; text: string }[];
    value: readonly number[];
    onValue: (value: number[]) => void;
}): JSX.Element | null {
    if (options.length === 0) return null;
    return (
        <fieldset class="units">
            <legend>{label}</legend>
            <div class="ticks">
                {options.map((each) => (
                    <label key={each.id} class="row">
                        <input
                            type="checkbox"
                            checked={value.includes(each.id)}
                            onChange={(event) =>
                                onValue(
                                    event.currentTarget.checked
                                        ? [...value, each.id]
                                        : value.filter((one) => one !== each.id),
                                )
                            }
                        />
                        <Name>{each.text}</Name>
                    </label>
                ))}
            </div>
            {value.length === 0 && <p class="small ink-2">{all}</p>}
        </fieldset>
    );
}

const same = (a: readonly number[], b: readonly number[]): boolean =>
    a.length === b.length && a.every((each) => b.includes(each));

function ListForm({
    client,
    around,
    list,
    onClose,
}: FormProps & { around: Around; list?: PriceListRecord }): JSX.Element {
    const typed = useTyped({ code: list?.code ?? "", name: list?.name ?? "" });
    const [groups, setGroups] = useState<readonly number[]>(list?.groups ?? []);
    const [branches, setBranches] = useState<readonly number[]>(list?.branches ?? []);
    const others = useOthers(client, MasterKind.MASTER_PRICE_LIST, list?.list ?? 0, list !== undefined);
    const name = typed.of("name").trim(),
        code = typed.of("code").trim();
    const add = () => client.submit("add_price_list", { code, name, groups: [...groups], branches: [...branches] });
    const change = () =>
        client.submit("change_price_list", {
            list: list!.code,
            name: typed.changed("name") ? name : undefined,
            groups: same(groups, list!.groups) ? [] : [...groups],
            all_customers: groups.length === 0 && list!.groups.length > 0 ? true : undefined,
            branches: same(branches, list!.branches) ? [] : [...branches],
            all_branches: branches.length === 0 && list!.branches.length > 0 ? true : undefined,
        });
    return (
        <FormSheet
            title={list?.name ?? say("Add a price list")}
            act={list === undefined ? say("Add the price list") : say("Keep the changes")}
            missing={
                name === ""
                    ? say("Say what it is called")
                    : code === ""
                      ? say("Give it a short code, as WHOLESALE")
                      : list !== undefined &&
                        !typed.any &&
                        same(groups, list.groups) &&
                        same(branches, list.branches) &&
                        say("Nothing was changed yet.")
            }
            save={async () => {
                if (!(await others.check())) return { wrong: say("Somebody else was first: look above.") };
                return saved(client, list === undefined ? add() : change());
            }}
            onClose={onClose}
            onMade={() => list === undefined && go("prices", code)}>
            <OthersNotice client={client} others={others} />
            <Field
                label={say("Name")}
                value={typed.of("name")}
                onText={(text) => typed.put("name", text)}
                noNote
                autofocus
            />
            {list === undefined && (
                <Field
                    label={say("Code")}
                    value={typed.of("code")}
                    onText={(text) => typed.put("code", text)}
                    dir="ltr"
                    noNote
                />
            )}
            <Ticks
                label={say("For whom")}
                all={say("nobody is ticked: for all customers")}
                options={around.groups.map((each) => ({ id: each.group, text: `${each.dimension}: ${each.name}` }))}
                value={groups}
                onValue={setGroups}
            />
            <Ticks
                label={say("Where")}
                all={say("none is ticked: at all branches")}
                options={around.branches.map((each) => ({ id: each.branch, text: each.name }))}
                value={branches}
                onValue={setBranches}
            />
        </FormSheet>
    );
}

/* ---- one list ---- */

/* What one product, unit and quantity has: what holds, and what comes. */
interface Line {
    key: string;
    row: PriceRow;
    now: PriceRow | undefined;
    coming: PriceRow[];
}

const keyOf = (row: { product: number; unit?: string; from_quantity?: bigint }): string =>
    `${row.product} ${row.unit ?? ""} ${row.from_quantity ?? 0n}`;

function linesOf(rows: readonly PriceRow[]): Line[] {
    const lines = new Map<string, Line>();
    for (const row of rows) {
        const key = keyOf(row);
        const line = lines.get(key) ?? { key, row, now: undefined, coming: [] };
        if (row.coming) line.coming.push(row);
        else if (row.in_force) line.now = row;
        lines.set(key, line);
    }
    return [...lines.values()];
}

interface Added {
    product: ProductRecord;
    unit: string | undefined;
    from: string;
}

function List({ client, code }: { client: Client; code: string }): JSX.Element {
    const [editing, setEditing] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const around = useAround(client);
    const asked = useAsked(client, "prices", { list: code, rows: 500 }, { again: client.seq.value, most: 4 });
    const list = asked.answer?.list;
    const may = client.may(Right.RIGHT_EDIT_CATALOGUE);
    const block = async (): Promise<void> => {
        const came = await saved(client, client.submit("change_price_list", { list: code, retired: !list!.retired }));
        setWrong("wrong" in came ? came.wrong : undefined);
    };
    useForm();
    useActions(
        may && list !== undefined
            ? [{ id: "prices.edit", title: say("For whom and where"), run: () => setEditing(true) }]
            : [],
    );
    const names = {
        branch: (number: number) => around.branches.find((each) => each.branch === number)?.name,
        group: (number: number) => around.groups.find((each) => each.group === number)?.name,
        product: (number: number) =>
            asked.pages.flatMap((page) => page.prices).find((each) => each.product === number)?.product_name,
    };
    return (
        <div class="screen">
            <Head title={list?.name ?? say("Price list")} back={() => go("prices")}>
                <Code>{code}</Code>
                <a href="#/prices" class="button plain small-button not-on-phone">
                    {say("Price lists")}
                </a>
            </Head>
            <Region
                rows={6}
                state={
                    asked.refused !== undefined
                        ? { kind: "refused", head: refusalText(asked.refused, client) }
                        : list === undefined
                          ? { kind: "loading" }
                          : { kind: "here" }
                }>
                {list !== undefined && (
                    <div class="stack">
                        <Panel
                            title={
                                <>
                                    <Name>{forWhom(list, around)}</Name> · <Name>{where(list, around)}</Name>
                                </>
                            }
                            end={
                                may && (
                                    <>
                                        <Button onClick={() => setEditing(true)}>{say("For whom and where")}</Button>
                                        <Button danger={!list.retired} onClick={() => void block()}>
                                            {list.retired ? say("Let it count again") : say("Block this list")}
                                        </Button>
                                    </>
                                )
                            }>
                            {list.retired && <Notice tone="over">{say("Blocked: none of its prices counts.")}</Notice>}
                            {wrong !== undefined && (
                                <Notice tone="over" role="alert">
                                    {wrong}
                                </Notice>
                            )}
                            <PriceTable
                                client={client}
                                list={list}
                                lines={linesOf(asked.pages.flatMap((page) => page.prices))}
                                may={may}
                            />
                            {asked.more !== undefined && (
                                <div class="section">
                                    <Button plain onClick={asked.more}>
                                        {say("Show more")}
                                    </Button>
                                </div>
                            )}
                        </Panel>
                        <Panel title={say("What was changed")}>
                            <History client={client} kind={MasterKind.MASTER_PRICE_LIST} id={list.list} names={names} />
                        </Panel>
                    </div>
                )}
            </Region>
            {editing && list !== undefined && (
                <ListForm client={client} around={around} list={list} onClose={() => setEditing(false)} />
            )}
        </div>
    );
}

/* ---- from which day ---- */

type When = "today" | "tomorrow" | "other";

function DayChoice({ value, onDay }: { value: number; onDay: (day: number) => void }): JSX.Element {
    const { today } = ledger.value;
    const [when, setWhen] = useState<When>("today");
    const days: Record<When, number> = { today, tomorrow: today + 1, other: value };
    return (
        <div class="row day-choice">
            <span class="ink-2">{say("They count from")}</span>
            <Chips
                label={say("They count from")}
                value={when}
                options={[
                    { id: "today", text: say("today") },
                    { id: "tomorrow", text: say("tomorrow") },
                    { id: "other", text: say("another day") },
                ]}
                onPick={(id) => {
                    setWhen(id);
                    onDay(days[id]);
                }}
            />
            {when === "other" && (
                <DayInput
                    label={say("Day")}
                    class="chip"
                    value={value}
                    onPick={(days) => {
                        if (days !== undefined) onDay(days);
                    }}
                />
            )}
            <b>
                <Name>{dayInFull(value)}</Name>
            </b>
        </div>
    );
}

/* ---- the table ---- */

function PriceTable({
    client,
    list,
    lines,
    may,
}: {
    client: Client;
    list: PriceListRecord;
    lines: readonly Line[];
    may: boolean;
}): JSX.Element {
    const [typed, setTyped] = useState<ReadonlyMap<string, string>>(new Map());
    const [added, setAdded] = useState<readonly Added[]>([]);
    const [day, setDay] = useState(ledger.value.today);
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const others = useOthers(client, MasterKind.MASTER_PRICE_LIST, list.list);
    const currency = currencyOf(client);
    const fresh: Line[] = added.map((each) => ({
        key: keyOf({ product: each.product.product, unit: each.unit, from_quantity: fromOf(each) }),
        row: {
            product: each.product.product,
            code: each.product.code,
            product_name: each.product.name,
            unit: each.unit,
            from_quantity: fromOf(each),
        },
        now: undefined,
        coming: [],
    }));
    const all = [...fresh.filter((each) => !lines.some((line) => line.key === each.key)), ...lines];
    const read = (line: Line) => readPrice(typed.get(line.key) ?? "", language.value, currency);
    const wanted = all.filter((line) => (typed.get(line.key) ?? "").trim() !== "");
    const bad = wanted.filter((line) => read(line).value === undefined);
    const save = async (): Promise<void> => {
        if (busy || wanted.length === 0 || bad.length > 0) return;
        setBusy(true);
        setWrong(undefined);
        if (!(await others.check())) {
            setBusy(false);
            return;
        }
        const prices: Sent<PriceEntry>[] = wanted.map((line) => ({
            product: line.row.product,
            unit: line.row.unit,
            from_quantity: (line.row.from_quantity ?? 0n) === 0n ? undefined : line.row.from_quantity,
            valid_from: day,
            price: read(line).value,
        }));
        const came = await saved(client, client.submit("set_prices", { list: list.code, prices }));
        setBusy(false);
        if ("wrong" in came) {
            setWrong(came.wrong);
            return;
        }
        others.mine();
        setTyped(new Map());
        setAdded([]);
    };
    useActions(may ? [{ id: "prices.set", key: "F9", title: say("Set the prices"), run: () => void save() }] : []);
    return (
        <div class="stack">
            <div class="section stack">
                <OthersNotice client={client} others={others} />
                {may && <DayChoice value={day} onDay={setDay} />}
                {may && <AddLine client={client} onAdd={(each) => setAdded([each, ...added])} />}
            </div>
            <Region
                rows={3}
                state={
                    all.length === 0
                        ? { kind: "empty", text: say("It has no price yet. Find a product above.") }
                        : { kind: "here" }
                }>
                <Table
                    label={say("Prices")}
                    rows={all}
                    id={(line) => line.key}
                    columns={[
                        {
                            id: "product",
                            head: say("Product"),
                            class: "cut",
                            cell: ({ row }) => (
                                <>
                                    <b>
                                        <Name>{row.product_name}</Name>
                                    </b>{" "}
                                    <Code>{row.code ?? ""}</Code>
                                </>
                            ),
                        },
                        {
                            id: "unit",
                            head: say("Unit"),
                            class: "only-desk",
                            cell: ({ row }) => <Name>{row.unit ?? "–"}</Name>,
                        },
                        {
                            id: "from",
                            head: say("From quantity"),
                            amount: true,
                            class: "only-desk",
                            cell: ({ row }) =>
                                (row.from_quantity ?? 0n) === 0n ? "–" : <Figure text={quantity(row.from_quantity!)} />,
                        },
                        {
                            id: "now",
                            head: say("Now"),
                            amount: true,
                            cell: ({ now }) =>
                                now?.price === undefined ? "–" : <Figure text={priceText(now.price)} />,
                        },
                        {
                            id: "coming",
                            head: say("To come"),
                            class: "only-desk",
                            cell: ({ coming }) =>
                                coming.map((each) => (
                                    <span key={each.valid_from} class="late nowrap coming">
                                        <Figure text={each.price === undefined ? "–" : priceText(each.price)} />{" "}
                                        <span class="small">
                                            {say("since {day}", { day: dayText(each.valid_from ?? 0) })}
                                        </span>
                                    </span>
                                )),
                        },
                        ...(may
                            ? [
                                  {
                                      id: "new",
                                      head: say("New price"),
                                      amount: true,
                                      width: "150px",
                                      cell: (line: Line) => (
                                          <input
                                              class="cell-input amount"
                                              dir="ltr"
                                              inputMode="decimal"
                                              autocomplete="off"
                                              aria-label={say("New price of {name}", {
                                                  name: line.row.product_name ?? "",
                                              })}
                                              aria-invalid={bad.includes(line) || undefined}
                                              value={typed.get(line.key) ?? ""}
                                              onInput={(event) =>
                                                  setTyped(new Map(typed).set(line.key, event.currentTarget.value))
                                              }
                                          />
                                      ),
                                  },
                              ]
                            : []),
                    ]}
                />
            </Region>
            {may && (
                <div class="section row">
                    {wrong !== undefined && (
                        <p class="over grow" role="alert">
                            {wrong}
                        </p>
                    )}
                    <Button
                        filled
                        hotkey="F9"
                        onClick={() => void save()}
                        blocked={
                            busy
                                ? say("sending")
                                : wanted.length === 0
                                  ? say("Type a new price first")
                                  : bad.length > 0 && say("Look at the prices again")
                        }>
                        {wanted.length === 0
                            ? say("Set the prices")
                            : sayMany("Set {count} price", "Set {count} prices", wanted.length, {
                                  count: whole(wanted.length),
                              })}
                    </Button>
                </div>
            )}
        </div>
    );
}

const fromOf = (each: Added): bigint => readQuantity(each.from, language.value).value ?? 0n;

/* One more product, unit or quantity. */
function AddLine({ client, onAdd }: { client: Client; onAdd: (added: Added) => void }): JSX.Element {
    const [product, setProduct] = useState<ProductRecord | undefined>(undefined);
    const [unit, setUnit] = useState("");
    const [from, setFrom] = useState("");
    const search = async (text: string): Promise<readonly ProductRecord[]> => {
        const asked = await client.ask("products", { text, rows: 8 });
        return "answer" in asked ? asked.answer.products : [];
    };
    const wrong = from.trim() !== "" && readQuantity(from, language.value).value === undefined;
    if (product === undefined)
        return (
            <SearchField<ProductRecord>
                label={say("Add a product to the list")}
                placeholder={say("name, code or barcode")}
                search={search}
                id={(each) => each.product}
                row={(each) => (
                    <>
                        <span class="grow cut">
                            <Name>{each.name}</Name> <Code>{each.code}</Code>
                        </span>
                        {each.price !== undefined && <Figure text={priceText(each.price)} />}
                    </>
                )}
                onPick={(each) => {
                    setProduct(each);
                    setUnit("");
                    setFrom("");
                }}
            />
        );
    const units = [
        { id: "", text: product.unit ?? say("its own unit") },
        ...product.units.map((each) => ({ id: each.code, text: each.code })),
    ];
    return (
        <form
            class="row add-line"
            onSubmit={(event) => {
                event.preventDefault();
                if (wrong) return;
                onAdd({ product, unit: unit === "" ? undefined : unit, from });
                setProduct(undefined);
            }}>
            <b class="grow cut">
                <Name>{product.name}</Name>
            </b>
            {units.length > 1 && <Choice label={say("Unit")} value={unit} options={units} onPick={setUnit} noNote />}
            <Field
                label={say("From quantity")}
                value={from}
                onText={setFrom}
                dir="ltr"
                inputMode="decimal"
                placeholder={say("any")}
                noNote
                autofocus
            />
            <Button submit blocked={wrong && say("Look at the quantity again")}>
                {say("To the table")}
            </Button>
            <Button plain onClick={() => setProduct(undefined)}>
                {say("Leave it")}
            </Button>
        </form>
    );
}
