#include "vision/document/mrz.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* The specimens of ICAO 9303-4 to -7. */
#define TD3_1   "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
#define TD3_2   "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
#define TD2_1   "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"
#define TD2_2   "D231458907UTO7408122F1204159<<<<<<<6"
#define TD1_1   "I<UTOD231458907<<<<<<<<<<<<<<<"
#define TD1_2   "7408122F1204159UTO<<<<<<<<<<<6"
#define TD1_3   "ERIKSSON<<ANNA<MARIA<<<<<<<<<<"
#define MRV_A_1 "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
#define MRV_A_2 "L8988901C4XXX4009078F96121096ZE184226B<<<<<<"
#define MRV_B_1 "V<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<"
#define MRV_B_2 "L8988901C4XXX4009078F9612109<<<<<<<<"

static const GDate *today(void)
{
    static GDate day;
    g_date_clear(&day, 1);
    g_date_set_dmy(&day, 15, G_DATE_JUNE, 2026);
    return &day;
}

static struct mrz parsed(const char *const lines[])
{
    struct mrz mrz;
    unsigned count = 0;
    while (count < MRZ_LINES_MAX && lines[count]) {
        count++;
    }
    if (!mrz_parse(lines, count, today(), &mrz)) {
        fail_msg("no format: %s", lines[0]);
    }
    return mrz;
}

static bool has_failed(const struct mrz *mrz, const char *code)
{
    for (unsigned i = 0; i < mrz->failure_count; i++) {
        if (strcmp(mrz->failures[i].code, code) == 0) {
            return true;
        }
    }
    return false;
}

/* Of a row of a table: what fails, "" for nothing. */
static void expect(const char *hazard, const struct mrz *mrz, const char *code)
{
    if (code[0] ? !has_failed(mrz, code) : mrz->failure_count > 0) {
        fail_msg("%s: expected \"%s\", %u failed, first \"%s\"", hazard, code, mrz->failure_count,
                 mrz->failure_count ? mrz->failures[0].code : "");
    }
}

static void specimens_of_every_format_hold(void **state)
{
    (void)state;
    static const struct {
        const char *lines[MRZ_LINES_MAX + 1];
        enum mrz_format format;
        const char *number, *birth, *expiry, *optional;
    } rows[] = {
        {{TD3_1, TD3_2}, MRZ_TD3, "L898902C3", "1974-08-12", "2012-04-15", "ZE184226B"},
        {{TD2_1, TD2_2}, MRZ_TD2, "D23145890", "1974-08-12", "2012-04-15", ""},
        {{TD1_1, TD1_2, TD1_3}, MRZ_TD1, "D23145890", "1974-08-12", "2012-04-15", ""},
        {{MRV_A_1, MRV_A_2}, MRZ_MRV_A, "L8988901C", "1940-09-07", "1996-12-10", "6ZE184226B"},
        {{MRV_B_1, MRV_B_2}, MRZ_MRV_B, "L8988901C", "1940-09-07", "1996-12-10", ""},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct mrz mrz = parsed(rows[i].lines);
        expect(rows[i].lines[1], &mrz, "");
        assert_int_equal(mrz.format, rows[i].format);
        assert_string_equal(mrz.fields.surname, "ERIKSSON");
        assert_string_equal(mrz.fields.given_names, "ANNA MARIA");
        assert_string_equal(mrz.fields.issuing_state, "UTO");
        assert_string_equal(mrz.fields.document_number, rows[i].number);
        assert_string_equal(mrz.fields.birth_date, rows[i].birth);
        assert_string_equal(mrz.fields.expiry_date, rows[i].expiry);
        assert_string_equal(mrz.fields.optional_data, rows[i].optional);
        assert_int_equal(mrz.fields.sex, 'F');
        assert_false(mrz.fields.name_truncated);
        assert_int_equal(mrz.has_check[MRZ_COMPOSITE], rows[i].format <= MRZ_TD2);
    }
}

