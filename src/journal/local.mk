libowcore_la_SOURCES += \
	src/journal/calls.c src/journal/calls.h \
	src/journal/journal.c src/journal/journal.h \
	src/journal/events.def \
	src/journal/hygiene.c src/journal/hygiene.def src/journal/hygiene.h \
	src/journal/reader.c src/journal/reader.h \
	src/journal/request_record.c src/journal/request_record.h \
	src/journal/report.c src/journal/report.h \
	src/journal/transfer.c src/journal/transfer.h \
	src/journal/websocket.c src/journal/websocket.h
