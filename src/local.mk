# libowcore: everything but shim/ and cli/; unit tests link this.
noinst_LTLIBRARIES += libowcore.la
libowcore_la_SOURCES =
libowcore_la_LIBADD = $(LIBEVENT_LIBS) $(OPENSSL_LIBS) $(CJSON_LIBS) \
	$(PCRE2_LIBS) $(ZLIB_LIBS) -lm

include src/base/local.mk
include src/http/local.mk
include src/control/local.mk
include src/wire/local.mk
include src/tls/local.mk
include src/state/local.mk
include src/journal/local.mk
include src/plan/local.mk
include src/rule/local.mk
include src/emit/local.mk
include src/exchange/local.mk
include src/upstream/local.mk
include src/host/local.mk
include src/cli/local.mk
include src/shim/local.mk
