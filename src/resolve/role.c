#include "resolve/role.h"

#include "resolve/catalog_private.h"
#include "resolve/role_name.h"
#include "resolve/touch_trigger.h"

/* What is known for and against one column while its role is decided. */
struct column_case {
    const struct sl_catalog *catalog;
    const struct sl_table_record *record;
    const struct sl_column *column;
    struct sl_roles *out;
    struct sl_arena *run;
    bool has_ddl_touch; /* ON UPDATE or a trigger at every write */
    bool has_orm_touch, has_observed_touch, has_state_trigger;
    bool is_immutable; /* counter-evidence that beats a name */
    bool is_forbidden; /* … and beats everything: no UPDATE gets through */
    bool is_key;
};

static struct sl_fact_role_evidence *add_evidence(struct column_case *c, const char *kind, bool is_against,
                                                  sl_str detail, struct sl_place place)
{
    struct sl_fact_role_evidence *evidence = SL_VEC_PUSH(c->run, &c->out->evidence);
    *evidence = (struct sl_fact_role_evidence){
        .column_id = c->column->column_id, .kind = kind, .is_against = is_against, .detail = detail, .place = place};
    return evidence;
}

static void weigh_on_update(struct column_case *c)
{
    const struct sl_column *column = c->column;
    if (!column->on_update_now)
        return;
    c->has_ddl_touch = true;
    add_evidence(c, column->on_update_implicit ? "implicit_timestamp" : "on_update_clause", false, SL_STR_EMPTY,
                 column->on_update_place)
        ->statement_id = column->on_update_by;
}

static void weigh_triggers(struct column_case *c, const struct sl_touches *touches)
{
    for (size_t i = 0; i < touches->len; i++) {
        const struct sl_touch *touch = &touches->items[i];
        if (!sl_str_eq(touch->assignment->column, c->column->name))
            continue;
        /* updated_at that only changes of a title or a price move is still no event's time. */
        bool is_of_data = touch->kind == SL_TOUCH_WITH_STATE && touch->asks_for_data &&
                          sl_name_time_role(c->column->name) == SL_NAME_TOUCH;
        bool always = touch->kind == SL_TOUCH_EVERY_WRITE || is_of_data;
        c->has_ddl_touch |= always;
        c->has_state_trigger |= !always;
        sl_str name = touch->trigger->name;
        sl_str detail = sl_arena_printf(c->run, "%.*s%s", SL_STR_ARG(name),
                                        is_of_data                           ? " when data columns change"
                                        : always                             ? ""
                                        : touch->kind == SL_TOUCH_WITH_STATE ? " sets it only with other columns"
                                                                             : " sets it only while it is empty");
        add_evidence(c, always ? "trigger" : "state_trigger", !always, detail, touch->trigger->place)->statement_id =
            touch->trigger->made_by;
    }
}

/* Writes that were seen: several sets of columns, and this one in all of them (one in five may leave it out). */
static void weigh_writes(struct column_case *c)
{
    const struct sl_column_record *seen = &c->catalog->columns.items[c->column->column_id - 1];
    uint32_t n_shapes = c->record->n_update_shapes;
    if (seen->n_set_shapes < 2 || seen->n_set_shapes * 5 < n_shapes * 4)
        return;
    c->has_observed_touch = true;
    add_evidence(c, "observed_writes", false,
                 sl_arena_printf(c->run, "%u of %u kinds of UPDATE set it, whatever else they change",
                                 seen->n_set_shapes, n_shapes),
                 seen->first_set);
}

static bool has_version_key(const struct sl_table_record *record)
{
    for (size_t i = 0; i < record->table.columns.len; i++) {
        const struct sl_column *column = &record->table.columns.items[i];
        if (!column->is_dropped && column->in_primary_key && sl_name_is_version(column->name))
            return true;
    }
    return false;
}

