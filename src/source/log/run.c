#include "source/log/run.h"

#include <pthread.h>
#include <stdlib.h>

#include "source/log/text.h"

#define MAX_JOBS 64u

enum state {
    FREE,
    WORKED_ON,
    FILLED,
    SCANNED,
    SHAPED,
};

struct slot {
    struct sl_log_block block;
    enum state state;
    uint64_t number; /* in the order of the log */
    enum sl_status status;
    struct sl_error error; /* of filling, reported in its turn */
};

struct run {
    struct sl_log_reading *reading;
    struct sl_fold *fold;
    struct slot *slots;
    size_t n_slots;
    uint64_t next_fill, next_scan, next_fold;
    bool is_filling, is_scanning, is_folding;
    bool input_is_filled; /* what follows is known when its last block was scanned */
    bool fills_ahead, ended;
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

static void add_piece(struct sl_log_block *block, const struct sl_shape_scan *scan, sl_str text, uint32_t off)
{
    struct sl_log_piece *piece = SL_LOG_PUSH(&block->pieces);
    *piece = (struct sl_log_piece){.hash_hi = scan->hash_hi,
                                   .hash_lo = scan->hash_lo,
                                   .off = off,
                                   .len = scan->consumed,
                                   .slots_from = (uint32_t)block->slots.len,
                                   .n_slots = (uint16_t)scan->n_slots,
                                   .is_blank = scan->is_blank,
                                   .is_unclosed = scan->is_unclosed};
    for (unsigned i = 0; i < scan->n_slots; i++)
        *SL_LOG_PUSH(&block->slots) = (struct sl_log_slot){scan->slots[i].column_hash, scan->slots[i].value_hash};
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
    for (size_t i = 0; i < block->records.len; i++) {
        struct sl_log_record *record = &block->records.items[i];
        if (record->kind != SL_LOG_DURATION && record->kind != SL_LOG_FORGERY)
            shape_record(worker, block, record);
    }
}

static void report_progress(const struct sl_log_reading *reading)
{
    const struct sl_digest_options *options = reading->options;
    if (options->on_progress)
        options->on_progress(options->progress_context, reading->n_input_bytes, reading->inputs.total_bytes);
}

/* The first slot in this state; of the FILLED and SHAPED ones, the one with this number. */
static struct slot *find_slot(struct run *run, enum state state, uint64_t number)
{
    for (size_t i = 0; i < run->n_slots; i++) {
        struct slot *slot = &run->slots[i];
        if (slot->state == state && (state == FREE || state == SCANNED || slot->number == number))
            return slot;
    }
    return NULL;
}

/*
 * The stages. Each takes a block if one waits for it and nobody else is at what one thread at a time may do; false if
 * not. The lock is held on entry and on return.
 */

static bool fold_one(struct run *run)
{
    struct slot *slot = run->is_folding ? NULL : find_slot(run, SHAPED, run->next_fold);
    if (!slot)
        return false;
    slot->state = WORKED_ON;
    run->is_folding = true;
    pthread_mutex_unlock(&run->lock);
    sl_fold_add(run->fold, &slot->block);
    sl_log_block_reset(&slot->block);
    pthread_mutex_lock(&run->lock);
    slot->state = FREE;
    run->is_folding = false;
    run->next_fold++;
    return true;
}

static bool shape_one(struct run *run, struct worker *worker)
{
    struct slot *slot = find_slot(run, SCANNED, 0);
    if (!slot)
        return false;
    slot->state = WORKED_ON;
    pthread_mutex_unlock(&run->lock);
    shape_block(worker, &slot->block);
    pthread_mutex_lock(&run->lock);
    slot->state = SHAPED;
    return true;
}

static bool scan_one(struct run *run)
{
    struct slot *slot = run->is_scanning ? NULL : find_slot(run, FILLED, run->next_scan);
    if (!slot)
        return false;
    slot->state = WORKED_ON;
    run->is_scanning = true;
    pthread_mutex_unlock(&run->lock);
    struct sl_log_reading *reading = run->reading;
    if (slot->status == SL_OK)
        slot->status = sl_log_reading_scan(reading, &slot->block, &slot->error);
    if (slot->status == SL_OK)
        report_progress(reading);
    else
        slot->block.records.len = 0;
    pthread_mutex_lock(&run->lock);
    slot->state = SCANNED;
    run->is_scanning = false;
    run->next_scan++;
    run->fills_ahead = sl_log_reading_fills_ahead(reading);
    if (slot->block.is_last)
        run->input_is_filled = false;
    if (slot->status != SL_OK) {
        run->status = slot->status;
        run->error = slot->error;
    }
    run->ended = reading->ended || slot->status != SL_OK;
    return true;
}

static bool may_fill(const struct run *run)
{
    uint64_t n_ahead = run->next_fill - run->next_scan;
    return !run->ended && !run->is_filling && !run->input_is_filled &&
           n_ahead < (run->fills_ahead ? SL_LOG_FILLED_AHEAD : 1);
}

static bool fill_one(struct run *run)
{
    struct slot *slot = may_fill(run) ? find_slot(run, FREE, 0) : NULL;
    if (!slot)
        return false;
    slot->state = WORKED_ON;
    slot->number = run->next_fill++;
    run->is_filling = true;
    pthread_mutex_unlock(&run->lock);
    slot->status = sl_log_reading_fill(run->reading, &slot->block, &slot->error);
    pthread_mutex_lock(&run->lock);
    slot->state = FILLED;
    run->is_filling = false;
    run->input_is_filled = slot->block.is_last || slot->status != SL_OK;
    return true;
}

static bool is_done(const struct run *run)
{
    return run->ended && run->next_fold == run->next_fill;
}

/* A block that was just scanned is shaped before the next is scanned: its bytes are in this thread's cache. */
static void *work(void *argument)
{
    struct run *run = argument;
    struct worker worker = {0};
    pthread_mutex_lock(&run->lock);
    while (!is_done(run)) {
        bool worked = fold_one(run) || shape_one(run, &worker) || scan_one(run) || fill_one(run);
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

enum sl_status sl_log_run(struct sl_log_reading *reading, struct sl_fold *fold, unsigned n_jobs, struct sl_error *err)
{
    if (n_jobs < 1)
        n_jobs = 1;
    if (n_jobs > MAX_JOBS)
        n_jobs = MAX_JOBS;
    struct run run = {
        .reading = reading, .fold = fold, .n_slots = n_jobs * 2, .fills_ahead = true, .ended = reading->ended};
    run.slots = calloc(run.n_slots, sizeof *run.slots);
    if (!run.slots)
        sl_out_of_memory();
    for (size_t i = 0; i < run.n_slots; i++)
        sl_log_block_init(&run.slots[i].block);
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
    for (size_t i = 0; i < run.n_slots; i++)
        sl_log_block_release(&run.slots[i].block);
    free(run.slots);
    if (run.status != SL_OK)
        *err = run.error;
    return run.status;
}
