/*
 * pool: SQLite's memory. Freed blocks are kept by size and handed out again.
 *
 * Why:   compiling a query makes and frees thousands of small blocks. SQLite's own remedy (lookaside) is left out of
 *        Debian's library, and malloc was a quarter of a small run.
 * Owns:  chunks that are given back when the process ends; blocks above POOL_MAX_BYTES come from malloc and go back.
 * Threads: one. Only graph/ talks to SQLite, and a graph belongs to the thread that opened it.
 * Not here: builds with a sanitizer use malloc, which the sanitizer watches.
 */
#ifndef SL_GRAPH_POOL_H
#define SL_GRAPH_POOL_H

/* Makes SQLite use it; before SQLite's first use. */
void sl_pool_install(void);

#endif
