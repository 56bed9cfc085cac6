#pragma once
/*
 * What travels and what is stored: the types that the fuzzers choose from by one byte of their
 * input.
 */
#include "proto/command.pb-c.h"
#include "proto/record.pb-c.h"
#include "proto/view.pb-c.h"
#include "proto/wire.pb-c.h"

static const ProtobufCMessageDescriptor *const fuzz_roots[] = {
    &tefter__from_terminal__descriptor, &tefter__to_terminal__descriptor,
    &tefter__command__descriptor,       &tefter__query__descriptor,
    &tefter__answer__descriptor,        &tefter__reply__descriptor,
    &tefter__entry__descriptor,         &tefter__document_record__descriptor,
};
enum { FUZZ_ROOTS = sizeof(fuzz_roots) / sizeof(fuzz_roots[0]) };
