/* The table of formats. The order decides ties. */
#include "source/log/detect.h"
#include "source/log/formats.h"

const struct sl_log_format *const sl_log_formats[] = {
    &sl_log_digest_lines,
    &sl_log_mysql_table,
    &sl_log_mysql_digest,
    &sl_log_pg_statements,
    &sl_log_pg_activity,
    &sl_log_mysql_slow,
    &sl_log_mysql_general,
    &sl_log_mysql_binlog,
    &sl_log_mysql_audit,
    &sl_log_pg_csv,
    &sl_log_pg_json,
    &sl_log_rails,
    &sl_log_django,
    &sl_log_pg_stderr,
    &sl_log_pgbouncer,
    &sl_log_timed_sql,
    &sl_log_sql_file,
    &sl_log_rails_info,
    NULL,
};
