# The command and the host in one binary. Each cmd_NAME.c is a line here.
bin_PROGRAMS += offwire
offwire_SOURCES = \
	src/cli/cli.c src/cli/cli.h \
	src/cli/cmd_calls.c \
	src/cli/cmd_version.c \
	src/cli/commands.def \
	src/cli/main.c
offwire_LDADD = libowcore.la
