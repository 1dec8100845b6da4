#include "signaling/identity_number.h"

#include "signaling/instant.h"
#include "signaling/rpc.h"

#include <string.h>

#define TYPED_MAX       64
#define PASSPORT_LENGTH 9
#define BORN_FIRST      "1880-01-01" /* older than anybody alive */

static bool wrong(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);

static bool wrong(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, json_pack("{s:s}", "param", "id_number"), "id_number: %s", message);
    return false;
}

/* In full width, in lower case, with spaces: all of it is typed. False for what cannot become ASCII. */
static bool normalise(const char *typed, struct identity_number *number)
{
    g_autofree char *text = strlen(typed) <= TYPED_MAX ? g_utf8_normalize(typed, -1, G_NORMALIZE_NFKC) : NULL;
    size_t length = 0;
    for (const char *c = text; c != NULL && *c != '\0'; c++) {
        if (*c == ' ') {
            continue;
        }
        if (!g_ascii_isalnum(*c) || length == IDENTITY_NUMBER_MAX) {
            return false;
        }
        number->text[length++] = g_ascii_toupper(*c);
    }
    number->text[length] = '\0';
    return length > 0;
}

/*  0      6        14    17
 * | area | YYYYMMDD | seq | check |   GB 11643-1999 §4 */
char identity_number_check(const char digits[17])
{
    static const unsigned weights[17] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}; /* 2^(17 − i) mod 11 */
    unsigned sum = 0;
    for (unsigned i = 0; i < G_N_ELEMENTS(weights); i++) {
        sum += weights[i] * (unsigned)(digits[i] - '0');
    }
    return "10X98765432"[sum % 11];
}

/* GB/T 2260: provinces, then Taiwan (71, its residents here 83), Hong Kong, Macao. */
static bool area_holds(const char *text)
{
    static const char provinces[] = "11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54"
                                    " 61 62 63 64 65 71 81 82 83 ";
    const char province[] = {text[0], text[1], ' ', '\0'};
    return strstr(provinces, province) != NULL;
}

static bool check_id_card(const char *text, const char *today, GError **error)
{
    if (strlen(text) != IDENTITY_NUMBER_MAX || strspn(text, "0123456789") < IDENTITY_NUMBER_MAX - 1 ||
        (!g_ascii_isdigit(text[17]) && text[17] != 'X')) {
        return wrong(error, "an identity number has 17 digits, then a digit or X");
    }
    if (text[17] != identity_number_check(text)) {
        return wrong(error, "the last character does not fit the others; compare it with the card");
    }
    g_autofree char *born = g_strdup_printf("%.4s-%.2s-%.2s", text + 6, text + 10, text + 12);
    if (!area_holds(text) || !instant_is_day(born) || strcmp(born, BORN_FIRST) < 0 || strcmp(born, today) >= 0) {
        return wrong(error, "area and date of birth in it (characters 1 to 14) do not exist; compare it with the card");
    }
    return true;
}

/* E12345678, and EA0000001 … EZ9999999 without I and O since those ran out; before 2012 G12345678. */
static bool check_passport(const char *text, GError **error)
{
    const size_t letters = text[0] == 'E' && g_ascii_isalpha(text[1]) ? 2 : 1;
    const bool holds = strlen(text) == PASSPORT_LENGTH && strchr("EGDP", text[0]) != NULL &&
                       (letters == 1 || (text[1] != 'I' && text[1] != 'O')) &&
                       strspn(text + letters, "0123456789") == PASSPORT_LENGTH - letters;
    return holds ||
           wrong(error, "a passport's number is E and 8 digits, E, another letter but I and O and 7 digits, or "
                        "G, D or P and 8 digits");
}

bool identity_number_parse(const char *kind, const char *typed, const char *today, struct identity_number *number,
                           GError **error)
{
    struct identity_number read = {0};
    if (!normalise(typed, &read)) {
        return wrong(error, "only digits and letters belong in it");
    }
    if (strcmp(kind, "id_card") == 0 ? !check_id_card(read.text, today, error) : !check_passport(read.text, error)) {
        return false;
    }
    *number = read;
    return true;
}
