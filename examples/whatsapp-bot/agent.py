"""What the bot says: an assistant of OpenAI's with two tools, one thread for
each person. On python3-requests; there is nothing of Offwire in it.
"""
import json
import time

import requests

BASE = "https://api.openai.com/v1"
PRICES = {"small": 12, "large": 20}
TOOLS = [
    {"type": "function", "function": {
        "name": "get_price", "description": "What one of our products costs.",
        "parameters": {"type": "object", "required": ["size"],
                       "properties": {"size": {"type": "string"}}}}},
    {"type": "function", "function": {
        "name": "get_hours", "description": "When we are open.",
        "parameters": {"type": "object", "properties": {}}}}]


class Busy(Exception):
    """The assistant cannot answer now."""


def call_tool(name, arguments):
    if name == "get_price":
        price = PRICES.get(arguments.get("size"))
        return "%d euros" % price if price else "we do not have it"
    return "open from 9 to 17"


class Agent:
    """poll is how many seconds are between two looks at a run."""

    def __init__(self, api_key, poll=1.0):
        self.session = requests.Session()
        self.session.headers.update({"Authorization": "Bearer " + api_key,
                                     "OpenAI-Beta": "assistants=v2"})
        self.poll = poll
        self.assistant = None
        self.threads = {}

    def close(self):
        self.session.close()

    def request(self, method, path, **body):
        response = self.session.request(method, BASE + path, timeout=(10, 60),
                                        json=body if method == "POST" else None)
        if response.status_code == 429 or response.status_code >= 500:
            raise Busy(response.json()["error"]["message"])
        response.raise_for_status()
        return response.json()

    def thread_of(self, person):
        if self.assistant is None:
            self.assistant = self.request(
                "POST", "/assistants", model="gpt-4o", tools=TOOLS,
                instructions="You sell pizza. Be brief.")["id"]
        if person not in self.threads:
            self.threads[person] = self.request("POST", "/threads")["id"]
        return "/threads/" + self.threads[person]

    def answer_tools(self, path, run):
        calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
        return self.request("POST", path + "/submit_tool_outputs", tool_outputs=[
            {"tool_call_id": call["id"],
             "output": call_tool(call["function"]["name"],
                                 json.loads(call["function"]["arguments"]))}
            for call in calls])

    def finish(self, path, run):
        """Looks after a run until it is over."""
        while run["status"] != "completed":
            if run["status"] == "requires_action":
                run = self.answer_tools(path, run)
            elif run["status"] in ("queued", "in_progress"):
                time.sleep(self.poll)
                run = self.request("GET", path)
            else:
                raise Busy("the run is " + run["status"])

    def reply(self, person, text):
        """What the assistant says to that person's text."""
        thread = self.thread_of(person)
        self.request("POST", thread + "/messages", role="user", content=text)
        run = self.request("POST", thread + "/runs", assistant_id=self.assistant)
        self.finish(thread + "/runs/" + run["id"], run)
        newest = self.request("GET", thread + "/messages?limit=1")["data"][0]
        return newest["content"][0]["text"]["value"]
