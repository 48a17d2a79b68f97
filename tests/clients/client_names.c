/*
 * client_names: looks names up in every way that libc has. Run under the shim
 * by 12-names.t, with fake_host behind it.
 */
#include "config.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static const uint8_t known[4] = {127, 83, 0, 1};
static const uint8_t known_mapped[16] = {[10] = 0xff, 0xff, 127, 83, 0, 1};

static int look_up(const char *node, const char *service, int family, int flags,
                   struct addrinfo **ret)
{
    struct addrinfo hints = {
        .ai_family = family, .ai_socktype = SOCK_STREAM, .ai_flags = flags};
    return getaddrinfo(node, service, &hints, ret);
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void getaddrinfo_gives_the_stand_in(void **state)
{
    (void)state;
    struct addrinfo *list;
    assert_int_equal(look_up("known.test", "https", AF_UNSPEC, 0, &list), 0);
    struct sockaddr_in *address = (void *)list->ai_addr;
    assert_int_equal(list->ai_family, AF_INET);
    assert_int_equal(list->ai_socktype, SOCK_STREAM);
    assert_memory_equal(&address->sin_addr, known, 4);
    assert_int_equal(address->sin_port, htons(443));
    assert_null(list->ai_canonname);
    assert_null(list->ai_next);
    freeaddrinfo(list);
}

static void getaddrinfo_takes_no_hints(void **state)
{
    (void)state;
    struct addrinfo *list;
    int kinds = 0;
    assert_int_equal(getaddrinfo("known.test", NULL, NULL, &list), 0);
    for (struct addrinfo *at = list; at; at = at->ai_next)
        kinds++;
    assert_int_equal(kinds, 3); /* stream, datagram, raw, as libc gives them */
    freeaddrinfo(list);
}

static void getaddrinfo_maps_for_ipv6_alone(void **state)
{
    (void)state;
    struct addrinfo *list;
    assert_int_equal(
        look_up("known.test", "80", AF_INET6, AI_ADDRCONFIG, &list), 0);
    struct sockaddr_in6 *address = (void *)list->ai_addr;
    assert_int_equal(list->ai_family, AF_INET6);
    assert_memory_equal(&address->sin6_addr, known_mapped, 16);
    assert_int_equal(address->sin6_port, htons(80));
    freeaddrinfo(list);
}

/* In a network of its own, which has no address of either family. */
static int without_interfaces(void)
{
    static const int families[] = {AF_INET, AF_INET6, AF_UNSPEC};
    struct addrinfo *list;
    if (unshare(CLONE_NEWNET) != 0 &&
        unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
        return 77;
    for (int i = 0; i < 3; i++) {
        if (look_up("known.test", "80", families[i],
                    AI_ADDRCONFIG | AI_V4MAPPED | AI_ALL, &list) != 0)
            return 1;
        if (list->ai_next)
            return 2;
        freeaddrinfo(list);
    }
    return 0;
}

static void getaddrinfo_needs_no_interface(void **state)
{
    (void)state;
    int status = -1;
    pid_t child = fork();
    if (child == 0)
        _exit(without_interfaces());
    waitpid(child, &status, 0);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 77)
        skip();
    assert_int_equal(status, 0);
}

static void getaddrinfo_gives_the_canonical_name(void **state)
{
    (void)state;
    struct addrinfo *list;
    assert_int_equal(look_up("known.test", NULL, AF_INET, AI_CANONNAME, &list),
                     0);
    assert_string_equal(list->ai_canonname, "known.test");
    freeaddrinfo(list);
}

static void getaddrinfo_checks_arguments_as_libc_does(void **state)
{
    (void)state;
    struct addrinfo *list;
    assert_int_equal(getaddrinfo(NULL, NULL, NULL, &list), EAI_NONAME);
    assert_int_equal(look_up("known.test", "80", AF_UNIX, 0, &list),
                     EAI_FAMILY);
    assert_int_equal(look_up("known.test", "no-such", AF_INET, 0, &list),
                     EAI_SERVICE);
    assert_int_equal(
        look_up("known.test", "http", AF_INET, AI_NUMERICSERV, &list),
        EAI_NONAME);
    assert_int_equal(
        look_up("known.test", "80", AF_INET, AI_NUMERICHOST, &list),
        EAI_NONAME);
}

static void getaddrinfo_passes_what_is_local(void **state)
{
    (void)state;
    static const char *const local[] = {NULL, "localhost", "127.0.0.1", "::1",
                                        "0"};
    for (size_t i = 0; i < sizeof(local) / sizeof(local[0]); i++) {
        struct addrinfo *list;
        assert_int_equal(look_up(local[i], "80", AF_UNSPEC, 0, &list), 0);
        freeaddrinfo(list);
    }
}

static void getaddrinfo_fails_as_it_is_told(void **state)
{
    (void)state;
    struct addrinfo *list;
    errno = 42;
    int64_t begin = now_ms();
    assert_int_equal(look_up("nx.test", "80", AF_UNSPEC, 0, &list), EAI_NONAME);
    assert_true(now_ms() - begin < 250);
    assert_int_equal(look_up("slow.test", "80", AF_UNSPEC, 0, &list),
                     EAI_AGAIN);
    assert_true(now_ms() - begin >= 300);
    assert_int_equal(errno, 42);
}

static void getaddrinfo_fails_closed_when_the_host_is_broken(void **state)
{
    (void)state;
    struct addrinfo *list;
    assert_int_equal(look_up("broken.test", "80", AF_UNSPEC, 0, &list),
                     EAI_FAIL);
}

static void gethostbyname_gives_name_and_stand_in(void **state)
{
    (void)state;
    struct hostent *entry = gethostbyname("known.test");
    assert_non_null(entry);
    assert_string_equal(entry->h_name, "known.test");
    assert_int_equal(entry->h_addrtype, AF_INET);
    assert_memory_equal(entry->h_addr_list[0], known, 4);
    assert_null(entry->h_addr_list[1]);
    entry = gethostbyname2("known.test", AF_INET6);
    assert_non_null(entry);
    assert_int_equal(entry->h_length, 16);
    assert_memory_equal(entry->h_addr_list[0], known_mapped, 16);
    assert_null(gethostbyname("nx.test"));
    assert_int_equal(h_errno, HOST_NOT_FOUND);
    assert_non_null(gethostbyname("127.0.0.1"));
}

static void gethostbyname_r_keeps_within_its_buffer(void **state)
{
    (void)state;
    char buf[512];
    struct hostent entry;
    struct hostent *found;
    int error;
    size_t size = 0;
    for (;; size++) {
        memset(buf, 'x', sizeof(buf));
        int result =
            gethostbyname_r("known.test", &entry, buf, size, &found, &error);
        for (size_t i = size; i < sizeof(buf); i++)
            assert_int_equal(buf[i], 'x');
        if (result == 0)
            break;
        assert_int_equal(result, ERANGE);
        assert_int_equal(error, NETDB_INTERNAL);
        assert_null(found);
        assert_true(size < 200);
    }
    assert_ptr_equal(found, &entry);
    assert_string_equal(found->h_name, "known.test");
    assert_memory_equal(found->h_addr_list[0], known, 4);
    assert_int_equal(gethostbyname2_r("known.test", AF_INET6, &entry, buf,
                                      sizeof(buf), &found, &error),
                     0);
    assert_memory_equal(found->h_addr_list[0], known_mapped, 16);
    gethostbyname_r("nx.test", &entry, buf, sizeof(buf), &found, &error);
    assert_null(found);
    assert_int_equal(error, HOST_NOT_FOUND);
}

/* The names, the lists and the address lie beside each other. */
static void gethostbyaddr_r_keeps_within_its_buffer(void **state)
{
    (void)state;
    char buf[512];
    struct hostent entry;
    struct hostent *found = NULL;
    int error;
    for (size_t size = 0; !found; size++) {
        memset(buf, 'x', sizeof(buf));
        int result = gethostbyaddr_r(known, 4, AF_INET, &entry, buf, size,
                                     &found, &error);
        for (size_t i = size; i < sizeof(buf); i++)
            assert_int_equal(buf[i], 'x');
        assert_int_equal(result, found ? 0 : ERANGE);
        assert_true(size < 200);
    }
    assert_string_equal(found->h_name, "known.test");
    assert_memory_equal(found->h_addr_list[0], known, 4);
    assert_null(found->h_addr_list[1]);
    assert_null(found->h_aliases[0]);
    assert_true(found->h_addr_list[0] + 4 <= found->h_name);
    assert_true((char *)(found->h_addr_list + 2) <= found->h_name);
}

static void addresses_of_stand_ins_give_the_name_back(void **state)
{
    (void)state;
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(443)};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    char host[64];
    char service[16];
    memcpy(&v4.sin_addr, known, 4);
    memcpy(&v6.sin6_addr, known_mapped, 16);
    assert_int_equal(getnameinfo((void *)&v4, sizeof(v4), host, sizeof(host),
                                 service, sizeof(service), NI_NAMEREQD),
                     0);
    assert_string_equal(host, "known.test");
    assert_string_equal(service, "https");
    assert_int_equal(
        getnameinfo((void *)&v6, sizeof(v6), host, sizeof(host), NULL, 0, 0),
        0);
    assert_string_equal(host, "known.test");
    assert_int_equal(getnameinfo((void *)&v4, sizeof(v4), host, sizeof(host),
                                 NULL, 0, NI_NUMERICHOST),
                     0);
    assert_string_equal(host, "127.83.0.1");
    assert_int_equal(getnameinfo((void *)&v4, sizeof(v4), host, 5, NULL, 0, 0),
                     EAI_OVERFLOW);
    struct hostent *entry = gethostbyaddr(known, 4, AF_INET);
    assert_non_null(entry);
    assert_string_equal(entry->h_name, "known.test");
    assert_memory_equal(entry->h_addr_list[0], known, 4);
}

