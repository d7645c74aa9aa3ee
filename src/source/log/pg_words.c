#include "source/log/pg_words.h"

#include "source/log/stamp.h"

/* A severity stands within so many bytes of a line, as in pg_prefix. */
#define LONGEST_PREFIX 600
#define W SL_STR_INIT

/* One language: what differs from English. */
struct language {
    struct {
        enum sl_pg_severity severity;
        sl_str word;
    } labels[14];
    sl_str durations[2];   /* in front of the number */
    sl_str statements[2];  /* in front of a statement */
    sl_str execute, fetch; /* in front of the name of a prepared statement, of a portal */
    sl_str parameters[2];  /* in front of $1 = … */
    sl_str prepare;        /* in front of PREPARE … */
};

static const struct language languages[] = {
    {
        /* German */
        .labels = {{SL_PG_ERROR, W("FEHLER")},
                   {SL_PG_ERROR, W("PANIK")},
                   {SL_PG_NOTICE, W("WARNUNG")},
                   {SL_PG_NOTICE, W("HINWEIS")},
                   {SL_PG_CONTEXT, W("ZUSAMMENHANG")},
                   {SL_PG_STATEMENT, W("ANWEISUNG")},
                   {SL_PG_OTHER, W("TIPP")},
                   {SL_PG_OTHER, W("ANFRAGE")},
                   {SL_PG_OTHER, W("ORT")}},
        .durations = {W("Dauer: ")},
        .statements = {W("Anweisung: ")},
        .parameters = {W("Parameter: ")},
        .execute = W("Ausführen "),
        .fetch = W("Ausführen Fetch von "),
        .prepare = W("Vorbereiten: "),
    },
    {
        /* Spanish */
        .labels = {{SL_PG_DETAIL, W("DETALLE")},
                   {SL_PG_CONTEXT, W("CONTEXTO")},
                   {SL_PG_STATEMENT, W("SENTENCIA")},
                   {SL_PG_OTHER, W("CONSULTA")},
                   {SL_PG_OTHER, W("UBICACIÓN")}},
        .durations = {W("duración: ")},
        .statements = {W("sentencia: ")},
        .parameters = {W("parámetros: "), W("Parámetros: ")},
        .execute = W("ejecutar "),
        .fetch = W("ejecutar fetch desde "),
    },
    {
        /* French */
        .labels = {{SL_PG_ERROR, W("ERREUR")},
                   {SL_PG_NOTICE, W("ATTENTION")},
                   {SL_PG_DETAIL, W("DÉTAIL")},
                   {SL_PG_CONTEXT, W("CONTEXTE")},
                   {SL_PG_STATEMENT, W("INSTRUCTION")},
                   {SL_PG_OTHER, W("ASTUCE")},
                   {SL_PG_OTHER, W("REQUÊTE")},
                   {SL_PG_OTHER, W("EMPLACEMENT")}},
        .durations = {W("durée : ")},
        .statements = {W("instruction : ")},
        .parameters = {W("paramètres : ")},
        .execute = W("exécute "),
        .fetch = W("exécute fetch à partir de "),
        .prepare = W("préparation : "),
    },
    {
        /* Indonesian */
        .labels = {{SL_PG_ERROR, W("PANIK")},
                   {SL_PG_NOTICE, W("PERINGATAN")},
                   {SL_PG_DETAIL, W("DETIL")},
                   {SL_PG_CONTEXT, W("KONTEKS")},
                   {SL_PG_STATEMENT, W("PERNYATAAN")},
                   {SL_PG_OTHER, W("PETUNJUK")},
                   {SL_PG_OTHER, W("LOKASI")}},
        .durations = {W("durasi: ")},
        .statements = {W("perintah: ")},
        .parameters = {W("parameter: ")},
        .execute = W("menjalankan "),
        .fetch = W("menjalankan 'fetch' dari "),
        .prepare = W("menyiapkan: "),
    },
    {
        /* Italian */
        .labels = {{SL_PG_ERROR, W("ERRORE")},
                   {SL_PG_ERROR, W("FATALE")},
                   {SL_PG_ERROR, W("PANICO")},
                   {SL_PG_NOTICE, W("ATTENZIONE")},
                   {SL_PG_NOTICE, W("NOTIFICA")},
                   {SL_PG_DETAIL, W("DETTAGLI")},
                   {SL_PG_CONTEXT, W("CONTESTO")},
                   {SL_PG_STATEMENT, W("ISTRUZIONE")},
                   {SL_PG_OTHER, W("SUGGERIMENTO")},
                   {SL_PG_OTHER, W("POSIZIONE")}},
        .durations = {W("durata: ")},
        .statements = {W("istruzione: ")},
        .parameters = {W("parametri: ")},
        .execute = W("esecuzione di "),
        .fetch = W("esecuzione di fetch da "),
        .prepare = W("preparazione: "),
    },
    {
        /* Japanese */
        .labels = {{SL_PG_DETAIL, W("詳細")},
                   {SL_PG_CONTEXT, W("文脈")},
                   {SL_PG_STATEMENT, W("文")},
                   {SL_PG_OTHER, W("ヒント")},
                   {SL_PG_OTHER, W("問い合わせ")},
                   {SL_PG_OTHER, W("場所")}},
        .durations = {W("期間: ")},
        .statements = {W("文: ")},
        .parameters = {W("パラメータ: ")},
        .execute = W("実行 "),
        .fetch = W("取り出し実行 "),
        .prepare = W("準備: "),
    },
    {
        /* Georgian */
        .labels = {{SL_PG_LOG, W("ჟურნალი")},
                   {SL_PG_ERROR, W("შეცდომა")},
                   {SL_PG_ERROR, W("ფატალური")},
                   {SL_PG_ERROR, W("პანიკა")},
                   {SL_PG_NOTICE, W("გაფრთხილება")},
                   {SL_PG_NOTICE, W("გაფრთხილება")},
                   {SL_PG_NOTICE, W("ინფორმაცია")},
                   {SL_PG_NOTICE, W("გამართვა")},
                   {SL_PG_DETAIL, W("დეტალები")},
                   {SL_PG_CONTEXT, W("კონტექსტი")},
                   {SL_PG_STATEMENT, W("ოპერატორი")},
                   {SL_PG_OTHER, W("მინიშნება")},
                   {SL_PG_OTHER, W("მოთხოვნა")},
                   {SL_PG_OTHER, W("მდებარეობა")}},
        .durations = {W("ხანგრძლივობა: ")},
        .statements = {W("ოპერატორი: "), W("გამოსახულება: ")},
        .parameters = {W("პარამეტრები: ")},
        .execute = W("გაშვება "),
        .prepare = W("მომზადება: "),
    },
    {
        /* Korean */
        .labels = {{SL_PG_LOG, W("로그")},
                   {SL_PG_ERROR, W("오류")},
                   {SL_PG_ERROR, W("치명적오류")},
                   {SL_PG_ERROR, W("손상")},
                   {SL_PG_NOTICE, W("경고")},
                   {SL_PG_NOTICE, W("알림")},
                   {SL_PG_NOTICE, W("정보")},
                   {SL_PG_NOTICE, W("디버그")},
                   {SL_PG_DETAIL, W("상세정보")},
                   {SL_PG_CONTEXT, W("내용")},
                   {SL_PG_STATEMENT, W("명령 구문")},
                   {SL_PG_OTHER, W("힌트")},
                   {SL_PG_OTHER, W("쿼리")},
                   {SL_PG_OTHER, W("위치")}},
        .durations = {W("실행시간: "), W("수행시간: ")},
        .statements = {W("명령 구문: ")},
        .parameters = {W("매개 변수: ")},
        .execute = W("쿼리실행 "),
        .fetch = W("자료뽑기 "),
    },
    {
        /* Polish */
        .labels = {{SL_PG_LOG, W("DZIENNIK")},
                   {SL_PG_ERROR, W("BŁĄD")},
                   {SL_PG_ERROR, W("KATASTROFALNY")},
                   {SL_PG_ERROR, W("PANIKA")},
                   {SL_PG_NOTICE, W("OSTRZEŻENIE")},
                   {SL_PG_NOTICE, W("UWAGA")},
                   {SL_PG_NOTICE, W("INFORMACJA")},
                   {SL_PG_DETAIL, W("SZCZEGÓŁY")},
                   {SL_PG_CONTEXT, W("KONTEKST")},
                   {SL_PG_STATEMENT, W("WYRAŻENIE")},
                   {SL_PG_OTHER, W("PODPOWIEDŹ")},
                   {SL_PG_OTHER, W("ZAPYTANIE")},
                   {SL_PG_OTHER, W("POZYCJA")}},
        .durations = {W("czas trwania: ")},
        .statements = {W("wyrażenie: ")},
        .parameters = {W("parametry: ")},
        .execute = W("wykonanie "),
        .fetch = W("wykonanie pobrania z "),
        .prepare = W("przygotuj: "),
    },
    {
        /* Portuguese of Brazil */
        .labels = {{SL_PG_ERROR, W("ERRO")},
                   {SL_PG_ERROR, W("PÂNICO")},
                   {SL_PG_NOTICE, W("AVISO")},
                   {SL_PG_NOTICE, W("NOTA")},
                   {SL_PG_NOTICE, W("DEPURAÇÃO")},
                   {SL_PG_DETAIL, W("DETALHE")},
                   {SL_PG_CONTEXT, W("CONTEXTO")},
                   {SL_PG_STATEMENT, W("COMANDO")},
                   {SL_PG_OTHER, W("DICA")},
                   {SL_PG_OTHER, W("CONSULTA")},
                   {SL_PG_OTHER, W("LOCAL")}},
        .durations = {W("duração: ")},
        .statements = {W("comando: ")},
        .parameters = {W("parâmetros: ")},
        .execute = W("executar "),
        .fetch = W("executar busca de "),
        .prepare = W("preparado: "),
    },
    {
        /* Russian */
        .labels = {{SL_PG_LOG, W("СООБЩЕНИЕ")},
                   {SL_PG_ERROR, W("ОШИБКА")},
                   {SL_PG_ERROR, W("ВАЖНО")},
                   {SL_PG_ERROR, W("ПАНИКА")},
                   {SL_PG_NOTICE, W("ПРЕДУПРЕЖДЕНИЕ")},
                   {SL_PG_NOTICE, W("ЗАМЕЧАНИЕ")},
                   {SL_PG_NOTICE, W("ИНФОРМАЦИЯ")},
                   {SL_PG_NOTICE, W("ОТЛАДКА")},
                   {SL_PG_DETAIL, W("ПОДРОБНОСТИ")},
                   {SL_PG_CONTEXT, W("КОНТЕКСТ")},
                   {SL_PG_STATEMENT, W("ОПЕРАТОР")},
                   {SL_PG_OTHER, W("ПОДСКАЗКА")},
                   {SL_PG_OTHER, W("ЗАПРОС")},
                   {SL_PG_OTHER, W("ПОЛОЖЕНИЕ")}},
        .durations = {W("продолжительность: ")},
        .statements = {W("оператор: ")},
        .parameters = {W("параметры: "), W("Параметры: ")},
        .execute = W("выполнение "),
        .fetch = W("выборка из "),
        .prepare = W("подготовка: "),
    },
    {
        /* Swedish */
        .labels = {{SL_PG_LOG, W("LOGG")},
                   {SL_PG_ERROR, W("FEL")},
                   {SL_PG_ERROR, W("FATALT")},
                   {SL_PG_ERROR, W("PANIK")},
                   {SL_PG_NOTICE, W("VARNING")},
                   {SL_PG_NOTICE, W("NOTIS")},
                   {SL_PG_DETAIL, W("DETALJ")},
                   {SL_PG_CONTEXT, W("KONTEXT")},
                   {SL_PG_STATEMENT, W("SATS")},
                   {SL_PG_OTHER, W("TIPS")},
                   {SL_PG_OTHER, W("FRÅGA")},
                   {SL_PG_OTHER, W("PLATS")}},
        .durations = {W("varaktighet "), W("varaktighet: ")},
        .statements = {W("sats: ")},
        .parameters = {W("parametrar: "), W("Parametrar: ")},
        .execute = W("kör "),
        .fetch = W("kör hämtning från "),
    },
    {
        /* Turkish */
        .labels = {{SL_PG_ERROR, W("HATA")},
                   {SL_PG_ERROR, W("ÖLÜMCÜL (FATAL)")},
                   {SL_PG_ERROR, W("KRİTİK")},
                   {SL_PG_NOTICE, W("UYARI")},
                   {SL_PG_NOTICE, W("NOT")},
                   {SL_PG_NOTICE, W("BİLGİ")},
                   {SL_PG_DETAIL, W("AYRINTI")},
                   {SL_PG_CONTEXT, W("ORTAM")},
                   {SL_PG_STATEMENT, W("KOMUT")},
                   {SL_PG_OTHER, W("İPUCU")},
                   {SL_PG_OTHER, W("SORGU")},
                   {SL_PG_OTHER, W("YER")}},
        .durations = {W("süre: ")},
        .statements = {W("komut: ")},
    },
    {
        /* Ukrainian */
        .labels = {{SL_PG_LOG, W("ЗАПИСУВАННЯ")},
                   {SL_PG_ERROR, W("ПОМИЛКА")},
                   {SL_PG_ERROR, W("ФАТАЛЬНО")},
                   {SL_PG_ERROR, W("ПАНІКА")},
                   {SL_PG_NOTICE, W("ПОПЕРЕДЖЕННЯ")},
                   {SL_PG_NOTICE, W("ПОВІДОМЛЕННЯ")},
                   {SL_PG_NOTICE, W("ІНФОРМАЦІЯ")},
                   {SL_PG_NOTICE, W("НАЛАГОДЖЕННЯ")},
                   {SL_PG_DETAIL, W("ВІДОМОСТІ")},
                   {SL_PG_CONTEXT, W("КОНТЕКСТ")},
                   {SL_PG_STATEMENT, W("ІНСТРУКЦІЯ")},
                   {SL_PG_OTHER, W("УКАЗІВКА")},
                   {SL_PG_OTHER, W("ЗАПИТ")},
                   {SL_PG_OTHER, W("РОЗТАШУВАННЯ")}},
        .durations = {W("тривалість: ")},
        .statements = {W("оператор: ")},
        .parameters = {W("параметри: "), W("Параметри: ")},
        .execute = W("виконувати "),
        .fetch = W("виконати витягнення з "),
        .prepare = W("підготовка: "),
    },
    {
        /* simplified Chinese */
        .labels = {{SL_PG_LOG, W("日志")},
                   {SL_PG_ERROR, W("错误")},
                   {SL_PG_ERROR, W("致命错误")},
                   {SL_PG_ERROR, W("比致命错误还过分的错误")},
                   {SL_PG_NOTICE, W("警告")},
                   {SL_PG_NOTICE, W("注意")},
                   {SL_PG_NOTICE, W("信息")},
                   {SL_PG_NOTICE, W("调试")},
                   {SL_PG_DETAIL, W("详细信息")},
                   {SL_PG_CONTEXT, W("上下文")},
                   {SL_PG_STATEMENT, W("语句")},
                   {SL_PG_OTHER, W("提示")},
                   {SL_PG_OTHER, W("查询")},
                   {SL_PG_OTHER, W("位置")}},
        .durations = {W("执行时间: ")},
        .statements = {W("语句: ")},
        .parameters = {W("参数: ")},
        .execute = W("执行"),
        .fetch = W("执行FETCH操作"),
        .prepare = W("准备: "),
    },
};
#define N(array) (sizeof(array) / sizeof(array)[0])

