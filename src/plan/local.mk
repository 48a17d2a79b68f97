libowcore_la_SOURCES += \
	src/plan/answer.h \
	src/plan/faults.def \
	src/plan/plan.h \
	src/plan/steps.def
