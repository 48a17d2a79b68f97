/*
 * limits: every bound of the project, each with its reason (style.md, rule
 * 17). Sizes are bytes, times are nanoseconds unless the name says otherwise.
 */
#ifndef OW_BASE_LIMITS_H
#define OW_BASE_LIMITS_H

/*
 * A request's head. Node refuses above 16 KiB, Apache and nginx between 8 and
 * 32 KiB; cookies and signed headers of real clients stay under 64.
 */
#define OW_LIMIT_HEAD (64 * 1024)
/* Header lines in one head; Apache allows 100, the longest seen was 60. */
#define OW_LIMIT_FIELDS 256
/* What is kept of a request's body for matching; the rest is hashed. */
#define OW_LIMIT_BODY_KEPT (1024 * 1024)
/*
 * Behind what is kept, of a multipart body: of each part its fields and what
 * fits beside them; so many parts that are longer; all of it together. Forms
 * with files have one or two of these, and a dozen small fields.
 */
#define OW_LIMIT_TAIL_PART 4096
#define OW_LIMIT_TAIL_GAPS 64
#define OW_LIMIT_TAIL      (256 * 1024)
/* CR LF, two dashes and a boundary (RFC 2046, 5.1.1). */
#define OW_LIMIT_DELIMITER 74
/* A chunk-size line with its extensions (RFC 9112, 7.1.1). */
#define OW_LIMIT_CHUNK_LINE 4096
/* Above this the emitter waits until the client has read. */
#define OW_LIMIT_OUT_HIGH (256 * 1024)
/* One read from a socket or a file. */
#define OW_LIMIT_IO (64 * 1024)
/* Pipelined bytes kept while an answer is under way; then reading pauses. */
#define OW_LIMIT_PIPELINE (64 * 1024)
/* Pairs of a query or a form, parts of a multipart body; PHP's and Node's own
 * limits are 1000. */
#define OW_LIMIT_PARAMS 1000
/* A rule file; 10,000 rules are about 3 MiB. */
#define OW_LIMIT_RULE_FILE (64 * 1024 * 1024)
/* Nesting of a rule file or a JSON body; cJSON's own is 1000. */
#define OW_LIMIT_JSON_DEPTH 200
/* Nodes of JSON that lie at hand while the host serves: a long conversation's,
 * in 64 KiB. */
#define OW_LIMIT_NODES 1024
/* Values of a JSON body, each of which takes some 100 bytes as a tree. */
#define OW_LIMIT_JSON_VALUES 1000000
/* Elements and attributes of a document of XML: each takes some 500 bytes as a
 * tree, so that a kept body full of them would be a gigabyte. */
#define OW_LIMIT_XML_PARTS 10000
/* What the emitter's buffer holds: OUT_HIGH, one more piece, and a head. */
#define OW_LIMIT_OUT (1024 * 1024)
/* Journal lines that wait for their write; one line is at most 400 KiB. */
#define OW_LIMIT_JOURNAL (1024 * 1024)
/* Bytes on their way in a slow network: 25 Mbit/s by satellite are 2 MB. */
#define OW_LIMIT_SHAPED (4 * 1024 * 1024)
/* Call backs that wait or are under way, a few KiB each. */
#define OW_LIMIT_DELIVERIES 10000
/* Streams of one HTTP/2 connection at once; nginx has 128, Go 250. */
#define OW_LIMIT_H2_STREAMS 128
/*
 * What a client may send ahead on one stream, and on all of a connection. It
 * is looked at and forgotten as it comes: the windows bound nothing of ours,
 * and a small one would make uploads wait.
 */
#define OW_LIMIT_H2_STREAM_WINDOW (1024 * 1024)
#define OW_LIMIT_H2_WINDOW        (16 * 1024 * 1024)
/* A stream whose client gives it no window is not played on above this, and
 * above the second one when all of its connection together has that much. */
#define OW_LIMIT_H2_QUEUE_HIGH (64 * 1024)
#define OW_LIMIT_H2_QUEUES     (1024 * 1024)
/* What a stream's queue holds at most: QUEUE_HIGH, one piece of the emitter
 * (OUT_HIGH), and a length for each write. */
