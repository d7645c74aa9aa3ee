#include "source/log/table.h"

#include "source/log/json.h"
#include "source/log/text.h"

static sl_str decoded(enum sl_log_encoding encoding, sl_str raw, struct sl_arena *arena)
{
    struct sl_buf scratch = {0};
    sl_str text = sl_log_text_decode(encoding, raw, &scratch);
    if (text.ptr != raw.ptr)
        text = sl_arena_copy(arena, text);
    sl_buf_release(&scratch);
    return text;
}

static void set(const struct sl_table *table, struct sl_table_row *row, unsigned column, sl_str value, bool is_null)
{
    if (column >= table->n_columns)
        return;
    row->values[table->columns[column]] = is_null ? SL_STR_EMPTY : value;
    row->is_null[table->columns[column]] = is_null;
}

/* The line at *pos, and behind it; false if it is not complete. */
static bool take_line(sl_str s, bool at_end, size_t *pos, sl_str *line)
{
    sl_str rest = sl_str_slice(s, *pos, s.len);
    size_t newline = sl_str_find_byte(rest, '\n');
    if (rest.len == 0 || (newline == SIZE_MAX && !at_end))
        return false;
    *line = sl_str_slice(rest, 0, newline);
    *pos += line->len + (newline != SIZE_MAX);
    if (line->len && line->ptr[line->len - 1] == '\r')
        line->len--;
    return true;
}

/* One field of CSV at *pos. False: its quote is not closed yet. */
static bool csv_field(const struct sl_table *table, sl_str s, bool at_end, size_t *pos, struct sl_arena *arena,
                      sl_str *value, bool *is_null)
{
    bool slash = table->form == SL_FORM_CSV_SLASH;
    size_t i = *pos;
    *is_null = false;
    if (i < s.len && s.ptr[i] == '"') {
        size_t from = ++i;
        while (i < s.len && !(s.ptr[i] == '"' && !(i + 1 < s.len && s.ptr[i + 1] == '"')))
            i += (slash && s.ptr[i] == '\\') || s.ptr[i] == '"' ? 2 : 1;
        if (i >= s.len || (i + 1 >= s.len && !at_end))
            return false;
        *value = decoded(slash ? SL_LOG_BACKSLASH : SL_LOG_CSV, sl_str_slice(s, from, i - from), arena);
        *pos = i + 1;
        return true;
    }
    while (i < s.len && s.ptr[i] != table->separator && s.ptr[i] != '\n')
        i++;
    if (i >= s.len && !at_end)
        return false;
    *value = sl_str_slice(s, *pos, i - *pos);
    if (value->len && value->ptr[value->len - 1] == '\r' && i < s.len && s.ptr[i] == '\n')
        value->len--;
    *is_null = sl_str_eq(*value, SL_STR("\\N")) || sl_str_eq(*value, SL_STR("NULL"));
    *pos = i;
    return true;
}

static bool next_csv(const struct sl_table *table, sl_str s, bool at_end, size_t *pos, struct sl_arena *arena,
                     struct sl_table_row *row)
{
    size_t i = *pos;
    if (i >= s.len)
        return false;
    for (unsigned column = 0;; column++) {
        sl_str value;
        bool is_null;
        if (!csv_field(table, s, at_end, &i, arena, &value, &is_null))
            return false;
        set(table, row, column, value, is_null);
        if (i < s.len && s.ptr[i] == table->separator) {
            i++;
            continue;
        }
        while (i < s.len && s.ptr[i] != '\n')
            i++;
        if (i >= s.len && !at_end)
            return false;
        *pos = i < s.len ? i + 1 : s.len;
        return true;
    }
}

/* A row that goes on over more lines is taken as it is. */
#define MAX_ROW_BYTES (1024u * 1024)

/* Does the row go on in the next line? */
static bool is_open(const struct sl_table *table, sl_str line, size_t n_separators, size_t need)
{
    return n_separators < need || (line.len && line.ptr[line.len - 1] == '\\' && table->form == SL_FORM_TSV);
}

