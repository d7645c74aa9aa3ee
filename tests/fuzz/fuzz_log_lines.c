/*
 * Any text as a log whose entries are lines, or begin with a line of their own: no entry is lost because of the one
 * before it. What must hold:
 * of formats that are a line an entry, each line counts for itself what it counts in the whole;
 * a log that is cut where an entry begins counts in two parts what it counts as one.
 * Together with "every byte that is read is counted" (fuzz_log) that is so line by line.
 */
#include <stdlib.h>

#include "fuzz_input.h"
#include "source/log/detect.h"
#include "source/log/formats.h"
#include "source/log/pg_words.h"

#define MAX_LINES 64
#define MAX_CUTS 4

/* Everything that a byte of a log may become. */
struct tally {
    uint64_t entries, lost, apart; /* entries; lines and bytes not understood; commands, parses */
    uint64_t records;              /* statements, and copies of them */
};

struct line_format {
    const struct sl_log_format *format;
    bool is_line_an_entry;
    bool may_repeat; /* a line may be known as the repetition of the one before it */
    bool (*begins)(sl_str text, sl_str before, sl_str line);
};

static bool begins_slow(sl_str text, sl_str before, sl_str line)
{
    (void)text;
    while (before.len && before.ptr[0] == '\0') /* behind a hole */
        before = sl_str_slice(before, 1, before.len);
    bool has_ended = before.len && before.ptr[before.len - 1] == ';' && before.ptr[0] != '#';
    return has_ended && sl_log_mysql_slow.weigh(line) >= 2 && line.ptr[line.len - 1] != ';';
}

static bool has_stamp(sl_str line)
{
    return line.len > 4 && sl_is_digit(line.ptr[0]) && sl_log_mysql_general.weigh(line) > 1;
}

static bool begins_general(sl_str text, sl_str before, sl_str line)
{
    (void)before;
    sl_str first;
    while (sl_str_next_line(&text, &first) && !has_stamp(first))
        continue;
    return has_stamp(line) && (line.ptr[4] == '-') == (first.ptr[4] == '-'); /* a server has one form of stamps */
}

static bool begins_stderr(sl_str text, sl_str before, sl_str line)
{
    (void)text;
    size_t word, message;
    (void)before;
    enum sl_pg_severity severity = line.ptr[0] == '\t' ? SL_PG_NONE : sl_pg_severity_find(line, &word, &message);
    if (severity == SL_PG_NONE || sl_pg_words_find_any(line, &word, &message) != severity)
        return false; /* what it is depends on the log's language */
    return severity == SL_PG_LOG || severity == SL_PG_ERROR || severity == SL_PG_NOTICE;
}

static bool begins_anywhere(sl_str text, sl_str before, sl_str line)
{
    (void)text;
    (void)before;
    (void)line;
    return true;
}

static const struct line_format line_formats[] = {
    {&sl_log_mysql_slow, false, false, begins_slow},    {&sl_log_mysql_general, false, false, begins_general},
    {&sl_log_pg_stderr, false, false, begins_stderr},   {&sl_log_pg_json, true, false, begins_anywhere},
    {&sl_log_mysql_audit, true, true, begins_anywhere},
};
#define N_LINE_FORMATS (sizeof line_formats / sizeof line_formats[0])

/* The format that most lines look like; of none, what the first byte says. */
static const struct line_format *choose(uint8_t byte, sl_str text)
{
    const struct line_format *best = &line_formats[byte % N_LINE_FORMATS];
    unsigned most = 0;
    for (size_t i = 0; i < N_LINE_FORMATS; i++) {
        sl_str rest = text, line;
        unsigned weight = 0;
        for (int n = 0; n < MAX_LINES && sl_str_next_line(&rest, &line); n++)
            weight += line.len ? line_formats[i].format->weigh(line) : 0;
        if (weight > most) {
            most = weight;
            best = &line_formats[i];
        }
    }
    return best;
}

static void add(struct tally *sum, const struct tally *other)
{
    sum->entries += other->entries;
    sum->lost += other->lost;
    sum->apart += other->apart;
    sum->records += other->records;
}

/* Scans a text on its own; `head` is what the format looks at before. */
static struct tally scan(const struct sl_log_format *format, sl_str head, sl_str text)
{
    struct sl_digest_counts counts = {0};
    struct sl_log_names names;
    struct sl_log_block block;
    sl_log_names_init(&names);
    sl_log_block_init(&block);
    struct sl_log_reader reader = {.bytes = text.ptr,
                                   .len = text.len,
                                   .at_end = true,
                                   .keep_off = UINT64_MAX,
                                   .line = 1,
                                   .format = format,
                                   .dialect = format->dialect,
                                   .year = 2026,
                                   .counts = &counts,
                                   .names = &names,
                                   .block = &block,
                                   .state = calloc(1, format->state_bytes + 1)};
    FUZZ_HOLDS(reader.state);
    if (format->begin)
        format->begin(&reader, head);
    format->scan(&reader);
    FUZZ_HOLDS(reader.pos == text.len);
    struct tally tally = {.entries = counts.entries,
                          .lost = counts.unknown_lines + counts.truncated + counts.skipped_bytes,
                          .apart = counts.administrative + counts.parse_bind,
                          .records = block.records.len + counts.plans + counts.cached};
    if (format->end)
        format->end(&reader);
    free(reader.state);
    sl_log_block_release(&block);
    sl_log_names_release(&names);
    return tally;
}

static void check_sum(const struct line_format *f, const struct tally *parts, const struct tally *whole)
{
    FUZZ_HOLDS(parts->entries == whole->entries);
    FUZZ_HOLDS(parts->lost == whole->lost);
    FUZZ_HOLDS(parts->apart + parts->records == whole->apart + whole->records);
    FUZZ_HOLDS(parts->records == whole->records || (f->may_repeat && parts->records > whole->records));
}

static void check_each_line(const struct line_format *f, sl_str text, const struct tally *whole)
{
    struct tally sum = {0};
    size_t from = 0;
    while (from < text.len) {
        size_t newline = sl_str_find_byte(sl_str_slice(text, from, text.len), '\n');
        size_t to = newline == SIZE_MAX ? text.len : from + newline + 1;
        struct tally one = scan(f->format, text, sl_str_slice(text, from, to - from));
        add(&sum, &one);
        from = to;
    }
    check_sum(f, &sum, whole);
}

static void check_cut(const struct line_format *f, sl_str text, size_t at, const struct tally *whole)
{
    struct tally first = scan(f->format, text, sl_str_slice(text, 0, at));
    struct tally second = scan(f->format, text, sl_str_slice(text, at, text.len));
    add(&first, &second);
    check_sum(f, &first, whole);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 2)
        return 0;
    sl_str text = {(const char *)data + 1, size - 1}, rest = text, line, before = SL_STR_EMPTY;
    const struct line_format *f = choose(data[0], text);
    struct tally whole = scan(f->format, text, text);
    if (f->is_line_an_entry)
        check_each_line(f, text, &whole);
    unsigned n_cuts = 0;
    while (n_cuts < MAX_CUTS && sl_str_next_line(&rest, &line)) {
        size_t at = (size_t)(line.ptr - text.ptr);
        if (at > 0 && line.len && f->begins(text, before, line)) {
            check_cut(f, text, at, &whole);
            n_cuts++;
        }
        before = line;
    }
    return 0;
}
