/* fake_transport: takes the place of media/secure/transport.c at link time, so that tests of the room see every packet
 * in the clear and say when a peer is connected. Included by one source of a test. With it comes a small room to try
 * things in. The real transport is in tests/sim. */
#pragma once

#include <glib.h>
#include <string.h>

#include "media/room/room.h"
#include "media/rtp/packet.h"
#include "media/rtp/rtcp.h"
#include "media/secure/certificate.h"
#include "media/secure/transport.h"

#define SENT_MAX    2048
#define SECOND_US   INT64_C(1000000)
#define START_US    (1000 * SECOND_US)
#define AUDIO_SSRC  0xa0d10
#define VIDEO_SSRC  0x71de0
#define OPUS_PT     111
#define VP8_PT      96
#define H264_PT     102
#define SEND_TIME   3
#define PLI_US      (SECOND_US / 2)
#define BITRATE_MAX 2000000

struct fake_sent {
    size_t length;
    uint8_t bytes[RTP_PACKET_BYTES_MAX];
};

struct transport {
    struct transport_output output;
    enum media_peer_state state;
    char ufrag[9];
    unsigned restarts;
    unsigned rtp_count, rtcp_count;
    struct fake_sent rtp[SENT_MAX], rtcp[SENT_MAX];
};

static struct transport *fake_newest; /* the one that the last join made */
static unsigned fake_alive;

struct transport *transport_new(const struct transport_config *config, const struct transport_output *output,
                                int64_t now_us)
{
    (void)config;
    (void)now_us;
    struct transport *transport = g_new0(struct transport, 1);
    transport->output = *output;
    g_strlcpy(transport->ufrag, "fakefake", sizeof transport->ufrag);
    fake_alive++;
    return fake_newest = transport;
}

void transport_free(struct transport *transport, int64_t now_us)
{
    (void)now_us;
    fake_alive--;
    g_free(transport);
}

const char *transport_ufrag(const struct transport *transport)
{
    return transport->ufrag;
}

const char *transport_pwd(const struct transport *transport)
{
    (void)transport;
    return "a password of more than 22 characters";
}

void transport_restart_ice(struct transport *transport, const char *remote_ufrag, const char *remote_pwd)
{
    (void)remote_ufrag;
    (void)remote_pwd;
    transport->restarts++;
    transport->ufrag[0]++;
}

const char *transport_retired_ufrag(const struct transport *transport)
{
    (void)transport;
    return NULL;
}

/* RTP and RTCP in the clear; RFC 5761 §4 tells them apart. */
enum transport_verdict transport_input(struct transport *transport, const struct path *path, uint8_t *datagram,
                                       size_t length, int64_t now_us)
{
    (void)path;
    if (length < 2) {
        return TRANSPORT_REFUSED_KIND;
    }
    if (datagram[1] >= 192 && datagram[1] <= 223) {
        transport->output.rtcp(transport->output.context, datagram, length, now_us);
    } else {
        transport->output.rtp(transport->output.context, datagram, length, now_us);
    }
    return TRANSPORT_ACCEPTED;
}

int64_t transport_deadline_us(const struct transport *transport)
{
    (void)transport;
    return INT64_MAX;
}

void transport_tick(struct transport *transport, int64_t now_us)
{
    (void)transport;
    (void)now_us;
}

static void fake_keep(struct fake_sent sent[SENT_MAX], unsigned *count, const uint8_t *packet, size_t length)
{
    if (*count < SENT_MAX && length <= RTP_PACKET_BYTES_MAX) {
        sent[*count].length = length;
        memcpy(sent[*count].bytes, packet, length);
        ++*count;
    }
}

bool transport_send_rtp(struct transport *transport, uint8_t *packet, size_t length)
{
    if (transport->state != MEDIA_PEER_CONNECTED) {
        return false;
    }
    fake_keep(transport->rtp, &transport->rtp_count, packet, length);
    memset(packet, 0xee, length + TRANSPORT_TRAILER_BYTES); /* protected in place: nobody may use it afterwards */
    return true;
}

bool transport_send_rtcp(struct transport *transport, uint8_t *packet, size_t length)
{
    if (transport->state != MEDIA_PEER_CONNECTED) {
        return false;
    }
    fake_keep(transport->rtcp, &transport->rtcp_count, packet, length);
    memset(packet, 0xee, length + TRANSPORT_TRAILER_BYTES);
    return true;
}

enum media_peer_state transport_state(const struct transport *transport)
{
    return transport->state;
}

/* A room to try things in. */

struct party {
    struct peer *peer;
    struct transport *transport;
    uint32_t audio_slot, video_slot; /* SSRCs of slot 0, from the answer */
    char *answer;
    char shown[MEDIA_SLOTS_MAX + 1]; /* who is in which slot, as last told: 'A' + id - 1, '.' for nobody */
    unsigned told;                   /* how often */
};

