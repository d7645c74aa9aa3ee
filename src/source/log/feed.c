#include "source/log/feed.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "source/log/detect.h"

#define RAW_CHUNK_BYTES (128u * 1024)
/* Kept of an overlong line: its beginning, and its end, which closes quotes, statements and JSON objects. */
#define LINE_HEAD_BYTES (SL_LOG_LINE_BYTES / 2)
#define LINE_TAIL_BYTES 512u

static enum sl_status read_head(struct sl_feed *feed, struct sl_error *err)
{
    size_t n = 1;
    while (n && feed->head.len < SL_LOG_HEAD_BYTES) {
        char *to = sl_buf_reserve(&feed->head, RAW_CHUNK_BYTES);
        SL_TRY(sl_input_read(&feed->input, to, RAW_CHUNK_BYTES, &n, err));
        feed->head.len += n;
    }
    feed->raw_ended = n == 0;
    return SL_OK;
}

enum sl_status sl_feed_open(struct sl_feed *feed, sl_str path, const struct sl_digest_options *options,
                            struct sl_error *err)
{
    *feed = (struct sl_feed){0};
    SL_TRY(sl_input_open(&feed->input, path, err));
    enum sl_status status = read_head(feed, err);
    if (status == SL_OK)
        status = sl_detect(feed, options, err);
    if (status != SL_OK)
        sl_feed_close(feed);
    return status;
}

/* Raw bytes: those of the head first. */
static enum sl_status read_raw(struct sl_feed *feed, char *to, size_t size, size_t *n, struct sl_error *err)
{
    size_t ready = feed->head.len - feed->head_from;
    if (ready) {
        *n = ready < size ? ready : size;
        memcpy(to, feed->head.bytes + feed->head_from, *n);
        feed->head_from += *n;
        if (feed->head_from == feed->head.len) {
            sl_buf_release(&feed->head);
            feed->head_from = 0;
        }
        return SL_OK;
    }
    *n = 0;
    if (feed->raw_ended)
        return SL_OK;
    SL_TRY(sl_input_read(&feed->input, to, size, n, err));
    feed->raw_ended = *n == 0;
    return SL_OK;
}

/* Where byte `off` of envelope `level`'s input came from in the file. */
static uint64_t file_off(const struct sl_feed *feed, unsigned level, uint64_t off, uint32_t *line, uint32_t *col)
{
    while (level > 0) {
        const struct sl_log_unwrap *outer = &feed->unwraps[--level];
        size_t lo = 0, hi = outer->units.len;
        while (lo + 1 < hi) {
            size_t mid = (lo + hi) / 2;
            if (outer->units.items[mid].out_off <= off)
                lo = mid;
            else
                hi = mid;
        }
        if (outer->units.len == 0)
            return off;
        *line = outer->units.items[lo].line;
        *col += outer->units.items[lo].col - 1;
        off = outer->units.items[lo].in_off;
    }
    return off;
}

/* Gives the bytes to envelope `level` and takes what is complete. A unit that never ends is given up. */
static void unwrap(struct sl_feed *feed, unsigned level, sl_str bytes, bool at_end)
{
    struct sl_log_unwrap *u = &feed->unwraps[level];
    struct sl_buf *pending = &feed->pending[level];
    sl_buf_add(pending, bytes);
    sl_str in = {pending->bytes ? pending->bytes : "", pending->len};
    size_t taken = feed->envelopes[level]->unwrap(u, in, at_end);
    if (taken == 0 && in.len > 2 * SL_LOG_LINE_BYTES) {
        taken = in.len;
        u->skipped_bytes += in.len;
    }
    u->line += (uint32_t)sl_str_count_byte(sl_str_slice(in, 0, taken), '\n');
    u->in_base += taken;
    pending->len -= taken;
    if (pending->len && taken)
        memmove(pending->bytes, pending->bytes + taken, pending->len);
}

/* Forgets what the next envelope, or the block, has taken over. */
static void forget_output(struct sl_log_unwrap *u)
{
    u->out_base += u->out.len;
    sl_buf_reset(&u->out);
    if (u->units.len > 1) { /* the last one may go on */
        u->units.items[0] = u->units.items[u->units.len - 1];
        u->units.len = 1;
    }
}

static void add_unwrapped(struct sl_feed *feed, struct sl_log_block *block)
{
    struct sl_log_unwrap *last = &feed->unwraps[feed->n_envelopes - 1];
    bool is_json = false;
    for (unsigned i = 0; i < feed->n_envelopes; i++)
        is_json |= feed->envelopes[i]->is_json;
    for (size_t i = 0; i < last->units.len; i++) {
        const struct sl_log_unit *unit = &last->units.items[i];
        if (unit->out_off < last->out_base)
            continue;
        uint32_t line = unit->line, col = unit->col;
        uint64_t off = file_off(feed, feed->n_envelopes - 1, unit->in_off, &line, &col);
        sl_log_anchors_add(&block->anchors, (struct sl_log_anchor){unit->out_off, off, line, col, is_json});
    }
    if (last->out.len) {
        memcpy(sl_log_block_room(block, last->out.len), last->out.bytes, last->out.len);
        block->len += last->out.len;
        feed->clean_off += last->out.len;
    }
    for (unsigned i = 0; i < feed->n_envelopes; i++)
        forget_output(&feed->unwraps[i]);
}

