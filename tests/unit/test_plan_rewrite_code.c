/* plan/rewrite_code: writes through ORMs and SQL in literals, with the event's time beside them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "plan/rewrite_code.h"

static struct sl_arena run;

/* The write's span stands between « and »; `statement` is what the reader made of it. */
static const struct code_case {
    const char *name;
    enum sl_language language;
    const char *when, *statement, *marked;
    const char *want; /* NULL: no transition; "": by hand */
    bool is_literal;
} cases[] = {
#define R SL_LANGUAGE_RUBY
#define WON "status = 'won'"
#define SET_WON "UPDATE e SET status = 'won' WHERE id = :id"
#define SET_ANY "UPDATE e SET status = :value WHERE id = :id"
    {"a record", R, WON, SET_WON, "«entry.update!(status: \"won\")»\n",
     "entry.update!(status: \"won\", won_at: entry.won_at || Time.current)\n"},
    {"the row itself", R, WON, SET_WON, "«update(status: :won)»\n",
     "update(status: :won, won_at: won_at || Time.current)\n"},
    {"a key of another column's value", R, WON, SET_WON, "«e.update(status: \"won\", data: { status: 1 })»\n",
     "e.update(status: \"won\", won_at: e.won_at || Time.current, data: { status: 1 })\n"},
    {"keys that are merged in are by hand", R, WON, SET_WON, "«e.update(given.merge(status: \"won\"))»\n", ""},
    {"another state", R, WON, "UPDATE e SET status = 'lost' WHERE id = :id", "«entry.update(status: \"lost\")»\n",
     NULL},
    {"a variable", R, WON, SET_ANY, "«@entry.update status: result»\n",
     "@entry.update status: result, won_at: (result.to_s == \"won\" ? @entry.won_at || Time.current : "
     "@entry.won_at)\n"},
    {"several states", R, "status IN ('won', 'lost')", SET_ANY, "«e.update(status: s)»\n",
     "e.update(status: s, won_at: ([\"won\", \"lost\"].include?(s.to_s) ? e.won_at || Time.current : e.won_at))\n"},
    {"the short hand", R, WON, SET_ANY, "«e.update(status:)»\n",
     "e.update(status:, won_at: (status.to_s == \"won\" ? e.won_at || Time.current : e.won_at))\n"},
    {"a call as the value is by hand", R, WON, SET_ANY, "«e.update(status: draw(e))»\n", ""},
    {"a row that is looked up gets a name", R, WON, "UPDATE e SET status = 'won' WHERE id = 1",
     "«Entry.find(1).update(status: \"won\")»\n",
     "Entry.find(1).then { |row| row.update(status: \"won\", won_at: row.won_at || Time.current) }\n"},
    {"… also behind &.", R, WON, SET_WON, "«Entry.find_by(a: 1)&.update(status: \"won\")»\n",
     "Entry.find_by(a: 1)&.then { |row| row&.update(status: \"won\", won_at: row.won_at || Time.current) }\n"},
    {"each row of a relation is by hand", R, WON, "UPDATE e SET status = 'won'",
     "«Entry.where(a: 1).update(status: \"won\")»\n", ""},
    {"update_all", R, WON, "UPDATE e SET status = 'won'", "«Entry.update_all(status: \"won\")»\n",
     "Entry.update_all(status: \"won\", won_at: Arel.sql(\"COALESCE(won_at, now())\"))\n"},
    {"update_all of a variable", R, WON, "UPDATE e SET status = :value", "«scope.update_all(:status => s)»\n",
     "scope.update_all(:status => s, :won_at => Arel.sql(s.to_s == \"won\" ? \"COALESCE(won_at, now())\" : "
     "\"won_at\"))\n"},
    {"update_all of text", R, WON, "UPDATE e SET status = 'won', a = 1",
     "«Entry.update_all(\"status = 'won', a = 1\")»\n",
     "Entry.update_all(\"status = 'won', won_at = COALESCE(won_at, now()), a = 1\")\n"},
    {"update_all of text with a known value", R, WON, "UPDATE e SET status = 'won'",
     "«Entry.update_all([\"status = ?\", \"won\"])»\n",
     "Entry.update_all([\"status = ?, won_at = COALESCE(won_at, now())\", \"won\"])\n"},
    {"update_all of text with an unknown value is by hand", R, WON, "UPDATE e SET status = :value",
     "«Entry.update_all([\"status = ?\", x])»\n", ""},
    {"one column", R, WON, SET_WON, "«e.update_column(:status, \"won\")»\n",
     "e.update_columns(status: \"won\", won_at: e.won_at || Time.current)\n"},
    {"one attribute", R, WON, SET_WON, "  «e.update_attribute(:status, \"won\")»\n",
     "  e.won_at ||= Time.current\n  e.update_attribute(:status, \"won\")\n"},
    {"save", R, WON, SET_WON, "def a\n  self.status = \"won\" # drawn\n  «save!»\nend\n",
     "def a\n  self.status = \"won\" # drawn\n  self.won_at ||= Time.current\n  save!\nend\n"},
    {"save of a variable", R, WON, SET_ANY, "e.status = s\n«e.save»\n",
     "e.status = s\ne.won_at ||= Time.current if e.status == \"won\"\ne.save\n"},
    {"save, assigned on a line with more is by hand", R, WON, SET_WON, "e.status = \"won\" if x\n«e.save»\n", ""},
    {"save, assigned in another method is by hand", R, WON, SET_WON,
     "def a\n  e.status = \"won\"\nend\ndef b\n  «e.save»\nend\n", ""},
    {"assign_attributes and save", R, WON, SET_WON, "e.assign_attributes(status: \"won\")\n«e.save»\n",
     "e.assign_attributes(status: \"won\", won_at: e.won_at || Time.current)\ne.save\n"},
    {"create", R, WON, "INSERT INTO e (status) VALUES ('won')", "«Entry.create!(status: \"won\")»\n",
     "Entry.create!(status: \"won\", won_at: Time.current)\n"},
    {"create of a variable", R, WON, "INSERT INTO e (status) VALUES (:value)", "«Entry.create!(\n  status: s\n)»\n",
     "Entry.create!(\n  status: s, won_at: (Time.current if s.to_s == \"won\")\n)\n"},
    {"an enum's own method", R, "status = 1", "UPDATE e SET status = 1 WHERE id = :id", "«e.won!»\n",
     "e.update!(status: :won, won_at: e.won_at || Time.current)\n"},
    {"a boolean", R, "approved", "UPDATE e SET approved = :value WHERE id = :id", "«e.update(approved: ok)»\n",
     "e.update(approved: ok, won_at: (ok ? e.won_at || Time.current : e.won_at))\n"},
    {"SQL in a literal", R, WON, "UPDATE e SET status = 'won' WHERE id = :value",
     "execute(\"«UPDATE e SET status = 'won' WHERE id = #{id}»\")\n",
     "execute(\"UPDATE e SET status = 'won', won_at = COALESCE(won_at, now()) WHERE id = #{id}\")\n", true},
    {"… in the quotes that the test uses", R, WON, "UPDATE e SET status = :value",
     "execute('«UPDATE e SET status = :s»', s: x)\n",
     "execute('UPDATE e SET status = :s, won_at = CASE WHEN :s = \\'won\\' THEN COALESCE(won_at, now()) ELSE won_at "
     "END', "
     "s: x)\n",
     true},
#define P SL_LANGUAGE_PYTHON
    {"Django: update", P, WON, "UPDATE e SET status = 'won'", "«Entry.objects.update(status=\"won\")»\n",
     "Entry.objects.update(status=\"won\", won_at=Coalesce(\"won_at\", Now()))\n"},
    {"Django: update of a variable", P, WON, "UPDATE e SET status = :value", "«Entry.objects.update(status=s)»\n",
     "Entry.objects.update(status=s, won_at=Coalesce(\"won_at\", Now()) if s == \"won\" else F(\"won_at\"))\n"},
    {"Django: save", P, WON, SET_WON, "def a(e):\n    e.status = \"won\"\n    «e.save(update_fields=[\"status\"])»\n",
     "def a(e):\n    e.status = \"won\"\n    e.won_at = e.won_at or timezone.now()\n    "
     "e.save(update_fields=[\"status\", "
     "\"won_at\"])\n"},
#define H SL_LANGUAGE_PHP
    {"Eloquent: a record", H, WON, SET_WON, "<?php\n$e->«update»(['status' => 'won']);\n",
     "<?php\n$e->update(['status' => 'won', 'won_at' => $e->won_at ?? now()]);\n"},
    {"Eloquent: a query", H, WON, "UPDATE e SET status = :value",
     "<?php\nEntry::where('a', 1)->«update»(['status' => $s]);\n",
     "<?php\nEntry::where('a', 1)->update(['status' => $s, 'won_at' => \\DB::raw($s === 'won' ? 'COALESCE(won_at, "
     "now())' : "
     "'won_at')]);\n"},
    {"Eloquent: save", H, WON, SET_ANY, "<?php\n$e->status = $s;\n«$e->save()»;\n",
     "<?php\n$e->status = $s;\n$e->won_at = $e->status === 'won' ? $e->won_at ?? now() : $e->won_at;\n$e->save();\n"},
    {"a language without an ORM here is by hand", SL_LANGUAGE_GO, WON, SET_WON, "package a\n//«x»\n", ""},
};

