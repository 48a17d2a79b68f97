"""Forks behind a first request; the child asks, the parent asks once more.

A line for each: who it was, its process, and what it got.
"""

import multiprocessing
import os
import sys
import urllib.request

url = sys.argv[1]


def ask(who):
    with urllib.request.urlopen(url) as answer:
        print(who, os.getpid(), answer.read().decode(), flush=True)


ask("parent")
child = os.fork()
if child == 0:
    ask("child")
    os._exit(0)
status = os.waitpid(child, 0)[1]
ask("parent")
# Forked by a library, with a thread of its own in the parent.
with multiprocessing.get_context("fork").Pool(1) as pool:
    pool.map(ask, ["pool"])
sys.exit(status)
