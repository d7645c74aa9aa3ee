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
    is_script     INTEGER NOT NULL DEFAULT 0, -- code that runs once, by hand: a task, or outside any method
    is_grouped_in_memory INTEGER NOT NULL DEFAULT 0,
    is_open       INTEGER NOT NULL DEFAULT 0, -- the ORM chain has calls that are not known
    is_changed    INTEGER NOT NULL DEFAULT 1, -- 0: --changed-since or --staged was given, and it stands on no changed line
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

-- What the common grammar has no place for: table options (engine), hints, targets of a multi-table DELETE, variables,
-- row aliases, partitions, lock clauses … of MySQL, MariaDB and SQLite. Placeholders stand in the text only.
CREATE TABLE statement_fact (
    statement_id INTEGER NOT NULL REFERENCES statement,
    kind         TEXT NOT NULL,
    text         TEXT,
    param        INTEGER,                     -- variable: the $ number that it became
    off INTEGER NOT NULL, len INTEGER NOT NULL, line INTEGER NOT NULL, col INTEGER NOT NULL
) STRICT;
CREATE INDEX statement_fact_statement ON statement_fact (statement_id);

CREATE TABLE db_table (
    table_id    INTEGER PRIMARY KEY,
    database    TEXT NOT NULL DEFAULT '',      -- of a project with several: "animals"; '' is the main one
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
    type        TEXT NOT NULL,                -- as its dialect writes it: bigint, int unsigned, varchar(10); '' if unknown
    type_class  TEXT NOT NULL CHECK (type_class IN ('unknown', 'time', 'bool', 'enum', 'text', 'integer', 'number', 'other')),
    is_not_null INTEGER NOT NULL,
    is_generated INTEGER NOT NULL,
    is_auto_increment INTEGER NOT NULL DEFAULT 0,
    comment     TEXT,
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
    name_role   TEXT NOT NULL DEFAULT 'other', -- by the name alone: touch, birth, event … (resolve/fact.h has the words)
    claims_write    INTEGER NOT NULL DEFAULT 0, -- by the name alone: updated_at, mtime, as opposed to paid_at
    claims_moment   INTEGER NOT NULL DEFAULT 0, -- ... ts, timestamp: a time, of nothing in particular
    claims_presence INTEGER NOT NULL DEFAULT 0, -- ... last_seen_at, heartbeat: meant to be overwritten
    claims_deadline INTEGER NOT NULL DEFAULT 0, -- ... due_on, sla_until: when something ought to have happened
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
    statement_id INTEGER,                     -- the statement that makes it so: CREATE TRIGGER, ALTER … ON UPDATE
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
    is_subtracted INTEGER NOT NULL DEFAULT 0, -- difference: it stands on the right of the minus; a bound is its own even so
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
    via_block    INTEGER,                     -- it tests the output of this inner block; NULL: a column directly
    is_state     INTEGER NOT NULL,            -- tells a state of the row by structure, type and name (not whose, what kind)
    off INTEGER, len INTEGER, line INTEGER, col INTEGER
) STRICT;
CREATE INDEX state_predicate_block ON state_predicate (block_id);
CREATE INDEX state_predicate_via ON state_predicate (via_block);

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
    claims_event   INTEGER NOT NULL,          -- output_name is named for an event: closed_at, hire_date
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

-- Which time columns a write moves, and by what evidence (resolve/fact.h has the words). callback: the ORM's model fills it
-- in a callback of the save or a setter; it moves only where it does so whatever the row holds, with the current time.
CREATE TABLE write_effect (
    statement_id INTEGER NOT NULL REFERENCES statement,
    block_id     INTEGER,                     -- the write that causes it
    via          TEXT,                        -- NULL; cascade, trigger, association: a foreign key, a trigger's body, the ORM writes the row
    table_id     INTEGER NOT NULL,
    column_id    INTEGER NOT NULL,
    moves        INTEGER NOT NULL,
    evidence     TEXT NOT NULL,
    reason       TEXT,
    evidence_source_id INTEGER, evidence_off INTEGER, evidence_len INTEGER, evidence_line INTEGER, evidence_col INTEGER
) STRICT;
CREATE INDEX write_effect_statement ON write_effect (statement_id);

