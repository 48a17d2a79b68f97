/*
 * distrust: who was not told where the session's CA is, and who did not want
 * to know. See distrust.h. Called by conns_in.c.
 */
#include "config.h"

#include "host/distrust.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What Offwire sets for runtimes with a TLS of their own, as `offwire run` and
 * `offwire env` do, names a file in the session's folder. */
static bool was_told(const struct ow_session *session,
                     const struct ow_program *program)
{
    struct ow_str rest = {program->env, program->env_len};
    size_t len = strlen(session->dir);

    while (rest.len > 0) {
        struct ow_str entry = ow_str_cut(&rest, '\0');
        const char *found =
            entry.len > 0 ? memmem(entry.ptr, entry.len, session->dir, len)
                          : NULL;

        if (found && found + len < entry.ptr + entry.len && found[len] == '/')
            return true;
    }
    return false;
}

void ow_distrust_tell(struct ow_session *session,
                      const struct ow_program *program, const char *host,
                      int error)
{
    static const char remedy[] =
        "start it by \"offwire run\" or \"offwire-run\", which set the "
        "variables that it may read";
    const char *name = *program->name ? program->name : "a program";
    bool is_told = was_told(session, program);
    char text[640];

    if (error == -EKEYREJECTED && is_told)
        snprintf(text, sizeof text,
                 "%.64s does not take this session's certificate of %.255s: it "
                 "has roots of its own or pins certificates, and the variables "
                 "that are set for it do not change that",
                 name, host);
    else if (error == -EKEYREJECTED)
        snprintf(text, sizeof text,
                 "%.64s does not take this session's certificate of %.255s: a "
                 "bare LD_PRELOAD does not reach its TLS, or it pins "
                 "certificates; %s",
                 name, host, remedy);
    else if (error == -EPIPE && !is_told)
        snprintf(text, sizeof text,
                 "%.64s closes its connection to %.255s when it sees this "
                 "session's certificate: if a bare LD_PRELOAD does not reach "
                 "its TLS, %s",
                 name, host, remedy);
    else
        return;
    ow_serve_say(&session->env, program, ow_str_from(text));
}
