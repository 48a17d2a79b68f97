#!/usr/bin/python3
"""py_multi.py --https PORT --http PORT --breaker PORT --ca FILE [--direct]:
pycurl's easy and multi interface, in the transcripts that curl_lab writes.
Debian's pycurl is on GnuTLS, which curl_lab is not.
"""
import argparse
import io

import pycurl

PATHS = [("https", "https", "/hello"), ("https", "https", "/large"),
         ("http", "http", "/hello"), ("https", "https", "/busy"),
         ("https", "https", "/reset"), ("http", "breaker", "/truncated"),
         ("https", "https", "/from")]


def parse_arguments():
    parser = argparse.ArgumentParser()
    for name in ("https", "http", "breaker", "ca"):
        parser.add_argument("--" + name)
    parser.add_argument("--direct", action="store_true")
    return parser.parse_args()


class Transfer:
    """A handle and what came of it."""

    def __init__(self, lab, scheme, server, path):
        port = getattr(lab, server)
        self.path = path
        self.body = io.BytesIO()
        self.heads = []
        self.result = None
        self.easy = easy = pycurl.Curl()
        easy.setopt(pycurl.URL, "%s://api.test:%s%s" % (scheme, port, path))
        easy.setopt(pycurl.CAINFO, lab.ca)
        easy.setopt(pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1)
        easy.setopt(pycurl.FOLLOWLOCATION, True)
        easy.setopt(pycurl.TIMEOUT, 20)
        easy.setopt(pycurl.NOSIGNAL, True)
        easy.setopt(pycurl.WRITEFUNCTION, self.body.write)
        easy.setopt(pycurl.HEADERFUNCTION, self.on_header)
        if lab.direct:
            easy.setopt(pycurl.RESOLVE, ["api.test:%s:127.0.0.1" % port])

    def on_header(self, line):
        if line.startswith(b"HTTP/"):
            self.heads.append(line.decode().strip())

    def tell(self):
        easy = self.easy
        print("-- %s" % self.path)
        print("\n".join("< " + head for head in self.heads))
        print("body: %d bytes" % len(self.body.getvalue()))
        print("result: %d" % self.result)
        print("response code: %d" % easy.getinfo(pycurl.RESPONSE_CODE))
        print("redirects: %d" % easy.getinfo(pycurl.REDIRECT_COUNT))
        print("downloaded: %d" % easy.getinfo(pycurl.SIZE_DOWNLOAD))
        print("content type: %s" % easy.getinfo(pycurl.CONTENT_TYPE))
        print("primary IP: %s" % easy.getinfo(pycurl.PRIMARY_IP))
        easy.close()


def run_easy(transfers):
    for transfer in transfers:
        try:
            transfer.easy.perform()
            transfer.result = 0
        except pycurl.error as problem:
            transfer.result = problem.args[0]
        transfer.tell()


def take_messages(multi, of_handle):
    """Results of those that are done; how many they are."""
    queued, good, bad = multi.info_read()
    assert queued == 0
    for easy in good:
        of_handle[easy].result = 0
    for easy, code, _ in bad:
        of_handle[easy].result = code
    return len(good) + len(bad)


def run_multi(transfers):
    multi = pycurl.CurlMulti()
    of_handle = {transfer.easy: transfer for transfer in transfers}
    for transfer in transfers:
        multi.add_handle(transfer.easy)
    left = len(transfers)
    while left > 0:
        while multi.perform()[0] == pycurl.E_CALL_MULTI_PERFORM:
            pass
        left -= take_messages(multi, of_handle)
        if left > 0:
            multi.select(0.2)
    for transfer in transfers:
        multi.remove_handle(transfer.easy)
        transfer.tell()
    multi.close()


def main():
    lab = parse_arguments()
    for name, run in (("pycurl-easy", run_easy), ("pycurl-multi", run_multi)):
        print("== %s" % name)
        run([Transfer(lab, *row) for row in PATHS])


main()
