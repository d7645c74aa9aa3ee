/*
 * find: the first of two bytes, sixteen at a time.
 *
 * In:    a range [p, end).
 * Out:   where the first `a` or `b` stands; end if there is none. For short distances, where a call of memchr costs
 * more than it saves.
 */
#ifndef SL_BASE_FIND_H
#define SL_BASE_FIND_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

static inline const char *sl_find_either(const char *p, const char *end, char a, char b)
{
#ifdef __SSE2__
    const __m128i va = _mm_set1_epi8(a), vb = _mm_set1_epi8(b);
    while (end - p >= 16) {
        __m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
        unsigned hit = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(bytes, va), _mm_cmpeq_epi8(bytes, vb)));
        if (hit)
            return p + __builtin_ctz(hit);
        p += 16;
    }
#endif
    while (p < end && *p != a && *p != b)
        p++;
    return p;
}

#endif
