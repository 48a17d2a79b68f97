# The tree held to its own rules (scripts/check).
check_scripts = \
	tests/check/10-source.t
TESTS += $(check_scripts)
EXTRA_DIST += $(check_scripts) tests/lib/tap.sh
