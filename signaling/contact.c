#include "signaling/contact.h"

#include "signaling/rpc.h"

#include <string.h>

#define LOCAL_MAX   64 /* RFC 5321 §4.5.3.1.1 */
#define LABEL_MAX   63 /* RFC 1035 §2.3.4 */
#define DIGITS_MIN  8
#define DIGITS_MAX  15 /* E.164 §6.1 */
#define MOBILE_CN   11
#define ATEXT_SIGNS "!#$%&'*+/=?^_`{|}~-" /* RFC 5322 §3.2.3 */

/* ---- e-mail ---- */

/* dot-atom; quoted local parts exist in RFCs alone. */
static bool local_holds(const char *local, size_t length)
{
    if (length == 0 || length > LOCAL_MAX || local[0] == '.' || local[length - 1] == '.') {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        const bool dot = local[i] == '.' && local[i + 1] != '.';
        if (!dot && !g_ascii_isalnum(local[i]) && strchr(ATEXT_SIGNS, local[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static bool label_holds(const char *label)
{
    const size_t length = strlen(label);
    if (length == 0 || length > LABEL_MAX || label[0] == '-' || label[length - 1] == '-') {
        return false;
    }
    return strspn(label, "abcdefghijklmnopqrstuvwxyz0123456789-") == length;
}

/* At least two labels, the last of which is no number: no address of a machine is one of a person. */
static bool domain_holds(const char *domain)
{
    g_auto(GStrv) labels = g_strsplit(domain, ".", -1);
    const unsigned count = g_strv_length(labels);
    for (unsigned i = 0; i < count; i++) {
        if (!label_holds(labels[i])) {
            return false;
        }
    }
    return count >= 2 && strlen(labels[count - 1]) >= 2 && g_ascii_isalpha(labels[count - 1][0]);
}

static bool parse_email(const char *text, struct contact *contact)
{
    const char *at = strchr(text, '@');
    g_autofree char *lower = g_ascii_strdown(text, -1);
    if (at == NULL || strlen(text) > CONTACT_LENGTH_MAX || !local_holds(text, (size_t)(at - text)) ||
        !domain_holds(lower + (at - text) + 1)) {
        return false;
    }
    contact->kind = "email";
    g_strlcpy(contact->text, lower, sizeof contact->text);
    return true;
}

/* ---- mobile ---- */

/* The digits, without what people write between them; false for anything else. */
static bool collect_digits(const char *text, char digits[DIGITS_MAX + 3])
{
    size_t count = 0;
    for (; *text != '\0'; text++) {
        if (strchr(" -().", *text) != NULL) {
            continue;
        }
        if (!g_ascii_isdigit(*text) || count == DIGITS_MAX + 2) { /* two zeros in front may go */
            return false;
        }
        digits[count++] = *text;
    }
    digits[count] = '\0';
    return true;
}

static bool parse_mobile(const char *text, struct contact *contact)
{
    char digits[DIGITS_MAX + 3];
    const bool plus = *text == '+';
    if (!collect_digits(text + plus, digits)) {
        return false;
    }
    const bool zeros = !plus && g_str_has_prefix(digits, "00");
    const char *number = digits + (zeros ? 2 : 0);
    const bool chinese = !plus && !zeros && number[0] == '1' && strlen(number) == MOBILE_CN;
    g_autofree char *whole = g_strconcat(chinese ? "86" : "", number, NULL);
    const size_t length = strlen(whole);
    if ((!plus && !zeros && !chinese) || length < DIGITS_MIN || length > DIGITS_MAX || whole[0] == '0') {
        return false;
    }
    if (g_str_has_prefix(whole, "86") && (length != 2 + MOBILE_CN || whole[2] != '1' || whole[3] < '3')) {
        return false;
    }
    contact->kind = "mobile";
    g_snprintf(contact->text, sizeof contact->text, "+%s", whole);
    return true;
}

bool contact_parse(const char *typed, struct contact *contact, GError **error)
{
    /* Input methods write letters and digits in full width, too. */
    g_autofree char *text = g_utf8_normalize(typed, -1, G_NORMALIZE_NFKC);
    if (text != NULL && g_str_is_ascii(g_strstrip(text)) &&
        (strchr(text, '@') != NULL ? parse_email(text, contact) : parse_mobile(text, contact))) {
        return true;
    }
    rpc_set_error(
        error, RPC_ERROR_INVALID_PARAMS, json_pack("{s:s}", "param", "contact"),
        "contact is neither an e-mail address nor a mobile number: write +, the country's code and the number; "
        "a Chinese number may be its 11 digits alone");
    return false;
}

char *contact_mask(const char *text)
{
    const char *at = strchr(text, '@');
    if (at != NULL) {
        return g_strdup_printf("%c***%s", text[0], at);
    }
    const size_t length = strlen(text);
    return length > 5 ? g_strdup_printf("%.3s***%s", text, text + length - 2) : g_strdup("***");
}