/* The word that ends the text, if it is one: as long as possible, "FEL" is no "FEHLER". */
static enum sl_pg_severity label_at_end(sl_str text, size_t *len)
{
    *len = 0;
    enum sl_pg_severity severity = SL_PG_NONE;
    for (const struct language *language = languages; language < languages + N(languages); language++) {
        for (size_t i = 0; i < N(language->labels) && language->labels[i].word.len; i++) {
            sl_str word = language->labels[i].word;
            bool ends = word.len > *len && sl_str_has_suffix(text, word);
            if (ends && (word.len == text.len || !sl_is_name_char(text.ptr[text.len - word.len - 1]))) {
                *len = word.len;
                severity = language->labels[i].severity;
            }
        }
    }
    return severity;
}

enum sl_pg_severity sl_pg_words_find(sl_str line, size_t *word_off, size_t *text_off)
{
    const char *end = line.ptr + (line.len < LONGEST_PREFIX ? line.len : LONGEST_PREFIX);
    for (const char *p = line.ptr; p < end && (p = memchr(p, ':', (size_t)(end - p))) != NULL; p++) {
        sl_str before = {line.ptr, (size_t)(p - line.ptr)};
        if (before.len && p[-1] == ' ') /* French */
            before.len--;
        char last = before.len ? before.ptr[before.len - 1] : ' ';
        bool may_be = (last >= 'A' && last <= 'Z') || (unsigned char)last >= 0x80 || last == ')';
        size_t len;
        enum sl_pg_severity severity = may_be ? label_at_end(before, &len) : SL_PG_NONE;
        if (severity == SL_PG_NONE)
            continue;
        const char *text = p + 1;
        while (text < line.ptr + line.len && *text == ' ')
            text++;
        *word_off = before.len - len;
        *text_off = (size_t)(text - line.ptr);
        return severity;
    }
    return SL_PG_NONE;
}

