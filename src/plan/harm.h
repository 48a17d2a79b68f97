/*
 * harm: what faults do to an answer's plan: one function for each kind of
 * fault that acts on a request. The plan is whole when they begin (or cut by
 * "cut"); what is random in them comes from the session's generator, so that
 * the same seed breaks the same bytes.
 */
#ifndef OW_PLAN_HARM_H
#define OW_PLAN_HARM_H

#include "plan/after.h"

/* What a rule says of its fault; act_fault.c puts the defaults in. */
struct ow_fault {
    enum ow_fault_kind kind;
    struct ow_after after; /* NONE: before any byte, head too */
    struct ow_str bytes;   /* garbage, or the broken line; absent: our own */
    uint64_t size;         /* garbage: random bytes */
    int64_t by;            /* bad-length: told minus sent */
    uint64_t every;        /* corrupt: a bit each so many bytes */
    int64_t pace_ns;       /* drip: from byte to byte */
    uint32_t error;        /* goaway, rst-stream: RFC 9113, 7 */
    bool is_done;          /* goaway: the request counts as taken in */
    bool is_graceful;      /* goaway: the answer comes whole */
    bool of_connection;    /* close, reset: of HTTP/2's connection */
};

/* 0 or -ENOMEM. */
typedef int (*ow_harm_fn)(const struct ow_fault *fault,
                          const struct ow_answer_context *context,
                          struct ow_plan *plan);

/* FIN, RST, silence: behind "after", or instead of the answer. */
int ow_harm_close(const struct ow_fault *fault,
                  const struct ow_answer_context *context,
                  struct ow_plan *plan);
int ow_harm_reset(const struct ow_fault *fault,
                  const struct ow_answer_context *context,
                  struct ow_plan *plan);
int ow_harm_stall(const struct ow_fault *fault,
                  const struct ow_answer_context *context,
                  struct ow_plan *plan);
/* RST_STREAM with the error, before any byte or behind some; HTTP/1.x: RST. */
int ow_harm_rst_stream(const struct ow_fault *fault,
                       const struct ow_answer_context *context,
                       struct ow_plan *plan);
/* GOAWAY and the connection's end; a graceful one lets the answer be whole. */
int ow_harm_goaway(const struct ow_fault *fault,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan);
/* The answer as it is: what is wrong is when it comes. */
int ow_harm_nothing(const struct ow_fault *fault,
                    const struct ow_answer_context *context,
                    struct ow_plan *plan);
/* The head promises all, one byte at least is missing, then FIN. */
int ow_harm_truncate(const struct ow_fault *fault,
                     const struct ow_answer_context *context,
                     struct ow_plan *plan);
/* Bytes instead of the answer, then FIN. */
int ow_harm_garbage(const struct ow_fault *fault,
                    const struct ow_answer_context *context,
                    struct ow_plan *plan);
/* A head with a broken status line or a broken field, the body, FIN. */
int ow_harm_status(const struct ow_fault *fault,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan);
int ow_harm_header(const struct ow_fault *fault,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan);
/* A chunked body, behind "after" a chunk size that is none, FIN. */
int ow_harm_chunk(const struct ow_fault *fault,
                  const struct ow_answer_context *context,
                  struct ow_plan *plan);
/* A Content-Length that is `by` over (under) the bytes that come, then FIN. */
int ow_harm_length(const struct ow_fault *fault,
                   const struct ow_answer_context *context,
                   struct ow_plan *plan);
/* One bit of each every-th byte of the body; one at least. */
int ow_harm_corrupt(const struct ow_fault *fault,
                    const struct ow_answer_context *context,
                    struct ow_plan *plan);
/* The body a byte at a time. */
int ow_harm_drip(const struct ow_fault *fault,
                 const struct ow_answer_context *context, struct ow_plan *plan);

#endif
