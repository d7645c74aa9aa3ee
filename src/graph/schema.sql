-- The column-usage graph of stamplint: facts only, no verdicts. Rules are SELECTs over it.
-- Times are Unix microseconds; durations are microseconds; offsets are bytes; line and col are 1-based, col in characters.
-- A place is the columns source_id, off, len, line, col, end_line, end_col; line 0 or NULL means "nowhere".

-- What this database is. Keys: schema_version, tool_version, fingerprint (algorithm and version).
CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A file or stream that was given to us.
CREATE TABLE source (
    source_id   INTEGER PRIMARY KEY,
    path        TEXT NOT NULL,                -- as shown to people
    kind        TEXT NOT NULL CHECK (kind IN ('schema', 'migration', 'sql', 'code', 'query_log')),
    dialect     TEXT NOT NULL CHECK (dialect IN ('postgres', 'mysql', 'sqlite')),
    is_reported INTEGER NOT NULL,             -- findings on it are shown
    n_bytes     INTEGER NOT NULL
) STRICT;

-- One SQL statement, in the order of execution (statement_id ascends).
CREATE TABLE statement (
    statement_id  INTEGER PRIMARY KEY,
    source_id     INTEGER NOT NULL REFERENCES source,
    parent_id     INTEGER REFERENCES statement, -- the CREATE TRIGGER, … whose body it is; the statement it is a part of
    role          TEXT NOT NULL CHECK (role IN ('main', 'part', 'body', 'condition')),
    kind          TEXT NOT NULL,              -- "select", "update", "create table" …; "not_understood"
    off INTEGER NOT NULL, len INTEGER NOT NULL,
    line INTEGER NOT NULL, col INTEGER NOT NULL, end_line INTEGER NOT NULL, end_col INTEGER NOT NULL,
    fingerprint   TEXT NOT NULL,              -- of the shape, literals apart
    text          TEXT NOT NULL,              -- as written (a log: one sample), capped
    is_understood INTEGER NOT NULL,
    tx_number     INTEGER NOT NULL DEFAULT 0, -- statements of one source with the same number > 0 share a transaction
    is_orm        INTEGER NOT NULL DEFAULT 0, -- written out from an ORM call
    is_batched    INTEGER NOT NULL DEFAULT 0, -- inside a loop over batches
    is_row_by_row INTEGER NOT NULL DEFAULT 0, -- inside a loop that writes each row
    is_grouped_in_memory INTEGER NOT NULL DEFAULT 0,
    is_open       INTEGER NOT NULL DEFAULT 0, -- the ORM chain has calls that are not known
    calls         INTEGER,                    -- a log: executions; else NULL
    total_us      INTEGER,
    rows_affected INTEGER,
    first_seen_us INTEGER,
    last_seen_us  INTEGER,
    users         TEXT,
    databases     TEXT,
    applications  TEXT,
    app_location  TEXT                        -- from sqlcommenter or marginalia comments
) STRICT;
CREATE INDEX statement_source ON statement (source_id);

CREATE TABLE db_table (
    table_id    INTEGER PRIMARY KEY,
    schema_name TEXT NOT NULL,
    name        TEXT NOT NULL,
    kind        TEXT NOT NULL CHECK (kind IN ('table', 'view', 'materialized_view', 'foreign_table')),
    is_inferred INTEGER NOT NULL,             -- no DDL made it; queries use it
    is_dropped  INTEGER NOT NULL,
    statement_id INTEGER REFERENCES statement, -- the statement that made it
    source_id INTEGER, line INTEGER, col INTEGER
) STRICT;
CREATE INDEX db_table_name ON db_table (name);

