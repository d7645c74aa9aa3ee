#include "plan/rewrite_code.h"

#include "plan/phrase.h"
#include "plan/quote.h"

/* What a call does with what it is given. */
enum form {
    FORM_RECORD,    /* one row that is in memory: entry.update!(status: x) */
    FORM_RELATION,  /* UPDATE … SET: update_all(status: x) */
    FORM_INSERT,    /* a new row */
    FORM_ONE,       /* update_column(:status, x) */
    FORM_ATTRIBUTE, /* update_attribute(:status, x): saves whatever else was assigned */
    FORM_SAVE,      /* what was assigned before */
    FORM_BANG,      /* entry.winner! */
};

static const struct method {
    enum sl_language language;
    const char *name;
    enum form form;
    bool runs_callbacks;
} methods[] = {
    {SL_LANGUAGE_RUBY, "update", FORM_RECORD, true},
    {SL_LANGUAGE_RUBY, "update!", FORM_RECORD, true},
    {SL_LANGUAGE_RUBY, "update_attributes", FORM_RECORD, true},
    {SL_LANGUAGE_RUBY, "update_attributes!", FORM_RECORD, true},
    {SL_LANGUAGE_RUBY, "assign_attributes", FORM_RECORD, true},
    {SL_LANGUAGE_RUBY, "update_columns", FORM_RECORD, false},
    {SL_LANGUAGE_RUBY, "update_column", FORM_ONE, false},
    {SL_LANGUAGE_RUBY, "update_attribute", FORM_ATTRIBUTE, true},
    {SL_LANGUAGE_RUBY, "update_attribute!", FORM_ATTRIBUTE, true},
    {SL_LANGUAGE_RUBY, "update_all", FORM_RELATION, false},
    {SL_LANGUAGE_RUBY, "save", FORM_SAVE, true},
    {SL_LANGUAGE_RUBY, "save!", FORM_SAVE, true},
    {SL_LANGUAGE_RUBY, "create", FORM_INSERT, true},
    {SL_LANGUAGE_RUBY, "create!", FORM_INSERT, true},
    {SL_LANGUAGE_RUBY, "new", FORM_INSERT, true},
    {SL_LANGUAGE_RUBY, "build", FORM_INSERT, true},
    {SL_LANGUAGE_RUBY, "insert", FORM_INSERT, false},
    {SL_LANGUAGE_RUBY, "insert!", FORM_INSERT, false},
    {SL_LANGUAGE_RUBY, "insert_all", FORM_INSERT, false},
    {SL_LANGUAGE_RUBY, "insert_all!", FORM_INSERT, false},
    {SL_LANGUAGE_PYTHON, "update", FORM_RELATION, false},
    {SL_LANGUAGE_PYTHON, "save", FORM_SAVE, false},
    {SL_LANGUAGE_PYTHON, "create", FORM_INSERT, false},
    {SL_LANGUAGE_PHP, "update", FORM_RECORD, false},
    {SL_LANGUAGE_PHP, "updateQuietly", FORM_RECORD, false},
    {SL_LANGUAGE_PHP, "forceFill", FORM_RECORD, false},
    {SL_LANGUAGE_PHP, "fill", FORM_RECORD, false},
    {SL_LANGUAGE_PHP, "save", FORM_SAVE, false},
    {SL_LANGUAGE_PHP, "saveQuietly", FORM_SAVE, false},
    {SL_LANGUAGE_PHP, "saveOrFail", FORM_SAVE, false},
    {SL_LANGUAGE_PHP, "push", FORM_SAVE, false},
    {SL_LANGUAGE_PHP, "create", FORM_INSERT, false},
    {SL_LANGUAGE_PHP, "insert", FORM_INSERT, false},
};
static const struct method bang = {SL_LANGUAGE_RUBY, "", FORM_BANG, true};

struct code {
    const struct sl_plan_target *target;
    const struct sl_plan_words *words;
    const struct sl_plan_write *write;
    const struct sl_code_file *file;
    struct sl_arena *run;
    struct sl_code_rewrite *out;
    const struct sl_node *call;
    bool is_certain; /* the value is one of the event's */
};

static sl_str text_of(const struct code *c, const struct sl_node *node)
{
    return node ? sl_node_text(&c->file->syntax, node) : SL_STR_EMPTY;
}

