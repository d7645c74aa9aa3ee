/*
 * Compressed logs that are cut off, broken, padded, with other bytes between their members. What must hold: everything
 * before the damage is counted, later members are read, the damage is counted and named, and nothing depends on the
 * number of jobs. The packed bytes are made here.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>
#ifdef SL_HAVE_BZIP2
#include <bzlib.h>
#endif

#include "source/digest.h"
#include "source/log/unpack.h"

static unsigned next_random(unsigned *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 8;
}

/* An entry with a second, a number and two literals that do not pack well. */
struct form {
    const char *name;
    const char *entry;
    unsigned n_lines;
};

static const struct form forms[] = {
    {"general", "2026-11-22T03:00:%02u.000000Z\t    8 Query\tSELECT %u FROM t WHERE a = '%u.%u'\n", 1},
    {"slow",
     "# Time: 2026-11-22T03:00:%02u.000000Z\n# User@Host: a[a] @  [10.0.0.1]  Id:     8\n# Query_time: 1.000000  "
     "Lock_time: 0.000000 Rows_sent: 0  Rows_examined: 0\nSET timestamp=1795316400;\nSELECT %u FROM t\nWHERE a = "
     "'%u.%u';\n",
     6},
    {"stderr", "2026-11-22 03:00:%02u.000 UTC [7] a@b LOG:  duration: %u.000 ms  statement: SELECT '%u.%u'\n", 1},
    {"csvlog",
     "2026-11-22 03:00:%02u.000 UTC,\"a\",\"b\",7,\"[local]\",5.7,1,\"SELECT\",2026-11-22 00:00:00 UTC,3/1,0,LOG,00000,"
     "\"duration: %u ms  statement: SELECT \"\"%u.%u\"\"\",,,,,,,,,\"psql\"\n",
     1},
    {"jsonlog",
     "{\"timestamp\":\"2026-11-22 03:00:%02u.000 UTC\",\"pid\":7,\"error_severity\":\"LOG\",\"message\":\"duration: %u "
     "ms  "
     "statement: SELECT '%u.%u'\"}\n",
     1},
};
enum { N_FORMS = sizeof forms / sizeof forms[0] };

static void add_entries_of(const struct form *form, struct sl_buf *out, unsigned n, unsigned *seed)
{
    for (unsigned i = 0; i < n; i++) {
        char entry[1024];
        unsigned one = next_random(seed), two = next_random(seed);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(entry, sizeof entry, form->entry, i % 60, i % 100, one, two);
#pragma GCC diagnostic pop
        sl_buf_add(out, sl_str_from(entry));
    }
}

static void add_entries(struct sl_buf *out, unsigned n, unsigned *seed)
{
    add_entries_of(&forms[0], out, n, seed);
}

static void pack(enum sl_packing packing, sl_str text, struct sl_buf *out)
{
    size_t room = text.len + text.len / 50 + 1024;
    char *to = sl_buf_reserve(out, room);
    if (packing == SL_PACKING_GZIP) {
        z_stream z = {0};
        assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_in = (unsigned char *)(uintptr_t)text.ptr;
        z.avail_in = (unsigned)text.len;
        z.next_out = (unsigned char *)to;
        z.avail_out = (unsigned)room;
        assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
        out->len += room - z.avail_out;
        deflateEnd(&z);
    } else if (packing == SL_PACKING_ZSTD) {
        ZSTD_CCtx *z = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(z, ZSTD_c_checksumFlag, 1);
        size_t n = ZSTD_compress2(z, to, room, text.ptr, text.len);
        assert_false(ZSTD_isError(n));
        out->len += n;
        ZSTD_freeCCtx(z);
    } else {
#ifdef SL_HAVE_BZIP2
        unsigned n = (unsigned)room;
        assert_int_equal(BZ2_bzBuffToBuffCompress(to, &n, (char *)(uintptr_t)text.ptr, (unsigned)text.len, 1, 0, 0),
                         BZ_OK);
        out->len += n;
#endif
    }
}

