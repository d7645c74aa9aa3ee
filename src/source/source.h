/*
 * source: a file or stream that was given to us, and the fragments that its reader finds in it.
 *
 * In:    a path (source/discover decides kind, mode and order), its bytes.
 * Out:   fragments: SQL text with a map back to the source's bytes. A schema DSL or an ORM chain is written out as SQL
 *        of the project's dialect by its reader, so that everything behind this stage sees SQL only. What SQL cannot
 *        say (an ORM's timestamps, an enum's values) are source facts.
 * Owns:  nothing; fragments and facts live in the file arena, bytes are borrowed.
 * Must hold: every byte of a fragment maps back to the source, or is marked synthetic (base/segmap).
 *
 * An ORM's write: a reader sees one file, not the catalog, so it cannot know which timestamp columns a table has. It
 * writes `UPDATE "entries" SET "note" = 'foo'` and marks the fragment SL_FRAGMENT_ORM; who knows the catalog adds the
 * ORM's timestamp columns (SL_SOURCE_FACT_ORM_TIMESTAMP, else the magic names updated_at and updated_on) to what the
 * statement assigns, unless the fragment is also SL_FRAGMENT_NO_ORM_TOUCH (update_all, update_columns, touch: false,
 * record_timestamps = false …). A write that assigns nothing that we know (`save`, `touch`) sets only the synthetic
 * column "updated_at" = CURRENT_TIMESTAMP.
 */
#ifndef SL_SOURCE_SOURCE_H
#define SL_SOURCE_SOURCE_H

#include "base/error.h"
#include "base/segmap.h"
#include "base/span.h"
#include "sql/dialect.h"

enum sl_source_kind {
    SL_SOURCE_SCHEMA,    /* defines tables; nothing is reported on it unless it was asked for as a path too */
    SL_SOURCE_MIGRATION, /* changes tables and rows, in order */
    SL_SOURCE_SQL,       /* queries and scripts */
    SL_SOURCE_CODE,      /* application code with SQL or an ORM in it */
    SL_SOURCE_QUERY_LOG, /* statements that ran */
};

/* "schema", "migration", "sql", "code", "query_log". */
const char *sl_source_kind_name(enum sl_source_kind kind);

/* The tool that a migration was written for: what is its up part, and what comes first (source/layout). */
enum sl_layout {
    SL_LAYOUT_NONE, /* the whole file counts */
    SL_LAYOUT_RAILS,
    SL_LAYOUT_FLYWAY,
    SL_LAYOUT_GOLANG_MIGRATE,
    SL_LAYOUT_GOOSE,
    SL_LAYOUT_DBMATE,
    SL_LAYOUT_SQL_MIGRATE,
    SL_LAYOUT_SQITCH,
    SL_LAYOUT_SQLX,
    SL_LAYOUT_DIESEL,
    SL_LAYOUT_PRISMA,
    SL_LAYOUT_DRIZZLE,
    SL_LAYOUT_LIQUIBASE,
    SL_LAYOUT_ATLAS,
    SL_LAYOUT_SUPABASE,
    SL_LAYOUT_NUMBERED, /* a folder of numbered SQL files, of no tool that we know */
    SL_LAYOUT_COUNT,
};

struct sl_project;
struct sl_tree_cache;

struct sl_source {
    sl_str path; /* as shown to people: relative to the working directory where it lies below it */
    enum sl_source_kind kind;
    struct sl_sql_mode mode;
    bool is_reported; /* findings on it are shown (false: it only defines tables or reports to compare with) */
    sl_str bytes;     /* filled by sl_source_load(); without a UTF-8 byte order mark */
    enum sl_layout layout;
    /* A migration whose changes a schema source already holds: it is read for what it does to rows, but it must not
     * change the catalog a second time. */
    bool is_in_schema;
    bool is_schema_ruby; /* … and that schema source is a schema.rb, which has no words for triggers and views */
    sl_str database; /* several databases are several catalogs: "queue" of db/queue_schema.rb; empty: the main one */
    sl_str dialect_evidence; /* how the dialect was found, for people */
    /* What the files of the project say about each other (models, scopes, enums); may be NULL. */
    const struct sl_project *project;
    struct sl_tree_cache *trees; /* of earlier runs; may be NULL */
};

