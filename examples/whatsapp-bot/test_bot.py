"""Tests of the bot, on production URLs; see README.md."""
import os
import subprocess
import threading
import time
import unittest
import urllib.parse

import session
from agent import Agent
from bot import Bot, serve
from session import ask, operations

HERE = os.path.dirname(os.path.abspath(__file__))
ALICE, BOB = "whatsapp:+15551234567", "whatsapp:+15557654321"
SHOP = "whatsapp:+14155238886"
TOKEN = "a-token"


SERVER = serve(0)
URL = "http://127.0.0.1:%d" % SERVER.server_port
# What becomes of a message, in time.
ENDS = ({"sent", "delivered", "read"}, {"sent", "undelivered"})


def setUpModule():
    unittest.addModuleCleanup(SERVER.server_close)
    session.needed()
    thread = threading.Thread(target=SERVER.serve_forever)
    thread.start()
    unittest.addModuleCleanup(thread.join)
    unittest.addModuleCleanup(SERVER.shutdown)


class Chat(unittest.TestCase):
    """A bot of its own for each test, with nothing said and nothing called."""

    def setUp(self):
        ask("POST", "/reset")
        agent = Agent("sk-test", poll=0.005)
        self.addCleanup(agent.close)
        self.bot = SERVER.bot = Bot(agent, "AC" + "0" * 32, TOKEN, URL)
        # Nothing comes behind a test that could be the next one's.
        self.addCleanup(self.outcomes)

    def outcomes(self):
        """What has become of each message: the pack tells the bot by itself, and
        the server takes it in threads, so that one may pass another."""
        end = time.monotonic() + 30
        for sid in self.bot.sent:
            while {status for status, _ in self.bot.statuses[sid]} not in ENDS:
                self.assertLess(time.monotonic(), end, self.bot.statuses)
                time.sleep(0.005)
        return [set(self.bot.statuses[sid]) for sid in self.bot.sent]

    def webhook(self, *options, token=TOKEN):
        """What Twilio would send; whether it was taken, and what was printed."""
        done = subprocess.run(
            ["offwire", "webhook", *options, "--token", token,
             URL + "/whatsapp"],
            capture_output=True, text=True, timeout=60, check=False)
        return done.returncode == 0, done.stdout + done.stderr

    def write(self, text, person=ALICE, **more):
        taken, said = self.webhook("twilio", "--from", person, "--to", SHOP,
                                   "--body", text, **more)
        self.assertTrue(taken, said)

    def sent(self):
        """The fields of what the bot has sent and Twilio has taken."""
        calls = ask("GET", "/calls?rule=messages.create")["calls"]
        return [dict(urllib.parse.parse_qsl(call["request"]["body"]))
                for call in calls if call["status"] == 201]

    def texts(self):
        return [message["Body"] for message in self.sent()]


class Conversation(Chat):
    """What is said."""

    def test_a_message_is_answered(self):
        self.write("Hello")
        [message] = self.sent()
        self.assertEqual((message["From"], message["To"], message["Body"]),
                         (SHOP, ALICE, "Hi! We sell pizza."))

    def test_a_conversation_goes_as_written(self):
        good, said = self.webhook("--conversation", HERE + "/conversation.jsonc")
        self.assertTrue(good, said)

    def test_each_person_has_a_thread(self):
        self.write("I am Alice")
        self.write("I am Bob", BOB)
        self.write("What is my name?")
        self.write("What is my name?", BOB)
        self.assertEqual(self.texts()[2:],
                         ["You are Alice.", "You are Bob."])
        ask("POST", "/verify", [{"rule": "threads.create", "times": 2},
                                {"rule": "assistants.create", "times": 1}])


class Tools(Chat):
    """What the assistant asks for."""

    def test_operations_come_in_order(self):
        self.write("How much is the large one?")
        with open(HERE + "/expect.jsonc", encoding="utf-8") as expected:
            session.ask_text("POST", "/verify", expected.read())

    def test_the_command_tells_the_same(self):
        self.write("How much is the large one?")
        subprocess.run(["offwire", "verify", HERE + "/expect.jsonc"],
                       timeout=60, check=True, capture_output=True)

    def test_a_tool_that_finds_nothing(self):
        self.write("How much is the huge one?")
        self.assertEqual(self.texts(), ["We do not have that."])

    def test_each_tool_is_called(self):
        self.write("When are you open?")
        self.assertEqual(self.texts(), ["We are open from 9 to 17."])
        self.assertIn("threads.runs.submit_tool_outputs", operations())


class Failures(Chat):
    """What goes wrong, by scenarios of the packs and by numbers."""

    def test_a_forged_message_is_refused(self):
        taken, said = self.webhook("twilio", "--from", ALICE, "--to", SHOP,
                                   "--body", "Hello", token="another")
        self.assertFalse(taken)
        self.assertIn("403", said)
        self.assertEqual(operations(), [])

    def test_a_busy_assistant_is_told(self):
        # Of both packs; Twilio's own 429 is noted, as nothing can be said.
        ask("POST", "/scenario", {"only": ["flaky"]})
        self.write("Hello")
        self.assertEqual(self.bot.problems, [20429])

    def test_an_outage_is_survived(self):
        ask("POST", "/scenario", {"only": ["outage"]})
        self.write("Hello")
        ask("POST", "/scenario", {"off": ["outage"]})
        self.write("Hello")
        self.assertEqual(self.texts(), ["Hi! We sell pizza."])

    def test_a_number_that_is_none(self):
        self.write("Hello", "whatsapp:+15005550001")
        self.assertEqual(len(self.bot.problems), 1)
        self.assertEqual(self.sent(), [])


class Delivery(Chat):
    """What becomes of a message: the pack calls the bot back."""

    def test_it_is_delivered_and_read(self):
        self.write("Hello")
        self.assertEqual(self.outcomes(), [
            {("sent", None), ("delivered", None), ("read", None)}])

    def test_it_cannot_be_delivered(self):
        self.write("Hello", "whatsapp:+15550063016")
        self.assertEqual(self.outcomes(), [
            {("sent", None), ("undelivered", "63016")}])


if __name__ == "__main__":
    unittest.main()