CREATE TABLE db_column (
    column_id   INTEGER PRIMARY KEY,
    table_id    INTEGER NOT NULL REFERENCES db_table,
    name        TEXT NOT NULL,
    type        TEXT NOT NULL,                -- as written; '' if unknown
    type_class  TEXT NOT NULL CHECK (type_class IN ('unknown', 'time', 'bool', 'enum', 'text', 'integer', 'number', 'other')),
    is_not_null INTEGER NOT NULL,
    is_generated INTEGER NOT NULL,
    in_primary_key INTEGER NOT NULL,
    in_unique_key  INTEGER NOT NULL,
    in_foreign_key INTEGER NOT NULL,
    default_text TEXT,
    default_is_now INTEGER NOT NULL,
    on_update_now  INTEGER NOT NULL,
    is_inferred INTEGER NOT NULL,
    is_dropped  INTEGER NOT NULL,
    role        TEXT NOT NULL DEFAULT 'other' CHECK (role IN ('row_birth', 'row_touch', 'event_time', 'state', 'other')),
    confidence  TEXT NOT NULL DEFAULT 'low' CHECK (confidence IN ('high', 'medium', 'low')), -- of the role
    event_state_column INTEGER,               -- event_time: the state column whose transition it records, if known
    event_values TEXT,                        -- event_time: JSON array of the state's values, if known
    statement_id INTEGER REFERENCES statement,
    source_id INTEGER, off INTEGER, len INTEGER, line INTEGER, col INTEGER, end_line INTEGER, end_col INTEGER
) STRICT;
CREATE INDEX db_column_table ON db_column (table_id, name);

-- Why a column has its role (or, is_against, why it does not).
CREATE TABLE role_evidence (
    column_id INTEGER NOT NULL REFERENCES db_column,
    kind      TEXT NOT NULL,
    is_against INTEGER NOT NULL,
    detail    TEXT,
    source_id INTEGER, off INTEGER, len INTEGER, line INTEGER, col INTEGER, end_line INTEGER, end_col INTEGER
) STRICT;
CREATE INDEX role_evidence_column ON role_evidence (column_id);

-- A SELECT, an arm of a set operation, a writing statement: the unit in which names mean something.
CREATE TABLE query_block (
    block_id      INTEGER PRIMARY KEY,
    statement_id  INTEGER NOT NULL REFERENCES statement,
    parent_id     INTEGER REFERENCES query_block,
    kind          TEXT NOT NULL,
    name          TEXT,
    has_grouping  INTEGER NOT NULL,
    has_aggregate INTEGER NOT NULL,
    has_count     INTEGER NOT NULL,
    has_count_star INTEGER NOT NULL,          -- count(*): the rows themselves, not some column
    has_distinct  INTEGER NOT NULL,
    has_limit     INTEGER NOT NULL,
    has_order     INTEGER NOT NULL,
    has_locking   INTEGER NOT NULL,
    is_recursive  INTEGER NOT NULL,
    line INTEGER, col INTEGER, off INTEGER, len INTEGER
) STRICT;
CREATE INDEX query_block_statement ON query_block (statement_id);

CREATE TABLE block_relation (
    block_id     INTEGER NOT NULL REFERENCES query_block,
    table_id     INTEGER REFERENCES db_table,
    source_block INTEGER REFERENCES query_block,
    alias        TEXT,
    join_kind    TEXT NOT NULL
) STRICT;
CREATE INDEX block_relation_block ON block_relation (block_id);

-- One statement uses one column in one clause, in one shape (resolve/fact.h has the words).
CREATE TABLE column_use (
    use_id        INTEGER PRIMARY KEY,
    statement_id  INTEGER NOT NULL REFERENCES statement,
    block_id      INTEGER NOT NULL REFERENCES query_block,
    column_id     INTEGER REFERENCES db_column,
    clause        TEXT NOT NULL,
    shape         TEXT NOT NULL,
    bucket        TEXT,
    bound         TEXT,
    compared_with TEXT,
    compared_column INTEGER,
    functions     TEXT,
    aggregate     TEXT,
    aggregate_filtered INTEGER NOT NULL,
    window_function TEXT,
    sort          TEXT,
    key_ordinal   INTEGER,
    output_name   TEXT,
    via_block     INTEGER,
    via_aggregate TEXT,                       -- the aggregate inside via_block that made the derived column
    in_boolean_sum INTEGER NOT NULL,
    aggregate_ordinal INTEGER,                -- tells the aggregates of one statement apart
    name          TEXT,                       -- as written, where column_id is NULL
    resolution    TEXT NOT NULL CHECK (resolution IN ('exact', 'ambiguous', 'unknown')),
    off INTEGER, len INTEGER, line INTEGER, col INTEGER, end_line INTEGER, end_col INTEGER
) STRICT;
CREATE INDEX column_use_column ON column_use (column_id);
CREATE INDEX column_use_block ON column_use (block_id);
CREATE INDEX column_use_statement ON column_use (statement_id);

