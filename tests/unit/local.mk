# One program per module: tests/unit/test_<module>.c. Add a name here.
unit_tests = \
	tests/unit/test_livehosts \
	tests/unit/test_lot \
	tests/unit/test_heard \
	tests/unit/test_grammar \
	tests/unit/test_nodes \
	tests/unit/test_shape \
	tests/unit/test_calls \
	tests/unit/test_when \
	tests/unit/test_verify \
	tests/unit/test_request_record \
	tests/unit/test_mode \
	tests/unit/test_results \
	tests/unit/test_explain \
	tests/unit/test_hygiene \
	tests/unit/test_match \
	tests/unit/test_files \
	tests/unit/test_refusal \
	tests/unit/test_table \
	tests/unit/test_table_nomem \
	tests/unit/test_buf \
	tests/unit/test_arena \
	tests/unit/test_units \
	tests/unit/test_library \
	tests/unit/test_suggest \
	tests/unit/test_rand \
	tests/unit/test_err \
	tests/unit/test_fields \
	tests/unit/test_body \
	tests/unit/test_url \
	tests/unit/test_idn \
	tests/unit/test_param \
	tests/unit/test_form \
	tests/unit/test_cookies \
	tests/unit/test_mime \
	tests/unit/test_status \
	tests/unit/test_request \
	tests/unit/test_sse \
	tests/unit/test_h1 \
	tests/unit/test_ws \
	tests/unit/test_no_memory \
	tests/unit/test_ca \
	tests/unit/test_jks \
	tests/unit/test_trust \
	tests/unit/test_tls_nomem \
	tests/unit/test_tls_server \
	tests/unit/test_jsonc \
	tests/unit/test_talk \
	tests/unit/test_webhook \
	tests/unit/test_xml \
	tests/unit/test_answer \
	tests/unit/test_answer_nomem \
	tests/unit/test_effects_nomem \
	tests/unit/test_lua_pool \
	tests/unit/test_tail \
	tests/unit/test_template \
	tests/unit/test_functions \
	tests/unit/test_seqs \
	tests/unit/test_resources \
	tests/unit/test_members \
	tests/unit/test_timeline \
	tests/unit/test_clock \
	tests/unit/test_fault \
	tests/unit/test_hits \
	tests/unit/test_state \
	tests/unit/test_regex \
	tests/unit/test_replies \
	tests/unit/test_sample \
	tests/unit/test_embedding \
	tests/unit/test_buckets \
	tests/unit/test_odds \
	tests/unit/test_plan \
	tests/unit/test_stream \
	tests/unit/test_control \
	tests/unit/test_place \
	tests/unit/test_ticket \
	tests/unit/test_dns \
	tests/unit/test_date \
	tests/unit/test_emit \
	tests/unit/test_h1_sink \
	tests/unit/test_h2 \
	tests/unit/test_h2_faults \
	tests/unit/test_h2_openings \
	tests/unit/test_serve \
	tests/unit/test_ws_session \
	tests/unit/test_ws_nomem \
	tests/unit/test_journal \
	tests/unit/test_jsonw \
	tests/unit/test_reader \
	tests/unit/test_claim \
	tests/unit/test_dir \
	tests/unit/test_environ \
	tests/unit/test_programs \
	tests/unit/test_reach \
	tests/unit/test_preload \
	tests/unit/test_shaper \
	tests/unit/test_standins \
	tests/unit/test_timers \
	tests/unit/test_control_server \
	tests/unit/test_say \
	tests/unit/test_verdicts \
	tests/unit/test_wakes \
	tests/unit/test_str

if OW_HAVE_CMOCKA
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
endif
unit_ldadd = libowcore.la $(CMOCKA_LIBS)

tests_unit_test_jsonc_LDADD = $(unit_ldadd)
tests_unit_test_str_LDADD = $(unit_ldadd)
tests_unit_test_library_LDADD = $(unit_ldadd)
tests_unit_test_control_LDADD = $(unit_ldadd)
tests_unit_test_place_LDADD = $(unit_ldadd)
tests_unit_test_ticket_LDADD = $(unit_ldadd)
tests_unit_test_dns_LDADD = $(unit_ldadd)
tests_unit_test_ca_LDADD = $(unit_ldadd)
tests_unit_test_jks_LDADD = $(unit_ldadd)
tests_unit_test_trust_LDADD = $(unit_ldadd)
tests_unit_test_tls_server_LDADD = $(unit_ldadd)

