/*
 * standins: names and their stand-in addresses in 127.83.0.0/16 (D3): one per
 * name, handed out in the order of asking, kept for the whole session, the
 * same for every process of it. IP literals of rules get one as well.
 *
 *     127.83.x.y  <->  index x * 256 + y  <->  name; index 0 is not used
 */
#ifndef OW_HOST_STANDINS_H
#define OW_HOST_STANDINS_H

#include <netinet/in.h>

struct ow_standins;

struct ow_standins *ow_standins_new(void); /* NULL: no memory */
struct ow_standins *ow_standins_free(struct ow_standins *standins);

/*
 * The name's address, made if it has none yet. Names are compared without
 * case and without a dot at the end. 0, -ENOSPC (OW_LIMIT_STAND_INS reached),
 * -EINVAL (empty or too long), -ENOMEM.
 */
int ow_standins_take(struct ow_standins *standins, const char *name,
                     struct in_addr *ret_address);
/* The name in lower case, valid until free; NULL if the address is none. */
const char *ow_standins_find(const struct ow_standins *standins,
                             struct in_addr address);

#endif
