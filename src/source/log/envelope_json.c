/* Envelopes made of JSON objects: docker, Google Cloud, Azure, CloudWatch, and loggers that write one object a line. */
#include <stdio.h>

#include "source/log/envelopes.h"
#include "source/log/json.h"
#include "source/log/stamp.h"
#include "source/log/text.h"

/* Gives every complete object of `in` to `add`; answers the bytes taken. */
static size_t each_unit(struct sl_log_unwrap *unwrap, sl_str in, bool at_end,
                        bool (*add)(struct sl_log_unwrap *, size_t off, sl_str unit))
{
    size_t pos = 0, done = 0;
    uint32_t first_line = unwrap->line;
    size_t counted = 0;
    sl_str unit;
    for (;;) {
        enum sl_json_unit kind = sl_json_next_unit(in, at_end, &pos, &unit);
        if (kind == SL_JSON_NEED_MORE)
            break;
        size_t off = (size_t)(unit.ptr - in.ptr);
        for (; counted < off; counted++)
            unwrap->line += in.ptr[counted] == '\n';
        if (kind == SL_JSON_DAMAGED || !add(unwrap, off, unit)) {
            unwrap->unknown_lines++;
            unwrap->skipped_bytes += unit.len;
        }
        done = pos;
    }
    unwrap->line = first_line; /* the feed counts the lines of what was taken */
    return at_end ? in.len : done;
}

/* Adds the bytes that `raw`, a value inside `unit`, holds: the unit begins `off` bytes into the input. */
static void add_value(struct sl_log_unwrap *unwrap, size_t off, sl_str unit, sl_str raw, sl_str bytes)
{
    const char *from = unit.ptr - off;
    const char *newline = memrchr(from, '\n', (size_t)(raw.ptr - from));
    uint32_t n_lines = (uint32_t)sl_str_count_byte((sl_str){unit.ptr, (size_t)(raw.ptr - unit.ptr)}, '\n');
    unwrap->col = (uint32_t)(raw.ptr - (newline ? newline + 1 : from)) + 1;
    unwrap->line += n_lines;
    sl_log_unwrap_add(unwrap, off, bytes);
    unwrap->line -= n_lines;
}

/* A decoded text, with a newline behind it where it has none. */
static void add_text(struct sl_log_unwrap *unwrap, size_t off, sl_str unit, sl_str raw)
{
    static _Thread_local struct sl_buf scratch;
    sl_str text = sl_log_text_decode(SL_LOG_JSON, raw, &scratch);
    add_value(unwrap, off, unit, raw, text);
    if (text.len == 0 || text.ptr[text.len - 1] != '\n')
        sl_buf_add_byte(&unwrap->out, '\n');
    sl_buf_release(&scratch);
}

static bool find_string(sl_str unit, const char *key, struct sl_json_field *field)
{
    return sl_json_find(unit, sl_str_from(key), field) && field->type == SL_JSON_STRING;
}

/* {"log":"…\n","stream":"stderr","time":"…"}: docker splits lines at 16 KiB; a piece without "\n" goes on. */
static bool add_docker(struct sl_log_unwrap *unwrap, size_t off, sl_str unit)
{
    struct sl_json_field field;
    if (!find_string(unit, "log", &field))
        return false;
    struct sl_buf scratch = {0};
    add_value(unwrap, off, unit, field.value, sl_log_text_decode(SL_LOG_JSON, field.value, &scratch));
    sl_buf_release(&scratch);
    return true;
}

static size_t unwrap_docker(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    return each_unit(unwrap, in, at_end, add_docker);
}

/* The first object of the head, whole or not, begins with the key. */
static bool first_key_is(sl_str head, const char *key)
{
    struct sl_json json;
    head = sl_str_trim(head);
    if (!sl_json_open(&json, head))
        return false;
    sl_str rest = sl_str_trim((sl_str){json.p, (size_t)(json.end - json.p)});
    size_t len = strlen(key);
    return rest.len > len + 2 && rest.ptr[0] == '"' && memcmp(rest.ptr + 1, key, len) == 0 && rest.ptr[len + 1] == '"';
}

