/* mrz: the machine readable zone of a travel document, from its text (ICAO 9303-3 §4, and per format 9303-4, -5, -6 and
 * -7).
 *
 * Nothing is ever guessed or exchanged: a character stands for itself, and a line that does not hold is not valid and
 * says why. Check digits cannot see everything (`<`, 0, A, K and U weigh the same; names, nationality and sex have
 * none), so whoever reads the text from a picture adds doubts of its own, and valid means: holds, and no doubt.
 *
 * Pure; every text a caller hands in is taken as hostile. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

enum mrz_format { MRZ_TD3, MRZ_TD1, MRZ_TD2, MRZ_MRV_A, MRZ_MRV_B };
#define MRZ_FORMATS        5
#define MRZ_LINES_MAX      3
#define MRZ_CHARACTERS_MAX 44
const char *mrz_format_name(enum mrz_format format); /* "TD3"; static */

/* Lines of `length` characters that a format has; 0, 0 never. */
struct mrz_shape {
    unsigned lines, length;
};
struct mrz_shape mrz_format_shape(enum mrz_format format);

enum mrz_check { MRZ_DOCUMENT_NUMBER, MRZ_BIRTH_DATE, MRZ_EXPIRY_DATE, MRZ_OPTIONAL_DATA, MRZ_COMPOSITE };
#define MRZ_CHECKS 5

/* Codes: document_code, issuing_state, nationality, name, sex, document_number, optional_data (a character that the
 * field may not have, or one that does not exist), birth_date, expiry_date (no such day), plausible_dates (born after
 * expiry), NAME_check (check digit). Static texts. */
struct mrz_failure {
    const char *code, *message;
};
#define MRZ_FAILURES_MAX 24

struct mrz_fields {
    char document_code[3];
    char issuing_state[4]; /* as all below without fillers */
    char surname[MRZ_CHARACTERS_MAX];
    char given_names[MRZ_CHARACTERS_MAX]; /* separated by single spaces */
    char document_number[24];             /* long numbers of TD1 and TD2 put together */
    char nationality[4];
    char birth_date[11]; /* YYYY-MM-DD; "": not known in full, or no such day */
    char sex;            /* 'F', 'M' or 'X' (a filler: not specified); 0: none of them */
    char expiry_date[11];
    char optional_data[MRZ_CHARACTERS_MAX];
    bool name_truncated; /* the name fills its field to the end: more of it may not have fitted */
};

struct mrz {
    enum mrz_format format;
    char lines[MRZ_LINES_MAX][MRZ_CHARACTERS_MAX + 1];
    bool has_check[MRZ_CHECKS], holds[MRZ_CHECKS];
    struct mrz_failure failures[MRZ_FAILURES_MAX];
    unsigned failure_count;
    struct mrz_fields fields;
};

/* 7-3-1 over digits, letters (A = 10) and fillers: 0..9; -1: another character (9303-3 §4.9). */
int mrz_check_digit(const char *text, size_t length);

/* Takes lines of a format's number and length, of A–Z, 0–9 and `<` alone; a line may be empty where it could not be
 * read, which is a failure (line_N_unread), but not the only or last one. False: no format has this form; `mrz`
 * untouched. `today` decides the century of dates: births lie in the past, expiry at most 20 years ahead. */
bool mrz_parse(const char *const *lines, unsigned count, const GDate *today, struct mrz *mrz);

/* "mrz" of vision_document's report. `doubts`: [{"code", "message"}] of the reader, or NULL; borrowed. */
json_t *mrz_report(const struct mrz *mrz, const json_t *doubts);
