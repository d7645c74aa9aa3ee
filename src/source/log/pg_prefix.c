#include "source/log/pg_prefix.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "source/log/pg_words.h"
#include "source/log/stamp.h"

/* The severity stands within so many bytes of a line. */
#define LONGEST_PREFIX 600
#define LONGEST_NAME 64
/* Ends of names that are tried before a prefix counts as another one. */
#define MAX_MATCH_STEPS 400

/* Settings that distributions, clouds and log analysers ask for, the more telling ones first. */
static const sl_str usual[] = {
    SL_STR_INIT("%t [%p]: [%l-1] user=%u,db=%d,app=%a,client=%h "),
    SL_STR_INIT("%m [%p] %q[user=%u,db=%d,app=%a,host=%h] "),
    SL_STR_INIT("%m [%p][%b][%v][%x] %q[user=%u,db=%d,app=%a] "),
    SL_STR_INIT("%m [%p] %q[user=%u,db=%d,app=%a] "),
    SL_STR_INIT("%t [%p]: db=%d,user=%u,app=%a,client=%h "),
    SL_STR_INIT("%t [%p]: [%l-1] user=%u,db=%d - PG-%e "),
    SL_STR_INIT("%t [%p]: [%l-1] [trx_id=%x] user=%u,db=%d "),
    SL_STR_INIT("%t [%p]: [%l-1] user=%u,db=%d "),
    SL_STR_INIT("%m [%p]: [%l-1] db=%d,user=%u "),
    SL_STR_INIT("[%p]: [%l-1] db=%d,user=%u "),
    SL_STR_INIT("pid=%p,user=%u,db=%d,app=%a,client=%h "),
    SL_STR_INIT("user=%u,db=%d,app=%a,client=%h "),
    SL_STR_INIT("db=%d,user=%u,app=%a,client=%h "),
    SL_STR_INIT("%m [%p] user=%u,db=%d "),
    SL_STR_INIT("%m [%p] [queryid=%Q] %q%u@%d "),
    SL_STR_INIT("%t:%r:%u@%d:[%p]:"),
    SL_STR_INIT("%t:%h:%u@%d:[%p]:"),
    SL_STR_INIT("%m:%r:%u@%d:[%p]:%l:%e:%s:%v:%x:%c:%q%a:"),
    SL_STR_INIT("%m [%p][%v] : [%l-1] %q[app=%a] "),
    SL_STR_INIT("%p-%s-%c-%l-%h-%u-%d-%m "),
    SL_STR_INIT("%m %r %u %a [%c] [%p] "),
    SL_STR_INIT("%t [%p-%l] %q%u@%d "),
    SL_STR_INIT("%t [%p] %q%u@%d %h "),
    SL_STR_INIT("%m [%p] %q%u@%d/%a "),
    SL_STR_INIT("%m [%p] %q%u@%d "),
    SL_STR_INIT("%m [%p] %u@%d "),
    SL_STR_INIT("%t-%c-"),
    SL_STR_INIT("%m [%p] "),
    SL_STR_INIT("%t [%p] "),
    SL_STR_INIT(" sql_error_code = %e "),
    SL_STR_INIT("%m "),
    SL_STR_INIT("%t "),
    SL_STR_INIT(""),
};

void sl_pg_prefix_compile(sl_str setting, struct sl_pg_prefix *prefix)
{
    *prefix = (struct sl_pg_prefix){0};
    size_t i = 0;
    while (i < setting.len && prefix->n_ops < SL_PG_PREFIX_OPS) {
        struct sl_pg_prefix_op *op = &prefix->ops[prefix->n_ops++];
        size_t from = i;
        if (setting.ptr[i] != '%' || i + 1 >= setting.len) {
            while (i < setting.len && (setting.ptr[i] != '%' || i + 1 >= setting.len))
                i++;
            op->literal = sl_str_slice(setting, from, i - from);
            continue;
        }
        i++;
        while (i < setting.len && (setting.ptr[i] == '-' || sl_is_digit(setting.ptr[i]))) {
            op->is_padded = true;
            i++;
        }
        op->escape = i < setting.len ? setting.ptr[i] : '%';
        i++;
        if (op->escape == '%') {
            op->escape = 0;
            op->literal = SL_STR("%");
        }
    }
}

