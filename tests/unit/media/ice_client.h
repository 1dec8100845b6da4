/* ice_client: the connectivity checks of a full ICE agent, made and read with libnice. Included by one source of a
 * test. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <stun/usages/ice.h>

#define CHECK_BYTES_MAX 1024

struct check {
    const char *ufrag, *remote_ufrag; /* the server's, then the client's own */
    const char *pwd;                  /* the server's */
    bool use_candidate;
    bool controlled;            /* claims the server's role */
    bool without_fingerprint;   /* FINGERPRINT, RFC 8489 §14.7 */
    uint16_t unknown_attribute; /* one more, 0: none */
};

struct checker {
    StunAgent agent;
    uint8_t bytes[CHECK_BYTES_MAX]; /* of the latest check, which its reply is matched with */
    size_t length;
};

static inline StunAgentUsageFlags checker_usage(bool fingerprint)
{
    unsigned usage = STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | (fingerprint ? STUN_AGENT_USAGE_USE_FINGERPRINT : 0);
    return (StunAgentUsageFlags)usage;
}

static inline void checker_make(struct checker *checker, const struct check *check)
{
    StunMessage message;
    stun_agent_init(&checker->agent, STUN_ALL_KNOWN_ATTRIBUTES, STUN_COMPATIBILITY_RFC5389,
                    checker_usage(!check->without_fingerprint));
    g_autofree char *username = g_strdup_printf("%s:%s", check->ufrag, check->remote_ufrag);
    stun_agent_init_request(&checker->agent, &message, checker->bytes, sizeof checker->bytes, STUN_BINDING);
    stun_message_append32(&message, STUN_ATTRIBUTE_PRIORITY, 1862270975);
    stun_message_append64(&message, check->controlled ? STUN_ATTRIBUTE_ICE_CONTROLLED : STUN_ATTRIBUTE_ICE_CONTROLLING,
                          UINT64_C(0x0123456789abcdef));
    if (check->use_candidate) {
        stun_message_append_flag(&message, STUN_ATTRIBUTE_USE_CANDIDATE);
    }
    if (check->unknown_attribute) {
        stun_message_append32(&message, (StunAttribute)check->unknown_attribute, 0);
    }
    stun_message_append_string(&message, STUN_ATTRIBUTE_USERNAME, username);
    checker->length =
        stun_agent_finish_message(&checker->agent, &message, (const uint8_t *)check->pwd, strlen(check->pwd));
    g_assert_cmpuint(checker->length, >, 0);
}

/* The reply's error code, 0: success with our own address in it; -1: no authentic reply to the latest check. */
static inline int checker_read(struct checker *checker, const uint8_t *reply, size_t length,
                               const struct sockaddr *ourselves, socklen_t ourselves_length)
{
    StunMessage message;
    if (stun_agent_validate(&checker->agent, &message, reply, length, NULL, NULL) != STUN_VALIDATION_SUCCESS) {
        return -1;
    }
    int code;
    if (stun_message_get_class(&message) == STUN_ERROR) {
        return stun_message_find_error(&message, &code) == STUN_MESSAGE_RETURN_SUCCESS ? code : -1;
    }
    struct sockaddr_storage mapped = {0};
    socklen_t mapped_length = sizeof mapped;
    if (stun_message_find_xor_addr(&message, STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, &mapped, &mapped_length) !=
        STUN_MESSAGE_RETURN_SUCCESS) {
        return -1;
    }
    return mapped_length == ourselves_length && memcmp(&mapped, ourselves, ourselves_length) == 0 ? 0 : -1;
}
