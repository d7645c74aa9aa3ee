/*
 * file: the bytes of a file, whole or its beginning.
 *
 * In:    a path; "-" is not special here.
 * Out:   bytes in the caller's arena, with a NUL behind them that is not counted.
 * Owns:  nothing; the file is closed again.
 * Fails: SL_ERR_IO (one sentence with the reason of the system), SL_ERR_LIMIT above SL_MAX_FILE_BYTES.
 */
#ifndef SL_SOURCE_FILE_H
#define SL_SOURCE_FILE_H

#include "base/arena.h"

/* At most max_bytes from the beginning of the file. */
SL_NODISCARD enum sl_status sl_file_read_head(sl_str path, size_t max_bytes, struct sl_arena *arena, sl_str *bytes,
                                              struct sl_error *err);
SL_NODISCARD enum sl_status sl_file_read(sl_str path, struct sl_arena *arena, sl_str *bytes, struct sl_error *err);
bool sl_file_is_regular(sl_str path);
bool sl_file_is_directory(sl_str path);

/* "b" of "a/b"; the whole path where there is no slash. */
sl_str sl_path_base(sl_str path);
/* "a" of "a/b", "" of "b", "/" of "/b". */
sl_str sl_path_parent(sl_str path);
sl_str sl_path_join(struct sl_arena *arena, sl_str folder, sl_str name);
/* Is one of the path's folders called `name`? The last component does not count. */
bool sl_path_has_folder(sl_str path, sl_str name);
/* Without "./", doubled slashes and "x/.." pairs; relative to `cwd` where it lies below it. "." is the empty path. */
sl_str sl_path_normalise(struct sl_arena *arena, sl_str cwd, sl_str path);

#endif
