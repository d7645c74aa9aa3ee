#include "rule/rule.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/embedded.h"
#include "base/limits.h"
#include "base/vec.h"

const struct sl_rule *sl_rule_find(const struct sl_rule_set *set, sl_str id_or_name)
{
    for (size_t i = 0; i < set->len; i++)
        if (sl_str_eq_nocase(set->items[i].id, id_or_name) || sl_str_eq_nocase(set->items[i].name, id_or_name))
            return &set->items[i];
    return NULL;
}

enum sl_status sl_rule_add_page(sl_str path, sl_str bytes, bool is_built_in, struct sl_rule_set *set,
                                struct sl_arena *run, struct sl_error *err)
{
    struct sl_rule rule;
    SL_TRY(sl_rule_page_parse(path, bytes, run, &rule, err));
    rule.is_built_in = is_built_in;
    const struct sl_rule *same_id = sl_rule_find(set, rule.id);
    if (same_id)
        return sl_error_set(err, SL_ERR_CONFIG, "%.*s: the id %.*s belongs to %.*s already.", SL_STR_ARG(path),
                            SL_STR_ARG(rule.id), SL_STR_ARG(same_id->path));
    const struct sl_rule *same_name = sl_rule_find(set, rule.name);
    if (same_name)
        return sl_error_set(err, SL_ERR_CONFIG, "%.*s: the name %.*s belongs to %.*s already.", SL_STR_ARG(path),
                            SL_STR_ARG(rule.name), SL_STR_ARG(same_name->path));
    *SL_VEC_PUSH(run, set) = rule;
    return SL_OK;
}

enum sl_status sl_rule_load_built_in(struct sl_rule_set *set, struct sl_arena *run, struct sl_error *err)
{
    for (const struct sl_embedded_text *text = sl_embedded_rules; text->name; text++) {
        sl_str path = sl_arena_printf(run, "rules/%s", text->name);
        SL_TRY(sl_rule_add_page(path, (sl_str){text->bytes, text->len}, true, set, run, err));
    }
    return SL_OK;
}

static enum sl_status read_page(sl_str path, struct sl_arena *run, sl_str *bytes, struct sl_error *err)
{
    FILE *file = fopen(path.ptr, "rbe");
    if (!file)
        return sl_error_set(err, SL_ERR_IO, "%.*s: cannot be read: %s.", SL_STR_ARG(path), strerror(errno));
    char *text = malloc(SL_MAX_RULE_PAGE_BYTES + 1);
    if (!text)
        sl_out_of_memory();
    size_t len = fread(text, 1, SL_MAX_RULE_PAGE_BYTES + 1, file);
    bool has_failed = ferror(file) != 0;
    fclose(file);
    if (!has_failed && len <= SL_MAX_RULE_PAGE_BYTES)
        *bytes = sl_arena_copy(run, (sl_str){text, len});
    free(text);
    if (has_failed)
        return sl_error_set(err, SL_ERR_IO, "%.*s: cannot be read.", SL_STR_ARG(path));
    if (len > SL_MAX_RULE_PAGE_BYTES)
        return sl_error_set(err, SL_ERR_LIMIT, "%.*s: a rule page of more than %u bytes.", SL_STR_ARG(path),
                            SL_MAX_RULE_PAGE_BYTES);
    return SL_OK;
}

static int is_page_name(const struct dirent *entry)
{
    sl_str name = sl_str_from(entry->d_name);
    return name.len > 3 && name.ptr[0] != '.' && sl_str_has_suffix(name, SL_STR(".md")) &&
           !sl_str_eq_nocase(name, SL_STR("README.md"));
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

enum sl_status sl_rule_load_folder(const char *folder, struct sl_rule_set *set, struct sl_arena *run,
                                   struct sl_error *err)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_page_name, by_name);
    if (n < 0)
        return sl_error_set(err, SL_ERR_IO, "%s: the folder of rules cannot be read: %s.", folder, strerror(errno));
    enum sl_status status = SL_OK;
    if (n == 0)
        status = sl_error_set(err, SL_ERR_CONFIG, "%s: there is no rule page (*.md) in this folder.", folder);
    for (int i = 0; i < n; i++) {
        sl_str path = sl_arena_printf(run, "%s/%s", folder, entries[i]->d_name);
        sl_str bytes = SL_STR_EMPTY;
        if (status == SL_OK)
            status = read_page(path, run, &bytes, err);
        if (status == SL_OK)
            status = sl_rule_add_page(path, bytes, false, set, run, err);
        free(entries[i]);
    }
    free(entries);
    return status;
}

static sl_str without_front_matter(sl_str bytes)
{
    size_t end = sl_str_find(bytes, SL_STR("\n---"));
    return sl_str_trim(end == SIZE_MAX ? bytes : sl_str_slice(bytes, end + 4, SIZE_MAX));
}

void sl_rule_render_page(const struct sl_rule *rule, struct sl_buf *out)
{
    sl_buf_add_printf(out, "%.*s %.*s\n\n%.*s\n\n", SL_STR_ARG(rule->id), SL_STR_ARG(rule->name),
                      SL_STR_ARG(rule->summary));
    sl_buf_add_printf(out, "severity %s, confidence %s, %s since %.*s%s\n\n", rule->severity, rule->confidence,
                      sl_rule_status_name(rule->status), SL_STR_ARG(rule->since),
                      rule->is_on_by_default ? "" : ", off unless it is selected or configured");
    sl_buf_add(out, without_front_matter(rule->bytes));
    sl_buf_add_byte(out, '\n');
}

void sl_rule_render_table(const struct sl_rule_set *set, struct sl_buf *out)
{
    size_t width = 0;
    for (size_t i = 0; i < set->len; i++)
        width = set->items[i].name.len > width ? set->items[i].name.len : width;
    for (size_t i = 0; i < set->len; i++) {
        const struct sl_rule *rule = &set->items[i];
        const char *state = rule->status != SL_RULE_STABLE ? sl_rule_status_name(rule->status)
                            : rule->is_on_by_default       ? "on"
                                                           : "off";
        sl_buf_add_printf(out, "%-8.*s %-*.*s %-8s %-8s %.*s\n", SL_STR_ARG(rule->id), (int)width,
                          SL_STR_ARG(rule->name), rule->severity, state, SL_STR_ARG(rule->summary));
    }
}
