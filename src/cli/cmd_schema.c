/*
 * offwire schema: the JSON Schema of rule files, of conversations, or of
 * expectations.
 */
#include "config.h"

#include <cjson/cJSON.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/suggest.h"
#include "cli/cli.h"
#include "rule/schema.h"

/* The tables' JSON is read back, and so proven, to be printed on many lines. */
static int print_schema(enum ow_schema which)
{
    struct ow_buf text;

    ow_buf_init(&text, 0);
    int r = ow_schema_write(which, &text);
    cJSON *schema =
        r == 0 ? cJSON_ParseWithLength(ow_buf_data(&text), text.len) : NULL;
    char *printed = schema ? cJSON_Print(schema) : NULL;
    bool is_out = printed && puts(printed) >= 0 && fflush(stdout) == 0;
    cJSON_free(printed);
    cJSON_Delete(schema);
    ow_buf_release(&text);
    if (is_out)
        return 0;
    return printed ? OW_EXIT_INTERNAL
                   : ow_cli_fail(OW_EXIT_INTERNAL, "out of memory");
}

int ow_cmd_schema(int argc, char **argv)
{
    static const char *const kinds[] = {"conversation", "verify", NULL};

    if (argc == 1)
        return print_schema(OW_SCHEMA_RULES);
    if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
        return ow_cli_help("schema",
                           "  --help  print this\n\nWith \"conversation\" "
                           "that of the files of turns that offwire webhook "
                           "sends,\nwith \"verify\" that of the "
                           "expectations of offwire verify.\n");
    if (argc == 2 && strcmp(argv[1], "conversation") == 0)
        return print_schema(OW_SCHEMA_CONVERSATION);
    if (argc == 2 && strcmp(argv[1], "verify") == 0)
        return print_schema(OW_SCHEMA_VERIFY);
    const char *wrong = argv[argc > 2 ? 2 : 1];
    const char *near = ow_suggest(ow_str_from(wrong), kinds);
    return near && argc == 2
               ? ow_cli_fail(OW_EXIT_USAGE,
                             "offwire schema takes no \"%s\"; did you mean "
                             "\"%s\"?",
                             wrong, near)
               : ow_cli_fail(OW_EXIT_USAGE,
                             "offwire schema takes no \"%s\"; offwire schema "
                             "--help tells what",
                             wrong);
}
