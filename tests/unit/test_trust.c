/*
 * The variables, with an environment of the test's own and files in a folder
 * of its own.
 */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "tls/trust.h"

#define MAX_VARIABLES 32
#define CA_PEM        "-----BEGIN CERTIFICATE-----\nAAEC\n-----END CERTIFICATE-----\n"

struct variable {
    char name[64];
    char value[PATH_MAX];
};

struct fixture {
    char dir[64];
    const char *const *environment; /* "NAME", "value", ..., NULL */
    char looked_up[PATH_MAX];
    struct variable added[MAX_VARIABLES];
    size_t count;
    int fail_with;
    struct ow_err err;
};

static void make_file(const char *dir, const char *name, const char *text)
{
    char path[PATH_MAX];
    struct ow_str part = ow_str_from(text);

    snprintf(path, sizeof path, "%s/%s", dir, name);
    assert_int_equal(ow_file_write_new(path, &part, 1), 0);
}

static int set_up(void **state)
{
    struct fixture *f = calloc(1, sizeof *f);

    strncpy(f->dir, "/tmp/test_trust.XXXXXX", sizeof f->dir - 1);
    assert_non_null(mkdtemp(f->dir));
    make_file(f->dir, "ca.pem", CA_PEM);
    *state = f;
    return 0;
}

static int remove_one(const char *path, const struct stat *st, int type,
                      struct FTW *at)
{
    (void)st;
    (void)type;
    (void)at;
    return remove(path);
}

static int tear_down(void **state)
{
    struct fixture *f = *state;

    nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
    free(f);
    return 0;
}

static const char *look_up(void *context, const char *name)
{
    struct fixture *f = context;

    for (const char *const *at = f->environment; at && *at; at += 2)
        if (strcmp(at[0], name) == 0) {
            snprintf(f->looked_up, sizeof f->looked_up, "%s", at[1]);
            return f->looked_up;
        }
    return NULL;
}

static int add(void *context, const char *name, const char *value)
{
    struct fixture *f = context;

    /* As the host does: the value that was looked up is gone. */
    memset(f->looked_up, 'x', sizeof f->looked_up - 1);
    if (f->fail_with)
        return f->fail_with;
    assert_true(f->count < MAX_VARIABLES);
    strncpy(f->added[f->count].name, name, 63);
    strncpy(f->added[f->count].value, value, PATH_MAX - 1);
    f->count++;
    return 0;
}

static int prepare(struct fixture *f, const char *const *environment)
{
    f->environment = environment;
    return ow_trust_prepare(f->dir, look_up, add, f, &f->err);
}

static const char *find(const struct fixture *f, const char *name)
{
    for (size_t i = 0; i < f->count; i++)
        if (strcmp(f->added[i].name, name) == 0)
            return f->added[i].value;
    return NULL;
}

/* The variable's file; lives till the next call. */
static const char *contents(const struct fixture *f, const char *name)
{
    static char text[1024 * 1024];
    struct ow_buf buf;

    assert_non_null(find(f, name));
    ow_buf_init(&buf, sizeof text - 1);
    assert_int_equal(ow_file_read(find(f, name), &buf), 0);
    memcpy(text, ow_buf_data(&buf), buf.len);
    text[buf.len] = '\0';
    ow_buf_release(&buf);
    return text;
}

static const char *path_in(const struct fixture *f, const char *name)
{
    static char paths[4][PATH_MAX];
    static unsigned next;
    char *path = paths[next++ % 4];

    snprintf(path, PATH_MAX, "%s/%s", f->dir, name);
    return path;
}

