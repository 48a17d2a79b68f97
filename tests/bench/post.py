#!/usr/bin/python3
"""post.py COUNT URL: POSTs with httpx on one kept-alive connection; prints
the median in nanoseconds. Called by bench.py."""
import statistics
import sys
import time

import httpx


def main():
    count, url = int(sys.argv[1]), sys.argv[2]
    took = []
    with httpx.Client() as client:
        for _ in range(count + 2):
            begin = time.monotonic_ns()
            answer = client.post(url, json={"question": "how long?"})
            answer.raise_for_status()
            took.append(time.monotonic_ns() - begin)
    print(int(statistics.median(took[2:])))


main()
