"""What the Python clients share: the modes and how a piece is told.

A client is run as `client get URL...` (prints the bodies) or `client stream
URL` (prints "<milliseconds since the start> <piece>" for each piece as it comes).
Any failure ends it with another status than 0.
"""

import sys
import time

_start = time.monotonic()


def tell(piece):
    """One line for one piece of a stream."""
    ms = (time.monotonic() - _start) * 1000
    print("%d %s" % (ms, piece.decode("latin-1").strip()), flush=True)


def dialogues():
    """The arguments as lists: "--" begins another one."""
    words = [[]]
    for word in sys.argv[1:]:
        if word == "--":
            words.append([])
        else:
            words[-1].append(word)
    return words


def talk_all(talk):
    """Calls talk(url, word...) for each dialogue; "--" ends what is told."""
    for dialogue in dialogues():
        try:
            talk(*dialogue)
        except Exception as error:
            print("failed %s: %s" % (type(error).__name__, error))
        print("--", flush=True)


def run(get, stream):
    """Calls get(url), which returns bytes, or stream(url), for each URL."""
    mode, *urls = sys.argv[1:]
    for url in urls:
        if mode == "stream":
            stream(url)
        else:
            sys.stdout.buffer.write(get(url))
