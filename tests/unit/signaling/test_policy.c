/* A mission's policy: what a file may say, what is refused and where, what is proposed, and that every file that we
 * hand out can be read. */
#include "signaling/policy.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>

static struct policy *parse(const char *text, GError **error)
{
    return policy_parse(text, strlen(text), "nyc.conf", error);
}

static void without_a_file_the_defaults_of_the_domain_hold(void **state)
{
    (void)state;
    const struct policy *policy = policies_get(NULL, "anywhere");
    assert_null(policy->mission.time_zone);
    assert_int_equal(g_strv_length(policy->mission.languages), 3);
    assert_int_equal(policy->appointment.length_min, 20);
    assert_int_equal(policy->appointment.capacity, 1);
    assert_int_equal(policy->appointment.reschedulings, 2);
    assert_int_equal(policy->interview.minor_age, 18);
    assert_int_equal(policy->interview.guardian_age, 16);
    assert_true(policy->interview.facecheck_undecided);
    assert_false(policy->interview.every_order);
    assert_int_equal(policy->retention.years, 5);
    assert_int_equal(policy_hours(policy, 1)->len, 2);
    assert_int_equal(policy_hours(policy, 7)->len, 0);
}

static void a_file_changes_only_what_it_names(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    struct policy *policy = parse("[mission]\ntime_zone = Australia/Lord_Howe\n[hours]\nsunday = 22:30-24:00\n"
                                  "friday =\nholidays = 2028-02-29, 2026-12-25\n",
                                  &error);
    assert_non_null(policy);
    assert_string_equal(policy->mission.time_zone, "Australia/Lord_Howe");
    const struct config_span *span = &g_array_index(policy_hours(policy, 7), struct config_span, 0);
    assert_int_equal(span->from_min, 22 * 60 + 30);
    assert_int_equal(span->to_min, 24 * 60);
    assert_int_equal(policy_hours(policy, 5)->len, 0);
    assert_int_equal(policy_hours(policy, 4)->len, 2);
    assert_true(policy_is_holiday(policy, "2028-02-29"));
    assert_false(policy_is_holiday(policy, "2028-03-01"));
    policy_free(policy);
}

/* D-22 … D-25. */
static void where_an_applicant_lives_decides_who_is_accepted_and_who_comes_first(void **state)
{
    (void)state;
    static const struct {
        const char *text, *region;
        enum policy_district district;
    } cases[] = {
        {"", "FR", DISTRICT_OWN},
        {"[jurisdiction]\ncountries = SE\n", "SE", DISTRICT_OWN},
        {"[jurisdiction]\ncountries = SE\n", "SE-AB", DISTRICT_OWN},
        {"[jurisdiction]\ncountries = SE\n", "NO", DISTRICT_ABROAD},
        {"[jurisdiction]\ncountries = US\ndistricts = US-NY, US-NJ\n", "US-NJ", DISTRICT_OWN},
        {"[jurisdiction]\ncountries = US\ndistricts = US-NY\n", "US-CA", DISTRICT_OTHER},
        {"[jurisdiction]\ncountries = US\ndistricts = US-NY\n", "US", DISTRICT_OTHER},
        {"[jurisdiction]\ncountries = US\ndistricts = US-NY\ncross_district = false\n", "US-CA", DISTRICT_NOT_ACCEPTED},
        {"[jurisdiction]\ncountries = US\ndistricts = US-NY\n", "CA-ON", DISTRICT_ABROAD},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        struct policy *policy = parse(cases[i].text, &error);
        assert_non_null(policy);
        assert_int_equal(policy_district(policy, cases[i].region), cases[i].district);
        policy_free(policy);
    }
}

