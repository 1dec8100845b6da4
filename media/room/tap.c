#include "media/room/tap.h"

#include "media/room/track.h"
#include "media/rtp/packet.h"

struct tap_packet {
    uint64_t sequence;
    uint32_t timestamp;
    bool marker;
    GBytes *bytes;
};

static void packet_clear(gpointer data)
{
    struct tap_packet *packet = data;
    g_bytes_unref(packet->bytes);
}

static struct tap_packet *packet_at(const struct tap *tap, unsigned index)
{
    return &g_array_index(tap->packets, struct tap_packet, index);
}

void tap_begin(struct tap *tap, size_t bytes_max, const struct rtp_cache *cache)
{
    tap_end(tap);
    *tap = (struct tap){
        .active = true,
        .bytes_max = bytes_max,
        .cache = cache,
        .packets = g_array_new(FALSE, FALSE, sizeof(struct tap_packet)),
    };
    g_array_set_clear_func(tap->packets, packet_clear);
}

void tap_end(struct tap *tap)
{
    g_clear_pointer(&tap->packets, g_array_unref);
    tap->active = false;
}

static void drop_all(struct tap *tap)
{
    g_array_set_size(tap->packets, 0);
    tap->bytes = 0;
}

/* Keeps a packet in its place. False: the keyframe has become too large. */
static bool keep(struct tap *tap, uint64_t sequence, const struct rtp_packet *rtp, const uint8_t *bytes, size_t length)
{
    unsigned at = tap->packets->len;
    while (at > 0 && packet_at(tap, at - 1)->sequence >= sequence) {
        at--;
    }
    if (at < tap->packets->len && packet_at(tap, at)->sequence == sequence) {
        return true;
    }
    if (length > tap->bytes_max - tap->bytes) {
        return false;
    }
    const struct tap_packet packet = {sequence, rtp->timestamp, rtp->marker, g_bytes_new(bytes, length)};
    g_array_insert_val(tap->packets, at, packet);
    tap->bytes += length;
    return true;
}

/* The packets behind a keyframe's late beginning were not kept when they came. */
static bool keep_cached(struct tap *tap, const struct track_packet *first)
{
    for (uint64_t sequence = first->sequence + 1; sequence <= tap->highest; sequence++) {
        struct rtp_cached cached;
        struct rtp_packet rtp;
        if (!rtp_cache_find(tap->cache, sequence, &cached) || !rtp_packet_parse(cached.packet, cached.length, &rtp)) {
            continue;
        }
        if (rtp.timestamp != first->rtp.timestamp) {
            break;
        }
        if (!keep(tap, sequence, &rtp, cached.packet, cached.length)) {
            return false;
        }
    }
    return true;
}

static bool complete(const struct tap *tap)
{
    const struct tap_packet *first = packet_at(tap, 0);
    const struct tap_packet *last = packet_at(tap, tap->packets->len - 1);
    return last->marker && last->sequence - first->sequence + 1 == tap->packets->len;
}

/* Whether the keyframe that begins with `packet` is the one to collect. */
static bool takes_over(const struct tap *tap, const struct track_packet *packet)
{
    if (tap->packets->len == 0) {
        return true;
    }
    const struct tap_packet *first = packet_at(tap, 0);
    return packet->rtp.timestamp != first->timestamp && packet->sequence > first->sequence;
}

enum tap_verdict tap_offer(struct tap *tap, const struct track_packet *packet)
{
    tap->heard = true;
    tap->highest = MAX(tap->highest, packet->sequence);
    const bool begins = packet->keyframe && takes_over(tap, packet);
    if (begins) {
        drop_all(tap);
    }
    if (tap->packets->len == 0 && !begins) {
        return TAP_WAITING;
    }
    if (!begins &&
        (packet->rtp.timestamp != packet_at(tap, 0)->timestamp || packet->sequence < packet_at(tap, 0)->sequence)) {
        return TAP_WAITING;
    }
    if (!keep(tap, packet->sequence, &packet->rtp, packet->bytes, packet->length) ||
        (begins && !keep_cached(tap, packet))) {
        return TAP_TOO_LARGE;
    }
    return complete(tap) ? TAP_COMPLETE : TAP_WAITING;
}

GPtrArray *tap_take(struct tap *tap)
{
    GPtrArray *packets = g_ptr_array_new_full(tap->packets->len, (GDestroyNotify)g_bytes_unref);
    for (unsigned i = 0; i < tap->packets->len; i++) {
        g_ptr_array_add(packets, g_bytes_ref(packet_at(tap, i)->bytes));
    }
    tap_end(tap);
    return packets;
}

void tap_progress(const struct tap *tap, unsigned *collected, unsigned *missing)
{
    *collected = tap->packets->len;
    *missing = 0;
    if (tap->packets->len > 0) {
        const uint64_t span = packet_at(tap, tap->packets->len - 1)->sequence - packet_at(tap, 0)->sequence + 1;
        *missing = (unsigned)(span - tap->packets->len);
    }
}