static size_t span_of(sl_str s, const char *more, bool letters, bool digits)
{
    size_t n = 0;
    while (n < s.len && ((digits && sl_is_digit(s.ptr[n])) || (letters && sl_is_alpha(s.ptr[n])) ||
                         (s.ptr[n] && strchr(more, s.ptr[n]))))
        n++;
    return n;
}

/* host, host(port), [local] or nothing */
static size_t host_len(sl_str s, bool with_port)
{
    if (sl_str_has_prefix(s, SL_STR("[local]")))
        return 7;
    size_t n = span_of(s, ".:_-%", true, true);
    if (!with_port)
        return n;
    if (n && n < s.len && s.ptr[n] == '(') {
        size_t digits = span_of(sl_str_slice(s, n + 1, s.len), "", false, true);
        if (digits && n + 1 + digits < s.len && s.ptr[n + 1 + digits] == ')')
            return n + digits + 2;
    }
    return 0;
}

static uint64_t number(sl_str s)
{
    uint64_t value = 0;
    sl_stamp_decimal(s, 0, &value);
    return value;
}

/*
 * The kind of backend, which may be two words: those of the server by heart, so that "client backend app@lottery" ends
 * where it does; that of an extension's worker up to what is no letter.
 */
static size_t backend_len(sl_str s)
{
    static const sl_str kinds[] = {
        SL_STR_INIT("client backend"),
        SL_STR_INIT("autovacuum worker"),
        SL_STR_INIT("autovacuum launcher"),
        SL_STR_INIT("parallel worker"),
        SL_STR_INIT("background worker"),
        SL_STR_INIT("background writer"),
        SL_STR_INIT("walsender"),
        SL_STR_INIT("checkpointer"),
        SL_STR_INIT("postmaster"),
        SL_STR_INIT("startup"),
        SL_STR_INIT("not initialized"),
        SL_STR_INIT("logical replication launcher"),
        SL_STR_INIT("standalone backend"),
        SL_STR_INIT("logical replication worker"),
        SL_STR_INIT("walreceiver"),
        SL_STR_INIT("logical replication apply worker"),
        SL_STR_INIT("logical replication tablesync worker"),
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (sl_str_has_prefix(s, kinds[i]))
            return kinds[i].len;
    }
    size_t n = span_of(s, " _", true, false);
    while (n > 0 && s.ptr[n - 1] == ' ')
        n--;
    return n;
}

/* The bytes of an escape whose end shows by itself; SIZE_MAX if it does not fit. */
static size_t field_len(char escape, sl_str s, struct sl_pg_fields *fields)
{
    int64_t us;
    size_t n;
    switch (escape) {
    case 't':
    case 'm':
    case 's':
        n = sl_stamp_iso(s, &us);
        if (n && escape != 's')
            fields->us = us;
        return n ? n : SIZE_MAX;
    case 'n':
        n = sl_stamp_epoch(s, &us);
        if (n)
            fields->us = us;
        return n ? n : SIZE_MAX;
    case 'p':
        n = span_of(s, "", false, true);
        fields->session = number(sl_str_slice(s, 0, n));
        return n ? n : SIZE_MAX;
    case 'c':
        n = span_of(s, ".", true, true);
        if (fields->session == 0 && n)
            fields->session = XXH3_64bits(s.ptr, n) | 1;
        return n ? n : SIZE_MAX;
    case 'P':
    case 'x':
    case 'l':
        return span_of(s, "", false, true);
    case 'Q':
        return span_of(s, "-", false, true);
    case 'v':
        return span_of(s, "/", false, true);
    case 'e':
        return s.len >= 5 && span_of(sl_str_slice(s, 0, 5), "", true, true) == 5 ? 5 : SIZE_MAX;
    case 'r':
        return host_len(s, true);
    case 'h':
        return host_len(s, false);
    case 'L':
        return span_of(s, ".:_-%[]()", true, true);
    case 'b':
        return backend_len(s);
    default:
        return SIZE_MAX;
    }
}

