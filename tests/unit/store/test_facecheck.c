#include <pthread.h>

#include "store/db.h"
#include "tests/unit/store/disk.h"

#define TICKET "the applicant's ticket"

static void add(struct fixture *fixture, const char *id, const char *ticket)
{
    const struct store_facecheck facecheck = sample_facecheck(id);
    assert_ok(store_facecheck_add(fixture->store, &facecheck, ticket, &error));
}

static struct store_facecheck *get(struct fixture *fixture, const char *id)
{
    struct store_facecheck *facecheck;
    assert_ok(facecheck = store_facecheck_get(fixture->store, id, &error));
    return facecheck;
}

static void decide(struct fixture *fixture, const char *id, enum store_facecheck_state state)
{
    struct store_facecheck *facecheck = get(fixture, id);
    facecheck->state = state;
    assert_ok(store_facecheck_update(fixture->store, facecheck, "submitter", "decided", NOW_US, &error));
    store_facecheck_free(facecheck);
}

/* The one value of `sql` as it lies in the database: as a number and as bytes. */
static int64_t query_both(struct fixture *fixture, const char *sql, GBytes **blob)
{
    g_autofree char *path = g_build_filename(fixture->path, "viva.db", NULL);
    struct db *db;
    assert_ok(db = db_open(path, &error));
    db_transaction *tx;
    assert_ok(tx = db_begin(db, DB_READ, &error));
    struct db_statement *select = db_prepare(tx, sql);
    assert_ok(db_find(select, "row", &error));
    const int64_t value = db_int(select, 0);
    *blob = db_blob(select, 0);
    db_rollback(tx);
    db_close(db);
    return value;
}

static int64_t query(struct fixture *fixture, const char *sql)
{
    g_autoptr(GBytes) ignored = NULL;
    return query_both(fixture, sql, &ignored);
}

static GBytes *query_blob(struct fixture *fixture, const char *sql)
{
    GBytes *blob = NULL;
    query_both(fixture, sql, &blob);
    assert_non_null(blob);
    return blob;
}

static void a_face_check_comes_back_whole(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "check-1", TICKET);
    reopen(fixture);
    struct store_facecheck *facecheck = get(fixture, "check-1");
    assert_string_equal(facecheck->mission, "nyc");
    assert_string_equal(facecheck->order_ref, "2026-NYC-000123");
    assert_string_equal(facecheck->document, "passport");
    assert_string_equal(facecheck->identity, IDENTITY);
    assert_int_equal(facecheck->state, FACECHECK_OPEN);
    assert_int_equal(facecheck->version, 1);
    assert_int_equal(facecheck->tries, 0);
    assert_true(facecheck->created_us == NOW_US && facecheck->decided_us == 0);
    assert_true(facecheck->ticket_expires_us == EXPIRES_US);
    assert_null(facecheck->skip_reason);
    assert_false(facecheck->device_tied);
    store_facecheck_free(facecheck);
}

static void an_order_has_one_open_check_at_a_mission(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "check-1", TICKET);
    const struct store_facecheck second = sample_facecheck("check-2");
    assert_fails(store_facecheck_add(fixture->store, &second, "another", &error), STORE_ERROR_CONFLICT);
    assert_fails(store_facecheck_get(fixture->store, "check-2", &error), STORE_ERROR_NOT_FOUND);

    struct store_facecheck other = second;
    other.order_ref = (char *)"2026-NYC-000124";
    assert_ok(store_facecheck_add(fixture->store, &other, "another", &error));
    decide(fixture, "check-1", FACECHECK_SKIPPED);
    add(fixture, "check-3", "third");
    decide(fixture, "check-3", FACECHECK_PASSED);
    add(fixture, "check-4", "fourth");
}

static void a_check_that_refers_to_nothing_or_is_odd_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct store_facecheck stray = sample_facecheck("check-1");
    stray.mission = (char *)"atlantis";
    assert_fails(store_facecheck_add(fixture->store, &stray, TICKET, &error), STORE_ERROR_NOT_FOUND);
    struct store_facecheck odd = sample_facecheck("check-1");
    odd.document = (char *)"library card";
    assert_fails(store_facecheck_add(fixture->store, &odd, TICKET, &error), STORE_ERROR_CONFLICT);
    add(fixture, "check-1", TICKET);
    struct store_facecheck twin = sample_facecheck("check-2");
    twin.order_ref = (char *)"another";
    assert_fails(store_facecheck_add(fixture->store, &twin, TICKET, &error), STORE_ERROR_CONFLICT); /* whose is it? */
}

