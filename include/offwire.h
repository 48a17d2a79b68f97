/*
 * offwire.h: talk to the Offwire session that this process is in, from a test.
 * The same as http://offwire.test/; see offwire-control(7).
 *
 *     offwire_reset();
 *     client_upload("a.wav");
 *     offwire_advance("10s");
 *     assert_int_equal(offwire_verify("{\"rule\":\"upload\",\"times\":2}"), 1);
 *
 * There is no library to link: all of it is here. In a process without a
 * session (no shim, OFFWIRE_MODE=live) each function does nothing, reaches
 * nothing, and returns what "inactive" says.
 *
 * For glibc and musl; C99 and C++. Safe in threads.
 */
#ifndef OFFWIRE_H
#define OFFWIRE_H

#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Most of a sentence that offwire_error gives. */
#define OFFWIRE_ERROR_MAX 1024
/* Most of an answer: thousands of calls with their bodies. */
#define OFFWIRE_ANSWER_MAX (64u * 1024 * 1024)

#if defined(__GNUC__)
#define OFFWIRE_UNUSED __attribute__((unused))
#else
#define OFFWIRE_UNUSED
#endif

/* Of this thread and source file. */
OFFWIRE_UNUSED static inline char *offwire_error_room(void)
{
    static __thread char room[OFFWIRE_ERROR_MAX];
    return room;
}

/* The sentence of what failed last in this thread, or "". */
OFFWIRE_UNUSED static inline const char *offwire_error(void)
{
    return offwire_error_room();
}

OFFWIRE_UNUSED static inline int offwire_fail(const char *sentence)
{
    snprintf(offwire_error_room(), OFFWIRE_ERROR_MAX, "%s", sentence);
    return -1;
}

/*
 * The address of the session, or NULL. No name server is ever asked: digits
 * alone are looked for, and it is the shim that takes the name for them.
 */
OFFWIRE_UNUSED static inline struct addrinfo *offwire_find(void)
{
    struct addrinfo hints;
    struct addrinfo *found = NULL;
    memset(&hints, 0, sizeof(hints));
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV;
    return getaddrinfo("offwire.test", "80", &hints, &found) == 0 ? found
                                                                  : NULL;
}

/* 1 in a session, else 0. */
OFFWIRE_UNUSED static inline int offwire_active(void)
{
    struct addrinfo *found = offwire_find();
    if (!found)
        return 0;
    freeaddrinfo(found);
    return 1;
}

OFFWIRE_UNUSED static inline int offwire_send_all(int fd, const char *bytes,
                                                  size_t len)
{
    while (len > 0) {
        ssize_t n = send(fd, bytes, len, MSG_NOSIGNAL);
        if (n <= 0)
            return offwire_fail("the session's host takes no request");
        bytes += n;
        len -= (size_t)n;
    }
    return 0;
}

/* All that comes until the end, with a NUL; the caller frees. NULL: none. */
OFFWIRE_UNUSED static inline char *offwire_receive_all(int fd)
{
    size_t len = 0;
    size_t size = 4096;
    char *text = (char *)malloc(size);
    while (text) {
        ssize_t n = recv(fd, text + len, size - len - 1, 0);
        if (n <= 0)
            break;
        len += (size_t)n;
        if (size - len > 1)
            continue;
        char *more =
            size < OFFWIRE_ANSWER_MAX ? (char *)realloc(text, size *= 2) : NULL;
        if (!more)
            free(text);
        text = more;
    }
    if (text)
        text[len] = '\0';
    return text;
}

/* One request on a connection of its own: the answer, or NULL. */
OFFWIRE_UNUSED static inline char *offwire_exchange(const struct addrinfo *to,
                                                    const char *method,
                                                    const char *path,
                                                    const char *json)
{
    size_t body = json ? strlen(json) : 0;
    size_t size = strlen(method) + strlen(path) + 128;
    char *head = (char *)malloc(size);
    char *answer = NULL;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (head && fd >= 0 && connect(fd, to->ai_addr, to->ai_addrlen) == 0) {
        int len = snprintf(head, size,
                           "%s %s HTTP/1.0\r\nHost: offwire.test\r\n"
                           "Content-Length: %lu\r\n\r\n",
                           method, path, (unsigned long)body);
        if (offwire_send_all(fd, head, (size_t)len) == 0 &&
            offwire_send_all(fd, json ? json : "", body) == 0)
            answer = offwire_receive_all(fd);
    }
    if (fd >= 0)
        close(fd);
    free(head);
    return answer;
}

/* Keeps the sentence of an error's JSON: {"error":{"message":"...". */
OFFWIRE_UNUSED static inline void offwire_keep_message(const char *body)
{
    static const char key[] = "\"message\":\"";
    const char *at = strstr(body, key);
    char *room = offwire_error_room();
    size_t len = 0;
    if (!at) {
        offwire_fail("the session refuses the request");
        return;
    }
    for (at += sizeof(key) - 1; *at && *at != '"'; at++) {
        if (*at == '\\' && at[1])
            at++;
        if (len < OFFWIRE_ERROR_MAX - 1)
            room[len++] = *at;
    }
    room[len] = '\0';
}

