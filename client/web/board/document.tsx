/* One paper, read-only: its lines, what it comes to, what touched it, and the papers that belong to it. */
import type { ComponentChild } from "preact";
import type { Client } from "../lib/api";
import { DocumentKind, DocumentState, Right, type DocumentAnswer, type PaperLink } from "../lib/messages";
import {
    Name,
    Bones,
    Button,
    day,
    digits,
    Head,
    moment,
    Money,
    Panel,
    percent,
    price,
    Quantity,
    Sign,
    useActions,
    paperNumber,
} from "../kit";
import { reasonText } from "../kit/reasons";
import { refusalText } from "../kit/refusal";
import { say, sayMany } from "../kit/words";
import { useAsked } from "./asked";
import { wallsText } from "./approvals";
import { dueText, touchText } from "./customer";
import { namesOf } from "./live";
import { documentKindText, paymentKindText } from "../kit/labels";
import { Age, begun, customerHref, documentHref, joined } from "./parts";
import { UndoMatch } from "./undo";

function stateOf(answer: DocumentAnswer): { tone: string; text: string } {
    switch (answer.state) {
        case DocumentState.DOCUMENT_OPEN:
            return { tone: "", text: say("open") };
        case DocumentState.DOCUMENT_PART:
            return { tone: "", text: say("part paid") };
        case DocumentState.DOCUMENT_CLOSED:
            return { tone: "credit", text: say("closed") };
        case DocumentState.DOCUMENT_REVERSED:
            return { tone: "over", text: say("reversed") };
        default:
            return { tone: "", text: "" };
    }
}

function Link({ client, title, link }: { client: Client; title: string; link: PaperLink | undefined }) {
    if (link === undefined) return null;
    return (
        <li class="ask-line">
            <span class="ink-2">{title}</span>
            <a class="grow" href={documentHref(link.document)}>
                <b>{paperNumber(link.number)}</b>
            </a>
            <span class="small ink-2 cut">
                {joined([
                    day(link.date),
                    link.by === undefined ? undefined : namesOf(client).personOfLogin(link.by),
                    link.reason?.value === undefined ? undefined : reasonText(link.reason.value),
                ])}
            </span>
        </li>
    );
}

function Lines({ answer }: { answer: DocumentAnswer }) {
    const { document: paper } = answer;
    if (paper.lines.length === 0 && paper.charges.length === 0) return null;
    const taxed = paper.tax_minor !== undefined && paper.tax_minor !== 0n;
    return (
        <Panel title={say("Goods")} note={sayMany("{count} line", "{count} lines", paper.lines.length)}>
            <div class="table-box">
                <table class="table">
                    <thead>
                        <tr>
                            <th>{say("Item")}</th>
                            <th class="amount">{say("Quantity")}</th>
                            <th class="amount wide-only">{say("Price")}</th>
                            <th class="amount wide-only">{say("Discount")}</th>
                            <th class="amount">{say("Line")}</th>
                        </tr>
                    </thead>
                    <tbody>
                        {paper.lines.map((line, index) => (
                            <tr key={index}>
                                <td>
                                    <Name>{line.text ?? `#${line.product ?? ""}`}</Name>
                                    {line.code !== undefined && line.code !== line.text && (
                                        <span class="small ink-2">
                                            {" "}
                                            <Name>{line.code}</Name>
                                        </span>
                                    )}
                                    {line.serials.length > 0 && (
                                        <span class="small ink-2"> {line.serials.join(", ")}</span>
                                    )}
                                </td>
                                <td class="amount">
                                    <Quantity thousandths={line.quantity} measure={line.unit} />
                                </td>
                                <td class="amount wide-only">{price(line.price)}</td>
                                <td class="amount wide-only">
                                    {line.discount_bp !== undefined ? (
                                        percent(line.discount_bp)
                                    ) : line.discount_minor !== undefined ? (
                                        <Money minor={line.discount_minor} />
                                    ) : (
                                        <span class="ink-3">–</span>
                                    )}
                                </td>
                                <td class="amount">
                                    <Money minor={line.net_minor} />
                                </td>
                            </tr>
                        ))}
                        {paper.charges.map((charge, index) => (
                            <tr key={`c${index}`}>
                                <td colSpan={2}>
                                    <Name>{charge.title}</Name>
                                </td>
                                <td class="wide-only" />
                                <td class="wide-only" />
                                <td class="amount">
                                    <Money minor={charge.amount_minor} />
                                </td>
                            </tr>
                        ))}
                    </tbody>
                    <tfoot>
                        {taxed && (
                            <tr class="plain-foot">
                                <td colSpan={2}>{say("Tax")}</td>
                                <td class="wide-only" />
                                <td class="wide-only" />
                                <td class="amount">
                                    <Money minor={paper.tax_minor!} />
                                </td>
                            </tr>
                        )}
                        <tr>
                            <td colSpan={2}>{say("Total")}</td>
                            <td class="wide-only" />
                            <td class="wide-only" />
                            <td class="amount">
                                <Money minor={paper.total_minor} unit />
                            </td>
                        </tr>
                    </tfoot>
                </table>
            </div>
        </Panel>
    );
}

