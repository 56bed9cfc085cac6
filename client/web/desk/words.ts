/* What the importer says in its own English words, as people read them; and the names of kinds and fields. */
import { day, isolate, money, whole } from "../kit";
import { say } from "../kit/words";
import { ImportAsked, ImportKind, type ImportQuestion } from "../lib/messages";

export function kindText(kind: ImportKind): string {
    switch (kind) {
        case ImportKind.KIND_CUSTOMERS:
            return say("Customers");
        case ImportKind.KIND_PRODUCTS:
            return say("Products");
        case ImportKind.KIND_INVOICES:
            return say("Invoices");
        case ImportKind.KIND_PAYMENTS:
            return say("Payments");
        case ImportKind.KIND_CREDIT_NOTES:
            return say("Credit notes");
        case ImportKind.KIND_BALANCES:
            return say("What each customer owes");
        case ImportKind.KIND_PRICES:
            return say("Prices of price lists");
        case ImportKind.KIND_GROUPS:
            return say("Groups of customers");
        case ImportKind.KIND_CUSTOMERS_AND_BALANCES:
            return say("Customers and what they owe");
        default:
            return String(kind);
    }
}

const FIELDS: Record<string, () => string> = {
    number: () => say("Number of the paper"),
    customer: () => say("Customer's code"),
    code: () => say("file::Code"),
    code_name: () => say("Name, and the code from it"),
    name: () => say("file::Name"),
    date: () => say("file::Date"),
    due: () => say("file::Due"),
    text: () => say("file::Description"),
    quantity: () => say("file::Quantity"),
    price: () => say("file::Price"),
    amount: () => say("file::Amount"),
    discount: () => say("Discount"),
    tax: () => say("Tax"),
    currency: () => say("file::Currency"),
    reference: () => say("file::Reference"),
    note: () => say("file::Note"),
    salesperson: () => say("file::Salesperson"),
    kind: () => say("Kind of payment"),
    bill: () => say("Bill that is paid"),
    payer: () => say("Who pays"),
    money_account: () => say("Where the money lies"),
    phone: () => say("file::Phone"),
    area: () => say("file::Area"),
    nickname: () => say("file::Other name"),
    tax_code: () => say("file::Tax code"),
    address: () => say("file::Address"),
    term_days: () => say("Term, days"),
    language: () => say("file::Language"),
    unit: () => say("file::Unit"),
    brand: () => say("file::Brand"),
    colour: () => say("file::Colour"),
    model: () => say("file::Model"),
    barcode: () => say("file::Barcode"),
    total: () => say("Total of the paper"),
    type: () => say("Kind of paper"),
    limit: () => say("file::Limit"),
    list: () => say("file::Price list"),
    from_quantity: () => say("From this quantity"),
    valid_from: () => say("From this day"),
    cost: () => say("file::Cost"),
    floor: () => say("Lowest price"),
    pack: () => say("Another unit"),
    factor: () => say("How many are in it"),
    pack_price: () => say("Its price"),
    pack_barcode: () => say("Its barcode"),
    dimension: () => say("What they are grouped by"),
    group: () => say("file::Group"),
    branch: () => say("file::Branch"),
};

export const fieldName = (name: string): string => FIELDS[name]?.() ?? name;

/* Reasons that one cell has; others come as the importer says them. */
const REASONS: Record<string, () => string> = {
    "has the sign of another currency than the ledger's": () => say("another currency than the ledger's"),
    "is no number, or can be read in two ways: write it in digits": () => say("no number, or one that reads two ways"),
    "has a sign that no number of the sample had: say --decimal": () => say("a point or comma that reads two ways"),
    "is no date": () => say("no date"),
    "is no day of the calendar, read as --dates says": () => say("no day of the calendar"),
    "a code has letters, digits and - _ . / only": () => say("a code has letters, digits and - _ . / only"),
    "is no such whole number": () => say("no whole number"),
    "another row of the file has this number too": () => say("another row has this number too"),
    "is too large": () => say("too large"),
    "is too long": () => say("too long"),
    "is no percentage from 0 to 100": () => say("no percentage from 0 to 100"),
    "may be a percentage or an amount: say --discount-is percent, share or amount": () =>
        say("a percentage, or an amount: write % or the currency beside it"),
    "may be a percentage or an amount: say --tax-is percent, share or amount": () =>
        say("a percentage, or an amount: write % or the currency beside it"),
    "is an amount, and a product's tax a percentage": () => say("an amount, and a product's tax is a percentage"),
    "is no number of a bill": () => say("no number of a bill"),
    "the company has no such branch": () => say("the company has no such branch"),
    "another branch than this device's: import the file at a device there too": () =>
        say("of another branch: import the file at a device there too"),
};

