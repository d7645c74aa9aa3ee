#include "source/log/json.h"
#include "source/log/stamp.h"
#include "source/log/table.h"

static const struct {
    const char *name;
    enum sl_table_column column;
} names[] = {
    {"sql_text", SL_COLUMN_TEXT},
    {"argument", SL_COLUMN_TEXT},
    {"digest_text", SL_COLUMN_TEXT},
    {"query", SL_COLUMN_TEXT},
    {"info", SL_COLUMN_TEXT},
    {"query_sample_text", SL_COLUMN_SAMPLE},
    {"db", SL_COLUMN_DATABASE},
    {"schema_name", SL_COLUMN_DATABASE},
    {"datname", SL_COLUMN_DATABASE},
    {"user_host", SL_COLUMN_USER},
    {"rolname", SL_COLUMN_USER},
    {"usename", SL_COLUMN_USER},
    {"user", SL_COLUMN_USER},
    {"command_type", SL_COLUMN_COMMAND},
    {"count_star", SL_COLUMN_CALLS},
    {"calls", SL_COLUMN_CALLS},
    {"sum_timer_wait", SL_COLUMN_TIMER_PS},
    {"total_exec_time", SL_COLUMN_TIME_MS},
    {"total_time", SL_COLUMN_TIME_MS},
    {"query_time", SL_COLUMN_TIME_OF_DAY},
    {"rows", SL_COLUMN_ROWS_SENT},
    {"rows_sent", SL_COLUMN_ROWS_SENT},
    {"sum_rows_sent", SL_COLUMN_ROWS_SENT},
    {"rows_examined", SL_COLUMN_ROWS_EXAMINED},
    {"sum_rows_examined", SL_COLUMN_ROWS_EXAMINED},
    {"rows_affected", SL_COLUMN_ROWS_AFFECTED},
    {"sum_rows_affected", SL_COLUMN_ROWS_AFFECTED},
    {"sum_errors", SL_COLUMN_ERRORS},
    {"start_time", SL_COLUMN_FIRST_SEEN},
    {"event_time", SL_COLUMN_FIRST_SEEN},
    {"first_seen", SL_COLUMN_FIRST_SEEN},
    {"query_start", SL_COLUMN_FIRST_SEEN},
    {"stats_since", SL_COLUMN_FIRST_SEEN},
    {"last_seen", SL_COLUMN_LAST_SEEN},
    {"thread_id", SL_COLUMN_CONNECTION},
    {"application_name", SL_COLUMN_APPLICATION},
    {"digest", SL_COLUMN_DIGEST},
    {"queryid", SL_COLUMN_DIGEST},
    {"state", SL_COLUMN_STATE},
};

enum sl_table_column sl_table_column_of(sl_str name)
{
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (sl_str_eq_nocase(name, sl_str_from(names[i].name)))
            return names[i].column;
    }
    return SL_COLUMN_OTHER;
}

/* Which names of columns were seen; the table follows from them. */
struct seen {
    bool digest_text, sql_text, argument, query, calls, command, state;
};

static void see(struct seen *seen, sl_str name)
{
    seen->digest_text |= sl_str_eq_nocase(name, SL_STR("digest_text"));
    seen->sql_text |= sl_str_eq_nocase(name, SL_STR("sql_text"));
    seen->argument |= sl_str_eq_nocase(name, SL_STR("argument"));
    seen->query |= sl_str_eq_nocase(name, SL_STR("query"));
    seen->calls |= sl_str_eq_nocase(name, SL_STR("calls"));
    seen->command |= sl_str_eq_nocase(name, SL_STR("command_type"));
    seen->state |= sl_str_eq_nocase(name, SL_STR("state"));
}

static enum sl_table_kind kind_of(const struct seen *seen)
{
    if (seen->digest_text)
        return SL_TABLE_DIGESTS;
    if (seen->query && seen->calls)
        return SL_TABLE_STATEMENTS;
    if (seen->sql_text)
        return SL_TABLE_SLOW_LOG;
    if (seen->argument && seen->command)
        return SL_TABLE_GENERAL_LOG;
    return seen->query && seen->state ? SL_TABLE_ACTIVITY : SL_TABLE_NONE;
}

