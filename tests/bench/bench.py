#!/usr/bin/python3
"""bench.py TOP [--quick] [ROW...]: the rows of docs/benchmarks.md.

Each row compares Offwire with nginx doing the same on loopback, from runs that
take turns, so that a busy moment of the machine hits both; medians decide. Two
rows have no other side and are absolute: event timing, and the host's memory.
Called by scripts/bench, which builds first.
"""
import argparse
import datetime
import json
import os
import platform
import re
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import typing

NAME = "bench.test"
BIG = 500 * 1000 * 1000
RUN_LIMIT = 120  # seconds; no run of a program may take longer

NGINX_CONFIG = """
daemon off;
worker_processes 1;
{user}
pid {dir}/nginx.pid;
error_log {dir}/error.log crit;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    tcp_nodelay on;
    sendfile on;
    tcp_nopush on;
    keepalive_requests 100000000;
    keepalive_timeout 600s;
    client_max_body_size 0;
    default_type application/json;
    client_body_temp_path {dir}/body;
    proxy_temp_path {dir}/proxy;
    fastcgi_temp_path {dir}/fastcgi;
    uwsgi_temp_path {dir}/uwsgi;
    scgi_temp_path {dir}/scgi;
    ssl_certificate {dir}/leaf.pem;
    ssl_certificate_key {dir}/leaf.key;
    ssl_protocols TLSv1.2 TLSv1.3;
    open_file_cache max=16;
    server {{
        listen 127.0.0.1:{http};
        listen 127.0.0.1:{https} ssl;
        listen 127.0.0.1:{h2} ssl http2;
        server_name {name};
        root {dir};
        location = /small {{ return 200 '{small}'; }}
        location = /upload {{ return 200 '{small}'; }}
        # A server must have the body before it answers to what is in it:
        # behind a proxy nginx reads it whole, as Offwire does.
        location = /post {{ proxy_pass http://127.0.0.1:{http}/small; }}
        location = /big.bin {{ }}
    }}
}}
"""
SMALL = json.dumps({"id": "1", "object": "answer", "text": "x" * 60})


class Failed(Exception):
    """A row could not be measured; the text says why."""


def call(argv, env=None, cpu=None, text=None):
    """Runs a program to its end and returns what it printed."""
    if cpu is not None:
        argv = ["taskset", "-c", str(cpu)] + argv
    done = subprocess.run(argv, env=env, input=text, capture_output=True,
                          text=True, timeout=RUN_LIMIT, check=False)
    if done.returncode != 0:
        raise Failed("%s: status %d: %s" % (
            " ".join(argv), done.returncode, done.stderr.strip()[-500:]))
    return done.stdout + done.stderr


def first_number(text):
    return float(text.split()[0])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(condition, what, seconds=10):
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise Failed(what + " did not come up")
        time.sleep(0.02)


class Nginx:
    """nginx with one worker, an EC P-256 certificate and files of its own."""

    def __init__(self, folder):
        self.dir = folder
        self.http, self.https = free_port(), free_port()
        self.h2 = free_port()
        self.ca = folder + "/ca.pem"
        self.make_certificates()
        user = "user root;" if os.geteuid() == 0 else ""
        with open(folder + "/nginx.conf", "w", encoding="utf-8") as out:
            out.write(NGINX_CONFIG.format(
                user=user, dir=folder, http=self.http, https=self.https,
                h2=self.h2,
                name=NAME, small=SMALL))
        binary = shutil.which("nginx") or "/usr/sbin/nginx"
        self.process = subprocess.Popen(
            [binary, "-p", folder, "-c", folder + "/nginx.conf"],
            stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_for(self.answers, "nginx")

    def make_certificates(self):
        def run(*args):
            call(["openssl"] + list(args))
        here = self.dir
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                   "-nodes"]
        run("req", "-x509", *new_key, "-keyout", here + "/ca.key",
            "-out", self.ca, "-days", "2", "-subj", "/CN=bench CA")
        run("req", *new_key, "-keyout", here + "/leaf.key",
            "-out", here + "/leaf.csr", "-subj", "/CN=" + NAME)
        with open(here + "/san", "w", encoding="utf-8") as out:
            out.write("subjectAltName=DNS:%s\n" % NAME)
        run("x509", "-req", "-in", here + "/leaf.csr", "-CA", self.ca,
            "-CAkey", here + "/ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", here + "/san", "-out", here + "/leaf.pem")

    def answers(self):
        if self.process.poll() is not None:
            raise Failed("nginx ended at once; see its configuration")
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.https)) == 0

    def pids(self):
        """The worker; the master has no part in any answer."""
        with open("/proc/%d/task/%d/children" % (
                self.process.pid, self.process.pid), encoding="ascii") as f:
            return [int(pid) for pid in f.read().split()]

    def to(self, scheme):
        return ["--to", "127.0.0.1:%d" % (
            self.https if scheme == "https" else self.http)]

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=10)


class Session:
    """A host with these rules, held open by a shell that waits for stdin;
    env is what a program under it has."""

    def __init__(self, bench, rules, *options):
        file = os.path.join(bench.dir, "env-%d" % time.monotonic_ns())
        self.process = subprocess.Popen(
            [bench.offwire, "run", "--rules", rules, *options, "--", "sh", "-c",
             'env -0 >"$0.new" && mv "$0.new" "$0"; read line', file],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
        wait_for(lambda: self.process.poll() is not None
                 or os.path.exists(file), "offwire run")
        if self.process.poll() is not None:
            raise Failed("offwire run ended with %d" % self.process.returncode)
        with open(file, "rb") as f:
            self.env = dict(
                entry.split("=", 1) for entry in
                os.fsdecode(f.read()).split("\0") if "=" in entry)

    def pids(self):
        return [self.process.pid]

    def memory(self):
        """Rss in KiB, right now."""
        with open("/proc/%d/smaps_rollup" % self.process.pid,
                  encoding="ascii") as f:
            return int(re.search(r"^Rss:\s+(\d+)", f.read(), re.M).group(1))

    def reset_peak(self):
        with open("/proc/%d/clear_refs" % self.process.pid, "w",
                  encoding="ascii") as f:
            f.write("5")

    def peak(self):
        with open("/proc/%d/status" % self.process.pid, encoding="ascii") as f:
            return int(re.search(r"^VmHWM:\s+(\d+)", f.read(), re.M).group(1))

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=20)


