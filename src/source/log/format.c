/* The table of formats. The order decides ties. */
#include "source/log/detect.h"
#include "source/log/formats.h"

const struct sl_log_format *const sl_log_formats[] = {
    &sl_log_mysql_slow,
    &sl_log_pg_csv,
    &sl_log_pg_json,
    &sl_log_pg_stderr,
    NULL,
};
