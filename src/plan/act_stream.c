/*
 * act_stream: "stream": a body that comes bit by bit, in time. Pieces are
 * formatted when rules are loaded; a hit writes one or two steps for each.
 *
 *   [WAIT delay] HEAD [WAIT first] PIECE [WAIT every +- jitter] PIECE ... END
 *
 * With a rate each piece is PACED instead; a file is one FILE step.
 */
#include "config.h"

#include <errno.h>
#include <string.h>

#include "base/json.h"
#include "plan/action.h"
#include "plan/coding.h"
#include "plan/filebody.h"
#include "plan/grammar.h"
#include "plan/head.h"
#include "plan/live.h"
#include "plan/pace.h"
#include "plan/source.h"
#include "plan/template.h"
#include "plan/value.h"

/* A rate is kept by so many writes a second: smooth for people, cheap. */
#define WRITES_PER_SECOND 50

struct stream {
    struct ow_head head;
    const char *path; /* of "file"; else NULL */
    struct ow_pieces pieces;
    struct ow_pieces coded;     /* the same compressed; n 0: they are not */
    const struct ow_live *live; /* instead of both, if it has templates */
    struct ow_coding coding;
    bool is_live_coded;
    struct ow_pace pace;
    struct ow_pace_live live_pace;
    uint64_t rate; /* 0: no limit */
};

static int read_pacing(const struct ow_action_input *in, const cJSON *spec,
                       struct stream *stream)
{
    const cJSON *rate = ow_json_member(spec, "rate");
    int r = ow_pace_parse_live(in, spec, &stream->pace, &stream->live_pace);

    return r == 0 && rate ? ow_value_rate(in, rate, &stream->rate) : r;
}

/* Without "split" a text comes in tokens for "tps", whole for "rate", else in
 * words: a stream of one piece would be no stream. */
static int read_split(const struct ow_action_input *in, const cJSON *spec,
                      bool is_taken, struct ow_split *ret)
{
    const cJSON *node = ow_json_member(spec, "split");

    if (node && !is_taken)
        return ow_jsonc_error(in->doc, node, in->err,
                              "\"split\" cuts \"text\" alone; the other "
                              "sources come in pieces, or by \"rate\"");
    if (node)
        return ow_split_parse(in, node, ret);
    *ret = (struct ow_split){ow_json_member(spec, "tps")    ? OW_SPLIT_TOKEN
                             : ow_json_member(spec, "rate") ? OW_SPLIT_NONE
                                                            : OW_SPLIT_WORD,
                             0, NULL, 0};
    return 0;
}

/* The one source of the stream: its key's node. */
static int find_source(const struct ow_action_input *in, const cJSON *spec,
                       const cJSON **ret_node, const struct ow_source **ret)
{
    const struct ow_source *source = ow_sources(), *found = NULL;
    const cJSON *node = ow_json_member(spec, "file");

    for (; source->key; source++) {
        const cJSON *other = ow_json_member(spec, source->key);
        if (other && node)
            return ow_jsonc_error(in->doc, other, in->err,
                                  "\"%s\" and \"%s\" are two sources: a stream "
                                  "has one",
                                  node->string, other->string);
        node = other ? other : node;
        found = other ? source : found;
    }
    if (!node)
        return ow_jsonc_error(in->doc, spec, in->err,
                              "a stream needs a source: \"sse\", \"ndjson\", "
                              "\"chunks\", \"text\" or \"file\"");
    *ret_node = node;
    *ret = found;
    return 0;
}

static int parse_file(const struct ow_action_input *in, const cJSON *spec,
                      const cJSON *node, struct stream *stream)
{
    static const char *const not_for_files[] = {"split", "every", "jitter",
                                                "tps", NULL};

    for (int i = 0; not_for_files[i]; i++) {
        const cJSON *other = ow_json_member(spec, not_for_files[i]);
        if (other)
            return ow_jsonc_error(in->doc, other, in->err,
                                  "a file has no pieces: say its pace with "
                                  "\"rate\"");
    }
    int r = ow_filebody_parse(in, node, &stream->path);
    return r < 0 ? r
                 : ow_head_default(in, &stream->head, OW_STR("content-type"),
                                   ow_filebody_type(stream->path));
}

static int parse_pieces(const struct ow_action_input *in, const cJSON *spec,
                        const cJSON *node, const struct ow_source *source,
                        struct stream *stream)
{
    struct ow_pieces_maker maker;
    struct ow_split split;
    int r = read_split(in, spec, source->takes_split, &split);

