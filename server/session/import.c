/*
 * Files that somebody gives to the page: pieces come in, steps are begun, what their processes say
 * is handed on. A process is lent a connection: a session like any other, of the asker's device, in
 * which it logs in with a token of the asker's login. So it may what they may, its commands are
 * theirs, and it is cut when that login ends.
 */
#include <unistd.h>

#include "base/log.h"
#include "importer/importer.h"
#include "session/inside.h"

enum { REJECTS_PIECE = 128 * 1024 };

static void send_state(struct session *session, const Tefter__FromTerminal *request,
                       uint64_t import)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__ImportState state;
    (void)importer_state(session->home->importer, session->who.staff, import, &state);
    message.body_case = TEFTER__TO_TERMINAL__BODY_IMPORT_STATE;
    message.import_state = &state;
    session_send(session, request->request, &message);
}

/* Whoever may bring in anything at all: each command's own right is checked when it comes. */
static bool may_import(struct session *session, const Tefter__FromTerminal *request)
{
    static const Tefter__Right rights[] = {
        TEFTER__RIGHT__RIGHT_EDIT_CUSTOMER, TEFTER__RIGHT__RIGHT_EDIT_CATALOGUE,
        TEFTER__RIGHT__RIGHT_EDIT_GROUPS, TEFTER__RIGHT__RIGHT_BACKFILL};
    if (session->home->importer == NULL || session->lent) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOT_FOUND, "import");
        return false;
    }
    for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
        if (access_needs(session->home->access, &session->who, rights[i]) == NULL)
            return true;
    return session_may(session, request, TEFTER__RIGHT__RIGHT_BACKFILL);
}

static void answer(struct session *session, const Tefter__FromTerminal *request,
                   enum importer_answer what, uint64_t import, const char *field)
{
    switch (what) {
    case IMPORTER_GOOD:
        send_state(session, request, import);
        break;
    case IMPORTER_UNKNOWN:
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOT_FOUND, "import");
        break;
    case IMPORTER_FULL:
    case IMPORTER_BROKEN:
        session_refuse_wait(session, request, TEFTER__REFUSAL_CODE__BUSY, BUSY_RETRY_MS * 8);
        break;
    case IMPORTER_EARLY:
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_MISSING, "data");
        break;
    case IMPORTER_DIFFERS: /* all of it is sent anew */
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_INVALID, "digest");
        break;
    case IMPORTER_WRONG:
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__FIELD_INVALID, field);
        break;
    }
}

void import_open(struct session *session, const Tefter__FromTerminal *request)
{
    uint64_t import = 0;
    if (!may_import(session, request))
        return;
    enum importer_answer what =
        importer_open(session->home->importer, session->who.staff, request->import_open, &import);
    answer(session, request, what, import, "size");
}

void import_piece(struct session *session, const Tefter__FromTerminal *request)
{
    if (!may_import(session, request))
        return;
    enum importer_answer what =
        importer_piece(session->home->importer, session->who.staff, request->import_piece);
    answer(session, request, what, request->import_piece->import, "offset");
}

void import_look(struct session *session, const Tefter__FromTerminal *request)
{
    if (may_import(session, request))
        send_state(session, request,
                   request->import_look->has_import ? request->import_look->import : 0);
}

/* ---- a step ---- */

/* Of no connection before or after it: what was lent with it ends with it. */
static uint64_t new_lending(void)
{
    uint8_t bytes[8];
    random_bytes(bytes, sizeof bytes);
    uint64_t number = be64_get(bytes);
    return number != 0 ? number : 1;
}

static bool lend(void *context, int socket)
{
    struct session *asker = context;
    struct failure failure = {FAULT_NONE, 0, ""};
    return sessions_lend(asker->home, asker, socket, &failure);
}

void import_do(struct session *session, const Tefter__FromTerminal *request)
{
    const Tefter__ImportDo *what = request->import_do;
    struct failure failure = {FAULT_NONE, 0, ""};
    uint8_t token[ACCESS_TOKEN_MAX];
    if (!may_import(session, request))
        return;
    struct importer_asker asker = {
        .terminal = session->who.device, .lend = lend, .context = session};
    session->lending = new_lending();
    asker.token = slice_of(
        token, access_lend_token(session->home->access, &session->who, session->lending, token));
    enum importer_answer said =
        importer_do(session->home->importer, session->who.staff, what, &asker, &failure);
    secret_wipe(token, sizeof token);
    if (said == IMPORTER_BROKEN)
        log_line(LOG_ERROR, "import_not_begun", "reason", failure.text, NULL);
    answer(session, request, said, what->import, "action");
}

void import_rejects(struct session *session, const Tefter__FromTerminal *request)
{
    Tefter__ToTerminal message = TEFTER__TO_TERMINAL__INIT;
    Tefter__ImportRejected rejected = TEFTER__IMPORT_REJECTED__INIT;
    const Tefter__ImportRejects *asked = request->import_rejects;
    struct sessions *home = session->home;
    if (!may_import(session, request))
        return;
    uint8_t *piece = arena_take(&home->arena, REJECTS_PIECE);
    int64_t got = piece == NULL
                      ? -1
                      : importer_rejects(home->importer, session->who.staff, asked->import,
                                         asked->offset, piece, REJECTS_PIECE, &rejected.size);
    if (got < 0) {
        session_refuse_code(session, request, TEFTER__REFUSAL_CODE__NOT_FOUND, "import");
        return;
    }
    rejected.data = (ProtobufCBinaryData){(size_t)got, piece};
    message.body_case = TEFTER__TO_TERMINAL__BODY_IMPORT_REJECTED;
    message.import_rejected = &rejected;
    session_send(session, request->request, &message);
}