static uint32_t end_of(const struct sl_node *node)
{
    return node->off + node->len;
}

static void insert_at(struct code *c, uint32_t off, sl_str text)
{
    sl_edits_add(&c->out->edits, c->run, (struct sl_edit){.off = off, .text = text});
}

static void by_hand(struct code *c, const char *reason)
{
    const struct sl_phrase phrase = {.language = c->file->language, .target = c->target, .words = c->words};
    sl_str now =
        sl_phrase_has_language(c->file->language) ? sl_phrase_render(&phrase, SL_PHRASE_NOW, c->run) : c->words->now;
    c->out->outcome = SL_REWRITE_BY_HAND;
    c->out->edits.len = 0;
    c->out->text = sl_arena_printf(c->run, "%s: set %.*s to %.*s in the same write, where it is still empty", reason,
                                   SL_STR_ARG(c->target->event), SL_STR_ARG(now));
}

static void done(struct code *c, enum sl_phrase_kind kind)
{
    c->out->outcome = SL_REWRITE_DONE;
    c->out->needs = sl_phrase_needs(c->file->language, kind, c->file->bytes);
}

/* --- The call -------------------------------------------------------------------------------------------------------
 */

static bool is_call(const struct sl_node *node)
{
    return node->kind == SL_NODE_CALL || node->kind == SL_NODE_MEMBER_CALL || node->kind == SL_NODE_SCOPED_CALL;
}

/* The call whose span, or whose method's name, the graph has. A bare word of Ruby (save!) is a call too. */
static const struct sl_node *find_call(const struct code *c)
{
    const struct sl_node *near = NULL;
    const struct sl_node *node = sl_node_at(&c->file->syntax, c->write->off, &near);
    const struct sl_node *found = NULL;
    for (; node && node->off >= c->write->off && end_of(node) <= c->write->off + c->write->len; node = node->parent)
        found = is_call(node) || node->kind == SL_NODE_IDENTIFIER ? node : found;
    if (found && (is_call(found) || c->file->language == SL_LANGUAGE_RUBY))
        return found;
    while (node && !is_call(node))
        node = node->parent;
    return node;
}

static const struct sl_node *method_node(const struct sl_node *call)
{
    if (call->kind == SL_NODE_IDENTIFIER)
        return call;
    const struct sl_node *function = sl_node_child(call, SL_FIELD_FUNCTION);
    if (function && function->kind == SL_NODE_ATTRIBUTE)
        return sl_node_child(function, SL_FIELD_ATTRIBUTE);
    const struct sl_node *method = sl_node_child(call, SL_FIELD_METHOD);
    return method ? method : sl_node_child(call, SL_FIELD_NAME);
}

static const struct sl_node *receiver_node(const struct sl_node *call)
{
    const struct sl_node *function = sl_node_child(call, SL_FIELD_FUNCTION);
    const struct sl_node *object = sl_node_child(function ? function : call, SL_FIELD_OBJECT);
    return object ? object : sl_node_child(call, SL_FIELD_RECEIVER);
}

static const struct method *method_of(const struct code *c, const struct sl_node *call)
{
    sl_str name = text_of(c, method_node(call));
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        if (methods[i].language == c->file->language && sl_str_eq(name, sl_str_from(methods[i].name)))
            return &methods[i];
    }
    bool is_bang = c->file->language == SL_LANGUAGE_RUBY && sl_str_has_suffix(name, SL_STR("!")) &&
                   !sl_node_child(call, SL_FIELD_ARGUMENTS);
    return is_bang ? &bang : NULL;
}

/* entry, @entry, $this->order, params[:state]: reading it once more does nothing. */
static bool is_plain(sl_str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!sl_is_name_char(text.ptr[i]) && !strchr("@$.->[]:'\"", text.ptr[i]))
            return false;
    }
    return text.len > 0;
}

/* A constant at the root (Entry.first) asks the database again; an index may. */
static bool is_plain_record(sl_str text)
{
    return is_plain(text) && !(text.ptr[0] >= 'A' && text.ptr[0] <= 'Z') && sl_str_find_byte(text, '[') == SIZE_MAX;
}

