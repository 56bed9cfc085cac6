/*
 * Browsers: devices that have a key instead of a certificate. Whoever shows a key signs what this
 * connection was challenged with, so nothing that was heard elsewhere serves:
 *
 *   text, NUL, then each with its length before it: nonce, ledger, origin
 *                                    and to enrol: key, code; to found a ledger: key, secret
 *
 * The origin is that of the page which signs. One that is not ours is another's page, on which
 * somebody was led to use their browser.
 */
#include <stdlib.h>

#include "access/inside.h"
#include "net/browser_key.h"

#define HELLO_TEXT "tefter browser hello 1"
#define ENROL_TEXT "tefter browser enrol 1"
#define FOUND_TEXT "tefter browser found 1"

enum { SIGNED_MAX = FRAME_BEFORE_LOGIN_MAX + 256 };

/* ---- what is signed ---- */

struct signed_text {
    uint8_t bytes[SIGNED_MAX];
    size_t size; /* over SIGNED_MAX: it did not fit */
};

static void add(struct signed_text *text, struct slice bytes)
{
    if (text->size + bytes.size <= sizeof text->bytes && bytes.size > 0)
        memcpy(text->bytes + text->size, bytes.data, bytes.size);
    text->size += bytes.size;
}

static void add_part(struct signed_text *text, struct slice part)
{
    uint8_t size[4];
    be32_put(size, (uint32_t)part.size);
    add(text, slice_of(size, sizeof size));
    add(text, part);
}

/* `head` with its NUL. */
static void begin(struct signed_text *text, struct slice head,
                  const struct access_challenge *challenge, const char *origin)
{
    text->size = 0;
    add(text, head);
    add_part(text, challenge->nonce);
    add_part(text, challenge->ledger);
    add_part(text, slice_text(origin));
}

static bool is_signed(const struct signed_text *text, struct slice key,
                      ProtobufCBinaryData signature)
{
    return text->size <= sizeof text->bytes &&
           browser_key_signed(key, slice_of(text->bytes, text->size),
                              slice_of(signature.data, signature.len));
}

bool browser_hello_signed(const struct access_challenge *challenge,
                          const Tefter__BrowserProof *proof, struct slice key)
{
    struct signed_text text;
    begin(&text, slice_of(HELLO_TEXT, sizeof HELLO_TEXT), challenge, proof->origin);
    return is_signed(&text, key, proof->signature);
}

bool browser_enrol_signed(const struct access_challenge *challenge,
                          const Tefter__EnrolBrowser *enrol)
{
    struct signed_text text;
    struct slice key = slice_of(enrol->key.data, enrol->key.len);
    begin(&text, slice_of(ENROL_TEXT, sizeof ENROL_TEXT), challenge, enrol->origin);
    add_part(&text, key);
    add_part(&text, slice_text(enrol->code));
    return is_signed(&text, key, enrol->signature);
}

bool access_founder_signed(const struct access_challenge *challenge,
                           const Tefter__FoundCompany *found)
{
    struct signed_text text;
    struct slice key = slice_of(found->key.data, found->key.len);
    begin(&text, slice_of(FOUND_TEXT, sizeof FOUND_TEXT), challenge, found->origin);
    add_part(&text, key);
    add_part(&text, slice_text(found->secret));
    return browser_key_good(key) && is_signed(&text, key, found->signature);
}

/* ---- origins ---- */

static bool has_word(const char *words, const char *word)
{
    size_t size = strlen(word);
    for (const char *at = words; *(at += strspn(at, " ")) != '\0';) {
        size_t length = strcspn(at, " ");
        if (length == size && memcmp(at, word, size) == 0)
            return true;
        at += length;
    }
    return false;
}

/* "" or ":8443" */
static bool is_port(const char *text)
{
    return *text == '\0' || (*text == ':' && text[1] != '\0' && strlen(text) <= 6 &&
                             text[1 + strspn(text + 1, "0123456789")] == '\0');
}

/* A page of this machine's own, which is one for developers and for a shop's only computer. */
static bool is_loopback(const char *origin)
{
    static const char *const hosts[] = {"http://127.0.0.1", "http://localhost", "http://[::1]"};
    for (size_t i = 0; i < sizeof hosts / sizeof hosts[0]; i++) {
        size_t size = strlen(hosts[i]);
        if (strncmp(origin, hosts[i], size) == 0 && is_port(origin + size))
            return true;
    }
    return false;
}

bool access_origin_ours(const char *const *origins, size_t count, const char *origin)
{
    if (origin[0] == '\0' || strchr(origin, ' ') != NULL)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (has_word(origins[i], origin))
            return true;
    }
    return count == 0 && is_loopback(origin);
}

bool browser_origin_ours(const struct access *access, const char *origin)
{
    return access_origin_ours(access->options.origins, access->options.origin_count, origin);
}

/* ---- who it is ---- */

static Tefter__RefusalCode judge(struct access *access, struct principal *who,
                                 const struct access_challenge *challenge,
                                 const Tefter__BrowserProof *proof,
                                 const Tefter__TerminalRecord *record)
{
    if (!browser_origin_ours(access, proof->origin))
        return TEFTER__REFUSAL_CODE__ORIGIN_NOT_OURS;
    if (record == NULL || !record->has_key)
        return TEFTER__REFUSAL_CODE__TERMINAL_UNKNOWN;
    struct slice key = slice_of(record->key.data, record->key.len);
    if (!browser_hello_signed(challenge, proof, key))
        return TEFTER__REFUSAL_CODE__PROOF_WRONG;
    hash_of(key.data, key.size, &who->proof);
    return 0;
}

static const char *event_of(Tefter__RefusalCode code)
{
    if (code == TEFTER__REFUSAL_CODE__ORIGIN_NOT_OURS)
        return "origin_wrong";
    return code == TEFTER__REFUSAL_CODE__PROOF_WRONG ? "proof_wrong" : "terminal_unknown";
}

/* Whoever guesses wrong waits longer each time; a right one was not asked to. */
static Tefter__RefusalCode charge(struct access *access, const struct principal *who,
                                  uint32_t terminal, Tefter__RefusalCode code,
                                  uint32_t *ret_retry_ms)
{
    uint64_t key;
    *ret_retry_ms = enrol_wait(access, who, &key);
    if (*ret_retry_ms > 0)
        return TEFTER__REFUSAL_CODE__LOGIN_THROTTLED;
    throttle_charge(access->throttle, THROTTLE_ADDRESS, key, access_clock_ms(access));
    access_note(access, who,
                &(struct note){.event = event_of(code), .device = terminal, .noisy = true});
    return code;
}

Tefter__RefusalCode access_identify_browser(struct access *access, struct principal *who,
                                            const struct access_challenge *challenge,
                                            const Tefter__BrowserProof *proof,
                                            uint32_t *ret_retry_ms)
{
    arena_reset(&access->arena);
    struct ledger_view *view = access_view(access);
    *ret_retry_ms = ACCESS_RETRY_MS;
    if (view == NULL)
        return TEFTER__REFUSAL_CODE__BUSY;
    const Tefter__TerminalRecord *record =
        proof->terminal == 0 ? NULL : ledger_view_terminal(view, proof->terminal);
    Tefter__RefusalCode code = judge(access, who, challenge, proof, record);
    if (code != 0) {
        code = charge(access, who, proof->terminal, code, ret_retry_ms);
    } else {
        who->device = proof->terminal;
        code = access_recheck_device(access, who, record);
    }
    access_view_end(view);
    return code;
}
