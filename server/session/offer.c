/*
 * After a restore: what a terminal was told before it, offered with its receipt, by whoever is at
 * the terminal or nobody; and terminals that the restored ledger does not know, which may do
 * nothing else. What is ours and not here is handed to the ledger, which stages it.
 */
#include "session/inside.h"

static void refuse(struct session *session, const Tefter__FromTerminal *request,
                   Tefter__RefusalCode code, const char *field)
{
    session_refuse_code(session, request, code, field);
}

/* Its packed receipt, once it is known to be ours. */
static const Tefter__Receipt *receipt_of(const struct sessions *home, const Tefter__Offer *offer)
{
    return (const Tefter__Receipt *)message_unpack(
        &tefter__receipt__descriptor,
        slice_of(offer->receipt->receipt.data, offer->receipt->receipt.len),
        (struct arena *)(uintptr_t)&home->arena);
}

static void stage(struct session *session, const Tefter__FromTerminal *request,
                  const Tefter__Offer *offer)
{
    Tefter__StageOffer stage = TEFTER__STAGE_OFFER__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    stage.id = offer->id;
    stage.command = offer->command;
    stage.incarnation = offer->receipt->incarnation;
    stage.incarnation_nonce = offer->receipt->incarnation_nonce;
    stage.receipt = offer->receipt->receipt;
    command.kind_case = TEFTER__COMMAND__KIND_STAGE_OFFER;
    command.stage_offer = &stage;
    submit_for(session, request, &command);
}

void offer_take(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    const struct receipt_seal *seal = home->options.seal;
    const Tefter__Offer *offer = request->offer;
    struct message_fault fault = {.path = "", .what = ""};
    if (seal == NULL || seal->ended_count == 0) {
        refuse(session, request, TEFTER__REFUSAL_CODE__NO_RECOVERY, NULL);
        return;
    }
    const Tefter__Receipt *receipt = receipt_is_ours(seal, offer) ? receipt_of(home, offer) : NULL;
    if (receipt == NULL)
        refuse(session, request, TEFTER__REFUSAL_CODE__RECEIPT_WRONG, "receipt");
    else if (receipt_is_here(seal, offer->receipt, receipt->seq))
        session_accept(session, request->request);
    else if (!message_scan(&tefter__command__descriptor,
                           slice_of(offer->command.data, offer->command.len), &fault))
        refuse(session, request, TEFTER__REFUSAL_CODE__UNREADABLE, fault.path);
    else
        stage(session, request, offer);
}

void offers_done(struct session *session, const Tefter__FromTerminal *request)
{
    struct sessions *home = session->home;
    struct ledger_view *view = sessions_view(home, &home->arena);
    bool heard = view != NULL && ledger_view_heard(view, session->who.device);
    bool restored = view != NULL && ledger_view_recovery(view) != NULL;
    sessions_view_end(view);
    if (heard || !restored) {
        session_accept(session, request->request);
        return;
    }
    Tefter__ReportOffers report = TEFTER__REPORT_OFFERS__INIT;
    Tefter__Command command = TEFTER__COMMAND__INIT;
    report.terminal = session->who.device;
    command.kind_case = TEFTER__COMMAND__KIND_REPORT_OFFERS;
    command.report_offers = &report;
    submit_for(session, request, &command);
}

/* ---- the greeting ---- */

bool offer_welcome(struct sessions *home)
{
    if (home->options.seal == NULL || home->options.seal->ended_count == 0)
        return false;
    struct ledger_view *view = sessions_view(home, &home->arena);
    const Tefter__RecoveryRecord *recovery = view == NULL ? NULL : ledger_view_recovery(view);
    bool open = recovery != NULL && !recovery->has_closed_ms;
    sessions_view_end(view);
    return open;
}

static Tefter__EndedIncarnation **ended(const struct receipt_seal *seal, struct arena *arena)
{
    size_t count = seal->ended_count;
    Tefter__EndedIncarnation *rows = arena_zero(arena, count * sizeof *rows);
    Tefter__EndedIncarnation **list = arena_zero(arena, count * sizeof *list);
    if (rows == NULL || list == NULL)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        const struct ledger_ended *one = &seal->ended[i];
        tefter__ended_incarnation__init(&rows[i]);
        rows[i].incarnation = one->incarnation.number;
        rows[i].incarnation_nonce = (ProtobufCBinaryData){
            sizeof one->incarnation.nonce, (uint8_t *)(uintptr_t)one->incarnation.nonce};
        rows[i].last_seq = one->last_seq;
        list[i] = &rows[i];
    }
    return list;
}

Tefter__RecoveryNotice *offer_notice(const struct session *session, struct ledger_view *view)
{
    struct sessions *home = session->home;
    const Tefter__RecoveryRecord *recovery = ledger_view_recovery(view);
    if (recovery == NULL || home->options.seal == NULL || !session_passes_over(session))
        return NULL;
    Tefter__RecoveryNotice *notice = arena_zero(&home->arena, sizeof *notice);
    Tefter__EndedIncarnation **list = ended(home->options.seal, &home->arena);
    if (notice == NULL || list == NULL)
        return NULL;
    tefter__recovery_notice__init(notice);
    notice->recovery = recovery->recovery;
    notice->open = !recovery->has_closed_ms;
    notice->began_ms = recovery->began_ms;
    notice->last_seq = recovery->last_seq;
    notice->offer_only = session->offer_only;
    notice->n_ended = home->options.seal->ended_count;
    notice->ended = list;
    return notice;
}