-- What a statement did to the catalog, where rules ask for it (resolve/fact.h has the words).
CREATE TABLE ddl_change (
    statement_id INTEGER REFERENCES statement,
    table_id     INTEGER,
    column_id    INTEGER,
    change       TEXT NOT NULL,               -- drop_table, truncate, add_column, disable_trigger, lose_on_update …
    name         TEXT NOT NULL,               -- of the object, as written
    detail       TEXT NOT NULL                -- words: not_null default_now algorithm=copy temporary …
) STRICT;
CREATE INDEX ddl_change_statement ON ddl_change (statement_id);

-- What an ORM's models and settings say that SQL cannot.
CREATE TABLE orm_fact (
    orm_fact_id INTEGER PRIMARY KEY,
    kind        TEXT NOT NULL CHECK (kind IN ('enum_value', 'touches', 'counts', 'fills', 'timestamps_left_off')),
    table_id    INTEGER REFERENCES db_table,  -- enum_value, fills: of the column; touches, counts: the table whose rows touch or count in column_id
    column_id   INTEGER REFERENCES db_column,
    name        TEXT,                         -- enum_value: what the model calls the value; touches, counts: the other table; fills: the callback or setter that may fill it (before_save :set_won_at)
    value       TEXT,                         -- enum_value: what the column holds
    source_id INTEGER NOT NULL REFERENCES source,
    off INTEGER NOT NULL, len INTEGER NOT NULL,
    line INTEGER NOT NULL, col INTEGER NOT NULL, end_line INTEGER NOT NULL, end_col INTEGER NOT NULL
) STRICT;
CREATE INDEX orm_fact_column ON orm_fact (column_id);

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

-- What the readers of query logs counted, a row for each run over logs. Executions, but for entries and bytes.
CREATE TABLE log_coverage (
    format         TEXT NOT NULL,             -- what the logs were taken for
    bytes          INTEGER NOT NULL,
    entries        INTEGER NOT NULL,          -- records of the log
    statements     INTEGER NOT NULL,
    failed         INTEGER NOT NULL,
    administrative INTEGER NOT NULL,
    parse_bind     INTEGER NOT NULL,          -- steps of the extended protocol that are no execution
    cached         INTEGER NOT NULL,          -- answered by an application's query cache
    empty          INTEGER NOT NULL,
    truncated      INTEGER NOT NULL,          -- cut off by the server
    ambiguous      INTEGER NOT NULL,
    shapes_dropped INTEGER NOT NULL,          -- executions beyond the limit of distinct shapes: counted, not analysed
    unknown_lines  INTEGER NOT NULL,
    skipped_bytes  INTEGER NOT NULL,
    repeated       INTEGER NOT NULL,          -- copies of statements that the log holds twice: plans, audit lines
    damaged        INTEGER NOT NULL,          -- compressed inputs that end early or do not unpack
    duplicates     INTEGER NOT NULL           -- inputs that hold what another one holds
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
    frame_col    INTEGER NOT NULL DEFAULT 1,  -- the column of its first character: a log's statement stands behind others
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
    app_location TEXT,
    PRIMARY KEY (finding_id, statement_id)
) STRICT, WITHOUT ROWID;

-- What was read: one row. A log's statement counts as often as it ran, as the log's reader counted it.
CREATE VIEW coverage AS
    WITH counted AS (
        SELECT count(DISTINCT fingerprint) AS n_distinct,
               coalesce(sum(CASE WHEN calls IS NULL THEN 1 END), 0)
               + (SELECT coalesce(sum(statements), 0) FROM log_coverage) AS n_all,
               coalesce(sum(CASE WHEN NOT is_understood THEN coalesce(calls, 1) END), 0) AS n_not
        FROM statement WHERE role = 'main')
    SELECT (SELECT count(*) FROM source) AS sources,
           n_all AS statements,
           n_distinct AS "distinct",
           max(n_all - n_not, 0) AS understood,
           n_not AS not_understood
    FROM counted;

