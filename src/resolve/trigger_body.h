/*
 * trigger_body: the text of a trigger's body → assignments with their guards.
 *
 * In:    a CREATE FUNCTION in PL/pgSQL, or the lowered items of a MySQL or SQLite trigger.
 * Out:   a struct sl_routine_body in the run arena.
 * Fails: never; a body that cannot be read has is_known == false.
 */
#ifndef SL_RESOLVE_TRIGGER_BODY_H
#define SL_RESOLVE_TRIGGER_BODY_H

#include "resolve/trigger.h"

void sl_trigger_body_read_plpgsql(const struct sl_statement *statement, struct sl_arena *run,
                                  struct sl_routine_body *body);
/* `when` takes the guards of the WHEN condition. */
void sl_trigger_body_read_lowered(const struct sl_statement *statement, struct sl_arena *run, struct sl_guards *when,
                                  struct sl_routine_body *body);

#endif