#define OW_LIMIT_H2_QUEUE (1024 * 1024)
/* Streams kept for reuse in an idle connection, some 10 KiB each. */
#define OW_LIMIT_H2_POOL 4
/* Streams that a client may cancel more often than it lets them end; Go and
 * nghttp2 act at some hundreds. */
#define OW_LIMIT_H2_CANCELLED 500
/* Bytes of a head with all of its CONTINUATION frames, compressed or empty. */
#define OW_LIMIT_H2_HEAD_FED (4 * OW_LIMIT_HEAD)
/* Token buckets of a session: one for each key of a program's, 100 bytes. */
#define OW_LIMIT_BUCKETS 10000
/* Different lines about requests on stderr that are remembered as said. */
#define OW_LIMIT_SAID 64
/* Steps of a PCRE2 match, so that a pattern cannot hang the host. */
#define OW_LIMIT_REGEX_STEPS 1000000
/* Its memory; the arena of an exchange keeps it until the exchange ends. */
#define OW_LIMIT_REGEX_HEAP (4 * 1024 * 1024)
/*
 * Steps that the expressions of one template take in all, counted in rounds:
 * a million are some 10 ms, the most that other streams should wait for.
 */
#define OW_LIMIT_TEMPLATE_ROUND  1000
#define OW_LIMIT_TEMPLATE_ROUNDS 1000
/* Their processor time, looked at once a round: a step may work on megabytes.
 */
#define OW_LIMIT_TEMPLATE_NS INT64_C(1000000000)
/* Lua's memory beside compiled expressions: a few copies of a kept body. */
#define OW_LIMIT_TEMPLATE_HEAP (16 * 1024 * 1024)
/* What a template makes. */
#define OW_LIMIT_TEMPLATE_OUT (16 * 1024 * 1024)
/* One expression; each "}}" in it may be its end and is tried. */
#define OW_LIMIT_TEMPLATE_TEXT 4096
/* A function of a pack: some screens of Lua, in one text. */
#define OW_LIMIT_FUNCTION_TEXT (64 * 1024)
/* Its name, with a NUL; Lua's own sentences have room for so much of it. */
#define OW_LIMIT_FUNCTION_NAME 56
/* Comparisons that one search with a Lua pattern may take at worst, about a
 * second: Lua counts no steps within. */
#define OW_LIMIT_TEMPLATE_PATTERN 1e9
/* Pieces of a stream that its templates make ("each"): an hour of speech has
 * 10,000 tokens; each takes some hundred bytes until it is sent. */
#define OW_LIMIT_TEMPLATE_PIECES 100000
/* Values, or characters of a text, that are made to fit a JSON Schema: it may
 * ask for any number. So many more end a value that is too large. */
#define OW_LIMIT_SAMPLE      10000
#define OW_LIMIT_SAMPLE_TAIL 1000
/* Parts of a shape, and the path to what does not have it: the largest request
 * of the packs has 80, eight levels down. */
#define OW_LIMIT_SHAPE_PARTS 256
#define OW_LIMIT_SHAPE_PATH  256
/* A shape's text, and how many are kept as they were read: the largest has two
 * kilobytes, a pack some ten of them, and a table may have several packs. */
#define OW_LIMIT_SHAPE_TEXT (16 * 1024)
#define OW_LIMIT_SHAPES     64
/* Elements that table.move takes at once, for the same reason. */
#define OW_LIMIT_TEMPLATE_MOVE 1000000
/* Resources of a session; a million of a typical size are half a gigabyte. */
#define OW_LIMIT_RESOURCES 1000000
/* Their bytes, contents of uploads with them. */
#define OW_LIMIT_RESOURCES_BYTES (1024UL * 1024 * 1024)
/* Deleted ones whose place in the order is still known: a few pages of a list
 * that is deleted while it is read. */
#define OW_LIMIT_RESOURCES_GONE 10000
/*
 * What is kept of an upload whose content is handed out again, of what a model
 * is asked, and of JSON, which is looked at whole or not at all: the files of
 * tests, the images of a conversation, a thousand texts to embed.
 */