/* Does the call write one row, as far as it can be seen? */
static bool is_of_one_row(const struct code *c)
{
    static const char *const finders[] = {"find",
                                          "find_by",
                                          "find_by!",
                                          "first",
                                          "first!",
                                          "last",
                                          "last!",
                                          "take",
                                          "take!",
                                          "create",
                                          "create!",
                                          "find_or_create_by",
                                          "new",
                                          "build",
                                          "find_or_create_by!",
                                          "find_or_initialize_by"};
    if (sl_str_find(c->write->text, SL_STR("= :id")) != SIZE_MAX)
        return true;
    const struct sl_node *receiver = receiver_node(c->call);
    for (size_t i = 0; receiver && is_call(receiver) && i < sizeof finders / sizeof *finders; i++) {
        if (sl_str_eq(text_of(c, method_node(receiver)), sl_str_from(finders[i])))
            return true;
    }
    return false;
}

static struct sl_phrase phrase_of(const struct code *c, sl_str record, const struct sl_node *value)
{
    return (struct sl_phrase){.language = c->file->language,
                              .target = c->target,
                              .words = c->words,
                              .record = record,
                              .value = text_of(c, value)};
}

/* --- key: value -----------------------------------------------------------------------------------------------------
 */

static const struct sl_node *last_child(const struct sl_node *node)
{
    const struct sl_node *last = node->first;
    for (; last && last->next; last = last->next)
        continue;
    return last;
}

/* The name of a pair's key: status:, :status, "status", 'status', status=. */
static sl_str key_of(const struct code *c, const struct sl_node *pair)
{
    sl_str key = sl_str_trim(text_of(c, pair->first));
    while (key.len && strchr(":'\"", key.ptr[0]))
        key = sl_str_slice(key, 1, SIZE_MAX);
    while (key.len && strchr(":'\"", key.ptr[key.len - 1]))
        key.len--;
    return key;
}

/* The next pair below the call that writes the state; the values of calls inside it are none of its own. */
static const struct sl_node *next_pair(const struct code *c, const struct sl_node *after)
{
    for (const struct sl_node *node = sl_node_after(c->call, after ? after : c->call); node;
         node = sl_node_after(c->call, node)) {
        if (node->kind != SL_NODE_PAIR || !node->first || !sl_str_eq_nocase(key_of(c, node), c->target->when.column))
            continue;
        const struct sl_node *above = node->parent;
        while (above && !is_call(above) && above->kind != SL_NODE_PAIR) /* the value of another column has keys too */
            above = above->parent;
        if (above == c->call)
            return node;
    }
    return NULL;
}

/* The event's pair, spelled as the state's is. */
static void add_pair(struct code *c, const struct sl_node *pair, sl_str value)
{
    sl_str between = sl_str_slice(c->file->bytes, end_of(pair->first), last_child(pair)->off - end_of(pair->first));
    sl_str key = text_of(c, pair->first);
    char first = key.len ? key.ptr[0] : ' ';
    bool has_colon_inside = key.len && key.ptr[key.len - 1] == ':';
    const char *quote = first == '\'' ? "'" : first == '"' ? "\"" : "";
    if (pair->first == last_child(pair)) { /* Ruby: update(status:) */
        between = SL_STR(": ");
        has_colon_inside = false;
    }
    insert_at(c, end_of(pair),
              sl_arena_printf(c->run, ", %s%s%.*s%s%s%.*s%.*s", first == ':' ? ":" : "", quote,
                              SL_STR_ARG(c->target->event), quote, has_colon_inside ? ":" : "", SL_STR_ARG(between),
                              SL_STR_ARG(value)));
}

/* Each pair that writes the state gets the event's beside it. `kind` is the phrase where the value is certain; the
 * tested one is the next. */
static void rewrite_pairs(struct code *c, sl_str record, enum sl_phrase_kind certain, enum sl_phrase_kind tested)
{
    const struct sl_node *pair = next_pair(c, NULL);
    if (!pair) {
        by_hand(c, "the state is set in a way that was not followed here");
        return;
    }
    enum sl_phrase_kind kind = c->is_certain ? certain : tested;
    for (; pair; pair = next_pair(c, pair)) {
        const struct sl_node *value = last_child(pair);
        if (!c->is_certain && !is_plain(text_of(c, value))) {
            by_hand(c, "the value comes from a call, which must not run twice");
            return;
        }
        struct sl_phrase phrase = phrase_of(c, record, value);
        sl_str text = sl_phrase_render(&phrase, kind, c->run);
        if (!text.len) {
            by_hand(c, "the condition tests more than one column");
            return;
        }
        add_pair(c, pair, text);
    }
    done(c, kind);
}

