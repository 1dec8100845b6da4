#include "signaling/answer.h"

#include <jansson.h>
#include <string.h>

#define HEAD_BYTES_MAX 4096

void answer_free(struct answer *answer)
{
    if (answer != NULL) {
        g_bytes_unref(answer->body);
        g_free(answer->etag);
        g_free(answer);
    }
}

struct answer *answer_new(unsigned status, const char *type, GBytes *body)
{
    struct answer *answer = g_new0(struct answer, 1);
    *answer = (struct answer){.status = status, .type = type, .body = body, .upload_offset = -1};
    return answer;
}

struct answer *answer_text(unsigned status, const char *type, char *text)
{
    return answer_new(status, type, g_bytes_new_take(text, strlen(text)));
}

struct answer *answer_error(unsigned status, const char *code, const char *message)
{
    json_t *body = json_pack("{s:{s:s, s:s}}", "error", "code", code, "message", message);
    struct answer *answer = answer_text(status, "application/json", json_dumps(body, JSON_COMPACT));
    json_decref(body);
    return answer;
}

/* 'self' covers the WebSocket of the page's own host in current browsers; older ones need it by name. */
static char *content_security(const struct config *config)
{
    g_autofree char *url = config_public_url(config);
    return g_strdup_printf("default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; "
                           "img-src 'self' blob: data:; media-src 'self' blob:; manifest-src 'self'; "
                           "connect-src 'self' ws%s; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                           url + strlen("http"));
}

void answer_policy_init(struct answer_policy *policy, const struct config *config)
{
    *policy = (struct answer_policy){content_security(config), config->http.certificate != NULL};
}

void answer_policy_clear(struct answer_policy *policy)
{
    g_free(policy->content_security);
}

/* ---- the head ---- */

struct head {
    uint8_t bytes[LWS_PRE + HEAD_BYTES_MAX];
    uint8_t *at;
    bool failed;
};

static uint8_t *head_end(struct head *head)
{
    return head->bytes + sizeof head->bytes - 1;
}

static void add(struct lws *wsi, struct head *head, const char *name, const char *value)
{
    head->failed = head->failed || lws_add_http_header_by_name(wsi, (const uint8_t *)name, (const uint8_t *)value,
                                                               (int)strlen(value), &head->at, head_end(head)) != 0;
}

static void add_protection(struct lws *wsi, struct head *head, const struct answer_policy *policy)
{
    add(wsi, head, "content-security-policy:", policy->content_security);
    add(wsi, head, "permissions-policy:", "camera=(self), microphone=(self), geolocation=(), display-capture=()");
    add(wsi, head, "x-content-type-options:", "nosniff");
    add(wsi, head, "x-frame-options:", "DENY");
    add(wsi, head, "referrer-policy:", "no-referrer");
    add(wsi, head, "cross-origin-opener-policy:", "same-origin");
    add(wsi, head, "cross-origin-resource-policy:", "same-origin");
    if (policy->tls) {
        add(wsi, head, "strict-transport-security:", "max-age=31536000");
    }
}

static const char *cache_control(enum caching caching)
{
    switch (caching) {
    case NO_STORE:
        return "no-store";
    case REVALIDATE:
        return "no-cache";
    case FOR_EVER:
        return "public, max-age=31536000, immutable";
    }
    g_assert_not_reached();
}

bool answer_write_head(const struct answer *answer, struct lws *wsi, const struct answer_policy *policy,
                       bool close_after)
{
    struct head head = {.at = head.bytes + LWS_PRE};
    head.failed = lws_add_http_common_headers(wsi, answer->status, answer->type, g_bytes_get_size(answer->body),
                                              &head.at, head_end(&head)) != 0;
    add(wsi, &head, "cache-control:", cache_control(answer->caching));
    if (answer->etag != NULL) {
        add(wsi, &head, "etag:", answer->etag);
    }
    if (answer->location != NULL) {
        add(wsi, &head, "location:", answer->location);
    }
    if (answer->status == 401) {
        add(wsi, &head, "www-authenticate:", "Bearer");
    } else if (answer->status == 405) {
        add(wsi, &head, "allow:", answer->allow != NULL ? answer->allow : "GET, HEAD");
    }
    if (answer->retry_after_s > 0) {
        char seconds[16];
        g_snprintf(seconds, sizeof seconds, "%u", answer->retry_after_s);
        add(wsi, &head, "retry-after:", seconds);
    }
    if (answer->upload_offset >= 0) {
        char offset[24];
        g_snprintf(offset, sizeof offset, "%" G_GINT64_FORMAT, answer->upload_offset);
        add(wsi, &head, "upload-offset:", offset);
    }
    if (close_after) {
        add(wsi, &head, "connection:", "close");
    }
    add_protection(wsi, &head, policy);
    return !head.failed && lws_finalize_write_http_header(wsi, head.bytes + LWS_PRE, &head.at, head_end(&head)) == 0;
}
