libowcore_la_SOURCES += \
	src/wire/dns.c src/wire/dns.h \
	src/wire/h1.c src/wire/h1.h \
	src/wire/h1_chunk.c src/wire/h1_chunk.h \
	src/wire/h1_head.c src/wire/h1_head.h \
	src/wire/h1_write.c \
	src/wire/h2.c src/wire/h2.h src/wire/h2_errors.def \
	src/wire/h2_inner.h src/wire/h2_stream.c src/wire/h2_write.c \
	src/wire/h2_library.c src/wire/h2_library.h src/wire/nghttp2.def \
	src/wire/sse.c src/wire/sse.h \
	src/wire/ws.c src/wire/ws.h \
	src/wire/ws_api.def src/wire/ws_bad.def
