#include "cli/config.h"

#include <cyaml/cyaml.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <yaml.h>

#include "source/file.h"

#define CONFIG_NAME ".stamplint.yml"

/* The keys with fixed names, as libcyaml loads them. */
struct fixed_keys {
    char *dialect, *fail_on, *baseline, *cache, *applied_migrations;
    char **schema, **migrations, **queries, **code, **usage, **exclude;
    unsigned n_schema, n_migrations, n_queries, n_code, n_usage, n_exclude;
};

static const cyaml_schema_value_t path_value = {CYAML_VALUE_STRING(CYAML_FLAG_POINTER, char, 1, CYAML_UNLIMITED)};

#define PATHS(list)                                                                                                    \
    {                                                                                                                  \
        .key = #list, .data_offset = offsetof(struct fixed_keys, list),                                                \
        .count_offset = offsetof(struct fixed_keys, n_##list), .count_size = sizeof(unsigned), .value = {              \
            CYAML_VALUE_SEQUENCE(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, char *, &path_value, 0, CYAML_UNLIMITED)    \
        }                                                                                                              \
    }

static const cyaml_schema_field_t fixed_fields[] = {
    CYAML_FIELD_STRING_PTR("dialect", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fixed_keys, dialect, 1, 32),
    CYAML_FIELD_STRING_PTR("fail_on", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fixed_keys, fail_on, 1, 16),
    CYAML_FIELD_STRING_PTR("baseline", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fixed_keys, baseline, 1,
                           PATH_MAX),
    CYAML_FIELD_STRING_PTR("cache", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fixed_keys, cache, 1, PATH_MAX),
    CYAML_FIELD_STRING_PTR("applied_migrations", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fixed_keys,
                           applied_migrations, 1, 16),
    PATHS(schema),
    PATHS(migrations),
    PATHS(queries),
    PATHS(code),
    PATHS(usage),
    PATHS(exclude),
    CYAML_FIELD_IGNORE("columns", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_IGNORE("rules", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_IGNORE("per_path", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_IGNORE("wrappers", CYAML_FLAG_OPTIONAL),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t top_value = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct fixed_keys, fixed_fields),
};

/* libcyaml reports through a log; the first error and the innermost place are the sentence. */
struct load_log {
    char message[256];
    char place[128];
};

SL_PRINTF(3, 0)
static void load_log_line(cyaml_log_t level, void *context, const char *format, va_list args)
{
    struct load_log *log = context;
    char line[256];
    if (level < CYAML_LOG_ERROR)
        return;
    vsnprintf(line, sizeof line, format, args);
    line[strcspn(line, "\n")] = '\0';
    const char *text = strncmp(line, "Load: ", 6) == 0 ? line + 6 : line;
    const char *place = strstr(text, "(line: ");
    if (place && !log->place[0])
        snprintf(log->place, sizeof log->place, "%.*s", (int)strcspn(place + 1, ")"), place + 1);
    if (!place && !log->message[0] && strncmp(text, "Backtrace", 9) != 0)
        snprintf(log->message, sizeof log->message, "%s", text);
}

static sl_str copy_text(struct sl_arena *run, const char *text)
{
    return text ? sl_arena_copy(run, sl_str_from(text)) : SL_STR_EMPTY;
}

static void copy_list(struct sl_arena *run, struct sl_str_list *list, char *const *items, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        *SL_VEC_PUSH(run, list) = copy_text(run, items[i]);
}

static enum sl_status load_fixed_keys(sl_str bytes, struct sl_arena *run, struct sl_config *out, struct sl_error *err)
{
    struct load_log log = {0};
    cyaml_config_t config = {
        .log_fn = load_log_line, .log_ctx = &log, .mem_fn = cyaml_mem, .log_level = CYAML_LOG_ERROR};
    struct fixed_keys *keys = NULL;
    cyaml_err_t status =
        cyaml_load_data((const uint8_t *)bytes.ptr, bytes.len, &config, &top_value, (cyaml_data_t **)&keys, NULL);
    if (status != CYAML_OK)
        return sl_error_set(err, SL_ERR_CONFIG, "%.*s: %s%s%s.", SL_STR_ARG(out->path),
                            log.message[0] ? log.message : cyaml_strerror(status), log.place[0] ? ", " : "", log.place);
    if (keys) {
        out->dialect = copy_text(run, keys->dialect);
        out->fail_on = copy_text(run, keys->fail_on);
        out->baseline = copy_text(run, keys->baseline);
        out->cache = copy_text(run, keys->cache);
        out->reports_applied = keys->applied_migrations && strcmp(keys->applied_migrations, "report") == 0;
        copy_list(run, &out->schema, keys->schema, keys->n_schema);
        copy_list(run, &out->migrations, keys->migrations, keys->n_migrations);
        copy_list(run, &out->queries, keys->queries, keys->n_queries);
        copy_list(run, &out->code, keys->code, keys->n_code);
        copy_list(run, &out->usage, keys->usage, keys->n_usage);
        copy_list(run, &out->exclude, keys->exclude, keys->n_exclude);
        cyaml_free(&config, &top_value, keys, 0);
    }
    return SL_OK;
}

static sl_str node_text(const yaml_node_t *node)
{
    return node && node->type == YAML_SCALAR_NODE
               ? (sl_str){(const char *)node->data.scalar.value, node->data.scalar.length}
               : SL_STR_EMPTY;
}

static enum sl_status wrong_at(const struct sl_config *config, const yaml_node_t *node, struct sl_error *err,
                               const char *sentence)
{
    return sl_error_set(err, SL_ERR_CONFIG, "%.*s:%zu:%zu: %s.", SL_STR_ARG(config->path), node->start_mark.line + 1,
                        node->start_mark.column + 1, sentence);
}

static bool is_word(sl_str word, const char *const *words)
{
    for (; *words; words++) {
        if (sl_str_eq(word, sl_str_from(*words)))
            return true;
    }
    return false;
}

/* Of two equal keys YAML readers take one or the other; neither is what was meant. */
static bool is_repeated(yaml_document_t *document, const yaml_node_t *mapping, const yaml_node_pair_t *pair)
{
    sl_str key = node_text(yaml_document_get_node(document, pair->key));
    for (yaml_node_pair_t *before = mapping->data.mapping.pairs.start; before < pair; before++) {
        if (sl_str_eq(key, node_text(yaml_document_get_node(document, before->key))))
            return true;
    }
    return false;
}

static enum sl_status check_not_repeated(yaml_document_t *document, const yaml_node_t *mapping,
                                         const yaml_node_pair_t *pair, const struct sl_config *out,
                                         struct sl_error *err)
{
    return is_repeated(document, mapping, pair)
               ? wrong_at(out, yaml_document_get_node(document, pair->key), err, "this key stands in the file twice")
               : SL_OK;
}

static enum sl_status read_rule_levels(yaml_document_t *document, const yaml_node_t *mapping, struct sl_arena *run,
                                       const struct sl_config *config, struct sl_rule_levels *out, struct sl_error *err)
{
    static const char *const levels[] = {"error", "warning", "note", "off", NULL};
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = yaml_document_get_node(document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(document, pair->value);
        SL_TRY(check_not_repeated(document, mapping, pair, config, err));
        if (!is_word(node_text(value), levels))
            return wrong_at(config, value, err, "a rule's level is one of error, warning, note, off");
        *SL_VEC_PUSH(run, out) = (struct sl_rule_level){
            .rule = sl_arena_copy(run, node_text(name)),
            .level = sl_arena_copy(run, node_text(value)),
            .line = (uint32_t)name->start_mark.line + 1,
            .col = (uint32_t)name->start_mark.column + 1,
        };
    }
    return SL_OK;
}

static enum sl_status read_per_path(yaml_document_t *document, const yaml_node_t *mapping, struct sl_arena *run,
                                    struct sl_config *out, struct sl_error *err)
{
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++) {
        const yaml_node_t *pattern = yaml_document_get_node(document, pair->key);
        const yaml_node_t *rules = yaml_document_get_node(document, pair->value);
        SL_TRY(check_not_repeated(document, mapping, pair, out, err));
        if (node_text(pattern).len == 0)
            return wrong_at(out, pattern, err, "a key of per_path is a pattern of paths");
        if (rules->type != YAML_MAPPING_NODE)
            return wrong_at(out, rules, err, "a path's entry is a mapping of rules to levels: { SL201: off }");
        struct sl_path_levels levels = {.pattern = sl_arena_copy(run, node_text(pattern))};
        SL_TRY(read_rule_levels(document, rules, run, out, &levels.rules, err));
        *SL_VEC_PUSH(run, &out->per_path) = levels;
    }
    return SL_OK;
}

/* [winner, loser] → ["winner","loser"] */
static sl_str values_as_json(yaml_document_t *document, const yaml_node_t *sequence, struct sl_arena *run)
{
    struct sl_buf json = {0};
    sl_buf_add_byte(&json, '[');
    for (yaml_node_item_t *item = sequence->data.sequence.items.start; item < sequence->data.sequence.items.top;
         item++) {
        sl_str text = node_text(yaml_document_get_node(document, *item));
        sl_buf_add(&json, json.len > 1 ? SL_STR(",\"") : SL_STR("\""));
        for (size_t i = 0; i < text.len; i++) {
            unsigned char c = (unsigned char)text.ptr[i];
            if (c < 0x20)
                sl_buf_add_printf(&json, "\\u%04x", c);
            else if (c == '"' || c == '\\')
                sl_buf_add_printf(&json, "\\%c", c);
            else
                sl_buf_add_byte(&json, (char)c);
        }
        sl_buf_add_byte(&json, '"');
    }
    sl_buf_add_byte(&json, ']');
    sl_str copied = sl_arena_copy(run, sl_buf_str(&json));
    sl_buf_release(&json);
    return copied;
}

static enum sl_status read_column(yaml_document_t *document, const yaml_node_t *key, const yaml_node_t *value,
                                  struct sl_arena *run, struct sl_config *out, struct sl_error *err)
{
    static const char *const roles[] = {"row_birth", "row_touch", "event_time", "state", "other", NULL};
    sl_str name = node_text(key);
    size_t dot = sl_str_find_byte(name, '.');
    if (dot == SIZE_MAX || dot == 0 || dot + 1 == name.len)
        return wrong_at(out, key, err, "a key of columns is table.column");
    if (value->type != YAML_MAPPING_NODE)
        return wrong_at(out, value, err, "a column's entry is a mapping with role, state and values");
    struct sl_configured_role role = {
        .table = sl_arena_copy_lower(run, sl_str_slice(name, 0, dot)),
        .column = sl_arena_copy_lower(run, sl_str_slice(name, dot + 1, SIZE_MAX)),
        .place = {.line = (uint32_t)key->start_mark.line + 1, .col = (uint32_t)key->start_mark.column + 1},
    };
    for (yaml_node_pair_t *pair = value->data.mapping.pairs.start; pair < value->data.mapping.pairs.top; pair++) {
        const yaml_node_t *field = yaml_document_get_node(document, pair->key);
        const yaml_node_t *content = yaml_document_get_node(document, pair->value);
        sl_str word = node_text(field);
        if (sl_str_eq(word, SL_STR("role")) && is_word(node_text(content), roles))
            role.role = sl_arena_copy(run, node_text(content));
        else if (sl_str_eq(word, SL_STR("role")))
            return wrong_at(out, content, err, "a role is one of row_birth, row_touch, event_time, state, other");
        else if (sl_str_eq(word, SL_STR("state")))
            role.state = sl_arena_copy_lower(run, node_text(content));
        else if (sl_str_eq(word, SL_STR("values")) && content->type == YAML_SEQUENCE_NODE)
            role.values_json = values_as_json(document, content, run);
        else
            return wrong_at(out, field, err, "a column's entry has the keys role, state and values (a list)");
    }
    if (role.role.len == 0)
        return wrong_at(out, key, err, "a column's entry needs a role");
    *SL_VEC_PUSH(run, &out->columns) = role;
    return SL_OK;
}

static enum sl_status read_columns(yaml_document_t *document, const yaml_node_t *mapping, struct sl_arena *run,
                                   struct sl_config *out, struct sl_error *err)
{
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++) {
        SL_TRY(check_not_repeated(document, mapping, pair, out, err));
        SL_TRY(read_column(document, yaml_document_get_node(document, pair->key),
                           yaml_document_get_node(document, pair->value), run, out, err));
    }
    return SL_OK;
}

