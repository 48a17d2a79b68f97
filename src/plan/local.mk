libowcore_la_SOURCES += \
	src/plan/act_respond.c \
	src/plan/action.h \
	src/plan/actions.def \
	src/plan/answer.c src/plan/answer.h \
	src/plan/base64.c src/plan/base64.h \
	src/plan/faults.def \
	src/plan/filebody.c src/plan/filebody.h \
	src/plan/head.c src/plan/head.h \
	src/plan/keys.def \
	src/plan/plan.c src/plan/plan.h \
	src/plan/steps.def \
	src/plan/template.c src/plan/template.h \
	src/plan/value.c src/plan/value.h
