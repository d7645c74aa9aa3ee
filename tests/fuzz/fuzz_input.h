/*
 * fuzz_input: the first byte of a fuzz input chooses dialect and mode, the rest is the text.
 */
#ifndef SL_TESTS_FUZZ_INPUT_H
#define SL_TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
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

struct fuzz_input {
    struct sl_sql_mode mode;
    sl_str text;
    struct sl_arena arena;
};

/* Answers false where there is not even a first byte. */
static inline bool fuzz_input_open(struct fuzz_input *input, const uint8_t *data, size_t size)
{
    if (size == 0)
        return false;
    input->mode = fuzz_mode(data[0]);
    input->text = (sl_str){(const char *)data + 1, size - 1};
    sl_arena_init(&input->arena);
    return true;
}

#endif
