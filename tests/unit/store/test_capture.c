#include <pthread.h>

#include "store/db.h"
#include "tests/unit/store/disk.h"

#define NOTE     "She knows the year of her father's birth"
#define FINDINGS "{\"kind\": \"face\", \"score\": 0.71}"
#define REASON   "Face does not match the data page"

/* Begins as every JPEG does, and is longer than a chunk of a blob. */
static GBytes *sample_jpeg(void)
{
    static const uint8_t head[] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1};
    uint8_t *bytes = g_malloc0(100000);
    memcpy(bytes, head, sizeof(head));
    return g_bytes_new_take(bytes, 100000);
}

static void add(struct fixture *fixture, const char *id, unsigned expected_seq)
{
    g_autoptr(GBytes) jpeg = sample_jpeg();
    struct store_capture capture = sample_capture(id);
    assert_ok(store_capture_add(fixture->store, &capture, jpeg, &error));
    assert_int_equal(capture.seq, expected_seq);
}

static struct store_capture *get(struct fixture *fixture, const char *id)
{
    struct store_capture *capture;
    assert_ok(capture = store_capture_get(fixture->store, id, &error));
    return capture;
}

static char *only_blob(struct fixture *fixture)
{
    g_autofree char *folder = g_build_filename(fixture->path, "blobs", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    const char *name = g_dir_read_name(dir);
    assert_null(name == NULL ? NULL : g_dir_read_name(dir));
    return name == NULL ? NULL : g_build_filename(folder, name, NULL);
}

static void a_capture_comes_back_with_its_record(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "capture-1", 1);
    add(fixture, "capture-2", 2);
    reopen(fixture);
    add(fixture, "capture-3", 3);
    struct store_capture *capture = get(fixture, "capture-1");
    g_autoptr(GBytes) jpeg = sample_jpeg();
    g_autoptr(GBytes) read = NULL;
    assert_ok(read = store_capture_read(fixture->store, capture, &error));
    assert_true(g_bytes_equal(jpeg, read));
    assert_true(capture->ssrc == 0xfffffffe && capture->rtp_timestamp == 0x80000001);
    assert_int_equal(capture->frame_sha256[0], 0xaa);
    assert_int_equal(capture->file_bytes, 100000);
    assert_int_equal(capture->width, 640);
    assert_string_equal(capture->room, "0000000100000001");
    store_capture_free(capture);
    g_autoptr(GPtrArray) captures = NULL;
    assert_ok(captures = store_capture_list(fixture->store, "interview-1", &error));
    assert_int_equal(captures->len, 3);
    assert_int_equal(((struct store_capture *)captures->pdata[2])->seq, 3);
}

static void a_refused_record_leaves_no_blob(void **state)
{
    struct fixture *fixture = *state;
    g_autoptr(GBytes) jpeg = sample_jpeg();
    struct store_capture stranger = sample_capture("capture-1");
    stranger.party = (char *)"nobody";
    assert_fails(store_capture_add(fixture->store, &stranger, jpeg, &error), STORE_ERROR_NOT_FOUND);
    struct store_capture odd = sample_capture("capture-1");
    odd.kind = (char *)"shoe";
    assert_fails(store_capture_add(fixture->store, &odd, jpeg, &error), STORE_ERROR_CONFLICT);
    assert_null(only_blob(fixture));

    add(fixture, "capture-1", 1); /* a refused one has used up no number */
    struct store_capture twin = sample_capture("capture-1");
    assert_fails(store_capture_add(fixture->store, &twin, jpeg, &error), STORE_ERROR_CONFLICT);
    g_autofree char *blob = only_blob(fixture);
    assert_non_null(blob);
}

static void an_altered_or_missing_file_is_never_shown(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "capture-1", 1);
    struct store_capture *capture = get(fixture, "capture-1");
    g_autofree char *path = only_blob(fixture);
    g_autofree char *bytes = NULL;
    size_t size;
    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    bytes[size / 2] ^= 1;
    assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
    assert_fails(store_capture_read(fixture->store, capture, &error), STORE_ERROR_CORRUPT);
    bytes[size / 2] ^= 1;
    assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
    capture->file_sha256[31] ^= 1; /* the blob holds, and is not what the record says */
    assert_fails(store_capture_read(fixture->store, capture, &error), STORE_ERROR_CORRUPT);
    capture->file_sha256[31] ^= 1;
    assert_int_equal(g_remove(path), 0);
    assert_fails(store_capture_read(fixture->store, capture, &error), STORE_ERROR_CORRUPT);
    store_capture_free(capture);
}

static void findings_are_kept_with_their_capture_and_replaced(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "capture-1", 1);
    g_autoptr(GError) none = NULL;
    assert_null(store_capture_findings(fixture->store, "capture-1", &none));
    assert_null(none);
    assert_ok(store_capture_findings_set(fixture->store, "capture-1", "{}", &error));
    assert_ok(store_capture_findings_set(fixture->store, "capture-1", FINDINGS, &error));
    reopen(fixture);
    g_autofree char *findings = NULL;
    assert_ok(findings = store_capture_findings(fixture->store, "capture-1", &error));
    assert_string_equal(findings, FINDINGS);
    assert_fails(store_capture_findings_set(fixture->store, "absent", "{}", &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_capture_findings(fixture->store, "absent", &error), STORE_ERROR_NOT_FOUND);
}

