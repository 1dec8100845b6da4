#include "vision/document/name.h"

#include "vision/document/pinyin.h"

#include <glib.h>
#include <string.h>

#define NAME_BYTES_MAX 512
#define WORDS_MAX      24

/* ---- letters ---- */

/* 9303-3 §6 A, as far as it is more than leaving a mark away. */
static const struct {
    gunichar letter;
    const char *dissolved, *plain;
} letters[] = {
    {0x00C4, "AE", "A"}, {0x00C5, "AA", "A"}, {0x00C6, "AE", "AE"}, {0x00D0, "D", "D"},   {0x00D6, "OE", "O"},
    {0x00D8, "OE", "O"}, {0x00DC, "UE", "U"}, {0x00DE, "TH", "TH"}, {0x00DF, "SS", "SS"}, {0x0110, "D", "D"},
    {0x0126, "H", "H"},  {0x0131, "I", "I"},  {0x0132, "IJ", "IJ"}, {0x0138, "Q", "Q"},   {0x0141, "L", "L"},
    {0x014A, "N", "N"},  {0x0152, "OE", "O"}, {0x0166, "T", "T"},   {0x1E9E, "SS", "SS"},
};

static const char *dissolve(gunichar letter, bool plain)
{
    for (size_t i = 0; i < G_N_ELEMENTS(letters); i++) {
        if (letters[i].letter == letter) {
            return plain ? letters[i].plain : letters[i].dissolved;
        }
    }
    return NULL;
}

static bool is_apostrophe(gunichar character)
{
    return character == '\'' || character == 0x2019 || character == 0x2018 || character == 0x02BC || character == '`';
}

static bool is_parting(gunichar character)
{
    return g_unichar_isspace(character) || g_unichar_type(character) == G_UNICODE_DASH_PUNCTUATION ||
           character == ',' || character == '<' || character == 0x00B7 || character == 0xFF0C;
}

/* One letter that no rule of its own dissolves: its base, when that is Latin. */
static bool append_base(GString *out, gunichar character)
{
    gunichar parts[8];
    const gsize count = g_unichar_fully_decompose(character, FALSE, parts, G_N_ELEMENTS(parts));
    if (count == 0 || parts[0] >= 0x80 || !g_ascii_isalpha((char)parts[0])) {
        return false;
    }
    g_string_append_c(out, g_ascii_toupper((char)parts[0]));
    return true;
}

char *name_letters(const char *name, bool plain)
{
    if (strlen(name) > NAME_BYTES_MAX || !g_utf8_validate(name, -1, NULL)) {
        return NULL;
    }
    g_autofree char *composed = g_utf8_normalize(name, -1, G_NORMALIZE_NFC);
    g_autofree char *upper = g_utf8_strup(composed, -1);
    GString *out = g_string_new(NULL);
    for (const char *at = upper; *at; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);
        const char *dissolved = dissolve(character, plain);
        if (dissolved) {
            g_string_append(out, dissolved);
        } else if (is_parting(character)) {
            if (out->len > 0 && out->str[out->len - 1] != ' ') {
                g_string_append_c(out, ' ');
            }
        } else if (!is_apostrophe(character) && character != '.' &&
                   g_unichar_type(character) != G_UNICODE_NON_SPACING_MARK && !append_base(out, character)) {
            g_string_free(out, TRUE);
            return NULL;
        }
    }
    char *text = g_string_free(out, FALSE);
    return g_strchomp(text);
}

/* ---- words ---- */

struct words {
    char **of;
    unsigned count;
};

static struct words words_of(const char *text)
{
    char **of = g_strsplit(text, " ", WORDS_MAX);
    unsigned count = 0;
    while (of[count] && of[count][0]) {
        count++;
    }
    return (struct words){of, count};
}

static void words_clear(struct words *words)
{
    g_strfreev(words->of);
}
typedef struct words Words; /* for g_auto(Words) */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Words, words_clear)

static char *joined(const char *first, const char *second)
{
    char *text = g_strconcat(first, second, NULL);
    char *out = text;
    for (const char *at = text; *at; at++) {
        if (*at != ' ') {
            *out++ = *at;
        }
    }
    *out = '\0';
    return text;
}

static bool equal_words(const char *name, const char *first, const char *second)
{
    g_autofree char *both = g_strconcat(first, first[0] && second[0] ? " " : "", second, NULL);
    return strcmp(name, both) == 0;
}

static bool equal_letters(const char *name, const char *first, const char *second)
{
    g_autofree char *of_name = joined(name, ""), *both = joined(first, second);
    return strcmp(of_name, both) == 0;
}

/* Whether each word of `some` is one of `all`, each used once. `last_cut`: the last word of `some` may be the beginning
 * of one. */
