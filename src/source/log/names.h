/*
 * names: users, databases, applications and source locations as small numbers.
 *
 * A log repeats a few names millions of times. Number 0 is "unknown"; when SL_LOG_MAX_NAMES are known, further ones
 * answer 0. Only the thread that reads adds names; numbers follow the order of the log.
 */
#ifndef SL_SOURCE_LOG_NAMES_H
#define SL_SOURCE_LOG_NAMES_H

#include "base/arena.h"

#define SL_LOG_MAX_NAMES 20000
#define SL_LOG_NAME_BYTES 200

struct sl_log_names {
    struct sl_arena arena;
    sl_str *items; /* [0] is the empty name */
    uint16_t *slots;
    size_t len;
    uint16_t recent[16]; /* last answers, by length and last byte: logs repeat themselves */
};

void sl_log_names_init(struct sl_log_names *names);
void sl_log_names_release(struct sl_log_names *names);
uint16_t sl_log_names_add(struct sl_log_names *names, sl_str name);
sl_str sl_log_names_text(const struct sl_log_names *names, uint16_t number);

#endif
