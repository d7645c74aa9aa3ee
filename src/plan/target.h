/*
 * target: what a plan is about, read from the graph: one table, its row-touch column, the event that deserves a column
 * of its own, who reads it, who writes the state, and what is known that old rows can be filled from.
 *
 * In:    a graph after its rules ran; what the user asked for.
 * Out:   one sl_plan_target for each event; all texts are copied into the run arena.
 * Fails: SL_ERR_USAGE with one sentence of advice where a plan cannot be made: no such table, no usable key, no
 *        condition that says when the event happened.
 * Not here: SQL (steps), what a server can do (form).
 */
#ifndef SL_PLAN_TARGET_H
#define SL_PLAN_TARGET_H

#include "graph/query.h"
#include "plan/version.h"
#include "plan/when.h"

/* An event column that the configuration names; the table need not have it yet. */
struct sl_plan_known_event {
    sl_str table, column, state;
    sl_str values_json;
};

/* What the user asked for. Empty strings and false: not said. */
struct sl_plan_request {
    struct sl_names other_triggers; /* on UPDATE, that leave the row-touch column alone */
    struct sl_names columns; /* TABLE.COLUMN operands: an event column, or the row-touch column that stands in for it */
    sl_str when;
    sl_str server_version;
    sl_str source; /* event | created_at | updated_at, a column, or an SQL expression */
    sl_str dialect;
    const struct sl_plan_known_event *known_events;
    size_t n_known_events;
    bool wants_trigger, wants_rails;
    uint32_t batch_rows; /* 0: the default */
};

struct sl_plan_column {
    uint32_t column_id; /* 0: there is none */
    sl_str name, type, type_class;
    bool is_not_null, is_generated;
};
struct sl_plan_columns {
    struct sl_plan_column *items;
    size_t len, cap;
};

/* A partition of the table, or of one of its partitions (PostgreSQL). */
struct sl_plan_partition {
    sl_str written;      /* as its definition names it: quoted, qualified */
    sl_str name, parent; /* without quotes and schema */
    bool is_partitioned; /* it has partitions of its own */
};

/* How a row is written without its row-touch column moving. */
enum sl_plan_keep {
    SL_KEEP_NOTHING,      /* nothing in the database moves it */
    SL_KEEP_SELF_ASSIGN,  /* MySQL ON UPDATE: SET updated_at = updated_at */
    SL_KEEP_REPLICA_ROLE, /* PostgreSQL trigger: session_replication_role */
    SL_KEEP_GUARD,        /* MySQL trigger: a guard on a session variable in its body */
    SL_KEEP_TRIGGER_OFF,  /* SQLite trigger: dropped and made again inside the transaction of the batch */
};

struct sl_plan_trigger {
    sl_str name, text; /* the CREATE TRIGGER as written; empty if it was not found */
    sl_str path;
    uint32_t line;
};

enum sl_plan_source_kind {
    SL_PLAN_SOURCE_EVENT_TABLE,
    SL_PLAN_SOURCE_BIRTH,
    SL_PLAN_SOURCE_TOUCH,
    SL_PLAN_SOURCE_GIVEN
};

/* Where the time of old events can come from, and what that costs in truth. */
struct sl_plan_source {
    enum sl_plan_source_kind kind;
    sl_str label;      /* "created_at", "entry_events.created_at" */
    sl_str expression; /* SQL on the table's row, names qualified by the alias t */
    sl_str cost;       /* one sentence */
};

struct sl_plan_use {
    uint32_t off, len; /* in the source's bytes */
    uint32_t line;
    bool is_exact;
    bool is_result; /* a result column by itself, under its own name */
};

struct sl_plan_report {
    uint32_t statement_id;
    sl_str path, source_kind, text, rules; /* rules: "SL101, SL102" */
    sl_str app_location;
    uint32_t line, off, len, n_source_bytes;
    bool is_bounded; /* it has a range of the time: an index helps */
    bool is_select;
    bool has_parameters;     /* it cannot be run as it stands */
    bool reads_other_states; /* its state predicate is not the event's: repointing changes what it says */
    bool is_grouped_in_memory;
    bool renames_result; /* the column is a result column under its own name */
    struct {
        struct sl_plan_use *items;
        size_t len, cap;
    } uses; /* of the row-touch column, in ascending order, each place once */
};

