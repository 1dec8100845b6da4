#include "media/packet_ring.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define BYTES_MIN ((size_t)16 * 1024)

/* Positions count bytes ever written; modulo the ring's size they are where the bytes lie. A packet is its length (two
 * bytes, the machine's order) and itself, and may lie in two pieces. */
struct packet_ring {
    atomic_uint owners;
    int fd;                /* eventfd: wakes a reader that waits */
    atomic_bool waiting;   /* the reader is about to sleep, or does */
    atomic_bool ended;     /* nothing is written any more */
    _Atomic uint64_t head; /* the writer's: everything before it can be read */
    _Atomic uint64_t tail; /* the reader's: everything before it can be overwritten */
    _Atomic uint64_t dropped;
    size_t size;
    uint8_t bytes[];
};

struct packet_ring *packet_ring_new(size_t bytes)
{
    const size_t size = MAX(bytes, BYTES_MIN);
    struct packet_ring *ring = g_malloc(sizeof *ring + size); /* its pages are not touched before they are used */
    memset(ring, 0, sizeof *ring);
    ring->size = size;
    ring->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (ring->fd < 0) {
        g_error("event=eventfd_failed reason=\"%m\"");
    }
    atomic_store(&ring->owners, 2);
    return ring;
}

static void unref(struct packet_ring *ring)
{
    if (atomic_fetch_sub(&ring->owners, 1) == 1) {
        close(ring->fd);
        g_free(ring);
    }
}

/* Not a second time before the reader waits again. */
static void wake(struct packet_ring *ring)
{
    if (atomic_exchange(&ring->waiting, false)) {
        eventfd_write(ring->fd, 1);
    }
}

/* ---- the writer ---- */

static uint64_t copy_in(struct packet_ring *ring, uint64_t position, const void *bytes, size_t length)
{
    const size_t at = position % ring->size;
    const size_t first = MIN(length, ring->size - at);
    memcpy(ring->bytes + at, bytes, first);
    memcpy(ring->bytes, (const uint8_t *)bytes + first, length - first);
    return position + length;
}

bool packet_ring_put(struct packet_ring *ring, const uint8_t *packet, size_t length)
{
    g_assert(length <= UINT16_MAX);
    const uint16_t prefix = (uint16_t)length;
    const uint64_t head = atomic_load_explicit(&ring->head, memory_order_relaxed);
    const uint64_t used = head - atomic_load(&ring->tail);
    if (sizeof prefix + length > ring->size - used) {
        packet_ring_count_dropped(ring);
        return false;
    }
    atomic_store(&ring->head, copy_in(ring, copy_in(ring, head, &prefix, sizeof prefix), packet, length));
    if (atomic_load(&ring->waiting)) {
        wake(ring);
    }
    return true;
}

void packet_ring_count_dropped(struct packet_ring *ring)
{
    atomic_fetch_add_explicit(&ring->dropped, 1, memory_order_relaxed);
}

void packet_ring_end(struct packet_ring *ring)
{
    atomic_store(&ring->ended, true);
    wake(ring);
    unref(ring);
}

/* ---- the reader ---- */

static uint64_t copy_out(const struct packet_ring *ring, uint64_t position, void *bytes, size_t length)
{
    const size_t at = position % ring->size;
    const size_t first = MIN(length, ring->size - at);
    memcpy(bytes, ring->bytes + at, first);
    memcpy((uint8_t *)bytes + first, ring->bytes, length - first);
    return position + length;
}

/* False when there was nothing. */
static bool take_all(struct packet_ring *ring, GPtrArray *packets)
{
    const uint64_t head = atomic_load(&ring->head);
    uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    if (tail == head) {
        return false;
    }
    while (tail != head) {
        uint16_t length;
        tail = copy_out(ring, tail, &length, sizeof length);
        uint8_t *packet = g_malloc(MAX(length, 1));
        tail = copy_out(ring, tail, packet, length);
        g_ptr_array_add(packets, g_bytes_new_take(packet, length));
        atomic_store(&ring->tail, tail); /* one by one: a writer short of room has it as soon as there is some */
    }
    return true;
}

/* Sleeps until the writer has something, or until `until_us`. */
static void sleep_until(struct packet_ring *ring, int64_t until_us)
{
    /* The writer looks at `waiting` after it has moved `head`, we at `head` after we have set `waiting`: one of the two
     * sees the other. */
    atomic_store(&ring->waiting, true);
    const uint64_t tail = atomic_load_explicit(&ring->tail, memory_order_relaxed);
    if (atomic_load(&ring->head) == tail && !atomic_load(&ring->ended)) {
        const int64_t left_ms = (until_us - g_get_monotonic_time() + 999) / 1000;
        struct pollfd event = {.fd = ring->fd, .events = POLLIN};
        poll(&event, 1, (int)CLAMP(left_ms, 0, G_MAXINT));
    }
    atomic_store(&ring->waiting, false);
    eventfd_t ignored;
    eventfd_read(ring->fd, &ignored);
}

bool packet_ring_read(struct packet_ring *ring, unsigned timeout_ms, GPtrArray *packets)
{
    const int64_t until_us = g_get_monotonic_time() + (int64_t)timeout_ms * 1000;
    for (;;) {
        const bool ended = atomic_load(&ring->ended); /* before the packets: the last one comes before the end */
        if (take_all(ring, packets)) {
            return true;
        }
        if (ended || g_get_monotonic_time() >= until_us) {
            return !ended;
        }
        sleep_until(ring, until_us);
    }
}

uint64_t packet_ring_dropped(const struct packet_ring *ring)
{
    return atomic_load_explicit(&ring->dropped, memory_order_relaxed);
}

bool packet_ring_ended(const struct packet_ring *ring)
{
    return atomic_load(&ring->ended);
}

void packet_ring_close(struct packet_ring *ring)
{
    unref(ring);
}