static enum sl_status fill_wrapped(struct sl_feed *feed, struct sl_log_block *block, size_t want, struct sl_error *err)
{
    static _Thread_local char raw[RAW_CHUNK_BYTES];
    size_t chunk = want - block->len < sizeof raw ? want - block->len : sizeof raw;
    while (block->len < want && !feed->ended) {
        size_t n;
        SL_TRY(read_raw(feed, raw, chunk, &n, err));
        sl_str bytes = {raw, n};
        for (unsigned i = 0; i < feed->n_envelopes; i++) {
            unwrap(feed, i, bytes, n == 0);
            struct sl_buf *out = &feed->unwraps[i].out;
            bytes = (sl_str){out->bytes ? out->bytes : "", out->len};
        }
        add_unwrapped(feed, block);
        feed->ended = n == 0;
    }
    return SL_OK;
}

enum sl_status sl_feed_fill(struct sl_feed *feed, size_t n_bytes, struct sl_log_block *block, struct sl_error *err)
{
    uint64_t before = feed->input.n_raw;
    block->base = feed->clean_off;
    if (feed->n_envelopes) {
        SL_TRY(fill_wrapped(feed, block, n_bytes, err));
    } else {
        sl_log_anchors_add(&block->anchors,
                           (struct sl_log_anchor){.stream_off = feed->clean_off,
                                                  .file_off = feed->clean_off - feed->clean_base + feed->n_dropped});
        while (block->len < n_bytes && !feed->ended) {
            size_t n;
            char *to = sl_log_block_room(block, n_bytes - block->len);
            SL_TRY(read_raw(feed, to, n_bytes - block->len, &n, err));
            block->len += n;
            feed->clean_off += n;
            feed->ended = n == 0;
        }
    }
    block->is_last = feed->ended;
    block->n_input_bytes = feed->input.n_raw - before;
    return SL_OK;
}

enum sl_status sl_feed_cut_line(struct sl_feed *feed, struct sl_buf *carry, uint64_t *n_dropped, size_t *gap_at,
                                struct sl_error *err)
{
    const char *newline = memrchr(carry->bytes, '\n', carry->len);
    size_t from = newline ? (size_t)(newline + 1 - carry->bytes) : 0;
    *n_dropped = 0;
    if (feed->n_envelopes || carry->len - from <= SL_LOG_LINE_BYTES - SL_LOG_BLOCK_BYTES)
        return SL_OK;
    struct sl_buf tail = {0};
    size_t kept = from + LINE_HEAD_BYTES;
    *gap_at = kept;
    sl_buf_add(&tail, (sl_str){carry->bytes + kept, carry->len - kept});
    *n_dropped = tail.len;
    uint64_t quotes = 0;
    bool line_ended = false;
    while (!line_ended && !feed->ended) {
        if (tail.len > LINE_TAIL_BYTES) {
            size_t extra = tail.len - LINE_TAIL_BYTES;
            for (const char *p = tail.bytes, *end = p + extra; (p = memchr(p, '"', (size_t)(end - p))) != NULL; p++)
                quotes++;
            memmove(tail.bytes, tail.bytes + extra, LINE_TAIL_BYTES);
            tail.len = LINE_TAIL_BYTES;
        }
        size_t n, old = tail.len;
        SL_TRY(read_raw(feed, sl_buf_reserve(&tail, RAW_CHUNK_BYTES), RAW_CHUNK_BYTES, &n, err));
        tail.len += n;
        *n_dropped += n;
        feed->ended = n == 0;
        line_ended = n && memchr(tail.bytes + old, '\n', n) != NULL;
    }
    carry->len = kept;
    if ((quotes & 1) && feed->format && feed->format->quotes_are_doubled)
        sl_buf_add_byte(carry, '"'); /* "" must stay a pair */
    sl_buf_add(carry, (sl_str){tail.bytes, tail.len});
    *n_dropped = *n_dropped + kept - carry->len;
    sl_buf_release(&tail);
    return SL_OK;
}

int sl_feed_year(const struct sl_feed *feed)
{
    time_t seconds = feed->input.is_regular ? (time_t)(feed->input.modified_us / 1000000) : time(NULL);
    struct tm when;
    return gmtime_r(&seconds, &when) ? when.tm_year + 1900 : 1970;
}

void sl_feed_close(struct sl_feed *feed)
{
    sl_input_close(&feed->input);
    sl_buf_release(&feed->head);
    sl_buf_release(&feed->clean_head);
    for (unsigned i = 0; i < SL_LOG_MAX_ENVELOPES; i++) {
        sl_log_unwrap_release(&feed->unwraps[i]);
        sl_buf_release(&feed->pending[i]);
    }
}
