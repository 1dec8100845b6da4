#include "signaling/script.h"

#include <string.h>

/* Of a mission that has decided nothing: a help, and nothing that has to be done. */
static const char built_in[] =
    "[purpose]\nkind = question\nen = What do you apply for, and why?\n"
    "zh_hans = 您申请办理什么证件？为什么申请？\nzh_hant = 您申請辦理什麼證件？為什麼申請？\n"
    "[abroad_since]\nkind = question\nen = Since when have you been abroad, and where do you live?\n"
    "zh_hans = 您什么时候出国的？现在住在哪里？\nzh_hant = 您什麼時候出國的？現在住在哪裡？\n"
    "[old_passport]\nkind = question\nen = Where is your present or last passport?\n"
    "zh_hans = 您现在或上一本护照在哪里？\nzh_hant = 您現在或上一本護照在哪裡？\n"
    "[name_and_birth]\nkind = question\nen = Please say your name and date of birth.\n"
    "zh_hans = 请说出您的姓名和出生日期。\nzh_hant = 請說出您的姓名和出生日期。\n"
    "[face]\nkind = capture\ncapture = face\nen = Take a picture of the face, square-on.\n"
    "zh_hans = 截取申请人正面面部图像。\nzh_hant = 擷取申請人正面面部影像。\n"
    "[data_page]\nkind = capture\ncapture = document\nen = Take a picture of the passport's data page.\n"
    "zh_hans = 截取护照资料页图像。\nzh_hant = 擷取護照資料頁影像。\n"
    "[no_payment]\nkind = check\nen = Was told that the mission never asks for payment by telephone or video.\n"
    "zh_hans = 已告知申请人：使领馆绝不会通过电话或视频要求付款。\n"
    "zh_hant = 已告知申請人：使領館絕不會透過電話或視訊要求付款。\n"
    "[alone]\nkind = check\nen = Nobody else in the room prompts.\n"
    "zh_hans = 现场没有他人提示作答。\nzh_hant = 現場沒有他人提示作答。\n";

#define SETTING(key, kind, initial, meaning)                                                                           \
    {                                                                                                                  \
        NULL, #key, kind, 0, 0, initial, "", meaning, offsetof(struct script_item, key)                                \
    }
/* Of each item; its group is the item's id. */
static const struct config_setting item_settings[] = {
    SETTING(kind, CONFIG_TEXT, "", "question, capture or check."),
    SETTING(required, CONFIG_BOOLEAN, "false", "Whether it has to be done before the identity is decided on."),
    SETTING(capture, CONFIG_TEXT, "", "Of a capture: face, document or other."),
    SETTING(en, CONFIG_TEXT, "", "What is asked or looked at, in English."),
    SETTING(zh_hans, CONFIG_TEXT, "", "The same in simplified Chinese."),
    SETTING(zh_hant, CONFIG_TEXT, "", "The same in traditional Chinese."),
};
#define SETTINGS G_N_ELEMENTS(item_settings)

/* ---- the items there are ---- */

static bool add_item(struct script *script, const char *id, const char *name, unsigned line, GError **error)
{
    const char *wrong = NULL;
    if (!g_regex_match_simple("^[a-z0-9_]{1,32}$", id, G_REGEX_DOLLAR_ENDONLY, G_REGEX_MATCH_DEFAULT)) {
        wrong = "no name for an item; allowed are 1 to 32 of a-z, 0-9 and _";
    } else if (script_find(script, id) != NULL) {
        wrong = "given twice; each item has a group of its own";
    } else if (script->count == SCRIPT_ITEMS_MAX) {
        wrong = "one item too many; a script has at most " G_STRINGIFY(SCRIPT_ITEMS_MAX);
    }
    if (wrong != NULL) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_KEY, "%s:%u: group [%s]: %s", name, line, id, wrong);
        return false;
    }
    script->items[script->count++].id = g_strdup(id);
    return true;
}

/* Everything else is for the reader to say, which knows the groups then. */
static bool find_items(struct script *script, const char *text, size_t length, const char *name, GError **error)
{
    g_autofree char *copy = g_strndup(text, length);
    g_auto(GStrv) lines = g_strsplit(copy, "\n", -1);
    for (unsigned i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);
        g_autofree char *id = *line == '[' ? g_strndup(line + 1, strcspn(line + 1, "]")) : NULL;
        if (id != NULL && !add_item(script, id, name, i + 1, error)) {
            return false;
        }
    }
    if (script->count == 0) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE,
                    "%s:1: no [item]; a mission without a script of its own has no such file", name);
        return false;
    }
    return true;
}

