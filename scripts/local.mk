# Scripts for people who work in the tree, and what is installed of them.
EXTRA_DIST += \
	.ci/run \
	.clang-format \
	.clang-tidy \
	examples/first.json \
	scripts/bench \
	scripts/check \
	scripts/check-source \
	scripts/lib.sh \
	scripts/packages \
	scripts/test \
	scripts/try
