#include "source/shape_words.h"

#include "source/shape.h"
#include "source/shape_lex.h"

bool sl_shape_is_one_of(sl_str word, const sl_str *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_eq(word, list[i]))
            return true;
    }
    return false;
}

/* Functions whose literal arguments say which bucket a time falls into. */
bool sl_shape_is_bucket_function(sl_str word)
{
    static const sl_str names[] = {
        SL_STR_INIT("date_trunc"),
        SL_STR_INIT("date_part"),
        SL_STR_INIT("date_format"),
        SL_STR_INIT("to_char"),
        SL_STR_INIT("strftime"),
        SL_STR_INIT("time_bucket"),
        SL_STR_INIT("convert_tz"),
        SL_STR_INIT("date_bin"),
        SL_STR_INIT("timezone"),
        SL_STR_INIT("django_datetime_trunc"),
        SL_STR_INIT("django_date_trunc"),
        SL_STR_INIT("django_datetime_cast_date"),
        SL_STR_INIT("django_datetime_extract"),
        SL_STR_INIT("date"),
        SL_STR_INIT("datetime"),
    };
    return word.len >= 4 && sl_shape_is_one_of(word, names, sizeof names / sizeof names[0]);
}

bool sl_shape_ends_by(sl_str word)
{
    static const sl_str names[] = {
        SL_STR_INIT("having"), SL_STR_INIT("limit"),     SL_STR_INIT("offset"), SL_STR_INIT("fetch"),
        SL_STR_INIT("union"),  SL_STR_INIT("intersect"), SL_STR_INIT("except"), SL_STR_INIT("window"),
        SL_STR_INIT("for"),    SL_STR_INIT("select"),    SL_STR_INIT("rows"),   SL_STR_INIT("range"),
        SL_STR_INIT("into"),   SL_STR_INIT("set"),       SL_STR_INIT("values"), SL_STR_INIT("partitions"),
    };
    return sl_shape_is_one_of(word, names, sizeof names / sizeof names[0]);
}

/* Words that read better with a space before a parenthesis. */
bool sl_shape_is_spaced_word(sl_str word)
{
    static const sl_str names[] = {
        SL_STR_INIT("in"),   SL_STR_INIT("as"),     SL_STR_INIT("on"),   SL_STR_INIT("or"),    SL_STR_INIT("and"),
        SL_STR_INIT("not"),  SL_STR_INIT("by"),     SL_STR_INIT("from"), SL_STR_INIT("where"), SL_STR_INIT("values"),
        SL_STR_INIT("over"), SL_STR_INIT("select"), SL_STR_INIT("join"), SL_STR_INIT("using"), SL_STR_INIT("then"),
    };
    return word.len <= 6 && sl_shape_is_one_of(word, names, sizeof names / sizeof names[0]);
}

/* A name that is a key, a time or a person: its values are no states. */
bool sl_shape_is_state_name(sl_str name)
{
    static const sl_str not_whole[] = {
        SL_STR_INIT("id"),       SL_STR_INIT("uuid"),      SL_STR_INIT("guid"),   SL_STR_INIT("key"),
        SL_STR_INIT("date"),     SL_STR_INIT("time"),      SL_STR_INIT("name"),   SL_STR_INIT("email"),
        SL_STR_INIT("token"),    SL_STR_INIT("password"),  SL_STR_INIT("phone"),  SL_STR_INIT("login"),
        SL_STR_INIT("username"), SL_STR_INIT("timestamp"), SL_STR_INIT("secret"), SL_STR_INIT("title"),
        SL_STR_INIT("slug"),     SL_STR_INIT("ip"),        SL_STR_INIT("code"),   SL_STR_INIT("limit"),
        SL_STR_INIT("passwd"),   SL_STR_INIT("pwd"),       SL_STR_INIT("pass"),   SL_STR_INIT("pin"),
    };
    static const sl_str not_end[] = {
        SL_STR_INIT("_id"),    SL_STR_INIT("_at"),       SL_STR_INIT("_on"),     SL_STR_INIT("_key"),
        SL_STR_INIT("_date"),  SL_STR_INIT("_time"),     SL_STR_INIT("_uuid"),   SL_STR_INIT("_name"),
        SL_STR_INIT("_token"), SL_STR_INIT("_hash"),     SL_STR_INIT("_ip"),     SL_STR_INIT("_email"),
        SL_STR_INIT("_phone"), SL_STR_INIT("_password"), SL_STR_INIT("_secret"), SL_STR_INIT("_passwd"),
        SL_STR_INIT("_pwd"),   SL_STR_INIT("_pass"),     SL_STR_INIT("_pin"),
    };
    if (name.len == 0 || name.ptr[0] == '@' ||
        sl_shape_is_one_of(name, not_whole, sizeof not_whole / sizeof not_whole[0]))
        return false;
    for (size_t i = 0; i < sizeof not_end / sizeof not_end[0]; i++) {
        if (sl_str_has_suffix(name, not_end[i]))
            return false;
    }
    return true;
}

/* A quoted word of any language or a number below 100: what the states of an application look like. */
bool sl_shape_is_state_value(sl_str literal)
{
    if (literal.len == 0 || literal.len > SL_SHAPE_SLOT_BYTES)
        return false;
    if (sl_is_digit(literal.ptr[0]))
        return literal.len == 1 || (literal.len == 2 && sl_is_digit(literal.ptr[1]));
    if (literal.len < 3 || sl_is_digit(literal.ptr[1]))
        return false;
    for (size_t i = 1; i + 1 < literal.len; i++) {
        if (!sl_shape_word_bytes[(unsigned char)literal.ptr[i]] && literal.ptr[i] != '-')
            return false;
    }
    return literal.ptr[1] != '-';
}
