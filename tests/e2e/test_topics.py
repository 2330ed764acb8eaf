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
        right = self.stack.settings.topics_file.read_text()
        replica = None
        try:
            self.apply(right.replace("message.timestamp.type: LogAppendTime",
                                     "message.timestamp.type: CreateTime", 1))
            replica = self.stack.child("ingestion-3")
            service = self.stack.service("ingestion-3")
            told = wait.until(lambda: (why := service.why_not_ready()) and "TOPIC_" in why and why,
                              READY_SECONDS_MAX, "it says why it waits")
            self.assertIn("TOPIC_MISCONFIGURED", told)
            self.assertIn("telex.submissions.v1: message.timestamp.type is declared as LogAppendTime, "
                          "the topic has CreateTime", told)
            self.apply(right)
            wait.until(lambda: not service.why_not_ready(), READY_SECONDS_MAX,
                       "it is ready once the topic is as declared")
        finally:
            self.apply(right)
            if replica is not None:
                replica.send_signal(signal.SIGTERM)
                self.assertEqual(replica.wait(40), 0)
