libowcore_la_SOURCES += \
	src/base/arena.c src/base/arena.h \
	src/base/base64.c src/base/base64.h \
	src/base/buf.c src/base/buf.h \
	src/base/hash.h \
	src/base/json.h \
	src/base/jsonc.c src/base/jsonc.h \
	src/base/jsonc_place.c src/base/jsonc_place.h \
	src/base/jsonc_scan.c src/base/jsonc_scan.h \
	src/base/err.c src/base/err.h \
	src/base/file.c src/base/file.h \
	src/base/jsonw.c src/base/jsonw.h \
	src/base/library.c src/base/library.h \
	src/base/limits.h \
	src/base/members.c src/base/members.h \
	src/base/nodes.c src/base/nodes.h \
	src/base/rand.c src/base/rand.h \
	src/base/str.c src/base/str.h \
	src/base/suggest.c src/base/suggest.h \
	src/base/units.c src/base/units.h \
	src/base/utf8.c src/base/utf8.h \
	src/base/xml.c src/base/xml.h src/base/expat.def