static void lists_are_newest_first_and_hold_what_they_say(void **state)
{
    struct fixture *fixture = *state;
    for (unsigned i = 1; i <= 4; i++) {
        g_autofree char *id = g_strdup_printf("check-%u", i);
        struct store_facecheck facecheck = sample_facecheck(id);
        facecheck.created_us = NOW_US + (i == 1 ? 100 : i); /* the first is the newest */
        facecheck.order_ref = (char *)(i % 2 == 1 ? "odd" : "even");
        facecheck.state = i > 2 ? FACECHECK_PASSED : FACECHECK_OPEN;
        assert_ok(store_facecheck_add(fixture->store, &facecheck, id, &error));
    }
    static const struct {
        const char *order_ref;
        unsigned limit;
        const char *const ids[5];
    } rows[] = {
        {NULL, 100, {"check-1", "check-4", "check-3", "check-2"}},
        {NULL, 2, {"check-1", "check-4"}},
        {"odd", 100, {"check-1", "check-3"}},
        {"even", 1, {"check-4"}},
        {"none", 100, {NULL}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GPtrArray) list = NULL;
        assert_ok(list = store_facecheck_list(fixture->store, "nyc", rows[i].order_ref, rows[i].limit, &error));
        assert_int_equal(list->len, g_strv_length((char **)rows[i].ids));
        for (unsigned j = 0; j < list->len; j++) {
            assert_string_equal(((struct store_facecheck *)list->pdata[j])->id, rows[i].ids[j]);
        }
    }
    struct store_facecheck *newest;
    assert_ok(newest = store_facecheck_of_order(fixture->store, "nyc", "odd", &error));
    assert_string_equal(newest->id, "check-1");
    store_facecheck_free(newest);
    assert_fails(store_facecheck_of_order(fixture->store, "lax", "odd", &error), STORE_ERROR_NOT_FOUND);
    g_autoptr(GPtrArray) elsewhere = NULL;
    assert_ok(elsewhere = store_facecheck_list(fixture->store, "lax", NULL, 100, &error));
    assert_int_equal(elsewhere->len, 0);
}

static void a_change_is_kept_with_its_history(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "check-1", TICKET);
    struct store_facecheck *facecheck = get(fixture, "check-1");
    facecheck->state = FACECHECK_SKIPPED;
    facecheck->tries = 3;
    facecheck->decided_us = NOW_US + 5;
    facecheck->skip_reason = g_strdup("tries");
    assert_ok(store_facecheck_update(fixture->store, facecheck, "submitter", "skipped", NOW_US + 5, &error));
    assert_int_equal(facecheck->version, 2);
    store_facecheck_free(facecheck);
    reopen(fixture);
    facecheck = get(fixture, "check-1");
    assert_int_equal(facecheck->state, FACECHECK_SKIPPED);
    assert_int_equal(facecheck->version, 2);
    assert_int_equal(facecheck->tries, 3);
    assert_true(facecheck->decided_us == NOW_US + 5);
    assert_string_equal(facecheck->skip_reason, "tries");
    assert_string_equal(facecheck->identity, IDENTITY);
    store_facecheck_free(facecheck);
    assert_int_equal(query(fixture, "SELECT count(*) FROM facecheck_history WHERE facecheck = 'check-1' AND version = 2"
                                    " AND from_state = 'open' AND to_state = 'skipped' AND actor = 'submitter'"
                                    " AND event = 'skipped' AND at_us = 1790000000000005"),
                     1);
}

static void a_change_to_an_old_version_is_refused_and_leaves_no_trace(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "check-1", TICKET);
    struct store_facecheck *late = get(fixture, "check-1");
    decide(fixture, "check-1", FACECHECK_SKIPPED);
    late->state = FACECHECK_PASSED;
    assert_fails(store_facecheck_update(fixture->store, late, "system", "passed", NOW_US, &error),
                 STORE_ERROR_CONFLICT);
    assert_int_equal(late->version, 1);
    store_facecheck_free(late);
    struct store_facecheck *stored = get(fixture, "check-1");
    assert_int_equal(stored->state, FACECHECK_SKIPPED);
    assert_int_equal(stored->version, 2);
    store_facecheck_free(stored);
    struct store_facecheck absent = sample_facecheck("absent");
    assert_fails(store_facecheck_update(fixture->store, &absent, "system", "x", NOW_US, &error), STORE_ERROR_NOT_FOUND);
}

