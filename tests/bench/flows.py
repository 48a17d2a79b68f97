#!/usr/bin/python3
"""flows.py FLOW: what people who test against the APIs do, once; prints how
long it took in nanoseconds, from the first request to the last answer. Python's
own start and the look-ups of names are not in it. Called by bench.py in a
session with --speed 100; polls each 2 ms, where a program would each second.
"""
import http.client
import json
import ssl
import sys
import time

POLL = 0.002


class API:
    """One kept connection to a production host, verified."""

    def __init__(self, host, **headers):
        self.connection = http.client.HTTPSConnection(
            host, context=ssl.create_default_context(), timeout=30)
        self.connection.connect()
        self.headers = dict(headers, Authorization="Bearer bench")

    def send(self, method, path, body=None, kind="application/json"):
        headers = self.headers
        if body is not None:
            headers = dict(headers, **{"Content-Type": kind})
            if not isinstance(body, bytes):
                body = json.dumps(body).encode()
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        return response.status, json.loads(response.read() or b"null")

    def __call__(self, *request):
        status, answer = self.send(*request)
        if status not in (200, 201):
            sys.exit("%s: %d %s" % (request[:2], status, answer))
        return answer

    def upload(self, name, **fields):
        parts = ["--b\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n"
                 % field for field in fields.items()]
        parts.append("--b\r\nContent-Disposition: form-data; name=\"file\"; "
                     "filename=\"%s\"\r\n\r\n%s\r\n--b--\r\n" % (name, "x" * 1000))
        return self("POST", "/v1/files", "".join(parts).encode(),
                    "multipart/form-data; boundary=b")

    def until(self, path, *statuses):
        while True:
            thing = self("GET", path)
            if thing["status"] in statuses:
                return thing
            time.sleep(POLL)


def fine_tuning(api):
    """A file and its job: ten seconds."""
    file = api.upload("train.jsonl", purpose="fine-tune")
    job = api("POST", "/v1/fine_tuning/jobs",
              {"model": "gpt-4o-mini", "training_file": file["id"]})
    job = api.until("/v1/fine_tuning/jobs/" + job["id"], "succeeded")
    assert job["fine_tuned_model"]


def run_with_tools(api):
    """An assistant's run, which wants a tool once."""
    tool = {"type": "function", "function": {
        "name": "get_weather", "parameters": {"type": "object"}}}
    assistant = api("POST", "/v1/assistants",
                    {"model": "gpt-4o", "tools": [tool]})
    thread = "/v1/threads/" + api("POST", "/v1/threads", {})["id"]
    api("POST", thread + "/messages",
        {"role": "user", "content": "What is the weather in Paris?"})
    run = api("POST", thread + "/runs", {"assistant_id": assistant["id"]})
    path = thread + "/runs/" + run["id"]
    run = api.until(path, "requires_action")
    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    api("POST", path + "/submit_tool_outputs", {"tool_outputs": [
        {"tool_call_id": call["id"], "output": "sunny"} for call in calls]})
    api.until(path, "completed")
    assert len(api("GET", thread + "/messages")["data"]) == 2


def transcription(api):
    """A file and its text."""
    file = api.upload("talk.wav")
    job = api("POST", "/v1/transcriptions",
              {"model": "stt-async-v4", "file_id": file["id"]})
    api.until("/v1/transcriptions/" + job["id"], "completed")
    assert api("GET", "/v1/transcriptions/%s/transcript" % job["id"])["text"]


def retries(api):
    """Five attempts that fail, and one that does not."""
    statuses = [api.send("POST", "/v1/chat/completions", {
        "model": "gpt-4o-mini",
        "messages": [{"role": "user", "content": "Hello"}]})[0]
        for _ in range(6)]
    assert statuses == [429, 503, 429, 503, 429, 200], statuses


FLOWS = {"fine-tuning": (fine_tuning, "api.openai.com"),
         "tools": (run_with_tools, "api.openai.com"),
         "transcription": (transcription, "api.soniox.com"),
         "retries": (retries, "api.openai.com")}


def main():
    flow, host = FLOWS[sys.argv[1]]
    api = API(host, **({"OpenAI-Beta": "assistants=v2"}
                       if flow is run_with_tools else {}))
    begin = time.monotonic_ns()
    flow(api)
    print(time.monotonic_ns() - begin)


main()
