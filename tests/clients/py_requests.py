"""Python's requests. See pieces.py."""

import requests

import pieces


def get(url):
    response = requests.get(url)
    response.raise_for_status()
    return response.content


def stream(url):
    with requests.get(url, stream=True) as response:
        response.raise_for_status()
        for piece in response.iter_content(chunk_size=None):
            pieces.tell(piece)


pieces.run(get, stream)
