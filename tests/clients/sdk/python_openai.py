"""OpenAI's SDK for Python (Debian 13's python3-openai) on the pack openai; run.py
says how to read it. The client looks at each answer by the SDK's own types, and
raises what does not fit."""
import asyncio
import json
import math

import openai
from openai.types.responses import Response
from pydantic import BaseModel

from python_openai_assistants import CHECKS as ASSISTANTS
from python_openai_files import CHECKS as FILES
from python_openai_ways import ERRORS, SWEEPS, WAYS
from run import Check, Table

MODEL = "gpt-4o"
HI = [{"role": "user", "content": "hi"}]
CHAT = {"model": MODEL, "messages": HI}
RESPONSE = {"model": "gpt-4.1", "input": "hi"}
COMPLETION = {"model": "gpt-3.5-turbo-instruct", "prompt": "a"}
TEXT = "This is a canned reply."
SLOW = [{"text": "one two three four", "tps": 1}]
PARAMETERS = {"type": "object", "properties": {"city": {"type": "string"}},
              "required": ["city"]}
WEATHER = {"type": "function", "function": {
    "name": "get_weather", "parameters": PARAMETERS}}
FUNCTION = {"type": "function", "name": "get_weather", "strict": False,
            "parameters": PARAMETERS}
CALLER = [{"prompt": "~weather", "tool_calls": [
    {"name": "get_weather", "arguments": {"city": "Paris"}}]},
    {"tool_result": "~sunny", "text": "It is sunny."}]


class Person(BaseModel):
    name: str
    age: int


def connect(key="sk-mock", kind=openai.OpenAI, is_strict=True):
    return kind(api_key=key, _strict_response_validation=is_strict)


def lenient(call):
    """With a client as programs have it: here the SDK's types are narrower than
    what OpenAI sends (and than what the SDK itself makes of it)."""
    return lambda client, t: call(connect(is_strict=False), t)


def once(client):
    return client.with_options(max_retries=0)


def user(text):
    return [{"role": "user", "content": text}]


def ask(client, text):
    answer = client.chat.completions.create(model=MODEL, messages=user(text))
    return answer.choices[0].message.content


def spoken(chunks):
    return "".join(chunk.choices[0].delta.content or ""
                   for chunk in chunks if chunk.choices)


def streamed(client, t):
    chunks = list(client.chat.completions.create(
        **CHAT, stream=True, stream_options={"include_usage": True}))
    t.ok(chunks[-1].usage.total_tokens > 0)
    return spoken(chunks)


async def heard(connection, until):
    """The events up to the first of a type."""
    events = []
    async for event in connection:
        events.append(event)
        if event.type == until:
            return events
    raise AssertionError(f"no {until} came: {[event.type for event in events]}")


