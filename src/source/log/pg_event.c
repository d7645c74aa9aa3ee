#include "source/log/pg_event.h"

#include <stdlib.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "source/log/pg_bind.h"
#include "source/log/pg_words.h"
#include "source/log/stamp.h"
#include "source/log/text.h"

bool sl_pg_event_matters(enum sl_pg_severity severity, sl_str text)
{
    if (severity != SL_PG_LOG)
        return severity == SL_PG_ERROR || severity == SL_PG_STATEMENT || severity == SL_PG_CONTEXT;
    if (text.len == 0)
        return false;
    bool matters;
    switch (text.ptr[0]) {
    case 'd':
        matters = sl_str_has_prefix(text, SL_STR("duration: "));
        break;
    case 's':
        matters = sl_str_has_prefix(text, SL_STR("statement: "));
        break;
    case 'e':
        matters = sl_str_has_prefix(text, SL_STR("execute "));
        break;
    case 'A':
        matters = sl_str_has_prefix(text, SL_STR("AUDIT: "));
        break;
    default:
        matters = text.len > 7 && text.ptr[5] == ':'; /* SQLSTATE */
        break;
    }
    return matters || sl_pg_words_start_message(text);
}

static struct sl_log_record record_of(struct sl_log_reader *reader, const struct sl_pg_event *event)
{
    struct sl_log_record record = sl_log_record_at(reader, event->line_off);
    record.line = event->line;
    record.path = event->path;
    record.layout = (uint8_t)event->encoding + 1;
    record.encoding = (uint8_t)event->encoding;
    record.session = event->fields.session ? event->fields.session : SL_LOG_ANY_SESSION;
    record.first_us = event->fields.us;
    record.user = sl_log_names_add(reader->names, event->fields.user);
    record.database = sl_log_names_add(reader->names, event->fields.database);
    record.application = sl_log_names_add(reader->names, event->fields.application);
    record.flags = event->is_truncated ? SL_LOG_TRUNCATED : 0;
    return record;
}

/* RDS puts this behind what it cut off. */
static sl_str without_cut_mark(sl_str text, struct sl_log_record *record)
{
    static const sl_str mark = SL_STR_INIT("[Your log message was truncated]");
    if (sl_str_has_suffix(text, mark)) {
        record->flags |= SL_LOG_TRUNCATED;
        text.len -= mark.len;
    }
    return text;
}

/* Where the statement begins in the bytes of a plan: behind Query Text: , "Query Text": ", <Query-Text>. */
static size_t query_off(sl_str plan, enum sl_log_encoding encoding)
{
    sl_str head = sl_str_slice(plan, 0, 400);
    size_t query = sl_str_find(head, SL_STR("Query"));
    size_t text = query == SIZE_MAX ? SIZE_MAX : sl_str_find(sl_str_slice(head, query, 16), SL_STR("Text"));
    if (text == SIZE_MAX)
        return 0;
    size_t behind = query + text + 4; /* of the word: what follows is `: `, `: "`, `": "`, `\": \"` or `>` */
    if (behind < head.len && head.ptr[behind] == '\\')
        return behind + 6;
    bool is_quoted = behind < head.len && head.ptr[behind] == '"';
    return behind + (encoding == SL_LOG_XML ? 1 : encoding != SL_LOG_JSON ? 2 : is_quoted ? 4 : 3);
}

static bool starts_with_word(sl_str text, sl_str word)
{
    size_t n = 0;
    while (n < text.len && sl_is_space(text.ptr[n]))
        n++;
    return sl_str_has_prefix_nocase(sl_str_slice(text, n, text.len), word);
}

/* The SQL command, not the protocol's message: the server prints what that executes. */
static bool is_execute(sl_str text)
{
    return starts_with_word(text, SL_STR("execute "));
}

static uint32_t cursor_flag(sl_str text)
{
    return starts_with_word(text, SL_STR("declare ")) ? SL_LOG_OF_CURSOR : 0;
}

