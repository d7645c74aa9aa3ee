/*
 * escape: what escapes with a backslash stand for.
 *
 * In:    the bytes between the quotes of a string.
 * Out:   the bytes that were meant, never more than there were.
 * Fails: never. A broken escape stands for itself.
 * Not here: string literals of SQL, whose escapes depend on the dialect (sql/lex_decode).
 */
#ifndef SL_BASE_ESCAPE_H
#define SL_BASE_ESCAPE_H

#include "base/str.h"

enum sl_escapes {
    SL_ESCAPES_BACKSLASH, /* \n, \t, \0, \Z …: as MySQL's client writes them */
    SL_ESCAPES_JSON,      /* and \u, surrogates in pairs */
};

/* Writes to `to`, which holds raw.len bytes; answers how many. */
size_t sl_unescape(sl_str raw, enum sl_escapes escapes, char *to);
/* Writes the UTF-8 bytes of `code`, four at most; answers where the next byte goes. */
char *sl_put_utf8(char *out, uint32_t code);

#endif
