/* The catalogue: what is sold, found by its words, code or barcode; one opened is its card. */
import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useAsked } from "../board/asked";
import {
    Button,
    Chips,
    Code,
    Field,
    Figure,
    go,
    Head,
    Name,
    Panel,
    percent,
    price,
    Region,
    Table,
    useActions,
    useScan,
} from "../kit";
import { FIND_MOST } from "../kit/filters";
import { refusalText } from "../kit/refusal";
import { listed, say } from "../kit/words";
import type { Client } from "../lib/api";
import { Right, type ProductRecord } from "../lib/messages";
import { ProductCard } from "./product";

type Shown = "sold" | "blocked" | "all";

export function Catalogue({ client, at }: { client: Client; at: readonly string[] }): JSX.Element {
    if (at[0] === "new") return <ProductCard key="new" client={client} product={undefined} />;
    return at[0] === undefined ? (
        <Products client={client} />
    ) : (
        <ProductCard key={at[0]} client={client} product={Number(at[0])} />
    );
}

function Products({ client }: { client: Client }): JSX.Element {
    const [text, setText] = useState("");
    const find = useRef<HTMLInputElement>(null);
    const [shown, setShown] = useState<Shown>("sold");
    const may = client.may(Right.RIGHT_EDIT_CATALOGUE);
    const cost = client.may(Right.RIGHT_SEE_COST);
    const asked = useAsked(
        client,
        "products",
        { text: text.trim() === "" ? undefined : text.trim(), retired: shown !== "sold", rows: 200 },
        { again: client.seq.value },
    );
    const rows = asked.pages.flatMap((page) => page.products).filter((each) => shown !== "blocked" || each.retired);
    useScan((code) => setText(code));
    useActions([
        ...(may
            ? [{ id: "catalogue.add", key: "+", title: say("Add a product"), run: () => go("catalogue", "new") }]
            : []),
        { id: "catalogue.find", key: "/", title: say("Search"), run: () => find.current?.focus() },
        { id: "catalogue.prices", title: say("Price lists"), run: () => go("prices") },
    ]);
    return (
        <div class="screen">
            <Head title={say("Catalogue")}>
                <a href="#/prices" class="button plain small-button">
                    {say("Price lists")}
                </a>
                {may && (
                    <Button filled hotkey="+" onClick={() => go("catalogue", "new")}>
                        {say("Add a product")}
                    </Button>
                )}
            </Head>
            <Panel label={say("Products")}>
                <div class="catalogue-find">
                    <Field
                        label={say("Search")}
                        hideLabel
                        value={text}
                        onText={setText}
                        placeholder={say("name, code or barcode")}
                        maxLength={FIND_MOST}
                        inputMode="search"
                        inputRef={find}
                        noNote
                    />
                    <Chips
                        label={say("Which of them")}
                        value={shown}
                        options={[
                            { id: "sold", text: say("On sale") },
                            { id: "blocked", text: say("Blocked") },
                            { id: "all", text: say("products::All") },
                        ]}
                        onPick={setShown}
                    />
                </div>
                <Region
                    rows={8}
                    state={
                        asked.refused !== undefined
                            ? { kind: "refused", head: refusalText(asked.refused, client) }
                            : asked.answer === undefined
                              ? { kind: "loading" }
                              : rows.length > 0
                                ? { kind: "here" }
                                : text.trim() !== "" || shown !== "sold"
                                  ? {
                                        kind: "nothing",
                                        text:
                                            text.trim() !== ""
                                                ? say("Nothing is found for ‘{text}’.", { text: text.trim() })
                                                : say("No product is blocked."),
                                        step: (
                                            <Button
                                                onClick={() => {
                                                    setText("");
                                                    setShown("sold");
                                                }}>
                                                {say("Show what is on sale")}
                                            </Button>
                                        ),
                                    }
                                  : { kind: "empty", text: say("There is no product yet.") }
                    }>
                    <Table
                        label={say("Products")}
                        rows={rows}
                        id={(row) => row.product}
                        onOpen={(row) => go("catalogue", row.product)}
                        columns={[
                            { id: "code", head: say("Code"), width: "120px", cell: (row) => <Code>{row.code}</Code> },
                            { id: "name", head: say("Name"), class: "cut", cell: (row) => <ProductName row={row} /> },
                            {
                                id: "units",
                                head: say("Units"),
                                class: "cut only-desk",
                                cell: (row) => <Name class="cut">{unitsText(row)}</Name>,
                            },
                            {
                                id: "price",
                                head: say("Price"),
                                amount: true,
                                cell: (row) => (row.price === undefined ? "–" : <Figure text={price(row.price)} />),
                            },
                            ...(cost
                                ? [
                                      {
                                          id: "cost",
                                          head: say("Cost"),
                                          amount: true,
                                          class: "only-desk",
                                          cell: (row: ProductRecord) =>
                                              row.cost === undefined ? "–" : <Figure text={price(row.cost)} />,
                                      },
                                  ]
                                : []),
                            {
                                id: "tax",
                                head: say("Tax"),
                                amount: true,
                                class: "only-desk",
                                cell: (row) => (row.tax_bp === undefined ? "–" : <Figure text={percent(row.tax_bp)} />),
                            },
                        ]}
                    />
                    {asked.more !== undefined && (
                        <div class="section">
                            <Button plain onClick={asked.more}>
                                {say("Show more")}
                            </Button>
                        </div>
                    )}
                </Region>
            </Panel>
        </div>
    );
}

function ProductName({ row }: { row: ProductRecord }): JSX.Element {
    const about = [row.brand, row.model, row.colour].filter((each) => (each ?? "") !== "").join(" · ");
    return (
        <span class="cut">
            <b>
                <Name>{row.name}</Name>
            </b>
            {row.retired && (
                <span class="over small nowrap">
                    {" "}
                    <span aria-hidden="true">✕ </span>
                    {say("blocked")}
                </span>
            )}
            {about !== "" && (
                <span class="small ink-2">
                    {" "}
                    <Name>{about}</Name>
                </span>
            )}
        </span>
    );
}

const unitsText = (row: ProductRecord): string =>
    listed([row.unit, ...row.units.filter((each) => !each.retired).map((each) => each.code)]);