class Turns(typing.NamedTuple):
    """Medians of both sides. The ratio is that of each pair of neighbours in
    time: a machine has times in which all of it is slower, and a median of one
    side may be of another time than the other's."""
    ours: float
    theirs: float
    ratio: float

    @classmethod
    def of(cls, pairs):
        ours, theirs = zip(*pairs)
        return cls(statistics.median(ours), statistics.median(theirs),
                   statistics.median(a / b for a, b in pairs))


class Bench:
    """What all rows share, and the table they fill."""

    def __init__(self, top, quick):
        self.top, self.quick = top, quick
        self.build = top + "/build"
        self.offwire = self.build + "/offwire"
        self.rows = []
        self.dir = tempfile.mkdtemp(prefix="offwire-bench.")
        # A link, because the loader cuts LD_PRELOAD at spaces; so the shim
        # must be told where the command is.
        self.shim = self.dir + "/liboffwire.so"
        os.symlink(self.build + "/liboffwire.so", self.shim)
        os.environ["OFFWIRE_HOST"] = self.offwire
        self.nginx = None
        self.session = None

    def start(self):
        with open(self.dir + "/big.bin", "wb") as out:
            out.truncate(BIG)
        self.rules = self.write_rules("main.json", [
            {"when": {"path": "/small"}, "then": canned()},
            {"when": {"path": "/post"}, "then": canned()},
            {"when": {"path": "/upload"}, "then": canned()},
            {"when": {"path": "/big.bin"}, "then": {"file": "big.bin"}},
            {"when": {"path": "/sse"},
             "then": {"stream": {"sse": [{"data": str(i)} for i in range(50)],
                                 "every": "20ms"}}}])
        self.nginx = Nginx(self.dir)
        self.session = Session(self, self.rules)
        time.sleep(0.2)
        self.idle = self.session.memory()

    def stop(self):
        for part in (self.session, self.nginx):
            if part:
                part.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def write_rules(self, name, rules):
        path = os.path.join(self.dir, name)
        with open(path, "w", encoding="utf-8") as out:
            json.dump({"offwire": 1, "hosts": [NAME], "rules": rules}, out)
        return path

    def program(self, name):
        return "%s/tests/bench/%s" % (self.build, name)

    def rounds(self, full):
        return 3 if self.quick else full

    def add(self, name, ours, theirs, unit, reach=None, difference=False,
            ratio=None):
        """One line of the table; reach is the most that the ratio (ours alone
        if theirs is None, ours minus theirs for a difference) may be, or the
        least if it is negative. ratio: known better than by these two."""
        if theirs is None:
            value = ours
        elif ratio is not None:
            value = ratio
        else:
            value = ours - theirs if difference else ours / theirs
        good = (reach is None or
                (value <= reach if reach >= 0 else value >= -reach))
        row = (name, ours, theirs, unit, value, reach, difference, good)
        self.rows.append(row)
        print_row(row)

    def compare(self, name, took, scale, unit, reach=None):
        """The line of runs that took turns; scale of what they say is one
        unit."""
        self.add(name, took.ours / scale, took.theirs / scale, unit, reach,
                 ratio=took.ratio)

    def pairs(self, ours, theirs, rounds):
        """Of runs that take turns; who begins changes each time."""
        pairs = []
        for i in range(rounds):
            if i % 2 == 0:
                mine, other = ours(), theirs()
            else:
                other, mine = theirs(), ours()
            pairs.append((mine, other))
        return pairs

    def turns(self, ours, theirs, rounds):
        return Turns.of(self.pairs(ours, theirs, rounds))

    def pin(self, cpus):
        for pid in self.session.pids() + self.nginx.pids():
            os.sched_setaffinity(pid, cpus)


def canned():
    return {"text": SMALL, "headers": {"content-type": "application/json"}}


def print_row(row):
    name, ours, theirs, unit, value, reach, difference, good = row
    print("%-52s %11s %11s %8s %9s  %s" % (
        name, number(ours) + unit,
        "-" if theirs is None else number(theirs) + unit,
        "-" if theirs is None else number(value) + (unit if difference else ""),
        reach_text(row), "-" if reach is None else "ok" if good else "MISS"))
    sys.stdout.flush()


def reach_text(row):
    reach = row[5]
    if reach is None:
        return "-"
    unit = row[3] if row[2] is None or row[6] else ""
    return ("<= " if reach >= 0 else ">= ") + number(abs(reach)) + unit


def number(value):
    return "%.0f" % value if abs(value) >= 1000 else "%.4g" % value


# The rows, in the order of the table.

def empty_object(bench):
    """A preload without any symbol: what ld.so alone costs with one more
    object to look through."""
    path = bench.dir + "/empty.so"
    call(["cc", "-shared", "-o", path, "-x", "c", os.devnull])
    return path


