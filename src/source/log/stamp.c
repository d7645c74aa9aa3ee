#include "source/log/stamp.h"

#include <stdio.h>

#define US_PER_SECOND 1000000LL

/* Days since 1970-01-01 of a date of the Gregorian calendar (Howard Hinnant's civil calendar algorithm). */
static int64_t days_of(int year, unsigned month, unsigned day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    unsigned year_of_era = (unsigned)(year - era * 400);
    unsigned day_of_year = (153 * (month + (month > 2 ? -3u : 9u)) + 2) / 5 + day - 1;
    unsigned day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static bool two_digits(const char *p, unsigned *value)
{
    if (!sl_is_digit(p[0]) || !sl_is_digit(p[1]))
        return false;
    *value = (unsigned)(p[0] - '0') * 10 + (unsigned)(p[1] - '0');
    return true;
}

/* [ ]H:MM:SS or HH:MM:SS at p; answers the bytes taken. */
static size_t clock_time(sl_str s, int64_t *seconds)
{
    unsigned h, m, sec;
    size_t i = 0;
    if (s.len >= 8 && two_digits(s.ptr, &h)) {
        i = 2;
    } else if (s.len >= 7 && sl_is_digit(s.ptr[0])) {
        h = (unsigned)(s.ptr[0] - '0');
        i = 1;
    } else {
        return 0;
    }
    const char *p = s.ptr + i;
    if (s.len < i + 6 || p[0] != ':' || p[3] != ':' || !two_digits(p + 1, &m) || !two_digits(p + 4, &sec))
        return 0;
    if (h > 24 || m > 59 || sec > 60)
        return 0;
    *seconds = (int64_t)h * 3600 + m * 60 + sec;
    return i + 6;
}

/* [.,]digits at the start of s, as microseconds. */
static size_t fraction(sl_str s, int64_t *us)
{
    *us = 0;
    if (s.len < 2 || (s.ptr[0] != '.' && s.ptr[0] != ',') || !sl_is_digit(s.ptr[1]))
        return 0;
    int64_t unit = US_PER_SECOND / 10;
    size_t i = 1;
    for (; i < s.len && sl_is_digit(s.ptr[i]); i++, unit /= 10)
        *us += (s.ptr[i] - '0') * unit;
    return i;
}

/*
 * Minutes east of Greenwich of what log_timezone prints, as PostgreSQL itself reads it (timezonesets/Default). Names
 * that several countries share with no default (IST) are not here: as names that nobody knows they count as UTC.
 */
static int64_t minutes_of(sl_str name)
{
    static const struct {
        sl_str name;
        int16_t minutes;
    } zones[] = {
        {SL_STR_INIT("UTC"), 0},     {SL_STR_INIT("GMT"), 0},     {SL_STR_INIT("CET"), 60},
        {SL_STR_INIT("CEST"), 120},  {SL_STR_INIT("EST"), -300},  {SL_STR_INIT("EDT"), -240},
        {SL_STR_INIT("CST"), -360},  {SL_STR_INIT("CDT"), -300},  {SL_STR_INIT("MST"), -420},
        {SL_STR_INIT("MDT"), -360},  {SL_STR_INIT("PST"), -480},  {SL_STR_INIT("PDT"), -420},
        {SL_STR_INIT("JST"), 540},   {SL_STR_INIT("KST"), 540},   {SL_STR_INIT("BST"), 60},
        {SL_STR_INIT("WEST"), 60},   {SL_STR_INIT("EET"), 120},   {SL_STR_INIT("EEST"), 180},
        {SL_STR_INIT("MSK"), 180},   {SL_STR_INIT("SAST"), 120},  {SL_STR_INIT("HKT"), 480},
        {SL_STR_INIT("AEST"), 600},  {SL_STR_INIT("AEDT"), 660},  {SL_STR_INIT("ACST"), 570},
        {SL_STR_INIT("ACDT"), 630},  {SL_STR_INIT("AWST"), 480},  {SL_STR_INIT("NZST"), 720},
        {SL_STR_INIT("NZDT"), 780},  {SL_STR_INIT("AST"), -240},  {SL_STR_INIT("ADT"), -180},
        {SL_STR_INIT("NST"), -210},  {SL_STR_INIT("NDT"), -150},  {SL_STR_INIT("HST"), -600},
        {SL_STR_INIT("AKST"), -540}, {SL_STR_INIT("AKDT"), -480},
    };
    for (size_t i = 0; i < sizeof zones / sizeof zones[0]; i++) {
        if (sl_str_eq(name, zones[i].name))
            return zones[i].minutes;
    }
    return 0;
}

/* Z, ±hh[:]mm, ±hh or " ABC" at the start of s; *offset in seconds east of Greenwich. */
static size_t zone(sl_str s, int64_t *offset)
{
    *offset = 0;
    if (s.len && s.ptr[0] == 'Z')
        return 1;
    size_t i = s.len && s.ptr[0] == ' ' ? 1 : 0;
    unsigned hours, minutes = 0;
    if (s.len >= i + 3 && (s.ptr[i] == '+' || s.ptr[i] == '-') && two_digits(s.ptr + i + 1, &hours)) {
        int sign = s.ptr[i] == '-' ? -1 : 1;
        i += 3;
        if (s.len >= i + 3 && s.ptr[i] == ':' && two_digits(s.ptr + i + 1, &minutes))
            i += 3;
        else if (s.len >= i + 2 && two_digits(s.ptr + i, &minutes))
            i += 2;
        *offset = sign * ((int64_t)hours * 3600 + minutes * 60);
        return i;
    }
    size_t letters = i;
    while (letters < s.len && letters - i < 5 && s.ptr[letters] >= 'A' && s.ptr[letters] <= 'Z')
        letters++;
    if (i != 1 || letters <= i + 1)
        return 0;
    *offset = minutes_of(sl_str_slice(s, i, letters - i)) * 60;
    return letters;
}

size_t sl_stamp_iso(sl_str s, int64_t *us)
{
    unsigned century, year, month, day;
    if (s.len < 19 || s.ptr[4] != '-' || s.ptr[7] != '-' || (s.ptr[10] != ' ' && s.ptr[10] != 'T'))
        return 0;
    if (!two_digits(s.ptr, &century) || !two_digits(s.ptr + 2, &year) || !two_digits(s.ptr + 5, &month) ||
        !two_digits(s.ptr + 8, &day) || month < 1 || month > 12 || day < 1 || day > 31)
        return 0;
    int64_t seconds, part, offset;
    size_t n = clock_time(sl_str_slice(s, 11, 8), &seconds);
    if (n != 8)
        return 0;
    n = 19;
    n += fraction(sl_str_slice(s, n, 12), &part);
    n += zone(sl_str_slice(s, n, 8), &offset);
    *us = (days_of((int)(century * 100 + year), month, day) * 86400 + seconds - offset) * US_PER_SECOND + part;
    return n;
}

size_t sl_stamp_compact(sl_str s, int64_t *us)
{
    size_t digits = 0;
    while (digits < s.len && sl_is_digit(s.ptr[digits]))
        digits++;
    unsigned century = 20, year = 0, month = 0, day = 0;
    const char *p = s.ptr;
    if (digits == 8) {
        two_digits(p, &century);
        p += 2;
    } else if (digits != 6) {
        return 0;
    }
    two_digits(p, &year);
    two_digits(p + 2, &month);
    two_digits(p + 4, &day);
    if (month < 1 || month > 12 || day < 1 || day > 31)
        return 0;
    size_t i = digits;
    while (i < s.len && s.ptr[i] == ' ')
        i++;
    int64_t seconds, part;
    size_t n = i > digits ? clock_time(sl_str_slice(s, i, 8), &seconds) : 0;
    if (n == 0)
        return 0;
    n += i;
    n += fraction(sl_str_slice(s, n, 12), &part);
    *us = (days_of((int)(century * 100 + year), month, day) * 86400 + seconds) * US_PER_SECOND + part;
    return n;
}

size_t sl_stamp_syslog(sl_str s, int year, int64_t *us)
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    if (s.len < 15 || s.ptr[3] != ' ')
        return 0;
    unsigned month = 0;
    while (month < 12 && memcmp(months + (size_t)month * 3, s.ptr, 3) != 0)
        month++;
    if (month == 12)
        return 0;
    unsigned day = 0;
    size_t i = 4;
    while (i < s.len && s.ptr[i] == ' ')
        i++;
    while (i < s.len && sl_is_digit(s.ptr[i]) && day < 100)
        day = day * 10 + (unsigned)(s.ptr[i++] - '0');
    int64_t seconds;
    if (day < 1 || day > 31 || i >= s.len || s.ptr[i] != ' ')
        return 0;
    size_t n = clock_time(sl_str_slice(s, i + 1, 8), &seconds);
    if (n == 0)
        return 0;
    *us = (days_of(year, month + 1, day) * 86400 + seconds) * US_PER_SECOND;
    return i + 1 + n;
}

