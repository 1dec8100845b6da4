/* template: the words of messages to account holders, read from files: one for each language (deploy/messages), and
 * where a mission has words of its own, MISSION.messages/LANGUAGE.conf beside its policy. Read once at start, constant
 * afterwards, any thread.
 *
 * All of it is checked then: a file says everything and nothing else, and a text has no placeholder that its event
 * cannot fill. Errors are CONFIG_ERRORs with file and line. */
#pragma once

#include "signaling/config_reader.h"

#include <jansson.h>

struct templates;

/* `folder` has the languages' files; `policies` (NULL: none) the missions' folders. */
struct templates *templates_load(const char *folder, const char *policies, GError **error);
void templates_free(struct templates *templates);

/* Whether there is a template of this name. */
bool template_is_known(const char *name);
/* What the texts are written in; NULL-terminated. */
extern const char *const template_languages[];

struct template_text {
    char *title, *text; /* owned: template_text_clear. Paragraphs end with a line feed, but for the last */
};
void template_text_clear(struct template_text *text);
typedef struct template_text TemplateText; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(TemplateText, template_text_clear)

/* Template `name` in `language`, as `mission` (NULL: nobody) says it, with its placeholders filled from `values`, a
 * JSON object of strings. A paragraph with a placeholder that has no value is left out. One that is not known reads as
 * "changed". */
void template_render(const struct templates *templates, const char *language, const char *mission, const char *name,
                     const json_t *values, struct template_text *text);
/* What a word of the API is called, e.g. "slot_page"; NULL: it has no name. */
const char *template_word(const struct templates *templates, const char *language, const char *word);
