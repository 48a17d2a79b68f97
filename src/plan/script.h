/*
 * script: what a server says on a WebSocket: the value of "websocket",
 * compiled when rules are loaded into a list of operations, immutable and
 * shared by all connections. exchange/ plays it.
 *
 *     [ { "expect": {"json": P}, "else": {"close": 1008} },
 *       { "on": "binary", "send": [A, B], "every": "20ms" } ]
 *
 *     0 EXPECT P, else 2
 *     1 JUMP 3
 *     2 CLOSE 1008
 *     3 ON binary, then 8       4 SEND A   5 WAIT   6 SEND B   7 END
 *     8 END
 *
 * An operation's place is the number in ops; what follows ON, SPAWN and EXPECT
 * lies behind it, so that the order of numbers is the order of the file.
 */
#ifndef OW_PLAN_SCRIPT_H
#define OW_PLAN_SCRIPT_H

#include "plan/message.h"
#include "plan/setter.h"
#include "plan/split.h"
#include "plan/template.h"
#include "wire/ws.h"

enum ow_script_op_kind {
#define OW_SCRIPT_OP(name, help) OW_SCRIPT_##name,
#include "plan/script_ops.def"
#undef OW_SCRIPT_OP
};

struct ow_pattern; /* rule/pattern.h */

/* Which messages: all that is said must fit. */
struct ow_script_trigger {
    int kinds;                     /* of enum ow_message_kind */
    bool wants_json;               /* "json": any that is JSON */
    const struct ow_pattern *json; /* each NULL: not asked for */
    const struct ow_pattern *text; /* its bytes; of CLOSE the reason */
    const struct ow_pattern *size;
    const struct ow_pattern *code; /* CLOSE */
};

enum ow_script_source {
    OW_SCRIPT_TEMPLATE,
    OW_SCRIPT_BYTES,
    OW_SCRIPT_FILE,
    OW_SCRIPT_ECHO, /* the message itself */
};

/* A message to send. */
struct ow_script_out {
    enum ow_script_source source;
    bool is_text; /* of ECHO: that of the message */
    struct ow_template body;
    struct ow_str bytes;
    const char *path;
    struct ow_split split; /* NONE: in one frame */
    int64_t split_every_ns;
};

struct ow_script_op {
    enum ow_script_op_kind kind;
    size_t to;
    const char *place; /* "my.json:12", of EXPECT, ON, PING, SPAWN */
    const char *name;  /* of ON, SPAWN, for STOP; NULL: none */
    union {
        struct {
            const struct ow_script_trigger *trigger;
            int64_t within_ns;         /* negative: for ever */
            struct ow_template within; /* in its place, if it has Lua */
            bool ignores;              /* others are passed over */
        } expect;
        struct {
            const struct ow_script_trigger *trigger;
            uint64_t times;      /* 0: always */
            uint64_t each;       /* each so many messages; 1: every one */
            uint64_t each_bytes; /* or each so many bytes; 0: no */
            size_t handler;      /* its number */
        } on;
        struct {
            struct ow_template payload;
            int64_t within_ns; /* negative: the pong is not waited for */
        } ping;
        struct {
            int64_t ns;
            int64_t jitter_ns;
        } wait;
        const struct ow_script_out *out; /* SEND */
        uint64_t count;                  /* LOOP; 0: for ever */
        const char *stops;               /* STOP: the name; NULL: all */
        const struct ow_setter *set;     /* SET, KEEP */
        struct ow_template expression;   /* IF, EACH */
        enum ow_ws_bad bad;
        bool reads_not; /* STALL: reads no more, either */
        bool is_reset;  /* DROP */
        struct {
            uint16_t code;
            struct ow_template reason;
        } close;
    };
};

/* A fault of a WebSocket (plan/faults.def, ws-*): one operation that comes
 * whatever the script is at. */
struct ow_script_fault {
    struct ow_script_op op;
    bool counts;    /* after so many messages of ours; else after a time */
    uint64_t after; /* messages */
    int64_t after_ns;
};

struct ow_script {
    struct ow_ws_library library;
    const struct ow_script_op *ops; /* begins with op 0; NULL: no script */
    size_t n;
    size_t handlers;  /* how many ON there are */
    size_t otherwise; /* op for messages that nothing takes; 0: none */
    size_t keep;      /* bytes of a message that are looked at */
    uint64_t most;    /* bytes of a message that are taken; 0: any number */
    int64_t close_ns; /* how long the client's close frame is waited for; 0
                         before parsing: OW_LIMIT_SCRIPT_CLOSE_NS */
    bool is_mute;     /* pings get no pong */
};

/*
 * Reads the steps of node (a list, or one; NULL: none) and those of otherwise
 * (may be NULL) into *script, and loads the codec's library. 0, -EINVAL with a
 * placed sentence, -ENOMEM.
 */
int ow_script_parse(const struct ow_action_input *in, const cJSON *node,
                    const cJSON *otherwise, struct ow_script *script);

/* script_end.c: a close code, and a reason. The same results. */
int ow_script_code(const struct ow_action_input *in, const cJSON *node,
                   uint16_t *ret);
int ow_script_reason(const struct ow_action_input *in, const cJSON *node,
                     struct ow_template *ret);
/* script_trigger.c: the value of "expect" and "on". */
int ow_script_trigger_parse(const struct ow_action_input *in, const cJSON *node,
                            const struct ow_script_trigger **ret);
/* script_out.c: one message of "send". */
int ow_script_out_parse(const struct ow_action_input *in, const cJSON *node,
                        const struct ow_script_out **ret);

#endif
