#include "signaling/reminder.h"

void reminder_tick(struct service *service, int64_t now_us)
{
    (void)service;
    (void)now_us;
}
