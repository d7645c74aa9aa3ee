/*
 * stamp: the time stamps of logs as Unix time in microseconds.
 *
 * Every function reads at the start of `s`, answers how many bytes it took (0: no stamp there) and sets *us. A stamp
 * without a zone, or with an abbreviation that is not UTC, GMT or Z, counts as UTC: logs do not say more.
 */
#ifndef SL_SOURCE_LOG_STAMP_H
#define SL_SOURCE_LOG_STAMP_H

#include "base/str.h"

/* YYYY-MM-DD[T ]HH:MM:SS[.f][,f][Z|±hh[:mm]| ZONE] */
size_t sl_stamp_iso(sl_str s, int64_t *us);
/* YYMMDD [ ]H:MM:SS and YYYYMMDD HH:MM:SS */
size_t sl_stamp_compact(sl_str s, int64_t *us);
/* Mon DD HH:MM:SS in `year` */
size_t sl_stamp_syslog(sl_str s, int year, int64_t *us);
/* Seconds with an optional fraction */
size_t sl_stamp_epoch(sl_str s, int64_t *us);
/* A decimal number times 10^scale, rounded down, at the start of s. */
size_t sl_stamp_decimal(sl_str s, unsigned scale, uint64_t *value);
/* The whole number at the start of s; 0: none. */
uint64_t sl_stamp_number(sl_str s);
/* "2026-11-22T03:00:00.000000Z"; buf holds 28 bytes and is terminated. */
void sl_stamp_render(int64_t us, char *buf);

#endif
