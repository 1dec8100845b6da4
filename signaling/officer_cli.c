#include "signaling/officer_cli.h"

#include "signaling/config.h"
#include "signaling/options.h"
#include "signaling/password.h"
#include "store/store.h"

#include <jansson.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

struct officer_options {
    char *login, *name, *mission, *config;
};

static void officer_options_clear(struct officer_options *options)
{
    g_free(options->login);
    g_free(options->name);
    g_free(options->mission);
    g_free(options->config);
}
typedef struct officer_options OfficerOptions; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OfficerOptions, officer_options_clear)

static bool parse(int argc, char **argv, struct officer_options *options, GError **error)
{
    const GOptionEntry entries[] = {
        {"name", 0, 0, G_OPTION_ARG_STRING, &options->name, "display name, as applicants see it", "NAME"},
        {"mission", 0, 0, G_OPTION_ARG_STRING, &options->mission, "id of the mission", "MISSION"},
        {"config", 0, 0, G_OPTION_ARG_FILENAME, &options->config, "settings of the service", "FILE"},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new("add LOGIN");
    g_option_context_add_main_entries(context, entries, NULL);
    if (!g_option_context_parse(context, &argc, &argv, error)) {
        return false;
    }
    if (argc != 3 || !g_str_equal(argv[1], "add") || options->name == NULL || options->mission == NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED,
                    "usage: viva officer add LOGIN --name NAME --mission MISSION [--config FILE]");
        return false;
    }
    options->login = g_strdup(argv[2]);
    return true;
}

/* ---- the password ---- */

static bool read_line(char *line, size_t size)
{
    if (fgets(line, (int)size, stdin) == NULL) {
        return false;
    }
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

/* With the terminal's echo off, if it is one. */
static bool read_hidden(const char *prompt, char *line, size_t size)
{
    struct termios before;
    const bool terminal = tcgetattr(STDIN_FILENO, &before) == 0;
    if (terminal) {
        struct termios hidden = before;
        hidden.c_lflag &= ~(tcflag_t)ECHO;
        fputs(prompt, stderr);
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
    }
    const bool ok = read_line(line, size);
    if (terminal) {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
        fputc('\n', stderr);
    }
    return ok;
}

/* The password's hash; the password itself is wiped. */
static char *ask_password(GError **error)
{
    char password[PASSWORD_LENGTH_MAX + 2], again[PASSWORD_LENGTH_MAX + 2];
    char *hash = NULL;
    if (!read_hidden("Password: ", password, sizeof password) || strlen(password) < PASSWORD_LENGTH_MIN ||
        strlen(password) > PASSWORD_LENGTH_MAX) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "the password must have %d to %d bytes",
                    PASSWORD_LENGTH_MIN, PASSWORD_LENGTH_MAX);
    } else if (isatty(STDIN_FILENO) && (!read_hidden("Again: ", again, sizeof again) || strcmp(password, again) != 0)) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "the two passwords differ");
    } else if ((hash = password_hash(password)) == NULL) {
        g_set_error(error, CONFIG_ERROR, CONFIG_ERROR_VALUE, "no memory to hash the password (64 MiB are needed)");
    }
    sodium_memzero(password, sizeof password);
    sodium_memzero(again, sizeof again);
    return hash;
}

/* ---- the account ---- */

static bool check_mission(struct store *store, const char *id, GError **error)
{
    GError *cause = NULL;
    struct store_mission *mission = store_mission_get(store, id, &cause);
    if (mission == NULL && g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        g_autoptr(GPtrArray) missions = store_mission_list(store, NULL);
        g_autoptr(GString) known = g_string_new(NULL);
        for (guint i = 0; missions != NULL && i < missions->len; i++) {
            g_string_append_printf(known, " %s", ((const struct store_mission *)g_ptr_array_index(missions, i))->id);
        }
        g_error_free(cause);
        g_set_error(
            error, STORE_ERROR, STORE_ERROR_NOT_FOUND,
            "--mission %s is unknown; there are:%s. A start of viva makes one of each policy that names its mission",
            id, known->len > 0 ? known->str : " none");
        return false;
    }
    if (mission == NULL) {
        g_propagate_error(error, cause);
        return false;
    }
    store_mission_free(mission);
    return true;
}

/* The new officer's id. */
static char *add(struct store *store, const struct officer_options *options, GError **error)
{
    if (!check_mission(store, options->mission, error)) {
        return NULL;
    }
    g_autofree char *hash = ask_password(error);
    if (hash == NULL) {
        return NULL;
    }
    char *id = store_id_new();
    const struct store_officer officer = {
        .id = id, .mission = options->mission, .login = options->login, .name = options->name, .password_hash = hash};
    GError *cause = NULL;
    if (store_officer_add(store, &officer, &cause)) {
        return id;
    }
    g_free(id);
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_CONFLICT)) {
        g_error_free(cause);
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the login %s is taken; choose another", options->login);
    } else {
        g_propagate_error(error, cause);
    }
    return NULL;
}

static char *run(const struct officer_options *options, GError **error)
{
    struct config *config = config_load(options->config, error);
    struct store *store = config != NULL ? config_open_store(config, error) : NULL;
    char *id = store != NULL ? add(store, options, error) : NULL;
    store_close(store);
    config_free(config);
    return id;
}

static void print(json_t *value)
{
    char *text = json_dumps(value, JSON_INDENT(2));
    puts(text);
    free(text);
    json_decref(value);
}

int officer_cli(int argc, char **argv)
{
    g_auto(OfficerOptions) options = {0};
    g_autoptr(GError) error = NULL;
    if (!parse(argc, argv, &options, &error)) {
        fprintf(stderr, "viva: %s\n", error->message);
        return OPTIONS_EXIT_USAGE;
    }
    g_autofree char *id = run(&options, &error);
    if (id == NULL) {
        fprintf(stderr, "viva: %s\n", error->message);
        print(json_pack("{s:{s:s, s:s}}", "error", "code", "officer_not_added", "message", error->message));
        return OPTIONS_EXIT_UNUSABLE;
    }
    print(json_pack("{s:s, s:s, s:s}", "id", id, "login", options.login, "mission", options.mission));
    return OPTIONS_EXIT_DONE;
}
