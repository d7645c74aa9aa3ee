/*
 * formats: the descriptors of the known log formats, one a file.
 */
#ifndef SL_SOURCE_LOG_FORMATS_H
#define SL_SOURCE_LOG_FORMATS_H

#include "source/log/log.h"

extern const struct sl_log_format sl_log_mysql_slow;
extern const struct sl_log_format sl_log_mysql_general;
extern const struct sl_log_format sl_log_mysql_binlog;
extern const struct sl_log_format sl_log_mysql_audit;
extern const struct sl_log_format sl_log_mysql_table;
extern const struct sl_log_format sl_log_mysql_digest;
extern const struct sl_log_format sl_log_pg_stderr;
extern const struct sl_log_format sl_log_pg_csv;
extern const struct sl_log_format sl_log_pg_json;
extern const struct sl_log_format sl_log_pg_statements;
extern const struct sl_log_format sl_log_pg_activity;
extern const struct sl_log_format sl_log_pgbouncer;
extern const struct sl_log_format sl_log_rails;
extern const struct sl_log_format sl_log_rails_info;
extern const struct sl_log_format sl_log_django;
extern const struct sl_log_format sl_log_timed_sql;
extern const struct sl_log_format sl_log_sql_file;
extern const struct sl_log_format sl_log_digest_lines;

#endif
