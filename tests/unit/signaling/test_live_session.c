/* Tries from start to end, with a camera that shows nobody, real media and a real worker: what ends them, what counts,
 * what stays. */
#include <dirent.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "signaling/live.h"
#include "tests/support/synthetic_peer.h"
#include "tests/unit/signaling/service_fixture.h"

#define LONG_US  (60 * SECOND_US)
#define SLICE_US (SECOND_US / 20)

static struct vision_pool *pool;
static struct fixture *fixture;
static struct rpc_caller applicant, officer;
static struct synthetic_peer *camera;

static int make_pool(void **state)
{
    (void)state;
    const struct vision_config config = {.program = VIVA_PROGRAM,
                                         .models = VIVA_MODELS,
                                         .workers = 1,
                                         .queue_max = 4,
                                         .live_max = 2,
                                         .worker_memory_mib = 2048,
                                         .picture_px_max = 1000000,
                                         .jpeg_quality = 90};
    g_autoptr(GError) error = NULL;
    pool = vision_pool_new(&config, &error);
    if (pool == NULL) {
        print_message("%s\n", error->message);
    }
    return pool != NULL ? 0 : -1;
}

static int free_pool(void **state)
{
    (void)state;
    vision_pool_free(pool);
    return 0;
}

static void put_material(const char *facecheck, const char *kind)
{
    g_autoptr(GBytes) jpeg = g_bytes_new_static("jpeg", 4);
    struct store_material *material = g_new0(struct store_material, 1);
    *material = (struct store_material){
        .facecheck = g_strdup(facecheck),
        .kind = g_strdup(kind),
        .width = 10,
        .height = 10,
        .report =
            g_strdup("{\"quality\": {\"usable\": true}, \"page\": {\"usable\": true}, \"mrz\": {\"valid\": true}}"),
    };
    assert_true(store_material_put(fixture->service.store, material, jpeg, NULL));
    store_material_free(material);
}

static int setup(void **state)
{
    (void)state;
    fixture = fixture_new();
    fixture->service.vision = pool;
    fixture->config->facecheck.look_s = 60; /* a try ends by what a test does, however slow the machine is */
    fixture_add_facecheck(fixture, "f", "order-f");
    put_material("f", "portrait");
    put_material("f", "page");
    applicant = fixture_connect(fixture, RPC_SUBMITTER, "f", NULL);
    officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    g_clear_pointer(&camera, synthetic_peer_free);
    fixture_free(fixture);
    return 0;
}

static void start(void)
{
    g_autofree char *here = g_path_get_dirname(__FILE__);
    g_autofree char *pattern = g_build_filename(here, "../../support/data/pattern.ivf", NULL);
    const struct synthetic_config config = {.no_audio = true, .ivf = pattern};
    g_autoptr(GError) error = NULL;
    const char *sdp = NULL;
    camera = synthetic_peer_new(&config, &error);
    assert_non_null(camera);
    g_autofree char *offer = synthetic_peer_offer(camera);
    json_t *reply = fixture_call(fixture, &applicant, "facecheck.start",
                                 json_pack("{s:s, s:s}", "sdp", offer, "device_label", "OBS Virtual Camera"));
    assert_int_equal(json_unpack(reply, "{s:{s:s}}", "result", "sdp", &sdp), 0);
    assert_true(synthetic_peer_answer(camera, sdp, g_get_monotonic_time(), &error));
    json_decref(reply);
}

/* ---- running until something happens ---- */

struct watch {
    bool prompted;  /* wait for the first prompt, else for the end */
    json_t *result; /* params of facecheck.result */
};

static bool has_happened(struct watch *watch)
{
    char *text;
    uint16_t status;
    bool prompted = false;
    while (hub_take(fixture->service.hub, applicant.connection, &text, &status) == HUB_TEXT) {
        json_t *message = json_loads(text, 0, NULL);
        const char *name = json_string_value(json_object_get(message, "method"));
        prompted = prompted || g_str_equal(name, "facecheck.prompt");
        if (g_str_equal(name, "facecheck.result")) {
            watch->result = json_incref(json_object_get(message, "params"));
        }
        json_decref(message);
        g_free(text);
    }
    return watch->prompted ? prompted : facechecks_running(fixture->service.facechecks) == 0;
}

