/* One worker process, driven by hand. */
#include "tests/unit/vision/hazards.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "vision/process/process.h"

static const struct vision_config config = {.program = HAZARD_WORKER,
                                            .models = "unused",
                                            .worker_memory_mib = VISION_MEMORY_MIB,
                                            .picture_px_max = 1,
                                            .jpeg_quality = 1};

static struct process *start(void)
{
    g_autoptr(GError) error = NULL;
    struct process *process = process_start(&config, &error);
    if (process == NULL || process_await(process, -1, in_ms(LONG_MS), &error) != PROCESS_DONE) {
        fail_msg("no process: %s", error->message);
    }
    return process;
}

/* Takes `params` over. */
static enum process_outcome ask_with(struct process *process, const char *op, json_t *params)
{
    const struct pool_job job = {.op = op, .params = params};
    struct pool_reply reply = {0};
    g_autoptr(GError) error = NULL;
    enum process_outcome outcome = process_send(process, &job, in_ms(LONG_MS), &error);
    if (outcome == PROCESS_DONE) {
        outcome = process_receive(process, in_ms(LONG_MS), &reply, &error);
    }
    pool_reply_clear(&reply);
    json_decref(params);
    return outcome;
}

static enum process_outcome ask(struct process *process, const char *op, unsigned ms)
{
    return ask_with(process, op, json_pack("{s:i}", "ms", (int)ms));
}

/* A worker gets its socket and memory as descriptors 3 and 4: the service's own must not be mixed up with them. */
static void it_starts_whatever_descriptors_the_service_has_free(void **state)
{
    (void)state;
    for (int first = 0; first <= 8; first += 2) {
        int taken[16], count = 0;
        while (count < first && count < (int)G_N_ELEMENTS(taken)) {
            taken[count++] = dup(STDERR_FILENO);
        }
        struct process *process = start();
        assert_int_equal(ask(process, "echo", 0), PROCESS_DONE);
        g_free(process_end(process));
        while (count > 0) {
            close(taken[--count]);
        }
    }
}

static void its_end_says_how_it_came(void **state)
{
    (void)state;
    static const struct {
        const char *op, *reason;
    } rows[] = {{"leave", "exit=7"}, {"crash", "signal=11"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct process *process = start();
        assert_true(process_is_well(process));
        assert_int_equal(ask(process, rows[i].op, 0), PROCESS_LOST);
        assert_false(process_is_well(process));
        g_autofree char *reason = process_end(process);
        assert_string_equal(reason, rows[i].reason);
    }
}

/* Its first job has sequence 1. Only the good answer is taken, and a second one to the same job never. */
static void an_answer_that_is_not_to_this_job_is_a_loss(void **state)
{
    (void)state;
    static const struct {
        const char *how;
        enum process_outcome outcome;
    } rows[] = {{"good", PROCESS_DONE}, {"short", PROCESS_LOST}, {"sequence", PROCESS_LOST}, {"bytes", PROCESS_LOST}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct process *process = start();
        json_t *params = json_pack("{s:s, s:i}", "how", rows[i].how, "sequence", 1);
        const enum process_outcome outcome = ask_with(process, "babble", params);
        if (outcome != rows[i].outcome) {
            fail_msg("%s: outcome %d", rows[i].how, (int)outcome);
        }
        if (outcome == PROCESS_DONE) {
            assert_int_equal(ask(process, "echo", 0), PROCESS_LOST); /* what it meets first is the second answer */
        }
        g_free(process_end(process));
    }
}

/* Nobody waits for this one: the limit of processor time is set for each job, beyond its deadline. */
static void its_processor_time_is_limited_anew_for_each_job(void **state)
{
    (void)state;
    struct process *process = start();
    struct rlimit limit;
    assert_int_equal(ask(process, "echo", 0), PROCESS_DONE);
    assert_int_equal(prlimit(process_pid(process), RLIMIT_CPU, NULL, &limit), 0);
    assert_in_range(limit.rlim_cur, LONG_MS / 1000, 4 * LONG_MS / 1000);
    g_free(process_end(process));
}

static uint64_t open_descriptors(void)
{
    uint64_t open = 0;
    for (int file = 0; file < 64; file++) {
        open |= (uint64_t)(fcntl(file, F_GETFD) >= 0) << file;
    }
    return open;
}

static void no_descriptor_is_left_behind(void **state)
{
    (void)state;
    const uint64_t before = open_descriptors();
    for (unsigned i = 0; i < 3; i++) {
        g_free(process_end(start()));
    }
    const struct vision_config broken = {.program = "/nonexistent", .models = ""};
    assert_null(process_start(&broken, NULL));
    assert_true(open_descriptors() == before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_starts_whatever_descriptors_the_service_has_free),
        cmocka_unit_test(its_end_says_how_it_came),
        cmocka_unit_test(an_answer_that_is_not_to_this_job_is_a_loss),
        cmocka_unit_test(its_processor_time_is_limited_anew_for_each_job),
        cmocka_unit_test(no_descriptor_is_left_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
