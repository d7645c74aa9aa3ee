/*
 * log: what a reader of one log format is given, and what it answers.
 *
 * In:    a window on a stream of clean bytes: decompressed, out of its envelope, no line longer than
 *        SL_LOG_LINE_BYTES. The window moves on; bytes that an open entry needs stay in it.
 * Out:   records: one statement text of the window and what the log says about its execution.
 * Owns:  the block owns the bytes, the records and what the shape pass adds to them. A reader owns its state only.
 * Fails: never. What is not understood is counted in sl_digest_counts.
 * Limits: SL_LOG_RECORD_BYTES of one statement; the rest of a longer one is skipped and the record is TRUNCATED.
 *
 * One format, one file, one row in log/format.c. To add a format: write weigh (does this line look like mine?),
 * begin and scan; add the row; add fixtures/log/<format>/ with a count. tests/unit/test_log_fixtures.c will run it.
 */
#ifndef SL_SOURCE_LOG_LOG_H
#define SL_SOURCE_LOG_LOG_H

#include "base/buf.h"
#include "source/digest.h"
#include "source/log/block.h"
#include "source/log/names.h"

/* A statement that is scanned; what follows is skipped up to the next entry. */
#define SL_LOG_RECORD_BYTES (4u * 1024 * 1024)
/* A line; the middle of a longer one is dropped. */
#define SL_LOG_LINE_BYTES (6u * 1024 * 1024)
/* What detection looks at. */
#define SL_LOG_HEAD_BYTES (256u * 1024)

/* The session of those that cannot be told apart: of the same text, its lines are taken to be of one. */
#define SL_LOG_ANY_SESSION UINT64_MAX

/* How a statement is written in the log, undone by sl_log_text_decode(). */
enum sl_log_encoding {
    SL_LOG_PLAIN,
    SL_LOG_TABBED,    /* PostgreSQL stderr: one tab behind each newline */
    SL_LOG_CSV,       /* RFC 4180: "" is " */
    SL_LOG_JSON,      /* between the quotes of a JSON string */
    SL_LOG_BACKSLASH, /* \n \t \\ \" \' \0: mysql -B, CSV engine, audit plug-in, COPY */
    SL_LOG_XML,       /* &lt; &#10; */
    SL_LOG_CELL,      /* a cell of an aligned table: line ends and margins are joined */
};

enum sl_log_record_kind {
    SL_LOG_STATEMENT, /* one or more executions of the text */
    SL_LOG_DURATION,  /* no text: the time of the session's last statement that had none, or none: it goes on */
    SL_LOG_FAILURE,   /* the text of a statement that failed; known already if the session's last entry has it */
    SL_LOG_COPY,      /* auto_explain, pgaudit: the statement again, unless it was logged in no other way */
    SL_LOG_FORGERY,   /* the session's last entry was no statement of the server's */
};

enum sl_log_record_flag {
    SL_LOG_TRUNCATED = 1 << 0,
    SL_LOG_NORMALISED = 1 << 1, /* the log holds no literals */
    SL_LOG_SAMPLED = 1 << 2,    /* calls is an estimate from a sampling rate */
    SL_LOG_AMBIGUOUS = 1 << 3,  /* entry boundary or attribution is not certain */
    SL_LOG_HAS_DURATION = 1 << 4,
    SL_LOG_SPLITS = 1 << 6,          /* the text may be a packet of several statements */
    SL_LOG_COUNTS_PIECES = 1 << 7,   /* each of them is a statement of its own in the counts */
    SL_LOG_ESTIMATED = 1 << 9,       /* calls stands for one statement of the log and those that sampling left out */
    SL_LOG_AWAITS_DURATION = 1 << 8, /* a DURATION record of the session may follow */
    SL_LOG_OF_AUDIT = 1 << 10,       /* COPY: pgaudit's; else auto_explain's */
    SL_LOG_OF_CURSOR = 1 << 12,      /* the text declares a cursor */
    SL_LOG_OF_WORKER = 1 << 14,      /* FAILURE: counted already, as that of a parallel worker */
    SL_LOG_AWAITS_PLAN = 1 << 13,    /* its plan may follow */
    SL_LOG_BY_NAME = 1 << 11,        /* STATEMENT: what an SQL EXECUTE stood for; FAILURE: of such an EXECUTE */
};

struct sl_log_record {
    const char *text; /* in the block */
    uint32_t len;
    uint32_t flags;
    uint8_t kind, encoding, dialect;
    uint16_t user, database, application, location; /* names; 0: unknown */
    uint16_t path;
    uint32_t line;
    uint64_t
        off; /* of the text: in the stream while reading, in the file afterwards. Before it is emitted: of its line */
    uint32_t at;       /* of the text in the block; UINT32_MAX: not there */
    uint32_t head_len; /* bytes of the line, or lines, before the text */
    uint32_t head_col; /* columns before those: of an envelope */
    uint8_t layout;    /* encoding + 1 where the text was decoded before; 0: as the encoding */
    uint64_t session;  /* pid, connection or a hash of one; 0: unknown */
    uint64_t calls, failed;
    uint64_t duration_us;
    uint64_t rows_sent, rows_examined, rows_affected;
    int64_t first_us, last_us;      /* Unix time; 0: unknown */
    uint32_t pieces_from, n_pieces; /* set by the shape pass */
};

