#include "source/log/fold.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "source/log/fold_table.h"
#include "source/log/place.h"
#include "source/log/redact.h"
#include "source/log/tags.h"
#include "source/log/text.h"

void sl_fold_init(struct sl_fold *fold)
{
    *fold = (struct sl_fold){0};
    sl_arena_init(&fold->arena);
    sl_log_names_init(&fold->locations);
    fold->columns = calloc(SL_FOLD_COLUMNS, sizeof *fold->columns);
    fold->sessions = calloc(SL_FOLD_SESSIONS, sizeof *fold->sessions);
    if (!fold->columns || !fold->sessions)
        sl_out_of_memory();
}

void sl_fold_release(struct sl_fold *fold)
{
    sl_shape_scan_release(&fold->scan);
    sl_buf_release(&fold->decoded);
    sl_buf_release(&fold->reduced);
    sl_buf_release(&fold->tags);
    sl_log_names_release(&fold->locations);
    free(fold->shapes);
    free(fold->index);
    free(fold->bases);
    free(fold->columns);
    free(fold->sessions);
    sl_arena_release(&fold->arena);
}

static void add_name(uint16_t *names, uint16_t name)
{
    if (name == 0)
        return;
    for (int i = 0; i < SL_FOLD_NAMES; i++) {
        if (names[i] == name)
            return;
        if (names[i] == 0) {
            names[i] = name;
            return;
        }
    }
}

static void widen_seen(struct sl_fold_shape *shape, int64_t first_us, int64_t last_us)
{
    if (first_us && (shape->first_us == 0 || first_us < shape->first_us))
        shape->first_us = first_us;
    if (last_us == 0)
        last_us = first_us;
    if (last_us > shape->last_us)
        shape->last_us = last_us;
}

/* Reads the tags of a piece, unless the shape has just seen the same ones. */
static void add_tags(struct sl_fold *fold, struct sl_fold_shape *shape, sl_str comment)
{
    if (comment.len == 0)
        return;
    uint64_t hash = XXH3_64bits(comment.ptr, comment.len);
    if (hash == shape->tags_hash)
        return;
    shape->tags_hash = hash;
    struct sl_tags tags;
    if (!sl_tags_read(comment, &fold->tags, &tags))
        return;
    if (tags.application.len)
        add_name(shape->tag_applications, sl_log_names_add(&fold->locations, tags.application));
    if (tags.location.len && shape->location == 0)
        shape->location = sl_log_names_add(&fold->locations, tags.location);
}

/* The piece's bytes once more: the block holds them encoded. */
static sl_str piece_text(struct sl_fold *fold, const struct sl_log_record *record, const struct sl_log_piece *piece)
{
    sl_str raw = {record->text, record->len};
    sl_str text = sl_log_text_decode((enum sl_log_encoding)record->encoding, raw, &fold->decoded);
    return sl_str_slice(text, piece->off, piece->len);
}

/* The sample: without secrets, and where it is long with its lists and rows cut short. */
static sl_str keep_sample(struct sl_fold *fold, sl_str text, enum sl_dialect dialect, bool *is_cut)
{
    size_t cap = fold->sample_bytes < SL_FOLD_SAMPLE_TOTAL ? SL_FOLD_SAMPLE_BYTES : 512;
    sl_buf_reset(&fold->reduced);
    if (text.len > cap / 4) {
        sl_shape_shorten(text, dialect, &fold->reduced);
        sl_str shorter = sl_str_slice(sl_buf_str(&fold->reduced), 0, cap);
        *is_cut = fold->reduced.len > cap;
        sl_buf_reset(&fold->tags);
        sl_redact(shorter, dialect, &fold->tags);
    } else {
        *is_cut = false;
        sl_buf_reset(&fold->tags);
        sl_redact(text, dialect, &fold->tags);
    }
    sl_str sample = sl_arena_copy(&fold->arena, sl_str_trim(sl_buf_str(&fold->tags)));
    fold->sample_bytes += sample.len;
    fold->text_bytes += sample.len;
    return sample;
}

static size_t leading_space(sl_str text)
{
    size_t n = 0;
    while (n < text.len && sl_is_space(text.ptr[n]))
        n++;
    return n;
}

