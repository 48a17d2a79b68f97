/*
 * control: the messages between shim and host, over a Unix SOCK_SEQPACKET
 * socket in the session's folder. One connection carries one question and one
 * answer. Both are fixed structs in host byte order: both ends are on the same
 * machine, and the version says whether they are from the same build line.
 *
 * The first three members of an answer (magic, version, verdict) and its text
 * keep their place in all versions, so that either end can tell the user that
 * the other is of another version.
 *
 * Used by the shim: libc alone, no allocation, no stdio.
 */
#ifndef OW_CONTROL_CONTROL_H
#define OW_CONTROL_CONTROL_H

#include <stddef.h>
#include <stdint.h>

#define OW_CONTROL_MAGIC    0x4f574952u /* "OWIR" */
#define OW_CONTROL_VERSION  3
#define OW_CONTROL_SOCKET   "control" /* its name in the session's folder */
#define OW_CONTROL_NAME_MAX 256
#define OW_CONTROL_TEXT_MAX 512
#define OW_CONTROL_CA_MAX   1024

/* Where programs talk to their session, in plain HTTP: host/api.h. */
#define OW_CONTROL_API "offwire.test"

/* The variables by which shim and host find each other. */
#define OW_ENV_RULES       "OFFWIRE_RULES"   /* rule files, as --rules */
#define OW_ENV_SESSION     "OFFWIRE_SESSION" /* the session's folder */
#define OW_ENV_HOST        "OFFWIRE_HOST"    /* path of the offwire command */
#define OW_ENV_SKIP        "OFFWIRE_SKIP"    /* set and not empty: shim inert */
#define OW_ENV_MODE        "OFFWIRE_MODE"    /* a word of mode.def */
#define OW_ENV_LIVE        "OFFWIRE_LIVE"    /* as --live=HOSTS */
#define OW_ENV_ISOLATE     "OFFWIRE_ISOLATE" /* set and not empty: as --isolate */
#define OW_ENV_NETWORK     "OFFWIRE_NETWORK"   /* as --network */
#define OW_ENV_SPEED       "OFFWIRE_SPEED"     /* as --speed */
#define OW_ENV_UNMATCHED   "OFFWIRE_UNMATCHED" /* as --unmatched */
#define OW_ENV_SCENARIO    "OFFWIRE_SCENARIO"  /* as --scenario */
#define OW_ENV_TICKET      "OFFWIRE_TICKET"    /* of a session: ticket.h */
#define OW_UNMATCHED_ERROR "error"

enum ow_question_kind {
    OW_QUESTION_HELLO = 1, /* join: source address, flags, CA; with a name it
                              asks what KNOWN asks, too */
    OW_QUESTION_NAME,      /* name -> stand-in address, or a fault */
    OW_QUESTION_ADDRESS,   /* stand-in address -> name */
    OW_QUESTION_CONNECT,   /* address and port -> where to connect */
    OW_QUESTION_PEER,      /* listener's port -> original port */
    OW_QUESTION_CA,        /* the CA, if HELLO came before it was made */
    OW_QUESTION_KNOWN,     /* name and port -> is it ours? asks for nothing */
    OW_QUESTION_RESULT,    /* our end of a connection, name: the target's begin
                              -> what libcurl says */
    OW_QUESTION_TRANSFER,  /* a transfer of libcurl has ended, and how it was */
    OW_QUESTION_LEARN, /* an isolated name has passed, and got this address */
};

enum ow_verdict {
    OW_VERDICT_PASS = 1, /* not ours: leave it alone */
    OW_VERDICT_TAKE,     /* ours: see the other members */
    OW_VERDICT_FAIL,     /* fail with error (errno or EAI_) after delay_ms */
    OW_VERDICT_VERSION,  /* host and shim do not understand each other */
    OW_VERDICT_BROKEN,   /* the host cannot work: text says why; fail closed */
};

/* Flags of an answer, the same for the whole session: */

/* Ask about every address that is not ours. */
#define OW_SESSION_ISOLATE 1u
/* Rules name addresses: ask about all. */
#define OW_SESSION_LITERALS 2u
/* Connect faults: ask about each connect(). */
#define OW_SESSION_ASK_CONNECT 4u
/* The host has no stderr: send ours with HELLO. */
#define OW_SESSION_LEND_STDERR 8u

/* Of one answer: the name of a HELLO is ours. */
#define OW_ANSWER_KNOWN 256u

/* Flags of a HELLO: this process has used libcurl already (it is a fork). */
#define OW_ASKER_LIBCURL 1u

/* What a TRANSFER has in the place of its address; see transfer.def. */
struct ow_transfer {
    uint16_t flags;
#define OW_TRANSFER_FLAG(name, bit, text)
#define OW_TRANSFER_NUMBER(member, text) int16_t member;
#define OW_TRANSFER_HTTP(member, text)   int16_t member;
#include "control/transfer.def"
#undef OW_TRANSFER_FLAG
#undef OW_TRANSFER_NUMBER
#undef OW_TRANSFER_HTTP
};

enum ow_transfer_flag {
#define OW_TRANSFER_FLAG(name, bit, text) OW_TRANSFER_##name = 1 << (bit),
#define OW_TRANSFER_NUMBER(member, text)
#define OW_TRANSFER_HTTP(member, text)
#include "control/transfer.def"
#undef OW_TRANSFER_FLAG
#undef OW_TRANSFER_NUMBER
#undef OW_TRANSFER_HTTP
};

struct ow_question {
    uint32_t magic;
    uint32_t version;
    uint32_t kind;
    uint32_t family;     /* AF_INET or AF_INET6; v4-mapped is sent as v4 */
    uint8_t address[16]; /* network order; HELLO: the ticket, if there is one */
    uint16_t port;       /* host order */
    uint16_t flags;      /* OW_ASKER_ */
    int32_t pid;         /* checked against SO_PEERCRED by the host */
    char name[OW_CONTROL_NAME_MAX];
};

struct ow_control_answer {
    uint32_t magic;
    uint32_t version;
    uint32_t verdict;
    /* FAIL: errno (connect) or EAI_ code (name). TAKE of a RESULT: the
     * CURLcode, or -1: the transfer's own stays. */
    int32_t error;
    /* A sentence, or "". */
    char text[OW_CONTROL_TEXT_MAX];
    uint32_t flags;
    uint32_t delay_ms;
    /*
     * TAKE of a NAME: the stand-in. TAKE of a CONNECT: where to connect, if
     * not to the address asked about; 0.0.0.0 keeps it.
     */
    uint8_t address[4];
    uint8_t source[4]; /* HELLO: this process's source address */
    uint16_t port;     /* TAKE of a CONNECT: the port to connect to; PEER */
    uint16_t ca_len;   /* HELLO */
    char name[OW_CONTROL_NAME_MAX]; /* ADDRESS: the name; HELLO: the ticket of a
                                       session that has one, as text */
    uint8_t ca[OW_CONTROL_CA_MAX];  /* HELLO, CA: DER of the session CA */
};

void ow_question_init(struct ow_question *question, enum ow_question_kind kind);
void ow_control_answer_init(struct ow_control_answer *answer,
                            enum ow_verdict verdict);
/*
 * Whether len bytes are a message of this version with its strings ended:
 * 0, -EPROTO (not ours or wrong length), -EPROTONOSUPPORT (other version).
 */
int ow_question_check(const struct ow_question *question, size_t len);
int ow_control_answer_check(const struct ow_control_answer *answer, size_t len);

#endif
