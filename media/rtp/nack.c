#include "media/rtp/nack.h"

#include <glib.h>
#include <string.h>

/* Time in which a packet that was only overtaken still arrives by itself. */
#define REORDER_US 10000

bool nack_list_add(struct nack_list *list, uint16_t first, unsigned count, int64_t now_us)
{
    if (count > NACK_LIST_MAX - list->count) {
        list->count = 0;
        return false;
    }
    for (unsigned i = 0; i < count; i++) {
        list->entries[list->count++] =
            (struct nack_entry){.sequence = (uint16_t)(first + i), .due_us = now_us + REORDER_US};
    }
    return true;
}

bool nack_list_remove(struct nack_list *list, uint16_t sequence)
{
    for (unsigned i = 0; i < list->count; i++) {
        struct nack_entry *entry = &list->entries[i];
        if (entry->sequence == sequence) {
            const bool asked = entry->tries > 0;
            list->count--;
            memmove(entry, entry + 1, (list->count - i) * sizeof *entry);
            return asked;
        }
    }
    return false;
}

int64_t nack_list_asked_for_us(const struct nack_list *list, uint16_t sequence, int64_t now_us)
{
    for (unsigned i = 0; i < list->count; i++) {
        const struct nack_entry *entry = &list->entries[i];
        if (entry->sequence == sequence && entry->tries == 1) {
            return now_us - entry->asked_us;
        }
    }
    return -1;
}

unsigned nack_list_due(struct nack_list *list, int64_t now_us, int64_t retry_us, uint16_t out[NACK_LIST_MAX],
                       bool *given_up)
{
    unsigned kept = 0;
    unsigned due = 0;
    *given_up = false;
    for (unsigned i = 0; i < list->count; i++) {
        struct nack_entry entry = list->entries[i];
        if (entry.due_us <= now_us) {
            if (entry.tries == NACK_TRIES_MAX) {
                *given_up = true;
                continue;
            }
            entry.tries++;
            entry.asked_us = now_us;
            entry.due_us = now_us + retry_us;
            out[due++] = entry.sequence;
        }
        list->entries[kept++] = entry;
    }
    list->count = kept;
    return due;
}

int64_t nack_list_deadline_us(const struct nack_list *list)
{
    int64_t deadline_us = INT64_MAX;
    for (unsigned i = 0; i < list->count; i++) {
        deadline_us = MIN(deadline_us, list->entries[i].due_us);
    }
    return deadline_us;
}