static void add_column(struct sl_table *table, struct seen *seen, sl_str name)
{
    name = sl_str_trim(name);
    if (name.len >= 2 && name.ptr[0] == '"')
        name = sl_str_slice(name, 1, name.len - 2);
    if (table->n_columns == SL_TABLE_MAX_COLUMNS)
        return;
    see(seen, name);
    enum sl_table_column column = sl_table_column_of(name);
    if (column == SL_COLUMN_TEXT)
        table->text_column = (int)table->n_columns;
    table->columns[table->n_columns++] = column;
}

static void split_header(struct sl_table *table, struct seen *seen, sl_str line, char separator)
{
    table->n_columns = 0;
    *seen = (struct seen){0};
    table->text_column = -1;
    while (true) {
        size_t end = sl_str_find_byte(line, separator);
        add_column(table, seen, sl_str_slice(line, 0, end));
        if (end == SIZE_MAX)
            return;
        line = sl_str_slice(line, end + 1, line.len);
    }
}

static bool detect_header(sl_str head, struct sl_table *table)
{
    static const struct {
        char separator;
        enum sl_table_form form;
    } separators[] = {{'\t', SL_FORM_TSV}, {',', SL_FORM_CSV}, {';', SL_FORM_CSV}, {'|', SL_FORM_BARS}};
    sl_str line, rest = head;
    if (!sl_str_next_line(&rest, &line) || line.len > 8000)
        return false;
    for (size_t i = 0; i < sizeof separators / sizeof separators[0]; i++) {
        struct seen seen;
        if (sl_str_find_byte(line, separators[i].separator) == SIZE_MAX)
            continue;
        split_header(table, &seen, line, separators[i].separator);
        table->kind = kind_of(&seen);
        if (table->kind == SL_TABLE_NONE)
            continue;
        table->form = separators[i].form;
        table->separator = separators[i].separator;
        table->has_header = true;
        return true;
    }
    return false;
}

/* " userid | queryid | query " over a rule of dashes; "| a | b |" between two rules. */
static bool detect_aligned(sl_str head, struct sl_table *table)
{
    sl_str rest = head, line, next;
    if (!sl_str_next_line(&rest, &line) || !sl_str_next_line(&rest, &next))
        return false;
    bool is_mysql = sl_str_has_prefix(line, SL_STR("+-"));
    bool is_psql = sl_str_has_prefix(next, SL_STR("--")) && sl_str_find_byte(next, '+') != SIZE_MAX;
    if (!is_mysql && !is_psql)
        return false;
    sl_str columns = is_mysql ? sl_str_trim(next) : line;
    if (is_mysql)
        columns = sl_str_slice(columns, 1, columns.len >= 2 ? columns.len - 2 : 0);
    struct seen seen;
    split_header(table, &seen, columns, '|');
    table->kind = kind_of(&seen);
    table->form = SL_FORM_ALIGNED;
    table->separator = '|';
    return table->kind != SL_TABLE_NONE;
}

/* "*** 1. row ***" and "name: value"; "-[ RECORD 1 ]" and "name | value". */
static bool detect_vertical(sl_str head, struct sl_table *table)
{
    bool is_mysql = sl_str_has_prefix(head, SL_STR("**********")) &&
                    sl_str_find(sl_str_slice(head, 0, 200), SL_STR(". row **")) != SIZE_MAX;
    bool is_psql = sl_str_has_prefix(head, SL_STR("-[ RECORD "));
    if (!is_mysql && !is_psql)
        return false;
    table->separator = is_mysql ? ':' : '|';
    struct seen seen = {0};
    sl_str line;
    for (int i = 0; i < 200 && sl_str_next_line(&head, &line); i++) {
        size_t end = sl_str_find_byte(line, table->separator);
        if (end != SIZE_MAX && end < 64)
            see(&seen, sl_str_trim(sl_str_slice(line, 0, end)));
    }
    table->kind = kind_of(&seen);
    table->form = SL_FORM_VERTICAL;
    return table->kind != SL_TABLE_NONE;
}

