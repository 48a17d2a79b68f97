libowcore_la_SOURCES += \
	src/wire/h1.h