const TWICE = /^.* stands in the file twice: (\w+) is "(.*)" in line (\d+) and "(.*)" in line (\d+); leave one out$/s;

export function reasonText(why: string): string {
    if (/^[a-z_]+ is empty$/.test(why)) return say("nothing stands there");
    const twice = TWICE.exec(why);
    if (twice)
        return say("stands twice in the file: {field} is “{first}” in line {one} and “{second}” in line {other}", {
            field: fieldName(twice[1]!),
            first: isolate(twice[2]!),
            one: whole(BigInt(twice[3]!)),
            second: isolate(twice[4]!),
            other: whole(BigInt(twice[5]!)),
        });
    return REASONS[why]?.() ?? why.replace(/: --update changes it$/, "");
}

/* A question with both readings named. */
export function questionText(question: ImportQuestion): string {
    const example = question.example ?? "";
    switch (question.asked) {
        case ImportAsked.ASKED_HIDDEN:
            return say("The workbook hides {what}. Read them too?", { what: example });
        case ImportAsked.ASKED_DECIMAL:
            return say("How is “{example}” meant?", { example });
        case ImportAsked.ASKED_DECIMAL_MIXED:
            return say("Some numbers are like {one} and some like {other}. Which sign begins the decimals?", {
                one: question.readings[0]?.shown ?? "",
                other: question.readings[1]?.shown ?? "",
            });
        case ImportAsked.ASKED_DATES:
            return say("Which day is “{example}”?", { example });
        case ImportAsked.ASKED_DATES_MIXED:
            return say("Some dates have the day first, some the month. Which is right?");
        case ImportAsked.ASKED_AMOUNTS:
            return say("Papers with several rows have the same amount in each ({example}). What is it?", { example });
        case ImportAsked.ASKED_TAX:
            return say("Some products have a tax ({example}), and no column says it. Add it?", { example });
        case ImportAsked.ASKED_FREE:
            return say("Some prices are 0 ({example}), which gives the goods away. Is that meant?", { example });
        case ImportAsked.ASKED_COLUMNS:
            return columnQuestion(question.readings[0]?.answer ?? "", example);
        default:
            return question.words;
    }
}

/* Of discounts and taxes, and of sales that are nobody's. */
function columnQuestion(answer: string, example: string): string {
    if (answer.startsWith("tax-is=")) return say("What is the tax “{example}”?", { example });
    if (answer.startsWith("discount-is=")) return say("What is the discount “{example}”?", { example });
    return say("Sales without a customer are paid when they are made. How were these paid?");
}

const paidText = (kind: string): string =>
    kind === "cash" ? say("Cash") : kind === "card" ? say("Card") : say("Transfer");

