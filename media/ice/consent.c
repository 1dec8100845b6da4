#include "media/ice/consent.h"

#define NEVER INT64_MIN

void consent_init(struct consent *consent, unsigned timeout_ms)
{
    consent->timeout_us = (int64_t)timeout_ms * 1000;
    consent->heard_us = NEVER;
}

void consent_give(struct consent *consent, int64_t now_us)
{
    consent->heard_us = now_us;
}

void consent_renew(struct consent *consent, int64_t now_us)
{
    if (consent_given(consent)) {
        consent->heard_us = now_us;
    }
}

bool consent_given(const struct consent *consent)
{
    return consent->heard_us != NEVER;
}

bool consent_tick(struct consent *consent, int64_t now_us)
{
    if (now_us < consent_deadline_us(consent)) {
        return false;
    }
    consent->heard_us = NEVER;
    return true;
}

int64_t consent_deadline_us(const struct consent *consent)
{
    return consent_given(consent) ? consent->heard_us + consent->timeout_us : INT64_MAX;
}
