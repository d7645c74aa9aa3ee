#include "cli/suggest.h"

static unsigned least(unsigned a, unsigned b, unsigned c)
{
    unsigned least = a < b ? a : b;
    return least < c ? least : c;
}

/* Letters that were put in, left out, replaced, or swapped with their neighbour. */
static unsigned distance(sl_str a, sl_str b)
{
    unsigned rows[3][SL_MAX_SUGGEST_LETTERS + 1];
    for (unsigned j = 0; j <= b.len; j++)
        rows[0][j] = j;
    for (unsigned i = 1; i <= a.len; i++) {
        unsigned *now = rows[i % 3];
        const unsigned *above = rows[(i + 2) % 3], *before = rows[(i + 1) % 3];
        now[0] = i;
        for (unsigned j = 1; j <= b.len; j++) {
            bool is_same = a.ptr[i - 1] == b.ptr[j - 1];
            now[j] = least(above[j] + 1, now[j - 1] + 1, above[j - 1] + !is_same);
            bool is_swapped = i > 1 && j > 1 && a.ptr[i - 1] == b.ptr[j - 2] && a.ptr[i - 2] == b.ptr[j - 1];
            if (is_swapped && before[j - 2] + 1 < now[j])
                now[j] = before[j - 2] + 1;
        }
    }
    return rows[a.len % 3][b.len];
}

void sl_suggest_add(sl_str typed, sl_str candidate, struct sl_suggestion *kept)
{
    if (typed.len == 0 || typed.len > SL_MAX_SUGGEST_LETTERS || candidate.len > SL_MAX_SUGGEST_LETTERS)
        return;
    unsigned allowed = candidate.len > 4 ? 2 : 1;
    unsigned d = distance(typed, candidate);
    if (d <= allowed && (kept->word.len == 0 || d < kept->distance))
        *kept = (struct sl_suggestion){candidate, d};
}
