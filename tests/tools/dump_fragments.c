/*
 * dump_fragments: what discovery and the readers make of paths, for people and for golden files.
 *
 *     dump_fragments [--dialect D] [--schema PATH] [--context none|schema|all] [--sources] [PATH...]
 *
 * --sources lists the sources only. A fragment's line names its place in the source; a use of a column that a finding
 * would point at can be checked with --at WORD: every occurrence of WORD in a fragment, with the source bytes behind
 * it.
 */
#include <stdlib.h>

#include "../source_dump.h"

int main(int argc, char **argv)
{
    struct sl_arena run;
    sl_arena_init(&run);
    struct sl_discover_options options = {.dialect = SL_DIALECT_UNKNOWN, .context = SL_CONTEXT_NONE};
    sl_str *paths = calloc((size_t)argc * 2, sizeof *paths);
    sl_str *schema = paths + argc;
    sl_str word = SL_STR_EMPTY;
    int sources_only = 0;
    for (int i = 1; i < argc; i++) {
        sl_str arg = sl_str_from(argv[i]);
        sl_str value = sl_str_from(i + 1 < argc ? argv[i + 1] : "");
        if (sl_str_eq(arg, SL_STR("--sources")))
            sources_only = 1;
        else if (sl_str_eq(arg, SL_STR("--dialect")) && sl_dialect_lookup(value, &options.dialect))
            i++;
        else if (sl_str_eq(arg, SL_STR("--schema")))
            schema[options.schema.len++] = sl_str_from(argv[++i]);
        else if (sl_str_eq(arg, SL_STR("--at")))
            word = sl_str_from(argv[++i]);
        else if (sl_str_eq(arg, SL_STR("--context")) && ++i)
            options.context = value.ptr[0] == 'a'   ? SL_CONTEXT_ALL
                              : value.ptr[0] == 's' ? SL_CONTEXT_SCHEMA
                                                    : SL_CONTEXT_NONE;
        else
            paths[options.paths.len++] = arg;
    }
    options.paths.items = paths;
    options.schema.items = schema;
    struct sl_discovered found;
    sl_discover(&options, &run, &found);
    source_dump_all(stdout, &found, &run, sources_only, word);
    free(paths);
    sl_arena_release(&run);
    return 0;
}
