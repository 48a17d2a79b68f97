"""Of python_openai.py: the least that calls each route, and what each scenario does
to them all. Their ids are those of nothing: a failure comes before anybody looks."""
import json

import openai

from run import Sweep

MODEL = "gpt-4o"
HI = [{"role": "user", "content": "hi"}]
SOUND, PICTURE = ("a.wav", b"RIFF....WAVE"), ("a.png", b"\x89PNG", "image/png")
STORE, THREAD = {"vector_store_id": "vs_0"}, {"thread_id": "thread_0"}

WAYS = {
    "models.retrieve": lambda c: c.models.retrieve(MODEL),
    "models.delete": lambda c: c.models.delete("ft:gpt-4o:mock::1"),
    "models.list": lambda c: c.models.list(),
    "chat.completions.create": lambda c: c.chat.completions.create(model=MODEL, messages=HI),
    "chat.completions.list": lambda c: c.chat.completions.list(),
    "chat.completions.messages.list": lambda c: c.chat.completions.messages.list("chatcmpl-0"),
    "chat.completions.retrieve": lambda c: c.chat.completions.retrieve("chatcmpl-0"),
    "chat.completions.update": lambda c: c.chat.completions.update("chatcmpl-0", metadata={}),
    "chat.completions.delete": lambda c: c.chat.completions.delete("chatcmpl-0"),
    "completions.create": lambda c: c.completions.create(
        model="gpt-3.5-turbo-instruct", prompt="a"),
    "responses.create": lambda c: c.responses.create(model=MODEL, input="hi"),
    "responses.input_tokens.count": lambda c: c.post(
        "/responses/input_tokens", body={"model": MODEL, "input": "hi"}, cast_to=object),
    "responses.compact": lambda c: c.post(
        "/responses/compact", body={"model": MODEL, "input": "hi"}, cast_to=object),
    "responses.compact": lambda c: c.post(
        "/responses/compact", body={"model": MODEL, "input": "hi"}, cast_to=object),
    "responses.cancel": lambda c: c.post("/responses/resp_0/cancel", cast_to=object),
    "responses.input_items.list": lambda c: c.responses.input_items.list("resp_0"),
    "responses.retrieve": lambda c: c.responses.retrieve("resp_0"),
    "responses.delete": lambda c: c.responses.delete("resp_0"),
    "embeddings.create": lambda c: c.embeddings.create(
        model="text-embedding-3-small", input="a", encoding_format="float"),
    "moderations.create": lambda c: c.moderations.create(input="a"),
    "audio.speech.create": lambda c: c.audio.speech.create(
        model="tts-1", voice="alloy", input="a"),
    "audio.transcriptions.create": lambda c: c.audio.transcriptions.create(
        model="whisper-1", file=SOUND),
    "audio.translations.create": lambda c: c.audio.translations.create(
        model="whisper-1", file=SOUND),
    "images.generate": lambda c: c.images.generate(model="gpt-image-1", prompt="a"),
    "images.edit": lambda c: c.images.edit(model="gpt-image-1", image=PICTURE, prompt="a"),
    "images.create_variation": lambda c: c.images.create_variation(image=PICTURE),
    "files.content": lambda c: c.files.content("file-0"),
    "files.create": lambda c: c.files.create(purpose="fine-tune", file=("a.jsonl", b"{}")),
    "files.list": lambda c: c.files.list(),
    "files.retrieve": lambda c: c.files.retrieve("file-0"),
    "files.delete": lambda c: c.files.delete("file-0"),
    "uploads.create": lambda c: c.uploads.create(
        bytes=1, filename="a", purpose="fine-tune", mime_type="text/jsonl"),
    "uploads.complete": lambda c: c.uploads.complete("upload_0", part_ids=[]),
    "uploads.cancel": lambda c: c.uploads.cancel("upload_0"),
    "uploads.parts.create": lambda c: c.uploads.parts.create("upload_0", data=b"a"),
    "fine_tuning.jobs.create": lambda c: c.fine_tuning.jobs.create(
        model=MODEL, training_file="file-0"),
    "fine_tuning.jobs.list": lambda c: c.fine_tuning.jobs.list(),
    "fine_tuning.jobs.cancel": lambda c: c.fine_tuning.jobs.cancel("ftjob-0"),
    "fine_tuning.jobs.pause": lambda c: c.post("/fine_tuning/jobs/ftjob-0/pause", cast_to=object),
    "fine_tuning.jobs.resume": lambda c: c.post(
        "/fine_tuning/jobs/ftjob-0/resume", cast_to=object),
    "fine_tuning.jobs.retrieve": lambda c: c.fine_tuning.jobs.retrieve("ftjob-0"),
    "fine_tuning.jobs.list_events": lambda c: c.fine_tuning.jobs.list_events("ftjob-0"),
    "fine_tuning.jobs.checkpoints.list": lambda c: c.fine_tuning.jobs.checkpoints.list(
        "ftjob-0"),
    "batches.create": lambda c: c.batches.create(
        endpoint="/v1/chat/completions", completion_window="24h", input_file_id="file-0"),
    "batches.list": lambda c: c.batches.list(),
    "batches.cancel": lambda c: c.batches.cancel("batch_0"),
    "batches.retrieve": lambda c: c.batches.retrieve("batch_0"),
    "assistants.create": lambda c: c.beta.assistants.create(model=MODEL),
    "assistants.list": lambda c: c.beta.assistants.list(),
    "assistants.retrieve": lambda c: c.beta.assistants.retrieve("asst_0"),
    "assistants.update": lambda c: c.beta.assistants.update("asst_0", name="a"),
    "assistants.delete": lambda c: c.beta.assistants.delete("asst_0"),
    "threads.create_and_run": lambda c: c.beta.threads.create_and_run(assistant_id="asst_0"),
    "threads.create": lambda c: c.beta.threads.create(),
    "threads.retrieve": lambda c: c.beta.threads.retrieve("thread_0"),
    "threads.update": lambda c: c.beta.threads.update("thread_0", metadata={}),
    "threads.delete": lambda c: c.beta.threads.delete("thread_0"),
    "threads.messages.create": lambda c: c.beta.threads.messages.create(
        "thread_0", role="user", content="hi"),
    "threads.messages.list": lambda c: c.beta.threads.messages.list("thread_0"),
    "threads.messages.retrieve": lambda c: c.beta.threads.messages.retrieve("msg_0", **THREAD),
    "threads.messages.update": lambda c: c.beta.threads.messages.update(
        "msg_0", metadata={}, **THREAD),
    "threads.messages.delete": lambda c: c.beta.threads.messages.delete("msg_0", **THREAD),
    "threads.runs.create": lambda c: c.beta.threads.runs.create(
        "thread_0", assistant_id="asst_0"),
    "threads.runs.submit_tool_outputs": lambda c: c.beta.threads.runs.submit_tool_outputs(
        "run_0", tool_outputs=[], **THREAD),
    "threads.runs.list": lambda c: c.beta.threads.runs.list("thread_0"),
    "threads.runs.cancel": lambda c: c.beta.threads.runs.cancel("run_0", **THREAD),
    "threads.runs.retrieve": lambda c: c.beta.threads.runs.retrieve("run_0", **THREAD),
    "threads.runs.update": lambda c: c.beta.threads.runs.update("run_0", metadata={}, **THREAD),
    "threads.runs.steps.list": lambda c: c.beta.threads.runs.steps.list("run_0", **THREAD),
    "threads.runs.steps.retrieve": lambda c: c.beta.threads.runs.steps.retrieve(
        "step_0", run_id="run_0", **THREAD),
    "vector_stores.create": lambda c: c.vector_stores.create(name="a"),
    "vector_stores.list": lambda c: c.vector_stores.list(),
    "vector_stores.search": lambda c: c.vector_stores.search("vs_0", query="a"),
    "vector_stores.retrieve": lambda c: c.vector_stores.retrieve("vs_0"),
    "vector_stores.update": lambda c: c.vector_stores.update("vs_0", name="a"),
    "vector_stores.delete": lambda c: c.vector_stores.delete("vs_0"),
    "vector_stores.files.create": lambda c: c.vector_stores.files.create(
        "vs_0", file_id="file-0"),
    "vector_stores.files.list": lambda c: c.vector_stores.files.list("vs_0"),
    "vector_stores.files.content": lambda c: c.vector_stores.files.content("file-0", **STORE),
    "vector_stores.files.retrieve": lambda c: c.vector_stores.files.retrieve("file-0", **STORE),
    "vector_stores.files.update": lambda c: c.vector_stores.files.update(
        "file-0", attributes={}, **STORE),
    "vector_stores.files.delete": lambda c: c.vector_stores.files.delete("file-0", **STORE),
    "vector_stores.file_batches.create": lambda c: c.vector_stores.file_batches.create(
        "vs_0", file_ids=["file-0"]),
    "vector_stores.file_batches.cancel": lambda c: c.vector_stores.file_batches.cancel(
        "vsfb_0", **STORE),
    "vector_stores.file_batches.list_files": lambda c: c.vector_stores.file_batches.list_files(
        "vsfb_0", **STORE),
    "vector_stores.file_batches.retrieve": lambda c: c.vector_stores.file_batches.retrieve(
        "vsfb_0", **STORE),
    "realtime.clientSecrets.create": lambda c: c.post(
        "/realtime/client_secrets", body={}, cast_to=object),
    "realtime.sessions.create": lambda c: c.beta.realtime.sessions.create(),
}

