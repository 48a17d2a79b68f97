#!/usr/bin/python3
"""chat.py [-s] PROMPT: asks a model with what Python brings; with -s the answer
is streamed and printed as it comes. There is nothing of Offwire in it.

    offwire run --rules chat.json:openai -- python3 chat.py -s "Who are you?"
"""
import http.client
import json
import os
import sys
import urllib.error
import urllib.request

URL = "https://api.openai.com/v1/chat/completions"


class ChatError(Exception):
    """What went wrong, as a sentence."""


def request(prompt, stream):
    body = {"model": "gpt-4o-mini", "stream": stream,
            "messages": [{"role": "user", "content": prompt}]}
    asks = urllib.request.Request(URL, json.dumps(body).encode(), {
        "Authorization": "Bearer " + os.environ["OPENAI_API_KEY"],
        "Content-Type": "application/json"})
    try:
        return urllib.request.urlopen(asks, timeout=60)
    except urllib.error.HTTPError as error:
        said = json.load(error)["error"]["message"]
        raise ChatError("the API says: " + said) from error


def ask(prompt):
    with request(prompt, stream=False) as response:
        return json.load(response)["choices"][0]["message"]["content"]


def stream(prompt):
    """Yields the pieces of the answer as they come."""
    with request(prompt, stream=True) as response:
        for line in response:
            field, _, data = line.decode().strip().partition(":")
            if field != "data":
                continue
            if data.strip() == "[DONE]":
                return
            event = json.loads(data)
            if "error" in event:
                raise ChatError("the API says: " + event["error"]["message"])
            for choice in event["choices"]:
                yield choice["delta"].get("content") or ""
    raise ChatError("the stream ended early")


def main(arguments):
    streams = arguments[:1] == ["-s"]
    prompt = arguments[streams:]
    if len(prompt) != 1 or "OPENAI_API_KEY" not in os.environ:
        sys.exit("usage: OPENAI_API_KEY=... chat.py [-s] PROMPT")
    try:
        for piece in stream(*prompt) if streams else [ask(*prompt)]:
            print(piece, end="", flush=True)
    except (ChatError, OSError, http.client.HTTPException) as problem:
        sys.exit("\nchat.py: %s" % problem)
    print()


main(sys.argv[1:])
