/*
 * mode: the value of OFFWIRE_MODE. See mode.h. Called by shim/shim.c and
 * cli/session_options.c.
 */
#include "config.h"

#include "control/mode.h"

#include <stdio.h>
#include <string.h>

#include "control/control.h"

static const char words[][8] = {
#define OW_MODE(name, word, help) [OW_MODE_##name] = word,
#include "control/mode.def"
#undef OW_MODE
};

enum ow_mode ow_mode_parse(const char *value)
{
    if (!value || !*value)
        return OW_MODE_MOCKED;
    for (int mode = 0; mode < OW_MODE_UNKNOWN; mode++)
        if (strcmp(value, words[mode]) == 0)
            return (enum ow_mode)mode;
    return OW_MODE_UNKNOWN;
}

/* So few words are told apart by how they begin. */
static const char *find_near(const char *value)
{
    for (int mode = 0; mode < OW_MODE_UNKNOWN; mode++)
        if ((value[0] | 0x20) == words[mode][0])
            return words[mode];
    return NULL;
}

void ow_mode_complain(const char *value, char *text, size_t size)
{
    const char *near = find_near(value);
    snprintf(text, size,
             OW_ENV_MODE
             " is \"%.60s\", which is no mode; it can be " OW_MODE_WORDS
             "%s%s%s",
             value, near ? "; did you mean \"" : "", near ? near : "",
             near ? "\"?" : "");
}
