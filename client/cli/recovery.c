/* After a restore: what came back, what did not, who was not heard; and what the office says to it.
 */
#include "cli/cli.h"

#include "base/tell.h"

#include <inttypes.h>

/* ---- the worklist ---- */

static const struct param worklist[] = {
    OPTION("--state", ENUM, "state",
           "only offers in this state: waiting, back, differs, refused, "
           "declined (default: all that are not back)"),
    END,
};

static const char *kind_name(uint32_t kind, char out[CELL_MAX])
{
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field(&tefter__command__descriptor, kind);
    (void)snprintf(out, CELL_MAX, "%s", field == NULL ? "?" : field->name);
    for (char *at = out; *at != '\0'; at++)
        *at = *at == '_' ? ' ' : *at;
    return out;
}

/* Why it is not back as it was, or what else there is to say. */
static const char *said(struct run *run, const Tefter__OfferRow *row, char out[LINE_MAX_BYTES])
{
    struct speech speech = run_speech(run);
    out[0] = '\0';
    if (row->refusal != NULL)
        (void)refusal_sentence_for(row->refusal, &speech, out, LINE_MAX_BYTES);
    else if (row->reason != NULL)
        (void)snprintf(out, LINE_MAX_BYTES, "%s", text_of(row->reason));
    else if (row->over_limit)
        (void)run_sentence(run, out, N_("posted over the limit"), NULL);
    return out;
}

static void offer_line(struct run *run, struct table *table, const Tefter__OfferRow *row)
{
    char cell[CELL_MAX];
    char sentence[LINE_MAX_BYTES];
    (void)snprintf(cell, sizeof(cell), "%" PRIu64, row->seq);
    table_cell(table, cell);
    table_cell(table, enum_said(run, &tefter__offer_state__descriptor, (int)row->state, cell));
    table_cell(table, kind_name(row->kind, cell));
    table_cell(table, row->number == NULL ? "" : row->number);
    table_cell(table, row->has_total_minor ? money_text(run, row->total_minor, cell) : "");
    table_time(table, row->at_ms);
    (void)snprintf(cell, sizeof(cell), "%" PRIu32, row->actor->terminal);
    table_cell(table, cell);
    table_cell(table, said(run, row, sentence));
}

static bool shown(const struct run *run, const Tefter__OfferRow *row)
{
    bool back = row->state == TEFTER__OFFER_STATE__OFFER_BACK && !row->over_limit;
    return arg_text(&run->args, "--state") != NULL || !back;
}

static struct table *offer_table(struct run *run)
{
    static const char *const titles[] = {N_("OLD SEQ"), N_("STATE"), N_("WHAT"), N_("NUMBER")};
    struct table *table = table_create(run);
    for (size_t i = 0; i < sizeof(titles) / sizeof(titles[0]); i++)
        table_column(table, titles[i], i == 0);
    table_column(table, N_("AMOUNT"), true);
    table_time_column(table, N_("DONE"));
    table_column(table, N_("TERMINAL"), true);
    table_column(table, "", false);
    return table;
}

static void headline(struct run *run, const Tefter__RecoveryAnswer *answer)
{
    run_tell(run,
             answer->open ? N_("Restored on {time} from a backup that ends at seq {seq}. The "
                               "recovery is on: new papers have numbers of a series of their own.")
                          : N_("Restored on {time} from a backup that ends at seq {seq}. The "
                               "recovery is closed."),
             "time", time_text(run, answer->began_ms, CELL), "seq", NUMBER(answer->last_seq), NULL);
    run_tell(run,
             N_("{back} back, {differing} differing, {refused} refused, {waiting} waiting, "
                "{declined} declined; {heard} of {terminals} terminals were heard."),
             "back", NUMBER(answer->back), "differing", NUMBER(answer->differing), "refused",
             NUMBER(answer->refused), "waiting", NUMBER(answer->waiting), "declined",
             NUMBER(answer->declined), "heard", NUMBER(answer->heard), "terminals",
             NUMBER(answer->terminals), NULL);
    for (size_t i = 0; i < answer->n_unheard; i++)
        run_tell(run, N_("not heard: terminal {terminal}, {name}"), "terminal",
                 NUMBER(answer->unheard[i]->terminal), "name", answer->unheard[i]->name, NULL);
}

