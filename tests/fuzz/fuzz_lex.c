/* lex: tokens ascend, do not overlap, lie inside the text; brackets have partners where no error is reported. */
#include "fuzz_input.h"
#include "sql/lex.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input;
    if (!fuzz_input_open(&input, data, size))
        return 0;
    sl_str text = input.text;
    struct sl_tokens tokens;
    sl_lex(text, &input.mode, &input.arena, &tokens);
    size_t end = 0;
    for (uint32_t i = 0; i < tokens.len; i++) {
        const struct sl_token *token = &tokens.items[i];
        FUZZ_HOLDS(token->len > 0 && token->off >= end && (size_t)token->off + token->len <= text.len);
        end = (size_t)token->off + token->len;
        sl_lex_decode(text, token, &input.arena);
        bool is_bracket = token->kind == SL_TOK_OPEN || token->kind == SL_TOK_CLOSE;
        if (is_bracket && tokens.error.len == 0)
            FUZZ_HOLDS(token->partner < tokens.len && token->partner != i && tokens.items[token->partner].partner == i);
    }
    FUZZ_HOLDS(tokens.items[tokens.len].kind == SL_TOK_END);
    FUZZ_HOLDS(tokens.error_off <= text.len);
    sl_arena_release(&input.arena);
    return 0;
}
