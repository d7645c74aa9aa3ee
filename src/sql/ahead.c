#include "sql/ahead.h"

#include <pthread.h>
#include <stdlib.h>

#include "sql/argument_sql.h"
#include "sql/do_block.h"

#define MAX_THREADS 15u
#define SLOTS 32u

enum state {
    FREE,
    TAKEN,
    READY,
};

struct slot {
    struct sl_arena arena;
    struct sl_prepared prepared;
    enum state state;
};

struct sl_ahead {
    const struct sl_ahead_text *texts;
    size_t n_texts;
    size_t next_taken; /* first text that nobody works on */
    size_t next_given; /* text that the next call answers; texts below next_given + SLOTS have a slot */
    struct slot slots[SLOTS];
    pthread_t threads[MAX_THREADS];
    unsigned n_threads;
    bool is_closing;
    pthread_mutex_t lock;
    pthread_cond_t is_ready, has_room;
};

void sl_prepare(sl_str text, const struct sl_sql_mode *mode, struct sl_arena *arena, struct sl_prepared *out)
{
    *out = (struct sl_prepared){0};
    sl_lower(text, mode, arena, &out->lowered);
    sl_do_block_expand(arena, &out->lowered);
    sl_argument_sql_expand(arena, &out->lowered);
    if (out->lowered.kind != SL_LOWERED_SQL)
        return;
    out->parsed = SL_NEW_ARRAY(arena, out->lowered.n_items, struct sl_parsed);
    for (size_t i = 0; i < out->lowered.n_items; i++)
        sl_parse(out->lowered.items[i].text, arena, &out->parsed[i]);
}

/* The lock is held on entry and on return. False if there is nothing to prepare, or no slot for it. */
static bool prepare_one(struct sl_ahead *ahead)
{
    size_t i = ahead->next_taken;
    struct slot *slot = &ahead->slots[i % SLOTS];
    if (i == ahead->n_texts || i >= ahead->next_given + SLOTS || slot->state != FREE)
        return false;
    ahead->next_taken++;
    slot->state = TAKEN;
    pthread_mutex_unlock(&ahead->lock);
    sl_arena_reset(&slot->arena);
    sl_prepare(ahead->texts[i].text, &ahead->texts[i].mode, &slot->arena, &slot->prepared);
    pthread_mutex_lock(&ahead->lock);
    slot->state = READY;
    pthread_cond_signal(&ahead->is_ready);
    return true;
}

static void *work(void *argument)
{
    struct sl_ahead *ahead = argument;
    pthread_mutex_lock(&ahead->lock);
    while (!ahead->is_closing && ahead->next_taken < ahead->n_texts) {
        if (!prepare_one(ahead))
            pthread_cond_wait(&ahead->has_room, &ahead->lock);
    }
    pthread_mutex_unlock(&ahead->lock);
    return NULL;
}

struct sl_ahead *sl_ahead_open(const struct sl_ahead_text *texts, size_t n_texts, unsigned n_jobs)
{
    struct sl_ahead *ahead = calloc(1, sizeof *ahead);
    if (!ahead)
        sl_out_of_memory();
    ahead->texts = texts;
    ahead->n_texts = n_texts;
    for (unsigned i = 0; i < SLOTS; i++)
        sl_arena_init(&ahead->slots[i].arena);
    pthread_mutex_init(&ahead->lock, NULL);
    pthread_cond_init(&ahead->is_ready, NULL);
    pthread_cond_init(&ahead->has_room, NULL);
    bool is_worth_it = n_texts > SLOTS;
    while (is_worth_it && ahead->n_threads + 1 < n_jobs && ahead->n_threads < MAX_THREADS &&
           pthread_create(&ahead->threads[ahead->n_threads], NULL, work, ahead) == 0)
        ahead->n_threads++;
    return ahead;
}

const struct sl_prepared *sl_ahead_next(struct sl_ahead *ahead)
{
    pthread_mutex_lock(&ahead->lock);
    if (ahead->next_given > 0) { /* what the call before answered is not needed any more */
        ahead->slots[(ahead->next_given - 1) % SLOTS].state = FREE;
        pthread_cond_signal(&ahead->has_room);
    }
    struct slot *slot = NULL;
    if (ahead->next_given < ahead->n_texts) {
        slot = &ahead->slots[ahead->next_given % SLOTS];
        while (slot->state != READY) {
            if (!prepare_one(ahead))
                pthread_cond_wait(&ahead->is_ready, &ahead->lock);
        }
        ahead->next_given++;
    }
    pthread_mutex_unlock(&ahead->lock);
    return slot ? &slot->prepared : NULL;
}

void sl_ahead_close(struct sl_ahead *ahead)
{
    if (!ahead)
        return;
    pthread_mutex_lock(&ahead->lock);
    ahead->is_closing = true;
    pthread_cond_broadcast(&ahead->has_room);
    pthread_mutex_unlock(&ahead->lock);
    for (unsigned i = 0; i < ahead->n_threads; i++)
        pthread_join(ahead->threads[i], NULL);
    for (unsigned i = 0; i < SLOTS; i++)
        sl_arena_release(&ahead->slots[i].arena);
    pthread_cond_destroy(&ahead->has_room);
    pthread_cond_destroy(&ahead->is_ready);
    pthread_mutex_destroy(&ahead->lock);
    free(ahead);
}
