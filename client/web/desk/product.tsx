/* One product: what it is called, sold in, costs; changed, blocked, with who changed what. */
import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import {
    Button,
    Code,
    currencyOf,
    dayInColumn,
    decimal,
    Field,
    Figure,
    go,
    Head,
    Name,
    Notice,
    Panel,
    price as priceText,
    quantity,
    Region,
    Table,
    useActions,
    useForm,
    useScan,
} from "../kit";
import { readPrice, readQuantity } from "../kit/read";
import { refusalText } from "../kit/refusal";
import { language, say } from "../kit/words";
import type { Client, Sent } from "../lib/api";
import {
    MasterKind,
    Right,
    type ChangeProduct,
    type PriceRow,
    type ProductRecord,
    type ProductUnit,
} from "../lib/messages";
import { PriceField, useTyped, type Typed } from "./fields";
import { History, OthersNotice, useOthers } from "./history";
import { saved, type Saved } from "./save";

export function ProductCard({ client, product }: { client: Client; product: number | undefined }): JSX.Element {
    const asked = useAsked(client, "product_card", product === undefined ? undefined : { product }, {
        again: client.seq.value,
    });
    const record = asked.answer?.product;
    useForm();
    if (product !== undefined && record === undefined)
        return (
            <div class="screen">
                <Head title={say("Product")} back={() => go("catalogue")} />
                <Panel label={say("Product")}>
                    <Region
                        rows={6}
                        state={
                            asked.refused !== undefined
                                ? { kind: "refused", head: refusalText(asked.refused, client) }
                                : { kind: "loading" }
                        }
                    />
                </Panel>
            </div>
        );
    return (
        <div class="screen">
            <Head title={record?.name ?? say("Add a product")} back={() => go("catalogue")}>
                {record !== undefined && <Code>{record.code}</Code>}
                <a href="#/catalogue" class="button plain small-button not-on-phone">
                    {say("Catalogue")}
                </a>
            </Head>
            <div class="columns">
                <ProductPanel client={client} record={record} />
                {record !== undefined && (
                    <div class="stack">
                        <Prices rows={asked.answer!.prices} />
                        <Panel title={say("What was changed")}>
                            <History client={client} kind={MasterKind.MASTER_PRODUCT} id={record.product} />
                        </Panel>
                    </div>
                )}
            </div>
        </div>
    );
}

/* ---- what is typed ---- */

type Key = "code" | "name" | "unit" | "price" | "tax" | "floor" | "cost" | "brand" | "colour" | "model" | "barcode";

const plain = (thousandths: bigint | undefined, client: Client): string =>
    thousandths === undefined ? "" : priceText(thousandths, currencyOf(client));

function there(client: Client, record: ProductRecord | undefined): Record<Key, string> {
    const usual = client.welcome.value?.tax_bp;
    const tax = record === undefined ? usual : record.tax_bp;
    return {
        code: record?.code ?? "",
        name: record?.name ?? "",
        unit: record?.unit ?? "",
        price: plain(record?.price, client),
        tax: tax === undefined || tax === 0 ? "" : decimal(BigInt(tax), 2, 0),
        floor: plain(record?.floor, client),
        cost: plain(record?.cost, client),
        brand: record?.brand ?? "",
        colour: record?.colour ?? "",
        model: record?.model ?? "",
        barcode: "",
    };
}

/* Of a percentage, in hundredths of one. */
function readTax(text: string): number | undefined {
    if (text.trim() === "") return 0;
    const read = readQuantity(text.replace(/[%٪]/g, ""), language.value);
    return read.value === undefined || read.value % 10n !== 0n ? undefined : Number(read.value / 10n);
}

interface NewUnit {
    code: string;
    factor: string;
    price: string;
    barcode: string;
}
const NO_UNIT: NewUnit = { code: "", factor: "", price: "", barcode: "" };

