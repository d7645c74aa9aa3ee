/* Cost of lexing and lowering, and of the parse behind it. Built on request: cmake --build … --target bench_lower */
#include <stdio.h>
#include <time.h>

#include "sql/lex.h"
#include "sql/lower.h"
#include "sql/parse.h"

static const struct {
    const char *name;
    enum sl_dialect dialect;
    const char *sql;
} statements[] = {
    {"mysql select, 200 bytes", SL_DIALECT_MYSQL,
     "SELECT `e`.`id`, `e`.`name`, COUNT(*) AS total FROM `entries` `e` INNER JOIN users u ON u.id = e.user_id WHERE "
     "e.updated_at BETWEEN ? AND ? AND e.status = 'winner' GROUP BY DATE(e.updated_at) ORDER BY 3 LIMIT 10"},
    {"mysql update, 200 bytes", SL_DIALECT_MYSQL,
     "UPDATE `entries` INNER JOIN `campaigns` ON `campaigns`.`id` = `entries`.`campaign_id` SET "
     "`entries`.`lottery_status` = "
     "'loser', entries.updated_at = NOW() WHERE `campaigns`.`closed_at` < '2024-01-01'"},
    {"mysql insert, 200 bytes", SL_DIALECT_MYSQL,
     "INSERT INTO `entries` (`id`, `campaign_id`, `user_id`, `status`, `created_at`, `updated_at`) VALUES (1, 2, 3, "
     "'a\\'b', "
     "'2024-01-01 00:00:00', '2024-01-01') ON DUPLICATE KEY UPDATE `status` = VALUES(`status`)"},
    {"sqlite select, 200 bytes", SL_DIALECT_SQLITE,
     "SELECT \"entries\".\"id\", \"entries\".\"name\", COUNT(*) AS total FROM \"entries\" INNER JOIN users u ON u.id "
     "== "
     "\"entries\".\"user_id\" WHERE \"entries\".\"updated_at\" > ? GROUP BY date(\"entries\".\"updated_at\") LIMIT 10"},
    {"postgres select, 200 bytes", SL_DIALECT_POSTGRES,
     "SELECT e.id, e.name, COUNT(*) AS total FROM entries e INNER JOIN users u ON u.id = e.user_id WHERE e.updated_at "
     "BETWEEN $1 AND $2 AND e.status = 'winner' GROUP BY e.updated_at::date ORDER BY 3 DESC LIMIT 10"},
};

static double now_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

int main(void)
{
    enum { ROUNDS = 20000 };
    struct sl_arena arena;
    sl_arena_init(&arena);
    printf("%-28s %6s %8s %8s %8s\n", "statement", "bytes", "lex us", "lower us", "parse us");
    for (size_t i = 0; i < sizeof statements / sizeof statements[0]; i++) {
        sl_str sql = sl_str_from(statements[i].sql);
        struct sl_sql_mode mode = {.dialect = statements[i].dialect};
        double start = now_us();
        for (int k = 0; k < ROUNDS; k++) {
            struct sl_tokens tokens;
            sl_lex(sql, &mode, &arena, &tokens);
            sl_arena_reset(&arena);
        }
        double lexed = now_us();
        struct sl_lowered lowered;
        for (int k = 0; k < ROUNDS; k++) {
            sl_arena_reset(&arena);
            sl_lower(sql, &mode, &arena, &lowered);
        }
        double done = now_us();
        struct sl_parsed parsed = {0};
        for (int k = 0; k < ROUNDS / 10; k++)
            sl_parse(lowered.items[0].text, &arena, &parsed);
        double end = now_us();
        if (!parsed.tree)
            return 1;
        printf("%-28s %6zu %8.2f %8.2f %8.2f\n", statements[i].name, sql.len, (lexed - start) / ROUNDS,
               (done - lexed) / ROUNDS, (end - done) / (ROUNDS / 10));
        sl_arena_reset(&arena);
    }
    sl_arena_release(&arena);
    return 0;
}
