/* Making this device a terminal. */
#include "base/enrolcode.h"
#include "base/tell.h"
#include "base/version.h"
#include "cli/cli.h"
#include "net/stream.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const struct param enrol_params[] = {
    OPERAND("HOST:PORT", TEXT, NULL, "where tefterd listens (default port: 7420)"),
    OPERANDS("CODE", TEXT, NULL, "the one-time code, as it was printed"),
    OPTION("--again", FLAG, NULL, "replace the terminal that this profile is"),
    END,
};

enum { CODE_TEXT_MAX = 128 };

/* Groups typed with spaces between them are one code. */
static bool whole_code(struct run *run, char out[CODE_TEXT_MAX])
{
    size_t at = 0;
    size_t used = 0;
    for (const char *part = arg_next(&run->args, "CODE", &at); part != NULL;
         part = arg_next(&run->args, "CODE", &at)) {
        if (used + strlen(part) >= CODE_TEXT_MAX)
            return false;
        memcpy(out + used, part, strlen(part));
        used += strlen(part);
    }
    out[used] = '\0';
    return true;
}

static const char *with_port(struct run *run, const char *address)
{
    const char *bracket = strrchr(address, ']');
    const char *colon = strrchr(address, ':');
    if (colon != NULL && (bracket == NULL || colon > bracket))
        return address;
    size_t size = strlen(address) + sizeof(":7420");
    char *whole = arena_take(&run->arena, size);
    need(whole != NULL);
    (void)snprintf(whole, size, "%s:7420", address);
    return whole;
}

static int tell_enrolled(struct run *run, const char *folder,
                         const struct tefter_enrolment *enrolment)
{
    char until[CELL_MAX];
    if (run->json) {
        tell(stdout, "{\"terminal\":%" PRIu32 ",\"not_after_ms\":%" PRId64 "}\n",
             enrolment->terminal, enrolment->not_after_ms);
        return EXIT_DONE;
    }
    run_tell(run, N_("This is now terminal {terminal} ({name}) of {company}."), "terminal",
             NUMBER(enrolment->terminal), "name", enrolment->name, "company", enrolment->company,
             NULL);
    run_note(run,
             N_("Kept in {folder}; the certificate holds until {time} and renews itself. Next: "
                "tefter login"),
             "folder", folder, "time", time_text(run, enrolment->not_after_ms, until), NULL);
    return EXIT_DONE;
}

static enum exit_code enrol_code_of(const struct failure *failure)
{
    return failure->fault == FAULT_USE ? EXIT_USE : EXIT_NO_SERVER;
}

/* What the letters of a code that is not known tell besides. */
static int tell_refused(struct run *run, const char *code, const Tefter__Refusal *refused)
{
    char hint[ENROL_HINT_SIZE];
    int exit = run_refused(run, refused);
    if (refused->code == TEFTER__REFUSAL_CODE__CODE_WRONG &&
        enrol_code_doubt(code, strlen(code), hint))
        run_note(run, N_("Perhaps {hint}."), "hint", hint, NULL);
    return exit;
}

static int enrol_run(struct run *run)
{
    char folder[TEFTER_PATH_MAX];
    char code[CODE_TEXT_MAX];
    struct tefter_enrolment enrolment;
    const Tefter__Refusal *refused = NULL;
    if (!whole_code(run, code))
        return run_say(run, EXIT_USE, N_("the code is too long"), NULL);
    if (!tefter_profile_folder(run->args.profile, folder, &run->failure) ||
        !tefter_profile_read(folder, &enrolment, &run->failure))
        return run_failed(run, EXIT_USE);
    if (enrolment.enrolled && !arg_flag(&run->args, "--again"))
        return run_say(run, EXIT_CONFLICT,
                       N_("{folder} is terminal {terminal} ({name}) of {company} already. Take "
                          "another --profile, or say --again to replace it."),
                       "folder", folder, "terminal", NUMBER(enrolment.terminal), "name",
                       enrolment.name, "company", enrolment.company, NULL);
    const char *address = with_port(run, arg_text(&run->args, "HOST:PORT"));
    if (tefter_enrol(folder, address, code, version_tefter, &run->arena, &enrolment, &refused,
                     &run->failure))
        return tell_enrolled(run, folder, &enrolment);
    return refused != NULL ? tell_refused(run, code, refused)
                           : run_failed(run, enrol_code_of(&run->failure));
}

/* ---- the server has moved ---- */

static const struct param server_params[] = {
    OPTIONAL("HOST:PORT", TEXT, NULL,
             "where it is now (default port: 7420; default: only show it)"),
    END,
};

static int tell_server(struct run *run, const struct tefter_enrolment *enrolment)
{
    if (run->json)
        tell(stdout, "{\"server\":\"%s\"}\n", enrolment->address);
    else
        tell(stdout, "%s\n", enrolment->address);
    return EXIT_DONE;
}

/* The connection is made only with a server that has the root this profile was enrolled with. */
static int server_run(struct run *run)
{
    char folder[TEFTER_PATH_MAX];
    struct tefter_enrolment enrolment;
    const char *wanted = arg_text(&run->args, "HOST:PORT");
    if (!tefter_profile_folder(run->args.profile, folder, &run->failure) ||
        !tefter_profile_read(folder, &enrolment, &run->failure))
        return run_failed(run, EXIT_USE);
    if (!enrolment.enrolled)
        return run_say(run, EXIT_NOT_ALLOWED,
                       N_("this device is no terminal yet: tefter enrol HOST:PORT CODE"), NULL);
    if (wanted == NULL)
        return tell_server(run, &enrolment);
    run->args.server = with_port(run, wanted);
    if (!stream_address_check(run->args.server, &run->failure))
        return run_failed(run, EXIT_USE);
    if (!run_open(run, false)) {
        run_note(run, N_("Nothing was changed: this terminal still goes to {address}."), "address",
                 enrolment.address, NULL);
        return run->exit_code;
    }
    if (!tefter_profile_move(folder, run->args.server, &run->failure))
        return run_failed(run, EXIT_USE);
    run_note(run,
             N_("It has the same root: it is the ledger of {company} that this terminal knows, seq "
                "{seq}."),
             "company", tefter_welcome(run->client)->company, "seq",
             NUMBER(tefter_welcome(run->client)->seq), NULL);
    if (getenv("TEFTER_SERVER") != NULL)
        run_note(run, N_("TEFTER_SERVER is set here and wins over it: {address}."), "address",
                 getenv("TEFTER_SERVER"), NULL);
    (void)snprintf(enrolment.address, sizeof enrolment.address, "%s", run->args.server);
    return tell_server(run, &enrolment);
}

const struct verb enrol_verbs[] = {
    {.entity = "enrol",
     .summary = "make this device a terminal of a server",
     .params = enrol_params,
     .run = enrol_run,
     .offline = true,
     .more = "The server is checked against the code before the code is told to it."},
    {.entity = "server",
     .summary = "show where the server is; this terminal goes to another address from now on",
     .params = server_params,
     .run = server_run,
     .offline = true,
     .more = "For a server that was moved. The new address is taken only if the same ledger\n"
             "answers there: the one whose root this terminal was enrolled with."},
    END_VERBS,
};
