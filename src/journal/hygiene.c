/*
 * hygiene: judges and lists. See hygiene.h. Called by cli/.
 */
#include "config.h"

#include "journal/hygiene.h"

#include <errno.h>

#include "base/jsonw.h"
#include "journal/transfer.h"

#define REDIRECT_ANY                                                           \
    (OW_TRANSFER_REDIRECT_HTTP | OW_TRANSFER_REDIRECT_HTTPS |                  \
     OW_TRANSFER_REDIRECT_OTHER)

static const struct question {
    const char *name;
    const char *why;
    const char *mend;
} questions[OW_HYGIENE_COUNT] = {
#define OW_HYGIENE(id, name, why, mend) {name, why, mend},
#include "journal/hygiene.def"
#undef OW_HYGIENE
};

struct list {
    struct ow_buf *out;
    uint64_t count;
};

/* Without a limit, and out of the protocol that it began with. */
static bool has_wild_redirects(const struct ow_transfer *transfer)
{
    unsigned to = transfer->flags & REDIRECT_ANY;

    return transfer->flags & OW_TRANSFER_FOLLOWS &&
           transfer->redirect_limit < 0 && to & (to - 1);
}

bool ow_hygiene_judge(const struct ow_transfer *transfer,
                      enum ow_hygiene question)
{
    switch (question) {
    case OW_HYGIENE_VERIFY_PEER:
        return !(transfer->flags & OW_TRANSFER_VERIFY_PEER);
    case OW_HYGIENE_VERIFY_HOST:
        return !(transfer->flags & OW_TRANSFER_VERIFY_HOST);
    case OW_HYGIENE_TIMEOUT:
        return !(transfer->flags &
                 (OW_TRANSFER_TIMEOUT | OW_TRANSFER_LOW_SPEED));
    case OW_HYGIENE_REDIRECTS:
        return has_wild_redirects(transfer);
    case OW_HYGIENE_CREDENTIALS:
        return transfer->flags & OW_TRANSFER_CREDENTIALS;
    case OW_HYGIENE_VERBOSE:
        return transfer->flags & OW_TRANSFER_VERBOSE;
    case OW_HYGIENE_COUNT:
        break;
    }
    return false;
}

static int add_call(void *context, const struct ow_call *call)
{
    struct list *list = context;
    struct ow_transfer transfer;
    bool is_questioned = false;
    int r = 0;

    if (call->event != OW_EVENT_TRANSFER ||
        !ow_transfer_read(call->record, &transfer))
        return 0;
    for (int i = 0; i < OW_HYGIENE_COUNT && r >= 0; i++) {
        if (!ow_hygiene_judge(&transfer, (enum ow_hygiene)i))
            continue;
        is_questioned = true;
        r = ow_buf_printf(list->out, "%.*s:%d (%.*s): %s: %s; %s\n",
                          OW_STR_ARGS(call->host), call->port,
                          OW_STR_ARGS(call->program), questions[i].name,
                          questions[i].why, questions[i].mend);
    }
    list->count += is_questioned;
    return r < 0 ? r : 0;
}

int ow_hygiene_list(struct ow_reader *reader, struct ow_buf *out,
                    uint64_t *ret_count)
{
    struct list list = {.out = out};
    int r = ow_reader_each(reader, add_call, &list);

    if (r == 0)
        *ret_count = list.count;
    return r;
}

/* The questions about a transfer; nothing is written if there is none. */
static void put_questions(struct ow_jsonw *w,
                          const struct ow_transfer *transfer)
{
    ow_jsonw_key(w, "questions");
    ow_jsonw_begin(w, '[');
    for (int i = 0; i < OW_HYGIENE_COUNT; i++) {
        if (!ow_hygiene_judge(transfer, (enum ow_hygiene)i))
            continue;
        ow_jsonw_begin(w, '{');
        ow_jsonw_key(w, "question");
        ow_jsonw_string(w, ow_str_from(questions[i].name));
        ow_jsonw_key(w, "why");
        ow_jsonw_string(w, ow_str_from(questions[i].why));
        ow_jsonw_key(w, "mend");
        ow_jsonw_string(w, ow_str_from(questions[i].mend));
        ow_jsonw_end(w, '}');
    }
    ow_jsonw_end(w, ']');
}

static bool is_questioned(const struct ow_transfer *transfer)
{
    for (int i = 0; i < OW_HYGIENE_COUNT; i++)
        if (ow_hygiene_judge(transfer, (enum ow_hygiene)i))
            return true;
    return false;
}

static int put_call(void *context, const struct ow_call *call)
{
    struct ow_jsonw *w = context;
    struct ow_transfer transfer;

    if (call->event != OW_EVENT_TRANSFER ||
        !ow_transfer_read(call->record, &transfer) || !is_questioned(&transfer))
        return 0;
    ow_buf_printf(w->buf, w->comma ? ",\n" : "\n");
    w->comma = false;
    ow_jsonw_begin(w, '{');
    ow_jsonw_key(w, "host");
    ow_jsonw_string(w, call->host);
    ow_jsonw_key(w, "port");
    ow_jsonw_u64(w, (uint64_t)call->port);
    ow_jsonw_key(w, "program");
    ow_jsonw_string(w, call->program);
    put_questions(w, &transfer);
    ow_transfer_put(w, &transfer);
    ow_jsonw_end(w, '}');
    return w->error;
}

int ow_hygiene_json(struct ow_reader *reader, struct ow_buf *out)
{
    struct ow_jsonw w = {.buf = out};

    ow_jsonw_begin(&w, '[');
    int r = ow_reader_each(reader, put_call, &w);
    if (r == 0 && w.comma)
        r = ow_buf_printf(out, "\n");
    ow_jsonw_end(&w, ']');
    return r < 0 ? r : w.error;
}
