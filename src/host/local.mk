libowcore_la_SOURCES += \
	src/host/host.h
