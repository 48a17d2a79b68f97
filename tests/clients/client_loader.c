/*
 * client_loader: a program that links nothing but libc and loads a plugin that
 * does, in the ways that hide hooks from it. Run by 18-loader.t in a session:
 * client_loader PLUGIN. The plugin's folder must not be searched by default.
 */
#include "config.h"

#include <dlfcn.h>
#include <libgen.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "plugin.h"

static const char *plugin_path;

static void *load(int mode)
{
    void *plugin = dlopen(plugin_path, mode);
    if (!plugin)
        print_error("%s\n", dlerror());
    assert_non_null(plugin);
    return plugin;
}

static void *find(void *plugin, const char *name)
{
    void *found = dlsym(plugin, name);
    assert_non_null(found);
    return found;
}

static void a_deep_bound_plugin_is_diverted(void **state)
{
    (void)state;
    void *plugin = load(RTLD_NOW | RTLD_LOCAL | RTLD_DEEPBIND);
    int (*source)(const char *) = find(plugin, "plugin_source");
    assert_true(source("known.test") > 0);
    dlclose(plugin);
}

static void a_local_plugins_openssl_trusts_the_session(void **state)
{
    (void)state;
    void *plugin = load(RTLD_NOW | RTLD_LOCAL);
    void *(*prepare)(const char *) = find(plugin, "plugin_prepare");
    int (*connect_it)(void *) = find(plugin, "plugin_connect");
    long (*result)(void *) = find(plugin, "plugin_result");
    /* The program itself has no OpenSSL. */
    assert_null(dlsym(RTLD_DEFAULT, "SSL_new"));
    for (int i = 0; i < 3; i++) {
        void *ssl = prepare("known.test");
        assert_int_equal(connect_it(ssl), 1);
        assert_int_equal(result(ssl), 0);
    }
    dlclose(plugin);
}

/* The loader must see who calls dlopen: $ORIGIN and RUNPATH are the caller's.
 */
static void dlopen_finds_by_the_callers_path(void **state)
{
    (void)state;
    void *plugin = load(RTLD_NOW | RTLD_LOCAL);
    void *(*open_it)(const char *) =
        (void *(*)(const char *))find(plugin, "plugin_open");
    assert_null(dlopen("libneighbour.so", RTLD_NOW));
    assert_non_null(open_it("libneighbour.so"));
    dlclose(plugin);
}

static void dlopen_fails_as_libc_does(void **state)
{
    (void)state;
    assert_null(dlopen("/no/such/library.so", RTLD_NOW));
    assert_non_null(strstr(dlerror(), "/no/such/library.so"));
    void *program = dlopen(NULL, RTLD_NOW);
    assert_non_null(program);
    dlclose(program);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_deep_bound_plugin_is_diverted),
        cmocka_unit_test(a_local_plugins_openssl_trusts_the_session),
        cmocka_unit_test(dlopen_finds_by_the_callers_path),
        cmocka_unit_test(dlopen_fails_as_libc_does),
    };
    if (argc < 2)
        return 2;
    plugin_path = argv[1];
    return cmocka_run_group_tests_name("loader", tests, NULL, NULL);
}
