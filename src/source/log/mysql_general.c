/*
 * The general log of MySQL and MariaDB: a stamp (or blanks while the second stays the same), a connection, a command.
 *
 * Source: log.cc of MySQL 5.7/8.0 and MariaDB 10.11; logs of servers that were run; docs/logs.md. A prepared statement
 * is logged when it is prepared and when it is executed; the text "EXECUTE name" is followed by what it executes.
 */
#include "source/log/formats.h"
#include "source/log/mysql_line.h"
#include "source/log/stamp.h"

#define N_CONNECTIONS 8192u
#define N_PROBES 4u

enum command {
    CMD_QUERY,
    CMD_EXECUTE,
    CMD_PREPARE,
    CMD_CONNECT,
    CMD_INIT_DB,
    CMD_OTHER,
};

static const struct {
    sl_str word;
    enum command command;
} commands[] = {
    {SL_STR_INIT("Query"), CMD_QUERY},
    {SL_STR_INIT("Execute"), CMD_EXECUTE},
    {SL_STR_INIT("Prepare"), CMD_PREPARE},
    {SL_STR_INIT("Close stmt"), CMD_OTHER},
    {SL_STR_INIT("Init DB"), CMD_INIT_DB},
    {SL_STR_INIT("Connect"), CMD_CONNECT},
    {SL_STR_INIT("Quit"), CMD_OTHER},
    {SL_STR_INIT("Reset stmt"), CMD_OTHER},
    {SL_STR_INIT("Bulk_execute"), CMD_EXECUTE},
    {SL_STR_INIT("Statistics"), CMD_OTHER},
    {SL_STR_INIT("Field List"), CMD_OTHER},
    {SL_STR_INIT("Ping"), CMD_OTHER},
    {SL_STR_INIT("Long Data"), CMD_OTHER},
    {SL_STR_INIT("Fetch"), CMD_OTHER},
    {SL_STR_INIT("Change user"), CMD_CONNECT},
    {SL_STR_INIT("Set option"), CMD_OTHER},
    {SL_STR_INIT("Reset Connection"), CMD_OTHER},
    {SL_STR_INIT("Sleep"), CMD_OTHER},
    {SL_STR_INIT("Create DB"), CMD_OTHER},
    {SL_STR_INIT("Drop DB"), CMD_OTHER},
    {SL_STR_INIT("Refresh"), CMD_OTHER},
    {SL_STR_INIT("Shutdown"), CMD_OTHER},
    {SL_STR_INIT("Processlist"), CMD_OTHER},
    {SL_STR_INIT("Kill"), CMD_OTHER},
    {SL_STR_INIT("Debug"), CMD_OTHER},
    {SL_STR_INIT("Time"), CMD_OTHER},
    {SL_STR_INIT("Delayed insert"), CMD_OTHER},
    {SL_STR_INIT("Binlog Dump GTID"), CMD_OTHER},
    {SL_STR_INIT("Binlog Dump"), CMD_OTHER},
    {SL_STR_INIT("Table Dump"), CMD_OTHER},
    {SL_STR_INIT("Connect Out"), CMD_OTHER},
    {SL_STR_INIT("Register Slave"), CMD_OTHER},
    {SL_STR_INIT("Register Replica"), CMD_OTHER},
    {SL_STR_INIT("Daemon"), CMD_OTHER},
    {SL_STR_INIT("Error"), CMD_OTHER},
    {SL_STR_INIT("clone"), CMD_OTHER},
    {SL_STR_INIT("Group Replication Data Stream subscription"), CMD_OTHER},
    {SL_STR_INIT("Com_multi"), CMD_OTHER},
    {SL_STR_INIT("Unprepare"), CMD_OTHER},
    {SL_STR_INIT("Slave_worker"), CMD_OTHER},
    {SL_STR_INIT("Slave_IO"), CMD_OTHER},
    {SL_STR_INIT("Slave_SQL"), CMD_OTHER},
    {SL_STR_INIT("Bulk_unit"), CMD_OTHER},
};

struct connection {
    uint64_t id; /* + 1; 0: free */
    uint16_t user, database;
};

struct general {
    bool is_open, is_skipping, has_entries;
    char form; /* of this server's stamps: the byte behind four digits of an ISO stamp is '-'; 0: none was read yet */
    struct sl_log_record record;
    uint64_t text_from, text_to;
    int64_t stamp_us;
    struct connection connections[N_CONNECTIONS];
};