/* 1, 2, 3 … of an argument's place; 0 where the text is none. */
static unsigned argument_place(sl_str text)
{
    bool is_place = text.len == 1 && text.ptr[0] >= '1' && text.ptr[0] <= '9';
    return is_place ? (unsigned)(text.ptr[0] - '0') : 0;
}

static bool is_keyword(sl_str text)
{
    return text.len && (sl_is_alpha(text.ptr[0]) || text.ptr[0] == '_');
}

static enum sl_status read_wrapper_field(const yaml_node_t *field, const yaml_node_t *content, struct sl_arena *run,
                                         struct sl_config *out, struct sl_wrapper *wrapper, struct sl_error *err)
{
    static const char *const buckets[] = {"hour", "day", "week", "month", "quarter", "year", NULL};
    sl_str word = node_text(field);
    sl_str value = node_text(content);
    if (sl_str_eq(word, SL_STR("bucket")) && is_word(value, buckets)) {
        wrapper->bucket = sl_arena_copy(run, value);
    } else if (sl_str_eq(word, SL_STR("bucket"))) {
        return wrong_at(out, content, err, "a bucket is one of hour, day, week, month, quarter, year");
    } else if (sl_str_eq(word, SL_STR("rows")) && argument_place(value)) {
        wrapper->rows_at = argument_place(value);
    } else if (sl_str_eq(word, SL_STR("rows"))) {
        return wrong_at(out, content, err, "rows is the place of an argument, from 1");
    } else if (sl_str_eq(word, SL_STR("column")) && (argument_place(value) || is_keyword(value))) {
        wrapper->column_at = argument_place(value);
        wrapper->keyword = wrapper->column_at ? SL_STR_EMPTY : sl_arena_copy(run, value);
    } else if (sl_str_eq(word, SL_STR("column"))) {
        return wrong_at(out, content, err, "column is the place of an argument, from 1, or the keyword of one");
    } else {
        return wrong_at(out, field, err, "a wrapper's entry has the keys column, rows and bucket");
    }
    return SL_OK;
}

