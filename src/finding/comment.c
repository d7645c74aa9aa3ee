#include "finding/comment.h"

#include "base/vec.h"

static const struct {
    sl_str word;
    enum sl_marker_kind kind;
} words[] = {
    {SL_STR_INIT("stamplint-ignore-file"), SL_MARKER_IGNORE_FILE},
    {SL_STR_INIT("stamplint-ignore"), SL_MARKER_IGNORE},
    {SL_STR_INIT("stamplint-ack"), SL_MARKER_ACK},
};
#define N_WORDS (sizeof words / sizeof *words)

static const sl_str openers[] = {SL_STR_INIT("<!--"), SL_STR_INIT("--"), SL_STR_INIT("#"), SL_STR_INIT("//"),
                                 SL_STR_INIT("/*")};

/* An odd number of single quotes before it: the opener stands inside a literal. */
static bool is_in_quotes(sl_str before)
{
    size_t n = 0;
    for (size_t i = 0; i < before.len; i++)
        n += before.ptr[i] == '\'' && (i == 0 || before.ptr[i - 1] != '\\');
    return n % 2 == 1;
}

/* Is there a block comment that is still open at the end of `before`? */
static bool is_in_block_comment(sl_str before)
{
    for (size_t i = before.len; i >= 2; i--) {
        if (before.ptr[i - 2] == '*' && before.ptr[i - 1] == '/')
            return false;
        if (before.ptr[i - 2] == '/' && before.ptr[i - 1] == '*')
            return true;
    }
    return false;
}

/* Does a comment begin right before `off`, or a line inside one? */
static bool opens_comment(sl_str bytes, size_t off)
{
    sl_str before = sl_str_slice(bytes, 0, off);
    const char *line_end = off ? memrchr(bytes.ptr, '\n', off) : NULL;
    size_t line_off = line_end ? (size_t)(line_end + 1 - bytes.ptr) : 0;
    sl_str line = sl_str_trim(sl_str_slice(before, line_off, SIZE_MAX));
    for (size_t i = 0; i < sizeof openers / sizeof *openers; i++)
        if (sl_str_has_suffix(line, openers[i]))
            return !is_in_quotes(sl_str_slice(line, 0, line.len - openers[i].len));
    if (line.len == 0 || sl_str_eq(line, SL_STR("*")) || sl_str_eq(line, SL_STR("**")))
        return is_in_block_comment(sl_str_slice(before, 0, line_off));
    return false;
}

static bool is_word_end(char c)
{
    return !sl_is_alpha(c) && !sl_is_digit(c) && c != '-' && c != '_';
}

/* The marker's text: to the end of its line, without the comment's own end. */
static sl_str marker_text(sl_str bytes, size_t off)
{
    sl_str rest = sl_str_slice(bytes, off, SIZE_MAX);
    sl_str line = SL_STR_EMPTY;
    sl_str_next_line(&rest, &line);
    size_t end = sl_str_find(line, SL_STR("*/"));
    if (end == SIZE_MAX)
        end = sl_str_find(line, SL_STR("-->"));
    line = sl_str_slice(line, 0, end);
    while (line.len > 0 && sl_is_space(line.ptr[line.len - 1]))
        line.len--;
    return line;
}

static void add_marker(struct sl_arena *arena, struct sl_markers *markers, struct sl_marker marker)
{
    *SL_VEC_PUSH(arena, markers) = marker;
}

/* One marker for each rule of "SL101, SL102: reason". */
static void read_marker(sl_str text, size_t off, size_t word, struct sl_arena *arena, struct sl_markers *markers)
{
    struct sl_marker marker = {.kind = words[word].kind, .span = {(uint32_t)off, (uint32_t)text.len}};
    sl_str rest = sl_str_slice(text, words[word].word.len, SIZE_MAX);
    size_t colon = sl_str_find_byte(rest, ':');
    marker.reason = colon == SIZE_MAX ? SL_STR_EMPTY : sl_str_trim(sl_str_slice(rest, colon + 1, SIZE_MAX));
    sl_str rules = sl_str_trim(sl_str_slice(rest, 0, colon));
    if (marker.kind == SL_MARKER_ACK || rules.len == 0) {
        marker.rule = SL_STR_EMPTY;
        add_marker(arena, markers, marker);
        return;
    }
    while (rules.len > 0) {
        size_t comma = sl_str_find_byte(rules, ',');
        marker.rule = sl_str_trim(sl_str_slice(rules, 0, comma));
        if (marker.rule.len > 0)
            add_marker(arena, markers, marker);
        rules = comma == SIZE_MAX ? SL_STR_EMPTY : sl_str_slice(rules, comma + 1, SIZE_MAX);
    }
}

void sl_comment_scan(sl_str bytes, struct sl_arena *arena, struct sl_markers *markers)
{
    size_t off = 0;
    for (;;) {
        size_t found = sl_str_find(sl_str_slice(bytes, off, SIZE_MAX), SL_STR("stamplint-"));
        if (found == SIZE_MAX)
            return;
        off += found;
        sl_str rest = sl_str_slice(bytes, off, SIZE_MAX);
        for (size_t i = 0; i < N_WORDS; i++) {
            size_t len = words[i].word.len;
            if (!sl_str_has_prefix(rest, words[i].word) || (rest.len > len && !is_word_end(rest.ptr[len])))
                continue;
            if (opens_comment(bytes, off))
                read_marker(marker_text(bytes, off), off, i, arena, markers);
            break;
        }
        off += sizeof "stamplint-" - 1;
    }
}
