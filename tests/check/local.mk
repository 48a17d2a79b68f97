# The tree held to its own rules (scripts/check), and its examples.
check_scripts = \
	tests/check/10-source.t \
	tests/check/20-docs.t \
	tests/check/30-format.t \
	tests/check/40-lists.t \
	tests/check/50-scripts.t \
	tests/check/60-schema.t \
	tests/check/70-packs.t \
	tests/system/85-runners.t
TESTS += $(check_scripts)
EXTRA_DIST += $(check_scripts) tests/lib/tap.sh \
	tests/check/data/refused.jsonl tests/lib/schema_check.py
