# The programs of scripts/bench, built by it with `make bench-programs`; no
# part of `make` or `make check`.
bench_programs = \
	tests/bench/latency \
	tests/bench/resources \
	tests/bench/spawn \
	tests/bench/sse \
	tests/bench/sse_server \
	tests/bench/throughput \
	tests/bench/ws_echo \
	tests/bench/ws_server
if OW_HAVE_LIBCURL
bench_programs += tests/bench/easy tests/bench/multi
endif
EXTRA_PROGRAMS = $(bench_programs)
CLEANFILES += $(bench_programs)
bench_client = tests/bench/client.c tests/bench/client.h
bench_response = tests/bench/response.c tests/bench/response.h
bench_server = tests/bench/server.c tests/bench/server.h
tests_bench_easy_SOURCES = tests/bench/easy.c $(bench_client)
tests_bench_easy_CFLAGS = $(AM_CFLAGS) $(LIBCURL_CFLAGS)
tests_bench_easy_LDADD = $(LIBCURL_LIBS) $(OPENSSL_LIBS)
tests_bench_latency_SOURCES = tests/bench/latency.c $(bench_client) $(bench_response)
tests_bench_latency_LDADD = $(OPENSSL_LIBS)
tests_bench_multi_SOURCES = tests/bench/multi.c $(bench_client)
tests_bench_multi_CFLAGS = $(AM_CFLAGS) $(LIBCURL_CFLAGS)
tests_bench_multi_LDADD = $(LIBCURL_LIBS) $(OPENSSL_LIBS)
tests_bench_resources_SOURCES = tests/bench/resources.c $(bench_client) $(bench_response)
tests_bench_resources_LDADD = $(OPENSSL_LIBS)
tests_bench_spawn_SOURCES = tests/bench/spawn.c $(bench_client)
tests_bench_spawn_LDADD = $(OPENSSL_LIBS)
tests_bench_sse_SOURCES = tests/bench/sse.c $(bench_client)
tests_bench_sse_LDADD = $(OPENSSL_LIBS)
tests_bench_sse_server_SOURCES = tests/bench/sse_server.c $(bench_server)
tests_bench_throughput_SOURCES = tests/bench/throughput.c $(bench_client) $(bench_response)
tests_bench_throughput_LDADD = $(OPENSSL_LIBS)
tests_bench_ws_echo_SOURCES = tests/bench/ws_echo.c $(bench_client)
tests_bench_ws_echo_LDADD = $(OPENSSL_LIBS)
tests_bench_ws_server_SOURCES = tests/bench/ws_server.c $(bench_server)
tests_bench_ws_server_LDADD = -lwslay
EXTRA_DIST += tests/bench/audio.py tests/bench/bench.py \
	tests/bench/flows.py tests/bench/post.py

.PHONY: bench-programs
bench-programs: $(bench_programs)
