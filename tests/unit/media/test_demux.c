#include "media/net/demux.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum kind { NOTHING, STUN, DTLS, RTP, RTCP };

static enum kind kind_of(const uint8_t *datagram, size_t length)
{
    bool stun = demux_is_stun(datagram, length), dtls = demux_is_dtls(datagram, length),
         rtp = demux_is_rtp(datagram, length), rtcp = demux_is_rtcp(datagram, length);
    assert_true(stun + dtls + rtp + rtcp <= 1);
    return stun ? STUN : dtls ? DTLS : rtp ? RTP : rtcp ? RTCP : NOTHING;
}

static void first_bytes_are_told_apart_as_rfc_7983_says(void **state)
{
    (void)state;
    const struct {
        unsigned first, last;
        enum kind kind;
    } ranges[] = {{0, 3, STUN},    {4, 19, NOTHING} /* ZRTP too */,
                  {20, 63, DTLS},  {64, 127, NOTHING} /* TURN channels too */,
                  {128, 191, RTP}, {192, 255, NOTHING}};
    uint8_t datagram[64] = {0};
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        for (unsigned byte = ranges[i].first; byte <= ranges[i].last; byte++) {
            datagram[0] = (uint8_t)byte;
            assert_int_equal(kind_of(datagram, sizeof datagram), ranges[i].kind);
        }
    }
}

static void second_bytes_tell_rtcp_as_rfc_5761_says(void **state)
{
    (void)state;
    uint8_t datagram[64] = {0x80};
    for (unsigned byte = 0; byte <= 255; byte++) {
        datagram[1] = (uint8_t)byte;
        assert_int_equal(kind_of(datagram, sizeof datagram), byte >= 192 && byte <= 223 ? RTCP : RTP);
    }
}

static void too_short_for_a_header_is_nothing(void **state)
{
    (void)state;
    const struct {
        uint8_t bytes[2];
        size_t header;
        enum kind kind;
    } cases[] = {{{0x00, 0x01}, 20, STUN}, {{22, 254}, 13, DTLS}, {{0x80, 96}, 12, RTP}, {{0x80, 200}, 8, RTCP}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint8_t datagram[32] = {cases[i].bytes[0], cases[i].bytes[1]};
        for (size_t length = 0; length < cases[i].header; length++) {
            assert_int_equal(kind_of(datagram, length), NOTHING);
        }
        assert_int_equal(kind_of(datagram, cases[i].header), cases[i].kind);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(first_bytes_are_told_apart_as_rfc_7983_says),
        cmocka_unit_test(second_bytes_tell_rtcp_as_rfc_5761_says),
        cmocka_unit_test(too_short_for_a_header_is_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
