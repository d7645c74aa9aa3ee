/*
 * escape: bytes of an input on their way to a terminal, a page or a comment.
 *
 * Visible text stays. Control characters, characters without a shape (bidirectional overrides, zero width spaces) and
 * bytes that are no UTF-8 come out as \x1b or \u{202e}, so that what a reader sees is what stands there.
 */
#ifndef SL_REPORT_ESCAPE_H
#define SL_REPORT_ESCAPE_H

#include "base/buf.h"

/* On one line: line ends and tabs are escaped too. */
void sl_escape_line(sl_str s, struct sl_buf *out);
/* For a code frame: a tab becomes spaces up to the next multiple of 4, counted from the start of `s`. */
void sl_escape_frame(sl_str s, struct sl_buf *out);
/* Columns of a terminal that sl_escape_frame() needs for `s`. */
uint32_t sl_escape_frame_width(sl_str s);
/* Text of an HTML or XML element or attribute; line ends and tabs stay. */
void sl_escape_html(sl_str s, struct sl_buf *out);
/* JSON that is complete already, lines between its values included: what has no shape becomes \uXXXX, which says the
 * same; a byte that is no UTF-8, which no JSON may hold, becomes U+FFFD. */
void sl_escape_json(sl_str json, struct sl_buf *out);
/* Text of a Markdown paragraph or table cell, on one line. */
void sl_escape_markdown(sl_str s, struct sl_buf *out);
/* Data of a GitHub workflow command; `is_property` for the part before "::". */
void sl_escape_github(sl_str s, bool is_property, struct sl_buf *out);

#endif
