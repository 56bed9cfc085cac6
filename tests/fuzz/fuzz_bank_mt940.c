/* MT940: lines of a message; the first byte chooses the size of pieces too. */
#include "fuzz/bank.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_bank(":20:S\n", data, size);
}