async def answered(connection, text):
    await connection.conversation.item.create(item={
        "type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]})
    await connection.response.create()
    return await heard(connection, "response.done")


def realtime(talk):
    """One connection. The client of threads would read and write TLS at once."""
    async def connected(t):
        async with openai.AsyncOpenAI(api_key="sk-mock").beta.realtime.connect(
                model="gpt-4o-realtime-preview") as connection:
            return await talk(connection, t)

    def call(_, t):
        t.session.resume()
        return asyncio.run(connected(t))
    return call


async def by_text(connection, t):
    created = await heard(connection, "conversation.created")
    t.has(created[0].session, modalities=["text", "audio"], input_audio_format="pcm16",
          max_response_output_tokens="inf")
    await connection.session.update(session={"modalities": ["text"], "voice": "verse"})
    updated = await heard(connection, "session.updated")
    t.has(updated[-1].session, modalities=["text"], voice="verse")
    events = await answered(connection, "hi")
    t.equal("".join(e.delta for e in events if e.type == "response.text.delta"), TEXT)
    return events[-1]


async def by_sound(connection, _):
    return [event.type for event in await answered(connection, "hi")]


def tools(client, t):
    t.session.rules(replies=CALLER)
    messages = user("the weather?")
    asked = client.chat.completions.create(model=MODEL, tools=[WEATHER], messages=messages)
    t.equal(asked.choices[0].finish_reason, "tool_calls")
    call = asked.choices[0].message.tool_calls[0]
    t.equal(json.loads(call.function.arguments), {"city": "Paris"})
    messages += [asked.choices[0].message,
                 {"role": "tool", "tool_call_id": call.id, "content": "sunny"}]
    return client.chat.completions.create(model=MODEL, tools=[WEATHER], messages=messages)


def tools_streamed(client, t):
    t.session.rules(replies=CALLER)
    with client.beta.chat.completions.stream(
            model=MODEL, tools=[WEATHER], messages=user("the weather?")) as stream:
        return stream.get_final_completion().choices[0].message.tool_calls[0]


def refused(client, t):
    create = client.chat.completions.create
    for messages in ([], "x"):
        t.fails(lambda: create(model=MODEL, messages=messages), openai.BadRequestError,
                status_code=400)
    t.fails(lambda: create(model="none", messages=HI), openai.NotFoundError,
            code="model_not_found")


def fails_midway(client, t):
    t.session.rules(replies=[{"text": "one two three", "error": {
        "status": 500, "type": "server_error", "message": "sorry", "after": 1}}])
    return list(client.chat.completions.create(**CHAT, stream=True))


def paced(create):
    def call(client, t):
        t.session.rules(replies=SLOW)
        t.paced(lambda: create(client))
    return call


def stored(client, t):
    answer = client.chat.completions.create(**CHAT, store=True, metadata={"a": "b"})
    client.chat.completions.create(**CHAT, store=True, metadata={"a": "c"})
    completions = client.chat.completions
    t.equal(len(list(completions.list(limit=1))), 2)
    t.equal([one.id for one in completions.list(metadata={"a": "b"})], [answer.id])
    t.equal(completions.retrieve(answer.id).choices[0].message.content, TEXT)
    t.equal(completions.update(answer.id, metadata={"a": "d"}).metadata, {"a": "d"})
    t.equal([one.content for one in completions.messages.list(answer.id)], ["hi"])
    t.ok(completions.delete(answer.id).deleted)
    t.fails(lambda: completions.retrieve(answer.id), openai.NotFoundError)


def events(client, t):
    found = list(client.responses.create(**RESPONSE, stream=True))
    t.equal(found[-1].type, "response.completed")
    t.equal("".join(event.delta for event in found
                    if event.type == "response.output_text.delta"), TEXT)
    return found[-1].response


def conversation(client, t):
    t.session.rules(replies=[{"prompt": "~my name", "history": r"~name is (?<name>\w+)",
                              "text": "You are {{ m.name }}."}])
    first = client.responses.create(model="gpt-4.1", input="My name is Ada.")
    second = client.responses.create(model="gpt-4.1", input="Say my name.",
                                     previous_response_id=first.id)
    t.equal(client.responses.retrieve(second.id).output_text, "You are Ada.")
    t.equal([item.role for item in client.responses.input_items.list(first.id)], ["user"])
    client.responses.delete(first.id)
    t.fails(lambda: client.responses.retrieve(first.id), openai.NotFoundError)
    return second


def background(client, t):
    made = client.responses.create(**RESPONSE, extra_body={"background": True})
    t.equal(made.status, "queued")
    path = f"/responses/{made.id}/cancel"
    t.equal(client.post(path, cast_to=Response).status, "cancelled")
    plain = client.responses.create(**RESPONSE)
    t.fails(lambda: client.post(f"/responses/{plain.id}/cancel", cast_to=Response),
            openai.BadRequestError)


def functions(client, t):
    t.session.rules(replies=CALLER)
    said = {"model": "gpt-4.1", "tools": [FUNCTION]}
    first = client.responses.create(**said, input="the weather?")
    call = first.output[0]
    t.has(call, type="function_call", name="get_weather")
    return client.responses.create(**said, previous_response_id=first.id, input=[
        {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}])


def vectors(client, t):
    made = client.embeddings.create(model="text-embedding-3-small", input=[
        "the cat sat on the mat", "a cat sat on a mat", "quarterly revenue grew"])
    a, b, c = [one.embedding for one in made.data]
    t.equal(len(a), 1536)
    t.ok(math.isclose(math.sumprod(a, a), 1, abs_tol=1e-3))
    t.ok(math.sumprod(a, b) > math.sumprod(a, c))


def completion(client, t):
    plain = client.completions.create(**COMPLETION, n=2)
    t.equal([choice.text for choice in plain.choices], [TEXT, TEXT])
    t.equal("".join(chunk.choices[0].text for chunk in client.completions.create(
        **COMPLETION, stream=True) if chunk.choices), TEXT)
    t.fails(lambda: client.completions.create(model=MODEL, prompt="a"), openai.NotFoundError)


def asynchronous(_, t):
    async def go():
        async with connect(kind=openai.AsyncOpenAI) as client:
            plain, chunks = await asyncio.gather(
                client.chat.completions.create(**CHAT),
                client.chat.completions.create(**CHAT, stream=True))
            t.equal(plain.choices[0].message.content, TEXT)
            t.equal(spoken([chunk async for chunk in chunks]), TEXT)
    asyncio.run(go())


def each_error(client, t):
    for status, kind in ERRORS:
        error = t.fails(lambda: once(client).chat.completions.create(**CHAT), kind,
                        status_code=status)
        t.ok(error.request_id.startswith("req_"))


def each_error_of_streams(client, t):
    for status, kind in ERRORS:
        t.fails(lambda: once(client).responses.create(**RESPONSE, stream=True), kind,
                status_code=status)


def rate_limited(client, t):
    for _ in range(3):
        once(client).chat.completions.create(**CHAT)
    error = t.fails(lambda: once(client).chat.completions.create(**CHAT), openai.RateLimitError,
                    status_code=429, code="rate_limit_exceeded")
    t.ok(int(error.response.headers["retry-after"]) > 0)
    t.equal(error.response.headers["x-ratelimit-remaining-requests"], "0")
    t.session.advance("1m")
    return once(client).chat.completions.create(**CHAT)


def timeouts(client, t):
    short = client.with_options(max_retries=0, timeout=0.5)
    t.time_out("timeouts", 2, lambda: short.chat.completions.create(**CHAT),
               openai.APITimeoutError)
    return client.chat.completions.create(**CHAT)


def malformed(client, t):
    ends = []
    for _ in range(5):
        try:
            ends.append(once(client).chat.completions.create(**CHAT))
        except Exception as error:
            ends.append(error)
    broken, cut, html, nothing, chunk = ends
    t.ok(all(isinstance(error, Exception) for error in (broken, cut, nothing, chunk)), ends)
    # What is no JSON by its type is handed out as it is.
    t.ok(html.startswith("<html>"))


def malformed_streams(client, t):
    ends = []
    for _ in range(4):
        chunks = []
        try:
            for chunk in once(client).chat.completions.create(**CHAT, stream=True):
                chunks.append(chunk)
            ends.append(None)
        except Exception as error:
            ends.append(error)
        t.ok(not any(chunk.choices and chunk.choices[0].finish_reason for chunk in chunks))
    t.ok(all(ends), ends)


def three_turns(client, t):
    messages = []
    for text in ("Hello", "What can you do?", "Thank you"):
        messages += user(text)
        answer = client.chat.completions.create(model=MODEL, messages=messages)
        t.ok(answer.choices[0].message.content)
        messages.append(answer.choices[0].message)


def smart(client, t):
    t.ok("42" in ask(client, "What is 17 + 25?"))
    t.ok("5" in ask(client, "Count to 5"))
    first = client.responses.create(model="gpt-4.1", input="my name is Ada")
    return client.responses.create(model="gpt-4.1", input="what is my name?",
                                   previous_response_id=first.id)


ANSWERS = [
    Check("models.list", "list", lambda c, t: list(c.models.list()),
          lambda found, t: t.ok(any(m.id == MODEL for m in found))),
    Check("models.retrieve", "one", lambda c, t: c.models.retrieve(MODEL),
          lambda m, t: t.has(m, id=MODEL, object="model")),
    Check("models.retrieve", "unknown", lambda c, t: c.models.retrieve("none"),
          throws=(openai.NotFoundError, {"code": "model_not_found"})),
    Check("models.delete", "delete", lambda c, t: c.models.delete("ft:gpt-4o:mock::1"),
          lambda m, t: t.has(m, deleted=True)),
    Check("models.list", "invalid key",
          lambda c, t: connect("sk-invalid").models.list(), by=["unauthenticated"],
          throws=(openai.AuthenticationError, {"code": "invalid_api_key"})),
    Check("chat.completions.create", "text",
          lambda c, t: c.chat.completions.create(**CHAT),
          lambda r, t: t.equal(r.choices[0].message.content, TEXT)),
    Check("chat.completions.create", "n > 1, logprobs",
          lambda c, t: c.chat.completions.create(**CHAT, n=2, logprobs=True, top_logprobs=2),
          lambda r, t: t.equal([len(choice.logprobs.content[0].top_logprobs)
                                for choice in r.choices], [2, 2])),
    Check("chat.completions.create", "stream", streamed,
          lambda text, t: t.equal(text, TEXT)),
    Check("chat.completions.create", "stream in pieces",
          paced(lambda c: c.chat.completions.create(**CHAT, stream=True))),
    Check("chat.completions.create", "refused", refused),
    Check("chat.completions.create", "tools", tools,
          lambda r, t: t.equal(r.choices[0].message.content, "It is sunny.")),
    Check("chat.completions.create", "tools, streamed by the helper", tools_streamed,
          lambda call, t: t.equal(call.function.name, "get_weather")),
    Check("chat.completions.create", "a model of pydantic",
          lambda c, t: c.beta.chat.completions.parse(**CHAT, response_format=Person),
          lambda r, t: t.ok(isinstance(r.choices[0].message.parsed, Person))),
    Check("chat.completions.create", "an error in the stream", fails_midway,
          throws=(openai.APIError, {"message": "sorry"})),
    Check("chat.completions.create", "rate limit headers",
          lambda c, t: c.chat.completions.with_raw_response.create(**CHAT).headers,
          lambda headers, t: t.ok(headers["x-ratelimit-remaining-tokens"])),
    Check("chat.completions.create", "asynchronous", asynchronous),
    Check("chat.completions.list", "stored: list, retrieve, update, messages, delete",
          lenient(stored),
          by=[f"chat.completions.{name}" for name in (
              "list", "retrieve", "update", "messages.list", "delete")]),
    Check("completions.create", "several texts, stream, a chat model",
          lenient(completion)),
    Check("completions.create", "stream in pieces",
          lenient(paced(lambda c: c.completions.create(**COMPLETION, stream=True)))),
    Check("responses.create", "text", lambda c, t: c.responses.create(**RESPONSE),
          lambda r, t: t.has(r, status="completed", output_text=TEXT)),
    Check("responses.create", "stream", events,
          lambda r, t: t.has(r, status="completed", output_text=TEXT)),
    Check("responses.create", "stream in pieces",
          paced(lambda c: c.responses.create(**RESPONSE, stream=True))),
    Check("responses.create", "tools, and their results", functions,
          lambda r, t: t.equal(r.output_text, "It is sunny.")),
    Check("responses.create", "a model of pydantic",
          lambda c, t: c.responses.parse(**RESPONSE, text_format=Person),
          lambda r, t: t.ok(isinstance(r.output_parsed, Person))),
    Check("responses.create", "kept, goes on, is deleted", conversation,
          lambda r, t: t.equal(r.output_text, "You are Ada."),
          by=["responses.create", "responses.retrieve", "responses.input_items.list",
              "responses.delete"]),
    Check("responses.create", "goes on from nothing",
          lambda c, t: c.responses.create(**RESPONSE, previous_response_id="resp_none"),
          throws=(openai.BadRequestError, {"code": "previous_response_not_found"})),
    # Routes that came later than this version are asked by what all its methods use.
    Check("responses.cancel", "in the background, and canceled, by post", lenient(background)),
    Check("responses.input_tokens.count", "count, by post",
          lambda c, t: c.post("/responses/input_tokens", body=RESPONSE, cast_to=object),
          lambda r, t: t.ok(r["input_tokens"] > 0)),
    Check("responses.compact", "made short, by post",
          lambda c, t: c.post("/responses/compact", body=RESPONSE, cast_to=object),
          lambda r, t: t.equal(r["output"][-1]["type"], "compaction")),
    Check("responses.compact", "made short, by post",
          lambda c, t: c.post("/responses/compact", body=RESPONSE, cast_to=object),
          lambda r, t: t.equal(r["object"], "response.compaction")),
    Check("realtime.clientSecrets.create", "create, by post",
          lambda c, t: c.post("/realtime/client_secrets", cast_to=object,
                              body={"session": {"type": "realtime"}}),
          lambda r, t: t.ok(r["value"].startswith("ek_"))),
    Check("realtime.sessions.create", "create",
          lambda c, t: c.beta.realtime.sessions.create(model="gpt-4o-realtime-preview"),
          lambda r, t: t.ok(r.client_secret.value.startswith("ek_"))),
    Check("realtime.connect", "the beta: text", realtime(by_text),
          lambda done, t: t.equal(
              [(item.type, item.content[0].type, item.content[0].text)
               for item in done.response.output],
              [("message", "text", TEXT)])),
    Check("realtime.connect", "the beta: sound", realtime(by_sound),
          lambda kinds, t: t.equal([kinds.count("response.audio.done"),
                                    kinds.count("response.audio_transcript.done"),
                                    kinds.count("conversation.item.created")], [1, 1, 2])),
    Check("embeddings.create", "alike where texts are", lenient(vectors)),
    Check("embeddings.create", "floats, dimensions",
          lambda c, t: c.embeddings.create(model="text-embedding-3-large", input="x",
                                           encoding_format="float", dimensions=256),
          lambda r, t: t.equal(len(r.data[0].embedding), 256)),
    Check("moderations.create", "flagged and not",
          lambda c, t: c.moderations.create(input=["I will kill you", "hello"]),
          lambda r, t: t.equal([one.flagged for one in r.results], [True, False])),
]

SCENARIOS = [
    Check("chat.completions.create", "each its class", each_error,
          scenario="api_errors", by=["error"], calls=len(ERRORS)),
    Check("responses.create", "a stream: each its class", each_error_of_streams,
          scenario="api_errors", by=["error"], calls=len(ERRORS)),
    Check("chat.completions.create", "three at once, then 429, then again", rate_limited,
          scenario="rate_limited", by=["rate_limited", "chat.completions.create"], calls=5),
    Check("chat.completions.create", "two retries",
          lambda c, t: c.chat.completions.create(**CHAT), scenario="flaky",
          by=["flaky", "chat.completions.create"], calls=3),
    Check("responses.create", "a stream, after two retries",
          lambda c, t: list(c.responses.create(**RESPONSE, stream=True)),
          scenario="flaky", by=["flaky", "responses.create"], calls=3),
    Check("chat.completions.create", "none, if none are allowed",
          lambda c, t: once(c).chat.completions.create(**CHAT), scenario="flaky",
          by=["flaky"], calls=1, throws=(openai.RateLimitError, {"status_code": 429})),
    Check("chat.completions.create", "two timeouts", timeouts,
          scenario="timeouts", by=["timeouts", "chat.completions.create"]),
    Check("chat.completions.create", "a stream, word by word",
          lambda c, t: t.paced(lambda: c.chat.completions.create(**CHAT, stream=True)),
          scenario="slow", by=["slow", "chat.completions.create"]),
    Check("models.list", "waits as long as it takes",
          lambda c, t: t.session.resume() or list(c.models.list()),
          scenario="slow", by=["slow", "models.list"]),
    Check("chat.completions.create", "broken JSON, cut, HTML, nothing, a broken chunk",
          malformed, scenario="malformed", by=["malformed"], calls=5),
    Check("chat.completions.create", "a stream: broken JSON, cut, reset, garbage",
          malformed_streams, scenario="malformed", by=["malformed: stream"], calls=4),
    Check("models.list", "gives up after two retries",
          lambda c, t: c.models.list(), scenario="outage", by=["outage"], calls=3,
          throws=(openai.InternalServerError, {"status_code": 503})),
    Check("models.list", "broken once, tried again", lambda c, t: list(c.models.list()),
          scenario="disconnects", by=["disconnects", "models.list"], calls=2),
    Check("chat.completions.create", "its class, if not tried again",
          lambda c, t: once(c).chat.completions.create(**CHAT), scenario="disconnects",
          by=["disconnects"], calls=1, throws=(openai.APIConnectionError, {})),
    Check("chat.completions.create", "three turns", three_turns,
          scenario="successful_conversation", calls=3),
    Check("chat.completions.create", "calls what is offered",
          lambda c, t: c.chat.completions.create(**CHAT, tools=[WEATHER]),
          lambda r, t: t.ok(json.loads(
              r.choices[0].message.tool_calls[0].function.arguments)["city"]),
          scenario="tool_usage"),
    Check("responses.create", "sums, counting, names", smart,
          lambda r, t: t.equal(r.output_text, "Your name is Ada."), scenario="smart",
          by=["chat.completions.create", "responses.create"]),
]

TABLE = Table(
    pack="openai", sdk="openai (Python, Debian 13)", version=openai.__version__,
    open=connect, checks=ANSWERS + FILES + ASSISTANTS + SCENARIOS, ways=WAYS,
    sweeps=SWEEPS)
