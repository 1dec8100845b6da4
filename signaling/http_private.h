/* What http.c, http_job.c and http_picture.c share; nobody else includes this. Everything here is the server loop's. */
#pragma once

#include "signaling/answer.h"
#include "signaling/http.h"
#include "signaling/upload.h"
#include "signaling/worker_pool.h"

struct files;

struct http {
    struct service *service;
    struct files *files; /* NULL: there are no pages */
    struct uploads *uploads;
    struct answer_policy policy;
    GHashTable *waiting; /* request number → struct lws: those whose answer the pool is making */
    uint64_t last_request;
    GAsyncQueue *finished; /* of struct finished */
    void (*wake)(void *context);
    void *wake_context;
};

/* Of libwebsockets, zeroed, one for each request. */
struct session {
    uint64_t request; /* 0: not waiting */
    struct answer *answer;
    gsize sent;
    bool head_only;
    bool close_after;
    struct upload *upload;  /* NULL: none, or handed over */
    bool admitted;          /* the upload is */
    bool paused;            /* its bytes wait until it is */
    bool sent_all;          /* of the answer */
    int64_t linger_ends_us; /* monotonic; when sent_all */
    bool body_due;          /* there is one, and not all of it has been read */
};

/* ---- headers ---- */

/* A header's value, or NULL when it is not there or longer than anything we understand. Caller frees. */
char *http_header(struct lws *wsi, enum lws_token_indexes token, int bytes_max);
/* The bearer's token, or NULL with an answer that asks for one. Caller frees. */
char *http_bearer(struct lws *wsi, struct session *session);
bool http_has_length(struct lws *wsi);
bool http_has_body(struct lws *wsi);

/* ---- answers that other threads make ---- */

struct job {
    struct http *http;
    uint64_t request;
    struct answer *(*make)(struct job *job); /* NULL: the upload may go on */
    char *token, *id;                        /* of a download */
    struct picture_target picture;
    struct upload *upload;
};

/* Has `job` (what it holds is taken) run by `threads`; its answer comes back through http_pump. */
void http_ask(struct http *http, struct lws *wsi, struct session *session, const struct job *job,
              struct worker_pool *threads, int timeout_s);
void http_ask_pool(struct http *http, struct lws *wsi, struct session *session, const struct job *job);
/* Its answer, if one is being made, finds nobody. */
void http_forget(struct http *http, struct session *session);
GAsyncQueue *http_finished_new(void);

/* ---- pictures of face checks and orders ---- */

/* Sets session->answer, or leaves it to others. What `picture` holds may be taken. */
void http_picture(struct http *http, struct lws *wsi, struct session *session, int method,
                  struct picture_target *picture);
/* An upload that may come: on to its bytes, unless they have all come with the head. */
void http_picture_go_on(struct http *http, struct lws *wsi, struct session *session);
/* Bytes of a body, and its end: what http_callback returns for them. */
int http_picture_body(struct session *session, const void *bytes, size_t length);
int http_picture_body_end(struct http *http, struct lws *wsi, struct session *session);
