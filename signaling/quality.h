/* quality: a party's connection in words, from the media engine's numbers. Pure.
 *
 * level, the worst that holds:
 *   lost  the party has no connected media
 *   poor  loss ≥ 10 %, or jitter ≥ 100 ms, or a round trip ≥ 600 ms
 *   fair  loss ≥ 3 %, or jitter ≥ 40 ms, or a round trip ≥ 300 ms
 *   good  everything else
 * Loss and jitter count in both directions, as each side reported them last. Above 3 % loss retransmission becomes
 * visible, above 10 % video freezes; beyond 300 ms one way and back people begin to talk over each other (ITU-T G.114
 * asks for 150 ms one way). */
#pragma once

#include <jansson.h>

#include "media/media.h"

/* The API's Quality. `stats` may be NULL: no media. New reference. */
json_t *quality_json(const char *party, const struct media_peer_stats *stats);