size_t sl_stamp_decimal(sl_str s, unsigned scale, uint64_t *value)
{
    size_t i = 0;
    uint64_t v = 0;
    for (; i < s.len && sl_is_digit(s.ptr[i]); i++) {
        if (v > (UINT64_MAX - 9) / 10)
            return 0;
        v = v * 10 + (uint64_t)(s.ptr[i] - '0');
    }
    if (i == 0)
        return 0;
    size_t point = i;
    if (i < s.len && s.ptr[i] == '.')
        i++;
    for (unsigned n = 0; n < scale; n++) {
        unsigned digit = 0;
        if (i > point && i < s.len && sl_is_digit(s.ptr[i]))
            digit = (unsigned)(s.ptr[i++] - '0');
        if (v > (UINT64_MAX - 9) / 10)
            return 0;
        v = v * 10 + digit;
    }
    while (i > point && i < s.len && sl_is_digit(s.ptr[i]))
        i++;
    *value = v;
    return i;
}

uint64_t sl_stamp_number(sl_str s)
{
    uint64_t n = 0;
    sl_stamp_decimal(s, 0, &n);
    return n;
}

size_t sl_stamp_epoch(sl_str s, int64_t *us)
{
    uint64_t value;
    size_t n = sl_stamp_decimal(s, 6, &value);
    if (n == 0 || value > (uint64_t)INT64_MAX)
        return 0;
    *us = (int64_t)value;
    return n;
}

/* The inverse of days_of (the same algorithm). */
static void date_of(int64_t days, int *year, unsigned *month, unsigned *day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    unsigned day_of_era = (unsigned)(days - era * 146097);
    unsigned year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    unsigned day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    unsigned shifted = (5 * day_of_year + 2) / 153;
    *day = day_of_year - (153 * shifted + 2) / 5 + 1;
    *month = shifted < 10 ? shifted + 3 : shifted - 9;
    *year = (int)(year_of_era + era * 400) + (*month <= 2);
}

void sl_stamp_render(int64_t us, char *buf)
{
    int64_t seconds = us / US_PER_SECOND, part = us % US_PER_SECOND;
    if (part < 0) {
        part += US_PER_SECOND;
        seconds--;
    }
    int64_t days = seconds / 86400, rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    int year;
    unsigned month, day;
    date_of(days, &year, &month, &day);
    char text[80];
    int n = snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", year, month, day, (int)(rest / 3600),
                     (int)(rest / 60 % 60), (int)(rest % 60), (int)part);
    if (n > 27)
        n = 27;
    memcpy(buf, text, (size_t)n);
    buf[n] = '\0';
}
