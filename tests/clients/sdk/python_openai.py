"""OpenAI's SDK for Python (Debian 13's python3-openai) on the pack openai; run.py
says how to read it."""
import openai

from run import Check, Table

MODEL = "gpt-4o"
CHAT = {"model": MODEL, "messages": [{"role": "user", "content": "hi"}]}
TEXT = "This is a canned reply."
WEATHER = {"type": "function", "function": {
    "name": "get_weather", "parameters": {"type": "object", "properties": {}}}}
CALLER = [{"prompt": "~weather", "tool_calls": [
    {"name": "get_weather", "arguments": {"city": "Paris"}}]}]
ERRORS = [
    (400, openai.BadRequestError), (401, openai.AuthenticationError),
    (403, openai.PermissionDeniedError), (404, openai.NotFoundError),
    (409, openai.ConflictError), (422, openai.UnprocessableEntityError),
    (429, openai.RateLimitError), (500, openai.InternalServerError),
    (503, openai.InternalServerError), (529, openai.InternalServerError),
]


def streamed(client, t):
    chunks = list(client.chat.completions.create(
        **CHAT, stream=True, stream_options={"include_usage": True}))
    t.ok(chunks[-1].usage.total_tokens > 0)
    return "".join(chunk.choices[0].delta.content or ""
                   for chunk in chunks if chunk.choices)


def tools(client, t):
    t.session.rules(replies=CALLER)
    answer = client.chat.completions.create(
        model=MODEL, tools=[WEATHER],
        messages=[{"role": "user", "content": "the weather?"}])
    return answer.choices[0]


def events(client, t):
    found = list(client.responses.create(model="gpt-4.1", input="hi", stream=True))
    t.equal(found[-1].type, "response.completed")
    return found[-1].response


def upload(client, text=b'{"messages":[]}\n'):
    return client.files.create(purpose="fine-tune", file=("a.jsonl", text))


def trained(client, t):
    job = client.fine_tuning.jobs.create(
        model="gpt-4o-mini-2024-07-18", training_file=upload(client).id)
    states = [job.status]
    for _ in range(11):
        t.session.advance("1s")
        job = client.fine_tuning.jobs.retrieve(job.id)
        if job.status != states[-1]:
            states.append(job.status)
    t.equal(states, ["validating_files", "queued", "running", "succeeded"])
    return job


def each_error(client, t):
    once = client.with_options(max_retries=0)
    for status, kind in ERRORS:
        t.fails(lambda: once.chat.completions.create(**CHAT), kind,
                status_code=status)


def file_deleted(client, t):
    file = upload(client)
    t.ok(client.files.delete(file.id).deleted)
    t.fails(lambda: client.files.retrieve(file.id), openai.NotFoundError)


TABLE = Table(
    pack="openai", sdk="openai (Python, Debian 13)", version=openai.__version__,
    open=lambda: openai.OpenAI(api_key="sk-mock"), checks=[
        Check("models.list", "list", lambda c, t: list(c.models.list()),
              lambda found, t: t.ok(any(m.id == MODEL for m in found))),
        Check("models.retrieve", "unknown", lambda c, t: c.models.retrieve("none"),
              throws=(openai.NotFoundError, {"code": "model_not_found"})),
        Check("models.list", "invalid key",
              lambda c, t: openai.OpenAI(api_key="sk-invalid").models.list(),
              by=["unauthenticated"],
              throws=(openai.AuthenticationError, {"code": "invalid_api_key"})),
        Check("chat.completions.create", "text",
              lambda c, t: c.chat.completions.create(**CHAT),
              lambda r, t: t.equal(r.choices[0].message.content, TEXT)),
        Check("chat.completions.create", "stream", streamed,
              lambda text, t: t.equal(text, TEXT)),
        Check("chat.completions.create", "tools", tools,
              lambda choice, t: t.equal(
                  [choice.finish_reason, choice.message.tool_calls[0].function.name],
                  ["tool_calls", "get_weather"])),
        Check("responses.create", "text",
              lambda c, t: c.responses.create(model="gpt-4.1", input="hi"),
              lambda r, t: t.has(r, status="completed", output_text=TEXT)),
        Check("responses.create", "stream", events,
              lambda r, t: t.has(r, status="completed", output_text=TEXT)),
        Check("embeddings.create", "vectors",
              lambda c, t: c.embeddings.create(model="text-embedding-3-small",
                                               input=["a", "b"]),
              lambda r, t: t.equal([len(e.embedding) for e in r.data], [1536, 1536])),
        Check("moderations.create", "flagged",
              lambda c, t: c.moderations.create(input="I will kill you"),
              lambda r, t: t.ok(r.results[0].flagged)),
        Check("files.create", "upload", lambda c, t: upload(c),
              lambda f, t: t.has(f, object="file", bytes=16, filename="a.jsonl")),
        Check("files.content", "the bytes",
              lambda c, t: c.files.content(upload(c, b"x\n").id).text,
              lambda text, t: t.equal(text, "x\n")),
        Check("files.list", "all",
              lambda c, t: [upload(c), upload(c)] and list(c.files.list(limit=1)),
              lambda found, t: t.equal(len(found), 2)),
        Check("files.delete", "delete", file_deleted),
        Check("fine_tuning.jobs.create", "through all its states", trained,
              lambda job, t: t.ok(job.fine_tuned_model.startswith("ft:gpt-4o-mini"))),
        Check("chat.completions.create", "each its class", each_error,
              scenario="api_errors", by=["error"], calls=len(ERRORS)),
        Check("chat.completions.create", "two retries",
              lambda c, t: c.chat.completions.create(**CHAT), scenario="flaky",
              by=["flaky", "chat.completions.create"], calls=3),
        Check("models.list", "gives up after two retries",
              lambda c, t: c.models.list(), scenario="outage", by=["outage"], calls=3,
              throws=(openai.InternalServerError, {"status_code": 503})),
    ])
