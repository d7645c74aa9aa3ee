#include "resolve/role_name.h"

enum { SL_SQUEEZED_BYTES = 80 };

/* Lower case without underscores and blanks: updated_at, updatedAt and UpdatedAt are one name. */
struct squeezed {
    char bytes[SL_SQUEEZED_BYTES];
    size_t len;
};

static struct squeezed squeeze(sl_str name)
{
    struct squeezed out = {.len = 0};
    for (size_t i = 0; i < name.len && out.len < sizeof out.bytes; i++) {
        if (name.ptr[i] != '_' && name.ptr[i] != ' ' && name.ptr[i] != '-')
            out.bytes[out.len++] = sl_lower_char(name.ptr[i]);
    }
    return out;
}

static sl_str str_of(const struct squeezed *name)
{
    return (sl_str){name->bytes, name->len};
}

static bool has_prefix_of(sl_str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_has_prefix(name, sl_str_from(list[i])))
            return true;
    }
    return false;
}

static bool has_suffix_of(sl_str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (name.len > strlen(list[i]) && sl_str_has_suffix(name, sl_str_from(list[i])))
            return true;
    }
    return false;
}

#define IN(name, list) sl_str_is_one_of((name), (list), sizeof(list) / sizeof(list)[0])
#define BEGINS(name, list) has_prefix_of((name), (list), sizeof(list) / sizeof(list)[0])
#define ENDS(name, list) has_suffix_of((name), (list), sizeof(list) / sizeof(list)[0])

static const char *const touch[] = {
    "updatedat",    "updatedon",        "updated",        "updateddate",      "updatedtime",      "updateddatetime",
    "updatedts",    "updatedtimestamp", "updatedutc",     "updateat",         "updatetime",       "updatedate",
    "updatets",     "updatetimestamp",  "dateupdated",    "timeupdated",      "modifiedat",       "modifiedon",
    "modified",     "modifieddate",     "modifiedtime",   "modifiedts",       "datemodified",     "timemodified",
    "gmtmodified",  "gmtupdate",        "gmtupdated",     "modifytime",       "modifydate",       "modifyat",
    "mtime",        "lastmodified",     "lastmodifiedat", "lastmodifieddate", "lastmodifiedtime", "lastmodifiedon",
    "lastupdated",  "lastupdatedat",    "lastupdatedon",  "lastupdateddate",  "lastupdatedtime",  "lastupdate",
    "lastupdateat", "lastupdatedate",   "lastupdatetime", "modificationdate", "modificationtime", "updatedatutc",
    "updatedatts",  "lastmod",          "rowupdatedat",   "recordupdatedat",  "sysupdatedat",     "updtime",
    "upddate",      "moddate",          "modtime",        "changedate",
};
static const char *const touch_weak[] = {"changedat",  "changedon",   "touchedat", "lastchanged", "lastchangedat",
                                         "lastchange", "datechanged", "editedat",  "lastedited",  "lasteditedat",
                                         "timestamp",  "ts",          "syncedat"};
static const char *const birth[] = {
    "createdat",  "createdon",  "created",      "createddate",  "createdtime",     "createdts",    "createdtimestamp",
    "createdutc", "createat",   "createtime",   "createdate",   "createts",        "datecreated",  "timecreated",
    "gmtcreate",  "gmtcreated", "creationdate", "creationtime", "insertedat",      "insertedon",   "inserttime",
    "dateadded",  "addedat",    "dateinserted", "ctime",        "createddatetime", "rowcreatedat",
};
static const char *const planned[] = {
    "expir", "due",         "start",     "end",     "schedule",    "valid",  "deadline",    "next",
    "until", "planned",     "estimated", "target",  "remind",      "retry",  "begin",       "from",
    "to",    "effective",   "available", "birth",   "dateofbirth", "dob",    "publishfrom", "run",
    "not",   "lockeduntil", "eta",       "release", "arrive",      "depart", "expected",
};
static const char *const repeated[] = {"last",   "latest",    "recent",    "current", "lastseen", "seen",    "checked",
                                       "polled", "heartbeat", "refreshed", "synced",  "accessed", "indexed", "cached"};
