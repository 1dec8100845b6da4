#include "signaling/appointment_rest.h"

#include "signaling/failure.h"
#include "signaling/ics.h"
#include "signaling/refusal.h"
#include "signaling/session.h"

#include <string.h>

#define FILE_NAME "/appointment.ics"
#define ID_MAX    64

char *appointment_path_parse(const char *text)
{
    if (!g_str_has_prefix(text, INTERVIEWS_PATH) || !g_str_has_suffix(text, FILE_NAME) ||
        strlen(text) <= strlen(INTERVIEWS_PATH FILE_NAME)) {
        return NULL;
    }
    const char *id = text + strlen(INTERVIEWS_PATH);
    const size_t length = strlen(id) - strlen(FILE_NAME);
    if (length > ID_MAX || strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789-") != length) {
        return NULL;
    }
    return g_strndup(id, length);
}

/* The holder of the book's order that the interview is of. */
static bool holds(struct service *service, const struct store_account *account, const struct store_interview *interview)
{
    struct store_order *order = store_order_by_number(service->store, interview->order_ref, NULL);
    const bool own =
        order != NULL && g_str_equal(order->account, account->id) && g_strcmp0(order->interview, interview->id) == 0;
    store_order_free(order);
    return own;
}

/* Another's interview is as unknown as one that never was. */
static bool may_see(struct service *service, const struct session *session, const struct store_interview *interview,
                    GError **error)
{
    if (session->facecheck != NULL) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL,
                      "interviews are for their parties, the order's holder and officers");
        return false;
    }
    const bool own = session->officer != NULL   ? g_str_equal(session->officer->mission, interview->mission)
                     : session->account != NULL ? holds(service, session->account, interview)
                                                : g_str_equal(session->party->interview, interview->id);
    if (!own || interview->scheduled_us == 0) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such appointment");
        return false;
    }
    return true;
}

static struct answer *answer_file(struct service *service, const struct store_interview *interview, GError **error)
{
    GError *cause = NULL;
    struct store_mission *mission = store_mission_get(service->store, interview->mission, &cause);
    if (mission == NULL) {
        failure_store(error, cause, "mission");
        return NULL;
    }
    g_autofree char *page = config_public_url(service->config);
    char *text = ics_text(interview, mission, page, g_get_real_time());
    store_mission_free(mission);
    return answer_text(200, "text/calendar; charset=utf-8", text);
}

struct answer *appointment_rest_get(struct service *service, const char *token, const char *interview)
{
    g_auto(Session) session = {0};
    g_autoptr(GError) error = NULL;
    if (!session_find(&session, service, 0, token, &error)) {
        return refusal_answer(error);
    }
    GError *cause = NULL;
    struct store_interview *row = store_interview_get(service->store, interview, &cause);
    if (row == NULL) {
        failure_store(&error, cause, "appointment");
        return refusal_answer(error);
    }
    struct answer *answer = may_see(service, &session, row, &error) ? answer_file(service, row, &error) : NULL;
    store_interview_free(row);
    return answer != NULL ? answer : refusal_answer(error);
}
