#include "signaling/ticket.h"

#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/interview.h"
#include "signaling/policy.h"

int64_t ticket_expires_us(const struct config *config, int64_t scheduled_us)
{
    return scheduled_us + (int64_t)config->interview.ticket_valid_h * 3600 * G_USEC_PER_SEC;
}

int64_t ticket_facecheck_expires_us(const struct config *config, int64_t now_us)
{
    return now_us + (int64_t)config->facecheck.ticket_valid_h * 3600 * G_USEC_PER_SEC;
}

int64_t ticket_required_expires_us(const struct config *config, unsigned link_days, int64_t scheduled_us,
                                   int64_t now_us)
{
    const int64_t until_us = now_us + (int64_t)link_days * 24 * 3600 * G_USEC_PER_SEC;
    return scheduled_us != 0 ? MAX(until_us, ticket_expires_us(config, scheduled_us)) : until_us;
}

char *ticket_link(const struct config *config, const char *ticket)
{
    g_autofree char *url = config_public_url(config);
    return g_strconcat(url, "/#t=", ticket, NULL);
}

char *ticket_issue(struct service *service, const struct store_interview *interview, const char *party,
                   int64_t *expires_us, GError **error)
{
    const struct policy *policy = policies_get(service->policies, interview->mission);
    const int64_t until_us = ticket_required_expires_us(service->config, policy->appointment.link_days,
                                                        interview->scheduled_us, g_get_real_time());
    GError *cause = NULL;
    char *ticket = store_secret_new();
    if (!store_ticket_issue(service->store, party, ticket, until_us, &cause)) {
        store_secret_free(ticket);
        failure_store(error, cause, "ticket");
        return NULL;
    }
    g_message("event=link_issued interview=%s party=%s", interview->id, party);
    *expires_us = until_us;
    return ticket;
}

/* Takes `cause`. */
static void refuse(GError **error, GError *cause)
{
    static const struct failure_meaning meanings[] = {
        {STORE_ERROR_NOT_FOUND, RPC_ERROR_TICKET_UNKNOWN, "there is no such ticket: open the link as it was sent"},
        {STORE_ERROR_EXPIRED, RPC_ERROR_TICKET_EXPIRED, "the ticket has expired: ask the mission for a new one"},
        {STORE_ERROR_REVOKED, RPC_ERROR_TICKET_REVOKED, "the ticket was withdrawn: ask the mission for a new one"},
        {STORE_ERROR_RESCHEDULED, RPC_ERROR_TICKET_RESCHEDULED,
         "the appointment was moved: use the link of the new appointment"},
        {STORE_ERROR_DEVICE, RPC_ERROR_TICKET_USED,
         "the ticket was used on another device: go on there, or ask the mission for a new one"},
    };
    failure_store_as(error, cause, meanings, G_N_ELEMENTS(meanings), "ticket");
}

static void tell_refused(struct service *service, const struct store_interview *interview,
                         const struct store_party *party, int64_t now_us)
{
    g_autofree char *text =
        rpc_notification("ticket.refused", json_pack("{s:s, s:s, s:o}", "interview_id", interview->id, "party_id",
                                                     party->id, "at", instant_json(now_us)));
    g_message("event=ticket_refused interview=%s party=%s", interview->id, party->id);
    hub_send_officers(service->hub, interview->mission, text);
}

static bool check_purpose(const struct service *service, enum ticket_purpose purpose, const struct store_party *party,
                          const struct store_interview *interview, int64_t now_us, GError **error)
{
    if (purpose == TICKET_TO_JOIN) {
        return interview_check_open(interview, service->config->interview.join_before_min, now_us, error);
    }
    if (party->role != STORE_APPLICANT) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "only the applicant chooses the appointment");
        return false;
    }
    return interview->state == INTERVIEW_MISSED || interview_check_alive(interview, error);
}

struct store_party *ticket_redeem(struct service *service, enum ticket_purpose purpose, const char *ticket,
                                  const char *device, int64_t now_us, GError **error)
{
    GError *cause = NULL;
    struct store_party *party = store_ticket_find(service->store, ticket, now_us, &cause);
    if (party == NULL) {
        refuse(error, cause);
        return NULL;
    }
    struct store_interview *interview = store_interview_get(service->store, party->interview, &cause);
    struct store_party *redeemed = NULL;
    if (interview == NULL) {
        failure_store(error, cause, "interview");
    } else if (check_purpose(service, purpose, party, interview, now_us, error)) {
        char *once = device == NULL ? store_secret_new() : NULL;
        redeemed = store_ticket_redeem(service->store, ticket, once != NULL ? once : device, now_us, &cause);
        if (redeemed == NULL && g_error_matches(cause, STORE_ERROR, STORE_ERROR_DEVICE)) {
            tell_refused(service, interview, party, now_us);
        }
        if (redeemed == NULL) {
            refuse(error, cause);
        }
        store_secret_free(once);
    }
    store_interview_free(interview);
    store_party_free(party);
    return redeemed;
}

struct store_facecheck *ticket_redeem_facecheck(struct service *service, const char *ticket, const char *device,
                                                int64_t now_us, GError **error)
{
    GError *cause = NULL;
    char *once = device == NULL ? store_secret_new() : NULL;
    struct store_facecheck *facecheck =
        store_facecheck_ticket_redeem(service->store, ticket, once != NULL ? once : device, now_us, &cause);
    if (facecheck == NULL) {
        refuse(error, cause);
    }
    store_secret_free(once);
    return facecheck;
}
