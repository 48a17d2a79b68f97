libowcore_la_SOURCES += \
	src/http/body.h \
	src/http/fields.c src/http/fields.h \
	src/http/request.h
