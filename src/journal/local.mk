libowcore_la_SOURCES += \
	src/journal/journal.c src/journal/journal.h \
	src/journal/events.def \
	src/journal/reader.c src/journal/reader.h \
	src/journal/report.c src/journal/report.h