static bool detect_json(sl_str head, struct sl_table *table)
{
    size_t pos = 0;
    sl_str unit;
    sl_str start = sl_str_trim(sl_str_slice(head, 0, 64));
    if (start.len == 0 || (start.ptr[0] != '{' && start.ptr[0] != '['))
        return false;
    for (int i = 0; i < 5; i++) {
        enum sl_json_unit found = sl_json_next_unit(head, false, &pos, &unit);
        struct sl_json json;
        struct sl_json_field field;
        struct seen seen = {0};
        if (found == SL_JSON_NEED_MORE)
            return false;
        if (found != SL_JSON_UNIT || !sl_json_open(&json, unit))
            continue;
        while (sl_json_next(&json, &field))
            see(&seen, field.key);
        table->kind = kind_of(&seen);
        table->form = SL_FORM_JSON;
        if (table->kind != SL_TABLE_NONE)
            return true;
    }
    return false;
}

static bool detect_markup(sl_str head, struct sl_table *table)
{
    bool is_xml = sl_str_find(sl_str_slice(head, 0, 400), SL_STR("<resultset")) != SIZE_MAX;
    bool is_html = sl_str_has_prefix(head, SL_STR("<table"));
    if (!is_xml && !is_html)
        return false;
    struct seen seen = {0};
    sl_str open = is_xml ? SL_STR("<field name=\"") : SL_STR("<th");
    sl_str rest = head;
    for (int i = 0; i < SL_TABLE_MAX_COLUMNS; i++) {
        size_t at = sl_str_find(rest, open);
        if (at == SIZE_MAX)
            break;
        rest = sl_str_slice(rest, at + open.len, rest.len);
        if (is_html)
            rest = sl_str_slice(rest, sl_str_find_byte(rest, '>') + 1, rest.len);
        sl_str name = sl_str_slice(rest, 0, sl_str_find_byte(rest, is_xml ? '"' : '<'));
        if (is_html)
            add_column(table, &seen, name);
        else
            see(&seen, name);
    }
    table->kind = kind_of(&seen);
    table->form = is_xml ? SL_FORM_XML : SL_FORM_HTML;
    return table->kind != SL_TABLE_NONE;
}

static void set_columns(struct sl_table *table, enum sl_table_kind kind, const enum sl_table_column *columns,
                        unsigned n)
{
    table->kind = kind;
    table->n_columns = n;
    table->text_column = -1;
    for (unsigned i = 0; i < n; i++) {
        table->columns[i] = columns[i];
        if (columns[i] == SL_COLUMN_TEXT)
            table->text_column = (int)i;
    }
}

static bool is_hex(sl_str s)
{
    if (s.len != 32 && s.len != 64)
        return false;
    for (size_t i = 0; i < s.len; i++) {
        char c = sl_lower_char(s.ptr[i]);
        if (!sl_is_digit(c) && (c < 'a' || c > 'f'))
            return false;
    }
    return true;
}

/* The first fields of a line, unquoted. */
static unsigned first_fields(sl_str line, char separator, sl_str *fields, unsigned max)
{
    unsigned n = 0;
    while (n < max) {
        if (line.len && line.ptr[0] == '"' && separator == ',') {
            size_t end = 1;
            while (end < line.len && line.ptr[end] != '"')
                end += line.ptr[end] == '\\' ? 2 : 1;
            fields[n++] = sl_str_slice(line, 1, end - 1);
            line = sl_str_slice(line, end + 1, line.len);
            if (line.len == 0)
                return n;
            line = sl_str_slice(line, 1, line.len);
            continue;
        }
        size_t end = sl_str_find_byte(line, separator);
        fields[n++] = sl_str_slice(line, 0, end);
        if (end == SIZE_MAX)
            return n;
        line = sl_str_slice(line, end + 1, line.len);
    }
    return n;
}

static bool is_number(sl_str s)
{
    size_t i = s.len && s.ptr[0] == '-', digits = 0;
    for (; i < s.len && (sl_is_digit(s.ptr[i]) || s.ptr[i] == '.'); i++)
        digits += sl_is_digit(s.ptr[i]);
    return digits > 0 && i == s.len;
}

