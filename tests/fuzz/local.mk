# Harnesses: tests/fuzz/fuzz_<module>.c. In a usual build each runs over its
# corpus as a test; configured with --enable-fuzzing (scripts/fuzz does it) it
# is a libFuzzer program. Add a name here and, if it needs more than itself,
# its sources below.
fuzz_tests = \
	tests/fuzz/fuzz_dns \
	tests/fuzz/fuzz_h1 \
	tests/fuzz/fuzz_h2 \
	tests/fuzz/fuzz_form \
	tests/fuzz/fuzz_rules \
	tests/fuzz/fuzz_serve \
	tests/fuzz/fuzz_template \
	tests/fuzz/fuzz_table \
	tests/fuzz/fuzz_talk \
	tests/fuzz/fuzz_url \
	tests/fuzz/fuzz_ws \
	tests/fuzz/fuzz_xml

if OW_FUZZING
noinst_PROGRAMS += $(fuzz_tests)
fuzz_main = tests/fuzz/fuzz.h tests/lib/must.h
else
check_PROGRAMS += $(fuzz_tests)
TESTS += $(fuzz_tests)
fuzz_main = tests/fuzz/corpus.c tests/fuzz/fuzz.h tests/lib/must.h \
	tests/wire/wire_case.c tests/wire/wire_case.h
endif
fuzz_ldadd = libowcore.la $(OW_FUZZ_LDFLAGS)
dialogue = tests/lib/dialogue.c tests/lib/dialogue.h
fuzz_session = tests/fuzz/fuzz_session.c tests/fuzz/fuzz_session.h $(dialogue)
fuzz_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests -I$(top_srcdir)/tests/wire
EXTRA_DIST += tests/fuzz/corpus scripts/fuzz \
	tests/fuzz/form.dict tests/fuzz/h1.dict tests/fuzz/rules.dict \
	tests/fuzz/table.dict \
	tests/fuzz/serve.dict tests/fuzz/template.dict tests/fuzz/url.dict \
	tests/fuzz/ws.dict tests/fuzz/xml.dict

tests_fuzz_fuzz_h1_SOURCES = tests/fuzz/fuzz_h1.c $(fuzz_main) \
	tests/wire/h1_trace.c tests/wire/h1_trace.h
tests_fuzz_fuzz_h1_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_h1_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_dns_SOURCES = tests/fuzz/fuzz_dns.c $(fuzz_main)
tests_fuzz_fuzz_dns_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_dns_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_form_SOURCES = tests/fuzz/fuzz_form.c $(fuzz_main)
tests_fuzz_fuzz_form_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_form_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_url_SOURCES = tests/fuzz/fuzz_url.c $(fuzz_main)
tests_fuzz_fuzz_url_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_url_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_template_SOURCES = tests/fuzz/fuzz_template.c $(fuzz_main)
tests_fuzz_fuzz_template_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_template_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_serve_SOURCES = tests/fuzz/fuzz_serve.c $(fuzz_main) $(dialogue)
tests_fuzz_fuzz_serve_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_serve_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_rules_SOURCES = tests/fuzz/fuzz_rules.c $(fuzz_main) $(fuzz_session)
tests_fuzz_fuzz_rules_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_rules_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_table_SOURCES = tests/fuzz/fuzz_table.c $(fuzz_main)
tests_fuzz_fuzz_table_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_table_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_ws_SOURCES = tests/fuzz/fuzz_ws.c $(fuzz_main) $(fuzz_session)
tests_fuzz_fuzz_ws_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_ws_LDADD = $(fuzz_ldadd)
tests_fuzz_fuzz_h2_SOURCES = tests/fuzz/fuzz_h2.c $(fuzz_main) \
	tests/wire/h2_trace.c tests/wire/h2_trace.h $(dialogue)
tests_fuzz_fuzz_h2_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_h2_LDADD = $(fuzz_ldadd) $(NGHTTP2_LIBS) $(CJSON_LIBS)
tests_fuzz_fuzz_xml_SOURCES = tests/fuzz/fuzz_xml.c $(fuzz_main)
tests_fuzz_fuzz_xml_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_xml_LDADD = $(fuzz_ldadd) $(CJSON_LIBS)
tests_fuzz_fuzz_talk_SOURCES = tests/fuzz/fuzz_talk.c $(fuzz_main)
tests_fuzz_fuzz_talk_CPPFLAGS = $(fuzz_cppflags)
tests_fuzz_fuzz_talk_LDADD = $(fuzz_ldadd) $(CJSON_LIBS)