export function Document({ client, at }: { client: Client; at: readonly string[] }): ComponentChild {
    const id = at[0] !== undefined && /^\d{1,20}$/.test(at[0]) ? BigInt(at[0]) : undefined;
    const asked = useAsked(client, "document", id === undefined ? undefined : { document: id }, {
        again: client.seq.value,
        every: 3000,
        most: 5,
    });
    const { answer } = asked;
    useActions([{ id: "paper.back", key: "Esc", title: say("Back"), run: () => history.back() }]);
    if (id === undefined)
        return <p class="panel region-note">{say("A paper opens from a customer or from what is unusual.")}</p>;
    if (answer === undefined)
        return asked.refused !== undefined ? (
            <div class="panel region-note">
                <b>{refusalText(asked.refused, client)}</b>
            </div>
        ) : (
            <div class="panel">
                <Bones rows={8} />
            </div>
        );
    const { document: paper } = answer;
    const touches = asked.pages.flatMap((page) => page.touches);
    const state = stateOf(answer);
    const names = namesOf(client);
    const author = answer.author === undefined ? names.person(paper.actor.staff) : names.personOfLogin(answer.author);
    return (
        <article class="card" aria-label={`${documentKindText(paper.kind)} ${paperNumber(paper.number)}`}>
            <Head
                title={`${begun(documentKindText(paper.kind))} ${paperNumber(paper.number)}`}
                back={() => {
                    location.hash = answer.customer === undefined ? "#/customers" : customerHref(paper.customer);
                }}>
                <span class={`tag ${state.tone}`}>{state.text}</span>
                <span class="small ink-2 cut">
                    {joined([names.branch(paper.branch), author, moment(paper.recorded_ms)])}
                </span>
            </Head>
            <section class="panel card-band">
                <dl class="card-facts">
                    <div>
                        <dt>{say("Customer")}</dt>
                        <dd>
                            <b>
                                {answer.customer === undefined ? (
                                    `#${paper.customer}`
                                ) : (
                                    <a href={customerHref(paper.customer)}>
                                        <Name>{answer.customer.name.value ?? answer.customer.code}</Name>
                                    </a>
                                )}
                            </b>
                        </dd>
                    </div>
                    <div>
                        <dt>{say("Date")}</dt>
                        <dd>
                            <b>{day(paper.date)}</b>
                        </dd>
                    </div>
                    {paper.due !== undefined && (
                        <div>
                            <dt>{say("Due {day}", { day: day(paper.due) })}</dt>
                            <dd>{answer.days_late === undefined ? "–" : dueText({ days_late: answer.days_late })}</dd>
                        </div>
                    )}
                    <div>
                        <dt>{say("Total")}</dt>
                        <dd>
                            <b>
                                <Money minor={paper.total_minor} unit />
                            </b>
                        </dd>
                    </div>
                    <div>
                        <dt>
                            {say("Left")} <Age client={client} />
                        </dt>
                        <dd class={answer.open_minor === 0n ? "ink-3" : ""}>
                            <b>
                                <Money minor={answer.open_minor} />
                            </b>
                        </dd>
                    </div>
                </dl>
                {client.may(Right.RIGHT_REVERSE) && answer.state !== DocumentState.DOCUMENT_REVERSED && (
                    <div class="card-actions no-print">
                        <a class="button" href={`#/papers/${id}`}>
                            {say("Correct, reverse …")}
                        </a>
                    </div>
                )}
            </section>
            <div class="card-two">
                <div class="card-main">
                    <Lines answer={answer} />
                    {(touches.length > 0 || paper.payment_kind !== undefined) && (
                        <Panel title={say("What touched it")} end={<Age client={client} />}>
                            {touches.length === 0 ? (
                                <p class="region-note">{say("Not yet matched with any bill.")}</p>
                            ) : (
                                <table class="plain-table touched">
                                    <tbody>
                                        {touches.map((touch) => (
                                            <tr
                                                key={`${touch.match}-${touch.other}`}
                                                class={touch.undone ? "gone-paper" : ""}>
                                                <td class="small ink-2 nowrap">{day(touch.date)}</td>
                                                <td>
                                                    <a class="begin" href={documentHref(touch.other)}>
                                                        {touchText(touch)}
                                                    </a>
                                                </td>
                                                <td class="amount">
                                                    <Money minor={-touch.amount_minor} />
                                                </td>
                                                <td class="amount ink-2 wide-only">
                                                    {say("left")} <Money minor={touch.left_minor} />
                                                </td>
                                                <td>
                                                    <UndoMatch
                                                        client={client}
                                                        customer={paper.customer}
                                                        touch={touch}
                                                    />
                                                </td>
                                            </tr>
                                        ))}
                                    </tbody>
                                    <tfoot>
                                        <tr>
                                            <td />
                                            <td>{say("Left")}</td>
                                            <td class="amount">
                                                <Money minor={answer.open_minor} />
                                            </td>
                                            <td class="wide-only" />
                                            <td />
                                        </tr>
                                    </tfoot>
                                </table>
                            )}
                            {asked.more !== undefined && (
                                <p class="section">
                                    <Button onClick={asked.more}>{say("More")}</Button>
                                </p>
                            )}
                        </Panel>
                    )}
                </div>
                <div class="card-side">
                    <Panel title={say("About it")}>
                        <ul class="plain-list">
                            {paper.payment_kind !== undefined && (
                                <li class="ask-line">
                                    <span class="ink-2">{say("Paid by")}</span>
                                    <span>{joined([paymentKindText(paper.payment_kind), paper.payer?.value])}</span>
                                </li>
                            )}
                            {paper.reference !== undefined && (
                                <li class="ask-line">
                                    <span class="ink-2">{say("Reference")}</span>
                                    <bdi dir="ltr">{paper.reference}</bdi>
                                </li>
                            )}
                            {answer.buyer_name?.value !== undefined && (
                                <li class="ask-line">
                                    <span class="ink-2">{say("Goods taken by")}</span>
                                    <span>
                                        <Name>{answer.buyer_name.value}</Name>
                                        {paper.with_pin && ` · ${say("with PIN")}`}
                                    </span>
                                </li>
                            )}
                            {answer.approved_by !== undefined && (
                                <li class="ask-line">
                                    <span class="ink-2">{say("Approved by")}</span>
                                    <span class="credit">
                                        <Sign of="✓" />
                                        {names.personOfLogin(answer.approved_by)}
                                    </span>
                                </li>
                            )}
                            {(paper.decision?.over_by_minor ?? 0n) > 0n && (
                                <li class="ask-line">
                                    <span class="ink-2">{say("Over the limit by")}</span>
                                    <span class="over">
                                        <Sign of="▲" />
                                        <Money minor={paper.decision!.over_by_minor} />
                                    </span>
                                </li>
                            )}
                            {paper.decision !== undefined && wallsText(paper.decision) !== "" && (
                                <li class="late">{wallsText(paper.decision)}</li>
                            )}
                            {paper.salesperson !== undefined && (
                                <li class="ask-line">
                                    <span class="ink-2">{say("Salesperson")}</span>
                                    <Name>{paper.salesperson}</Name>
                                </li>
                            )}
                            {paper.source !== undefined && (
                                <li class="ask-line">
                                    <span class="ink-2">{say("Came by")}</span>
                                    <Name>{paper.source}</Name>
                                </li>
                            )}
                            {paper.note?.value !== undefined && (
                                <li class="ask-line">
                                    {paper.kind === DocumentKind.DOCUMENT_CREDIT_NOTE && (
                                        <span class="ink-2">{say("Reason")}</span>
                                    )}
                                    <Name>{reasonText(paper.note.value)}</Name>
                                </li>
                            )}
                            <Link client={client} title={say("About")} link={answer.about} />
                            <Link client={client} title={say("Corrects")} link={answer.corrects} />
                            <Link client={client} title={say("Reversed by")} link={answer.reversed_by} />
                            <Link client={client} title={say("Corrected by")} link={answer.corrected_by} />
                            {answer.credit_notes.map((link) => (
                                <Link
                                    key={String(link.document)}
                                    client={client}
                                    title={say("Credit note")}
                                    link={link}
                                />
                            ))}
                            <li class="ask-line small ink-3">
                                <span class="grow">
                                    {say("Recorded as command {seq}", { seq: digits(String(paper.seq)) })}
                                </span>
                            </li>
                        </ul>
                    </Panel>
                </div>
            </div>
        </article>
    );
}
