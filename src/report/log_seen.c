/* What the logs say of a finding's statement, in words. */
#include "report/report_private.h"

const char *const sl_report_log_labels[] = {"seen", "when", "by", "from", NULL};

/* Two digits are enough of a share: 42 %, 3.1 %, under 0.1 %. */
const char sl_report_log_sql[] =
    "WITH seen AS (SELECT f.calls, f.total_us AS us, 100 * l.calls_share AS calls_part, 100 * l.time_share AS "
    "time_part,"
    "  strftime('%Y-%m-%d %H:%M:%S', f.first_seen_us / 1000000, 'unixepoch') AS first,"
    "  strftime('%Y-%m-%d %H:%M:%S', f.last_seen_us / 1000000, 'unixepoch') AS last,"
    "  l.users, l.databases, l.applications, l.app_location"
    "  FROM finding AS f JOIN finding_log AS l USING (finding_id) WHERE f.finding_id = ?1)"
    " SELECT printf('%,d', calls) || iif(calls = 1, ' call', ' calls')"
    "  || CASE WHEN calls_part >= 9.95 THEN printf(' (%.0f %% of all)', calls_part)"
    "     WHEN calls_part >= 0.1 THEN printf(' (%.1f %% of all)', calls_part)"
    "     WHEN calls_part >= 0 THEN ' (under 0.1 % of all)' ELSE '' END"
    "  || CASE WHEN us IS NULL THEN '' WHEN us < 1000 THEN printf(', %d µs in all', us)"
    "     WHEN us < 1000000 THEN printf(', %.1f ms in all', us / 1e3)"
    "     WHEN us < 600000000 THEN printf(', %.1f s in all', us / 1e6)"
    "     WHEN us < 36000000000 THEN printf(', %.1f min in all', us / 6e7)"
    "     ELSE printf(', %.1f h in all', us / 3.6e9) END"
    "  || CASE WHEN time_part >= 9.95 THEN printf(' (%.0f %% of the time)', time_part)"
    "     WHEN time_part >= 0.1 THEN printf(' (%.1f %% of the time)', time_part)"
    "     WHEN time_part >= 0 THEN ' (under 0.1 % of the time)' ELSE '' END,"
    " CASE WHEN first < last THEN first || ' to ' || last || ' UTC' ELSE coalesce(first, last) || ' UTC' END,"
    " substr(coalesce('; ' || iif(instr(users, ', '), 'users ', 'user ') || users, '')"
    "  || coalesce('; ' || iif(instr(databases, ', '), 'databases ', 'database ') || databases, '')"
    "  || coalesce('; ' || iif(instr(applications, ', '), 'applications ', 'application ') || applications, ''), 3),"
    " app_location FROM seen";
