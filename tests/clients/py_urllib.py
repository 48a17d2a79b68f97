"""Python's urllib.request. See pieces.py."""

import urllib.request

import pieces


def get(url):
    with urllib.request.urlopen(url) as response:
        return response.read()


def stream(url):
    with urllib.request.urlopen(url) as response:
        while piece := response.read1(65536):
            pieces.tell(piece)


pieces.run(get, stream)
