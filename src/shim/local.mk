# liboffwire.so, the shim: libc alone, nothing exported but the hooks.
lib_LTLIBRARIES += liboffwire.la
liboffwire_la_SOURCES = \
	src/base/hash.h \
	src/base/limits.h \
	src/control/control.c src/control/control.h \
	src/control/curl_codes.def src/control/transfer.def \
	src/control/mode.c src/control/mode.h src/control/mode.def \
	src/control/place.c src/control/place.h \
	src/control/ticket.c src/control/ticket.h \
	src/wire/dns.c src/wire/dns.h \
	src/shim/ask.c src/shim/ask.h \
	src/shim/bundles.c \
	src/shim/cares.c \
	src/shim/curl.c src/shim/curl_bind.h \
	src/shim/curl_end.c src/shim/curl_end.h \
	src/shim/curl_environ.c src/shim/curl_environ.h \
	src/shim/curl_handles.c src/shim/curl_handles.h \
	src/shim/curl_known.c src/shim/curl_known.h \
	src/shim/curl_library.c src/shim/curl_library.h \
	src/shim/curl_list.c src/shim/curl_list.h \
	src/shim/curl_multi.c \
	src/shim/curl_options.def \
	src/shim/curl_report.c src/shim/curl_report.h \
	src/shim/curl_resolve.c src/shim/curl_resolve.h \
	src/shim/curl_result.c src/shim/curl_result.h \
	src/shim/curl_traces.c src/shim/curl_traces.h \
	src/shim/curl_watch.c src/shim/curl_watch.h \
	src/shim/curl_way.c src/shim/curl_way.h \
	src/shim/datagrams.c \
	src/shim/found.c src/shim/found.h \
	src/shim/hooks.def src/shim/hooks.h \
	src/shim/hostent.c \
	src/shim/inherit.c src/shim/inherit.h \
	src/shim/inside.c src/shim/inside.h \
	src/shim/lineage.c src/shim/lineage.h \
	src/shim/loader.c src/shim/loader.h \
	src/shim/lookups.c \
	src/shim/maps.c src/shim/maps.h \
	src/shim/member.c src/shim/member.h \
	src/shim/names.c src/shim/names.h \
	src/shim/nameservers.c src/shim/nameservers.h \
	src/shim/next.c src/shim/next.h \
	src/shim/process.c \
	src/shim/queries.c src/shim/queries.h \
	src/shim/quiet.c src/shim/quiet.h \
	src/shim/readable.c src/shim/readable.h \
	src/shim/received.c \
	src/shim/resolver.c \
	src/shim/roots.c src/shim/roots.h \
	src/shim/search.c src/shim/search.h \
	src/shim/shim.c src/shim/shim.h \
	src/shim/shell.c \
	src/shim/sockets.c src/shim/sockets.h \
	src/shim/spawn.c src/shim/spawn.h \
	src/shim/target.c src/shim/target.h \
	src/shim/trust.c src/shim/trust.h \
	src/shim/users.c \
	src/shim/vars.c src/shim/vars.h
if OW_X86_64
liboffwire_la_SOURCES += src/shim/dlopen-x86_64.S
endif
if OW_AARCH64
liboffwire_la_SOURCES += src/shim/dlopen-aarch64.S
endif
EXTRA_DIST += src/shim/dlopen-x86_64.S src/shim/dlopen-aarch64.S
# libc's headers promise that some pointers are not NULL; programs break it.
# No fortified calls: a libc without __snprintf_chk (musl) can load it too.
liboffwire_la_CPPFLAGS = -I$(top_srcdir)/src -U_FORTIFY_SOURCE
liboffwire_la_CFLAGS = $(AM_CFLAGS) -fno-delete-null-pointer-checks
liboffwire_la_LDFLAGS = $(AM_LDFLAGS) -module -avoid-version -shared \
	-no-undefined -Wc,-nostartfiles -Wl,-z,nodelete -Wl,-z,lazy \
	-Wl,--hash-style=gnu -Wl,-O1 -Wl,-Bsymbolic-functions -Wl,--as-needed

# The built tree runs as it is: the shim next to the command.
all-local: liboffwire.so
liboffwire.so: liboffwire.la
	$(AM_V_at)ln -sf .libs/liboffwire.so $@
CLEANFILES += liboffwire.so
