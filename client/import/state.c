#include "import/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char first_line[] = "tefter-import 1\n";

bool state_load(struct state *state, bool *ret_other, struct failure *failure)
{
    *ret_other = false;
    state->place = (struct track_place){0, 0};
    FILE *file = state->path[0] != '\0' ? fopen(state->path, "re") : NULL;
    if (file == NULL)
        return true;
    char head[sizeof first_line] = "";
    char key[HASH_TEXT_SIZE] = "";
    char wanted[HASH_TEXT_SIZE];
    struct track_place place;
    hash_text(&state->key, wanted);
    bool whole = fgets(head, sizeof head, file) != NULL && strcmp(head, first_line) == 0 &&
                 fscanf(file, "key %64[0-9a-f]\noffset %" SCNu64 "\nline %" SCNu64 "\n", key,
                        &place.offset, &place.line) == 3;
    (void)fclose(file);
    if (!whole)
        return fail(failure, FAULT_USE, 0, "%s is no state of an import: remove it, or --restart",
                    state->path);
    *ret_other = strcmp(key, wanted) != 0;
    if (!*ret_other)
        state->place = place;
    return true;
}

bool state_save(const struct state *state, struct failure *failure)
{
    if (state->path[0] == '\0')
        return true;
    char path[STATE_PATH_MAX + 8];
    char key[HASH_TEXT_SIZE];
    hash_text(&state->key, key);
    (void)snprintf(path, sizeof path, "%s.new", state->path);
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return fail(failure, FAULT_IO, errno, "cannot write %s", path);
    (void)fprintf(file, "%skey %s\noffset %" PRIu64 "\nline %" PRIu64 "\n", first_line, key,
                  state->place.offset, state->place.line);
    bool good = fflush(file) == 0;
    good = fclose(file) == 0 && good && rename(path, state->path) == 0;
    return good || fail(failure, FAULT_IO, errno, "cannot write %s", state->path);
}

void state_remove(const struct state *state)
{
    if (state->path[0] != '\0')
        (void)unlink(state->path);
}