/* Changing any one checked character by one that weighs something else must be seen. */
static void every_single_wrong_weight_in_the_second_line_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < strlen(TD3_2); i++) {
        for (const char *at = "0123456789"; *at != '\0'; at++) {
            const char digit = *at;
            char line[] = TD3_2;
            const char before = line[i];
            line[i] = digit;
            if (mrz_check_digit(&digit, 1) == mrz_check_digit(&before, 1)) {
                continue; /* as < and 0: check digits cannot see it */
            }
            const struct mrz mrz = parsed((const char *const[]){TD3_1, line, NULL});
            if (mrz.failure_count == 0) {
                fail_msg("a %c in place %zu went unseen", digit, i);
            }
        }
    }
}

static void what_does_not_hold_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *hazard;
        const char *lines[MRZ_LINES_MAX + 1];
        const char *code;
    } rows[] = {
        {"check digit of the number", {TD3_1, "L898902C37UTO7408122F1204159ZE184226B<<<<<10"}, "document_number_check"},
        {"check digit of the birth date", {TD3_1, "L898902C36UTO7408123F1204159ZE184226B<<<<<10"}, "birth_date_check"},
        {"check digit of the expiry date",
         {TD3_1, "L898902C36UTO7408122F1204150ZE184226B<<<<<10"},
         "expiry_date_check"},
        {"check digit of optional data",
         {TD3_1, "L898902C36UTO7408122F1204159ZE184226B<<<<<20"},
         "optional_data_check"},
        {"composite alone", {TD3_1, "L898902C36UTO7408122F1204159ZE184226B<<<<<11"}, "composite_check"},
        {"a filler for the check digit of data that is there",
         {TD3_1, "L898902C36UTO7408122F1204159ZE184226B<<<<<<0"},
         "optional_data_check"},
        {"a month 13", {TD3_1, "L898902C36UTO7413122F1204159ZE184226B<<<<<10"}, "birth_date"},
        {"30 February", {TD3_1, "L898902C36UTO7402302F1204159ZE184226B<<<<<10"}, "birth_date"},
        {"the letter O in a date", {TD3_1, "L898902C36UTO74O8122F1204159ZE184226B<<<<<10"}, "birth_date"},
        {"an expiry date that is unknown", {TD3_1, "L898902C36UTO7408122F<<<<<<0ZE184226B<<<<<10"}, "expiry_date"},
        {"a nationality that nobody has", {TD3_1, "L898902C36UT07408122F1204159ZE184226B<<<<<10"}, "nationality"},
        {"a sex that is none", {TD3_1, "L898902C36UTO7408122P1204159ZE184226B<<<<<10"}, "sex"},
        {"an issuer that does not exist", {"P<UTQERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", TD3_2}, "issuing_state"},
        {"a passport that is none", {"R<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", TD3_2}, "document_code"},
        {"a digit in a document code", {"P0UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", TD3_2}, "document_code"},
        {"a digit in a name", {"P<UTOER1KSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", TD3_2}, "name"},
        {"a filler taken for a K", {"P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<K<<<<<<<", TD3_2}, "name"},
        {"three fillers before the given names", {"P<UTOERIKSSON<<<ANNA<MARIA<<<<<<<<<<<<<<<<<<", TD3_2}, "name"},
        {"a name that begins with a filler", {"P<UTO<RIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<", TD3_2}, "name"},
        {"no name at all", {"P<UTO<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", TD3_2}, "name"},
        {"no number at all", {TD3_1, "<<<<<<<<<0UTO7408122F1204159ZE184226B<<<<<10"}, "document_number"},
        {"born after expiry", {TD3_1, "L898902C36UTO1501017F1204159ZE184226B<<<<<10"}, "plausible_dates"},
        {"a first line that could not be read", {"", TD3_2}, "line_1_unread"},
        {"the first line twice", {TD3_1, TD3_1}, "birth_date"},
        {"the lines in the wrong order", {TD3_2, TD3_1}, "document_code"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct mrz mrz = parsed(rows[i].lines);
        expect(rows[i].hazard, &mrz, rows[i].code);
    }
}