static void nothing_personal_or_secret_lies_on_the_disk(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "capture-1", 1);
    const struct store_note note = {
        .id = (char *)"n", .interview = (char *)"interview-1", .officer = (char *)"officer-1", .text = (char *)NOTE};
    assert_ok(store_note_add(fixture->store, &note, &error));
    assert_ok(store_capture_findings_set(fixture->store, "capture-1", FINDINGS, &error));
    struct store_interview *interview;
    assert_ok(interview = store_interview_get(fixture->store, "interview-1", &error));
    interview->reason = g_strdup(REASON);
    assert_ok(store_interview_update(fixture->store, interview, "officer-1", "ended", NOW_US, &error));
    store_interview_free(interview);
    struct store_party *party;
    assert_ok(party = store_ticket_redeem(fixture->store, fixture->ticket, "device-secret", NOW_US, &error));
    store_party_free(party);
    const struct store_session session = {.id = (char *)"s", .officer = (char *)"officer-1", .expires_us = EXPIRES_US};
    assert_ok(store_session_add(fixture->store, &session, "session-token", &error));

    const char *const needles[] = {
        APPLICANT_NAME,  "Zhang",         NOTE,    REASON, "JFIF", "\xff\xd8\xff\xe0", fixture->ticket,
        "device-secret", "session-token", FINDINGS};
    for (unsigned pass = 0; pass < 2; pass++) { /* with the log beside the database, and with it merged */
        for (size_t i = 0; i < G_N_ELEMENTS(needles); i++) {
            assert_nowhere(fixture->path, needles[i], strlen(needles[i]));
        }
        assert_nowhere(fixture->path, master_key, sizeof(master_key));
        reopen(fixture);
    }
}

/* The key of the fixture's interview as it lies in the database. */
static GBytes *sealed_key(struct fixture *fixture)
{
    g_autofree char *path = g_build_filename(fixture->path, "viva.db", NULL);
    struct db *db;
    assert_ok(db = db_open(path, &error));
    db_transaction *tx;
    assert_ok(tx = db_begin(db, DB_READ, &error));
    struct db_statement *select = db_prepare(tx, "SELECT sealed_key FROM interview_key");
    assert_ok(db_find(select, "key", &error));
    GBytes *key = db_blob(select, 0);
    db_rollback(tx);
    db_close(db);
    return key;
}

static void erasing_an_interview_takes_all_that_is_personal_and_leaves_the_records(void **state)
{
    struct fixture *fixture = *state;
    add(fixture, "capture-1", 1);
    const struct store_note note = {
        .id = (char *)"n", .interview = (char *)"interview-1", .officer = (char *)"officer-1", .text = (char *)NOTE};
    assert_ok(store_note_add(fixture->store, &note, &error));
    assert_ok(store_capture_findings_set(fixture->store, "capture-1", FINDINGS, &error));
    g_autoptr(GBytes) key = sealed_key(fixture);
    assert_ok(store_interview_erase(fixture->store, "interview-1", "officer-1", NOW_US, &error));
    assert_nowhere(fixture->path, g_bytes_get_data(key, NULL), g_bytes_get_size(key)); /* not in free space either */
    reopen(fixture);

    struct store_party *party;
    assert_ok(party = store_party_get(fixture->store, "party-1", &error));
    assert_null(party->name);
    store_party_free(party);
    g_autoptr(GPtrArray) notes = NULL;
    assert_ok(notes = store_note_list(fixture->store, "interview-1", &error));
    assert_null(((struct store_note *)notes->pdata[0])->text);
    struct store_capture *capture = get(fixture, "capture-1");
    assert_fails(store_capture_read(fixture->store, capture, &error), STORE_ERROR_NOT_FOUND);
    store_capture_free(capture);
    assert_null(only_blob(fixture));
    g_autoptr(GError) none = NULL;
    assert_null(store_capture_findings(fixture->store, "capture-1", &none));
    assert_null(none);
    assert_fails(store_capture_findings_set(fixture->store, "capture-1", "{}", &error), STORE_ERROR_NOT_FOUND);

    g_autoptr(GBytes) jpeg = sample_jpeg();
    struct store_capture late = sample_capture("capture-2");
    assert_fails(store_capture_add(fixture->store, &late, jpeg, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_note_add(fixture->store, &note, &error), STORE_ERROR_NOT_FOUND);
    g_autoptr(GPtrArray) history = NULL;
    assert_ok(history = store_interview_history(fixture->store, "interview-1", &error));
    assert_string_equal(((struct store_history *)history->pdata[0])->event, "erased");
}

#define THREADS  4
#define CAPTURES 6

static void *add_many(void *data)
{
    struct fixture *fixture = data;
    g_autoptr(GBytes) jpeg = sample_jpeg();
    for (unsigned i = 0; i < CAPTURES; i++) {
        g_autofree char *id = store_id_new();
        struct store_capture capture = sample_capture(id);
        if (!store_capture_add(fixture->store, &capture, jpeg, NULL)) {
            return data;
        }
    }
    return NULL;
}

static void captures_at_the_same_moment_have_each_a_number(void **state)
{
    struct fixture *fixture = *state;
    pthread_t threads[THREADS];
    for (unsigned i = 0; i < THREADS; i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, add_many, fixture), 0);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    g_autoptr(GPtrArray) captures = NULL;
    assert_ok(captures = store_capture_list(fixture->store, "interview-1", &error));
    assert_int_equal(captures->len, THREADS * CAPTURES);
    for (unsigned i = 0; i < captures->len; i++) {
        assert_int_equal(((struct store_capture *)captures->pdata[i])->seq, i + 1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(a_capture_comes_back_with_its_record),
        test_with_store(a_refused_record_leaves_no_blob),
        test_with_store(an_altered_or_missing_file_is_never_shown),
        test_with_store(findings_are_kept_with_their_capture_and_replaced),
        test_with_store(nothing_personal_or_secret_lies_on_the_disk),
        test_with_store(erasing_an_interview_takes_all_that_is_personal_and_leaves_the_records),
        test_with_store(captures_at_the_same_moment_have_each_a_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
