#include "media/handle.h"

#include <glib.h>

#define PLACE_BITS 24
#define PLACE_MASK ((1U << PLACE_BITS) - 1)
#define NO_PLACE   UINT32_MAX

struct place {
    void *item; /* NULL: free */
    uint32_t generation;
    uint32_t next_free;
};

struct handle_table {
    unsigned worker, capacity, count;
    uint32_t first_free;
    struct place places[];
};

struct handle_table *handle_table_new(unsigned worker, unsigned capacity, uint32_t generation)
{
    g_assert(worker < HANDLE_WORKERS_MAX && capacity > 0 && capacity <= PLACE_MASK);
    struct handle_table *table = g_malloc0(sizeof *table + capacity * sizeof *table->places);
    table->worker = worker;
    table->capacity = capacity;
    for (unsigned i = 0; i < capacity; i++) {
        table->places[i].generation = MAX(generation, 1);
        table->places[i].next_free = i + 1 < capacity ? i + 1 : NO_PLACE;
    }
    return table;
}

void handle_table_free(struct handle_table *table)
{
    g_free(table);
}

/* The place that `id` names if it is still its own. */
static struct place *find(const struct handle_table *table, uint64_t id)
{
    unsigned place = (unsigned)(id & PLACE_MASK);
    if (place >= table->capacity || handle_worker(id) != table->worker) {
        return NULL;
    }
    const struct place *found = &table->places[place];
    return found->item && found->generation == id >> 32 ? (struct place *)found : NULL;
}

uint64_t handle_table_add(struct handle_table *table, void *item)
{
    g_assert(item);
    if (table->first_free == NO_PLACE) {
        return 0;
    }
    uint32_t index = table->first_free;
    struct place *place = &table->places[index];
    table->first_free = place->next_free;
    table->count++;
    place->item = item;
    return (uint64_t)place->generation << 32 | table->worker << PLACE_BITS | index;
}

void handle_table_remove(struct handle_table *table, uint64_t id)
{
    struct place *place = find(table, id);
    if (!place) {
        return;
    }
    place->item = NULL;
    if (++place->generation == 0) { /* so that no id is 0 */
        place->generation = 1;
    }
    place->next_free = table->first_free;
    table->first_free = (uint32_t)(id & PLACE_MASK);
    table->count--;
}

void *handle_table_find(const struct handle_table *table, uint64_t id)
{
    const struct place *place = find(table, id);
    return place ? place->item : NULL;
}

void *handle_table_next(const struct handle_table *table, unsigned *cursor)
{
    while (*cursor < table->capacity) {
        void *item = table->places[(*cursor)++].item;
        if (item) {
            return item;
        }
    }
    return NULL;
}

unsigned handle_table_count(const struct handle_table *table)
{
    return table->count;
}

unsigned handle_worker(uint64_t id)
{
    return id >> PLACE_BITS & 0xff;
}
