# Cases of codecs: bytes in, events out. A case is a file in tests/wire/<codec>.
wire_tests = tests/wire/run_h1
tests_wire_run_h1_SOURCES = tests/wire/run_h1.c \
	tests/wire/case_file.c tests/wire/case_file.h \
	tests/wire/h1_trace.c tests/wire/h1_trace.h
tests_wire_run_h1_LDADD = libowcore.la

check_PROGRAMS += $(wire_tests)
TESTS += $(wire_tests)
EXTRA_DIST += tests/wire/h1