#define OW_LIMIT_UPLOAD_KEPT (8 * 1024 * 1024)
/* Resources that one request or step changes, with all that follows from it,
 * and how far that goes: rules may name each other in a ring. */
#define OW_LIMIT_DEED       1000
#define OW_LIMIT_DEED_DEPTH 8
/* Steps that one look at the clock applies to all resources. */
#define OW_LIMIT_AGENDA 100000
/* Steps that are looked at when the programs have ended, for what they would
 * have sent: some timelines begin themselves anew. */
#define OW_LIMIT_ENDING 1000
/* How often a random id is drawn anew when there is one of that name. */
#define OW_LIMIT_RESOURCE_IDS 16
/* Timeline steps that one look applies; a timeline has as many at most. */
#define OW_LIMIT_TIMELINE 1000
/*
 * A message of a WebSocket that its script looks at, or echoes: what comes
 * after it is counted alone. As much as of a request's body.
 */
#define OW_LIMIT_SCRIPT_KEPT (1024 * 1024)
/* Of any other message, for the journal; of all of them in its record. */
#define OW_LIMIT_SCRIPT_EXCERPT 200
/* Kept bytes of one connection whose reactions are not done yet: then reading
 * pauses. A few of the messages above. */
#define OW_LIMIT_SCRIPT_HELD (4 * 1024 * 1024)
/* Reactions at work at once in one connection: then reading pauses. */
#define OW_LIMIT_SCRIPT_TASKS 64
/* Messages that came before the step that is to take them. */
#define OW_LIMIT_SCRIPT_INBOX 64
/* Loops in loops of a script; nobody can read more. */
#define OW_LIMIT_SCRIPT_LOOPS 4
/* Operations of one connection before the others get their turn. */
#define OW_LIMIT_SCRIPT_TURN 1000
/* Messages of one connection that get a record each, some 200 bytes; what
 * comes later is told in sums by the record of its end. */
#define OW_LIMIT_SCRIPT_RECORDS 1000
/* How long the client's close frame is waited for; clients wait 2 to 30 s. */
#define OW_LIMIT_SCRIPT_CLOSE_NS INT64_C(5000000000)
/* Counters of seq(): one a format, and formats are few. */
#define OW_LIMIT_SEQS 1000
/* A format of seq(). */
#define OW_LIMIT_SEQ_FORMAT 256
/* One variable of "set" as JSON: a conversation fits, a file does not. Their
 * number is that of their names in rules. */
#define OW_LIMIT_VAR (1024 * 1024)
/* Clients with a state of their own ("scope"); each has eight bytes a rule and
 * its variables. Those of programs go when the program ends. */
#define OW_LIMIT_CLIENTS 1000
/* What tells such clients apart: a header's name and value, ids and tokens. */
#define OW_LIMIT_CLIENT_KEY 512
/* A host name with its NUL (RFC 1035, 2.3.4). */
#define OW_LIMIT_NAME 256
/* How long the shim waits for the host's answer to one question. */
#define OW_LIMIT_ANSWER_MS 5000
/* Names and processes of a session: 16 bits of 127.83/16 and 127.84/16. */
#define OW_LIMIT_STAND_INS 65000
/*
 * Certificates kept of a session, 2 KiB each; making one costs 0.1 ms, so a
 * client that invents names costs time and not memory.
 */
#define OW_LIMIT_LEAVES 4096
/* A file of trusted roots; the system's is 0.2 MiB, the largest seen 1. */
#define OW_LIMIT_CA_BUNDLE (16 * 1024 * 1024)
/* Sessions kept for clients that resume by id and take no tickets. */
#define OW_LIMIT_TLS_SESSIONS 512
/* What is kept of a program's command line or environment; Linux allows more,
 * the longest seen in use are 100 KiB. */
#define OW_LIMIT_PROC (256 * 1024)
/* Connections that wait to be accepted: the kernel's own usual bound. */
#define OW_LIMIT_BACKLOG 4096
/* Connections of other users to the control socket of a session of root's
 * whose question has not come yet; it comes within microseconds. */