/* Tables without a header line: mysql.slow_log and general_log of the CSV engine, OUTFILE and COPY. */
static bool detect_headerless(sl_str head, struct sl_table *table)
{
    static const enum sl_table_column slow[] = {
        SL_COLUMN_FIRST_SEEN,    SL_COLUMN_USER,       SL_COLUMN_TIME_OF_DAY,  SL_COLUMN_OTHER, SL_COLUMN_ROWS_SENT,
        SL_COLUMN_ROWS_EXAMINED, SL_COLUMN_DATABASE,   SL_COLUMN_OTHER,        SL_COLUMN_OTHER, SL_COLUMN_OTHER,
        SL_COLUMN_TEXT,          SL_COLUMN_CONNECTION, SL_COLUMN_ROWS_AFFECTED};
    static const enum sl_table_column general[] = {SL_COLUMN_FIRST_SEEN, SL_COLUMN_USER,    SL_COLUMN_CONNECTION,
                                                   SL_COLUMN_OTHER,      SL_COLUMN_COMMAND, SL_COLUMN_TEXT};
    static const enum sl_table_column digests[] = {SL_COLUMN_DATABASE, SL_COLUMN_DIGEST, SL_COLUMN_TEXT,
                                                   SL_COLUMN_CALLS, SL_COLUMN_TIMER_PS};
    static const enum sl_table_column statements[] = {SL_COLUMN_USER, SL_COLUMN_DATABASE, SL_COLUMN_DIGEST,
                                                      SL_COLUMN_TEXT, SL_COLUMN_CALLS,    SL_COLUMN_TIME_MS};
    static const enum sl_table_column statements_all[] = {
        SL_COLUMN_OTHER, SL_COLUMN_OTHER, SL_COLUMN_OTHER,  SL_COLUMN_DIGEST, SL_COLUMN_TEXT,
        SL_COLUMN_OTHER, SL_COLUMN_OTHER, SL_COLUMN_OTHER,  SL_COLUMN_OTHER,  SL_COLUMN_OTHER,
        SL_COLUMN_OTHER, SL_COLUMN_CALLS, SL_COLUMN_TIME_MS};
#define SET(kind, columns) set_columns(table, (kind), (columns), sizeof(columns) / sizeof(columns)[0])
    sl_str line, f[14];
    int64_t us;
    if (!sl_str_next_line(&head, &line))
        return false;
    table->separator = sl_str_find_byte(line, '\t') != SIZE_MAX ? '\t' : ',';
    table->form = table->separator == '\t' ? SL_FORM_TSV : SL_FORM_CSV_SLASH;
    unsigned n = first_fields(line, table->separator, f, 14);
    bool has_host = n >= 6 && sl_stamp_iso(f[0], &us) && sl_str_find(f[1], SL_STR("] @ ")) != SIZE_MAX;
    if (has_host && n >= 11 && sl_str_find_byte(f[2], ':') != SIZE_MAX)
        SET(SL_TABLE_SLOW_LOG, slow);
    else if (has_host && is_number(f[2]) && is_number(f[3]))
        SET(SL_TABLE_GENERAL_LOG, general);
    else if (n >= 4 && is_hex(f[1]))
        SET(SL_TABLE_DIGESTS, digests);
    else if (n >= 6 && table->separator == '\t' && is_number(f[2]) && f[2].len >= 8 && is_number(f[4]))
        SET(SL_TABLE_STATEMENTS, statements);
    else if (n >= 13 && table->separator == '\t' && is_number(f[3]) && f[3].len >= 8 && is_number(f[11]))
        SET(SL_TABLE_STATEMENTS, statements_all);
    else
        return false;
#undef SET
    return true;
}

void sl_table_detect(sl_str head, struct sl_table *table)
{
    static bool (*const detectors[])(sl_str, struct sl_table *) = {
        detect_vertical, detect_aligned, detect_markup, detect_json, detect_header, detect_headerless,
    };
    for (size_t i = 0; i < sizeof detectors / sizeof detectors[0]; i++) {
        *table = (struct sl_table){.text_column = -1};
        if (detectors[i](head, table))
            return;
    }
    *table = (struct sl_table){.text_column = -1};
}
