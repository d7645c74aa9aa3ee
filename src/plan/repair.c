#include "plan/repair.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "source/file.h"

struct sl_repair *sl_repair_of(struct sl_repairs *repairs, sl_str path, struct sl_arena *run, struct sl_error *err)
{
    for (size_t i = 0; i < repairs->len; i++) {
        if (sl_str_eq(repairs->items[i].path, path))
            return &repairs->items[i];
    }
    sl_str bytes;
    if (sl_file_read(path, run, &bytes, err) != SL_OK)
        return NULL;
    struct sl_repair *repair = SL_VEC_PUSH(run, repairs);
    *repair = (struct sl_repair){.path = path, .old_bytes = bytes};
    return repair;
}

void sl_repairs_complete(struct sl_repairs *repairs, struct sl_arena *run)
{
    size_t n = 0;
    for (size_t i = 0; i < repairs->len; i++) {
        struct sl_repair *repair = &repairs->items[i];
        if (!repair->edits.len)
            continue;
        repair->new_bytes = sl_edits_apply(repair->old_bytes, &repair->edits, run);
        repair->diff = sl_edits_diff(repair->path, repair->old_bytes, &repair->edits, run);
        repairs->items[n++] = *repair;
    }
    repairs->len = n;
}

static enum sl_status write_beside(const char *path, const char *beside, sl_str bytes, mode_t mode,
                                   struct sl_error *err)
{
    FILE *file = fopen(beside, "wbx");
    if (!file)
        return sl_error_set(err, SL_ERR_IO, "%s cannot be written: %s.", beside, strerror(errno));
    bool is_written =
        fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len && fflush(file) == 0 && fchmod(fileno(file), mode) == 0;
    is_written = fclose(file) == 0 && is_written;
    if (is_written && rename(beside, path) == 0)
        return SL_OK;
    int reason = errno;
    unlink(beside);
    return sl_error_set(err, SL_ERR_IO, "%s cannot be written: %s.", path, strerror(reason));
}

enum sl_status sl_repair_write(const struct sl_repair *repair, struct sl_arena *run, struct sl_error *err)
{
    sl_str now;
    struct stat info;
    sl_str path = sl_arena_copy(run, repair->path);
    SL_TRY(sl_file_read(path, run, &now, err));
    if (!sl_str_eq(now, repair->old_bytes))
        return sl_error_set(err, SL_ERR_IO,
                            "%s has changed since it was read: it is left as it is; run the plan again.", path.ptr);
    char *real = realpath(path.ptr, NULL); /* a link stays a link */
    if (!real || stat(real, &info) != 0) {
        free(real);
        return sl_error_set(err, SL_ERR_IO, "%s cannot be written: %s.", path.ptr, strerror(errno));
    }
    sl_str beside = sl_arena_printf(run, "%s.stamplint-new", real);
    enum sl_status status = write_beside(real, beside.ptr, repair->new_bytes, info.st_mode & 07777, err);
    free(real);
    return status;
}
