/* RTP and RTCP as they are after decryption: from anybody who may join, so from anybody. The first byte chooses. */
#include "media/rtp/extension.h"
#include "media/rtp/keyframe.h"
#include "media/rtp/nack.h"
#include "media/rtp/rtcp.h"
#include "media/rtp/sequence.h"
#include "media/rtp/stats.h"
#include "tests/fuzz/input.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Every byte that a length promises is there: AddressSanitizer looks while they are copied. */
static void touch(const uint8_t *bytes, size_t length)
{
    g_free(g_memdup2(bytes, length));
}

static void fuzz_packet(const uint8_t *data, size_t size)
{
    struct rtp_packet packet, again;
    if (!rtp_packet_parse(data, size, &packet)) {
        return;
    }
    touch(packet.payload, packet.payload_length);
    if (packet.extension_length) {
        touch(packet.extension, packet.extension_length);
    }
    for (unsigned id = 1; id <= 255; id++) {
        const uint8_t *element;
        size_t length;
        if (rtp_extension_find(&packet, (uint8_t)id, &element, &length)) {
            touch(element, length);
        }
    }
    keyframe_begins(MEDIA_CODEC_VP8, packet.payload, packet.payload_length);
    keyframe_begins(MEDIA_CODEC_H264, packet.payload, packet.payload_length);
    /* What is written from it means the same when read again. */
    uint8_t out[RTP_PACKET_BYTES_MAX];
    const size_t length = rtp_packet_write(&packet, out, sizeof out);
    must(length > 0 && length <= size && rtp_packet_parse(out, length, &again));
    must(again.sequence == packet.sequence && again.ssrc == packet.ssrc && again.marker == packet.marker);
    must(again.payload_length == packet.payload_length &&
         memcmp(again.payload, packet.payload, packet.payload_length) == 0);
}

static void fuzz_rtcp(const uint8_t *data, size_t size)
{
    if (!rtcp_validate(data, size)) {
        return;
    }
    struct rtcp_message message;
    struct rtp_send_stats stats = {.last_sr = 1, .last_sr_us = 1};
    for (size_t offset = 0; rtcp_next(data, size, &offset, &message);) {
        must(offset <= size);
        for (unsigned i = 0; i < message.count; i++) {
            struct rtcp_report_block block;
            uint16_t sequence, following;
            if (message.kind == RTCP_SENDER_REPORT || message.kind == RTCP_RECEIVER_REPORT) {
                rtcp_report_block_read(&message, i, &block);
                rtp_send_stats_report(&stats, &block, 1000000);
            } else if (message.kind == RTCP_NACK) {
                rtcp_nack_read(&message, i, &sequence, &following);
            } else if (message.kind == RTCP_FIR) {
                rtcp_fir_read_ssrc(&message, i);
            }
        }
    }
}

/* Sequence numbers in any order: the list of what is missing stays sorted, bounded and free of duplicates. */
static void fuzz_sequence(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct rtp_sequence sequence = {0};
    struct nack_list missing = {0};
    struct rtp_receive_stats stats = {.clock_rate = 90000};
    int64_t now_us = 1;
    while (input.left > 0) {
        const uint16_t number = input_u16(&input);
        const uint64_t before = sequence.highest;
        uint64_t extended = 0;
        now_us += input_u8(&input) * 1000;
        switch (rtp_sequence_update(&sequence, number, &extended)) {
        case RTP_SEQUENCE_NEXT:
            must(extended == sequence.highest && (uint16_t)extended == number);
            if (before && extended > before + 1) {
                nack_list_add(&missing, (uint16_t)(before + 1), (unsigned)(extended - before - 1), now_us);
            }
            rtp_receive_stats_packet(&stats, extended, (uint32_t)now_us, 100, now_us);
            break;
        case RTP_SEQUENCE_LATE:
            must(extended <= sequence.highest);
            nack_list_remove(&missing, number);
            break;
        case RTP_SEQUENCE_RESTARTED:
            missing.count = 0;
            rtp_receive_stats_restart(&stats);
            rtp_receive_stats_packet(&stats, extended, (uint32_t)now_us, 100, now_us);
            break;
        case RTP_SEQUENCE_REFUSED:
            break;
        }
        uint16_t due[NACK_LIST_MAX];
        bool given_up = false;
        must(missing.count <= NACK_LIST_MAX);
        must(nack_list_due(&missing, now_us, 20000, due, &given_up) <= NACK_LIST_MAX);
        struct rtcp_report_block block;
        rtp_receive_stats_report(&stats, 1, now_us, &block);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static void (*const targets[])(const uint8_t *, size_t) = {fuzz_packet, fuzz_rtcp, fuzz_sequence};
    if (size > 0) {
        targets[data[0] % 3](data + 1, size - 1);
    }
    return 0;
}
