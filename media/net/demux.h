/* demux: which protocol a datagram on the shared port belongs to (RFC 7983 §7, RFC 5761 §4).
 *
 *                  +----------------+
 *                  |        [0..3] -+--> STUN
 *                  |      [20..63] -+--> DTLS
 *      datagram -->|    [128..191] -+--> SRTP, or SRTCP if the second byte is in [192..223]
 *                  |     the rest  -+--> nothing that this server speaks
 *                  +----------------+
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool demux_is_stun(const uint8_t *datagram, size_t length);
bool demux_is_dtls(const uint8_t *datagram, size_t length);
/* These two exclude each other. Long enough for the fixed header, whose SSRC may then be read. */
bool demux_is_rtp(const uint8_t *datagram, size_t length);
bool demux_is_rtcp(const uint8_t *datagram, size_t length);
