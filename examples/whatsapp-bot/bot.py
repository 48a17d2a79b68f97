#!/usr/bin/python3
"""A WhatsApp bot: Twilio hands in what people write (/whatsapp) and what became
of the bot's messages (/status); the answers come from agent.py. On
python3-twilio; there is nothing of Offwire in it.

    OPENAI_API_KEY=... TWILIO_ACCOUNT_SID=... TWILIO_AUTH_TOKEN=... python3 bot.py 8080
"""
import collections
import http.server
import os
import sys
import urllib.parse

import twilio.base.exceptions
import twilio.request_validator
import twilio.rest

from agent import Agent, Busy


class Bot:
    """url is where the world finds it. sent has the sids of messages, statuses
    what became of each; problems has Twilio's codes of those that it refused.
    """

    def __init__(self, agent, account, token, url):
        self.agent, self.url = agent, url
        self.twilio = twilio.rest.Client(account, token)
        self.validator = twilio.request_validator.RequestValidator(token)
        self.sent, self.problems = [], []
        self.statuses = collections.defaultdict(list)

    def is_twilio(self, path, form, signature):
        return self.validator.validate(self.url + path, form, signature or "")

    def hear(self, form):
        """Answers what somebody wrote, by a message of its own."""
        try:
            text = self.agent.reply(form["From"], form["Body"])
        except Busy:
            text = "I am busy. Please try again in a minute."
        try:
            message = self.twilio.messages.create(
                from_=form["To"], to=form["From"], body=text,
                status_callback=self.url + "/status")
            self.sent.append(message.sid)
        except twilio.base.exceptions.TwilioRestException as problem:
            self.problems.append(problem.code)

    def note(self, form):
        """What became of a message."""
        self.statuses[form["MessageSid"]].append(
            (form["MessageStatus"], form.get("ErrorCode")))


class Handler(http.server.BaseHTTPRequestHandler):
    """The server's bot handles what Twilio sends."""

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        form = dict(urllib.parse.parse_qsl(
            self.rfile.read(length).decode(), keep_blank_values=True))
        bot = self.server.bot
        work = {"/whatsapp": bot.hear, "/status": bot.note}.get(self.path)
        if work is None:
            return self.send_error(404)
        if not bot.is_twilio(self.path, form,
                             self.headers.get("X-Twilio-Signature")):
            return self.send_error(403)
        work(form)
        body = b"<Response/>"
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        return self.wfile.write(body)

    def log_message(self, *_):
        pass


def serve(port):
    """A server that has no bot yet: that one needs to know where it is."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = False  # what was begun is ended
    return server


def main():
    server = serve(int(sys.argv[1]))
    server.bot = Bot(Agent(os.environ["OPENAI_API_KEY"]),
                     os.environ["TWILIO_ACCOUNT_SID"],
                     os.environ["TWILIO_AUTH_TOKEN"],
                     os.environ.get("BOT_URL", "http://127.0.0.1:" + sys.argv[1]))
    server.serve_forever()


if __name__ == "__main__":
    main()
