/* config_reader: reads a file of settings ([group], key = value, # comment) into a struct, as one table says.
 *
 * The table says each setting's group, key, kind, range, default, unit and meaning; loading and the messages about bad
 * values come from it. An unknown key or a value that is not allowed is an error that names file, line and what is
 * allowed. Tables: config.c (the service), policy.c (a mission). Pure but for reading the file; any thread. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config_endpoint {
    char *address; /* numeric IPv4 or IPv6, without brackets */
    uint16_t port;
};

/* A part of a day by the wall clock, [from_min, to_min) after midnight; to_min is at most 24 * 60. */
struct config_span {
    unsigned from_min, to_min;
};

enum config_kind {
    CONFIG_INTEGER,   /* unsigned, min..max */
    CONFIG_BOOLEAN,   /* bool: true | false */
    CONFIG_TEXT,      /* char *: a path or words; empty is NULL */
    CONFIG_URL,       /* char *: http:// or https://, no slash at the end; empty is NULL */
    CONFIG_ENDPOINT,  /* struct config_endpoint: 127.0.0.1:8080 or [::1]:8080 */
    CONFIG_ADDRESSES, /* char **: numeric addresses, comma-separated; may be empty */
    CONFIG_CODECS,    /* char **: VP8, H264, comma-separated, at least one, none twice */
    CONFIG_TASKS,     /* char **: names of liveness tasks, comma-separated, at least two, none twice */
    CONFIG_SENDER,    /* char *: none, smtp or command */
    CONFIG_TARGETS,   /* char **: NAME MISSION URL, comma-separated, no NAME twice; may be empty */
    CONFIG_LANGUAGES, /* char **: zh-Hans, zh-Hant, en, comma-separated, at least one, none twice */
    CONFIG_ZONE,      /* char *: a time zone that this machine knows by its IANA name; empty is NULL */
    CONFIG_SPANS,     /* GArray * of struct config_span: 09:00-12:00, 13:30-16:00, in order, apart; may be empty */
    CONFIG_DAYS,      /* char **: days of the calendar, YYYY-MM-DD, comma-separated, none twice; may be empty */
    CONFIG_REGIONS,   /* char **: codes of countries and parts of them (region.h), comma-separated, none twice; may be
                         empty */
    CONFIG_KINDS,     /* char **: passport, travel_document, emergency_travel_document, at least one, none twice */
};

struct config_setting {
    const char *group, *key;
    enum config_kind kind;
    unsigned min, max; /* CONFIG_INTEGER */
    const char *initial;
    const char *unit; /* "" where there is none */
    const char *meaning;
    size_t offset; /* in the table's struct */
};

enum config_error {
    CONFIG_ERROR_FILE,  /* cannot be read, or is no key file */
    CONFIG_ERROR_KEY,   /* unknown group or key, or one given twice */
    CONFIG_ERROR_VALUE, /* not allowed, alone or together with another */
    CONFIG_ERROR_MASTER_KEY,
};
#define CONFIG_ERROR config_error_quark()
GQuark config_error_quark(void);

struct config_source; /* the file while it is being read */

struct config_table {
    const struct config_setting *settings; /* ends with a NULL group */
    /* What no single value can say; complains through config_bad_value. */
    bool (*check)(const struct config_source *source, const void *values, GError **error);
};

/* Fills `values`, zeroed memory of the table's struct, with the defaults. */
void config_table_defaults(const struct config_table *table, void *values);
/* Fills `values` from `text`, the rest with defaults; `name` stands for the file in messages. Fails with a CONFIG_ERROR
 * whose message starts with NAME:LINE; `values` then need config_table_clear all the same. */
bool config_table_parse(const struct config_table *table, const char *text, size_t length, const char *name,
                        void *values, GError **error);
/* The same from a file. */
bool config_table_load(const struct config_table *table, const char *file, void *values, GError **error);
/* Frees what `values` own. */
void config_table_clear(const struct config_table *table, void *values);

/* Sets CONFIG_ERROR_VALUE with file and line of the key; returns false. */
bool config_bad_value(const struct config_source *source, const char *group, const char *key, GError **error,
                      const char *format, ...) G_GNUC_PRINTF(5, 6);
