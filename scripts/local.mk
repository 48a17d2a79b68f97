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
	examples/chat.c \
	examples/chat.json \
	examples/chat.mjs \
	examples/chat.php \
	examples/chat.py \
	examples/chat.sh \
	examples/cmocka/models.json examples/cmocka/test_models.c \
	examples/ctest/CMakeLists.txt \
	examples/edge-cases/README.md \
	examples/edge-cases/edge-cases.bats \
	examples/edge-cases/rules.json \
	examples/edge-cases/summarize.sh \
	examples/fine-tuning/README.md \
	examples/fine-tuning/finetune.py \
	examples/fine-tuning/rules.json \
	examples/fine-tuning/session.py \
	examples/fine-tuning/test_finetune.py \
	examples/fine-tuning/train.jsonl \
	examples/first.json \
	examples/models.c \
	examples/multi-provider/README.md \
	examples/multi-provider/chat.php \
	examples/multi-provider/rules.json \
	examples/multi-provider/tests.php \
	examples/transcription/README.md \
	examples/transcription/rules.json \
	examples/transcription/soniox.js \
	examples/transcription/soniox.test.js \
	examples/whatsapp-bot/README.md \
	examples/whatsapp-bot/agent.py \
	examples/whatsapp-bot/bot.py \
	examples/whatsapp-bot/conversation.jsonc \
	examples/whatsapp-bot/expect.jsonc \
	examples/whatsapp-bot/rules.json \
	examples/whatsapp-bot/session.py \
	examples/whatsapp-bot/test_bot.py