/* Some line of the first few is an object with these keys. */
static bool has_unit_with(sl_str head, const char *key, const char *other)
{
    size_t pos = 0;
    sl_str unit;
    struct sl_json_field field;
    for (int i = 0; i < 8; i++) {
        enum sl_json_unit kind = sl_json_next_unit(head, false, &pos, &unit);
        if (kind == SL_JSON_NEED_MORE)
            return false;
        if (kind == SL_JSON_UNIT && sl_json_find(unit, sl_str_from(key), &field) &&
            (!other || sl_json_find(unit, sl_str_from(other), &field)))
            return true;
    }
    return false;
}

static bool starts_like_json(sl_str head)
{
    for (int i = 0; i < 3; i++) { /* Rails writes a line before the first object */
        sl_str rest = sl_str_trim(sl_str_slice(head, 0, 64));
        if (rest.len && (rest.ptr[0] == '{' || (rest.ptr[0] == '[' && sl_str_find_byte(rest, '{') != SIZE_MAX)))
            return true;
        size_t newline = sl_str_find_byte(head, '\n');
        head = newline == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(head, newline + 1, head.len);
    }
    return false;
}

/* Docker ends its lines; other shippers that call the text "log" do not. */
static bool is_docker(sl_str head)
{
    size_t pos = 0;
    sl_str unit;
    struct sl_json_field field;
    if (!first_key_is(head, "log"))
        return false;
    for (int i = 0; i < 32 && sl_json_next_unit(head, false, &pos, &unit) == SL_JSON_UNIT; i++) {
        if (find_string(unit, "log", &field) && sl_str_has_suffix(field.value, SL_STR("\\n")))
            return true;
    }
    return false;
}

/* {"insertId":…,"textPayload":"…"} */
static bool add_gcp(struct sl_log_unwrap *unwrap, size_t off, sl_str unit)
{
    struct sl_json_field field;
    if (find_string(unit, "textPayload", &field)) {
        add_text(unwrap, off, unit, field.value);
        return true;
    }
    if (!sl_json_find(unit, SL_STR("jsonPayload"), &field) || field.type != SL_JSON_OBJECT)
        return false;
    sl_str payload = field.value;
    if (!find_string(payload, "message", &field))
        return false;
    add_text(unwrap, off, unit, field.value);
    return true;
}

static size_t unwrap_gcp(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    return each_unit(unwrap, in, at_end, add_gcp);
}

static bool is_gcp(sl_str head)
{
    return starts_like_json(head) &&
           (has_unit_with(head, "textPayload", NULL) || has_unit_with(head, "jsonPayload", "logName"));
}

/* {"events":[{"timestamp":…,"message":"…"}]}, {"logEvents":[…]}, or the events alone. */
static bool add_cloudwatch(struct sl_log_unwrap *unwrap, size_t off, sl_str unit)
{
    struct sl_json_field field;
    if (!find_string(unit, "message", &field) && !find_string(unit, "@message", &field))
        return false;
    add_text(unwrap, off, unit, field.value);
    return true;
}

static size_t unwrap_cloudwatch(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    return each_unit(unwrap, in, at_end, add_cloudwatch);
}

static bool is_cloudwatch(sl_str head)
{
    return starts_like_json(head) &&
           (has_unit_with(head, "message", "ingestionTime") || has_unit_with(head, "message", "logStreamName") ||
            has_unit_with(head, "message", "eventId") || has_unit_with(head, "@message", NULL) ||
            sl_str_find(sl_str_slice(head, 0, 2000), SL_STR("\"logEvents\"")) != SIZE_MAX);
}

/* {"level":…,"message":"…"}: one object a line of an application's logger. */
static bool add_message(struct sl_log_unwrap *unwrap, size_t off, sl_str unit)
{
    static const char *const names[] = {"message", "msg", "MESSAGE", "log", "text", "@message"};
    struct sl_json_field field;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (find_string(unit, names[i], &field)) {
            add_text(unwrap, off, unit, field.value);
            return true;
        }
    }
    return false;
}

static size_t unwrap_lines(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    return each_unit(unwrap, in, at_end, add_message);
}

/* Formats that are JSON themselves. */
static bool is_json_format(sl_str head)
{
    static const sl_str keys[] = {SL_STR_INIT("\"error_severity\""), SL_STR_INIT("\"logging_pod\""),
                                  SL_STR_INIT("\"calls\""), SL_STR_INIT("\"digest_text\""),
                                  SL_STR_INIT("\"count_star\"")};
    sl_str start = sl_str_slice(head, 0, 8000);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (sl_str_find_nocase(start, keys[i]) != SIZE_MAX)
            return true;
    }
    return false;
}

