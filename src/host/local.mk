libowcore_la_SOURCES += \
	src/host/dir.c src/host/dir.h \
	src/host/host.h \
	src/host/info.c src/host/info.h \
	src/host/programs.c src/host/programs.h \
	src/host/standins.c src/host/standins.h