/* What an answer is called, which word of the importer it sets, and to what. */
export function answersOf(question: ImportQuestion): { text: string; name: string; value: string | undefined }[] {
    return question.readings
        .map(({ answer, shown, amount_minor, date }) => {
            switch (question.asked) {
                case ImportAsked.ASKED_HIDDEN:
                    return {
                        name: "hidden",
                        value: answer,
                        text: answer === "read" ? say("Read them") : say("Leave them out"),
                    };
                case ImportAsked.ASKED_DECIMAL:
                    return {
                        name: "decimal",
                        value: answer,
                        text: amount_minor !== undefined ? money(undefined, amount_minor) : (shown ?? answer),
                    };
                case ImportAsked.ASKED_DECIMAL_MIXED:
                    return { name: "decimal", value: answer, text: decimalText(answer, shown) };
                case ImportAsked.ASKED_DATES:
                case ImportAsked.ASKED_DATES_MIXED:
                    return { name: "dates", value: answer, text: date !== undefined ? day(date) : orderText(answer) };
                case ImportAsked.ASKED_AMOUNTS:
                    return {
                        name: "amounts",
                        value: answer,
                        text: answer === "line" ? say("The line's") : say("The whole paper's"),
                    };
                case ImportAsked.ASKED_TAX:
                    return {
                        name: "tax",
                        value: answer,
                        text: answer === "none" ? say("Add no tax") : say("Add the product's"),
                    };
                case ImportAsked.ASKED_FREE:
                    return { name: "free", value: undefined, text: answer === "yes" ? say("It is meant") : "" };
                case ImportAsked.ASKED_COLUMNS: {
                    const [name = "", value] = answer.split("=");
                    const read = amount_minor !== undefined ? money(undefined, amount_minor) : (shown ?? answer);
                    return { name, value, text: name === "paid" ? paidText(value ?? "") : read };
                }
                default:
                    return { name: "", value: answer, text: answer };
            }
        })
        .filter(({ text }) => text !== "");
}

const decimalText = (answer: string, example = ""): string =>
    answer === "point"
        ? say("A point, as {example} is written", { example })
        : say("A comma, as {example} is written", { example });

const ratesText = (value: string | undefined): string =>
    value === "amount" ? say("amounts") : value === "share" ? say("parts of 1") : say("percentages");

/* What was answered, as long as it holds; undefined: it is no answer to a question. */
export function answeredText(name: string, value: string | undefined): string | undefined {
    switch (name) {
        case "decimal":
            return value === "comma" ? say("A comma begins decimals") : say("A point begins decimals");
        case "dates":
            return say("Dates: {order}", { order: orderText(value ?? "") });
        case "hidden":
            return value === "read" ? say("What is hidden is read too") : say("What is hidden is left out");
        case "amounts":
            return value === "line" ? say("The amounts are the lines'") : say("The amounts are the whole papers'");
        case "free":
            return say("Prices of 0 are meant");
        case "discount-is":
            return say("Discounts without a sign: {what}", { what: ratesText(value) });
        case "tax-is":
            return say("Taxes without a sign: {what}", { what: ratesText(value) });
        case "paid":
            return say("Sales without a customer: {how}", { how: paidText(value ?? "") });
        default:
            return undefined;
    }
}

export function orderText(order: string): string {
    if (order === "dmy") return say("day, month, year");
    return order === "mdy" ? say("month, day, year") : say("year, month, day");
}

/* What stands between cells. */
export const DELIMITERS: readonly (readonly [string, () => string])[] = [
    ["comma", () => say("a comma (,)")],
    ["semicolon", () => say("a semicolon (;)")],
    ["tab", () => say("a tab")],
    ["bar", () => say("a bar (|)")],
];

/* Encodings by whose letters they have. */
export const ENCODINGS: readonly (readonly [string, () => string])[] = [
    ["utf-8", () => say("any letters (UTF-8)")],
    ["windows-1252", () => say("Western Europe")],
    ["windows-1250", () => say("Central Europe")],
    ["windows-1258", () => say("Vietnamese")],
    ["tcvn5712-1", () => say("Vietnamese (TCVN)")],
    ["windows-1253", () => say("Greek")],
    ["windows-1256", () => say("Arabic and Persian")],
    ["windows-1251", () => say("Cyrillic")],
    ["windows-1254", () => say("Turkish")],
    ["gb18030", () => say("Chinese, simplified")],
    ["big5", () => say("Chinese, traditional")],
    ["shift_jis", () => say("Japanese")],
    ["euc-kr", () => say("Korean")],
];
