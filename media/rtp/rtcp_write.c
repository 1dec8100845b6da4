#include "media/rtp/bytes.h"
#include "media/rtp/rtcp.h"
#include "media/rtp/rtcp_wire.h"

#include <string.h>

/* Makes room for a packet with a body of `length` bytes, a multiple of 4; returns where the body begins. */
static uint8_t *append(struct rtcp_writer *writer, enum rtcp_type type, unsigned count, size_t length)
{
    const size_t size = RTCP_HEADER + length;
    if (writer->capacity - writer->length < size) {
        return NULL;
    }
    uint8_t *at = writer->data + writer->length;
    at[0] = (uint8_t)(RTCP_VERSION | count);
    at[1] = (uint8_t)type;
    bytes_write_u16(at + 2, (uint16_t)(size / 4 - 1));
    writer->length += size;
    return at + RTCP_HEADER;
}

static uint8_t *append_feedback(struct rtcp_writer *writer, enum rtcp_type type, enum rtcp_format format, uint32_t ssrc,
                                uint32_t media_ssrc, size_t length)
{
    uint8_t *at = append(writer, type, format, RTCP_FEEDBACK + length);
    if (!at) {
        return NULL;
    }
    bytes_write_u32(at, ssrc);
    bytes_write_u32(at + RTCP_SSRC, media_ssrc);
    return at + RTCP_FEEDBACK;
}

bool rtcp_write_sender_report(struct rtcp_writer *writer, uint32_t ssrc, const struct rtcp_sender_info *info)
{
    uint8_t *at = append(writer, RTCP_TYPE_SR, 0, RTCP_SSRC + RTCP_SENDER_INFO);
    if (!at) {
        return false;
    }
    bytes_write_u32(at, ssrc);
    bytes_write_u32(at + 4, (uint32_t)(info->ntp >> 32));
    bytes_write_u32(at + 8, (uint32_t)info->ntp);
    bytes_write_u32(at + 12, info->rtp_timestamp);
    bytes_write_u32(at + 16, info->packets);
    bytes_write_u32(at + 20, info->bytes);
    return true;
}

static void write_report_block(uint8_t *at, const struct rtcp_report_block *block)
{
    bytes_write_u32(at, block->ssrc);
    at[4] = block->fraction_lost;
    bytes_write_u24(at + 5, (uint32_t)block->packets_lost & 0xffffff);
    bytes_write_u32(at + 8, block->highest_sequence);
    bytes_write_u32(at + 12, block->jitter);
    bytes_write_u32(at + 16, block->last_sr);
    bytes_write_u32(at + 20, block->delay_since_last_sr);
}

bool rtcp_write_receiver_report(struct rtcp_writer *writer, uint32_t ssrc, const struct rtcp_report_block *blocks,
                                unsigned count)
{
    uint8_t *at = append(writer, RTCP_TYPE_RR, count, RTCP_SSRC + (size_t)count * RTCP_REPORT_BLOCK);
    if (!at) {
        return false;
    }
    bytes_write_u32(at, ssrc);
    for (unsigned i = 0; i < count; i++) {
        write_report_block(at + RTCP_SSRC + (size_t)i * RTCP_REPORT_BLOCK, &blocks[i]);
    }
    return true;
}

/* RFC 3550 §6.5: SSRC, items of type, length and text, at least one zero byte, up to a multiple of 4. */
bool rtcp_write_cname(struct rtcp_writer *writer, uint32_t ssrc, const char *cname)
{
    const size_t length = strlen(cname);
    const size_t body = (RTCP_SSRC + 2 + length + 1 + 3) / 4 * 4;
    uint8_t *at = append(writer, RTCP_TYPE_SDES, 1, body);
    if (!at) {
        return false;
    }
    memset(at, 0, body);
    bytes_write_u32(at, ssrc);
    at[4] = RTCP_SDES_CNAME;
    at[5] = (uint8_t)length;
    memcpy(at + 6, cname, length);
    return true;
}

/* How many of `sequences` one pair takes: the first, and those at most 16 behind it. */
static unsigned nack_pair(const uint16_t *sequences, unsigned count, uint16_t *following)
{
    unsigned taken = 1;
    *following = 0;
    while (taken < count) {
        const unsigned distance = (uint16_t)(sequences[taken] - sequences[0]);
        if (distance == 0 || distance > 16) {
            break;
        }
        *following = (uint16_t)(*following | 1u << (distance - 1));
        taken++;
    }
    return taken;
}

bool rtcp_write_nack(struct rtcp_writer *writer, uint32_t ssrc, uint32_t media_ssrc, const uint16_t *sequences,
                     unsigned count)
{
    uint16_t following;
    size_t pairs = 0;
    for (unsigned i = 0; i < count; i += nack_pair(sequences + i, count - i, &following)) {
        pairs++;
    }
    uint8_t *at = append_feedback(writer, RTCP_TYPE_RTPFB, RTCP_RTPFB_NACK, ssrc, media_ssrc, pairs * RTCP_NACK_PAIR);
    if (!at) {
        return false;
    }
    for (unsigned i = 0; i < count; at += RTCP_NACK_PAIR) {
        bytes_write_u16(at, sequences[i]);
        i += nack_pair(sequences + i, count - i, &following);
        bytes_write_u16(at + 2, following);
    }
    return true;
}

bool rtcp_write_pli(struct rtcp_writer *writer, uint32_t ssrc, uint32_t media_ssrc)
{
    return append_feedback(writer, RTCP_TYPE_PSFB, RTCP_PSFB_PLI, ssrc, media_ssrc, 0) != NULL;
}

bool rtcp_write_remb(struct rtcp_writer *writer, uint32_t ssrc, uint32_t media_ssrc, uint64_t bitrate_bps)
{
    /* The draft wants 0 as the media SSRC: the stream is named in the list. */
    uint8_t *at = append_feedback(writer, RTCP_TYPE_PSFB, RTCP_PSFB_APPLICATION, ssrc, 0, RTCP_REMB_HEAD + RTCP_SSRC);
    if (!at) {
        return false;
    }
    unsigned exponent = 0;
    while (bitrate_bps >> exponent > RTCP_REMB_MANTISSA_MASK) {
        exponent++;
    }
    bytes_write_u32(at, RTCP_REMB_NAME);
    at[4] = 1;
    bytes_write_u24(at + 5, exponent << RTCP_REMB_MANTISSA_BITS | (uint32_t)(bitrate_bps >> exponent));
    bytes_write_u32(at + RTCP_REMB_HEAD, media_ssrc);
    return true;
}
