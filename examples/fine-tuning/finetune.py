#!/usr/bin/python3
"""Fine-tunes a model on a file of conversations, and shows how it goes:

    OPENAI_API_KEY=... python3 finetune.py train.jsonl

FineTuner uploads and starts, Job is looked after. There is nothing of Offwire
in it.
"""
import os
import sys
import time

import requests

BASE = "https://api.openai.com/v1"
ENDED = ("succeeded", "failed", "cancelled")


class APIError(Exception):
    """What the API refused, and why."""

    def __init__(self, response):
        error = response.json().get("error", {})
        super().__init__(error.get("message", response.reason))
        self.status = response.status_code
        self.code = error.get("code")


class JobFailed(Exception):
    """The job has ended, without a model."""


class FineTuner:
    """The API, with a key; poll is how many seconds are between two looks."""

    def __init__(self, api_key, poll=5.0, retries=3):
        self.session = requests.Session()
        self.session.headers["Authorization"] = "Bearer " + api_key
        self.poll, self.retries = poll, retries

    def close(self):
        self.session.close()

    def request(self, method, path, **options):
        """JSON of the answer; what may go better soon is asked once more."""
        for left in range(self.retries, -1, -1):
            response = self.session.request(
                method, BASE + path, timeout=(10, 60), **options)
            if response.ok:
                return response.json()
            if left == 0 or response.status_code not in (429, 500, 503):
                raise APIError(response)
            time.sleep(retry_delay(response))

    def upload(self, name, lines):
        """The id of the file; lines are its bytes."""
        return self.request("POST", "/files", data={"purpose": "fine-tune"},
                            files={"file": (name, lines)})["id"]

    def wait_for_file(self, file_id):
        while self.request("GET", "/files/" + file_id)["status"] != "processed":
            time.sleep(self.poll)

    def train(self, file_id, model, suffix=None):
        return Job(self, self.request("POST", "/fine_tuning/jobs", json={
            "training_file": file_id, "model": model, "suffix": suffix}))


def retry_delay(response):
    """Seconds; OpenAI says them in one header or the other."""
    if "retry-after-ms" in response.headers:
        return float(response.headers["retry-after-ms"]) / 1000
    return float(response.headers.get("retry-after", 1))


class Job:
    """A fine-tuning job, as it was when one looked last."""

    def __init__(self, tuner, data):
        self.tuner, self.data = tuner, data

    id = property(lambda self: self.data["id"])
    status = property(lambda self: self.data["status"])
    model = property(lambda self: self.data["fine_tuned_model"])

    def refresh(self):
        self.data = self.tuner.request("GET", "/fine_tuning/jobs/" + self.id)

    def cancel(self):
        self.data = self.tuner.request(
            "POST", "/fine_tuning/jobs/%s/cancel" % self.id)

    def events(self):
        """What the API has told of it, oldest first."""
        events = self.tuner.request(
            "GET", "/fine_tuning/jobs/%s/events" % self.id)["data"]
        return [event["message"] for event in reversed(events)]

    def wait(self, progress=lambda status: None):
        """The name of the new model; progress hears of each new status."""
        seen = None
        while True:
            if self.status != seen:
                seen = self.status
                progress(seen)
            if seen in ENDED:
                break
            time.sleep(self.tuner.poll)
            self.refresh()
        if seen != "succeeded":
            error = self.data.get("error") or {}
            raise JobFailed(error.get("message") or "the job was " + seen)
        return self.model


def main():
    tuner = FineTuner(os.environ["OPENAI_API_KEY"],
                      poll=float(os.environ.get("FINETUNE_POLL", 5)))
    with open(sys.argv[1], "rb") as lines:
        file_id = tuner.upload(os.path.basename(sys.argv[1]), lines)
    tuner.wait_for_file(file_id)
    job = tuner.train(file_id, "gpt-4o-mini")
    print(job.wait(lambda status: print(job.id, status, flush=True)))


if __name__ == "__main__":
    main()
