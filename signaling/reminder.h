/* reminder: tells account holders of their appointment a day before it and once more when it is about to begin: each
 * once for each appointment, also over restarts; what a standstill made late is sent late, while it is still of use. */
#pragma once

#include "signaling/service.h"

#define REMINDER_TICK_US INT64_C(20000000)

/* Looks at all appointments; blocks. */
void reminder_tick(struct service *service, int64_t now_us);
