#include "source/log/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

/* What a trial run through bytes that may start a member may make. */
#define MAX_HELD_BYTES (8u * 1024 * 1024)
#define HELD_STEP_BYTES (64u * 1024)

/* Reads until `want` bytes are there, or the file ends. What was read before is moved to the front. */
static enum sl_status fill(struct sl_input *input, size_t want, struct sl_error *err)
{
    size_t ready = input->raw_to - input->raw_from;
    if (ready >= want || input->raw_ended)
        return SL_OK;
    memmove(input->raw, input->raw + input->raw_from, ready);
    input->raw_checked = input->raw_checked > input->raw_from ? input->raw_checked - input->raw_from : 0;
    input->raw_from = 0;
    input->raw_to = ready;
    while (input->raw_to < want && !input->raw_ended) {
        ssize_t n = read(input->fd, input->raw + input->raw_to, SL_INPUT_BYTES - input->raw_to);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return sl_error_set(err, SL_ERR_IO, "cannot read %s: %s.", input->path, strerror(errno));
        if (n == 0)
            input->raw_ended = true;
        input->raw_to += (size_t)n;
        input->n_raw += (size_t)n;
    }
    return SL_OK;
}

static void start_member(struct sl_input *input)
{
    input->place = SL_INPUT_IN_MEMBER;
    input->raw_checked = input->raw_from + (input->raw_from < input->raw_to);
    input->is_start_ahead = false;
}

enum sl_status sl_input_open(struct sl_input *input, sl_str path, struct sl_error *err)
{
    *input = (struct sl_input){.fd = -1};
    bool is_stdin = sl_str_eq(path, SL_STR("-"));
    snprintf(input->path, sizeof input->path, "%.*s", is_stdin ? 14 : SL_STR_ARG(path));
    if (is_stdin)
        snprintf(input->path, sizeof input->path, "standard input");
    input->fd = is_stdin ? STDIN_FILENO : open(input->path, O_RDONLY | O_CLOEXEC);
    struct stat info;
    if (input->fd < 0 || fstat(input->fd, &info) != 0)
        return sl_error_set(err, SL_ERR_IO, "cannot open %s: %s.", input->path, strerror(errno));
    if (S_ISDIR(info.st_mode)) {
        sl_input_close(input);
        return sl_error_set(err, SL_ERR_IO, "cannot read %s: it is a directory; name the log files in it.",
                            input->path);
    }
    input->is_regular = S_ISREG(info.st_mode);
    input->file_size = input->is_regular ? (uint64_t)info.st_size : 0;
    input->device = (uint64_t)info.st_dev;
    input->inode = (uint64_t)info.st_ino;
    input->modified_us = (int64_t)info.st_mtim.tv_sec * 1000000 + info.st_mtim.tv_nsec / 1000;
    input->raw = malloc(SL_INPUT_BYTES);
    if (!input->raw)
        sl_out_of_memory();
    enum sl_status status = fill(input, SL_UNPACK_HEAD_BYTES, err);
    sl_str head = {input->raw, input->raw_to};
    if (status == SL_OK)
        status = sl_unpack_refuse(head, input->path, err);
    if (status == SL_OK) {
        input->packing = sl_packing_of(head);
        status = sl_unpack_open(input->packing, input->path, &input->unpacker, err);
        start_member(input);
    }
    if (status != SL_OK)
        sl_input_close(input);
    return status;
}

static sl_str ready_bytes(const struct sl_input *input)
{
    return (sl_str){input->raw + input->raw_from, input->raw_to - input->raw_from};
}

static uint64_t raw_off(const struct sl_input *input)
{
    return input->n_raw - (input->raw_to - input->raw_from);
}

/* The packed data is broken here; the decompressor starts anew. */
static void note_break(struct sl_input *input)
{
    if (input->n_breaks++ == 0)
        input->first_break_off = raw_off(input);
    input->is_damaged = true;
    sl_unpack_restart(input->packing, input->unpacker);
}

/* What readers take for a hole in the log. */
static void hold_hole(struct sl_input *input)
{
    sl_buf_reset(&input->held);
    sl_buf_add(&input->held, (sl_str){"\n\0", 2});
    input->held_from = 0;
}

