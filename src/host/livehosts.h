/*
 * livehosts: the hosts of --live, which are not mocked although rules may name
 * them: their names and addresses pass as those of unknown hosts do, and
 * --isolate lets them out. Names go by what is looked up; under --isolate the
 * shim tells what addresses they got, since connect() sees nothing else.
 *
 *     r = ow_livehosts_new("api.openai.com,*.example.com", &live, &err);
 *     if (ow_livehosts_has(live, "api.openai.com", 0)) ...
 *
 * A NULL live has no host.
 */
#ifndef OW_HOST_LIVEHOSTS_H
#define OW_HOST_ *livehosts : OSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct ow_livehosts;
struct ow_table;

/*
 * Hosts as in "hosts" of a rule file, with commas between. Refused: "*", which
 * is --live alone, and a port behind a name, which nobody knows when the name
 * is looked up. 0, -EINVAL with a sentence, -ENOMEM.
 */
int ow_livehosts_new(const char *list, struct ow_livehosts **ret,
                     struct ow_err *err);
/*
 * Whether a host that no rule names is near one that a rule does name: most
 * likely that one was meant, and would stay mocked. 0, or -EINVAL with a "did
 * you mean".
 */
int ow_livehosts_check(const struct ow_livehosts *live,
                       const struct ow_table *table, struct ow_err *err);
struct ow_livehosts *ow_livehosts_free(struct ow_livehosts *live);

/* A name, or an address in digits at its port; port 0: any. */
bool ow_livehosts_has(const struct ow_livehosts *live, const char *host,
                      uint16_t port);
/* Remembers an address of a live name: 4 bytes for AF_INET, 16 for AF_INET6.
 * At most OW_LIMIT_LIVE_ADDRESSES; the oldest goes. */
void ow_livehosts_learn(struct ow_livehosts *live, int family,
                        const uint8_t *address);
bool ow_livehosts_reaches(const struct ow_livehosts *live, int family,
                          const uint8_t *address);

#endif