-- What the logs say of a finding's statement: who ran it, from where, and its share (0 to 1) of all calls and of all the
-- time that the logs hold.
CREATE VIEW finding_log AS
    WITH total AS (
        SELECT max(coalesce(sum(s.calls), 0), (SELECT coalesce(sum(statements), 0) FROM log_coverage)) AS calls,
               sum(s.total_us) AS total_us
        FROM statement AS s JOIN source USING (source_id)
        WHERE s.role = 'main' AND s.calls IS NOT NULL AND source.is_reported)
    SELECT f.finding_id, s.users, s.databases, s.applications, s.app_location,
           CASE WHEN total.calls > 0 THEN round(1.0 * s.calls / total.calls, 6) END AS calls_share,
           CASE WHEN total.total_us > 0 THEN round(1.0 * s.total_us / total.total_us, 6) END AS time_share
    FROM finding AS f JOIN statement AS s USING (statement_id) CROSS JOIN total
    WHERE s.calls IS NOT NULL;

-- Views: the only library that a rule may lean on.

-- Columns that every write rewrites. says_so: the column's own name admits it (updated_at); one that does not (paid_at
-- with an ON UPDATE clause) is read as the event that it is named for. says_nothing: its name is that of any time (ts).
-- is_presence: it is meant to be overwritten (last_seen_at). is_date: it holds days as it stands. is_only_time: no other column tells when a row
-- was made or what happened to it.
CREATE VIEW row_touch_column AS
    SELECT c.column_id, c.table_id, t.name AS table_name, c.name AS column_name, c.confidence, c.is_inferred,
           CASE WHEN t.database <> '' THEN t.database || '.' ELSE '' END || CASE WHEN t.schema_name <> '' THEN t.schema_name || '.' ELSE '' END || t.name || '.' || c.name AS subject,
           c.claims_write AS says_so, c.claims_moment AS says_nothing, c.claims_presence AS is_presence,
           c.type = 'date' AS is_date,
           NOT EXISTS (SELECT 1 FROM db_column AS o
                       WHERE o.table_id = c.table_id AND NOT o.is_dropped AND o.column_id <> c.column_id
                         AND o.role IN ('row_birth', 'event_time')) AS is_only_time,
           -- DDL says so whatever the server's settings; explicit_defaults_for_timestamp decides the implicit clause
           EXISTS (SELECT 1 FROM role_evidence AS e WHERE e.column_id = c.column_id AND NOT e.is_against
                     AND e.kind NOT IN ('name', 'implicit_timestamp')) AS is_certain
    FROM db_column AS c JOIN db_table AS t USING (table_id)
    WHERE c.role = 'row_touch' AND NOT c.is_dropped;

-- Tests on the state of a table's rows, by the block in which they hold: WHERE, ON, HAVING, what inner queries carry
-- out, and what an outer query asks of an inner one's result; with aggregate_ordinal only inside that one aggregate.
CREATE VIEW block_state AS
    SELECT p.statement_id, p.block_id, p.column_id, c.table_id, c.name AS column_name, p.operator, p.value_kind,
           p.value_list, p.clause, p.aggregate_ordinal, p.inherited_from
    FROM state_predicate AS p JOIN db_column AS c USING (column_id)
    WHERE p.is_state
    UNION ALL
    SELECT p.statement_id, p.via_block, p.column_id, c.table_id, c.name, p.operator, p.value_kind, p.value_list, p.clause,
           NULL, NULL
    FROM state_predicate AS p JOIN db_column AS c USING (column_id)
    WHERE p.is_state AND p.via_block IS NOT NULL AND p.aggregate_ordinal IS NULL;

