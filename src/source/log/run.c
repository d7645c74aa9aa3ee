#include "source/log/run.h"

#include <pthread.h>
#include <stdlib.h>

#include "source/log/text.h"

#define MAX_JOBS 64u
/* A block that one huge entry made larger than this gives its memory back. */
#define KEEP_BLOCK_BYTES (4u * SL_LOG_BLOCK_BYTES)

enum state {
    FREE,
    WORKED_ON,
    SHAPED,
};

struct slot {
    struct sl_log_block block;
    enum state state;
    uint64_t number; /* in the order of the log */
};

struct run {
    struct sl_log_reading *reading;
    struct sl_fold *fold;
    struct slot *slots;
    size_t n_slots;
    uint64_t next_number, next_fold;
    bool is_reading, is_folding, ended;
    enum sl_status status;
    struct sl_error error;
    pthread_mutex_t lock;
    pthread_cond_t changed;
};

/* What a thread needs to shape. */
struct worker {
    struct sl_shape_scan scan;
    struct sl_buf decoded;
};

static void *grown(void *items, size_t len, size_t *cap, size_t more, size_t size)
{
    if (len + more <= *cap)
        return items;
    *cap = (len + more) * 2 + 256;
    items = realloc(items, *cap * size);
    if (!items)
        sl_out_of_memory();
    return items;
}

static void add_piece(struct sl_log_block *block, const struct sl_shape_scan *scan, sl_str text, uint32_t off)
{
    block->pieces.items =
        grown(block->pieces.items, block->pieces.len, &block->pieces.cap, 1, sizeof *block->pieces.items);
    struct sl_log_piece *piece = &block->pieces.items[block->pieces.len++];
    *piece = (struct sl_log_piece){.hash_hi = scan->hash_hi,
                                   .hash_lo = scan->hash_lo,
                                   .off = off,
                                   .len = scan->consumed,
                                   .slots_from = (uint32_t)block->slots.len,
                                   .n_slots = (uint16_t)scan->n_slots,
                                   .is_blank = scan->is_blank,
                                   .is_unclosed = scan->is_unclosed};
    if (scan->n_slots) {
        block->slots.items =
            grown(block->slots.items, block->slots.len, &block->slots.cap, scan->n_slots, sizeof *block->slots.items);
        for (unsigned i = 0; i < scan->n_slots; i++)
            block->slots.items[block->slots.len++] =
                (struct sl_log_slot){scan->slots[i].column_hash, scan->slots[i].value_hash};
    }
    if (scan->tags_len) {
        piece->tags_off = (uint32_t)block->side.len;
        piece->tags_len = scan->tags_len < 2048 ? scan->tags_len : 2048;
        sl_buf_add(&block->side, sl_str_slice(text, scan->tags_off, piece->tags_len));
    }
}

static void shape_record(struct worker *worker, struct sl_log_block *block, struct sl_log_record *record)
{
    sl_str raw = {record->text, record->len};
    sl_str text = sl_log_text_decode((enum sl_log_encoding)record->encoding, raw, &worker->decoded);
    bool splits = record->flags & SL_LOG_SPLITS;
    record->pieces_from = (uint32_t)block->pieces.len;
    uint32_t off = 0;
    do {
        sl_str rest = sl_str_slice(text, off, text.len);
        sl_shape_scan(&worker->scan, rest, (enum sl_dialect)record->dialect, splits);
        add_piece(block, &worker->scan, rest, off);
        off += worker->scan.consumed;
        record->n_pieces++;
    } while (splits && off < text.len && worker->scan.consumed > 0);
}

static void shape_block(struct worker *worker, struct sl_log_block *block)
{
    sl_buf_reset(&block->side);
    for (size_t i = 0; i < block->records.len; i++) {
        struct sl_log_record *record = &block->records.items[i];
        if (record->kind != SL_LOG_DURATION && record->kind != SL_LOG_FORGERY)
            shape_record(worker, block, record);
    }
}

static void reset_block(struct sl_log_block *block)
{
    if (block->cap > KEEP_BLOCK_BYTES) {
        free(block->bytes);
        block->bytes = NULL;
        block->cap = block->len = 0;
    }
    sl_arena_reset(&block->arena);
}

static void report_progress(const struct sl_log_reading *reading)
{
    const struct sl_digest_options *options = reading->options;
    if (options->on_progress)
        options->on_progress(options->progress_context, reading->n_input_bytes, reading->total_bytes);
}

static struct slot *find_free(struct run *run)
{
    for (size_t i = 0; i < run->n_slots; i++) {
        if (run->slots[i].state == FREE)
            return &run->slots[i];
    }
    return NULL;
}