static void what_the_standard_allows_is_no_failure(void **state)
{
    (void)state;
    static const struct {
        const char *hazard;
        const char *lines[MRZ_LINES_MAX + 1];
    } rows[] = {
        {"a filler as check digit of no optional data",
         {"PACHNZHENGJIAN<<YANGBEN<<<<<<<<<<<<<<<<<<<<<", "E000000008CHN8501019F2301147<<<<<<<<<<<<<<<0"}},
        {"only a surname", {"P<IDNSUHARTO<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<<", TD3_2}},
        {"Germany's one letter", {"P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<", TD3_2}},
        {"sex not given", {TD3_1, "L898902C36UTO7408122<1204159ZE184226B<<<<<10"}},
        {"sex as X", {TD3_1, "L898902C36UTO7408122X1204159ZE184226B<<<<<10"}},
        {"long number of a card (9303-5, note j)",
         {"I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<"}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct mrz mrz = parsed(rows[i].lines);
        expect(rows[i].hazard, &mrz, "");
    }
}

static void a_number_longer_than_its_field_is_put_together(void **state)
{
    (void)state;
    const struct mrz mrz = parsed((const char *const[]){
        "I<UTOD23145890<7349<<<<<<<<<<<", "3407127M9507122UTO<<<<<<<<<<<2", "STEVENSON<<PETER<JOHN<<<<<<<<<", NULL});
    assert_string_equal(mrz.fields.document_number, "D23145890734");
    assert_string_equal(mrz.fields.optional_data, "");
}

/* A long number without an end, or of nothing, must not read beyond its field. */
static void a_long_number_that_is_broken_does_not_hold(void **state)
{
    (void)state;
    static const char *const first_lines[] = {"I<UTOD23145890<AAAAAAAAAAAAAAA", "I<UTOD23145890<<<<<<<<<<<<<<<<",
                                              "I<UTOD23145890<7<<<<<<<<<<<<<<", "I<UTOD2314<890<7349<<<<<<<<<<<"};
    for (size_t i = 0; i < G_N_ELEMENTS(first_lines); i++) {
        const struct mrz mrz = parsed((const char *const[]){first_lines[i], TD1_2, TD1_3, NULL});
        expect(first_lines[i], &mrz, "document_number_check");
    }
}

/* "YYMMDD" with its check digit put into the specimen, and the century that comes out. */
static void the_century_is_the_one_that_can_be(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *birth, *expiry, *birth_date, *expiry_date;
    } rows[] = {
        {"born on today's day", "260615", "300101", "2026-06-15", "2030-01-01"},
        {"born tomorrow is born a century ago", "260616", "300101", "1926-06-16", "2030-01-01"},
        {"29 February of a year that has none", "000229", "270229", "2000-02-29", ""},
        {"expires at the end of the window", "740812", "460615", "1974-08-12", "2046-06-15"},
        {"expires a day later: a century ago", "040812", "460616", "2004-08-12", "1946-06-16"},
        {"an old passport", "400907", "980104", "1940-09-07", "1998-01-04"},
        {"day unknown", "7408<<", "300101", "", "2030-01-01"},
        {"month and day unknown", "74<<<<", "300101", "", "2030-01-01"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        char line[] = TD3_2;
        memcpy(line + 13, rows[i].birth, 6);
        line[19] = (char)('0' + mrz_check_digit(rows[i].birth, 6));
        memcpy(line + 21, rows[i].expiry, 6);
        line[27] = (char)('0' + mrz_check_digit(rows[i].expiry, 6));
        const struct mrz mrz = parsed((const char *const[]){TD3_1, line, NULL});
        if (strcmp(mrz.fields.birth_date, rows[i].birth_date) != 0 ||
            strcmp(mrz.fields.expiry_date, rows[i].expiry_date) != 0) {
            fail_msg("%s: born %s, expires %s", rows[i].hazard, mrz.fields.birth_date, mrz.fields.expiry_date);
        }
        assert_false(has_failed(&mrz, "birth_date"));
        assert_false(has_failed(&mrz, "birth_date_check"));
    }
}

static void a_name_that_fills_its_field_is_marked_as_truncated(void **state)
{
    (void)state;
    const struct mrz mrz = parsed((const char *const[]){"P<UTOPAPANDROPOULOUS<<JONATHON<WARREN<TREVOR", TD3_2, NULL});
    expect("truncated", &mrz, "");
    assert_true(mrz.fields.name_truncated);
    assert_string_equal(mrz.fields.given_names, "JONATHON WARREN TREVOR");
}

static void what_has_no_format_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    static const char *const rows[][MRZ_LINES_MAX + 1] = {
        {TD3_1},                                                      /* a line missing */
        {TD3_1, ""},                                                  /* the second unread */
        {TD3_1, TD2_2},                                               /* lines of two formats */
        {TD3_1, TD3_2 "<"},                                           /* too long */
        {TD3_1, "L898902C36UTO7408122F1204159ZE184226B<<<<<1"},       /* too short */
        {TD3_1, "l898902c36uto7408122f1204159ze184226b<<<<<10"},      /* lower case */
        {TD3_1, "L898902C36UTO7408122F1204159ZE184226B<<<<\xc3\x84"}, /* no ASCII */
        {TD1_1, TD1_2},                                               /* two lines of a card */
        {"", "", ""},                                                 /* nothing */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct mrz mrz, before;
        memset(&mrz, 0x55, sizeof mrz);
        before = mrz;
        unsigned count = 0;
        while (count < MRZ_LINES_MAX && rows[i][count]) {
            count++;
        }
        assert_false(mrz_parse(rows[i], count, today(), &mrz));
        assert_memory_equal(&mrz, &before, sizeof mrz);
    }
}