/* x.find(1).update!(…) → x.find(1).then { |row| row.update!(…) }: answers the record's name. */
static sl_str name_row(struct code *c, const struct sl_node *receiver)
{
    const struct sl_node *method = method_node(c->call);
    sl_str between = sl_str_slice(c->file->bytes, end_of(receiver), method->off - end_of(receiver));
    bool is_safe = sl_str_find(between, SL_STR("&.")) != SIZE_MAX;
    insert_at(c, end_of(receiver), is_safe ? SL_STR("&.then { |row| row") : SL_STR(".then { |row| row"));
    insert_at(c, end_of(c->call), SL_STR(" }"));
    return SL_STR("row");
}

/* The record's text; *is_known false where it would have to be asked for again. */
static sl_str record_of(struct code *c, bool *is_known)
{
    const struct sl_node *receiver = receiver_node(c->call);
    sl_str text = text_of(c, receiver);
    *is_known = true;
    if (!receiver || is_plain_record(text))
        return text;
    if (c->file->language == SL_LANGUAGE_RUBY)
        return name_row(c, receiver);
    *is_known = false;
    return SL_STR_EMPTY;
}

static void rewrite_record(struct code *c)
{
    bool is_known;
    if (!is_of_one_row(c)) {
        if (c->file->language == SL_LANGUAGE_PHP)
            rewrite_pairs(c, SL_STR_EMPTY, SL_PHRASE_SET, SL_PHRASE_SET_IF);
        else
            by_hand(c, "it writes the rows of a relation one by one");
        return;
    }
    sl_str record = record_of(c, &is_known);
    if (is_known)
        rewrite_pairs(c, record, SL_PHRASE_KEEP, SL_PHRASE_KEEP_IF);
    else
        by_hand(c, "the row has no name here");
}

/* --- SQL in a literal -----------------------------------------------------------------------------------------------
 */

/* The quote that the literal with these bytes began with; 0: a heredoc or none. */
static char quote_before(const struct code *c, uint32_t off)
{
    while (off > 0 && sl_is_space(c->file->bytes.ptr[off - 1]))
        off--;
    char byte = off ? c->file->bytes.ptr[off - 1] : 0;
    return strchr("'\"`", byte) ? byte : 0;
}

/* The edits of SQL text at `off` in the file, escaped for the literal; false where they cannot stand in it. */
static bool add_sql_edits(struct code *c, const struct sl_edits *edits, uint32_t skipped, uint32_t off)
{
    char quote = quote_before(c, off);
    for (size_t i = 0; i < edits->len; i++) {
        sl_str text = edits->items[i].text;
        size_t at = quote ? sl_str_find_byte(text, quote) : SIZE_MAX;
        if (at != SIZE_MAX && quote == '`')
            return false;
        for (; at != SIZE_MAX && at < text.len; at++) {
            if (text.ptr[at] != quote)
                continue;
            text =
                sl_arena_printf(c->run, "%.*s\\%.*s", (int)at, text.ptr, SL_STR_ARG(sl_str_slice(text, at, SIZE_MAX)));
            at++;
        }
        insert_at(c, off + edits->items[i].off - skipped, text);
    }
    return true;
}

/* update_all("status = 'x'"): the literal is the list of assignments. */
static bool rewrite_set_text(struct code *c)
{
    static const char prefix[] = "UPDATE x SET ";
    const struct sl_node *text = NULL;
    for (const struct sl_node *node = sl_node_after(c->call, c->call); node && !text;
         node = sl_node_after(c->call, node)) {
        if (node->kind == SL_NODE_STRING_CONTENT &&
            sl_str_find_nocase(text_of(c, node), c->target->when.column) != SIZE_MAX)
            text = node;
    }
    if (!text)
        return false;
    struct sl_rewrite rewrite;
    sl_rewrite_sql(c->target, c->words, sl_arena_printf(c->run, "%s%.*s", prefix, SL_STR_ARG(text_of(c, text))), c->run,
                   &rewrite);
    if (rewrite.outcome != SL_REWRITE_DONE || rewrite.edits.len != 1)
        return false;
    if (c->is_certain && !rewrite.is_certain) { /* "status = ?", "winner" */
        sl_str name = sl_plan_quote_name_if_needed(c->target->dialect, c->target->event, c->run);
        rewrite.edits.items[0].text = sl_arena_printf(c->run, ", %.*s = COALESCE(%.*s, %.*s)", SL_STR_ARG(name),
                                                      SL_STR_ARG(name), SL_STR_ARG(c->words->now));
    } else if (rewrite.binds_again) {
        return false;
    }
    return add_sql_edits(c, &rewrite.edits, sizeof prefix - 1, text->off);
}

