# One file is one case; adding a test is adding a file. See README.md there.
EXTRA_DIST += \
	tests/cases/README.md \
	tests/cases/bad \
	tests/cases/callbacks \
	tests/cases/canned \
	tests/cases/connection \
	tests/cases/examples \
	tests/cases/faults \
	tests/cases/layers \
	tests/cases/limits \
	tests/cases/matching \
	tests/cases/refused \
	tests/cases/replies \
	tests/cases/resources \
	tests/cases/sequences \
	tests/cases/state \
	tests/cases/streams \
	tests/cases/templates \
	tests/cases/unmatched \
	tests/cases/websocket

check_PROGRAMS += tests/cases/run_cases
TESTS += tests/cases/run_cases
tests_cases_run_cases_SOURCES = \
	tests/cases/run_cases.c \
	tests/lib/case_expect.c tests/lib/case_world.h \
	tests/lib/case_frames.c tests/lib/case_frames.h \
	tests/lib/case_file.c tests/lib/case_file.h \
	tests/lib/case_journal.c tests/lib/case_journal.h \
	tests/lib/case_player.c tests/lib/case_player.h \
	tests/lib/case_view.c tests/lib/case_view.h
tests_cases_run_cases_LDADD = libowcore.la