static void unused_stand_ins_have_no_name(void **state)
{
    (void)state;
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    char host[64];
    static const uint8_t unused[4] = {127, 83, 77, 77};
    memcpy(&v4.sin_addr, unused, 4);
    assert_int_equal(getnameinfo((void *)&v4, sizeof(v4), host, sizeof(host),
                                 NULL, 0, NI_NAMEREQD),
                     EAI_NONAME);
    assert_int_equal(
        getnameinfo((void *)&v4, sizeof(v4), host, sizeof(host), NULL, 0, 0),
        0);
    assert_string_equal(host, "127.83.77.77");
}

static void getaddrinfo_a_waits_for_mixed_lists(void **state)
{
    (void)state;
    struct gaicb entries[4] = {{.ar_name = "known.test", .ar_service = "80"},
                               {.ar_name = "127.0.0.9"},
                               {.ar_name = "nx.test"},
                               {.ar_name = "other.test"}};
    struct gaicb *list[5] = {&entries[0], &entries[1], NULL, &entries[2],
                             &entries[3]};
    assert_int_equal(getaddrinfo_a(GAI_WAIT, list, 5, NULL), 0);
    assert_int_equal(gai_error(&entries[0]), 0);
    assert_int_equal(gai_error(&entries[1]), 0);
    assert_int_equal(gai_error(&entries[2]), EAI_NONAME);
    assert_int_equal(gai_error(&entries[3]), 0);
    struct sockaddr_in *address = (void *)entries[0].ar_result->ai_addr;
    assert_memory_equal(&address->sin_addr, known, 4);
    assert_string_equal(entries[0].ar_name, "known.test");
    assert_ptr_equal(list[0], &entries[0]);
    freeaddrinfo(entries[0].ar_result);
    freeaddrinfo(entries[1].ar_result);
    freeaddrinfo(entries[3].ar_result);
}

