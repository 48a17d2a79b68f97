/*
 * A test in C that asks the session what was called, moves its clock, and adds
 * a rule. Built against nothing but cmocka and libcurl:
 *
 *     cc $(pkg-config --cflags offwire) -o test_models test_models.c \
 *         -lcmocka -lcurl
 *     offwire run --rules models.json -- ./test_models
 */
#include <curl/curl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <offwire.h>

#define URL "https://api.example.com/v1/models"

static size_t ignore(char *bytes, size_t size, size_t n, void *context)
{
    (void)bytes;
    (void)context;
    return size * n;
}

/* What is tested: a client that asks again when it is told to. */
static long get_with_retry(int times)
{
    long status = 0;
    for (int i = 0; i < times && status != 200; i++) {
        CURL *curl = curl_easy_init();
        curl_easy_setopt(curl, CURLOPT_URL, URL);
        curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, ignore);
        if (curl_easy_perform(curl) == CURLE_OK)
            curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
        curl_easy_cleanup(curl);
    }
    return status;
}

static int set_up(void **state)
{
    (void)state;
    if (!offwire_active())
        return 0;
    return offwire_rules(NULL) | offwire_reset();
}

static void client_asks_again(void **state)
{
    (void)state;
    if (!offwire_active())
        skip();
    assert_int_equal(get_with_retry(3), 200);
    assert_int_equal(offwire_calls("path=/v1/models"), 2);
    if (offwire_verify("[{\"rule\":\"models\",\"times\":2},"
                       " {\"status\":429,\"times\":1}]") != 1)
        fail_msg("%s", offwire_error());
}

static void client_gives_up(void **state)
{
    (void)state;
    if (!offwire_active())
        skip();
    assert_int_equal(
        offwire_rules("{\"offwire\":1,\"hosts\":[\"api.example.com\"],"
                      "\"rules\":[{\"then\":{\"status\":503}}]}"),
        0);
    assert_int_equal(get_with_retry(3), 503);
    assert_int_equal(offwire_calls(NULL), 3);
}

static void mistakes_are_told(void **state)
{
    (void)state;
    if (!offwire_active())
        skip();
    assert_int_equal(offwire_verify("{\"rule\":\"models\"}"), 0);
    assert_non_null(strstr(offwire_error(), "seen 0"));
    assert_int_equal(offwire_verify("{\"pth\":\"/\"}"), -1);
    assert_non_null(strstr(offwire_error(), "did you mean \"path\"?"));
    assert_int_equal(offwire_scenario("none", 1), -1);
    assert_int_equal(offwire_calls("rul=x"), -1);
}

static void time_can_be_moved(void **state)
{
    char *before, *after;
    (void)state;
    if (!offwire_active())
        skip();
    assert_int_equal(offwire_freeze(), 0);
    assert_int_equal(offwire_request("GET", "/clock", NULL, &before), 200);
    assert_int_equal(offwire_advance("10s"), 0);
    assert_int_equal(offwire_request("GET", "/clock", NULL, &after), 200);
    assert_string_not_equal(before, after);
    assert_int_equal(offwire_resume(), 0);
    free(before);
    free(after);
}

/* Without a session nothing is asked, and nothing fails. */
static void without_a_session_nothing_happens(void **state)
{
    char *body;
    (void)state;
    if (offwire_active())
        skip();
    assert_int_equal(offwire_reset(), 0);
    assert_int_equal(offwire_scenario("none", 1), 0);
    assert_int_equal(offwire_rules("{}"), 0);
    assert_int_equal(offwire_advance("10s"), 0);
    assert_int_equal(offwire_verify("{\"rule\":\"models\"}"), 1);
    assert_int_equal(offwire_calls(NULL), 0);
    assert_int_equal(offwire_request("GET", "/", NULL, &body), 0);
    assert_null(body);
    assert_string_equal(offwire_error(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(client_asks_again, set_up),
        cmocka_unit_test_setup(client_gives_up, set_up),
        cmocka_unit_test_setup(mistakes_are_told, set_up),
        cmocka_unit_test_setup(time_can_be_moved, set_up),
        cmocka_unit_test(without_a_session_nothing_happens),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
