#include "signaling/service_cli.h"

#include "signaling/account.h"
#include "signaling/config.h"
#include "signaling/instant.h"
#include "signaling/options.h"
#include "store/store.h"

#include <stdio.h>
#include <string.h>

#define HOUR_US      (INT64_C(3600) * G_USEC_PER_SEC)
#define OVERLAP_H    24
#define NAME_MAX_LEN 64

static const char usage[] = "usage: viva service add NAME --mission MISSION --scope SCOPE… [--config FILE]\n"
                            "       viva service rotate NAME [--overlap-h HOURS] [--config FILE]\n"
                            "       viva service revoke NAME [--config FILE]\n"
                            "       viva service list [--config FILE]";

struct service_options {
    char *action, *name, *mission, *config;
    char **scopes;
    int overlap_h; /* the present token goes on working for this long */
};

static void service_options_clear(struct service_options *options)
{
    g_free(options->action);
    g_free(options->name);
    g_free(options->mission);
    g_free(options->config);
    g_strfreev(options->scopes);
}
typedef struct service_options ServiceOptions; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ServiceOptions, service_options_clear)

/* ---- what is asked ---- */

static bool scopes_known(char **scopes, GError **error)
{
    for (unsigned i = 0; scopes[i] != NULL; i++) {
        if (!g_strv_contains(account_scopes, scopes[i])) {
            g_autofree char *known = g_strjoinv(", ", (char **)account_scopes);
            g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--scope %s is unknown; there are: %s",
                        scopes[i], known);
            return false;
        }
    }
    return true;
}

static bool check(int argc, const struct service_options *options, GError **error)
{
    const bool list = g_strcmp0(options->action, "list") == 0;
    const bool add = g_strcmp0(options->action, "add") == 0;
    const bool known =
        list || add || g_strcmp0(options->action, "rotate") == 0 || g_strcmp0(options->action, "revoke") == 0;
    const bool complete = !add || (options->mission != NULL && options->scopes != NULL);
    if (!known || argc != (list ? 2 : 3) || !complete) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, usage);
        return false;
    }
    if (!list && (*options->name == '\0' || strlen(options->name) > NAME_MAX_LEN)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "NAME has 1 to %d bytes", NAME_MAX_LEN);
        return false;
    }
    if (options->overlap_h < 0 || options->overlap_h > 24 * 365) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--overlap-h is from 0 to 8760 hours");
        return false;
    }
    return !add || scopes_known(options->scopes, error);
}

static bool parse(int argc, char **argv, struct service_options *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"mission", 0, 0, G_OPTION_ARG_STRING, &options->mission, "add: id of the mission", "MISSION"},
        {"scope", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->scopes, "add: what it may do, once for each", "SCOPE"},
        {"overlap-h", 0, 0, G_OPTION_ARG_INT, &options->overlap_h,
         "rotate: how long the present token still works (24)", "HOURS"},
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &options->config, "settings of the service", "FILE"},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("add NAME | rotate NAME | revoke NAME | list");
    g_option_context_add_main_entries(context, entries, NULL);
    options->overlap_h = OVERLAP_H;
    if (!g_option_context_parse(context, &argc, &argv, error)) {
        return false;
    }
    options->action = g_strdup(argc > 1 ? argv[1] : NULL);
    options->name = g_strdup(argc > 2 ? argv[2] : NULL);
    return check(argc, options, error);
}

/* ---- what is done: each returns what is printed, or NULL with an error ---- */

static json_t *add(struct store *store, const struct service_options *options, GError **error)
{
    g_autofree char *id = store_id_new();
    char *token = store_secret_new();
    const struct store_service_account account = {
        .id = id,
        .mission = options->mission,
        .name = options->name,
        .scopes = options->scopes,
        .created_us = g_get_real_time(),
    };
    GError *cause = NULL;
    json_t *result = NULL;
    if (store_service_account_add(store, &account, token, &cause)) {
        result = json_pack("{s:s, s:s, s:s, s:s}", "id", id, "name", options->name, "mission", options->mission,
                           "token", token);
    } else if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_CONFLICT)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the name %s is taken; choose another", options->name);
    } else if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "--mission %s is unknown", options->mission);
    } else {
        g_propagate_error(error, g_steal_pointer(&cause));
    }
    g_clear_error(&cause);
    store_secret_free(token);
    return result;
}

static json_t *rotate(struct store *store, const struct service_options *options, GError **error)
{
    const int64_t until_us = g_get_real_time() + options->overlap_h * HOUR_US;
    char *token = store_secret_new();
    json_t *result = NULL;
    if (store_service_account_rotate(store, options->name, token, until_us, error)) {
        result = json_pack("{s:s, s:s, s:o}", "name", options->name, "token", token, "previous_expires_at",
                           instant_json(until_us));
    }
    store_secret_free(token);
    return result;
}

static json_t *revoke_account(struct store *store, const struct service_options *options, GError **error)
{
    const int64_t now_us = g_get_real_time();
    return store_service_account_revoke(store, options->name, now_us, error)
               ? json_pack("{s:s, s:o}", "name", options->name, "revoked_at", instant_json(now_us))
               : NULL;
}

static json_t *account_json(const struct store_service_account *account)
{
    json_t *scopes = json_array();
    for (unsigned i = 0; account->scopes[i] != NULL; i++) {
        json_array_append_new(scopes, json_string(account->scopes[i]));
    }
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:o}", "id", account->id, "name", account->name, "mission",
                     account->mission, "scopes", scopes, "created_at", instant_json(account->created_us), "revoked_at",
                     instant_json(account->revoked_us), "previous_expires_at",
                     instant_json(account->previous_expires_us));
}

static json_t *list(struct store *store, const struct service_options *options, GError **error)
{
    (void)options;
    g_autoptr(GPtrArray) accounts = store_service_account_list(store, error);
    if (accounts == NULL) {
        return NULL;
    }
    json_t *all = json_array();
    for (guint i = 0; i < accounts->len; i++) {
        json_array_append_new(all, account_json(g_ptr_array_index(accounts, i)));
    }
    return all;
}

static const struct {
    const char *name;
    json_t *(*run)(struct store *store, const struct service_options *options, GError **error);
} actions[] = {{"add", add}, {"rotate", rotate}, {"revoke", revoke_account}, {"list", list}};

static json_t *run(const struct service_options *options, GError **error)
{
    struct config *config = config_load(options->config, error);
    struct store *store = config != NULL ? config_open_store(config, error) : NULL;
    json_t *result = NULL;
    for (unsigned i = 0; store != NULL && i < G_N_ELEMENTS(actions); i++) {
        if (g_str_equal(actions[i].name, options->action)) {
            result = actions[i].run(store, options, error);
        }
    }
    store_close(store);
    config_free(config);
    return result;
}

static void print(json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2));
    puts(text);
    free(text);
    json_decref(value);
}

int service_cli(int argc, char **argv)
{
    g_auto(ServiceOptions) options = {0};
    g_autoptr(GError) error = NULL;
    if (!parse(argc, argv, &options, &error)) {
        fprintf(stderr, "viva: %s\n", error->message);
        return OPTIONS_EXIT_USAGE;
    }
    json_t *result = run(&options, &error);
    if (result == NULL) {
        fprintf(stderr, "viva: %s\n", error->message);
        print(json_pack("{s:{s:s, s:s}}", "error", "code", "service_not_changed", "message", error->message));
        return OPTIONS_EXIT_UNUSABLE;
    }
    print(result);
    return OPTIONS_EXIT_DONE;
}
