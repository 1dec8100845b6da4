/* message_text: what a stored message says, in its reader's language: the template of its event, filled with what it
 * was about, by the clock and the policy of the order's mission.
 *
 * What a message carries (struct message_draft's args, store/message.h) is a JSON object, all of it optional:
 *   reason        what an officer wrote, or why
 *   scheduled_at  an appointment, an instant
 *   slots         materials to be uploaded again, ["page", …]
 *   fields        details to be corrected, ["address", …]
 *   tracking      of the courier
 *   way           "collect": the document is not sent, and "dispatched" reads as "collect" */
#pragma once

#include "signaling/service.h"
#include "signaling/template.h"

/* Fails like failure_store. `*text` is written only on success. */
bool message_text(struct service *service, const struct store_message *message, const char *language,
                  struct template_text *text, GError **error);
/* The API's Message. New reference; NULL as above. */
json_t *message_view(struct service *service, const struct store_message *message, const char *language,
                     GError **error);

/* An appointment by the clock of `time_zone`, with its name: pure. Caller frees. */
char *message_when(int64_t us, const char *time_zone, const char *language);
