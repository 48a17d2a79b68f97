/*
 * hooks: the declarations of all that the shim exports, made from hooks.def.
 * The only place that gives a symbol default visibility. A wrapper whose
 * signature differs from its row, or from libc's header, does not compile.
 */
#ifndef OW_SHIM_HOOKS_H
#define OW_SHIM_HOOKS_H

#include <netdb.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <sys/uio.h>

/* How c-ares tells a result: argument, status, time-outs, result. */
typedef void ow_cares_callback_fn(void *arg, int status, int timeouts,
                                  void *result);

/* libc's resolver; its header, which resolver.c includes, makes macros of words
 * such as p_type. */
struct __res_state;

/* What libcurl says of a transfer that ended (CURLMsg). */
struct ow_curl_message {
    int kind;
    void *easy;
    union {
        void *pointer;
        int code;
    } data;
};

#define OW_HOOK(type, name, params)                                            \
    __attribute__((visibility("default"))) type name params;                   \
    typedef type ow_##name##_fn params;
#define OW_HOOK_LIB(type, name, params) OW_HOOK(type, name, params)
#include "shim/hooks.def"
#undef OW_HOOK
#undef OW_HOOK_LIB

/* The position of each row, for the tables of real functions. */
enum ow_hook {
#define OW_HOOK(type, name, params)     OW_HOOK_##name,
#define OW_HOOK_LIB(type, name, params) OW_HOOK(type, name, params)
#include "shim/hooks.def"
#undef OW_HOOK
#undef OW_HOOK_LIB
    OW_HOOK_COUNT
};

#endif
