/*
 * offwire verify: what was called in a session against a file of expectations:
 * a session that was kept, or, from inside, the one that goes on. That one is
 * asked by the control API.
 */
#include "config.h"

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/judge.h"
#include "offwire.h"

#define UNMET 1

static const char options_help[] =
    "  --json  all that was found, as one JSON value\n"
    "  --tap   a line for each expectation, for a harness\n"
    "  --help  this text\n"
    "\n"
    "EXPECT.json says which rules have to have answered, how often, in what "
    "order, to\n"
    "which requests; \"-\" is stdin. DIR is a session that a run has kept; "
    "without it\n"
    "the session is meant that this command runs in. Ends with 0 if all is "
    "met, with 1\n"
    "if not.\n";

static int print(struct ow_str text, bool is_met)
{
    fwrite(text.ptr, 1, text.len, stdout);
    if (fflush(stdout) != 0 || ferror(stdout))
        return OW_EXIT_INTERNAL;
    return is_met ? 0 : UNMET;
}

static int verify_kept(struct ow_judge *judge, const char *dir,
                       enum ow_verify_format format)
{
    struct ow_buf out;
    struct ow_err err = {""};
    int r = ow_judge_hear(judge, dir, &err);

    if (r < 0)
        return ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    if (judge->unknown > 0)
        ow_cli_fail(0,
                    "of %" PRIu64
                    " request%s the journal does not have what "
                    "was sent",
                    judge->unknown, judge->unknown == 1 ? "" : "s");
    ow_buf_init(&out, 0);
    r = ow_verify_write(judge->verify, format, &out);
    if (r == 0 && format == OW_VERIFY_JSON)
        r = ow_buf_append(&out, "\n", 1);
    int status = r == 0
                     ? print(ow_buf_peek(&out), ow_verify_is_met(judge->verify))
                     : ow_cli_fail(OW_EXIT_INTERNAL, "out of memory");
    ow_buf_release(&out);
    return status;
}

/* The session is asked with the file's own text and name, so that it can place
 * what it finds. */
static int ask_path(const char *file, enum ow_verify_format format,
                    struct ow_buf *out)
{
    static const char *const words[] = {[OW_VERIFY_TEXT] = "text",
                                        [OW_VERIFY_TAP] = "tap",
                                        [OW_VERIFY_JSON] = "json"};
    int r = ow_buf_printf(out, "/verify?format=%s&file=", words[format]);

    for (; r == 0 && *file; file++)
        r = ow_buf_printf(out, "%%%02X", (unsigned char)*file);
    return r < 0 ? r : ow_buf_append(out, "", 1);
}

static int verify_here(const struct ow_judge *judge, const char *file,
                       enum ow_verify_format format)
{
    char *json = strndup(ow_buf_data(&judge->text), judge->text.len);
    char *body = NULL;
    struct ow_buf path;
    int status;

    ow_buf_init(&path, 0);
    if (!json || ask_path(file, format, &path) < 0)
        status = ow_cli_fail(OW_EXIT_INTERNAL, "out of memory");
    else
        status = offwire_request("POST", ow_buf_data(&path), json, &body);
    if (status == 200 || status == 417)
        status = print(ow_str_from(body), status == 200);
    else if (status != OW_EXIT_INTERNAL)
        status = ow_cli_fail(OW_EXIT_USAGE, "%s", offwire_error());
    ow_buf_release(&path);
    free(json);
    free(body);
    return status;
}

static int verify(const char *file, const char *dir,
                  enum ow_verify_format format)
{
    struct ow_judge judge;
    struct ow_err err = {""};
    int status;

    if (ow_judge_open(&judge, file, &err) < 0)
        status = ow_cli_fail(OW_EXIT_USAGE, "%s", err.text);
    else if (dir)
        status = verify_kept(&judge, dir, format);
    else if (offwire_active())
        status = verify_here(&judge, file, format);
    else
        status = ow_cli_fail(OW_EXIT_USAGE,
                             "verify wants a folder, kept by offwire run "
                             "--keep DIR: this is no session");
    ow_judge_release(&judge);
    return status;
}

int ow_cmd_verify(int argc, char **argv)
{
    static const struct option options[] = {
        {"json", no_argument, NULL, 'j'},
        {"tap", no_argument, NULL, 't'},
        {"help", no_argument, NULL, 'h'},
        {NULL, 0, NULL, 0},
    };
    enum ow_verify_format format = OW_VERIFY_TEXT;
    bool json = false, tap = false;
    int c;

    while ((c = getopt_long(argc, argv, ":h", options, NULL)) != -1) {
        if (c == 'h')
            return ow_cli_help("verify", options_help);
        if (c == '?' || c == ':')
            return ow_cli_bad_option("verify", argv, c, options);
        json = json || c == 'j';
        tap = tap || c == 't';
    }
    if (json && tap)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "the report is one of --json and --tap");
    if (json || tap)
        format = json ? OW_VERIFY_JSON : OW_VERIFY_TAP;
    if (argc - optind < 1 || argc - optind > 2)
        return ow_cli_fail(OW_EXIT_USAGE,
                           "verify wants EXPECT.json, and the folder of a "
                           "session; offwire verify --help");
    return verify(argv[optind], optind + 1 < argc ? argv[optind + 1] : NULL,
                  format);
}
