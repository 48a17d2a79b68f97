libowcore_la_SOURCES += \
	src/http/body.c src/http/body.h \
	src/http/date.c src/http/date.h \
	src/http/fields.c src/http/fields.h \
	src/http/idn.c src/http/idn.h \
	src/http/request.c src/http/request.h \
	src/http/status.c src/http/status.def src/http/status.h \
	src/http/url.c src/http/url.h