/* daily: { column: 1, bucket: day } */
static enum sl_status read_wrappers(yaml_document_t *document, const yaml_node_t *mapping, struct sl_arena *run,
                                    struct sl_config *out, struct sl_error *err)
{
    for (yaml_node_pair_t *pair = mapping->data.mapping.pairs.start; pair < mapping->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(document, pair->value);
        struct sl_wrapper wrapper = {.keyword = SL_STR_EMPTY, .bucket = SL_STR("day")};
        SL_TRY(check_not_repeated(document, mapping, pair, out, err));
        if (value->type != YAML_MAPPING_NODE)
            return wrong_at(out, value, err, "a wrapper's entry is a mapping with column, rows and bucket");
        for (yaml_node_pair_t *field = value->data.mapping.pairs.start; field < value->data.mapping.pairs.top; field++)
            SL_TRY(read_wrapper_field(yaml_document_get_node(document, field->key),
                                      yaml_document_get_node(document, field->value), run, out, &wrapper, err));
        wrapper.method = sl_arena_copy(run, node_text(key));
        if (wrapper.column_at == 0 && wrapper.keyword.len == 0)
            wrapper.column_at = wrapper.rows_at == 1 ? 2 : 1;
        if (wrapper.column_at && wrapper.column_at == wrapper.rows_at)
            return wrong_at(out, key, err, "one argument cannot give both the rows and the column");
        *SL_VEC_PUSH(run, &out->wrappers) = wrapper;
    }
    return SL_OK;
}

