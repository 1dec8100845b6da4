#include "media/mailbox.h"

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct mailbox {
    int fd;
    GMutex mutex;
    GCond answered;
    GQueue waiting; /* of struct mailbox_call, which are on the stacks of their callers */
};

struct mailbox_call {
    struct mailbox *mailbox;
    mailbox_function *function;
    void *data;
    bool answered;
};

struct mailbox *mailbox_new(void)
{
    struct mailbox *mailbox = g_new0(struct mailbox, 1);
    mailbox->fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (mailbox->fd < 0) {
        g_error("event=eventfd_failed reason=\"%m\"");
    }
    g_mutex_init(&mailbox->mutex);
    g_cond_init(&mailbox->answered);
    return mailbox;
}

void mailbox_free(struct mailbox *mailbox)
{
    g_assert(g_queue_is_empty(&mailbox->waiting));
    close(mailbox->fd);
    g_mutex_clear(&mailbox->mutex);
    g_cond_clear(&mailbox->answered);
    g_free(mailbox);
}

int mailbox_fd(const struct mailbox *mailbox)
{
    return mailbox->fd;
}

void mailbox_call(struct mailbox *mailbox, mailbox_function *function, void *data)
{
    struct mailbox_call call = {.mailbox = mailbox, .function = function, .data = data};
    g_mutex_lock(&mailbox->mutex);
    g_queue_push_tail(&mailbox->waiting, &call);
    eventfd_write(mailbox->fd, 1);
    while (!call.answered) {
        g_cond_wait(&mailbox->answered, &mailbox->mutex);
    }
    g_mutex_unlock(&mailbox->mutex);
}

void mailbox_drain(struct mailbox *mailbox, void *context)
{
    eventfd_t ignored;
    eventfd_read(mailbox->fd, &ignored);

    g_mutex_lock(&mailbox->mutex);
    GQueue calls = mailbox->waiting; /* detached whole: the lock is not held while they run */
    g_queue_init(&mailbox->waiting);
    g_mutex_unlock(&mailbox->mutex);

    struct mailbox_call *call;
    while ((call = g_queue_pop_head(&calls))) {
        call->function(context, call->data, call);
    }
}

void mailbox_answer(struct mailbox_call *call)
{
    struct mailbox *mailbox = call->mailbox;
    g_mutex_lock(&mailbox->mutex);
    call->answered = true;
    g_cond_broadcast(&mailbox->answered);
    g_mutex_unlock(&mailbox->mutex);
}
