#include "signaling/demo_orders.h"

#include "signaling/facecheck_turn.h"
#include "signaling/order_turn.h"

#include <stdio.h>
#include <string.h>

#define HOUR_US     (INT64_C(3600) * G_USEC_PER_SEC)
#define CODE        "000000" /* used up at once, and nobody was sent it */
#define CODES_MAX   1000000
#define STEPS_MAX   8
#define HOLDERS_MAX 2
#define ORDERS_MAX  8
#define FIRST_H     72 /* hours ago, of the first order; then one each few hours */

/* A paper, of which nothing can be read: JPEG, 96 × 128. */
#define PICTURE_WIDTH  96
#define PICTURE_HEIGHT 128
static const char picture[] =
    "/9j/4AAQSkZJRgABAQAAAQABAAD/2wCEAEMuMjoyKkM6NjpLR0NPZKZsZFxcZMySmnmm8dT++u3U6eX//////////+Xp////////////////"
    "//////////8BR0tLZFdkxGxsxP//6f/////////////////////////////////////////////////////////////////////AABEIAIAA"
    "YAMBEQACEQEDEQH/xAGiAAABBQEBAQEBAQAAAAAAAAAAAQIDBAUGBwgJCgsQAAIBAwMCBAMFBQQEAAABfQECAwAEEQUSITFBBhNRYQcicRQy"
    "gZGhCCNCscEVUtHwJDNicoIJChYXGBkaJSYnKCkqNDU2Nzg5OkNERUZHSElKU1RVVldYWVpjZGVmZ2hpanN0dXZ3eHl6g4SFhoeIiYqSk5SV"
    "lpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS09TV1tfY2drh4uPk5ebn6Onq8fLz9PX29/j5+gEAAwEBAQEBAQEBAQAAAAAAAAEC"
    "AwQFBgcICQoLEQACAQIEBAMEBwUEBAABAncAAQIDEQQFITEGEkFRB2FxEyIygQgUQpGhscEJIzNS8BVictEKFiQ04SXxFxgZGiYnKCkqNTY3"
    "ODk6Q0RFRkdISUpTVFVWV1hZWmNkZWZnaGlqc3R1dnd4eXqCg4SFhoeIiYqSk5SVlpeYmZqio6Slpqeoqaqys7S1tre4ubrCw8TFxsfIycrS"
    "09TV1tfY2dri4+Tl5ufo6ery8/T19vf4+fr/2gAMAwEAAhEDEQA/ALtABQAUAFABQAUAFABQAUAFABQAUAFAFGgAoAKACgAoAKACgAoAKACg"
    "C9QAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAQ0AFABQAUAFABQAUATUAFABQAUAFABQAUAFABQAUAFABQA"
    "UAFABQAUAFAENABQAUAFABQAUAFABQAUAFAE1ABQAUAFABQAUAFABQAUAFABQAUAFABQBDQAUAFABQAUAFABQBNQAUAFABQAUAFABQAUAFAB"
    "QAUAFABQAUAFABQAUAQ0AFABQAUAFABQAUAFABQAUATUAFABQAUAFABQAUAFABQAUAFABQAUAFAENABQAUAFABQAUAFAE1ABQAUAFABQAUAF"
    "ABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFABQAUAFAH/2Q==";

struct demo_holder {
    const char *kind, *contact, *language, *passport, *name; /* a NULL passport: not verified */
};

struct demo_order {
    unsigned holder;
    const char *kind, *issue, *condition;
    const char *name, *latin, *birth_date, *sex, *guardian;
    const char *steps; /* letters, see step_of */
};

struct demo_book {
    const char *mission, *region;
    struct demo_holder holders[HOLDERS_MAX]; /* ends with no contact */
    struct demo_order orders[ORDERS_MAX];    /* ends with no kind */
};

#define EMERGENCY "emergency_travel_document"

