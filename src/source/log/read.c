#include "source/log/read.h"

#include <assert.h>
#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "source/log/detect.h"

enum sl_status sl_log_reading_open(struct sl_log_reading *reading, const sl_str *paths, size_t n_paths,
                                   const struct sl_digest_options *options, struct sl_error *err)
{
    *reading = (struct sl_log_reading){.options = options};
    sl_arena_init(&reading->arena);
    sl_log_names_init(&reading->names);
    reading->paths = SL_NEW_ARRAY(&reading->arena, n_paths + 1, sl_str);
    enum sl_status status = sl_input_set_open(&reading->inputs, paths, n_paths, options, &reading->arena, err);
    if (status != SL_OK) {
        sl_log_reading_close(reading);
        return status;
    }
    for (size_t i = 0; i < reading->inputs.len; i++)
        reading->paths[i] = reading->inputs.items[i].path;
    reading->counts.duplicates = reading->inputs.n_left_out;
    reading->ended = reading->inputs.len == 0;
    return SL_OK;
}

/* FROM `x`, .`x`: an identifier in these quotes at s[i], where SQL has one; a Ruby method in `x' is none. */
static bool is_quoted_name(sl_str s, size_t i)
{
    bool is_behind_word = i >= 2 && s.ptr[i - 1] == ' ' && sl_is_alpha(s.ptr[i - 2]);
    if (!is_behind_word && (i < 1 || (s.ptr[i - 1] != '.' && s.ptr[i - 1] != '(')))
        return false;
    size_t end = i + 1;
    while (end < s.len && end - i < 64 && (sl_is_alpha(s.ptr[end]) || sl_is_digit(s.ptr[end]) || s.ptr[end] == '_'))
        end++;
    return end > i + 1 && end < s.len && s.ptr[end] == s.ptr[i];
}

/* What the quotes of identifiers and a few words of DDL show. */
static enum sl_dialect guess_dialect(sl_str head)
{
    unsigned mysql = 0, standard = 0;
    for (size_t i = 0; i < head.len; i++) {
        if (head.ptr[i] == '`')
            mysql += is_quoted_name(head, i);
        else if (head.ptr[i] == '"')
            standard += is_quoted_name(head, i);
    }
    if (sl_str_find_nocase(head, SL_STR("pragma foreign_keys")) != SIZE_MAX ||
        sl_str_find_nocase(head, SL_STR(" autoincrement")) != SIZE_MAX)
        return SL_DIALECT_SQLITE;
    bool has_mysql_words = sl_str_find_nocase(head, SL_STR("auto_increment")) != SIZE_MAX ||
                           sl_str_find_nocase(head, SL_STR(" engine=")) != SIZE_MAX;
    return mysql > standard || (mysql == standard && has_mysql_words) ? SL_DIALECT_MYSQL : SL_DIALECT_POSTGRES;
}

/* For formats of any dialect: what the option says, else what the text looks like. */
static enum sl_dialect dialect_of(const struct sl_log_reading *reading, const struct sl_log_format *format, sl_str head)
{
    if (format->dialect != SL_DIALECT_UNKNOWN)
        return format->dialect;
    if (reading->options->dialect < SL_DIALECT_COUNT && reading->options->dialect_is_set)
        return reading->options->dialect;
    return guess_dialect(head);
}

/* Everything that a reader counts. */
static uint64_t n_counted(const struct sl_digest_counts *c)
{
    return c->entries + c->administrative + c->parse_bind + c->cached + c->empty + c->skipped_bytes + c->unknown_lines;
}

static void count_input(struct sl_log_reading *reading, const struct sl_input *input)
{
    reading->counts.bytes += input->n_raw;
    reading->counts.damaged += input->is_damaged;
    reading->counts.skipped_bytes += input->n_passed_over;
    sl_input_describe_damage(input, &reading->damage);
}