static bool is_name_escape(char escape)
{
    return escape == 'u' || escape == 'd' || escape == 'a' || escape == 'i';
}

static sl_str known(sl_str name)
{
    return sl_str_eq(name, SL_STR("[unknown]")) ? SL_STR_EMPTY : name;
}

static bool is_plausible_name(sl_str name)
{
    if (name.len == 0 || sl_str_eq(name, SL_STR("[unknown]")))
        return true;
    for (size_t i = 0; i < name.len; i++) {
        if (strchr("[=] ", name.ptr[i]))
            return false;
    }
    return true;
}

static void skip_spaces(sl_str *rest)
{
    while (rest->len && rest->ptr[0] == ' ')
        *rest = sl_str_slice(*rest, 1, rest->len);
}

/* Takes a literal or a field whose end shows by itself off *text. */
static bool take_op(const struct sl_pg_prefix *prefix, unsigned i, sl_str *text, struct sl_pg_fields *fields)
{
    const struct sl_pg_prefix_op *op = &prefix->ops[i];
    if (op->escape == 0) {
        if (!sl_str_has_prefix(*text, op->literal))
            return false;
        *text = sl_str_slice(*text, op->literal.len, text->len);
        return true;
    }
    if (op->is_padded)
        skip_spaces(text);
    size_t n = field_len(op->escape, *text, fields);
    if (n == SIZE_MAX)
        return false;
    *text = sl_str_slice(*text, n, text->len);
    if (op->is_padded && (i + 1 >= prefix->n_ops || prefix->ops[i + 1].escape))
        skip_spaces(text);
    return true;
}

static bool set_name(const struct sl_pg_prefix *prefix, unsigned i, sl_str name, struct sl_pg_fields *fields)
{
    char escape = prefix->ops[i].escape;
    if (prefix->is_strict && (escape == 'u' || escape == 'd') && !is_plausible_name(name))
        return false;
    if (prefix->is_strict && escape == 'd' && sl_str_find_byte(name, '/') != SIZE_MAX)
        return false; /* "%d/%a" is usual, such a name is not */
    if (prefix->ops[i].is_padded)
        name = sl_str_trim(name);
    if (escape == 'u')
        fields->user = known(name);
    else if (escape == 'd')
        fields->database = known(name);
    else if (escape == 'a')
        fields->application = known(name);
    return true;
}

/* Names that were tried, and how far the first try went: a name may hold the literal that ends it. */
struct attempt {
    unsigned op;
    sl_str text;
    size_t len; /* of the name that was tried last */
};

/*
 * The next end of the name at attempt->text that is longer than the last: where the literal behind it starts, or the
 * end of the text. False if there is none.
 */
static bool lengthen(const struct sl_pg_prefix *prefix, struct attempt *attempt, bool is_first)
{
    size_t from = is_first ? 0 : attempt->len + 1;
    const struct sl_pg_prefix_op *next = attempt->op + 1 < prefix->n_ops ? &prefix->ops[attempt->op + 1] : NULL;
    bool is_last = !next || next->escape == 'q';
    if (is_last || next->escape) { /* the whole rest, or nothing: two names with nothing between cannot be told apart */
        attempt->len = is_last ? attempt->text.len : 0;
        return is_first;
    }
    sl_str rest = sl_str_slice(attempt->text, from, LONGEST_NAME * 2 + next->literal.len);
    size_t at = sl_str_find(rest, next->literal);
    if (at == SIZE_MAX)
        return false;
    attempt->len = from + at;
    return true;
}

