/*
 * config: .stamplint.yml.
 *
 * In:    a path, or the working directory: the file is looked for upwards to the repository's root (the folder that
 *        holds .git).
 * Out:   a struct sl_config; everything lives in the run arena. Paths are as written, relative to `dir`.
 * Fails: SL_ERR_CONFIG with file, line and column where YAML or a key is wrong; SL_ERR_IO if a named file is not there.
 * How:   libcyaml reads the keys that are fixed; the mappings whose keys are the user's (columns, rules, per_path,
 * wrappers) are read with libyaml, for libcyaml has no mappings with open keys.
 */
#ifndef SL_CLI_CONFIG_H
#define SL_CLI_CONFIG_H

#include "cli/options.h"
#include "resolve/role.h"
#include "source/wrapper.h"

struct sl_rule_level {
    sl_str rule;
    sl_str level; /* error | warning | note | off */
    uint32_t line, col;
};

struct sl_rule_levels {
    struct sl_rule_level *items;
    size_t len, cap;
};

/* Levels that hold for the files of a pattern. */
struct sl_path_levels {
    sl_str pattern;
    struct sl_rule_levels rules;
};

struct sl_config {
    sl_str path; /* empty: no configuration */
    sl_str dir;  /* where it lies; "." if it lies here */
    sl_str dialect;
    sl_str fail_on;
    sl_str baseline;
    sl_str cache;         /* a folder, or "off"; empty: the usual one */
    bool reports_applied; /* applied_migrations: report */
    struct sl_str_list schema, migrations, queries, code, usage, exclude;
    struct sl_rule_levels rules;
    struct {
        struct sl_path_levels *items;
        size_t len, cap;
    } per_path;
    struct {
        struct sl_configured_role *items;
        size_t len, cap;
    } columns;
    struct sl_wrappers wrappers;
};

/* `path` empty: look for the file; finding none gives an empty configuration. */
SL_NODISCARD enum sl_status sl_config_read(sl_str path, struct sl_arena *run, struct sl_config *out,
                                           struct sl_error *err);

#endif
