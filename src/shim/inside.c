/*
 * inside: an OpenSSL of the program's own. See inside.h. Called by sockets.c;
 * calls trust.c in the middle of a verification, in whatever thread.
 */
#include "config.h"

#include "shim/inside.h"

#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "shim/next.h"
#include "shim/trust.h"

/* CRYPTO_EX_INDEX_X509_STORE_CTX of OpenSSL 1.1 and later. */
#define CLASS_STORE_CTX 5

/* CRYPTO_EX_new of OpenSSL: parent is what has just been set up. */
typedef void new_fn(void *parent, void *data, void *all, int index, long number,
                    void *arg);
typedef int get_index_fn(int class, long number, void *arg, new_fn *on_new,
                         void *on_dup, void *on_free);

static _Atomic(bool) is_done;
static const void *_Atomic function; /* of the program's OpenSSL */

/* OpenSSL has begun a verification: it knows of what and with which store, and
 * has looked for nothing. */
static void on_verification(void *verification, void *data, void *all,
                            int index, long number, void *arg)
{
    (void)data;
    (void)all;
    (void)index;
    (void)number;
    (void)arg;
    ow_trust_chain(verification, atomic_load(&function));
}

/* For dl_iterate_phdr, whose first object is the program: 1 if the address
 * that arg points to lies in it. */
static int is_in_program(struct dl_phdr_info *info, size_t size, void *arg)
{
    uintptr_t address = *(const uintptr_t *)arg - info->dlpi_addr;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_LOAD &&
            address >= info->dlpi_phdr[i].p_vaddr &&
            address - info->dlpi_phdr[i].p_vaddr < info->dlpi_phdr[i].p_memsz)
            return 1;
    return -1;
}

/* BoringSSL and LibreSSL, whose functions of these names are others or count
 * otherwise, do not make kinds of look-up. */
static void ask_to_be_told(void)
{
    void *made = ow_next_symbol(RTLD_DEFAULT, "X509_LOOKUP_meth_new");
    uintptr_t address = (uintptr_t)made;
    if (!made || dl_iterate_phdr(is_in_program, &address) != 1)
        return;
    get_index_fn *get_index;
    *(void **)&get_index =
        ow_next_symbol(RTLD_DEFAULT, "CRYPTO_get_ex_new_index");
    if (!get_index)
        return;
    atomic_store(&function, made);
    (void)get_index(CLASS_STORE_CTX, 0, NULL, on_verification, NULL, NULL);
}

void ow_inside_trust(void)
{
    int kept = errno;
    if (atomic_load_explicit(&is_done, memory_order_relaxed) ||
        atomic_exchange(&is_done, true))
        return;
    ask_to_be_told();
    errno = kept;
}