/* Whole lines that the library makes of the first bytes of a member. */
static unsigned lines_in(enum sl_packing packing, sl_str bytes)
{
    static char text[1 << 16];
    struct sl_error err;
    void *unpacker = NULL;
    unsigned n = 0;
    struct sl_unpack_step step;
    assert_int_equal(sl_unpack_open(packing, "member", &unpacker, &err), SL_OK);
    do {
        step = sl_unpack_step(packing, unpacker, bytes, text, sizeof text);
        bytes = sl_str_slice(bytes, step.taken, bytes.len);
        for (size_t i = 0; i < step.made; i++)
            n += text[i] == '\n';
    } while (!step.failed && !step.member_ended && (step.taken || step.made));
    sl_unpack_close(packing, unpacker);
    return n;
}

/* Reads with one job and with three; the digests are the same. */
static struct sl_digest_counts read_log(sl_str bytes, char *damage, size_t damage_size)
{
    struct sl_digest_counts counts = {0};
    struct sl_buf written[2] = {{0}, {0}};
    int fd = memfd_create("log", MFD_CLOEXEC);
    char path[64];
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes.ptr, bytes.len), bytes.len);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    sl_str name = sl_str_from(path);
    for (unsigned i = 0; i < 2; i++) {
        struct sl_digest_options options = {.n_jobs = i ? 3 : 1, .block_bytes = i ? 1000 : 0};
        struct sl_digest digest;
        struct sl_error err;
        assert_int_equal(sl_digest_read(&name, 1, &options, &digest, &err), SL_OK);
        counts = digest.counts;
        if (damage)
            snprintf(damage, damage_size, "%.*s", SL_STR_ARG(digest.damage));
        assert_int_equal(digest.damage.len > 0, counts.damaged);
        if (counts.damaged)
            assert_true(sl_str_has_prefix(digest.damage, name));
        sl_digest_write(&digest, true, &written[i]);
        sl_digest_release(&digest);
    }
    assert_int_equal(written[0].len, written[1].len);
    assert_memory_equal(written[0].bytes, written[1].bytes, written[0].len);
    sl_buf_release(&written[0]);
    sl_buf_release(&written[1]);
    close(fd);
    return counts;
}

enum part_kind {
    MEMBER,      /* of n entries */
    CUT,         /* a member of n entries without its last third */
    FLIPPED,     /* with a byte in its middle changed */
    BAD_SUM,     /* whole, but for its checksum */
    BAD_HEAD,    /* its fifth byte says something that there is not */
    NOISE,       /* n bytes that are nothing */
    ZEROS,       /* n bytes of padding */
    HEADS,       /* n times what a member begins with, and the start of a block that is as long as the next thousands */
    SKIPPABLE,   /* a zstd frame of n bytes that is passed over */
    PACKED_DATA, /* a member of n entries that holds a packed member, as it stands */
    END,
};

struct part {
    enum part_kind kind;
    unsigned n;
};

struct packed_case {
    const char *name;
    struct part parts[6];
    bool is_damaged;
    const char *said; /* of the damage */
};

#define BIG 30000