/* The head of an entry. */
struct entry {
    int64_t us; /* 0: as the entry before */
    uint64_t connection;
    enum command command;
    size_t text_off;
};

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* "Query\t", "Close stmt\t", at the start of s. */
static bool read_command(sl_str s, struct entry *entry, size_t *len)
{
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        size_t n = commands[i].word.len;
        if (s.len < n || memcmp(s.ptr, commands[i].word.ptr, n) != 0 || (s.len > n && !is_blank(s.ptr[n])))
            continue;
        if (commands[i].command == CMD_CONNECT && s.len >= n + 4 && memcmp(s.ptr + n, " Out", 4) == 0)
            continue;
        entry->command = commands[i].command;
        if (s.len > n && s.ptr[n] == '\t') {
            n++;
        } else {
            while (n < s.len && is_blank(s.ptr[n])) /* 5.0, and tabs that were pasted as spaces */
                n++;
        }
        *len = n;
        return true;
    }
    return false;
}

static bool read_entry(sl_str line, struct entry *entry)
{
    *entry = (struct entry){0};
    if (line.len < 8)
        return false;
    size_t i = 0;
    char first = line.ptr[0];
    if (sl_is_digit(first)) {
        i = line.ptr[4] == '-' ? sl_stamp_iso(line, &entry->us) : sl_stamp_compact(line, &entry->us);
        if (i == 0 || i >= line.len || !is_blank(line.ptr[i]))
            return false;
    } else if (first != '\t' && first != ' ') {
        return false;
    }
    size_t tabs = 0, blanks_from = i;
    while (i < line.len && is_blank(line.ptr[i]))
        tabs += line.ptr[i++] == '\t';
    /* Without a stamp: two tabs, or a run of blanks as wide as one. */
    if (entry->us == 0 && !(tabs >= 2 || (tabs == 1 && i - blanks_from > 4) || i - blanks_from >= 15))
        return false;
    size_t digits = i;
    uint64_t id;
    i += sl_stamp_decimal(sl_str_slice(line, i, 20), 0, &id);
    if (i == digits || i >= line.len || line.ptr[i] != ' ')
        return false;
    size_t len;
    if (!read_command(sl_str_slice(line, i + 1, line.len), entry, &len))
        return false;
    entry->connection = id;
    entry->text_off = i + 1 + len;
    return true;
}

static struct connection *connection_of(struct general *log, uint64_t id)
{
    size_t slot = (id * 0x9E3779B97F4A7C15ull >> 40) & (N_CONNECTIONS - 1);
    for (size_t i = 0; i < N_PROBES; i++) {
        struct connection *c = &log->connections[(slot + i) & (N_CONNECTIONS - 1)];
        if (c->id == id + 1)
            return c;
        if (c->id == 0) {
            c->id = id + 1;
            return c;
        }
    }
    struct connection *c = &log->connections[slot];
    *c = (struct connection){.id = id + 1};
    return c;
}

/* u@h on db using Socket; u@h as x on ; Access denied for user … */
static void read_connect(struct sl_log_reader *reader, struct general *log, uint64_t id, sl_str text)
{
    size_t at = sl_str_find_byte(text, '@'), on = sl_str_find(text, SL_STR(" on"));
    if (at == SIZE_MAX || on == SIZE_MAX || sl_str_has_prefix(text, SL_STR("Access denied")))
        return;
    struct connection *c = connection_of(log, id);
    c->user = sl_log_names_add(reader->names, sl_str_slice(text, 0, at));
    sl_str db = sl_str_slice(text, on + 3, text.len);
    size_t using = sl_str_find(db, SL_STR(" using "));
    c->database = sl_log_names_add(reader->names, sl_str_trim(sl_str_slice(db, 0, using)));
}

/* USE as a statement changes the connection's database. */
static void note_use(struct sl_log_reader *reader, struct connection *c, sl_str text)
{
    if (!sl_str_has_prefix_nocase(text, SL_STR("use ")))
        return;
    sl_str name = sl_str_trim(sl_str_slice(text, 4, 200));
    while (name.len && strchr("`;", name.ptr[name.len - 1]))
        name.len--;
    if (name.len && name.ptr[0] == '`')
        name = sl_str_slice(name, 1, name.len);
    c->database = sl_log_names_add(reader->names, name);
}

static void finish(struct sl_log_reader *reader, struct general *log)
{
    reader->keep_off = UINT64_MAX;
    log->is_skipping = false;
    if (!log->is_open)
        return;
    log->is_open = false;
    sl_log_emit(reader, &log->record, log->text_from, log->text_to);
}

