# Sends what the packs' cases send, and then each of these bodies with another
# value in each of its places: none of them may be answered by a template that
# failed. Its arguments are cases; what it prints is TAP's comments and a count.
import http.client
import json
import re
import sys

ODD = [None, 0, "", True, [], {}, [None], {"type": "x"}]
connections = {}
seen = set()
sent = failed = 0


def send(host, method, path, headers, body):
    global sent
    if host not in connections:
        kind = (http.client.HTTPConnection if host == "offwire.test"
                else http.client.HTTPSConnection)
        connections[host] = kind(host, timeout=120)
    try:
        connections[host].request(method, path, body, headers)
        answer = connections[host].getresponse()
        answer.read()
    except OSError:
        connections.pop(host).close()
        raise
    sent += 1
    return answer


def look(answer, method, host, path, what):
    global failed
    if answer.status == 500 and answer.headers["offwire-error"]:
        failed += 1
        print(f"# {method} {host}{path}, {what}: {answer.headers['offwire-error']}")


# The places of a value, each as the keys that lead to it.
def places(value, at=()):
    yield at
    inner = (value.items() if isinstance(value, dict)
             else enumerate(value[:2]) if isinstance(value, list) else ())
    for key, one in inner:
        yield from places(one, at + (key,))


def with_value(value, at, odd):
    if not at:
        return odd
    copy = dict(value) if isinstance(value, dict) else list(value)
    copy[at[0]] = with_value(copy[at[0]], at[1:], odd)
    return copy


# A route's path without what is different each time.
def route(path):
    return re.sub(r"[A-Za-z]*[_-]?[0-9A-Za-z]*\d{3,}[0-9A-Za-z]*", "*", path.partition("?")[0])


def play(host, head, body):
    lines = head.split("\n")
    method, path = lines[0].split(" ")[:2]
    headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
    headers = {k: v for k, v in headers.items() if k.lower() not in ("host", "content-length")}
    look(send(host, method, path, headers, body.encode() or None), method, host, path, "as it is")
    try:
        value = json.loads(body)
    except ValueError:
        return
    for at in places(value):
        key = (host, method, route(path), re.sub(r"\d+", "*", str(at)))
        if key in seen:
            continue
        seen.add(key)
        for odd in ODD:
            # A stream takes its time, and is no other value's.
            if at and at[-1] in ("stream", "background") and odd is True:
                continue
            text = json.dumps(with_value(value, at, odd))
            headers["content-type"] = "application/json"
            look(send(host, method, path, headers, text.encode()), method, host, path,
                 f"{'/'.join(map(str, at))} = {json.dumps(odd)}")


def play_case(name):
    host = "api.example.com"
    send("offwire.test", "POST", "/reset", {}, None)
    sections = re.split(r"^== ", open(name, encoding="utf-8").read(), flags=re.M)[1:]
    for section in sections:
        kind, _, text = section.partition("\n")
        word, _, argument = kind.partition(" ")
        if word == "peer":
            host = re.sub(r"^https?://", "", argument.strip())
        elif word == "after":
            send("offwire.test", "POST", "/clock", {"content-type": "application/json"},
                 json.dumps({"advance": argument.strip()}).encode())
        elif word == "request":
            head, _, body = text.strip("\n").partition("\n\n")
            if not head.split("\n")[0].endswith("HTTP/1.1") and "bytes)" not in body:
                play(host, head, body.strip("\n"))


for case in sys.argv[1:]:
    play_case(case)
print(f"{sent} requests, {failed} failed")
sys.exit(1 if failed else 0)
