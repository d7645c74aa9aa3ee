/* The end of the fold: columns that turned out to hold no states are folded, then shapes are sorted and handed over. */
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "source/log/fold.h"
#include "source/log/fold_table.h"

/* Names of users, databases or applications in one sl_shape. */
#define SHOWN_NAMES 4

static bool slot_counts(const struct sl_fold *fold, const struct sl_fold_shape *shape, const struct sl_fold_slot *slot)
{
    return sl_fold_column_is_narrow(fold, slot->column_hash) &&
           sl_fold_base_is_narrow(fold, shape->key.base_hi, shape->key.base_lo);
}

/* The normalised bytes with the literals of the slots that count. */
static sl_str render(const struct sl_fold *fold, const struct sl_fold_shape *shape, struct sl_buf *out)
{
    sl_buf_reset(out);
    size_t from = 0;
    for (unsigned i = 0; i < shape->n_slots; i++) {
        const struct sl_fold_slot *slot = &shape->slots[i];
        if (slot->off >= shape->normalised.len || !slot_counts(fold, shape, slot))
            continue;
        sl_buf_add(out, sl_str_slice(shape->normalised, from, slot->off - from));
        sl_buf_add(out, slot->literal);
        from = slot->off + 1;
    }
    sl_buf_add(out, sl_str_slice(shape->normalised, from, shape->normalised.len));
    return sl_buf_str(out);
}

static void merge_names(uint16_t *into, const uint16_t *from)
{
    for (int i = 0; i < SL_FOLD_NAMES && from[i]; i++) {
        int j = 0;
        while (j < SL_FOLD_NAMES && into[j] && into[j] != from[i])
            j++;
        if (j < SL_FOLD_NAMES)
            into[j] = from[i];
    }
}

/* `later` was first seen behind `into`. */
static void merge_shape(struct sl_fold_shape *into, const struct sl_fold_shape *later)
{
    into->calls += later->calls;
    into->failed += later->failed;
    into->total_us += later->total_us;
    into->has_duration |= later->has_duration;
    into->rows_sent += later->rows_sent;
    into->rows_examined += later->rows_examined;
    into->rows_affected += later->rows_affected;
    into->flags |= later->flags;
    if (later->first_us && (into->first_us == 0 || later->first_us < into->first_us))
        into->first_us = later->first_us;
    if (later->last_us > into->last_us)
        into->last_us = later->last_us;
    if (into->location == 0)
        into->location = later->location;
    if (into->log_location == 0)
        into->log_location = later->log_location;
    merge_names(into->users, later->users);
    merge_names(into->databases, later->databases);
    merge_names(into->applications, later->applications);
    merge_names(into->tag_applications, later->tag_applications);
}

/* Adds the parts of `names` (a, b, c) that *list does not hold yet, up to SHOWN_NAMES. */
static void add_names(struct sl_buf *list, unsigned *n, sl_str names)
{
    while (names.len && *n < SHOWN_NAMES) {
        size_t comma = sl_str_find(names, SL_STR(", "));
        sl_str name = sl_str_slice(names, 0, comma);
        names = comma == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(names, comma + 2, names.len);
        sl_str rest = {list->bytes, list->len};
        bool is_known = name.len == 0;
        while (rest.len && !is_known) {
            size_t end = sl_str_find(rest, SL_STR(", "));
            is_known = sl_str_eq(sl_str_slice(rest, 0, end), name);
            rest = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(rest, end + 2, rest.len);
        }
        if (is_known)
            continue;
        if (list->len)
            sl_buf_add(list, SL_STR(", "));
        sl_buf_add(list, name);
        ++*n;
    }
}

static sl_str names_of(const uint16_t *numbers, const struct sl_log_names *names, const uint16_t *more,
                       const struct sl_log_names *more_names, struct sl_arena *arena)
{
    struct sl_buf list = {0};
    unsigned n = 0;
    for (int i = 0; more && i < SL_FOLD_NAMES && more[i]; i++)
        add_names(&list, &n, sl_log_names_text(more_names, more[i]));
    for (int i = 0; i < SL_FOLD_NAMES && numbers[i]; i++)
        add_names(&list, &n, sl_log_names_text(names, numbers[i]));
    sl_str joined = sl_arena_copy(arena, (sl_str){list.bytes ? list.bytes : "", list.len});
    sl_buf_release(&list);
    return joined;
}