static void weigh_forbidding_triggers(struct column_case *c)
{
    for (size_t i = 0; i < c->record->triggers.len; i++) {
        const struct sl_trigger *trigger = &c->catalog->triggers.items[c->record->triggers.items[i]];
        const struct sl_routine_body *body = sl_trigger_body(c->catalog, trigger);
        if (trigger->is_dropped || !body || !(trigger->events & SL_EVENT_UPDATE) || trigger->columns.len ||
            trigger->guards.len)
            continue;
        bool forbids = body->forbids && body->forbid_guards.len == 0;
        bool cancels = trigger->timing == SL_TIMING_BEFORE && body->cancels && body->cancel_guards.len == 0 &&
                       body->assignments.len == 0;
        if (!forbids && !cancels)
            continue;
        c->is_forbidden = true;
        add_evidence(c, "forbidden_update", true,
                     sl_arena_printf(c->run, "trigger %.*s lets no UPDATE through", SL_STR_ARG(trigger->name)),
                     trigger->place);
    }
}

static void weigh_against(struct column_case *c)
{
    const struct sl_table *table = &c->record->table;
    if (c->column->in_primary_key) {
        c->is_key = true;
        add_evidence(c, "key", true, SL_STR("it is part of the primary key"), c->column->made);
    }
    if (has_version_key(c->record)) {
        c->is_immutable = true;
        add_evidence(c, "version_table", true, SL_STR("the key has a version: each change is a row of its own"),
                     table->made);
    }
    if (sl_name_is_audit_table(table->name) || sl_name_is_audit_schema(table->schema)) {
        c->is_immutable = true;
        add_evidence(c, "audit_table", true, SL_STR("by its name the table gets new rows, not changes"), table->made);
    }
    if (c->record->is_update_forbidden) {
        c->is_forbidden = true;
        add_evidence(c, "forbidden_update", true, sl_arena_printf(c->run, "%s forbids UPDATE", c->record->forbidden_by),
                     c->record->forbidden_place);
    }
    weigh_forbidding_triggers(c);
    if (c->record->n_logged_inserts > 0 && c->record->n_updates == 0 && c->catalog->n_logged_updates > 0) {
        c->is_immutable = true;
        add_evidence(c, "never_updated", true, SL_STR("no UPDATE of the table was seen, in a log that has its INSERTs"),
                     (struct sl_place){0});
    }
}

/* A name of a moment needs a type that can hold one. */
static bool may_hold_time(const struct sl_column *column)
{
    return column->type_class == SL_TYPE_TIME || column->type_class == SL_TYPE_UNKNOWN ||
           column->type_class == SL_TYPE_TEXT || column->type_class == SL_TYPE_INTEGER ||
           column->type_class == SL_TYPE_NUMBER || column->type_class == SL_TYPE_OTHER;
}

struct verdict {
    const char *role, *confidence;
};

static struct verdict decide_state(const struct sl_column *column)
{
    if (sl_name_is_state(column->name) && column->type_class != SL_TYPE_TIME)
        return (struct verdict){"state", "medium"};
    if ((column->type_class == SL_TYPE_ENUM || column->is_orm_enum) && !sl_name_is_sort_of_thing(column->name))
        return (struct verdict){"state", "low"};
    /* SQLite and old MySQL schemas have no other truth values than 0 and 1. */
    bool is_truth = column->type_class == SL_TYPE_BOOL ||
                    (column->type_class == SL_TYPE_INTEGER &&
                     (sl_str_eq(column->default_text, SL_STR("0")) || sl_str_eq(column->default_text, SL_STR("1"))));
    if (is_truth && sl_name_is_outcome_flag(column->name))
        return (struct verdict){"state", "low"};
    return (struct verdict){"other", "low"};
}

bool sl_column_is_state(const struct sl_column *column)
{
    return strcmp(decide_state(column).role, "state") == 0;
}

