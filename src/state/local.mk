libowcore_la_SOURCES += \
	src/state/buckets.c src/state/buckets.h \
	src/state/clock.c src/state/clock.h \
	src/state/hits.c src/state/hits.h \
	src/state/odds.c src/state/odds.h \
	src/state/resource_fate.c src/state/resource_text.c \
	src/state/resources.c src/state/resources.h src/state/resources_inner.h \
	src/state/seqs.c src/state/seqs.h \
	src/state/state.c src/state/state.h \
	src/state/wakes.c src/state/wakes.h
