/* service: what a running viva is made of. main.c makes it, wires it and takes it apart; handlers borrow it. */
#pragma once

#include "media/media.h"
#include "signaling/config.h"
#include "signaling/hub.h"
#include "store/store.h"
#include "vision/vision.h"

struct calls;   /* calls.h: the interviews that are alive: presence, grace, media peers */
struct limiter; /* limit.h: how often an address or a login may try */

struct service {
    const struct config *config;
    struct store *store;
    struct vision_pool *vision;
    struct media_engine *media;
    struct hub *hub;
    struct calls *calls;
    struct limiter *limiter;
    gint draining; /* atomic: no new calls; running ones may finish */
};
