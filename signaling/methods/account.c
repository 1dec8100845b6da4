#include "signaling/contact.h"
#include "signaling/failure.h"
#include "signaling/holder.h"
#include "signaling/identity_number.h"
#include "signaling/instant.h"
#include "signaling/limit.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/methods/session.h"
#include "signaling/sender.h"
#include "signaling/template.h"

#include <sodium.h>
#include <string.h>

#define CODE_DIGITS     6
#define CODE_VALUES     1000000u
#define CODE_VALID_US   (INT64_C(600) * G_USEC_PER_SEC)
#define NAME_SIGNS      " -'.,·•‧・’"
#define CODE_TYPED      32 /* bytes, in full width and with spaces too */
#define TYPED_MAX       320
#define NAME_LENGTH_MAX 64 /* characters */

/* ---- signing in ---- */

/* Whether codes reach such a contact: by the sender, or, in a demo without one, by the answer. */
static bool check_reach(const struct service *service, const struct contact *contact, GError **error)
{
    if (sender_reaches(service->sender, contact->kind) || (service->demo && sender_is_off(service->sender))) {
        return true;
    }
    if (sender_reaches(service->sender, "email")) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, json_pack("{s:s}", "param", "contact"),
                      "contact: codes are sent by e-mail alone here; write an e-mail address");
    } else {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL,
                      "nobody can sign in: this service has nothing to send codes with ([sender] kind)");
    }
    return false;
}

static bool send_code(struct service *service, const struct contact *contact, const char *language, const char *code,
                      GError **error)
{
    g_autofree char *minutes = g_strdup_printf("%d", (int)(CODE_VALID_US / G_USEC_PER_SEC / 60));
    json_t *values = json_pack("{s:s, s:s}", "code", code, "minutes", minutes);
    g_auto(TemplateText) text = {0};
    template_render(service->templates, language, NULL, "code", values, &text);
    json_decref(values);
    g_autofree char *id = store_id_new();
    const struct sender_message message = {.purpose = "code",
                                           .to_kind = contact->kind,
                                           .to = contact->text,
                                           .language = language,
                                           .id = id,
                                           .subject = text.title,
                                           .text = text.text,
                                           .code = code};
    const bool queued = sender_is_off(service->sender) || sender_queue(service->sender, &message, CODE_VALID_US);
    sodium_memzero(text.text, strlen(text.text));
    if (!queued) {
        rpc_set_error(error, RPC_ERROR_BUSY, NULL, "too many codes are waiting to be sent; try again in a minute");
    }
    return queued;
}

/* Makes the contact's code and keeps what it is compared with; `code` has CODE_DIGITS + 1 bytes. */
static bool make_code(struct service *service, const struct contact *contact, const char *language, int64_t expires_us,
                      char *code, GError **error)
{
    g_snprintf(code, CODE_DIGITS + 1, "%0*u", CODE_DIGITS, randombytes_uniform(CODE_VALUES));
    const struct store_code row = {.contact = contact->text,
                                   .code = code,
                                   .language = language,
                                   .now_us = expires_us - CODE_VALID_US,
                                   .expires_us = expires_us,
                                   .day_max = service->config->limit.codes_per_day};
    GError *cause = NULL;
    int64_t retry_us;
    if (!store_code_put(service->store, &row, &retry_us, &cause)) {
        failure_store(error, cause, "code");
        return false;
    }
    if (retry_us != 0) {
        failure_rate(error, (retry_us - row.now_us) / 1000 + 1);
        return false;
    }
    return true;
}

/* The same work and the same answer whether there is an account or not. */
static json_t *request_code(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    struct contact contact;
    int64_t retry_after_ms;
    const char *asked = param_text(params, "language"), *language = asked != NULL ? asked : template_languages[0];
    if (!contact_parse(param_text(params, "contact"), &contact, error) || !check_reach(service, &contact, error)) {
        return NULL;
    }
    if (!limit_code(service->limiter, caller->address, contact.text, g_get_monotonic_time(), &retry_after_ms)) {
        failure_rate(error, retry_after_ms);
        return NULL;
    }
    char code[CODE_DIGITS + 1];
    json_t *result = NULL;
    const int64_t expires_us = g_get_real_time() + CODE_VALID_US;
    if (make_code(service, &contact, language, expires_us, code, error) &&
        send_code(service, &contact, language, code, error)) {
        const bool shown = service->demo && sender_is_off(service->sender);
        g_autofree char *masked = contact_mask(contact.text);
        result = json_pack("{s:s, s:o, s:s?}", "sent_to", masked, "expires_at", instant_json(expires_us), "demo_code",
                           shown ? code : NULL);
    }
    sodium_memzero(code, sizeof code);
    return result;
}

