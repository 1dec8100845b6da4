#include "media/net/demux.h"

#define STUN_HEADER_BYTES 20
#define DTLS_HEADER_BYTES 13
#define RTP_HEADER_BYTES  12
#define RTCP_HEADER_BYTES 8

static bool is_rtp_version(const uint8_t *datagram)
{
    return datagram[0] >= 128 && datagram[0] <= 191;
}

static bool is_rtcp_type(const uint8_t *datagram)
{
    return datagram[1] >= 192 && datagram[1] <= 223;
}

bool demux_is_stun(const uint8_t *datagram, size_t length)
{
    return length >= STUN_HEADER_BYTES && datagram[0] <= 3;
}

bool demux_is_dtls(const uint8_t *datagram, size_t length)
{
    return length >= DTLS_HEADER_BYTES && datagram[0] >= 20 && datagram[0] <= 63;
}

bool demux_is_rtp(const uint8_t *datagram, size_t length)
{
    return length >= RTP_HEADER_BYTES && is_rtp_version(datagram) && !is_rtcp_type(datagram);
}

bool demux_is_rtcp(const uint8_t *datagram, size_t length)
{
    return length >= RTCP_HEADER_BYTES && is_rtp_version(datagram) && is_rtcp_type(datagram);
}
