"""From the start of the CreateArticle call until a partner who polls has the story in its feed."""

from .world import metric


def measure(world):
    rounds, milliseconds = (1, 5000) if world.quick else (3, 10_000)
    rate = 50
    world.prepare_log()
    with world.running("ingestion"), world.running("feeds"):
        world.say(f"publish to visible at {rate} stories a second")
        name = "telex_feeds_publish_to_visible_seconds"
        # The partner's and the services' first contact is not what is measured.
        world.program("visible", address=world.address("ingestion"), token_file=world.token,
                      feeds=world.address("feeds"), rate=rate, milliseconds=1000, run="warm-up")
        before = metric(world.admin("feeds"), f"{name}_bucket")
        ours, floors = [], []
        for number in range(rounds):
            ours.append(world.program(
                "visible", address=world.address("ingestion"), token_file=world.token,
                feeds=world.address("feeds"), rate=rate, milliseconds=milliseconds,
                run=f"visible-{number}"))
            floors.append(world.program("relay", brokers=world.brokers, rate=rate,
                                        milliseconds=milliseconds))
        after = metric(world.admin("feeds"), f"{name}_bucket")
        lost = sum(row["stories"] - row["seen"] for row in ours)
        note = f"{rate}/s, polled every 5 ms, gzip; stories never seen: {lost}"
        rival = "a record appended, read, appended on and read, same rate"
        for key, part in (("p50_ms", "p50"), ("p99_ms", "p99")):
            world.figure(f"publish-to-visible-{part}", "ms", [row[key] for row in ours], rival,
                         [row[key] for row in floors], note)
        world.figure("create-article-p99 at that rate", "ms",
                     [row["answered_p99_ms"] for row in ours], rival,
                     [row["p99_ms"] for row in floors], "from call to answer")
        at_most = _percentile({key: after[key] - before.get(key, 0) for key in after}, 0.99)
        world.figure("publish-to-visible-p99, server-side", "ms", [at_most * 1000], "none", [],
                     f"{name}: the bucket's upper bound; from the submission's time to the fold")


def _percentile(buckets, part):
    """The upper bound of the bucket that has it. `buckets`: 'le="0.1"' -> cumulative count."""
    rows = sorted((float(key.split('"')[1]), count) for key, count in buckets.items())
    wanted = part * rows[-1][1]
    return next(bound for bound, count in rows if count >= wanted)
