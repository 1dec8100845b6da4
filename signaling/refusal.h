/* refusal: what went wrong in a REST request, as its answer. */
#pragma once

#include "signaling/answer.h"

/* The answer to an RPC_ERROR or a VISION_ERROR: its code and message, with the HTTP status that says it best. What is
 * our affair (internal errors, NULL) is logged and stays here. */
struct answer *refusal_answer(const GError *error);