static const struct demo_book books[] = {
    {"new-york",
     "US-NY",
     {{"email", "zhang.min@example.org", "en", "E10000001", "张敏"},
      {"mobile", "+12125550123", "zh-Hans", "E10000002", "陈红"}},
     {{0, "passport", "renewal", "expiring", "张敏", "Zhang Min", "1987-04-12", "F", NULL, ""},
      {0, "passport", "first", "never_held", "张乐乐", "Zhang Lele", "2024-02-03", "M", "张敏", "s"},
      {0, "passport", "renewal", "pages_full", "王强", "Wang Qiang", "1979-09-30", "M", NULL, "spt"},
      {1, "passport", "replacement", "lost", "陈红", "Chen Hong", "1992-12-24", "F", NULL, "stu"},
      {1, "travel_document", "first", "never_held", "陈小雨", "Chen Xiaoyu", "2012-06-01", "F", "陈红", "sti"},
      {1, "passport", "replacement", "stolen", "李国华", "Li Guohua", "1968-01-19", "M", NULL, "sta"},
      {1, "passport", "replacement", "lost", "刘洋", "Liu Yang", "1990-10-10", "M", NULL, "stamd"},
      {1, EMERGENCY, NULL, "passport_lost", "赵敏", "Zhao Min", "1995-05-05", "F", NULL, "s"}}},
    {"stockholm",
     "SE-AB",
     {{"email", "lin.fang@example.org", "zh-Hans", "E10000003", "林芳"},
      {"email", "sun.li@example.org", "en", NULL, NULL}},
     {{0, "passport", "renewal", "expired", "林芳", "Lin Fang", "1985-03-08", "F", NULL, "s"},
      {0, "passport", "first", "never_held", "林安", "Lin An", "2025-11-11", "F", "林芳", "s"},
      {0, "passport", "replacement", "lost", "周杰", "Zhou Jie", "1988-08-18", "M", NULL, "str"},
      {0, "passport", "replacement", "stolen", "吴军", "Wu Jun", "1979-07-23", "M", NULL, "stamdc"},
      {1, "travel_document", "renewal", "expired", "孙丽", "Sun Li", "1993-02-17", "F", NULL, ""}}},
};

/* ---- holders ---- */

/* The account of a contact, made the first time. */
static struct store_account *holder_of(struct store *store, const struct demo_holder *holder, GError **error)
{
    const int64_t now_us = g_get_real_time();
    const struct store_contact contact = {holder->kind, holder->contact};
    const struct store_code code = {holder->contact, CODE, holder->language, now_us, now_us + HOUR_US, CODES_MAX};
    int64_t retry_us;
    struct store_account *account =
        store_code_put(store, &code, &retry_us, error) ? store_code_redeem(store, &contact, CODE, now_us, error) : NULL;
    const struct store_identity identity = {"passport", holder->passport, holder->name};
    if (account != NULL && holder->passport != NULL && account->verified_us == 0 &&
        !store_account_verify(store, account->id, &identity, now_us, error)) {
        g_clear_pointer(&account, store_account_free);
    }
    return account;
}

/* ---- orders ---- */

static char *details_of(const struct demo_book *book, const struct demo_order *order)
{
    json_t *details =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s*}", "relation",
                  order->guardian != NULL ? "child" : "other", "applicant_name", order->name, "applicant_name_latin",
                  order->latin, "birth_date", order->birth_date, "sex", order->sex, "region", book->region, "address",
                  "12 Demo Street", "phone", "+1 212 555 0100", "guardian_name", order->guardian);
    if (g_strcmp0(order->issue, "renewal") == 0) {
        json_object_set_new(details, "document_number", json_string("EA1234567"));
        json_object_set_new(details, "expiry_date", json_string("2026-12-31"));
    }
    char *text = json_dumps(details, JSON_COMPACT), *copy = g_strdup(text);
    free(text);
    json_decref(details);
    return copy;
}

