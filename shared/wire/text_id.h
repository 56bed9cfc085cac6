#pragma once
/*
 * Names the words of a Text, where they lie in the vault: Text.id, as the journal and the ledger's
 * records have it.
 */
#include <stdint.h>

enum { TEXT_ID_SIZE = 18 };

struct text_id {
    uint8_t bytes[TEXT_ID_SIZE];
};