enum sl_fragment_flag {
    SL_FRAGMENT_ORM = 1 << 0,               /* written out from an ORM call, not SQL text of the source */
    SL_FRAGMENT_GROUPED_IN_MEMORY = 1 << 1, /* the grouping happens in the host language */
    SL_FRAGMENT_BATCHED = 1 << 2,           /* inside in_batches, find_in_batches or a loop over id ranges */
    SL_FRAGMENT_ROW_BY_ROW = 1 << 3,        /* inside a loop that writes each row of a relation */
    SL_FRAGMENT_CONDITIONAL = 1 << 4,       /* runs only under a condition that we do not evaluate */
    SL_FRAGMENT_OPEN = 1 << 5,              /* the chain has calls that we do not know: there may be more clauses */
    SL_FRAGMENT_NO_ORM_TOUCH = 1 << 6,      /* an ORM write whose timestamps are switched off */
    SL_FRAGMENT_SCRIPT = 1 << 7,            /* code that runs once, by hand: a task, or outside any method or class */
    SL_FRAGMENT_CALLBACKS = 1 << 8,         /* an ORM write that runs callbacks: what it belongs to may be touched */
    SL_FRAGMENT_SAVE = 1 << 9,              /* an ORM write that runs those of a save: they may fill columns */
};

struct sl_fragment {
    sl_str text;
    struct sl_segmap map; /* text → source bytes; an empty map means text[i] is source byte base_off + i */
    uint32_t base_off;
    uint32_t flags;       /* enum sl_fragment_flag */
    uint32_t transaction; /* fragments of one source with the same number > 0 run in one transaction */
    uint32_t runs_off; /* where it runs, if that is not where it stands: the call of the method that holds it; else 0 */
    sl_str database;   /* that it is sent to, where the code says (a model's connects_to); else the source's */
    struct sl_span whole; /* what a finding on the fragment as such points at, in the source's bytes */
};

enum sl_source_fact_kind {
    SL_SOURCE_FACT_ORM_TIMESTAMP, /* an ORM writes table.column on every save */
    SL_SOURCE_FACT_ENUM_VALUE,    /* table.column holds value, called name */
    SL_SOURCE_FACT_TOUCHES, /* saving a row of table touches column of other table `name` (belongs_to touch: true) */
    SL_SOURCE_FACT_COUNTS, /* making or destroying a row of table writes column of table `name` (counter_cache: true) */
    SL_SOURCE_FACT_FILLS,  /* a save of table may fill column: a callback, or (name: of that column) a setter of its own
                            */
    SL_SOURCE_FACT_TIMESTAMPS_LEFT_OFF, /* an ORM's timestamps are switched off here and not on again in the file */
    SL_SOURCE_FACT_PASSED_OVER,         /* these bytes could not be read; detail says why */
};

struct sl_source_fact {
    enum sl_source_fact_kind kind;
    sl_str database, table, column, name, value;
    sl_str detail; /* a sentence; fills: "before_save :set_drawn_at" */
    struct sl_span span;
    bool on_insert, on_update, is_always; /* fills: of which rows; with the current time, whatever the row holds */
};

struct sl_reading {
    struct sl_fragment *items; /* fragments, in source order */
    size_t len, cap;
    struct {
        struct sl_source_fact *items;
        size_t len, cap;
    } facts;
};

/* One reader a format, behind one table (source/reader.c). */
struct sl_reader {
    const char *name;        /* "sql", "ruby-schema", "ruby", "python", "flyway" … */
    const char *description; /* for --help and the docs */
    /* Is this source mine? Decided from the path and the first KiBs; the first reader that says yes reads it. */
    bool (*claims)(const struct sl_source *source);
    /* Adds fragments and facts. Trouble in the input is a PASSED_OVER fact, not an error. */
    enum sl_status (*read)(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                           struct sl_error *err);
};

/* The readers, in the order in which they are asked; ended by a NULL name. */
extern const struct sl_reader sl_readers[];

/* Reads the file at source->path into source->bytes. What is there already stays. A byte order mark is passed over; NUL
 * and invalid UTF-8 are kept as they are. */
SL_NODISCARD enum sl_status sl_source_load(struct sl_source *source, struct sl_arena *arena, struct sl_error *err);

/* Finds the reader and reads. A source that no reader claims gives a PASSED_OVER fact. */
SL_NODISCARD enum sl_status sl_source_read(const struct sl_source *source, struct sl_arena *file,
                                           struct sl_reading *reading, struct sl_error *err);

/* The source bytes behind `span` of the fragment's text. */
struct sl_span sl_fragment_source_span(const struct sl_fragment *fragment, struct sl_span span);

#endif
