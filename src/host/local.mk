libowcore_la_SOURCES += \
	src/host/api.c src/host/api.def src/host/api.h src/host/api_call.h \
	src/host/api_calls.c \
	src/host/api_clock.c \
	src/host/api_resources.c \
	src/host/api_rules.c \
	src/host/api_scope.c \
	src/host/api_state.c \
	src/host/api_verify.c \
	src/host/arrival.c src/host/arrival.h \
	src/host/blackhole.c src/host/blackhole.h \
	src/host/claim.c src/host/claim.h \
	src/host/conns.c src/host/conns.h src/host/conns_inner.h \
	src/host/conns_in.c src/host/conns_out.c \
	src/host/control_server.c src/host/control_server.h \
	src/host/crowds.c src/host/crowds.h \
	src/host/dir.c src/host/dir.h \
	src/host/distrust.c src/host/distrust.h \
	src/host/host.c src/host/host.h \
	src/host/info.c src/host/info.h \
	src/host/listeners.c src/host/listeners.h \
	src/host/livehosts.c src/host/livehosts.h \
	src/host/peers.c src/host/peers.h \
	src/host/pipe.c src/host/pipe.h \
	src/host/ports.c src/host/ports.h src/host/greeters.def \
	src/host/programs.c src/host/programs.h \
	src/host/proxies.c src/host/proxies.h \
	src/host/results.c src/host/results.h \
	src/host/say.c src/host/say.h \
	src/host/session.c src/host/session.h \
	src/host/shaper.c src/host/shaper.h \
	src/host/standins.c src/host/standins.h \
	src/host/timers.c src/host/timers.h \
	src/host/verdicts.c src/host/verdicts.h
