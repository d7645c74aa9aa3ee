/* What functions of the three dialects, and those that ORMs register, do to a time. */
#include "resolve/resolver.h"

struct word_row {
    sl_str name;
    const char *word;
};

static const char *lookup_word(const struct word_row *rows, size_t n, sl_str name)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq(rows[i].name, name))
            return rows[i].word;
    }
    return NULL;
}

#define LOOKUP_WORD(rows, name) lookup_word((rows), sizeof(rows) / sizeof((rows)[0]), (name))

static const struct word_row aggregates[] = {
    {SL_STR_INIT("count"), "count"},
    {SL_STR_INIT("sum"), "sum"},
    {SL_STR_INIT("total"), "sum"},
    {SL_STR_INIT("avg"), "avg"},
    {SL_STR_INIT("min"), "min"},
    {SL_STR_INIT("max"), "max"},
    {SL_STR_INIT("array_agg"), "list"},
    {SL_STR_INIT("string_agg"), "list"},
    {SL_STR_INIT("group_concat"), "list"},
    {SL_STR_INIT("json_agg"), "list"},
    {SL_STR_INIT("jsonb_agg"), "list"},
    {SL_STR_INIT("json_object_agg"), "list"},
    {SL_STR_INIT("jsonb_object_agg"), "list"},
    {SL_STR_INIT("json_arrayagg"), "list"},
    {SL_STR_INIT("json_objectagg"), "list"},
    {SL_STR_INIT("json_group_array"), "list"},
    {SL_STR_INIT("json_group_object"), "list"},
    {SL_STR_INIT("bool_and"), "other"},
    {SL_STR_INIT("bool_or"), "other"},
    {SL_STR_INIT("every"), "other"},
    {SL_STR_INIT("bit_and"), "other"},
    {SL_STR_INIT("bit_or"), "other"},
    {SL_STR_INIT("bit_xor"), "other"},
    {SL_STR_INIT("stddev"), "other"},
    {SL_STR_INIT("std"), "other"},
    {SL_STR_INIT("stddev_pop"), "other"},
    {SL_STR_INIT("stddev_samp"), "other"},
    {SL_STR_INIT("variance"), "other"},
    {SL_STR_INIT("var_pop"), "other"},
    {SL_STR_INIT("var_samp"), "other"},
    {SL_STR_INIT("percentile_cont"), "other"},
    {SL_STR_INIT("percentile_disc"), "other"},
    {SL_STR_INIT("mode"), "other"},
    {SL_STR_INIT("median"), "other"},
    {SL_STR_INIT("corr"), "other"},
    {SL_STR_INIT("any_value"), "other"},
    {SL_STR_INIT("approx_count_distinct"), "count_distinct"},
};

const char *sl_shape_aggregate(sl_str name, bool is_distinct)
{
    const char *word = LOOKUP_WORD(aggregates, name);
    return word && is_distinct && strcmp(word, "count") == 0 ? "count_distinct" : word;
}

