#include "cli/base_run.h"

#include <fcntl.h>
#include <unistd.h>

#include "cli/base_tree.h"
#include "finding/changed_lines.h"
#include "finding/git.h"
#include "finding/known.h"

/* Empty in a repository without a commit: everything is new there. */
static enum sl_status find_revision(struct sl_session *session, sl_str *revision, struct sl_error *err)
{
    const char *const head[] = {"git", "rev-parse", "--verify", "--quiet", "HEAD^{commit}", NULL};
    struct sl_error unborn = {0};
    if (session->options->changed_since.len)
        return sl_changed_lines_find_base(session->options->changed_since.ptr, session->run, revision, err);
    *revision = SL_STR_EMPTY;
    if (sl_git_run(head, session->run, revision, &unborn) == SL_OK)
        *revision = sl_arena_copy(session->run, sl_str_trim(*revision));
    return SL_OK;
}

static struct sl_str_list paths_on(const struct sl_base_tree *base, struct sl_arena *run,
                                   const struct sl_str_list *paths)
{
    struct sl_str_list on_base = {0};
    for (size_t i = 0; i < paths->len; i++)
        *SL_VEC_PUSH(run, &on_base) = sl_base_tree_path(base, run, paths->items[i]);
    return on_base;
}

/* Paths of the command line that were there; where none was, the whole project is what the base can tell of. */
static void keep_existing(struct sl_str_list *paths)
{
    size_t n_kept = 0;
    for (size_t i = 0; i < paths->len; i++) {
        if (access(paths->items[i].ptr, F_OK) == 0)
            paths->items[n_kept++] = paths->items[i];
    }
    paths->len = n_kept;
}

/* In the base's folder. */
static enum sl_status read_and_judge(struct sl_session *session, struct sl_base_tree *base, struct sl_buf *known,
                                     struct sl_error *err)
{
    struct sl_options options = *session->options;
    options.operands = paths_on(base, session->run, &session->options->operands);
    options.schema = paths_on(base, session->run, &session->options->schema);
    keep_existing(&options.operands);
    struct sl_session earlier = *session;
    earlier.options = &options;
    earlier.config.dir = sl_base_tree_path(base, session->run, session->config.dir);
    earlier.discovered = (struct sl_discovered){0};
    earlier.read = (struct sl_pipeline_output){0};
    earlier.on_statement = NULL;
    earlier.is_base = true;
    earlier.graph = NULL;
    SL_TRY(sl_graph_open(NULL, &earlier.graph, err));
    enum sl_status status = sl_session_read_paths(&earlier, err);
    if (status == SL_OK)
        status = sl_session_run_rules(&earlier, err);
    if (status == SL_OK)
        status = sl_known_render(earlier.graph, known, err);
    sl_graph_close(earlier.graph);
    return status;
}

static enum sl_status run_there(struct sl_session *session, struct sl_base_tree *base, struct sl_buf *known,
                                struct sl_error *err)
{
    int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (here < 0)
        return sl_error_set(err, SL_ERR_IO, "The working directory cannot be opened.");
    enum sl_status status = SL_OK;
    if (chdir(base->here.ptr) == 0) /* else the base had no such folder */
        status = read_and_judge(session, base, known, err);
    if (fchdir(here) != 0 && status == SL_OK)
        status = sl_error_set(err, SL_ERR_IO, "The working directory is gone.");
    close(here);
    return status;
}

enum sl_status sl_base_run(struct sl_session *session, struct sl_buf *known, struct sl_error *err)
{
    sl_str revision = SL_STR_EMPTY;
    struct sl_base_tree base = {0};
    SL_TRY(find_revision(session, &revision, err));
    enum sl_status status = SL_OK;
    if (revision.len) {
        SL_TRY(sl_base_tree_make(revision, session->run, &base, err));
        status = run_there(session, &base, known, err);
        sl_base_tree_remove(&base);
    }
    if (status == SL_OK && known->len == 0)
        sl_buf_add(known, SL_STR("[]"));
    return status;
}
