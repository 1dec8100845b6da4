#include "vision/document/mrz.h"

#include "vision/document/country.h"
#include "vision/document/mrz_date.h"
#include "vision/document/mrz_layout.h"

#include <string.h>

#define FILLER '<'

const char *mrz_format_name(enum mrz_format format)
{
    return mrz_layout(format)->name;
}

struct mrz_shape mrz_format_shape(enum mrz_format format)
{
    return mrz_layout(format)->shape;
}

static void fail(struct mrz *mrz, const char *code, const char *message)
{
    g_assert(mrz->failure_count < MRZ_FAILURES_MAX);
    mrz->failures[mrz->failure_count++] = (struct mrz_failure){code, message};
}

static bool is_read(const struct mrz *mrz, struct mrz_place place)
{
    return place.length > 0 && mrz->lines[place.line][0];
}

static const char *text_at(const struct mrz *mrz, struct mrz_place place)
{
    return mrz->lines[place.line] + place.start;
}

/* ---- check digits ---- */

static int value_of(char character)
{
    if (g_ascii_isdigit(character)) {
        return character - '0';
    }
    if (g_ascii_isupper(character)) {
        return character - 'A' + 10;
    }
    return character == FILLER ? 0 : -1;
}

/* Continues a sum at position `from` of what is covered; -1: an illegal character. */
static int weigh(int sum, const char *text, size_t length, size_t from)
{
    static const int weights[] = {7, 3, 1};
    for (size_t i = 0; i < length; i++) {
        const int value = value_of(text[i]);
        if (value < 0) {
            return -1;
        }
        sum = (sum + value * weights[(from + i) % 3]) % 10;
    }
    return sum;
}

int mrz_check_digit(const char *text, size_t length)
{
    return weigh(0, text, length, 0);
}

static void note_check(struct mrz *mrz, enum mrz_check check, bool holds)
{
    static const struct mrz_failure failures[MRZ_CHECKS] = {
        [MRZ_DOCUMENT_NUMBER] = {"document_number_check", "the check digit of the document number does not hold"},
        [MRZ_BIRTH_DATE] = {"birth_date_check", "the check digit of the birth date does not hold"},
        [MRZ_EXPIRY_DATE] = {"expiry_date_check", "the check digit of the expiry date does not hold"},
        [MRZ_OPTIONAL_DATA] = {"optional_data_check", "the check digit of the optional data does not hold"},
        [MRZ_COMPOSITE] = {"composite_check", "the check digit over all does not hold"},
    };
    mrz->has_check[check] = true;
    mrz->holds[check] = holds;
    if (!holds) {
        fail(mrz, failures[check].code, failures[check].message);
    }
}

static bool is_digit(char character, int expected)
{
    return expected >= 0 && character == '0' + expected;
}

static void check_field(struct mrz *mrz, enum mrz_check check, struct mrz_place covered, struct mrz_place digit)
{
    if (is_read(mrz, digit)) {
        const int expected = mrz_check_digit(text_at(mrz, covered), covered.length);
        note_check(mrz, check, is_digit(text_at(mrz, digit)[0], expected));
    }
}

/* Without optional data its check digit may be a filler instead of 0 (9303-4 §4.2.2.2, note k). */
static void check_optional_data(struct mrz *mrz, const struct mrz_layout *layout)
{
    if (!is_read(mrz, layout->optional_check)) {
        return;
    }
    const char *text = text_at(mrz, layout->optional[0]);
    const size_t length = layout->optional[0].length;
    const char digit = text_at(mrz, layout->optional_check)[0];
    const bool empty = strspn(text, "<") >= length;
    note_check(mrz, MRZ_OPTIONAL_DATA, is_digit(digit, mrz_check_digit(text, length)) || (empty && digit == FILLER));
}

static void check_composite(struct mrz *mrz, const struct mrz_layout *layout)
{
    int sum = 0;
    size_t position = 0;
    if (!is_read(mrz, layout->composite_check)) {
        return;
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(layout->composite) && layout->composite[i].length; i++) {
        const struct mrz_place part = layout->composite[i];
        if (!is_read(mrz, part)) {
            return; /* the unread line is a failure of its own */
        }
        sum = weigh(sum, text_at(mrz, part), part.length, position);
        position += part.length;
    }
    note_check(mrz, MRZ_COMPOSITE, is_digit(text_at(mrz, layout->composite_check)[0], sum));
}

/* ---- fields ---- */

/* A field without its trailing fillers; false: a filler inside or in front, or nothing. */
static bool copy_code(char *out, const char *text, size_t length)
{
    size_t used = length;
    while (used > 0 && text[used - 1] == FILLER) {
        used--;
    }
    memcpy(out, text, used);
    out[used] = '\0';
    return used > 0 && !memchr(text, FILLER, used);
}

