"""Runs one Python SDK's table of checks inside of an Offwire session; run.mjs
says what a table, a check and a sweep are. Here they are

    TABLE = Table(pack="twilio", sdk="twilio (Debian 12)", version=...,
                  open=lambda: Client(...), checks=[
        Check("messages.create", "queued",
              lambda client, t: client.messages.create(...),
              lambda message, t: t.has(message, status="queued")),
        Check("messages.list", "503", lambda client, t: client.messages.list(),
              scenario="outage", by=["outage"], calls=1,
              throws=(TwilioRestException, {"status": 503})),
    ])

    offwire run --rules PACK -- run.py TABLE COVERAGE
"""
import importlib
import json
import os
import sys
import threading
import traceback
import urllib.error
import urllib.request
from dataclasses import dataclass, field

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


# In seconds: what waits for ever is to say so, and a busy machine is to have time.
PATIENCE = 180


@dataclass
class Check:
    route: str
    does: str
    call: object
    check: object = None
    scenario: str = ""
    by: list = field(default_factory=list)
    calls: int = None
    throws: tuple = None


@dataclass
class Table:
    pack: str
    sdk: str
    version: str
    open: object
    checks: list
    ways: dict = field(default_factory=dict)
    sweeps: list = field(default_factory=list)


@dataclass
class Sweep:
    """One scenario on all ways: ends(error, number, t) looks at what each came to."""
    scenario: str
    does: str
    by: list
    ends: object
    open: object = None
    first: object = None
    calls: int = None
    anew: bool = False
    without: tuple = ()


class Session:
    """The session, asked from inside: http://offwire.test/ (offwire-control(7))."""

    added = False

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request("http://offwire.test" + path, data=data,
                                         method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path}: {error.read().decode()}") from None

    def begin(self, scenario):
        if self.added:
            self.ask("DELETE", "/rules")
        self.added = False
        self.ask("POST", "/reset")
        self.ask("POST", "/clock", {"freeze": True, "speed": 100})
        self.ask("POST", "/scenario", {"only": [scenario] if scenario else []})
        return self.ask("GET", "/calls?limit=1")["last"]

    def again(self, scenario):
        self.ask("POST", "/reset")
        self.ask("POST", "/scenario", {"only": [scenario]})

    def since(self, number):
        return self.ask("GET", f"/calls?since={number}&limit=5000")

    def calls(self, number=0):
        return self.since(number)["calls"]

    def rules(self, **file):
        self.added = True
        self.ask("POST", "/rules", {"offwire": 1, **file})

    def freeze(self):
        self.ask("POST", "/clock", {"freeze": True})

    def resume(self):
        self.ask("POST", "/clock", {"resume": True})

    def hurry(self):
        self.ask("POST", "/clock", {"resume": True, "speed": 100000})

    def advance(self, duration):
        self.ask("POST", "/clock", {"advance": duration})


class Asserts:
    def __init__(self, session):
        self.session = session

    def equal(self, got, want):
        assert got == want, f"{got!r} is not {want!r}"

    def ok(self, value, what="it does not hold"):
        assert value, what

    def has(self, value, **members):
        for name, want in members.items():
            got = getattr(value, name)
            if callable(want):
                assert want(got), f"{name} is {got!r}"
            else:
                assert got == want, f"{name} is {got!r}, not {want!r}"

    def fails(self, call, kind, **members):
        try:
            result = call()
        except kind as error:
            self.has(error, **members)
            return error
        raise AssertionError(f"{kind.__name__} was to be raised, it gave {result!r}")

    def paced(self, start):
        """That a stream arrives in pieces and as time goes on, without a look at a
        clock: asserts.mjs says how."""
        self.session.freeze()
        items, ends = [], []
        time_goes_on = threading.Event()

        def read():
            try:
                for item in start():
                    items.append(item)
                ends.append(time_goes_on.is_set())
            except Exception as error:
                ends.append(error)

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        # A second question's answer comes behind what was due at the first.
        self.session.calls()
        self.session.calls()
        time_goes_on.set()
        self.session.resume()
        reader.join(PATIENCE)
        assert ends == [True], f"it ended while the clock stood still, or not: {ends}"
        assert len(items) > 1, "it came in one piece"
        return items

    def time_out(self, rule, count, call, kind):
        """Requests without an answer: each ends by the program's own timeout, until
        the session has seen so many. (One that a busy machine has not sent in time
        is none.)"""
        seen = 0
        while seen < count:
            self.fails(call, kind)
            seen = sum(one.get("rule") == rule for one in self.session.calls())


