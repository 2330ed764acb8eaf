"""What must not stay hidden: two replicas of one name, a broker that is frozen, wrong settings."""

import json
import pathlib
import subprocess
import tempfile

import desk
from live import calls, wait, web

EXIT_USAGE = 64
SEEN_SECONDS_MAX = 20  # 5 s of silence, and what polling takes
ANSWER_SECONDS = 5


class FaultsTest(desk.Case):
    def test_two_replicas_of_one_name_both_go_on(self):
        """A name takes no partition from anybody."""
        twins, caller = [], calls.Caller(self.stack, self.stack.address("ingestion-3"))
        try:
            for name in ("ingestion-2", "ingestion-3"):
                twins.append(self.ready_child(name, TELEX_INSTANCE="twin"))
            for number in range(12):
                caller("CreateArticle", self.draft(number))
            for name, twin in zip(("ingestion-2", "ingestion-3"), twins):
                twin.terminate()
                self.assertEqual(twin.wait(40), 0, self.stack.log(name)[-4000:])
            self.create("after them")
        finally:
            caller.close()
            for twin in twins:
                if twin.poll() is None:
                    twin.kill()
                twin.wait()

    def test_a_frozen_broker_is_seen_and_calls_are_told_in_time(self):
        names = ("ingestion-0", "feeds-0")
        self.wait_item(self.create())
        self.stack.pause("kafka")
        try:
            answer = self.callers[0].answer("CreateArticle", self.draft("late"),
                                            deadline_seconds=ANSWER_SECONDS)
            self.assertEqual((answer["code"], answer["reason"]),
                             ("UNAVAILABLE", "DECISION_PENDING"), answer)
            for name in names:
                wait.until(lambda n=name: not self.kafka_answers(n), SEEN_SECONDS_MAX,
                           f"{name} tells it")
                self.assertEqual(web.ask(self.stack.admin_address(name), "/readyz").status, 200)
                self.assertEqual(web.ask(self.stack.admin_address(name), "/livez").status, 200)
                self.assertIn("_broker_connected 0\n", self.metrics(name))
            told = self.ctl("status")
            why = {one["name"]: " ".join(one["why"]) for one in told.json()}
            for name in names:
                self.assertIn("kafka", why[name], why)
        finally:
            self.stack.resume("kafka")
        for name in names:
            wait.until(lambda n=name: self.kafka_answers(n), SEEN_SECONDS_MAX, f"{name} has it back")
            self.assertIn("_broker_connected 1\n", self.metrics(name))
        self.create("late")

    def test_all_that_is_wrong_at_a_start_is_told_at_once(self):
        with tempfile.TemporaryDirectory() as folder:
            callers = pathlib.Path(folder) / "callers"
            callers.write_text("no line of three\nnor this\n")
            code, told = self.start("ingestion-3", TELEX_TOKENS_FILE=str(callers),
                                    TELEX_GRPC_TLS_CERTIFICATE_FILE="/nonexistent",
                                    TELEX_KAFKA_BROKERS="x y",
                                    TELEX_KAFKA_PROPERTIES="no.such=1,sasl.password=hunter2")
        self.assertEqual(code, EXIT_USAGE, told)
        for name in ("TELEX_TOKENS_FILE", "line 1", "TELEX_GRPC_TLS_KEY_FILE", "TELEX_KAFKA_BROKERS",
                     "no.such"):
            self.assertIn(name, told)
        self.assertNotIn("hunter2", told)
        code, told = self.start("feeds-3", TELEX_FEEDS_PUBLIC_URL="http://a b/<x>")
        self.assertEqual(code, EXIT_USAGE, told)
        self.assertIn("TELEX_FEEDS_PUBLIC_URL", told)

    def start(self, name, **environment):
        """(exit code, all that it said)"""
        service = self.stack.service(name)
        done = subprocess.run([str(service.program)], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30,
                              env={**service.environment(), **environment}, check=False)
        return done.returncode, done.stdout

    def ready_child(self, name, **environment):
        child = self.stack.child(name, **environment)
        self.await_ready(child, name)
        return child

    def await_ready(self, child, name):
        why_not = self.stack.service(name).why_not_ready
        wait.until(lambda: child.poll() is not None or why_not() is None, 60, f"{name} is ready")
        self.assertIsNone(child.poll(), self.stack.log(name)[-2000:])

    def kafka_answers(self, name):
        checks = web.ask(self.stack.admin_address(name), "/readyz").json()["checks"]
        return next(check["ok"] for check in checks if check["name"] == "kafka")

    def metrics(self, name):
        return web.ask(self.stack.admin_address(name), "/metrics").body.decode()