# Allocations that fail on purpose.
failmalloc = tests/lib/failmalloc.c tests/lib/failmalloc.h
failmalloc_ldflags = $(AM_LDFLAGS) \
	-Wl,--wrap=malloc -Wl,--wrap=calloc -Wl,--wrap=realloc \
	-Wl,--wrap=reallocarray -Wl,--wrap=strdup
tests_unit_test_tls_nomem_SOURCES = tests/unit/test_tls_nomem.c $(failmalloc)
tests_unit_test_tls_nomem_LDFLAGS = $(failmalloc_ldflags)
tests_unit_test_tls_nomem_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_effects_nomem_SOURCES = tests/unit/test_effects_nomem.c \
	$(failmalloc)
tests_unit_test_effects_nomem_LDFLAGS = $(failmalloc_ldflags)
tests_unit_test_effects_nomem_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_answer_nomem_SOURCES = tests/unit/test_answer_nomem.c \
	$(failmalloc)
tests_unit_test_answer_nomem_LDFLAGS = $(failmalloc_ldflags)
tests_unit_test_answer_nomem_LDADD = $(unit_ldadd) $(CJSON_LIBS)

# JSON in single quotes.
quoted = tests/lib/quoted.c tests/lib/quoted.h
serve_lab = tests/lib/serve_lab.c tests/lib/serve_lab.h $(quoted)

# Plans as text.
answer_lab = tests/lib/answer_lab.c tests/lib/answer_lab.h $(quoted)
tests_unit_test_answer_SOURCES = tests/unit/test_answer.c $(answer_lab)
tests_unit_test_answer_LDADD = $(unit_ldadd)
tests_unit_test_lua_pool_SOURCES = tests/unit/test_lua_pool.c
tests_unit_test_lua_pool_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_lua_pool_LDADD = $(unit_ldadd)
tests_unit_test_tail_SOURCES = tests/unit/test_tail.c tests/lib/assert_str.h
tests_unit_test_tail_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_tail_LDADD = $(unit_ldadd)
tests_unit_test_template_SOURCES = tests/unit/test_template.c $(answer_lab)
tests_unit_test_template_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_template_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_functions_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_embedding_LDADD = $(unit_ldadd)
tests_unit_test_sample_SOURCES = tests/unit/test_sample.c $(failmalloc)
tests_unit_test_sample_LDFLAGS = $(failmalloc_ldflags)
tests_unit_test_sample_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_seqs_LDADD = $(unit_ldadd)
tests_unit_test_resources_LDADD = $(unit_ldadd)
tests_unit_test_members_LDADD = $(unit_ldadd)
tests_unit_test_stream_SOURCES = tests/unit/test_stream.c $(answer_lab)
tests_unit_test_stream_LDADD = $(unit_ldadd) $(ZLIB_LIBS)
tests_unit_test_fault_SOURCES = tests/unit/test_fault.c $(answer_lab)
tests_unit_test_fault_LDADD = $(unit_ldadd)
tests_unit_test_plan_LDADD = $(unit_ldadd)
tests_unit_test_clock_LDADD = $(unit_ldadd)
tests_unit_test_hits_LDADD = $(unit_ldadd)
tests_unit_test_replies_SOURCES = tests/unit/test_replies.c $(failmalloc) $(quoted)
tests_unit_test_replies_LDFLAGS = $(failmalloc_ldflags)
tests_unit_test_replies_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_state_SOURCES = tests/unit/test_state.c $(failmalloc)
tests_unit_test_state_LDFLAGS = $(failmalloc_ldflags)
tests_unit_test_state_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_buckets_LDADD = $(unit_ldadd)
tests_unit_test_odds_LDADD = $(unit_ldadd)
tests_unit_test_emit_LDADD = $(unit_ldadd)
tests_unit_test_journal_LDADD = $(unit_ldadd)
tests_unit_test_jsonw_LDADD = $(unit_ldadd)
tests_unit_test_reader_LDADD = $(unit_ldadd)

