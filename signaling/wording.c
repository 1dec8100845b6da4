#include "signaling/wording.h"

struct wording wording_of_mission(const struct store_mission *mission)
{
    return (struct wording){mission->name_en, mission->name_zh_hans, mission->name_zh_hant};
}

struct wording wording_of_payment(const struct policy *policy)
{
    return (struct wording){policy->payment.en, policy->payment.zh_hans, policy->payment.zh_hant};
}

const char *wording_for(const struct wording *wording, const char *language)
{
    const char *en = wording->en, *hans = wording->zh_hans, *hant = wording->zh_hant;
    if (g_str_equal(language, "en")) {
        return en != NULL ? en : hans != NULL ? hans : hant;
    }
    const char *chinese = g_str_equal(language, "zh-Hant") && hant != NULL ? hant : hans != NULL ? hans : hant;
    return chinese != NULL ? chinese : en;
}