enum sl_pg_severity sl_pg_words_find_any(sl_str line, size_t *word_off, size_t *text_off)
{
    enum sl_pg_severity english = sl_pg_severity_find(line, word_off, text_off);
    sl_str before = english == SL_PG_NONE ? line : sl_str_slice(line, 0, *word_off);
    size_t word, text;
    enum sl_pg_severity translated = sl_pg_words_find(before, &word, &text);
    if (translated == SL_PG_NONE)
        return english;
    *word_off = word;
    *text_off = text;
    return translated;
}

enum sl_pg_severity sl_pg_words_severity(sl_str word)
{
    static const sl_str errors[] = {W("ERROR"), W("FATAL"), W("PANIC")};
    size_t len;
    if (sl_str_eq(word, SL_STR("LOG")))
        return SL_PG_LOG;
    for (size_t i = 0; i < N(errors); i++) {
        if (sl_str_eq(word, errors[i]))
            return SL_PG_ERROR;
    }
    enum sl_pg_severity severity = label_at_end(word, &len);
    return severity == SL_PG_NONE || len < word.len ? SL_PG_NOTICE : severity;
}

/* The length of the first of the words that begins the text; 0: none does. */
static size_t first_of(const sl_str *words, size_t n, sl_str text)
{
    for (size_t i = 0; i < n; i++) {
        if (words[i].len && sl_str_has_prefix(text, words[i]))
            return words[i].len;
    }
    return 0;
}

