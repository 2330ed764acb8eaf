"""CreateArticle, durably decided, beside two appends in a row with acks=all to the same broker."""


def measure(world):
    rounds, milliseconds = (2, 1000) if world.quick else (3, 3000)
    concurrencies = (1, 32) if world.quick else (1, 8, 32, 128)
    world.prepare_log()
    with world.running("ingestion"):
        world.say("CreateArticle")
        for concurrency in concurrencies:
            ours, floors = [], []
            for number in range(rounds):
                ours.append(world.program(
                    "create", address=world.address("ingestion"), token_file=world.token,
                    concurrency=concurrency, milliseconds=milliseconds,
                    run=f"c{concurrency}-{number}"))
                floors.append(world.program("append", brokers=world.brokers,
                                            concurrency=concurrency, milliseconds=milliseconds))
            rival = "two appends in a row, acks=all, same broker"
            for key, unit, name in (("per_second", "1/s", "per-second"), ("p50_ms", "ms", "p50"),
                                    ("p99_ms", "ms", "p99")):
                world.figure(f"create-article-{name}, {concurrency} callers", unit,
                             [row[key] for row in ours], rival, [row[key] for row in floors],
                             "three appends and two reads lie between call and answer")
