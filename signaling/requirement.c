#include "signaling/requirement.h"

#include "signaling/failure.h"
#include "signaling/policy.h"
#include "signaling/service.h"
#include "signaling/ticket.h"

static void invite(struct requirement *requirement, enum store_role role, const char *name, int64_t expires_us)
{
    const size_t i = requirement->count;
    if (name == NULL) {
        return;
    }
    requirement->invited[i].ticket = store_secret_new();
    requirement->invited[i].party = (struct store_party){.id = store_id_new(),
                                                         .interview = requirement->interview.id,
                                                         .role = role,
                                                         .name = (char *)name,
                                                         .ticket_expires_us = expires_us};
    requirement->invitations[i] =
        (struct store_invitation){&requirement->invited[i].party, requirement->invited[i].ticket};
    requirement->count++;
}

void requirement_init(struct requirement *requirement, const struct service *service, const char *mission,
                      const char *order_ref, const char *document, const struct requirement_people *people)
{
    const int64_t now_us = g_get_real_time();
    const struct policy *policy = policies_get(service->policies, mission);
    const int64_t expires_us = ticket_required_expires_us(service->config, policy->appointment.link_days, 0, now_us);
    *requirement = (struct requirement){.interview = {.id = store_id_new(),
                                                      .mission = (char *)mission,
                                                      .order_ref = (char *)order_ref,
                                                      .document = (char *)document,
                                                      .length_min = policy->appointment.length_min,
                                                      .state = INTERVIEW_REQUIRED,
                                                      .guardian_needed = people->guardian != NULL,
                                                      .state_since_us = now_us,
                                                      .version = 1}};
    invite(requirement, STORE_APPLICANT, people->applicant, expires_us);
    invite(requirement, STORE_GUARDIAN, people->guardian, expires_us);
    invite(requirement, STORE_INTERPRETER, people->interpreter, expires_us);
}

void requirement_clear(struct requirement *requirement)
{
    g_clear_pointer(&requirement->interview.id, g_free);
    for (size_t i = 0; i < requirement->count; i++) {
        g_free(requirement->invited[i].party.id);
        store_secret_free(requirement->invited[i].ticket);
    }
    requirement->count = 0;
}

void requirement_refuse(GError **error, GError *cause)
{
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_SUPERSEDED)) {
        rpc_set_error(error, RPC_ERROR_CONFLICT, NULL,
                      "this order has an interview already that is not over: end it before another one is required");
        g_error_free(cause);
    } else {
        failure_store(error, cause, "interview");
    }
}

bool requirement_store(const struct requirement *requirement, struct service *service, GError **error)
{
    GError *cause = NULL;
    if (store_interview_require(service->store, &requirement->interview, requirement->invitations, requirement->count,
                                &cause)) {
        return true;
    }
    requirement_refuse(error, cause);
    return false;
}
