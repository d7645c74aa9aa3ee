#include "source/log/detect.h"

#include <stdlib.h>

#include "source/log/formats.h"
#include "source/log/stamp.h"

/* A line that repeats counts so many times, so that one frequent line does not outvote all others. */
#define MAX_LINE_VOTES 20
#define LONGEST_LINE_LOOKED_AT 4096

static bool is_blank(sl_str s)
{
    for (size_t i = 0; i < s.len; i++) {
        if (s.ptr[i] != '\0' && !sl_is_space(s.ptr[i]))
            return false;
    }
    return true;
}

static sl_str without_nuls(sl_str s)
{
    while (s.len && s.ptr[0] == '\0')
        s = sl_str_slice(s, 1, s.len);
    return s;
}

/* The weight of a format: its lines' weights, where each distinct weight counts MAX_LINE_VOTES times at most. */
static unsigned weigh(const struct sl_log_format *format, sl_str head)
{
    unsigned total = format->weigh_head ? format->weigh_head(head) : 0;
    unsigned votes[128] = {0};
    sl_str line;
    while (format->weigh && sl_str_next_line(&head, &line)) {
        line = without_nuls(line);
        unsigned weight = line.len ? format->weigh(sl_str_slice(line, 0, LONGEST_LINE_LOOKED_AT)) : 0;
        if (weight && votes[weight & 127]++ < MAX_LINE_VOTES)
            total += weight;
    }
    return total;
}

static const struct sl_log_format *heaviest(sl_str head, unsigned *most)
{
    const struct sl_log_format *best = NULL;
    *most = 0;
    for (size_t i = 0; sl_log_formats[i]; i++) {
        unsigned weight = weigh(sl_log_formats[i], head);
        if (weight > *most) {
            *most = weight;
            best = sl_log_formats[i];
        }
    }
    return best;
}

const char *sl_detect_log_title(sl_str head)
{
    unsigned weight;
    const struct sl_log_format *format = heaviest(without_nuls(head), &weight);
    return format && format != &sl_log_sql_file ? format->title : NULL;
}

static enum sl_status find_by_name(sl_str name, const struct sl_log_format **format, struct sl_error *err)
{
    struct sl_buf known = {0};
    for (size_t i = 0; sl_log_formats[i]; i++) {
        if (sl_str_eq_nocase(name, sl_str_from(sl_log_formats[i]->name))) {
            *format = sl_log_formats[i];
            sl_buf_release(&known);
            return SL_OK;
        }
        if (!sl_log_formats[i]->refusal)
            sl_buf_add_printf(&known, "%s%s", known.len ? ", " : "", sl_log_formats[i]->name);
    }
    sl_error_set(err, SL_ERR_USAGE, "unknown input format \"%.*s\"; known are: %s.", SL_STR_ARG(name),
                 sl_buf_str(&known).ptr);
    sl_buf_release(&known);
    return SL_ERR_USAGE;
}

/* Takes envelopes off the head while one is recognised. The result lives in *clean. */
static void take_off_envelopes(struct sl_feed *feed, struct sl_buf *clean)
{
    while (feed->n_envelopes < SL_LOG_MAX_ENVELOPES) {
        const struct sl_log_envelope *found = NULL;
        sl_str head = without_nuls(sl_buf_str(clean));
        for (size_t i = 0; sl_log_envelopes[i] && !found; i++) {
            if (sl_log_envelopes[i]->is_like(head))
                found = sl_log_envelopes[i];
        }
        if (!found)
            return;
        struct sl_log_unwrap unwrap = {.line = 1, .is_head = true, .year = sl_feed_year(feed)};
        found->unwrap(&unwrap, sl_buf_str(clean), feed->raw_ended);
        sl_buf_reset(clean);
        sl_buf_add(clean, (sl_str){unwrap.out.bytes ? unwrap.out.bytes : "", unwrap.out.len});
        sl_log_unwrap_release(&unwrap);
        feed->unwraps[feed->n_envelopes].line = 1;
        feed->unwraps[feed->n_envelopes].year = sl_feed_year(feed);
        feed->envelopes[feed->n_envelopes++] = found;
    }
}

static int64_t stamp_of_line(sl_str line)
{
    line = sl_str_slice(line, 0, 300);
    for (size_t i = 0; i + 15 <= line.len; i++) {
        int64_t us;
        bool starts = i == 0 || !sl_is_digit(line.ptr[i - 1]);
        if (!starts || !sl_is_digit(line.ptr[i]))
            continue;
        sl_str rest = sl_str_slice(line, i, line.len);
        if (sl_stamp_iso(rest, &us) || (i <= 8 && sl_stamp_compact(rest, &us)))
            return us;
    }
    return 0;
}

/* As the format says, which knows where its stamps stand: a statement may hold others. */
static int64_t first_said(sl_str head, const struct sl_log_format *format, bool is_last_resort)
{
    sl_str line;
    while (sl_str_next_line(&head, &line)) {
        int64_t us = format->stamp(line, is_last_resort);
        if (us)
            return us;
    }
    return 0;
}