def instructions(argv, env):
    """What a process executes by itself, outside of the kernel."""
    said = call(["valgrind", "--tool=callgrind",
                 "--callgrind-out-file=/dev/null"] + argv, env=env)
    # The process itself, not a child it may start.
    pid = re.search(r"^==(\d+)== Callgrind", said, re.M).group(1)
    return float(re.search(r"==%s== Collected : (\d+)" % pid, said).group(1))


def row_process(bench):
    """a process that uses no network: instructions and wall time"""
    plain = dict(os.environ)
    shimmed = dict(plain, LD_PRELOAD=bench.shim, OFFWIRE_RULES=bench.rules)
    for argv, reach in ((["true"], None), (["bash", "-c", ":"], None),
                        (["/usr/bin/python3", "-c", "0"], 1.02),
                        (["curl", "--version"], 1.02)):
        counts = bench.turns(lambda a=argv: instructions(a, shimmed),
                             lambda a=argv: instructions(a, plain),
                             1 if bench.quick else 3)
        bench.compare("instructions of " + " ".join(argv), counts, 1e6, "M",
                      reach)
    empty = dict(plain, LD_PRELOAD=empty_object(bench))
    bench.add("the same with an empty object preloaded instead of ours",
              instructions(argv, empty) / 1e6, counts.theirs / 1e6, "M")
    count = "100" if bench.quick else "400"
    spawn = bench.program("spawn")
    took = bench.turns(
        lambda: first_number(call(
            [spawn, "-n", count, "-p", bench.shim, "--", "true"],
            env=dict(plain, OFFWIRE_RULES=bench.rules))),
        lambda: first_number(call([spawn, "-n", count, "--", "true"])),
        bench.rounds(9))
    bench.add("wall time of true: ours minus plain", took.ours / 1e6,
              took.theirs / 1e6, "ms", 0.3, difference=True)


def row_easy(bench):
    """setopt and perform in libcurl for a host that no rule knows"""
    easy = bench.program("easy")
    if not os.path.exists(easy):
        raise Failed("libcurl's headers are missing")
    path = bench.dir + "/elsewhere.json"
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"offwire": 1, "hosts": ["elsewhere.test"],
                   "rules": [{"then": canned()}]}, out)
    session = Session(bench, path)
    # The same variables: libcurl asks for some in each transfer.
    plain = dict(session.env)
    plain.pop("LD_PRELOAD")

    def each(argv, env, few, many):
        """Of one transfer; what the start costs is in both counts."""
        return (instructions(argv + ["-n", str(many)], env)
                - instructions(argv + ["-n", str(few)], env)) / (many - few)
    try:
        for name, scheme, port, new, reach in (
                ("https, a new handle each", "https", bench.nginx.https, True,
                 1.01),
                ("http, a new handle each", "http", bench.nginx.http, True,
                 None),
                ("http, one handle and connection", "http", bench.nginx.http,
                 False, None)):
            counts = (5, 25) if scheme == "https" else (100, 300)
            argv = [easy, "http://127.0.0.1:%d/small" % port]
            if scheme == "https":
                argv = [easy, "--ca", bench.nginx.ca, "--resolve",
                        "%s:%d:127.0.0.1" % (NAME, port),
                        "https://%s:%d/small" % (NAME, port)]
            argv += ["--new"] if new else []
            took = bench.turns(lambda a=argv, c=counts: each(
                a, session.env, *c), lambda a=argv, c=counts: each(
                    a, plain, *c), 1 if bench.quick else 5)
            bench.compare("instructions of a transfer to a host that is not ours, "
                      + name, took, 1e3, "k", reach)
    finally:
        session.stop()


def curl_argv(bench):
    # nginx speaks HTTP/1.1 at that port; h2 has rows of its own.
    return ["curl", "-sS", "--http1.1", "--cacert", bench.nginx.ca, "-o", "/dev/null"]


def where_nginx_has_the_name(bench):
    """What to put before a command, so that it finds nginx by the production
    name as curl finds names: with --resolve it would look none up. A mount
    namespace has an /etc/hosts of its own; without one the file is as it is."""
    hosts = bench.dir + "/hosts"
    with open("/etc/hosts", encoding="utf-8") as old, \
            open(hosts, "w", encoding="utf-8") as new:
        new.write(old.read() + "\n127.0.0.1 %s\n" % NAME)
    own = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else
                                    ["--map-root-user"])
    within = own + ["sh", "-c", 'mount --bind "$0" /etc/hosts && exec "$@"',
                    hosts]
    done = subprocess.run(within + ["true"], capture_output=True, check=False)
    return within if done.returncode == 0 else []


def compare_curl(bench, name, argv, ours, theirs, reach):
    """ours: options of spawn, and the environment; theirs: that alone."""
    spawn = [bench.program("spawn"), "-n", "5" if bench.quick else "10"]
    url = "https://%s:%d/small" % (NAME, bench.nginx.https)
    within = where_nginx_has_the_name(bench)
    to_nginx = [url] if within else [
        "--resolve", "%s:%d:127.0.0.1" % (NAME, bench.nginx.https), url]
    took = bench.turns(
        lambda: first_number(call(
            spawn + ours[0] + ["--"] + argv + ["https://%s/small" % NAME],
            env=ours[1])),
        lambda: first_number(call(
            within + spawn + ["--"] + argv + to_nginx, env=theirs)),
        bench.rounds(21))
    bench.compare(name, took, 1e6, "ms", reach)


def row_curl_cold(bench):
    """curl over https with a bare LD_PRELOAD, the host started by it"""
    env = dict(os.environ, OFFWIRE_RULES=bench.rules)
    compare_curl(bench, "bare LD_PRELOAD curl, host started by it",
                 curl_argv(bench), (["-p", bench.shim], env), None, 1.9)