static void getaddrinfo_a_takes_long_lists(void **state)
{
    (void)state;
    static struct gaicb entries[200];
    static struct gaicb *list[200];
    for (int i = 0; i < 200; i++) {
        entries[i].ar_name = i % 2 ? "known.test" : "127.0.0.1";
        list[i] = &entries[i];
    }
    assert_int_equal(getaddrinfo_a(GAI_WAIT, list, 200, NULL), 0);
    for (int i = 0; i < 200; i++) {
        assert_int_equal(gai_error(&entries[i]), 0);
        freeaddrinfo(entries[i].ar_result);
    }
}

static void getaddrinfo_a_sends_its_signal(void **state)
{
    (void)state;
    struct gaicb entry = {.ar_name = "known.test"};
    struct gaicb *list[1] = {&entry};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL,
                             .sigev_signo = SIGUSR1};
    struct timespec patience = {5, 0};
    sigset_t set;
    siginfo_t info;
    event.sigev_value.sival_int = 7;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    assert_int_equal(getaddrinfo_a(GAI_NOWAIT, list, 1, &event), 0);
    assert_int_equal(sigtimedwait(&set, &info, &patience), SIGUSR1);
    assert_int_equal(info.si_value.sival_int, 7);
    assert_int_equal(gai_error(&entry), 0);
    assert_int_equal(gai_suspend((void *)list, 1, &patience), EAI_ALLDONE);
    freeaddrinfo(entry.ar_result);
}