static const cyaml_schema_field_t *find_field(sl_str key)
{
    for (const cyaml_schema_field_t *field = fixed_fields; field->key; field++) {
        if (sl_str_eq(key, sl_str_from(field->key)))
            return field;
    }
    return NULL;
}

static bool is_filled_scalar(const yaml_node_t *node)
{
    return node->type == YAML_SCALAR_NODE && node->data.scalar.length > 0;
}

static bool is_list_of_words(yaml_document_t *document, const yaml_node_t *node)
{
    if (node->type != YAML_SEQUENCE_NODE)
        return false;
    for (yaml_node_item_t *item = node->data.sequence.items.start; item < node->data.sequence.items.top; item++) {
        if (!is_filled_scalar(yaml_document_get_node(document, *item)))
            return false;
    }
    return true;
}

/* A value of another kind than its key's, said with its place; libcyaml would name YAML's events. */
static enum sl_status check_value(yaml_document_t *document, const cyaml_schema_field_t *field,
                                  const yaml_node_t *value, struct sl_config *out, struct sl_error *err)
{
    static const char *const fail_on[] = {"error", "warning", "note", "never", NULL};
    static const char *const applied[] = {"report", "skip", NULL};
    sl_str key = sl_str_from(field->key);
    enum sl_dialect dialect;
    if (field->value.type == CYAML_SEQUENCE && !is_list_of_words(document, value))
        return wrong_at(out, value, err, "this is a list of paths: [a, b]");
    if (field->value.type == CYAML_STRING && !is_filled_scalar(value))
        return wrong_at(out, value, err, "this is one word");
    if (field->value.type == CYAML_IGNORE && value->type != YAML_MAPPING_NODE)
        return wrong_at(out, value, err, "rules, per_path, columns and wrappers are mappings");
    if (sl_str_eq(key, SL_STR("dialect")) && !sl_dialect_lookup(node_text(value), &dialect))
        return wrong_at(out, value, err, "dialect is one of postgres, mysql, sqlite");
    if (sl_str_eq(key, SL_STR("fail_on")) && !is_word(node_text(value), fail_on))
        return wrong_at(out, value, err, "fail_on is one of error, warning, note, never");
    if (sl_str_eq(key, SL_STR("applied_migrations")) && !is_word(node_text(value), applied))
        return wrong_at(out, value, err, "applied_migrations is one of report, skip");
    return SL_OK;
}