/* What there is to do, the next first. */
static void next_steps(struct run *run, const Tefter__RecoveryAnswer *answer)
{
    bool decided = answer->waiting == 0 && answer->refused == 0;
    if (answer->n_unheard > 0)
        run_note(run,
                 N_("Each terminal that was not heard brings what it has as soon as it is used. "
                    "Who waits for one that never comes: tefter terminal block N, if it is lost; "
                    "the series then go on behind a gap, for what it may hold."),
                 NULL);
    if (answer->waiting > 0)
        run_note(run,
                 N_("What waits is applied when all terminals were heard, or with: tefter recovery "
                    "apply"),
                 NULL);
    if (answer->refused > 0)
        run_note(run,
                 N_("What was refused: put right what stops it, then tefter recovery apply; or "
                    "leave it out: tefter recovery decline SEQ --reason TEXT"),
                 NULL);
    if (answer->has_holes && answer->holes)
        run_note(run,
                 N_("Something is back that came after papers which nobody has brought: look for "
                    "gaps in the numbers. The series go on behind a gap, for those papers."),
                 NULL);
    if (answer->open && decided && answer->n_unheard == 0)
        run_note(run,
                 N_("Everything is decided. The usual series go on with: tefter recovery close"),
                 NULL);
    else if (answer->open && decided)
        run_note(run,
                 N_("Without them the usual series go on with: tefter recovery close --unfinished"),
                 NULL);
}

static int worklist_run(struct run *run)
{
    bool first = true;
    size_t listed = 0;
    struct table *table = offer_table(run);
    Tefter__Query *query = (Tefter__Query *)run_build(run, &tefter__query__descriptor, "recovery");
    bool more = query != NULL;
    run_offer(run); /* what this terminal has itself belongs to the picture */
    while (more) {
        const Tefter__Answer *answer = run_ask(run, query);
        if (answer == NULL)
            return run->exit_code;
        const Tefter__RecoveryAnswer *recovery = answer->recovery;
        if (run->json)
            run_json(run, &recovery->base);
        else if (first && recovery->recovery == 0)
            run_note(run, N_("This ledger was never restored."), NULL);
        else if (first)
            headline(run, recovery);
        for (size_t i = 0; !run->json && i < recovery->n_offers; i++) {
            if (!shown(run, recovery->offers[i]))
                continue;
            offer_line(run, table, recovery->offers[i]);
            listed++;
        }
        if (first && !run->json && recovery->recovery != 0)
            next_steps(run, recovery);
        first = false;
        more = recovery->has_next;
        query->recovery->has_page = more;
        query->recovery->page = recovery->next;
    }
    if (query == NULL)
        return run->exit_code;
    if (listed > 0)
        table_print(table, stdout);
    return EXIT_DONE;
}

/* ---- what the office says ---- */

static const struct param decline[] = {
    OPERAND("SEQ", NUMBER, "seq", "its old seq, as the list shows it"),
    NEEDED("--reason", TEXT, "reason", "why it does not come back"),
    END,
};

static const struct param closing[] = {
    OPTION("--unfinished", FLAG, "unfinished",
           "although terminals were not heard or offers are not decided: the series go on behind a "
           "gap, for their papers"),
    END,
};

const struct verb recovery_verbs[] = {
    {.entity = "recovery",
     .verb = "apply",
     .summary = "apply all that was offered, and wait for no terminal any more",
     .command = "apply_offers",
     .done = N_("What was offered is being applied.")},
    {.entity = "recovery",
     .verb = "decline",
     .summary = "let a paper of before the restore not come back",
     .params = decline,
     .command = "decline_offer",
     .done = N_("{SEQ} does not come back.")},
    {.entity = "recovery",
     .verb = "close",
     .summary = "end the recovery: new papers get numbers of the usual series again",
     .params = closing,
     .command = "close_recovery",
     .done = N_("The recovery is closed.")},
    {.entity = "recovery",
     .summary = "show what came back after a restore, what did not, and who was not heard",
     .params = worklist,
     .query = "recovery",
     .run = worklist_run},
    END_VERBS,
};