static bool contains(const struct words *all, const struct words *some, bool last_cut)
{
    bool used[WORDS_MAX + 1] = {false};
    for (unsigned i = 0; i < some->count; i++) {
        bool found = false;
        for (unsigned j = 0; j < all->count && !found; j++) {
            const bool cut = last_cut && i == some->count - 1;
            if (!used[j] && (cut ? g_str_has_prefix(all->of[j], some->of[i]) : !strcmp(all->of[j], some->of[i]))) {
                found = used[j] = true;
            }
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

/* Chinese passports have spelt ü as LV, LU and LYU over the years. */
static char *without_umlaut(const char *text)
{
    GString *out = g_string_new(text);
    static const char *const spellings[][2] = {{"LYU", "LU"}, {"NYU", "NU"}, {"LV", "LU"}, {"NV", "NU"}};
    for (size_t i = 0; i < G_N_ELEMENTS(spellings); i++) {
        g_string_replace(out, spellings[i][0], spellings[i][1], 0);
    }
    return g_string_free(out, FALSE);
}

/* ---- Latin against Latin ---- */

static bool more_or_fewer_given_names(const char *name, const struct name_document *document, const char **why)
{
    g_autofree char *whole = g_strconcat(document->surname, " ", document->given_names, NULL);
    g_auto(Words) ours = words_of(name), theirs = words_of(whole);
    g_auto(Words) surname = words_of(document->surname), given = words_of(document->given_names);
    if (surname.count == 0 || !contains(&ours, &surname, document->truncated && given.count == 0)) {
        return false;
    }
    if (contains(&ours, &theirs, document->truncated) && (document->truncated || given.count > 0)) {
        *why = document->truncated ? "the document's name is cut off where it did not fit"
                                   : "the order has further given names or another order of words";
        return true;
    }
    /* Fewer on the order: the first given name must be among them. */
    const struct words first = {given.of, MIN(given.count, 1)};
    if (given.count > 0 && contains(&ours, &first, false) && contains(&theirs, &ours, false)) {
        *why = "the document has further given names or another order of words";
        return true;
    }
    return false;
}

static bool is_variant(const char *name, const struct name_document *document, const char **why)
{
    if (equal_letters(name, document->surname, document->given_names) ||
        equal_letters(name, document->given_names, document->surname)) {
        *why = "the same letters, otherwise parted";
        return true;
    }
    if (document->chinese) {
        g_autofree char *ours = without_umlaut(name);
        g_autofree char *surname = without_umlaut(document->surname);
        g_autofree char *given = without_umlaut(document->given_names);
        if (equal_letters(ours, surname, given) || equal_letters(ours, given, surname)) {
            *why = "ü is spelt in another way";
            return true;
        }
    }
    return more_or_fewer_given_names(name, document, why);
}

static enum name_result compare_letters(const char *name, const struct name_document *document, const char **why)
{
    g_autofree char *dissolved = name_letters(name, false), *plain = name_letters(name, true);
    if (!dissolved || !plain) {
        *why = "the order's name is in a script that cannot be compared";
        return NAME_NOT_COMPARED;
    }
    if (equal_words(dissolved, document->surname, document->given_names) ||
        equal_words(dissolved, document->given_names, document->surname)) {
        *why = "the same words";
        return NAME_SAME;
    }
    if (is_variant(dissolved, document, why)) {
        return NAME_VARIANT;
    }
    if (strcmp(dissolved, plain) != 0 && is_variant(plain, document, why)) {
        *why = "letters with marks are written in another way";
        return NAME_VARIANT;
    }
    *why = "the names differ";
    return NAME_DIFFERENT;
}

/* ---- Chinese against pinyin ---- */

/* A surname of one character, or of two. */
static bool reads_as(const char *characters, const struct name_document *document)
{
    g_autofree char *surname = joined(document->surname, ""), *given = joined(document->given_names, "");
    const glong count = g_utf8_strlen(characters, -1);
    for (glong split = 1; split <= 2 && split <= count; split++) {
        g_autofree char *first = g_utf8_substring(characters, 0, split);
        g_autofree char *rest = g_utf8_substring(characters, split, count);
        const bool rest_matches = split < count ? pinyin_reads(rest, given, document->truncated) : !given[0];
        if (rest_matches && pinyin_reads(first, surname, false)) {
            return true;
        }
    }
    return false;
}

static enum name_result compare_characters(const char *characters, const struct name_document *document,
                                           const char **why)
{
    if (document->printed && document->printed[0]) {
        g_autofree char *ours = pinyin_simplified(characters);
        g_autofree char *theirs = pinyin_simplified(document->printed);
        if (strcmp(ours, theirs) == 0) {
            *why = "the printed name is the same";
            return NAME_SAME;
        }
    }
    if (reads_as(characters, document)) {
        *why = "the document has its pinyin";
        return NAME_VARIANT;
    }
    if (document->chinese) {
        *why = "the document has another pinyin";
        return NAME_DIFFERENT;
    }
    *why = "the document's name is not pinyin, and its printed name is not known";
    return NAME_NOT_COMPARED;
}

/* What of an order's name is not in Chinese characters. */
static char *without_characters(const char *name)
{
    GString *rest = g_string_new(NULL);
    for (const char *at = name; *at; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);
        const bool bracket = character == '(' || character == ')' || character == 0xFF08 || character == 0xFF09;
        if (g_unichar_get_script(character) != G_UNICODE_SCRIPT_HAN) {
            g_string_append_unichar(rest, bracket ? ' ' : character);
        }
    }
    return g_strstrip(g_string_free(rest, FALSE));
}

enum name_result name_compare(const char *name, const struct name_document *document, const char **why)
{
    if (!document->surname[0] && !document->given_names[0]) {
        *why = "the document's name could not be read";
        return NAME_NOT_COMPARED;
    }
    if (strlen(name) > NAME_BYTES_MAX || !g_utf8_validate(name, -1, NULL)) {
        *why = "the order's name is no text";
        return NAME_NOT_COMPARED;
    }
    g_autofree char *characters = pinyin_characters(name);
    if (!characters[0]) {
        return compare_letters(name, document, why);
    }
    g_autofree char *rest = without_characters(name);
    if (rest[0]) {
        const enum name_result letters_result = compare_letters(rest, document, why);
        if (letters_result != NAME_SAME && letters_result != NAME_VARIANT) {
            return letters_result;
        }
    }
    return compare_characters(characters, document, why);
}
