#include "media/room/peer.h"

#include <string.h>

#include "media/room/feedback.h"
#include "media/secure/certificate.h"

media_peer_id peer_id(const struct peer *peer)
{
    return peer->id;
}

struct room *peer_room(const struct peer *peer)
{
    return peer->room;
}

const char *peer_ufrag(const struct peer *peer)
{
    return transport_ufrag(peer->transport);
}

/* Sends one packet to all that show its track. */
static void forward(struct peer *peer, struct track *track, const struct track_packet *packet)
{
    uint8_t out[SLOT_PACKET_BYTES_MAX + TRANSPORT_TRAILER_BYTES];
    for (unsigned i = 0; i < track->slot_count; i++) {
        struct slot *slot = track->slots[i];
        const bool begins = !slot->running;
        const size_t length = slot_forward(slot, packet, out);
        if (length > 0 && transport_send_rtp(slot->peer->transport, out, length)) {
            peer->forwarded++;
        }
        if (begins && slot->running) {
            feedback_report_slot(slot, packet->arrival_us);
        }
    }
}

static struct track *find_track(struct peer *peer, const struct rtp_packet *packet)
{
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        struct track *track = &peer->tracks[kind];
        if (track->negotiated && track->ssrc_known && track->ssrc == packet->ssrc) {
            return packet->payload_type == track->payload_type ? track : NULL;
        }
    }
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        if (track_adopt(&peer->tracks[kind], packet)) {
            return &peer->tracks[kind];
        }
    }
    return NULL;
}

static void on_rtp(void *context, uint8_t *data, size_t length, int64_t now_us)
{
    struct peer *peer = context;
    struct rtp_packet rtp;
    struct track_packet packet;
    struct track *track = rtp_packet_parse(data, length, &rtp) ? find_track(peer, &rtp) : NULL;
    if (!track || !track_receive(track, &rtp, data, length, now_us, &packet)) {
        peer->dropped++;
        return;
    }
    if (peer->report_us == INT64_MAX) {
        peer->report_us = now_us;
    }
    if (track->kind == SDP_VIDEO && peer->bitrate_us == INT64_MAX) {
        peer->bitrate_us = now_us; /* until it is told what it may send, a browser sends next to nothing */
    }
    forward(peer, track, &packet);
    if (track->kind == SDP_VIDEO) {
        capture_packet(peer, &packet);
        live_tap_packet(track, &packet);
    }
}

static void on_rtcp(void *context, uint8_t *data, size_t length, int64_t now_us)
{
    struct peer *peer = context;
    if (!feedback_input(peer, data, length, now_us)) {
        peer->dropped++;
    }
}

static void on_send(void *context, const struct path *path, const uint8_t *datagram, size_t length)
{
    const struct peer *peer = context;
    peer->output->send(peer->output->context, path, datagram, length);
}

static void on_authenticated(void *context, const struct path *path)
{
    struct peer *peer = context;
    peer->output->authenticated(peer->output->context, peer, path);
}

/* A receiver that is away gets nothing; when it is back, each slot begins anew with a keyframe. */
static void on_state(void *context, enum media_peer_state state, enum media_close_reason reason)
{
    struct peer *peer = context;
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        for (unsigned i = 0; i < MEDIA_SLOTS_MAX; i++) {
            struct slot *slot = &peer->slots[kind][i];
            slot->open = slot->peer && state == MEDIA_PEER_CONNECTED;
            slot_restart(slot);
            if (slot->open && slot->source) {
                track_want_keyframe(slot->source);
            }
        }
    }
    peer->output->state(peer->output->context, peer, state, reason);
}

enum transport_verdict peer_input(struct peer *peer, const struct path *path, uint8_t *datagram, size_t length,
                                  int64_t now_us)
{
    const enum transport_verdict verdict = transport_input(peer->transport, path, datagram, length, now_us);
    if (verdict != TRANSPORT_ACCEPTED) {
        peer->dropped++;
    }
    return verdict;
}

static struct sdp_answer_media *accept_line(struct peer *peer, unsigned line)
{
    peer->media[line].accepted = true;
    return &peer->media[line];
}

static void make_track(struct peer *peer, const struct sdp_offer *offer, const struct negotiation *negotiation,
                       unsigned kind)
{
    if (negotiation->track[kind] < 0) {
        return;
    }
    const unsigned line = (unsigned)negotiation->track[kind];
    struct sdp_answer_media *media = accept_line(peer, line);
    media->we_receive = true;
    media->codecs[0] = negotiation->codec[kind];
    track_init(&peer->tracks[kind], peer->config->media, &offer->media[line], negotiation->codec[kind]);
}

