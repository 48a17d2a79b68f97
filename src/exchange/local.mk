libowcore_la_SOURCES += \
	src/exchange/serve.h
