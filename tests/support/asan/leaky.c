/* Leaks after a plugin was loaded, which has to be found for all that constructors.c looks away from: a test that
 * fails. */
#include <dlfcn.h>
#include <stdlib.h>

static void *volatile lost;

int main(void)
{
    dlopen("libgmodule-2.0.so.0", RTLD_NOW);
    lost = malloc(100);
    lost = NULL;
    return 0;
}