struct sl_log_format;

struct sl_log_reader {
    const char *bytes; /* the window */
    uint64_t base;     /* stream offset of bytes[0] */
    size_t len;
    bool at_end;       /* no bytes follow the window */
    uint64_t pos;      /* first byte that was not read, as a stream offset */
    uint64_t keep_off; /* start of the open entry; UINT64_MAX: none */
    uint32_t line;     /* line number of pos */
    uint16_t path;
    const struct sl_log_format *format;
    enum sl_dialect dialect;
    sl_str prefix; /* log_line_prefix, empty: not known */
    int year;      /* for stamps without one */
    struct sl_digest_counts *counts;
    struct sl_log_names *names;
    struct sl_log_block *block;
    void *state; /* of the format; zeroed */
};

struct sl_log_format {
    const char *name;        /* of --input-format */
    const char *title;       /* for people */
    enum sl_dialect dialect; /* UNKNOWN: from the options or the text */
    size_t state_bytes;
    bool quotes_are_doubled; /* a quoted field may go over many bytes, "" is a quote in it */
    const char *refusal;     /* not a log with SQL in it: why, and what to use in its place; the rest is NULL */
    /* How much the line (without its newline) looks like this format; 0: not at all. */
    unsigned (*weigh)(sl_str line);
    /* How much the head of the file does, for formats that no single line shows. May be NULL, like weigh. */
    unsigned (*weigh_head)(sl_str head);
    /* Called once before the first scan; `head` is what detection saw. May be NULL. */
    void (*begin)(struct sl_log_reader *reader, sl_str head);
    /* Reads what is complete; at_end: everything. */
    void (*scan)(struct sl_log_reader *reader);
    /*
     * The window holds all of a file but an entry that may go on: does it, with `line`, the first of the next file?
     * NULL: entries of this format never do.
     */
    bool (*goes_on)(const struct sl_log_reader *reader, sl_str line);
    /* The time that a line says; 0: none. As a last resort, what is not always the time of writing. NULL: any stamp. */
    int64_t (*stamp)(sl_str line, bool is_last_resort);
    /* What is known of sessions, databases and times goes on in the next file of a rotated set. */
    bool is_one_stream;
    /* Gives back what the state owns besides itself. May be NULL. */
    void (*end)(struct sl_log_reader *reader);
};

/* A zeroed record that starts at stream offset `off`. */
struct sl_log_record sl_log_record_at(const struct sl_log_reader *reader, uint64_t off);
/* Adds a record whose text is the stream's bytes [from, to). Longer texts are cut and marked. */
void sl_log_emit(struct sl_log_reader *reader, const struct sl_log_record *record, uint64_t from, uint64_t to);

/* The same for a text that lives in the block or in its arena; `off` is where it comes from. */
void sl_log_emit_text(struct sl_log_reader *reader, const struct sl_log_record *record, sl_str text, uint64_t off);

static inline const char *sl_log_at(const struct sl_log_reader *reader, uint64_t off)
{
    return reader->bytes + (off - reader->base);
}

static inline sl_str sl_log_slice(const struct sl_log_reader *reader, uint64_t from, uint64_t to)
{
    return (sl_str){sl_log_at(reader, from), (size_t)(to - from)};
}

/* What was not read: of a reader that has read all complete lines, the line that is cut. */
static inline sl_str sl_log_unread(const struct sl_log_reader *reader)
{
    return sl_log_slice(reader, reader->pos, reader->base + reader->len);
}

/*
 * The next complete line, without "\n"; *off is where it starts. False if the window holds none. At the end of the
 * stream the last line needs no newline.
 */
static inline bool sl_log_next_line(struct sl_log_reader *reader, sl_str *line, uint64_t *off)
{
    const char *from = sl_log_at(reader, reader->pos);
    size_t left = reader->len - (size_t)(reader->pos - reader->base);
    if (left == 0)
        return false;
    const char *newline = memchr(from, '\n', left);
    if (!newline && !reader->at_end)
        return false;
    size_t len = newline ? (size_t)(newline - from) : left;
    *line = (sl_str){from, len};
    *off = reader->pos;
    while (line->len && line->ptr[0] == '\0') { /* a hole that logrotate's copytruncate or a crash left */
        line->ptr++;
        line->len--;
        ++*off;
    }
    reader->pos += len + (newline != NULL);
    reader->line++;
    return true;
}

/* Without one "\r" at the end. */
static inline sl_str sl_log_chomp(sl_str line)
{
    if (line.len && line.ptr[line.len - 1] == '\r')
        line.len--;
    return line;
}

#endif
