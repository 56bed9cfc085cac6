#pragma once
/*
 * The owner's backup key: a public half, which the server has and encrypts with, and a secret half
 * under a passphrase, kept elsewhere, as a file or on paper. Both are files of text.
 */
#include "base/seal.h"
#include "settings/settings.h"

#include "admin/manifest.h"

bool backup_key_public(const char *path, struct seal_public *ret_key, struct failure *failure);
/* Asks for the passphrase, or reads settings->passphrase_file. FAULT_DENIED: it is another. */
bool backup_key_secret(const struct settings *settings, struct seal_pair *ret_pair,
                       struct failure *failure);

/* Every part of the backup `from` (plain, its manifest collected) sealed to `to`, a new folder; the
 * parts of the manifest become those there. A part of the journal that `earlier` (NULL: none) has
 * already is linked. */
bool backup_seal(const char *from, const char *to, const char *earlier,
                 const struct seal_public *key, struct manifest *manifest, struct failure *failure);
/* The reverse; `to` NULL: only looks whether every part opens and is what was sealed. FAULT_DENIED:
 * it is sealed to another key. */
bool backup_unseal(const char *from, const char *to, const struct seal_pair *pair,
                   const struct manifest *manifest, struct failure *failure);
