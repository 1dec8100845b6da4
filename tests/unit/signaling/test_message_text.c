/* What a stored message says: by the clock of its mission, with what an officer wrote, in its reader's language. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/message_text.h"
#include "signaling/policy.h"
#include "tests/unit/signaling/service_fixture.h"

#define AT_US (INT64_C(1796653800) * G_USEC_PER_SEC) /* 2026-12-07T14:30:00Z, a Monday */

static void an_appointment_is_told_by_the_clock_of_its_mission(void **state)
{
    (void)state;
    static const struct {
        const char *zone, *language, *text;
    } rows[] = {
        {"America/New_York", "en", "Monday, 7 December 2026, 09:30 (America/New_York, UTC-05:00)"},
        {"Asia/Shanghai", "zh-Hans", "2026年12月7日（星期一）22:30（Asia/Shanghai，UTC+08:00）"},
        {"Pacific/Kiritimati", "zh-Hant", "2026年12月8日（星期二）04:30（Pacific/Kiritimati，UTC+14:00）"},
        {"Nowhere/At_All", "en", "Monday, 7 December 2026, 14:30 (UTC, UTC+00:00)"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = message_when(AT_US, rows[i].zone, rows[i].language);
        assert_string_equal(text, rows[i].text);
    }
}

static int start(void **state)
{
    struct fixture *fixture = fixture_new();
    fixture->service.templates = templates_load(VIVA_MODELS "/../deploy/messages", NULL, NULL);
    assert_non_null(fixture->service.templates);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    templates_free((struct templates *)fixture->service.templates);
    fixture_free(fixture);
    return 0;
}

static struct template_text say(struct fixture *fixture, const char *template, const char *args, const char *language)
{
    struct template_text text = {0};
    g_autoptr(GError) error = NULL;
    const struct store_message message = {.seq = 1,
                                          .mission = (char *)"here",
                                          .order_id = (char *)"r",
                                          .order_number = (char *)"2026-K7QX-3MPA-9T0B",
                                          .template = (char *)template,
                                          .args = (char *)args,
                                          .state = (char *)"in_review"};
    if (!message_text(&fixture->service, &message, language, &text, &error)) {
        fail_msg("%s", error->message);
    }
    return text;
}

static void each_is_filled_with_what_it_is_about(void **state)
{
    static const struct {
        const char *template, *args, *language, *says, *says_not;
    } rows[] = {
        {"submitted", NULL, "en", "2026-K7QX-3MPA-9T0B has reached the Mission.", "{"},
        {"submitted", "{}", "zh-Hans", "已提交至领事馆。", "Mission"},
        {"booked", "{\"scheduled_at\": \"2026-12-07T14:30:00.000Z\"}", "en", "15:30 (Europe/Stockholm, UTC+01:00)",
         "{"},
        {"booked", "{\"scheduled_at\": \"soon\"}", "en", "Open the order a few minutes earlier", "{when}"},
        {"rejected", "{\"reason\": \"The photo shows somebody else.\"}", "en",
         "The reason: The photo shows somebody else.", "{"},
        {"supplement", "{\"reason\": \"Too dark.\", \"slots\": [\"page\", \"address\"], \"fields\": [\"address\"]}",
         "en", "To be uploaded again: data page of the passport, proof of address\nTo be corrected: address", "{"},
        {"supplement", "{\"slots\": [\"page\", \"address\"], \"fields\": []}", "zh-Hans",
         "需要重新上传：护照资料页、住址证明", "需要更正"},
        {"supplement", "{\"slots\": [\"no such\", 7]}", "en", "Open the order", "uploaded again"},
        {"dispatched", "{\"way\": \"courier\", \"tracking\": \"UPS 1Z\"}", "en", "Tracking number: UPS 1Z",
         "collected"},
        {"dispatched", "{\"way\": \"courier\", \"tracking\": null}", "en", "has sent the document", "Tracking"},
        {"dispatched", "{\"way\": \"collect\", \"tracking\": null}", "en", "is waiting for you at the Mission",
         "Tracking"},
        {"approved", "{}", "en", "never ask for payment", "Fees"}, /* the mission has nothing to say of them */
        {"rejected", "no JSON", "en", "cannot accept your order", "reason:"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(TemplateText) text = say(*state, rows[i].template, rows[i].args, rows[i].language);
        if (strstr(text.text, rows[i].says) == NULL || strstr(text.text, rows[i].says_not) != NULL) {
            fail_msg("%s %s: %s", rows[i].template, rows[i].args, text.text);
        }
        assert_true(*text.title != '\0');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_appointment_is_told_by_the_clock_of_its_mission),
        cmocka_unit_test_setup_teardown(each_is_filled_with_what_it_is_about, start, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
