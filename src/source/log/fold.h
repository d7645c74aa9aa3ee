/*
 * fold: records → shapes with their sums.
 *
 * In:    blocks of records whose pieces the shape pass has filled in, in the order of the log.
 * Out:   shapes, worst total time first, in the digest's arena.
 * Owns:  everything it holds; sl_fold_release(). sl_fold_finish() copies what the digest needs.
 * Fails: never.
 * Limits: SL_FOLD_MAX_SHAPES shapes, SL_FOLD_SAMPLE_TOTAL bytes of samples, SL_FOLD_TEXT_TOTAL of all texts. What comes
 * after them is counted.
 *
 * State literals: `status = 'winner'` and `status = 'loser'` are two shapes while the column has at most
 * SL_FOLD_COLUMN_VALUES values in the whole log and one statement at most SL_FOLD_VARIANTS variants; beyond that their
 * literals are folded like others, for what was read before as well. The result therefore depends on the log only.
 */
#ifndef SL_SOURCE_LOG_FOLD_H
#define SL_SOURCE_LOG_FOLD_H

#include "source/log/log.h"
#include "source/shape.h"

#define SL_FOLD_MAX_SHAPES 10000u
#define SL_FOLD_SAMPLE_BYTES (64u * 1024)
#define SL_FOLD_SAMPLE_TOTAL (10u * 1024 * 1024)
/* Samples and normalised texts together; beyond it no shape is added. */
#define SL_FOLD_TEXT_TOTAL (20u * 1024 * 1024)
#define SL_FOLD_COLUMN_VALUES 24u
#define SL_FOLD_VARIANTS 64u
#define SL_FOLD_COLUMNS 4096u
#define SL_FOLD_SESSIONS 8192u
/* Names of users, databases or applications that one shape shows. */
#define SL_FOLD_NAMES 4

struct sl_fold_shape;
struct sl_fold_column;
struct sl_fold_base;
struct sl_fold_session;

struct sl_fold {
    struct sl_arena arena;
    struct sl_fold_shape *shapes;
    size_t n_shapes, cap_shapes;
    uint32_t *index; /* of shapes + 1, by key */
    size_t index_size;
    struct sl_fold_column *columns;
    struct sl_fold_base *bases;
    size_t n_bases, cap_bases;
    struct sl_fold_session *sessions;
    size_t sample_bytes;
    size_t text_bytes;             /* of samples and normalised texts */
    struct sl_log_names locations; /* of tags: the reader's names belong to the reading thread */
    struct sl_shape_scan scan;     /* for texts that are looked at again */
    struct sl_buf decoded, reduced, tags;
    struct sl_digest_counts counts;
};

void sl_fold_init(struct sl_fold *fold);
void sl_fold_release(struct sl_fold *fold);
void sl_fold_add(struct sl_fold *fold, const struct sl_log_block *block);
/* Fills arena, shapes and n_shapes of the digest; the fold is empty afterwards. `paths[record.path]` names the files.
 */
void sl_fold_finish(struct sl_fold *fold, const struct sl_log_names *names, const sl_str *paths,
                    struct sl_digest *digest);

#endif