/* "PREPARE name (int) AS SELECT …" → "SELECT …"; empty: it is not that. */
static sl_str prepared_text(sl_str text)
{
    if (!starts_with_word(text, SL_STR("prepare ")))
        return SL_STR_EMPTY;
    size_t as = sl_str_find_nocase(sl_str_slice(text, 0, 400), SL_STR(" as "));
    return as == SIZE_MAX ? SL_STR_EMPTY : sl_str_trim(sl_str_slice(text, as + 4, text.len));
}

static void add_plan(struct sl_log_reader *reader, struct sl_pg_events *events, const struct sl_pg_event *event,
                     struct sl_log_record record, sl_str plan)
{
    if (event->is_nested) {
        reader->counts->plans++;
        return;
    }
    enum sl_log_encoding encoding;
    sl_str decoded = sl_log_text_decode(event->encoding, plan, &events->decoded);
    sl_str text = sl_pg_plan_text(decoded, &encoding);
    if (text.len == 0) {
        reader->counts->plans++;
        return;
    }
    uint64_t off = event->off + (uint64_t)(plan.ptr - event->text.ptr) + query_off(plan, encoding);
    sl_str prepared = prepared_text(text); /* what is explained is what was prepared */
    if (prepared.len) {
        off += (uint64_t)(prepared.ptr - text.ptr);
        text = prepared;
        record.flags |= SL_LOG_BY_NAME;
    }
    record.kind = SL_LOG_COPY;
    record.encoding = (uint8_t)encoding;
    if (encoding == SL_LOG_JSON)
        record.layout = SL_LOG_JSON + 1;
    record.flags |= SL_LOG_SPLITS | cursor_flag(text);
    sl_log_emit_text(reader, &record, sl_arena_copy(&reader->block->arena, text), off);
}

/* The next field of a CSV line; *rest is empty behind the last. Undoes "". */
static sl_str csv_field(sl_str *rest, struct sl_buf *scratch)
{
    sl_str field;
    if (rest->len && rest->ptr[0] == '"') {
        size_t i = 1;
        while (i < rest->len && (rest->ptr[i] != '"' || (i + 1 < rest->len && rest->ptr[i + 1] == '"')))
            i += rest->ptr[i] == '"' ? 2 : 1;
        field = sl_log_text_decode(SL_LOG_CSV, sl_str_slice(*rest, 1, i - 1), scratch);
        *rest = sl_str_slice(*rest, i + 1, rest->len);
    } else {
        size_t comma = sl_str_find_byte(*rest, ',');
        field = sl_str_slice(*rest, 0, comma);
        *rest = sl_str_slice(*rest, field.len, rest->len);
    }
    if (rest->len && rest->ptr[0] == ',')
        *rest = sl_str_slice(*rest, 1, rest->len);
    return field;
}

static struct sl_pg_audit_session *audit_session(struct sl_pg_events *events, uint64_t session)
{
    if (!events->audited) {
        events->audited = calloc(SL_PG_AUDIT_SESSIONS, sizeof *events->audited);
        if (!events->audited)
            sl_out_of_memory();
    }
    struct sl_pg_audit_session *s = &events->audited[session % SL_PG_AUDIT_SESSIONS];
    if (s->session != session)
        *s = (struct sl_pg_audit_session){.session = session};
    return s;
}

/* SESSION,stmt_id,substmt_id,CLASS,COMMAND,OBJ_TYPE,OBJ_NAME,STATEMENT,PARAMETERS: a line a relation and a statement.
 */
