#include "signaling/picture_rest.h"

void picture_target_clear(struct picture_target *target)
{
    facecheck_path_clear(&target->facecheck);
    order_path_clear(&target->order);
}

bool picture_target_parse(const char *path, struct picture_target *target)
{
    struct picture_target parsed = {0};
    if (facecheck_path_parse(path, &parsed.facecheck)) {
        parsed.owner = PICTURE_OF_FACECHECK;
    } else if (order_path_parse(path, &parsed.order)) {
        parsed.owner = PICTURE_OF_ORDER;
    } else {
        return false;
    }
    *target = parsed;
    return true;
}

static bool of_order(const struct picture_target *target)
{
    return target->owner == PICTURE_OF_ORDER;
}

bool picture_target_is_submitted(const struct picture_target *target)
{
    enum material_kind kind;
    return of_order(target) ? !target->order.progress : facecheck_path_material(&target->facecheck, &kind);
}

bool picture_target_is_resumable(const struct picture_target *target)
{
    return of_order(target);
}

char *picture_target_place(const struct picture_target *target)
{
    return of_order(target) ? g_strconcat(target->order.order, "/", target->order.slot, NULL)
                            : g_strdup(target->facecheck.facecheck);
}

const char *picture_target_owner(const struct picture_target *target)
{
    return of_order(target) ? target->order.order : target->facecheck.facecheck;
}

struct answer *picture_rest_get(struct service *service, const char *token, const struct picture_target *target)
{
    return of_order(target) ? order_rest_get(service, token, &target->order)
                            : facecheck_rest_get(service, token, &target->facecheck);
}

struct answer *picture_rest_delete(struct service *service, const char *token, const struct picture_target *target)
{
    return of_order(target) ? order_rest_delete(service, token, &target->order)
                            : facecheck_rest_delete(service, token, &target->facecheck);
}

bool picture_rest_may_come(struct service *service, const char *token, const struct picture_target *target,
                           GError **error)
{
    return of_order(target) ? order_rest_may_put(service, token, &target->order, error)
                            : facecheck_rest_may_put(service, token, &target->facecheck, error);
}

struct answer *picture_rest_take(struct service *service, const struct picture_target *target, GBytes *jpeg,
                                 GError **error)
{
    return of_order(target) ? order_rest_put(service, &target->order, jpeg, error)
                            : facecheck_rest_put(service, &target->facecheck, jpeg, error);
}
