libowcore_la_SOURCES += \
	src/tls/ca.h \
	src/tls/server.h \
	src/tls/trust.h
