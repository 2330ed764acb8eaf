"""A log that is shorter than what is known, or another one, is refused: going on would undo what partners
were told."""

import shutil

import desk
from live import wait
from live.stack import ROOT

SERVICES = ("feeds-1", "feeds-0", "ingestion-1", "ingestion-0")
EXIT_SECONDS_MAX = 60
EXIT_FAULT = 70


class LogTest(desk.Case):
    """Swaps the broker's folder; the right one is put back in the end, and nothing was harmed."""

    def setUp(self):
        super().setUp()
        self.data = next(self.stack.settings.data.glob("kafka-*"))
        self.right = self.data.with_name("right-log")
        self.older = self.data.with_name("older-log")
        self.first = self.create(key="first")
        self.wait_item(self.first)

    def tearDown(self):
        if self.right.exists():
            self.stack.run("stop", "kafka", check=False)
            shutil.rmtree(self.data, ignore_errors=True)
            self.right.rename(self.data)
        shutil.rmtree(self.older, ignore_errors=True)
        self.stack.up()

    def keep_an_older_copy(self):
        self.stack.stop("kafka")
        shutil.copytree(self.data, self.older)
        self.stack.start("kafka")

    def create_when_the_broker_is_back(self, key):
        answer = wait.until(lambda: self.callers[0].answer("CreateArticle", self.draft(key)).get(
            "response"), 60, "the broker is back")
        self.wait_item(answer)
        return answer

    def test_a_restored_copy_is_refused_and_the_right_log_goes_on(self):
        self.keep_an_older_copy()
        for number in range(24):  # each partition has some
            article = self.create_when_the_broker_is_back(number)
        self.refused_by_all(self.older)
        self.assertEqual(self.feed().etag, self.before.etag)
        self.assertEqual(self.feed(replica=1).body, self.before.body)
        self.assertEqual(self.versions(article["name"]), [1])
        self.create_when_the_broker_is_back("after")

    def test_another_cluster_is_refused(self):
        self.refused_by_all(None)
        self.assertEqual(self.feed().body, self.before.body)
        self.assertEqual(self.versions(self.first["name"]), [1])

    def refused_by_all(self, log):
        """With `log` in place of the right one; None: a cluster recreated."""
        self.before = self.feed()
        for name in SERVICES:
            self.stack.stop(name)
        self.stack.stop("kafka")
        self.data.rename(self.right)
        if log is not None:
            log.rename(self.data)
        self.stack.start("kafka")
        self.ctl.ok("topics", "apply", "--file", ROOT / "deploy" / "kafka" / "topics.yaml",
                    "--replication-factor", "1", "--kafka-brokers",
                    self.stack.settings.kafka_brokers)
        for name in ("ingestion-0", "feeds-0"):
            with self.subTest(name):
                child = self.stack.child(name)
                try:
                    self.assertEqual(child.wait(EXIT_SECONDS_MAX), EXIT_FAULT)
                finally:
                    if child.poll() is None:
                        child.kill()
                        child.wait()
                self.assertIn("LOG_TRUNCATED", self.stack.log(name))
        self.stack.stop("kafka")
        shutil.rmtree(self.data)
        self.right.rename(self.data)
        self.stack.up()
