libowcore_la_SOURCES += \
	src/control/curl_codes.def \
	src/plan/act_curl.c src/plan/act_curl.h \
	src/plan/act_cut.c \
	src/plan/act_next.c \
	src/plan/act_replies.c \
	src/plan/act_resource.c src/plan/act_resource.h \
	src/plan/act_fault.c src/plan/act_fault.h \
	src/plan/act_respond.c \
	src/plan/act_stream.c \
	src/plan/action.h \
	src/plan/act_websocket.c \
	src/plan/actions.def \
	src/plan/after.c src/plan/after.h \
	src/plan/answer.c src/plan/answer.h \
	src/plan/callback.c src/plan/callback.h \
	src/plan/callback_body.c src/plan/callback_body.h \
	src/plan/callback_sign.c src/plan/callback_sign.h \
	src/plan/deed.c src/plan/deed.h \
	src/plan/effect.c src/plan/effect.h \
	src/plan/agenda.c src/plan/agenda.h \
	src/plan/embedding.c src/plan/embedding.h \
	src/plan/extra_view.c src/plan/extra_view.h \
	src/plan/condition.c src/plan/condition.h \
	src/plan/faults.def \
	src/plan/conversation.c src/plan/conversation.h \
	src/plan/conversation_take.c \
	src/plan/filebody.c src/plan/filebody.h \
	src/plan/grammar.c src/plan/grammar.def src/plan/grammar.h \
	src/plan/brotli.c src/plan/brotli.h src/plan/brotli_api.def \
	src/plan/coding.c src/plan/coding.h \
	src/plan/gzip.c src/plan/gzip.h \
	src/plan/handshake.c src/plan/handshake.h \
	src/plan/harm.c src/plan/harm.h \
	src/plan/head.c src/plan/head.h \
	src/plan/keys.def \
	src/plan/live.c src/plan/live.h \
	src/plan/look.c src/plan/look.h \
	src/plan/loop.c src/plan/loop.h \
	src/plan/lua.c src/plan/lua.h \
	src/plan/lua_api.def \
	src/plan/lua_bytes.c src/plan/lua_bytes.h \
	src/plan/lua_compile.c src/plan/lua_compile.h \
	src/plan/lua_entries.c src/plan/lua_entries.h \
	src/plan/lua_env.c src/plan/lua_env.h \
	src/plan/lua_function.c src/plan/lua_function.h \
	src/plan/lua_gather.c src/plan/lua_gather.h \
	src/plan/lua_guard.c src/plan/lua_guard.h \
	src/plan/lua_list.c src/plan/lua_list.h \
	src/plan/lua_message.c src/plan/lua_message.h \
	src/plan/lua_pattern.c src/plan/lua_pattern.h \
	src/plan/lua_pool.c src/plan/lua_pool.h \
	src/plan/lua_request.c src/plan/lua_request.h \
	src/plan/lua_resource.c src/plan/lua_resource.h \
	src/plan/lua_say.c src/plan/lua_say.h \
	src/plan/lua_text.c src/plan/lua_text.h \
	src/plan/lua_tree.c src/plan/lua_tree.h \
	src/plan/lua_value.c src/plan/lua_value.h \
	src/plan/lua_view.c src/plan/lua_view.h \
	src/plan/message.c src/plan/message.h \
	src/plan/named.c src/plan/named.h \
	src/plan/pace.c src/plan/pace.h \
	src/plan/pieces.c src/plan/pieces.h \
	src/plan/plan.c src/plan/plan.h \
	src/plan/refuse.c src/plan/refuse.h \
	src/plan/shape.c src/plan/shape.h \
	src/plan/reply.c src/plan/reply.h \
	src/plan/reply_make.c src/plan/reply_parts.h \
	src/plan/reply_text.c src/plan/reply_text.h \
	src/plan/reply_wish.c src/plan/reply_wish.h \
	src/plan/resource_filter.c src/plan/resource_filter.h \
	src/plan/resource_make.c src/plan/resource_make.h \
	src/plan/resource_ops.def \
	src/plan/resource_page.c src/plan/resource_page.h \
	src/plan/resource_run.c src/plan/resource_run.h \
	src/plan/resource_start.c src/plan/resource_start.h \
	src/plan/resource_type.c src/plan/resource_type.h \
	src/plan/sample.c src/plan/sample.h \
	src/plan/script.c src/plan/script.h \
	src/plan/script_build.h \
	src/plan/script_check.c \
	src/plan/script_end.c \
	src/plan/script_ops.def \
	src/plan/script_out.c \
	src/plan/script_send.c \
	src/plan/script_trigger.c \
	src/plan/setter.c src/plan/setter.h \
	src/plan/signs.def \
	src/plan/source.c src/plan/source.h \
	src/plan/split.c src/plan/split.h \
	src/plan/steps.def \
	src/plan/template.c src/plan/template.h \
	src/plan/template_parts.h \
	src/plan/template_write.c \
	src/plan/template_functions.def \
	src/plan/timeline.c src/plan/timeline.h \
	src/plan/types.def \
	src/plan/value.c src/plan/value.h \
	src/plan/ws_fault.c src/plan/ws_fault.h
