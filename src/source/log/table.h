/*
 * table: rows of a table as database clients write them, in whatever form.
 *
 * In:    CSV with a header, TSV (mysql -B, COPY, OUTFILE), psql's aligned, unaligned and expanded output, mysql's -t,
 * \G and -X, HTML, JSON arrays and lines; files of MySQL's CSV engine and others without a header, whose columns are
 *        known by their forms.
 * Out:   rows as column numbers of enum sl_table_column → values, decoded.
 * Owns:  nothing; values live in the arena that is passed.
 * Must hold: a newline or separator inside the statement's column is found again where the form is ambiguous, by
 *        counting the other columns from both ends.
 */
#ifndef SL_SOURCE_LOG_TABLE_H
#define SL_SOURCE_LOG_TABLE_H

#include "base/arena.h"
#include "base/buf.h"

#define SL_TABLE_MAX_COLUMNS 96

/* What we know a column to be, from its name. */
enum sl_table_column {
    SL_COLUMN_OTHER,
    SL_COLUMN_TEXT,   /* sql_text, argument, digest_text, query */
    SL_COLUMN_SAMPLE, /* query_sample_text */
    SL_COLUMN_DATABASE,
    SL_COLUMN_USER,
    SL_COLUMN_COMMAND,     /* command_type */
    SL_COLUMN_CALLS,       /* count_star, calls */
    SL_COLUMN_TIMER_PS,    /* sum_timer_wait: picoseconds */
    SL_COLUMN_TIME_MS,     /* total_exec_time */
    SL_COLUMN_TIME_OF_DAY, /* query_time: HH:MM:SS.f */
    SL_COLUMN_ROWS_SENT,
    SL_COLUMN_ROWS_EXAMINED,
    SL_COLUMN_ROWS_AFFECTED,
    SL_COLUMN_ERRORS,
    SL_COLUMN_FIRST_SEEN,
    SL_COLUMN_LAST_SEEN,
    SL_COLUMN_CONNECTION,
    SL_COLUMN_APPLICATION,
    SL_COLUMN_DIGEST,
    SL_COLUMN_STATE,
    SL_COLUMN_COUNT,
};

/* What the table is. */
enum sl_table_kind {
    SL_TABLE_NONE,
    SL_TABLE_SLOW_LOG,    /* mysql.slow_log */
    SL_TABLE_GENERAL_LOG, /* mysql.general_log */
    SL_TABLE_DIGESTS,     /* performance_schema.events_statements_summary_by_digest */
    SL_TABLE_STATEMENTS,  /* pg_stat_statements */
    SL_TABLE_ACTIVITY,    /* pg_stat_activity, SHOW PROCESSLIST */
};

enum sl_table_form {
    SL_FORM_NONE,
    SL_FORM_CSV,       /* "" in quotes */
    SL_FORM_CSV_SLASH, /* backslash escapes in quotes: CSV engine, OUTFILE … ENCLOSED BY '"' */
    SL_FORM_TSV,       /* backslash escapes, no quotes */
    SL_FORM_BARS,      /* psql -A: nothing is escaped */
    SL_FORM_ALIGNED,   /* psql, mysql -t */
    SL_FORM_VERTICAL,  /* \G, \x */
    SL_FORM_JSON,
    SL_FORM_XML,
    SL_FORM_HTML,
};

struct sl_table {
    enum sl_table_form form;
    enum sl_table_kind kind;
    char separator;
    bool has_header;
    unsigned n_columns;
    enum sl_table_column columns[SL_TABLE_MAX_COLUMNS];
    int text_column; /* which one may hold separators and newlines; -1: none */
};

struct sl_table_row {
    sl_str values[SL_COLUMN_COUNT];
    bool is_null[SL_COLUMN_COUNT];
    sl_str source; /* the row's bytes */
};

/* What the head of a file is a table of; kind NONE: nothing that we know. */
void sl_table_detect(sl_str head, struct sl_table *table);
/*
 * The next row at or behind *pos of `s`. False: none is complete (at_end: none is left); *pos is where the next call
 * starts with more bytes.
 */
bool sl_table_next(const struct sl_table *table, sl_str s, bool at_end, size_t *pos, struct sl_arena *arena,
                   struct sl_table_row *row);

/* table_detect → table: what a column's name means. */
enum sl_table_column sl_table_column_of(sl_str name);

#endif
