libowcore_la_SOURCES += \
	src/state/clock.h \
	src/state/hits.h
