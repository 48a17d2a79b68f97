libowcore_la_SOURCES += \
	src/control/control.c src/control/control.h \
	src/control/transfer.def
