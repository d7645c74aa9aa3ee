#include "plan/render.h"

/* SQLite writes each string: one place in this program knows how JSON escapes. */
struct json {
    struct sl_query *quote;
    struct sl_buf *out;
    struct sl_error *err;
};

static enum sl_status add_string(struct json *json, sl_str text)
{
    bool has_row = false;
    sl_query_reset(json->quote);
    sl_query_bind_str(json->quote, 1, text);
    SL_TRY(sl_query_step(json->quote, &has_row, json->err));
    sl_buf_add(json->out, sl_query_str(json->quote, 0));
    return SL_OK;
}

/* ,"name":"text"; NULL where the text is empty. */
static enum sl_status add_field(struct json *json, const char *before, const char *name, sl_str text)
{
    sl_buf_add_printf(json->out, "%s\"%s\":", before, name);
    if (text.len)
        return add_string(json, text);
    sl_buf_add(json->out, SL_STR("null"));
    return SL_OK;
}

static enum sl_status add_list(struct json *json, const char *name, const struct sl_names *texts)
{
    sl_buf_add_printf(json->out, ",\"%s\":[", name);
    for (size_t i = 0; i < texts->len; i++) {
        if (i)
            sl_buf_add_byte(json->out, ',');
        SL_TRY(add_string(json, texts->items[i]));
    }
    sl_buf_add_byte(json->out, ']');
    return SL_OK;
}

static const char *kind_name(enum sl_plan_block_kind kind)
{
    static const char *const names[] = {
        [SL_BLOCK_SQL] = "sql",         [SL_BLOCK_ROUTINE] = "sql", [SL_BLOCK_ZERO] = "must_be_0",
        [SL_BLOCK_COMPARE] = "compare", [SL_BLOCK_SHELL] = "shell", [SL_BLOCK_REWRITE] = "rewrite",
        [SL_BLOCK_DIFF] = "diff",       [SL_BLOCK_RUBY] = "rails"};
    return names[kind];
}

static enum sl_status add_step(struct json *json, const struct sl_plan_step *step)
{
    sl_buf_add_printf(json->out, "\n {\"id\":\"%s\"", step->id);
    SL_TRY(add_field(json, ",", "title", step->title));
    SL_TRY(add_field(json, ",", "why", step->why));
    sl_buf_add(json->out, SL_STR(",\"blocks\":["));
    for (size_t i = 0; i < step->blocks.len; i++) {
        const struct sl_plan_block *block = &step->blocks.items[i];
        sl_buf_add_printf(json->out, "%s\n  {\"kind\":\"%s\"", i ? "," : "", kind_name(block->kind));
        SL_TRY(add_field(json, ",", "label", block->label));
        SL_TRY(add_field(json, ",", "path", block->path));
        if (block->line)
            sl_buf_add_printf(json->out, ",\"line\":%u", block->line);
        else
            sl_buf_add(json->out, SL_STR(",\"line\":null"));
        SL_TRY(add_field(json, ",", "text", block->text));
        sl_buf_add_byte(json->out, '}');
    }
    sl_buf_add_byte(json->out, ']');
    SL_TRY(add_list(json, "notes", &step->notes));
    SL_TRY(add_list(json, "undo", &step->undo));
    SL_TRY(add_list(json, "undo_by_hand", &step->undo_words));
    sl_buf_add_byte(json->out, '}');
    return SL_OK;
}

static enum sl_status add_sources(struct json *json, const struct sl_plan_target *target)
{
    sl_buf_add(json->out, SL_STR(",\"sources\":["));
    for (size_t i = 0; i < target->sources.len; i++) {
        const struct sl_plan_source *source = &target->sources.items[i];
        SL_TRY(add_field(json, i ? ",{" : "{", "name", source->label));
        SL_TRY(add_field(json, ",", "expression", source->expression));
        SL_TRY(add_field(json, ",", "cost", source->cost));
        sl_buf_add_printf(json->out, ",\"chosen\":%s}", i == target->source ? "true" : "false");
    }
    sl_buf_add_byte(json->out, ']');
    return SL_OK;
}

static enum sl_status add_plan(struct json *json, const struct sl_plan *plan)
{
    const struct sl_plan_target *target = plan->target;
    SL_TRY(add_field(json, "{", "table", target->table));
    SL_TRY(add_field(json, ",", "schema", target->schema));
    SL_TRY(add_field(json, ",", "event", target->event));
    SL_TRY(add_field(json, ",", "dialect", sl_str_from(sl_dialect_name(target->dialect))));
    SL_TRY(add_field(json, ",", "when", target->when.text));
    SL_TRY(add_field(json, ",", "row_touch", target->touch.name));
    SL_TRY(add_sources(json, target));
    sl_buf_add(json->out, SL_STR(",\"steps\":["));
    for (size_t i = 0; i < plan->steps.len; i++) {
        if (i)
            sl_buf_add_byte(json->out, ',');
        SL_TRY(add_step(json, &plan->steps.items[i]));
    }
    sl_buf_add(json->out, SL_STR("]}"));
    return SL_OK;
}

enum sl_status sl_plan_render_json(struct sl_graph *graph, const struct sl_plan *plans, size_t n_plans,
                                   struct sl_buf *out, struct sl_error *err)
{
    SL_QUERY quote = NULL;
    SL_TRY(sl_query_prepare(graph, SL_STR("SELECT json_quote(?1)"), &quote, err));
    struct json json = {.quote = quote, .out = out, .err = err};
    sl_buf_add(out, SL_STR("{\"tool\":\"stamplint\",\"version\":\"" SL_VERSION "\",\"format\":1,\"plans\":["));
    for (size_t i = 0; i < n_plans; i++) {
        sl_buf_add(out, i ? SL_STR(",\n") : SL_STR("\n"));
        SL_TRY(add_plan(&json, &plans[i]));
    }
    sl_buf_add(out, SL_STR("]}\n"));
    return SL_OK;
}
