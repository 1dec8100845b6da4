/* answer: an HTTP answer before it is sent, and its head with what protects our pages. */
#pragma once

#include "signaling/config.h"

#include <libwebsockets.h>

enum caching { NO_STORE, REVALIDATE, FOR_EVER };

struct answer {
    unsigned status;
    const char *type; /* static */
    GBytes *body;
    enum caching caching;
    char *etag;             /* NULL: none */
    const char *location;   /* static; NULL: none */
    const char *allow;      /* with 405: the methods that there are; static; NULL: GET and HEAD */
    unsigned retry_after_s; /* 0: nothing to say */
    int64_t upload_offset;  /* -1, as answer_new has it: nothing to say */
};

/* Takes `body`. Not to be stored by anybody, unless `caching` is set otherwise. */
struct answer *answer_new(unsigned status, const char *type, GBytes *body);
/* Takes `text`. */
struct answer *answer_text(unsigned status, const char *type, char *text);
/* {"error":{"code","message"}} */
struct answer *answer_error(unsigned status, const char *code, const char *message);
void answer_free(struct answer *answer);

/* What every answer carries: Content-Security-Policy, and HSTS where we speak TLS. */
struct answer_policy {
    char *content_security;
    bool tls;
};
void answer_policy_init(struct answer_policy *policy, const struct config *config);
void answer_policy_clear(struct answer_policy *policy);

/* On the server loop, where `wsi` may be written to. False when the connection has to be closed. */
bool answer_write_head(const struct answer *answer, struct lws *wsi, const struct answer_policy *policy,
                       bool close_after);