static void rewrite_relation(struct code *c)
{
    if (next_pair(c, NULL))
        rewrite_pairs(c, SL_STR_EMPTY, SL_PHRASE_SET, SL_PHRASE_SET_IF);
    else if (rewrite_set_text(c))
        done(c, SL_PHRASE_SET);
    else
        by_hand(c, "the assignments are no literal that can be followed");
}

/* A statement in a literal; the edits are those of the text as it stands there, with what the program inserts. */
static void rewrite_literal(struct code *c)
{
    struct sl_rewrite rewrite;
    sl_str raw = sl_str_slice(c->file->bytes, c->write->off, c->write->len);
    sl_rewrite_sql(c->target, c->words, raw, c->run, &rewrite);
    c->out->outcome = rewrite.outcome;
    c->out->binds_again = rewrite.binds_again;
    if (rewrite.outcome == SL_REWRITE_DONE && !add_sql_edits(c, &rewrite.edits, 0, c->write->off))
        c->out->outcome = SL_REWRITE_BY_HAND;
}

/* --- A line of its own ----------------------------------------------------------------------------------------------
 */

/* The lines that the node stands on hold nothing else. Answers the indentation and where the next line begins. */
static bool stands_alone(const struct code *c, const struct sl_node *node, sl_str *indentation, uint32_t *start,
                         uint32_t *next)
{
    sl_str bytes = c->file->bytes;
    uint32_t from = node->off;
    uint32_t to = end_of(node);
    while (from > 0 && (bytes.ptr[from - 1] == ' ' || bytes.ptr[from - 1] == '\t'))
        from--;
    while (to < bytes.len && strchr("; \t\r", bytes.ptr[to]) && bytes.ptr[to])
        to++;
    bool is_comment = to < bytes.len && (bytes.ptr[to] == '#' || bytes.ptr[to] == '/');
    while (is_comment && to < bytes.len && bytes.ptr[to] != '\n')
        to++;
    if ((from > 0 && bytes.ptr[from - 1] != '\n') || to >= bytes.len || bytes.ptr[to] != '\n')
        return false;
    *indentation = sl_str_slice(bytes, from, node->off - from);
    *start = from;
    *next = to + 1;
    return true;
}

static const struct sl_node *function_of(const struct sl_node *node)
{
    while (node && node->kind != SL_NODE_METHOD && node->kind != SL_NODE_SINGLETON_METHOD &&
           !strstr(node->type, "function_definition") && !strstr(node->type, "method_declaration"))
        node = node->parent;
    return node;
}

/* The last assignment to the record's state before the call, in the same function. */
static const struct sl_node *find_assignment(const struct code *c, sl_str record)
{
    sl_str name = sl_arena_printf(c->run, "%.*s%s%.*s", SL_STR_ARG(record), sl_phrase_member(c->file->language),
                                  SL_STR_ARG(c->target->when.column));
    const struct sl_node *found = NULL;
    const struct sl_node *root = c->file->syntax.root;
    for (const struct sl_node *node = root; node && node->off < c->call->off; node = sl_node_after(root, node)) {
        bool assigns =
            node->kind == SL_NODE_ASSIGNMENT && sl_str_eq(text_of(c, sl_node_child(node, SL_FIELD_LEFT)), name);
        if (assigns && function_of(node) == function_of(c->call))
            found = node;
    }
    return found;
}

