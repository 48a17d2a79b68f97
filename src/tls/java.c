/*
 * java: the trust store and the options that name it. See java.h.
 *
 * Called by trust; calls jks.
 */
#include "config.h"

#include "tls/java.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "tls/jks.h"

#define STORE_OPTION    "-Djavax.net.ssl.trustStore="
#define PASSWORD_OPTION "-Djavax.net.ssl.trustStorePassword="
#define TYPE_OPTION     "-Djavax.net.ssl.trustStoreType="
/* What Java ships its own store with. */
#define USUAL_PASSWORD "changeit"
/* Longer options than any shell would take. */
#define OPTIONS_MAX (128 * 1024)

struct work {
    const struct ow_java *java;
    struct ow_err *err;
    char home[PATH_MAX];     /* of the Java that was found, or "" */
    char users[PATH_MAX];    /* the store that the user named, or "" */
    char password[PATH_MAX]; /* of that store, and of ours */
    bool typed;              /* the user says of which type the store is */
};

static const char *look_up(const struct work *work, const char *name)
{
    return work->java->look_up(work->java->context, name);
}

/* Whether it fitted. */
static bool join(char out[PATH_MAX], const char *dir, size_t dir_len,
                 const char *name)
{
    int len = snprintf(out, PATH_MAX, "%.*s/%s", (int)dir_len, dir, name);

    return len > 0 && len < PATH_MAX;
}

/*
 * Whether command is a Java. Its links lead from "/usr/bin/java" to
 * "/usr/lib/jvm/java-17/bin/java" and so to a home; those of a version
 * manager's script lead nowhere.
 */
static bool set_home_of(struct work *work, const char *command)
{
    static const char tail[] = "/bin/java";
    struct ow_str real;

    if (access(command, X_OK) < 0 || !realpath(command, work->home))
        return false;
    real = ow_str_from(work->home);
    if (ow_str_ends(real, OW_STR(tail)))
        work->home[real.len - strlen(tail)] = '\0';
    else
        work->home[0] = '\0';
    return true;
}

static bool find_on_path(struct work *work)
{
    struct ow_str rest = ow_str_from(look_up(work, "PATH"));

    while (rest.ptr) {
        struct ow_str dir = ow_str_cut(&rest, ':');
        char command[PATH_MAX];

        if (dir.len > 0 && join(command, dir.ptr, dir.len, "java") &&
            set_home_of(work, command))
            return true;
    }
    return false;
}

static bool find_java(struct work *work)
{
    const char *home = look_up(work, "JAVA_HOME");
    char command[PATH_MAX];

    if (home && *home && join(command, home, strlen(home), "bin/java") &&
        set_home_of(work, command))
        return true;
    return find_on_path(work);
}

/*
 * The last word of options that begins with name, without it, into out. Words
 * are parted as the JVM does it: white space outside of quotes.
 */
static bool find_option(const char *options, const char *name,
                        char out[PATH_MAX])
{
    bool found = false;

    while (*options) {
        char word[PATH_MAX];
        size_t len = 0;
        char quote = '\0';

        options += strspn(options, " \t\r\n\v\f");
        for (; *options && (quote || !strchr(" \t\r\n\v\f", *options));
             options++) {
            if (quote ? *options == quote : strchr("'\"", *options) != NULL)
                quote = quote ? '\0' : *options;
            else if (len < sizeof word - 1)
                word[len++] = *options;
        }
        word[len] = '\0';
        if (strncmp(word, name, strlen(name)) == 0) {
            memcpy(out, word + strlen(name), len - strlen(name) + 1);
            found = true;
        }
    }
    return found;
}

static void note_users_options(struct work *work, const char *variable)
{
    const char *options = look_up(work, variable);
    char ignored[PATH_MAX];

    if (!options)
        return;
    find_option(options, STORE_OPTION, work->users);
    find_option(options, PASSWORD_OPTION, work->password);
    work->typed |= find_option(options, TYPE_OPTION, ignored);
}

/* -ENOENT when path is no store that can be read. */
static int add_store(const struct work *work, struct ow_jks *jks,
                     const char *path)
{
    struct ow_buf store;
    int status;

    ow_buf_init(&store, OW_LIMIT_CA_BUNDLE);
    status = ow_file_read(path, &store);
    if (status == 0)
        status = ow_jks_add_store(jks, ow_buf_peek(&store), work->password);
    ow_buf_release(&store);
    return status == -ENOMEM ? status : status ? -ENOENT : 0;
}

