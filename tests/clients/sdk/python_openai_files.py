"""Rows of python_openai.py: files, uploads, fine-tuning, batches, sound, images."""
import base64
import json
import urllib.request

import openai

from run import Check

LINE = b'{"messages":[]}\n'


def upload(client, text=LINE, name="a.jsonl", purpose="fine-tune"):
    return client.files.create(purpose=purpose, file=(name, text))


def train(client, **more):
    return client.fine_tuning.jobs.create(
        model="gpt-4o-mini-2024-07-18", training_file=upload(client).id, **more)


def processed(client, t):
    file = upload(client)
    t.equal(client.files.retrieve(file.id).status, "uploaded")
    t.session.advance("3s")
    return client.files.retrieve(file.id)


def file_deleted(client, t):
    file = upload(client)
    t.ok(client.files.delete(file.id).deleted)
    t.fails(lambda: client.files.retrieve(file.id), openai.NotFoundError)


def in_parts(client, t):
    made = client.uploads.create(bytes=8, filename="a.jsonl", purpose="fine-tune",
                                 mime_type="text/jsonl")
    t.equal(made.status, "pending")
    parts = [client.uploads.parts.create(made.id, data=data).id
             for data in (b'{"a":', b"1}\n")]
    done = client.uploads.complete(made.id, part_ids=parts)
    t.has(done, status="completed")
    return client.files.content(done.file.id).text


def upload_cancelled(client, t):
    made = client.uploads.create(bytes=8, filename="a.jsonl", purpose="fine-tune",
                                 mime_type="text/jsonl")
    return client.uploads.cancel(made.id)


def trained(client, t):
    job = train(client, suffix="mine")
    states = [job.status]
    for _ in range(11):
        t.session.advance("1s")
        job = client.fine_tuning.jobs.retrieve(job.id)
        if job.status != states[-1]:
            states.append(job.status)
    t.equal(states, ["validating_files", "queued", "running", "succeeded"])
    return job


def watched(client, t):
    job = train(client)
    t.session.advance("20s")
    events = list(client.fine_tuning.jobs.list_events(job.id))
    t.ok(any("successfully completed" in event.message for event in events))
    return list(client.fine_tuning.jobs.checkpoints.list(job.id))


def jobs_listed(client, t):
    for _ in range(3):
        train(client)
    return list(client.fine_tuning.jobs.list(limit=2))


def job_cancelled(client, t):
    job = train(client)
    t.equal(client.fine_tuning.jobs.cancel(job.id).status, "cancelled")
    t.fails(lambda: client.fine_tuning.jobs.cancel(job.id), openai.BadRequestError)


def job_paused(client, t):
    path = f"/fine_tuning/jobs/{train(client).id}"
    t.session.advance("5s")
    t.equal(client.post(f"{path}/pause", cast_to=object)["status"], "paused")
    return client.post(f"{path}/resume", cast_to=object)["status"]


def batch(client):
    line = json.dumps({"custom_id": "a", "method": "POST", "url": "/v1/chat/completions",
                       "body": {"model": "gpt-4o",
                                "messages": [{"role": "user", "content": "hi"}]}})
    file = upload(client, line.encode() + b"\n", purpose="batch")
    return client.batches.create(endpoint="/v1/chat/completions", completion_window="24h",
                                 input_file_id=file.id)


def batch_done(client, t):
    made = batch(client)
    t.equal(made.status, "validating")
    t.session.advance("1m")
    done = client.batches.retrieve(made.id)
    t.has(done, status="completed")
    answer = json.loads(client.files.content(done.output_file_id).text)
    t.equal(answer["custom_id"], "a")


def speech(client, t):
    t.session.resume()
    say = {"model": "gpt-4o-mini-tts", "voice": "alloy", "input": "Hello there."}
    t.equal(client.audio.speech.create(**say, response_format="wav").content[:4], b"RIFF")
    with client.audio.speech.with_streaming_response.create(
            **say, response_format="pcm") as answer:
        return sum(len(piece) for piece in answer.iter_bytes())


def transcribed(client, **more):
    return client.audio.transcriptions.create(
        model="whisper-1", file=("a.wav", b"RIFF....WAVE"), **more)


def formats(client, t):
    t.ok(transcribed(client, response_format="text"))
    t.ok(transcribed(client, response_format="srt").startswith("1\n00:00:00,000 --> "))
    t.ok(transcribed(client, response_format="vtt").startswith("WEBVTT\n"))
    return transcribed(client, response_format="verbose_json",
                       timestamp_granularities=["word", "segment"])


def heard(client, t):
    t.session.resume()
    events = list(client.audio.transcriptions.create(
        model="gpt-4o-transcribe", file=("a.wav", b"RIFF....WAVE"), stream=True))
    t.equal("".join(event.delta for event in events
                    if event.type == "transcript.text.delta"), events[-1].text)
    return events[-1]


