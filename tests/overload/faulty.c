/*
 * Faults that the overload must find, linked into tefterds of their own in place of the true
 * writer_submit: one never says busy and lets everybody wait in a row without end; one takes a
 * command now and then and forgets it; one counts a command twice now and then.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/writer.h"

enum { ONE_IN = 500 };

enum submit_answer __real_writer_submit(struct writer *writer, const struct submission *submission);
enum submit_answer __wrap_writer_submit(struct writer *writer, const struct submission *submission);

#if defined(FAULT_ENDLESS)

struct waiting {
    struct waiting *next;
    struct submission submission;
    uint8_t command[];
};
static struct waiting *first, **last = &first;

bool __wrap_writer_busy(struct writer *writer);
bool __wrap_writer_busy(struct writer *writer)
{
    (void)writer;
    return false;
}

static void let_in(struct writer *writer)
{
    while (first != NULL && __real_writer_submit(writer, &first->submission) == SUBMIT_TAKEN) {
        struct waiting *in = first;
        first = in->next;
        if (first == NULL)
            last = &first;
        free(in);
    }
}

enum submit_answer __wrap_writer_submit(struct writer *writer, const struct submission *submission)
{
    let_in(writer);
    if (first == NULL && __real_writer_submit(writer, submission) == SUBMIT_TAKEN)
        return SUBMIT_TAKEN;
    struct waiting *waits = malloc(sizeof *waits + submission->command.size);
    if (waits == NULL)
        return SUBMIT_BUSY;
    waits->next = NULL;
    waits->submission = *submission;
    memcpy(waits->command, submission->command.data, submission->command.size);
    waits->submission.command.data = waits->command;
    *last = waits;
    last = &waits->next;
    return SUBMIT_TAKEN;
}

#elif defined(FAULT_FORGETS)

enum submit_answer __wrap_writer_submit(struct writer *writer, const struct submission *submission)
{
    static unsigned count;
    bool asked = submission->terminal != 0;
    return asked && ++count % ONE_IN == 0 ? SUBMIT_TAKEN : __real_writer_submit(writer, submission);
}

#else

enum submit_answer __wrap_writer_submit(struct writer *writer, const struct submission *submission)
{
    static unsigned count;
    if (submission->terminal != 0 && ++count % ONE_IN == 0) {
        struct submission other = *submission;
        other.id[COMMAND_ID_SIZE - 6] ^= 0x80;
        other.reply_token = WRITER_NO_TOKEN;
        (void)__real_writer_submit(writer, &other);
    }
    return __real_writer_submit(writer, submission);
}

#endif