-- A literal or boolean test on a column; inherited from inner blocks (CTE, view, derived table).
CREATE TABLE state_predicate (
    statement_id INTEGER NOT NULL REFERENCES statement,
    block_id     INTEGER NOT NULL REFERENCES query_block,
    column_id    INTEGER NOT NULL,
    operator     TEXT NOT NULL,
    value_kind   TEXT NOT NULL,
    value_list   TEXT,                        -- JSON array of the literals
    clause       TEXT NOT NULL,
    inherited_from INTEGER,
    aggregate_ordinal INTEGER,                -- filter, case: the aggregate it belongs to, as in column_use; else NULL
    is_state     INTEGER NOT NULL,            -- tells a state of the row by structure, type and name (not whose, what kind)
    off INTEGER, len INTEGER, line INTEGER, col INTEGER
) STRICT;
CREATE INDEX state_predicate_block ON state_predicate (block_id);

CREATE TABLE assignment (
    assignment_id INTEGER PRIMARY KEY,
    statement_id INTEGER NOT NULL REFERENCES statement,
    block_id     INTEGER NOT NULL REFERENCES query_block,
    column_id    INTEGER NOT NULL,
    arm          TEXT NOT NULL,
    value_shape  TEXT NOT NULL,
    value_column INTEGER,
    value_text   TEXT,
    off INTEGER, len INTEGER, line INTEGER, col INTEGER, end_line INTEGER, end_col INTEGER
) STRICT;
CREATE INDEX assignment_statement ON assignment (statement_id);

CREATE TABLE lineage_edge (
    statement_id   INTEGER NOT NULL REFERENCES statement,
    block_id       INTEGER NOT NULL REFERENCES query_block,
    output_ordinal INTEGER NOT NULL,
    output_name    TEXT,
    column_id      INTEGER NOT NULL,
    functions      TEXT,
    bucket         TEXT,
    aggregate      TEXT,
    target_column  INTEGER,
    off INTEGER, len INTEGER, line INTEGER, col INTEGER
) STRICT;
CREATE INDEX lineage_edge_block ON lineage_edge (block_id);

CREATE TABLE write (
    write_id     INTEGER PRIMARY KEY,
    statement_id INTEGER NOT NULL REFERENCES statement,
    block_id     INTEGER NOT NULL REFERENCES query_block,
    table_id     INTEGER NOT NULL REFERENCES db_table,
    verb         TEXT NOT NULL,
    scale        TEXT NOT NULL CHECK (scale IN ('row', 'batch', 'filtered', 'table')),
    off INTEGER, len INTEGER, line INTEGER, col INTEGER, end_line INTEGER, end_col INTEGER
) STRICT;
CREATE INDEX write_statement ON write (statement_id);

-- Which time columns a write moves, and by what evidence.
CREATE TABLE write_effect (
    statement_id INTEGER NOT NULL REFERENCES statement,
    table_id     INTEGER NOT NULL,
    column_id    INTEGER NOT NULL,
    moves        INTEGER NOT NULL,
    evidence     TEXT NOT NULL,
    reason       TEXT,
    evidence_source_id INTEGER, evidence_off INTEGER, evidence_len INTEGER, evidence_line INTEGER, evidence_col INTEGER
) STRICT;
CREATE INDEX write_effect_statement ON write_effect (statement_id);

