#include <stdio.h>
#include <string.h>

#include "vision/cli/commands.h"
#include "vision/cli/session.h"

static const struct command {
    const char *group, *name;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"face", "compare", cli_face_compare},
    {"document", "read", cli_document_read},
    {"liveness", "check", cli_liveness_check},
};

int vision_cli(int argc, char **argv)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        const struct command *command = &commands[i];
        if (strcmp(argv[0], command->group) != 0) {
            continue;
        }
        if (argc >= 2 && strcmp(argv[1], command->name) == 0) {
            return command->run(argc - 1, argv + 1);
        }
        fprintf(stderr, "viva: \"%s\" takes \"%s\"; see viva %s %s --help\n", command->group, command->name,
                command->group, command->name);
        return CLI_USAGE;
    }
    g_return_val_if_reached(CLI_USAGE);
}
