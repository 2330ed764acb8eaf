"""The translation queue beside BullMQ: claimed and completed, put in; and with many open jobs."""

import json
import shutil
import statistics

PAYLOAD_BYTES = 1_000
BATCH = 100
LOOPS = {BATCH: 16, 1: 50}  # at once, on both sides
BULLMQ = "BullMQ {}, one process, on the stack's Redis, which writes nothing to disk"
FIRST_STORY = 10_000_000  # the numbers of the stories of this part


class BullMq:
    """The rival in JavaScript: fetched, run."""

    def __init__(self, world):
        self.world = world
        self.folder = world.folder / "bullmq"
        shutil.copytree(world.root / "tests" / "benchmark" / "bullmq", self.folder,
                        ignore=shutil.ignore_patterns("node_modules"))
        world.say("fetching BullMQ (20 MB)")
        world.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=self.folder)
        package = self.folder / "node_modules" / "bullmq" / "package.json"
        self.name = BULLMQ.format(json.loads(package.read_text())["version"])

    def run(self, jobs, loops):
        command = ["node", self.folder / "cycles.mjs", self.world.settings.port("redis", "redis"),
                   jobs, loops, PAYLOAD_BYTES]
        return json.loads(self.world.run(command))


class Queue:
    """telex-translation, and stories for it: each other ones."""

    def __init__(self, world, process):
        self.world, self.process = world, process
        self.stories = FIRST_STORY
        self.runs = 0
        self.where = {"address": world.address("translation"), "token_file": world.token}

    def enqueue(self, jobs, languages=1):
        articles = jobs // languages
        first, self.stories = self.stories, self.stories + articles
        return self.world.program("enqueue-jobs", brokers=self.world.brokers, first=first,
                                  articles=articles, languages=languages, **self.where)

    def translate(self, jobs, batch):
        self.runs += 1
        before = self.process.cpu_seconds()
        done = self.world.program("translate-jobs", brokers=self.world.brokers, run=self.runs,
                                  jobs=jobs, loops=LOOPS[batch], batch=batch, **self.where)
        return {**done, "cpu_seconds": self.process.cpu_seconds() - before}

    def claim(self, claims):
        return self.world.program("claim-jobs", claims=claims, **self.where)


def measure(world):
    world.prepare_log()
    bullmq = BullMq(world)
    with world.running("translation", TELEX_TRANSLATION_ENGINES_FILE="") as process:
        queue = Queue(world, process)
        _cycles(world, queue, bullmq)
        _claims(world, queue)
    _corrections(world)
    _open_jobs(world)
    _fold(world)
    _segments(world)


def _cycles(world, queue, bullmq):
    rounds = 2 if world.quick else 5
    jobs = {BATCH: 2_000, 1: 1_000} if world.quick else {BATCH: 20_000, 1: 5_000}
    for batch in jobs:  # the first calls are not what is measured
        queue.enqueue(500)
        queue.translate(500, batch)
    added, ours = [], {batch: [] for batch in jobs}
    theirs = {batch: [] for batch in jobs}
    for number in range(rounds):
        world.say(f"jobs, turn {number + 1} of {rounds}")
        for batch, count in jobs.items():
            added.append(queue.enqueue(count))
            ours[batch].append(queue.translate(count, batch))
            theirs[batch].append(bullmq.run(count, LOOPS[batch]))
    for batch, count in jobs.items():
        _print_cycles(world, bullmq, batch, count, ours[batch], theirs[batch])
    _print_added(world, bullmq, jobs, added, theirs)


def _print_cycles(world, bullmq, batch, count, ours, theirs):
    name = f"in batches of {batch}" if batch > 1 else "single"
    cpu = statistics.median(row["cpu_seconds"] * 1e6 / count for row in ours)
    node = statistics.median(row["cycles"]["cpu_seconds"] * 1e6 / count for row in theirs)
    note = (f"{count:,} jobs of {PAYLOAD_BYTES:,} bytes, {LOOPS[batch]} loops at once on both sides; checked, "
            f"durable in Kafka and published; CPU of telex-translation {cpu:.0f} us a cycle, of Node.js {node:.0f}")
    rival = bullmq.name
    world.figure(f"translation-cycles, {name}", "1/s", [row["jobs"] / row["seconds"] for row in ours],
                 rival, [count / row["cycles"]["seconds"] for row in theirs], note)
    world.figure(f"translation-cycles, {name}, until published", "1/s",
                 [row["jobs"] / row["published_seconds"] for row in ours], rival,
                 [count / row["cycles"]["seconds"] for row in theirs])
    world.figure(f"translation-cycles, {name}, a core-second", "1/s",
                 [row["jobs"] / row["cpu_seconds"] for row in ours], rival,
                 [count / row["cycles"]["cpu_seconds"] for row in theirs],
                 "of telex-translation, of Node.js; without broker, Redis and our client")
    for key, what in (("claim_ms", "claim"), ("complete_ms", "completion")):
        for part in ("p50", "p99"):
            world.figure(f"translation-cycles, {name}, {what}-{part}", "ms",
                         [row[key][part] for row in ours], None, [], "under that load")


