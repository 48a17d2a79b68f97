/*
 * curl_watch: reads heads as they come. See curl_watch.h. Called by libcurl
 * in the middle of a transfer, where options may be set.
 */
#include "config.h"

#include "shim/curl_watch.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "shim/curl_known.h"
#include "shim/curl_way.h"

typedef size_t header_fn(char *line, size_t size, size_t count, void *user);

struct ow_curl_watch {
    struct ow_curl_handle *handle;
    bool is_redirect; /* by the status of the head under way */
    char *location;   /* of the head under way */
};

struct ow_curl_watch *ow_curl_watch_new(struct ow_curl_handle *handle)
{
    struct ow_curl_watch *watch = calloc(1, sizeof(*watch));
    if (watch)
        watch->handle = handle;
    return watch;
}

void ow_curl_watch_free(struct ow_curl_watch *watch)
{
    if (watch)
        free(watch->location);
    free(watch);
}

/* What libcurl would have called, with what it would have given it. */
static size_t pass_on(const struct ow_curl_handle *handle, char *line,
                      size_t size, size_t count)
{
    void *user = handle->values[OW_CURL_HEADERDATA].arg;
    header_fn *function;
    *(void **)&function = handle->values[OW_CURL_HEADERFUNCTION].arg;
    if (!function && user)
        *(void **)&function = handle->values[OW_CURL_WRITEFUNCTION].arg;
    if (!function && user)
        return fwrite(line, size, count, user);
    return function ? function(line, size, count, user) : size * count;
}

static bool begins(const char *line, size_t len, const char *word)
{
    size_t word_len = strlen(word);
    return len > word_len && strncasecmp(line, word, word_len) == 0;
}

/* "HTTP/1.1 302 Found" */
static bool is_redirecting(const char *line, size_t len)
{
    const char *space = memchr(line, ' ', len);
    return space && space + 1 < line + len && space[1] == '3';
}

/* A copy of the value, without the blanks around it. */
static char *value_of(const char *line, size_t len)
{
    const char *end = line + len;
    const char *at = memchr(line, ':', len);
    at = at ? at + 1 : end;
    while (at < end && (*at == ' ' || *at == '\t'))
        at++;
    while (end > at && strchr(" \t\r\n", end[-1]))
        end--;
    return at < end ? strndup(at, (size_t)(end - at)) : NULL;
}

/* The head is over: libcurl goes on to the next host before anything else. */
static void end_head(struct ow_curl_watch *watch)
{
    struct ow_curl_handle *handle = watch->handle;
    void *easy = (void *)(uintptr_t)atomic_load(&handle->key);
    if (watch->is_redirect && watch->location &&
        ow_curl_handle_number(handle, OW_CURL_FOLLOWLOCATION, 0))
        ow_curl_way_turn(handle, easy,
                         ow_curl_known_next(handle, easy, watch->location));
    free(watch->location);
    watch->location = NULL;
    watch->is_redirect = false;
}

size_t ow_curl_watch_header(char *line, size_t size, size_t count, void *user)
{
    struct ow_curl_watch *watch = user;
    size_t len = size * count;
    size_t taken = pass_on(watch->handle, line, size, count);
    if (begins(line, len, "HTTP/")) {
        watch->is_redirect = is_redirecting(line, len);
    } else if (begins(line, len, "Location:")) {
        free(watch->location);
        watch->location = value_of(line, len);
    } else if (len > 0 && (*line == '\r' || *line == '\n')) {
        end_head(watch);
    }
    return taken;
}
