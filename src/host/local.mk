libowcore_la_SOURCES += \
	src/host/blackhole.c src/host/blackhole.h \
	src/host/claim.c src/host/claim.h \
	src/host/conns.c src/host/conns.h \
	src/host/control_server.c src/host/control_server.h \
	src/host/dir.c src/host/dir.h \
	src/host/host.c src/host/host.h \
	src/host/info.c src/host/info.h \
	src/host/listeners.c src/host/listeners.h \
	src/host/livehosts.c src/host/livehosts.h \
	src/host/peers.c src/host/peers.h \
	src/host/pipe.c src/host/pipe.h \
	src/host/programs.c src/host/programs.h \
	src/host/results.c src/host/results.h \
	src/host/session.c src/host/session.h \
	src/host/standins.c src/host/standins.h \
	src/host/timers.c src/host/timers.h \
	src/host/verdicts.c src/host/verdicts.h
