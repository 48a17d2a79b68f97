/*
 * Unit tests of src/upstream/heard.c, on sockets of this process.
 */
#include "config.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#include "upstream/heard.h"

/* A socket at a port of its own, listening or not. */
static int bound(int family, bool listens, uint16_t *ret_port)
{
    struct sockaddr_storage address = {.ss_family = (sa_family_t)family};
    socklen_t len = family == AF_INET ? sizeof(struct sockaddr_in)
                                      : sizeof(struct sockaddr_in6);
    int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0 || bind(fd, (struct sockaddr *)&address, len) < 0) {
        if (fd >= 0)
            close(fd);
        return -1;
    }
    if (listens)
        assert_int_equal(listen(fd, 1), 0);
    assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &len), 0);
    /* It is at the same place in both. */
    *ret_port = ntohs(((struct sockaddr_in *)&address)->sin_port);
    return fd;
}

static void heard_finds_who_listens(void **state)
{
    struct ow_heard heard = {0};
    uint16_t port, other;
    int fd = bound(AF_INET, true, &port);
    int silent = bound(AF_INET, false, &other);

    (void)state;
    assert_true(fd >= 0 && silent >= 0);
    assert_false(ow_heard_has(&heard, port));
    ow_heard_look(&heard, port);
    assert_true(ow_heard_has(&heard, port));
    ow_heard_look(&heard, other);
    assert_false(ow_heard_has(&heard, other));
    ow_heard_look(&heard, 0);
    assert_false(ow_heard_has(&heard, 0));
    close(fd);
    close(silent);
    /* It did. */
    ow_heard_look(&heard, port);
    assert_true(ow_heard_has(&heard, port));
}

static void heard_finds_who_listens_by_ipv6(void **state)
{
    struct ow_heard heard = {0};
    uint16_t port;
    int fd = bound(AF_INET6, true, &port);

    (void)state;
    if (fd < 0)
        skip(); /* a machine without IPv6 */
    ow_heard_look(&heard, port);
    assert_true(ow_heard_has(&heard, port));
    close(fd);
}

static void heard_forgets_the_oldest(void **state)
{
    struct ow_heard heard = {0};
    int fds[OW_HEARD_MAX + 1];
    uint16_t ports[OW_HEARD_MAX + 1];

    (void)state;
    /* All are open at once, so that no two have the same port. */
    for (size_t i = 0; i < OW_HEARD_MAX + 1; i++) {
        fds[i] = bound(AF_INET, true, &ports[i]);
        assert_true(fds[i] >= 0);
        ow_heard_look(&heard, ports[i]);
    }
    for (size_t i = 0; i < OW_HEARD_MAX + 1; i++) {
        assert_int_equal(ow_heard_has(&heard, ports[i]), i > 0);
        close(fds[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(heard_finds_who_listens),
        cmocka_unit_test(heard_finds_who_listens_by_ipv6),
        cmocka_unit_test(heard_forgets_the_oldest),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
