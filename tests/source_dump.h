/*
 * source_dump: sources, fragments and facts as text, for the golden files of fixtures/source and for people.
 */
#ifndef SL_TESTS_SOURCE_DUMP_H
#define SL_TESTS_SOURCE_DUMP_H

#include <stdio.h>

#include "source/discover.h"
#include "source/layout.h"
#include "source/model_fact.h"

static inline void source_dump_escaped(FILE *out, sl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] == '\n')
            fputs("\n      ", out);
        else
            fputc(s.ptr[i], out);
    }
}

static inline void source_dump_flags(FILE *out, uint32_t flags)
{
    static const char *const names[] = {"orm",  "grouped_in_memory", "batched", "row_by_row", "conditional",
                                        "open", "no_orm_touch",      "script",  "callbacks",  "save"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (flags & (1u << i))
            fprintf(out, " %s", names[i]);
    }
}

static inline void source_dump_mapped(FILE *out, const struct sl_source *source, const struct sl_fragment *fragment,
                                      sl_str word)
{
    for (size_t from = 0; word.len && from < fragment->text.len;) {
        size_t at = sl_str_find(sl_str_slice(fragment->text, from, SIZE_MAX), word);
        if (at == SIZE_MAX)
            return;
        struct sl_span span =
            sl_fragment_source_span(fragment, (struct sl_span){(uint32_t)(from + at), (uint32_t)word.len});
        sl_str bytes = sl_str_slice(source->bytes, span.off, span.len);
        fprintf(out, "      @ %.*s -> %u+%u %.*s\n", SL_STR_ARG(word), span.off, span.len, SL_STR_ARG(bytes));
        from += at + word.len;
    }
}

static inline void source_dump_fact(FILE *out, const struct sl_source_fact *fact, struct sl_lines *lines)
{
    static const char *const kinds[] = {"orm_timestamp", "enum_value",          "touches",    "counts",
                                        "fills",         "timestamps_left_off", "passed_over"};
    struct sl_position at = sl_lines_position(lines, fact->span.off);
    fprintf(out, "    %u:%u fact %s table=%.*s column=%.*s name=%.*s value=%.*s %.*s%s%s%s\n", at.line, at.col,
            kinds[fact->kind], SL_STR_ARG(fact->table), SL_STR_ARG(fact->column), SL_STR_ARG(fact->name),
            SL_STR_ARG(fact->value), SL_STR_ARG(fact->detail), fact->on_insert ? " insert" : "",
            fact->on_update ? " update" : "", fact->is_always ? " always" : "");
}

static inline void source_dump_source(FILE *out, const struct sl_source *source)
{
    fprintf(out, "%.*s: %s %s %s%s%s%s%.*s (%.*s)\n", SL_STR_ARG(source->path), sl_source_kind_name(source->kind),
            sl_layout_name(source->layout), sl_dialect_name(source->mode.dialect),
            source->is_reported ? "" : " unreported", source->is_in_schema ? " in_schema" : "",
            source->database.len ? " database=" : "", SL_STR_ARG(source->database),
            SL_STR_ARG(source->dialect_evidence));
}

static inline void source_dump_reading(FILE *out, struct sl_source *source, struct sl_arena *arena, sl_str word)
{
    struct sl_error err;
    struct sl_reading reading = {0};
    if (sl_source_read(source, arena, &reading, &err) != SL_OK) {
        fprintf(out, "    error: %s\n", err.message);
        return;
    }
    sl_model_fact_read(source, arena, &reading);
    struct sl_lines lines;
    sl_lines_init(&lines, arena, source->bytes);
    for (size_t i = 0; i < reading.len; i++) {
        const struct sl_fragment *fragment = &reading.items[i];
        struct sl_position at = sl_lines_position(&lines, fragment->whole.off);
        fprintf(out, "    %u:%u", at.line, at.col);
        if (fragment->transaction)
            fprintf(out, " transaction=%u", fragment->transaction);
        source_dump_flags(out, fragment->flags);
        fputs("\n      ", out);
        source_dump_escaped(out, fragment->text);
        fputc('\n', out);
        source_dump_mapped(out, source, fragment, word);
    }
    for (size_t i = 0; i < reading.facts.len; i++)
        source_dump_fact(out, &reading.facts.items[i], &lines);
}

static inline void source_dump_all(FILE *out, struct sl_discovered *found, struct sl_arena *run, int sources_only,
                                   sl_str word)
{
    for (size_t i = 0; i < found->problems.len; i++)
        fprintf(out, "problem: %.*s\n", SL_STR_ARG(found->problems.items[i].message));
    for (size_t i = 0; i < found->sources.len && !sources_only; i++) {
        struct sl_error err;
        if (sl_source_load(&found->sources.items[i], run, &err) != SL_OK)
            fprintf(out, "problem: %s\n", err.message);
    }
    if (!sources_only)
        sl_project_read(found->sources.items, found->sources.len, NULL, run);
    for (size_t i = 0; i < found->sources.len; i++) {
        source_dump_source(out, &found->sources.items[i]);
        if (!sources_only)
            source_dump_reading(out, &found->sources.items[i], run, word);
    }
}

#endif
