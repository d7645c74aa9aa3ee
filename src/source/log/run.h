/*
 * run: reading, shaping and folding of logs, on several threads.
 *
 * One stream of blocks goes through four stages: fill (read and decompress; in order, one thread at a time), scan (find
 * the records; likewise), shape (hash the statements; any order, any thread), fold (add to the tables; in order, one
 * thread at a time). Every thread takes whatever stage waits, so that one job does all in turn and the result never
 * depends on the number of jobs.
 *
 * Owns:  blocks and threads, for the time of the call.
 * Fails: I/O errors; the first one ends the run.
 */
#ifndef SL_SOURCE_LOG_RUN_H
#define SL_SOURCE_LOG_RUN_H

#include "source/log/fold.h"
#include "source/log/read.h"

SL_NODISCARD enum sl_status sl_log_run(struct sl_log_reading *reading, struct sl_fold *fold, unsigned n_jobs,
                                       struct sl_error *err);

#endif