static void check_digits_weigh_as_9303_says(void **state)
{
    (void)state;
    assert_int_equal(mrz_check_digit("520727", 6), 3); /* the worked examples of 9303-3 §4.9 */
    assert_int_equal(mrz_check_digit("AB2134<<<", 9), 5);
    assert_int_equal(mrz_check_digit("", 0), 0);
    assert_int_equal(mrz_check_digit("ab", 2), -1);
}

static void a_doubt_makes_a_line_that_holds_invalid(void **state)
{
    (void)state;
    const struct mrz mrz = parsed((const char *const[]){TD3_1, TD3_2, NULL});
    json_t *sure = mrz_report(&mrz, NULL);
    assert_true(json_is_true(json_object_get(sure, "valid")));
    assert_int_equal(json_object_size(json_object_get(sure, "checks")), MRZ_CHECKS);
    json_t *doubts = json_pack("[{s:s, s:s}]", "code", "line_2_uncertain", "message", "read in two ways");
    json_t *unsure = mrz_report(&mrz, doubts);
    assert_true(json_is_false(json_object_get(unsure, "valid")));
    assert_int_equal(json_array_size(json_object_get(unsure, "failed")), 1);
    json_decref(doubts);
    json_decref(unsure);
    json_decref(sure);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(specimens_of_every_format_hold),
        cmocka_unit_test(every_single_wrong_weight_in_the_second_line_is_seen),
        cmocka_unit_test(what_does_not_hold_is_named),
        cmocka_unit_test(what_the_standard_allows_is_no_failure),
        cmocka_unit_test(a_number_longer_than_its_field_is_put_together),
        cmocka_unit_test(a_long_number_that_is_broken_does_not_hold),
        cmocka_unit_test(the_century_is_the_one_that_can_be),
        cmocka_unit_test(a_name_that_fills_its_field_is_marked_as_truncated),
        cmocka_unit_test(what_has_no_format_is_refused_and_changes_nothing),
        cmocka_unit_test(check_digits_weigh_as_9303_says),
        cmocka_unit_test(a_doubt_makes_a_line_that_holds_invalid),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