static enum sl_status read_open_mappings(yaml_document_t *document, struct sl_arena *run, struct sl_config *out,
                                         struct sl_error *err)
{
    const yaml_node_t *root = yaml_document_get_root_node(document);
    if (!root)
        return SL_OK;
    if (root->type != YAML_MAPPING_NODE)
        return wrong_at(out, root, err, "the configuration is a mapping: keys with values");
    for (yaml_node_pair_t *pair = root->data.mapping.pairs.start; pair < root->data.mapping.pairs.top; pair++) {
        const yaml_node_t *name = yaml_document_get_node(document, pair->key);
        const yaml_node_t *value = yaml_document_get_node(document, pair->value);
        sl_str key = node_text(name);
        const cyaml_schema_field_t *field = find_field(key);
        if (!field)
            return wrong_at(
                out, name, err,
                "there is no such key; the keys are dialect, schema, migrations, queries, code, usage, "
                "exclude, columns, wrappers, rules, per_path, applied_migrations, baseline, cache, fail_on");
        SL_TRY(check_not_repeated(document, root, pair, out, err));
        SL_TRY(check_value(document, field, value, out, err));
        if (sl_str_eq(key, SL_STR("rules")))
            SL_TRY(read_rule_levels(document, value, run, out, &out->rules, err));
        if (sl_str_eq(key, SL_STR("per_path")))
            SL_TRY(read_per_path(document, value, run, out, err));
        if (sl_str_eq(key, SL_STR("columns")))
            SL_TRY(read_columns(document, value, run, out, err));
        if (sl_str_eq(key, SL_STR("wrappers")))
            SL_TRY(read_wrappers(document, value, run, out, err));
    }
    return SL_OK;
}

static enum sl_status load_open_mappings(sl_str bytes, struct sl_arena *run, struct sl_config *out,
                                         struct sl_error *err)
{
    yaml_parser_t parser;
    yaml_document_t document;
    if (!yaml_parser_initialize(&parser))
        sl_out_of_memory();
    yaml_parser_set_input_string(&parser, (const unsigned char *)bytes.ptr, bytes.len);
    enum sl_status status = SL_OK;
    if (yaml_parser_load(&parser, &document)) {
        status = read_open_mappings(&document, run, out, err);
        yaml_document_delete(&document);
    } else {
        status = sl_error_set(err, SL_ERR_CONFIG, "%.*s:%zu:%zu: this is not YAML: %s.", SL_STR_ARG(out->path),
                              parser.problem_mark.line + 1, parser.problem_mark.column + 1,
                              parser.problem ? parser.problem : "it cannot be read");
    }
    yaml_parser_delete(&parser);
    return status;
}

/* The nearest CONFIG_NAME from the working directory upwards; stops behind the folder that holds .git. */
static sl_str config_find(struct sl_arena *run)
{
    sl_str dir = SL_STR("");
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here))
        return SL_STR_EMPTY;
    size_t depth = 0;
    for (const char *p = here; *p; p++)
        depth += *p == '/' && p[1];
    for (size_t i = 0; i <= depth; i++) {
        sl_str path = sl_arena_printf(run, "%.*s" CONFIG_NAME, SL_STR_ARG(dir));
        if (access(path.ptr, F_OK) == 0)
            return path;
        if (access(sl_arena_printf(run, "%.*s.git", SL_STR_ARG(dir)).ptr, F_OK) == 0)
            break;
        dir = sl_arena_printf(run, "%.*s../", SL_STR_ARG(dir));
    }
    return SL_STR_EMPTY;
}

enum sl_status sl_config_read(sl_str path, struct sl_arena *run, struct sl_config *out, struct sl_error *err)
{
    struct sl_config config = {.path = path.len ? path : config_find(run), .dir = SL_STR(".")};
    if (config.path.len == 0) {
        *out = config;
        return SL_OK;
    }
    const char *slash = memrchr(config.path.ptr, '/', config.path.len);
    if (slash)
        config.dir = sl_arena_copy(
            run, sl_str_slice(config.path, 0, (size_t)(slash - config.path.ptr) + (slash == config.path.ptr)));
    sl_str bytes = SL_STR_EMPTY;
    SL_TRY(sl_file_read(config.path, run, &bytes, err));
    if (sl_str_trim(bytes).len > 0) {
        SL_TRY(load_open_mappings(bytes, run, &config, err));
        SL_TRY(load_fixed_keys(bytes, run, &config, err));
    }
    *out = config;
    return SL_OK;
}
