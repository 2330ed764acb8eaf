"""Starting with 100,000 articles, from the log and from the local store; memory of an article."""

import contextlib
import socket

from .world import get, metric

FEED = "/feeds/all.en.rss"


def measure(world):
    rounds = 1 if world.quick else 3
    world.prepare_log()
    with world.running("feeds"):
        pass
    with world.running("feeds", clean=False) as feeds:
        get(world.address("feeds"), FEED)
        few, few_bytes = int(_articles(world)), feeds.anonymous_bytes()
    articles = world.seed_log()
    from_log, from_store, ingestion_log, ingestion_store, floors = [], [], [], [], []
    per_article, reckoned, grown = [], [], []
    for number in range(rounds):
        world.say(f"starting with {articles:,} articles, round {number + 1} of {rounds}")
        floors.append(world.program("read", brokers=world.brokers)["seconds"])
        from_log.append(_start(world, "feeds", clean=True))
        world.processes[-1].stop()
        from_store.append(_start(world, "feeds", clean=False))
        feeds = world.processes[-1]
        total = int(_articles(world))
        more = total - few
        index = metric(world.admin("feeds"), "telex_feeds_index_bytes")[""]
        per_article.append((feeds.anonymous_bytes() - few_bytes) / more)
        reckoned.append(index / (more + few))
        grown.append(feeds.anonymous_bytes())
        feeds.stop()
        ingestion_log.append(_start(world, "ingestion", clean=True))
        world.processes[-1].stop()
        ingestion_store.append(_start(world, "ingestion", clean=False))
        world.processes[-1].stop()
    redis = redis_bytes(world, articles)

    count = f"{total:,} articles"  # with those that were submitted before
    bare = "the same client reads the log and does nothing"
    world.figure(f"start-feeds-from-log, {count}", "s", from_log, bare, floors,
                 "until a feed is served")
    world.figure(f"start-ingestion-from-log, {count}", "s", ingestion_log, bare, floors,
                 "until ready")
    world.figure(f"start-feeds-from-store, {count}", "s", from_store, "its start from the log",
                 from_log, "until a feed is served")
    world.figure(f"start-ingestion-from-store, {count}", "s", ingestion_store,
                 "its start from the log", ingestion_log, "until ready")
    rival = "Redis: a hash an article and two sorted sets"
    world.figure(f"memory-per-article, {count}", "bytes", per_article, rival, [redis] * rounds,
                 "anonymous memory beyond that of a replica with few, started from the store; "
                 f"all of the replica: {sorted(grown)[len(grown) // 2] / 2**20:.0f} MiB")
    world.figure(f"memory-per-article-as-the-index-counts, {count}", "bytes", reckoned, rival,
                 [redis] * rounds)


def _articles(world):
    return metric(world.admin("feeds"), "telex_feeds_articles")[""]


def _start(world, kind, clean):
    process = world.start(kind, clean=clean)
    if kind == "feeds":
        seconds = world.await_answer(process, world.address(kind), FEED)
        world.await_ready(process, kind)
        return seconds
    return world.await_ready(process, kind)


def redis_bytes(world, articles):
    """What Redis takes for the same facts, an article."""
    # Renditions that it would throw out to make room would be counted as room.
    with _redis(world) as (connection, answers):
        connection.sendall(_command("FLUSHALL"))
        answers.readline()
    before = _redis_memory(world)
    with _redis(world) as (connection, answers):
        for start in range(0, articles, 2000):
            batch = b"".join(_index_in_redis(n) for n in range(start, min(start + 2000, articles)))
            connection.sendall(batch)
            for _ in range(3 * (min(start + 2000, articles) - start)):
                answers.readline()
        used = _redis_memory(world) - before
        connection.sendall(_command("FLUSHALL"))
        answers.readline()
    return used / articles


def _index_in_redis(number):
    name = f"a:{number:016x}"
    published = str(1_704_067_200_000 + number)
    return (_command("HSET", name, "v", "1", "p", published, "c", published, "s", "0", "q", "7",
                     "f", str(number % 32))
            + _command("ZADD", f"f:{number % 32}", published, name)
            + _command("ZADD", f"l:{number % 4}", published, name))


def _command(*words):
    parts = [f"*{len(words)}\r\n".encode()]
    parts += [f"${len(word)}\r\n{word}\r\n".encode() for word in words]
    return b"".join(parts)


@contextlib.contextmanager
def _redis(world):
    port = world.settings.port("redis", "redis")
    with socket.create_connection(("127.0.0.1", port), timeout=30) as connection:
        with connection.makefile("rb") as answers:
            yield connection, answers


def _redis_memory(world):
    with _redis(world) as (connection, answers):
        connection.sendall(_command("INFO", "memory"))
        answers.readline()
        for line in answers:
            if line.startswith(b"used_memory:"):
                return int(line.split(b":")[1])
    return 0


