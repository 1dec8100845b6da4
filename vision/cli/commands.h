/* commands: one function for each; `argv[0]` is the word before the arguments. They return the exit code. */
#pragma once

int cli_face_compare(int argc, char **argv);
int cli_document_read(int argc, char **argv);
int cli_liveness_check(int argc, char **argv);