static bool is_lines(sl_str head)
{
    return starts_like_json(head) && !is_json_format(head) &&
           (has_unit_with(head, "message", NULL) || has_unit_with(head, "msg", NULL) ||
            has_unit_with(head, "MESSAGE", NULL) || has_unit_with(head, "log", NULL));
}

/* Azure's diagnostic settings. PostgreSQL: the message with or without its prefix and severity. */
static void add_azure_postgres(struct sl_log_unwrap *unwrap, size_t off, sl_str properties)
{
    struct sl_json_field prefix = {0}, level = {0}, message = {0}, detail = {0};
    struct sl_buf scratch = {0};
    if (!find_string(properties, "message", &message))
        return;
    bool has_prefix = find_string(properties, "prefix", &prefix) && prefix.value.len > 0;
    bool has_level = find_string(properties, "errorLevel", &level) && level.value.len > 0;
    sl_log_unwrap_add(unwrap, off, has_prefix ? prefix.value : SL_STR_EMPTY);
    sl_str head = sl_str_slice(message.value, 0, 200);
    sl_str marked = {level.value.ptr, level.value.len};
    size_t at = has_level ? sl_str_find(head, marked) : 0;
    bool is_marked = at != SIZE_MAX && at + marked.len < head.len && head.ptr[at + marked.len] == ':';
    if (has_level && !is_marked) {
        sl_buf_add(&unwrap->out, level.value);
        sl_buf_add(&unwrap->out, SL_STR(":  "));
    }
    sl_buf_add(&unwrap->out, sl_log_text_decode(SL_LOG_JSON, message.value, &scratch));
    sl_buf_add_byte(&unwrap->out, '\n');
    if (find_string(properties, "statement", &detail) && detail.value.len) {
        sl_buf_add(&unwrap->out, SL_STR("STATEMENT:  "));
        sl_buf_add(&unwrap->out, sl_log_text_decode(SL_LOG_JSON, detail.value, &scratch));
        sl_buf_add_byte(&unwrap->out, '\n');
    }
    sl_buf_release(&scratch);
}

/* The value of `name`, or of `name` with Log Analytics' suffix for strings, dates or doubles. */
static sl_str azure_value(sl_str properties, const char *name)
{
    static const char *const suffixes[] = {"", "_s", "_d", "_t"};
    struct sl_json_field field;
    char key[64];
    for (size_t i = 0; i < 4; i++) {
        snprintf(key, sizeof key, "%s%s", name, suffixes[i]);
        if (sl_json_find(properties, sl_str_from(key), &field))
            return field.type == SL_JSON_WORD && sl_str_eq(field.value, SL_STR("null")) ? SL_STR_EMPTY : field.value;
    }
    return SL_STR_EMPTY;
}

/* A time of day (00:00:00.51) or a number of seconds, as seconds. */
static void add_seconds(struct sl_buf *out, sl_str value)
{
    size_t colon = sl_str_find_byte(value, ':');
    if (colon == SIZE_MAX) {
        sl_buf_add(out, value.len ? value : SL_STR("0"));
        return;
    }
    uint64_t h = 0, m = 0, us = 0;
    sl_stamp_decimal(value, 0, &h);
    sl_str rest = sl_str_slice(value, colon + 1, value.len);
    sl_stamp_decimal(rest, 0, &m);
    colon = sl_str_find_byte(rest, ':');
    if (colon != SIZE_MAX)
        sl_stamp_decimal(sl_str_slice(rest, colon + 1, rest.len), 6, &us);
    us += (h * 3600 + m * 60) * 1000000;
    sl_buf_add_printf(out, "%llu.%06llu", (unsigned long long)(us / 1000000), (unsigned long long)(us % 1000000));
}