/* Starts on the next input. reading->feed stays NULL if the input is empty. */
static enum sl_status start_input(struct sl_log_reading *reading, struct sl_error *err)
{
    struct sl_log_input *input = &reading->inputs.items[reading->next_input];
    SL_TRY(sl_input_set_open_feed(&reading->inputs, reading->next_input, reading->options, err));
    struct sl_feed *feed = input->open;
    input->open = NULL;
    feed->format = input->alone ? input->alone : feed->format;
    uint16_t number = (uint16_t)reading->next_input++;
    if (!feed->format) {
        count_input(reading, &feed->input);
        sl_feed_close(feed);
        return SL_OK;
    }
    const struct sl_log_format *format = feed->format;
    sl_str head = sl_buf_str(&feed->clean_head);
    reading->feed = feed;
    reading->reader = (struct sl_log_reader){.keep_off = UINT64_MAX,
                                             .line = 1,
                                             .path = number,
                                             .format = format,
                                             .dialect = dialect_of(reading, format, head),
                                             .prefix = reading->options->log_line_prefix,
                                             .year = sl_feed_year(feed),
                                             .counts = &reading->counts,
                                             .names = &reading->names,
                                             .state = calloc(1, format->state_bytes + 1)};
    if (!reading->reader.state)
        sl_out_of_memory();
    if (format->begin)
        format->begin(&reading->reader, head);
    sl_buf_release(&feed->clean_head);
    reading->n_records = 0;
    reading->n_counted = n_counted(&reading->counts);
    sl_buf_reset(&reading->carry);
    reading->carry_anchors.len = 0;
    return SL_OK;
}

static void end_feed(struct sl_log_reading *reading)
{
    struct sl_feed *feed = reading->feed;
    for (unsigned i = 0; i < feed->n_envelopes; i++) {
        reading->counts.skipped_bytes += feed->unwraps[i].skipped_bytes;
        reading->counts.unknown_lines += feed->unwraps[i].unknown_lines;
    }
    /* Lines that are no entry and no damage, such as those of a server's start, are all there is. */
    if (reading->n_records == 0 && n_counted(&reading->counts) == reading->n_counted)
        reading->counts.skipped_bytes += feed->input.n_raw - feed->input.n_passed_over;
    count_input(reading, &feed->input);
    sl_feed_close(feed);
    reading->feed = NULL;
}

static void end_input(struct sl_log_reading *reading)
{
    end_feed(reading);
    if (reading->reader.format->end)
        reading->reader.format->end(&reading->reader);
    free(reading->reader.state);
    reading->reader.state = NULL;
}

/*
 * A log is rotated in the middle of an entry where something copies it and cuts it off (logrotate's copytruncate, RDS
 * at the hour). The reader has read what is whole: does the next input go on with the rest?
 */
static enum sl_status goes_on_in_next(struct sl_log_reading *reading, bool *goes_on, struct sl_error *err)
{
    const struct sl_log_reader *reader = &reading->reader;
    const struct sl_log_input *inputs = reading->inputs.items;
    *goes_on = false;
    if (!reader->format->goes_on || reading->next_input >= reading->inputs.len || reading->feed->n_envelopes > 0 ||
        !sl_input_is_beside(&inputs[reader->path], &inputs[reading->next_input]))
        return SL_OK;
    SL_TRY(sl_input_set_open_feed(&reading->inputs, reading->next_input, reading->options, err));
    struct sl_feed *next = inputs[reading->next_input].open;
    sl_str head = sl_buf_str(&next->clean_head), line;
    bool fits = next->format == reader->format && next->n_envelopes == 0 && sl_str_next_line(&head, &line);
    bool is_next = fits && reader->format->is_one_stream && sl_log_unread(reader).len == 0 &&
                   !inputs[reading->next_input].alone &&
                   sl_input_is_of_one_set(&inputs[reader->path], &inputs[reading->next_input]);
    *goes_on = is_next || (fits && reader->format->goes_on(reader, sl_log_chomp(line)));
    return SL_OK;
}