static const char *const deleted[] = {"deletedat", "deletedon", "deleted",    "deletedate", "discardedat",
                                      "removedat", "trashedat", "archivedat", "deletetime", "deleteddate"};
static const char *const event_suffixes[] = {"at", "on"};
static const char *const event_weak_suffixes[] = {"date", "time", "datetime", "timestamp", "ts"};

static enum sl_name_role moment_role(sl_str raw, sl_str name)
{
    bool is_snake_at = sl_str_has_suffix(raw, SL_STR("_at")) || sl_str_has_suffix(raw, SL_STR("_on")) ||
                       (raw.len > 2 && (sl_str_has_suffix(raw, SL_STR("At")) || sl_str_has_suffix(raw, SL_STR("On"))));
    if (is_snake_at && ENDS(name, event_suffixes))
        return SL_NAME_EVENT;
    return ENDS(name, event_weak_suffixes) ? SL_NAME_EVENT_WEAK : SL_NAME_OTHER;
}

enum sl_name_role sl_name_time_role(sl_str column)
{
    struct squeezed squeezed = squeeze(column);
    sl_str name = str_of(&squeezed);
    if (IN(name, touch))
        return SL_NAME_TOUCH;
    if (IN(name, birth))
        return SL_NAME_BIRTH;
    if (IN(name, touch_weak))
        return SL_NAME_TOUCH_WEAK;
    if (IN(name, deleted))
        return SL_NAME_DELETED;
    enum sl_name_role moment = moment_role(column, name);
    if (BEGINS(name, repeated))
        return SL_NAME_REPEATED;
    /* started_at and ended_at were met; starts_at and end_date were chosen. */
    static const char *const met[] = {"started",   "ended",    "scheduled", "released", "expired",
                                      "arrived",   "departed", "reminded",  "retried",  "validated",
                                      "tokenused", "notified", "notifed"};
    if (BEGINS(name, planned) && !BEGINS(name, met) && moment != SL_NAME_OTHER)
        return SL_NAME_PLANNED;
    return moment;
}

static bool contains_one_of(sl_str name, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (sl_str_find_nocase(name, sl_str_from(list[i])) != SIZE_MAX)
            return true;
    }
    return false;
}

#define CONTAINS(name, list) contains_one_of((name), (list), sizeof(list) / sizeof(list)[0])

static bool is_upper(char c)
{
    return sl_lower_char(c) != c;
}

/* Do `len` bytes from `at` make a word of the name: "sla" in sla_until and ticketSlaAt, not in translated_at? */
static bool is_word(sl_str raw, size_t at, size_t len)
{
    size_t end = at + len;
    bool begins = at == 0 || raw.ptr[at - 1] == '_' || is_upper(raw.ptr[at]);
    return begins && (end == raw.len || !sl_is_alpha(raw.ptr[end]) || is_upper(raw.ptr[end]));
}

static bool has_word(sl_str raw, sl_str word)
{
    for (size_t i = 0; i + word.len <= raw.len; i++) {
        if (sl_str_eq_nocase(sl_str_slice(raw, i, word.len), word) && is_word(raw, i, word.len))
            return true;
    }
    return false;
}

struct moment_ending {
    const char *text;
    bool is_date, is_time;
};

