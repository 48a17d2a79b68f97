# One program per module: tests/unit/test_<module>.c. Add a name here.
unit_tests = \
	tests/unit/test_table \
	tests/unit/test_ca \
	tests/unit/test_jks \
	tests/unit/test_trust \
	tests/unit/test_tls_server \
	tests/unit/test_jsonc \
	tests/unit/test_answer \
	tests/unit/test_answer_nomem \
	tests/unit/test_clock \
	tests/unit/test_fault \
	tests/unit/test_hits \
	tests/unit/test_plan \
	tests/unit/test_stream \
	tests/unit/test_control \
	tests/unit/test_date \
	tests/unit/test_emit \
	tests/unit/test_h1_sink \
	tests/unit/test_serve \
	tests/unit/test_journal \
	tests/unit/test_jsonw \
	tests/unit/test_reader \
	tests/unit/test_str

if OW_HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
unit_ldadd = libowcore.la $(CMOCKA_LIBS)

tests_unit_test_jsonc_LDADD = $(unit_ldadd)
tests_unit_test_str_LDADD = $(unit_ldadd)
tests_unit_test_control_LDADD = $(unit_ldadd)
tests_unit_test_ca_LDADD = $(unit_ldadd)
tests_unit_test_jks_LDADD = $(unit_ldadd)
tests_unit_test_trust_LDADD = $(unit_ldadd)
tests_unit_test_tls_server_LDADD = $(unit_ldadd)

# Allocations that fail on purpose.
failmalloc = tests/lib/failmalloc.c tests/lib/failmalloc.h
failmalloc_ldflags = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc
tests_unit_test_answer_nomem_SOURCES = tests/unit/test_answer_nomem.c \
	$(failmalloc)
tests_unit_test_answer_nomem_LDFLAGS = $(failmalloc_ldflags)
tests_unit_test_answer_nomem_LDADD = $(unit_ldadd) $(CJSON_LIBS)

# Plans as text.
answer_lab = tests/lib/answer_lab.c tests/lib/answer_lab.h
tests_unit_test_answer_SOURCES = tests/unit/test_answer.c $(answer_lab)
tests_unit_test_answer_LDADD = $(unit_ldadd)
tests_unit_test_stream_SOURCES = tests/unit/test_stream.c $(answer_lab)
tests_unit_test_stream_LDADD = $(unit_ldadd) $(ZLIB_LIBS)
tests_unit_test_fault_SOURCES = tests/unit/test_fault.c $(answer_lab)
tests_unit_test_fault_LDADD = $(unit_ldadd)
tests_unit_test_plan_LDADD = $(unit_ldadd)
tests_unit_test_clock_LDADD = $(unit_ldadd)
tests_unit_test_hits_LDADD = $(unit_ldadd)
tests_unit_test_emit_LDADD = $(unit_ldadd)
tests_unit_test_journal_LDADD = $(unit_ldadd)
tests_unit_test_jsonw_LDADD = $(unit_ldadd)
tests_unit_test_reader_LDADD = $(unit_ldadd)

# Rules and requests as text.
rule_lab = tests/lib/rule_lab.c tests/lib/rule_lab.h
tests_unit_test_table_SOURCES = tests/unit/test_table.c $(rule_lab)
tests_unit_test_table_LDADD = $(unit_ldadd)
tests_unit_test_date_LDADD = $(unit_ldadd)
tests_unit_test_h1_sink_LDADD = $(unit_ldadd)
tests_unit_test_serve_LDADD = $(unit_ldadd)