static void a_ticket_opens_its_check_on_one_device_until_it_expires(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "check-1", TICKET);
    struct store *store = fixture->store;
    assert_fails(store_facecheck_ticket_redeem(store, "guessed", "phone", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_facecheck_ticket_redeem(store, TICKET, "phone", EXPIRES_US, &error), STORE_ERROR_EXPIRED);
    struct store_facecheck *facecheck = get(fixture, "check-1");
    assert_false(facecheck->device_tied); /* a ticket that opens nothing is tied to nothing */
    store_facecheck_free(facecheck);

    for (unsigned i = 0; i < 2; i++) {
        assert_ok(facecheck = store_facecheck_ticket_redeem(store, TICKET, "phone", EXPIRES_US - 1, &error));
        assert_string_equal(facecheck->id, "check-1");
        assert_string_equal(facecheck->identity, IDENTITY);
        assert_true(facecheck->device_tied);
        store_facecheck_free(facecheck);
        assert_fails(store_facecheck_ticket_redeem(store, TICKET, "laptop", NOW_US, &error), STORE_ERROR_DEVICE);
    }
    /* An interview's ticket is none of a face check's, and the other way round. */
    assert_fails(store_ticket_redeem(store, TICKET, "phone", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_facecheck_ticket_redeem(store, fixture->ticket, "phone", NOW_US, &error), STORE_ERROR_NOT_FOUND);
}

static void a_new_ticket_ends_the_earlier_and_frees_the_device(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "check-1", TICKET);
    struct store_facecheck *facecheck;
    assert_ok(facecheck = store_facecheck_ticket_redeem(fixture->store, TICKET, "phone", NOW_US, &error));
    store_facecheck_free(facecheck);
    assert_ok(store_facecheck_ticket_issue(fixture->store, "check-1", "new", EXPIRES_US + 1, &error));
    assert_fails(store_facecheck_ticket_redeem(fixture->store, TICKET, "phone", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_ok(facecheck = store_facecheck_ticket_redeem(fixture->store, "new", "laptop", EXPIRES_US, &error));
    assert_true(facecheck->ticket_expires_us == EXPIRES_US + 1);
    store_facecheck_free(facecheck);
    assert_fails(store_facecheck_ticket_issue(fixture->store, "absent", "x", EXPIRES_US, &error),
                 STORE_ERROR_NOT_FOUND);
}

#define RIVALS 4

struct rival {
    struct store *store;
    unsigned number;
    bool won;
};

static void *redeem_as_rival(void *data)
{
    struct rival *rival = data;
    g_autofree char *device = g_strdup_printf("device %u", rival->number);
    struct store_facecheck *facecheck = store_facecheck_ticket_redeem(rival->store, TICKET, device, NOW_US, NULL);
    rival->won = facecheck != NULL;
    store_facecheck_free(facecheck);
    return NULL;
}

static void of_devices_at_the_same_moment_one_wins(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "check-1", TICKET);
    struct rival rivals[RIVALS];
    pthread_t threads[RIVALS];
    for (unsigned i = 0; i < RIVALS; i++) {
        rivals[i] = (struct rival){fixture->store, i, false};
        assert_int_equal(pthread_create(&threads[i], NULL, redeem_as_rival, &rivals[i]), 0);
    }
    unsigned winners = 0;
    for (unsigned i = 0; i < RIVALS; i++) {
        pthread_join(threads[i], NULL);
        winners += rivals[i].won ? 1 : 0;
    }
    assert_int_equal(winners, 1);
}

/* ---- erasing ---- */

static void fill_check(struct fixture *fixture)
{
    add(fixture, "check-1", TICKET);
    g_autoptr(GBytes) jpeg = g_bytes_new_static("a picture", 9);
    struct store_material page = sample_material("page");
    page.embedding = jpeg;
    page.face_picture = jpeg;
    assert_ok(store_material_put(fixture->store, &page, jpeg, &error));
    struct store_try entry = sample_try("try-1");
    entry.frame = jpeg;
    entry.embedding = jpeg;
    assert_ok(store_try_add(fixture->store, &entry, &error));
    const struct store_session session = {.id = (char *)"s1", .facecheck = (char *)"check-1", .expires_us = EXPIRES_US};
    assert_ok(store_session_add(fixture->store, &session, "token", &error));
    static const uint8_t hashes[2][32] = {{1}, {2}};
    unsigned repeated;
    assert_ok(store_try_frames(fixture->store, "check-1", "try-1", hashes, 2, &repeated, &error));
}

static void erasing_takes_all_that_is_personal_and_leaves_the_records(void **state)
{
    struct fixture *fixture = *state;
    fill_check(fixture);
    assert_int_equal(count_blobs(fixture->path), 2);
    g_autoptr(GBytes) key = query_blob(fixture, "SELECT sealed_key FROM facecheck_key");
    assert_ok(store_facecheck_erase(fixture->store, "check-1", "officer-1", NOW_US + 9, &error));
    assert_nowhere(fixture->path, g_bytes_get_data(key, NULL), g_bytes_get_size(key)); /* not in free space either */
    assert_int_equal(count_blobs(fixture->path), 0);
    assert_int_equal(query(fixture, "SELECT count(*) FROM facecheck_key WHERE sealed_key IS NOT NULL"), 0);
    assert_int_equal(query(fixture, "SELECT count(*) FROM frame_hash"), 0);
    assert_int_equal(query(fixture, "SELECT count(*) FROM facecheck_history WHERE event = 'erased' AND version = 4"),
                     1);
    reopen(fixture);

    struct store_facecheck *facecheck = get(fixture, "check-1");
    assert_null(facecheck->identity);
    store_facecheck_free(facecheck);
    struct store_material *page;
    assert_ok(page = store_material_get(fixture->store, "check-1", "page", &error));
    assert_null(page->report);
    assert_null(page->embedding);
    assert_null(page->face_picture);
    assert_int_equal(page->width, 1200);
    assert_fails(store_material_read(fixture->store, page, &error), STORE_ERROR_NOT_FOUND);
    store_material_free(page);
    struct store_try *entry;
    assert_ok(entry = store_try_get(fixture->store, "check-1", "try-1", &error));
    assert_null(entry->report);
    assert_null(entry->frame);
    assert_null(entry->embedding);
    assert_true(entry->counted);
    store_try_free(entry);
}

static void after_an_erasure_nothing_can_be_added_and_nobody_comes_back(void **state)
{
    struct fixture *fixture = *state;
    fill_check(fixture);
    struct store *store = fixture->store;
    assert_ok(store_facecheck_erase(store, "check-1", "officer-1", NOW_US, &error));
    g_autoptr(GBytes) jpeg = g_bytes_new_static("late", 4);
    struct store_material late = sample_material("portrait");
    struct store_try entry = sample_try("try-2");
    assert_fails(store_material_put(store, &late, jpeg, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_try_add(store, &entry, &error), STORE_ERROR_NOT_FOUND);
    static const uint8_t hashes[1][32] = {{1}};
    unsigned repeated = 7;
    assert_fails(store_try_frames(store, "check-1", "try-2", hashes, 1, &repeated, &error), STORE_ERROR_NOT_FOUND);
    assert_int_equal(repeated, 7);
    assert_fails(store_facecheck_ticket_redeem(store, TICKET, "phone", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_facecheck_ticket_issue(store, "check-1", "x", EXPIRES_US, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_session_find(store, "token", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_int_equal(count_blobs(fixture->path), 0);
    assert_fails(store_facecheck_erase(store, "absent", "officer-1", NOW_US, &error), STORE_ERROR_NOT_FOUND);

    add(fixture, "check-2", "fresh"); /* the order is not stuck with an open check that nobody can finish */
    assert_ok(store_facecheck_erase(store, "check-1", "officer-1", NOW_US, &error)); /* again is no error */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(a_face_check_comes_back_whole),
        test_with_store(an_order_has_one_open_check_at_a_mission),
        test_with_store(a_check_that_refers_to_nothing_or_is_odd_is_refused),
        test_with_store(lists_are_newest_first_and_hold_what_they_say),
        test_with_store(a_change_is_kept_with_its_history),
        test_with_store(a_change_to_an_old_version_is_refused_and_leaves_no_trace),
        test_with_store(a_ticket_opens_its_check_on_one_device_until_it_expires),
        test_with_store(a_new_ticket_ends_the_earlier_and_frees_the_device),
        test_with_store(of_devices_at_the_same_moment_one_wins),
        test_with_store(erasing_takes_all_that_is_personal_and_leaves_the_records),
        test_with_store(after_an_erasure_nothing_can_be_added_and_nobody_comes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