    if (r < 0)
        return r;
    if (ow_template_is_in(node)) {
        r = ow_live_parse(in, node, &split, &stream->live);
    } else {
        ow_pieces_begin(&maker);
        r = source->read(in, node, &split, &maker);
        if (r == 0)
            r = ow_pieces_finish(&maker, in->arena, &stream->pieces);
        else
            ow_pieces_drop(&maker);
    }
    if (r == 0)
        r = ow_head_default(in, &stream->head, OW_STR("content-type"),
                            source->type);
    if (r == 0 && source->is_uncached)
        r = ow_head_default(in, &stream->head, OW_STR("cache-control"),
                            OW_STR("no-cache"));
    return r;
}

static int encode(const struct ow_action_input *in, struct stream *stream)
{
    int r = ow_coding_parse(in, &stream->coding);

    if (r < 0 || !stream->coding.name.ptr)
        return r;
    if (stream->path)
        return ow_jsonc_error(in->doc, ow_json_member(in->then, "encoding"),
                              in->err,
                              "a file is sent as it is: give a compressed one "
                              "and its content-encoding in \"headers\"");
    stream->is_live_coded = stream->live;
    if (stream->pieces.n == 0 && !stream->live)
        return 0;
    if (!stream->live)
        r = ow_coding_pieces(&stream->coding, &stream->pieces, in->arena,
                             &stream->coded);
    return r < 0 ? r : ow_head_encode(in, &stream->head, stream->coding.name);
}

/* Sources may have templates, and times. */
static bool takes_templates(const char *key)
{
    static const char *const times[] = {"first", "every", "jitter", NULL};
    const struct ow_source *source = ow_sources();
    size_t i = 0;

    while (source->key && strcmp(source->key, key) != 0)
        source++;
    while (times[i] && strcmp(times[i], key) != 0)
        i++;
    return source->key || times[i];
}

static int check_templates(const struct ow_action_input *in, const cJSON *spec)
{
    const cJSON *child;
    int r = 0;

    cJSON_ArrayForEach(child, spec)
    {
        if (r == 0 && !takes_templates(child->string))
            r = ow_template_check(in->doc, child, in->err);
    }
    return r;
}

static int stream_parse(const struct ow_action_input *in,
                        const void **ret_state)
{
    const cJSON *spec = ow_json_member(in->then, "stream"), *node = NULL;
    struct stream *stream = ow_arena_zalloc(in->arena, sizeof *stream);
    const struct ow_source *source = NULL;

    if (!stream)
        return -ENOMEM;
    int r = ow_value_check_keys(in, spec, ow_grammar_keys(OW_OBJECT_stream));
    if (r == 0)
        r = check_templates(in, spec);
    if (r == 0)
        r = ow_head_parse(in, &stream->head);
    if (r == 0 && !ow_head_takes_body(&stream->head))
        return ow_jsonc_error(in->doc, spec, in->err,
                              "an answer of status %d has no body",
                              stream->head.status);
    if (r == 0)
        r = find_source(in, spec, &node, &source);
    if (r == 0)
        r = read_pacing(in, spec, stream);
    if (r == 0)
        r = source ? parse_pieces(in, spec, node, source, stream)
                   : parse_file(in, spec, node, stream);
    if (r == 0)
        r = encode(in, stream);
    *ret_state = stream;
    return r;
}

static int add_wait(struct ow_plan *plan, int64_t ns)
{
    if (ns <= 0)
        return 0;
    struct ow_step *step = ow_plan_add(plan, OW_STEP_WAIT);
    if (!step)
        return -ENOMEM;
    step->wait_ns = ns;
    return 0;
}

/*
 * Bytes at a rate, in writes of equal size: the whole takes len / rate however
 * short it is.
 */
static void pace(struct ow_step *step, struct ow_str bytes, uint64_t rate)
{
    size_t each = (size_t)(rate / WRITES_PER_SECOND) + 1;
    size_t writes = (bytes.len + each - 1) / each;
    size_t piece = writes > 0 ? (bytes.len + writes - 1) / writes : 1;

    writes = (bytes.len + piece - 1) / piece;
    step->paced.bytes = bytes;
    step->paced.piece = piece;
    step->paced.every_ns =
        writes > 0
            ? (int64_t)((double)bytes.len * 1e9 / (double)rate / (double)writes)
            : 0;
}

static int add_piece(struct ow_plan *plan, struct ow_str bytes, uint64_t rate)
{
    struct ow_step *step =
        ow_plan_add(plan, rate > 0 ? OW_STEP_PACED : OW_STEP_PIECE);

    if (!step)
        return -ENOMEM;
    if (rate > 0)
        pace(step, bytes, rate);
    else
        step->bytes = bytes;
    return 0;
}

