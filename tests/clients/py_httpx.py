"""Python's httpx. See pieces.py."""

import httpx

import pieces


def get(url):
    response = httpx.get(url)
    response.raise_for_status()
    return response.content


def stream(url):
    with httpx.stream("GET", url) as response:
        response.raise_for_status()
        for piece in response.iter_raw():
            pieces.tell(piece)


pieces.run(get, stream)
