libowcore_la_SOURCES += \
	src/http/body.c src/http/body.h \
	src/http/cookies.c src/http/cookies.h \
	src/http/date.c src/http/date.h \
	src/http/digest.c src/http/digest.h \
	src/http/fields.c src/http/fields.h \
	src/http/form.c src/http/form.h \
	src/http/idn.c src/http/idn.h \
	src/http/mime.c src/http/mime.def src/http/mime.h \
	src/http/param.c src/http/param.h \
	src/http/request.c src/http/request.h \
	src/http/status.c src/http/status.def src/http/status.h \
	src/http/tail.c src/http/tail.h \
	src/http/url.c src/http/url.h
