#include "source/discover.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/vec.h"
#include "source/classify.h"
#include "source/discover_database.h"
#include "source/discover_dialect.h"
#include "source/file.h"
#include "source/glob.h"
#include "source/language.h"
#include "source/log/detect.h"
#include "source/schema_version.h"
#include "source/walk.h"

struct discovery {
    const struct sl_discover_options *options;
    struct sl_arena *run;
    struct sl_layout_index *layouts;
    struct sl_discovered *out;
    struct sl_candidates candidates;
    sl_str cwd;
};

/* How a path came to be asked for. */
struct request {
    bool is_given; /* the file itself, not a folder above it */
    bool is_reported;
    bool is_schema;  /* under --schema */
    bool is_context; /* not asked for: it lies in the project of what was */
    bool is_forced;  /* by a pattern of the configuration: `kind` */
    enum sl_source_kind kind;
};

static void problem_add(struct discovery *d, sl_str path, sl_str message)
{
    *SL_VEC_PUSH(d->run, &d->out->problems) = (struct sl_problem){path, message};
}

static bool is_binary(sl_str head)
{
    enum { LOOK_BYTES = 8000 };
    return sl_str_find_byte(sl_str_slice(head, 0, LOOK_BYTES), '\0') != SIZE_MAX;
}

/* Code is not opened to be classified, but for what may be a schema. */
static bool needs_head(sl_str path)
{
    return sl_language_of_path(path) == SL_LANGUAGE_NONE || sl_str_has_suffix(path, SL_STR("schema.rb"));
}

static enum sl_source_kind kind_of_request(const struct request *request, const struct sl_classified *found)
{
    if (request->is_forced && request->kind != found->kind && found->kind == SL_SOURCE_SQL)
        return request->kind;
    if (request->is_schema && found->kind == SL_SOURCE_SQL)
        return SL_SOURCE_SCHEMA;
    return found->kind;
}

/*
 * Why there is nothing to check in a file that was named; empty: there may be. A file whose name tells nothing is read
 * as SQL, unless its bytes are a log's.
 */
static sl_str why_no_source(struct discovery *d, sl_str path, sl_str head)
{
    if (is_binary(head))
        return sl_arena_printf(d->run, "%.*s holds NUL bytes: it is no text in UTF-8.", SL_STR_ARG(path));
    const char *title = sl_classify_wants(path) ? NULL : sl_detect_log_title(head);
    if (!title)
        return SL_STR_EMPTY;
    return sl_arena_printf(d->run, "%.*s is a log (%s): 'stamplint audit' reads logs.", SL_STR_ARG(path), title);
}

/* Adds one file; false where it is no source. */
static bool file_add(struct discovery *d, sl_str path, const struct request *request)
{
    if (!request->is_given && !sl_classify_wants(path))
        return false;
    sl_str head = SL_STR_EMPTY;
    struct sl_error err;
    if ((needs_head(path) || request->is_given) &&
        sl_file_read_head(path, SL_HEAD_BYTES, d->run, &head, &err) != SL_OK) {
        problem_add(d, path, sl_arena_copy(d->run, sl_str_from(err.message)));
        return true;
    }
    if (!request->is_given && is_binary(head))
        return false;
    sl_str refusal = request->is_given ? why_no_source(d, path, head) : SL_STR_EMPTY;
    if (refusal.len) {
        problem_add(d, path, refusal);
        return true;
    }
    struct sl_classified found;
    sl_classify(d->layouts, path, head, request->is_given, d->run, &found);
    if (!found.is_source ||
        (request->is_context && found.kind == SL_SOURCE_SQL && d->options->context != SL_CONTEXT_ALL))
        return false;
    struct sl_candidate *candidate = SL_VEC_PUSH(d->run, &d->candidates);
    *candidate = (struct sl_candidate){.layout = found.layout, .head = head, .is_schema_option = request->is_schema};
    candidate->number = d->candidates.len;
    candidate->is_named = request->is_given && request->is_reported;
    candidate->source = (struct sl_source){
        .path = path,
        .kind = kind_of_request(request, &found),
        .is_reported = request->is_reported,
        .layout = found.layout.layout,
        .database = found.database,
    };
    return true;
}

static void walk_problems(struct discovery *d, const struct sl_walk *walk)
{
    for (size_t i = 0; i < walk->problems.len; i++)
        problem_add(d, walk->problems.items[i].path, walk->problems.items[i].message);
}

/* Adds the files of a folder that match the pattern (empty: all); answers how many were sources. */
static size_t folder_add(struct discovery *d, sl_str folder, sl_str pattern, const struct request *request)
{
    struct sl_walk walk = {0};
    sl_walk_folder(folder, d->run, &walk);
    walk_problems(d, &walk);
    size_t n = 0;
    for (size_t i = 0; i < walk.files.len; i++) {
        sl_str path = walk.files.items[i];
        bool is_code = sl_language_of_path(path) != SL_LANGUAGE_NONE;
        if (pattern.len && !sl_glob_matches(pattern, path))
            continue;
        bool is_wanted = !request->is_context || !is_code || sl_str_has_suffix(path, SL_STR(".rb"));
        n += is_wanted && file_add(d, path, request);
    }
    return n + walk.problems.len;
}