static void add_audit(struct sl_log_reader *reader, struct sl_pg_events *events, const struct sl_pg_event *event,
                      struct sl_log_record record, sl_str message)
{
    sl_str rest = sl_log_text_decode(event->encoding, message, &events->decoded);
    uint64_t statement = 0, part = 1;
    bool is_prepare = false;
    sl_str field = SL_STR_EMPTY;
    for (int i = 0; i < 8; i++) {
        field = csv_field(&rest, &events->field);
        if (i == 1)
            sl_stamp_decimal(field, 0, &statement);
        else if (i == 2)
            sl_stamp_decimal(field, 0, &part);
        else if (i == 4)
            is_prepare = sl_str_eq(field, SL_STR("PREPARE"));
    }
    if (part > 1) { /* of a function, a cursor, an EXPLAIN: the statement around it stands for it */
        reader->counts->plans++;
        return;
    }
    if (field.len == 0 || sl_str_eq(field, SL_STR("<not logged>")) || sl_str_eq(field, SL_STR("<previously logged>"))) {
        reader->counts->cached++;
        return;
    }
    uint64_t hash = XXH3_64bits(field.ptr, field.len);
    struct sl_pg_audit_session *session = audit_session(events, record.session);
    bool is_packet = sl_str_find_byte(sl_str_slice(field, 0, field.len - 1), ';') != SIZE_MAX;
    bool is_repeat = session->text_hash == hash && (session->statement == statement || is_packet);
    session->statement = statement;
    session->text_hash = hash;
    if (is_repeat) {
        reader->counts->plans++;
        return;
    }
    sl_str prepared = is_prepare ? SL_STR_EMPTY : prepared_text(field);
    field = prepared.len ? prepared : field;
    record.kind = SL_LOG_COPY;
    record.encoding = SL_LOG_PLAIN;
    record.flags |= SL_LOG_SPLITS | SL_LOG_OF_AUDIT | cursor_flag(field) | (prepared.len ? SL_LOG_BY_NAME : 0);
    size_t n = 0; /* of the text before its first escape: it is found in the message by that */
    while (n < field.len && n < 40 && (unsigned char)field.ptr[n] >= ' ' && field.ptr[n] != '"' && field.ptr[n] != '\\')
        n++;
    size_t at = n > 3 ? sl_str_find(message, sl_str_slice(field, 0, n)) : SIZE_MAX;
    uint64_t off = event->off + (at == SIZE_MAX ? 0 : (uint64_t)(message.ptr - event->text.ptr) + at);
    sl_log_emit_text(reader, &record, sl_arena_copy(&reader->block->arena, field), off);
}

/* Of the words in front of the values. */
static size_t parameters_len(sl_str detail)
{
    static const sl_str english = SL_STR_INIT("parameters: ");
    return sl_str_has_prefix_nocase(detail, english) ? english.len : sl_pg_words_parameters(detail);
}

static size_t prepare_len(sl_str detail)
{
    static const sl_str english = SL_STR_INIT("prepare: ");
    return sl_str_has_prefix_nocase(detail, english) ? english.len : sl_pg_words_prepare(detail);
}

/*
 * The statement that was executed: with the values of its parameters, so that the states among them are seen, or what
 * EXECUTE stands for. Empty: the text as it is.
 */
static sl_str executed_text(struct sl_log_reader *reader, struct sl_pg_events *events, const struct sl_pg_event *event,
                            sl_str text)
{
    if (!sl_pg_event_is_detail(event->detail))
        return SL_STR_EMPTY;
    sl_str detail = sl_log_text_decode(event->encoding, event->detail, &events->field);
    size_t prepare = prepare_len(detail);
    if (prepare > 0) {
        sl_str prepared = prepared_text(sl_str_slice(detail, prepare, detail.len));
        return prepared.len ? sl_arena_copy(&reader->block->arena, prepared) : SL_STR_EMPTY;
    }
    sl_buf_reset(&events->bound);
    sl_str decoded = sl_log_text_decode(event->encoding, text, &events->decoded);
    if (!sl_pg_bind(decoded, sl_str_slice(detail, parameters_len(detail), detail.len), &events->bound))
        return SL_STR_EMPTY;
    return sl_arena_copy(&reader->block->arena, sl_buf_str(&events->bound));
}

bool sl_pg_event_is_detail(sl_str text)
{
    return text.len > 0 && (parameters_len(text) > 0 || prepare_len(text) > 0);
}

