#include "source/log/input_set.h"

#include <fcntl.h>
#include <unistd.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#include "source/log/detect.h"
#include "source/log/formats.h"

/* Two logs of one server begin and end with the same event; what is written late comes within this time. */
#define SAME_TIME_US (60 * 1000000)
/* Of the lines that MySQL writes when it starts: they are the same in a slow log and a general log. */
#define RESTART_WEIGHT 3u
/* Where the last time stamp of a plain file is looked for. */
#define TAIL_BYTES (64u * 1024)

static sl_str folder_of(sl_str path)
{
    const char *slash = memrchr(path.ptr, '/', path.len);
    return sl_str_slice(path, 0, slash ? (size_t)(slash - path.ptr) : 0);
}

bool sl_input_is_beside(const struct sl_log_input *a, const struct sl_log_input *b)
{
    return sl_str_eq(folder_of(a->path), folder_of(b->path));
}

/* The file's name without the suffix of what it is packed with. */
static sl_str name_of(sl_str path)
{
    static const sl_str packed[] = {SL_STR_INIT(".gz"), SL_STR_INIT(".zst"), SL_STR_INIT(".bz2")};
    size_t folder = folder_of(path).len;
    sl_str name = sl_str_slice(path, folder, path.len);
    for (size_t i = 0; i < sizeof packed / sizeof packed[0]; i++) {
        if (sl_str_has_suffix(name, packed[i]))
            name.len -= packed[i].len;
    }
    return name;
}

static bool is_in_number(char c)
{
    return sl_is_digit(c) || c == '.' || c == '-' || c == '_';
}

bool sl_input_is_of_one_set(const struct sl_log_input *a, const struct sl_log_input *b)
{
    sl_str x = name_of(a->path), y = name_of(b->path);
    size_t i = 0, j = 0;
    if (!sl_input_is_beside(a, b))
        return false;
    for (;;) {
        while (i < x.len && is_in_number(x.ptr[i]))
            i++;
        while (j < y.len && is_in_number(y.ptr[j]))
            j++;
        if (i == x.len || j == y.len)
            return i == x.len && j == y.len;
        if (x.ptr[i++] != y.ptr[j++])
            return false;
    }
}

static bool is_same_file(const struct sl_log_input *a, const struct sl_log_input *b)
{
    if (a->size == 0 || a->size != b->size)
        return false;
    return (a->inode == b->inode && a->device == b->device) || a->head_hash == b->head_hash;
}

/* The last time stamp of a plain file; 0: not known. */
static int64_t last_stamp(const struct sl_log_input *input)
{
    static _Thread_local char tail[TAIL_BYTES];
    char path[4096];
    if (!input->is_plain || input->path.len >= sizeof path)
        return 0;
    memcpy(path, input->path.ptr, input->path.len);
    path[input->path.len] = '\0';
    int file = open(path, O_RDONLY | O_CLOEXEC);
    off_t from = input->size > TAIL_BYTES ? (off_t)(input->size - TAIL_BYTES) : 0;
    ssize_t n = file < 0 ? -1 : pread(file, tail, TAIL_BYTES, from);
    if (file >= 0)
        close(file);
    return n <= 0 ? 0 : sl_detect_last_stamp((sl_str){tail, (size_t)n}, input->format);
}

static enum sl_status look_at(struct sl_input_set *set, sl_str path, bool is_only,
                              const struct sl_digest_options *options, struct sl_error *err)
{
    struct sl_log_input *input = &set->items[set->len];
    struct sl_feed *feed = SL_NEW(set->arena, struct sl_feed);
    SL_TRY(sl_feed_open(feed, path, options, err));
    *input = (struct sl_log_input){.path = sl_arena_copy(set->arena, path),
                                   .format = feed->format,
                                   .n_envelopes = feed->n_envelopes,
                                   .first_us = feed->first_us,
                                   .modified_us = feed->input.modified_us,
                                   .device = feed->input.device,
                                   .inode = feed->input.inode,
                                   .size = feed->input.is_regular ? feed->input.file_size : 0,
                                   .head_hash = XXH3_64bits(feed->head.bytes, feed->head.len),
                                   .weight = feed->weight,
                                   .is_unknown = feed->is_unknown,
                                   .is_small = feed->raw_ended && feed->n_envelopes == 0,
                                   .is_plain = feed->input.is_regular && feed->input.packing == SL_PACKING_NONE};
    memcpy(input->envelopes, feed->envelopes, sizeof input->envelopes);
    for (size_t i = 0; i < set->len; i++) {
        if (is_same_file(&set->items[i], input)) {
            set->n_left_out++;
            sl_feed_close(feed);
            return SL_OK;
        }
    }
    if (feed->input.is_regular && (!is_only || feed->is_unknown)) /* more files than may be open at once */
        sl_feed_close(feed);
    else
        input->open = feed;
    set->len++;
    return SL_OK;
}

