libowcore_la_SOURCES += \
	src/journal/journal.c src/journal/journal.h \
	src/journal/events.def
