#include "cli/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/escape.h"

/* Writes `beside` and moves it over `path`: whole or not at all. A device, a pipe or a link is written through instead,
 * never replaced: root's --output /dev/null must leave /dev/null what it is. */
static enum sl_status write_file(const char *path, const char *beside, sl_str bytes, struct sl_error *err)
{
    struct stat at;
    bool is_replaced = lstat(path, &at) != 0 || S_ISREG(at.st_mode);
    FILE *file = fopen(is_replaced ? beside : path, "wb");
    if (!file)
        return sl_error_set(err, SL_ERR_IO, "%s cannot be written: %s.", path, strerror(errno));
    bool is_written = fwrite(bytes.ptr, 1, bytes.len, file) == bytes.len;
    is_written = fclose(file) == 0 && is_written;
    if (is_written && (!is_replaced || rename(beside, path) == 0))
        return SL_OK;
    int reason = errno;
    if (is_replaced)
        unlink(beside);
    return sl_error_set(err, SL_ERR_IO, "%s cannot be written: %s.", path, strerror(reason));
}

enum sl_status sl_output_write(sl_str path, sl_str bytes, struct sl_error *err)
{
    if (path.len == 0) {
        fwrite(bytes.ptr, 1, bytes.len, stdout);
        return SL_OK;
    }
    struct sl_buf names = {0};
    sl_buf_add_printf(&names, "%.*s%c%.*s.%ld.new", SL_STR_ARG(path), '\0', SL_STR_ARG(path), (long)getpid());
    const char *name = sl_buf_str(&names).ptr;
    enum sl_status status = write_file(name, name + path.len + 1, bytes, err);
    sl_buf_release(&names);
    return status;
}

enum sl_status sl_output_write_lines(sl_str path, sl_str text, struct sl_error *err)
{
    struct sl_buf escaped = {0};
    sl_str line;
    while (sl_str_next_line(&text, &line)) {
        sl_escape_frame(line, &escaped);
        sl_buf_add_byte(&escaped, '\n');
    }
    enum sl_status status = sl_output_write(path, sl_buf_str(&escaped), err);
    sl_buf_release(&escaped);
    return status;
}

enum sl_status sl_output_write_script(sl_str path, sl_str script, struct sl_error *err)
{
    return path.len == 0 && isatty(STDOUT_FILENO) ? sl_output_write_lines(path, script, err)
                                                  : sl_output_write(path, script, err);
}

void sl_output_message(sl_str sentence)
{
    struct sl_buf line = {0};
    sl_escape_line(sentence, &line);
    fprintf(stderr, "stamplint: %.*s\n", SL_STR_ARG(sl_buf_str(&line)));
    sl_buf_release(&line);
}

uint32_t sl_output_width(void)
{
    struct winsize size;
    uint64_t columns = 0;
    if (sl_str_to_u64(sl_str_from(getenv("COLUMNS")), &columns) && columns > 0 && columns < 10000)
        return (uint32_t)columns;
    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