/* A path or pattern of a list. */
static void path_add(struct discovery *d, sl_str given, const struct request *request)
{
    sl_str path = sl_path_normalise(d->run, d->cwd, given);
    sl_str shown = given.len ? given : SL_STR(".");
    struct request file = *request;
    file.is_given = true;
    if (path.len && sl_file_is_regular(path)) {
        file_add(d, path, &file);
        return;
    }
    sl_str root = sl_glob_root(path);
    bool is_pattern = root.len != path.len;
    if (!sl_file_is_directory(root)) {
        problem_add(d, shown,
                    sl_arena_printf(d->run, is_pattern ? "No file matches %.*s." : "There is no file or folder %.*s.",
                                    SL_STR_ARG(shown)));
        return;
    }
    if (folder_add(d, root, is_pattern ? path : SL_STR_EMPTY, request) == 0)
        problem_add(d, shown,
                    sl_arena_printf(d->run,
                                    is_pattern ? "No file matches %.*s."
                                               : "%.*s holds no SQL, migrations or code that can be read.",
                                    SL_STR_ARG(shown)));
}

static void list_add(struct discovery *d, struct sl_path_list list, struct request request)
{
    for (size_t i = 0; i < list.len; i++)
        path_add(d, list.items[i], &request);
}

static void configured_add(struct discovery *d)
{
    const struct sl_discover_options *o = d->options;
    list_add(d, o->migrations, (struct request){.is_reported = true, .is_forced = true, .kind = SL_SOURCE_MIGRATION});
    list_add(d, o->queries, (struct request){.is_reported = true, .is_forced = true, .kind = SL_SOURCE_SQL});
    list_add(d, o->code, (struct request){.is_reported = true, .is_forced = true, .kind = SL_SOURCE_CODE});
}

/* The nearest folder above the path that looks like the root of a project; false where there is none. */
static bool project_root_of(struct discovery *d, sl_str path, sl_str *root)
{
    static const char *const files[] = {"db/schema.rb", "db/structure.sql", "db/schema.sql", "config/database.yml"};
    for (sl_str folder = path;;) {
        for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
            *root = folder;
            if (sl_file_is_regular(sl_path_join(d->run, folder, sl_str_from(files[i]))))
                return true;
        }
        sl_str git = sl_path_join(d->run, folder, SL_STR(".git")); /* a file in a worktree or a submodule */
        if (sl_file_is_directory(git) || sl_file_is_regular(git))
            return true;
        if (folder.len == 0 || (folder.len == 1 && folder.ptr[0] == '/'))
            return false;
        folder = sl_path_parent(folder);
    }
}

/* What lies around the paths of the command line: their projects' schemas and migrations. */
static void context_add(struct discovery *d)
{
    SL_VEC(sl_str) roots = {0};
    struct request request = {.is_context = true};
    for (size_t i = 0; i < d->options->paths.len; i++) {
        sl_str path = sl_path_normalise(d->run, d->cwd, d->options->paths.items[i]);
        sl_str root;
        if (!project_root_of(d, path, &root))
            continue;
        bool is_known = false;
        for (size_t j = 0; j < roots.len; j++)
            is_known |= sl_str_eq(roots.items[j], root);
        if (is_known)
            continue;
        *SL_VEC_PUSH(d->run, &roots) = root;
        sl_str db = sl_path_join(d->run, root, SL_STR("db"));
        bool is_rails = sl_file_is_regular(sl_path_join(d->run, db, SL_STR("schema.rb"))) ||
                        sl_file_is_regular(sl_path_join(d->run, db, SL_STR("structure.sql")));
        bool is_narrow = is_rails && d->options->context != SL_CONTEXT_ALL;
        folder_add(d, is_narrow ? db : root, SL_STR_EMPTY, &request);
    }
}

static void candidates_merge(struct sl_candidate *kept, const struct sl_candidate *again)
{
    /* A schema file that is also asked for as a path is reported on. */
    kept->source.is_reported |= again->source.is_reported;
    kept->is_schema_option |= again->is_schema_option;
    kept->is_named |= again->is_named;
    if (again->is_schema_option)
        kept->source.kind = again->source.kind;
    if (again->number < kept->number)
        kept->number = again->number;
}

static int path_order(const void *a, const void *b)
{
    const struct sl_candidate *x = a;
    const struct sl_candidate *y = b;
    int order = sl_str_cmp(x->source.path, y->source.path);
    return order ? order : (x->number > y->number) - (x->number < y->number);
}

