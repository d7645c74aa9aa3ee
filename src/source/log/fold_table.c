#include "source/log/fold_table.h"

#include <stdlib.h>

#define N_SESSION_PROBES 4

static void grow_index(struct sl_fold *fold)
{
    size_t size = fold->index_size ? fold->index_size * 2 : 1024;
    free(fold->index);
    fold->index = calloc(size, sizeof *fold->index);
    if (!fold->index)
        sl_out_of_memory();
    fold->index_size = size;
    for (size_t i = 0; i < fold->n_shapes; i++) {
        size_t slot = fold->shapes[i].key.lo & (size - 1);
        while (fold->index[slot])
            slot = (slot + 1) & (size - 1);
        fold->index[slot] = (uint32_t)i + 1;
    }
}

struct sl_fold_shape *sl_fold_table_add(struct sl_fold *fold, struct sl_fold_key key, bool *is_new)
{
    if (fold->n_shapes * 2 >= fold->index_size)
        grow_index(fold);
    size_t mask = fold->index_size - 1, slot = key.lo & mask;
    while (fold->index[slot]) {
        struct sl_fold_shape *shape = &fold->shapes[fold->index[slot] - 1];
        if (shape->key.lo == key.lo && shape->key.hi == key.hi)
            return shape;
        slot = (slot + 1) & mask;
    }
    if (fold->n_shapes == SL_FOLD_MAX_SHAPES || fold->text_bytes > SL_FOLD_TEXT_TOTAL)
        return NULL;
    fold->shapes = sl_log_grow(fold->shapes, fold->n_shapes + 1, &fold->cap_shapes, sizeof *fold->shapes);
    struct sl_fold_shape *shape = &fold->shapes[fold->n_shapes++];
    *shape = (struct sl_fold_shape){.key = key};
    fold->index[slot] = (uint32_t)fold->n_shapes;
    *is_new = true;
    return shape;
}

struct sl_fold_session *sl_fold_session_of(struct sl_fold *fold, uint64_t id)
{
    if (id == 0)
        return NULL;
    size_t slot = (id * 0x9E3779B97F4A7C15ull >> 32) & (SL_FOLD_SESSIONS - 1);
    for (int i = 0; i < N_SESSION_PROBES; i++) {
        struct sl_fold_session *session = &fold->sessions[(slot + (size_t)i) & (SL_FOLD_SESSIONS - 1)];
        if (session->id == id)
            return session;
        if (session->id == 0) {
            session->id = id;
            return session;
        }
    }
    struct sl_fold_session *session = &fold->sessions[slot];
    *session = (struct sl_fold_session){.id = id};
    return session;
}

/* NULL if the table is full and does not know the column. */
static struct sl_fold_column *column_of(const struct sl_fold *fold, uint64_t hash)
{
    size_t slot = hash & (SL_FOLD_COLUMNS - 1);
    for (int i = 0; i < 64; i++) {
        struct sl_fold_column *column = &fold->columns[(slot + (size_t)i) & (SL_FOLD_COLUMNS - 1)];
        if (column->hash == hash || column->hash == 0)
            return column;
    }
    return NULL;
}

bool sl_fold_column_is_narrow(const struct sl_fold *fold, uint64_t hash)
{
    hash |= hash == 0;
    const struct sl_fold_column *column = column_of(fold, hash);
    return column && column->n_values <= SL_FOLD_COLUMN_VALUES;
}

/* Counts the value; false when the column has too many. */
static bool add_value(struct sl_fold *fold, uint64_t hash, uint64_t value)
{
    hash |= hash == 0; /* 0 marks a free slot */
    struct sl_fold_column *column = column_of(fold, hash);
    if (!column || column->n_values > SL_FOLD_COLUMN_VALUES)
        return false;
    column->hash = hash;
    for (uint32_t i = 0; i < column->n_values; i++) {
        if (column->values[i] == value)
            return true;
    }
    if (column->n_values < SL_FOLD_COLUMN_VALUES)
        column->values[column->n_values] = value;
    column->n_values++;
    return column->n_values <= SL_FOLD_COLUMN_VALUES;
}

/* Open addressing over bases, sorted by nothing: found by their low hash. */
static struct sl_fold_base *base_slot(const struct sl_fold *fold, uint64_t hi, uint64_t lo)
{
    if (fold->cap_bases == 0)
        return NULL;
    size_t mask = fold->cap_bases - 1, slot = lo & mask;
    while (fold->bases[slot].n_variants && (fold->bases[slot].lo != lo || fold->bases[slot].hi != hi))
        slot = (slot + 1) & mask;
    return &fold->bases[slot];
}

static void grow_bases(struct sl_fold *fold)
{
    struct sl_fold_base *old = fold->bases;
    size_t old_cap = fold->cap_bases;
    fold->cap_bases = old_cap ? old_cap * 2 : 256;
    fold->bases = calloc(fold->cap_bases, sizeof *fold->bases);
    if (!fold->bases)
        sl_out_of_memory();
    for (size_t i = 0; i < old_cap; i++) {
        if (old[i].n_variants)
            *base_slot(fold, old[i].hi, old[i].lo) = old[i];
    }
    free(old);
}

bool sl_fold_base_is_narrow(const struct sl_fold *fold, uint64_t hi, uint64_t lo)
{
    const struct sl_fold_base *base = base_slot(fold, hi, lo);
    return !base || base->n_variants <= SL_FOLD_VARIANTS;
}

static bool knows_shape(const struct sl_fold *fold, struct sl_fold_key key)
{
    if (fold->index_size == 0)
        return false;
    size_t mask = fold->index_size - 1, slot = key.lo & mask;
    while (fold->index[slot]) {
        const struct sl_fold_shape *shape = &fold->shapes[fold->index[slot] - 1];
        if (shape->key.lo == key.lo && shape->key.hi == key.hi)
            return true;
        slot = (slot + 1) & mask;
    }
    return false;
}

/* Counts one more variant of a folded statement; false when it has too many. */
static bool add_variant(struct sl_fold *fold, uint64_t hi, uint64_t lo)
{
    if (fold->n_bases * 2 >= fold->cap_bases)
        grow_bases(fold);
    struct sl_fold_base *base = base_slot(fold, hi, lo);
    if (base->n_variants == 0) {
        base->hi = hi;
        base->lo = lo;
        fold->n_bases++;
    }
    if (base->n_variants <= SL_FOLD_VARIANTS)
        base->n_variants++;
    return base->n_variants <= SL_FOLD_VARIANTS;
}

struct sl_fold_key sl_fold_key_of(struct sl_fold *fold, const struct sl_log_piece *piece,
                                  const struct sl_log_slot *slots, uint8_t dialect)
{
    uint64_t mix = (uint64_t)dialect * 0x9E3779B97F4A7C15ull;
    struct sl_fold_key key = {piece->hash_hi, piece->hash_lo ^ mix, piece->hash_hi, piece->hash_lo ^ mix};
    if (piece->n_slots == 0 || !sl_fold_base_is_narrow(fold, key.base_hi, key.base_lo))
        return key;
    for (unsigned i = 0; i < piece->n_slots; i++) {
        if (!add_value(fold, slots[i].column_hash, slots[i].value_hash))
            continue;
        key.lo = (key.lo ^ slots[i].value_hash) * 0x9FB21C651E98DF25ull + i;
        key.hi = (key.hi ^ (key.lo >> 29)) * 0x9E3779B97F4A7C15ull;
    }
    if (!knows_shape(fold, key) && !add_variant(fold, key.base_hi, key.base_lo)) {
        key.hi = key.base_hi;
        key.lo = key.base_lo;
    }
    return key;
}
