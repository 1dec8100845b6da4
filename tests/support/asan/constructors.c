/* What the constructors of shared libraries allocate is no leak: they are loaded once and never unloaded. LeakSanitizer
 * could tell such allocations by their callers, but only with its slow unwinder, as the libraries have no frame
 * pointers, and that takes longer than most tests. Linked to every test, and to the program. */
#include <dlfcn.h>
#include <sanitizer/lsan_interface.h>

void *dlopen(const char *file, int mode);

/* Runs before the constructors of all libraries … */
__attribute__((section(".preinit_array"), used)) static void (*const before_constructors)(void) = __lsan_disable;

/* … and this after them. */
__attribute__((constructor)) static void after_constructors(void)
{
    __lsan_enable();
}

/* In the place of libc's, for plugins. */
void *dlopen(const char *file, int mode)
{
    void *(*next)(const char *, int) = (void *(*)(const char *, int))dlsym(RTLD_NEXT, "dlopen");
    __lsan_disable();
    void *library = next(file, mode);
    __lsan_enable();
    return library;
}
