/* library: what is there is filled in, and what is not is told. */
#include "config.h"

#include "base/library.h"

#include <dlfcn.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const names[] = {"zlibVersion", "crc32"};

struct api {
    const char *(*version)(void);
    unsigned long (*crc32)(unsigned long crc, const unsigned char *bytes,
                           unsigned len);
};

static struct ow_library library_of(const char *const *files)
{
    return (struct ow_library){"sums need", "zlib1g", files, names, 2};
}

static void load_takes_the_first_file_that_there_is(void **state)
{
    static const char *const files[] = {"libnone.so.7", "libz.so.1", NULL};
    struct ow_library library = library_of(files);
    struct ow_err err = {""};
    struct api api;
    void *handle = NULL;

    (void)state;
    assert_int_equal(ow_library_load(&library, &api, &handle, &err), 0);
    assert_non_null(handle);
    assert_non_null(api.version());
    assert_int_equal(api.crc32(0, (const unsigned char *)"a", 1), 0xe8b7be43);
    dlclose(handle);
}

static void load_keeps_a_library_that_nobody_holds(void **state)
{
    static const char *const files[] = {"libz.so.1", NULL};
    struct ow_library library = library_of(files);
    struct api api;

    (void)state;
    assert_int_equal(ow_library_load(&library, &api, NULL, NULL), 0);
    assert_non_null(api.version());
}

static void load_tells_which_package_has_it(void **state)
{
    static const char *const files[] = {"libnone.so.7", "libnone.so.6", NULL};
    struct ow_library library = library_of(files);
    struct ow_err err = {""};
    struct api api;
    void *handle = NULL;

    (void)state;
    assert_int_equal(ow_library_load(&library, &api, &handle, &err), -ELIBACC);
    assert_string_equal(err.text,
                        "sums need the library libnone.so.7, which is not "
                        "there; on Debian: apt-get install zlib1g");
    assert_null(handle);
}

static void load_tells_which_function_it_lacks(void **state)
{
    static const char *const files[] = {"libz.so.1", NULL};
    static const char *const strange[] = {"zlibVersion", "crc33"};
    struct ow_library library = library_of(files);
    struct ow_err err = {""};
    struct api api;
    void *handle = NULL;

    (void)state;
    library.names = strange;
    assert_int_equal(ow_library_load(&library, &api, &handle, &err), -ELIBACC);
    assert_string_equal(err.text,
                        "sums need the library libz.so.1, and the one that is "
                        "there is too old, or a strange one: it has no crc33");
    assert_null(handle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(load_takes_the_first_file_that_there_is),
        cmocka_unit_test(load_keeps_a_library_that_nobody_holds),
        cmocka_unit_test(load_tells_which_package_has_it),
        cmocka_unit_test(load_tells_which_function_it_lacks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
