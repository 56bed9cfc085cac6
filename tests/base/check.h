#pragma once
/*
 * What every test includes first: cmocka with the headers it wants before it, and without its
 * macro `fail`, which is a function of ours (base/fault.h); fail_msg stays.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#undef fail
#undef fail_msg
#define fail_msg(...)                                                                              \
    (print_error("ERROR: " __VA_ARGS__), print_error("\n"), _fail(__FILE__, __LINE__))