-- Inline "-- stamplint-ignore SL101: reason", "-- stamplint-ignore-file …", "-- stamplint-ack: who, what was checked".
CREATE TABLE ignore (
    ignore_id    INTEGER PRIMARY KEY,
    kind         TEXT NOT NULL CHECK (kind IN ('ignore', 'ignore_file', 'ack')),
    source_id    INTEGER NOT NULL REFERENCES source,
    statement_id INTEGER REFERENCES statement, -- the statement it stands at; NULL for a whole file
    rule         TEXT,                         -- NULL for ack
    reason       TEXT,                         -- '' if none was given
    is_used      INTEGER NOT NULL DEFAULT 0,
    off INTEGER NOT NULL, len INTEGER NOT NULL,
    line INTEGER NOT NULL, col INTEGER NOT NULL, end_line INTEGER NOT NULL, end_col INTEGER NOT NULL
) STRICT;

-- What was not understood, or read in part.
CREATE TABLE diagnostic (
    source_id    INTEGER NOT NULL REFERENCES source,
    statement_id INTEGER,
    kind         TEXT NOT NULL CHECK (kind IN ('not_understood', 'passed_over', 'limit')),
    message      TEXT NOT NULL,
    line INTEGER NOT NULL, col INTEGER NOT NULL
) STRICT;

-- The rules that were loaded, as their pages say.
CREATE TABLE rule (
    rule_id    TEXT PRIMARY KEY,              -- SL101
    name       TEXT NOT NULL,
    summary    TEXT NOT NULL,
    severity   TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'note')),
    confidence TEXT NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
    status     TEXT NOT NULL CHECK (status IN ('preview', 'stable', 'deprecated', 'removed')),
    since      TEXT NOT NULL,
    what       TEXT NOT NULL,                 -- the page's "What it finds", Markdown
    fix        TEXT NOT NULL,                 -- the page's "Fix", Markdown
    is_built_in INTEGER NOT NULL,             -- 0: from --rules DIR
    is_enabled INTEGER NOT NULL               -- it ran
) STRICT, WITHOUT ROWID;

-- The rules' results. Reporters read these three tables, rule and the view coverage, and nothing else.
CREATE TABLE finding (
    finding_id   INTEGER PRIMARY KEY,
    rule         TEXT NOT NULL,
    name         TEXT NOT NULL,
    severity     TEXT NOT NULL CHECK (severity IN ('error', 'warning', 'note')),
    confidence   TEXT NOT NULL CHECK (confidence IN ('high', 'medium', 'low')),
    message      TEXT NOT NULL,
    advice       TEXT,                        -- the next step
    statement_id INTEGER,
    source_id    INTEGER NOT NULL,
    path         TEXT NOT NULL,
    off INTEGER NOT NULL, len INTEGER NOT NULL,
    line INTEGER NOT NULL, col INTEGER NOT NULL, end_line INTEGER NOT NULL, end_col INTEGER NOT NULL,
    table_name   TEXT, column_name TEXT,
    subject      TEXT,                        -- table.column
    suggestion_column TEXT, suggestion_exists INTEGER,
    fingerprint  TEXT NOT NULL,               -- of the finding: stable over moved lines
    calls INTEGER, total_us INTEGER, first_seen_us INTEGER, last_seen_us INTEGER,
    frame        TEXT,                        -- the source lines of the place, for the code frame; capped
    frame_line   INTEGER,                     -- the line number of the frame's first line
    status       TEXT NOT NULL DEFAULT 'shown' CHECK (status IN ('shown', 'ignored', 'baseline', 'unchanged', 'unreported'))
) STRICT;

CREATE TABLE finding_evidence (
    finding_id INTEGER NOT NULL REFERENCES finding,
    ordinal    INTEGER NOT NULL,
    kind       TEXT NOT NULL,
    detail     TEXT,                          -- one sentence, complete with the place
    path TEXT, line INTEGER, col INTEGER, off INTEGER, len INTEGER
) STRICT;

CREATE INDEX finding_evidence_finding ON finding_evidence (finding_id);

CREATE TABLE finding_affects (
    finding_id   INTEGER NOT NULL REFERENCES finding,
    statement_id INTEGER NOT NULL,
    path TEXT NOT NULL, line INTEGER NOT NULL, col INTEGER NOT NULL,
    fingerprint TEXT NOT NULL,
    calls INTEGER,
    PRIMARY KEY (finding_id, statement_id)
) STRICT, WITHOUT ROWID;

