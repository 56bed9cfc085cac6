/* camt: elements of a statement; the first byte chooses the size of pieces too. */
#include "fuzz/bank.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_bank("<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08\">"
                     "<BkToCstmrStmt><Stmt>",
                     data, size);
}
