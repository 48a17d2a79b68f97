/*
 * api_call: one request to http://offwire.test/, as its function sees it.
 * Inside of the api*.c files. A function writes one JSON value to call->w and
 * returns 0, or returns ow_api_fail(...).
 */
#ifndef OW_HOST_API_CALL_H
#define OW_HOST_API_CALL_H

#include "base/jsonw.h"
#include "host/api.h"
#include "journal/calls.h"

/* Segments of a path that a row leaves open. */
#define OW_API_OPEN_MAX 3

struct ow_api {
    struct ow_session *session;
    ow_api_clock_fn clock_changed;
    void *clock_context;
    struct ow_calls *calls;
    /* What was added to the rules, the latest first. */
    struct ow_table_text *texts;
    size_t n_texts;
    uint64_t added; /* counted up: names of texts */
    bool replaced;  /* the files' own rules are left out */
    double speed;   /* before it was frozen; 0: it is not */
};

struct ow_api_call {
    struct ow_api *api;
    struct ow_session *session;
    struct ow_request *request;
    struct ow_arena *arena;
    struct ow_jsonw w;
    struct ow_buf out;
    int status;       /* 200 unless said */
    const char *type; /* of the content; NULL: application/json */
    const char *allow;
    struct ow_str open[OW_API_OPEN_MAX]; /* the open segments, decoded */
    const char *body_name; /* what errors call the body; NULL: "body" */
    struct ow_jsonc *doc;  /* the body; see ow_api_read */
};

/*
 * The error: {"error": {"message": ..., "hint": ...}}. What was written before
 * is dropped. Returns 0, so that a function may end in it.
 */
int ow_api_fail(struct ow_api_call *call, int status, const char *hint,
                const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The same for an errno with its sentence: -ENOMEM stays one. */
int ow_api_fail_err(struct ow_api_call *call, int status, const char *hint,
                    int error, const struct ow_err *err);
/*
 * The body as JSON, of which *ret is the root, or NULL if it is empty. 0, or
 * 1: it is no JSON, and the error is written; -ENOMEM.
 */
int ow_api_read(struct ow_api_call *call, const cJSON **ret);
/* The value of a parameter of the query; absent if it is not there. */
struct ow_str ow_api_param(struct ow_api_call *call, const char *name);
/* Refuses parameters that are not in the list: 0, or 1 as above. */
int ow_api_check_params(struct ow_api_call *call, const char *const *known);

/*
 * The state that the query asks for: the session's, or a client's, by "program"
 * or "header"; other parameters are refused. One that a client does not have
 * yet is made if opens, else it is an error. 0, or 1 as above; -ENOMEM.
 */
int ow_api_scope(struct ow_api_call *call, bool opens, struct ow_state **ret);

/* {"NAME": for each member of an object. */
void ow_api_put_text(struct ow_jsonw *w, const char *key, struct ow_str value);
void ow_api_put_bool(struct ow_jsonw *w, const char *key, bool value);
void ow_api_put_count(struct ow_jsonw *w, const char *key, uint64_t value);
void ow_api_put_cjson(struct ow_jsonw *w, const cJSON *value);

/* The call with its number, request and end. */
void ow_api_put_call(struct ow_api_call *call, const struct ow_call_kept *kept);

#define OW_ROUTE(function, method, path, help)                                 \
    int ow_api_##function(struct ow_api_call *call);
#include "host/api.def"
#undef OW_ROUTE

#endif
