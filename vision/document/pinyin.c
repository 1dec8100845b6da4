#include "vision/document/pinyin.h"

#include <pthread.h>
#include <string.h>
#include <unicode/ustring.h>
#include <unicode/utrans.h>

#define UNITS_MAX    256 /* UTF-16, of a name and its reading */
#define READINGS_MAX 8   /* of a character */
#define LETTERS_MAX  8   /* of a syllable, with its end */

/* ---- ICU: its transliterators serve one thread at a time ---- */

enum script { NAMES_TO_LATIN, HAN_TO_LATIN, TO_SIMPLIFIED, SCRIPTS };

static pthread_mutex_t icu_lock = PTHREAD_MUTEX_INITIALIZER;
static UTransliterator *opened[SCRIPTS];

static UTransliterator *open_once(enum script script)
{
    static const char *const ids[SCRIPTS] = {
        [NAMES_TO_LATIN] = "Han-Latin/Names; NFD",
        [HAN_TO_LATIN] = "Han-Latin; NFD",
        [TO_SIMPLIFIED] = "Traditional-Simplified",
    };
    if (!opened[script]) {
        UChar id[32];
        UErrorCode status = U_ZERO_ERROR;
        u_uastrcpy(id, ids[script]);
        opened[script] = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &status);
    }
    return opened[script];
}

/* The text in the other script; as it is when ICU cannot. */
static char *transliterate(enum script script, const char *text)
{
    UChar units[UNITS_MAX];
    char out[UNITS_MAX * 3];
    int32_t length = 0;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(units, UNITS_MAX, &length, text, -1, &status);
    int32_t limit = length;
    pthread_mutex_lock(&icu_lock);
    const UTransliterator *transliterator = open_once(script);
    if (U_SUCCESS(status) && transliterator) {
        utrans_transUChars(transliterator, units, &length, UNITS_MAX, 0, &limit, &status);
    }
    pthread_mutex_unlock(&icu_lock);
    u_strToUTF8(out, sizeof out, NULL, units, length, &status);
    return g_strdup(U_SUCCESS(status) && status != U_STRING_NOT_TERMINATED_WARNING ? out : text);
}

char *pinyin_characters(const char *text)
{
    GString *characters = g_string_new(NULL);
    if (g_utf8_validate(text, -1, NULL)) {
        for (const char *at = text; *at; at = g_utf8_next_char(at)) {
            const gunichar character = g_utf8_get_char(at);
            if (g_unichar_get_script(character) == G_UNICODE_SCRIPT_HAN) {
                g_string_append_unichar(characters, character);
            }
        }
    }
    return g_string_free(characters, FALSE);
}

char *pinyin_simplified(const char *characters)
{
    return transliterate(TO_SIMPLIFIED, characters);
}

/* ---- readings ---- */

/* What names are read as besides what ICU says, mostly surnames. */
static const struct {
    const char *character, *readings;
} more_readings[] = {
    {"万", "WAN MO"},      {"不", "BU FOU"},       {"乐", "LE YUE"},      {"乜", "NIE MIE"},      {"仇", "QIU CHOU"},
    {"会", "HUI KUAI"},    {"单", "SHAN DAN"},     {"卜", "BU BO"},       {"参", "SHEN CAN CEN"}, {"句", "GOU JU"},
    {"召", "SHAO ZHAO"},   {"员", "YUN YUAN"},     {"和", "HE"},          {"哈", "HA"},           {"塔", "TA"},
    {"大", "DA DAI"},      {"奇", "QI JI"},        {"娜", "NA NUO"},      {"尉", "YU WEI"},       {"尧", "YAO"},
    {"少", "SHAO"},        {"异", "YI"},           {"折", "SHE ZHE"},     {"撒", "SA"},           {"教", "JIAO"},
    {"曲", "QU"},          {"曾", "ZENG CENG"},    {"朝", "CHAO ZHAO"},   {"朴", "PIAO PU"},      {"柏", "BAI BO"},
    {"查", "ZHA CHA"},     {"毋", "WU GUAN"},      {"沈", "SHEN CHEN"},   {"洗", "XIAN XI"},      {"燕", "YAN"},
    {"牟", "MU MOU"},      {"盖", "GE GAI"},       {"盛", "SHENG CHENG"}, {"相", "XIANG"},        {"石", "SHI DAN"},
    {"祭", "ZHAI JI"},     {"秘", "BI MI"},        {"种", "CHONG ZHONG"}, {"粘", "NIAN ZHAN"},    {"纪", "JI"},
    {"给", "GEI JI"},      {"缪", "MIAO MOU MIU"}, {"翟", "ZHAI DI"},     {"茜", "QIAN XI"},      {"莘", "SHEN XIN"},
    {"葛", "GE"},          {"蔚", "WEI YU"},       {"薄", "BO BAO"},      {"藏", "ZANG CANG"},    {"行", "XING HANG"},
    {"褚", "CHU ZHU"},     {"覃", "QIN TAN"},      {"解", "XIE JIE"},     {"角", "JUE JIAO"},     {"訾", "ZI"},
    {"谌", "CHEN SHEN"},   {"貉", "HE MO"},        {"贾", "JIA GU"},      {"车", "CHE JU"},       {"适", "SHI KUO"},
    {"逄", "PANG"},        {"郇", "XUN HUAN"},     {"郗", "XI CHI"},      {"郝", "HAO"},          {"都", "DU DOU"},
    {"重", "CHONG ZHONG"}, {"钭", "TOU"},          {"长", "CHANG ZHANG"}, {"阚", "KAN"},          {"隗", "WEI KUI"},
    {"颉", "XIE JIE"},     {"黑", "HE HEI"},       {"齐", "QI"},          {"区", "OU QU"},        {"宓", "MI FU"},
    {"宁", "NING"},        {"冼", "XIAN"},         {"尹", "YIN"},         {"晟", "SHENG CHENG"},  {"度", "DU DUO"},
    {"率", "SHUAI LV"},    {"露", "LU LOU"},       {"洋", "YANG"},        {"亓", "QI"},           {"俞", "YU SHU"},
    {"瞿", "QU JU"},       {"佴", "NAI ER"},       {"繁", "PO FAN"},      {"臧", "ZANG"},         {"芮", "RUI"},
};

