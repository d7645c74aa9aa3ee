#include "source/source.h"

#include <stdlib.h>

#include "base/vec.h"
#include "source/file.h"
#include "source/project.h"
#include "source/readers.h"

const char *sl_source_kind_name(enum sl_source_kind kind)
{
    static const char *const names[] = {"schema", "migration", "sql", "code", "query_log"};
    return (size_t)kind < sizeof names / sizeof names[0] ? names[kind] : "unknown";
}

enum sl_status sl_source_load(struct sl_source *source, struct sl_arena *arena, struct sl_error *err)
{
    sl_str bytes;
    if (source->bytes.len)
        return SL_OK;
    SL_TRY(sl_file_read(source->path, arena, &bytes, err));
    source->bytes = sl_str_has_prefix(bytes, SL_STR("\xEF\xBB\xBF")) ? sl_str_slice(bytes, 3, SIZE_MAX) : bytes;
    return SL_OK;
}

/* Code that is not reported on is there for the reports in it that a write may move: they name a last-write time, by
 * one of the usual names or by one that the schema gives ON UPDATE. */
static bool speaks_of_last_writes(const struct sl_source *source)
{
    static const char *const words[] = {"updated", "modified",    "modifie",    "changed_at",
                                        "touched", "last_update", "update_time"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_find(source->bytes, sl_str_from(words[i])) != SIZE_MAX)
            return true;
    }
    return sl_project_names_touch(source->project, source->bytes);
}

enum sl_status sl_source_read(const struct sl_source *source, struct sl_arena *file, struct sl_reading *reading,
                              struct sl_error *err)
{
    if (!source->is_reported && source->kind == SL_SOURCE_CODE && !speaks_of_last_writes(source))
        return SL_OK;
    for (const struct sl_reader *reader = sl_readers; reader->name; reader++) {
        if (reader->claims(source))
            return reader->read(source, file, reading, err);
    }
    *SL_VEC_PUSH(file, &reading->facts) = (struct sl_source_fact){
        .kind = SL_SOURCE_FACT_PASSED_OVER,
        .detail = SL_STR("no reader of this build knows this kind of file"),
        .span = {0, (uint32_t)source->bytes.len},
    };
    return SL_OK;
}

/* The source byte behind the last one of what output byte out_off stands for. */
static uint32_t source_end(const struct sl_segmap *map, uint32_t out_off)
{
    const struct sl_segment *segment = sl_segmap_segment_at(map, out_off);
    bool is_inside = out_off >= segment->out_off && out_off < segment->out_off + segment->out_len;
    if (is_inside && segment->out_len == segment->src_len)
        return segment->src_off + (out_off - segment->out_off) + 1;
    return segment->src_off + segment->src_len;
}

struct sl_span sl_fragment_source_span(const struct sl_fragment *fragment, struct sl_span span)
{
    if (fragment->map.len == 0)
        return (struct sl_span){fragment->base_off + span.off, span.len};
    uint32_t from = sl_segmap_lookup(&fragment->map, span.off, NULL).off;
    if (span.len == 0)
        return (struct sl_span){from, 0};
    /* Tokens may have changed places on their way to SQL: where the end comes before the start, the first token. */
    uint32_t end = source_end(&fragment->map, span.off + span.len - 1);
    if (end <= from)
        end = from + sl_segmap_lookup(&fragment->map, span.off, NULL).len;
    return (struct sl_span){from, end - from};
}

static int source_order(const void *a, const void *b)
{
    const struct sl_fragment *x = a;
    const struct sl_fragment *y = b;
    uint32_t x_off = x->runs_off ? x->runs_off : x->whole.off;
    uint32_t y_off = y->runs_off ? y->runs_off : y->whole.off;
    int order = (x_off > y_off) - (x_off < y_off);
    if (!order)
        order = (x->whole.off > y->whole.off) - (x->whole.off < y->whole.off);
    if (!order)
        order = (x->whole.len > y->whole.len) - (x->whole.len < y->whole.len);
    return order ? order : sl_str_cmp(x->text, y->text);
}

void sl_reading_sort(struct sl_reading *reading, size_t first)
{
    if (reading->len > first + 1)
        qsort(reading->items + first, reading->len - first, sizeof *reading->items, source_order);
}

/* Rake tasks, data migrations, maintenance scripts: code that somebody runs once. */
static bool is_script_path(sl_str path)
{
    static const char *const folders[] = {"tasks",   "script",          "scripts",        "maintenance", "oneoff",
                                          "one_off", "data_migrations", "data_migration", "backfills",   "db"};
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (sl_path_has_folder(path, sl_str_from(folders[i])))
            return true;
    }
    return sl_str_has_suffix(path, SL_STR(".rake"));
}

void sl_reading_mark_scripts(const struct sl_source *source, const struct sl_syntax *syntax, struct sl_reading *reading,
                             size_t first)
{
    enum sl_language language = sl_language_of_path(source->path);
    bool runs_when_loaded =
        language == SL_LANGUAGE_RUBY || language == SL_LANGUAGE_PYTHON || language == SL_LANGUAGE_PHP;
    const struct sl_node *near = NULL;
    bool is_script = source->kind == SL_SOURCE_CODE && is_script_path(source->path);
    for (size_t i = first; i < reading->len && source->kind == SL_SOURCE_CODE; i++) {
        struct sl_fragment *fragment = &reading->items[i];
        if (is_script || (runs_when_loaded && sl_node_is_top_level(sl_node_at(syntax, fragment->whole.off, &near))))
            fragment->flags |= SL_FRAGMENT_SCRIPT;
    }
}
