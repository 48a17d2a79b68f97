# Cases of codecs: bytes in, events out. A case is a file in tests/wire/<codec>.
wire_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests
h1_trace = tests/wire/h1_trace.c tests/wire/h1_trace.h tests/lib/must.h
wire_case = tests/wire/wire_case.c tests/wire/wire_case.h

wire_tests = tests/wire/run_h1
tests_wire_run_h1_SOURCES = tests/wire/run_h1.c $(wire_case) $(h1_trace)
tests_wire_run_h1_CPPFLAGS = $(wire_cppflags)
tests_wire_run_h1_LDADD = libowcore.la

h2_trace = tests/wire/h2_trace.c tests/wire/h2_trace.h \
	tests/lib/dialogue.c tests/lib/dialogue.h tests/lib/must.h
wire_tests += tests/wire/run_h2
tests_wire_run_h2_SOURCES = tests/wire/run_h2.c $(wire_case) $(h2_trace)
tests_wire_run_h2_CPPFLAGS = $(wire_cppflags)
tests_wire_run_h2_LDADD = libowcore.la $(NGHTTP2_LIBS) $(CJSON_LIBS)

# The same bytes through http-parser, where it is installed.
if OW_HAVE_HTTP_PARSER
wire_tests += tests/wire/diff_h1
endif
tests_wire_diff_h1_SOURCES = tests/wire/diff_h1.c $(wire_case) $(h1_trace)
tests_wire_diff_h1_CPPFLAGS = $(wire_cppflags)
tests_wire_diff_h1_LDADD = libowcore.la -lhttp_parser

check_PROGRAMS += $(wire_tests)
TESTS += $(wire_tests)
EXTRA_DIST += tests/wire/h1 tests/wire/h2