bool sl_pg_prefix_match(const struct sl_pg_prefix *prefix, sl_str text, struct sl_pg_fields *fields)
{
    struct attempt attempts[SL_PG_PREFIX_OPS];
    unsigned n = 0, steps = 0, i = 0;
    *fields = (struct sl_pg_fields){0};
    while (steps++ < MAX_MATCH_STEPS) {
        bool ends_early = i < prefix->n_ops && prefix->ops[i].escape == 'q';
        if (text.len == 0 && (i == prefix->n_ops || ends_early))
            return true;
        bool fits = false;
        if (ends_early) {
            i++;
            continue;
        }
        if (i < prefix->n_ops && is_name_escape(prefix->ops[i].escape)) {
            attempts[n] = (struct attempt){.op = i, .text = text};
            fits = lengthen(prefix, &attempts[n], true);
            n += fits;
        } else if (i < prefix->n_ops) {
            fits = take_op(prefix, i, &text, fields);
            if (fits) {
                i++;
                continue;
            }
        }
        while (!fits && n > 0) { /* back to the last name that could be longer */
            fits = lengthen(prefix, &attempts[n - 1], false);
            n -= !fits;
        }
        if (!fits)
            return false;
        struct attempt *last = &attempts[n - 1];
        if (!set_name(prefix, last->op, sl_str_slice(last->text, 0, last->len), fields))
            return false;
        text = sl_str_slice(last->text, last->len, last->text.len);
        i = last->op + 1;
    }
    return false;
}

static const struct {
    sl_str word;
    enum sl_pg_severity severity;
} severities[] = {
    {SL_STR_INIT("LOG"), SL_PG_LOG},
    {SL_STR_INIT("ERROR"), SL_PG_ERROR},
    {SL_STR_INIT("STATEMENT"), SL_PG_STATEMENT},
    {SL_STR_INIT("DETAIL"), SL_PG_DETAIL},
    {SL_STR_INIT("CONTEXT"), SL_PG_CONTEXT},
    {SL_STR_INIT("HINT"), SL_PG_OTHER},
    {SL_STR_INIT("WARNING"), SL_PG_NOTICE},
    {SL_STR_INIT("NOTICE"), SL_PG_NOTICE},
    {SL_STR_INIT("INFO"), SL_PG_NOTICE},
    {SL_STR_INIT("FATAL"), SL_PG_ERROR},
    {SL_STR_INIT("PANIC"), SL_PG_ERROR},
    {SL_STR_INIT("QUERY"), SL_PG_OTHER},
    {SL_STR_INIT("LOCATION"), SL_PG_OTHER},
    {SL_STR_INIT("BACKTRACE"), SL_PG_OTHER},
    {SL_STR_INIT("DEBUG"), SL_PG_NOTICE},
};

static enum sl_pg_severity severity_of(sl_str word)
{
    for (size_t i = 0; i < sizeof severities / sizeof severities[0]; i++) {
        if (sl_str_eq(word, severities[i].word))
            return severities[i].severity;
    }
    return SL_PG_NONE;
}

enum sl_pg_severity sl_pg_severity_find(sl_str line, size_t *word_off, size_t *text_off)
{
    const char *start = line.ptr, *end = start + (line.len < LONGEST_PREFIX ? line.len : LONGEST_PREFIX);
    for (const char *p = start; p < end && (p = memchr(p, ':', (size_t)(end - p))) != NULL; p++) {
        const char *word = p;
        if (word > start && word[-1] >= '1' && word[-1] <= '5') /* DEBUG1 */
            word--;
        const char *word_end = word;
        while (word > start && word[-1] >= 'A' && word[-1] <= 'Z')
            word--;
        if (word_end - word < 3 || p + 1 >= line.ptr + line.len || (p[1] != ' ' && p[1] != '\t'))
            continue;
        enum sl_pg_severity severity = severity_of((sl_str){word, (size_t)(word_end - word)});
        if (severity == SL_PG_NONE || (word_end != p && severity != SL_PG_NOTICE))
            continue;
        const char *text = p + 1;
        while (text < line.ptr + line.len && (*text == ' ' || (*text == '\t' && text == p + 1)))
            text++;
        *word_off = (size_t)(word - start);
        *text_off = (size_t)(text - start);
        return severity;
    }
    return SL_PG_NONE;
}