static bool take(sl_str *s, size_t len)
{
    *s = sl_str_slice(*s, len, s->len);
    return len > 0;
}

/* NAME[/PORTAL]: of what is executed; the words about what is parsed or bound may be several. */
static bool take_name(sl_str *s, bool is_word)
{
    if (s->len && s->ptr[0] == ' ')
        take(s, 1);
    size_t colon = sl_str_find_byte(sl_str_slice(*s, 0, 300), ':');
    if (colon == SIZE_MAX || (is_word && sl_str_find_byte(sl_str_slice(*s, 0, colon), ' ') != SIZE_MAX))
        return false;
    take(s, colon + 1);
    while (s->len && s->ptr[0] == ' ')
        take(s, 1);
    return true;
}

/* What stands in front of the statement. */
static enum sl_pg_message_kind take_verb(const struct language *language, sl_str *s, bool *is_execute)
{
    if (take(s, first_of(&language->fetch, 1, *s)))
        return take_name(s, false) ? SL_PG_MESSAGE_PARSE_BIND : SL_PG_MESSAGE_OTHER;
    if (take(s, first_of(&language->execute, 1, *s))) {
        *is_execute = take_name(s, true);
        return *is_execute ? SL_PG_MESSAGE_STATEMENT : SL_PG_MESSAGE_OTHER;
    }
    return take(s, first_of(language->statements, 2, *s)) ? SL_PG_MESSAGE_STATEMENT : SL_PG_MESSAGE_OTHER;
}

