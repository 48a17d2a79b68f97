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
