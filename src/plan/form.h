/*
 * form: how one dialect's servers do each step online. One descriptor a dialect, one file each.
 *
 * In:    a target and its words.
 * Out:   blocks, notes and undo of the step.
 * Source: PostgreSQL 15 manual (ALTER TABLE, Explicit Locking, CREATE INDEX CONCURRENTLY, session_replication_role);
 *        MySQL 8.0 manual 17.12 "InnoDB and Online DDL"; MariaDB "InnoDB Online DDL Overview"; run on PostgreSQL 15 and
 *        MariaDB 10.11 by tests/e2e/plan_e2e.py.
 */
#ifndef SL_PLAN_FORM_H
#define SL_PLAN_FORM_H

#include "plan/plan.h"
#include "plan/words.h"

typedef void sl_plan_form_step(const struct sl_plan_target *target, const struct sl_plan_words *words,
                               struct sl_arena *run, struct sl_plan_step *step);

struct sl_plan_form {
    sl_plan_form_step *add_column;
    sl_plan_form_step *guard; /* the write-once trigger */
    sl_plan_form_step *backfill;
    sl_plan_form_step *index;
    sl_plan_form_step *clean_up;
};

extern const struct sl_plan_form sl_plan_form_postgres, sl_plan_form_mysql, sl_plan_form_sqlite;

#endif
