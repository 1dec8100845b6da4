/* session: who a token stands for. A token is 256 random bits; the store keeps its hash only. */
#pragma once

#include "signaling/service.h"

/* What a session says of a connection. `caller` borrows from the rows. */
struct session {
    struct rpc_caller caller;
    struct store_session *row;
    struct store_officer *officer; /* one of the four */
    struct store_party *party;
    struct store_facecheck *facecheck;
    struct store_account *account; /* of its holder */
};
void session_clear(struct session *session);
typedef struct session Session; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Session, session_clear)

/* Makes a session for whom `session` holds (an officer, a party, a face check's applicant or an account holder; put
 * there by the caller), valid for session.officer_hours, party_hours or holder_hours, on `connection`. `*token` is
 * wiped with store_secret_free. */
bool session_open(struct session *session, struct service *service, uint64_t connection, char **token, GError **error);
/* Finds the session of a token. Fails with RPC_ERROR_SESSION_EXPIRED, also for a token that never was. */
bool session_find(struct session *session, struct service *service, uint64_t connection, const char *token,
                  GError **error);
