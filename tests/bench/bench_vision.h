/* bench_vision: what the parts of the measurement of vision share. Each part is a function of its own file, and a line
 * in bench_vision.c. */
#pragma once

#include <jansson.h>

#include "vision/vision.h"

/* Prints one measurement as a line of JSON, and takes it over. */
void bench_print(json_t *line);
/* The value below which `part` of them are; sorts them. */
double bench_quantile(double *values, unsigned count, double part);
/* The settings of the service, with the real program as worker. */
struct vision_config bench_config(unsigned workers);
/* A pool of them; ends the measurement when it does not start. */
struct vision_pool *bench_pool(unsigned workers);
/* `name` below the folder of real material (VIVA_SHARED_DATA, or ../shared/data beside the tree). NULL: not there. */
GBytes *bench_file(const char *name);

/* The parts. Each returns what the program is to exit with. */
int bench_process(void);
int bench_document(void);
int bench_live(void);
int bench_face(void);
