#include "media/rtp/rtcp.h"

#include "media/rtp/bytes.h"
#include "media/rtp/rtcp_wire.h"

/* One packet of a compound without its common header and padding. */
struct body {
    uint8_t count; /* or format */
    uint8_t type;
    const uint8_t *data;
    size_t length;
};

/* Returns the packet's size, 0 when it is broken. */
static size_t read_header(const uint8_t *data, size_t length, struct body *body)
{
    if (length < RTCP_HEADER || (data[0] & RTCP_VERSION_MASK) != RTCP_VERSION) {
        return 0;
    }
    const size_t size = 4 * ((size_t)bytes_read_u16(data + 2) + 1);
    if (size > length) {
        return 0;
    }
    size_t padding = 0;
    if (data[0] & RTCP_PADDING) {
        padding = data[size - 1];
        if (size != length || padding == 0 || padding % 4 != 0 || padding > size - RTCP_HEADER) {
            return 0;
        }
    }
    *body = (struct body){
        .count = data[0] & RTCP_COUNT_MASK,
        .type = data[1],
        .data = data + RTCP_HEADER,
        .length = size - RTCP_HEADER - padding,
    };
    return size;
}

static bool read_reports(const struct body *body, size_t head, struct rtcp_message *message)
{
    if (body->length < head || body->length - head < (size_t)body->count * RTCP_REPORT_BLOCK) {
        return false;
    }
    message->sender_ssrc = bytes_read_u32(body->data);
    message->count = body->count;
    message->entries = body->data + head;
    return true;
}

static bool read_sender_report(const struct body *body, struct rtcp_message *message)
{
    message->kind = RTCP_SENDER_REPORT;
    if (!read_reports(body, RTCP_SSRC + RTCP_SENDER_INFO, message)) {
        return false;
    }
    const uint8_t *info = body->data + RTCP_SSRC;
    message->sender = (struct rtcp_sender_info){
        .ntp = (uint64_t)bytes_read_u32(info) << 32 | bytes_read_u32(info + 4),
        .rtp_timestamp = bytes_read_u32(info + 8),
        .packets = bytes_read_u32(info + 12),
        .bytes = bytes_read_u32(info + 16),
    };
    return true;
}

static bool read_entries(const struct body *body, enum rtcp_kind kind, size_t entry, struct rtcp_message *message)
{
    const size_t left = body->length - RTCP_FEEDBACK;
    if (left == 0 || left % entry != 0) {
        return false;
    }
    message->kind = kind;
    message->count = (unsigned)(left / entry);
    message->entries = body->data + RTCP_FEEDBACK;
    return true;
}

/* draft-alvestrand-rmcat-remb-03 §2.2 */
static bool read_application(const struct body *body, struct rtcp_message *message)
{
    const uint8_t *data = body->data + RTCP_FEEDBACK;
    const size_t left = body->length - RTCP_FEEDBACK;
    if (left < RTCP_REMB_HEAD || bytes_read_u32(data) != RTCP_REMB_NAME) {
        return true; /* somebody else's application */
    }
    const size_t ssrcs = data[4];
    if (left - RTCP_REMB_HEAD < ssrcs * RTCP_SSRC) {
        return false;
    }
    const unsigned exponent = data[5] >> 2;
    const uint64_t mantissa = bytes_read_u24(data + 5) & RTCP_REMB_MANTISSA_MASK;
    if (exponent > 63 - RTCP_REMB_MANTISSA_BITS) {
        return false;
    }
    message->kind = RTCP_REMB;
    message->bitrate_bps = mantissa << exponent;
    return true;
}

static bool read_feedback(const struct body *body, struct rtcp_message *message)
{
    if (body->length < RTCP_FEEDBACK) {
        return false;
    }
    message->sender_ssrc = bytes_read_u32(body->data);
    message->media_ssrc = bytes_read_u32(body->data + RTCP_SSRC);
    if (body->type == RTCP_TYPE_RTPFB) {
        return body->count != RTCP_RTPFB_NACK || read_entries(body, RTCP_NACK, RTCP_NACK_PAIR, message);
    }
    switch (body->count) {
    case RTCP_PSFB_PLI:
        message->kind = RTCP_PLI;
        return true;
    case RTCP_PSFB_FIR:
        return read_entries(body, RTCP_FIR, RTCP_FIR_ENTRY, message);
    case RTCP_PSFB_APPLICATION:
        return read_application(body, message);
    default:
        return true;
    }
}

/* Returns the packet's size, 0 when it is broken. */
static size_t read_message(const uint8_t *data, size_t length, struct rtcp_message *message)
{
    struct body body;
    const size_t size = read_header(data, length, &body);
    if (size == 0) {
        return 0;
    }
    *message = (struct rtcp_message){.kind = RTCP_OTHER};
    bool sound = true;
    switch (body.type) {
    case RTCP_TYPE_SR:
        sound = read_sender_report(&body, message);
        break;
    case RTCP_TYPE_RR:
        message->kind = RTCP_RECEIVER_REPORT;
        sound = read_reports(&body, RTCP_SSRC, message);
        break;
    case RTCP_TYPE_RTPFB:
    case RTCP_TYPE_PSFB:
        sound = read_feedback(&body, message);
        break;
    default:
        break;
    }
    return sound ? size : 0;
}

bool rtcp_validate(const uint8_t *data, size_t length)
{
    struct rtcp_message message;
    size_t offset = 0;
    while (rtcp_next(data, length, &offset, &message)) {
    }
    return offset == length && length > 0;
}

bool rtcp_next(const uint8_t *data, size_t length, size_t *offset, struct rtcp_message *message)
{
    const size_t size = read_message(data + *offset, length - *offset, message);
    *offset += size;
    return size > 0;
}

void rtcp_report_block_read(const struct rtcp_message *message, unsigned index, struct rtcp_report_block *block)
{
    const uint8_t *entry = message->entries + (size_t)index * RTCP_REPORT_BLOCK;
    const uint32_t lost = bytes_read_u24(entry + 5);
    *block = (struct rtcp_report_block){
        .ssrc = bytes_read_u32(entry),
        .fraction_lost = entry[4],
        .packets_lost = (int32_t)lost - (lost & 0x800000 ? 0x1000000 : 0),
        .highest_sequence = bytes_read_u32(entry + 8),
        .jitter = bytes_read_u32(entry + 12),
        .last_sr = bytes_read_u32(entry + 16),
        .delay_since_last_sr = bytes_read_u32(entry + 20),
    };
}

void rtcp_nack_read(const struct rtcp_message *message, unsigned index, uint16_t *sequence, uint16_t *following)
{
    const uint8_t *entry = message->entries + (size_t)index * RTCP_NACK_PAIR;
    *sequence = bytes_read_u16(entry);
    *following = bytes_read_u16(entry + 2);
}

uint32_t rtcp_fir_read_ssrc(const struct rtcp_message *message, unsigned index)
{
    return bytes_read_u32(message->entries + (size_t)index * RTCP_FIR_ENTRY);
}
