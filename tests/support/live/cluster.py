"""The local stack on a cluster of three brokers, each a controller as well. The stack takes them for
somebody's own: it is told their addresses."""

import os
import signal
import subprocess

from . import wait
from .stack import LiveStack

NODES = 3
LEADER, CONTROLLER = "leader", "controller"  # kafka-0 to kafka-2, whichever it is
WHOLE_SECONDS_MAX = 180
TOOL_SECONDS_MAX = 120
STOP_SECONDS_MAX = 60

# As in production: what Kafka keeps for itself (the offsets of groups) is as safe as the topics. Time-outs
# for a busy machine; the cleaner and the deletion of old segments look soon.
PROPERTIES = """
min.insync.replicas=2
broker.session.timeout.ms=6000
controller.quorum.election.timeout.ms=2000
controller.quorum.fetch.timeout.ms=4000
log.cleaner.backoff.ms=1000
log.retention.check.interval.ms=2000
log.segment.delete.delay.ms=1000
"""


def settle_cluster():
    """After settle_environment, and before the stack is made."""
    from telex_stack.settings import Settings  # noqa: PLC0415: needs the environment
    settings = Settings()
    os.environ["TELEX_KAFKA_BROKERS"] = ",".join(settings.address("kafka", "kafka", index)
                                                 for index in range(NODES))
    os.environ["TELEX_STACK_REPLICATION_FACTOR"] = str(NODES)
    os.environ.setdefault("TELEX_STACK_WAIT_SECONDS", "180")


class ClusterStack(LiveStack):
    """After settle_cluster. Brokers are named kafka-0 to kafka-2; their node ids are one more."""

    def __init__(self):
        super().__init__()
        from telex_stack.broker import Kafka, metadata, new_cluster_id  # noqa: PLC0415

        class Node(Kafka):
            def properties(self, data):
                return super().properties(data) + PROPERTIES

        self._ask = metadata
        cluster = new_cluster_id()
        self.nodes = {node.name: node for node in (
            Node(self.settings, print, index, NODES, cluster) for index in range(NODES))}

    # -- all of it -------------------------------------------------------------------------
    def up(self, feeds=2, ingestion=2, views=2):
        from telex_stack.processes import wait_ready  # noqa: PLC0415
        from telex_stack.services import apply_topics  # noqa: PLC0415
        self.service("ingestion-0").require_program()  # before three brokers are started
        for node in self.nodes.values():
            if node.process.pid() is None:
                node.start()
        wait_ready(list(self.nodes.values()), WHOLE_SECONDS_MAX, print, lambda *_: None)
        apply_topics(self.settings)
        self.await_whole()
        return super().up(feeds, ingestion, views)

    def down(self):
        self.run("down", check=False)  # the services first
        for node in self.nodes.values():
            node.process.send(signal.SIGCONT)
        for node in self.nodes.values():  # all at once: they share the time it takes
            node.process.send(signal.SIGTERM)
        for node in self.nodes.values():
            node.process.stop(STOP_SECONDS_MAX)
        return super().down()

    # -- one part --------------------------------------------------------------------------
    def kill(self, name):
        if name not in self.nodes:
            return super().kill(name)
        assert self.nodes[name].process.kill(), f"{name} does not run"

    def start(self, name, programs=None):
        """A broker is not waited for: one of three may need the others (await_whole)."""
        if name not in self.nodes:
            return super().start(name, programs)
        self.nodes[name].start()

    def stop(self, name):
        if name not in self.nodes:
            return super().stop(name)
        # The last of a majority may have no controller to say goodbye to, and is killed then.
        assert self.nodes[name].process.stop(STOP_SECONDS_MAX) is not None, f"{name} does not run"

    def pause(self, name):
        if name not in self.nodes:
            return super().pause(name)
        assert self.nodes[name].process.send(signal.SIGSTOP), f"{name} does not run"

    def resume(self, name):
        if name not in self.nodes:
            return super().resume(name)
        assert self.nodes[name].process.send(signal.SIGCONT), f"{name} does not run"

    # -- the cluster -----------------------------------------------------------------------
    def named(self, name):
        """`leader`: of the first partition of the submissions; `controller`: the active one."""
        if name == LEADER:
            _, partitions = self.metadata()
            return f"kafka-{partitions['telex.submissions.v1', 0].leader - 1}"
        if name == CONTROLLER:
            told = self.tool("org.apache.kafka.tools.MetadataQuorumCommand", "describe", "--status")
            [leader] = [line.split()[1] for line in told.splitlines() if line.startswith("LeaderId:")]
            return f"kafka-{int(leader) - 1}"
        return name

    def metadata(self):
        """({node id: port}, {(topic, partition): Partition}), as the first that answers sees it."""
        for node in self.nodes.values():
            try:
                return self._ask("127.0.0.1", node.port)
            except OSError as error:
                last = error
        raise last

    def await_whole(self):
        """All brokers have all of their partitions, up to the end."""
        wait.until(self._is_whole, WHOLE_SECONDS_MAX, "all replicas of all partitions are in sync")

    def _is_whole(self):
        try:
            views = [self._ask("127.0.0.1", node.port) for node in self.nodes.values()]
        except OSError:
            return False
        return all(len(brokers) == NODES and partitions
                   and all(one.leader > 0 and len(one.in_sync) == len(one.replicas)
                           for one in partitions.values())
                   for brokers, partitions in views)

    def tool(self, program, *words):
        """One of Kafka's own tools; what it printed."""
        node = next(iter(self.nodes.values()))
        done = subprocess.run(
            [*node.tool(), program, "--bootstrap-server", self.settings.kafka_brokers, *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            timeout=TOOL_SECONDS_MAX, check=False)
        assert done.returncode == 0, f"{program} {words}: {done.stdout}"
        return done.stdout

    def configure(self, topic, **settings):
        """kafka-configs --alter; the dots of a name are written as underscores."""
        pairs = ",".join(f"{name.replace('_', '.')}={value}" for name, value in settings.items())
        self.tool("kafka.admin.ConfigCommand", "--alter", "--entity-type", "topics", "--entity-name",
                  topic, "--add-config", pairs)