/* entry.assign_attributes(status: x) before the call. */
static const struct sl_node *find_bulk(const struct code *c, sl_str receiver)
{
    const struct sl_node *found = NULL;
    const struct sl_node *root = c->file->syntax.root;
    for (const struct sl_node *node = root; node && node->off < c->call->off; node = sl_node_after(root, node)) {
        bool is_bulk = is_call(node) && sl_str_eq(text_of(c, method_node(node)), SL_STR("assign_attributes")) &&
                       sl_str_eq(text_of(c, receiver_node(node)), receiver);
        if (is_bulk && function_of(node) == function_of(c->call))
            found = node;
    }
    return found;
}

/* Django's save(update_fields=["status"]) writes what it names. */
static void add_update_field(struct code *c)
{
    for (const struct sl_node *node = sl_node_after(c->call, c->call); node; node = sl_node_after(c->call, node)) {
        const struct sl_node *list = node->kind == SL_NODE_PAIR ? last_child(node) : NULL;
        if (list && list->first && sl_str_eq(key_of(c, node), SL_STR("update_fields")))
            insert_at(c, end_of(last_child(list)), sl_arena_printf(c->run, ", \"%.*s\"", SL_STR_ARG(c->target->event)));
    }
}

static void rewrite_save(struct code *c)
{
    sl_str receiver = text_of(c, receiver_node(c->call));
    sl_str record = receiver.len ? receiver : SL_STR("self");
    const struct sl_node *assignment = find_assignment(c, record);
    const struct sl_node *bulk = find_bulk(c, receiver);
    sl_str indentation;
    uint32_t start;
    uint32_t next;
    if (bulk && (!assignment || bulk->off > assignment->off)) {
        c->call = bulk;
        rewrite_pairs(c, receiver, SL_PHRASE_KEEP, SL_PHRASE_KEEP_IF);
        return;
    }
    if (!assignment || !stands_alone(c, assignment, &indentation, &start, &next) || next >= c->file->bytes.len) {
        by_hand(c, assignment ? "the assignment shares its line" : "where the state is assigned was not found");
        return;
    }
    struct sl_phrase phrase = phrase_of(c, record, sl_node_child(assignment, SL_FIELD_LEFT));
    phrase.is_attribute = true;
    enum sl_phrase_kind kind = c->is_certain ? SL_PHRASE_LINE : SL_PHRASE_LINE_IF;
    sl_str line = sl_phrase_render(&phrase, kind, c->run);
    if (!line.len) {
        by_hand(c, "the condition tests more than one column");
        return;
    }
    insert_at(c, next, sl_arena_printf(c->run, "%.*s%.*s\n", SL_STR_ARG(indentation), SL_STR_ARG(line)));
    done(c, kind);
    if (c->file->language == SL_LANGUAGE_PYTHON)
        add_update_field(c);
}

/* update_attribute(:status, x): the time is assigned on the line before, and saved with it. */
static void rewrite_attribute(struct code *c)
{
    sl_str receiver = text_of(c, receiver_node(c->call));
    sl_str indentation;
    uint32_t start;
    uint32_t next;
    bool is_named = !receiver.len || is_plain_record(receiver);
    if (!is_named || !c->is_certain || !stands_alone(c, c->call, &indentation, &start, &next)) {
        by_hand(c, "it writes one attribute");
        return;
    }
    struct sl_phrase phrase = phrase_of(c, receiver.len ? receiver : SL_STR("self"), NULL);
    sl_str line = sl_phrase_render(&phrase, SL_PHRASE_LINE, c->run);
    insert_at(c, start, sl_arena_printf(c->run, "%.*s%.*s\n", SL_STR_ARG(indentation), SL_STR_ARG(line)));
    done(c, SL_PHRASE_LINE);
}

/* --- Other names for update -----------------------------------------------------------------------------------------
 */

/* update_column(:status, x) → update_columns(status: x, drawn_at: …) */
static void rewrite_one(struct code *c)
{
    const struct sl_node *arguments = sl_node_child(c->call, SL_FIELD_ARGUMENTS);
    const struct sl_node *column = arguments ? arguments->first : NULL;
    const struct sl_node *value = column ? column->next : NULL;
    const struct sl_node *method = method_node(c->call);
    bool is_known = value && !value->next && (c->is_certain || is_plain(text_of(c, value)));
    sl_str record = is_known ? record_of(c, &is_known) : SL_STR_EMPTY;
    if (!is_known) {
        by_hand(c, "it writes one column");
        return;
    }
    struct sl_phrase phrase = phrase_of(c, record, value);
    sl_str time = sl_phrase_render(&phrase, c->is_certain ? SL_PHRASE_KEEP : SL_PHRASE_KEEP_IF, c->run);
    insert_at(c, end_of(method), SL_STR("s"));
    sl_edits_add(&c->out->edits, c->run,
                 (struct sl_edit){.off = column->off,
                                  .len = value->off - column->off,
                                  .text = sl_arena_printf(c->run, "%.*s: ", SL_STR_ARG(c->target->when.column))});
    insert_at(c, end_of(value),
              sl_arena_printf(c->run, ", %.*s: %.*s", SL_STR_ARG(c->target->event), SL_STR_ARG(time)));
    done(c, SL_PHRASE_KEEP);
}

