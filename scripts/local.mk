# Scripts for people who work in the tree, and what is installed of them.
EXTRA_DIST += \
	.ci/run \
	examples/first.json \
	scripts/lib.sh \
	scripts/packages \
	scripts/test \
	scripts/try