struct world {
    struct certificate *certificate;
    struct media_config media;
    struct room_config config;
    struct room *room;
    int64_t now_us;
    struct party parties[8]; /* by id - 1 */
    struct media_keyframe keyframe;
    GError *error; /* of the last capture */
    unsigned captures;
};

static void world_send(void *context, const struct path *path, const uint8_t *datagram, size_t length)
{
    (void)context;
    (void)path;
    (void)datagram;
    (void)length;
}

static void world_authenticated(void *context, struct peer *peer, const struct path *path)
{
    (void)context;
    (void)peer;
    (void)path;
}

static void world_state(void *context, struct peer *peer, enum media_peer_state state, enum media_close_reason reason)
{
    (void)context;
    (void)peer;
    (void)state;
    (void)reason;
}

static void world_slots(void *context, struct peer *peer, const struct media_slot *slots, unsigned count)
{
    struct world *world = context;
    struct party *party = &world->parties[peer_id(peer) - 1];
    memset(party->shown, 0, sizeof party->shown);
    for (unsigned i = 0; i < count; i++) {
        party->shown[slots[i].index] = (char)(slots[i].source == 0 ? '.' : 'A' + (int)slots[i].source - 1);
    }
    party->told++;
}

static void world_captured(void *context, struct peer *peer, struct media_keyframe *keyframe, const GError *error)
{
    struct world *world = context;
    (void)peer;
    world->captures++;
    g_clear_error(&world->error);
    if (keyframe) {
        world->keyframe = *keyframe;
    } else {
        world->error = g_error_copy(error);
    }
}

static void world_open(struct world *world)
{
    static const struct media_address address = {.bind = (char *)"127.0.0.1"};
    *world = (struct world){.now_us = START_US};
    world->certificate = certificate_new(NULL);
    world->media = (struct media_config){
        .addresses = &address,
        .address_count = 1,
        .video_codecs = {MEDIA_CODEC_VP8, MEDIA_CODEC_H264},
        .video_bitrate_max_bps = BITRATE_MAX,
        .cache_bytes = 65536,
        .keyframe_bytes_max = 100000,
        .pli_interval_ms = PLI_US / 1000,
    };
    world->config = (struct room_config){&world->media, world->certificate, 4000};
    const struct room_output output = {
        world, world_send, world_authenticated, world_state, world_slots, world_captured,
    };
    world->room = room_new(1, &world->config, &output);
}

static inline void world_close(struct world *world)
{
    room_free(world->room, world->now_us);
    certificate_free(world->certificate);
    for (unsigned i = 0; i < G_N_ELEMENTS(world->parties); i++) {
        g_free(world->parties[i].answer);
    }
    g_clear_error(&world->error);
    g_clear_pointer(&world->keyframe.packets, g_ptr_array_unref);
}

static struct sdp_media world_media(enum sdp_kind kind, unsigned mid)
{
    struct sdp_media media = {
        .kind = kind,
        .opus = {.payload_type = -1},
        .vp8 = {.payload_type = -1},
        .h264 = {.payload_type = -1},
        .abs_send_time_id = SEND_TIME,
    };
    g_snprintf(media.mid, sizeof media.mid, "%u", mid);
    if (kind == SDP_AUDIO) {
        media.opus.payload_type = OPUS_PT;
    } else {
        media.vp8 = (struct sdp_codec){.payload_type = VP8_PT, .nack = true, .nack_pli = true, .remb = true};
        media.h264 = media.vp8;
        media.h264.payload_type = H264_PT;
    }
    return media;
}

/* What a browser offers: sends audio and video, receives `slots` of each. */
static void world_offer(struct sdp_offer *offer, unsigned slots)
{
    *offer = (struct sdp_offer){.ice_ufrag = "remote", .ice_pwd = "a password of more than 22 characters"};
    for (unsigned i = 0; i < MEDIA_FINGERPRINT_LENGTH; i++) {
        offer->fingerprint[i] = "AB:"[i % 3];
    }
    for (unsigned i = 0; i < 2 + 2 * slots; i++) {
        offer->media[i] = world_media(i % 2 == 0 ? SDP_AUDIO : SDP_VIDEO, i);
        offer->media[i].sends = i < 2;
        offer->media[i].receives = i >= 2;
    }
    offer->media[0].ssrc = AUDIO_SSRC;
    offer->media[1].ssrc = VIDEO_SSRC;
    offer->media_count = 2 + 2 * slots;
}

/* The SSRCs that an answer names, in its order. */
static unsigned world_answer_ssrcs(const char *answer, uint32_t ssrcs[16])
{
    unsigned count = 0;
    for (const char *at = strstr(answer, "a=ssrc:"); at && count < 16; at = strstr(at + 1, "a=ssrc:")) {
        const uint32_t ssrc = (uint32_t)g_ascii_strtoull(at + strlen("a=ssrc:"), NULL, 10);
        if (count == 0 || ssrcs[count - 1] != ssrc) {
            ssrcs[count++] = ssrc;
        }
    }
    return count;
}

