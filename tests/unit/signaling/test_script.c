#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "signaling/script.h"

#define WORDS   "en = Why?\nzh_hans = 为什么？\nzh_hant = 為什麼？\n"
#define ASK     "kind = question\n" WORDS
#define PICTURE "kind = capture\ncapture = document\n" WORDS

static struct script *parse(const char *text, GError **error)
{
    return script_parse(text, strlen(text), "t.script", error);
}

static void items_come_in_the_order_of_the_file(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    struct script *script =
        parse("# first what is last in the alphabet\n[z]\n" ASK "required = true\n\n[a_1]\n" PICTURE, &error);
    if (script == NULL) {
        fail_msg("%s", error->message);
        return;
    }
    assert_int_equal(script->count, 2);
    assert_string_equal(script->items[0].id, "z");
    assert_string_equal(script->items[0].kind, "question");
    assert_true(script->items[0].required);
    assert_null(script->items[0].capture);
    assert_string_equal(script->items[0].en, "Why?");
    assert_string_equal(script->items[0].zh_hans, "为什么？");
    assert_string_equal(script->items[0].zh_hant, "為什麼？");
    assert_string_equal(script->items[1].capture, "document");
    assert_false(script->items[1].required);
    assert_ptr_equal(script_find(script, "a_1"), &script->items[1]);
    assert_null(script_find(script, "b"));
    script_free(script);
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *text, *message;
    } cases[] = {
        {"nothing", "", "t.script:1: no [item]; a mission without a script of its own has no such file"},
        {"only comments", "# nothing yet\n",
         "t.script:1: no [item]; a mission without a script of its own has no such file"},
        {"a name of other characters", "[a]\n" ASK "[B-1]\n" ASK,
         "t.script:6: group [B-1]: no name for an item; allowed are 1 to 32 of a-z, 0-9 and _"},
        {"no name", "[]\n", "t.script:1: group []: no name for an item; allowed are 1 to 32 of a-z, 0-9 and _"},
        {"the same item twice", "[a]\n" ASK "\n[a]\n" ASK,
         "t.script:7: group [a]: given twice; each item has a group of its own"},
        {"an unknown key", "[a]\n" ASK "colour = red\n",
         "t.script:6: key [a] colour: unknown; [a] has kind, required, capture, en, zh_hans, zh_hant"},
        {"a key twice", "[a]\n" ASK "en = Once more?\n", "t.script:6: key [a] en: given twice; keep one of them"},
        {"no kind, told at the group", "\n[a]\n" WORDS,
         "t.script:2: key [a] kind: \"\" is not allowed; allowed is one of question, capture, check"},
        {"another kind", "[a]\nkind = riddle\n" WORDS,
         "t.script:2: key [a] kind: \"riddle\" is not allowed; allowed is one of question, capture, check"},
        {"a capture of nothing", "[a]\nkind = capture\n" WORDS,
         "t.script:1: key [a] capture: \"\" is not allowed; allowed is one of face, document, other"},
        {"a question of something", "[a]\n" ASK "capture = face\n",
         "t.script:6: key [a] capture: only for items of kind capture"},
        {"neither true nor false", "[a]\n" ASK "required = yes\n",
         "t.script:6: key [a] required: \"yes\" is not allowed; allowed is true or false"},
        {"a language left out", "[a]\nkind = check\nen = x\nzh_hans = x\n",
         "t.script:1: key [a] zh_hant: 0 characters; allowed are 1 to 500"},
        {"a language left empty", "[a]\nkind = check\nen =\nzh_hans = x\nzh_hant = x\n",
         "t.script:3: key [a] en: 0 characters; allowed are 1 to 500"},
        {"a key before any group", "kind = check\n",
         "t.script:1: no [item]; a mission without a script of its own has no such file"},
        {"neither key nor group", "[a]\nwhy\n",
         "t.script:2: neither a [group], nor key = value in one, nor a # comment"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        struct script *script = parse(cases[i].text, &error);
        if (script != NULL || strcmp(error->message, cases[i].message) != 0) {
            fail_msg("%s: %s", cases[i].hazard, script != NULL ? "accepted" : error->message);
        }
        assert_true(error->domain == CONFIG_ERROR);
    }
}

static void there_is_an_end_to_items_and_words(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    for (unsigned i = 0; i < SCRIPT_ITEMS_MAX; i++) {
        g_string_append_printf(text, "[item_%u]\n" ASK, i);
    }
    g_autoptr(GError) error = NULL;
    struct script *script = parse(text->str, &error);
    assert_non_null(script);
    script_free(script);
    g_string_append(text, "[one_more]\n" ASK);
    assert_null(parse(text->str, &error));
    assert_non_null(strstr(error->message, "one item too many; a script has at most 40"));
    g_clear_error(&error);

    g_string_assign(text, "[a]\nkind = check\nzh_hans = x\nzh_hant = x\nen = ");
    for (unsigned i = 0; i < SCRIPT_TEXT_MAX; i++) {
        g_string_append(text, "问");
    }
    script = parse(text->str, &error);
    assert_non_null(script);
    script_free(script);
    g_string_append(text, "?\n");
    assert_null(parse(text->str, &error));
    assert_string_equal(error->message, "t.script:5: key [a] en: 501 characters; allowed are 1 to 500");
    g_clear_error(&error);
    assert_null(script_parse("[a]\nkind = \xff\n", 14, "t.script", &error));
    assert_string_equal(error->message, "t.script:1: not UTF-8 text");
}

static void the_built_in_one_asks_all_kinds_and_requires_nothing(void **state)
{
    (void)state;
    const struct script *script = script_default();
    unsigned captures = 0, checks = 0;
    for (unsigned i = 0; i < script->count; i++) {
        assert_false(script->items[i].required);
        captures += g_str_equal(script->items[i].kind, "capture");
        checks += g_str_equal(script->items[i].kind, "check");
    }
    assert_int_equal(captures, 2);
    assert_int_equal(checks, 2);
    assert_non_null(script_find(script, "no_payment")); /* D-58 */
    assert_ptr_equal(script_default(), script);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(items_come_in_the_order_of_the_file),
        cmocka_unit_test(what_is_wrong_is_told_with_its_line),
        cmocka_unit_test(there_is_an_end_to_items_and_words),
        cmocka_unit_test(the_built_in_one_asks_all_kinds_and_requires_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
