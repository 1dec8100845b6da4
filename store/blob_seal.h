/* blob_seal: the sealed form of a blob, wherever it is kept.
 *
 *  0            8            40
 * | "VIVABLB1" | salt (32)  | chunk | chunk | … | last chunk |
 *
 * A chunk is the ciphertext of 64 KiB (the last: of what is left, 0..64 KiB) and its 16-byte tag. As in STREAM (Hoang,
 * Reyhanitabar, Rogaway, Vizár 2015): the nonce is the chunk's number, 11 bytes big-endian, and one byte that is 1 in
 * the last chunk, so chunks can be neither altered, reordered, dropped nor added. Each blob has a key of its own, by
 * HKDF-SHA256 (RFC 5869) from the given key, the random salt and the blob's name, so no nonce comes twice with a key
 * and a blob under another's name does not open. */
#pragma once

#include "store/aead.h"

GBytes *blob_seal(const aead_key *key, const char *name, GBytes *content);
/* STORE_ERROR_CORRUPT when it does not open. */
GBytes *blob_unseal(const aead_key *key, const char *name, GBytes *sealed, GError **error);
