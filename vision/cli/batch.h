/* batch: many inputs measured by a few threads, each of which waits for a worker process most of its time. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct batch {
    unsigned count;   /* of items */
    unsigned threads; /* at most so many at a time */
    void *data;
    /* On any of the threads, items in order of their number. */
    void (*measure)(void *data, unsigned item);
    /* One at a time, after an item was measured, in any order. False: stop. */
    bool (*done)(void *data, unsigned item);
};

/* Runs all of it; progress goes to stderr: a bar on a terminal, else a line now and then. False: it was stopped. */
bool batch_run(const struct batch *batch);