/* Columns from the left up to the text, and from the right down to it; what lies between is the text. */
static void split_around_text(const struct sl_table *table, sl_str line, enum sl_log_encoding encoding,
                              struct sl_arena *arena, struct sl_table_row *row)
{
    unsigned text = table->text_column < 0 ? table->n_columns - 1 : (unsigned)table->text_column;
    unsigned column = 0;
    for (; column < text; column++) {
        size_t end = sl_str_find_byte(line, table->separator);
        sl_str value = sl_str_slice(line, 0, end);
        set(table, row, column, value, sl_str_eq(value, SL_STR("\\N")) || sl_str_eq(value, SL_STR("NULL")));
        line = end == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(line, end + 1, line.len);
    }
    for (unsigned last = table->n_columns; last-- > text + 1;) {
        size_t from = line.len;
        while (from > 0 && line.ptr[from - 1] != table->separator)
            from--;
        sl_str value = sl_str_slice(line, from, line.len - from);
        set(table, row, last, value, sl_str_eq(value, SL_STR("\\N")) || sl_str_eq(value, SL_STR("NULL")));
        line = sl_str_slice(line, 0, from ? from - 1 : 0);
    }
    bool is_null = sl_str_eq(line, SL_STR("\\N")) || sl_str_eq(line, SL_STR("NULL"));
    set(table, row, text, decoded(encoding, line, arena), is_null);
}

/*
 * TSV and unaligned output: a line with too few separators goes on in the next one (a raw newline, or OUTFILE's
 * backslash and newline).
 */
static bool next_separated(const struct sl_table *table, sl_str s, bool at_end, size_t *pos, struct sl_arena *arena,
                           struct sl_table_row *row)
{
    size_t start, i = *pos;
    unsigned need = table->has_header && table->n_columns ? table->n_columns - 1 : 1;
    sl_str line;
    do {
        start = i;
        if (!take_line(s, at_end, &i, &line))
            return false;
    } while (line.len && line.ptr[0] == '(' && sl_str_find(line, SL_STR(" row")) != SIZE_MAX); /* psql's "(47 rows)" */
    size_t n = sl_str_count_byte(line, table->separator);
    while (is_open(table, line, n, need)) {
        sl_str more;
        if (i - start > MAX_ROW_BYTES || !take_line(s, at_end, &i, &more))
            break;
        n += sl_str_count_byte(more, table->separator);
        line = sl_str_slice(s, start, (size_t)(more.ptr + more.len - (s.ptr + start)));
    }
    if (is_open(table, line, n, need) && !at_end && i - start <= MAX_ROW_BYTES)
        return false;
    *pos = i;
    struct sl_table open = *table;
    if (!table->has_header && open.n_columns < n + 1) { /* further columns are none of our business */
        while (open.n_columns < n + 1 && open.n_columns < SL_TABLE_MAX_COLUMNS)
            open.columns[open.n_columns++] = SL_COLUMN_OTHER;
    }
    split_around_text(&open, line, table->form == SL_FORM_TSV ? SL_LOG_BACKSLASH : SL_LOG_PLAIN, arena, row);
    return true;
}

static bool is_rule(sl_str line)
{
    if (line.len < 3)
        return false;
    for (size_t i = 0; i < line.len; i++) {
        if (line.ptr[i] != '-' && line.ptr[i] != '+')
            return false;
    }
    return true;
}

/* "cell   " of an aligned line, without margins; *goes_on: psql's "+" in front of the margin's end. */
static sl_str cell(sl_str raw, bool *goes_on)
{
    *goes_on = raw.len && raw.ptr[raw.len - 1] == '+';
    if (*goes_on)
        raw.len--;
    sl_str value = raw.len && raw.ptr[0] == ' ' ? sl_str_slice(raw, 1, raw.len) : raw;
    while (value.len && value.ptr[value.len - 1] == ' ')
        value.len--;
    return value;
}

