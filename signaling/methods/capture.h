/* capture: what the HTTP side needs of captures. */
#pragma once

#include "signaling/service.h"

/* For GET /v1/captures/{id}: the JPEG, checked against its recorded hash, for the officer whose session `token` is.
 * Blocks. Fails with RPC_ERROR_NOT_SIGNED_IN, _SESSION_EXPIRED, _FORBIDDEN (no officer), _NOT_FOUND (also another
 * mission's) or _STORAGE_FAILED. */
GBytes *capture_download(struct service *service, const char *token, const char *capture_id, GError **error);
