# The tree held to its own rules (scripts/check).
check_scripts = \
	tests/check/10-source.t \
	tests/check/40-lists.t \
	tests/check/50-scripts.t
check_scripts_later = \
	tests/check/20-docs.t \
	tests/check/30-format.t \
	tests/system/85-runners.t
TESTS += $(check_scripts)
EXTRA_DIST += $(check_scripts) $(check_scripts_later) tests/lib/tap.sh
