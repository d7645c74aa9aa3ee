#include "source/log/mysql_line.h"

/* What a server writes when it starts, or opens the file again. */
bool sl_mysql_is_restart(sl_str line)
{
    if (line.len < 20 || line.len > 4096)
        return false;
    char first = line.ptr[0], last = line.ptr[line.len - 1];
    if (first == 'T' && sl_str_has_prefix(line, SL_STR("Time"))) {
        sl_str rest = sl_str_trim(sl_str_slice(line, 4, line.len));
        return sl_str_has_prefix(rest, SL_STR("Id Command")) && sl_str_has_suffix(rest, SL_STR("Argument"));
    }
    if ((first == 'T' || first == 't') && sl_str_has_prefix_nocase(line, SL_STR("tcp port: ")))
        return sl_is_digit(line.ptr[10]);
    if (last != ':' && last != 'y')
        return false;
    bool starts =
        sl_str_has_suffix(line, SL_STR("started with:")) || sl_str_has_suffix(line, SL_STR("embedded library"));
    return starts && sl_str_find(line, SL_STR(", Version: ")) != SIZE_MAX;
}

bool sl_mysql_is_restart_part(sl_str part)
{
    for (size_t i = 0; i < part.len; i++) {
        if (sl_is_space(part.ptr[i]) || part.ptr[i] == ';')
            return false;
    }
    return part.len > 0 && (part.ptr[0] == '/' || sl_is_alpha(part.ptr[0]));
}
