#include "finding/git.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/limits.h"

extern char **environ;

/* The two pipes of a running git. */
struct child {
    pid_t pid;
    int out, err;
    struct sl_buf output, errors;
};

static enum sl_status spawn(const char *const *argv, char *const *environment, int out, int err_fd, pid_t *pid,
                            struct sl_error *err)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, err_fd, STDERR_FILENO);
    int code = posix_spawnp(pid, argv[0], &actions, NULL, (char *const *)argv, environment);
    posix_spawn_file_actions_destroy(&actions);
    if (code != 0)
        return sl_error_set(err, SL_ERR_IO, "Cannot run %s: %s.", argv[0], strerror(code));
    return SL_OK;
}

static enum sl_status start(const char *const *argv, char *const *environment, struct child *child,
                            struct sl_error *err)
{
    int out[2], errors[2];
    if (pipe2(out, O_CLOEXEC) != 0)
        return sl_error_set(err, SL_ERR_IO, "Cannot run %s: %s.", argv[0], strerror(errno));
    if (pipe2(errors, O_CLOEXEC) != 0) {
        close(out[0]);
        close(out[1]);
        return sl_error_set(err, SL_ERR_IO, "Cannot run %s: %s.", argv[0], strerror(errno));
    }
    enum sl_status status = spawn(argv, environment, out[1], errors[1], &child->pid, err);
    close(out[1]);
    close(errors[1]);
    child->out = out[0];
    child->err = errors[0];
    if (status != SL_OK) {
        close(out[0]);
        close(errors[0]);
    }
    return status;
}

/* Reads what is there; closes *fd at its end. */
static void drain(int *fd, struct sl_buf *buf, size_t max)
{
    char block[16 * 1024];
    ssize_t n = read(*fd, block, sizeof block);
    if (n > 0 && buf->len < max)
        sl_buf_add(buf, (sl_str){block, (size_t)n});
    if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
        close(*fd);
        *fd = -1;
    }
}

static void read_pipes(struct child *child)
{
    while (child->out >= 0 || child->err >= 0) {
        struct pollfd fds[2] = {{child->out, POLLIN, 0}, {child->err, POLLIN, 0}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR)
            break;
        if (fds[0].revents)
            drain(&child->out, &child->output, SL_MAX_FILE_BYTES);
        if (fds[1].revents)
            drain(&child->err, &child->errors, 4096);
    }
}

static int wait_for(pid_t pid)
{
    int code = 0;
    while (waitpid(pid, &code, 0) < 0)
        if (errno != EINTR)
            return -1;
    return code;
}

static enum sl_status run_git(const char *const *argv, char *const *environment, struct sl_arena *arena, sl_str *output,
                              struct sl_error *err)
{
    struct child child = {0};
    SL_TRY(start(argv, environment, &child, err));
    read_pipes(&child);
    int code = wait_for(child.pid);
    enum sl_status status = SL_OK;
    sl_str said = sl_str_trim(sl_buf_str(&child.errors));
    sl_str first_line = SL_STR_EMPTY;
    sl_str_next_line(&said, &first_line);
    if (!WIFEXITED(code) || WEXITSTATUS(code) != 0)
        status = sl_error_set(err, SL_ERR_IO, "%s did not succeed: %.*s", argv[0],
                              SL_STR_ARG(sl_str_slice(first_line, 0, 600)));
    else
        *output = sl_arena_copy(arena, sl_buf_str(&child.output));
    sl_buf_release(&child.output);
    sl_buf_release(&child.errors);
    return status;
}

enum sl_status sl_git_run(const char *const *argv, struct sl_arena *arena, sl_str *output, struct sl_error *err)
{
    return run_git(argv, environ, arena, output, err);
}

enum sl_status sl_git_run_with_index(const char *const *argv, const char *index, struct sl_arena *arena, sl_str *output,
                                     struct sl_error *err)
{
    static const char name[] = "GIT_INDEX_FILE=";
    size_t n = 0;
    while (environ[n])
        n++;
    const char **environment = SL_NEW_ARRAY(arena, n + 2, const char *);
    size_t n_kept = 0;
    for (size_t i = 0; i < n; i++)
        if (strncmp(environ[i], name, sizeof name - 1) != 0)
            environment[n_kept++] = environ[i];
    environment[n_kept] = sl_arena_printf(arena, "%s%s", name, index).ptr;
    return run_git(argv, (char *const *)environment, arena, output, err);
}
