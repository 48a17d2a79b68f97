libowcore_la_SOURCES += \
	src/upstream/caller.c src/upstream/caller.h \
	src/upstream/curl_api.def \
	src/upstream/deliver.c src/upstream/deliver.h \
	src/upstream/fetch.c src/upstream/fetch.h \
	src/upstream/heard.c src/upstream/heard.h