-- What was read: one row. A log's statement counts as often as it ran.
CREATE VIEW coverage AS
    SELECT (SELECT count(*) FROM source) AS sources,
           coalesce(sum(coalesce(calls, 1)), 0) AS statements,
           count(DISTINCT fingerprint) AS "distinct",
           coalesce(sum(CASE WHEN is_understood THEN coalesce(calls, 1) END), 0) AS understood,
           coalesce(sum(CASE WHEN NOT is_understood THEN coalesce(calls, 1) END), 0) AS not_understood
    FROM statement WHERE role = 'main';

-- Views: the only library that a rule may lean on.

-- Columns that every write rewrites.
CREATE VIEW row_touch_column AS
    SELECT c.column_id, c.table_id, t.name AS table_name, c.name AS column_name, c.confidence, c.is_inferred,
           t.name || '.' || c.name AS subject
    FROM db_column AS c JOIN db_table AS t USING (table_id)
    WHERE c.role = 'row_touch' AND NOT c.is_dropped;

-- Tests on the state of a table's rows that hold for a whole block: WHERE, ON, HAVING, and what inner queries carry out.
CREATE VIEW block_state AS
    SELECT p.statement_id, p.block_id, p.column_id, c.table_id, p.operator, p.value_kind, p.value_list, p.clause,
           p.aggregate_ordinal, p.inherited_from
    FROM state_predicate AS p JOIN db_column AS c USING (column_id)
    WHERE p.is_state;

-- A row-touch column in a grouping key (or what stands for one: PARTITION BY, a join with a calendar) that wraps it.
CREATE VIEW touch_bucket AS
    SELECT u.use_id, u.statement_id, u.block_id, u.column_id, t.table_id, u.clause, u.key_ordinal, u.shape, u.bucket,
           u.functions, u.resolution, t.subject, t.table_name, t.column_name, t.confidence, t.is_inferred
    FROM column_use AS u JOIN row_touch_column AS t USING (column_id)
    WHERE u.shape <> 'bare' AND u.aggregate IS NULL AND u.via_aggregate IS NULL
      AND (u.clause IN ('group_by', 'partition_by')
           OR u.clause IN ('join_on', 'where') AND u.bound = 'equal' AND u.compared_with IN ('column', 'subquery')
              AND u.functions <> '');

-- Statements whose result moves when rows are touched: the reads that the write rules warn about.
CREATE VIEW report_on_touch AS
    SELECT DISTINCT b.statement_id, b.column_id, b.table_id, b.use_id
    FROM touch_bucket AS b
    WHERE b.clause IN ('group_by', 'partition_by')
    UNION
    SELECT u.statement_id, u.column_id, t.table_id, u.use_id
    FROM column_use AS u JOIN row_touch_column AS t USING (column_id) JOIN query_block AS q USING (block_id)
    WHERE q.has_aggregate AND u.clause IN ('where', 'join_on', 'filter', 'having', 'select')
      AND u.bound IN ('lower', 'both', 'equal') AND u.compared_with IN ('literal', 'parameter', 'now', 'now_offset')
      AND (u.aggregate IS NULL OR u.in_boolean_sum OR u.clause = 'filter')
      AND EXISTS (SELECT 1 FROM block_state AS s WHERE s.block_id = u.block_id AND s.table_id = t.table_id)
    UNION
    SELECT u.statement_id, u.column_id, t.table_id, u.use_id
    FROM column_use AS u JOIN row_touch_column AS t USING (column_id)
    WHERE u.shape = 'difference' AND u.aggregate IS NOT NULL AND u.compared_with = 'column'
    UNION
    SELECT u.statement_id, u.column_id, t.table_id, u.use_id
    FROM column_use AS u JOIN row_touch_column AS t USING (column_id) JOIN query_block AS q USING (block_id)
    WHERE u.aggregate IN ('min', 'max') AND q.has_grouping AND u.clause IN ('select', 'having')
      AND EXISTS (SELECT 1 FROM block_state AS s WHERE s.block_id = u.block_id AND s.table_id = t.table_id);