/* Functions of one time argument whose name says the bucket. */
static const struct word_row buckets[] = {
    {SL_STR_INIT("date"), "day"},
    {SL_STR_INIT("to_days"), "day"},
    {SL_STR_INIT("day"), "day"},
    {SL_STR_INIT("dayofmonth"), "day"},
    {SL_STR_INIT("dayofweek"), "day"},
    {SL_STR_INIT("dayofyear"), "day"},
    {SL_STR_INIT("dayname"), "day"},
    {SL_STR_INIT("weekday"), "day"},
    {SL_STR_INIT("to_date"), "day"},
    {SL_STR_INIT("django_datetime_cast_date"), "day"},
    {SL_STR_INIT("django_datetime_cast_time"), "other"},
    {SL_STR_INIT("week"), "week"},
    {SL_STR_INIT("weekofyear"), "week"},
    {SL_STR_INIT("yearweek"), "week"},
    {SL_STR_INIT("month"), "month"},
    {SL_STR_INIT("monthname"), "month"},
    {SL_STR_INIT("last_day"), "month"},
    {SL_STR_INIT("quarter"), "quarter"},
    {SL_STR_INIT("year"), "year"},
    {SL_STR_INIT("hour"), "hour"},
    {SL_STR_INIT("minute"), "minute"},
    {SL_STR_INIT("second"), "second"},
    {SL_STR_INIT("time"), "other"},
    {SL_STR_INIT("date_bin"), "other"},
    {SL_STR_INIT("time_bucket"), "other"},
    {SL_STR_INIT("time_bucket_gapfill"), "other"},
    {SL_STR_INIT("floor"), "other"},
    {SL_STR_INIT("ceil"), "other"},
    {SL_STR_INIT("ceiling"), "other"},
    {SL_STR_INIT("trunc"), "other"},
    {SL_STR_INIT("truncate"), "other"},
    {SL_STR_INIT("substring_index"), "other"},
    {SL_STR_INIT("$__timegroup"), "other"}, /* Grafana's macros */
    {SL_STR_INIT("$__timegroupalias"), "other"},
    {SL_STR_INIT("$__unixepochgroup"), "other"},
    {SL_STR_INIT("$__unixepochgroupalias"), "other"},
};

/* Units as date_trunc, EXTRACT, TIMESTAMPDIFF and Django's functions spell them. */
static const struct word_row units[] = {
    {SL_STR_INIT("microseconds"), "second"},
    {SL_STR_INIT("milliseconds"), "second"},
    {SL_STR_INIT("second"), "second"},
    {SL_STR_INIT("minute"), "minute"},
    {SL_STR_INIT("hour"), "hour"},
    {SL_STR_INIT("day"), "day"},
    {SL_STR_INIT("dow"), "day"},
    {SL_STR_INIT("isodow"), "day"},
    {SL_STR_INIT("doy"), "day"},
    {SL_STR_INIT("week_day"), "day"},
    {SL_STR_INIT("iso_week_day"), "day"},
    {SL_STR_INIT("date"), "day"},
    {SL_STR_INIT("week"), "week"},
    {SL_STR_INIT("isoweek"), "week"},
    {SL_STR_INIT("month"), "month"},
    {SL_STR_INIT("year_month"), "month"},
    {SL_STR_INIT("mon"), "month"},
    {SL_STR_INIT("quarter"), "quarter"},
    {SL_STR_INIT("year"), "year"},
    {SL_STR_INIT("isoyear"), "year"},
    {SL_STR_INIT("iso_year"), "year"},
    {SL_STR_INIT("decade"), "year"},
    {SL_STR_INIT("century"), "year"},
    {SL_STR_INIT("millennium"), "year"},
    {SL_STR_INIT("day_hour"), "hour"},
    {SL_STR_INIT("day_minute"), "minute"},
    {SL_STR_INIT("hour_minute"), "minute"},
    {SL_STR_INIT("day_second"), "second"},
};

static sl_str lower_unit(sl_str unit, char *buffer, size_t size)
{
    size_t n = unit.len < size ? unit.len : size;
    for (size_t i = 0; i < n; i++)
        buffer[i] = sl_lower_char(unit.ptr[i]);
    return (sl_str){buffer, n};
}

static const char *unit_bucket(sl_str unit)
{
    char buffer[24];
    sl_str name = lower_unit(unit, buffer, sizeof buffer);
    if (sl_str_eq(name, SL_STR("epoch")) || sl_str_eq(name, SL_STR("julian")))
        return NULL;
    const char *word = LOOKUP_WORD(units, name);
    if (word || name.len < 2)
        return word ? word : "other";
    word = lookup_word(units, sizeof units / sizeof units[0], sl_str_slice(name, 0, name.len - 1)); /* "days" */
    return word ? word : "other";
}