/* Before the ending of a moment: a participle (closed_at, wonAt, sent_date), or a noun that stands for one. */
static bool is_happening(sl_str stem, const struct moment_ending *ending)
{
    static const char *const participles[] = {"ed",    "won",  "paid", "sent",  "sold",  "done",
                                              "drawn", "lost", "left", "taken", "begun", "met"};
    static const char *const nouns[] = {"payment", "delivery",   "completion",   "close",   "hire",
                                        "ship",    "resolution", "cancellation", "approval"};
    enum { N_NOUNS_OF_TIMES = 3 }; /* resolution_time is how long it took */
    for (size_t i = 0; i < sizeof participles / sizeof participles[0]; i++) {
        if (sl_str_has_suffix_nocase(stem, sl_str_from(participles[i])))
            return !sl_str_has_suffix_nocase(stem, SL_STR("elapsed"));
    }
    for (size_t i = 0; i < sizeof nouns / sizeof nouns[0]; i++) {
        sl_str noun = sl_str_from(nouns[i]);
        if ((ending->is_date || (ending->is_time && i < N_NOUNS_OF_TIMES)) && sl_str_has_suffix_nocase(stem, noun) &&
            is_word(stem, stem.len - noun.len, noun.len))
            return true;
    }
    return false;
}

static bool is_named_for_event(sl_str raw)
{
    static const struct moment_ending endings[] = {
        {"at", false, false}, {"on", false, false}, {"date", true, false}, {"time", false, true}, {"ts", false, false}};
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++) {
        sl_str ending = sl_str_from(endings[i].text);
        if (!sl_str_has_suffix_nocase(raw, ending))
            continue;
        sl_str stem = sl_str_slice(raw, 0, raw.len - ending.len);
        stem.len -= stem.len > 0 && stem.ptr[stem.len - 1] == '_';
        if (is_happening(stem, &endings[i]))
            return true;
    }
    return false;
}

struct sl_name_claim sl_name_claim(sl_str raw)
{
    static const char *const writes[] = {"updat", "modif", "chang", "touch", "edited"};
    static const char *const moments[] = {"ts", "tstamp", "timestamp", "stamp", "time", "datetime", "dt"};
    /* what a copy, a cache or an editor notes of its own work */
    static const char *const bookkeeping[] = {"creat",    "sync",     "load",   "refresh",   "index",
                                              "snapshot", "fetched",  "cached", "extracted", "exported",
                                              "imported", "ingested", "saved"};
    static const char *const presence[] = {"lastseen", "lastactiv", "lastonline", "lastping", "heartbeat"};
    static const char *const deadlines[] = {"due",     "deadline",  "promised",  "expected",
                                            "planned", "scheduled", "estimated", "agreed"};
    struct squeezed squeezed = squeeze(raw);
    sl_str name = str_of(&squeezed);
    /* signup_date holds no "updat": words are looked for in the name as it stands */
    bool is_write = CONTAINS(raw, writes) || sl_str_eq(name, SL_STR("mtime"));
    return (struct sl_name_claim){
        .write = is_write,
        .moment = IN(name, moments),
        .event = is_named_for_event(raw) && !is_write && !CONTAINS(raw, bookkeeping) &&
                 !sl_str_has_prefix(name, SL_STR("last")),
        .presence = CONTAINS(name, presence),
        .deadline = CONTAINS(raw, deadlines) || has_word(raw, SL_STR("sla")),
    };
}

bool sl_name_is_orm_touch(sl_str column)
{
    static const char *const whole[] = {"updatedat", "updatedon"};
    struct squeezed squeezed = squeeze(column);
    return IN(str_of(&squeezed), whole);
}

bool sl_name_is_state(sl_str column)
{
    static const char *const whole[] = {"status",      "state",      "stage",  "phase",     "outcome",
                                        "disposition", "decision",   "result", "lifecycle", "progress",
                                        "step",        "resolution", "verdict"};
    static const char *const suffixes[] = {"status",   "state",      "stage",    "phase",   "outcome", "disposition",
                                           "decision", "statuscode", "statusid", "stateid", "verdict"};
    static const char *const not_state[] = {"homestate",     "addressstate", "billingstate", "shippingstate",
                                            "maritalstatus", "usstate",      "httpstatus"};
    struct squeezed squeezed = squeeze(column);
    sl_str name = str_of(&squeezed);
    return !IN(name, not_state) && (IN(name, whole) || ENDS(name, suffixes));
}

