# liboffwire.so, the shim: libc alone, nothing exported but the hooks.
EXTRA_DIST += src/shim/hooks.def