/* The reader stays, the bytes come from the next input. */
static void go_on_in_next(struct sl_log_reading *reading, uint64_t end)
{
    end_feed(reading);
    struct sl_log_input *input = &reading->inputs.items[reading->next_input];
    reading->feed = input->open;
    input->open = NULL;
    reading->feed->clean_off = reading->feed->clean_base = end;
    sl_buf_release(&reading->feed->clean_head);
    reading->reader.path = (uint16_t)reading->next_input++;
    reading->reader.line = 1;
    reading->n_records = 1; /* the entry that goes on */
}

static size_t block_bytes(const struct sl_log_reading *reading)
{
    return reading->options->block_bytes ? reading->options->block_bytes : SL_LOG_BLOCK_BYTES;
}

static void save_carry(struct sl_log_reading *reading, const struct sl_log_block *block)
{
    const struct sl_log_reader *reader = &reading->reader;
    uint64_t keep = reader->keep_off < reader->pos ? reader->keep_off : reader->pos;
    size_t from = (size_t)(keep - block->base);
    sl_buf_reset(&reading->carry);
    sl_buf_add(&reading->carry, (sl_str){block->bytes + from, block->len - from});
    reading->carry_anchors.len = 0;
    for (size_t i = sl_log_anchors_find(&block->anchors, keep); i < block->anchors.len; i++)
        sl_log_anchors_add(&reading->carry_anchors, block->anchors.items[i]);
}

/* Bytes between the two were dropped: the middle of an overlong line. */
static bool has_gap(const struct sl_log_block *block, uint64_t from, uint64_t to)
{
    size_t a = sl_log_anchors_find(&block->anchors, from), b = sl_log_anchors_find(&block->anchors, to);
    const struct sl_log_anchor *first = &block->anchors.items[a], *last = &block->anchors.items[b];
    for (size_t i = a + 1; i <= b; i++) {
        if (block->anchors.items[i].is_new_file)
            return false;
    }
    return first->line == 0 && last->file_off - last->stream_off != first->file_off - first->stream_off;
}

/* The text stands in a unit of an envelope: what is before it there is the envelope's, then the unit's. */
static void place_in_unit(const struct sl_log_block *block, struct sl_log_record *record,
                          const struct sl_log_anchor *anchor)
{
    const struct sl_log_anchor *last =
        &block->anchors.items[sl_log_anchors_find(&block->anchors, record->off + record->len)];
    uint64_t head_len = record->off - anchor->stream_off;
    record->head_len = head_len < SL_LOG_LINE_BYTES ? (uint32_t)head_len : 0;
    record->head_col = anchor->col > 0 ? anchor->col - 1 : 0;
    if (anchor->is_json && last == anchor)
        record->layout = SL_LOG_JSON + 1;
}

/* Stream offsets → offsets and lines of the file. */
static void resolve_offsets(struct sl_log_block *block)
{
    for (size_t i = 0; i < block->records.len && block->anchors.len; i++) {
        struct sl_log_record *record = &block->records.items[i];
        const struct sl_log_anchor *anchor = &block->anchors.items[sl_log_anchors_find(&block->anchors, record->off)];
        if (block->anchors.len > 1 && has_gap(block, record->off, record->off + record->len))
            record->flags |= SL_LOG_TRUNCATED;
        if (anchor->line) {
            place_in_unit(block, record, anchor);
            record->line = anchor->line;
            record->off = anchor->file_off;
        } else {
            record->off = anchor->file_off + (record->off - anchor->stream_off);
        }
    }
}

