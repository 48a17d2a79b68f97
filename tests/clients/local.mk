# Real clients, one program each; tests/lib/clients.sh runs them.
EXTRA_DIST += \
	tests/clients/JavaHttp.java \
	tests/clients/JavaUrl.java \
	tests/clients/js_hook.mjs \
	tests/clients/node_fetch.mjs \
	tests/clients/node_https.mjs \
	tests/clients/node_tls.mjs \
	tests/clients/node_dialogues.cjs \
	tests/clients/node_websocket.mjs \
	tests/clients/node_ws.cjs \
	tests/clients/php_curl.php \
	tests/clients/php_fork.php \
	tests/clients/php_stream.php \
	tests/clients/php_tls.php \
	tests/clients/pieces.py \
	tests/clients/pl_http_tiny.pl \
	tests/clients/pl_lwp.pl \
	tests/clients/py_aiohttp.py \
	tests/clients/py_fork.py \
	tests/clients/py_httpx.py \
	tests/clients/py_h2.py \
	tests/clients/php_h2.php \
	tests/clients/node_http2.mjs tests/clients/node_h2_ws.mjs \
	tests/clients/py_pycurl.py \
	tests/clients/py_requests.py \
	tests/clients/py_resources.py \
	tests/clients/py_tls.py \
	tests/clients/py_pool.py \
	tests/clients/js_hook_check.cjs \
	tests/clients/py_bot.py \
	tests/clients/py_odd.py \
	tests/clients/py_twilio.py \
	tests/clients/py_urllib.py \
	tests/clients/py_ws_aiohttp.py \
	tests/clients/py_ws_websocket.py \
	tests/clients/py_ws_websockets.py \
	tests/clients/rb_net_http.rb \
	tests/clients/stranger.py \
	tests/clients/terminal.py \
	tests/clients/thousand.py \
	tests/clients/wget_tls

EXTRA_DIST += tests/clients/reach.c

# Java's are compiled once for all tests, where there is a compiler.
check_DATA = tests/clients/java.stamp
java_clients = $(top_srcdir)/tests/clients/JavaHttp.java \
	$(top_srcdir)/tests/clients/JavaUrl.java
tests/clients/java.stamp: $(java_clients)
	$(AM_V_GEN)$(MKDIR_P) tests/clients/java && \
	{ ! javac -version >/dev/null 2>&1 || \
		javac -J-XX:TieredStopAtLevel=1 -J-XX:+UseSerialGC \
			-d tests/clients/java $(java_clients); } && : >$@
clean-local:
	rm -rf tests/clients/java
CLEANFILES += tests/clients/java.stamp

# Programs that system tests run under the shim, and what stands behind it.
check_PROGRAMS += tests/clients/fake_host
tests_clients_fake_host_SOURCES = tests/clients/fake_host.c src/control/control.c
# Flags of its own give it objects of its own.
tests_clients_fake_host_CFLAGS = $(AM_CFLAGS)
tests_clients_fake_host_LDADD = -lpthread

if OW_HAVE_CMOCKA
check_PROGRAMS += \
	tests/clients/client_descriptors \
	tests/clients/client_fork \
	tests/clients/client_loader \
	tests/clients/client_names \
	tests/clients/client_process \
	tests/clients/client_queries \
	tests/clients/client_sockets \
	tests/clients/client_spawn \
	tests/clients/client_stack \
	tests/clients/client_tls
endif
tests_clients_client_descriptors_LDADD = $(CMOCKA_LIBS) -lpthread
tests_clients_client_fork_LDADD = $(CMOCKA_LIBS) -lpthread
tests_clients_client_names_LDADD = $(CMOCKA_LIBS)
tests_clients_client_process_LDADD = $(CMOCKA_LIBS)
tests_clients_client_queries_LDADD = $(CMOCKA_LIBS)
tests_clients_client_sockets_LDADD = $(CMOCKA_LIBS)
tests_clients_client_spawn_LDADD = $(CMOCKA_LIBS) -lpthread
tests_clients_client_stack_LDADD = $(CMOCKA_LIBS) -lpthread
tests_clients_client_loader_LDADD = $(CMOCKA_LIBS)
tests_clients_client_tls_LDADD = $(OPENSSL_LIBS) $(CMOCKA_LIBS) -lpthread

# Plugins for client_loader; -rpath makes libtool build them shared. The first
# finds the second by its RUNPATH, which is where it lies.
check_LTLIBRARIES = tests/clients/plugin_tls.la tests/clients/neighbour.la
plugin_flags = -module -avoid-version -shared -rpath /nowhere
tests_clients_plugin_tls_la_SOURCES = \
	tests/clients/plugin.h tests/clients/plugin_tls.c
tests_clients_plugin_tls_la_CFLAGS = $(AM_CFLAGS) -fvisibility=default
tests_clients_plugin_tls_la_LDFLAGS = $(AM_LDFLAGS) $(plugin_flags) \
	-Wl,-rpath,'$$ORIGIN'
tests_clients_plugin_tls_la_LIBADD = $(OPENSSL_LIBS)
tests_clients_neighbour_la_SOURCES = tests/clients/neighbour.c
tests_clients_neighbour_la_CFLAGS = $(AM_CFLAGS) -fvisibility=default
tests_clients_neighbour_la_LDFLAGS = $(AM_LDFLAGS) $(plugin_flags)

# libcurl in all its ways, against nginx and under Offwire: 62-libcurl.t.
if OW_HAVE_LIBCURL
check_PROGRAMS += tests/clients/curl/curl_lab
endif
curl_lab_sources = \
	tests/clients/curl/batch.c tests/clients/curl/batch.h \
	tests/clients/curl/events.c \
	tests/clients/curl/failure.c \
	tests/clients/curl/flow.c \
	tests/clients/curl/lab.c tests/clients/curl/lab.h \
	tests/clients/curl/multi.c \
	tests/clients/curl/plain.c \
	tests/clients/curl/threads.c \
	tests/clients/curl/transcript.c tests/clients/curl/transcript.h
tests_clients_curl_curl_lab_SOURCES = $(curl_lab_sources)
tests_clients_curl_curl_lab_CFLAGS = $(AM_CFLAGS) $(LIBCURL_CFLAGS)
tests_clients_curl_curl_lab_LDADD = \
	$(LIBCURL_LIBS) $(LIBEVENT_LIBS) -lpthread
EXTRA_DIST += \
	tests/clients/curl/breaker.pl \
	tests/clients/curl/nginx.conf \
	tests/clients/curl/php_multi.php \
	tests/clients/curl/py_multi.py \
	tests/clients/curl/rules.json

# Who does not trust: 41-bare.t.
EXTRA_DIST += tests/clients/tls_distrust.py

# Roots that wait: 63-roots.t.
EXTRA_DIST += tests/clients/py_roots.py
check_PROGRAMS += tests/clients/client_roots
tests_clients_client_roots_LDADD = $(OPENSSL_LIBS)
EXTRA_DIST += tests/clients/curl_plugin.c tests/clients/real_server.py
if OW_HAVE_LIBCURL
check_PROGRAMS += tests/clients/client_curl
endif
tests_clients_client_curl_SOURCES = \
	tests/clients/client_curl.c \
	tests/clients/client_curl_redirects.c \
	tests/clients/curl_scenario.c tests/clients/curl_scenario.h
tests_clients_client_curl_CFLAGS = $(AM_CFLAGS) $(LIBCURL_CFLAGS)
tests_clients_client_curl_LDADD = $(LIBCURL_LIBS)
