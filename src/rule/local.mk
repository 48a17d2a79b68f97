libowcore_la_SOURCES += \
	src/rule/explain.h \
	src/rule/table.h