/* Fills a new shape from the text that made it. */
static void describe(struct sl_fold *fold, struct sl_fold_shape *shape, const struct sl_log_block *block,
                     const struct sl_log_record *record, const struct sl_log_piece *piece)
{
    sl_str text = piece_text(fold, record, piece);
    enum sl_dialect dialect = (enum sl_dialect)record->dialect;
    sl_shape_scan(&fold->scan, text, dialect, false);
    sl_str normalised = sl_str_slice(sl_buf_str(&fold->scan.normalised), 0, SL_FOLD_SAMPLE_BYTES);
    shape->normalised = sl_arena_copy(&fold->arena, normalised);
    fold->text_bytes += normalised.len;
    shape->n_slots = (uint16_t)fold->scan.n_slots;
    if (shape->n_slots)
        shape->slots = SL_NEW_ARRAY(&fold->arena, shape->n_slots, struct sl_fold_slot);
    for (unsigned i = 0; i < fold->scan.n_slots; i++) {
        const struct sl_shape_slot *slot = &fold->scan.slots[i];
        shape->slots[i] =
            (struct sl_fold_slot){.off = slot->off,
                                  .column_hash = slot->column_hash,
                                  .value_hash = slot->value_hash,
                                  .literal = sl_arena_copy(&fold->arena, (sl_str){slot->literal, slot->len})};
    }
    bool is_cut;
    shape->sample = keep_sample(fold, text, dialect, &is_cut);
    shape->flags = (is_cut || piece->is_unclosed ? SL_LOG_TRUNCATED : 0u);
    shape->dialect = record->dialect;
    shape->path = record->path;
    shape->layout = record->layout ? record->layout - 1 : record->encoding;
    sl_str before = {text.ptr - piece->off, piece->off + leading_space(text)};
    struct sl_position start = sl_log_place_start(block, record, before);
    shape->line = start.line;
    shape->col = start.col;
    shape->off = record->off;
}

static struct sl_fold_shape *shape_of(struct sl_fold *fold, const struct sl_log_block *block,
                                      const struct sl_log_record *record, const struct sl_log_piece *piece)
{
    const struct sl_log_slot *slots = piece->n_slots > 0 ? block->slots.items + piece->slots_from : NULL;
    struct sl_fold_key key = sl_fold_key_of(fold, piece, slots, record->dialect);
    bool is_new = false;
    struct sl_fold_shape *shape = sl_fold_table_add(fold, key, &is_new);
    if (is_new)
        describe(fold, shape, block, record, piece);
    return shape;
}

/* What one piece adds to its shape: a packet's time is shared out among its statements. */
static void add_sums(struct sl_fold_shape *shape, const struct sl_log_record *record)
{
    uint32_t n = record->n_pieces ? record->n_pieces : 1;
    shape->calls += record->calls;
    shape->failed += record->failed;
    shape->flags |= record->flags & (SL_LOG_TRUNCATED | SL_LOG_NORMALISED | SL_LOG_SAMPLED | SL_LOG_AMBIGUOUS);
    if (record->flags & SL_LOG_HAS_DURATION) {
        shape->has_duration = true;
        shape->total_us += record->duration_us / n * (record->flags & SL_LOG_ESTIMATED ? record->calls : 1);
    }
    shape->rows_sent += record->rows_sent / n;
    shape->rows_examined += record->rows_examined / n;
    shape->rows_affected += record->rows_affected / n;
    add_name(shape->users, record->user);
    add_name(shape->databases, record->database);
    add_name(shape->applications, record->application);
    if (record->location && shape->log_location == 0)
        shape->log_location = record->location;
    widen_seen(shape, record->first_us, record->last_us);
}

static void count_record(struct sl_fold *fold, const struct sl_log_record *record)
{
    struct sl_digest_counts *counts = &fold->counts;
    uint64_t n = record->flags & SL_LOG_COUNTS_PIECES ? record->n_pieces : 1;
    counts->statements += record->flags & SL_LOG_ESTIMATED ? n : n * record->calls;
    counts->failed += record->failed;
    counts->truncated += (record->flags & SL_LOG_TRUNCATED) != 0;
    counts->ambiguous += (record->flags & SL_LOG_AMBIGUOUS) != 0;
}

