/* nack: packets of an incoming track that are missing and when to ask for each again (RFC 4585 §6.2.1).
 *
 * Plain arrays, time handed in. A list that overflows gives up as a whole: a keyframe is then the better repair. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define NACK_LIST_MAX  128
#define NACK_TRIES_MAX 8

struct nack_list {
    unsigned count;
    struct nack_entry {
        int64_t due_us;
        int64_t asked_us; /* the latest time; 0: not yet */
        uint16_t sequence;
        uint8_t tries;
    } entries[NACK_LIST_MAX]; /* in the order of the sequence numbers */
};

/* `count` packets from `first` on are missing. False: more than the list holds; it is empty now and the caller asks
 * for a keyframe. */
bool nack_list_add(struct nack_list *list, uint16_t first, unsigned count, int64_t now_us);

/* A packet came late. True when it was missing and had been asked for. */
bool nack_list_remove(struct nack_list *list, uint16_t sequence);

/* How long ago a missing packet was asked for, once and no more, so that its coming tells the round trip; < 0: it was
 * not, or more often (which request is answered then?). */
int64_t nack_list_asked_for_us(const struct nack_list *list, uint16_t sequence, int64_t now_us);

/* Writes the numbers to ask for now, in order, to `out` and returns how many; each is due again after `retry_us`.
 * Packets asked for NACK_TRIES_MAX times are forgotten; `*given_up` says that there were such. */
unsigned nack_list_due(struct nack_list *list, int64_t now_us, int64_t retry_us, uint16_t out[NACK_LIST_MAX],
                       bool *given_up);

/* When nack_list_due has something to do; INT64_MAX: never. */
int64_t nack_list_deadline_us(const struct nack_list *list);
