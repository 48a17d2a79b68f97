"""Tests of finetune.py, on production URLs; see README.md."""
import os
import subprocess
import sys
import unittest

import session
from finetune import APIError, FineTuner, JobFailed
from session import ask, operations, resources

LINES = b'{"messages": [{"role": "user", "content": "Hello"}]}\n'


def setUpModule():
    session.needed()


class FineTuning(unittest.TestCase):
    """Each test begins with nothing uploaded and nothing called."""

    def setUp(self):
        ask("POST", "/reset")
        self.tuner = FineTuner("sk-test", poll=0.01)
        self.addCleanup(self.tuner.close)

    def start(self, **options):
        file_id = self.tuner.upload("train.jsonl", LINES)
        return self.tuner.train(file_id, "gpt-4o-mini", **options)


class InTime(FineTuning):
    """Ten seconds of the job are a tenth of one, by --speed 100."""

    def test_a_job_succeeds_with_its_model(self):
        seen = []
        model = self.start(suffix="mine").wait(seen.append)
        self.assertTrue(model.startswith("ft:gpt-4o-mini:"), model)
        self.assertIn("mine", model)
        self.assertEqual(seen[-1], "succeeded")
        # A slow machine may miss one; none comes twice or in another order.
        order = ["validating_files", "queued", "running", "succeeded"]
        self.assertEqual(seen, [status for status in order if status in seen])

    def test_a_job_that_fails_says_why(self):
        with self.assertRaisesRegex(JobFailed, "invalid training file"):
            self.start(suffix="will-fail").wait()

    def test_a_file_gets_ready(self):
        file_id = self.tuner.upload("train.jsonl", LINES)
        self.tuner.wait_for_file(file_id)
        self.assertEqual(resources("file")[0]["status"], "processed")

    def test_several_jobs_go_on_at_once(self):
        jobs = [self.start(suffix="model-%d" % i) for i in range(3)]
        self.assertEqual(len({job.wait() for job in jobs}), 3)
        self.assertEqual(len(resources("fine_tuning.job")), 3)

    def test_the_program_shows_how_it_goes(self):
        here = os.path.dirname(os.path.abspath(__file__))
        said = subprocess.run(
            [sys.executable, here + "/finetune.py", here + "/train.jsonl"],
            env=dict(os.environ, OPENAI_API_KEY="sk-test", FINETUNE_POLL="0.01"),
            capture_output=True, text=True, timeout=60, check=True).stdout
        self.assertIn("ftjob-mock000001 succeeded\nft:gpt-4o-mini:", said)


class StepByStep(FineTuning):
    """The clock stands; the test moves it."""

    def setUp(self):
        super().setUp()
        ask("POST", "/clock", {"freeze": True})
        self.addCleanup(ask, "POST", "/clock", {"resume": True})

    def after(self, seconds, job):
        ask("POST", "/clock", {"advance": "%ss" % seconds})
        job.refresh()
        return job.status

    def test_status_follows_the_time(self):
        job = self.start()
        self.assertEqual(job.status, "validating_files")
        self.assertIsNone(job.model)
        self.assertEqual(self.after(2.5, job), "queued")
        self.assertEqual(self.after(2, job), "running")
        self.assertEqual(self.after(6, job), "succeeded")
        self.assertIsNotNone(job.model)
        self.assertIn("job has successfully completed", job.events()[-1])

    def test_a_job_is_cancelled_while_it_runs(self):
        job = self.start()
        self.assertEqual(self.after(5, job), "running")
        job.cancel()
        self.assertEqual(self.after(60, job), "cancelled")
        with self.assertRaisesRegex(JobFailed, "was cancelled"):
            job.wait()

    def test_a_job_that_has_ended_cannot_be_cancelled(self):
        job = self.start()
        self.assertEqual(self.after(10, job), "succeeded")
        with self.assertRaises(APIError) as raised:
            job.cancel()
        self.assertEqual(raised.exception.status, 400)

    def test_a_file_is_uploaded_and_then_processed(self):
        self.tuner.upload("train.jsonl", LINES)
        self.assertEqual(resources("file")[0]["status"], "uploaded")
        ask("POST", "/clock", {"advance": "2s"})
        self.assertEqual(resources("file")[0]["status"], "processed")


class Inspected(FineTuning):
    """What was made can be looked at, and begun anew."""

    def test_files_and_jobs_are_there(self):
        job = self.start(suffix="mine")
        [file], [made] = resources("file"), resources("fine_tuning.job")
        self.assertEqual(file["filename"], "train.jsonl")
        self.assertEqual(file["bytes"], len(LINES))
        self.assertEqual(made["id"], job.id)
        self.assertEqual(made["training_file"], file["id"])
        self.assertEqual(made["model"], "gpt-4o-mini")

    def test_a_reset_takes_all_away(self):
        self.assertEqual(self.start().id, "ftjob-mock000001")
        self.assertEqual(self.start().id, "ftjob-mock000002")
        ask("POST", "/reset")
        self.assertEqual(resources("file"), [])
        self.assertEqual(resources("fine_tuning.job"), [])
        self.assertEqual(self.start().id, "ftjob-mock000001")

    def test_operations_come_in_order(self):
        self.start().refresh()
        self.assertEqual(operations(), [
            "files.create", "fine_tuning.jobs.create",
            "fine_tuning.jobs.retrieve"])

    def test_what_was_sent_is_known(self):
        self.start(suffix="mine")
        ask("POST", "/verify", [
            {"rule": "files.create", "times": 1,
             "form": {"purpose": "fine-tune",
                      "file": {"filename": "train.jsonl"}}},
            {"rule": "fine_tuning.jobs.create", "times": 1,
             "json": {"model": "gpt-4o-mini", "suffix": "mine"}}])


class Errors(FineTuning):
    """What the API refuses, and what goes better the next time."""

    def test_an_upload_is_tried_again(self):
        ask("POST", "/scenario", {"on": "busy"})
        self.assertEqual(self.tuner.upload("a.jsonl", LINES), "file-mock000001")
        self.assertEqual(operations(), [
            "upload fails twice", "upload fails twice", "files.create"])

    def test_it_gives_up_in_the_end(self):
        ask("POST", "/scenario", {"on": "down"})
        with self.assertRaises(APIError) as raised:
            self.start()
        self.assertEqual(raised.exception.status, 503)
        ask("POST", "/verify", {"rule": "training is down", "times": 4})

    def test_an_unknown_file_is_told(self):
        with self.assertRaises(APIError) as raised:
            self.tuner.train("file-none", "gpt-4o-mini")
        self.assertEqual(raised.exception.status, 404)
        self.assertEqual(resources("fine_tuning.job"), [])

    def test_a_wrong_key_is_told(self):
        stranger = FineTuner("sk-invalid")
        self.addCleanup(stranger.close)
        with self.assertRaises(APIError) as raised:
            stranger.upload("a.jsonl", LINES)
        self.assertEqual(raised.exception.status, 401)
        self.assertEqual(raised.exception.code, "invalid_api_key")


if __name__ == "__main__":
    unittest.main()
