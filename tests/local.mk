TEST_EXTENSIONS = .t
LOG_DRIVER = env AM_TAP_AWK='$(AWK)' CMOCKA_MESSAGE_OUTPUT=TAP $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_DRIVER = env AM_TAP_AWK='$(AWK)' $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
T_LOG_COMPILER = $(SHELL)
# The status of a shell test is for people; TAP has told already.
AM_T_LOG_DRIVER_FLAGS = --ignore-exit

include tests/unit/local.mk
include tests/wire/local.mk
include tests/cases/local.mk
include tests/system/local.mk
include tests/clients/local.mk
include tests/fuzz/local.mk
include tests/check/local.mk
include tests/bench/local.mk

# The slow ones. valgrind over the unit tests; the tree once more with the
# address and undefined-behaviour sanitizers, in a folder of its own (shell
# tests know by OW_SANITIZED how to preload a sanitized shim); each fuzzer for
# five minutes.
VALGRIND = valgrind --quiet --error-exitcode=99 --leak-check=full \
	--show-leak-kinds=definite,indirect --errors-for-leak-kinds=definite
SANITIZED = sanitized

check-full: check
	$(MAKE) $(AM_MAKEFLAGS) check-valgrind
	$(MAKE) $(AM_MAKEFLAGS) check-sanitizers
	$(MAKE) $(AM_MAKEFLAGS) check-fuzz

check-valgrind: $(check_PROGRAMS)
	$(MAKE) $(AM_MAKEFLAGS) check TESTS='$(unit_tests)' \
		LOG_COMPILER='$(VALGRIND)'

check-sanitizers:
	$(MKDIR_P) $(SANITIZED)
	cd $(SANITIZED) && { test -f Makefile || \
		$(SHELL) '$(abs_top_srcdir)/configure' --enable-sanitizers \
			--enable-werror CFLAGS='-g -O1'; }
	cd $(SANITIZED) && $(MAKE) $(AM_MAKEFLAGS) check

FUZZ_SECONDS = 300
check-fuzz:
	'$(abs_top_srcdir)/scripts/fuzz' all $(FUZZ_SECONDS)

# The libcurl of Debian 13, which is made once, in a folder of the cache; skips
# with a sentence where it cannot be.
check-trixie:
	OFFWIRE_MAKE_TRIXIE=yes $(MAKE) $(AM_MAKEFLAGS) check \
		TESTS="tests/trixie/libcurl.t tests/trixie/ways.t tests/sdk/python-openai.t"
EXTRA_DIST += tests/trixie/commands.sh tests/trixie/enter tests/trixie/libcurl.t \
	tests/trixie/root tests/trixie/ways.t

# The official SDKs on the packs; what cannot be installed is skipped with a
# sentence. What they went through is written to docs/packs.md by packs-table.
sdk_tests = \
	tests/sdk/anthropic.t \
	tests/sdk/gemini.t \
	tests/sdk/generative-ai.t \
	tests/sdk/openai.t \
	tests/sdk/openrouter.t \
	tests/sdk/python-openai.t \
	tests/sdk/python-twilio.t \
	tests/sdk/soniox.t \
	tests/sdk/twilio.t
# They are apart from each other, and wait for much: several at once.
check-sdk:
	$(MAKE) $(AM_MAKEFLAGS) -j4 check TESTS="$(sdk_tests)" \
		TEST_SUITE_LOG=sdk-suite.log
packs-table:
	perl '$(abs_top_srcdir)/scripts/packs-table' . >packs-table.tmp
	mv packs-table.tmp '$(abs_top_srcdir)/docs/packs.md'
EXTRA_DIST += $(sdk_tests) tests/lib/sdk.sh \
	tests/clients/sdk/anthropic.mjs tests/clients/sdk/anthropic_ways.mjs \
	tests/clients/sdk/asserts.mjs \
	tests/clients/sdk/gemini.mjs tests/clients/sdk/gemini_ways.mjs \
	tests/clients/sdk/generative-ai.mjs tests/clients/sdk/generative-ai_ways.mjs \
	tests/clients/sdk/openai.mjs tests/clients/sdk/openai_assistants.mjs \
	tests/clients/sdk/openai_failures.mjs \
	tests/clients/sdk/openai_media.mjs \
	tests/clients/sdk/openai_vector_stores.mjs \
	tests/clients/sdk/openai_ways.mjs \
	tests/clients/sdk/openrouter.mjs tests/clients/sdk/openrouter_ways.mjs \
	tests/clients/sdk/package-lock.json \
	tests/clients/sdk/package.json \
	tests/clients/sdk/python_openai.py \
	tests/clients/sdk/python_openai_assistants.py \
	tests/clients/sdk/python_openai_files.py \
	tests/clients/sdk/python_openai_ways.py \
	tests/clients/sdk/python_twilio.py \
	tests/clients/sdk/run.mjs \
	tests/clients/sdk/run.py \
	tests/clients/sdk/session.mjs \
	tests/clients/sdk/soniox.mjs tests/clients/sdk/soniox_ways.mjs \
	tests/clients/sdk/twilio.mjs tests/clients/sdk/twilio_ways.mjs \
	tests/clients/sdk/without.json

.PHONY: check-full check-fuzz check-sdk check-trixie check-valgrind \
	check-sanitizers packs-table
