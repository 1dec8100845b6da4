/* feedback: RTCP of one peer, both ways. What it sends: receiver reports, NACK, PLI and REMB about its tracks; sender
 * reports of its slots. What it takes: the client's reports, NACK, PLI, FIR and REMB about its slots. */
#pragma once

#include "media/room/peer.h"

/* A decrypted compound from the peer. False: malformed, and nothing of it was used. */
bool feedback_input(struct peer *peer, const uint8_t *data, size_t length, int64_t now_us);

/* Tells the slot's receiver how its time relates to the source's clock, if the source has said so already. */
void feedback_report_slot(struct slot *slot, int64_t now_us);

int64_t feedback_deadline_us(const struct peer *peer);
void feedback_tick(struct peer *peer, int64_t now_us);