def _print_added(world, bullmq, jobs, added, theirs):
    rows = [row for turn in zip(*(theirs[batch] for batch in jobs)) for row in turn]
    world.figure("translation-enqueue", "1/s", [row["jobs"] / row["seconds"] for row in added],
                 bullmq.name + ", addBulk of 1,000",
                 [row["jobs"] / row["added"]["seconds"] for row in rows],
                 "from the first append of an article until all have an open job")


def _claims(world, queue):
    numbers = (100, 5_000) if world.quick else (1_000, 100_000, 1_000_000)
    claims = 100 if world.quick else 500
    seen, there = {}, 0
    for jobs in numbers:
        world.say(f"claims of {jobs:,} open jobs")
        queue.enqueue(jobs - there, languages=5 if there else 1)
        seen[jobs] = queue.claim(claims)
        there = jobs
    few = numbers[0]
    for many in numbers[1:]:
        for part in ("p50", "p99"):
            world.figure(f"claim-{part}, {many:,} open jobs", "ms", [seen[many][f"{part}_ms"]],
                         f"{few:,} open jobs", [seen[few][f"{part}_ms"]],
                         "over gRPC, with its text, one after the other")


def _corrections(world):
    world.stack("up", "apertium")
    rounds, corrections = (1, 20) if world.quick else (3, 100)
    rows = []
    with world.running("ingestion"), world.running("feeds"), world.running("translation"):
        world.say("corrections, translated by Apertium")
        for number in range(rounds + 1):  # the first one's engine has a pipeline to start
            rows.append(world.program(
                "correct-stories", address=world.address("ingestion"), token_file=world.token,
                queue=world.address("translation"), feeds=world.address("feeds"),
                corrections=corrections if number > 0 else 5, run=f"corrected-{number}"))
    world.stack("stop", "apertium")
    for part in ("p50", "p95"):
        world.figure(f"correction-to-translated-feed-{part}", "ms",
                     [row["translated_ms"][part] for row in rows[1:]], "the story's own feed",
                     [row["original_ms"][part] for row in rows[1:]],
                     f"{corrections} corrections of one sentence, one after the other; Apertium; polled every 5 ms")


def _open_jobs(world):
    numbers = (1_000, 100_000) if world.quick else (1_000, 100_000, 1_000_000)
    seen = {}
    for jobs in numbers:
        world.say(f"a replica with {jobs:,} open jobs")
        folder = world.folder / f"open-jobs-{jobs}"
        folder.mkdir()
        seen[jobs] = world.program("open-jobs", folder=folder, jobs=jobs)
        shutil.rmtree(folder)
    few = numbers[0]
    for many in numbers[1:]:
        for key, what in (("choice_us", "choice"), ("claim_us", "claim-chosen-folded-stored")):
            for part in ("p50", "p99"):
                world.figure(f"{what}-{part}, {many:,} open jobs", "us", [seen[many][key][part]],
                             f"{few:,} open jobs", [seen[few][key][part]], "in process, CPU")
        world.figure(f"take-over, {many:,} open jobs", "s", [seen[many]["load_seconds"]], "CPU",
                     [seen[many]["load_cpu_seconds"]], "from the local store into memory")
        world.figure(f"memory-per-open-job, {many:,} open jobs", "bytes",
                     [seen[many]["bytes_per_job"]], None, [], "after a start from the local store")


def _fold(world):
    seen = [world.program("queue-fold") for _ in range(2 if world.quick else 5)]
    for key, name in (("single", "one by one"), ("batches", "in batches of 100")):
        world.figure(f"folded-cycles-a-core-second, {name}", "1/s",
                     [row[key]["cycles"] / row[key]["cycles_cpu_seconds"] for row in seen], None,
                     [], "chosen, claimed, completed: the fold alone, in process")


def _segments(world):
    sent = world.program("segments-sent", sentences=150)
    for key, name in (("one_word", "one word corrected"), ("moved", "a paragraph moved"),
                      ("removed", "a paragraph removed"), ("taken_back", "the paragraph taken back")):
        world.figure(f"segments-sent, {name}", "segments", [sent[key]], "the whole story again",
                     [sent["all"]], f"150 sentences, {sent['languages']} languages")
    for key, name in (("open_us", "open"), ("finish_us", "check-and-put-together")):
        world.figure(f"{name}-text", "us", [sent[key]], None, [], "of a story of 1 kB; CPU, in process")