/* Fillers inside become spaces. */
static void copy_words(char *out, const char *text, size_t length)
{
    while (length > 0 && text[length - 1] == FILLER) {
        length--;
    }
    memcpy(out, text, length);
    out[length] = '\0';
    g_strdelimit(out, "<", ' ');
}

static bool is_letters(const char *text)
{
    for (; *text; text++) {
        if (!g_ascii_isupper(*text)) {
            return false;
        }
    }
    return true;
}

static void read_document_code(struct mrz *mrz, const struct mrz_layout *layout)
{
    char *code = mrz->fields.document_code;
    const bool legal = copy_code(code, text_at(mrz, layout->document_code), 2) && strchr(layout->first, code[0]);
    if (!legal || !is_letters(code)) {
        fail(mrz, "document_code", "the document code is none that this format has");
    }
}

static void read_state(struct mrz *mrz, char out[4], struct mrz_place place, const char *code, const char *message)
{
    if (!copy_code(out, text_at(mrz, place), 3) || !country_is_known(out)) {
        fail(mrz, code, message);
    }
}

/* "SURNAME<<GIVEN<NAMES<<<<": letters and fillers; single fillers part words, one pair parts surname and given names
 * (9303-3 §4.6). Anything after a further pair is a filler that was misread. */
static bool split_name(struct mrz_fields *fields, const char *text, size_t length)
{
    const size_t full = length;
    while (length > 0 && text[length - 1] == FILLER) {
        length--;
    }
    fields->name_truncated = length == full;
    const char *parting = g_strstr_len(text, (gssize)length, "<<");
    const size_t surname = parting ? (size_t)(parting - text) : length;
    copy_words(fields->surname, text, surname);
    copy_words(fields->given_names, parting ? parting + 2 : text, parting ? length - surname - 2 : 0);

    for (size_t i = 0; i < length; i++) {
        if (text[i] != FILLER && !g_ascii_isupper(text[i])) {
            return false;
        }
    }
    const char *rest = parting ? parting + 2 : NULL;
    return length > 0 && text[0] != FILLER &&
           (!rest || (rest[0] != FILLER && !g_strstr_len(rest, (gssize)(length - surname - 2), "<<")));
}

static void read_names(struct mrz *mrz, const struct mrz_layout *layout)
{
    if (!split_name(&mrz->fields, text_at(mrz, layout->names), layout->names.length)) {
        fail(mrz, "name", "the name is not letters, parted by fillers as names are");
    }
}

static void format_day(char out[11], const GDate *day)
{
    g_snprintf(out, 11, "%04d-%02d-%02d", (int)g_date_get_year(day) % 10000, (int)g_date_get_month(day),
               (int)g_date_get_day(day) % 100);
}

static void read_dates(struct mrz *mrz, const struct mrz_layout *layout, const GDate *today)
{
    GDate birth, expiry;
    const enum mrz_day birth_day = mrz_date_birth(text_at(mrz, layout->birth_date), today, &birth);
    const enum mrz_day expiry_day = mrz_date_expiry(text_at(mrz, layout->expiry_date), today, &expiry);
    if (birth_day == MRZ_DAY_EXISTS) {
        format_day(mrz->fields.birth_date, &birth);
    } else if (birth_day == MRZ_DAY_NONE) {
        fail(mrz, "birth_date", "the birth date is no day that exists");
    }
    if (expiry_day == MRZ_DAY_EXISTS) {
        format_day(mrz->fields.expiry_date, &expiry);
    } else {
        fail(mrz, "expiry_date", "the expiry date is no day that exists");
    }
    if (birth_day == MRZ_DAY_EXISTS && expiry_day == MRZ_DAY_EXISTS && g_date_compare(&birth, &expiry) >= 0) {
        fail(mrz, "plausible_dates", "the document expires before its holder was born");
    }
}

/* Some states print X, though 9303-3 §4.7 has a filler. */
static void read_sex(struct mrz *mrz, const struct mrz_layout *layout)
{
    const char sex = text_at(mrz, layout->sex)[0];
    if (sex == 'F' || sex == 'M' || sex == 'X' || sex == FILLER) {
        mrz->fields.sex = sex == FILLER ? 'X' : sex;
    } else {
        fail(mrz, "sex", "the sex is none of F, M and <");
    }
}

/* A filler in place of the check digit: the number goes on in the optional data, and its check digit is the last
 * character before a filler there (9303-5 §4.2.2.1, note j). */