static void pass_over(struct sl_input *input, size_t n)
{
    input->n_passed_over += n;
    input->raw_from += n;
}

/* Behind a member: zeros pad a file, another member may follow, all else is damage. */
static void leave_member(struct sl_input *input)
{
    while (input->raw_from < input->raw_to && input->raw[input->raw_from] == '\0')
        input->raw_from++;
    sl_str ready = ready_bytes(input);
    if (ready.len == 0 || (ready.len < SL_UNPACK_HEAD_BYTES && !input->raw_ended))
        return; /* the next bytes tell */
    if (sl_packing_of(ready) == input->packing) {
        start_member(input);
        return;
    }
    input->place = SL_INPUT_LOST;
    note_break(input);
}

/* Behind damage: up to the next member, if there is one. */
static void find_member(struct sl_input *input)
{
    sl_str ready = ready_bytes(input);
    size_t at = input->n_breaks < SL_INPUT_MAX_BREAKS ? sl_unpack_find(input->packing, ready) : SIZE_MAX;
    if (at == SIZE_MAX) { /* its first bytes may be the last that are there */
        size_t kept = input->raw_ended ? 0 : SL_UNPACK_HEAD_BYTES - 1;
        pass_over(input, ready.len > kept ? ready.len - kept : 0);
        return;
    }
    pass_over(input, at);
    start_member(input);
    hold_hole(input);
}

/* Moves raw_checked on, to the next bytes that may start a member or to where too few are there to tell. */
static void check_ahead(struct sl_input *input)
{
    size_t from = input->raw_checked > input->raw_from ? input->raw_checked : input->raw_from;
    size_t at = sl_unpack_find(input->packing, (sl_str){input->raw + from, input->raw_to - from});
    size_t kept = input->raw_ended ? 0 : SL_UNPACK_HEAD_BYTES - 1;
    input->is_start_ahead = at != SIZE_MAX;
    if (input->is_start_ahead)
        input->raw_checked = from + at;
    else
        input->raw_checked = input->raw_to > from + kept ? input->raw_to - kept : from;
}

/*
 * Does the member that is read go on through what looks like the start of another one? If it breaks, it ended before
 * them; if it does not, they are its data.
 */
static enum sl_status try_through(struct sl_input *input, struct sl_error *err)
{
    SL_TRY(fill(input, SL_INPUT_BYTES, err));
    size_t start = input->raw_from;
    struct sl_unpack_step step = {0};
    sl_buf_reset(&input->held);
    input->held_from = 0;
    do {
        char *to = sl_buf_reserve(&input->held, HELD_STEP_BYTES);
        step = sl_unpack_step(input->packing, input->unpacker, ready_bytes(input), to, HELD_STEP_BYTES);
        input->raw_from += step.taken;
        input->held.len += step.made;
    } while (!step.failed && !step.member_ended && (step.taken || step.made) && input->held.len < MAX_HELD_BYTES);
    bool ends_early = !step.member_ended && input->raw_ended && input->raw_from == input->raw_to;
    input->raw_checked = input->raw_from;
    input->is_start_ahead = false;
    if (step.member_ended)
        input->place = SL_INPUT_BETWEEN;
    if (!step.failed && !ends_early)
        return SL_OK;
    input->raw_from = start;
    sl_buf_reset(&input->held);
    note_break(input);
    input->place = SL_INPUT_LOST; /* it is found again at once */
    return SL_OK;
}

/* Unpacks up to raw_checked. */
static size_t read_member(struct sl_input *input, char *bytes, size_t size)
{
    sl_str in = sl_str_slice(ready_bytes(input), 0, input->raw_checked - input->raw_from);
    struct sl_unpack_step step = sl_unpack_step(input->packing, input->unpacker, in, bytes, size);
    input->raw_from += step.taken;
    if (step.member_ended)
        input->place = SL_INPUT_BETWEEN;
    if (step.failed) {
        note_break(input);
        input->place = SL_INPUT_LOST;
        pass_over(input, in.len > 0 && step.taken == 0); /* or it would be found again */
    }
    return step.made;
}