/* An entry that no reader ends must not grow for ever: its line is cut at `end`, where the block ends. */
static enum sl_status bound_carry(struct sl_log_reading *reading, uint64_t end, struct sl_error *err)
{
    if (reading->carry.len < SL_LOG_LINE_BYTES)
        return SL_OK;
    uint64_t dropped, from = end - reading->carry.len;
    size_t gap_at = 0;
    SL_TRY(sl_feed_cut_line(reading->feed, &reading->carry, &dropped, &gap_at, err));
    if (dropped) {
        struct sl_feed *feed = reading->feed;
        struct sl_log_anchors *anchors = &reading->carry_anchors;
        uint64_t gap_off = from + gap_at;
        reading->counts.skipped_bytes += dropped;
        feed->n_dropped += dropped;
        feed->clean_off = from + reading->carry.len;
        while (anchors->len && anchors->items[anchors->len - 1].stream_off >= gap_off)
            anchors->len--; /* they were for bytes that are gone */
        sl_log_anchors_add(anchors, (struct sl_log_anchor){.stream_off = gap_off,
                                                           .file_off = gap_off - feed->clean_base + feed->n_dropped});
    }
    return SL_OK;
}

enum sl_status sl_log_reading_fill(struct sl_log_reading *reading, struct sl_log_block *block, struct sl_error *err)
{
    while (!reading->feed && reading->next_input < reading->inputs.len)
        SL_TRY(start_input(reading, err));
    if (reading->feed)
        return sl_feed_fill(reading->feed, block_bytes(reading), block, err);
    block->is_last = true;
    return SL_OK;
}

bool sl_log_reading_fills_ahead(const struct sl_log_reading *reading)
{
    return reading->carry.len + SL_LOG_FILLED_AHEAD * block_bytes(reading) < SL_LOG_LINE_BYTES;
}

/* Shows the reader the block behind what the one before it left over. */
static void show_block(struct sl_log_reading *reading, struct sl_log_block *block)
{
    struct sl_log_reader *reader = &reading->reader;
    sl_log_block_prepend(block, sl_buf_str(&reading->carry), &reading->carry_anchors);
    reader->bytes = block->bytes;
    reader->base = block->base;
    reader->len = block->len;
    reader->block = block;
}

/* Finds the records of the block; *goes_on if the last entry has its rest in the next input. */
static enum sl_status scan_block(struct sl_log_reading *reading, struct sl_log_block *block, bool *goes_on,
                                 struct sl_error *err)
{
    struct sl_log_reader *reader = &reading->reader;
    *goes_on = false;
    if (block->is_last && reader->format->goes_on) {
        reader->at_end = false;
        reader->format->scan(reader);
        SL_TRY(goes_on_in_next(reading, goes_on, err));
    }
    reader->at_end = block->is_last && !*goes_on;
    if (!*goes_on)
        reader->format->scan(reader);
    assert(reader->pos <= block->base + block->len);
    assert(!reader->at_end || reader->pos == block->base + block->len);
    assert(reader->keep_off >= reader->base);
    reading->n_input_bytes += block->n_input_bytes;
    reading->n_records += block->records.len;
    return SL_OK;
}

enum sl_status sl_log_reading_scan(struct sl_log_reading *reading, struct sl_log_block *block, struct sl_error *err)
{
    bool goes_on;
    if (!reading->feed) {
        reading->ended = true;
        return SL_OK;
    }
    show_block(reading, block);
    SL_TRY(scan_block(reading, block, &goes_on, err));
    uint64_t end = block->base + block->len;
    if (reading->reader.at_end) {
        if (reading->n_records == 0)
            SL_TRY(sl_detect_check_named(reading->feed, err));
        resolve_offsets(block);
        end_input(reading);
        reading->ended = reading->next_input == reading->inputs.len;
        return SL_OK;
    }
    save_carry(reading, block);
    resolve_offsets(block);
    if (!goes_on)
        return bound_carry(reading, end, err);
    go_on_in_next(reading, end);
    sl_log_anchors_add(&reading->carry_anchors, (struct sl_log_anchor){.stream_off = end, .is_new_file = true});
    return SL_OK;
}

void sl_log_reading_close(struct sl_log_reading *reading)
{
    if (reading->feed)
        end_input(reading);
    free(reading->carry_anchors.items);
    sl_buf_release(&reading->carry);
    sl_input_set_release(&reading->inputs);
    sl_buf_release(&reading->damage);
    sl_log_names_release(&reading->names);
    sl_arena_release(&reading->arena);
}
