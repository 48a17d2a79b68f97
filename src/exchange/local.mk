libowcore_la_SOURCES += \
	src/exchange/exchange.c src/exchange/exchange.h \
	src/exchange/face.h src/exchange/faces.def src/exchange/face_h1.c \
	src/exchange/h1_sink.c src/exchange/h1_sink.h \
	src/exchange/refusal.c src/exchange/refusal.h \
	src/exchange/serve.c src/exchange/serve.h