-- Blocks that ask for rows of those who are there now: a state that ends with its cause, whatever the row's last write.
CREATE VIEW presence_state AS
    SELECT s.block_id, s.table_id
    FROM block_state AS s JOIN db_table AS t USING (table_id)
    JOIN (SELECT column1 AS value, column2 AS of_session FROM (VALUES
              ('online', 0), ('alive', 0), ('up', 0), ('connected', 0),
              ('active', 1), ('open', 1), ('live', 1), ('running', 1))) AS p ON lower(s.value_list) = '["' || p.value || '"]'
    WHERE s.operator = '=' AND (NOT p.of_session OR lower(t.name) GLOB '*session*');

-- The uses of row-touch columns with what rules ask of each: is the table's state tested where the use counts
-- (has_state), is the column grouped beside the whole primary key (is_keyed: one row a group).
CREATE VIEW touch_use AS
    SELECT u.*, t.table_id, t.table_name, t.column_name, t.subject, t.confidence AS role_confidence, t.says_so, t.is_only_time, t.is_certain,
           t.is_presence, t.is_date,
           EXISTS (SELECT 1 FROM block_state AS s
                   WHERE s.block_id = u.block_id AND s.table_id = t.table_id
                     AND (s.aggregate_ordinal IS NULL OR u.aggregate_ordinal IS NULL
                          OR s.aggregate_ordinal = u.aggregate_ordinal)) AS has_state,
           t.table_id IN (SELECT k.table_id FROM db_column AS k WHERE k.in_primary_key) -- found once, not for each use
           AND u.block_id IN (SELECT g.block_id FROM column_use AS g
                              WHERE g.shape = 'bare' AND g.clause IN ('group_by', 'partition_by'))
           AND NOT EXISTS (SELECT 1 FROM db_column AS k
                           WHERE k.table_id = t.table_id AND k.in_primary_key AND NOT k.is_dropped
                             AND NOT EXISTS (SELECT 1 FROM column_use AS g
                                             WHERE g.block_id = u.block_id AND g.column_id = k.column_id
                                               AND g.shape = 'bare' AND g.clause IN ('group_by', 'partition_by')))
           AS is_keyed
    FROM column_use AS u JOIN row_touch_column AS t USING (column_id);

-- Blocks that count or add up: what makes a result a figure and not a list of rows.
CREATE VIEW figure_block AS
    SELECT q.block_id, q.statement_id, q.has_count,
           EXISTS (SELECT 1 FROM column_use AS u
                   WHERE u.block_id = q.block_id AND u.aggregate IN ('sum', 'avg', 'count_distinct', 'other')) AS has_sum
    FROM query_block AS q
    WHERE q.has_count OR EXISTS (SELECT 1 FROM column_use AS u
                                 WHERE u.block_id = q.block_id
                                   AND u.aggregate IN ('sum', 'avg', 'count_distinct', 'other'));

-- Figures over the rows of another block: SELECT count(*) FROM (SELECT … WHERE …), at any depth.
CREATE VIEW figure_reader AS
    WITH RECURSIVE reader (block_id, reader_id) AS (
        SELECT r.source_block, r.block_id FROM block_relation AS r
        WHERE r.source_block IS NOT NULL
        UNION
        SELECT reader.block_id, r.block_id FROM reader JOIN block_relation AS r ON r.source_block = reader.reader_id)
    SELECT reader.block_id, reader.reader_id, f.has_count, f.has_sum
    FROM reader JOIN figure_block AS f ON f.block_id = reader.reader_id;