/*
 * Any request to the session: the status, and the answer's body, which the
 * caller frees. json and ret_body may be NULL. -1 with a sentence if the
 * session cannot be asked. Inactive: 0, and a NULL body.
 */
OFFWIRE_UNUSED static inline int offwire_request(const char *method,
                                                 const char *path,
                                                 const char *json,
                                                 char **ret_body)
{
    struct addrinfo *to = offwire_find();
    int status = 0;
    if (ret_body)
        *ret_body = NULL;
    offwire_error_room()[0] = '\0';
    if (!to)
        return 0;
    char *answer = offwire_exchange(to, method, path, json);
    freeaddrinfo(to);
    char *body = answer ? strstr(answer, "\r\n\r\n") : NULL;
    if (!body || sscanf(answer, "HTTP/1.%*d %d", &status) != 1) {
        free(answer);
        return offwire_fail("the session's host gives no answer");
    }
    memmove(answer, body + 4, strlen(body + 4) + 1);
    if (status >= 400)
        offwire_keep_message(answer);
    if (ret_body)
        *ret_body = answer;
    else
        free(answer);
    return status;
}

/* 0, or -1 with a sentence. */
OFFWIRE_UNUSED static inline int offwire_do(const char *method,
                                            const char *path, const char *json)
{
    int status = offwire_request(method, path, json, NULL);
    return status < 0 || status >= 400 ? -1 : 0;
}

/* {"KEY":"VALUE"}, with what JSON escapes escaped; NULL: no memory. */
OFFWIRE_UNUSED static inline char *offwire_object(const char *key,
                                                  const char *value)
{
    size_t size = strlen(key) + 6 * strlen(value) + 8;
    char *text = (char *)malloc(size);
    if (!text)
        return NULL;
    size_t len = (size_t)snprintf(text, size, "{\"%s\":\"", key);
    for (; *value; value++) {
        unsigned char c = (unsigned char)*value;
        if (c < ' ')
            len += (size_t)snprintf(text + len, size - len, "\\u%04x", c);
        else if (c == '"' || c == '\\')
            len += (size_t)snprintf(text + len, size - len, "\\%c", c);
        else
            text[len++] = (char)c;
    }
    memcpy(text + len, "\"}", 3);
    return text;
}

OFFWIRE_UNUSED static inline int offwire_tell(const char *path, const char *key,
                                              const char *value)
{
    char *json = offwire_object(key, value);
    int r = json ? offwire_do("POST", path, json) : offwire_fail("no memory");
    free(json);
    return r;
}

/* Forgets what happened. 0, or -1 with a sentence. Inactive: 0; so below. */
OFFWIRE_UNUSED static inline int offwire_reset(void)
{
    return offwire_do("POST", "/reset", NULL);
}

/* Switches a scenario on or off. */
OFFWIRE_UNUSED static inline int offwire_scenario(const char *name, int on)
{
    return offwire_tell("/scenario", on ? "on" : "off", name);
}

/* Puts the rules of a rule file, given as text, in front of the others; NULL
 * takes all away that were put in. */
OFFWIRE_UNUSED static inline int offwire_rules(const char *json)
{
    return offwire_do(json ? "POST" : "DELETE", "/rules", json);
}

/* Lets so much of the session's time be over: "10s". */
OFFWIRE_UNUSED static inline int offwire_advance(const char *duration)
{
    return offwire_tell("/clock", "advance", duration);
}

OFFWIRE_UNUSED static inline int offwire_freeze(void)
{
    return offwire_do("POST", "/clock", "{\"freeze\":true}");
}

OFFWIRE_UNUSED static inline int offwire_resume(void)
{
    return offwire_do("POST", "/clock", "{\"resume\":true}");
}

/* 1: all expectations are met; 0: not, with a sentence about the first that is
 * not; -1: they are not understood, with a sentence. Inactive: 1. */
OFFWIRE_UNUSED static inline int offwire_verify(const char *json)
{
    int status = offwire_request("POST", "/verify", json, NULL);
    if (status == 0 || status == 200)
        return 1;
    return status == 417 ? 0 : -1;
}

/* How many calls a query asks for, as "rule=models&method=POST"; NULL: all.
 * -1 with a sentence. Inactive: 0. */
OFFWIRE_UNUSED static inline long offwire_calls(const char *query)
{
    size_t size = (query ? strlen(query) : 0) + 32;
    char *path = (char *)malloc(size);
    char *body = NULL;
    long count = 0;
    if (!path)
        return offwire_fail("no memory");
    snprintf(path, size, "/calls?limit=0%s%s", query && *query ? "&" : "",
             query ? query : "");
    int status = offwire_request("GET", path, NULL, &body);
    if (status < 0 || status >= 400 ||
        (body && sscanf(body, "{\"count\":%ld", &count) != 1))
        count = -1;
    free(body);
    free(path);
    return count;
}

#ifdef __cplusplus
}
#endif

#endif
