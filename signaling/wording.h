/* wording: a text of a mission's in the languages in which it has it, and which of them a reader gets. Pure. */
#pragma once

#include "signaling/policy.h"

/* Each may be NULL. */
struct wording {
    const char *en, *zh_hans, *zh_hant;
};
struct wording wording_of_mission(const struct store_mission *mission);
/* How fees are paid (D-48). */
struct wording wording_of_payment(const struct policy *policy);
/* In `language` ("zh-Hans", "zh-Hant", "en") or else the nearest: either Chinese for the other, then English; for
 * English simplified Chinese. NULL: there is none in any. */
const char *wording_for(const struct wording *wording, const char *language);