-- A row-touch column in a grouping key, or in what stands for one: PARTITION BY, a join with a calendar, DISTINCT days.
CREATE VIEW touch_bucket AS
    SELECT u.*
    FROM touch_use AS u JOIN query_block AS q USING (block_id)
    WHERE (u.shape NOT IN ('bare', 'null_test')
           OR u.shape = 'bare' AND u.is_date AND u.clause IN ('group_by', 'select') AND u.via_block IS NULL
              AND (SELECT count(*) FROM block_relation AS r WHERE r.block_id = u.block_id) = 1) -- no list with counts of another table
      AND u.via_aggregate IS NULL AND NOT u.is_keyed
      AND (u.aggregate IS NULL OR u.aggregate = 'count_distinct' AND u.shape = 'bucket' AND u.has_state
           OR u.aggregate IN ('avg', 'other') AND u.bucket <> 'other' AND u.has_state) -- the usual hour of it
      AND (u.aggregate IS NOT NULL -- COUNT(DISTINCT DATE(t)): days on which something happened
           OR u.clause IN ('group_by', 'partition_by')
           OR u.clause = 'select' AND (u.shape = 'bucket' OR u.is_date) AND u.has_state
              AND q.has_distinct AND NOT q.has_grouping AND NOT q.has_limit
              AND NOT EXISTS (SELECT 1 FROM column_use AS o -- nothing but the days: no list of rows that shows them
                              WHERE o.block_id = u.block_id AND o.clause = 'select' AND o.column_id IS NOT u.column_id)
           OR u.clause IN ('join_on', 'where') AND u.bound = 'equal' AND u.functions <> ''
              AND u.compared_with IN ('column', 'column_offset') AND u.compared_column IS NOT u.column_id
              AND NOT EXISTS (SELECT 1 FROM db_column AS o -- a column of the same row is no calendar
                              JOIN column_use AS w ON w.block_id = u.block_id AND w.column_id = o.column_id
                                                      AND w.clause = u.clause AND w.via_block IS NULL
                              WHERE o.column_id = u.compared_column AND o.table_id = u.table_id
                                AND (SELECT count(*) FROM block_relation AS b
                                     WHERE b.block_id = u.block_id AND b.table_id = u.table_id) = 1)
              AND (q.has_aggregate OR q.has_grouping));

-- A row-touch column bounded below or to a day, a month … by something that is no column of the row.
CREATE VIEW touch_range AS
    SELECT u.*
    FROM touch_use AS u
    WHERE (u.bound IN ('lower', 'both') OR u.bound = 'equal' AND (u.functions <> '' OR u.shape IN ('pattern', 'difference') OR u.is_date))
      AND (u.shape <> 'difference' OR u.compared_with IN ('now', 'now_offset')) -- DATEDIFF(NOW(), t) < 30
      AND (u.compared_with IN ('literal', 'parameter', 'now', 'now_offset', 'expression')
           OR u.compared_with IN ('column', 'column_offset') -- a calendar: rows that have no such column of their own
              AND (u.compared_column IS NULL
                   OR EXISTS (SELECT 1 FROM db_column AS o
                              WHERE o.column_id = u.compared_column AND o.table_id <> u.table_id)
                      AND (u.bound = 'both'
                           OR EXISTS (SELECT 1 FROM column_use AS e
                                      WHERE e.block_id = u.block_id AND e.column_id = u.column_id AND e.clause = u.clause
                                        AND e.bound = 'upper' AND e.compared_with IN ('column', 'column_offset'))))
           OR u.compared_with = 'subquery'
              AND NOT EXISTS (SELECT 1 FROM db_column AS o
                              WHERE o.column_id = u.compared_column AND (o.role = 'row_touch' OR o.name = u.column_name)))
      AND u.clause IN ('where', 'join_on', 'filter', 'having', 'select', 'order_by')
      AND (u.clause IN ('where', 'join_on') OR u.aggregate IS NOT NULL);

-- Statements whose result moves when rows are touched: the reads that the write rules warn about.
CREATE VIEW report_on_touch AS
    SELECT b.statement_id, b.column_id, b.table_id, b.use_id
    FROM touch_bucket AS b
    UNION
    SELECT u.statement_id, u.column_id, u.table_id, u.use_id
    FROM touch_range AS u JOIN figure_block AS f USING (block_id)
    WHERE u.has_state
    UNION
    SELECT u.statement_id, u.column_id, u.table_id, u.use_id
    FROM touch_use AS u
    WHERE u.shape = 'difference' AND u.aggregate IS NOT NULL AND u.compared_with = 'column'
    UNION
    SELECT u.statement_id, u.column_id, u.table_id, u.use_id
    FROM touch_use AS u JOIN query_block AS q USING (block_id)
    WHERE u.aggregate IN ('min', 'max') AND q.has_grouping AND u.clause IN ('select', 'having') AND u.has_state;

