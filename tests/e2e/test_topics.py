"""A topic whose configuration would break what Telex promises is waited for, visibly."""

import signal
import tempfile

import desk
from live import wait

READY_SECONDS_MAX = 60


class TopicsTest(desk.Case):
    def apply(self, text):
        with tempfile.NamedTemporaryFile("w", suffix=".yaml") as catalogue:
            catalogue.write(text)
            catalogue.flush()
            self.ctl.ok("topics", "apply", "--alter", "--file", catalogue.name,
                        "--replication-factor", str(self.stack.settings.replication_factor))

    def test_fewer_replicas_than_declared_are_said_to_be_so(self):
        told = self.ctl("topics", "apply", "--file", self.stack.settings.topics_file)
        self.assertEqual(told.code, 1, told)
        self.assertIn("--replication-factor 1", told.error["hint"])
        self.assertNotIn("wipe", told.err)

    def test_records_stamped_by_producers_are_waited_for_until_the_topic_is_mended(self):
        self.check_waits("ingestion-3", "telex.submissions.v1", "message.timestamp.type",
                         "LogAppendTime", "CreateTime")

    def test_articles_that_are_deleted_by_age_are_waited_for_until_the_topic_is_mended(self):
        self.check_waits("feeds-3", "telex.articles.v1", "cleanup.policy", "compact", "compact,delete")

    def check_waits(self, name, topic, setting, declared, found):
        right = self.stack.settings.topics_file.read_text()
        before, of_topic = right.split(f"name: {topic}\n")
        wrong = of_topic.replace(f"{setting}: {declared}", f"{setting}: '{found}'", 1)
        replica = None
        try:
            self.apply(f"{before}name: {topic}\n{wrong}")
            replica = self.stack.child(name)
            service = self.stack.service(name)
            told = wait.until(lambda: (why := service.why_not_ready()) and "TOPIC_" in why and why,
                              READY_SECONDS_MAX, "it says why it waits")
            self.assertIn("TOPIC_MISCONFIGURED", told)
            self.assertIn(f"{topic}: {setting} is declared as {declared}, the topic has {found}", told)
            self.apply(right)
            wait.until(lambda: not service.why_not_ready(), READY_SECONDS_MAX,
                       "it is ready once the topic is as declared")
        finally:
            self.apply(right)
            if replica is not None:
                replica.send_signal(signal.SIGTERM)
                self.assertEqual(replica.wait(40), 0)
