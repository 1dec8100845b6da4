#include "signaling/options.h"

#include <string.h>

static const char help[] =
    "viva: video interviews and identity checks\n"
    "\n"
    "  viva serve [--config FILE] [--demo]   run the service; --demo fills an empty store\n"
    "  viva doctor [--config FILE]           say what on this machine would stop the service\n"
    "  viva officer add LOGIN …              add an officer's account; --help says more\n"
    "  viva service add NAME … | list        accounts of foreign order services; --help says more\n"
    "  viva face compare A B | --pairs CSV   whether two pictures show the same person\n"
    "  viva document read FILE…              what the data page of a passport says\n"
    "  viva liveness check VIDEO             whether a video shows a live person; each has --help\n"
    "  viva help, viva --version\n"
    "\n"
    "Exit 0: it ran; 1: a check found something; 2: usage; 3: the input cannot be used.\n";

static const struct {
    const char *name;
    enum command command;
} commands[] = {
    {"serve", COMMAND_SERVE},     {"doctor", COMMAND_DOCTOR},
    {"officer", COMMAND_OFFICER}, {"service", COMMAND_SERVICE},
    {"face", COMMAND_VISION},     {"document", COMMAND_VISION},
    {"liveness", COMMAND_VISION}, {"vision-worker", COMMAND_VISION_WORKER},
    {"help", COMMAND_HELP},       {"--help", COMMAND_HELP},
    {"-h", COMMAND_HELP},         {"--version", COMMAND_VERSION},
};

static bool find_command(const char *name, enum command *command)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (strcmp(commands[i].name, name) == 0) {
            *command = commands[i].command;
            return true;
        }
    }
    return false;
}

/* The options of serve and doctor: `arguments` starts with the command's name. */
static bool parse_flags(char **arguments, struct options *options, GError **error)
{
    gboolean demo = FALSE, wants_help = FALSE;
    g_autofree char *config = NULL;
    const GOptionEntry entries[] = {
        {"config", 'c', 0, G_OPTION_ARG_FILENAME, &config, NULL, NULL},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &wants_help, NULL, NULL},
        {"demo", 0, 0, G_OPTION_ARG_NONE, &demo, NULL, NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_add_main_entries(context, entries, NULL);
    g_auto(GStrv) copy = g_strdupv(arguments);
    if (!g_option_context_parse_strv(context, &copy, error)) {
        return false;
    }
    if (copy[1] != NULL) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "%s takes no argument \"%s\"", copy[0], copy[1]);
        return false;
    }
    if (demo && options->command != COMMAND_SERVE) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "%s takes no --demo", copy[0]);
        return false;
    }
    options->command = wants_help ? COMMAND_HELP : options->command;
    options->config = g_steal_pointer(&config);
    options->demo = demo;
    return true;
}

bool options_parse(int argc, char **argv, struct options *options, GError **error)
{
    struct options parsed = {0};
    if (argc < 2) {
        g_set_error_literal(error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "no command given");
        return false;
    }
    if (!find_command(argv[1], &parsed.command)) {
        g_set_error(error, G_OPTION_ERROR, G_OPTION_ERROR_UNKNOWN_OPTION, "there is no command \"%s\"", argv[1]);
        return false;
    }
    if (parsed.command == COMMAND_OFFICER || parsed.command == COMMAND_SERVICE || parsed.command == COMMAND_VISION ||
        parsed.command == COMMAND_VISION_WORKER) {
        parsed.rest = argv + 1;
        parsed.rest_count = argc - 1;
    } else if (!parse_flags(argv + 1, &parsed, error)) {
        return false;
    }
    *options = parsed;
    return true;
}

void options_clear(struct options *options)
{
    g_clear_pointer(&options->config, g_free);
}

const char *options_help(void)
{
    return help;
}
