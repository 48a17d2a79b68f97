/* The seam's tables against the libcurl that is installed. */
#include "config.h"

#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

/* Codes that came after 7.88. */
#if LIBCURL_VERSION_NUM < 0x080600
enum { CURLE_TOO_LARGE = 100 };
#endif
#if LIBCURL_VERSION_NUM < 0x080800
enum { CURLE_ECH_REQUIRED = 101 };
#endif

static const struct {
    const char *name;
    int number;
    int real;
} codes[] = {
#define OW_CURL_CODE(name, number, error) {#name, number, (int)(name)},
#include "control/curl_codes.def"
#undef OW_CURL_CODE
};

static const struct {
    const char *name;
    int number;
    const char *type;
} options[] = {
#define OW_CURL_OPTION(name, number, type, act, cleared) {#name, number, #type},
#include "shim/curl_options.def"
#undef OW_CURL_OPTION
};

static void codes_have_libcurls_numbers(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        assert_int_equal(codes[i].number, codes[i].real);
}

static int has_row(int number)
{
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        if (codes[i].number == number)
            return 1;
    return 0;
}

/* By the libcurl that runs, not by its header: it has words for its codes. */
static void codes_are_all_that_libcurl_has(void **state)
{
    (void)state;
    for (int code = 1; code < 200; code++)
        if (strcmp(curl_easy_strerror((CURLcode)code), "Unknown error") != 0 &&
            strcmp(curl_easy_strerror((CURLcode)code),
                   curl_easy_strerror((CURLcode)199)) != 0)
            assert_true(has_row(code));
}

/* Whether a row's type is one that libcurl's may be kept as. */
static int is_kept_as(curl_easytype type, const char *kept)
{
    switch (type) {
    case CURLOT_LONG:
    case CURLOT_VALUES:
        return strcmp(kept, "LONG") == 0;
    case CURLOT_STRING: /* as a pointer where only NULL is asked for */
        return strcmp(kept, "STRING") == 0 || strcmp(kept, "POINTER") == 0;
    case CURLOT_BLOB:
        return strcmp(kept, "BLOB") == 0;
    case CURLOT_SLIST:
    case CURLOT_OBJECT:
    case CURLOT_CBPTR:
    case CURLOT_FUNCTION:
        return strcmp(kept, "POINTER") == 0;
    default:
        return 0;
    }
}

static void options_have_libcurls_numbers_and_types(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
        const struct curl_easyoption *option =
            curl_easy_option_by_name(options[i].name);
        if (!option)
            continue; /* of a later version */
        assert_int_equal((int)option->id, options[i].number);
        /* The only one that the program hands over to be written to. */
        if (option->id == CURLOPT_ERRORBUFFER)
            continue;
        assert_true(is_kept_as(option->type, options[i].type));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(codes_have_libcurls_numbers),
        cmocka_unit_test(codes_are_all_that_libcurl_has),
        cmocka_unit_test(options_have_libcurls_numbers_and_types),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
