/* service: what a running viva is made of. main.c makes it, wires it and takes it apart; handlers borrow it. */
#pragma once

#include "media/media.h"
#include "signaling/config.h"
#include "signaling/hub.h"
#include "store/store.h"
#include "vision/vision.h"

struct book;           /* book.h: the built-in order book, as it hears of face checks and interviews */
struct facechecks;     /* facecheck_turn.h: the face checks' lock and the tries that run */
struct feed;           /* feed.h: events on their way to order services */
struct findings;       /* findings.h: what is found in captures, in the background */
struct same_person;    /* same_person.h: whether it is still the applicant */
struct mailer;         /* mailer.h: messages on their way out by e-mail */
struct message_center; /* message_center.h: messages on their way to the pages of account holders */
struct sender;         /* sender.h: codes and mails on their way out */
struct templates;      /* template.h: the words of messages */
struct calls;          /* calls.h: the interviews that are alive: presence, grace, media peers */
struct limiter;        /* limit.h: how often an address or a login may try */
struct policies;       /* policy.h: what each mission decides for itself */
struct metrics;        /* metrics.h: counters for GET /v1/metrics */
struct webhooks;       /* webhook.h: the same by HTTP */
struct worker_pool;    /* worker_pool.h: threads for blocking work */

/* Taken apart in the reverse of this order. `media` is NULL while calls_new runs: its listener is the calls'. */
struct service {
    const struct config *config;
    const struct policies *policies; /* NULL: every mission has the defaults */
    const struct templates *templates;
    struct metrics *metrics;
    struct limiter *limiter;
    struct store *store;
    struct vision_pool *vision;
    struct worker_pool *pool;
    struct hub *hub;
    struct calls *calls;
    struct media_engine *media;
    struct facechecks *facechecks;
    struct findings *findings;
    struct same_person *same_person;
    struct feed *feed;
    struct webhooks *webhooks;
    struct book *book; /* does nothing where [book] enabled is false */
    /* Of the built-in order book; NULL where that is off. */
    struct sender *sender;
    struct message_center *messages;
    struct mailer *mailer;
    bool demo;     /* started with --demo: server.hello says so */
    gint draining; /* atomic: no new calls; running ones may finish */
};
