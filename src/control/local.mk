libowcore_la_SOURCES += \
	src/control/control.c src/control/control.h \
	src/control/mode.c src/control/mode.h src/control/mode.def \
	src/control/place.c src/control/place.h \
	src/control/ticket.c src/control/ticket.h \
	src/control/transfer.def