def is_png(data):
    return data[1:4] == b"PNG"


def drawn(client, t):
    made = client.images.generate(model="gpt-image-1", prompt="a cat")
    t.ok(is_png(base64.b64decode(made.data[0].b64_json)))
    made = client.images.generate(model="dall-e-3", prompt="a cat")
    with urllib.request.urlopen(made.data[0].url) as answer:
        return answer.read()


def picture():
    return ("a.png", b"\x89PNG....", "image/png")


CHECKS = [
    Check("files.create", "upload", lambda c, t: upload(c),
          lambda f, t: t.has(f, object="file", bytes=16, filename="a.jsonl")),
    Check("files.retrieve", "processed in its time", processed,
          lambda f, t: t.equal(f.status, "processed"), by=["files.create", "files.retrieve"]),
    Check("files.retrieve", "unknown", lambda c, t: c.files.retrieve("file-none"),
          throws=(openai.NotFoundError, {"status_code": 404})),
    Check("files.content", "the bytes",
          lambda c, t: c.files.content(upload(c, b"x\n").id).text,
          lambda text, t: t.equal(text, "x\n")),
    Check("files.list", "by pages",
          lambda c, t: [upload(c), upload(c)] and list(c.files.list(limit=1)),
          lambda found, t: t.equal(len(found), 2)),
    Check("files.delete", "delete", file_deleted),
    Check("uploads.create", "parts, put together", in_parts,
          lambda text, t: t.equal(text, '{"a":1}\n'),
          by=["uploads.create", "uploads.parts.create", "uploads.complete", "files.content"]),
    Check("uploads.cancel", "cancel", upload_cancelled,
          lambda u, t: t.equal(u.status, "cancelled")),

    Check("fine_tuning.jobs.create", "through all its states", trained,
          lambda job, t: t.ok(job.fine_tuned_model.startswith("ft:gpt-4o-mini")),
          by=["fine_tuning.jobs.create", "fine_tuning.jobs.retrieve"]),
    Check("fine_tuning.jobs.create", "unknown file",
          lambda c, t: c.fine_tuning.jobs.create(model="gpt-4o", training_file="file-none"),
          throws=(openai.APIStatusError, {"status_code": lambda s: s in (400, 404)})),
    Check("fine_tuning.jobs.list", "by pages", jobs_listed,
          lambda jobs, t: t.equal(len(jobs), 3)),
    Check("fine_tuning.jobs.list_events", "events, checkpoints", watched,
          lambda points, t: t.ok(points[0].step_number > 0),
          by=["fine_tuning.jobs.list_events", "fine_tuning.jobs.checkpoints.list"]),
    Check("fine_tuning.jobs.cancel", "cancel, and too late", job_cancelled),
    Check("fine_tuning.jobs.pause", "pause and resume, by post", job_paused,
          lambda status, t: t.ok(status in ("queued", "running")),
          by=["fine_tuning.jobs.pause", "fine_tuning.jobs.resume"]),
    Check("batches.create", "to its end", batch_done,
          by=["batches.create", "batches.retrieve", "files.content"]),
    Check("batches.list", "all", lambda c, t: batch(c) and list(c.batches.list()),
          lambda found, t: t.equal(len(found), 1)),
    Check("batches.cancel", "cancel", lambda c, t: c.batches.cancel(batch(c).id),
          lambda b, t: t.ok(b.status in ("cancelling", "cancelled"))),

    Check("audio.speech.create", "wav, a stream of pcm", speech,
          lambda length, t: t.ok(length > 1000)),
    Check("audio.transcriptions.create", "json", lambda c, t: transcribed(c),
          lambda r, t: t.ok(r.text)),
    Check("audio.transcriptions.create", "text, srt, vtt, verbose_json", formats,
          lambda r, t: t.ok(r.words and r.segments)),
    Check("audio.transcriptions.create", "stream", heard,
          lambda last, t: t.equal(last.type, "transcript.text.done")),
    Check("audio.translations.create", "json",
          lambda c, t: c.audio.translations.create(
              model="whisper-1", file=("a.wav", b"RIFF....WAVE")),
          lambda r, t: t.ok(r.text)),
    Check("images.generate", "an image, a URL that has it", drawn,
          lambda data, t: t.ok(is_png(data))),
    Check("images.edit", "an image",
          lambda c, t: c.images.edit(model="gpt-image-1", image=picture(), prompt="a hat"),
          lambda r, t: t.ok(is_png(base64.b64decode(r.data[0].b64_json)))),
    Check("images.create_variation", "a URL",
          lambda c, t: c.images.create_variation(image=picture()),
          lambda r, t: t.ok(r.data[0].url.startswith("https:"))),
]
