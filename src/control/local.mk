libowcore_la_SOURCES += \
	src/control/control.h