/* What is missing or cannot be read; false: it may be sent. */
function missingOf(typed: Typed<Key>, unit: NewUnit): string | false {
    const wrongPrice = (key: "price" | "floor" | "cost"): boolean =>
        typed.of(key).trim() !== "" && readPrice(typed.of(key), language.value).value === undefined;
    if (typed.of("name").trim() === "") return say("Say what it is called");
    if (typed.of("code").trim() === "") return say("Give it a code: it is found by it at the till");
    if (wrongPrice("price") || wrongPrice("floor") || wrongPrice("cost")) return say("Look at the prices again");
    if (readTax(typed.of("tax")) === undefined) return say("Look at the tax again");
    if (unit.code.trim() === "" && unit.factor.trim() + unit.price.trim() + unit.barcode.trim() === "") return false;
    if (unit.code.trim() === "") return say("Say what the other unit is called");
    if ((readQuantity(unit.factor, language.value).value ?? 0n) <= 0n) return say("Say how much is in one of it");
    return unit.price.trim() !== "" && readPrice(unit.price, language.value).value === undefined
        ? say("Look at the prices again")
        : false;
}

function unitOf(unit: NewUnit): Sent<ProductUnit>[] {
    if (unit.code.trim() === "") return [];
    return [
        {
            code: unit.code.trim(),
            factor: readQuantity(unit.factor, language.value).value,
            price: unit.price.trim() === "" ? undefined : readPrice(unit.price, language.value).value,
            barcodes: unit.barcode.trim() === "" ? [] : [unit.barcode.trim()],
        },
    ];
}

const read = (text: string): bigint | undefined =>
    text.trim() === "" ? undefined : readPrice(text, language.value).value;

/* Only what was typed and is another than what is there now. */
function changeOf(record: ProductRecord, typed: Typed<Key>, unit: NewUnit): Sent<ChangeProduct> {
    const line = (key: Key): string | undefined => (typed.changed(key) ? typed.of(key).trim() : undefined);
    const gone = (key: "floor" | "cost"): true | undefined =>
        typed.changed(key) && typed.of(key).trim() === "" ? true : undefined;
    const barcode = typed.of("barcode").trim();
    return {
        product: record.product,
        name: line("name"),
        unit: line("unit"),
        price: typed.changed("price") ? (read(typed.of("price")) ?? 0n) : undefined,
        tax_bp: typed.changed("tax") ? readTax(typed.of("tax")) : undefined,
        brand: line("brand"),
        colour: line("colour"),
        model: line("model"),
        floor: typed.changed("floor") ? read(typed.of("floor")) : undefined,
        no_floor: gone("floor"),
        cost: typed.changed("cost") ? read(typed.of("cost")) : undefined,
        no_cost: gone("cost"),
        barcodes: barcode === "" ? [] : [barcode],
        units: unitOf(unit),
    };
}

/* ---- the form ---- */

function ProductPanel({ client, record }: { client: Client; record: ProductRecord | undefined }): JSX.Element {
    const may = client.may(Right.RIGHT_EDIT_CATALOGUE);
    const typed = useTyped<Key>(there(client, record));
    const [unit, setUnit] = useState(NO_UNIT);
    const [serials, setSerials] = useState(false);
    const [busy, setBusy] = useState(false);
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const others = useOthers(client, MasterKind.MASTER_PRODUCT, record?.product ?? 0, record !== undefined);
    const more = unit.code + unit.factor + unit.price + unit.barcode !== "";
    const missing = !may
        ? say("not with your role")
        : record !== undefined && !typed.any && !more
          ? say("Nothing was changed yet.")
          : missingOf(typed, unit);
    const finish = (came: Saved): void => {
        setBusy(false);
        if ("wrong" in came) {
            setWrong(came.wrong);
            return;
        }
        others.mine();
        typed.clear();
        setUnit(NO_UNIT);
        if (record === undefined) go("catalogue", came.id);
    };
    const save = async (): Promise<void> => {
        if (busy || missing !== false) return;
        setBusy(true);
        setWrong(undefined);
        if (!(await others.check())) {
            setBusy(false);
            return;
        }
        finish(
            await saved(
                client,
                record === undefined
                    ? addNew(client, typed, unit, serials)
                    : client.submit("change_product", changeOf(record, typed, unit)),
            ),
        );
    };
    const block = async (): Promise<void> => {
        setBusy(true);
        setWrong(undefined);
        finish(
            await saved(
                client,
                client.submit("change_product", { product: record!.product, retired: !record!.retired }),
            ),
        );
    };
    useActions([
        ...(may ? [{ id: "product.save", key: "F9", title: say("Keep the changes"), run: () => void save() }] : []),
        ...(may && record !== undefined
            ? [
                  {
                      id: "product.block",
                      title: record.retired ? say("Put it on sale again") : say("Block this product"),
                      run: () => void block(),
                  },
              ]
            : []),
    ]);
    useScan((code) => (unit.code.trim() === "" ? typed.put("barcode", code) : setUnit({ ...unit, barcode: code })));
    return (
        <Panel
            title={say("Product")}
            end={
                record !== undefined &&
                may && (
                    <Button danger={!record.retired} onClick={() => void block()}>
                        {record.retired ? say("Put it on sale again") : say("Block this product")}
                    </Button>
                )
            }>
            <form
                class="section desk-form"
                onSubmit={(event) => {
                    event.preventDefault();
                    void save();
                }}>
                <OthersNotice client={client} others={others} />
                {record?.retired && (
                    <Notice tone="over">{say("Blocked: it is found at no till. What was sold of it stays.")}</Notice>
                )}
                <Basics client={client} record={record} typed={typed} />
                <Barcodes record={record} typed={typed} />
                <Units client={client} record={record} own={typed.of("unit")} unit={unit} onUnit={setUnit} />
                {record === undefined ? (
                    <label class="row">
                        <input
                            type="checkbox"
                            checked={serials}
                            onChange={(event) => setSerials(event.currentTarget.checked)}
                        />
                        {say("every piece has a serial number")}
                    </label>
                ) : (
                    record.serials && <p class="small ink-2">{say("every piece has a serial number")}</p>
                )}
                {wrong !== undefined && (
                    <p class="over" role="alert">
                        {wrong}
                    </p>
                )}
                <div class="row">
                    <Button filled submit hotkey="F9" blocked={busy ? say("sending") : missing}>
                        {record === undefined ? say("Add the product") : say("Keep the changes")}
                    </Button>
                </div>
            </form>
        </Panel>
    );
}