struct readings {
    char of[READINGS_MAX][LETTERS_MAX];
    unsigned count;
};

static void add_reading(struct readings *readings, const char *letters)
{
    for (unsigned i = 0; i < readings->count; i++) {
        if (strcmp(readings->of[i], letters) == 0) {
            return;
        }
    }
    if (letters[0] && strlen(letters) < LETTERS_MAX && readings->count < READINGS_MAX) {
        g_strlcpy(readings->of[readings->count++], letters, LETTERS_MAX);
    }
}

/* A decomposed syllable, as "lü" with marks: letters alone; ü in each way that passports have spelt it. */
static void add_syllable(struct readings *readings, const char *syllable)
{
    static const char *const umlauts[] = {"U", "V", "YU", "UE"};
    bool has_umlaut = false;
    GString *plain = g_string_new(NULL);
    for (const char *at = syllable; *at; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);
        if (character == 0x0308) { /* the diaeresis of the u before it */
            has_umlaut = true;
        } else if (character < 0x80 && g_ascii_isalpha((char)character)) {
            g_string_append_c(plain, g_ascii_toupper((char)character));
        }
    }
    char *u = has_umlaut ? strchr(plain->str, 'U') : NULL;
    for (unsigned i = 0; u && i < G_N_ELEMENTS(umlauts); i++) {
        g_autofree char *spelt = g_strdup_printf("%.*s%s%s", (int)(u - plain->str), plain->str, umlauts[i], u + 1);
        add_reading(readings, spelt);
    }
    if (!u) {
        add_reading(readings, plain->str);
    }
    g_string_free(plain, TRUE);
}

static void add_syllables(struct readings *readings, enum script script, const char *characters, size_t count)
{
    g_autofree char *latin = transliterate(script, characters);
    g_auto(GStrv) syllables = g_strsplit_set(g_strstrip(latin), " ", -1);
    if (g_strv_length(syllables) == count) {
        for (size_t i = 0; i < count; i++) {
            add_syllable(&readings[i], syllables[i]);
        }
    }
}

static void add_more_readings(struct readings *readings, const char *simplified)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(more_readings); i++) {
        if (strcmp(simplified, more_readings[i].character) != 0) {
            continue;
        }
        g_auto(GStrv) more = g_strsplit(more_readings[i].readings, " ", -1);
        for (char **reading = more; *reading; reading++) {
            add_reading(readings, *reading);
        }
    }
}

static void read_all(const char *characters, size_t count, struct readings *readings)
{
    add_syllables(readings, NAMES_TO_LATIN, characters, count);
    add_syllables(readings, HAN_TO_LATIN, characters, count);
    const char *at = characters;
    for (size_t i = 0; i < count; i++, at = g_utf8_next_char(at)) {
        g_autofree char *one = g_strndup(at, (size_t)(g_utf8_next_char(at) - at));
        g_autofree char *simplified = pinyin_simplified(one);
        add_syllables(&readings[i], HAN_TO_LATIN, one, 1);
        add_more_readings(&readings[i], simplified);
    }
}

/* Every character's readings in turn against what is left of the letters; a name is short. */
static bool matches(const struct readings *readings, size_t count, const char *letters, bool prefix)
{
    if (count == 0) {
        return letters[0] == '\0';
    }
    if (prefix && letters[0] == '\0') {
        return true;
    }
    for (unsigned i = 0; i < readings->count; i++) {
        const char *reading = readings->of[i];
        const size_t length = strlen(reading);
        if (strncmp(letters, reading, length) == 0 && matches(readings + 1, count - 1, letters + length, prefix)) {
            return true;
        }
        if (prefix && g_str_has_prefix(reading, letters)) {
            return true;
        }
    }
    return false;
}

bool pinyin_reads(const char *characters, const char *letters, bool prefix)
{
    struct readings readings[PINYIN_CHARACTERS_MAX] = {0};
    if (!g_utf8_validate(characters, -1, NULL)) {
        return false;
    }
    const glong count = g_utf8_strlen(characters, -1);
    if (count == 0 || count > PINYIN_CHARACTERS_MAX) {
        return false;
    }
    read_all(characters, (size_t)count, readings);
    return matches(readings, (size_t)count, letters, prefix);
}
