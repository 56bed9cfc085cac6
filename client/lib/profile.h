#pragma once
/*
 * Inside client/lib: what the files of a profile say.
 */
#include "base/incarnation.h"
#include "lib/folder.h"
#include "net/tls.h"

/* Certificate and key; both empty when the profile is not enrolled. */
bool profile_identity(const char *folder, struct arena *arena, struct tls_identity *ret_identity,
                      struct failure *failure);
bool profile_identity_write(const char *folder, struct slice certificate, struct slice key,
                            struct failure *failure);
bool profile_config_write(const char *folder, const struct tefter_enrolment *enrolment,
                          struct failure *failure);

enum { PROFILE_TOKEN_MAX = 512 };

struct profile_token {
    uint8_t bytes[PROFILE_TOKEN_MAX];
    size_t size; /* 0: none */
    int64_t expires_ms;
};
/* The newest incarnation that this device has met; number 0: none yet. false: its file
 * is there and says nothing. */
bool profile_incarnation_read(const char *folder, struct incarnation *ret_incarnation);
bool profile_incarnation_write(const char *folder, const struct incarnation *incarnation,
                               struct failure *failure);
/* What the server gave this profile to show, so that a copy of it is told from the one that goes
 * on. Begins with a number that rises. */
enum { PROFILE_MARK_MAX = 64 };
struct profile_mark {
    uint8_t bytes[PROFILE_MARK_MAX];
    size_t size; /* 0: none was given yet */
};
void profile_mark_read(const char *folder, struct profile_mark *ret_mark);
/* Unless another process of this profile has kept a newer one. false: it could not be written. */
bool profile_mark_keep(const char *folder, struct slice mark);
bool profile_token_read(const char *folder, struct profile_token *ret_token,
                        struct failure *failure);
/* size 0 removes it. */
bool profile_token_write(const char *folder, const struct profile_token *token,
                         struct failure *failure);