function addNew(client: Client, typed: Typed<Key>, unit: NewUnit, serials: boolean): ReturnType<Client["submit"]> {
    const line = (key: Key): string | undefined => (typed.of(key).trim() === "" ? undefined : typed.of(key).trim());
    const tax = readTax(typed.of("tax"));
    return client.submit("add_product", {
        code: typed.of("code").trim(),
        name: typed.of("name").trim(),
        unit: line("unit"),
        price: read(typed.of("price")),
        tax_bp: tax === 0 ? undefined : tax,
        brand: line("brand"),
        colour: line("colour"),
        model: line("model"),
        floor: read(typed.of("floor")),
        cost: read(typed.of("cost")),
        barcodes: line("barcode") === undefined ? [] : [line("barcode")!],
        serials: serials || undefined,
        units: unitOf(unit),
    });
}

function Basics({
    client,
    record,
    typed,
}: {
    client: Client;
    record: ProductRecord | undefined;
    typed: Typed<Key>;
}): JSX.Element {
    const text = (key: Key) => ({ value: typed.of(key), onText: (now: string) => typed.put(key, now), noNote: true });
    const money = (key: Key) => ({ client, text: typed.of(key), onText: (now: string) => typed.put(key, now) });
    return (
        <>
            <Field label={say("Name")} {...text("name")} autofocus={record === undefined} />
            <div class="two-fields">
                <Field label={say("Code")} dir="ltr" disabled={record !== undefined} {...text("code")} />
                <Field label={say("Unit")} placeholder={say("bag, kg, piece")} {...text("unit")} />
            </div>
            <div class="two-fields">
                <PriceField label={say("Price of one, without tax")} {...money("price")} />
                <Field label={say("Tax, %")} dir="ltr" inputMode="decimal" {...text("tax")} />
            </div>
            <div class="two-fields">
                <PriceField label={say("Lowest price")} note={say("below it only who may")} {...money("floor")} />
                {client.may(Right.RIGHT_SEE_COST) && <PriceField label={say("Cost")} {...money("cost")} />}
            </div>
            <div class="three-fields">
                <Field label={say("Brand")} {...text("brand")} />
                <Field label={say("Model")} {...text("model")} />
                <Field label={say("Colour")} {...text("colour")} />
            </div>
        </>
    );
}

function Barcodes({ record, typed }: { record: ProductRecord | undefined; typed: Typed<Key> }): JSX.Element {
    return (
        <div class="two-fields">
            <Field
                label={say("Barcode")}
                value={typed.of("barcode")}
                onText={(text) => typed.put("barcode", text)}
                dir="ltr"
                note={say("scan it")}
            />
            {record !== undefined && record.barcodes.length > 0 && (
                <div class="field">
                    <span class="field-label">{say("It has these already")}</span>
                    <p class="barcodes">
                        {record.barcodes.map((each) => (
                            <Code key={each}>{each}</Code>
                        ))}
                    </p>
                </div>
            )}
        </div>
    );
}

