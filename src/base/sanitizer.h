/*
 * sanitizer: is this a build that watches memory? SL_HAS_ASAN is defined where it is.
 */
#ifndef SL_BASE_SANITIZER_H
#define SL_BASE_SANITIZER_H

#if defined(__SANITIZE_ADDRESS__)
#define SL_HAS_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SL_HAS_ASAN 1
#endif
#endif

#endif