# Rules and requests as text.
rule_lab = tests/lib/rule_lab.c tests/lib/rule_lab.h $(quoted)
tests_unit_test_explain_SOURCES = tests/unit/test_explain.c $(rule_lab)
tests_unit_test_explain_LDADD = $(unit_ldadd)
tests_unit_test_heard_LDADD = $(unit_ldadd)
tests_unit_test_lot_SOURCES = tests/unit/test_lot.c $(rule_lab)
tests_unit_test_lot_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_match_SOURCES = tests/unit/test_match.c $(rule_lab)
tests_unit_test_match_LDADD = $(unit_ldadd)
tests_unit_test_files_LDADD = $(unit_ldadd)
tests_unit_test_refusal_SOURCES = tests/unit/test_refusal.c $(rule_lab)
tests_unit_test_refusal_LDADD = $(unit_ldadd)
tests_unit_test_table_nomem_SOURCES = tests/unit/test_table_nomem.c $(failmalloc)
tests_unit_test_table_nomem_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_table_nomem_LDFLAGS = $(failmalloc_ldflags)
tests_unit_test_table_SOURCES = tests/unit/test_table.c $(rule_lab)
tests_unit_test_table_LDADD = $(unit_ldadd)
tests_unit_test_talk_SOURCES = tests/unit/test_talk.c $(rule_lab)
tests_unit_test_talk_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_webhook_SOURCES = tests/unit/test_webhook.c $(rule_lab)
tests_unit_test_webhook_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_xml_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_timeline_SOURCES = tests/unit/test_timeline.c $(rule_lab)
tests_unit_test_timeline_LDADD = $(unit_ldadd)
tests_unit_test_date_LDADD = $(unit_ldadd)
tests_unit_test_h1_sink_LDADD = $(unit_ldadd)
tests_unit_test_serve_SOURCES = tests/unit/test_serve.c $(serve_lab)
tests_unit_test_serve_LDADD = $(unit_ldadd)
tests_unit_test_ws_session_SOURCES = tests/unit/test_ws_session.c $(serve_lab)
tests_unit_test_ws_session_LDADD = $(unit_ldadd)
tests_unit_test_ws_nomem_SOURCES = tests/unit/test_ws_nomem.c $(failmalloc)
tests_unit_test_ws_nomem_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_ws_nomem_LDFLAGS = $(failmalloc_ldflags)

# A client of HTTP/2 in memory.
h2_lab = tests/lib/h2_lab.c tests/lib/h2_lab.h $(quoted)
tests_unit_test_h2_SOURCES = tests/unit/test_h2.c $(h2_lab)
tests_unit_test_h2_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_h2_LDADD = $(unit_ldadd) $(NGHTTP2_LIBS)
tests_unit_test_h2_faults_SOURCES = tests/unit/test_h2_faults.c $(h2_lab)
tests_unit_test_h2_faults_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_h2_faults_LDADD = $(unit_ldadd) $(NGHTTP2_LIBS)
tests_unit_test_h2_openings_SOURCES = tests/unit/test_h2_openings.c $(h2_lab)
tests_unit_test_h2_openings_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_h2_openings_LDADD = $(unit_ldadd) $(NGHTTP2_LIBS)

# base, http and wire.
unit_lib_cppflags = $(AM_CPPFLAGS) -I$(top_srcdir)/tests/lib
tests_unit_test_buf_SOURCES = tests/unit/test_buf.c tests/lib/assert_str.h
tests_unit_test_buf_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_buf_LDADD = $(unit_ldadd)
tests_unit_test_arena_SOURCES = tests/unit/test_arena.c tests/lib/assert_str.h
tests_unit_test_arena_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_arena_LDADD = $(unit_ldadd)
tests_unit_test_units_SOURCES = tests/unit/test_units.c tests/lib/assert_str.h
tests_unit_test_units_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_units_LDADD = $(unit_ldadd)
tests_unit_test_suggest_SOURCES = tests/unit/test_suggest.c tests/lib/assert_str.h
tests_unit_test_suggest_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_suggest_LDADD = $(unit_ldadd)
tests_unit_test_rand_SOURCES = tests/unit/test_rand.c tests/lib/assert_str.h
tests_unit_test_rand_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_rand_LDADD = $(unit_ldadd)
tests_unit_test_err_SOURCES = tests/unit/test_err.c tests/lib/assert_str.h
tests_unit_test_err_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_err_LDADD = $(unit_ldadd)
tests_unit_test_fields_SOURCES = tests/unit/test_fields.c tests/lib/assert_str.h
tests_unit_test_fields_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_fields_LDADD = $(unit_ldadd)
tests_unit_test_body_SOURCES = tests/unit/test_body.c tests/lib/assert_str.h
tests_unit_test_body_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_body_LDADD = $(unit_ldadd)
tests_unit_test_url_SOURCES = tests/unit/test_url.c tests/lib/assert_str.h
tests_unit_test_url_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_url_LDADD = $(unit_ldadd)
tests_unit_test_hygiene_LDADD = $(unit_ldadd)
tests_unit_test_idn_SOURCES = tests/unit/test_idn.c tests/lib/assert_str.h
tests_unit_test_idn_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_idn_LDADD = $(unit_ldadd)
tests_unit_test_param_SOURCES = tests/unit/test_param.c tests/lib/assert_str.h
tests_unit_test_param_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_param_LDADD = $(unit_ldadd)
tests_unit_test_form_SOURCES = tests/unit/test_form.c tests/lib/assert_str.h
tests_unit_test_form_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_form_LDADD = $(unit_ldadd)
tests_unit_test_cookies_SOURCES = tests/unit/test_cookies.c tests/lib/assert_str.h
tests_unit_test_cookies_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_cookies_LDADD = $(unit_ldadd)
tests_unit_test_mime_SOURCES = tests/unit/test_mime.c tests/lib/assert_str.h
tests_unit_test_mime_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_mime_LDADD = $(unit_ldadd)
tests_unit_test_status_SOURCES = tests/unit/test_status.c tests/lib/assert_str.h
tests_unit_test_status_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_status_LDADD = $(unit_ldadd)
tests_unit_test_request_SOURCES = tests/unit/test_request.c tests/lib/assert_str.h
tests_unit_test_request_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_request_LDADD = $(unit_ldadd)
tests_unit_test_sse_SOURCES = tests/unit/test_sse.c tests/lib/assert_str.h
tests_unit_test_sse_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_sse_LDADD = $(unit_ldadd)
tests_unit_test_h1_SOURCES = tests/unit/test_h1.c tests/lib/assert_str.h
tests_unit_test_h1_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_h1_LDADD = $(unit_ldadd)
tests_unit_test_ws_SOURCES = tests/unit/test_ws.c tests/lib/assert_str.h
tests_unit_test_ws_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_ws_LDADD = $(unit_ldadd)
tests_unit_test_no_memory_SOURCES = tests/unit/test_no_memory.c tests/lib/assert_str.h $(failmalloc)
tests_unit_test_no_memory_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_no_memory_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_no_memory_LDFLAGS = $(failmalloc_ldflags)