/*
 * The roots that hold without us. Java's own are in one place since Java 9 and
 * in a JRE 8, in another in a JDK 8; Debian's Javas link to the third.
 */
static int add_roots(const struct work *work, struct ow_jks *jks)
{
    static const char *const names[] = {
        "lib/security/cacerts",
        "jre/lib/security/cacerts",
    };
    char path[PATH_MAX];
    int status = -ENOENT;

    if (work->users[0])
        return add_store(work, jks, work->users);
    for (size_t i = 0; status == -ENOENT && i < 2; i++)
        if (join(path, work->home, strlen(work->home), names[i]))
            status = add_store(work, jks, path);
    if (status == -ENOENT)
        status = add_store(work, jks, "/etc/ssl/certs/java/cacerts");
    if (status == -ENOENT && work->java->system_roots)
        status = add_store(work, jks, work->java->system_roots);
    return status == -ENOENT ? 0 : status;
}

static int fill_store(const struct work *work, struct ow_jks *jks)
{
    int status = ow_jks_init(jks);

    if (status == 0)
        status = add_roots(work, jks);
    if (status == 0)
        status = ow_jks_add_store(jks, work->java->ca_pem, work->password);
    return status ? status : ow_jks_finish(jks, work->password);
}

static int write_store(const struct work *work, const char *path)
{
    struct ow_jks jks;
    int status = fill_store(work, &jks);

    if (status == 0) {
        struct ow_str bytes = ow_buf_peek(&jks.bytes);

        status = ow_file_write_new(path, &bytes, 1);
    }
    ow_jks_release(&jks);
    /* Theirs cannot be read: their Java is to fail as it does without us. */
    if (status == -ENOENT && work->users[0])
        return status;
    if (status)
        return ow_err_set(work->err, status,
                          "cannot make Java's trust store, \"%s\": %s", path,
                          strerror(-status));
    return 0;
}

/* The user's options and then ours: of two that say the same, the last wins. */
static int add_variable(const struct work *work, const char *variable,
                        const char *path)
{
    const char *users = look_up(work, variable);
    const char *quote = strpbrk(path, " \t") ? "\"" : "";
    struct ow_buf options;
    int status;

    ow_buf_init(&options, OPTIONS_MAX);
    status =
        ow_buf_printf(&options, "%s%s%s%s%s%s%s", users ? users : "",
                      users && *users ? " " : "", quote, STORE_OPTION, path,
                      quote, work->typed ? " " TYPE_OPTION "jks" : "");
    if (status == 0)
        status = ow_buf_append(&options, "", 1);
    if (status == 0)
        status = work->java->add(work->java->context, variable,
                                 ow_buf_data(&options));
    else
        ow_err_set(work->err, status, "cannot extend %s: it is too long",
                   variable);
    ow_buf_release(&options);
    return status;
}

static int add_variables(const struct work *work, const char *path)
{
    const char *launcher = look_up(work, "JDK_JAVA_OPTIONS");
    char ignored[PATH_MAX];
    /* It goes over JAVA_TOOL_OPTIONS, so a store named there would win. */
    bool both = launcher && find_option(launcher, STORE_OPTION, ignored);
    int status = add_variable(work, "JAVA_TOOL_OPTIONS", path);

    return status == 0 && both ? add_variable(work, "JDK_JAVA_OPTIONS", path)
                               : status;
}

int ow_java_prepare(const struct ow_java *java, struct ow_err *err)
{
    struct work work = {.java = java, .err = err, .password = USUAL_PASSWORD};
    char path[PATH_MAX];
    int status;

    if (!find_java(&work))
        return 0;
    note_users_options(&work, "JAVA_TOOL_OPTIONS");
    note_users_options(&work, "JDK_JAVA_OPTIONS");
    if (!join(path, java->dir, strlen(java->dir), "java.jks"))
        return ow_err_set(err, -ENAMETOOLONG,
                          "the session's folder has too long a name: \"%s\"",
                          java->dir);
    status = write_store(&work, path);
    if (status == -ENOENT)
        return 0;
    return status ? status : add_variables(&work, path);
}
