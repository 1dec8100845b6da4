/* worker: a process of a pool, from its start to the end of the pool: prepare, close the sandbox, do jobs.
 *
 * It is started with a socket and the pool's shared memory (wire.h) at fixed descriptors; the first message says how it
 * is to be set up, and its reply says that it is ready, or what is missing. */
#pragma once

#include "vision/process/op.h"

#define WORKER_SOCKET 3
#define WORKER_ARENA  4

struct worker_part {
    const struct op *ops;            /* NULL ends the parts */
    bool (*prepare)(GError **error); /* before the sandbox closes; NULL: nothing to do */
};

/* Serves until the pool has gone. `networks`: loads them. Returns the program's exit code. */
int worker_serve(const struct worker_part *parts, bool networks);
