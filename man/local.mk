# Manual pages. liboffwire(7) gets its list of functions from hooks.def.
dist_man_MANS += \
	man/offwire.1 \
	man/offwire-control.7 \
	man/offwire-run.1 \
	man/offwire-rules.5
man_MANS = man/liboffwire.7
EXTRA_DIST += man/liboffwire.7.in man/hooks.awk
CLEANFILES += man/liboffwire.7

man/liboffwire.7: man/liboffwire.7.in man/hooks.awk src/shim/hooks.def
	$(AM_V_GEN)$(MKDIR_P) man && \
	$(AWK) -f $(srcdir)/man/hooks.awk $(srcdir)/src/shim/hooks.def \
		$(srcdir)/man/liboffwire.7.in >$@.new && mv $@.new $@
