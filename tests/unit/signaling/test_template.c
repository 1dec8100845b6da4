/* The words of messages: what a file must and may say, where a mistake is, and how placeholders are filled. */
#include "signaling/template.h"

#include "signaling/order.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib/gstdio.h>

#include <string.h>

static const char source[] = VIVA_MODELS "/../deploy/messages";

struct folder {
    char *path, *policies;
};

static char *file_in(const char *folder, const char *name)
{
    return g_build_filename(folder, name, NULL);
}

static void write_file(const char *folder, const char *name, const char *text)
{
    g_autofree char *path = file_in(folder, name);
    assert_true(g_file_set_contents(path, text, -1, NULL));
}

static char *read_source(const char *name)
{
    g_autofree char *path = file_in(source, name);
    char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

/* A copy of the real texts, and a mission's own folder. */
static int make_folder(void **state)
{
    struct folder *folder = g_new0(struct folder, 1);
    folder->path = g_dir_make_tmp("viva-messages-XXXXXX", NULL);
    folder->policies = file_in(folder->path, "missions");
    g_autofree char *own = file_in(folder->policies, "nyc.messages");
    g_mkdir_with_parents(own, 0700);
    for (unsigned i = 0; template_languages[i] != NULL; i++) {
        g_autofree char *name = g_strconcat(template_languages[i], ".conf", NULL);
        g_autofree char *text = read_source(name);
        write_file(folder->path, name, text);
    }
    *state = folder;
    return 0;
}

static int remove_folder(void **state)
{
    struct folder *folder = *state;
    g_autofree char *command = g_strdup_printf("rm -r '%s'", folder->path);
    assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
    g_free(folder->path);
    g_free(folder->policies);
    g_free(folder);
    return 0;
}

static struct templates *load(const struct folder *folder)
{
    g_autoptr(GError) error = NULL;
    struct templates *templates = templates_load(folder->path, folder->policies, &error);
    if (templates == NULL) {
        fail_msg("%s", error->message);
    }
    return templates;
}

static void every_event_of_an_order_has_words_in_every_language(void **state)
{
    struct templates *templates = load(*state);
    for (unsigned event = 0; event < ORDER_EVENT_COUNT; event++) {
        const char *name = order_event_message((enum order_event)event);
        assert_true(name == NULL || template_is_known(name));
    }
    static const char *const others[] = {"code", "created", "reminder_day", "reminder_soon", "collect", "changed"};
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        assert_true(template_is_known(others[i]));
    }
    assert_false(template_is_known("words"));
    assert_false(template_is_known(""));
    assert_string_equal(template_word(templates, "en", "slot_page"), "data page of the passport");
    assert_string_equal(template_word(templates, "zh-Hant", "slot_page"), "護照資料頁");
    assert_null(template_word(templates, "en", "slot_nothing"));
    templates_free(templates);
}

struct change {
    const char *hazard, *file, *from, *to, *says;
};