static void read_long_number(struct mrz *mrz, const struct mrz_layout *layout)
{
    struct mrz_fields *fields = &mrz->fields;
    const struct mrz_place more = layout->optional[0];
    const char *rest = text_at(mrz, more);
    const size_t length = strcspn(rest, "<");
    char number[MRZ_CHARACTERS_MAX];
    const size_t head = layout->document_number.length;
    memcpy(number, text_at(mrz, layout->document_number), head);
    /* At least one character and the check digit, and a filler after them. */
    if (length < 2 || length >= more.length || memchr(number, FILLER, head)) {
        note_check(mrz, MRZ_DOCUMENT_NUMBER, false);
        copy_words(fields->document_number, number, head);
        copy_words(fields->optional_data, rest, more.length);
        return;
    }
    memcpy(number + head, rest, length - 1);
    note_check(mrz, MRZ_DOCUMENT_NUMBER, is_digit(rest[length - 1], mrz_check_digit(number, head + length - 1)));
    copy_words(fields->document_number, number, head + length - 1);
    copy_words(fields->optional_data, rest + length + 1, more.length - length - 1);
}

static void read_number(struct mrz *mrz, const struct mrz_layout *layout)
{
    struct mrz_fields *fields = &mrz->fields;
    const struct mrz_place number = layout->document_number;
    if (layout->number_may_continue && text_at(mrz, layout->number_check)[0] == FILLER &&
        is_read(mrz, layout->optional[0])) {
        read_long_number(mrz, layout);
    } else {
        check_field(mrz, MRZ_DOCUMENT_NUMBER, number, layout->number_check);
        copy_words(fields->document_number, text_at(mrz, number), number.length);
        copy_words(fields->optional_data, text_at(mrz, layout->optional[0]), layout->optional[0].length);
    }
    const char *text = text_at(mrz, number);
    if (text[0] == FILLER) {
        fail(mrz, "document_number", "the document number is empty or begins with a filler");
    }
}

static void read_more_optional_data(struct mrz *mrz, const struct mrz_layout *layout)
{
    char more[MRZ_CHARACTERS_MAX];
    char *data = mrz->fields.optional_data;
    if (!is_read(mrz, layout->optional[1])) {
        return;
    }
    copy_words(more, text_at(mrz, layout->optional[1]), layout->optional[1].length);
    if (more[0]) {
        g_strlcat(data, data[0] ? " " : "", sizeof mrz->fields.optional_data);
        g_strlcat(data, more, sizeof mrz->fields.optional_data);
    }
}

static void read_fields(struct mrz *mrz, const struct mrz_layout *layout, const GDate *today)
{
    if (is_read(mrz, layout->document_code)) {
        read_document_code(mrz, layout);
        read_state(mrz, mrz->fields.issuing_state, layout->issuing_state, "issuing_state",
                   "the issuing state is no code that exists");
    }
    if (is_read(mrz, layout->names)) {
        read_names(mrz, layout);
    }
    if (is_read(mrz, layout->document_number)) {
        read_number(mrz, layout);
    }
    if (is_read(mrz, layout->birth_date)) {
        read_state(mrz, mrz->fields.nationality, layout->nationality, "nationality",
                   "the nationality is no code that exists");
        read_dates(mrz, layout, today);
        read_sex(mrz, layout);
        check_field(mrz, MRZ_BIRTH_DATE, layout->birth_date, layout->birth_check);
        check_field(mrz, MRZ_EXPIRY_DATE, layout->expiry_date, layout->expiry_check);
        check_optional_data(mrz, layout);
        read_more_optional_data(mrz, layout);
    }
    check_composite(mrz, layout);
}

/* ---- the format ---- */

static bool fits(const char *const *lines, unsigned count, enum mrz_format format)
{
    const struct mrz_layout *layout = mrz_layout(format);
    if (count != layout->shape.lines) {
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        const size_t length = strlen(lines[i]);
        const bool legal = strspn(lines[i], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<") == length;
        /* Only the first line may be missing: without the second there is nothing to hold on to. */
        if (!legal || (length != layout->shape.length && (length > 0 || i > 0))) {
            return false;
        }
    }
    return true;
}

static bool find_format(const char *const *lines, unsigned count, enum mrz_format *format)
{
    static const enum mrz_format order[] = {MRZ_MRV_A, MRZ_MRV_B, MRZ_TD3, MRZ_TD2, MRZ_TD1};
    for (unsigned i = 0; i < G_N_ELEMENTS(order); i++) {
        const bool visa = order[i] == MRZ_MRV_A || order[i] == MRZ_MRV_B;
        if (fits(lines, count, order[i]) && (!visa || lines[0][0] == 'V')) {
            *format = order[i];
            return true;
        }
    }
    return false;
}

bool mrz_parse(const char *const *lines, unsigned count, const GDate *today, struct mrz *mrz)
{
    enum mrz_format format;
    if (!find_format(lines, count, &format)) {
        return false;
    }
    *mrz = (struct mrz){.format = format};
    for (unsigned i = 0; i < count; i++) {
        g_strlcpy(mrz->lines[i], lines[i], sizeof mrz->lines[i]);
    }
    if (!lines[0][0]) {
        fail(mrz, "line_1_unread", "the first line could not be read");
    }
    read_fields(mrz, mrz_layout(format), today);
    return true;
}