static const char *const sizes[] = {"year", "quarter", "month", "week", "day", "hour", "minute", "second"};
enum { SIZE_NONE = -1, SIZE_YEAR, SIZE_QUARTER, SIZE_MONTH, SIZE_WEEK, SIZE_DAY, SIZE_HOUR, SIZE_MINUTE, SIZE_SECOND };

struct letter_size {
    const char *letters;
    int size;
};

static int letter_lookup(const struct letter_size *rows, size_t n, char letter)
{
    for (size_t i = 0; i < n; i++) {
        if (strchr(rows[i].letters, letter))
            return rows[i].size;
    }
    return SIZE_NONE;
}

/* % formats: MySQL's date_format and SQLite's strftime spell minutes and seconds differently. */
static int percent_size(sl_str format, bool is_mysql)
{
    static const struct letter_size mysql[] = {
        {"sSfrT", SIZE_SECOND}, {"i", SIZE_MINUTE},   {"HhIkl", SIZE_HOUR}, {"deDjaWw", SIZE_DAY},
        {"uUvV", SIZE_WEEK},    {"mMbc", SIZE_MONTH}, {"YyXx", SIZE_YEAR},
    };
    static const struct letter_size strftime_letters[] = {
        {"SfTR", SIZE_SECOND}, {"M", SIZE_MINUTE}, {"HIkl", SIZE_HOUR}, {"deFjwua", SIZE_DAY},
        {"WUVg", SIZE_WEEK},   {"mb", SIZE_MONTH}, {"YGy", SIZE_YEAR},
    };
    int finest = SIZE_NONE;
    for (size_t i = 0; i + 1 < format.len; i++) {
        if (format.ptr[i] != '%')
            continue;
        char letter = format.ptr[++i];
        int size = is_mysql
                       ? letter_lookup(mysql, sizeof mysql / sizeof mysql[0], letter)
                       : letter_lookup(strftime_letters, sizeof strftime_letters / sizeof strftime_letters[0], letter);
        finest = size > finest ? size : finest;
    }
    return finest;
}

/* PostgreSQL's to_char patterns; text in double quotes is literal. */
static int to_char_size(sl_str format)
{
    static const struct {
        const char *pattern;
        int size;
    } patterns[] = {
        {"SSSS", SIZE_SECOND}, {"SS", SIZE_SECOND},   {"MS", SIZE_SECOND}, {"US", SIZE_SECOND}, {"MI", SIZE_MINUTE},
        {"HH", SIZE_HOUR},     {"MONTH", SIZE_MONTH}, {"MON", SIZE_MONTH}, {"MM", SIZE_MONTH},  {"DAY", SIZE_DAY},
        {"DY", SIZE_DAY},      {"D", SIZE_DAY},       {"IW", SIZE_WEEK},   {"WW", SIZE_WEEK},   {"W", SIZE_WEEK},
        {"Q", SIZE_QUARTER},   {"Y", SIZE_YEAR},      {"RM", SIZE_MONTH},  {"J", SIZE_DAY},
    };
    int finest = SIZE_NONE;
    bool is_quoted = false;
    for (size_t i = 0; i < format.len; i++) {
        is_quoted ^= format.ptr[i] == '"';
        size_t step = 0;
        for (size_t k = 0; !is_quoted && k < sizeof patterns / sizeof patterns[0] && !step; k++) {
            sl_str pattern = sl_str_from(patterns[k].pattern);
            if (!sl_str_has_prefix_nocase(sl_str_slice(format, i, format.len - i), pattern))
                continue;
            finest = patterns[k].size > finest ? patterns[k].size : finest;
            step = pattern.len;
        }
        i += step ? step - 1 : 0;
    }
    return finest;
}

static const char *size_word(int size)
{
    return size == SIZE_NONE ? "other" : sizes[size];
}