static bool next_aligned(const struct sl_table *table, sl_str s, bool at_end, size_t *pos, struct sl_arena *arena,
                         struct sl_table_row *row)
{
    sl_str line;
    struct sl_buf text = {0};
    size_t i = *pos;
    bool goes_on = true, is_first = true;
    while (goes_on) {
        if (!take_line(s, at_end, &i, &line)) {
            sl_buf_release(&text);
            return false;
        }
        sl_str inner = line.len && line.ptr[0] == '|' ? sl_str_slice(line, 1, line.len >= 2 ? line.len - 2 : 0) : line;
        if (is_first && (is_rule(line) || sl_str_count_byte(inner, '|') + 1 < table->n_columns)) {
            *pos = i; /* rules, "(6 rows)", blank lines */
            continue;
        }
        struct sl_table_row part = {0};
        split_around_text(table, inner, SL_LOG_PLAIN, arena, &part);
        sl_str value = cell(part.values[SL_COLUMN_TEXT], &goes_on);
        if (text.len)
            sl_buf_add_byte(&text, '\n');
        sl_buf_add(&text, value);
        for (int c = 0; is_first && c < SL_COLUMN_COUNT; c++)
            row->values[c] = sl_str_trim(part.values[c].ptr ? part.values[c] : SL_STR_EMPTY);
        is_first = false;
    }
    row->values[SL_COLUMN_TEXT] = sl_arena_copy(arena, sl_buf_str(&text));
    sl_buf_release(&text);
    *pos = i;
    return true;
}

static bool is_row_mark(sl_str line)
{
    return sl_str_has_prefix(line, SL_STR("-[ RECORD ")) ||
           (sl_str_has_prefix(line, SL_STR("**********")) && sl_str_find(line, SL_STR(". row **")) != SIZE_MAX);
}

/* "  name: value" or "name | value"; false: a further line of the value before. */
static bool vertical_field(const struct sl_table *table, sl_str line, sl_str *name, sl_str *value)
{
    size_t at = sl_str_find_byte(line, table->separator);
    if (at == SIZE_MAX || at > 64)
        return false;
    *name = sl_str_trim(sl_str_slice(line, 0, at));
    *value = sl_str_slice(line, at + 1, line.len);
    if (value->len && value->ptr[0] == ' ')
        *value = sl_str_slice(*value, 1, value->len);
    if (name->len == 0)
        return false;
    for (size_t i = 0; i < name->len; i++) {
        if (!sl_is_alpha(name->ptr[i]) && !sl_is_digit(name->ptr[i]) && name->ptr[i] != '_')
            return false;
    }
    return sl_table_column_of(*name) != SL_COLUMN_OTHER || table->separator == '|' || line.ptr[0] == ' ' ||
           name->len > 8;
}

static void end_value(struct sl_table_row *row, enum sl_table_column column, struct sl_buf *value,
                      struct sl_arena *arena)
{
    if (column != SL_COLUMN_OTHER)
        row->values[column] = sl_arena_copy(arena, sl_buf_str(value));
    sl_buf_reset(value);
}

static bool next_vertical(const struct sl_table *table, sl_str s, bool at_end, size_t *pos, struct sl_arena *arena,
                          struct sl_table_row *row)
{
    size_t i = *pos, next;
    sl_str line;
    struct sl_buf value = {0};
    enum sl_table_column column = SL_COLUMN_OTHER;
    bool in_row = false, is_complete = at_end;
    while (next = i, take_line(s, at_end, &next, &line)) {
        if (is_row_mark(line) && in_row) {
            is_complete = true;
            break;
        }
        i = next;
        if (is_row_mark(line)) {
            in_row = true;
            continue;
        }
        sl_str name, text;
        if (!in_row)
            continue;
        if (vertical_field(table, line, &name, &text)) {
            end_value(row, column, &value, arena);
            column = sl_table_column_of(name);
            line = text;
        } else if (table->separator == '|') {
            size_t bar = sl_str_find_byte(line, '|');
            line = sl_str_slice(line, bar == SIZE_MAX ? 0 : bar + 2, line.len);
        }
        if (table->separator == '|' && line.len && line.ptr[line.len - 1] == '+')
            line = sl_str_slice(line, 0, line.len - 1);
        if (value.len)
            sl_buf_add_byte(&value, '\n');
        sl_buf_add(&value, line);
    }
    end_value(row, column, &value, arena);
    sl_buf_release(&value);
    if (!in_row || !is_complete)
        return false;
    *pos = i;
    return true;
}