sl_str sl_pg_prefix_find(sl_str head)
{
    unsigned hits[sizeof usual / sizeof usual[0]] = {0};
    unsigned n_lines = 0;
    sl_str line;
    while (n_lines < 400 && sl_str_next_line(&head, &line)) {
        size_t word, text;
        if (line.len == 0 || line.ptr[0] == '\t' || sl_pg_words_find_any(line, &word, &text) == SL_PG_NONE)
            continue;
        n_lines++;
        if (line.ptr[0] == '\x1e') { /* what the syslog envelope puts in front */
            size_t mark = sl_str_find_byte(sl_str_slice(line, 1, word), '\x1e');
            size_t len = mark == SIZE_MAX ? 0 : mark + 2;
            line = sl_str_slice(line, len, line.len);
            word -= len;
        }
        for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
            struct sl_pg_prefix prefix;
            struct sl_pg_fields fields;
            sl_pg_prefix_compile(usual[i], &prefix);
            prefix.is_strict = true;
            hits[i] += sl_pg_prefix_match(&prefix, sl_str_slice(line, 0, word), &fields);
        }
    }
    size_t best = 0;
    for (size_t i = 1; i < sizeof usual / sizeof usual[0]; i++) {
        if (hits[i] > hits[best])
            best = i;
    }
    return n_lines && hits[best] * 10 >= n_lines * 7 ? usual[best] : SL_STR_EMPTY;
}

/* The bytes behind `key` up to a comma, bracket or space. */
static sl_str value_of(sl_str text, sl_str key)
{
    size_t at = sl_str_find(text, key);
    if (at == SIZE_MAX)
        return SL_STR_EMPTY;
    sl_str rest = sl_str_slice(text, at + key.len, text.len);
    if (rest.len && rest.ptr[0] == '"') {
        rest = sl_str_slice(rest, 1, rest.len);
        return sl_str_slice(rest, 0, sl_str_find_byte(rest, '"'));
    }
    size_t n = 0;
    while (n < rest.len && !strchr(", ]):;", rest.ptr[n]))
        n++;
    return known(sl_str_has_prefix(rest, SL_STR("[unknown]")) ? SL_STR_EMPTY : sl_str_slice(rest, 0, n));
}

/* "[123]", "[123-4]", "[123/]", "pid=123", "(123)". */
static uint64_t find_pid(sl_str text)
{
    sl_str pid = value_of(text, SL_STR("pid="));
    if (pid.len && sl_is_digit(pid.ptr[0]))
        return number(pid);
    for (size_t i = 0; i + 2 < text.len; i++) {
        if (text.ptr[i] != '[' || !sl_is_digit(text.ptr[i + 1]))
            continue;
        size_t n = span_of(sl_str_slice(text, i + 1, text.len), "", false, true);
        if (i + 1 + n < text.len && strchr("]-./", text.ptr[i + 1 + n]))
            return number(sl_str_slice(text, i + 1, n));
    }
    return 0;
}

/* "user@database" */
static void find_at(sl_str text, struct sl_pg_fields *fields)
{
    size_t at = sl_str_find_byte(text, '@');
    if (at == SIZE_MAX)
        return;
    size_t from = at, to = at + 1;
    while (from > 0 && !strchr(" :,[]()", text.ptr[from - 1]))
        from--;
    while (to < text.len && !strchr(" :,[]()/", text.ptr[to]))
        to++;
    fields->user = sl_str_slice(text, from, at - from);
    fields->database = sl_str_slice(text, at + 1, to - at - 1);
}

void sl_pg_prefix_guess(sl_str text, struct sl_pg_fields *fields)
{
    *fields = (struct sl_pg_fields){0};
    fields->session = find_pid(text);
    fields->user = value_of(text, SL_STR("user="));
    fields->database = value_of(text, SL_STR("db="));
    if (fields->database.len == 0)
        fields->database = value_of(text, SL_STR("database="));
    fields->application = value_of(text, SL_STR("app="));
    if (fields->user.len == 0 && fields->database.len == 0)
        find_at(text, fields);
    for (size_t i = 0; i + 19 <= text.len; i++) {
        if ((i == 0 || !sl_is_digit(text.ptr[i - 1])) && sl_stamp_iso(sl_str_slice(text, i, text.len), &fields->us))
            return;
    }
    if (text.len > 13 && text.ptr[10] == '.') /* %n */
        sl_stamp_epoch(text, &fields->us);
}
