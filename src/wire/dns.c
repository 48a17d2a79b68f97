/*
 * dns: RFC 1035's messages. See dns.h.
 *
 *     | id | flags | 1 question | answers | authorities | additional |   header
 *     | 3 api 6 openai 3 com 0 | type | class |                        question
 */
#include "config.h"

#include "wire/dns.h"

#include <errno.h>
#include <string.h>

#define HEADER_SIZE 12
#define LABEL_MAX   63
/* A name with its lengths and the root's. */
#define NAME_MAX_SIZE 255
/* The fixed part of an OPT record, and where its flags and length stand. */
#define OPT_SIZE     11
#define OPT_EXTENDED 5
#define OPT_LENGTH   9
/* An address with a pointer to the question's name. */
#define ADDRESS_SIZE 16

enum { TYPE_A = 1, TYPE_OPT = 41, TYPE_ANY = 255 };
enum { CLASS_IN = 1, CLASS_ANY = 255 };

/* The two bytes of flags, and what has to be 0 in them in a query: that it is
 * no answer, its opcode, its code. */
#define FLAG_ANSWER    0x8000u
#define FLAG_RECURSES  0x0080u
#define FLAGS_ECHOED   0x0110u /* recursion desired, checking disabled */
#define FLAGS_NO_QUERY 0xf80fu

static uint16_t read16(const uint8_t *at)
{
    return (uint16_t)(at[0] << 8 | at[1]);
}

static void write16(uint8_t *at, unsigned value)
{
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static bool is_query(const uint8_t *bytes, size_t len)
{
    return ow_dns_is_likely(bytes, len) &&
           (read16(bytes + 2) & FLAGS_NO_QUERY) == 0;
}

/* The text of the name at *pos, which is put behind it. A dot inside of a label
 * would be another name in text. */
static bool read_name(const uint8_t *bytes, size_t len, size_t *pos,
                      char name[OW_LIMIT_NAME])
{
    size_t n = 0;
    size_t at = *pos;

    while (at < len && bytes[at] != 0) {
        size_t label = bytes[at];
        if (label > LABEL_MAX || label >= len - at ||
            at - *pos + label + 2 > NAME_MAX_SIZE ||
            memchr(bytes + at + 1, '.', label) ||
            memchr(bytes + at + 1, '\0', label))
            return false;
        if (n > 0)
            name[n++] = '.';
        memcpy(name + n, bytes + at + 1, label);
        n += label;
        at += label + 1;
    }
    if (at >= len || n == 0)
        return false;
    name[n] = '\0';
    *pos = at + 1;
    return true;
}

/* Behind the OPT record at pos if it is the last of the message, else pos. */
static size_t skip_opt(const uint8_t *bytes, size_t len, size_t pos)
{
    const uint8_t *opt = bytes + pos;

    if (read16(bytes + 10) != 1 || len - pos < OPT_SIZE || opt[0] != 0 ||
        read16(opt + 1) != TYPE_OPT || read16(opt + OPT_EXTENDED) != 0 ||
        read16(opt + OPT_LENGTH) != len - pos - OPT_SIZE)
        return pos;
    return len;
}

int ow_dns_parse(const void *bytes, size_t len, struct ow_dns_query *ret)
{
    size_t pos = HEADER_SIZE;
    char name[OW_LIMIT_NAME];

    if (!is_query(bytes, len) || !read_name(bytes, len, &pos, name) ||
        len - pos < 4)
        return -EBADMSG;
    const uint8_t *rest = (const uint8_t *)bytes + pos;
    uint16_t class = read16(rest + 2);
    if (class != CLASS_IN && class != CLASS_ANY)
        return -EBADMSG;
    ret->bytes = bytes;
    ret->type = read16(rest);
    ret->question_end = pos + 4;
    ret->end = skip_opt(bytes, len, ret->question_end);
    memcpy(ret->name, name, sizeof(name));
    return 0;
}

/* Labels of a name in text; a dot at the end says nothing. The length, or 0. */
static size_t write_name(const char *name, uint8_t *at)
{
    size_t n = 0;

    while (*name) {
        size_t label = strcspn(name, ".");
        if (label == 0 || label > LABEL_MAX || n + label + 2 > NAME_MAX_SIZE)
            return 0;
        at[n] = (uint8_t)label;
        memcpy(at + n + 1, name, label);
        n += label + 1;
        name += label;
        if (*name == '.')
            name++;
    }
    at[n] = 0;
    return n > 0 ? n + 1 : 0;
}

ssize_t ow_dns_ask(const char *name, int type, int class, void *buf,
                   size_t size)
{
    uint8_t question[OW_LIMIT_NAME + 4];
    uint8_t header[HEADER_SIZE] = {0};
    size_t len = write_name(name, question);

    if (len == 0 || type < 0 || type > UINT16_MAX ||
        (class != CLASS_IN && class != CLASS_ANY))
        return -EINVAL;
    if (size < HEADER_SIZE + len + 4)
        return -ENOBUFS;
    write16(header + 2, FLAGS_ECHOED & 0x0100u);
    write16(header + 4, 1);
    write16(question + len, (unsigned)type);
    write16(question + len + 2, (unsigned)class);
    memcpy(buf, header, HEADER_SIZE);
    memcpy((uint8_t *)buf + HEADER_SIZE, question, len + 4);
    return (ssize_t)(HEADER_SIZE + len + 4);
}

static void write_address(uint8_t *at, const uint8_t *address)
{
    memset(at, 0, ADDRESS_SIZE);
    write16(at, 0xc000u | HEADER_SIZE);
    write16(at + 2, TYPE_A);
    write16(at + 4, CLASS_IN);
    write16(at + 10, 4);
    memcpy(at + 12, address, 4);
}

ssize_t ow_dns_answer(const struct ow_dns_query *query,
                      const struct ow_dns_reply *reply, void *buf, size_t size)
{
    uint8_t *at = buf;
    bool is_asked = query->type == TYPE_A || query->type == TYPE_ANY;
    bool has_address =
        is_asked && reply->address && reply->code == OW_DNS_NOERROR;
    size_t len = query->question_end + (has_address ? ADDRESS_SIZE : 0);
    size_t opt = query->end - query->question_end;

    if (size < len)
        return -ENOBUFS;
    if (opt > size - len)
        opt = 0;
    memcpy(at, query->bytes, query->question_end);
    unsigned flags = read16(at + 2) & FLAGS_ECHOED;
    write16(at + 2, flags | FLAG_ANSWER | FLAG_RECURSES | reply->code);
    write16(at + 6, has_address);
    write16(at + 10, opt > 0);
    if (has_address)
        write_address(at + query->question_end, reply->address);
    if (opt > 0)
        memcpy(at + len, query->bytes + query->question_end, opt);
    return (ssize_t)(len + opt);
}
