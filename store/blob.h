/* blob: put, get and delete of sealed objects under names. One driver now: blob_file.c, a file for each.
 *
 * Names are the store's own (store_id_new), never a caller's. Threads: any. */
#pragma once

#include "store/aead.h"

struct blobs;

/* Opens or creates the folder (mode 0700) and removes what an interrupted write has left. With `alone` false another
 * process may be writing there: nothing is removed. STORE_ERROR_CONFIG when it cannot be used. */
struct blobs *blobs_open(const char *path, bool alone, GError **error);
void blobs_close(struct blobs *blobs);

/* Seals and writes: durable when it returns true, nothing is left when it returns false. STORE_ERROR_FULL, _IO. */
bool blob_put(struct blobs *blobs, const char *name, const aead_key *key, GBytes *content, GError **error);
/* STORE_ERROR_NOT_FOUND, _CORRUPT, _IO. */
GBytes *blob_get(struct blobs *blobs, const char *name, const aead_key *key, GError **error);
/* A name that is not there is no error. */
bool blob_delete(struct blobs *blobs, const char *name, GError **error);
/* The names of all blobs: GPtrArray of char. */
GPtrArray *blob_names(struct blobs *blobs, GError **error);