/* "0.123 ms", in any language: all count milliseconds. A comma may follow. */
static bool take_milliseconds(sl_str *s, uint64_t *us)
{
    size_t n = sl_stamp_decimal(*s, 3, us);
    if (!take(s, n) || !sl_str_has_prefix(*s, SL_STR(" ")))
        return false;
    take(s, 1);
    size_t unit = 0;
    while (unit < s->len && !strchr(" ,\n\r\"\\", s->ptr[unit]))
        unit++;
    take(s, unit);
    while (s->len && (s->ptr[0] == ' ' || s->ptr[0] == ','))
        take(s, 1);
    return unit > 0;
}

static bool read_duration(const struct language *language, sl_str *rest, struct sl_pg_message *out)
{
    if (!take_milliseconds(rest, &out->duration_us))
        return false;
    out->has_duration = true;
    if (rest->len == 0 || rest->ptr[0] == '\n' || rest->ptr[0] == '\r') {
        out->kind = SL_PG_MESSAGE_DURATION;
        return true;
    }
    out->kind = take_verb(language, rest, &out->is_execute);
    if (out->kind == SL_PG_MESSAGE_OTHER) /* of the extended protocol, whatever the words are */
        out->kind = take_name(rest, false) ? SL_PG_MESSAGE_PARSE_BIND : SL_PG_MESSAGE_OTHER;
    return true;
}