static void what_is_wrong_is_refused_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *text, *says;
    } cases[] = {
        {"unknown key", "[hours]\n\nmonkey = 1\n", "nyc.conf:3: key [hours] monkey: unknown; [hours] has monday, "},
        {"the service's group", "[http]\n", "nyc.conf:1: group [http]: unknown; there are mission, hours, "},
        {"no such zone", "[mission]\ntime_zone = Europe/Atlantis\n", "nyc.conf:2: key [mission] time_zone: "},
        {"a fixed offset", "[mission]\ntime_zone = +01:00\n", "such as Europe/Stockholm"},
        {"a path for a zone", "[mission]\ntime_zone = ../../etc/passwd\n", "such as Europe/Stockholm"},
        {"unknown kind", "[orders]\nkinds = visa\n", "at least one of passport"},
        {"no kind", "[orders]\nkinds =\n", "at least one of passport"},
        {"a country's name", "[jurisdiction]\ncountries = Sweden\n", "codes such as SE or US-NY"},
        {"a part for a country", "[jurisdiction]\ncountries = US-NY\n", "US-NY is no country"},
        {"a district abroad", "[jurisdiction]\ncountries = US\ndistricts = CA-ON\n", "CA-ON is in none of the"},
        {"nobody reviewed", "[review]\ncapacity_per_day = 0\n", "from 1 to 10000 orders"},
        {"no language", "[mission]\nlanguages =\n", "at least one of zh-Hans"},
        {"unknown language", "[mission]\nlanguages = fr\n", "at least one of zh-Hans"},
        {"closing before opening", "[hours]\nmonday = 12:00-09:00\n", "allowed are spans such as"},
        {"an empty span", "[hours]\nmonday = 12:00-12:00\n", "allowed are spans such as"},
        {"overlapping", "[hours]\nmonday = 09:00-12:00, 11:00-13:00\n", "allowed are spans such as"},
        {"touching", "[hours]\nmonday = 09:00-12:00, 12:00-13:00\n", "in order and apart"},
        {"out of order", "[hours]\nmonday = 13:00-14:00, 09:00-12:00\n", "in order and apart"},
        {"past midnight", "[hours]\nmonday = 22:00-24:01\n", "allowed are spans such as"},
        {"minute 60", "[hours]\nmonday = 09:60-12:00\n", "allowed are spans such as"},
        {"one digit", "[hours]\nmonday = 9:00-12:00\n", "allowed are spans such as"},
        {"no end", "[hours]\nmonday = 09:00\n", "allowed are spans such as"},
        {"three ends", "[hours]\nmonday = 09:00-10:00-11:00\n", "allowed are spans such as"},
        {"a comma too many", "[hours]\nmonday = 09:00-10:00,\n", "allowed are spans such as"},
        {"29 February of another year", "[hours]\nholidays = 2026-02-29\n", "allowed are days of the calendar"},
        {"a holiday twice", "[hours]\nholidays = 2026-12-25, 2026-12-25\n", "allowed are days of the calendar"},
        {"another way to write a day", "[hours]\nholidays = 25.12.2026\n", "allowed are days of the calendar"},
        {"no capacity", "[appointment]\ncapacity = 0\n", "from 1 to 200 interviews"},
        {"longer than is looked for", "[appointment]\nlength_min = 241\n", "from 5 to 240 min"},
        {"guardians of adults", "[interview]\nminor_age = 16\nguardian_age = 18\n",
         "nyc.conf:3: key [interview] guard"},
        {"nobody could book", "[appointment]\nahead_days = 2\nnotice_h = 48\n", "nyc.conf:3: key [appointment] notice"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        struct policy *policy = parse(cases[i].text, &error);
        if (policy != NULL || strstr(error->message, cases[i].says) == NULL) {
            fail_msg("%s: %s", cases[i].hazard, policy != NULL ? "was accepted" : error->message);
        }
    }
}

static void ages_turn_on_birthdays(void **state)
{
    (void)state;
    static const struct {
        const char *birth_date, *today;
        unsigned age;
    } cases[] = {
        {"2008-11-28", "2026-11-27", 17}, {"2008-11-27", "2026-11-27", 18}, {"2008-11-26", "2026-11-27", 18},
        {"2008-02-29", "2026-02-28", 17}, {"2008-02-29", "2026-03-01", 18}, {"2026-11-27", "2026-11-27", 0},
        {"1926-12-31", "2026-11-27", 99},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(policy_age(cases[i].birth_date, cases[i].today), cases[i].age);
    }
    const struct policy *policy = policies_get(NULL, "anywhere");
    assert_true(policy_needs_guardian(policy, 15));
    assert_false(policy_needs_guardian(policy, 16));
    assert_true(policy_may_book(policy, 2));
    assert_false(policy_may_book(policy, 3));
}

static void what_policy_proposes(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *text;
        struct policy_order order;
        const char *expected;
    } cases[] = {
        {"a grown-up", "", {true, 18, false, false}, "[]"},
        {"a minor", "", {true, 17, false, false}, "[\"minor\"]"},
        {"of unknown age", "", {false, 0, false, false}, "[]"},
        {"face check skipped", "", {false, 0, true, false}, "[\"facecheck\"]"},
        {"a mission that does not mind", "[interview]\nfacecheck_undecided=false\n", {true, 30, true, true}, "[]"},
        {"a first issue, where that counts",
         "[interview]\nfirst_issue=true\n",
         {true, 30, false, true},
         "[\"first_issue\"]"},
        {"all at once",
         "[interview]\nfirst_issue=true\nevery_order=true\n",
         {true, 3, true, true},
         "[\"minor\", \"facecheck\", \"first_issue\", \"every_order\"]"},
        {"minors as others", "[interview]\nguardian_age=0\nminor_age=0\n", {true, 3, false, false}, "[]"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct policy *policy = parse(cases[i].text, NULL);
        json_t *triggers = policy_triggers(policy, &cases[i].order);
        char *text = json_dumps(triggers, 0);
        if (strcmp(text, cases[i].expected) != 0) {
            fail_msg("%s: %s", cases[i].hazard, text);
        }
        free(text);
        json_decref(triggers);
        policy_free(policy);
    }
}

