#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/arena.h"

void sl_buf_release(struct sl_buf *buf)
{
    free(buf->bytes);
    *buf = (struct sl_buf){0};
}

void sl_buf_reset(struct sl_buf *buf)
{
    buf->len = 0;
}

char *sl_buf_reserve(struct sl_buf *buf, size_t more)
{
    size_t need;
    if (__builtin_add_overflow(buf->len, more, &need))
        sl_out_of_memory();
    if (need > buf->cap) {
        size_t cap = buf->cap < 64 ? 64 : buf->cap;
        while (cap < need)
            cap = cap > SIZE_MAX / 2 ? need : cap * 2;
        char *bytes = realloc(buf->bytes, cap);
        if (!bytes)
            sl_out_of_memory();
        buf->bytes = bytes;
        buf->cap = cap;
    }
    return buf->len ? buf->bytes + buf->len : buf->bytes; /* NULL while nothing was added */
}

void sl_buf_add(struct sl_buf *buf, sl_str s)
{
    if (s.len == 0) /* NULL + 0 is undefined */
        return;
    memcpy(sl_buf_reserve(buf, s.len), s.ptr, s.len);
    buf->len += s.len;
}

void sl_buf_add_byte(struct sl_buf *buf, char byte)
{
    *sl_buf_reserve(buf, 1) = byte;
    buf->len++;
}

void sl_buf_add_printf(struct sl_buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int len = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (len <= 0)
        return;
    char *to = sl_buf_reserve(buf, (size_t)len + 1);
    va_start(args, format);
    vsnprintf(to, (size_t)len + 1, format, args);
    va_end(args);
    buf->len += (size_t)len;
}

sl_str sl_buf_str(struct sl_buf *buf)
{
    *sl_buf_reserve(buf, 1) = '\0';
    return (sl_str){buf->bytes, buf->len};
}