#define OW_LIMIT_STRANGERS 64
/* How long the shim waits for a host that it started; 20 ms are usual. */
#define OW_LIMIT_START_MS 10000
/* The session folder's path; sun_path has 108, longer ones work over /proc. */
#define OW_LIMIT_SHIM_DIR 1024
/* The shim's own path, where it was given as a relative one: PATH_MAX. */
#define OW_LIMIT_SHIM_PATH 4096
/* How many ancestors are looked at for a session: shells in make in make in a
 * container's own. One that began without us ends the line. */
#define OW_LIMIT_SHIM_LINEAGE 32
/* The shim's file, copied whole: half a MiB, four times that with a sanitizer
 * and all that debuggers want. */
#define OW_LIMIT_SHIM_FILE (16 * 1024 * 1024)
/* How often a session is joined anew that ends at just that moment. */
#define OW_LIMIT_SHIM_JOINS 5
/* Name servers that one process asks by itself; resolv.conf(5) has three. */
#define OW_LIMIT_SHIM_SERVERS 64
/* What name servers send by UDP without being cut apart; clients offer it. */
#define OW_LIMIT_DNS_MESSAGE 1232
/* Until an answer that the shim has sent is in the program's socket: at once,
 * unless the kernel is behind with its work. */
#define OW_LIMIT_SHIM_DELIVER_MS 50
/* The environment that a process began with; the kernel's stack limit / 4. */
#define OW_LIMIT_SHIM_ENVIRON (2 * 1024 * 1024)
#define OW_LIMIT_SHIM_VARS    8192
/* Connections whose libcurl has not asked for its result yet; a program that
 * never asks (curl_multi without curl_multi_info_read) costs 300 bytes each. */
#define OW_LIMIT_RESULTS 4096
/* Of one connection: as many requests as HTTP/2 lets be under way, and some. */
#define OW_LIMIT_RESULTS_EACH 128
/* Of a request's target, to know it by: what a question has room for. */
#define OW_LIMIT_RESULT_TARGET 255
/* A file of libcurl's about what hosts have told it; it has 1,000 lines of
 * 100 bytes at most, and what is larger is left as it is. */
#define OW_LIMIT_CURL_TRACES (1024 * 1024)
/* Hosts of libcurl that are remembered as unknown, 200 bytes each. */
#define OW_LIMIT_CURL_HOSTS 4096
/* A request to http://offwire.test/: rules that a test adds. */
#define OW_LIMIT_CONTROL_BODY (16 * 1024 * 1024)
/* How often rules are added before they are taken away: each time all of them
 * are read anew. */
#define OW_LIMIT_CONTROL_RULES 1000
/* Calls that are remembered for http://offwire.test/calls, and their memory:
 * enough for a test and what it sent, little beside the host's own. */
#define OW_LIMIT_CALLS       5000
#define OW_LIMIT_CALLS_BYTES (4 * 1024 * 1024)
/* Steps of an order of calls that is verified, and what a strict one counts to
 * in all: each call costs a look at every one of them. */
#define OW_LIMIT_VERIFY_STEPS  256
#define OW_LIMIT_VERIFY_STATES 4096
/* A file of expectations. */
#define OW_LIMIT_VERIFY_FILE (4 * 1024 * 1024)
/* Of one request's body: longer prompts are told by their size and digest. */
#define OW_LIMIT_CALL_BODY (64 * 1024)
/* What is added to no_proxy: one variable may have 128 KiB (Linux), and there
 * is what the user has set. */
#define OW_LIMIT_NO_PROXY (32 * 1024)
/* Addresses of live hosts that --isolate lets out: some hosts of ten addresses
 * each, asked about at every connect(). */
#define OW_LIMIT_LIVE_ADDRESSES 256
/* Descriptors without which no host begins: 14 for itself, and some for two or
 * three connections at once. */
#define OW_LIMIT_HOST_FILES 24
/* Descriptors closed one by one where close_range is missing. */
#define OW_LIMIT_SHIM_CLOSE 65536

#endif
