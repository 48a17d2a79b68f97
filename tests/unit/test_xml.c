/* xml: documents as trees, and what is refused. */
#include "config.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/limits.h"
#include "base/xml.h"

/* The tree on one line, its quotes single. */
static char *read_tree(const char *text, struct ow_err *err)
{
    cJSON *tree;

    if (ow_xml_parse(ow_str_from(text), &tree, err) < 0)
        return NULL;
    char *printed = cJSON_PrintUnformatted(tree);
    cJSON_Delete(tree);
    for (char *c = printed; *c; c++)
        if (*c == '"')
            *c = '\'';
    return printed;
}

static void expect_tree(const char *text, const char *want)
{
    struct ow_err err = {""};
    char *tree = read_tree(text, &err);

    if (!tree)
        fail_msg("%s: %s", text, err.text);
    assert_string_equal(tree, want);
    cJSON_free(tree);
}

static void xml_makes_a_tree(void **state)
{
    (void)state;
    expect_tree("<a/>",
                "{'name':'a','attributes':{},'children':[],"
                "'text':''}");
    expect_tree(
        "\xef\xbb\xbf<?xml version=\"1.0\"?>\n<!-- c - -> -->"
        "<a b = 'c\"' d=\"&lt;'&#65;\" >x<e:f/>y</a >\n<?p?> ",
        "{'name':'a','attributes':{'b':'c\\'','d':'<'A'},"
        "'children':[{'name':'e:f','attributes':{},'children':[],"
        "'text':''}],'text':'xy'}");
}

static void xml_resolves_references_and_cdata(void **state)
{
    (void)state;
    expect_tree(
        "<a>&amp;&quot;&apos;&#xe9;&#8364;&#x1F600;<![CDATA[<b>&]]></a>",
        "{'name':'a','attributes':{},'children':[],"
        "'text':'&\\''\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80<b>&'}");
}

static void xml_refuses_what_is_not_well_formed(void **state)
{
    static const struct {
        const char *text;
        const char *why;
    } cases[] = {
        {"", "no element found"},
        {"hello", "syntax error"},
        {"<a>", "no element found"},
        {"<a><b></a></b>", "mismatched tag"},
        {"</a>", "not well-formed"},
        {"<a/><b/>", "junk after"},
        {"<a/>x", "junk after"},
        {"<![CDATA[x]]><a/>", "syntax error"},
        {"<a b/>", "not well-formed"},
        {"<a b=c/>", "not well-formed"},
        {"<a b='<'/>", "not well-formed"},
        {"<a b='1' b='2'/>", "duplicate attribute"},
        {"<a b='1'c='2'/>", "not well-formed"},
        {"<a b='1", "unclosed token"},
        {"<a ", "unclosed token"},
        {"<a>1 < 2</a>", "not well-formed"},
        {"<a>R&D</a>", "not well-formed"},
        {"<a>&nbsp;</a>", "undefined entity"},
        {"<a>&#0;</a>", "invalid character number"},
        {"<a>&#xd800;</a>", "invalid character number"},
        {"<a>&#99999999999;</a>", "invalid character number"},
        {"<a>&#;</a>", "not well-formed"},
        {"<a><!-- </a>", "unclosed token"},
        {"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "a document type"},
        {"<a>\xff</a>", "not well-formed"},
        {"<1/>", "not well-formed"},
        {"<a></a", "unclosed token"},
    };
    struct ow_err err;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *tree = read_tree(cases[i].text, &err);
        if (tree || !strstr(err.text, cases[i].why))
            fail_msg("%s: %s", cases[i].text, tree ? tree : err.text);
    }
}

static void xml_names_the_line(void **state)
{
    struct ow_err err;

    (void)state;
    assert_null(read_tree("<a>\n\n<b>\n</a>", &err));
    assert_string_equal(err.text, "line 4 of the XML: mismatched tag");
}

/* TEXT so often, and what stands around it. */
static int parse_many(const char *before, const char *text, size_t n,
                      struct ow_err *err)
{
    size_t len = strlen(before) + strlen(text) * n;
    char *all = malloc(len + 1), *end = stpcpy(all, before);
    cJSON *tree;

    for (size_t i = 0; i < n; i++)
        end = stpcpy(end, text);
    int r = ow_xml_parse((struct ow_str){all, len}, &tree, err);
    if (r == 0)
        cJSON_Delete(tree);
    free(all);
    return r;
}

static void xml_has_bounds(void **state)
{
    struct ow_err err;

    (void)state;
    assert_int_equal(parse_many("", "<a>", OW_LIMIT_JSON_DEPTH + 1, &err),
                     -EINVAL);
    assert_non_null(strstr(err.text, "too deep"));
    assert_int_equal(parse_many("<b>", "<a/>", OW_LIMIT_XML_PARTS, &err),
                     -EINVAL);
    assert_non_null(strstr(err.text, "too many"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(xml_makes_a_tree),
        cmocka_unit_test(xml_resolves_references_and_cdata),
        cmocka_unit_test(xml_refuses_what_is_not_well_formed),
        cmocka_unit_test(xml_names_the_line),
        cmocka_unit_test(xml_has_bounds),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
