#include "sql/lowering.h"

static void fail(struct sl_lowering *l, sl_str message, bool by_limit)
{
    if (!l->failed) {
        l->failed = true;
        l->failed_by_limit = by_limit;
        l->error = message;
        l->error_off = sl_off(l);
    }
    l->pos = l->n_tokens;
}

void sl_lowering_fail(struct sl_lowering *l, const char *message)
{
    fail(l, sl_str_from(message), false);
}

void sl_lowering_fail_limit(struct sl_lowering *l, const char *message)
{
    fail(l, sl_str_from(message), true);
}

void sl_lowering_fail_here(struct sl_lowering *l)
{
    if (l->failed) {
        l->pos = l->n_tokens;
        return;
    }
    if (sl_at_kind(l, SL_TOK_END)) {
        fail(l, SL_STR("the statement ends where more was expected"), false);
        return;
    }
    sl_str word = sl_str_slice(l->text, sl_off(l), sl_tok(l, 0)->len);
    if (word.len > 40)
        word.len = 40;
    fail(l, sl_arena_printf(l->arena, "not understood at or near \"%.*s\"", SL_STR_ARG(word)), false);
}

bool sl_lowering_enter(struct sl_lowering *l)
{
    if (l->depth >= SL_MAX_LOWERING_DEPTH) {
        sl_lowering_fail_limit(l, "deeper nesting than the limit");
        return false;
    }
    l->depth++;
    return true;
}

void sl_lowering_leave(struct sl_lowering *l)
{
    l->depth--;
}

struct sl_checkpoint sl_lowering_checkpoint(const struct sl_lowering *l)
{
    return (struct sl_checkpoint){.pos = l->pos,
                                  .depth = l->depth,
                                  .mark = sl_emit_mark(&l->emit),
                                  .n_items = l->items.len,
                                  .n_facts = l->facts.len,
                                  .muted = l->emit.muted};
}

void sl_lowering_restore(struct sl_lowering *l, struct sl_checkpoint checkpoint)
{
    l->failed = false;
    l->failed_by_limit = false;
    l->pos = checkpoint.pos;
    l->depth = checkpoint.depth;
    l->emit.muted = checkpoint.muted;
    sl_emit_truncate(&l->emit, checkpoint.mark);
    l->items.len = checkpoint.n_items;
    l->facts.len = checkpoint.n_facts;
    l->no_collate = false;
}

struct sl_span sl_lowering_span(const struct sl_lowering *l, uint32_t from, uint32_t to)
{
    if (from >= to || from >= l->n_tokens)
        return (struct sl_span){.off = l->tokens[from < l->n_tokens ? from : l->n_tokens].off, .len = 0};
    const struct sl_token *last = &l->tokens[(to < l->n_tokens ? to : l->n_tokens) - 1];
    uint32_t off = l->tokens[from].off;
    return (struct sl_span){.off = off, .len = last->off + last->len - off};
}

sl_str sl_lowering_source(const struct sl_lowering *l, uint32_t from, uint32_t to)
{
    struct sl_span span = sl_lowering_span(l, from, to);
    return sl_str_slice(l->text, span.off, span.len);
}

sl_str sl_lowering_decoded(const struct sl_lowering *l, uint32_t token)
{
    return sl_lex_decode(l->text, &l->tokens[token], l->arena);
}

void sl_lowering_finish_item(struct sl_lowering *l, size_t mark, uint32_t first_token)
{
    if (l->failed || l->emit.muted) {
        sl_emit_truncate(&l->emit, mark);
        return;
    }
    struct sl_lowered_item *item = SL_VEC_PUSH(l->arena, &l->items);
    item->role = l->role;
    item->source = sl_lowering_span(l, first_token, l->pos);
    sl_emit_write(&l->emit, mark, &item->text, &item->map);
    if (l->role == SL_ROLE_MAIN)
        l->role = SL_ROLE_PART;
    l->kind = SL_LOWERED_SQL;
}

struct sl_fact *sl_lowering_fact(struct sl_lowering *l, enum sl_fact_kind kind, uint32_t from, uint32_t to)
{
    struct sl_fact *fact = l->emit.muted ? &l->dropped_fact : SL_VEC_PUSH(l->arena, &l->facts);
    *fact = (struct sl_fact){.kind = kind,
                             .span = sl_lowering_span(l, from, to),
                             .text = sl_lowering_source(l, from, to),
                             .item = (uint32_t)l->items.len};
    return fact;
}

void sl_lowering_fact_text(struct sl_lowering *l, enum sl_fact_kind kind, uint32_t from, uint32_t to, sl_str text)
{
    sl_lowering_fact(l, kind, from, to)->text = text;
}

void sl_lowering_set_verb(struct sl_lowering *l, const char *verb)
{
    if (l->verb.len == 0)
        l->verb = sl_str_from(verb);
}

void sl_lowering_add_variable(struct sl_lowering *l, uint32_t token)
{
    *SL_VEC_PUSH(l->arena, &l->variables) = sl_lowering_decoded(l, token);
}

void sl_keep_token(struct sl_lowering *l)
{
    const struct sl_token *token = sl_tok(l, 0);
    sl_emit_add(&l->emit, sl_str_slice(l->text, token->off, token->len), (struct sl_span){token->off, token->len});
    sl_step(l);
}

bool sl_keep(struct sl_lowering *l, enum sl_keyword keyword)
{
    if (!sl_at(l, keyword))
        return false;
    sl_keep_token(l);
    return true;
}

void sl_expect_keep(struct sl_lowering *l, enum sl_keyword keyword)
{
    if (!sl_keep(l, keyword))
        sl_lowering_fail_here(l);
}

void sl_expect_skip(struct sl_lowering *l, enum sl_keyword keyword)
{
    if (!sl_skip(l, keyword))
        sl_lowering_fail_here(l);
}

bool sl_keep_kind(struct sl_lowering *l, enum sl_token_kind kind)
{
    if (!sl_at_kind(l, kind))
        return false;
    sl_keep_token(l);
    return true;
}

void sl_expect_kind(struct sl_lowering *l, enum sl_token_kind kind)
{
    if (!sl_keep_kind(l, kind))
        sl_lowering_fail_here(l);
}

void sl_replace_tokens(struct sl_lowering *l, uint32_t n, const char *text)
{
    sl_emit_add(&l->emit, sl_str_from(text), sl_lowering_span(l, l->pos, l->pos + n));
    l->pos = l->pos + n < l->n_tokens ? l->pos + n : l->n_tokens;
}

void sl_insert(struct sl_lowering *l, const char *text)
{
    sl_emit_insert(&l->emit, text, sl_off(l));
}