static struct verdict decide_by_name(struct column_case *c)
{
    enum sl_name_role name = sl_name_time_role(c->column->name);
    bool is_time = c->column->type_class == SL_TYPE_TIME;
    if (!may_hold_time(c->column) || (name == SL_NAME_EVENT_WEAK && !is_time))
        return decide_state(c->column);
    switch (name) {
    case SL_NAME_TOUCH:
    case SL_NAME_TOUCH_WEAK:
        if (c->is_key || c->is_immutable || (name == SL_NAME_TOUCH_WEAK && !is_time && c->column->type.len))
            return (struct verdict){"other", "medium"};
        add_evidence(c, "name", false, SL_STR_EMPTY, c->column->made);
        return (struct verdict){"row_touch", name == SL_NAME_TOUCH ? "medium" : "low"};
    case SL_NAME_BIRTH:
        return (struct verdict){"row_birth", c->column->default_is_now ? "high" : "medium"};
    case SL_NAME_EVENT:
        add_evidence(c, "name", false, SL_STR_EMPTY, c->column->made);
        return (struct verdict){"event_time", c->column->is_not_null ? "low" : "medium"};
    case SL_NAME_EVENT_WEAK:
        return (struct verdict){c->column->is_not_null ? "other" : "event_time", "low"};
    default:
        return decide_state(c->column);
    }
}

static struct verdict decide_column(struct column_case *c)
{
    if (c->is_forbidden || (c->is_key && !c->has_ddl_touch))
        return sl_name_time_role(c->column->name) == SL_NAME_BIRTH ? (struct verdict){"row_birth", "high"}
                                                                   : (struct verdict){"other", "high"};
    if (c->has_ddl_touch)
        return (struct verdict){"row_touch", c->is_immutable ? "medium" : "high"};
    enum sl_name_role name = sl_name_time_role(c->column->name);
    if (c->has_state_trigger)
        return (struct verdict){"event_time", "high"};
    if (c->has_orm_touch && name != SL_NAME_BIRTH && !c->is_immutable)
        return (struct verdict){"row_touch", "high"};
    if (c->has_observed_touch && name != SL_NAME_BIRTH && c->column->type_class != SL_TYPE_BOOL && !c->is_immutable)
        return (struct verdict){"row_touch", "medium"};
    return decide_by_name(c);
}

static void weigh_orm(struct column_case *c)
{
    const struct sl_orm_fact *touch =
        c->catalog->orm_facts.len ? sl_catalog_find_touch_of(c->catalog, c->column->column_id) : NULL;
    if (touch) {
        c->has_orm_touch = true;
        add_evidence(c, "orm_timestamps", false,
                     sl_arena_printf(c->run, "every save of a row of `%.*s` touches it", SL_STR_ARG(touch->table)),
                     touch->place);
    }
    const struct sl_orm_fact *fill =
        c->catalog->orm_facts.len ? sl_catalog_find_fill_of(c->catalog, c->column->column_id) : NULL;
    if (fill && sl_name_time_role(c->column->name) != SL_NAME_BIRTH) {
        c->has_orm_touch = true;
        add_evidence(c, "orm_timestamps", false,
                     sl_arena_printf(c->run, "%.*s sets it at every save", SL_STR_ARG(fill->by)), fill->place);
    }
    if (!c->column->is_orm_timestamp)
        return;
    c->has_orm_touch = true;
    if (sl_name_time_role(c->column->name) != SL_NAME_BIRTH)
        add_evidence(c, "orm_timestamps", false, SL_STR_EMPTY, c->column->orm_place);
}

static const struct sl_configured_role *find_configured(const struct sl_catalog *catalog,
                                                        const struct sl_configured_role *configured, size_t n,
                                                        const struct sl_column *column)
{
    const struct sl_table *table = sl_catalog_table(catalog, column->table_id);
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq_nocase(configured[i].table, table->name) && sl_str_eq_nocase(configured[i].column, column->name))
            return &configured[i];
    }
    return NULL;
}

static const char *role_word(sl_str text)
{
    static const char *const words[] = {"row_birth", "row_touch", "event_time", "state", "other"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_eq(text, sl_str_from(words[i])))
            return words[i];
    }
    return "other";
}