-- What stands around a row-touch column: the writes that move it and the reports that read it. One row a statement.
CREATE VIEW touch_neighbour AS
    SELECT n.column_id, c.subject, n.direction, n.statement_id, s.kind, source.path, s.line, s.calls, n.label
    FROM (SELECT column_id, 'write' AS direction, statement_id, max(evidence) AS label
          FROM write_effect WHERE moves GROUP BY column_id, statement_id
          UNION ALL
          SELECT column_id, 'read', statement_id, coalesce(max(bucket), max(aggregate), max(shape))
          FROM (SELECT r.column_id, r.statement_id, u.bucket, u.aggregate, u.shape
                FROM report_on_touch AS r JOIN column_use AS u USING (use_id)
                UNION ALL -- what a finding tells of is drawn, whether or not it is a report
                SELECT c.column_id, f.statement_id, NULL, NULL, NULL FROM finding AS f JOIN row_touch_column AS c USING (subject)
                WHERE rule BETWEEN 'SL101' AND 'SL108' AND status = 'shown' AND severity <> 'note')
          GROUP BY column_id, statement_id) AS n
    JOIN row_touch_column AS c USING (column_id) JOIN statement AS s USING (statement_id)
    JOIN source ON source.source_id = s.source_id;

-- The names behind the values of an ORM's enums.
CREATE VIEW enum_value AS
    SELECT column_id, value, min(name) AS name FROM orm_fact
    WHERE kind = 'enum_value' AND column_id IS NOT NULL GROUP BY column_id, value;

-- What an application runs day by day: its own code, by where the file lies; scripts, tasks and backfills apart.
CREATE VIEW application_statement AS
    SELECT s.statement_id FROM statement AS s JOIN source AS o ON o.source_id = s.source_id
    WHERE o.kind = 'code' AND NOT s.is_script
      AND ('/' || o.path LIKE '%/app/%' OR '/' || o.path LIKE '%/lib/%' OR '/' || o.path LIKE '%/src/%')
      AND '/' || o.path NOT LIKE '%/script%' AND o.path NOT LIKE '%\_script.%' ESCAPE '\' -- a subscription is none
      AND o.path NOT LIKE '%backfill%' AND o.path NOT LIKE '%migrat%'
      AND o.path NOT LIKE '%one\_time%' ESCAPE '\';

-- The event that a state's value tells of, as the name of a column: irregular participles and nouns; the rest is
-- <value>_at where the value is a participle.
CREATE VIEW state_event AS
    SELECT column1 AS value, column2 AS event FROM (VALUES
        ('winner', 'won'), ('win', 'won'), ('won', 'won'), ('loser', 'lost'), ('lost', 'lost'), ('paid', 'paid'),
        ('sent', 'sent'), ('sold', 'sold'), ('done', 'done'), ('complete', 'completed'), ('active', 'activated'),
        ('cancel', 'cancelled'), ('success', 'succeeded'), ('successful', 'succeeded'), ('failure', 'failed'),
        ('final', 'finalized'), ('live', 'published'), ('open', 'opened'), ('drawn', 'drawn'), ('paid_off', 'paid_off'),
        ('written_off', 'written_off'), ('withdrawn', 'withdrawn'), ('taken', 'taken'), ('shipping', 'shipped'),
        ('void', 'voided'), ('checkout', 'checked_out'), ('handed_over', 'handed_over'), ('bought', 'bought'));