static bool next_json(sl_str s, bool at_end, size_t *pos, struct sl_arena *arena, struct sl_table_row *row)
{
    sl_str unit;
    enum sl_json_unit kind;
    while ((kind = sl_json_next_unit(s, at_end, pos, &unit)) == SL_JSON_DAMAGED) {
    }
    struct sl_json json;
    struct sl_json_field field;
    if (kind != SL_JSON_UNIT || !sl_json_open(&json, unit))
        return false;
    while (sl_json_next(&json, &field)) {
        enum sl_table_column column = sl_table_column_of(field.key);
        bool is_null = field.type == SL_JSON_WORD && sl_str_eq(field.value, SL_STR("null"));
        row->is_null[column] = is_null;
        row->values[column] = is_null                        ? SL_STR_EMPTY
                              : field.type == SL_JSON_STRING ? decoded(SL_LOG_JSON, field.value, arena)
                                                             : field.value;
    }
    return true;
}

/* The cells of one row; answers how many there are. */
static unsigned markup_cells(const struct sl_table *table, sl_str rest, struct sl_arena *arena,
                             struct sl_table_row *row)
{
    bool is_xml = table->form == SL_FORM_XML;
    sl_str open = is_xml ? SL_STR("<field name=\"") : SL_STR("<td");
    unsigned column = 0;
    for (size_t at; (at = sl_str_find(rest, open)) != SIZE_MAX; column++) {
        rest = sl_str_slice(rest, at + open.len, rest.len);
        sl_str name = is_xml ? sl_str_slice(rest, 0, sl_str_find_byte(rest, '"')) : SL_STR_EMPTY;
        size_t close = sl_str_find_byte(rest, '>');
        bool is_empty = close != SIZE_MAX && close > 0 && rest.ptr[close - 1] == '/';
        rest = sl_str_slice(rest, close == SIZE_MAX ? rest.len : close + 1, rest.len);
        sl_str value = is_empty ? SL_STR_EMPTY : sl_str_slice(rest, 0, sl_str_find_byte(rest, '<'));
        enum sl_table_column known = is_xml                      ? sl_table_column_of(name)
                                     : column < table->n_columns ? table->columns[column]
                                                                 : SL_COLUMN_OTHER;
        row->values[known] = decoded(SL_LOG_XML, value, arena);
        row->is_null[known] = is_empty;
    }
    return column;
}

/* <row><field name="X">value</field>…</row>, <tr><td>value</td>…</tr>; the header's row has no cells. */
static bool next_markup(const struct sl_table *table, sl_str s, bool at_end, size_t *pos, struct sl_arena *arena,
                        struct sl_table_row *row)
{
    sl_str row_end = table->form == SL_FORM_XML ? SL_STR("</row>") : SL_STR("</tr>");
    unsigned n = 0;
    while (n == 0) {
        sl_str rest = sl_str_slice(s, *pos, s.len);
        size_t end = sl_str_find(rest, row_end);
        if (end == SIZE_MAX) {
            *pos = at_end ? s.len : *pos;
            return false;
        }
        *pos += end + row_end.len;
        n = markup_cells(table, sl_str_slice(rest, 0, end), arena, row);
    }
    return true;
}

bool sl_table_next(const struct sl_table *table, sl_str s, bool at_end, size_t *pos, struct sl_arena *arena,
                   struct sl_table_row *row)
{
    size_t from = *pos;
    bool found = false;
    *row = (struct sl_table_row){0};
    switch (table->form) {
    case SL_FORM_CSV:
    case SL_FORM_CSV_SLASH:
        found = next_csv(table, s, at_end, pos, arena, row);
        break;
    case SL_FORM_TSV:
    case SL_FORM_BARS:
        found = next_separated(table, s, at_end, pos, arena, row);
        break;
    case SL_FORM_ALIGNED:
        found = next_aligned(table, s, at_end, pos, arena, row);
        break;
    case SL_FORM_VERTICAL:
        found = next_vertical(table, s, at_end, pos, arena, row);
        break;
    case SL_FORM_JSON:
        found = next_json(s, at_end, pos, arena, row);
        break;
    case SL_FORM_XML:
    case SL_FORM_HTML:
        found = next_markup(table, s, at_end, pos, arena, row);
        break;
    case SL_FORM_NONE:
        break;
    }
    row->source = sl_str_slice(s, from, *pos - from);
    for (int i = 0; i < SL_COLUMN_COUNT; i++) {
        if (!row->values[i].ptr)
            row->values[i] = SL_STR_EMPTY;
    }
    return found;
}