static void make_slot(struct peer *peer, const struct sdp_offer *offer, unsigned line, unsigned kind, unsigned index)
{
    struct slot *slot = &peer->slots[kind][index];
    struct sdp_answer_media *media = accept_line(peer, line);
    enum media_codec codecs[2];
    negotiate_shared(peer->config->media, &offer->media[line], codecs); /* a track on the same line has the first */
    const uint32_t ssrc = peer->ssrc + 1 + kind * MEDIA_SLOTS_MAX + index;
    slot_init(slot, peer, &offer->media[line], codecs, ssrc, g_random_int());
    g_snprintf(slot->cname, sizeof slot->cname, "%.15s%u", peer->cname, index);
    media->we_send = true;
    media->codecs[0] = codecs[0];
    media->codecs[1] = codecs[1];
    media->ssrc = ssrc;
    g_strlcpy(media->cname, slot->cname, sizeof media->cname);
    g_snprintf(media->msid, sizeof media->msid, "slot%u", index);
    peer->slot_count = MAX(peer->slot_count, index + 1);
}

struct peer *peer_new(struct room *room, media_peer_id id, const struct room_config *config,
                      const struct room_output *output, const struct sdp_offer *offer, int64_t now_us, GError **error)
{
    struct negotiation negotiation;
    if (!negotiate(config->media, offer, &negotiation, error)) {
        return NULL;
    }
    struct peer *peer = g_new0(struct peer, 1);
    *peer = (struct peer){
        .id = id,
        .room = room,
        .config = config,
        .output = output,
        .ssrc = g_random_int() & ~0xfu,
        .media_count = offer->media_count,
        .round_trip_us = -1,
        .report_us = INT64_MAX,
        .bitrate_us = INT64_MAX,
    };
    g_strlcpy(peer->fingerprint, offer->fingerprint, sizeof peer->fingerprint);
    g_snprintf(peer->cname, sizeof peer->cname, "%08x%08x", g_random_int(), g_random_int());
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        make_track(peer, offer, &negotiation, kind);
        for (unsigned i = 0; i < negotiation.slot_count[kind]; i++) {
            make_slot(peer, offer, negotiation.slot[kind][i], kind, i);
        }
    }
    const struct transport_config transport = {
        .certificate = config->certificate,
        .remote_ufrag = offer->ice_ufrag,
        .remote_pwd = offer->ice_pwd,
        .remote_fingerprint = offer->fingerprint,
        .consent_timeout_ms = config->media->consent_timeout_ms,
        .connect_timeout_ms = config->media->connect_timeout_ms,
    };
    const struct transport_output callbacks = {peer, on_send, on_authenticated, on_state, on_rtp, on_rtcp};
    peer->transport = transport_new(&transport, &callbacks, now_us);
    return peer;
}

void peer_free(struct peer *peer, int64_t now_us)
{
    capture_abandon(peer);
    for (unsigned i = 0; i < peer->slot_count; i++) {
        if (peer->sources[i]) {
            peer_hide(peer, peer->sources[i]);
        }
    }
    transport_free(peer->transport, now_us);
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        track_clear(&peer->tracks[kind]);
    }
    g_free(peer);
}

char *peer_answer(const struct peer *peer, const struct sdp_offer *offer)
{
    struct sdp_answer answer = {
        .ice_ufrag = transport_ufrag(peer->transport),
        .ice_pwd = transport_pwd(peer->transport),
        .fingerprint = certificate_fingerprint(peer->config->certificate),
        .addresses = peer->config->media->addresses,
        .address_count = peer->config->media->address_count,
        .port = peer->config->port,
        .audio_bitrate_max_bps = peer->config->media->audio_bitrate_max_bps,
        .media_count = peer->media_count,
    };
    memcpy(answer.media, peer->media, sizeof answer.media);
    return sdp_answer_write(offer, &answer);
}