def row_curl_warm(bench):
    """the same curl inside a running session"""
    compare_curl(bench, "curl inside a running session", curl_argv(bench),
                 ([], bench.session.env), None, 1.15)


def default_bundle(bench):
    """The system's roots and nginx's CA in one file: the default store of a
    machine on which that CA was installed."""
    system = "/etc/ssl/certs/ca-certificates.crt"
    path = bench.dir + "/default.pem"
    try:
        with open(path, "wb") as out:
            for part in (system, bench.nginx.ca):
                with open(part, "rb") as f:
                    shutil.copyfileobj(f, out)
    except OSError as error:
        raise Failed("no default store: %s" % error) from error
    return path


def row_default_store(bench):
    """curl over https with the system's roots, in a running session"""
    theirs = dict(os.environ, CURL_CA_BUNDLE=default_bundle(bench))
    compare_curl(bench, "curl with the default trust store",
                 ["curl", "-sS", "--http1.1", "-o", "/dev/null"],
                 ([], bench.session.env), theirs, 0.45)


def row_post(bench):
    """a POST from Debian's httpx"""
    script = ["/usr/bin/python3", bench.top + "/tests/bench/post.py", "20"]
    took = bench.turns(
        lambda: first_number(call(script + ["http://%s/post" % NAME],
                                  env=bench.session.env)),
        lambda: first_number(call(
            script + ["http://127.0.0.1:%d/post" % bench.nginx.http])),
        bench.rounds(5))
    bench.compare("POST from httpx, p50", took, 1e6, "ms", 0.05)


def compare_latency(bench, name, scheme, options, reach, rounds, cpu=None):
    latency = [bench.program("latency"), "--ca", bench.nginx.ca] + options
    url = "%s://%s/small" % (scheme, NAME)
    took = bench.turns(
        lambda: first_number(call(latency + [url], env=bench.session.env,
                                  cpu=cpu)),
        lambda: first_number(call(latency + bench.nginx.to(scheme) + [url],
                                  cpu=cpu)),
        rounds)
    bench.compare(name, took, 1e3, "us", reach)


def both_pinnings(bench, name, scheme, options, reaches):
    """Pinned to one CPU, then not; reaches are the two figures."""
    everywhere = os.sched_getaffinity(0)
    cpu = max(everywhere)
    bench.pin({cpu})
    try:
        compare_latency(bench, name + ", on one CPU", scheme, options,
                        reaches[0], bench.rounds(21), cpu)
    finally:
        bench.pin(everywhere)
    compare_latency(bench, name, scheme, options, reaches[1],
                    bench.rounds(21))


def row_keepalive(bench):
    """kept-alive requests, p50"""
    count = "2000" if bench.quick else "5000"
    for scheme in ("http", "https"):
        both_pinnings(bench, "kept-alive %s request, p50" % scheme, scheme,
                      ["-n", count], (1.15, None))


def row_newconn(bench):
    """a new https connection for each request, p50"""
    count = "100" if bench.quick else "300"
    both_pinnings(bench, "new https connection, p50", "https",
                  ["--new", "-n", count], (None, 1.0))
    compare_latency(bench, "new https connection with its look-up, p50",
                    "https", ["--new", "--look-up", "-n", count], None,
                    bench.rounds(11))


def row_h2(bench):
    """h2load: kept-alive requests one by one, p50; 64 streams"""
    if not shutil.which("h2load"):
        raise Failed("h2load is missing (nghttp2-client)")
    log = bench.dir + "/h2load.log"
    url = "https://%s/small" % NAME
    to_nginx = ["--connect-to=127.0.0.1:%d" % bench.nginx.h2]

    def load(options, env=None):
        if os.path.exists(log):
            os.unlink(log)
        said = call(["h2load", "-c", "1"] + options + [url], env=env)
        if " 0 failed, 0 errored" not in said:
            raise Failed("h2load had failures")
        return said

    def p50(options, env=None):
        load(["-m", "1", "-n", "2000" if bench.quick else "10000",
              "--log-file=" + log] + options, env)
        with open(log, encoding="ascii") as lines:
            return statistics.median(int(line.split()[2]) for line in lines)

    def rate(options, env=None):
        said = load(["-m", "64", "-n", "20000" if bench.quick else "100000"]
                    + options, env)
        return float(re.search(r"([0-9.]+) req/s", said).group(1))

    took = bench.turns(lambda: p50([], bench.session.env),
                       lambda: p50(to_nginx), bench.rounds(7))
    bench.compare("h2: kept-alive request, p50", took, 1, "us", 1.2)
    rates = bench.turns(lambda: rate([], bench.session.env),
                        lambda: rate(to_nginx), bench.rounds(7))
    bench.compare("h2: 64 streams, requests a second", rates, 1, "", -0.6)


def row_throughput(bench):
    """64 connections, requests a second"""
    seconds = "1" if bench.quick else "3"
    for scheme in ("http", "https"):
        load = [bench.program("throughput"), "--ca", bench.nginx.ca,
                "-c", "64", "-s", seconds]
        url = "%s://%s/small" % (scheme, NAME)
        rate = bench.turns(
            lambda l=load, u=url: first_number(
                call(l + [u], env=bench.session.env)),
            lambda l=load, s=scheme, u=url: first_number(
                call(l + bench.nginx.to(s) + [u])),
            bench.rounds(7))
        bench.compare("64 connections, %s requests a second" % scheme, rate, 1,
                      "", -0.6)


