/* config: every setting of `viva serve`, read once at start from one file (deploy/viva.conf) and constant afterwards.
 *
 * One table (config_settings, read by config_reader.h) says what there is; loading, the messages about bad values and
 * the test of deploy/viva.conf all come from it. An unknown key or a value that is not allowed is an error that names
 * file and line: a service for evidence does not start on a guess. */
#pragma once

#include "signaling/config_reader.h"

struct store; /* store/store.h */

struct config {
    char *file; /* where it was read from; NULL: defaults only */
    struct {
        struct config_endpoint listen;
        char *public_url;  /* as users see it, no slash at the end; NULL: http(s)://listen */
        char *certificate; /* PEM chain; NULL: plain HTTP */
        char *key;         /* PEM */
        bool allow_plain_http;
        char *web_root; /* NULL: next to the binary (config_web_root) */
        unsigned connections_max;
        unsigned connections_per_address_max;
        unsigned message_bytes_max;
        unsigned request_timeout_s;
        unsigned workers;
    } http;
    struct {
        char **addresses; /* to bind, numeric; at least one */
        char **announce;  /* written into candidates, one for each of `addresses`; empty: the same */
        unsigned port;    /* of worker 0; 0: any free port */
        unsigned workers;
        char **video_codecs; /* "VP8" | "H264", by preference */
        unsigned rooms_max;
        unsigned peers_max;
        unsigned packets_per_s_max;
        unsigned video_bitrate_max_kbps;
        unsigned audio_bitrate_max_kbps;
        unsigned cache_kib;
        unsigned keyframe_kib_max;
        unsigned pli_interval_ms;
        unsigned consent_timeout_s;
        unsigned connect_timeout_s;
    } media;
    struct {
        char *models; /* NULL: beside the program (vision_models_folder) */
        unsigned workers;
        unsigned queue_max;
        unsigned live_max;
        unsigned worker_memory_mib;
        unsigned picture_megapixels_max;
        unsigned jpeg_quality;
    } vision;
    struct {
        char *path;
        char *master_key_file; /* NULL: environment VIVA_MASTER_KEY */
    } store;
    struct {
        unsigned join_before_min;
        unsigned no_show_min;
        unsigned ring_timeout_s;
        unsigned grace_s;
        unsigned abandoned_min;
        unsigned capture_timeout_ms;
        unsigned ticket_valid_h; /* after the appointment */
        unsigned test_call_s;
        unsigned same_person_s; /* 0: off */
        char *policies;         /* folder of policy.h; NULL: every mission has the defaults */
    } interview;
    struct {
        unsigned tries_max;  /* then a skip is offered (D-18) */
        unsigned tries_stop; /* then there are no more */
        unsigned ticket_valid_h;
        char **tasks; /* names of enum vision_task; at least two */
        unsigned tasks_min, tasks_max;
        unsigned task_window_ms;
        unsigned look_s;
        unsigned upload_timeout_s;
        unsigned uploads_max;
    } facecheck;
    struct {
        unsigned officer_hours;
        unsigned party_hours;
        unsigned holder_hours;
    } session;
    struct {
        unsigned sign_in_burst;
        unsigned sign_in_per_min;
        unsigned ticket_burst;
        unsigned ticket_per_min;
        unsigned facecheck_burst;
        unsigned facecheck_per_min;
        unsigned code_burst;
        unsigned code_per_min;
        unsigned codes_per_day; /* for one contact */
    } limit;
    struct {
        char **targets; /* "NAME MISSION URL" */
        char *secrets;  /* folder of NAME.secret */
        bool allow_private;
        unsigned timeout_s;
        unsigned retry_first_ms;
        unsigned give_up_s;
    } webhook;
    struct {
        bool enabled;   /* the built-in order book; false: a foreign order service has the orders */
        char *messages; /* folder of LANGUAGE.conf; NULL: next to the binary (config_messages) */
    } book;
    struct {
        char *kind;     /* "none" | "smtp" | "command" */
        char *smtp_url; /* smtp://HOST:PORT or smtps://HOST:PORT */
        char *from;     /* an e-mail address */
        char *user, *password_file;
        bool allow_plain;
        char *command; /* argv as a shell would split it */
        unsigned timeout_s;
        unsigned queue_max;
        unsigned retry_first_ms;
        unsigned give_up_s;
    } sender;
    struct {
        unsigned limit_s;
    } drain;
};

/* Ends with a NULL group. */
extern const struct config_setting config_settings[];

/* Reads `file`; NULL gives the defaults. Fails with a CONFIG_ERROR whose message starts with FILE:LINE. */
struct config *config_load(const char *file, GError **error);
/* The same from memory; `name` stands for the file in messages. */
struct config *config_parse(const char *text, size_t length, const char *name, GError **error);
void config_free(struct config *config);

/* The 32 bytes of the store's master key: raw or 64 hex digits, from master_key_file (a regular file of mode 0600 or
 * stricter, of this user or root) or from VIVA_MASTER_KEY (hex). Caller wipes them. Fails with CONFIG_ERROR_MASTER_KEY.
 */
bool config_master_key(const struct config *config, uint8_t key[32], GError **error);
/* The secret of a webhook's target, from [webhook] secrets/NAME.secret: the same kinds of file. */
bool config_webhook_secret(const struct config *config, const char *name, uint8_t secret[32], GError **error);
/* The first line of [sender] password_file, of the same kind; NULL without one. Caller wipes and frees it with
 * store_secret_free. False: it cannot be read. */
bool config_sender_password(const struct config *config, char **password, GError **error);
/* The store of [store] path with that key. Fails like config_master_key and store_open. */
struct store *config_open_store(const struct config *config, GError **error);

/* Folder of the pages: http.web_root, else the installed one or the build's, found from the binary. Caller frees. */
char *config_web_root(const struct config *config);
/* Folder of the messages' texts: book.messages, else the installed one or the source's. Caller frees. */
char *config_messages(const struct config *config);
/* What the pages' links start with, e.g. "http://127.0.0.1:8080". Caller frees. */
char *config_public_url(const struct config *config);
/* Whether a numeric address is this machine's own loopback. */
bool config_is_loopback(const char *address);
