/*
 * Plain SQL: dumps, scripts, statements one after the other. Each statement counts as one execution.
 *
 * Knows quotes, comments, dollar quotes, DELIMITER, COPY … FROM stdin with its data, psql's backslash commands and GO
 * lines. It streams: a dump of any size goes through. (Files that are to be linted as code go through sql/split.)
 */
#include "base/find.h"
#include "source/log/formats.h"
#include "source/log/statement_start.h"
#include "source/shape_lex.h"

#define MAX_DELIMITER 16
#define LONGEST_COMMAND 4096

struct sql_file {
    char delimiter[MAX_DELIMITER];
    size_t delimiter_len;
    bool stops[256]; /* bytes that may end a statement, or start what is skipped as a whole */
    bool in_copy;
    bool is_skipping; /* the rest of a statement that is too long */
    char open_quote;  /* inside of which it was cut; '*': of a comment; 0: of neither */
};

static void set_delimiter(struct sql_file *log, sl_str mark)
{
    static const char others[] = "\n'\"`$/-#";
    memcpy(log->delimiter, mark.ptr, mark.len);
    log->delimiter_len = mark.len;
    memset(log->stops, 0, sizeof log->stops);
    for (const char *p = others; *p; p++)
        log->stops[(unsigned char)*p] = true;
    log->stops[(unsigned char)log->delimiter[0]] = true;
}

static void begin(struct sl_log_reader *reader, sl_str head)
{
    (void)head;
    set_delimiter(reader->state, SL_STR(";"));
}

/* Behind white space and comments; the comments of mysqldump that execute are statements. */
static const char *skip_blank(const char *p, const char *end, const struct sl_shape_rules *rules)
{
    return sl_shape_skip_blank(p, end, rules);
}

enum found {
    FOUND_END,  /* *stop is the delimiter */
    FOUND_MORE, /* the window ends first */
};

/* *open: the quote or comment ('*') that the window ends in, 0 if in none. */
static enum found find_end(const struct sql_file *log, const char *p, const char *end,
                           const struct sl_shape_rules *rules, const char **stop, char *open)
{
    *open = 0;
    while (p < end) {
        char c = *p;
        if (!log->stops[(unsigned char)c]) {
            p++;
            continue;
        }
        if (c == log->delimiter[0] && (size_t)(end - p) >= log->delimiter_len &&
            memcmp(p, log->delimiter, log->delimiter_len) == 0) {
            *stop = p;
            return FOUND_END;
        }
        if (c == '\n' && end - p >= 4 && sl_lower_char(p[1]) == 'g' && sl_lower_char(p[2]) == 'o' && p[3] == '\n') {
            *stop = p + 1;
            return FOUND_END;
        }
        const char *q = NULL;
        bool is_open = false;
        if (c == '\'' || c == '"' || c == '`') {
            q = sl_shape_skip_quoted(p, end, rules->backslash);
            is_open = true;
        } else if (c == '$' && rules->dollar_quotes) {
            q = sl_shape_skip_dollar(p, end, &is_open);
        } else if (c == '/' || c == '-' || c == '#') {
            q = sl_shape_skip_blank(p, end, rules);
            q = q > p ? q : p + 1;
            bool is_comment = c == '/' && q == end && p + 1 < end && p[1] == '*';
            *open = is_comment && !sl_shape_skip_comment(p, end, rules->nested_comments) ? '*' : 0;
        }
        if (is_open && !q) {
            *open = c;
            return FOUND_MORE;
        }
        p = q ? q : p + 1;
    }
    return FOUND_MORE;
}

static uint32_t count_lines(const char *p, const char *end)
{
    return p < end ? (uint32_t)sl_str_count_byte((sl_str){p, (size_t)(end - p)}, '\n') : 0;
}

static bool is_copy_from_stdin(sl_str text)
{
    sl_str tail = text.len > 300 ? sl_str_slice(text, text.len - 300, 300) : text;
    return sl_str_has_prefix_nocase(text, SL_STR("copy ")) &&
           sl_str_find_nocase(tail, SL_STR("from stdin")) != SIZE_MAX;
}

/* Whether a line that is for the client may start at p: looked at before its end is searched for. */
static bool may_be_command(const char *p, const char *end)
{
    sl_str head = {p, (size_t)(end - p < 10 ? end - p : 10)};
    if (*p == '\\' || sl_str_has_prefix_nocase(head, SL_STR("delimiter ")))
        return true;
    size_t word = *p == '/' ? 1 : sl_str_has_prefix_nocase(head, SL_STR("go")) ? 2 : 0;
    return word && (word >= head.len || sl_is_space(head.ptr[word]));
}

