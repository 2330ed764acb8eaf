"""The Kafka room against the real broker: what the client library's own broker cannot do."""

import os
import shlex
import subprocess

import desk
from live.stack import STACK

SECONDS_MAX = 180


class KafkaClientTest(desk.Case):
    def test_the_kafka_room_holds_on_a_real_broker(self):
        program = self.stack.bin.parent / "tests" / "kafka_broker_test"
        stack = shlex.quote(str(STACK))
        environment = {**os.environ,
                       "TELEX_TEST_KAFKA_BROKERS": self.stack.settings.kafka_brokers,
                       "TELEX_TEST_KAFKA_KILL": f"{stack} kill kafka",
                       "TELEX_TEST_KAFKA_START": f"{stack} start kafka"}
        done = subprocess.run([str(program)], env=environment, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                              errors="replace", timeout=SECONDS_MAX, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertNotIn("SKIPPED", done.stdout)
