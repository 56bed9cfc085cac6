#pragma once
/*
 * Chinese characters as people search them: 陳 and 陈 are one.
 */
#include <stdbool.h>
#include <stdint.h>

/* The simplified form of a traditional character; any other is itself. */
uint32_t han_simplified(uint32_t point);