static size_t take_held(struct sl_input *input, char *bytes, size_t size)
{
    size_t ready = input->held.len - input->held_from;
    size_t n = ready < size ? ready : size;
    if (n)
        memcpy(bytes, input->held.bytes + input->held_from, n);
    input->held_from += n;
    if (input->held_from == input->held.len) {
        sl_buf_release(&input->held);
        input->held_from = 0;
    }
    return n;
}

/* Goes on in a member; *n is what came out, which may be nothing. */
static enum sl_status go_on(struct sl_input *input, char *bytes, size_t size, size_t *n, struct sl_error *err)
{
    if (input->raw_from >= input->raw_checked && !input->is_start_ahead)
        check_ahead(input);
    bool is_before_start = input->raw_from == input->raw_checked && input->is_start_ahead;
    *n = read_member(input, bytes, size); /* no input: what went in before has to come out first */
    if (is_before_start && *n == 0 && input->place == SL_INPUT_IN_MEMBER)
        return try_through(input, err);
    return SL_OK;
}

static enum sl_status unpack(struct sl_input *input, char *bytes, size_t size, size_t *n, struct sl_error *err)
{
    for (;;) {
        *n = take_held(input, bytes, size);
        if (*n)
            return SL_OK;
        SL_TRY(fill(input, SL_UNPACK_HEAD_BYTES, err));
        bool is_over = input->raw_ended && input->raw_from == input->raw_to;
        if (is_over && input->place != SL_INPUT_IN_MEMBER)
            return SL_OK;
        if (input->place == SL_INPUT_BETWEEN) {
            leave_member(input);
        } else if (input->place == SL_INPUT_LOST) {
            find_member(input);
        } else {
            SL_TRY(go_on(input, bytes, size, n, err));
            bool is_cut_off = is_over && *n == 0 && input->place == SL_INPUT_IN_MEMBER;
            input->is_cut_off |= is_cut_off;
            input->is_damaged |= is_cut_off;
            if (*n || is_cut_off)
                return SL_OK;
        }
    }
}

void sl_input_describe_damage(const struct sl_input *input, struct sl_buf *out)
{
    if (!input->is_damaged)
        return;
    const char *packing = sl_packing_name(input->packing);
    sl_buf_add_printf(out, "%s is damaged: ", input->path);
    if (input->n_breaks == 1)
        sl_buf_add_printf(out, "its %s data breaks at byte %llu", packing, (unsigned long long)input->first_break_off);
    else if (input->n_breaks)
        sl_buf_add_printf(out, "its %s data breaks in %llu places, first at byte %llu", packing,
                          (unsigned long long)input->n_breaks, (unsigned long long)input->first_break_off);
    if (input->n_passed_over)
        sl_buf_add_printf(out, ", %llu bytes were passed over", (unsigned long long)input->n_passed_over);
    if (input->is_cut_off)
        sl_buf_add_printf(out, "%s", input->n_breaks ? ", and its end is missing" : "its end is missing");
    sl_buf_add(out, SL_STR("; the rest was read.\n"));
}

enum sl_status sl_input_read(struct sl_input *input, char *bytes, size_t size, size_t *n, struct sl_error *err)
{
    if (input->packing != SL_PACKING_NONE)
        return unpack(input, bytes, size, n, err);
    size_t ready = input->raw_to - input->raw_from;
    if (ready) {
        *n = ready < size ? ready : size;
        memcpy(bytes, input->raw + input->raw_from, *n);
        input->raw_from += *n;
        return SL_OK;
    }
    for (;;) {
        ssize_t got = read(input->fd, bytes, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return sl_error_set(err, SL_ERR_IO, "cannot read %s: %s.", input->path, strerror(errno));
        *n = (size_t)got;
        input->n_raw += (size_t)got;
        return SL_OK;
    }
}

void sl_input_close(struct sl_input *input)
{
    sl_unpack_close(input->packing, input->unpacker);
    sl_buf_release(&input->held);
    if (input->fd > STDERR_FILENO)
        close(input->fd);
    free(input->raw);
    input->raw = NULL;
    input->unpacker = NULL;
    input->fd = -1;
}