/* A line that is for the client: DELIMITER ;;, \connect, GO. *len is the line's with its newline; 0: none. */
static bool read_command(struct sl_log_reader *reader, struct sql_file *log, const char *p, const char *end,
                         size_t *len)
{
    *len = 0;
    if (!may_be_command(p, end))
        return false;
    const char *newline = memchr(p, '\n', (size_t)(end - p));
    size_t n = newline ? (size_t)(newline - p) : (size_t)(end - p);
    sl_str line = sl_str_trim((sl_str){p, n < LONGEST_COMMAND ? n : LONGEST_COMMAND});
    bool is_delimiter = sl_str_has_prefix_nocase(line, SL_STR("delimiter "));
    bool is_go = sl_str_eq_nocase(line, SL_STR("go")) || sl_str_eq(line, SL_STR("/"));
    if (!is_delimiter && !is_go && (line.len == 0 || line.ptr[0] != '\\'))
        return false;
    if (!newline && !reader->at_end)
        return true;
    *len = n + (newline != NULL);
    reader->counts->administrative++;
    if (is_delimiter) {
        sl_str mark = sl_str_trim(sl_str_slice(line, 10, MAX_DELIMITER - 1));
        set_delimiter(log, mark.len ? mark : SL_STR(";"));
    }
    return true;
}

/* Data behind COPY, up to a line "\.". Answers where it goes on; NULL: wait for more. */
static const char *skip_copy(struct sl_log_reader *reader, struct sql_file *log, const char *p, const char *end)
{
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        if (!newline && !reader->at_end)
            return p;
        size_t n = newline ? (size_t)(newline - p) : (size_t)(end - p);
        bool is_end = n >= 2 && p[0] == '\\' && p[1] == '.' && (n == 2 || (n == 3 && p[2] == '\r'));
        reader->counts->skipped_bytes += n + 1;
        reader->line++;
        p = newline ? newline + 1 : end;
        if (is_end) {
            log->in_copy = false;
            return p;
        }
    }
    return p;
}

static bool is_executable_comment_only(sl_str text)
{
    sl_str trimmed = sl_str_trim(text);
    bool is_comment = sl_str_has_prefix(trimmed, SL_STR("/*!")) || sl_str_has_prefix(trimmed, SL_STR("/*M!"));
    return is_comment && sl_str_has_suffix(trimmed, SL_STR("*/"));
}

static void emit(struct sl_log_reader *reader, struct sql_file *log, const char *from, const char *to, bool is_cut)
{
    sl_str text = sl_str_trim((sl_str){from, (size_t)(to - from)});
    if (log->is_skipping) {
        reader->counts->skipped_bytes += text.len;
        log->is_skipping = is_cut;
        return;
    }
    log->is_skipping = is_cut;
    const char *body = sl_shape_skip_blank(text.ptr, text.ptr + text.len, sl_shape_rules(reader->dialect));
    if (body >= text.ptr + text.len)
        return; /* comments only */
    reader->counts->entries++;
    sl_str statement = {body, (size_t)(text.ptr + text.len - body)};
    if (is_executable_comment_only(statement)) {
        reader->counts->administrative++;
        return;
    }
    struct sl_log_record record = sl_log_record_at(reader, 0);
    record.line += count_lines(from, text.ptr);
    const char *newline = memrchr(reader->bytes, '\n', (size_t)(text.ptr - reader->bytes));
    record.off = reader->base + (uint64_t)((newline ? newline + 1 : reader->bytes) - reader->bytes);
    record.flags = is_cut ? SL_LOG_TRUNCATED : 0;
    /* Comments in front may hold tags: they stay part of the text. */
    sl_log_emit_text(reader, &record, text, reader->base + (uint64_t)(text.ptr - reader->bytes));
    log->in_copy = is_copy_from_stdin(statement);
}

/* Behind the quote or comment in which the last statement was cut; where more bytes are needed to tell if it goes on.
 */
static const char *leave_quote(struct sql_file *log, const char *p, const char *end, const struct sl_shape_rules *rules)
{
    bool is_comment = log->open_quote == '*';
    char escape = rules->backslash && log->open_quote != '`' ? '\\' : log->open_quote;
    for (;;) {
        p = sl_find_either(p, end, log->open_quote, is_comment ? '*' : escape);
        bool closes = !is_comment && p < end && *p == log->open_quote; /* of "" the second opens it again */
        if (!closes && end - p < 2)
            return p;
        if (closes || (is_comment && p[1] == '/')) {
            log->open_quote = 0;
            return p + (is_comment ? 2 : 1);
        }
        p += is_comment ? 1 : 2;
    }
}

