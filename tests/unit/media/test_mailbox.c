#include "media/mailbox.h"

#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define CALLERS 8
#define CALLS   200

static void wait_readable(const struct mailbox *mailbox)
{
    struct pollfd poll_fd = {.fd = mailbox_fd(mailbox), .events = POLLIN};
    assert_int_equal(poll(&poll_fd, 1, 60 * 1000), 1);
}

static void add(void *context, void *data, struct mailbox_call *call)
{
    unsigned *sum = context, *addend = data;
    *sum += *addend;
    *addend = 0; /* the caller sees what was done */
    mailbox_answer(call);
}

static void *call_often(void *context)
{
    for (unsigned i = 0; i < CALLS; i++) {
        unsigned addend = 1;
        mailbox_call(context, add, &addend);
        g_assert_cmpuint(addend, ==, 0);
    }
    return NULL;
}

static void no_call_of_many_threads_is_lost_or_done_twice(void **state)
{
    (void)state;
    struct mailbox *mailbox = mailbox_new();
    GThread *callers[CALLERS];
    unsigned sum = 0;
    for (unsigned i = 0; i < CALLERS; i++) {
        callers[i] = g_thread_new("caller", call_often, mailbox);
    }
    while (sum < CALLERS * CALLS) {
        wait_readable(mailbox);
        mailbox_drain(mailbox, &sum);
    }
    for (unsigned i = 0; i < CALLERS; i++) {
        g_thread_join(callers[i]);
    }
    assert_int_equal(sum, CALLERS * CALLS);
    mailbox_free(mailbox);
}

static void keep(void *context, void *data, struct mailbox_call *call)
{
    (void)data;
    *(struct mailbox_call **)context = call;
}

static void *call_once(void *context)
{
    mailbox_call(context, keep, NULL);
    return context;
}

static void an_answer_may_come_long_after_the_call_was_taken(void **state)
{
    (void)state;
    struct mailbox *mailbox = mailbox_new();
    struct mailbox_call *kept = NULL;
    GThread *caller = g_thread_new("caller", call_once, mailbox);
    wait_readable(mailbox);
    mailbox_drain(mailbox, &kept);
    assert_non_null(kept);
    mailbox_drain(mailbox, NULL); /* taken once, not again */
    mailbox_answer(kept);
    assert_ptr_equal(g_thread_join(caller), mailbox);
    mailbox_free(mailbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_call_of_many_threads_is_lost_or_done_twice),
        cmocka_unit_test(an_answer_may_come_long_after_the_call_was_taken),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