static const struct packed_case cases[] = {
    {"one member", {{MEMBER, 50}, {END, 0}}, false, ""},
    {"several members", {{MEMBER, 50}, {MEMBER, 1}, {MEMBER, BIG}, {MEMBER, 50}, {END, 0}}, false, ""},
    {"empty members", {{MEMBER, 0}, {MEMBER, 50}, {MEMBER, 0}, {MEMBER, 0}, {MEMBER, 50}, {END, 0}}, false, ""},
    {"nothing but an empty member", {{MEMBER, 0}, {END, 0}}, false, ""},
    {"padded with zeros", {{MEMBER, 50}, {ZEROS, 4096}, {END, 0}}, false, ""},
    {"zeros between members", {{MEMBER, 50}, {ZEROS, 700000}, {MEMBER, 50}, {END, 0}}, false, ""},
    {"cut off", {{CUT, 50}, {END, 0}}, true, ": its end is missing; "},
    {"cut off and long", {{CUT, BIG}, {END, 0}}, true, ": its end is missing; "},
    {"cut off behind others", {{MEMBER, 50}, {MEMBER, 50}, {CUT, 50}, {END, 0}}, true, ": its end is missing; "},
    {"cut off before others",
     {{MEMBER, 50}, {CUT, 50}, {MEMBER, 50}, {MEMBER, 50}, {END, 0}},
     true,
     " breaks at byte "},
    {"cut off before others, and long", {{CUT, BIG}, {MEMBER, BIG}, {END, 0}}, true, " breaks at byte "},
    {"noise between members", {{MEMBER, 50}, {NOISE, 999}, {MEMBER, 50}, {END, 0}}, true, ", 999 bytes were passed"},
    {"much noise between members",
     {{MEMBER, 50}, {NOISE, 700000}, {MEMBER, 50}, {END, 0}},
     true,
     ", 700000 bytes were passed"},
    {"noise behind the last", {{MEMBER, 50}, {NOISE, 7}, {END, 0}}, true, ", 7 bytes were passed"},
    {"much noise behind the last", {{MEMBER, BIG}, {NOISE, 700000}, {END, 0}}, true, ", 700000 bytes were passed"},
    {"a wrong checksum", {{MEMBER, 50}, {BAD_SUM, 50}, {MEMBER, 50}, {END, 0}}, true, " breaks at byte "},
    {"a wrong checksum at the end", {{MEMBER, 50}, {BAD_SUM, 50}, {END, 0}}, true, " breaks at byte "},
    {"a wrong head", {{MEMBER, 50}, {BAD_HEAD, 50}, {MEMBER, 50}, {END, 0}}, true, " breaks at byte "},
    {"one broken among several", {{MEMBER, 50}, {FLIPPED, 50}, {MEMBER, 50}, {MEMBER, 50}, {END, 0}}, true, " breaks "},
    {"broken and long", {{MEMBER, 50}, {FLIPPED, BIG}, {MEMBER, BIG}, {END, 0}}, true, " breaks "},
    {"broken in two places",
     {{FLIPPED, 50}, {MEMBER, 50}, {NOISE, 30}, {MEMBER, 50}, {CUT, 50}, {END, 0}},
     true,
     ", and its end is missing; "},
    {"members within members", {{MEMBER, 50}, {HEADS, 9000}, {END, 0}}, true, " breaks in 1000 places, first at byte "},
    {"data that is packed itself", {{PACKED_DATA, 50}, {MEMBER, 50}, {END, 0}}, false, ""},
    {"skippable frames",
     {{SKIPPABLE, 4}, {MEMBER, 50}, {SKIPPABLE, 9000}, {MEMBER, 50}, {SKIPPABLE, 0}, {END, 0}},
     false,
     ""},
};
enum { N_CASES = sizeof cases / sizeof cases[0] };

struct run {
    const struct packed_case *c;
    const struct form *form;
    enum sl_packing packing;
};

/* Entries that the file holds for sure, and those that may be seen besides. */
struct expected {
    unsigned n, n_more;
};

static void spoil(enum part_kind kind, enum sl_packing packing, struct sl_buf *file, size_t from)
{
    size_t len = file->len - from;
    if (kind == CUT)
        file->len = from + len * 2 / 3;
    else if (kind == FLIPPED)
        file->bytes[from + len / 2] ^= 0x55;
    else if (kind == BAD_SUM) /* gzip has a length behind it, bzip2 up to seven bits of padding */
        file->bytes[file->len - (packing == SL_PACKING_GZIP ? 8 : 3)] ^= 0x55;
    else if (kind == BAD_HEAD)
        file->bytes[from + (packing == SL_PACKING_GZIP ? 3 : 4)] ^= (char)(packing == SL_PACKING_GZIP ? 0xe0 : 0x08);
}

