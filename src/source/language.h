/*
 * language: the host languages that application code comes in, by file name.
 */
#ifndef SL_SOURCE_LANGUAGE_H
#define SL_SOURCE_LANGUAGE_H

#include "base/str.h"

enum sl_language {
    SL_LANGUAGE_NONE,
    SL_LANGUAGE_RUBY,
    SL_LANGUAGE_PYTHON,
    SL_LANGUAGE_JAVASCRIPT,
    SL_LANGUAGE_TYPESCRIPT,
    SL_LANGUAGE_TSX,
    SL_LANGUAGE_GO,
    SL_LANGUAGE_JAVA,
    SL_LANGUAGE_PHP,
    SL_LANGUAGE_PHP_BARE, /* without <?php: what a template engine or a test hands over */
    SL_LANGUAGE_ELIXIR,
    SL_LANGUAGE_COUNT,
};

/* By the end of the file name; SL_LANGUAGE_NONE for everything else. */
enum sl_language sl_language_of_path(sl_str path);
/* "ruby", "python" … */
const char *sl_language_name(enum sl_language language);

#endif
