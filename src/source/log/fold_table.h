/*
 * fold_table: the tables behind fold: shapes by key, state columns by name, sessions.
 */
#ifndef SL_SOURCE_LOG_FOLD_TABLE_H
#define SL_SOURCE_LOG_FOLD_TABLE_H

#include "source/log/fold.h"

struct sl_fold_slot {
    uint32_t off; /* of its "?" in the folded normalised bytes */
    uint64_t column_hash, value_hash;
    sl_str literal;
};

struct sl_fold_key {
    uint64_t hi, lo;           /* of the folded bytes and the values of the slots that count */
    uint64_t base_hi, base_lo; /* of the folded bytes */
};

struct sl_fold_shape {
    struct sl_fold_key key;
    sl_str sample, normalised;
    struct sl_fold_slot *slots;
    uint16_t n_slots;
    uint16_t users[SL_FOLD_NAMES], databases[SL_FOLD_NAMES], applications[SL_FOLD_NAMES];
    uint16_t tag_applications[SL_FOLD_NAMES]; /* these two: numbers of fold->locations */
    uint16_t location;
    uint16_t log_location;
    uint16_t path;
    uint8_t dialect, layout;
    bool has_duration;
    uint32_t flags;
    uint32_t line, col;
    uint64_t off;
    uint64_t tags_hash;
    uint64_t calls, failed, total_us, rows_sent, rows_examined, rows_affected;
    int64_t first_us, last_us;
};

/* How many values one column was compared with. */
struct sl_fold_column {
    uint64_t hash; /* 0: free */
    uint32_t n_values;
    uint64_t values[SL_FOLD_COLUMN_VALUES];
};

/* One folded statement with state literals, and how many variants of it are told apart. */
struct sl_fold_base {
    uint64_t hi, lo;
    uint32_t n_variants;
};

/* Statements of one packet that are remembered. */
#define SL_FOLD_PACKET 16

enum sl_fold_last { SL_FOLD_NOTHING, SL_FOLD_OWN, SL_FOLD_COPY };

/* What a session logged last: the text itself (own), or a copy of it that counts until the text itself turns up. */
struct sl_fold_session {
    uint64_t id;
    uint64_t hash_lo;                /* of its last text */
    uint64_t cursor_hash;            /* of the text that declared a cursor: its plan comes when it closes */
    uint64_t copy_us;                /* that the copy added to each of its shapes */
    uint32_t shapes[SL_FOLD_PACKET]; /* of the text's statements */
    uint16_t n_shapes;
    uint8_t last; /* enum sl_fold_last */
    uint8_t n_copies[2];
    bool awaits_duration; /* or its failure */
    bool awaits_plan;     /* of a portal, which ends behind the line of its execution */
    bool is_open;         /* what follows up to the next text is part of it */
    bool is_by_name;      /* its last text is what an EXECUTE stood for */
};

/* The key under the column and variant limits, as far as the log was read. Counts new values. */
struct sl_fold_key sl_fold_key_of(struct sl_fold *fold, const struct sl_log_piece *piece,
                                  const struct sl_log_slot *slots, uint8_t dialect);
/* The shape with this key; made if there is room, NULL if not. The pointer is valid until the next call. */
struct sl_fold_shape *sl_fold_table_add(struct sl_fold *fold, struct sl_fold_key key, bool *is_new);
/* NULL if `id` is 0. A new session takes the place of an old one with the same slot. */
struct sl_fold_session *sl_fold_session_of(struct sl_fold *fold, uint64_t id);
/* Whether the column's values still tell shapes apart. Changes nothing. */
bool sl_fold_column_is_narrow(const struct sl_fold *fold, uint64_t hash);
bool sl_fold_base_is_narrow(const struct sl_fold *fold, uint64_t hi, uint64_t lo);

#endif