/* Would `a` be a better neighbour than `b`? The youngest of the older files is, else the oldest. */
static bool is_nearer(const struct sl_log_input *a, const struct sl_log_input *b, int64_t us)
{
    bool is_older = a->modified_us <= us;
    if (!b || is_older != (b->modified_us <= us))
        return !b || is_older;
    return is_older ? a->modified_us > b->modified_us : a->modified_us < b->modified_us;
}

/* The file of the set that was written next to this one. NULL: there is none whose entries may go on in another file.
 */
static const struct sl_log_input *find_neighbour(const struct sl_input_set *set, const struct sl_log_input *input)
{
    const struct sl_log_input *best = NULL;
    for (size_t i = 0; i < set->len; i++) {
        const struct sl_log_input *other = &set->items[i];
        bool may_go_on = other->format && other->format->goes_on && other->n_envelopes == 0 && other->first_us;
        if (other != input && may_go_on && sl_input_is_of_one_set(other, input) &&
            is_nearer(other, best, input->modified_us))
            best = other;
    }
    return best;
}

/*
 * The file that a rotation has left with a part of an entry: nothing in it is recognised, or a statement without more,
 * or it has no time. It is what its neighbour in time is, and is read next to it.
 */
static enum sl_status settle_rest(struct sl_input_set *set, struct sl_log_input *input, struct sl_error *err)
{
    bool is_nothing = input->is_unknown || input->format == &sl_log_sql_file;
    bool is_bare = input->format == &sl_log_mysql_slow && input->weight <= RESTART_WEIGHT;
    bool may_be_rest = input->is_small && (is_nothing || is_bare);
    may_be_rest |= input->format && input->first_us == 0;
    const struct sl_log_input *other = may_be_rest ? find_neighbour(set, input) : NULL;
    is_nothing |= is_bare && other && other->format == &sl_log_mysql_general;
    if (other && (is_nothing || other->format == input->format)) {
        input->first_us = other->modified_us > input->modified_us ? other->first_us - 1 : other->first_us + 1;
        input->rest_of = is_nothing ? other->path : SL_STR_EMPTY;
        input->alone = input->format == &sl_log_sql_file ? input->format : NULL;
        input->format = other->format;
        input->is_unknown = false;
    }
    return input->is_unknown ? sl_detect_refuse(input->path, err) : SL_OK;
}

/* Which of the forms of PostgreSQL's log holds more of an event; 0: none of them. */
static unsigned richness(const struct sl_log_input *input)
{
    static const struct sl_log_format *const forms[] = {&sl_log_pg_stderr, &sl_log_pg_json, &sl_log_pg_csv};
    for (unsigned i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (input->format == forms[i] && input->n_envelopes == 0)
            return i + 1;
    }
    return 0;
}

/* The name around ".log", ".csv" or ".json": what the files have in common that a server writes at once. */
static bool split_name(sl_str path, sl_str *before, sl_str *behind)
{
    static const sl_str suffixes[] = {SL_STR_INIT(".log"), SL_STR_INIT(".csv"), SL_STR_INIT(".json")};
    sl_str name = name_of(path);
    size_t end = name.len;
    while (end > 0 && (sl_is_digit(name.ptr[end - 1]) || name.ptr[end - 1] == '-' || name.ptr[end - 1] == '.'))
        end--;
    *behind = sl_str_slice(name, end, name.len);
    *before = sl_str_slice(name, 0, end);
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        if (sl_str_has_suffix(*before, suffixes[i])) {
            before->len -= suffixes[i].len;
            return true;
        }
    }
    return false;
}

static bool is_named_alike(const struct sl_log_input *a, const struct sl_log_input *b)
{
    sl_str a_before, a_behind, b_before, b_behind;
    return sl_input_is_beside(a, b) && split_name(a->path, &a_before, &a_behind) &&
           split_name(b->path, &b_before, &b_behind) && sl_str_eq(a_before, b_before) && sl_str_eq(a_behind, b_behind);
}

static bool covers(const struct sl_log_input *a, const struct sl_log_input *b)
{
    bool is_longer = a->last_us == 0 || b->last_us == 0 || a->last_us + SAME_TIME_US >= b->last_us;
    return a->first_us <= b->first_us + SAME_TIME_US && is_longer;
}

static void leave_out(struct sl_input_set *set, struct sl_log_input *input, const struct sl_log_input *other)
{
    input->is_left_out = true;
    input->overlaps = other->path;
    set->n_left_out++;
}

/* Of two forms of one server's log the richer one stands for both, if it covers the time of the other. */
static void settle_forms(struct sl_input_set *set, struct sl_log_input *a, struct sl_log_input *b)
{
    unsigned rich_a = richness(a), rich_b = richness(b);
    if (a->is_left_out || b->is_left_out || !rich_a || !rich_b || rich_a == rich_b || !a->first_us || !b->first_us ||
        !is_named_alike(a, b))
        return;
    struct sl_log_input *richer = rich_a > rich_b ? a : b, *poorer = rich_a > rich_b ? b : a;
    richer->last_us = last_stamp(richer);
    poorer->last_us = last_stamp(poorer);
    if (covers(richer, poorer))
        leave_out(set, poorer, richer);
    else if (covers(poorer, richer))
        leave_out(set, richer, poorer);
    else if (richer->first_us < poorer->last_us && poorer->first_us < richer->last_us)
        poorer->overlaps = richer->path;
}