/* The pieces of this hit; *coded becomes whether they are compressed. */
static int choose_pieces(const struct stream *stream,
                         const struct ow_answer_context *context,
                         struct ow_arena *arena, bool *coded,
                         struct ow_pieces *ret, struct ow_err *err)
{
    bool is_taken =
        (stream->coded.n > 0 || stream->is_live_coded) &&
        ow_coding_is_taken(&stream->coding, &context->request->headers);
    int r = 0;

    *coded = is_taken;
    *ret = is_taken ? stream->coded : stream->pieces;
    if (!stream->live)
        return 0;
    struct ow_pieces plain;
    r = ow_live_pieces(stream->live, context, arena, &plain, err);
    if (r < 0)
        return r;
    *ret = plain;
    *coded = is_taken && plain.n > 0;
    r = *coded ? ow_coding_pieces(&stream->coding, &plain, arena, ret) : 0;
    ret->waits = plain.waits;
    return r;
}

static uint64_t rate_of(const struct stream *stream,
                        const struct ow_answer_context *context)
{
    return context->pace_over && context->pace_over->rate > 0
               ? context->pace_over->rate
               : stream->rate;
}

/* That of a reply comes before the stream's own, and what is laid over the
 * answer before both. */
static int pace_of(const struct stream *stream,
                   const struct ow_answer_context *context, struct ow_pace *ret,
                   struct ow_err *err)
{
    struct ow_pace pace = context->pace ? *context->pace : stream->pace;
    int r = context->pace
                ? 0
                : ow_pace_now(&stream->live_pace, context, &pace, err);

    *ret = ow_pace_under(&pace, context->pace_over);
    return r;
}

static int plan_pieces(const struct stream *stream, const struct ow_head *head,
                       const struct ow_answer_context *context,
                       struct ow_plan *plan, struct ow_err *err)
{
    struct ow_pace pace;
    uint64_t rate = rate_of(stream, context);
    struct ow_pieces pieces = {NULL, 0, NULL};
    bool is_coded = false, is_first = true;
    int r = pace_of(stream, context, &pace, err);

    /* A status that only now turns out to have no body. */
    if (r == 0 && ow_head_takes_body(head))
        r = choose_pieces(stream, context, plan->arena, &is_coded, &pieces,
                          err);
    /* One allocation for all steps: delay, head, first, end, and the pieces
     * with the waits between them. */
    if (r == 0)
        r = ow_plan_reserve(plan, 4 + 2 * pieces.n);
    if (r == 0)
        r = ow_head_plan(head, is_coded, OW_FRAMING_CHUNKED, 0, plan);
    if (r == 0)
        r = add_wait(plan, pace.first_ns);
    for (size_t i = 0; i < pieces.n && r == 0; i++) {
        bool waits = !pieces.waits || pieces.waits[i];
        if (waits && !is_first)
            r = add_wait(plan, ow_pace_gap(&pace, context->rand));
        is_first = is_first && !waits;
        if (r == 0)
            r = add_piece(plan, pieces.items[i], rate);
    }
    return r;
}

static int plan_file(const struct stream *stream, const struct ow_head *head,
                     const struct ow_answer_context *context,
                     struct ow_plan *plan, struct ow_err *err)
{
    struct ow_pace pace;
    uint64_t size = 0;
    int fd = -1;
    int r = pace_of(stream, context, &pace, err);

    if (r == 0 && ow_head_takes_body(head))
        r = ow_filebody_open(stream->path, plan, &fd, &size, err);
    if (r == 0)
        r = ow_head_plan(head, false, OW_FRAMING_LENGTH, size, plan);
    if (r == 0)
        r = add_wait(plan, pace.first_ns);
    return r < 0 || fd < 0
               ? r
               : ow_filebody_plan(fd, size, rate_of(stream, context), plan);
}

static int stream_plan(const void *state,
                       const struct ow_answer_context *context,
                       struct ow_plan *plan, struct ow_err *err)
{
    const struct stream *stream = state;
    const struct ow_head *head;
    int r = ow_head_resolve(&stream->head, context, plan->arena, &head, err);

    if (r == 0)
        r = stream->path ? plan_file(stream, head, context, plan, err)
                         : plan_pieces(stream, head, context, plan, err);
    return r < 0 ? r : ow_head_plan_end(head, plan);
}

const struct ow_action_ops ow_stream_ops = {
    .name = "stream",
    .parse = stream_parse,
    .plan = stream_plan,
};
