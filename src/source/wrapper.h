/*
 * wrapper: methods of a project's own that count rows by a period of a time column. The configuration names them, for
 * what they do stands in code that builds its SQL piece by piece, or in a library.
 *
 *     daily(:updated_at)                       the receiver gives the rows
 *     report_by_day(Entry.winner, :updated_at) an argument gives the rows
 *     timeseries(date_column: :updated_at)     a keyword gives the column
 */
#ifndef SL_SOURCE_WRAPPER_H
#define SL_SOURCE_WRAPPER_H

#include "base/str.h"

struct sl_wrapper {
    sl_str method;
    sl_str keyword;     /* of the argument that names the column; empty: it is told by its place */
    unsigned column_at; /* its place among the arguments, from 1 */
    unsigned rows_at;   /* the place of the argument that gives the rows, from 1; 0: the receiver gives them */
    sl_str bucket;      /* hour, day, week, month, quarter, year */
};

struct sl_wrappers {
    struct sl_wrapper *items;
    size_t len, cap;
};

#endif
