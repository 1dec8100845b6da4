#include "signaling/holder.h"

#include "signaling/contact.h"
#include "signaling/failure.h"

json_t *holder_view(const struct store_account *account)
{
    g_autofree char *contact = account->contact != NULL ? contact_mask(account->contact) : NULL;
    return json_pack("{s:s, s:s?, s:s, s:s, s:b, s:s?, s:s?, s:b}", "id", account->id, "contact", contact,
                     "contact_kind", account->contact_kind, "language", account->language, "verified",
                     account->verified_us != 0, "id_kind", account->id_kind, "name", account->name, "mail_messages",
                     account->mail_messages);
}

struct store_account *holder_account(struct service *service, const struct rpc_caller *caller, GError **error)
{
    GError *cause = NULL;
    struct store_account *account = store_account_get(service->store, caller->holder, &cause);
    if (account == NULL) {
        failure_store(error, cause, "account");
    }
    return account;
}
