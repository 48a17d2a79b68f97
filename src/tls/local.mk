libowcore_la_SOURCES += \
	src/tls/ca.c \
	src/tls/ca.h \
	src/tls/cert.c \
	src/tls/cert.h \
	src/tls/hello.c \
	src/tls/hello.h \
	src/tls/java.c \
	src/tls/java.h \
	src/tls/jks.c \
	src/tls/jks.h \
	src/tls/key.c \
	src/tls/key.h \
	src/tls/leaf.c \
	src/tls/leaf.h \
	src/tls/server.c \
	src/tls/server.h \
	src/tls/trust.c \
	src/tls/trust.def \
	src/tls/trust.h