static void add_part(const struct part *part, enum sl_packing packing, unsigned *seed, struct sl_buf *file,
                     struct expected *expected)
{
    struct sl_buf text = {0};
    size_t from = file->len;
    switch (part->kind) {
    case NOISE:
        for (unsigned i = 0; i < part->n; i++)
            sl_buf_add_byte(file, (char)(next_random(seed) % 255 + 1));
        return;
    case HEADS:
        for (unsigned i = 0; i < part->n; i++)
            sl_buf_add(file, packing == SL_PACKING_GZIP   ? SL_STR("\x1f\x8b\x08\0\0\0\0\0\0\3\0\xff\xff\0\0")
                             : packing == SL_PACKING_ZSTD ? SL_STR("\x28\xb5\x2f\xfd\0\x58\x08\0\0aaaa")
                                                          : SL_STR("BZh11AY&SYaaaaaaaaaaaaa"));
        return;
    case ZEROS:
        for (unsigned i = 0; i < part->n; i++)
            sl_buf_add_byte(file, '\0');
        return;
    case SKIPPABLE:
        if (packing != SL_PACKING_ZSTD)
            return;
        sl_buf_add(file, SL_STR("\x5e\x2a\x4d\x18"));
        for (unsigned i = 0; i < 4; i++)
            sl_buf_add_byte(file, (char)(part->n >> (8 * i)));
        for (unsigned i = 0; i < part->n; i++)
            sl_buf_add_byte(file, (char)next_random(seed));
        return;
    default:
        break;
    }
    if (part->kind == PACKED_DATA) { /* in a statement of its own: line ends and quotes are not looked at */
        struct sl_buf inner = {0};
        add_entries(&inner, 3000, seed);
        pack(packing, sl_buf_str(&inner), &text);
        for (size_t i = 0; i < text.len; i++) /* one line of the log */
            text.bytes[i] = (char)(text.bytes[i] == '\n' ? 'n' : text.bytes[i]);
        sl_buf_add_byte(&text, '\n');
        sl_buf_release(&inner);
    }
    add_entries(&text, part->n, seed);
    pack(packing, sl_buf_str(&text), file);
    spoil(part->kind, packing, file, from);
    bool is_whole = part->kind == MEMBER || part->kind == BAD_SUM || part->kind == PACKED_DATA;
    unsigned n = is_whole ? part->n : lines_in(packing, (sl_str){file->bytes + from, file->len - from});
    expected->n += part->kind == FLIPPED ? 0 : n;
    expected->n_more += part->kind == CUT ? 1 : part->kind == FLIPPED ? part->n : 0;
    sl_buf_release(&text);
}

static void reads_packed(void **state)
{
    const struct run *run = *state;
    struct sl_buf file = {0};
    struct expected expected = {0, 0};
    unsigned seed = 5;
    char damage[512] = "";
    for (const struct part *part = run->c->parts; part->kind != END; part++)
        add_part(part, run->packing, &seed, &file, &expected);
    struct sl_digest_counts counts = read_log(sl_buf_str(&file), damage, sizeof damage);
    assert_int_equal(counts.damaged, run->c->is_damaged);
    assert_int_equal(counts.bytes, file.len);
    if (!strstr(damage, run->c->said))
        fail_msg("said: %s", damage);
    assert_in_range(counts.statements, expected.n, expected.n + expected.n_more);
    sl_buf_release(&file);
}