function Units({
    client,
    record,
    own,
    unit,
    onUnit,
}: {
    client: Client;
    record: ProductRecord | undefined;
    own: string;
    unit: NewUnit;
    onUnit: (unit: NewUnit) => void;
}): JSX.Element {
    const [wrong, setWrong] = useState<string | undefined>(undefined);
    const may = client.may(Right.RIGHT_EDIT_CATALOGUE);
    const put = (key: keyof NewUnit) => (text: string) => onUnit({ ...unit, [key]: text });
    const retire = async (each: ProductUnit): Promise<void> => {
        const came = await saved(
            client,
            client.submit("change_product", {
                product: record!.product,
                units: [{ code: each.code, retired: !each.retired }],
            }),
        );
        setWrong("wrong" in came ? came.wrong : undefined);
    };
    return (
        <fieldset class="units">
            <legend>{say("Other units it is sold in")}</legend>
            {record !== undefined && record.units.length > 0 && (
                <ul class="plain-list">
                    {record.units.map((each) => (
                        <li key={each.code} class="row">
                            <b class={each.retired ? "ink-3" : undefined}>
                                <Name>{each.code}</Name>
                            </b>
                            <Figure text={`= ${quantity(each.factor ?? 0n, own)}`} />
                            <span class="grow">
                                {each.price !== undefined && <Figure text={priceText(each.price)} />}{" "}
                                {each.barcodes.map((code) => (
                                    <Code key={code}>{code}</Code>
                                ))}
                            </span>
                            {may && (
                                <Button plain small onClick={() => void retire(each)}>
                                    {each.retired ? say("Sell in it again") : say("Sell no more in it")}
                                </Button>
                            )}
                        </li>
                    ))}
                </ul>
            )}
            {wrong !== undefined && (
                <p class="over" role="alert">
                    {wrong}
                </p>
            )}
            <div class="four-fields">
                <Field
                    label={say("Another unit")}
                    value={unit.code}
                    onText={put("code")}
                    placeholder={say("pack, box, pallet")}
                    noNote
                />
                <Field
                    label={own.trim() === "" ? say("So much in one") : say("So many {unit} in one", { unit: own })}
                    value={unit.factor}
                    onText={put("factor")}
                    dir="ltr"
                    inputMode="decimal"
                    noNote
                />
                <PriceField
                    client={client}
                    label={say("Its own price, if it has one")}
                    text={unit.price}
                    onText={put("price")}
                />
                <Field label={say("Its barcode")} value={unit.barcode} onText={put("barcode")} dir="ltr" noNote />
            </div>
        </fieldset>
    );
}

function Prices({ rows }: { rows: readonly PriceRow[] }): JSX.Element | null {
    if (rows.length === 0) return null;
    return (
        <Panel title={say("In price lists")}>
            <Table
                label={say("In price lists")}
                rows={rows.map((row, at) => ({ ...row, at }))}
                id={(row) => row.at}
                columns={[
                    {
                        id: "list",
                        head: say("Price list"),
                        class: "cut",
                        cell: (row) => (
                            <a href={`#/prices/${encodeURIComponent(row.list ?? "")}`}>
                                <Name>{row.list_name ?? row.list}</Name>
                            </a>
                        ),
                    },
                    { id: "since", head: say("Since"), cell: (row) => <Since row={row} /> },
                    {
                        id: "price",
                        head: say("Price"),
                        amount: true,
                        cell: (row) =>
                            row.price === undefined ? say("no price") : <Figure text={priceText(row.price)} />,
                    },
                ]}
            />
        </Panel>
    );
}

export function Since({ row }: { row: PriceRow }): JSX.Element {
    return (
        <span class={row.coming ? "late nowrap" : "nowrap"}>
            {row.valid_from !== undefined && <Figure text={dayInColumn(row.valid_from)} />}
            {row.coming && ` ${say("to come")}`}
            {(row.from_quantity ?? 0n) > 0n && (
                <span class="small ink-2">
                    {" "}
                    {say("from {quantity}", { quantity: quantity(row.from_quantity!, row.unit) })}
                </span>
            )}
        </span>
    );
}