# The host, and pieces of the command that can be tested alone.
tests_unit_test_claim_LDADD = $(unit_ldadd)
tests_unit_test_dir_LDADD = $(unit_ldadd)
tests_unit_test_programs_LDADD = $(unit_ldadd)
tests_unit_test_say_LDADD = $(unit_ldadd)
tests_unit_test_shaper_LDADD = $(unit_ldadd)
tests_unit_test_standins_LDADD = $(unit_ldadd)
tests_unit_test_timers_LDADD = $(unit_ldadd)
tests_unit_test_regex_LDADD = $(unit_ldadd)
tests_unit_test_nodes_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_control_server_SOURCES = tests/unit/test_control_server.c $(quoted)
tests_unit_test_control_server_LDADD = $(unit_ldadd)
tests_unit_test_verdicts_SOURCES = tests/unit/test_verdicts.c $(quoted)
tests_unit_test_verdicts_LDADD = $(unit_ldadd)
tests_unit_test_environ_SOURCES = \
	tests/unit/test_environ.c src/cli/environ.c src/cli/environ.h
tests_unit_test_environ_LDADD = $(unit_ldadd)
tests_unit_test_preload_SOURCES = \
	tests/unit/test_preload.c src/cli/preload.c src/cli/preload.h
tests_unit_test_preload_LDADD = $(unit_ldadd)
tests_unit_test_reach_SOURCES = \
	tests/unit/test_reach.c src/cli/cli.c src/cli/cli.h \
	src/cli/reach.c src/cli/reach.h
tests_unit_test_reach_LDADD = $(unit_ldadd)
tests_unit_test_results_LDADD = $(unit_ldadd)
tests_unit_test_livehosts_LDADD = $(unit_ldadd)
tests_unit_test_shape_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_grammar_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_calls_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_wakes_LDADD = $(unit_ldadd)
tests_unit_test_when_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_verify_SOURCES = tests/unit/test_verify.c $(failmalloc)
tests_unit_test_verify_LDFLAGS = $(failmalloc_ldflags)
tests_unit_test_verify_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_request_record_SOURCES = \
	tests/unit/test_request_record.c tests/lib/assert_str.h
tests_unit_test_request_record_CPPFLAGS = $(unit_lib_cppflags)
tests_unit_test_request_record_LDADD = $(unit_ldadd) $(CJSON_LIBS)
tests_unit_test_mode_LDADD = $(unit_ldadd)

# The libcurl seam's tables against the real header.
if OW_HAVE_LIBCURL
if OW_HAVE_CMOCKA
check_PROGRAMS += tests/unit/test_curl_tables
TESTS += tests/unit/test_curl_tables
endif
endif
tests_unit_test_curl_tables_CFLAGS = $(AM_CFLAGS) $(LIBCURL_CFLAGS)
tests_unit_test_curl_tables_LDADD = $(CMOCKA_LIBS) $(LIBCURL_LIBS)
