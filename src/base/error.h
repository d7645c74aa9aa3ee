/*
 * error: how a function says that its job could not be done.
 *
 * Only the world's fault (I/O, configuration, limits, memory of a library) is an error. A bug of ours is an assert;
 * running out of memory ends the process in one place (sl_arena, sl_buf); trouble in the input that is being linted
 * is no error at all: it is a counted row, and the run goes on.
 *
 * A function that can fail returns enum sl_status and takes `struct sl_error *err` last. `err` is untouched on
 * success and holds one complete sentence on failure. Out parameters are untouched on failure.
 */
#ifndef SL_BASE_ERROR_H
#define SL_BASE_ERROR_H

#include <stdarg.h>

#define SL_NODISCARD __attribute__((warn_unused_result))
#define SL_PRINTF(fmt, args) __attribute__((format(printf, fmt, args)))

enum sl_status {
    SL_OK = 0,
    SL_ERR_USAGE,  /* the command line is wrong */
    SL_ERR_CONFIG, /* the configuration file or a rule file is wrong */
    SL_ERR_IO,     /* a file cannot be read or written */
    SL_ERR_FORMAT, /* nothing was recognised in an input that must be recognised */
    SL_ERR_LIMIT,  /* a named limit of base/limits.h was reached */
    SL_ERR_GRAPH,  /* SQLite refused */
};

struct sl_error {
    enum sl_status status;
    char message[1024]; /* one sentence, NUL-terminated, valid UTF-8, control characters replaced */
};

/* Fills *err and answers `status`, so that `return sl_error_set(err, SL_ERR_IO, "…")` reads as what it does. */
SL_PRINTF(3, 4)
enum sl_status sl_error_set(struct sl_error *err, enum sl_status status, const char *format, ...);

/* The only macro of this project with control flow: leave with the status of a step that failed. */
#define SL_TRY(expr)                                                                                                   \
    do {                                                                                                               \
        enum sl_status sl_try_status_ = (expr);                                                                        \
        if (sl_try_status_ != SL_OK)                                                                                   \
            return sl_try_status_;                                                                                     \
    } while (0)

#endif