/* The digits alone, whatever width they are written in; false: there are not six of them. */
static bool read_code(const char *typed, char code[CODE_DIGITS + 1])
{
    g_autofree char *text = g_utf8_normalize(typed, -1, G_NORMALIZE_NFKC);
    size_t count = 0;
    for (const char *c = text; c != NULL && *c != '\0'; c++) {
        if (*c == ' ') {
            continue;
        }
        if (!g_ascii_isdigit(*c) || count == CODE_DIGITS) {
            return false;
        }
        code[count++] = *c;
    }
    code[count] = '\0';
    return count == CODE_DIGITS;
}

static void set_wrong_code(GError **error)
{
    rpc_set_error(error, RPC_ERROR_BAD_CREDENTIALS, NULL,
                  "the code is wrong, too old or used already; after %d wrong tries ask for another",
                  STORE_CODE_WRONG_MAX);
}

static struct store_account *redeem_code(struct service *service, const struct contact *contact, const char *typed,
                                         GError **error)
{
    char code[CODE_DIGITS + 1];
    if (!read_code(typed, code)) {
        set_wrong_code(error);
        return NULL;
    }
    GError *cause = NULL;
    const struct store_contact whose = {contact->kind, contact->text};
    struct store_account *account = store_code_redeem(service->store, &whose, code, g_get_real_time(), &cause);
    sodium_memzero(code, sizeof code);
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        g_error_free(cause);
        set_wrong_code(error);
    } else if (account == NULL) {
        failure_store(error, cause, "account");
    }
    return account;
}

static json_t *confirm(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    struct contact contact;
    int64_t retry_after_ms;
    if (!contact_parse(param_text(params, "contact"), &contact, error)) {
        return NULL;
    }
    if (!limit_confirm(service->limiter, caller->address, g_get_monotonic_time(), &retry_after_ms)) {
        failure_rate(error, retry_after_ms);
        return NULL;
    }
    g_auto(Session) session = {.account = redeem_code(service, &contact, param_text(params, "code"), error)};
    if (session.account == NULL) {
        return NULL;
    }
    limit_confirm_succeeded(service->limiter, caller->address);
    g_message("event=signed_in account=%s", session.account->id);
    return session_begin(service, caller, &session, error);
}

/* ---- the account ---- */

static json_t *view(struct service *service, const struct rpc_caller *caller, GError **error)
{
    struct store_account *account = holder_account(service, caller, error);
    json_t *result = account != NULL ? holder_view(account) : NULL;
    store_account_free(account);
    return result;
}

static json_t *get(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    return view(service, caller, error);
}

/* Letters of any script, and what names have between them. */
static bool name_holds(const char *name)
{
    bool letters = false;
    for (const char *c = name; *c != '\0'; c = g_utf8_next_char(c)) {
        const gunichar character = g_utf8_get_char(c);
        const bool letter = g_unichar_isalpha(character);
        letters = letters || letter;
        if (!letter && !g_unichar_ismark(character) && g_utf8_strchr(NAME_SIGNS, -1, character) == NULL) {
            return false;
        }
    }
    return letters && g_utf8_strlen(name, -1) <= NAME_LENGTH_MAX;
}

/* Caller frees; NULL with the error set. */
static char *read_name(const char *typed, GError **error)
{
    g_autofree char *name = g_utf8_normalize(typed, -1, G_NORMALIZE_NFC);
    if (name == NULL || !name_holds(g_strstrip(name))) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, json_pack("{s:s}", "param", "name"),
                      "name: 1 to %d letters, as the document has it", NAME_LENGTH_MAX);
        return NULL;
    }
    return g_steal_pointer(&name);
}

static bool store_identity(struct service *service, const struct rpc_caller *caller,
                           const struct store_identity *identity, GError **error)
{
    GError *cause = NULL;
    if (store_account_verify(service->store, caller->holder, identity, g_get_real_time(), &cause)) {
        g_message("event=account_verified account=%s", caller->holder);
        return true;
    }
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_CONFLICT)) {
        g_error_free(cause);
        rpc_set_error(error, RPC_ERROR_CONFLICT, NULL,
                      "another account is verified with this document, or this one with another document; sign in "
                      "with that one, or turn to the mission");
    } else {
        failure_store(error, cause, "account");
    }
    return false;
}

