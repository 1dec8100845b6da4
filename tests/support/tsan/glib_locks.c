/* Tells ThreadSanitizer of GLib's locks, queues and pools, which it cannot see: GLib is built without it, and its
 * mutexes are futexes. The linker gives every call to NAME in a test to __wrap_NAME (--wrap), which calls the real one.
 */
#include <glib.h>
#include <sanitizer/tsan_interface.h>

#define WRAPPED(type, name, ...)                                                                                       \
    type __real_##name(__VA_ARGS__);                                                                                   \
    type __wrap_##name(__VA_ARGS__);                                                                                   \
    type __wrap_##name(__VA_ARGS__)

WRAPPED(void, g_mutex_lock, GMutex *mutex)
{
    __real_g_mutex_lock(mutex);
    __tsan_acquire(mutex);
}

WRAPPED(gboolean, g_mutex_trylock, GMutex *mutex)
{
    const gboolean locked = __real_g_mutex_trylock(mutex);
    if (locked) {
        __tsan_acquire(mutex);
    }
    return locked;
}

WRAPPED(void, g_mutex_unlock, GMutex *mutex)
{
    __tsan_release(mutex);
    __real_g_mutex_unlock(mutex);
}

WRAPPED(void, g_cond_wait, GCond *condition, GMutex *mutex)
{
    __tsan_release(mutex);
    __real_g_cond_wait(condition, mutex);
    __tsan_acquire(mutex);
}

WRAPPED(gboolean, g_cond_wait_until, GCond *condition, GMutex *mutex, gint64 end_us)
{
    __tsan_release(mutex);
    const gboolean signalled = __real_g_cond_wait_until(condition, mutex, end_us);
    __tsan_acquire(mutex);
    return signalled;
}

WRAPPED(void, g_async_queue_push, GAsyncQueue *queue, gpointer data)
{
    __tsan_release(queue);
    __real_g_async_queue_push(queue, data);
}

WRAPPED(gpointer, g_async_queue_pop, GAsyncQueue *queue)
{
    gpointer data = __real_g_async_queue_pop(queue);
    __tsan_acquire(queue);
    return data;
}

WRAPPED(gpointer, g_async_queue_try_pop, GAsyncQueue *queue)
{
    gpointer data = __real_g_async_queue_try_pop(queue);
    __tsan_acquire(queue);
    return data;
}

/* Who then finds it done reads `location` in a macro, which ThreadSanitizer does see. */
WRAPPED(void, g_once_init_leave, volatile void *location, gsize result)
{
    __tsan_release((void *)location);
    __real_g_once_init_leave(location, result);
}

struct pool_function {
    GFunc run;
    gpointer user;
};

/* As many as there are pools in a test: never freed, so that a late job finds it. */
static void run_in_pool(gpointer data, gpointer user)
{
    const struct pool_function *function = user;
    __tsan_acquire(data);
    function->run(data, function->user);
}

WRAPPED(GThreadPool *, g_thread_pool_new, GFunc run, gpointer user, gint threads, gboolean exclusive, GError **error)
{
    struct pool_function *function = g_new(struct pool_function, 1);
    *function = (struct pool_function){run, user};
    return __real_g_thread_pool_new(run_in_pool, function, threads, exclusive, error);
}

WRAPPED(gboolean, g_thread_pool_push, GThreadPool *pool, gpointer data, GError **error)
{
    __tsan_release(data);
    return __real_g_thread_pool_push(pool, data, error);
}
