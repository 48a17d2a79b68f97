/*
 * offwire version: the same as offwire --version.
 */
#include "config.h"

#include <stdio.h>

#include "cli/cli.h"

int ow_cmd_version(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return printf("offwire %s\n", PACKAGE_VERSION) < 0;
}