struct sl_plan_write {
    uint32_t statement_id;
    sl_str path, source_kind, kind, arm, value_shape, text;
    uint32_t line, off, len, n_source_bytes;
    bool is_orm;
    uint64_t calls;
};

struct sl_plan_target {
    enum sl_dialect dialect;
    struct sl_server_version version;
    bool is_rails;
    sl_str rails_path; /* the newest migration, or schema.rb: it says which version migrations are written for */
    bool wants_trigger;
    bool only_shown; /* leave out reports whose findings the run does not show */
    uint32_t batch_rows;
    uint32_t table_id;
    sl_str schema, table; /* as the graph keeps them */
    bool is_inferred;     /* no DDL made it */
    bool is_partitioned;
    bool has_fulltext, is_compressed, is_myisam; /* MySQL: what forbids online DDL */
    struct {
        struct sl_plan_partition *items;
        size_t len, cap;
    } partitions; /* parents first */
    sl_str event; /* the dedicated column */
    bool event_exists;
    sl_str event_type;
    struct sl_when when;
    struct sl_plan_column touch, birth;
    enum sl_plan_keep keep;
    struct sl_plan_columns on_update; /* MySQL: every column of the table that has ON UPDATE */
    struct {
        struct sl_plan_trigger *items;
        size_t len, cap;
    } triggers;
    struct sl_names other_triggers; /* on UPDATE, that leave the row-touch column alone */
    struct sl_names columns;        /* all names of the table */
    struct sl_plan_columns typed;   /* the same columns */
    struct sl_plan_columns key;     /* what batches go by */
    struct {
        struct sl_plan_source *items;
        size_t len, cap;
    } sources;                   /* best first */
    size_t source;               /* the chosen one */
    struct sl_names known_moves; /* "db/migrate/x.sql:3": writes that moved the row-touch column of many rows */
    struct {
        struct sl_plan_report *items;
        size_t len, cap;
    } reports;
    struct {
        struct sl_plan_write *items;
        size_t len, cap;
    } writes;
};

struct sl_plan_targets {
    struct sl_plan_target *items;
    size_t len, cap;
    sl_str hint;              /* nothing was asked for and nothing found: what could be asked for; may be empty */
    struct sl_names refusals; /* a sentence for each event of the findings that no plan can be made for */
};

/* Everything that the request asks for; without operands, one target for each event that SL101 and SL102 found. */
SL_NODISCARD enum sl_status sl_plan_find_targets(struct sl_graph *graph, const struct sl_plan_request *request,
                                                 struct sl_arena *run, struct sl_plan_targets *out,
                                                 struct sl_error *err);

/* For `check --fix`: the findings whose dedicated column exists, with their reports; nothing else of a target is read.
 */
SL_NODISCARD enum sl_status sl_plan_find_repaired(struct sl_graph *graph, struct sl_arena *run,
                                                  struct sl_plan_targets *out, struct sl_error *err);

/* Refuses a table whose rows cannot be told apart by a key. */
SL_NODISCARD enum sl_status sl_plan_require_key(const struct sl_plan_target *target, struct sl_error *err);

/* The parts of it, each with its own file. They fill what they are named for. */
SL_NODISCARD enum sl_status sl_plan_read_table(struct sl_graph *graph, struct sl_arena *run,
                                               struct sl_plan_target *target, struct sl_error *err);
SL_NODISCARD enum sl_status sl_plan_read_reports(struct sl_graph *graph, struct sl_arena *run,
                                                 struct sl_plan_target *target, struct sl_error *err);
SL_NODISCARD enum sl_status sl_plan_read_writes(struct sl_graph *graph, struct sl_arena *run,
                                                struct sl_plan_target *target, struct sl_error *err);
SL_NODISCARD enum sl_status sl_plan_read_sources(struct sl_graph *graph, sl_str wanted, struct sl_arena *run,
                                                 struct sl_plan_target *target, struct sl_error *err);

/* The type of a column that is an enum of the database; empty for any other. */
sl_str sl_plan_enum_type_of(const struct sl_plan_target *target, sl_str column);

/* "approved" → "approved_at"; empty where the value is no past participle. */
sl_str sl_plan_event_name(sl_str value, struct sl_arena *arena);

#endif