/* The window holds blanks and comments only. An ordinary one waits: what follows may be told by its comment. */
static const char *pass_blank(struct sl_log_reader *reader, struct sql_file *log, const char *p, const char *end)
{
    const struct sl_shape_rules *rules = sl_shape_rules(reader->dialect);
    if (reader->at_end)
        return end;
    if ((size_t)(end - p) <= SL_LOG_RECORD_BYTES)
        return p;
    const char *newline = memrchr(p, '\n', (size_t)(end - p)), *stop = NULL;
    char open = 0;
    find_end(log, p, end, rules, &stop, &open);
    const char *next = open || !newline ? end : newline + 1;
    log->open_quote = open;
    reader->counts->skipped_bytes += (uint64_t)(next - p);
    reader->line += count_lines(p, next);
    return next;
}

/* What is left of a statement that was cut inside of a quote. */
static const char *skip_quoted(struct sl_log_reader *reader, struct sql_file *log, const char *p, const char *end)
{
    const char *next = leave_quote(log, p, end, sl_shape_rules(reader->dialect));
    if (reader->at_end && log->open_quote)
        next = end;
    reader->counts->skipped_bytes += (uint64_t)(next - p);
    reader->line += count_lines(p, next);
    return next;
}

/* One step at p. Answers where it goes on; p itself: wait for more. */
static const char *step(struct sl_log_reader *reader, struct sql_file *log, const char *p, const char *end)
{
    const struct sl_shape_rules *rules = sl_shape_rules(reader->dialect);
    if (log->in_copy)
        return skip_copy(reader, log, p, end);
    if (log->open_quote)
        return skip_quoted(reader, log, p, end);
    const char *start = skip_blank(p, end, rules);
    if (start >= end)
        return pass_blank(reader, log, p, end);
    size_t len;
    if (!log->is_skipping && read_command(reader, log, start, end, &len)) {
        reader->line += len ? count_lines(p, start + len) : 0;
        return len ? start + len : p;
    }
    const char *stop;
    char open;
    if (find_end(log, start, end, rules, &stop, &open) == FOUND_END) {
        emit(reader, log, p, stop, false);
        const char *next = *stop == log->delimiter[0] ? stop + log->delimiter_len : stop + 3;
        if (log->in_copy && next < end && *next == '\n')
            next++;
        reader->line += count_lines(p, next);
        return next;
    }
    bool is_too_long = (size_t)(end - p) > SL_LOG_RECORD_BYTES;
    if (!reader->at_end && !is_too_long)
        return p;
    emit(reader, log, p, end, is_too_long && !reader->at_end);
    log->open_quote = open;
    reader->line += count_lines(p, end);
    return end;
}

static void scan(struct sl_log_reader *reader)
{
    struct sql_file *log = reader->state;
    const char *p = sl_log_at(reader, reader->pos), *end = reader->bytes + reader->len;
    while (p < end) {
        const char *next = step(reader, log, p, end);
        if (next == p)
            break;
        p = next;
    }
    reader->pos = reader->base + (uint64_t)(p - reader->bytes);
}

/* At least half of what follows a ";" starts like a statement. Light: any log with entries of its own weighs more. */
static unsigned weigh_head(sl_str head)
{
    sl_str line;
    unsigned starts = 0, others = 0;
    bool at_start = true;
    while (starts + others < 200 && sl_str_next_line(&head, &line)) {
        line = sl_str_trim(line);
        bool is_comment = sl_str_has_prefix(line, SL_STR("--")) || sl_str_has_prefix(line, SL_STR("\\"));
        if (line.len == 0 || is_comment)
            continue;
        if (at_start && sl_log_starts_statement(line))
            starts++;
        else if (at_start && !sl_str_has_prefix(line, SL_STR("/*")))
            others++;
        at_start = line.ptr[line.len - 1] == ';' || (at_start && sl_str_has_prefix(line, SL_STR("/*")));
    }
    if (starts == 0 || starts < others)
        return 0;
    return starts < 20 ? starts : 20;
}

static unsigned weigh(sl_str line)
{
    bool is_dump = sl_str_has_prefix(line, SL_STR("-- MySQL dump")) ||
                   sl_str_has_prefix(line, SL_STR("-- MariaDB dump")) ||
                   sl_str_has_prefix(line, SL_STR("-- PostgreSQL database dump"));
    return is_dump ? 60 : 0;
}

const struct sl_log_format sl_log_sql_file = {
    .name = "sql",
    .title = "plain SQL",
    .dialect = SL_DIALECT_UNKNOWN,
    .state_bytes = sizeof(struct sql_file),
    .weigh = weigh,
    .weigh_head = weigh_head,
    .begin = begin,
    .scan = scan,
};