bool sl_name_is_sort_of_thing(sl_str column)
{
    static const char *const whole[] = {
        "type",      "kind",       "role",     "category", "gender",  "sex",     "country",    "currency", "locale",
        "language",  "level",      "priority", "severity", "source",  "channel", "unit",       "format",   "provider",
        "platform",  "visibility", "color",    "size",     "region",  "plan",    "tier",       "mode",     "method",
        "direction", "frequency",  "interval", "scope",    "weekday", "theme",   "permission", "access"};
    static const char *const suffixes[] = {
        "type",   "kind",    "role", "category", "country", "currency", "locale", "language", "level",    "priority",
        "source", "channel", "unit", "format",   "method",  "mode",     "plan",   "tier",     "frequency"};
    struct squeezed squeezed = squeeze(column);
    sl_str name = str_of(&squeezed);
    return IN(name, whole) || ENDS(name, suffixes);
}

bool sl_name_is_outcome_flag(sl_str column)
{
    static const char *const outcomes[] = {"paid", "won", "done", "sent", "sold", "lost", "drawn"};
    static const char *const settings[] = {"enabled", "disabled",  "deleted",   "archived", "locked",
                                           "hidden",  "shared",    "pinned",    "required", "featured",
                                           "allowed", "protected", "subscribed"};
    struct squeezed squeezed = squeeze(column);
    sl_str name = str_of(&squeezed);
    if (sl_str_has_prefix(name, SL_STR("is")) || sl_str_has_prefix(name, SL_STR("has")))
        name = sl_str_slice(name, name.ptr[0] == 'i' ? 2 : 3, name.len);
    if (IN(name, settings) || IN(name, touch) || IN(name, birth))
        return false;
    return IN(name, outcomes) || (name.len > 4 && sl_str_has_suffix(name, SL_STR("ed")));
}

bool sl_name_is_audit_table(sl_str table)
{
    static const char *const suffixes[] = {"log",       "logs",        "history",   "histories", "versions",
                                           "events",    "audit",       "audits",    "journal",   "archive",
                                           "snapshots", "audittrail",  "revisions", "changelog", "activities",
                                           "ledger",    "transitions", "changes"};
    static const char *const prefixes[] = {"audit", "history", "log_"};
    static const char *const whole[] = {"versions",  "events", "logs",  "history", "audits", "activities",
                                        "revisions", "log",    "audit", "ledger",  "journal"};
    struct squeezed squeezed = squeeze(table);
    sl_str name = str_of(&squeezed);
    if (IN(name, whole) || BEGINS(name, prefixes))
        return true;
    /* "blogs" and "catalog" end in log; the word must stand alone. */
    for (size_t i = 0; i < sizeof suffixes / sizeof suffixes[0]; i++) {
        size_t len = strlen(suffixes[i]);
        if (table.len <= len + 1)
            continue;
        sl_str tail = sl_str_slice(table, table.len - len, len);
        char before = table.ptr[table.len - len - 1];
        bool is_word = before == '_' || (tail.ptr[0] >= 'A' && tail.ptr[0] <= 'Z');
        if (is_word && sl_str_eq_nocase(tail, sl_str_from(suffixes[i])))
            return true;
    }
    return false;
}

bool sl_name_is_audit_schema(sl_str schema)
{
    static const char *const whole[] = {"audit",     "audits", "auditing", "history",
                                        "audit_log", "log",    "logs",     "logging"};
    return IN(schema, whole);
}

bool sl_name_is_version(sl_str column)
{
    static const char *const whole[] = {"version",    "revision",  "rev",      "versionnumber",
                                        "versionno",  "ver",       "seq",      "revisionnumber",
                                        "generation", "validfrom", "sysstart", "rowstart"};
    struct squeezed squeezed = squeeze(column);
    return IN(str_of(&squeezed), whole);
}
