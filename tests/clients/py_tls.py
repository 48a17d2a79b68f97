"""Python's requests against hosts whose TLS is wrong: a line for each URL."""

import sys

import requests

for url in sys.argv[1:]:
    # A long time for all but the one that never goes on.
    timeout = 3 if "stall" in url else 60
    try:
        print(url, "taken", requests.get(url, timeout=timeout).text)
    except requests.RequestException as error:
        print(url, "refused", error)