def ends(check, client, t):
    if check.throws:
        kind, members = check.throws
        t.fails(lambda: check.call(client, t), kind, **members)
        return
    result = check.call(client, t)
    if check.check:
        check.check(result, t)


def proved(by, count, calls):
    rules = [rule for call in calls
             for rule in [call.get("rule"), *call.get("over", [])] if rule]
    for name in by:
        assert any(name in (rule, rule.split(": ")[0]) for rule in rules), \
            f"no call was answered by {name}, but by {rules}"
    assert count in (None, len(calls)), f"{len(calls)} requests came: {rules}"
    return rules


def run(check, table, session):
    since = session.begin(check.scenario)
    ends(check, table.open(), Asserts(session))
    return proved(check.by or [check.route], check.calls, session.calls(since))


def outcome(way, client):
    try:
        way(client)
        return None
    except Exception as error:
        return error


def sweep(one, table, session, answered):
    """The routes that the scenario was with, and what went wrong."""
    client, t = (one.open or table.open)(), Asserts(session)
    since, routes, faults = session.begin(one.scenario), [], []
    if one.first:
        one.first(client, t)
        since = session.since(since)["last"]
    for number, (route, way) in enumerate(
            (route, way) for route, way in table.ways.items() if route not in one.without):
        if one.anew and number > 0:
            session.again(one.scenario)
        error = outcome(way, client)
        came = session.since(since)
        since = came["last"]
        try:
            one.ends(error, number, t)
            answered.update(proved([route if name == "*" else name for name in one.by],
                                   one.calls, came["calls"]))
            routes.append(route)
        except Exception as fault:
            faults.append(f"{route}: {fault}, of {error!r}")
    return routes, faults


def swept(table, session, answered):
    for one in table.sweeps:
        routes, faults = sweep(one, table, session, answered)
        print(f"{'not ok' if faults else 'ok'} - {table.sdk} {len(routes)} routes "
              f"({one.scenario}): {one.does}")
        for fault in faults:
            print("#", "\n# ".join(fault.splitlines()[:6]))
        if not faults:
            yield {"scenario": one.scenario, "does": one.does, "routes": routes}


def main(name, coverage):
    # The tables take Check from the module that they name, not from __main__.
    table = importlib.import_module(name).TABLE
    session, done, answered = Session(), [], set()
    for check in table.checks:
        scenario = f" ({check.scenario})" if check.scenario else ""
        title = f"{table.sdk} {check.route}{scenario}: {check.does}"
        try:
            answered.update(run(check, table, session))
            done.append({"route": check.route, "scenario": check.scenario,
                         "by": check.by, "does": check.does})
            print("ok -", title)
        except Exception:
            print("not ok -", title)
            for line in traceback.format_exc().splitlines()[-12:]:
                print("#", line)
    sweeps = list(swept(table, session, answered))
    whole = len(done) == len(table.checks) and len(sweeps) == len(table.sweeps)
    with open(coverage, "w", encoding="utf-8") as out:
        json.dump({"pack": table.pack, "sdk": table.sdk, "version": table.version,
                   "whole": whole, "checks": done, "swept": sweeps,
                   "answered": sorted(answered)}, out, indent=1)
        out.write("\n")
    return 0 if whole else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