static void describe(struct sl_input_set *set, const struct sl_log_input *input,
                     const struct sl_digest_options *options)
{
    struct sl_buf *out = &set->description;
    if (out->len > 4000)
        return;
    if (out->len)
        sl_buf_add(out, SL_STR("; "));
    sl_buf_add(out, input->path);
    sl_buf_add(out, SL_STR(": "));
    if (!input->format) {
        sl_buf_add(out, SL_STR("empty"));
        return;
    }
    sl_buf_add(out, sl_str_from(input->alone ? input->alone->title : input->format->title));
    for (unsigned i = input->n_envelopes; i > 0; i--)
        sl_buf_add_printf(out, " in %s", input->envelopes[i - 1]->title);
    bool by_name = options->input_format.len && !sl_str_eq(options->input_format, SL_STR("auto"));
    if (input->is_left_out)
        sl_buf_add_printf(out, " (not read: %.*s holds the same events)", SL_STR_ARG(input->overlaps));
    else if (input->overlaps.len)
        sl_buf_add_printf(out, " (some of its events may be those of %.*s, too)", SL_STR_ARG(input->overlaps));
    else if (input->alone)
        sl_buf_add_printf(out, " (or the rest of an entry of %.*s)", SL_STR_ARG(input->rest_of));
    else if (input->rest_of.len)
        sl_buf_add_printf(out, " (as %.*s)", SL_STR_ARG(input->rest_of));
    else
        sl_buf_add(out, by_name ? SL_STR(" (named by --input-format)") : SL_STR(" (found by its lines)"));
}

/* Without those that are left out. */
static void keep_inputs(struct sl_input_set *set)
{
    size_t n = 0;
    for (size_t i = 0; i < set->len; i++) {
        struct sl_log_input *input = &set->items[i];
        if (input->is_left_out && input->open)
            sl_feed_close(input->open);
        if (input->is_left_out)
            continue;
        set->total_bytes += input->size;
        set->items[n++] = *input;
    }
    set->len = n;
}

static bool is_later(const struct sl_log_input *a, const struct sl_log_input *b)
{
    if (a->first_us != b->first_us)
        return a->first_us > b->first_us;
    return a->modified_us > b->modified_us && sl_input_is_of_one_set(a, b);
}

/*
 * By first time stamp, files of one set with the same one by the time of their last change; an input without a time
 * stays behind the one before it.
 */
static void sort_inputs(struct sl_input_set *set)
{
    for (size_t i = 1; i < set->len; i++) {
        if (set->items[i].first_us == 0)
            set->items[i].first_us = set->items[i - 1].first_us;
    }
    for (size_t i = 1; i < set->len; i++) {
        struct sl_log_input input = set->items[i];
        size_t j = i;
        for (; j > 0 && is_later(&set->items[j - 1], &input); j--)
            set->items[j] = set->items[j - 1];
        set->items[j] = input;
    }
}

enum sl_status sl_input_set_open(struct sl_input_set *set, const sl_str *paths, size_t n_paths,
                                 const struct sl_digest_options *options, struct sl_arena *arena, struct sl_error *err)
{
    *set = (struct sl_input_set){.arena = arena};
    set->items = SL_NEW_ARRAY(arena, n_paths + 1, struct sl_log_input);
    for (size_t i = 0; i < n_paths; i++)
        SL_TRY(look_at(set, paths[i], n_paths == 1, options, err));
    for (size_t i = 0; i < set->len; i++)
        SL_TRY(settle_rest(set, &set->items[i], err));
    for (size_t i = 0; i < set->len; i++) {
        for (size_t j = 0; j < i; j++)
            settle_forms(set, &set->items[j], &set->items[i]);
    }
    for (size_t i = 0; i < set->len; i++)
        describe(set, &set->items[i], options);
    keep_inputs(set);
    sort_inputs(set);
    return SL_OK;
}

enum sl_status sl_input_set_open_feed(struct sl_input_set *set, size_t i, const struct sl_digest_options *options,
                                      struct sl_error *err)
{
    struct sl_log_input *input = &set->items[i];
    if (input->open)
        return SL_OK;
    struct sl_digest_options how = *options;
    struct sl_feed *feed = SL_NEW(set->arena, struct sl_feed);
    if (input->rest_of.len)
        how.input_format = sl_str_from(input->format->name);
    SL_TRY(sl_feed_open(feed, input->path, &how, err));
    feed->is_unlike_format &= input->rest_of.len == 0;
    input->open = feed;
    return SL_OK;
}

void sl_input_set_release(struct sl_input_set *set)
{
    for (size_t i = 0; i < set->len; i++) {
        if (set->items[i].open)
            sl_feed_close(set->items[i].open);
        set->items[i].open = NULL;
    }
    sl_buf_release(&set->description);
}
