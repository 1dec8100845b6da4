#include "signaling/facecheck.h"

const char *facecheck_state_name(enum store_facecheck_state state)
{
    static const char *const names[] = {"open", "passed", "skipped"};
    return names[state];
}

const char *facecheck_event_name(enum facecheck_event event)
{
    static const char *const names[] = {"try_passed", "try_failed", "skip_tries", "skip_accessibility", "expired"};
    return names[event];
}

struct facecheck_can facecheck_can(struct facecheck_policy policy, const struct facecheck_facts *facts)
{
    const bool open = facts->state == FACECHECK_OPEN;
    return (struct facecheck_can){
        .upload = open && !facts->running,
        .start =
            open && !facts->running && facts->portrait_usable && facts->page_usable && facts->tries < policy.tries_stop,
        .skip_tries = open && facts->tries >= policy.tries_max,
        .skip_accessibility = open,
    };
}

bool facecheck_interview_required(struct facecheck_policy policy, const struct facecheck_facts *facts)
{
    return facts->state == FACECHECK_SKIPPED ||
           (facts->state == FACECHECK_OPEN && facts->tries >= policy.tries_stop && !facts->running);
}

/* Takes nothing; `what` ends the sentence. */
static void refuse(const struct facecheck_facts *facts, GError **error, const char *what)
{
    const char *state = facecheck_state_name(facts->state);
    rpc_set_error(error, RPC_ERROR_WRONG_STATE, json_pack("{s:s, s:[s]}", "state", state, "allowed", "open"), "%s",
                  what);
}

static bool check_open(const struct facecheck_facts *facts, GError **error)
{
    if (facts->state != FACECHECK_OPEN) {
        refuse(facts, error,
               facts->state == FACECHECK_PASSED ? "the face check has been passed: there is nothing left to do"
                                                : "the face check was skipped: the mission arranges an interview");
        return false;
    }
    return true;
}

bool facecheck_check_upload(const struct facecheck_facts *facts, GError **error)
{
    if (check_open(facts, error) && facts->running) {
        refuse(facts, error, "pictures cannot be changed during a try: finish or stop it first");
        return false;
    }
    return facts->state == FACECHECK_OPEN;
}

bool facecheck_check_start(struct facecheck_policy policy, const struct facecheck_facts *facts, GError **error)
{
    if (!check_open(facts, error)) {
        return false;
    }
    if (facts->running) {
        rpc_set_error(error, RPC_ERROR_BUSY, NULL, "a try is running already: finish or stop it first");
    } else if (facts->tries >= policy.tries_stop) {
        rpc_set_error(error, RPC_ERROR_TRIES_EXHAUSTED, NULL,
                      "there are no more tries: skip, and the mission arranges an interview");
    } else if (!facts->portrait_usable) {
        refuse(facts, error, "a usable portrait comes first: upload one");
    } else if (!facts->page_usable) {
        refuse(facts, error, "a usable picture of the data page comes first: upload one");
    } else {
        return true;
    }
    return false;
}

bool facecheck_check_skip(struct facecheck_policy policy, const struct facecheck_facts *facts, const char *reason,
                          GError **error)
{
    if (check_open(facts, error) && g_str_equal(reason, "tries") && facts->tries < policy.tries_max) {
        g_autofree char *text = g_strdup_printf(
            "skipping for failed tries is possible after %u of them; for accessibility it is at any time",
            policy.tries_max);
        refuse(facts, error, text);
        return false;
    }
    return facts->state == FACECHECK_OPEN;
}

static void close_as(struct store_facecheck *facecheck, enum store_facecheck_state state, const char *skip_reason,
                     int64_t now_us)
{
    facecheck->state = state;
    facecheck->decided_us = now_us;
    g_free(facecheck->skip_reason);
    facecheck->skip_reason = g_strdup(skip_reason);
}

bool facecheck_apply(struct store_facecheck *facecheck, enum facecheck_event event, int64_t now_us)
{
    if (facecheck->state != FACECHECK_OPEN) {
        return false;
    }
    switch (event) {
    case FACECHECK_TRY_PASSED:
        facecheck->tries++;
        close_as(facecheck, FACECHECK_PASSED, NULL, now_us);
        break;
    case FACECHECK_TRY_FAILED:
        facecheck->tries++;
        break;
    case FACECHECK_SKIP_TRIES:
        close_as(facecheck, FACECHECK_SKIPPED, "tries", now_us);
        break;
    case FACECHECK_SKIP_ACCESSIBILITY:
        close_as(facecheck, FACECHECK_SKIPPED, "accessibility", now_us);
        break;
    case FACECHECK_EXPIRED:
        close_as(facecheck, FACECHECK_SKIPPED, NULL, now_us);
        break;
    }
    return true;
}