static sl_str argument_text(const PgQuery__FuncCall *call, size_t index)
{
    if (index >= call->n_args)
        return SL_STR_EMPTY;
    const PgQuery__Node *arg = call->args[index];
    while (SL_IS(arg, TYPE_CAST))
        arg = arg->type_cast->arg;
    return sl_ast_string(arg);
}

/* left(t, 7), substr(t, 1, 10): how much of '2024-05-01 10:00:00' stays. */
static const char *prefix_bucket(const PgQuery__FuncCall *call, size_t index)
{
    int64_t length = 0;
    if (index >= call->n_args || !sl_ast_integer(call->args[index], &length))
        return "other";
    switch (length) {
    case 4:
        return "year";
    case 7:
        return "month";
    case 8:
    case 10:
        return "day";
    case 13:
        return "hour";
    case 16:
        return "minute";
    default:
        return "other";
    }
}

/* SQLite's modifiers: date(t, 'start of month'). */
static const char *modifier_bucket(const PgQuery__FuncCall *call, const char *otherwise)
{
    for (size_t i = 1; i < call->n_args; i++) {
        sl_str text = argument_text(call, i);
        if (sl_str_eq_nocase(text, SL_STR("start of month")))
            return "month";
        if (sl_str_eq_nocase(text, SL_STR("start of year")))
            return "year";
        if (sl_str_eq_nocase(text, SL_STR("start of day")))
            return "day";
        if (sl_str_has_prefix_nocase(text, SL_STR("weekday ")))
            return "week";
    }
    return otherwise;
}

enum bucket_way { WAY_UNIT, WAY_TO_CHAR, WAY_MYSQL_FORMAT, WAY_STRFTIME, WAY_PREFIX, WAY_MODIFIERS };

static const struct {
    sl_str name;
    enum bucket_way way;
    size_t argument;
} argument_buckets[] = {
    {SL_STR_INIT("date_trunc"), WAY_UNIT, 0},
    {SL_STR_INIT("date_part"), WAY_UNIT, 0},
    {SL_STR_INIT("extract"), WAY_UNIT, 0},
    {SL_STR_INIT("django_datetime_trunc"), WAY_UNIT, 0},
    {SL_STR_INIT("django_datetime_extract"), WAY_UNIT, 0},
    {SL_STR_INIT("django_date_trunc"), WAY_UNIT, 0},
    {SL_STR_INIT("django_date_extract"), WAY_UNIT, 0},
    {SL_STR_INIT("to_char"), WAY_TO_CHAR, 1},
    {SL_STR_INIT("date_format"), WAY_MYSQL_FORMAT, 1},
    {SL_STR_INIT("time_format"), WAY_MYSQL_FORMAT, 1},
    {SL_STR_INIT("from_unixtime"), WAY_MYSQL_FORMAT, 1},
    {SL_STR_INIT("strftime"), WAY_STRFTIME, 0},
    {SL_STR_INIT("left"), WAY_PREFIX, 1},
    {SL_STR_INIT("substr"), WAY_PREFIX, 2},
    {SL_STR_INIT("substring"), WAY_PREFIX, 2},
    {SL_STR_INIT("mid"), WAY_PREFIX, 2},
    {SL_STR_INIT("right"), WAY_PREFIX, SIZE_MAX},
    {SL_STR_INIT("datetime"), WAY_MODIFIERS, 0},
};

static const char *argument_bucket(size_t row, const PgQuery__FuncCall *call)
{
    size_t argument = argument_buckets[row].argument;
    sl_str text = argument_text(call, argument);
    switch (argument_buckets[row].way) {
    case WAY_UNIT:
        return text.len ? unit_bucket(text) : "other";
    case WAY_TO_CHAR:
        return size_word(to_char_size(text));
    case WAY_MYSQL_FORMAT:
        return call->n_args > argument ? size_word(percent_size(text, true)) : NULL;
    case WAY_STRFTIME:
        return sl_str_eq(text, SL_STR("%s")) || sl_str_eq(text, SL_STR("%J")) ? NULL
                                                                              : size_word(percent_size(text, false));
    case WAY_PREFIX:
        return prefix_bucket(call, argument);
    case WAY_MODIFIERS:
        return modifier_bucket(call, NULL);
    }
    return NULL;
}

