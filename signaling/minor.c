#include "signaling/minor.h"

#include "signaling/instant.h"
#include "signaling/rpc.h"

#include <string.h>

bool minor_age(const char *birth_date, bool *known, unsigned *age, GError **error)
{
    *known = false;
    if (birth_date == NULL) {
        return true;
    }
    g_autofree char *now = instant_format(g_get_real_time());
    if (!instant_is_day(birth_date) || strcmp(birth_date, now) > 0) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.birth_date is no past day written YYYY-MM-DD");
        return false;
    }
    *known = true;
    *age = policy_age(birth_date, now);
    return true;
}

bool minor_check_guardian(const struct policy *policy, const char *birth_date, const char *guardian, GError **error)
{
    bool known;
    unsigned age;
    if (!minor_age(birth_date, &known, &age, error)) {
        return false;
    }
    if (known && policy_needs_guardian(policy, age) && guardian == NULL) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL,
                      "params.guardian is missing: under %u a parent or guardian takes part",
                      policy->interview.guardian_age);
        return false;
    }
    return true;
}