/* Whether an offer numbers codecs on its lines as the one that made the peer did. */
static bool same_media(const struct peer *peer, const struct sdp_offer *offer, const struct negotiation *negotiation)
{
    if (offer->media_count != peer->media_count) {
        return false;
    }
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        const struct track *track = &peer->tracks[kind];
        const int line = negotiation->track[kind];
        if ((line >= 0) != track->negotiated ||
            (line >= 0 &&
             (!peer->media[line].we_receive || negotiation->codec[kind] != track->codec ||
              negotiate_offered(&offer->media[line], track->codec)->payload_type != track->payload_type))) {
            return false;
        }
        for (unsigned i = 0; i < MEDIA_SLOTS_MAX; i++) {
            const struct slot *slot = &peer->slots[kind][i];
            const bool offered = i < negotiation->slot_count[kind];
            if (offered != (slot->peer != NULL) ||
                (offered && peer->media[negotiation->slot[kind][i]].ssrc != slot->ssrc)) {
                return false;
            }
        }
    }
    return true;
}

bool peer_restart_ice(struct peer *peer, const struct sdp_offer *offer, GError **error)
{
    struct negotiation negotiation;
    if (!negotiate(peer->config->media, offer, &negotiation, error)) {
        return false;
    }
    if (!g_str_equal(offer->fingerprint, peer->fingerprint)) {
        g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_SDP,
                    "an ICE restart cannot change the certificate's fingerprint: join anew");
        return false;
    }
    if (!same_media(peer, offer, &negotiation)) {
        g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_SDP,
                    "an ICE restart cannot change m-lines or payload types: join anew");
        return false;
    }
    transport_restart_ice(peer->transport, offer->ice_ufrag, offer->ice_pwd);
    return true;
}

static void attach(struct peer *peer, struct peer *source, unsigned index)
{
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        struct slot *slot = &peer->slots[kind][index];
        if (slot->peer && source->tracks[kind].negotiated) {
            track_add_slot(&source->tracks[kind], slot);
        }
    }
}

bool peer_show(struct peer *peer, struct peer *source)
{
    for (unsigned i = 0; i < peer->slot_count; i++) {
        if (!peer->sources[i]) {
            peer->sources[i] = source;
            attach(peer, source, i);
            return true;
        }
    }
    return false;
}

static void detach(struct peer *peer, unsigned index)
{
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        struct slot *slot = &peer->slots[kind][index];
        if (slot->source) {
            track_remove_slot(slot->source, slot);
        }
    }
}

bool peer_hide(struct peer *peer, const struct peer *source)
{
    for (unsigned i = 0; i < peer->slot_count; i++) {
        if (peer->sources[i] == source) {
            peer->sources[i] = NULL;
            detach(peer, i);
            return true;
        }
    }
    return false;
}

bool peer_tap_begin(struct peer *peer, struct packet_ring *ring, struct media_tap_source *source, GError **error)
{
    struct track *track = &peer->tracks[SDP_VIDEO];
    if (!track->negotiated) {
        g_set_error_literal(error, MEDIA_ERROR, MEDIA_ERROR_NO_VIDEO, "this peer sends no video");
        return false;
    }
    if (track->live_tap.ring) {
        g_set_error_literal(error, MEDIA_ERROR, MEDIA_ERROR_BUSY, "this peer's video is tapped already");
        return false;
    }
    live_tap_begin(track, ring);
    *source = (struct media_tap_source){track->codec, track->payload_type};
    return true;
}

void peer_tap_end(struct peer *peer, const struct packet_ring *ring)
{
    if (peer->tracks[SDP_VIDEO].live_tap.ring == ring) {
        live_tap_end(&peer->tracks[SDP_VIDEO]);
    }
}

void peer_tap_refresh(struct peer *peer)
{
    track_want_keyframe(&peer->tracks[SDP_VIDEO]);
}

int64_t peer_deadline_us(const struct peer *peer)
{
    if (transport_state(peer->transport) == MEDIA_PEER_CLOSED) {
        return INT64_MAX;
    }
    int64_t deadline_us = MIN(transport_deadline_us(peer->transport), feedback_deadline_us(peer));
    deadline_us = MIN(deadline_us, live_tap_deadline_us(&peer->tracks[SDP_VIDEO]));
    if (peer->capture.active) {
        deadline_us = MIN(deadline_us, peer->capture.deadline_us);
    }
    return deadline_us;
}

void peer_tick(struct peer *peer, int64_t now_us)
{
    if (now_us < peer_deadline_us(peer)) {
        return;
    }
    transport_tick(peer->transport, now_us);
    live_tap_tick(&peer->tracks[SDP_VIDEO], now_us); /* may want a keyframe, which feedback asks for */
    feedback_tick(peer, now_us);
    capture_tick(peer, now_us);
}
