/*
 * dialect_evidence: which SQL dialect a file or project is written in, and how that was found out.
 *
 * In:    a path, the beginning of a file's bytes.
 * Out:   a dialect and one phrase for people ("config/database.yml: adapter mysql2", "3 × AUTO_INCREMENT").
 * Must hold: deterministic, lexical; a parser is never asked (4.5 % of MySQL statements parse as PostgreSQL with
 *        another meaning). Comments and string literals do not vote.
 * Owns:  nothing; phrases live in the caller's arena.
 * Not here: which answer wins where several exist (discover).
 */
#ifndef SL_SOURCE_DIALECT_EVIDENCE_H
#define SL_SOURCE_DIALECT_EVIDENCE_H

#include "base/arena.h"
#include "sql/dialect.h"

struct sl_dialect_evidence {
    struct sl_sql_mode mode; /* mode.dialect is SL_DIALECT_UNKNOWN where nothing was found */
    sl_str reason;
};

/* Votes of the words that only one or two dialects have. */
struct sl_dialect_votes {
    uint32_t points[SL_DIALECT_COUNT];
    const char *word[SL_DIALECT_COUNT]; /* the weightiest word seen */
    uint32_t word_points[SL_DIALECT_COUNT];
};

/* What a dump program, a schema dumper or a comment says in the first lines. */
struct sl_dialect_evidence sl_dialect_from_header(sl_str head, struct sl_arena *arena);
/* A folder or a part of the file name that is a dialect's name: db/mysql/x.sql, schema.sqlite.sql. */
struct sl_dialect_evidence sl_dialect_from_path(sl_str path, struct sl_arena *arena);
/* config/database.yml, Gemfile, migration_lock.toml, schema.prisma … : `path` names the file in the reason. */
struct sl_dialect_evidence sl_dialect_from_config(sl_str path, sl_str text, struct sl_arena *arena);
void sl_dialect_vote(sl_str sql, struct sl_dialect_votes *votes);
void sl_dialect_votes_add(struct sl_dialect_votes *sum, const struct sl_dialect_votes *more);
/* The dialect with the most points, if it has more than every other. */
struct sl_dialect_evidence sl_dialect_from_votes(const struct sl_dialect_votes *votes, struct sl_arena *arena);

#endif
