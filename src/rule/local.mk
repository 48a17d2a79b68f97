libowcore_la_SOURCES += \
	src/rule/condition_parse.c src/rule/condition_parse.h \
	src/rule/crowd.c src/rule/crowd.h \
	src/rule/expectation.c src/rule/expectation.h \
	src/rule/explain.c src/rule/explain.h \
	src/rule/files.c src/rule/files.h \
	src/rule/functions.c src/rule/functions.h \
	src/rule/hash.h \
	src/rule/host_parse.c src/rule/host_parse.h \
	src/rule/hosts.c src/rule/hosts.h \
	src/rule/index.c src/rule/index.h \
	src/rule/limit.c src/rule/limit.h \
	src/rule/literal_parse.c src/rule/literal_parse.h \
	src/rule/load.c \
	src/rule/lot.c src/rule/lot.h \
	src/rule/match_body.c \
	src/rule/match_cookies.c \
	src/rule/match_form.c \
	src/rule/match_headers.c \
	src/rule/match_host.c \
	src/rule/match_json.c \
	src/rule/match_method.c src/rule/match_method.h \
	src/rule/match_path.c src/rule/match_path.h \
	src/rule/match_program.c \
	src/rule/match_query.c \
	src/rule/match_run.c src/rule/match_run.h \
	src/rule/match_scenario.c \
	src/rule/match_upgrade.c \
	src/rule/match_vars.c \
	src/rule/matcher.c src/rule/matcher.h \
	src/rule/matchers.def \
	src/rule/network.c src/rule/network.h \
	src/rule/networks.def \
	src/rule/order.c src/rule/order.h \
	src/rule/pack.c src/rule/pack.h \
	src/rule/path_prefix.c src/rule/path_prefix.h \
	src/rule/pattern.c src/rule/pattern.h \
	src/rule/pattern_list.c \
	src/rule/pattern_literal.c \
	src/rule/pattern_parse.c \
	src/rule/pattern_word.c \
	src/rule/perhost.c src/rule/perhost.h \
	src/rule/regex.c src/rule/regex.h \
	src/rule/replies.c src/rule/replies.h \
	src/rule/resource_list.c \
	src/rule/resource_ops.c \
	src/rule/resource_parse.c src/rule/resource_parse.h \
	src/rule/resource_effects.c \
	src/rule/resource_starts.c \
	src/rule/resource_routes.c \
	src/rule/rule.c src/rule/rule.h \
	src/rule/scenarios.c src/rule/scenarios.h \
	src/rule/scope.c src/rule/scope.h \
	src/rule/schema.c src/rule/schema.h \
	src/rule/shadow.c \
	src/rule/subject.c src/rule/subject.h \
	src/rule/table.c src/rule/table.h \
	src/rule/table_build.c src/rule/table_build.h \
	src/rule/table_find.c \
	src/rule/talk.c src/rule/talk.h \
	src/rule/talk_give.c \
	src/rule/times.c src/rule/times.h \
	src/rule/turn.c src/rule/turn.h \
	src/rule/webhook.c src/rule/webhook.h \
	src/rule/verify.c src/rule/verify.h src/rule/verify_inner.h \
	src/rule/verify_order.c \
	src/rule/verify_report.c \
	src/rule/when.c src/rule/when.h \
	src/rule/words.def