static void a_folder_is_read_whole_or_not_at_all(void **state)
{
    (void)state;
    g_autofree char *folder = g_dir_make_tmp("viva-policy-XXXXXX", NULL);
    g_autofree char *good = g_build_filename(folder, "nyc.conf", NULL),
                    *bad = g_build_filename(folder, "sto.conf", NULL);
    g_autofree char *other = g_build_filename(folder, "README.md", NULL);
    g_autoptr(GError) error = NULL;
    assert_true(g_file_set_contents(good, "[appointment]\ncapacity = 7\n", -1, NULL));
    assert_true(g_file_set_contents(other, "not ours", -1, NULL));
    struct policies *policies = policies_load(folder, &error);
    assert_non_null(policies);
    assert_int_equal(policies_get(policies, "nyc")->appointment.capacity, 7);
    assert_int_equal(policies_get(policies, "sto")->appointment.capacity, 1);
    assert_ptr_equal(policies_script(policies, "nyc"), script_default());
    policies_free(policies);
    g_autofree char *script = g_build_filename(folder, "sto.script", NULL);
    assert_true(g_file_set_contents(script, "[a]\nkind = check\nen = x\nzh_hans = x\nzh_hant = x\n", -1, NULL));
    policies = policies_load(folder, &error);
    assert_non_null(policies);
    assert_string_equal(policies_script(policies, "sto")->items[0].id, "a");
    assert_ptr_equal(policies_script(policies, "nyc"), script_default());
    g_autofree const char **missions = policies_missions(policies);
    assert_string_equal(missions[0], "nyc");
    assert_string_equal(missions[1], "sto"); /* it has a script alone */
    assert_null(missions[2]);
    policies_free(policies);
    assert_true(g_file_set_contents(script, "[a]\n", -1, NULL));
    assert_null(policies_load(folder, &error));
    assert_non_null(strstr(error->message, "sto.script:1: key [a] kind"));
    g_clear_error(&error);
    g_remove(script);
    assert_true(g_file_set_contents(bad, "[appointment]\n\ncapacity = none\n", -1, NULL));
    assert_null(policies_load(folder, &error));
    assert_non_null(strstr(error->message, "sto.conf:3: key [appointment] capacity"));
    g_clear_error(&error);
    assert_null(policies_load("/nowhere/at/all", &error));
    assert_non_null(strstr(error->message, "[interview] policies"));
    g_remove(good);
    g_remove(bad);
    g_remove(other);
    g_rmdir(folder);
}

static void the_demo_missions_can_be_read_and_differ(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    struct policies *policies = policies_load(VIVA_MODELS "/../deploy/missions", &error);
    if (policies == NULL) {
        fail_msg("%s", error->message);
    }
    const struct policy *here = policies_get(policies, "new-york"), *there = policies_get(policies, "stockholm");
    assert_int_equal(here->appointment.capacity, 3);
    assert_int_equal(there->appointment.capacity, 1);
    assert_string_not_equal(here->mission.time_zone, there->mission.time_zone);
    assert_true(there->interview.every_order && !here->interview.every_order);
    const struct policy *both[] = {here, there};
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        assert_true(both[i]->mission.name_en && both[i]->mission.name_zh_hans && both[i]->mission.name_zh_hant);
        assert_true(both[i]->payment.en && both[i]->payment.zh_hans && both[i]->payment.zh_hant);
    }
    const struct script *long_one = policies_script(policies, "new-york"),
                        *short_one = policies_script(policies, "stockholm");
    assert_true(script_find(long_one, "alone")->required && !script_find(short_one, "alone")->required);
    assert_non_null(script_find(long_one, "other_nationality"));
    assert_null(script_find(short_one, "other_nationality"));
    assert_true(script_find(long_one, "no_payment")->required && script_find(short_one, "no_payment")->required);
    policies_free(policies);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_demo_missions_can_be_read_and_differ),
        cmocka_unit_test(without_a_file_the_defaults_of_the_domain_hold),
        cmocka_unit_test(a_file_changes_only_what_it_names),
        cmocka_unit_test(where_an_applicant_lives_decides_who_is_accepted_and_who_comes_first),
        cmocka_unit_test(what_is_wrong_is_refused_with_its_line),
        cmocka_unit_test(ages_turn_on_birthdays),
        cmocka_unit_test(what_policy_proposes),
        cmocka_unit_test(a_folder_is_read_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
