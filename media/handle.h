/* handle: ids for the things of a worker. An id holds the worker's index, the place in its table and a generation, so
 * an id of something gone finds nothing, whatever has taken its place.
 *
 *      63            32 31        24 23             0
 *     +----------------+------------+----------------+
 *     |   generation   |   worker   |     place      |
 *     +----------------+------------+----------------+
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define HANDLE_WORKERS_MAX 64 /* the field would hold 256 */

struct handle_table;

/* Generations begin at `generation`: a random one makes ids of an earlier run, or of another table, miss as well. */
struct handle_table *handle_table_new(unsigned worker, unsigned capacity, uint32_t generation);
void handle_table_free(struct handle_table *table); /* not what it points at */

/* The id of `item`, which is not NULL; 0 when the table is full. */
uint64_t handle_table_add(struct handle_table *table, void *item);
void handle_table_remove(struct handle_table *table, uint64_t id);      /* an unknown id is no error */
void *handle_table_find(const struct handle_table *table, uint64_t id); /* NULL: gone, or never there */

/* The first item at or behind place `*cursor`, which moves behind it; NULL at the end. Begin with 0. Removing the item
 * just returned is fine. */
void *handle_table_next(const struct handle_table *table, unsigned *cursor);
unsigned handle_table_count(const struct handle_table *table);

unsigned handle_worker(uint64_t id);