/* Adds every piece of the record. The session, which may be NULL, remembers their shapes. */
static void add_pieces(struct sl_fold *fold, const struct sl_log_block *block, const struct sl_log_record *record,
                       struct sl_fold_session *session)
{
    if (session)
        session->n_shapes = 0;
    for (uint32_t i = 0; i < record->n_pieces; i++) {
        const struct sl_log_piece *piece = &block->pieces.items[record->pieces_from + i];
        if (piece->is_blank) {
            fold->counts.empty++;
            continue;
        }
        struct sl_fold_shape *shape = shape_of(fold, block, record, piece);
        if (!shape) {
            fold->counts.shapes_dropped += record->calls;
            continue;
        }
        add_sums(shape, record);
        if (piece->tags_len > 0)
            add_tags(fold, shape, (sl_str){block->side.bytes + piece->tags_off, piece->tags_len});
        if (session && session->n_shapes < SL_FOLD_PACKET)
            session->shapes[session->n_shapes++] = (uint32_t)(shape - fold->shapes);
    }
}

static uint64_t text_hash(const struct sl_log_block *block, const struct sl_log_record *record)
{
    return record->n_pieces ? block->pieces.items[record->pieces_from].hash_lo : 0;
}

/* The time of the session's last text, shared out among its statements. */
static void add_time(struct sl_fold *fold, const struct sl_fold_session *session, uint64_t us)
{
    for (unsigned i = 0; i < session->n_shapes; i++) {
        struct sl_fold_shape *shape = &fold->shapes[session->shapes[i]];
        shape->total_us += us / session->n_shapes;
        shape->has_duration = true;
    }
}

/* The time of the whole text is known: the plans' is a part of it. */
static void take_copied_time(struct sl_fold *fold, struct sl_fold_session *session)
{
    for (unsigned i = 0; i < session->n_shapes; i++) {
        struct sl_fold_shape *shape = &fold->shapes[session->shapes[i]];
        shape->total_us -= session->copy_us < shape->total_us ? session->copy_us : shape->total_us;
    }
    session->copy_us = 0;
}

/* The statement that a copy stood for has turned up. */
static void forget_copy(struct sl_fold *fold, struct sl_fold_session *session)
{
    for (unsigned i = 0; i < session->n_shapes; i++) {
        struct sl_fold_shape *shape = &fold->shapes[session->shapes[i]];
        shape->calls -= shape->calls ? 1 : 0;
    }
    take_copied_time(fold, session);
    if (fold->counts.statements)
        fold->counts.statements--;
    fold->counts.plans++;
}

static void add_statement(struct sl_fold *fold, const struct sl_log_block *block, const struct sl_log_record *record)
{
    struct sl_fold_session *session = sl_fold_session_of(fold, record->session);
    uint64_t hash = text_hash(block, record);
    if (session && session->last == SL_FOLD_COPY && session->hash_lo == hash)
        forget_copy(fold, session);
    count_record(fold, record);
    add_pieces(fold, block, record, session);
    if (!session)
        return;
    if (session->last != SL_FOLD_COPY || session->hash_lo != hash)
        session->n_copies[0] = session->n_copies[1] = 0;
    session->last = SL_FOLD_OWN;
    session->hash_lo = hash;
    session->copy_us = 0;
    session->awaits_plan = record->flags & SL_LOG_AWAITS_PLAN;
    session->awaits_duration = session->is_open = record->flags & SL_LOG_AWAITS_DURATION;
    session->is_by_name = record->flags & SL_LOG_BY_NAME;
    if (record->flags & SL_LOG_OF_CURSOR)
        session->cursor_hash = hash;
}

static void add_duration(struct sl_fold *fold, const struct sl_log_record *record)
{
    struct sl_fold_session *session = sl_fold_session_of(fold, record->session);
    if (!session || session->last != SL_FOLD_OWN || record->session == SL_LOG_ANY_SESSION)
        return;
    if (!(record->flags & SL_LOG_HAS_DURATION)) {
        session->is_open = true;
    } else if (session->awaits_duration) {
        take_copied_time(fold, session);
        add_time(fold, session, record->duration_us);
        session->awaits_duration = false;
    }
}

