# Programs under the shim, from basic to complex: the first failure is the
# cause. One line each.
system_tests = \
	tests/system/30-rules.t \
	tests/system/40-clients.t \
	tests/system/41-bare.t \
	tests/system/41-large-json.t \
	tests/system/43-name-servers.t \
	tests/system/50-tls.t \
	tests/system/50-tls-faults.t \
	tests/system/60-curl.t \
	tests/system/62-libcurl.t \
	tests/system/63-roots.t \
	tests/system/64-hygiene.t \
	tests/system/65-h2.t \
	tests/system/70-streams.t \
	tests/system/72-chaos.t \
	tests/system/74-callbacks.t \
	tests/system/74-effects.t \
	tests/system/73-replies.t \
	tests/system/74-websocket.t \
	tests/system/80-journal.t \
	tests/system/80-run.t \
	tests/system/81-terminal.t \
	tests/system/82-session.t \
	tests/system/83-state.t \
	tests/system/83-forks.t \
	tests/system/84-hardship.t \
	tests/system/86-nested.t \
	tests/system/86-users.t \
	tests/system/86-live.t \
	tests/system/87-control.t \
	tests/system/87-control-packs.t \
	tests/system/88-completion.t \
	tests/system/88-offwire-h.t \
	tests/system/87-resources.t \
	tests/system/89-conversation.t \
	tests/system/89-webhook.t \
	tests/system/89-verify.t \
	tests/system/90-packs.t \
	tests/system/91-odd-requests.t \
	tests/system/92-examples.t \
	tests/system/93-suites.t
TESTS += $(system_tests)
EXTRA_DIST += $(system_tests) \
	tests/lib/certify.sh \
	tests/lib/clients.sh \
	tests/lib/curl_lab.sh \
	tests/lib/curl_lab_compare \
	tests/lib/curl_ways.sh \
	tests/lib/name_server.py \
	tests/lib/other-ca.pem \
	tests/lib/session.sh \
	tests/lib/world.sh

# Tests of the shim alone, against tests/clients/fake_host.
shim_tests = \
	tests/system/10-loads.t \
	tests/system/12-names.t \
	tests/system/13-queries.t \
	tests/system/14-sockets.t \
	tests/system/15-literals.t \
	tests/system/16-process.t \
	tests/system/17-isolated.t \
	tests/system/18-loader.t \
	tests/system/19-trust.t \
	tests/system/20-descriptors.t \
	tests/system/22-spawn.t \
	tests/system/23-no-host.t \
	tests/system/24-fork.t \
	tests/system/25-stack.t \
	tests/system/26-guests.t
TESTS += $(shim_tests)
EXTRA_DIST += $(shim_tests) tests/lib/shim.sh
