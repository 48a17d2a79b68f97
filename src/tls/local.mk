libowcore_la_SOURCES += \
	src/tls/ca.c \
	src/tls/ca.h \
	src/tls/cert.c \
	src/tls/cert.h \
	src/tls/key.c \
	src/tls/key.h \
	src/tls/leaf.c \
	src/tls/leaf.h \
	src/tls/server.c \
	src/tls/server.h \
	src/tls/trust.h