static json_t *verify(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    int64_t retry_after_ms;
    struct identity_number number;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *today = g_date_time_format(now, "%Y-%m-%d");
    const char *kind = param_text(params, "id_kind");
    g_autofree char *name = read_name(param_text(params, "name"), error);
    if (name == NULL || !identity_number_parse(kind, param_text(params, "id_number"), today, &number, error)) {
        return NULL;
    }
    if (!limit_verify(service->limiter, caller->holder, g_get_monotonic_time(), &retry_after_ms)) {
        failure_rate(error, retry_after_ms);
        return NULL;
    }
    const struct store_identity identity = {kind, number.text, name};
    return store_identity(service, caller, &identity, error) ? view(service, caller, error) : NULL;
}

static json_t *set(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    struct store_account *account = holder_account(service, caller, error);
    if (account == NULL) {
        return NULL;
    }
    const json_t *mail = json_object_get(params, "mail_messages");
    const char *asked = param_text(params, "language"), *language = asked != NULL ? asked : account->language;
    const bool mail_messages = mail != NULL ? json_is_true(mail) : account->mail_messages;
    GError *cause = NULL;
    json_t *result = NULL;
    if (mail_messages && strcmp(account->contact_kind, "email") != 0) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, json_pack("{s:s}", "param", "mail_messages"),
                      "mail_messages: this account has no e-mail address to send them to");
    } else if (!store_account_set(service->store, caller->holder, language, mail_messages, &cause)) {
        failure_store(error, cause, "account");
    } else {
        result = view(service, caller, error);
    }
    store_account_free(account);
    return result;
}

/* ---- the table ---- */

#define PARAM_CONTACT                                                                                                  \
    {                                                                                                                  \
        .name = "contact", .type = RPC_STRING, .min = 1, .max = TYPED_MAX,                                             \
        .summary = "An e-mail address, or a mobile number with + and the country's code; 11 digits alone are Chinese." \
    }
#define PARAM_LANGUAGE                                                                                                 \
    {                                                                                                                  \
        .name = "language", .type = RPC_STRING, .optional = true, .values = template_languages,                        \
        .summary = "Of the code and of a new account; zh-Hans where it is left out."                                   \
    }

static const char *const id_kinds[] = {"id_card", "passport", NULL};
static const struct rpc_param code_params[] = {PARAM_CONTACT, PARAM_LANGUAGE, {0}};
static const struct rpc_param confirm_params[] = {
    PARAM_CONTACT,
    {.name = "code", .type = RPC_STRING, .min = 1, .max = CODE_TYPED, .summary = "The six digits that were sent."},
    {0},
};
static const struct rpc_param verify_params[] = {
    {.name = "name",
     .type = RPC_STRING,
     .min = 1,
     .max = 4 * NAME_LENGTH_MAX,
     .summary = "As the document has it, at most 64 characters."},
    {.name = "id_kind",
     .type = RPC_STRING,
     .values = id_kinds,
     .summary = "A resident's identity card, or a passport."},
    {.name = "id_number",
     .type = RPC_STRING,
     .min = 1,
     .max = 64,
     .summary = "The identity number (GB 11643), or the number of an ordinary passport (D-2)."},
    {0},
};
static const struct rpc_param set_params[] = {
    {.name = "language",
     .type = RPC_STRING,
     .optional = true,
     .values = template_languages,
     .summary = "That messages are written in."},
    {.name = "mail_messages",
     .type = RPC_BOOLEAN,
     .optional = true,
     .summary = "Messages go out by e-mail, too; only where the contact is an e-mail address."},
    {0},
};

const struct rpc_method account_methods[] = {
    {.name = "account.request_code",
     .roles = RPC_ANYONE,
     .of_book = true,
     .summary = "Sends a code that signs in to the contact's account, or registers it: six digits, for ten minutes, "
                "once. The answer is the same whether there is an account or not.",
     .params = code_params,
     .result = "CodeSent",
     .call = request_code},
    {.name = "account.confirm",
     .roles = RPC_ANYONE,
     .of_book = true,
     .summary = "Signs the account holder in on this connection; the first time makes the account.",
     .params = confirm_params,
     .result = "HolderSession",
     .call = confirm},
    {.name = "account.get",
     .roles = RPC_HOLDER,
     .of_book = true,
     .summary = "The caller's account.",
     .result = "Account",
     .call = get},
    {.name = "account.verify",
     .roles = RPC_HOLDER,
     .of_book = true,
     .summary = "Real-name verification (D-2): name and document of the account holder, who need not be the applicant "
                "(D-3). The number stays; the name may be put right.",
     .params = verify_params,
     .result = "Account",
     .call = verify},
    {.name = "account.set",
     .roles = RPC_HOLDER,
     .of_book = true,
     .summary = "Changes the account's settings; what is left out stays.",
     .params = set_params,
     .result = "Account",
     .call = set},
    {0},
};
