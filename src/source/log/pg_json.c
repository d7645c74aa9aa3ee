/*
 * PostgreSQL's jsonlog (15 and later), and the same record as CloudNativePG writes it. One object a line.
 *
 * Source: jsonlog.c; CloudNativePG's logpipe. Bytes may be invalid UTF-8: they are not decoded here.
 */
#include "source/log/formats.h"
#include "source/log/json.h"
#include "source/log/pg_event.h"
#include "source/log/pg_words.h"
#include "source/log/stamp.h"

struct pg_json {
    struct sl_pg_events events;
};

enum field {
    F_TIME,
    F_USER,
    F_DATABASE,
    F_PID,
    F_SEVERITY,
    F_MESSAGE,
    F_DETAIL,
    F_CONTEXT,
    F_STATEMENT,
    F_APPLICATION,
    F_RECORD,
    F_COUNT,
};

static const struct {
    sl_str key;
    enum field field;
} keys[] = {
    {SL_STR_INIT("timestamp"), F_TIME},
    {SL_STR_INIT("log_time"), F_TIME},
    {SL_STR_INIT("user"), F_USER},
    {SL_STR_INIT("user_name"), F_USER},
    {SL_STR_INIT("dbname"), F_DATABASE},
    {SL_STR_INIT("database_name"), F_DATABASE},
    {SL_STR_INIT("pid"), F_PID},
    {SL_STR_INIT("process_id"), F_PID},
    {SL_STR_INIT("error_severity"), F_SEVERITY},
    {SL_STR_INIT("message"), F_MESSAGE},
    {SL_STR_INIT("detail"), F_DETAIL},
    {SL_STR_INIT("context"), F_CONTEXT},
    {SL_STR_INIT("statement"), F_STATEMENT},
    {SL_STR_INIT("query"), F_STATEMENT},
    {SL_STR_INIT("application_name"), F_APPLICATION},
    {SL_STR_INIT("record"), F_RECORD},
};

static void read_fields(struct sl_json *json, sl_str *values)
{
    struct sl_json_field field;
    while (sl_json_next(json, &field)) {
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            sl_str key = keys[i].key;
            bool may_be = key.len == field.key.len && key.ptr[0] == field.key.ptr[0];
            if (may_be && memcmp(key.ptr, field.key.ptr, key.len) == 0) {
                values[keys[i].field] = field.value;
                break;
            }
        }
    }
}

static void add(struct sl_log_reader *reader, struct pg_json *log, const sl_str *values, uint64_t line_off)
{
    struct sl_pg_event event = {.severity = sl_pg_words_severity(values[F_SEVERITY]),
                                .text = values[F_MESSAGE],
                                .line_off = line_off,
                                .line = reader->line - 1,
                                .path = reader->path,
                                .encoding = SL_LOG_JSON,
                                .detail = values[F_DETAIL],
                                .context = values[F_CONTEXT],
                                .is_nested = values[F_CONTEXT].len > 0};
    event.off = event.text.len ? reader->base + (uint64_t)(event.text.ptr - reader->bytes) : reader->pos;
    bool matters = sl_pg_event_matters(event.severity, event.text) || values[F_STATEMENT].len;
    if (matters) {
        uint64_t pid = 0;
        sl_stamp_iso(values[F_TIME], &event.fields.us);
        sl_stamp_decimal(values[F_PID], 0, &pid);
        event.fields.session = pid;
        event.fields.user = values[F_USER];
        event.fields.database = values[F_DATABASE];
        event.fields.application = values[F_APPLICATION];
    }
    sl_pg_event_add(reader, &log->events, &event);
    if (values[F_STATEMENT].len == 0)
        return;
    event.severity = SL_PG_STATEMENT;
    event.text = values[F_STATEMENT];
    event.off = reader->base + (uint64_t)(event.text.ptr - reader->bytes);
    sl_pg_event_add(reader, &log->events, &event);
}

static void scan(struct sl_log_reader *reader)
{
    struct pg_json *log = reader->state;
    sl_str line;
    uint64_t off;
    while (sl_log_next_line(reader, &line, &off)) {
        sl_str values[F_COUNT] = {0};
        struct sl_json json;
        if (!sl_json_open(&json, line)) {
            reader->counts->unknown_lines += sl_str_trim(line).len > 0;
            continue;
        }
        read_fields(&json, values);
        if (values[F_RECORD].len && values[F_SEVERITY].len == 0) {
            struct sl_json inner;
            sl_str record = values[F_RECORD];
            values[F_MESSAGE] = SL_STR_EMPTY;
            if (sl_json_open(&inner, record))
                read_fields(&inner, values);
        }
        bool is_cut = json.is_damaged && values[F_MESSAGE].len == 0;
        if (values[F_SEVERITY].len == 0 || is_cut) {
            reader->counts->unknown_lines++;
            continue;
        }
        add(reader, log, values, off);
    }
}

static void end(struct sl_log_reader *reader)
{
    struct pg_json *log = reader->state;
    sl_pg_events_release(&log->events);
}

/* A line that is cut, before something that does not begin like an object. */
static bool goes_on(const struct sl_log_reader *reader, sl_str line)
{
    return sl_log_unread(reader).len > 0 && !sl_str_has_prefix(line, SL_STR("{\""));
}

static unsigned weigh(sl_str line)
{
    if (line.ptr[0] != '{')
        return 0;
    if (sl_str_find(line, SL_STR("\"error_severity\"")) != SIZE_MAX)
        return 60;
    return sl_str_find(line, SL_STR("\"logging_pod\"")) != SIZE_MAX ? 20 : 0;
}

const struct sl_log_format sl_log_pg_json = {
    .name = "pg-jsonlog",
    .title = "PostgreSQL log (jsonlog)",
    .dialect = SL_DIALECT_POSTGRES,
    .state_bytes = sizeof(struct pg_json),
    .weigh = weigh,
    .scan = scan,
    .goes_on = goes_on,
    .end = end,
};