def row_multi(bench):
    """100 transfers at once in one multi handle of libcurl"""
    port = bench.nginx.https
    multi = [bench.program("multi"), "--ca", bench.nginx.ca,
             "-c", "100", "-n", "3" if bench.quick else "10"]
    both = [multi + ["https://%s/small" % NAME],
            multi + ["--resolve", "%s:%d:127.0.0.1" % (NAME, port),
                     "https://%s:%d/small" % (NAME, port)]]
    if not os.path.exists(multi[0]):
        raise Failed("libcurl's headers are missing")
    # Both figures are of the same runs.
    runs = bench.pairs(
        *(lambda side=side, env=env: [float(word) for word in call(
            side, env=env).split()]
          for side, env in zip(both, (bench.session.env, None))),
        bench.rounds(11))
    for column, name in enumerate((
            "100 transfers at once, https, new connections",
            "the same once more, connections kept")):
        bench.compare(name, Turns.of([(ours[column], theirs[column])
                                      for ours, theirs in runs]), 1e6, "ms", 1.1)


def row_rules(bench):
    """a request matching the last of 10,000 rules; loading them"""
    rules = [{"when": {"method": "GET", "path": "/v1/thing%d/{id}" % i},
              "then": canned()} for i in range(10000)]
    many = bench.write_rules("many.json", rules)
    one = bench.write_rules("one.json", rules[-1:])
    count = "2000" if bench.quick else "10000"
    argv = [bench.program("latency"), "-n", count,
            "http://%s/v1/thing9999/7" % NAME]
    loaded = [Session(bench, many), Session(bench, one)]
    everywhere = os.sched_getaffinity(0)
    cpu = max(everywhere)
    try:
        for session in loaded:
            for pid in session.pids():
                os.sched_setaffinity(pid, {cpu})
        took = bench.turns(
            lambda: first_number(call(argv, env=loaded[0].env, cpu=cpu)),
            lambda: first_number(call(argv, env=loaded[1].env, cpu=cpu)),
            bench.rounds(11))
    finally:
        for session in loaded:
            session.stop()
    bench.compare("last of 10,000 rules / one rule, p50, on one CPU", took, 1e3,
                  "us", 1.1)
    spawn = [bench.program("spawn"), "-n", "5", "--", bench.offwire, "run"]
    took = bench.turns(
        lambda: first_number(call(spawn + ["--rules", many, "--", "true"])),
        lambda: first_number(call(spawn + ["--rules", one, "--", "true"])),
        bench.rounds(5))
    bench.add("loading 10,000 rules: a session with them minus one with one",
              took.ours / 1e6, took.theirs / 1e6, "ms", 150, difference=True)


def row_template(bench):
    """a templated JSON answer beside a static one of the same size, p50"""
    static = {"id": "obj_" + "x" * 24, "object": "answer", "created": 1795000000,
              "model": "gpt-4o", "text": "y" * 60}
    rules = bench.write_rules("template.json", [
        {"when": {"path": "/static"}, "then": {"json": static}},
        {"when": {"path": "/template"}, "then": {"json": dict(
            static, id="{{ id('obj_', 24) }}", created="{{ now() }}",
            model="{{ req.query.model }}")}}])
    session = Session(bench, rules)
    everywhere = os.sched_getaffinity(0)
    cpu = max(everywhere)
    latency = [bench.program("latency"), "--ca", bench.nginx.ca,
               "-n", "2000" if bench.quick else "10000"]
    query = "?model=gpt-4o"
    try:
        for pid in session.pids():
            os.sched_setaffinity(pid, {cpu})
        took = bench.turns(
            *(lambda path=path: first_number(call(
                latency + ["http://%s/%s%s" % (NAME, path, query)],
                env=session.env, cpu=cpu)) for path in ("template", "static")),
            bench.rounds(11))
    finally:
        session.stop()
    bench.compare("templated JSON answer / static one of the same size, p50",
                  took, 1e3, "us", 1.3)


def row_resources(bench):
    """100,000 resources created, read and listed beside the first 1,000"""
    folder = bench.write_rules("resources.json", [])
    with open(folder, "w", encoding="utf-8") as out:
        json.dump({"offwire": 1, "hosts": [NAME], "resources": {"job": {
            "at": "/jobs", "id": "job-%d",
            "create": {"object": "job", "model": "{{ req.json.model }}",
                       "created_at": "{{ now() }}", "file": "{{ req.json.file }}"},
            "timeline": [{"at": 0, "set": {"status": "queued"}},
                         {"at": "1h", "set": {"status": "done"}}]}}}, out)
    argv = [bench.program("resources"), "--prefix", "job-", "-n",
            "10000" if bench.quick else "100000", "http://%s/jobs" % NAME]
    cpu = max(os.sched_getaffinity(0))
    took = []
    for _ in range(bench.rounds(5)):
        session = Session(bench, folder)
        try:
            for pid in session.pids():
                os.sched_setaffinity(pid, {cpu})
            took.append([float(n) for n in
                         call(argv, env=session.env, cpu=cpu).split()[:2]])
        finally:
            session.stop()
    bench.add("100,000 resources made and read: a request / of the first 1,000, "
              "p50", statistics.median(t[0] for t in took) / 1e3,
              statistics.median(t[1] for t in took) / 1e3, "us", 1.2)


def row_upload(bench):
    """a 500 MB upload over https: time and the host's memory"""
    latency = [bench.program("latency"), "--ca", bench.nginx.ca,
               "--upload", str(BIG)]
    url = "https://%s/upload" % NAME
    before = bench.session.memory()
    bench.session.reset_peak()
    took = bench.turns(
        lambda: first_number(call(latency + [url], env=bench.session.env)),
        lambda: first_number(call(latency + bench.nginx.to("https") + [url])),
        bench.rounds(5))
    grown = bench.session.peak() - before
    bench.compare("500 MB upload over https", took, 1e9, "s", 1.5)
    bench.add("the host's memory growth while it came", grown / 1024, None,
              "MiB", 8)


