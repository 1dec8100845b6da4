#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/wording.h"

static void a_reader_gets_the_nearest_text_that_there_is(void **state)
{
    (void)state;
    static const struct {
        struct wording wording;
        const char *en, *zh_hans, *zh_hant;
    } cases[] = {
        {{"mission", "领事馆", "領事館"}, "mission", "领事馆", "領事館"},
        {{"mission", "领事馆", NULL}, "mission", "领事馆", "领事馆"},
        {{"mission", NULL, "領事館"}, "mission", "領事館", "領事館"},
        {{"mission", NULL, NULL}, "mission", "mission", "mission"},
        {{NULL, "领事馆", "領事館"}, "领事馆", "领事馆", "領事館"},
        {{NULL, NULL, "領事館"}, "領事館", "領事館", "領事館"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_string_equal(wording_for(&cases[i].wording, "en"), cases[i].en);
        assert_string_equal(wording_for(&cases[i].wording, "zh-Hans"), cases[i].zh_hans);
        assert_string_equal(wording_for(&cases[i].wording, "zh-Hant"), cases[i].zh_hant);
    }
    const struct wording nothing = {0};
    assert_null(wording_for(&nothing, "en"));
    assert_null(wording_for(&nothing, "zh-Hant"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reader_gets_the_nearest_text_that_there_is),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
