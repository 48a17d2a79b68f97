libowcore_la_SOURCES += \
	src/emit/emit.c src/emit/emit.h \
	src/emit/sink.h
