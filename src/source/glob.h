/*
 * glob: the path patterns of the configuration.
 *
 * `*` and `?` stay inside one folder, `**` crosses folders (`a/ ** /b` without the spaces also means a/b), everything
 * else stands for itself. A pattern without wildcards also means everything below the folder of that name.
 */
#ifndef SL_SOURCE_GLOB_H
#define SL_SOURCE_GLOB_H

#include "base/str.h"

bool sl_glob_matches(sl_str pattern, sl_str path);
/* The folder or file that the pattern certainly lies in: "app" of "app/ ** /x*.rb"; "" where it begins with a wildcard.
 */
sl_str sl_glob_root(sl_str pattern);

#endif
