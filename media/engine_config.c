#include "media/engine_config.h"

#include <arpa/inet.h>

#include "media/handle.h"

#define TABLE_MAX ((1U << 24) - 1) /* what an id can count */

static bool refuse(GError **error, const char *setting, const char *allowed)
{
    g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_CONFIG, "%s has to be %s", setting, allowed);
    return false;
}

static bool is_numeric(const char *address)
{
    uint8_t ignored[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, address, ignored) == 1 || inet_pton(AF_INET6, address, ignored) == 1;
}

static bool is_wildcard(const char *address)
{
    struct in6_addr v6;
    struct in_addr v4;
    return (inet_pton(AF_INET, address, &v4) == 1 && v4.s_addr == INADDR_ANY) ||
           (inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6));
}

static bool check_address(const struct media_address *address, GError **error)
{
    if (!address->bind || !is_numeric(address->bind)) {
        return refuse(error, "an address to bind", "a numeric IPv4 or IPv6 address");
    }
    if (address->announce && (!is_numeric(address->announce) || is_wildcard(address->announce))) {
        return refuse(error, "an address to announce", "a numeric IPv4 or IPv6 address that clients can reach");
    }
    if (!address->announce && is_wildcard(address->bind)) {
        return refuse(error, "the address to announce", "set where all addresses are bound: clients cannot guess it");
    }
    return true;
}

static bool is_video(enum media_codec codec)
{
    return codec == MEDIA_CODEC_VP8 || codec == MEDIA_CODEC_H264;
}

bool engine_config_check(const struct media_config *config, GError **error)
{
    if (config->address_count == 0) {
        return refuse(error, "the list of addresses", "at least one long");
    }
    for (unsigned i = 0; i < config->address_count; i++) {
        if (!check_address(&config->addresses[i], error)) {
            return false;
        }
    }
    if (config->workers < 1 || config->workers > HANDLE_WORKERS_MAX) {
        return refuse(error, "the number of workers", "1 to 64");
    }
    if (config->port != 0 && config->port + config->workers - 1 > UINT16_MAX) {
        return refuse(error, "the last worker's port, port + workers - 1,", "at most 65535");
    }
    if (!is_video(config->video_codecs[0]) ||
        (config->video_codecs[1] != MEDIA_CODEC_NONE && !is_video(config->video_codecs[1]))) {
        return refuse(error, "the list of video codecs", "VP8, H264 or both");
    }
    if (config->rooms_max < 1 || config->rooms_max > TABLE_MAX || config->peers_max < 1 ||
        config->peers_max > TABLE_MAX) {
        return refuse(error, "the largest number of rooms and of peers", "1 to 16777215 each");
    }
    if (config->packets_per_s_max < 1) {
        return refuse(error, "the packets accepted from one peer in a second", "at least 1");
    }
    if (config->consent_timeout_ms < 1 || config->connect_timeout_ms < 1) {
        return refuse(error, "the time until a silent or unconnected peer is given up", "at least 1 ms");
    }
    return true;
}

void engine_config_copy(struct media_config *copy, const struct media_config *config)
{
    struct media_address *addresses = g_new0(struct media_address, config->address_count);
    for (unsigned i = 0; i < config->address_count; i++) {
        addresses[i].bind = g_strdup(config->addresses[i].bind);
        addresses[i].announce = g_strdup(config->addresses[i].announce);
    }
    *copy = *config;
    copy->addresses = addresses;
}

void engine_config_clear(struct media_config *copy)
{
    struct media_address *addresses = (struct media_address *)copy->addresses; /* ours, see config_copy */
    for (unsigned i = 0; i < copy->address_count; i++) {
        g_free(addresses[i].bind);
        g_free(addresses[i].announce);
    }
    g_free(addresses);
}
