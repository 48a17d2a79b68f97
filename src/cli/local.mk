# The command and the host in one binary. Each cmd_NAME.c is a line here.
bin_PROGRAMS += offwire
offwire_SOURCES = \
	src/cli/become.c src/cli/become.h \
	src/cli/cli.c src/cli/cli.h \
	src/cli/cmd_calls.c \
	src/cli/cmd_check.c \
	src/cli/cmd_env.c \
	src/cli/cmd_explain.c \
	src/cli/cmd_host.c \
	src/cli/cmd_run.c \
	src/cli/cmd_packs.c \
	src/cli/cmd_schema.c \
	src/cli/cmd_webhook.c \
	src/cli/cmd_verify.c \
	src/cli/commands.def \
	src/cli/environ.c src/cli/environ.h \
	src/cli/join.c src/cli/join.h \
	src/cli/judge.c src/cli/judge.h \
	src/cli/launch.c src/cli/launch.h \
	src/cli/locate.c src/cli/locate.h \
	src/cli/main.c \
	src/cli/no_proxy.c src/cli/no_proxy.h \
	src/cli/preload.c src/cli/preload.h \
	src/cli/reach.c src/cli/reach.h \
	src/cli/outcome.c src/cli/outcome.h \
	src/cli/stay.c src/cli/stay.h \
	src/cli/session_options.c src/cli/session_options.h \
	src/cli/session_options.def \
	src/cli/tune.c src/cli/tune.h \
	src/cli/webhook_calls.c src/cli/webhook_calls.h \
	src/cli/webhook_help.c src/cli/webhook_help.h \
	src/cli/webhook_job.c src/cli/webhook_job.h \
	src/cli/webhook_list.c src/cli/webhook_list.h \
	src/cli/webhook_options.def \
	src/cli/webhook_print.c src/cli/webhook_print.h \
	src/cli/webhook_talk.c src/cli/webhook_talk.h
offwire_CPPFLAGS = $(AM_CPPFLAGS) -I$(top_srcdir)/include \
	-DOW_LIBDIR='"$(libdir)"' -DOW_PKGDATADIR='"$(pkgdatadir)"'
offwire_LDADD = libowcore.la

# The JSON Schemas, printed by the command itself: not where that is built for
# another machine.
if !OW_CROSS
pkgdata_DATA += offwire.schema.json offwire-verify.schema.json
CLEANFILES += offwire.schema.json offwire-verify.schema.json
offwire-verify.schema.json: offwire$(EXEEXT)
	$(AM_V_GEN)./offwire$(EXEEXT) schema verify >$@.new && mv $@.new $@
offwire.schema.json: offwire$(EXEEXT)
	$(AM_V_GEN)./offwire$(EXEEXT) schema >$@.new && mv $@.new $@
endif