/* STATEMENT behind an ERROR: the same execution as the session's last entry, or one that was not logged. */
static void add_failure(struct sl_fold *fold, const struct sl_log_block *block, struct sl_log_record record)
{
    struct sl_fold_session *session = sl_fold_session_of(fold, record.session);
    bool is_same = session && (session->hash_lo == text_hash(block, &record) ||
                               (session->is_by_name && record.flags & SL_LOG_BY_NAME));
    bool is_open = is_same && session->last != SL_FOLD_NOTHING && session->n_shapes && session->awaits_duration;
    if (record.flags & SL_LOG_OF_WORKER) { /* of the leader only its user is news */
        record.calls = record.failed = 0;
        add_pieces(fold, block, &record, NULL);
        if (is_open)
            session->awaits_duration = false;
        return;
    }
    if (is_open) {
        fold->shapes[session->shapes[0]].failed++;
        fold->counts.failed++;
        session->awaits_duration = false;
        return;
    }
    record.calls = 0;
    record.failed = 1;
    count_record(fold, &record);
    add_pieces(fold, block, &record, NULL);
}

/*
 * A server that logs statements, audits them and explains their plans writes one execution several times: the text
 * before it runs (log_statement) or behind it (with its duration), in between a line of the audit and a plan for each
 * statement of the packet. The plan of a cursor comes when it closes.
 */
static bool is_copy(const struct sl_fold_session *session, const struct sl_log_record *record, uint64_t hash)
{
    if (record->flags & SL_LOG_OF_CURSOR && session->cursor_hash == hash)
        return true;
    if (session->hash_lo != hash || session->last == SL_FOLD_NOTHING)
        return false;
    unsigned by = (record->flags & SL_LOG_OF_AUDIT) != 0;
    if (session->last == SL_FOLD_OWN)
        return session->is_open || (session->awaits_plan && !by && session->n_copies[by] == 0);
    return session->n_copies[by] < (session->n_shapes > 1 ? session->n_shapes : 1);
}

static void add_copy(struct sl_fold *fold, const struct sl_log_block *block, const struct sl_log_record *record)
{
    struct sl_fold_session *session = sl_fold_session_of(fold, record->session);
    uint64_t hash = text_hash(block, record);
    unsigned by = (record->flags & SL_LOG_OF_AUDIT) != 0;
    if (session && is_copy(session, record, hash)) {
        fold->counts.plans++;
        session->n_copies[by] += session->n_copies[by] < UINT8_MAX;
        bool is_timed = session->last == SL_FOLD_OWN && !session->awaits_duration;
        if (!(record->flags & SL_LOG_HAS_DURATION) || is_timed || !session->n_shapes || session->hash_lo != hash)
            return;
        add_time(fold, session, record->duration_us); /* until that of the whole text turns up */
        session->copy_us += record->duration_us / session->n_shapes;
        return;
    }
    count_record(fold, record);
    add_pieces(fold, block, record, session);
    if (!session)
        return;
    session->last = SL_FOLD_COPY;
    session->n_copies[by] = 1;
    session->n_copies[!by] = 0;
    session->copy_us = session->n_shapes ? record->duration_us / session->n_shapes : 0;
    session->hash_lo = hash;
    session->awaits_duration = by; /* an audited statement may fail yet */
    session->is_open = session->awaits_plan = false;
    session->is_by_name = record->flags & SL_LOG_BY_NAME;
    if (record->flags & SL_LOG_OF_CURSOR)
        session->cursor_hash = hash;
}

static void mark_forgery(struct sl_fold *fold, const struct sl_log_record *record)
{
    struct sl_fold_session *session = sl_fold_session_of(fold, record->session);
    if (!session || session->last != SL_FOLD_OWN || session->n_shapes == 0)
        return;
    fold->shapes[session->shapes[0]].flags |= SL_LOG_AMBIGUOUS;
    fold->counts.ambiguous++;
    session->last = SL_FOLD_NOTHING;
    session->awaits_duration = false;
}

void sl_fold_add(struct sl_fold *fold, const struct sl_log_block *block)
{
    for (size_t i = 0; i < block->records.len; i++) {
        const struct sl_log_record *record = &block->records.items[i];
        switch ((enum sl_log_record_kind)record->kind) {
        case SL_LOG_STATEMENT:
            add_statement(fold, block, record);
            break;
        case SL_LOG_DURATION:
            add_duration(fold, record);
            break;
        case SL_LOG_FAILURE:
            add_failure(fold, block, *record);
            break;
        case SL_LOG_COPY:
            add_copy(fold, block, record);
            break;
        case SL_LOG_FORGERY:
            mark_forgery(fold, record);
            break;
        }
    }
}
