/*
 * Runs a fuzz target without libFuzzer: over every file below the folders or files that are named, and over changes of
 * each. The changes follow from the file's bytes alone, so that a failure comes again. REPLAY_CHANGES sets how many.
 */
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LARGEST_FILE (64u * 1024)
#define USUAL_CHANGES 6u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned n_changes = USUAL_CHANGES;
static unsigned long n_runs;

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

/* A handful of bytes set, moved, doubled or cut. */
static size_t change(uint8_t *data, size_t size, size_t room, uint64_t *state)
{
    static const uint8_t telling[] = "\0\n\r\t'\"`;:,(){}[]#*/\\-$@%&<>=\x1b\x1e\xff";
    unsigned n = 1 + (unsigned)(next_random(state) % 8);
    for (unsigned i = 0; i < n && size > 1; i++) {
        size_t at = next_random(state) % size, len = next_random(state) % 64;
        if (len > size - at)
            len = size - at;
        switch (next_random(state) % 5) {
        case 0:
            data[at] = (uint8_t)next_random(state);
            break;
        case 1:
            data[at] = telling[next_random(state) % (sizeof telling - 1)];
            break;
        case 2: /* cut */
            memmove(data + at, data + at + len, size - at - len);
            size -= len;
            break;
        case 3: /* double */
            if (size + len > room)
                break;
            memmove(data + at + len, data + at, size - at);
            size += len;
            break;
        default: /* end early */
            size = at ? at : size;
            break;
        }
    }
    return size;
}

static void run_file(const char *path)
{
    static uint8_t file[LARGEST_FILE], data[LARGEST_FILE * 2];
    FILE *from = fopen(path, "rb");
    if (!from)
        return;
    size_t size = fread(file, 1, sizeof file, from);
    fclose(from);
    uint64_t state = 0x9E3779B97F4A7C15ull ^ size;
    for (size_t i = 0; i < size; i++)
        state = (state ^ file[i]) * 0x100000001B3ull;
    state |= 1;
    for (unsigned i = 0; i <= n_changes; i++) {
        memcpy(data, file, size);
        size_t changed = i ? change(data, size, sizeof data, &state) : size;
        /* A copy of the exact size, so that a sanitizer sees a read behind its end. */
        uint8_t *exact = malloc(changed ? changed : 1);
        if (!exact)
            abort();
        memcpy(exact, data, changed);
        LLVMFuzzerTestOneInput(exact, changed);
        free(exact);
        n_runs++;
    }
}

static int visit(const char *path, const struct stat *info, int kind, struct FTW *where)
{
    (void)info;
    (void)where;
    if (kind == FTW_F)
        run_file(path);
    return 0;
}

int main(int argc, char **argv)
{
    const char *changes = getenv("REPLAY_CHANGES");
    if (changes)
        n_changes = (unsigned)strtoul(changes, NULL, 10);
    for (int i = 1; i < argc; i++)
        nftw(argv[i], visit, 16, FTW_PHYS);
    printf("%lu inputs\n", n_runs);
    return n_runs == 0;
}