static void a_mistake_is_told_with_file_and_line(void **state)
{
    const struct folder *folder = *state;
    static const struct change rows[] = {
        {"an unknown template", "en.conf", "[taken_in]", "[taken_inn]", "group [taken_inn]: unknown"},
        {"an unknown key", "zh-Hans.conf", "title = 订单已提交", "titel = 订单已提交",
         "key [submitted] titel: unknown"},
        {"a missing text", "zh-Hant.conf", "text = 您已確認", "# text = 您已確認", "key [completed] text: missing"},
        {"an empty title", "en.conf", "title = Your order is approved", "title =", "key [approved] title: missing"},
        {"a placeholder of another event", "en.conf", "begun to review your order {number}", "{when} {number}",
         "{when} is unknown here"},
        {"a placeholder that is none", "en.conf", "begun to review your order {number}", "{nubmer}",
         "{nubmer} is unknown here"},
        {"a brace that is not closed", "en.conf", "begun to review your order {number}", "{number", "a brace"},
        {"a brace that is not opened", "en.conf", "begun to review your order {number}", "number}", "a brace"},
        {"an empty placeholder", "en.conf", "begun to review your order {number}", "{}", "a brace"},
        {"a title of two lines", "en.conf", "title = Your order is approved", "title = Your\\norder",
         "into texts alone"},
        {"a placeholder in a word", "en.conf", "slot_page = data page", "slot_page = {number}", "is unknown here"},
        {"given twice", "en.conf", "[submitted]\n", "[submitted]\ntitle = x\n", "given twice"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *good = read_source(rows[i].file);
        const char *at = strstr(good, rows[i].from);
        assert_non_null(at);
        g_autofree char *bad =
            g_strdup_printf("%.*s%s%s", (int)(at - good), good, rows[i].to, at + strlen(rows[i].from));
        write_file(folder->path, rows[i].file, bad);
        g_autoptr(GError) error = NULL;
        assert_null(templates_load(folder->path, folder->policies, &error));
        g_autofree char *place = g_strconcat(rows[i].file, ":", NULL);
        if (strstr(error->message, rows[i].says) == NULL || strstr(error->message, place) == NULL) {
            fail_msg("%s: %s", rows[i].hazard, error->message);
        }
        write_file(folder->path, rows[i].file, good);
    }
    templates_free(load(folder));
}

static void a_language_that_is_missing_or_unknown_is_refused(void **state)
{
    const struct folder *folder = *state;
    g_autoptr(GError) missing = NULL, unknown = NULL;
    g_autofree char *path = file_in(folder->path, "zh-Hant.conf");
    g_autofree char *text = read_source("zh-Hant.conf");
    g_unlink(path);
    assert_null(templates_load(folder->path, NULL, &missing));
    assert_non_null(strstr(missing->message, "no file zh-Hant.conf"));
    write_file(folder->path, "zh-Hant.conf", text);
    write_file(folder->path, "sv.conf", text);
    assert_null(templates_load(folder->path, NULL, &unknown));
    assert_non_null(strstr(unknown->message, "sv.conf:1: no language"));
}

static struct template_text render(const struct templates *templates, const char *language, const char *mission,
                                   const char *name, json_t *values)
{
    struct template_text text;
    template_render(templates, language, mission, name, values, &text);
    json_decref(values);
    return text;
}

static void a_mission_says_some_of_it_in_its_own_words(void **state)
{
    const struct folder *folder = *state;
    g_autofree char *own = file_in(folder->policies, "nyc.messages");
    write_file(own, "en.conf", "[submitted]\ntext = New York has {number}.\n");
    struct templates *templates = load(folder);
    g_auto(TemplateText) theirs =
        render(templates, "en", "nyc", "submitted", json_pack("{s:s, s:s}", "number", "7", "mission", "M"));
    assert_string_equal(theirs.text, "New York has 7.");
    assert_string_equal(theirs.title, "We have received your order");
    g_auto(TemplateText) others =
        render(templates, "en", "sto", "submitted", json_pack("{s:s, s:s}", "number", "7", "mission", "M"));
    assert_non_null(strstr(others.text, "Your order 7 has reached the M."));
    templates_free(templates);

    g_autoptr(GError) error = NULL;
    write_file(own, "en.conf", "[submitted]\ntext = {when}\n");
    assert_null(templates_load(folder->path, folder->policies, &error));
    assert_non_null(strstr(error->message, "nyc.messages/en.conf:2: key [submitted] text: {when} is unknown"));
}

static void a_paragraph_without_its_value_is_left_out(void **state)
{
    const struct folder *folder = *state;
    g_autofree char *own = file_in(folder->policies, "nyc.messages");
    write_file(own, "en.conf", "[rejected]\ntitle = {reason}\ntext = {reason} first\\nOf {number}\\nWhy: {reason}\n");
    struct templates *templates = load(folder);
    g_auto(TemplateText) bare = render(templates, "en", "nyc", "rejected", json_pack("{s:s}", "number", "7"));
    assert_string_equal(bare.text, "Of 7");
    assert_string_equal(bare.title, "");
    g_auto(TemplateText) empty =
        render(templates, "en", "nyc", "rejected", json_pack("{s:s, s:s}", "number", "7", "reason", ""));
    assert_string_equal(empty.text, "Of 7");
    g_auto(TemplateText) full =
        render(templates, "en", "nyc", "rejected", json_pack("{s:s, s:s}", "number", "7", "reason", "{number}"));
    assert_string_equal(full.text, "{number} first\nOf 7\nWhy: {number}"); /* what is put in is not filled again */
    templates_free(templates);
}

static void an_event_of_a_later_version_reads_as_a_change(void **state)
{
    struct templates *templates = load(*state);
    g_auto(TemplateText) text =
        render(templates, "en", NULL, "teleported", json_pack("{s:s, s:s}", "number", "7", "mission", "M"));
    assert_string_equal(text.title, "Your order has changed");
    templates_free(templates);
}

/* D-41 and D-58 are no matter of taste. */
static void an_approval_says_what_is_sent_when_and_how_nobody_pays(void **state)
{
    struct templates *templates = load(*state);
    static const char *const rows[][3] = {
        {"en", "before an order is approved is returned", "never ask for payment"},
        {"zh-Hans", "审核通过之前寄来的材料将被退回", "绝不会通过电话或视频要求您付款"},
        {"zh-Hant", "審核通過之前寄來的材料將被退回", "絕不會透過電話或視訊要求您付款"}};
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(TemplateText) text =
            render(templates, rows[i][0], NULL, "approved",
                   json_pack("{s:s, s:s, s:s}", "number", "7", "mission", "M", "payment", "PAY"));
        assert_non_null(strstr(text.text, rows[i][1]));
        assert_non_null(strstr(text.text, rows[i][2]));
        assert_non_null(strstr(text.text, "PAY"));
    }
    templates_free(templates);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        test(every_event_of_an_order_has_words_in_every_language),
        test(a_mistake_is_told_with_file_and_line),
        test(a_language_that_is_missing_or_unknown_is_refused),
        test(a_mission_says_some_of_it_in_its_own_words),
        test(a_paragraph_without_its_value_is_left_out),
        test(an_event_of_a_later_version_reads_as_a_change),
        test(an_approval_says_what_is_sent_when_and_how_nobody_pays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