static void start(struct sl_log_reader *reader, struct general *log, const struct entry *entry, sl_str line,
                  uint64_t off)
{
    sl_str text = sl_str_slice(line, entry->text_off, line.len);
    reader->counts->entries++;
    if (entry->us)
        log->stamp_us = entry->us;
    switch (entry->command) {
    case CMD_CONNECT:
        read_connect(reader, log, entry->connection, text);
        reader->counts->administrative++;
        return;
    case CMD_INIT_DB:
        connection_of(log, entry->connection)->database = sl_log_names_add(reader->names, sl_str_trim(text));
        reader->counts->administrative++;
        return;
    case CMD_PREPARE:
        reader->counts->parse_bind++;
        return;
    case CMD_OTHER:
        reader->counts->administrative++;
        return;
    case CMD_QUERY:
        if (sl_str_has_prefix_nocase(text, SL_STR("execute "))) {
            reader->counts->parse_bind++; /* its Execute follows */
            return;
        }
        break;
    case CMD_EXECUTE:
        break;
    }
    struct connection *c = connection_of(log, entry->connection);
    note_use(reader, c, text);
    log->record = sl_log_record_at(reader, off);
    log->record.line--;
    log->record.flags = SL_LOG_SPLITS | SL_LOG_COUNTS_PIECES;
    log->record.user = c->user;
    log->record.database = c->database;
    log->record.session = entry->connection + 1;
    log->record.first_us = log->stamp_us;
    log->is_open = true;
    log->text_from = off + entry->text_off;
    log->text_to = off + line.len;
    reader->keep_off = log->text_from;
}

static void go_on(struct sl_log_reader *reader, struct general *log, sl_str line, uint64_t off)
{
    if (log->is_skipping) {
        reader->counts->skipped_bytes += line.len + 1;
        return;
    }
    if (!log->is_open) { /* behind an entry that is no statement these lines are its own */
        reader->counts->unknown_lines += line.len > 0 && !log->has_entries;
        return;
    }
    log->text_to = off + line.len;
    if (log->text_to - log->text_from <= SL_LOG_RECORD_BYTES)
        return;
    log->record.flags |= SL_LOG_TRUNCATED;
    finish(reader, log);
    log->is_skipping = true;
}

/* A server writes its stamps in one form; a line with another one stands in a statement. */
static bool has_form(struct general *log, const struct entry *entry, sl_str line)
{
    if (entry->us == 0)
        return true;
    char form = line.ptr[4] == '-' ? '-' : ' ';
    if (log->form == 0)
        log->form = form;
    return log->form == form;
}

static void scan(struct sl_log_reader *reader)
{
    struct general *log = reader->state;
    sl_str line;
    uint64_t off;
    while (sl_log_next_line(reader, &line, &off)) {
        struct entry entry;
        line = sl_log_chomp(line);
        if (read_entry(line, &entry) && has_form(log, &entry, line)) {
            finish(reader, log);
            log->has_entries = true;
            start(reader, log, &entry, line, off);
        } else if (sl_mysql_is_restart(line)) {
            finish(reader, log);
            log->form = 0;
        } else {
            go_on(reader, log, line, off);
        }
    }
    if (reader->at_end)
        finish(reader, log);
}

static bool goes_on(const struct sl_log_reader *reader, sl_str line)
{
    const struct general *log = reader->state;
    struct entry entry;
    sl_str part = sl_log_unread(reader); /* of a line that is cut: only a stamp starts another one */
    bool is_entry = read_entry(line, &entry) && (part.len == 0 || entry.us);
    if (sl_mysql_is_restart(line))
        return sl_mysql_is_restart_part(part);
    return (log->is_open || log->is_skipping || part.len > 0) && !is_entry;
}

static int64_t stamp(sl_str line, bool is_last_resort)
{
    struct entry entry;
    (void)is_last_resort;
    return read_entry(line, &entry) ? entry.us : 0;
}

static unsigned weigh(sl_str line)
{
    struct entry entry;
    return read_entry(line, &entry) ? 6 : sl_mysql_is_restart(line);
}

const struct sl_log_format sl_log_mysql_general = {
    .name = "mysql-general",
    .title = "MySQL general log",
    .dialect = SL_DIALECT_MYSQL,
    .state_bytes = sizeof(struct general),
    .weigh = weigh,
    .scan = scan,
    .goes_on = goes_on,
    .stamp = stamp,
    .is_one_stream = true,
};
