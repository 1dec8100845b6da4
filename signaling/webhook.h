/* webhook: the outbox on its way to the targets of the configuration, by HTTP POST, signed: each event of the target's
 * mission in order, at least once; the next when the one before was taken.
 *
 * One thread for each target, so that nobody waits for somebody else's timeout. The outbox is looked at once a second.
 */
#pragma once

#include "signaling/service.h"

#include <sys/socket.h>

struct webhooks;

/* Reads the targets' secrets. Fails with a CONFIG_ERROR or STORE_ERROR; NULL is only then. */
struct webhooks *webhooks_new(struct service *service, GError **error);
/* Ends the threads: a post under way is broken off, and made again after the next start. Before the store. */
void webhooks_free(struct webhooks *webhooks);

/* When the next try is, after `tries` have failed: first_ms · 2^(tries − 1), at most an hour. */
int64_t webhook_retry_us(unsigned tries, unsigned first_ms);
/* Whether an address is loopback, private, link-local, or leads to one (IPv4 in IPv6), or is no unicast address at all
 * (RFC 6890). An unknown family is. */
bool webhook_address_is_private(const struct sockaddr *address);
/* "v1=" and the hex HMAC-SHA256 of `timestamp`, '.' and `body`. Caller frees. */
char *webhook_signature(const uint8_t secret[32], const char *timestamp, const char *body);