/* Takes the marks out; the write's span in *write. */
static sl_str unmark(const char *marked, struct sl_plan_write *write)
{
    sl_str text = sl_str_from(marked);
    size_t open = sl_str_find(text, SL_STR("«"));
    size_t close = sl_str_find(text, SL_STR("»"));
    assert_true(open != SIZE_MAX && close != SIZE_MAX);
    write->off = (uint32_t)open;
    write->len = (uint32_t)(close - open - 2);
    return sl_arena_printf(&run, "%.*s%.*s%.*s", (int)open, text.ptr, (int)write->len, text.ptr + open + 2,
                           SL_STR_ARG(sl_str_slice(text, close + 2, SIZE_MAX)));
}

static void is_rewritten(void **state)
{
    const struct code_case *c = *state;
    sl_arena_init(&run);
    struct sl_plan_write write = {.text = sl_str_from(c->statement), .is_orm = !c->is_literal};
    struct sl_code_file file = {.bytes = unmark(c->marked, &write), .language = c->language};
    struct sl_plan_source source = {.expression = SL_STR_INIT("t.created_at")};
    struct sl_plan_target target = {.dialect = SL_DIALECT_POSTGRES,
                                    .table = SL_STR("e"),
                                    .event = SL_STR("won_at"),
                                    .event_type = SL_STR("timestamptz"),
                                    .sources = {&source, 1, 1}};
    struct sl_plan_words words;
    struct sl_code_rewrite rewrite;
    struct sl_error err;
    assert_int_equal(sl_when_parse(sl_str_from(c->when), SL_DIALECT_POSTGRES, &run, &target.when, &err), SL_OK);
    sl_plan_words_init(&words, &target, &run);
    sl_syntax_parse(c->language, file.bytes, &run, &file.syntax);
    if (!file.syntax.root) {
        sl_arena_release(&run);
        skip();
    }
    sl_rewrite_code(&target, &words, &write, &file, &run, &rewrite);
    sl_str got = sl_edits_apply(file.bytes, &rewrite.edits, &run);
    if (c->want && *c->want && !sl_str_eq(got, sl_str_from(c->want)))
        fail_msg("got  %.*s\nwant %s", SL_STR_ARG(got), c->want);
    assert_int_equal(rewrite.outcome, !c->want   ? SL_REWRITE_NOT_A_TRANSITION
                                      : *c->want ? SL_REWRITE_DONE
                                                 : SL_REWRITE_BY_HAND);
    if (rewrite.outcome == SL_REWRITE_BY_HAND)
        assert_true(rewrite.text.len > 0 && rewrite.edits.len == 0);
    if (rewrite.outcome == SL_REWRITE_DONE) { /* it is still the language */
        struct sl_syntax again;
        sl_syntax_parse(c->language, got, &run, &again);
        assert_false(again.has_errors);
    }
    sl_arena_release(&run);
}

static void callback(void **state)
{
    (void)state;
    sl_arena_init(&run);
    struct sl_plan_target target = {
        .dialect = SL_DIALECT_MYSQL, .event = SL_STR("won_at"), .event_type = SL_STR("datetime")};
    struct sl_error err;
    assert_int_equal(sl_when_parse(SL_STR("status IN ('won', 'lost')"), SL_DIALECT_MYSQL, &run, &target.when, &err),
                     SL_OK);
    sl_str got = sl_rewrite_callback(&target, &run);
    assert_true(
        sl_str_eq(got, SL_STR("before_save { self.won_at ||= Time.current if [\"won\", \"lost\"].include?(status) }")));
    sl_arena_release(&run);
}

int main(void)
{
    enum { N = sizeof cases / sizeof *cases };
    struct CMUnitTest tests[N + 1];
    for (size_t i = 0; i < N; i++)
        tests[i] = (struct CMUnitTest){cases[i].name, is_rewritten, NULL, NULL, (void *)&cases[i]};
    tests[N] = (struct CMUnitTest){"a callback of the model", callback, NULL, NULL, NULL};
    return _cmocka_run_group_tests("plan_rewrite_code", tests, N + 1, NULL, NULL);
}
