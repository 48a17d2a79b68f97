# Scripts for people who work in the tree, and what is installed of them.
dist_bin_SCRIPTS += scripts/offwire-run
EXTRA_DIST += \
	.ci/run \
	.clang-format \
	.clang-tidy \
	scripts/bench \
	scripts/check \
	scripts/check-docs \
	scripts/check-exports \
	scripts/check-source \
	scripts/lib.sh \
	scripts/packages \
	scripts/packs-table \
	scripts/test \
	scripts/try

# Examples, the completion, and what people read first.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = completions/offwire
dist_doc_DATA = \
	ARCHITECTURE.md \
	CHANGELOG.md \
	CONTRIBUTING.md \
	LICENSE \
	README.md
nobase_dist_doc_DATA = \
	docs/benchmarks.md \
	docs/libcurl.md \
	docs/packs.md \
	examples/README.md \
	examples/automake/Makefile.am \
	examples/automake/configure.ac \
	examples/automake/test-models \
	examples/bats/models.bats \
	examples/cmocka/models.json examples/cmocka/test_models.c \
	examples/ctest/CMakeLists.txt \
	examples/first.json \
	examples/models.c
