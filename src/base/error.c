#include "base/error.h"

#include <stdio.h>

enum sl_status sl_error_set(struct sl_error *err, enum sl_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(err->message, sizeof err->message, format, args);
    va_end(args);
    for (char *p = err->message; *p; p++) {
        if ((unsigned char)*p < 0x20 || *p == 0x7f)
            *p = '?';
    }
    err->status = status;
    return status;
}
