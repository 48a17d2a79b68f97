/*
 * curl_result: asks the host how a transfer ends. See curl_result.h. Called by
 * curl_end.c. The host knows the connection by our end of it.
 */
#include "config.h"

#include "shim/curl_result.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "shim/member.h"

/* Numbers of <curl/curl.h>. */
#define INFO_RESPONSE_CODE 0x200002
#define INFO_EFFECTIVE_URL 0x100001
#define INFO_LOCAL_IP      0x100029
#define INFO_LOCAL_PORT    0x20002a
#define ERROR_SIZE         256
#define TEXT_SIZE          (ERROR_SIZE - 1)
#define UNMATCHED_STATUS   404
#define HEADER_OF_ANSWER   1u /* CURLH_HEADER */
#define LAST_REQUEST       (-1)

static long get_number(const struct ow_curl_handle *handle, void *easy,
                       int info)
{
    long value = 0;
    handle->library->easy_getinfo(easy, info, &value);
    return value;
}

/* "/path?query" of where the transfer went last, as far as there is room. */
static void describe_target(const struct ow_curl_handle *handle, void *easy,
                            char target[OW_CONTROL_NAME_MAX])
{
    char *url = NULL;
    handle->library->easy_getinfo(easy, INFO_EFFECTIVE_URL, &url);
    const char *begin = url ? strstr(url, "://") : NULL;
    begin = begin ? begin + 3 : "";
    begin += strcspn(begin, "/?#");
    snprintf(target, OW_CONTROL_NAME_MAX, "%s%.*s", *begin == '/' ? "" : "/",
             (int)strcspn(begin, "#"), begin);
}

/* Our end of the connection that the transfer used last. */
static bool describe(const struct ow_curl_handle *handle, void *easy,
                     struct ow_question *question)
{
    static const char mapped[] = "::ffff:";
    char *text = NULL;
    handle->library->easy_getinfo(easy, INFO_LOCAL_IP, &text);
    long port = get_number(handle, easy, INFO_LOCAL_PORT);
    if (!text || port <= 0 || port > UINT16_MAX)
        return false;
    if (strncmp(text, mapped, sizeof(mapped) - 1) == 0)
        text += sizeof(mapped) - 1;
    ow_question_init(question, OW_QUESTION_RESULT);
    question->family = AF_INET;
    question->port = (uint16_t)port;
    describe_target(handle, easy, question->name);
    return inet_pton(AF_INET, text, question->address) == 1;
}

static long errno_of(int code)
{
    static const struct {
        int code;
        int error;
    } codes[] = {
#define OW_CURL_CODE(name, number, error) {number, error},
#include "control/curl_codes.def"
#undef OW_CURL_CODE
    };
    for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++)
        if (codes[i].code == code)
            return codes[i].error;
    return 0;
}

/* As libcurl: its own words first, without a line's end. */
static void fill_buffer(const struct ow_curl_handle *handle, int code,
                        const char *text)
{
    char *buffer = handle->values[OW_CURL_ERRORBUFFER].arg;
    if (!buffer)
        return;
    if (code <= 0)
        snprintf(buffer, ERROR_SIZE, "%.*s", TEXT_SIZE, code < 0 ? text : "");
    else
        snprintf(buffer, ERROR_SIZE, "%.90s (%.160s)",
                 handle->library->easy_strerror(code), text);
}

/* Whether the answer is the one of a request without a rule. */
static bool is_unmatched(const struct ow_curl_handle *handle, void *easy)
{
    void *header;
    if (get_number(handle, easy, INFO_RESPONSE_CODE) != UNMATCHED_STATUS)
        return false;
    return !handle->library->easy_header ||
           handle->library->easy_header(easy, "Offwire-Unmatched", 0,
                                        HEADER_OF_ANSWER, LAST_REQUEST,
                                        &header) == 0;
}

int ow_curl_result(struct ow_curl_handle *handle, void *easy, int code)
{
    struct ow_question question;
    struct ow_control_answer answer;
    /* A transfer that failed was the last of its connection, so that what the
     * host knows of the connection is of this one. */
    if ((code == 0 && !is_unmatched(handle, easy)) ||
        !describe(handle, easy, &question) ||
        ow_member_ask(&question, &answer) != OW_VERDICT_TAKE)
        return code;
    fill_buffer(handle, answer.error, answer.text);
    if (answer.error < 0)
        return code;
    handle->has_errno = true;
    handle->os_errno = errno_of(answer.error);
    return answer.error;
}
