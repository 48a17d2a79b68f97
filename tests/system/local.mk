# Programs under the shim, from basic to complex: the first failure is the
# cause. Not yet in the list: 40-clients, 50-tls-faults, 70-streams.
system_tests =
TESTS += $(system_tests)
EXTRA_DIST += $(system_tests) tests/lib/session.sh tests/lib/clients.sh \
	tests/system/40-clients.t \
	tests/system/50-tls-faults.t \
	tests/system/70-streams.t

# Tests of the shim alone, against tests/clients/fake_host.
shim_tests = \
	tests/system/12-names.t \
	tests/system/14-sockets.t \
	tests/system/15-literals.t \
	tests/system/16-process.t
TESTS += $(shim_tests)
EXTRA_DIST += $(shim_tests) tests/lib/shim.sh