/* A member that is cut at any byte costs nothing of the one behind it, and nothing of what came before the cut. */
static void finds_member_behind_cut(void **state)
{
    const struct run *run = *state;
    struct sl_buf text = {0}, first = {0}, second = {0}, file = {0};
    unsigned seed = 11;
    add_entries_of(run->form, &text, 120, &seed);
    pack(run->packing, sl_buf_str(&text), &first);
    sl_buf_reset(&text);
    add_entries_of(run->form, &text, 40, &seed);
    pack(run->packing, sl_buf_str(&text), &second);
    bool is_usual = run->form == forms;
    for (size_t cut = 4; cut < first.len; cut += is_usual && (cut < 40 || cut + 40 > first.len) ? 1 : 37) {
        sl_buf_reset(&file);
        sl_buf_add(&file, (sl_str){first.bytes, cut});
        unsigned before = lines_in(run->packing, sl_buf_str(&file)) / run->form->n_lines;
        sl_buf_add(&file, sl_buf_str(&second));
        struct sl_digest_counts counts = read_log(sl_buf_str(&file), NULL, 0);
        if (counts.damaged != 1 || counts.statements < before + 40 || counts.statements > before + 41)
            fail_msg("cut at %zu: %llu statements, %u before it, %llu damaged", cut,
                     (unsigned long long)counts.statements, before, (unsigned long long)counts.damaged);
    }
    sl_buf_release(&text);
    sl_buf_release(&first);
    sl_buf_release(&second);
    sl_buf_release(&file);
}

/* Whichever byte of a member is wrong, the next one is read. */
static void reads_member_behind_wrong_byte(void **state)
{
    const struct run *run = *state;
    struct sl_buf text = {0}, file = {0};
    unsigned seed = 3;
    add_entries(&text, 60, &seed);
    pack(run->packing, sl_buf_str(&text), &file);
    size_t first_len = file.len;
    pack(run->packing, sl_buf_str(&text), &file);
    for (size_t at = 4; at < first_len; at += at < 40 || at + 40 > first_len ? 1 : 11) {
        file.bytes[at] ^= 0x24;
        struct sl_digest_counts counts = read_log(sl_buf_str(&file), NULL, 0);
        bool is_whole = counts.statements == 120;
        if (counts.statements < 60 || (!counts.damaged && !is_whole))
            fail_msg("byte %zu: %llu statements, %llu damaged", at, (unsigned long long)counts.statements,
                     (unsigned long long)counts.damaged);
        file.bytes[at] ^= 0x24;
    }
    sl_buf_release(&text);
    sl_buf_release(&file);
}

#ifdef SL_HAVE_BZIP2
#define N_PACKINGS 3
#else
#define N_PACKINGS 2
#endif
static const enum sl_packing packings[] = {SL_PACKING_GZIP, SL_PACKING_ZSTD, SL_PACKING_BZIP2};

#define N_RUNS (N_PACKINGS * (N_CASES + 1 + N_FORMS))
static struct run runs[N_RUNS];
static char names[N_RUNS][96];
static struct CMUnitTest tests[N_RUNS];
static size_t n_runs;

static void add_run(const char *name, struct run run, void (*function)(void **state))
{
    runs[n_runs] = run;
    snprintf(names[n_runs], sizeof names[n_runs], "%s: %s", sl_packing_name(run.packing), name);
    tests[n_runs] = (struct CMUnitTest){names[n_runs], function, NULL, NULL, &runs[n_runs]};
    n_runs++;
}

int main(void)
{
    for (size_t p = 0; p < N_PACKINGS; p++) {
        char name[64];
        for (size_t i = 0; i < N_CASES; i++)
            add_run(cases[i].name, (struct run){&cases[i], forms, packings[p]}, reads_packed);
        for (size_t i = 0; i < N_FORMS; i++) {
            snprintf(name, sizeof name, "a member of a %s behind one that is cut anywhere", forms[i].name);
            add_run(name, (struct run){NULL, &forms[i], packings[p]}, finds_member_behind_cut);
        }
        add_run("a member behind one with a wrong byte", (struct run){NULL, forms, packings[p]},
                reads_member_behind_wrong_byte);
    }
    return _cmocka_run_group_tests("packed logs", tests, n_runs, NULL, NULL);
}