static struct party *world_join_with(struct world *world, media_peer_id id, const struct sdp_offer *offer,
                                     GError **error)
{
    char *answer = NULL;
    struct peer *peer = room_join(world->room, id, offer, world->now_us, &answer, error);
    if (!peer) {
        return NULL;
    }
    struct party *party = &world->parties[id - 1];
    g_free(party->answer);
    party->answer = answer;
    party->peer = peer;
    party->transport = fake_newest;
    uint32_t ssrcs[16];
    const unsigned count = world_answer_ssrcs(party->answer, ssrcs);
    party->audio_slot = count > 0 ? ssrcs[0] : 0;
    party->video_slot = count > 1 ? ssrcs[1] : 0;
    return party;
}

static struct party *world_join(struct world *world, media_peer_id id, unsigned slots)
{
    struct sdp_offer offer;
    world_offer(&offer, slots);
    return world_join_with(world, id, &offer, NULL);
}

static void world_set_state(struct party *party, enum media_peer_state state)
{
    party->transport->state = state;
    party->transport->output.state(party->transport->output.context, state, MEDIA_CLOSE_LEFT);
}

static inline struct party *world_join_connected(struct world *world, media_peer_id id, unsigned slots)
{
    struct party *party = world_join(world, id, slots);
    world_set_state(party, MEDIA_PEER_CONNECTED);
    return party;
}

/* Lets time go on, and the room do what is due. */
static inline void world_run(struct world *world, int64_t for_us)
{
    const int64_t until_us = world->now_us + for_us;
    while (world->now_us < until_us) {
        if (room_deadline_us(world->room) <= world->now_us) {
            room_tick(world->room, world->now_us);
        }
        world->now_us += 1000;
    }
}

static enum transport_verdict world_input(struct world *world, struct party *party, const uint8_t *bytes, size_t length)
{
    static const struct path path = {0};
    g_autofree uint8_t *datagram = g_memdup2(bytes, MAX(length, 1));
    return peer_input(party->peer, &path, datagram, length, world->now_us);
}

struct sending {
    uint8_t payload_type;
    uint32_t ssrc;
    uint16_t sequence;
    uint32_t timestamp;
    bool keyframe, marker;
    size_t bytes; /* of payload, 0: the shortest */
};

static void world_send_packet(struct world *world, struct party *party, const struct sending *sending)
{
    uint8_t payload[1200] = {0x10, sending->keyframe ? 0x10 : 0x11, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01};
    uint8_t bytes[RTP_PACKET_BYTES_MAX];
    const struct rtp_packet packet = {
        .payload_type = sending->payload_type,
        .ssrc = sending->ssrc,
        .sequence = sending->sequence,
        .timestamp = sending->timestamp,
        .marker = sending->marker,
        .payload = payload,
        .payload_length = MAX(sending->bytes, 11),
    };
    world_input(world, party, bytes, rtp_packet_write(&packet, bytes, sizeof bytes));
}

static inline void world_send_video(struct world *world, struct party *party, uint16_t sequence, bool keyframe)
{
    world_send_packet(world, party,
                      &(struct sending){.payload_type = VP8_PT,
                                        .ssrc = VIDEO_SSRC,
                                        .sequence = sequence,
                                        .timestamp = 3000u * sequence,
                                        .keyframe = keyframe,
                                        .marker = true});
}

/* The newest message of a kind among the compounds sent to a party since `*from`, which moves on. */
static inline bool world_told(const struct party *party, unsigned *from, enum rtcp_kind kind,
                              struct rtcp_message *message)
{
    bool found = false;
    for (; *from < party->transport->rtcp_count; ++*from) {
        const struct fake_sent *sent = &party->transport->rtcp[*from];
        struct rtcp_message each;
        size_t offset = 0;
        while (rtcp_validate(sent->bytes, sent->length) && rtcp_next(sent->bytes, sent->length, &offset, &each)) {
            if (each.kind == kind) {
                *message = each;
                found = true;
            }
        }
    }
    return found;
}

/* How many compounds sent to a party have a message of this kind. */
static inline unsigned world_count(const struct party *party, enum rtcp_kind kind)
{
    unsigned count = 0;
    for (unsigned i = 0; i < party->transport->rtcp_count; i++) {
        const struct fake_sent *sent = &party->transport->rtcp[i];
        struct rtcp_message each;
        size_t offset = 0;
        while (rtcp_next(sent->bytes, sent->length, &offset, &each)) {
            count += each.kind == kind;
        }
    }
    return count;
}