static volatile int notified;

static void on_notified(union sigval value)
{
    notified = value.sival_int;
}

static void getaddrinfo_a_calls_its_thread(void **state)
{
    (void)state;
    struct gaicb entry = {.ar_name = "known.test"};
    struct gaicb *list[1] = {&entry};
    struct sigevent event = {.sigev_notify = SIGEV_THREAD};
    event.sigev_value.sival_int = 9;
    event.sigev_notify_function = on_notified;
    assert_int_equal(getaddrinfo_a(GAI_NOWAIT, list, 1, &event), 0);
    for (int i = 0; i < 6000 && notified != 9; i++)
        usleep(10000);
    assert_int_equal(notified, 9);
    freeaddrinfo(entry.ar_result);
}

/* c-ares, as far as it is used; its headers need not be there. */
typedef void ares_callback_fn(void *arg, int status, int timeouts, void *found);
struct ares_node {
    int ttl, flags, family, type, protocol;
    socklen_t len;
    struct sockaddr *address;
    struct ares_node *next;
};
struct ares_info {
    void *aliases;
    struct ares_node *nodes;
};
static struct {
    void *library, *channel;
    int (*init)(void **);
    void (*by_name)(void *, const char *, int, ares_callback_fn *, void *);
    void (*by_hints)(void *, const char *, const char *, const void *,
                     ares_callback_fn *, void *);
    void (*free_info)(void *);
} ares;

struct ares_seen {
    int calls, status;
    uint8_t address[16];
};

static void note_entry(void *arg, int status, int timeouts, void *found)
{
    struct ares_seen *seen = arg;
    struct hostent *entry = found;
    (void)timeouts;
    seen->calls++;
    seen->status = status;
    if (entry)
        memcpy(seen->address, entry->h_addr_list[0], (size_t)entry->h_length);
}

static void note_info(void *arg, int status, int timeouts, void *found)
{
    struct ares_seen *seen = arg;
    struct ares_info *info = found;
    (void)timeouts;
    seen->calls++;
    seen->status = status;
    if (!info)
        return;
    struct sockaddr_in *address = (void *)info->nodes->address;
    if (address->sin_family == AF_INET)
        memcpy(seen->address, &address->sin_addr, 4);
    ares.free_info(info);
}

