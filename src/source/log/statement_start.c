#include "source/log/statement_start.h"

bool sl_log_starts_statement(sl_str line)
{
    static const sl_str words[] = {
        SL_STR_INIT("select"),    SL_STR_INIT("insert"),    SL_STR_INIT("update"),   SL_STR_INIT("delete"),
        SL_STR_INIT("create"),    SL_STR_INIT("alter"),     SL_STR_INIT("drop"),     SL_STR_INIT("set"),
        SL_STR_INIT("use"),       SL_STR_INIT("copy"),      SL_STR_INIT("begin"),    SL_STR_INIT("commit"),
        SL_STR_INIT("with"),      SL_STR_INIT("grant"),     SL_STR_INIT("truncate"), SL_STR_INIT("replace"),
        SL_STR_INIT("lock"),      SL_STR_INIT("unlock"),    SL_STR_INIT("call"),     SL_STR_INIT("merge"),
        SL_STR_INIT("pragma"),    SL_STR_INIT("start"),     SL_STR_INIT("rollback"), SL_STR_INIT("analyze"),
        SL_STR_INIT("explain"),   SL_STR_INIT("delimiter"), SL_STR_INIT("comment"),  SL_STR_INIT("vacuum"),
        SL_STR_INIT("savepoint"), SL_STR_INIT("show"),      SL_STR_INIT("release"),  SL_STR_INIT("end"),
        SL_STR_INIT("execute"),   SL_STR_INIT("prepare"),   SL_STR_INIT("declare"),  SL_STR_INIT("fetch"),
        SL_STR_INIT("reindex"),   SL_STR_INIT("refresh"),   SL_STR_INIT("rename"),   SL_STR_INIT("do"),
    };
    if (sl_str_has_prefix(line, SL_STR("/*!")) || sl_str_has_prefix(line, SL_STR("/*M!")))
        return true;
    size_t n = 0;
    while (n < line.len && sl_is_alpha(line.ptr[n]))
        n++;
    bool ends = n == line.len || sl_is_space(line.ptr[n]) || line.ptr[n] == ';' || line.ptr[n] == '(';
    for (size_t i = 0; ends && i < sizeof words / sizeof words[0]; i++) {
        if (sl_str_eq_nocase(sl_str_slice(line, 0, n), words[i]))
            return true;
    }
    return false;
}