static struct slot *find_next_to_fold(struct run *run)
{
    for (size_t i = 0; i < run->n_slots; i++) {
        if (run->slots[i].state == SHAPED && run->slots[i].number == run->next_fold)
            return &run->slots[i];
    }
    return NULL;
}

/* The lock is held on entry and on return. False if nothing can be done now. */
static bool fold_one(struct run *run)
{
    struct slot *slot = find_next_to_fold(run);
    if (!slot || run->is_folding)
        return false;
    slot->state = WORKED_ON;
    run->is_folding = true;
    pthread_mutex_unlock(&run->lock);
    sl_fold_add(run->fold, &slot->block);
    reset_block(&slot->block);
    pthread_mutex_lock(&run->lock);
    slot->state = FREE;
    run->is_folding = false;
    run->next_fold++;
    return true;
}

/* Fills the block; a second thread may read the next one when this returns. The lock is held on entry and on return. */
static void read_block(struct run *run, struct slot *slot)
{
    slot->state = WORKED_ON;
    slot->number = run->next_number++;
    run->is_reading = true;
    pthread_mutex_unlock(&run->lock);
    struct sl_error error;
    enum sl_status status = sl_log_reading_next(run->reading, &slot->block, &error);
    if (status == SL_OK)
        report_progress(run->reading);
    pthread_mutex_lock(&run->lock);
    run->is_reading = false;
    run->ended = run->reading->ended || status != SL_OK;
    if (status != SL_OK) {
        run->status = status;
        run->error = error;
        slot->block.records.len = 0;
    }
}

/* Reads a block and shapes it: its bytes are in the cache of the thread that read them. */
static bool read_and_shape_one(struct run *run, struct worker *worker)
{
    struct slot *slot = find_free(run);
    if (!slot || run->is_reading || run->ended)
        return false;
    read_block(run, slot);
    pthread_cond_signal(&run->changed);
    pthread_mutex_unlock(&run->lock);
    shape_block(worker, &slot->block);
    pthread_mutex_lock(&run->lock);
    slot->state = SHAPED;
    return true;
}

static bool is_done(const struct run *run)
{
    return run->ended && run->next_fold == run->next_number;
}

static void *work(void *argument)
{
    struct run *run = argument;
    struct worker worker = {0};
    pthread_mutex_lock(&run->lock);
    while (!is_done(run)) {
        bool worked = fold_one(run) || read_and_shape_one(run, &worker);
        if (worked)
            pthread_cond_broadcast(&run->changed);
        else
            pthread_cond_wait(&run->changed, &run->lock);
    }
    pthread_mutex_unlock(&run->lock);
    pthread_cond_broadcast(&run->changed);
    sl_shape_scan_release(&worker.scan);
    sl_buf_release(&worker.decoded);
    return NULL;
}

static void release_slots(struct run *run)
{
    for (size_t i = 0; i < run->n_slots; i++) {
        struct sl_log_block *block = &run->slots[i].block;
        free(block->bytes);
        free(block->records.items);
        free(block->pieces.items);
        free(block->slots.items);
        free(block->anchors.items);
        sl_buf_release(&block->side);
        sl_arena_release(&block->arena);
    }
    free(run->slots);
}

enum sl_status sl_log_run(struct sl_log_reading *reading, struct sl_fold *fold, unsigned n_jobs, struct sl_error *err)
{
    if (n_jobs < 1)
        n_jobs = 1;
    if (n_jobs > MAX_JOBS)
        n_jobs = MAX_JOBS;
    struct run run = {.reading = reading, .fold = fold, .n_slots = n_jobs * 2, .ended = reading->ended};
    run.slots = calloc(run.n_slots, sizeof *run.slots);
    if (!run.slots)
        sl_out_of_memory();
    for (size_t i = 0; i < run.n_slots; i++)
        sl_arena_init(&run.slots[i].block.arena);
    pthread_mutex_init(&run.lock, NULL);
    pthread_cond_init(&run.changed, NULL);
    pthread_t threads[MAX_JOBS];
    unsigned n_threads = 0;
    while (n_threads + 1 < n_jobs && pthread_create(&threads[n_threads], NULL, work, &run) == 0)
        n_threads++;
    work(&run);
    for (unsigned i = 0; i < n_threads; i++)
        pthread_join(threads[i], NULL);
    pthread_cond_destroy(&run.changed);
    pthread_mutex_destroy(&run.lock);
    release_slots(&run);
    if (run.status != SL_OK)
        *err = run.error;
    return run.status;
}
