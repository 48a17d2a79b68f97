"""Rows of python_openai.py: assistants, threads, runs, vector stores."""
import openai

from run import Check

MODEL, TEXT = "gpt-4o", "This is a canned reply."
WEATHER = {"type": "function", "function": {"name": "get_weather", "parameters": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}
CALLER = [{"prompt": "~weather", "tool_calls": [
    {"name": "get_weather", "arguments": {"city": "Paris"}}]},
    {"tool_result": "~sunny", "text": "It is sunny."}]


def names(group, *verbs):
    return [f"{group}.{verb}" for verb in verbs]


def assist(client, **more):
    return client.beta.assistants.create(model=MODEL, name="helper", **more)


def thread(client, text="hi"):
    return client.beta.threads.create(messages=[{"role": "user", "content": text}])


def begin(client, text="hi", **more):
    where = thread(client, text)
    run = client.beta.threads.runs.create(where.id, assistant_id=assist(client, **more).id)

    def again():
        return client.beta.threads.runs.retrieve(run.id, thread_id=where.id)
    return where.id, run, again


def said(client, thread_id):
    return client.beta.threads.messages.list(thread_id).data[0].content[0].text.value


def assistants(client, t):
    made = assist(client, tools=[WEATHER])
    of = client.beta.assistants
    t.ok(any(one.id == made.id for one in of.list()))
    t.equal(len(of.retrieve(made.id).tools), 1)
    t.equal(of.update(made.id, name="x").name, "x")
    t.ok(of.delete(made.id).deleted)
    t.fails(lambda: of.retrieve(made.id), openai.NotFoundError)


def threads(client, t):
    made, of = thread(client), client.beta.threads
    t.has(of.retrieve(made.id), id=made.id, object="thread")
    t.equal(of.update(made.id, metadata={"a": "b"}).metadata, {"a": "b"})
    t.ok(of.delete(made.id).deleted)
    t.fails(lambda: of.retrieve(made.id), openai.NotFoundError)


def messages(client, t):
    where, of = client.beta.threads.create(), client.beta.threads.messages
    made = of.create(where.id, role="user", content="one")
    of.create(where.id, role="user", content="two")
    t.equal([one.content[0].text.value for one in of.list(where.id, order="asc", limit=1)],
            ["one", "two"])
    at = {"thread_id": where.id}
    t.equal(of.retrieve(made.id, **at).id, made.id)
    t.equal(of.update(made.id, metadata={"a": "b"}, **at).metadata, {"a": "b"})
    t.ok(of.delete(made.id, **at).deleted)


def completed(client, t):
    thread_id, run, again = begin(client)
    states = [run.status]
    for _ in range(40):
        t.session.advance("250ms")
        run = again()
        if run.status != states[-1]:
            states.append(run.status)
    t.equal(states, ["queued", "in_progress", "completed"])
    t.equal(said(client, thread_id), TEXT)
    return run


def with_tools(client, t):
    t.session.rules(replies=CALLER)
    thread_id, run, again = begin(client, "the weather in Paris?", tools=[WEATHER])
    t.session.advance("20s")
    waiting = again()
    t.equal(waiting.status, "requires_action")
    call = waiting.required_action.submit_tool_outputs.tool_calls[0]
    runs = client.beta.threads.runs
    runs.submit_tool_outputs(run.id, thread_id=thread_id, tool_outputs=[
        {"tool_call_id": call.id, "output": "sunny"}])
    t.session.advance("20s")
    t.equal(again().status, "completed")
    t.equal(said(client, thread_id), "It is sunny.")
    steps = list(runs.steps.list(run.id, thread_id=thread_id))
    t.equal(sorted(step.type for step in steps), ["message_creation", "tool_calls"])
    return runs.steps.retrieve(steps[0].id, thread_id=thread_id, run_id=run.id)


def cancelled(client, t):
    thread_id, run, again = begin(client)
    client.beta.threads.runs.cancel(run.id, thread_id=thread_id)
    t.session.advance("20s")
    return again()


def changed(client, t):
    thread_id, run, _ = begin(client)
    runs = client.beta.threads.runs
    t.equal(runs.update(run.id, thread_id=thread_id, metadata={"a": "b"}).metadata,
            {"a": "b"})
    return list(runs.list(thread_id))


def expired(client, t):
    t.session.rules(replies=CALLER)
    _, _, again = begin(client, "the weather in Paris?", tools=[WEATHER])
    t.session.advance("20s")
    t.equal(again().status, "requires_action")
    t.session.advance("11m")
    return again()


def streamed(client, t):
    t.session.resume()
    with client.beta.threads.runs.stream(
            thread_id=thread(client).id, assistant_id=assist(client).id) as stream:
        text = "".join(stream.text_deltas)
    t.equal(text, TEXT)
    events = list(client.beta.threads.create_and_run(
        assistant_id=assist(client).id, stream=True,
        thread={"messages": [{"role": "user", "content": "hi"}]}))
    t.equal(events[0].event, "thread.created")
    return [event.event for event in events]


def stocked(client, t):
    files = [client.files.create(purpose="assistants", file=file).id for file in (
        ("cats.txt", b"Cats like fish."), ("dogs.txt", b"Dogs like bones, and they bark."))]
    store = client.vector_stores.create(name="pets", file_ids=files)
    t.has(store.file_counts, in_progress=2, total=2)
    t.session.advance("2s")
    return store.id, files


def stores(client, t):
    of = client.vector_stores
    made = of.create(name="pets", metadata={"a": "b"})
    t.has(made, object="vector_store", status="completed")
    t.equal([store.id for store in of.list()], [made.id])
    t.equal(of.update(made.id, name="x").name, "x")
    t.equal(of.retrieve(made.id).metadata, {"a": "b"})
    t.ok(of.delete(made.id).deleted)
    t.fails(lambda: of.retrieve(made.id), openai.NotFoundError)


def store_files(client, t):
    store, (cats, dogs) = stocked(client, t)
    of = client.vector_stores.files
    t.equal([file.id for file in of.list(store, filter="completed", limit=1)], [dogs, cats])
    t.equal(of.update(cats, vector_store_id=store, attributes={"kind": "cat"}).attributes,
            {"kind": "cat"})
    t.equal(list(of.content(cats, vector_store_id=store))[0].text, "Cats like fish.")
    t.ok(of.delete(cats, vector_store_id=store).deleted)
    return client.vector_stores.retrieve(store).file_counts


def store_upload(client, t):
    t.session.resume()
    store = client.vector_stores.create(name="pets")
    return client.vector_stores.files.upload_and_poll(
        vector_store_id=store.id, file=("a.txt", b"Hello"), poll_interval_ms=20)


def store_batch(client, t):
    t.session.resume()
    store = client.vector_stores.create(name="pets").id
    of = client.vector_stores.file_batches
    done = of.upload_and_poll(vector_store_id=store, poll_interval_ms=20, files=[
        ("a.txt", b"one"), ("b.txt", b"two")])
    t.equal([file.status for file in of.list_files(done.id, vector_store_id=store)],
            ["completed", "completed"])
    return done


def batch_cancelled(client, t):
    store = client.vector_stores.create(name="pets").id
    file = client.files.create(purpose="assistants", file=("a.txt", b"one"))
    of = client.vector_stores.file_batches
    made = of.create(store, file_ids=[file.id])
    return of.cancel(made.id, vector_store_id=store)


def searched(client, t):
    store, _ = stocked(client, t)
    return list(client.vector_stores.search(store, query="What do dogs like?"))


CHECKS = [
    Check("assistants.create", "create, list, retrieve, update, delete", assistants,
          by=names("assistants", "create", "list", "retrieve", "update", "delete")),
    Check("threads.create", "create, retrieve, update, delete", threads,
          by=names("threads", "create", "retrieve", "update", "delete")),
    Check("threads.messages.create", "create, list, retrieve, update, delete", messages,
          by=names("threads.messages", "create", "list", "retrieve", "update", "delete")),
    Check("threads.runs.create", "queued, in_progress, completed, with its message", completed,
          lambda run, t: t.ok(run.usage.total_tokens > 0),
          by=names("threads", "runs.create", "runs.retrieve", "messages.list")),
    Check("threads.runs.submit_tool_outputs", "requires_action, then completed", with_tools,
          lambda step, t: t.has(step, object="thread.run.step", status="completed"),
          by=names("threads.runs", "create", "submit_tool_outputs", "steps.list",
                   "steps.retrieve")),
    Check("threads.runs.cancel", "cancel", cancelled,
          lambda run, t: t.equal(run.status, "cancelled")),
    Check("threads.runs.update", "metadata, list", changed,
          lambda runs, t: t.equal(len(runs), 1),
          by=names("threads.runs", "update", "list")),
    Check("threads.runs.retrieve", "expired, without tool outputs", expired,
          lambda run, t: t.equal(run.status, "expired")),
    Check("threads.create_and_run", "streams, by the helper too", streamed,
          lambda events, t: t.ok("thread.run.completed" in events),
          by=names("threads", "create_and_run", "runs.create")),
    Check("threads.runs.create", "unknown assistant",
          lambda c, t: c.beta.threads.runs.create(thread(c).id, assistant_id="asst_none"),
          throws=(openai.NotFoundError, {"status_code": 404})),

    Check("vector_stores.create", "create, list, retrieve, update, delete", stores,
          by=names("vector_stores", "create", "list", "retrieve", "update", "delete")),
    Check("vector_stores.files.create", "polled by the helper", store_upload,
          lambda file, t: t.has(file, status="completed", usage_bytes=5),
          by=names("vector_stores.files", "create", "retrieve")),
    Check("vector_stores.files.list", "content, attributes, deletion", store_files,
          lambda counts, t: t.has(counts, completed=1, total=1),
          by=names("vector_stores.files", "list", "update", "content", "delete")),
    Check("vector_stores.file_batches.create", "polled by the helper", store_batch,
          lambda b, t: t.has(b, status="completed"),
          by=names("vector_stores.file_batches", "create", "retrieve", "list_files")),
    Check("vector_stores.file_batches.cancel", "cancel", batch_cancelled,
          lambda b, t: t.equal(b.status, "cancelled")),
    Check("vector_stores.search", "by words", searched,
          lambda found, t: t.equal(found[0].filename, "dogs.txt")),
]