static const char *name_role_word(const struct sl_column *column)
{
    static const char *const words[] = {
        [SL_NAME_OTHER] = "other",     [SL_NAME_TOUCH] = "touch",       [SL_NAME_TOUCH_WEAK] = "touch_weak",
        [SL_NAME_BIRTH] = "birth",     [SL_NAME_EVENT] = "event",       [SL_NAME_EVENT_WEAK] = "event_weak",
        [SL_NAME_PLANNED] = "planned", [SL_NAME_REPEATED] = "repeated", [SL_NAME_DELETED] = "deleted",
    };
    enum sl_name_role name = sl_name_time_role(column->name);
    return name == SL_NAME_OTHER && sl_name_is_state(column->name) ? "state" : words[name];
}

static void add_role(struct column_case *c, const struct sl_configured_role *configured, struct verdict verdict)
{
    struct sl_fact_column_role *role = SL_VEC_PUSH(c->run, &c->out->roles);
    *role = (struct sl_fact_column_role){.column_id = c->column->column_id,
                                         .role = verdict.role,
                                         .confidence = verdict.confidence,
                                         .name_role = name_role_word(c->column),
                                         .event_values = SL_STR_EMPTY};
    const struct sl_column_record *seen = &c->catalog->columns.items[c->column->column_id - 1];
    if (strcmp(verdict.role, "event_time") == 0) {
        role->event_state_column = seen->event_state_column;
        role->event_values =
            seen->event_values.len ? sl_arena_printf(c->run, "[%.*s]", SL_STR_ARG(seen->event_values)) : SL_STR_EMPTY;
    }
    if (!configured)
        return;
    role->role = role_word(configured->role);
    role->confidence = "high";
    const struct sl_column *state = sl_table_find_column(&c->record->table, SL_DIALECT_SQLITE, configured->state);
    if (state)
        role->event_state_column = state->column_id;
    if (configured->values_json.len)
        role->event_values = configured->values_json;
    add_evidence(c, "config", false, sl_arena_printf(c->run, "the configuration says %s", role->role),
                 configured->place);
}

static void decide_table(const struct sl_catalog *catalog, const struct sl_table_record *record,
                         const struct sl_configured_role *configured, size_t n_configured, struct sl_arena *run,
                         struct sl_roles *out)
{
    struct sl_touches touches = {0};
    sl_touch_list(catalog, record->table.table_id, run, &touches);
    for (size_t i = 0; i < record->table.columns.len; i++) {
        struct column_case c = {
            .catalog = catalog, .record = record, .column = &record->table.columns.items[i], .out = out, .run = run};
        bool is_time = may_hold_time(c.column);
        bool is_timelike =
            is_time && (c.column->type_class == SL_TYPE_TIME || sl_name_time_role(c.column->name) != SL_NAME_OTHER);
        weigh_on_update(&c);
        if (is_time)
            weigh_triggers(&c, &touches);
        if (is_timelike) {
            weigh_orm(&c);
            weigh_writes(&c);
            weigh_against(&c);
        }
        struct verdict verdict = is_timelike || c.has_ddl_touch ? decide_column(&c) : decide_state(c.column);
        const struct sl_configured_role *given = find_configured(catalog, configured, n_configured, c.column);
        if (given || strcmp(verdict.role, "other") != 0 || is_timelike)
            add_role(&c, given, verdict);
    }
}

void sl_role_decide(const struct sl_catalog *catalog, const struct sl_configured_role *configured, size_t n_configured,
                    struct sl_arena *run, struct sl_roles *out)
{
    for (size_t i = 0; i < catalog->tables.len; i++) {
        const struct sl_table_record *record = catalog->tables.items[i];
        if (record->table.kind == SL_RELATION_TABLE || record->table.kind == SL_RELATION_FOREIGN_TABLE)
            decide_table(catalog, record, configured, n_configured, run, out);
    }
}