static void trust_sets_few_variables_when_the_user_has_none(void **state)
{
    static const char *const names[] = {"SSL_CERT_FILE", "NODE_EXTRA_CA_CERTS",
                                        "DENO_CERT",
                                        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"};
    struct fixture *f = *state;

    assert_int_equal(prepare(f, NULL), 0);
    assert_int_equal(f->count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_non_null(strstr(contents(f, names[i]), CA_PEM));
    assert_string_equal(find(f, "NODE_EXTRA_CA_CERTS"), path_in(f, "ca.pem"));
    /* One base, one file. */
    assert_string_equal(find(f, "SSL_CERT_FILE"),
                        find(f, "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"));
}

static void trust_merges_what_the_user_had(void **state)
{
    struct fixture *f = *state;

    make_file(f->dir, "theirs.pem", "their roots, no newline");
    make_file(f->dir, "more.pem", "more roots\n");

    const char *theirs = path_in(f, "theirs.pem");
    const char *const environment[] = {"SSL_CERT_FILE",
                                       theirs,
                                       "REQUESTS_CA_BUNDLE",
                                       theirs,
                                       "NODE_EXTRA_CA_CERTS",
                                       path_in(f, "more.pem"),
                                       NULL};

    assert_int_equal(prepare(f, environment), 0);
    assert_string_equal(contents(f, "SSL_CERT_FILE"),
                        "their roots, no newline\n" CA_PEM);
    assert_string_equal(contents(f, "NODE_EXTRA_CA_CERTS"),
                        "more roots\n\n" CA_PEM);
    assert_string_equal(find(f, "REQUESTS_CA_BUNDLE"),
                        find(f, "SSL_CERT_FILE"));
    assert_null(find(f, "CURL_CA_BUNDLE"));
}

static void trust_leaves_alone_what_it_cannot_read(void **state)
{
    struct fixture *f = *state;
    const char *const environment[] = {
        "REQUESTS_CA_BUNDLE",
        f->dir, /* a folder of hashed certificates */
        "CURL_CA_BUNDLE",
        "/nonexistent/roots.pem",
        "PIP_CERT",
        "",
        "SSL_CERT_FILE",
        "/nonexistent/roots.pem",
        "NODE_EXTRA_CA_CERTS",
        "/nonexistent/roots.pem",
        NULL};

    assert_int_equal(prepare(f, environment), 0);
    assert_null(find(f, "REQUESTS_CA_BUNDLE"));
    assert_null(find(f, "CURL_CA_BUNDLE"));
    assert_null(find(f, "PIP_CERT"));
    assert_string_equal(find(f, "SSL_CERT_FILE"), path_in(f, "ca.pem"));
    assert_string_equal(find(f, "NODE_EXTRA_CA_CERTS"), path_in(f, "ca.pem"));
}

static void trust_does_not_wait_for_a_pipe(void **state)
{
    struct fixture *f = *state;
    const char *pipe_path = path_in(f, "pipe");
    const char *const environment[] = {"CURL_CA_BUNDLE", pipe_path, NULL};

    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_int_equal(prepare(f, environment), 0);
    assert_null(find(f, "CURL_CA_BUNDLE"));
}

static void trust_says_what_it_cannot_write(void **state)
{
    struct fixture *f = *state;

    make_file(f->dir, "theirs.pem", "roots\n");
    make_file(f->dir, "roots-0.pem", "in the way");

    const char *const environment[] = {"SSL_CERT_FILE",
                                       path_in(f, "theirs.pem"), NULL};

    assert_int_equal(prepare(f, environment), -EEXIST);
    assert_non_null(strstr(f->err.text, "cannot write"));
    assert_non_null(strstr(f->err.text, "roots-0.pem"));
}

static void trust_ends_when_a_variable_is_not_taken(void **state)
{
    struct fixture *f = *state;

    f->fail_with = -ENOMEM;
    assert_int_equal(prepare(f, NULL), -ENOMEM);
}

static void trust_needs_the_ca(void **state)
{
    struct fixture *f = *state;

    assert_int_equal(unlink(path_in(f, "ca.pem")), 0);
    assert_int_equal(prepare(f, NULL), -ENOENT);
    assert_non_null(strstr(f->err.text, "ca.pem"));
}

/* A home with a java that nobody runs and a cacerts of two "certificates". */
static void make_java(struct fixture *f)
{
    char path[PATH_MAX];

    snprintf(path, sizeof path, "%s/jdk", f->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/jdk/bin", f->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    make_file(path, "java", "#!/bin/false\n");
    snprintf(path, sizeof path, "%s/jdk/bin/java", f->dir);
    assert_int_equal(chmod(path, 0755), 0);
    snprintf(path, sizeof path, "%s/jdk/lib", f->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(path, sizeof path, "%s/jdk/lib/security", f->dir);
    assert_int_equal(mkdir(path, 0700), 0);
    make_file(path, "cacerts", CA_PEM CA_PEM);
}

static void expect_entries(struct fixture *f, unsigned char count)
{
    struct ow_buf buf;

    ow_buf_init(&buf, 1024 * 1024);
    assert_int_equal(ow_file_read(path_in(f, "java.jks"), &buf), 0);
    assert_true(buf.len > 12);
    assert_memory_equal(ow_buf_data(&buf), "\xfe\xed\xfe\xed\0\0\0\2\0\0\0",
                        11);
    assert_int_equal((unsigned char)ow_buf_data(&buf)[11], count);
    ow_buf_release(&buf);
}

static void trust_finds_java_by_home_or_path(void **state)
{
    struct fixture *f = *state;
    char expected[PATH_MAX];
    char path[PATH_MAX];

    make_java(f);
    snprintf(path, sizeof path, "/nonexistent::%s/jdk/bin", f->dir);
    snprintf(expected, sizeof expected,
             "-Djavax.net.ssl.trustStore=%s/java.jks", f->dir);

    const char *const by_home[] = {"JAVA_HOME", path_in(f, "jdk"), NULL};
    const char *const by_path[] = {"PATH", path, NULL};

    assert_int_equal(prepare(f, by_home), 0);
    assert_string_equal(find(f, "JAVA_TOOL_OPTIONS"), expected);
    assert_null(find(f, "JDK_JAVA_OPTIONS"));
    expect_entries(f, 3);

    assert_int_equal(unlink(path_in(f, "java.jks")), 0);
    unlink(path_in(f, "roots-0.pem"));
    f->count = 0;
    assert_int_equal(prepare(f, by_path), 0);
    assert_string_equal(find(f, "JAVA_TOOL_OPTIONS"), expected);
}

static void trust_merges_the_store_of_the_users_java_options(void **state)
{
    struct fixture *f = *state;
    char options[PATH_MAX];

    make_java(f);
    make_file(f->dir, "their roots", CA_PEM CA_PEM CA_PEM CA_PEM);
    snprintf(options, sizeof options,
             "-Xmx1g \"-Djavax.net.ssl.trustStore=%s/their roots\" "
             "-Djavax.net.ssl.trustStoreType=PKCS12",
             f->dir);

    const char *const environment[] = {"JAVA_HOME", path_in(f, "jdk"),
                                       "JDK_JAVA_OPTIONS", options, NULL};

    assert_int_equal(prepare(f, environment), 0);
    expect_entries(f, 5);
    assert_non_null(find(f, "JAVA_TOOL_OPTIONS"));

    const char *set = find(f, "JDK_JAVA_OPTIONS");

    assert_int_equal(strncmp(set, options, strlen(options)), 0);
    assert_non_null(strstr(set, "/java.jks"));
    assert_non_null(strstr(set, "trustStoreType=jks"));
}

static void trust_leaves_java_alone_when_its_store_cannot_be_read(void **state)
{
    struct fixture *f = *state;

    make_java(f);

    const char *const environment[] = {
        "JAVA_HOME", path_in(f, "jdk"), "JAVA_TOOL_OPTIONS",
        "-Djavax.net.ssl.trustStore=/nonexistent/store", NULL};

    assert_int_equal(prepare(f, environment), 0);
    assert_null(find(f, "JAVA_TOOL_OPTIONS"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(trust_sets_few_variables_when_the_user_has_none),
        TEST(trust_merges_what_the_user_had),
        TEST(trust_leaves_alone_what_it_cannot_read),
        TEST(trust_does_not_wait_for_a_pipe),
        TEST(trust_says_what_it_cannot_write),
        TEST(trust_ends_when_a_variable_is_not_taken),
        TEST(trust_needs_the_ca),
        TEST(trust_finds_java_by_home_or_path),
        TEST(trust_merges_the_store_of_the_users_java_options),
        TEST(trust_leaves_java_alone_when_its_store_cannot_be_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