static void add_log(struct sl_log_reader *reader, struct sl_pg_events *events, const struct sl_pg_event *event)
{
    struct sl_pg_message message;
    sl_pg_message_read(event->text, &message);
    if (message.kind == SL_PG_MESSAGE_OTHER)
        sl_pg_words_read_message(event->text, &message);
    events->kind = message.kind;
    if (message.kind == SL_PG_MESSAGE_OTHER)
        return;
    reader->counts->entries++;
    if (message.kind == SL_PG_MESSAGE_PARSE_BIND) {
        reader->counts->parse_bind++;
        if (!message.is_fetch)
            return;
    }
    struct sl_log_record record = record_of(reader, event);
    if (message.is_fetch) {
        record.kind = SL_LOG_DURATION;
        sl_log_emit_text(reader, &record, SL_STR_EMPTY, event->off);
        return;
    }
    sl_str text = sl_str_slice(event->text, message.text_off, event->text.len);
    if (message.has_duration) {
        record.flags |= SL_LOG_HAS_DURATION;
        record.duration_us = message.duration_us;
    }
    switch (message.kind) {
    case SL_PG_MESSAGE_DURATION:
        record.kind = SL_LOG_DURATION;
        sl_log_emit_text(reader, &record, SL_STR_EMPTY, event->off);
        return;
    case SL_PG_MESSAGE_PLAN:
        add_plan(reader, events, event, record, text);
        return;
    case SL_PG_MESSAGE_AUDIT:
        add_audit(reader, events, event, record, text);
        return;
    default:
        record.flags |= SL_LOG_SPLITS | (message.has_duration ? 0 : SL_LOG_AWAITS_DURATION) | cursor_flag(text) |
                        (message.is_execute ? SL_LOG_AWAITS_PLAN : 0);
        text = without_cut_mark(text, &record);
        sl_str executed = executed_text(reader, events, event, text);
        if (executed.len) {
            record.flags |= is_execute(text) ? SL_LOG_BY_NAME : 0;
            record.encoding = SL_LOG_PLAIN;
            text = executed;
        }
        sl_log_emit_text(reader, &record, text, event->off + message.text_off);
        return;
    }
}

/* STATEMENT: of an error, of a statement that a LOG is about, or behind something that only looks like a statement. */
static void add_reprint(struct sl_log_reader *reader, struct sl_pg_events *events, const struct sl_pg_event *event)
{
    bool same_session = events->session == event->fields.session;
    struct sl_log_record record = record_of(reader, event);
    if (events->severity == SL_PG_ERROR || !same_session) {
        if (events->severity != SL_PG_ERROR)
            return;
        record.kind = SL_LOG_FAILURE;
        record.flags |= events->is_of_worker ? SL_LOG_OF_WORKER : 0;
        record.flags |= SL_LOG_SPLITS | (is_execute(event->text) ? SL_LOG_BY_NAME : 0);
        sl_log_emit_text(reader, &record, without_cut_mark(event->text, &record), event->off);
        events->severity = SL_PG_NONE; /* one event has one statement */
        return;
    }
    if (events->severity == SL_PG_LOG && events->kind == SL_PG_MESSAGE_STATEMENT) {
        record.kind = SL_LOG_FORGERY; /* the server does not print a statement's statement: RAISE LOG did */
        sl_log_emit_text(reader, &record, SL_STR_EMPTY, event->off);
    }
    events->kind = SL_PG_MESSAGE_OTHER;
}

static bool names_worker(sl_str text)
{
    return sl_str_find(text, SL_STR("parallel worker")) != SIZE_MAX;
}

void sl_pg_event_add(struct sl_log_reader *reader, struct sl_pg_events *events, const struct sl_pg_event *event)
{
    switch (event->severity) {
    case SL_PG_LOG:
    case SL_PG_ERROR:
    case SL_PG_NOTICE:
        events->severity = event->severity;
        events->session = event->fields.session;
        events->kind = SL_PG_MESSAGE_OTHER;
        events->is_of_worker = event->severity == SL_PG_ERROR && names_worker(event->context);
        if (event->severity == SL_PG_LOG)
            add_log(reader, events, event);
        else if (names_worker(
                     sl_str_slice(event->text, 0, 80))) /* "terminating background worker …": with its leader */
            events->severity = SL_PG_NONE;
        return;
    case SL_PG_CONTEXT:
        if (events->severity == SL_PG_ERROR && events->session == event->fields.session)
            events->is_of_worker |= names_worker(event->text);
        return;
    case SL_PG_STATEMENT:
        add_reprint(reader, events, event);
        return;
    default:
        return;
    }
}

void sl_pg_events_release(struct sl_pg_events *events)
{
    sl_buf_release(&events->decoded);
    sl_buf_release(&events->field);
    sl_buf_release(&events->bound);
    free(events->audited);
    events->audited = NULL;
}