static void candidates_unique(struct sl_candidates *all)
{
    if (all->len == 0)
        return;
    qsort(all->items, all->len, sizeof *all->items, path_order);
    size_t kept = 0;
    for (size_t i = 1; i < all->len; i++) {
        if (sl_str_eq(all->items[kept].source.path, all->items[i].source.path))
            candidates_merge(&all->items[kept], &all->items[i]);
        else
            all->items[++kept] = all->items[i];
    }
    all->len = kept + 1;
}

static unsigned rank_of(const struct sl_candidate *c)
{
    if (c->is_schema_option)
        return 0;
    return 1 + (unsigned)c->source.kind;
}

static int reading_order(const void *a, const void *b)
{
    const struct sl_candidate *x = a;
    const struct sl_candidate *y = b;
    int order = (rank_of(x) > rank_of(y)) - (rank_of(x) < rank_of(y));
    bool is_series = x->source.kind == SL_SOURCE_MIGRATION && y->source.kind == SL_SOURCE_MIGRATION;
    if (!order && is_series)
        order = sl_str_cmp(x->layout.series, y->layout.series);
    if (!order && is_series)
        order = sl_str_cmp(x->layout.key, y->layout.key);
    if (!order && x->is_schema_option && !is_series)
        order = (x->number > y->number) - (x->number < y->number);
    return order ? order : sl_str_cmp(x->source.path, y->source.path);
}

/* Flyway: what the highest baseline of a series holds is not to be done again. */
static void mark_below_baselines(struct sl_candidates *all)
{
    const struct sl_candidate *baseline = NULL;
    for (size_t i = all->len; i > 0; i--) {
        struct sl_candidate *c = &all->items[i - 1];
        bool same =
            baseline && sl_str_eq(baseline->layout.series, c->layout.series) && c->source.layout == SL_LAYOUT_FLYWAY;
        if (same && sl_str_cmp(c->layout.key, baseline->layout.key) <= 0)
            c->source.is_in_schema = true;
        else if (c->layout.is_baseline)
            baseline = c;
    }
}

/* schema.rb says nothing of the triggers that a migration made. */
static bool makes_what_schema_lacks(struct discovery *d, const struct sl_source *source)
{
    sl_str text;
    struct sl_error left_for_later;
    return source->is_schema_ruby && sl_file_read(source->path, d->run, &text, &left_for_later) == SL_OK &&
           (sl_str_find_nocase(text, SL_STR("trigger")) != SIZE_MAX ||
            sl_str_find_nocase(text, SL_STR("create view")) != SIZE_MAX);
}

/* What a schema file already holds has run: there is nothing left to decide about it, unless it was asked for by name.
 * What it did to rows still tells what the columns are for; where it only lies around what was asked for, the schema
 * says it all, or nearly. */
static void history_settle(struct discovery *d)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < d->candidates.len; i++) {
        struct sl_candidate *c = &d->candidates.items[i];
        if (c->source.is_in_schema && !c->source.is_reported && !makes_what_schema_lacks(d, &c->source))
            continue;
        if (c->source.is_in_schema && !c->is_named && !d->options->reports_applied)
            c->source.is_reported = false;
        d->candidates.items[n_kept++] = *c;
    }
    d->candidates.len = n_kept;
}

void sl_discover(const struct sl_discover_options *options, struct sl_arena *run, struct sl_discovered *out)
{
    char cwd[4096];
    *out = (struct sl_discovered){0};
    struct discovery d = {.options = options, .run = run, .out = out, .layouts = sl_layout_index_new(run)};
    d.cwd = getcwd(cwd, sizeof cwd) ? sl_str_from(cwd) : SL_STR_EMPTY;
    bool is_configured = options->migrations.len || options->queries.len || options->code.len;
    list_add(&d, options->schema, (struct request){.is_schema = true});
    size_t n_before_paths = d.candidates.len;
    if (options->paths.len)
        list_add(&d, options->paths, (struct request){.is_reported = true});
    else if (is_configured)
        configured_add(&d);
    else if (!options->is_schema_only)
        path_add(&d, SL_STR("."), &(struct request){.is_reported = true});
    bool has_schema = options->schema.len > 0;
    if (d.candidates.len > n_before_paths && options->paths.len && options->context != SL_CONTEXT_NONE &&
        (!has_schema || options->context == SL_CONTEXT_ALL))
        context_add(&d);
    candidates_unique(&d.candidates);
    sl_discover_databases(&d.candidates, run);
    sl_schema_version_mark(&d.candidates, run);
    sl_discover_dialects(&d.candidates, options->dialect, run);
    if (d.candidates.len)
        qsort(d.candidates.items, d.candidates.len, sizeof *d.candidates.items, reading_order);
    mark_below_baselines(&d.candidates);
    history_settle(&d);
    for (size_t i = 0; i < d.candidates.len; i++)
        *SL_VEC_PUSH(run, &out->sources) = d.candidates.items[i].source;
}
