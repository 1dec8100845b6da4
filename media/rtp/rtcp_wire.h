/* rtcp_wire: numbers of the RTCP wire format, shared by reader and writer.
 *
 *  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P| count/FMT|      PT       | length in 32-bit words minus 1 |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ */
#pragma once

#define RTCP_VERSION      0x80
#define RTCP_VERSION_MASK 0xc0
#define RTCP_PADDING      0x20
#define RTCP_COUNT_MASK   0x1f

enum rtcp_type {
    RTCP_TYPE_SR = 200,
    RTCP_TYPE_RR = 201,
    RTCP_TYPE_SDES = 202,
    RTCP_TYPE_RTPFB = 205, /* RFC 4585 §6.2 */
    RTCP_TYPE_PSFB = 206,  /* RFC 4585 §6.3 */
};

enum rtcp_format {
    RTCP_RTPFB_NACK = 1,
    RTCP_PSFB_PLI = 1,
    RTCP_PSFB_FIR = 4,
    RTCP_PSFB_APPLICATION = 15, /* REMB is one of these */
};

#define RTCP_SDES_CNAME 1

/* Bytes. */
#define RTCP_HEADER       4
#define RTCP_SSRC         4
#define RTCP_SENDER_INFO  20
#define RTCP_REPORT_BLOCK 24
#define RTCP_FEEDBACK     8 /* SSRC of the sender, SSRC of the media */
#define RTCP_NACK_PAIR    4
#define RTCP_FIR_ENTRY    8
#define RTCP_REMB_HEAD    8 /* "REMB", number of SSRCs, 6 bits exponent, 18 bits mantissa */

#define RTCP_REMB_NAME          0x52454d42
#define RTCP_REMB_MANTISSA_BITS 18
#define RTCP_REMB_MANTISSA_MASK 0x3ffff