static void hand_over(struct sl_fold *fold, const struct sl_fold_shape *from, const struct sl_log_names *names,
                      const sl_str *paths, struct sl_digest *digest, struct sl_shape *to)
{
    struct sl_arena *arena = &digest->arena;
    sl_str location = sl_log_names_text(&fold->locations, from->location);
    if (location.len == 0)
        location = sl_log_names_text(names, from->log_location);
    XXH128_hash_t hash = XXH3_128bits(from->normalised.ptr, from->normalised.len);
    *to = (struct sl_shape){
        .hash_hi = hash.high64,
        .hash_lo = hash.low64,
        .dialect = (enum sl_dialect)from->dialect,
        .sample = from->sample,
        .normalised = from->normalised,
        .calls = from->calls,
        .failed = from->failed,
        .total_us = from->total_us,
        .has_duration = from->has_duration,
        .rows_sent = from->rows_sent,
        .rows_examined = from->rows_examined,
        .rows_affected = from->rows_affected,
        .first_seen_us = from->first_us,
        .last_seen_us = from->last_us,
        .users = names_of(from->users, names, NULL, NULL, arena),
        .databases = names_of(from->databases, names, NULL, NULL, arena),
        .applications = names_of(from->applications, names, from->tag_applications, &fold->locations, arena),
        .app_location = sl_arena_copy(arena, location),
        .path = sl_arena_copy(arena, paths[from->path]),
        .line = from->line,
        .col = from->col,
        .layout = from->layout,
        .byte_off = from->off,
        .is_truncated = from->flags & SL_LOG_TRUNCATED,
        .is_normalised = from->flags & SL_LOG_NORMALISED,
        .is_sampled = from->flags & SL_LOG_SAMPLED,
        .is_ambiguous = from->flags & SL_LOG_AMBIGUOUS,
    };
}

static int worst_first(const void *left, const void *right)
{
    const struct sl_shape *a = left, *b = right;
    if (a->total_us != b->total_us)
        return a->total_us > b->total_us ? -1 : 1;
    if (a->calls != b->calls)
        return a->calls > b->calls ? -1 : 1;
    int order = sl_str_cmp(a->normalised, b->normalised);
    if (order != 0)
        return order;
    return (a->dialect > b->dialect) - (a->dialect < b->dialect);
}

/* Merges shapes whose normalised bytes have become equal: into the one that was seen first. */
static size_t merge_shapes(struct sl_fold *fold, struct sl_arena *arena)
{
    size_t size = 1024;
    while (size < fold->n_shapes * 2)
        size *= 2;
    uint32_t *index = calloc(size, sizeof *index);
    if (!index)
        sl_out_of_memory();
    struct sl_buf scratch = {0};
    size_t n = 0;
    for (size_t i = 0; i < fold->n_shapes; i++) {
        struct sl_fold_shape *shape = &fold->shapes[i];
        sl_str normalised = render(fold, shape, &scratch);
        size_t slot = XXH3_64bits_withSeed(normalised.ptr, normalised.len, shape->dialect) & (size - 1);
        while (index[slot] && (!sl_str_eq(fold->shapes[index[slot] - 1].normalised, normalised) ||
                               fold->shapes[index[slot] - 1].dialect != shape->dialect))
            slot = (slot + 1) & (size - 1);
        if (index[slot]) {
            merge_shape(&fold->shapes[index[slot] - 1], shape);
            continue;
        }
        if (shape->n_slots)
            shape->normalised = sl_arena_copy(arena, normalised);
        fold->shapes[n] = *shape;
        index[slot] = (uint32_t)++n;
    }
    sl_buf_release(&scratch);
    free(index);
    return n;
}

void sl_fold_finish(struct sl_fold *fold, const struct sl_log_names *names, const sl_str *paths,
                    struct sl_digest *digest)
{
    digest->arena = fold->arena; /* with the samples and normalised texts: they are not copied */
    sl_arena_init(&fold->arena);
    fold->n_shapes = merge_shapes(fold, &digest->arena);
    digest->shapes = SL_NEW_ARRAY(&digest->arena, fold->n_shapes + 1, struct sl_shape);
    for (size_t i = 0; i < fold->n_shapes; i++) {
        const struct sl_fold_shape *shape = &fold->shapes[i];
        if (shape->calls || shape->failed) /* a plan that was taken back leaves nothing */
            hand_over(fold, shape, names, paths, digest, &digest->shapes[digest->n_shapes++]);
    }
    qsort(digest->shapes, digest->n_shapes, sizeof *digest->shapes, worst_first);
}
