#!/bin/sh
# Resources that do something by themselves: they call the program when it is
# time, although nobody looks at them.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/../lib/session.sh"

python=/usr/bin/python3

rules <<'END'
{ "offwire": 1, "hosts": ["api.example.com"], "resources": {
  "job": {
    "at": "/jobs", "id": "j%d", "create": { "hook": "{{ req.json.hook }}" }, "hidden": ["hook"],
    "timeline": [
      { "at": "30s", "set": { "status": "half" },
        "after": { "request": { "url": "{{ self.hook }}/{{ self.id }}/{{ self.status }}" } } },
      { "at": "60s", "set": { "status": "done" }, "make": { "type": "note", "set": { "of": "{{ self.id }}" } },
        "after": { "delay": "10s", "request": { "url": "{{ self.hook }}/{{ self.id }}/{{ self.status }}" } } } ],
    "actions": { "POST /{id}/cancel": { "set": { "status": "cancelled" }, "stop": true } } },
  "note": { "at": "/notes", "id": "n%d" } } }
END

cat >"$work/listen.py" <<'END'
import http.server, json, sys, threading, urllib.request

came, news = [], threading.Condition()


class Hook(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        with news:
            came.append(self.path)
            news.notify()
        self.send_response(204)
        self.end_headers()

    def log_message(self, *words):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
threading.Thread(target=server.serve_forever, daemon=True).start()
base = "http://127.0.0.1:%d" % server.server_port


def ask(url, data=None):
    body = None if data is None else json.dumps(data).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body)) as answer:
        return json.load(answer)


def control(path, data=None):
    return ask("http://offwire.test/" + path, data)


def wait(n):
    with news:
        news.wait_for(lambda: len(came) >= n, 50)
        print(" ".join(came), flush=True)


def make():
    return ask("https://api.example.com/jobs", {"hook": base})["id"]


def frozen():
    control("clock", {"freeze": True})
    make()
    control("clock", {"advance": "30s"})
    wait(1)
    control("clock", {"advance": "40s"})
    wait(2)
    print(control("resources/note")["items"])
    ask("https://api.example.com/jobs/%s/cancel" % make(), {})
    make()
    control("clock", {"advance": "62s"})
    wait(3)
    control("reset", {})
    control("clock", {"advance": "100s"})
    make()
    control("clock", {"advance": "30s"})
    wait(4)
    print(control("resources/note")["count"], len(came))


if sys.argv[1] == "frozen":
    frozen()
else:
    make()
    with news:
        news.wait_for(lambda: len(came) >= 2, 50)
    # Where a turn comes late, both are due at once, and each finds its own way.
    print(" ".join(sorted(came)))
END

said=$(ow "$python" "$work/listen.py" frozen 2>"$work/stderr")
status=$?
last=$(tail -n 1 "$work/stderr")
was_there "Python" '"rule":"job.create"'
is "steps call when the clock comes to them, not when stopped or reset" \
    "$status $said" \
    "0 /j1/half
/j1/half /j1/done
[{'id': 'n1', 'of': 'j1'}]
/j1/half /j1/done /j3/half
/j1/half /j1/done /j3/half /j1/half
0 4"
like "what a step to come would have sent is told" "$last" \
    'offwire: 1 call back was not sent: the program had ended; it is GET http://127.0.0.1:*/j1/done of the rule "job.timeline" (*), which was due * s later'
ok "and is in the journal" grep -q \
    '"rule":"job.timeline".*/j1/done".*"ended":"cancelled","text":"the programs had ended"' \
    "$kept/journal.jsonl"
ok "what a reset takes back is in the journal" \
    grep -q '"ended":"cancelled".*"what it tells of' "$kept/journal.jsonl"

rm -rf "$kept"
said=$(timeout 60 "$offwire" run --speed 1000 --keep "$kept" --rules "$rules" \
    -- "$python" "$work/listen.py" fast 2>&1)
status=$?
was_there "Python" '"rule":"job.create"'
is "and they follow --speed" "$status $said" "0 /j1/done /j1/half"

done_testing