/* Every slot that it needs. */
static bool put_pictures(struct order_turn *turn, GError **error)
{
    g_auto(OrderFacts) facts = {0};
    order_facts_init(&facts, turn->row, turn->policy, turn->now_us);
    gsize size;
    guchar *bytes = g_base64_decode(picture, &size);
    g_autoptr(GBytes) jpeg = g_bytes_new_take(bytes, size);
    bool ok = true;
    for (unsigned i = 0; ok && order_slots[i] != NULL; i++) {
        struct store_order_material material = {.order = turn->row->id,
                                                .slot = (char *)order_slots[i],
                                                .uploaded_us = turn->now_us,
                                                .width = PICTURE_WIDTH,
                                                .height = PICTURE_HEIGHT,
                                                .thumbnail = jpeg};
        ok = order_slot_use(&facts, order_slots[i]) != ORDER_SLOT_NEEDED ||
             store_order_material_put(turn->service->store, &material, jpeg, error);
    }
    return ok;
}

static void set_text(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

/* What a letter of a demo order's steps stands for, and what is written with it. */
static enum order_event step_of(char letter, struct order_turn *turn, const char *officer, const char **reason)
{
    struct store_order *order = turn->row;
    switch (letter) {
    case 's':
        order->submitted_us = turn->now_us;
        order->own_district = true;
        return ORDER_EVENT_SUBMIT;
    case 'p':
        order->facecheck_due = false;
        return ORDER_EVENT_FACECHECK_PASSED;
    case 't':
        set_text(&order->officer, officer);
        return ORDER_EVENT_TAKE; /* of another day: it counts against none */
    case 'u':
        *reason = "The statement of loss is not signed: please sign it and upload it again.";
        g_free(order->supplement);
        order->supplement =
            g_strdup_printf("{\"text\":\"%s\",\"slots\":[\"loss\"],\"fields\":[],\"since_us\":%" G_GINT64_FORMAT "}",
                            *reason, turn->now_us);
        return ORDER_EVENT_SUPPLEMENT;
    case 'i':
        return ORDER_EVENT_INTERVIEW_REQUIRED;
    case 'a':
        return ORDER_EVENT_APPROVE;
    case 'm':
        return ORDER_EVENT_PRODUCED;
    case 'd':
        set_text(&order->tracking, "{\"way\":\"courier\",\"tracking\":\"DEMO0001\"}");
        return ORDER_EVENT_DISPATCHED;
    case 'c':
        return ORDER_EVENT_COMPLETE;
    case 'r':
        *reason = "The applicant does not live in Sweden.";
        set_text(&order->reason, *reason);
        return ORDER_EVENT_REJECT;
    default:
        g_assert_not_reached();
    }
}

static const char *actor_of(const struct store_order *order, enum order_event event, const char *officer)
{
    if (event == ORDER_EVENT_SUBMIT || event == ORDER_EVENT_COMPLETE) {
        return order->account;
    }
    return event == ORDER_EVENT_FACECHECK_PASSED ? "system" : officer;
}

/* The face check that comes with a submission: a new one, passed where the order goes on. */
static struct store_facecheck *facecheck_of(struct order_turn *turn)
{
    struct store_order *order = turn->row;
    if (!order_has_document(order)) {
        return NULL;
    }
    json_t *details = order_details(order);
    const struct vision_identity identity = {.name = order_field(order, details, "applicant_name"),
                                             .document_number = order_field(order, details, "document_number"),
                                             .birth_date = order_field(order, details, "birth_date")};
    struct store_facecheck *facecheck =
        facecheck_new(turn->service->config, order->mission, order->number, order_document(order), &identity);
    json_decref(details);
    set_text(&order->facecheck, facecheck->id);
    order->facecheck_due = true;
    return facecheck;
}

static bool pass_facecheck(struct order_turn *turn, GError **error)
{
    struct store *store = turn->service->store;
    struct store_facecheck *facecheck = store_facecheck_get(store, turn->row->facecheck, error);
    if (facecheck == NULL) {
        return false;
    }
    facecheck->state = FACECHECK_PASSED;
    facecheck->decided_us = turn->now_us;
    const bool ok = store_facecheck_update(store, facecheck, "system", "try_passed", turn->now_us, error);
    store_facecheck_free(facecheck);
    return ok;
}

static bool take_step(struct order_turn *turn, char letter, const char *officer, GError **error)
{
    g_auto(Requirement) requirement = {0};
    struct store_order_interview made;
    struct store_order_update update = {0};
    const char *reason = NULL;
    const enum order_event event = step_of(letter, turn, officer, &reason);
    json_t *args = letter == 'u' ? json_pack("{s:[s]}", "slots", "loss") : NULL;
    const struct order_change change = {
        .event = event, .actor = actor_of(turn->row, event, officer), .reason = reason, .args = args};
    if (letter == 'i') {
        order_requirement(&requirement, turn, NULL, NULL);
        made = (struct store_order_interview){&requirement.interview, requirement.invitations, requirement.count};
        update.interview = &made;
        set_text(&turn->row->interview, requirement.interview.id);
    }
    struct store_facecheck *facecheck = letter == 's' ? facecheck_of(turn) : NULL;
    update.facecheck = facecheck;
    const bool ok =
        (letter != 'p' || pass_facecheck(turn, error)) && order_turn_apply(turn, &change, 1, &update, error);
    store_facecheck_free(facecheck);
    json_decref(args);
    return ok;
}

static bool sign(struct order_turn *turn, const char *name, GError **error)
{
    turn->row->declaration = g_strdup_printf(
        "{\"name\":\"%s\",\"signature\":\"120,300 180,120 240,300 150,220 330,220;420,120 420,300 520,120 520,300 "
        "600,300 700,140\"}",
        name);
    turn->row->declared_us = turn->now_us;
    return order_turn_save(turn, error);
}

static bool add_order(struct service *service, const struct demo_book *book, const struct demo_order *demo,
                      const char *account, const char *officer, int64_t from_us, GError **error)
{
    g_autofree char *id = store_id_new(), *number = store_order_number_new(from_us);
    g_autofree char *details = details_of(book, demo);
    const struct store_order order = {.id = id,
                                      .number = number,
                                      .account = (char *)account,
                                      .mission = (char *)book->mission,
                                      .kind = (char *)demo->kind,
                                      .details = details,
                                      .created_us = from_us,
                                      .version = 1};
    g_auto(OrderTurn) turn = {0};
    if (!store_order_add(service->store, &order, "created", error) ||
        !order_turn_begin_system(&turn, service, id, error)) {
        return false;
    }
    turn.now_us = from_us;
    set_text(&turn.row->issue, demo->issue);
    set_text(&turn.row->condition, demo->condition);
    const bool submitted = *demo->steps != '\0';
    bool ok = submitted ? sign(&turn, demo->name, error) && put_pictures(&turn, error) : order_turn_save(&turn, error);
    for (const char *letter = demo->steps; ok && *letter != '\0'; letter++) {
        turn.now_us += HOUR_US;
        ok = take_step(&turn, *letter, officer, error);
    }
    return ok;
}

/* ---- all of them ---- */

static bool fill_holder(struct service *service, const struct demo_book *book, unsigned index, const char *officer,
                        GError **error)
{
    const struct demo_holder *holder = &book->holders[index];
    struct store_account *account = holder_of(service->store, holder, error);
    if (account == NULL) {
        return false;
    }
    g_autoptr(GPtrArray) there = store_order_of_account(service->store, account->id, 1, error);
    bool ok = there != NULL;
    for (unsigned i = 0; ok && there->len == 0 && i < ORDERS_MAX && book->orders[i].kind != NULL; i++) {
        const int64_t from_us = g_get_real_time() - (FIRST_H - 8 * (int64_t)i) * HOUR_US;
        ok = book->orders[i].holder != index ||
             add_order(service, book, &book->orders[i], account->id, officer, from_us, error);
    }
    store_account_free(account);
    printf("  account holder  %s%s\n", holder->contact, holder->passport == NULL ? "  (not verified)" : "");
    return ok;
}

bool demo_orders_fill(struct service *service, const struct store_mission *mission, const char *officer, GError **error)
{
    for (size_t i = 0; service->config->book.enabled && i < G_N_ELEMENTS(books); i++) {
        for (unsigned j = 0; strcmp(books[i].mission, mission->id) == 0 && j < HOLDERS_MAX; j++) {
            if (!fill_holder(service, &books[i], j, officer, error)) {
                return false;
            }
        }
    }
    return true;
}