-- For each block and table with a state test: the first value tested for, and the column that should hold its time.
CREATE VIEW touch_suggestion AS
    WITH tested AS (
        SELECT s.block_id, s.table_id, s.column_id, s.column_name,
               s.raw, coalesce(e.name, s.raw) AS written, lower(replace(coalesce(e.name, s.raw), ' ', '_')) AS value,
               s.operator, row_number() OVER (PARTITION BY s.block_id, s.table_id
                   ORDER BY s.operator NOT IN ('=', 'in'), s.operator <> 'is_true', s.rowid_order) AS rank
        FROM (SELECT *, row_number() OVER () AS rowid_order,
                     CASE WHEN value_kind = 'literal' AND operator IN ('=', 'in') AND json_valid(value_list)
                          THEN json_extract(value_list, '$[0]') END AS raw
              FROM block_state) AS s
        LEFT JOIN enum_value AS e ON e.column_id = s.column_id AND e.value = CAST(s.raw AS TEXT)),
    named AS (
        SELECT t.*,
               CASE WHEN e.event IS NOT NULL THEN e.event
                    WHEN t.value GLOB '*[a-z]ed' AND t.value NOT GLOB '*[^a-z_]*' THEN t.value
                    WHEN t.operator = 'is_true' OR t.value IN ('1', 'true')
                         THEN CASE WHEN t.column_name LIKE 'is\_%' ESCAPE '\' THEN substr(t.column_name, 4)
                                   ELSE t.column_name END
                    WHEN t.operator = 'is_not_null' THEN t.column_name || '_set'
                    ELSE t.column_name || '_changed' END AS event
        FROM tested AS t LEFT JOIN state_event AS e ON e.value = t.value
        WHERE t.rank = 1),
    existing AS (
        SELECT n.block_id, n.table_id, c.name,
               row_number() OVER (PARTITION BY n.block_id, n.table_id
                   ORDER BY (c.event_state_column IS n.column_id
                             AND (instr(coalesce(c.event_values, ''), '"' || n.value || '"') > 0
                                  OR instr(coalesce(c.event_values, ''), '"' || n.raw || '"') > 0)) DESC,
                            (c.name IN (n.event || '_at', n.event || '_on', n.event || 'At')) DESC,
                            c.column_id) AS rank
        FROM named AS n JOIN db_column AS c ON c.table_id = n.table_id
        WHERE c.role = 'event_time' AND NOT c.is_dropped
          AND (c.event_state_column IS n.column_id AND (c.event_values IS NULL OR n.value IS NULL
                                                        OR instr(c.event_values, '"' || n.value || '"') > 0
                                                        OR instr(c.event_values, '"' || n.raw || '"') > 0)
               OR c.name IN (n.event || '_at', n.event || '_on', n.event || 'At')
               OR n.operator = 'is_not_null' AND c.column_id = n.column_id))
    SELECT n.block_id, n.table_id, n.column_name AS state_column, n.written AS state_value,
           ' whose `' || n.column_name || '` is ' || nullif(quote(n.written), 'NULL') AS whose, -- of a message
           coalesce(x.name, n.event || '_at') AS suggestion_column, x.name IS NOT NULL AS suggestion_exists
    FROM named AS n
    LEFT JOIN existing AS x ON x.block_id = n.block_id AND x.table_id = n.table_id AND x.rank = 1;

-- A write that moves a last-write time, with the write's verb and scale. Rows that a cascade reaches are no single row.
CREATE VIEW touch_move AS
    SELECT e.statement_id, e.column_id, e.table_id, e.evidence, e.reason, e.via, w.write_id, w.verb,
           CASE WHEN e.via = 'cascade' THEN 'filtered' ELSE w.scale END AS scale, t.subject, t.table_name, t.column_name,
           CASE e.evidence
                WHEN 'explicit' THEN 'the statement sets it'
                WHEN 'on_update_clause' THEN 'ON UPDATE CURRENT_TIMESTAMP rewrites it'
                WHEN 'implicit_timestamp' THEN 'the first TIMESTAMP of a table is rewritten by every UPDATE'
                WHEN 'trigger' THEN 'trigger ' || coalesce(e.reason, '') || ' rewrites it'
                WHEN 'orm_timestamps' THEN 'the ORM sets it at every save'
                WHEN 'callback' THEN coalesce(e.reason, '') || ' sets it'
                WHEN 'replace' THEN 'REPLACE makes the rows anew'
                WHEN 'default' THEN 'the copy leaves it to its DEFAULT'
                ELSE e.evidence END
           || CASE e.via WHEN 'cascade' THEN ', through the foreign key' WHEN 'trigger' THEN ', through a trigger'
                         WHEN 'association' THEN CASE e.evidence WHEN 'orm_timestamps' THEN ', through belongs_to … touch: true'
                                                                 ELSE ', through a counter cache' END
                         ELSE '' END AS why
    FROM write_effect AS e
    JOIN row_touch_column AS t USING (column_id)
    JOIN write AS w ON w.write_id = coalesce(
        (SELECT min(own.write_id) FROM write AS own WHERE own.block_id = e.block_id AND own.table_id = e.table_id),
        (SELECT min(first.write_id) FROM write AS first WHERE first.block_id = e.block_id))
    WHERE e.moves;

