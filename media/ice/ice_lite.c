#include "media/ice/ice_lite.h"

#include <glib.h>
#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <string.h>
#include <stun/usages/ice.h>

/* Without these in the list, a request that carries them would be one with an unknown attribute. */
static const uint16_t known_attributes[] = {
    STUN_ATTRIBUTE_USERNAME,
    STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
    STUN_ATTRIBUTE_PRIORITY,
    STUN_ATTRIBUTE_USE_CANDIDATE,
    STUN_ATTRIBUTE_ICE_CONTROLLED,
    STUN_ATTRIBUTE_ICE_CONTROLLING,
    0,
};

/* One agent for everybody: it keeps state only for requests of its own, and we make none. */
static StunAgent *stun_agent(void)
{
    static StunAgent agent;
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        stun_agent_init(&agent, known_attributes, STUN_COMPATIBILITY_RFC5389,
                        STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
        g_once_init_leave(&ready, 1);
    }
    return &agent;
}

/* `length` random characters of RFC 8839's ice-char, 6 bits each. */
static void fill_random(char *text, size_t length)
{
    static const char ice_char[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    uint8_t random[ICE_PWD_LENGTH];
    g_assert(length <= sizeof random);
    if (RAND_bytes(random, (int)length) != 1) {
        g_error("event=no_randomness"); /* credentials that can be guessed are worse than no service */
    }
    for (size_t i = 0; i < length; i++) {
        text[i] = ice_char[random[i] % 64];
    }
    text[length] = '\0';
}

static void credentials_make(struct ice_credentials *credentials, const char *remote_ufrag)
{
    fill_random(credentials->ufrag, ICE_UFRAG_LENGTH);
    fill_random(credentials->pwd, ICE_PWD_LENGTH);
    g_strlcpy(credentials->remote_ufrag, remote_ufrag, sizeof credentials->remote_ufrag);
}

void ice_lite_init(struct ice_lite *ice, const char *remote_ufrag)
{
    memset(ice, 0, sizeof *ice);
    credentials_make(&ice->current, remote_ufrag);
}

void ice_lite_restart(struct ice_lite *ice, const char *remote_ufrag)
{
    if (ice->confirmed) {
        ice->retired = ice->current;
    }
    ice->confirmed = false;
    credentials_make(&ice->current, remote_ufrag);
}

/* USERNAME is "ours:theirs" (RFC 8445 §7.2.2). */
static bool names(const struct ice_credentials *credentials, const uint8_t *username, size_t length)
{
    size_t remote_length = strlen(credentials->remote_ufrag);
    return credentials->ufrag[0] != '\0' && length == ICE_UFRAG_LENGTH + 1 + remote_length &&
           memcmp(username, credentials->ufrag, ICE_UFRAG_LENGTH) == 0 && username[ICE_UFRAG_LENGTH] == ':' &&
           memcmp(username + ICE_UFRAG_LENGTH + 1, credentials->remote_ufrag, remote_length) == 0;
}

struct lookup {
    struct ice_lite *ice;
    struct ice_credentials *found;
};

/* StunMessageIntegrityValidate: libnice checks MESSAGE-INTEGRITY with the password that we point at. */
static bool find_password(StunAgent *agent, StunMessage *message, uint8_t *username, uint16_t username_length,
                          uint8_t **password, size_t *password_length, void *user_data)
{
    (void)agent, (void)message;
    struct lookup *lookup = user_data;
    struct ice_lite *ice = lookup->ice;
    lookup->found = names(&ice->current, username, username_length)   ? &ice->current
                    : names(&ice->retired, username, username_length) ? &ice->retired
                                                                      : NULL;
    if (!lookup->found) {
        return false;
    }
    *password = (uint8_t *)lookup->found->pwd;
    *password_length = ICE_PWD_LENGTH;
    return true;
}

/* A lite agent stays controlled for ever (RFC 8445 §6.1.1): who claims that role too has to change his. */
static enum ice_verdict reject_role(StunMessage *request, struct ice_reply *reply)
{
    StunMessage message;
    if (!stun_agent_init_error(stun_agent(), &message, reply->bytes, sizeof reply->bytes, request,
                               STUN_ERROR_ROLE_CONFLICT)) {
        return ICE_REFUSED;
    }
    reply->length = stun_agent_finish_message(stun_agent(), &message, request->key, request->key_len);
    return reply->length > 0 ? ICE_REJECTED : ICE_REFUSED;
}

static enum ice_verdict reject_attributes(StunMessage *request, struct ice_reply *reply)
{
    StunMessage message;
    reply->length =
        stun_agent_build_unknown_attributes_error(stun_agent(), &message, reply->bytes, sizeof reply->bytes, request);
    return reply->length > 0 ? ICE_REJECTED : ICE_REFUSED;
}

static enum ice_verdict pass(StunMessage *request, const struct path *path, struct ice_reply *reply)
{
    struct sockaddr_storage remote = {.ss_family = path->remote.any.sa_family};
    memcpy(&remote, &path->remote, path_remote_length(path));

    StunMessage message;
    bool controlling = false;
    reply->length = sizeof reply->bytes;
    if (stun_usage_ice_conncheck_create_reply(stun_agent(), request, &message, reply->bytes, &reply->length, &remote,
                                              path_remote_length(path), &controlling, 0,
                                              STUN_USAGE_ICE_COMPATIBILITY_RFC5245) != STUN_USAGE_ICE_RETURN_SUCCESS) {
        return ICE_REFUSED;
    }
    reply->use_candidate = stun_usage_ice_conncheck_use_candidate(request);
    return ICE_PASSED;
}

enum ice_verdict ice_lite_input(struct ice_lite *ice, const struct path *path, const uint8_t *request, size_t length,
                                struct ice_reply *reply)
{
    struct lookup lookup = {.ice = ice};
    StunMessage message;
    StunValidationStatus status = stun_agent_validate(stun_agent(), &message, request, length, find_password, &lookup);
    if (status == STUN_VALIDATION_UNKNOWN_REQUEST_ATTRIBUTE && lookup.found) {
        return reject_attributes(&message, reply);
    }
    if (status != STUN_VALIDATION_SUCCESS || !lookup.found || stun_message_get_class(&message) != STUN_REQUEST ||
        stun_message_get_method(&message) != STUN_BINDING) {
        return ICE_REFUSED;
    }

    uint64_t tie_breaker;
    if (stun_message_find64(&message, STUN_ATTRIBUTE_ICE_CONTROLLED, &tie_breaker) == STUN_MESSAGE_RETURN_SUCCESS) {
        return reject_role(&message, reply);
    }

    enum ice_verdict verdict = pass(&message, path, reply);
    if (verdict == ICE_PASSED && lookup.found == &ice->current && !ice->confirmed) {
        ice->confirmed = true;
        OPENSSL_cleanse(&ice->retired, sizeof ice->retired);
    }
    return verdict;
}

bool ice_lite_peek_ufrag(const uint8_t *datagram, size_t length, char ufrag[ICE_UFRAG_LENGTH + 1])
{
    if (stun_message_validate_buffer_length(datagram, length, true) != (int)length) {
        return false;
    }
    StunMessage message = {.buffer = (uint8_t *)datagram, .buffer_len = length}; /* only read from */
    uint16_t username_length;
    const char *username = stun_message_find(&message, STUN_ATTRIBUTE_USERNAME, &username_length);
    if (!username || username_length <= ICE_UFRAG_LENGTH || username[ICE_UFRAG_LENGTH] != ':') {
        return false;
    }
    memcpy(ufrag, username, ICE_UFRAG_LENGTH);
    ufrag[ICE_UFRAG_LENGTH] = '\0';
    return true;
}