/* "00000: " of log_error_verbosity = verbose. */
static sl_str without_sqlstate(sl_str text)
{
    bool has_state = text.len > 7 && text.ptr[5] == ':' && text.ptr[6] == ' ' && sl_is_digit(text.ptr[0]);
    return has_state ? sl_str_slice(text, 7, text.len) : text;
}

bool sl_pg_words_start_message(sl_str text)
{
    text = without_sqlstate(text);
    for (const struct language *language = languages; language < languages + N(languages); language++) {
        if (first_of(language->durations, 2, text) || first_of(language->statements, 2, text) ||
            first_of(&language->execute, 1, text))
            return true;
    }
    return false;
}

bool sl_pg_words_read_message(sl_str text, struct sl_pg_message *out)
{
    for (const struct language *language = languages; language < languages + N(languages); language++) {
        struct sl_pg_message message = {0};
        sl_str rest = without_sqlstate(text);
        if (take(&rest, first_of(language->durations, 2, rest))) {
            if (!read_duration(language, &rest, &message))
                continue;
        } else {
            message.kind = take_verb(language, &rest, &message.is_execute);
        }
        if (message.kind == SL_PG_MESSAGE_OTHER)
            continue;
        message.text_off = (size_t)(rest.ptr - text.ptr);
        *out = message;
        return true;
    }
    return false;
}

size_t sl_pg_words_parameters(sl_str detail)
{
    size_t len = 0;
    for (size_t i = 0; i < N(languages) && len == 0; i++)
        len = first_of(languages[i].parameters, 2, detail);
    return len;
}

size_t sl_pg_words_prepare(sl_str detail)
{
    size_t len = 0;
    for (size_t i = 0; i < N(languages) && len == 0; i++)
        len = first_of(&languages[i].prepare, 1, detail);
    return len;
}