-- The reports that read a column: how many, and the first of them as text for people.
CREATE VIEW touch_report AS
    SELECT r.column_id, count(*) AS n_reports, json_group_array(r.statement_id) AS statements,
           sum(r.calls) AS calls,
           (SELECT group_concat(place, ', ') FROM (
                SELECT coalesce(app_location, path || ':' || line)
                       || CASE WHEN n_calls > 0 THEN ' (ran ' || CASE n_calls WHEN 1 THEN 'once' ELSE printf('%,d times', n_calls) END
                               || CASE WHEN first < last THEN ', ' || first || ' to ' || last
                                       ELSE coalesce(', ' || coalesce(first, last), '') END || ')' ELSE '' END AS place
                FROM (SELECT DISTINCT source.path, s.line, s.calls AS n_calls, s.statement_id, s.app_location,
                             date(s.first_seen_us / 1000000, 'unixepoch') AS first,
                             date(s.last_seen_us / 1000000, 'unixepoch') AS last
                      FROM report_on_touch AS o JOIN statement AS s USING (statement_id)
                      JOIN source USING (source_id) WHERE o.column_id = r.column_id
                      ORDER BY coalesce(s.calls, 0) DESC, s.statement_id LIMIT 4)))
           || CASE WHEN count(*) > 4 THEN ' and ' || (count(*) - 4) || ' more' ELSE '' END AS places
    FROM (SELECT DISTINCT o.column_id, o.statement_id, s.calls
          FROM report_on_touch AS o JOIN statement AS s USING (statement_id)) AS r
    GROUP BY r.column_id;

-- Event-time columns: the time of one transition, written once.
CREATE VIEW event_time_column AS
    SELECT c.column_id, c.table_id, t.name AS table_name, c.name AS column_name, c.confidence, c.name_role,
           c.event_state_column, c.event_values, t.name || '.' || c.name AS subject
    FROM db_column AS c JOIN db_table AS t USING (table_id)
    WHERE c.role = 'event_time' AND NOT c.is_dropped;

-- Statements that lose rows, columns or tables, and whether somebody acknowledged it.
CREATE VIEW destructive_statement AS
    SELECT d.statement_id, d.change AS what, d.name, d.table_id, coalesce(t.name, d.name) AS table_name, d.column_id,
           CASE WHEN d.change = 'drop_column' THEN coalesce(t.name || '.', '') || d.name ELSE d.name END AS subject,
           (' ' || d.detail || ' ') LIKE '% temporary %' AS is_temporary,
           EXISTS (SELECT 1 FROM ignore AS i WHERE i.kind = 'ack' AND i.statement_id = d.statement_id) AS is_acknowledged
    FROM ddl_change AS d LEFT JOIN db_table AS t USING (table_id)
    WHERE d.change IN ('drop_table', 'drop_column', 'drop_schema', 'drop_database', 'truncate', 'empty_partition')
    UNION ALL
    SELECT w.statement_id, w.verb || '_all', t.name, w.table_id, t.name, NULL, t.name, 0,
           EXISTS (SELECT 1 FROM ignore AS i WHERE i.kind = 'ack' AND i.statement_id = w.statement_id)
    FROM write AS w JOIN db_table AS t USING (table_id)
    WHERE w.verb IN ('delete', 'update') AND w.scale = 'table';
