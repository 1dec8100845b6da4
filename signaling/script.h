/* script: what an officer goes through in an interview (D-38, D-39): questions, screenshots, checks. One readable file
 * for each mission, MISSION.script beside its MISSION.conf (policy.h): a [group] for each item, named by its id, in
 * the order in which they are asked (deploy/missions has two). A mission without one has the built-in script, of which
 * nothing is required. Read once at start, constant afterwards, any thread. */
#pragma once

#include "signaling/config_reader.h"

#define SCRIPT_ITEMS_MAX 40
#define SCRIPT_TEXT_MAX  500 /* characters */

struct script_item {
    char *id;                     /* a-z, 0-9 and _ */
    char *kind;                   /* "question" | "capture" | "check" */
    char *capture;                /* of a capture: what it shows, "face" | "document" | "other"; else NULL */
    bool required;                /* an interview that decided on the identity has it done */
    char *en, *zh_hans, *zh_hant; /* what is asked, or looked at */
};

struct script {
    unsigned count;
    struct script_item items[SCRIPT_ITEMS_MAX];
};

/* Reads one file's text; `name` stands for the file in messages. Fails with a CONFIG_ERROR with file and line. */
struct script *script_parse(const char *text, size_t length, const char *name, GError **error);
struct script *script_load(const char *file, GError **error);
void script_free(struct script *script);
/* The built-in one; static. */
const struct script *script_default(void);

/* NULL: it has no such item. */
const struct script_item *script_find(const struct script *script, const char *id);
