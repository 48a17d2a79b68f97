"""What a test can ask the session that it runs in; see offwire-control(7)."""
import json
import unittest
import urllib.error
import urllib.request


def ask(method, path, body=None):
    """JSON of the session's answer."""
    return ask_text(method, path, None if body is None else json.dumps(body))


def ask_text(method, path, text=None):
    """The same with JSON as text. The name is there under Offwire alone."""
    data = None if text is None else text.encode()
    asks = urllib.request.Request("http://offwire.test" + path, data,
                                  method=method)
    try:
        with urllib.request.urlopen(asks, timeout=30) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        raise AssertionError(json.load(error)["error"]["message"]) from error


def needed():
    """For setUpModule: these tests must never reach the real API."""
    try:
        ask("GET", "/health")
    except OSError as error:
        raise unittest.SkipTest("not under offwire run: see README.md") from error


def operations():
    """The names of the rules that have answered, in order."""
    return [call["rule"] for call in ask("GET", "/calls")["calls"]]


def resources(kind):
    return ask("GET", "/resources/" + kind)["items"]
