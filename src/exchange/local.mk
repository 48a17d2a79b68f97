libowcore_la_SOURCES += \
	src/exchange/callbacks.c src/exchange/callbacks.h \
	src/exchange/layers.c src/exchange/layers.h \
	src/exchange/limits.c src/exchange/limits.h \
	src/exchange/exchange.c src/exchange/exchange.h \
	src/exchange/exchange_answer.c src/exchange/exchange_answer.h \
	src/exchange/exchange_record.c src/exchange/exchange_record.h \
	src/exchange/face.h src/exchange/faces.def src/exchange/face_h1.c \
	src/exchange/face_h2.c src/exchange/h2c.c src/exchange/h2c.h \
	src/exchange/h2_exchange.c src/exchange/h2_exchange.h \
	src/exchange/h2_sink.c src/exchange/h2_sink.h \
	src/exchange/h1_sink.c src/exchange/h1_sink.h \
	src/exchange/refusal.c src/exchange/refusal.h \
	src/exchange/serve.c src/exchange/serve.h \
	src/exchange/ws_flow.c \
	src/exchange/wakers.c src/exchange/wakers.h \
	src/exchange/ws_frames.c src/exchange/ws_frames.h \
	src/exchange/ws_match.c src/exchange/ws_match.h \
	src/exchange/ws_play.c \
	src/exchange/ws_record.c \
	src/exchange/ws_session.c src/exchange/ws_session.h \
	src/exchange/ws_take.c \
	src/exchange/ws_world.h
