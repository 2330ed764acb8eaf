"""10,000 articles beside 1,000,000: what a change costs, and what a partner notices."""

from .http import CONNECTIONS, Side, sides_take_turns
from .world import get, metric

FEED = "/feeds/all.en.rss"


def measure(world):
    small, large = 10_000, 100_000 if world.quick else 1_000_000
    rounds, seconds = (2, 1) if world.quick else (5, 2)
    world.prepare_log()
    paths = {}
    for articles in (small, large):
        paths[articles] = world.folder / f"store-{articles}"
        paths[articles].mkdir()
        world.say(f"filling a local store with {articles:,} articles")
        made = world.program("seed-store", brokers=world.brokers, path=paths[articles],
                             articles=articles)
        world.say(f"{made['seconds']:.0f} s, {made['store_bytes'] / 2**30:.1f} GiB")
    _served(world, paths, small, large, rounds, seconds)
    _in_process(world, paths, small, large)


def _served(world, paths, small, large, rounds, seconds):
    started, sides, memory = {}, {}, {}
    for index, articles in enumerate((small, large)):
        # Without Redis: the replicas would serve each other's renditions.
        process = world.start("feeds", index, data=paths[articles], clean=False,
                              TELEX_HTTP_THREADS="1", TELEX_REDIS_URL="")
        started[articles] = world.await_answer(process, world.address("feeds", index), FEED)
        memory[articles] = (process.anonymous_bytes(),
                            metric(world.admin("feeds", index), "telex_feeds_index_bytes")[""])
        sides[articles] = process
    rival = f"{small:,} articles"
    world.figure(f"start-feeds-from-store, {large:,} articles", "s", [started[large]], rival,
                 [started[small]], "until a feed is served")
    more = large - small
    world.figure(f"memory-per-article, {large:,} articles", "bytes",
                 [(memory[large][0] - memory[small][0]) / more], "the index's own count",
                 [(memory[large][1] - memory[small][1]) / more],
                 f"beyond a replica with {small:,}, after a start from the store")
    world.say("serving from few and from many")
    zipped = {"Accept-Encoding": "gzip"}
    for name, status in (("feed-200-gzip", 200), ("feed-304", 304)):
        pair = {}
        for index, articles in enumerate((small, large)):
            address = world.address("feeds", index)
            headers = dict(zipped)
            if status == 304:
                headers["If-None-Match"] = get(address, FEED, zipped)[1]["ETag"]
            pair[articles] = Side(sides[articles], address, FEED, headers, status)
        sides_take_turns(world, [pair[large], pair[small]], rounds, seconds)
        for key, unit, label in (("cpu_us", "us/request", "cpu"), ("p50_ms", "ms", "p50"),
                                 ("p99_ms", "ms", "p99")):
            world.figure(f"{name}-{label}, {large:,} articles", unit, getattr(pair[large], key),
                         rival, getattr(pair[small], key), f"{CONNECTIONS} connections, warm")
    for process in sides.values():
        process.stop()


def _in_process(world, paths, small, large):
    rounds = 100 if world.quick else 400
    world.say("windows and renditions of few and of many")
    seen = world.program("window", small=paths[small], large=paths[large], rounds=rounds)
    for key, name in (("fold_us", "fold-one-article"), ("window_us", "window"),
                      ("look_us", "window-and-identity"), ("warm_us", "render-warm-items"),
                      ("cold_us", "render-cold-items"), ("cold_p99_us", "render-cold-items-p99")):
        world.figure(f"{name}, {large:,} articles", "us", [seen["large"][key]],
                     f"{small:,} articles", [seen["small"][key]],
                     f"in process, median of {rounds} changes taking turns"
                     if "p99" not in key else f"in process, of {rounds} changes")
