"""Python's pycurl, a module that is loaded RTLD_LOCAL. See pieces.py."""

import pycurl

import pieces


def fetch(url, take):
    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.FAILONERROR, True)
    curl.setopt(pycurl.WRITEFUNCTION, take)
    curl.perform()
    curl.close()


def get(url):
    parts = []
    fetch(url, parts.append)
    return b"".join(parts)


def stream(url):
    fetch(url, pieces.tell)


pieces.run(get, stream)
