/*
 * fuzz_input: the first byte of a fuzz input chooses dialect and mode, the rest is the text.
 */
#ifndef SL_TESTS_FUZZ_INPUT_H
#define SL_TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "sql/dialect.h"

/* A property of sql/ that must hold for every input. */
#define FUZZ_HOLDS(condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition))                                                                                              \
            abort();                                                                                                   \
    } while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline struct sl_sql_mode fuzz_mode(uint8_t byte)
{
    return (struct sl_sql_mode){.dialect = (enum sl_dialect)(byte % 3),
                                .ansi_quotes = byte & 0x10,
                                .pipes_as_concat = byte & 0x20,
                                .no_backslash_escapes = byte & 0x40,
                                .mariadb = byte & 0x80};
}

#endif
