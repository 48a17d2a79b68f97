# The packs: rules for one API each, a folder that --rules takes by its name.
# A pack's files are listed here, its cases are found by tests/cases/run_cases.
nobase_dist_pkgdata_DATA = \
	rules/anthropic/README.md \
	rules/anthropic/05-functions.json \
	rules/anthropic/10-scenarios.json \
	rules/anthropic/15-replies.json \
	rules/anthropic/20-messages.json \
	rules/anthropic/30-models.json \
	rules/anthropic/50-batches.json \
	rules/anthropic/60-files.json \
	rules/anthropic/99-unknown.json \
	rules/gemini/README.md \
	rules/gemini/05-functions.json \
	rules/gemini/10-scenarios.json \
	rules/gemini/15-replies.json \
	rules/gemini/20-models.json \
	rules/gemini/30-generate.json \
	rules/gemini/40-embeddings.json \
	rules/gemini/50-files.json \
	rules/gemini/99-unknown.json \
	rules/openai/README.md \
	rules/openai/05-functions.json \
	rules/openai/10-scenarios.json \
	rules/openai/15-replies.json \
	rules/openai/20-models.json \
	rules/openai/30-chat.json \
	rules/openai/32-completions.json \
	rules/openai/35-responses.json \
	rules/openai/37-conversations.json \
	rules/openai/40-embeddings.json \
	rules/openai/45-audio.json \
	rules/openai/46-images.json \
	rules/openai/47-image-files.json \
	rules/openai/50-files.json \
	rules/openai/54-fine-tuning.json \
	rules/openai/56-batches.json \
	rules/openai/70-assistants.json \
	rules/openai/75-vector-stores.json \
	rules/openai/80-realtime.json \
	rules/openai/95-webhooks.json \
	rules/openai/99-unknown.json \
	rules/openrouter/README.md \
	rules/openrouter/10-functions.json \
	rules/openrouter/15-replies.json \
	rules/openrouter/20-scenarios.json \
	rules/openrouter/30-models.json \
	rules/openrouter/40-chat.json \
	rules/openrouter/45-responses.json \
	rules/openrouter/46-messages.json \
	rules/openrouter/50-embeddings.json \
	rules/openrouter/60-account.json \
	rules/openrouter/99-unknown.json \
	rules/soniox/README.md \
	rules/soniox/00-functions.json \
	rules/soniox/10-scenarios.json \
	rules/soniox/20-rest.json \
	rules/soniox/30-realtime.json \
	rules/soniox/40-usage.json \
	rules/soniox/99-unknown.json \
	rules/twilio/README.md \
	rules/twilio/05-functions.json \
	rules/twilio/10-scenarios.json \
	rules/twilio/20-accounts.json \
	rules/twilio/30-messages.json \
	rules/twilio/32-media.json \
	rules/twilio/35-services.json \
	rules/twilio/36-content.json \
	rules/twilio/37-lookups.json \
	rules/twilio/40-webhooks.json \
	rules/twilio/99-unknown.json
EXTRA_DIST += \
	rules/anthropic/cases \
	rules/gemini/cases \
	rules/openai/cases \
	rules/openrouter/cases \
	rules/soniox/cases \
	rules/twilio/cases

# The link that configure made in a build folder.
distclean-local:
	! test -L rules || rm -f rules