/*
 * The first time stamp of the head: rotated files are put in order by it. Where entries go on in the next file, lines
 * that start one are asked first, and the first line, which may be the rest of another, last: it may hold the time at
 * which a session began.
 */
static int64_t first_stamp(sl_str head, const struct sl_log_format *format)
{
    if (format->stamp) {
        int64_t us = first_said(head, format, false);
        return us ? us : first_said(head, format, true);
    }
    sl_str line, rest = head, start = SL_STR_EMPTY;
    bool asks_format = format->goes_on && format->weigh;
    for (int n = 0; asks_format && n < 200 && sl_str_next_line(&rest, &line); n++) {
        int64_t us = line.len && format->weigh(line) ? stamp_of_line(line) : 0;
        if (us && n > 0)
            return us;
        if (us)
            start = line;
    }
    if (start.len)
        return stamp_of_line(start);
    for (int n = 0; n < 200 && sl_str_next_line(&head, &line); n++) {
        int64_t us = stamp_of_line(line);
        if (us)
            return us;
    }
    return 0;
}

int64_t sl_detect_last_stamp(sl_str tail, const struct sl_log_format *format)
{
    sl_str line;
    int64_t last = 0;
    while (sl_str_next_line(&tail, &line)) {
        int64_t us = line.len && format->weigh && format->weigh(line) ? stamp_of_line(line) : 0;
        last = us ? us : last;
    }
    return last;
}

enum sl_status sl_detect_refuse(sl_str path, struct sl_error *err)
{
    bool is_stdin = sl_str_eq(path, SL_STR("-"));
    path = is_stdin ? SL_STR("standard input") : path;
    return sl_error_set(err, SL_ERR_FORMAT,
                        "nothing in %.*s looks like a query log that is known here; name its format with "
                        "--input-format, or the server's log_line_prefix with --log-line-prefix.",
                        SL_STR_ARG(path));
}

/* Of a format that was named: would detection rather take another one? */
static void compare_with_others(struct sl_feed *feed, sl_str head)
{
    unsigned weight = 0;
    feed->looks_like = heaviest(head, &weight);
    feed->weight = weigh(feed->format, head);
    feed->is_unlike_format = feed->weight == 0 || weight > feed->weight;
}

enum sl_status sl_detect_check_named(const struct sl_feed *feed, struct sl_error *err)
{
    const struct sl_log_format *like = feed->looks_like;
    if (!feed->is_unlike_format)
        return SL_OK;
    if (!like)
        return sl_error_set(err, SL_ERR_FORMAT,
                            "%s holds no entry of the format %s, which --input-format names, nor of another that is "
                            "known here.",
                            feed->input.path, feed->format->name);
    return sl_error_set(err, SL_ERR_FORMAT,
                        "%s holds no entry of the format %s, which --input-format names; it looks like %s (%s).",
                        feed->input.path, feed->format->name, like->name, like->title);
}

/* The mark of a tar archive's first header; its entries would be read as lines. */
static bool is_archive(sl_str raw)
{
    return sl_str_eq(sl_str_slice(raw, 257, 5), SL_STR("ustar"));
}

enum sl_status sl_detect(struct sl_feed *feed, const struct sl_digest_options *options, struct sl_error *err)
{
    struct sl_buf clean = {0};
    sl_str raw = {feed->head.bytes ? feed->head.bytes : "", feed->head.len};
    if (sl_str_has_prefix(raw, SL_STR("\xEF\xBB\xBF"))) {
        feed->head_from = 3;
        raw = sl_str_slice(raw, 3, raw.len);
    }
    if (is_archive(raw))
        return sl_error_set(err, SL_ERR_FORMAT, "%s is a tar archive; use \"tar -xOf FILE | stamplint audit -\".",
                            feed->input.path);
    sl_buf_add(&clean, raw);
    take_off_envelopes(feed, &clean);
    feed->clean_head = clean; /* released with the feed */
    sl_str head = sl_buf_str(&feed->clean_head);
    bool detects = options->input_format.len == 0 || sl_str_eq(options->input_format, SL_STR("auto"));
    if (is_blank(head) && feed->raw_ended && feed->n_envelopes == 0)
        return SL_OK; /* an empty log is a log in which nothing happened */
    if (!detects)
        SL_TRY(find_by_name(options->input_format, &feed->format, err));
    else
        feed->format = heaviest(without_nuls(head), &feed->weight);
    if (!detects)
        compare_with_others(feed, without_nuls(head));
    feed->is_unknown = !feed->format;
    if (!feed->format)
        return SL_OK;
    if (feed->format->refusal)
        return sl_error_set(err, SL_ERR_FORMAT, "%s is %s: %s", feed->input.path, feed->format->title,
                            feed->format->refusal);
    feed->first_us = first_stamp(head, feed->format);
    return SL_OK;
}
