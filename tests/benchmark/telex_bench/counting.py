"""Counting: a topic of views to totals that are on record, beside Kafka Streams doing the same
exactly once, and beside the client library that only reads."""

import json
import pathlib
import shutil
import subprocess

from telex_stack import broker

from .beacon import log_bytes
from .world import BenchError

TOPIC = "telex-bench.views"
WITH_HEADERS = "telex-bench.views-with-headers"
SHAPE = {"stories": 1_000, "visitors_percent": 50, "pace": 2_500}
SAID = ("{records:,} views of {stories:,} stories by Zipf, {visitors_percent} % by new visitors, "
        "{pace:,}/s by the log's clock, 2 s late at most (one in 1,000: 700 s), 1 % sent twice; "
        "windows 30 s, lateness and ids 10 min; 12 partitions")
SOURCES = pathlib.Path(__file__).resolve().parents[1] / "streams"
JARS = broker.Jars("kafka-streams", SOURCES, "95 MB")
# The least heap with which it is not slower, tried in steps.
HEAP = {"rocksdb": "-Xmx384m", "memory": "-Xmx1500m"}
KINDS = (("windows", "counted"), ("plain", "counted without windows"))


class Streams:
    """The rival in Java: fetched, compiled, run."""

    def __init__(self, world):
        self.world = world
        self.jars = broker.fetch(world.settings, world.say, JARS)
        self.classes = world.folder / "streams-classes"
        subprocess.run(["javac", "-d", self.classes, "-cp", f"{self.jars}/*",
                        *sorted(SOURCES.glob("*.java"))], check=True)

    def run(self, records, kind, stores):
        state = self.world.folder / "streams-state"
        shutil.rmtree(state, ignore_errors=True)
        command = ["java", HEAP[stores], "-XX:+UseParallelGC", "-cp",
                   f"{self.classes}:{self.jars}/*", "CountViews", self.world.brokers, TOPIC,
                   str(records), str(state), kind, stores]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              timeout=300, check=False)
        shutil.rmtree(state, ignore_errors=True)
        if done.returncode != 0:
            raise BenchError(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
        return json.loads(done.stdout.strip().splitlines()[-1])


def measure(world):
    records, rounds = (200_000, 1) if world.quick else (1_000_000, 3)
    streams = Streams(world)
    world.say(f"appending {records:,} views")
    for topic, headers in ((TOPIC, 0), (WITH_HEADERS, 1)):
        world.program("seed-views", brokers=world.brokers, records=records, topic=topic,
                      cloud_events=headers, **SHAPE)
    _print_bytes(world, records)
    note = SAID.format(records=records, **SHAPE)
    ours = {kind: [] for kind, _ in KINDS}
    theirs = {(kind, stores): [] for kind, _ in KINDS for stores in HEAP}
    floors = []
    for number in range(rounds):
        world.say(f"counting, turn {number + 1} of {rounds}")
        floors.append(world.program("raw", brokers=world.brokers, topic=TOPIC))
        for kind, _ in KINDS:
            ours[kind].append(world.program("count-log", brokers=world.brokers, topic=TOPIC,
                                            windows=int(kind == "windows")))
            for stores in HEAP:
                theirs[kind, stores].append(streams.run(records, kind, stores))
                _require_alike(ours[kind][-1], theirs[kind, stores][-1])
    for kind, name in KINDS:
        for stores in HEAP:
            _print(world, name, ours[kind], stores, theirs[kind, stores], note)
        _print_beside_raw(world, name, ours[kind], floors, note)
    _one_partition(world, records, rounds)


def _require_alike(ours, theirs):
    if ours["counted"] != theirs["counted"]:
        raise BenchError(f"counted {ours['counted']}, and Kafka Streams {theirs['counted']}")


def _print(world, name, ours, stores, theirs, note):
    rival = f"Kafka Streams, exactly_once_v2, stores in {stores}, {HEAP[stores]}"
    for key, unit in (("seconds", "second"), ("cpu_seconds", "core-second")):
        world.figure(f"views-{name}, a {unit}", "1/s", [_rate(row, key) for row in ours], rival,
                     [_rate(row, key) for row in theirs], note)
    world.figure(f"views-{name}, peak memory", "bytes", [row["peak_bytes"] for row in ours], rival,
                 [row["peak_bytes"] for row in theirs], note)


def _rate(row, key):
    return row["cost"]["records"] / row["cost"][key]


def _print_beside_raw(world, name, ours, floors, note):
    rival = "librdkafka takes the same records and does nothing"
    for key, unit in (("seconds", "second"), ("cpu_seconds", "core-second")):
        world.figure(f"views-{name}, a {unit}, beside reading", "1/s",
                     [_rate(row, key) for row in ours], rival,
                     [row["records"] / row[key] for row in floors], note)


def _print_bytes(world, records):
    world.figure("view-bytes, full batches", "bytes", [log_bytes(world, TOPIC) / records],
                 "the same with CloudEvents headers", [log_bytes(world, WITH_HEADERS) / records],
                 "lz4")


def _one_partition(world, records, rounds):
    """The fold of one partition alone, in process: a viral story, and very many of them."""
    seen = {stories: [] for stories in (1, 1_000, 1_000_000)}
    for number in range(rounds):
        world.say(f"one partition, turn {number + 1} of {rounds}")
        for stories, rows in seen.items():
            rows.append(world.program("count-views", views=records, articles=stories)["fold"])
    rates = {stories: [row["records"] / row["cpu_seconds"] for row in rows]
             for stories, rows in seen.items()}
    for stories in (1, 1_000_000):
        world.figure(f"one-partition-views-a-core-second, {stories:,} stories", "1/s",
                     rates[stories], "1,000 stories", rates[1_000], "the fold alone, in process")
