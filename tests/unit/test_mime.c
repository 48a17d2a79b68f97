#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "assert_str.h"
#include "http/mime.h"

static struct ow_str of(const char *path)
{
    return ow_mime_of_path(ow_str_from(path));
}

static void mime_goes_by_the_extension_without_case(void **state)
{
    (void)state;
    assert_str(of("a/logo.PNG"), "image/png");
    assert_str(of("x.tar.gz"), "application/gzip");
    assert_str(of(".json"), "application/json");
    assert_str(of("page.html"), "text/html; charset=utf-8");
}

static void mime_of_what_is_not_known_is_bytes(void **state)
{
    (void)state;
    assert_str(of("README"), "application/octet-stream");
    assert_str(of("a.unknown"), "application/octet-stream");
    assert_str(of("a."), "application/octet-stream");
    assert_str(of("png"), "application/octet-stream");
    assert_str(of("a.png/b"), "application/octet-stream");
    assert_str(of(""), "application/octet-stream");
    assert_str(ow_mime_of_path((struct ow_str){NULL, 0}),
               "application/octet-stream");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mime_goes_by_the_extension_without_case),
        cmocka_unit_test(mime_of_what_is_not_known_is_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
