#!/usr/bin/python3
"""py_resources.py WHAT [ARGUMENT...] against https://api.openai.com, with
Python's own urllib and its verification on.

  make COUNT [PROGRAMS]
               creates so many jobs, one after the other, when so many programs
               are there to do so; prints their ids
  all          the ids of all jobs, page by page, oldest first
  wait ID      polls a job until it has ended; prints each status that it saw
  message TEXT creates a thread with a message, reads both, deletes the thread
"""
import json
import sys
import time
import urllib.error
import urllib.request

API = "https://api.openai.com/v1"


def ask(method, path, value=None):
    request = urllib.request.Request(
        API + path, method=method,
        data=None if value is None else json.dumps(value).encode(),
        headers={"Content-Type": "application/json",
                 "Authorization": "Bearer sk-test"})
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)


def make(count, programs=1):
    ask("POST", "/threads", {})
    while len(ask("GET", "/threads")[1]["data"]) < int(programs):
        time.sleep(0.005)
    for _ in range(int(count)):
        print(ask("POST", "/fine_tuning/jobs", {"model": "m"})[1]["id"])


def list_all():
    after, more = "", True
    while more:
        page = ask("GET", "/fine_tuning/jobs?order=asc&limit=100" + after)[1]
        for job in page["data"]:
            print(job["id"])
        more = page["has_more"]
        after = "&after=" + page["data"][-1]["id"] if more else ""


def wait(job):
    seen = [""]
    while seen[-1] not in ("succeeded", "failed", "cancelled"):
        status = ask("GET", "/fine_tuning/jobs/" + job)[1]["status"]
        if status != seen[-1]:
            seen.append(status)
        time.sleep(0.005)
    print(*seen[1:])


def message(text):
    thread = ask("POST", "/threads", {})[1]["id"]
    path = "/threads/%s/messages" % thread
    made = ask("POST", path, {"role": "user", "content": text})[1]
    print(made == ask("GET", path + "/" + made["id"])[1], made["content"])
    print(ask("DELETE", "/threads/" + thread)[1])
    print(ask("GET", path + "/" + made["id"])[0])


if __name__ == "__main__":
    {"make": make, "all": list_all, "wait": wait, "message": message}[
        sys.argv[1]](*sys.argv[2:])
