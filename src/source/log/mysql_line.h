/*
 * mysql_line: lines that the text logs of MySQL and MariaDB have in common.
 */
#ifndef SL_SOURCE_LOG_MYSQL_LINE_H
#define SL_SOURCE_LOG_MYSQL_LINE_H

#include "base/str.h"

/* One of the three lines that a server writes when it starts, or opens the file again; in the middle of a file too. */
bool sl_mysql_is_restart(sl_str line);
/* The first bytes of its first line, "/usr/sbin/my": what a rotation has left of it. */
bool sl_mysql_is_restart_part(sl_str part);

#endif