/* A slow log entry, as the server would have written it to a file. */
static void add_azure_slow(struct sl_log_unwrap *unwrap, size_t off, sl_str p)
{
    struct sl_buf *out = &unwrap->out, scratch = {0};
    sl_str sql = azure_value(p, "sql_text"), db = azure_value(p, "db");
    sl_log_unwrap_add(unwrap, off, SL_STR("# Time: "));
    sl_buf_add(out, azure_value(p, "start_time"));
    sl_buf_add(out, SL_STR("\n# User@Host: "));
    sl_buf_add(out, azure_value(p, "user_host"));
    sl_buf_add(out, SL_STR("\n# Query_time: "));
    add_seconds(out, azure_value(p, "query_time"));
    sl_buf_add(out, SL_STR("  Lock_time: "));
    add_seconds(out, azure_value(p, "lock_time"));
    sl_str sent = azure_value(p, "rows_sent"), examined = azure_value(p, "rows_examined");
    sl_buf_add_printf(out, " Rows_sent: %.*s  Rows_examined: %.*s\n", SL_STR_ARG(sent), SL_STR_ARG(examined));
    if (db.len)
        sl_buf_add_printf(out, "use %.*s;\n", SL_STR_ARG(db));
    sl_buf_add(out, sl_log_text_decode(SL_LOG_JSON, sql, &scratch));
    sl_buf_add(out, SL_STR(";\n"));
    sl_buf_release(&scratch);
}

/* An audit record, as a line of the general log. */
static bool add_azure_audit(struct sl_log_unwrap *unwrap, size_t off, sl_str p)
{
    sl_str sql = azure_value(p, "sql_text"), class = azure_value(p, "event_class");
    if (!sl_str_eq(class, SL_STR("general_log")) || sql.len == 0)
        return false;
    struct sl_buf *out = &unwrap->out, scratch = {0};
    sl_str stamp = azure_value(p, "event_time"), id = azure_value(p, "connection_id");
    if (stamp.len == 0)
        stamp = SL_STR("1970-01-01T00:00:00.000000Z");
    sl_log_unwrap_add(unwrap, off, stamp);
    sl_buf_add_printf(out, "\t%5.*s Query\t", SL_STR_ARG(id));
    sl_buf_add(out, sl_log_text_decode(SL_LOG_JSON, sql, &scratch));
    sl_buf_add_byte(out, '\n');
    sl_buf_release(&scratch);
    return true;
}

static bool add_azure(struct sl_log_unwrap *unwrap, size_t off, sl_str unit)
{
    struct sl_json_field field;
    if (!find_string(unit, "category", &field) && !find_string(unit, "Category", &field))
        return false;
    sl_str category = field.value;
    sl_str properties = unit; /* Log Analytics exports have the fields at the top */
    if (sl_json_find(unit, SL_STR("properties"), &field) && field.type == SL_JSON_OBJECT)
        properties = field.value;
    if (sl_str_eq_nocase(category, SL_STR("PostgreSQLLogs"))) {
        add_azure_postgres(unwrap, off, properties);
        return true;
    }
    if (sl_str_eq_nocase(category, SL_STR("MySqlSlowLogs"))) {
        add_azure_slow(unwrap, off, properties);
        return true;
    }
    return sl_str_eq_nocase(category, SL_STR("MySqlAuditLogs")) && add_azure_audit(unwrap, off, properties);
}

static size_t unwrap_azure(struct sl_log_unwrap *unwrap, sl_str in, bool at_end)
{
    return each_unit(unwrap, in, at_end, add_azure);
}

static bool is_azure(sl_str head)
{
    sl_str start = sl_str_slice(head, 0, 16000);
    bool is_named = sl_str_find_nocase(start, SL_STR("\"PostgreSQLLogs\"")) != SIZE_MAX ||
                    sl_str_find_nocase(start, SL_STR("\"MySqlSlowLogs\"")) != SIZE_MAX ||
                    sl_str_find_nocase(start, SL_STR("\"MySqlAuditLogs\"")) != SIZE_MAX;
    return is_named && starts_like_json(head);
}

const struct sl_log_envelope sl_log_envelope_docker = {"docker", "docker's json-file", is_docker, unwrap_docker, true};
const struct sl_log_envelope sl_log_envelope_gcp = {"gcp", "Google Cloud log entries", is_gcp, unwrap_gcp, true};
const struct sl_log_envelope sl_log_envelope_azure = {"azure", "Azure log records", is_azure, unwrap_azure, true};
const struct sl_log_envelope sl_log_envelope_cloudwatch = {"cloudwatch", "CloudWatch events", is_cloudwatch,
                                                           unwrap_cloudwatch, true};
const struct sl_log_envelope sl_log_envelope_json_lines = {"json-lines", "JSON lines", is_lines, unwrap_lines, true};