/* As a program that is linked with it calls it: the first of that name. */
static bool load_ares(void)
{
    ares.library = dlopen("libcares.so.2", RTLD_NOW | RTLD_GLOBAL);
    if (!ares.library)
        return false;
    *(void **)&ares.init = dlsym(ares.library, "ares_init");
    *(void **)&ares.free_info = dlsym(ares.library, "ares_freeaddrinfo");
    *(void **)&ares.by_name = dlsym(RTLD_DEFAULT, "ares_gethostbyname");
    *(void **)&ares.by_hints = dlsym(RTLD_DEFAULT, "ares_getaddrinfo");
    return ares.init && ares.free_info && ares.by_name && ares.by_hints &&
           ares.init(&ares.channel) == 0;
}

static struct ares_seen ask_ares(const char *known_name, int family)
{
    struct ares_seen seen = {0};
    ares.by_name(ares.channel, known_name, family, note_entry, &seen);
    assert_int_equal(seen.calls, 1);
    return seen;
}

static void cares_gives_the_stand_in(void **state)
{
    (void)state;
    if (!load_ares())
        skip();
    struct ares_seen seen = ask_ares("known.test", AF_INET);
    assert_int_equal(seen.status, 0);
    assert_memory_equal(seen.address, known, 4);
    seen = ask_ares("known.test", AF_INET6);
    assert_int_equal(seen.status, 0);
    assert_memory_equal(seen.address, known_mapped, 16);
    memset(&seen, 0, sizeof(seen));
    int hints[4] = {0, AF_INET, SOCK_STREAM, 0};
    ares.by_hints(ares.channel, "known.test", "80", hints, note_info, &seen);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.status, 0);
    assert_memory_equal(seen.address, known, 4);
}

static void cares_fails_as_it_is_told(void **state)
{
    (void)state;
    if (!load_ares())
        skip();
    int64_t begin = now_ms();
    assert_int_equal(ask_ares("nx.test", AF_INET).status, 4);
    assert_int_equal(ask_ares("slow.test", AF_INET).status, 12);
    assert_int_equal(ask_ares("broken.test", AF_INET).status, 3);
    struct ares_seen seen = {0};
    ares.by_hints(ares.channel, "nx.test", "80", NULL, note_info, &seen);
    assert_int_equal(seen.calls, 1);
    assert_int_equal(seen.status, 4);
    /* An event loop is not made to wait. */
    assert_true(now_ms() - begin < 250);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(getaddrinfo_gives_the_stand_in),
        cmocka_unit_test(getaddrinfo_takes_no_hints),
        cmocka_unit_test(getaddrinfo_maps_for_ipv6_alone),
        cmocka_unit_test(getaddrinfo_gives_the_canonical_name),
        cmocka_unit_test(getaddrinfo_checks_arguments_as_libc_does),
        cmocka_unit_test(getaddrinfo_passes_what_is_local),
        cmocka_unit_test(getaddrinfo_fails_as_it_is_told),
        cmocka_unit_test(getaddrinfo_fails_closed_when_the_host_is_broken),
        cmocka_unit_test(gethostbyname_gives_name_and_stand_in),
        cmocka_unit_test(gethostbyname_r_keeps_within_its_buffer),
        cmocka_unit_test(addresses_of_stand_ins_give_the_name_back),
        cmocka_unit_test(unused_stand_ins_have_no_name),
        cmocka_unit_test(gethostbyaddr_r_keeps_within_its_buffer),
        cmocka_unit_test(getaddrinfo_needs_no_interface),
        cmocka_unit_test(cares_gives_the_stand_in),
        cmocka_unit_test(cares_fails_as_it_is_told),
        cmocka_unit_test(getaddrinfo_a_waits_for_mixed_lists),
        cmocka_unit_test(getaddrinfo_a_takes_long_lists),
        cmocka_unit_test(getaddrinfo_a_sends_its_signal),
        cmocka_unit_test(getaddrinfo_a_calls_its_thread),
    };
    return cmocka_run_group_tests_name("names", tests, NULL, NULL);
}
