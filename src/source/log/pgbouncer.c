/* PgBouncer's own log: recognised in order to say that it holds no SQL, whatever its verbosity. */
#include "source/log/formats.h"
#include "source/log/stamp.h"

static unsigned weigh(sl_str line)
{
    static const sl_str levels[] = {SL_STR_INIT("LOG "),   SL_STR_INIT("DEBUG "), SL_STR_INIT("WARNING "),
                                    SL_STR_INIT("ERROR "), SL_STR_INIT("NOISE "), SL_STR_INIT("FATAL ")};
    int64_t us;
    size_t n = sl_stamp_iso(line, &us);
    sl_str rest = sl_str_slice(line, n, line.len);
    while (rest.len && (rest.ptr[0] == ' ' || rest.ptr[0] == '['))
        rest = sl_str_slice(rest, 1, rest.len);
    uint64_t pid;
    size_t digits = sl_stamp_decimal(rest, 0, &pid);
    rest = sl_str_slice(rest, digits, rest.len);
    while (rest.len && (rest.ptr[0] == ']' || rest.ptr[0] == ' '))
        rest = sl_str_slice(rest, 1, rest.len);
    for (size_t i = 0; n && digits && i < sizeof levels / sizeof levels[0]; i++) {
        if (sl_str_has_prefix(rest, levels[i]))
            return 7;
    }
    return 0;
}

static void scan(struct sl_log_reader *reader)
{
    reader->pos = reader->base + reader->len; /* never called: the format is refused */
}

const struct sl_log_format sl_log_pgbouncer = {
    .name = "pgbouncer",
    .title = "a PgBouncer log",
    .refusal = "it holds no SQL at any verbosity; take PostgreSQL's own log (log_min_duration_statement) in its place.",
    .dialect = SL_DIALECT_POSTGRES,
    .weigh = weigh,
    .scan = scan,
};