ERRORS = [
    (400, openai.BadRequestError), (401, openai.AuthenticationError),
    (403, openai.PermissionDeniedError), (404, openai.NotFoundError),
    (409, openai.ConflictError), (422, openai.UnprocessableEntityError),
    (429, openai.RateLimitError), (500, openai.InternalServerError),
    (503, openai.InternalServerError), (529, openai.InternalServerError),
]


def once():
    return openai.OpenAI(api_key="sk-mock", max_retries=0)


def raised(status, kind):
    def look(error, _, t):
        t.ok(isinstance(error, kind), f"{kind.__name__} was to be raised")
        t.has(error, status_code=status)
        t.ok(error.request_id.startswith("req_"))
    return look


def one_of_errors(error, number, t):
    raised(*ERRORS[number % len(ERRORS)])(error, number, t)


def answered(error, _, t):
    t.ok(error is None or error.status_code in (400, 404), f"{error!r}")


def exhausted(client, _):
    for _ in range(3):
        client.models.list()


SWEEPS = [
    Sweep("api_errors", "one error after the other", ["error"], one_of_errors, once, calls=1),
    Sweep("rate_limited", "429 when three have come", ["rate_limited"],
          raised(429, openai.RateLimitError), once, exhausted, calls=1),
    Sweep("flaky", "two retries", ["flaky", "*"], answered, calls=3, anew=True,
          open=lambda: openai.OpenAI(api_key="sk-mock")),
    Sweep("slow", "waits as long as it takes", ["slow", "*"], answered, calls=1,
          open=once, first=lambda _, t: t.session.hurry()),
    Sweep("malformed", "broken JSON", ["malformed"],
          lambda error, _, t: t.ok(isinstance(error, json.JSONDecodeError), f"{error!r}"),
          once, calls=1, anew=True,
          # Bodies that the SDK hands out as they are, or does not look at.
          without=("files.content", "audio.speech.create", "responses.delete")),
    Sweep("outage", "503", ["outage"], raised(503, openai.InternalServerError), once, calls=1),
]