def row_download(bench):
    """a 500 MB canned file over https"""
    latency = [bench.program("latency"), "--ca", bench.nginx.ca, "--once"]
    url = "https://%s/big.bin" % NAME
    took = bench.turns(
        lambda: first_number(call(latency + [url], env=bench.session.env)),
        lambda: first_number(call(latency + bench.nginx.to("https") + [url])),
        bench.rounds(5))
    bench.compare("500 MB canned file over https", took, 1e9, "s", 1.3)


class OtherServer:
    """A program of tests/bench that serves until its stdin ends."""

    def __init__(self, bench, name):
        self.process = subprocess.Popen(
            [bench.program(name)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        self.to = ["--to", "127.0.0.1:" + self.process.stdout.readline().strip()]

    def stop(self):
        self.process.stdin.close()
        self.process.wait(timeout=10)
        self.process.stdout.close()


def lateness(bench, streams, turns, options=()):
    """p99 in milliseconds, of all events of all streams of the turns"""
    said = call([bench.program("sse"), *options, "-c", str(streams), "-n", "50",
                 "-e", "20000", "--turns", str(turns), "http://%s/sse" % NAME],
                env=bench.session.env)
    return float(said.split()[1]) / 1e6


def row_sse(bench):
    """events 20 ms apart: how late they come"""
    name = "events 20 ms apart, %s: p99 lateness"
    other = OtherServer(bench, "sse_server")
    # The p99 of fifty events is the very latest, and says more of the machine
    # than of who serves it: four streams in turn are one figure.
    late = bench.turns(
        lambda: lateness(bench, 1, 4),
        lambda: lateness(bench, 1, 4, other.to), bench.rounds(7))
    other.stop()
    bench.add(name % "1 stream", late.ours, None, "ms", 0.3)
    bench.add("the same of a process that only sleeps and writes", late.theirs,
              None, "ms")
    late = [lateness(bench, 1000, 1) for _ in range(bench.rounds(5))]
    bench.add(name % "1000 streams", statistics.median(late), None, "ms", 25)


def row_websocket_echo(bench):
    """a WebSocket's echo beside that of a minimal server on wslay, p50"""
    rules = bench.write_rules("echo.json", [
        {"when": {"path": "/echo", "upgrade": "websocket"},
         "then": {"websocket": [{"on": "message", "send": {"echo": True}}]}}])
    session, other = Session(bench, rules), OtherServer(bench, "ws_server")
    everywhere = os.sched_getaffinity(0)
    one = {max(everywhere)}
    echo = [bench.program("ws_echo"), "-n", "2000" if bench.quick else "20000"]
    url = "http://%s/echo" % NAME
    try:
        for cpus, what in ((one, ", on one CPU"), (everywhere, "")):
            cpu = max(one) if cpus is one else None
            for pid in session.pids() + [other.process.pid]:
                os.sched_setaffinity(pid, cpus)
            took = bench.turns(
                lambda c=cpu: first_number(
                    call(echo + [url], env=session.env, cpu=c)),
                lambda c=cpu: first_number(
                    call(echo + other.to + [url], cpu=c)),
                bench.rounds(11))
            bench.compare("WebSocket echo / a minimal wslay server, p50" + what,
                          took, 1e3, "us", 1.2)
    finally:
        session.stop()
        other.stop()


def row_websocket_streams(bench):
    """1,000 WebSockets with messages 20 ms apart: how late they come"""
    rules = bench.write_rules("streams.json", [
        {"when": {"path": "/ws"},
         "then": {"websocket": [
             {"send": ["data: %d" % i for i in range(50)],
              "every": "20ms"}]}}])
    session = Session(bench, rules)
    argv = [bench.program("sse"), "--websocket", "-c", "1000", "-n", "50",
            "-e", "20000", "http://%s/ws" % NAME]
    try:
        late = [float(call(argv, env=session.env).split()[1]) / 1e6
                for _ in range(bench.rounds(5))]
    finally:
        session.stop()
    bench.add("messages 20 ms apart, 1000 WebSockets: p99 lateness",
              statistics.median(late), None, "ms", 25)


def row_websocket_audio(bench):
    """100 streams of 1 MB up and tokens down at once: the host's memory"""
    token = {"tokens": [{"text": "Hel", "is_final": False}]}
    rules = bench.write_rules("audio.json", [
        {"when": {"path": "/transcribe-websocket", "upgrade": "websocket"},
         "then": {"websocket": [
             {"expect": {"json": {"api_key": "present"}}},
             {"on": "binary", "send": {"json": token}},
             {"on": {"size": 0}, "send": {"json": {"finished": True}},
              "close": 1000}]}}])
    session = Session(bench, rules)
    try:
        session.reset_peak()
        call(["/usr/bin/python3", bench.top + "/tests/bench/audio.py", "100",
              "1000000", "wss://%s/transcribe-websocket" % NAME],
             env=session.env)
        peak = session.peak()
    finally:
        session.stop()
    bench.add("the host's memory, 100 audio streams of 1 MB at once",
              peak / 1024, None, "MiB", 64)


def row_million(bench):
    """the host's memory after a million requests, their journal kept"""
    load = [bench.program("throughput"), "-c", "16"]
    few, many = 10_000, 100_000 if bench.quick else 1_000_000
    session = Session(bench, bench.rules)
    try:
        def memory_after(count):
            call(load + ["-n", str(count), "http://%s/small" % NAME],
                 env=session.env)
            return session.memory() / 1024
        before = memory_after(few)
        bench.add("the host's memory after %d requests / after %d" % (
            many, few), memory_after(many - few), before, "MiB", 1.05)
    finally:
        session.stop()


CHAT = "https://api.openai.com/v1/chat/completions"


def chat_request(**more):
    return json.dumps(dict(
        {"model": "gpt-4o-mini",
         "messages": [{"role": "user", "content": "Hello"}]}, **more))


def row_packs(bench):
    """loading all packs at once: a session with them minus one with one rule"""
    packs = [line.split()[0] for line in
             call([bench.offwire, "packs"]).splitlines() if line.split()]
    one = bench.write_rules("one.json", [{"then": canned()}])
    spawn = [bench.program("spawn"), "-n", "5" if bench.quick else "10", "--",
             bench.offwire, "run"]
    took = bench.turns(
        lambda: first_number(call(
            spawn + ["--rules", ":".join(packs), "--", "true"])),
        lambda: first_number(call(spawn + ["--rules", one, "--", "true"])),
        bench.rounds(11))
    bench.add("loading all %d packs: a session with them minus one with one "
              "rule" % len(packs), took.ours / 1e6, took.theirs / 1e6, "ms", 20,
              difference=True)


def row_chat(bench):
    """a chat completion through the pack beside a static answer, p50"""
    rules = bench.dir + "/chat.json"
    with open(rules, "w", encoding="utf-8") as out:
        json.dump({"offwire": 1, "replies": [{"text": "Nothing left this machine."}]},
                  out)
    body = json.loads(call([bench.offwire, "run", "--rules", rules + ":openai",
                            "--", "curl", "-sS", "-H", "Authorization: Bearer k",
                            "-d", chat_request(), CHAT]))
    static = bench.write_rules("static.json", [
        {"when": {"method": "POST", "path": "/static"}, "then": {"json": body}}])
    session = Session(bench, rules + ":openai:" + static)
    everywhere = os.sched_getaffinity(0)
    one = max(everywhere)
    latency = [bench.program("latency"), "--json", chat_request(),
               "-n", "2000" if bench.quick else "10000"]
    urls = (CHAT, "https://%s/static" % NAME)
    name = "a chat completion through the pack / the same as a static answer, p50"
    try:
        for cpus, cpu, what, reach in (({one}, one, ", on one CPU", None),
                                       (everywhere, None, "", 1.5)):
            for pid in session.pids():
                os.sched_setaffinity(pid, cpus)
            took = bench.turns(
                *(lambda url=url, cpu=cpu: first_number(call(
                    latency + [url], env=session.env, cpu=cpu))
                  for url in urls), bench.rounds(11))
            bench.compare(name + what, took, 1e3, "us", reach)
    finally:
        session.stop()


def row_chat_streams(bench):
    """500 streamed chat completions at once: how late their pieces come"""
    rules = bench.dir + "/chat-streams.json"
    with open(rules, "w", encoding="utf-8") as out:
        json.dump({"offwire": 1, "replies": [
            {"text": ["piece %d " % i for i in range(50)], "tps": 50}]}, out)
    # One event opens a stream, two end it; with the last one it was all there.
    argv = [bench.program("sse"), "-c", "500", "--skip", "1", "-n", "50",
            "--rest", "2", "-e", "20000", "--json", chat_request(stream=True),
            CHAT.replace("https", "http")]
    session = Session(bench, rules + ":openai")
    try:
        late = [float(call(argv, env=session.env).split()[1]) / 1e6
                for _ in range(bench.rounds(5))]
    finally:
        session.stop()
    bench.add("500 streamed chat completions at once, all whole: p99 lateness of "
              "their pieces", statistics.median(late), None, "ms", 25)


def row_flows(bench):
    """what testers of these APIs do, at --speed 100"""
    rules = bench.dir + "/flows.json"
    error = {"error": {"message": "Try again.", "type": "requests", "code": None}}
    with open(rules, "w", encoding="utf-8") as out:
        json.dump({"offwire": 1, "hosts": ["api.openai.com"], "replies": [
            {"prompt": "~weather", "tool_calls": [
                {"name": "get_weather", "arguments": {"city": "Paris"}}]},
            {"text": "It is sunny."}], "rules": [
                {"scenario": "failing", "repeat": "once", "then": [
                    {"status": status, "json": error}
                    for status in (429, 503, 429, 503, 429)]}]}, out)
    for flow, name, options in (
            ("fine-tuning", "a fine-tuning job of ten seconds", []),
            ("transcription", "a transcription that is waited for", []),
            ("retries", "five attempts that fail and one that does not",
             ["--scenario", "failing"]),
            ("tools", "an assistant's run with a tool", [])):
        took = []
        for _ in range(bench.rounds(7)):
            # One each: what fails five times does so once in a session.
            session = Session(bench, rules + ":openai:soniox", "--speed", "100",
                              *options)
            try:
                took.append(first_number(call(
                    ["/usr/bin/python3", bench.top + "/tests/bench/flows.py",
                     flow], env=session.env)) / 1e9)
            finally:
                session.stop()
        bench.add("at --speed 100: " + name, statistics.median(took), None, "s",
                  0.5)


def row_memory(bench):
    """the host's memory: idle, and after the rows before"""
    bench.add("the host's memory, idle", bench.idle / 1024, None, "MiB", 8)
    bench.add("the host's memory, after all of this",
              bench.session.memory() / 1024, None, "MiB", 24)


ROWS = [row_process, row_easy, row_curl_cold, row_curl_warm, row_default_store,
        row_post, row_keepalive, row_newconn, row_throughput, row_h2, row_multi,
        row_rules, row_template, row_resources, row_upload,
        row_download, row_sse,
        row_websocket_echo, row_websocket_streams, row_websocket_audio,
        row_packs, row_chat, row_chat_streams, row_flows,
        row_memory, row_million]


def row_name(row):
    return row.__name__[len("row_"):].replace("_", "-")


def machine(bench):
    """What was measured, and on what: lines for people."""
    with open("/proc/cpuinfo", encoding="utf-8") as f:
        model = re.search(r"model name\s*: (.*)", f.read())

    def line(*argv):
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        return (done.stdout + done.stderr).split("\n")[0].strip()
    commit = line("git", "-C", bench.top, "describe", "--always", "--dirty")
    return [
        "Date: " + datetime.date.today().isoformat(),
        "Processor: %s, %d CPUs" % (
            model.group(1) if model else platform.machine(), os.cpu_count()),
        "Kernel: %s %s" % (platform.system(), platform.release()),
        "System: " + platform.freedesktop_os_release().get("PRETTY_NAME", "?"),
        "C library: " + " ".join(platform.libc_ver()),
        "OpenSSL: " + line("openssl", "version"),
        "The other side: " + line(
            shutil.which("nginx") or "/usr/sbin/nginx", "-v"),
        "curl: " + line("curl", "--version"),
        "Offwire: %s (%s)" % (line(bench.offwire, "--version"), commit),
    ]


def write_report(bench):
    lines = ["# Benchmarks", "",
             "Written by `scripts/bench`, which see; its loads are in "
             "`tests/bench/`. Offwire and nginx do the same on loopback, in "
             "runs that take turns. The figures are medians of the runs; the ratio is "
             "the median of the ratios of runs that follow each other, which the "
             "machine's better and worse times move least. Absolute figures are "
             "this machine's, ratios travel.", ""]
    lines += ["- " + line for line in machine(bench)]
    lines += ["", "| row | ours | theirs | ratio | to reach | |",
              "|---|---|---|---|---|---|"]
    for row in bench.rows:
        name, ours, theirs, unit, value, reach, difference, good = row
        lines.append("| %s | %s | %s | %s | %s | %s |" % (
            name, number(ours) + " " + unit,
            "" if theirs is None else number(theirs) + " " + unit,
            "" if theirs is None else
            number(value) + (" " + unit if difference else ""),
            "" if reach is None else reach_text(row),
            "" if reach is None else "ok" if good else "**miss**"))
    lines += [
        "", "How to read it:", "",
        "- nginx: one worker, no access log, sendfile, an EC P-256 "
        "certificate, connections kept. The client is the same program with "
        "the same roots file for both; it reaches nginx by address, curl by "
        "the production name in an /etc/hosts of its own, and Offwire by "
        "that name, through the shim.",
        "- Process rows compare a program with the shim and without it. ld.so "
        "looks through one more object for each of curl's 20,000 symbols, so "
        "no preload comes below the row of the empty one. The rules row "
        "compares two sessions.",
        "- A transfer to a host that is not ours sets a dozen options of "
        "libcurl, performs, and asks for the status; counted is what one more "
        "transfer executes in the program, the kernel left out. Plain http over "
        "a kept connection has the least work of its own, so that the hooks "
        "weigh most there.",
        "- For the POST nginx passes the request on to itself, because only "
        "then it reads the body before it answers, as every server that looks "
        "at the body must; for the upload it throws the body away, which is "
        "the quicker thing.",
        "- Lateness of events: no event comes before it is due, so the least "
        "late event of a stream gives its schedule; the others are counted "
        "from there.",
        "- The rows of packs use these as they ship. A flow is timed from its "
        "first request to its last answer, as the program sees it, by a program "
        "that polls each 2 ms; what is left of it at `--speed 100` is a "
        "hundredth of the API's own time (0.1 s of the fine-tuning job's ten "
        "seconds), TLS and Python.",
        "- Memory is resident memory (`smaps_rollup`), libraries included; "
        "its growth is the peak during the uploads over what was there "
        "before.", ""]
    path = bench.top + "/docs/benchmarks.md"
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write("\n".join(lines))
    print("Written: docs/benchmarks.md")


def parse_arguments():
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="rows:\n" + "\n".join(
            "  %-11s %s" % (row_name(row), row.__doc__) for row in ROWS))
    parser.add_argument("top", help=argparse.SUPPRESS)
    parser.add_argument("--quick", action="store_true",
                        help="fewer and shorter runs, to see a trend")
    parser.add_argument("row", nargs="*", help="rows to run; default all")
    arguments = parser.parse_intermixed_args()
    names = [row_name(row) for row in ROWS]
    for name in arguments.row:
        if name not in names:
            parser.error("no row %r; there are: %s" % (name, ", ".join(names)))
    return arguments


def main():
    arguments = parse_arguments()
    bench = Bench(arguments.top, arguments.quick)
    failed = 0
    try:
        bench.start()
        print("%-52s %11s %11s %8s %9s" % (
            "row", "ours", "theirs", "ratio", "to reach"))
        for row in ROWS:
            if arguments.row and row_name(row) not in arguments.row:
                continue
            try:
                row(bench)
            except (Failed, subprocess.TimeoutExpired) as problem:
                print("%s: FAILED: %s" % (row_name(row), problem))
                failed += 1
        if not (arguments.row or arguments.quick or failed):
            write_report(bench)
    except Failed as problem:
        print("bench: %s" % problem, file=sys.stderr)
        failed += 1
    finally:
        bench.stop()
    misses = sum(1 for row in bench.rows if not row[7])
    print("%d rows, %d missed, %d failed" % (len(bench.rows), misses, failed))
    sys.exit(1 if misses or failed else 0)


main()