/* In slices: a camera that was hung up on has nothing to wake up for. */
static void run(struct watch *watch)
{
    const int64_t end_us = g_get_monotonic_time() + LONG_US;
    while (!has_happened(watch) && g_get_monotonic_time() < end_us) {
        synthetic_peers_run(&camera, 1, g_get_monotonic_time() + SLICE_US, NULL, NULL);
    }
}

static void run_until_prompted(void)
{
    struct watch watch = {.prompted = true};
    run(&watch);
    assert_null(watch.result);
}

/* What came of it: params of facecheck.result, NULL where none was told. */
static json_t *run_to_the_end(void)
{
    struct watch watch = {0};
    run(&watch);
    has_happened(&watch); /* told before it was seen to have ended */
    assert_int_equal(facechecks_running(fixture->service.facechecks), 0);
    return watch.result;
}

/* Takes `result`. */
static void expect_uncounted(json_t *result, const char *reason)
{
    const char *decision, *code;
    int used;
    assert_int_equal(json_unpack(result, "{s:s, s:[{s:s}], s:{s:{s:i}}}", "decision", &decision, "reasons", "code",
                                 &code, "facecheck", "tries", "used", &used),
                     0);
    assert_string_equal(decision, "fail");
    assert_string_equal(code, reason);
    assert_int_equal(used, 0);
    json_decref(result);
}

static void expect_no_room_is_left(void)
{
    struct media_engine_stats stats;
    media_engine_stats(fixture->service.media, &stats);
    assert_int_equal(stats.rooms, 0);
}

/* ---- ends ---- */

static void nobody_before_the_camera_is_a_counted_try_with_all_that_was_measured(void **state)
{
    (void)state;
    fixture->config->facecheck.look_s = 2;
    start();
    json_t *result = run_to_the_end();
    int used;
    assert_int_equal(json_unpack(result, "{s:{s:{s:i}}}", "facecheck", "tries", "used", &used), 0);
    assert_int_equal(used, 1);
    json_decref(result);
    g_autoptr(GPtrArray) tries = store_try_list(fixture->service.store, "f", NULL);
    assert_int_equal(tries->len, 1);
    const struct store_try *entry = g_ptr_array_index(tries, 0);
    assert_true(entry->counted);
    assert_false(entry->passed);
    json_t *stored = json_loads(entry->report, 0, NULL);
    const json_t *report = json_object_get(stored, "report");
    assert_true(json_array_size(json_object_get(stored, "reasons")) > 0);
    assert_string_equal(json_string_value(json_object_get(json_array_get(json_object_get(stored, "hints"), 0), "code")),
                        "virtual_camera");
    assert_non_null(json_object_get(report, "measurements"));
    assert_in_range(json_array_size(json_object_get(report, "script")), 2, 4);
    json_decref(stored);
    assert_true(fixture_was_told(fixture, &officer, "facecheck.changed"));
    expect_no_room_is_left();
}

static void a_try_that_its_applicant_stops_does_not_count_and_tells_no_result(void **state)
{
    (void)state;
    start();
    run_until_prompted();
    json_decref(fixture_call(fixture, &applicant, "facecheck.stop", json_object()));
    assert_null(run_to_the_end());
    struct store_facecheck *row = store_facecheck_get(fixture->service.store, "f", NULL);
    assert_int_equal(row->tries, 0);
    store_facecheck_free(row);
    expect_no_room_is_left();
}

static void a_page_that_is_closed_before_the_first_task_ends_its_try_uncounted(void **state)
{
    (void)state;
    const struct rpc_caller other_page = fixture_connect(fixture, RPC_SUBMITTER, "f", NULL);
    start();
    run_until_prompted();
    live_connection_closed(&fixture->service, other_page.connection);
    assert_int_equal(facechecks_running(fixture->service.facechecks), 1); /* another's changes nothing */
    live_connection_closed(&fixture->service, applicant.connection);
    expect_uncounted(run_to_the_end(), "peer_gone");
}

static void a_session_that_ends_takes_its_try_along(void **state)
{
    (void)state;
    start();
    run_until_prompted();
    live_session_ended(&fixture->service, &applicant);
    expect_uncounted(run_to_the_end(), "peer_gone");
}