const char *sl_shape_bucket(sl_str name, const PgQuery__FuncCall *call, enum sl_dialect dialect)
{
    for (size_t i = 0; i < sizeof argument_buckets / sizeof argument_buckets[0]; i++) {
        if (sl_str_eq(argument_buckets[i].name, name))
            return argument_bucket(i, call);
    }
    const char *word = LOOKUP_WORD(buckets, name);
    return word && dialect == SL_DIALECT_SQLITE ? modifier_bucket(call, word) : word;
}

static bool is_listed(const sl_str *names, size_t n, sl_str name)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq(names[i], name))
            return true;
    }
    return false;
}

#define IS_LISTED(names, name) is_listed((names), sizeof(names) / sizeof((names)[0]), (name))

bool sl_shape_is_now(sl_str name, size_t n_args)
{
    static const sl_str always[] = {
        SL_STR_INIT("now"),
        SL_STR_INIT("current_timestamp"),
        SL_STR_INIT("localtimestamp"),
        SL_STR_INIT("localtime"),
        SL_STR_INIT("curdate"),
        SL_STR_INIT("current_date"),
        SL_STR_INIT("curtime"),
        SL_STR_INIT("current_time"),
        SL_STR_INIT("sysdate"),
        SL_STR_INIT("utc_timestamp"),
        SL_STR_INIT("utc_date"),
        SL_STR_INIT("utc_time"),
        SL_STR_INIT("getdate"),
        SL_STR_INIT("transaction_timestamp"),
        SL_STR_INIT("statement_timestamp"),
        SL_STR_INIT("clock_timestamp"),
        SL_STR_INIT("timeofday"),
    };
    static const sl_str without_arguments[] = {
        SL_STR_INIT("unix_timestamp"), SL_STR_INIT("date"),      SL_STR_INIT("datetime"),
        SL_STR_INIT("unixepoch"),      SL_STR_INIT("julianday"), SL_STR_INIT("time"),
    };
    return IS_LISTED(always, name) || (n_args == 0 && IS_LISTED(without_arguments, name));
}

bool sl_shape_is_range(sl_str name)
{
    static const sl_str names[] = {
        SL_STR_INIT("$__timefilter"),
        SL_STR_INIT("$__unixepochfilter"),
        SL_STR_INIT("$__unixepochnanofilter"),
    };
    return IS_LISTED(names, name);
}

bool sl_shape_is_difference(sl_str name, size_t n_args)
{
    static const sl_str names[] = {
        SL_STR_INIT("age"),
        SL_STR_INIT("timestampdiff"),
        SL_STR_INIT("datediff"),
        SL_STR_INIT("timediff"),
        SL_STR_INIT("period_diff"),
        SL_STR_INIT("date_diff"),
        SL_STR_INIT("subtime"),
        SL_STR_INIT("datetime_diff"),
        SL_STR_INIT("timestamp_diff"),
        SL_STR_INIT("django_timestamp_diff"),
        SL_STR_INIT("django_time_diff"),
    };
    return n_args >= 1 && IS_LISTED(names, name) && (n_args >= 2 || sl_str_eq(name, SL_STR("age")));
}

bool sl_shape_is_shift(sl_str name)
{
    static const sl_str names[] = {
        SL_STR_INIT("date_add"), SL_STR_INIT("date_sub"), SL_STR_INIT("adddate"),      SL_STR_INIT("subdate"),
        SL_STR_INIT("addtime"),  SL_STR_INIT("dateadd"),  SL_STR_INIT("timestampadd"),
    };
    return IS_LISTED(names, name);
}
