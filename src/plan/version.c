#include "plan/version.h"

/* Takes the digits at *at off, at most 99 beyond the first part. */
static bool take_number(sl_str s, size_t *at, uint32_t limit, uint32_t *value)
{
    uint32_t number = 0;
    size_t start = *at;
    while (*at < s.len && sl_is_digit(s.ptr[*at]) && number <= limit)
        number = number * 10 + (uint32_t)(s.ptr[(*at)++] - '0');
    *value = number;
    return *at > start && number <= limit;
}

bool sl_server_version_lookup(sl_str words, enum sl_dialect dialect, struct sl_server_version *out)
{
    struct sl_server_version version = {.is_known = true};
    size_t at = 0;
    while (at < words.len && !sl_is_digit(words.ptr[at]))
        at++;
    uint32_t parts[3] = {0, 0, 0};
    for (int i = 0; i < 3; i++) {
        if (!take_number(words, &at, i == 0 ? 999 : 99, &parts[i]))
            return false;
        if (at >= words.len || words.ptr[at] != '.')
            break;
        at++;
    }
    version.number = parts[0] * 10000 + parts[1] * 100 + parts[2];
    if (dialect == SL_DIALECT_MYSQL)
        version.is_mariadb = sl_str_find_nocase(words, SL_STR("maria")) != SIZE_MAX || parts[0] >= 10;
    *out = version;
    return true;
}