/* ---- what they say ---- */

static bool check_word(const struct config_source *source, const struct script_item *item, const char *key,
                       const char *word, const char *const *allowed, GError **error)
{
    if (word != NULL && g_strv_contains(allowed, word)) {
        return true;
    }
    g_autofree char *list = g_strjoinv(", ", (char **)allowed);
    return config_bad_value(source, item->id, key, error, "\"%s\" is not allowed; allowed is one of %s",
                            word != NULL ? word : "", list);
}

static bool check_text(const struct config_source *source, const struct script_item *item, const char *key,
                       const char *text, GError **error)
{
    const glong characters = text != NULL ? g_utf8_strlen(text, -1) : 0;
    return (characters > 0 && characters <= SCRIPT_TEXT_MAX) ||
           config_bad_value(source, item->id, key, error, "%ld characters; allowed are 1 to %d", characters,
                            SCRIPT_TEXT_MAX);
}

static bool check_item(const struct config_source *source, const struct script_item *item, GError **error)
{
    static const char *const kinds[] = {"question", "capture", "check", NULL};
    static const char *const captures[] = {"face", "document", "other", NULL};
    if (!check_word(source, item, "kind", item->kind, kinds, error)) {
        return false;
    }
    const bool is_capture = g_str_equal(item->kind, "capture");
    if (is_capture && !check_word(source, item, "capture", item->capture, captures, error)) {
        return false;
    }
    if (!is_capture && item->capture != NULL) {
        return config_bad_value(source, item->id, "capture", error, "only for items of kind capture");
    }
    return check_text(source, item, "en", item->en, error) &&
           check_text(source, item, "zh_hans", item->zh_hans, error) &&
           check_text(source, item, "zh_hant", item->zh_hant, error);
}

static bool check_items(const struct config_source *source, const void *values, GError **error)
{
    const struct script *script = values;
    for (unsigned i = 0; i < script->count; i++) {
        if (!check_item(source, &script->items[i], error)) {
            return false;
        }
    }
    return true;
}

/* The reader's table for the items of `script`; it borrows their ids, and is freed with g_free. */
static struct config_setting *settings_of(const struct script *script)
{
    struct config_setting *settings = g_new0(struct config_setting, script->count * SETTINGS + 1);
    for (unsigned i = 0; i < script->count; i++) {
        for (unsigned j = 0; j < SETTINGS; j++) {
            struct config_setting *setting = &settings[i * SETTINGS + j];
            *setting = item_settings[j];
            setting->group = script->items[i].id;
            setting->offset += offsetof(struct script, items) + i * sizeof(struct script_item);
        }
    }
    return settings;
}

struct script *script_parse(const char *text, size_t length, const char *name, GError **error)
{
    struct script *script = g_new0(struct script, 1);
    bool ok = find_items(script, text, length, name, error);
    if (ok) {
        g_autofree struct config_setting *settings = settings_of(script);
        const struct config_table table = {settings, check_items};
        ok = config_table_parse(&table, text, length, name, script, error);
    }
    if (!ok) {
        g_clear_pointer(&script, script_free);
    }
    return script;
}

struct script *script_load(const char *file, GError **error)
{
    g_autofree char *text = NULL;
    size_t length;
    g_autoptr(GError) bad = NULL;
    if (!g_file_get_contents(file, &text, &length, &bad)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_FILE, "%s:1: %s", file, bad->message);
        return NULL;
    }
    return script_parse(text, length, file, error);
}

void script_free(struct script *script)
{
    if (script == NULL) {
        return;
    }
    g_autofree struct config_setting *settings = settings_of(script);
    const struct config_table table = {settings, check_items};
    config_table_clear(&table, script);
    for (unsigned i = 0; i < script->count; i++) {
        g_free(script->items[i].id);
    }
    g_free(script);
}

const struct script *script_default(void)
{
    static struct script *script;
    static gsize made;
    if (g_once_init_enter(&made)) {
        script = script_parse(built_in, strlen(built_in), "built-in", NULL);
        g_assert(script != NULL);
        g_once_init_leave(&made, 1);
    }
    return script;
}

const struct script_item *script_find(const struct script *script, const char *id)
{
    for (unsigned i = 0; i < script->count; i++) {
        if (g_str_equal(script->items[i].id, id)) {
            return &script->items[i];
        }
    }
    return NULL;
}
