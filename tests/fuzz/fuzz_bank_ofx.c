/* OFX: what stands within it; the first byte chooses the size of pieces too. */
#include "fuzz/bank.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_bank("<OFX>", data, size);
}
