/* negotiate: which m-lines of an offer are the client's tracks, which are its receive slots, and in which codecs.
 *
 * A pure function of the offer and the server's preferences. */
#pragma once

#include "media/sdp/answer.h"

#define MEDIA_KINDS 2 /* SDP_AUDIO and SDP_VIDEO index arrays of it */

struct negotiation {
    int track[MEDIA_KINDS]; /* m-line of what the client sends: the first that sends; -1: it sends none */
    enum media_codec codec[MEDIA_KINDS];
    unsigned slot_count[MEDIA_KINDS];
    unsigned slot[MEDIA_KINDS][MEDIA_SLOTS_MAX]; /* m-lines that receive, in the order of the offer */
};

/* Fails with MEDIA_ERROR_SDP when a line we would use offers no codec of ours, or there is no line to use. */
bool negotiate(const struct media_config *config, const struct sdp_offer *offer, struct negotiation *negotiation,
               GError **error);

/* How the client numbers `codec` on a line, NULL when it does not offer it. */
const struct sdp_codec *negotiate_offered(const struct sdp_media *media, enum media_codec codec);
/* The codecs that server and client share on a line, in the server's order; returns how many. */
unsigned negotiate_shared(const struct media_config *config, const struct sdp_media *media, enum media_codec codecs[2]);
