/*
 * trust: bundles of roots, and the variables that name them. See trust.h; the
 * variables are trust.def's, but for Java's (java.c).
 *
 * Called by the host for `offwire run` and `offwire env`.
 */
#include "config.h"

#include "tls/trust.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <openssl/x509.h>

#include "base/file.h"
#include "base/limits.h"
#include "tls/java.h"

enum policy {
    POLICY_ALWAYS,
    POLICY_ADDS,
    POLICY_IF_SET,
};

struct row {
    const char *name;
    enum policy policy;
};

static const struct row rows[] = {
#define OW_TRUST(name, policy) {name, POLICY_##policy},
#include "tls/trust.def"
#undef OW_TRUST
};

#define ROWS (sizeof rows / sizeof *rows)

struct work {
    const char *dir;
    ow_trust_look_up_fn look_up;
    ow_trust_add_fn add;
    void *context;
    struct ow_err *err;
    const char *system_roots;
    struct ow_buf ca; /* ca.pem's bytes */
    /* Bundle number n is "roots-<n>.pem", made of this file and the CA. */
    char *bases[ROWS];
    size_t count;
};

/* Where the system's roots are when they are not in OpenSSL's own place:
 * Debian, Fedora (old and new), openSUSE, Alpine. */
static const char *const other_roots[] = {
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
};

static int format_path(char *out, size_t size, const struct work *work,
                       const char *name)
{
    int len = snprintf(out, size, "%s/%s", work->dir, name);

    if (len < 0 || (size_t)len >= size)
        return ow_err_set(work->err, -ENAMETOOLONG,
                          "the session's folder has too long a name: \"%s\"",
                          work->dir);
    return 0;
}

/*
 * Writes what is in base, which may be nothing, and the CA to a new file. A
 * newline between them, because a base that lacks its last one would otherwise
 * swallow the CA.
 */
static int write_bundle(struct work *work, const struct ow_buf *base,
                        const char *path)
{
    const struct ow_str parts[] = {ow_buf_peek(base), OW_STR("\n"),
                                   ow_buf_peek(&work->ca)};
    int status = ow_file_write_new(path, parts, 3);

    if (status)
        return ow_err_set(work->err, status, "cannot write \"%s\": %s", path,
                          strerror(-status));
    return 0;
}

static int format_bundle(const struct work *work, size_t number, char *out,
                         size_t size)
{
    char name[32];

    snprintf(name, sizeof name, "roots-%zu.pem", number);
    return format_path(out, size, work, name);
}

static size_t find_bundle(const struct work *work, const char *base)
{
    size_t number = 0;

    while (number < work->count && strcmp(work->bases[number], base) != 0)
        number++;
    return number;
}

/* Keeps a copy: what base was looked up in may change with each add. */
static int note_bundle(struct work *work, const char *base)
{
    char *copy = strdup(base);

    if (!copy)
        return ow_err_set(work->err, -ENOMEM, "out of memory");
    work->bases[work->count++] = copy;
    return 0;
}

static void release_bundles(struct work *work)
{
    while (work->count > 0)
        free(work->bases[--work->count]);
}

/*
 * The path of a bundle of base and the CA, made at the first asking. 0,
 * -ENOENT when base cannot be read (no sentence), or an errno with a sentence.
 */
static int get_bundle(struct work *work, const char *base, char *out,
                      size_t size)
{
    size_t number = find_bundle(work, base);
    int status = format_bundle(work, number, out, size);
    struct ow_buf roots;

    if (status || number < work->count)
        return status;
    ow_buf_init(&roots, OW_LIMIT_CA_BUNDLE);
    status = ow_file_read(base, &roots);
    if (status == -ENOMEM)
        ow_err_set(work->err, status, "cannot read \"%s\": out of memory",
                   base);
    else if (status)
        status = -ENOENT;
    else if ((status = write_bundle(work, &roots, out)) == 0)
        status = note_bundle(work, base);
    ow_buf_release(&roots);
    return status;
}

/* NULL when there are none, as in a bare container. */
static const char *find_system_roots(void)
{
    if (access(X509_get_default_cert_file(), R_OK) == 0)
        return X509_get_default_cert_file();
    for (size_t i = 0; i < sizeof other_roots / sizeof *other_roots; i++)
        if (access(other_roots[i], R_OK) == 0)
            return other_roots[i];
    return NULL;
}

/* Which file a variable is to name; -ENOENT when it is to be left alone. */
static int find_value(struct work *work, const struct row *row, char *out,
                      size_t size)
{
    const char *users = work->look_up(work->context, row->name);
    bool is_set = users && *users;
    int status = -ENOENT;

    if (is_set)
        status = get_bundle(work, users, out, size);
    /* A file of theirs that cannot be read: who reads only that one fails as
     * without us. */
    if (status != -ENOENT || row->policy == POLICY_IF_SET)
        return status;
    if (row->policy == POLICY_ALWAYS && !is_set && work->system_roots)
        status = get_bundle(work, work->system_roots, out, size);
    return status == -ENOENT ? format_path(out, size, work, "ca.pem") : status;
}

static int add_row(struct work *work, const struct row *row)
{
    char path[PATH_MAX];
    int status = find_value(work, row, path, sizeof path);

    if (status == -ENOENT)
        return 0;
    return status ? status : work->add(work->context, row->name, path);
}

static int read_ca(struct work *work)
{
    char path[PATH_MAX];
    int status = format_path(path, sizeof path, work, "ca.pem");

    if (status)
        return status;
    status = ow_file_read(path, &work->ca);
    if (status)
        return ow_err_set(work->err, status,
                          "cannot read the session's CA, \"%s\": %s", path,
                          strerror(-status));
    return 0;
}

static int add_java(const struct work *work)
{
    struct ow_java java = {.dir = work->dir,
                           .ca_pem = ow_buf_peek(&work->ca),
                           .system_roots = work->system_roots,
                           .look_up = work->look_up,
                           .add = work->add,
                           .context = work->context};

    return ow_java_prepare(&java, work->err);
}

int ow_trust_prepare(const char *dir, ow_trust_look_up_fn look_up,
                     ow_trust_add_fn add, void *context, struct ow_err *err)
{
    struct work work = {.dir = dir,
                        .look_up = look_up,
                        .add = add,
                        .context = context,
                        .err = err,
                        .system_roots = find_system_roots()};
    int status;

    ow_buf_init(&work.ca, OW_LIMIT_CA_BUNDLE);
    status = read_ca(&work);
    for (size_t i = 0; status == 0 && i < ROWS; i++)
        status = add_row(&work, &rows[i]);
    if (status == 0)
        status = add_java(&work);
    release_bundles(&work);
    ow_buf_release(&work.ca);
    return status;
}
