"""Python's requests against hosts whose TLS is wrong: a line for each URL."""

import sys

import requests

for url in sys.argv[1:]:
    try:
        print(url, "taken", requests.get(url, timeout=1).text)
    except requests.RequestException as error:
        print(url, "refused", error)