static void a_server_that_stops_ends_every_try_uncounted(void **state)
{
    (void)state;
    start();
    run_until_prompted();
    facechecks_stop(fixture->service.facechecks);
    expect_uncounted(run_to_the_end(), "draining");
    expect_no_room_is_left();
}

/* All processes that this one has started are workers. */
static void kill_workers(void)
{
    DIR *folder = opendir("/proc");
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        g_autofree char *path = g_strdup_printf("/proc/%s/stat", entry->d_name), *text = NULL;
        int parent = 0;
        if (g_ascii_isdigit(entry->d_name[0]) && g_file_get_contents(path, &text, NULL, NULL) &&
            sscanf(strrchr(text, ')'), ") %*c %d", &parent) == 1 && parent == getpid()) {
            kill((pid_t)atoi(entry->d_name), SIGKILL);
        }
    }
    closedir(folder);
}

static void wait_for_worker(void)
{
    struct vision_pool_stats stats = {0};
    while (stats.workers == 0) {
        g_usleep(10000);
        vision_pool_stats(pool, &stats);
    }
}

static void a_lost_worker_ends_the_try_uncounted_and_the_next_one_runs(void **state)
{
    (void)state;
    start();
    run_until_prompted();
    kill_workers();
    expect_uncounted(run_to_the_end(), "worker_lost");
    wait_for_worker();
    g_clear_pointer(&camera, synthetic_peer_free);
    fixture->config->facecheck.look_s = 2;
    start();
    json_t *result = run_to_the_end();
    int used;
    assert_int_equal(json_unpack(result, "{s:{s:{s:i}}}", "facecheck", "tries", "used", &used), 0);
    assert_int_equal(used, 1);
    json_decref(result);
}

static const char *start_again(const struct rpc_caller *caller)
{
    g_autofree char *offer = synthetic_peer_offer(camera);
    json_t *params = json_pack("{s:s}", "sdp", offer);
    g_autofree char *code = fixture_code(fixture, caller, "facecheck.start", params);
    return g_intern_string(code);
}

static void one_try_of_a_face_check_runs_at_a_time_and_so_many_in_all(void **state)
{
    (void)state;
    fixture_add_facecheck(fixture, "g", "order-g");
    put_material("g", "portrait");
    put_material("g", "page");
    const struct rpc_caller other = fixture_connect(fixture, RPC_SUBMITTER, "g", NULL);
    start();
    assert_string_equal(start_again(&applicant), "busy");
    fixture->config->vision.live_max = 1;
    assert_string_equal(start_again(&other), "limit");
    json_decref(fixture_call(fixture, &applicant, "facecheck.stop", json_object()));
    assert_null(run_to_the_end());
    assert_string_equal(start_again(&other), "ok");
}

static void a_skip_ends_the_try_that_runs(void **state)
{
    (void)state;
    start();
    run_until_prompted();
    json_t *reply = fixture_call(fixture, &applicant, "facecheck.skip", json_pack("{s:s}", "reason", "accessibility"));
    assert_non_null(json_object_get(reply, "result"));
    json_decref(reply);
    assert_null(run_to_the_end());
    struct store_facecheck *row = store_facecheck_get(fixture->service.store, "f", NULL);
    assert_int_equal(row->state, FACECHECK_SKIPPED);
    assert_int_equal(row->tries, 0);
    store_facecheck_free(row);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
#ifdef __SANITIZE_THREAD__
    puts("# SKIP signaling.live_session: an instrumented worker does not keep up with a live stream's deadlines");
    return 77;
#endif
    const struct CMUnitTest tests[] = {
        TEST(nobody_before_the_camera_is_a_counted_try_with_all_that_was_measured),
        TEST(a_try_that_its_applicant_stops_does_not_count_and_tells_no_result),
        TEST(a_page_that_is_closed_before_the_first_task_ends_its_try_uncounted),
        TEST(a_session_that_ends_takes_its_try_along),
        TEST(a_server_that_stops_ends_every_try_uncounted),
        TEST(a_lost_worker_ends_the_try_uncounted_and_the_next_one_runs),
        TEST(one_try_of_a_face_check_runs_at_a_time_and_so_many_in_all),
        TEST(a_skip_ends_the_try_that_runs),
    };
    return cmocka_run_group_tests(tests, make_pool, free_pool);
}
