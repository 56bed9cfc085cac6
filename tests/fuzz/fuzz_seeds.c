/*
 * Writes a seed corpus: random good messages of every root, as bytes, as frames and as JSON.
 *
 *   fuzz_seeds DIR      DIR/fuzz_frame, DIR/fuzz_message, DIR/fuzz_json
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/fault.h"
#include "fuzz/roots.h"
#include "wire/frame.h"
#include "wire/random_message.h"

enum { SEEDS_EACH = 25 };

static void folder(const char *path)
{
    need(mkdir(path, 0777) == 0 || errno == EEXIST);
}

static void write_seed(const char *where, const char *fuzzer, unsigned number, uint8_t first,
                       struct slice bytes)
{
    char path[500];
    snprintf(path, sizeof(path), "%s/%s", where, fuzzer);
    folder(path);
    snprintf(path, sizeof(path), "%s/%s/seed-%03u", where, fuzzer, number);
    FILE *file = fopen(path, "wb");
    need(file != NULL);
    fputc(first, file);
    fwrite(bytes.data, 1, bytes.size, file);
    need(fclose(file) == 0);
}

static void write_seeds(const char *where, unsigned number, struct prng *prng)
{
    struct arena arena;
    struct buffer out;
    uint8_t root = (uint8_t)(number % FUZZ_ROOTS);
    arena_init(&arena, 1 << 22);
    buffer_init(&out, 1 << 22);
    ProtobufCMessage *message = random_message(fuzz_roots[root], prng, &arena);
    struct slice packed = message_pack(message, &arena);
    write_seed(where, "fuzz_message", number, root, packed);
    need(message_to_json(message, &out));
    write_seed(where, "fuzz_json", number, root, buffer_slice(&out));
    buffer_clear(&out);
    for (int i = 0; i < 3; i++)
        frame_put(&out, packed);
    write_seed(where, "fuzz_frame", number, (uint8_t)number, buffer_slice(&out));
    buffer_fini(&out);
    arena_fini(&arena);
}

int main(int count, char **words)
{
    struct prng prng = {11};
    if (count != 2) {
        fprintf(stderr, "usage: fuzz_seeds DIR\n");
        return 2;
    }
    folder(words[1]);
    for (unsigned i = 0; i < SEEDS_EACH * FUZZ_ROOTS; i++)
        write_seeds(words[1], i, &prng);
    return 0;
}