/* entry.winner! → entry.update!(status: :winner, won_at: …) */
static void rewrite_bang(struct code *c)
{
    const struct sl_node *method = method_node(c->call);
    bool is_known = c->is_certain;
    sl_str record = is_known ? record_of(c, &is_known) : SL_STR_EMPTY;
    if (!is_known) {
        by_hand(c, "it sets the state by a method of its own");
        return;
    }
    sl_str name = text_of(c, method);
    struct sl_phrase phrase = phrase_of(c, record, NULL);
    sl_edits_add(&c->out->edits, c->run,
                 (struct sl_edit){.off = method->off,
                                  .len = method->len,
                                  .text = sl_arena_printf(
                                      c->run, "update!(%.*s: :%.*s, %.*s: %.*s)", SL_STR_ARG(c->target->when.column),
                                      (int)name.len - 1, name.ptr, SL_STR_ARG(c->target->event),
                                      SL_STR_ARG(sl_phrase_render(&phrase, SL_PHRASE_KEEP, c->run)))});
    done(c, SL_PHRASE_KEEP);
}

static void rewrite_call(struct code *c)
{
    const struct method *method = c->call ? method_of(c, c->call) : NULL;
    if (!method || !sl_phrase_has_language(c->file->language)) {
        by_hand(c, "the call is not known");
        return;
    }
    c->out->runs_callbacks = method->runs_callbacks;
    switch (method->form) {
    case FORM_RECORD:
        rewrite_record(c);
        return;
    case FORM_RELATION:
        rewrite_relation(c);
        return;
    case FORM_INSERT:
        rewrite_pairs(c, SL_STR_EMPTY, SL_PHRASE_NOW, SL_PHRASE_INSERT_IF);
        return;
    case FORM_ONE:
        rewrite_one(c);
        return;
    case FORM_ATTRIBUTE:
        rewrite_attribute(c);
        return;
    case FORM_SAVE:
        rewrite_save(c);
        return;
    case FORM_BANG:
        rewrite_bang(c);
        return;
    }
}

void sl_rewrite_code(const struct sl_plan_target *target, const struct sl_plan_words *words,
                     const struct sl_plan_write *write, const struct sl_code_file *file, struct sl_arena *run,
                     struct sl_code_rewrite *out)
{
    struct code c = {.target = target, .words = words, .write = write, .file = file, .run = run, .out = out};
    struct sl_rewrite of_statement;
    *out = (struct sl_code_rewrite){.outcome = SL_REWRITE_BY_HAND};
    sl_rewrite_sql(target, words, write->text, run, &of_statement);
    if (of_statement.outcome == SL_REWRITE_NOT_A_TRANSITION) {
        out->outcome = SL_REWRITE_NOT_A_TRANSITION;
        return;
    }
    if (!write->is_orm) {
        rewrite_literal(&c);
        return;
    }
    c.is_certain = of_statement.is_certain;
    c.call = file->syntax.root ? find_call(&c) : NULL;
    rewrite_call(&c);
}

sl_str sl_rewrite_callback(const struct sl_plan_target *target, struct sl_arena *run)
{
    const struct sl_phrase phrase = {.language = SL_LANGUAGE_RUBY,
                                     .target = target,
                                     .record = SL_STR("self"),
                                     .value = target->when.column,
                                     .is_attribute = true};
    sl_str line = target->when.column.len ? sl_phrase_render(&phrase, SL_PHRASE_LINE_IF, run) : SL_STR_EMPTY;
    return line.len ? sl_arena_printf(run, "before_save { %.*s }", SL_STR_ARG(line)) : line;
}
